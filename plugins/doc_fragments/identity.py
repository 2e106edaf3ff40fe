# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """How a task names the object that it changes."""

    DOCUMENTATION = r"""
options: {}
notes:
  - The safe way to name an object is its identifier, because names may not be unique in Basedash. The server gives
    identifiers, so no object can be created with one.
  - A name is compared letter by letter. If several objects have it, the task fails, changes nothing and lists their
    identifiers.
  - A name that is given beside an identifier is a guard. If the object with this identifier has another name, the task
    fails and changes nothing.
"""
