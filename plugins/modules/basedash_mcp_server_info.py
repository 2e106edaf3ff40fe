#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_mcp_server_info
short_description: Read the MCP servers of Basedash
version_added: 0.1.0
description:
  - Returns the facts of the MCP servers of a Basedash organization. It never changes anything.
author:
  - Basedash collection contributors (@ansible-collections)
extends_documentation_fragment:
  - community.basedash.attributes
  - community.basedash.attributes.info_module
  - community.basedash.connection
  - community.basedash.selection
  - community.basedash.selection.info_module
options:
  id:
    description: Only the MCP server with this identifier.
    type: str
    aliases: [mcp_server_id]
  name:
    description: Only MCP servers with exactly this display name. There may be several.
    type: str
    aliases: [display_name]
notes:
  - Whether an MCP server wants a person to log in is known only when it is created, so C(requires_auth) and C(auth_url)
    are null here. C(sync_error_message) says why one does not work.
seealso:
  - module: community.basedash.basedash_mcp_server
"""

EXAMPLES = r"""
# The key and the organization come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID, or from module_defaults.
- name: Read all MCP servers
  community.basedash.basedash_mcp_server_info:
  register: connected

- name: Show those that do not work
  ansible.builtin.debug:
    msg: "{{ connected.mcp_servers | selectattr('sync_error_message') | map(attribute='display_name') | list }}"

- name: Show which tools the tickets have
  community.basedash.basedash_mcp_server_info:
    name_pattern: (?i)ticket
  register: tickets
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
mcp_servers:
  description:
    - The facts of each MCP server that meets all of the options, newest first. They are described at
      RV(community.basedash.basedash_mcp_server#module:mcp_server).
  returned: success
  type: list
  elements: dict
  sample:
    - id: mcp_1
      display_name: Support tickets
      server_url: https://mcp.example.com/support
      server_label: support-tickets
      requires_auth: false
      last_sync_attempt_at: '2026-11-20T08:00:00.000Z'
      last_successful_sync_at: '2026-11-20T08:00:00.000Z'
      has_completed_first_sync: true
      tools: [{id: tool_1, name: search, description: Search the tickets., read_only_hint: true, found_in_server: true}]
      created_at: '2026-11-20T08:00:00.000Z'
      updated_at: '2026-11-20T08:00:00.000Z'
msg:
  description: What happened and what to do next, in one sentence.
  returned: on failure
  type: str
  sample: 'The option id is empty: give a value, or leave it out.'
api:
  description: What the task did on the wire.
  returned: always
  type: dict
  contains:
    requests:
      description: The number of requests sent.
      type: int
      sample: 2
    retries:
      description: The number of these that were another try of an earlier one.
      type: int
      sample: 0
    wait_seconds:
      description: The seconds that were spent waiting before other tries.
      type: float
      sample: 0.0
error:
  description: The request that made the task fail, and the answer to it.
  returned: on failure, if a request was the reason
  type: dict
  contains:
    status:
      description: The status of the answer, null if there was none.
      type: int
      sample: 401
    title:
      description: The API's name for the kind of error, null if the answer was none of the API's own.
      type: str
      sample: Unauthorized
    detail:
      description: The API's words, null if the answer was none of the API's own.
      type: str
      sample: Missing or invalid API key
    method:
      description: The method of the request.
      type: str
      sample: GET
    url:
      description: The address of the request. There is no secret in it.
      type: str
      sample: https://charts.basedash.com/api/public/organizations/org_1/mcp-servers
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.info import info_module
from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._resources.mcp_server import MCP_SERVER

SPEC = info_module(MCP_SERVER)


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
