# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare what the collection relies on with an OpenAPI file of the service, and say what the file settles."""

from __future__ import annotations

import sys
import types

import workspace

# The collection's code names itself by this path, and the folder of a clone may have any name.
for _package, _folders in (
    ("ansible_collections", []),
    ("ansible_collections.community", []),
    ("ansible_collections.community.basedash", [str(workspace.ROOT)]),
):
    _module = types.ModuleType(_package)
    _module.__path__ = _folders
    sys.modules.setdefault(_package, _module)
