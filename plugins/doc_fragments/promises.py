# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What every task that changes something promises."""

    DOCUMENTATION = r"""
options: {}
notes:
  - A task compares and changes only the settings that are given. It reads back each change, and fails if a setting did
    not take.
  - A task reports only what it knows. If it can't know whether the object was created, changed or deleted, it fails and
    says what to do next.
  - In a play over several hosts, use C(run_once). Otherwise hosts that create the same object at the same time may end
    with one each, because names are not unique in Basedash.
"""
