#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# It has no code, because its action does all of the work on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_configuration_report
short_description: Report a plan, an apply, drift, or what a check of a configuration found
version_added: 0.1.0
description:
  - Shows a result of M(community.basedash.basedash_configuration), and writes it as Markdown and as JSON, or as SARIF.
  - Names and texts come from the server. Whatever they hold, they break no table, mention nobody and link nowhere.
  - The task fails if the result is a failure. A report about drift fails if there is drift. If it is not known whether
    there is, the host is unreachable, so that Ansible ends with 4 and not with 2.
  - It runs on the controller, as the user who started Ansible. The role C(basedash_configuration) uses it.
author:
  - Basedash collection contributors (@ansible-collections)
options:
  about:
    description: What the result is about.
    type: str
    required: true
    choices: [plan, apply, drift, validate]
  outcome:
    description:
      - The registered result of M(community.basedash.basedash_configuration).
      - Without it, the report says that a run has started. It stays if the run is killed.
    type: dict
  folder:
    description:
      - The folder for the files, whose names are made from O(about) and the name of the host, such as
        C(basedash-plan-localhost.md). If it is empty, no files are written.
    type: str
  sarif:
    description: With O(about=validate), another path for the file.
    type: str
  source:
    description:
      - With O(about=validate), the file or folder at which the file places what was found in no file, such as a wrong
        option. The default is the folder where Ansible was started.
    type: str
attributes:
  check_mode:
    description: Can run in check mode and return changed status without modifying the target.
    support: full
    details: It writes the report in check mode, too.
  diff_mode:
    description: Returns what has changed, or would change in check mode.
    support: none
"""

EXAMPLES = r"""
- name: Compare
  community.basedash.basedash_configuration:
    source: [basedash]
  check_mode: true
  register: compared
  failed_when: false

- name: Report
  community.basedash.basedash_configuration_report:
    about: drift
    outcome: "{{ compared }}"
    folder: reports
"""

RETURN = r"""
status:
  description:
    - V(planned), V(done), V(unchanged) or V(failed) for a plan and an apply, V(in_sync), V(drift) or V(error) for
      drift, and V(valid) or V(failed) for a check.
  returned: with O(outcome)
  type: str
  sample: in_sync
files:
  description: The paths of the files.
  returned: success
  type: list
  elements: str
  sample: [/home/me/basedash-plan-localhost.md, /home/me/basedash-plan-localhost.json]
lines:
  description: The lines of the report.
  returned: if the results are shown as JSON
  type: list
  elements: str
  sample: ['Basedash plan of localhost: nothing to change, 19 unchanged']
announced:
  description: That the report says that a run has started.
  returned: without O(outcome)
  type: bool
  sample: true
"""
