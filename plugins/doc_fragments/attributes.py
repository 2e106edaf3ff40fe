# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What every module of the collection can do."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: In check mode the task predicts what it would do, and changes nothing.
    support: full
    details:
      - The client refuses every request but GET in check mode.
  diff_mode:
    description: In diff mode the task returns what it manages, before and after. Secrets are named, not shown.
    support: full
  idempotent:
    description:
      - The same task run again is unchanged, unless somebody else changed the object in between, or the task was told
        to send or to remove secrets.
    support: full
  action:
    description: Whether an action plugin can do the work in the controller, without a process of the module's own.
    support: full
    details:
      - It does so where that is the same. The variable C(basedash_run_on) decides otherwise, with V(controller) or
        V(target); V(auto) is the default.
  async:
    description: Whether the task can be run with the keyword C(async).
    support: full
    details:
      - It runs as a module then.
  action_group:
    description: Use C(group/community.basedash.basedash) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - community.basedash.basedash
  platform:
    description: The systems on which the module can run.
    support: full
    platforms: all
"""

    INFO_MODULE = r"""
options: {}
attributes:
  diff_mode:
    support: N/A
    details:
      - This module does not change anything.
"""

    ACTION_MODULE = r"""
options: {}
attributes:
  diff_mode:
    support: none
    details:
      - This module acts, and nothing that could be compared differs afterwards.
  idempotent:
    support: none
    details:
      - Each task acts once.
"""
