# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The state of one object, and what counts when it is deleted."""

    DOCUMENTATION = r"""
options:
  state:
    description:
      - V(present) makes sure that the object exists, with the settings that are given.
      - V(absent) makes sure that it does not exist. Then only the options that name it count, and O(missing_ok),
        O(verify_absence) and O(force).
    type: str
    default: present
    choices: [present, absent]
  missing_ok:
    description:
      - With O(state=absent), whether the task is unchanged if the object does not exist. If V(false), the task fails
        then.
    type: bool
    default: true
  verify_absence:
    description:
      - The API answers 404 for an object that does not exist and for a key without admin access alike. With V(true), a
        404 counts as "does not exist" only after the list of all objects of this kind could be read, because that
        needs admin access.
      - With V(false), the 404 is believed. Then a key without admin access, or a wrong O(organization_id), looks like
        an object that was deleted.
      - This is for O(state=absent). With O(state=present) the list is always read.
    type: bool
    default: true
  force:
    description:
      - With O(state=absent), send the DELETE straight away, without reading first. This needs O(id).
      - Then no guard applies. A name that is given beside O(id) is not compared.
      - In check mode, the object is read all the same.
    type: bool
    default: false
"""
