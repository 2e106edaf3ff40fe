# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the EXAMPLES of each module into a file that a play can include: write.py FOLDER"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

DOC = ["ansible-doc", "--type", "module", "--json"]


def answer(*arguments: str) -> dict:
    """Return what ansible-doc says."""
    return json.loads(subprocess.run([*DOC, *arguments], stdout=subprocess.PIPE, check=True).stdout)


for name, documented in answer(*answer("--list", "community.basedash")).items():
    file = Path(sys.argv[1], name.rpartition(".")[2] + ".yml")
    file.write_text(documented["examples"], encoding="utf-8")
