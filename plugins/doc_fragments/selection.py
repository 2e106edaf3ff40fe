# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The conditions by which objects of every kind can be selected."""

    DOCUMENTATION = r"""
options:
  name_pattern:
    description:
      - Only objects whose name has a part that this Python regular expression describes. Begin it with V(^) and end it
        with V($) to describe the whole name.
    type: str
  created_before:
    description:
      - Only objects that were created before this date or time in the form of ISO 8601, in UTC if it has no offset.
    type: str
"""

    INFO_MODULE = r"""
options: {}
notes:
  - All options combine with "and".
  - All pages of the list are read. If the list can't be read to its end, the task fails and does not return a part of
    it.
  - An identifier that does not exist gives an empty list, after the task verified that the key has admin access.
"""
