# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: basedash_configuration_folder
short_description: Write the configuration of an organization into a folder on the controller
version_added: 0.1.0
description:
  - Writes what M(community.basedash.basedash_configuration_info) returned into a folder that
    M(community.basedash.basedash_configuration) reads.
  - A family has a file, each dashboard has one, and SQL stands in files of its own. Only their owner can read them.
  - A file that means the same is left as it is. A file that somebody edited is kept and named. Files that no export
    wrote are never touched.
  - The playbook C(community.basedash.export) uses it.
author:
  - Basedash collection contributors (@ansible-collections)
options:
  _terms:
    description: The path of the folder. It is created if it is missing.
    type: list
    elements: str
    required: true
  exported:
    description: The result of M(community.basedash.basedash_configuration_info).
    type: dict
    required: true
  overwrite:
    description: Whether entries that differ are replaced in files that somebody edited. Their comments stay.
    type: bool
    default: false
  check_mode:
    description: Whether to write nothing, and only to return what would be done.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Read an organization
  community.basedash.basedash_configuration_info:
  register: exported

- name: Write it into a folder
  ansible.builtin.set_fact:
    files: "{{ lookup('community.basedash.basedash_configuration_folder', 'basedash', exported=exported) }}"
"""

RETURN = r"""
_raw:
  description:
    - A single dict with the paths of files within the C(folder), as the lists C(written), C(removed) and C(unchanged).
    - The list C(kept) has the C(path) and the C(reason) for each file that stays although Basedash has something else.
    - C(changed) tells whether a file was written or removed.
  type: list
  elements: dict
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.lookup import LookupBase

from ansible_collections.community.basedash.plugins.plugin_utils._folder import FolderError, carry_out, planned


class LookupModule(LookupBase):
    """The lookup."""

    def run(self, terms: Sequence[Any], variables: Mapping[str, Any] | None = None, **options: Any) -> list[Any]:
        """Write the folder and return what was done, in a list, as every lookup does."""
        exported = options.pop("exported", None)
        overwrite, check_mode = (boolean(options.pop(name, False)) for name in ("overwrite", "check_mode"))
        if len(terms) != 1 or options or not isinstance(exported, Mapping) or "configuration" not in exported:
            raise AnsibleLookupError(
                "The lookup basedash_configuration_folder takes one path, and the options exported (what "
                "basedash_configuration_info returned), overwrite and check_mode."
            )
        folder = Path(str(terms[0])).expanduser().absolute()
        try:
            plan = planned(folder, _plain(exported), overwrite)
            if not check_mode:
                carry_out(folder, plan)
        except FolderError as error:
            raise AnsibleLookupError(str(error)) from None
        return [plan.as_result(folder)]


def _plain(value: Any) -> Any:
    """Return a value without what Ansible adds to the types of its values."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, str) else value
