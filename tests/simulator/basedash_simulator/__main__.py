# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m basedash_simulator`: the same as the command `basedash-simulator`."""

from __future__ import annotations

import sys

from basedash_simulator.cli import main

if __name__ == "__main__":
    sys.exit(main())
