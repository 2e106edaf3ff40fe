#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_mcp_server
short_description: Connect Basedash to an MCP server, change and delete the connection
version_added: 0.1.0
description:
  - Makes sure that an MCP server (Model Context Protocol) is connected to a Basedash organization, with the settings
    that are given, or that it is not. Basedash's AI uses the tools of MCP servers.
  - Basedash connects to a new MCP server at once and reads which tools it has. Some servers want a person to log in
    first. Then the MCP server exists but does not work yet. The task succeeds, warns of this, and returns the address
    that the person has to open as C(auth_url).
author:
  - Basedash collection contributors (@ansible-collections)
extends_documentation_fragment:
  - community.basedash.attributes
  - community.basedash.connection
  - community.basedash.identity
  - community.basedash.promises
  - community.basedash.settings
  - community.basedash.settings.secrets
  - community.basedash.state
options:
  id:
    description: The identifier of the MCP server. At least one of O(id) and O(name) is needed.
    type: str
    aliases: [mcp_server_id]
  name:
    description: The display name of the MCP server, 1 to 120 characters.
    type: str
    aliases: [display_name]
  new_name:
    description:
      - The display name that the MCP server shall have, 1 to 120 characters. O(name) is the one that it has now.
      - If only an MCP server with the new name exists, it is the one, and the task renames nothing. If both exist, the
        task fails and changes nothing. If neither exists, the MCP server is created with the new name.
    type: str
  server_url:
    description:
      - The address of the MCP server, at most 2000 characters. Needed to create one.
      - A password in it, a value in its query that is named as a key or a token, and a part of its path that looks like
        a token are masked in everything that the task returns. Secrets are better kept in O(headers), because Basedash
        shows the address to people.
      - Upper and lower case of the host don't count in comparisons, nor does a slash that is the whole path.
    type: str
  headers:
    description:
      - HTTP headers that Basedash sends to the MCP server with each request. Their values are secret.
      - Basedash stores them encrypted and no answer shows them. So they are sent when the MCP server is created, and to
        one that exists only with O(update_secrets=always). They replace all headers that it had.
      - O(clear) removes all of them.
    type: list
    elements: dict
    suboptions:
      name:
        description: The name of the header.
        type: str
        required: true
      value:
        description: The value of the header. It is secret.
        type: str
        required: true
  everyone_can_access:
    description:
      - Whether everyone in the organization may use the MCP server. Without this option, Basedash lets everyone use it.
      - It counts only when the MCP server is created, because no answer shows it. For one that exists it is ignored.
      - With V(false), nobody may use it until somebody says who may, in Basedash, because the API can't say that.
    type: bool
notes:
  - The vendor documents how an MCP server is created, read and listed. Only third parties describe the update and the
    deletion, and of the update only the display name. The fields of a header are a guess. None of this was ever tried
    against the service.
  - Nobody describes whether an update without O(headers) or the audience leaves these as they were. So the task warns
    if it changes an MCP server for which O(everyone_can_access=false) is given.
  - Which tools the AI may use without asking is set in Basedash, because the API can't set it.
seealso:
  - module: community.basedash.basedash_mcp_server_info
"""

EXAMPLES = r"""
# The key and the organization come from BASEDASH_API_KEY and BASEDASH_ORGANIZATION_ID, or from module_defaults.
- name: Let the AI use the ticket system
  community.basedash.basedash_mcp_server:
    name: Support tickets
    server_url: https://mcp.example.com/support
    headers:
      - name: Authorization
        value: "Bearer {{ tickets_token }}"
  register: tickets

- name: Say who has to do what if it does not work yet
  ansible.builtin.debug:
    msg: "Open {{ tickets.mcp_server.auth_url }} and log in"
  when: tickets.mcp_server.requires_auth | default(false, true)

- name: Send a new token
  community.basedash.basedash_mcp_server:
    name: Support tickets
    headers:
      - name: Authorization
        value: "Bearer {{ tickets_token }}"
    update_secrets: always

- name: Rename it
  community.basedash.basedash_mcp_server:
    name: Support tickets
    new_name: Support

- name: Delete it
  community.basedash.basedash_mcp_server:
    name: Support
    state: absent
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
mcp_server:
  description:
    - The facts of the MCP server, as the API's documentation lists them, in snake_case.
    - What the API says nothing about is null. No header is among them, the API does not return any.
    - Null if it does not exist and this task did not delete it, or if the task failed before it was read.
    - In check mode, with the values that they would have. What would be created has no identifier yet, so that later
      tasks should name it by its name, or give the identifier with C(default(omit, true)) beside the name.
  returned: always
  type: dict
  contains:
    id:
      description: The identifier.
      type: str
      sample: mcp_1
    display_name:
      description: The display name.
      type: str
      sample: Support tickets
    server_url:
      description: The address of the MCP server, with asterisks in place of secrets.
      type: str
      sample: https://mcp.example.com/support
    server_label:
      description: The name that Basedash made of the display name.
      type: str
      sample: support-tickets
    requires_auth:
      description: Whether a person has to log in before it works. Only the task that creates it knows this, else it is
        null.
      type: bool
      sample: false
    auth_url:
      description: The address that this person has to open. Only the task that creates it knows this, else it is null.
      type: str
    last_sync_attempt_at:
      description: When Basedash last tried to read its tools.
      type: str
      sample: '2026-11-20T08:00:00.000Z'
    last_successful_sync_at:
      description: When Basedash last read its tools.
      type: str
      sample: '2026-11-20T08:00:00.000Z'
    has_completed_first_sync:
      description: Whether Basedash ever read its tools.
      type: bool
      sample: true
    sync_error_message:
      description: Why Basedash could not read its tools the last time. Null if it could.
      type: str
    tools:
      description: The tools that it has.
      type: list
      elements: dict
      contains:
        id:
          description: The identifier.
          type: str
          sample: tool_1
        name:
          description: The name.
          type: str
          sample: search
        description:
          description: What the tool does.
          type: str
          sample: Search the tickets.
        read_only_hint:
          description: Whether the server says that the tool changes nothing.
          type: bool
          sample: true
        found_in_server:
          description: Whether the server still has the tool.
          type: bool
          sample: true
    created_at:
      description: When it was created.
      type: str
      sample: '2026-11-20T08:00:00.000Z'
    updated_at:
      description: When it was changed last.
      type: str
      sample: '2026-11-20T08:00:00.000Z'
field_errors:
  description: The server's messages about single settings, by the names of the options.
  returned: on failure, if the server sent some
  type: dict
  sample: {name: Too long}
progress:
  description: What the task did while it waited, a line each.
  returned: with C(-v), if it waited
  type: list
  elements: str
  sample: [the server answered 503; trying again in 1.5 seconds]
msg:
  description: What happened and what to do next, in one sentence.
  returned: on failure, if unchanged for a reason that is worth saying, or if headers were given and not sent
  type: str
  sample: "There is no MCP server with id 'mcp_1': nothing to delete."
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
      sample: DELETE
    url:
      description: The address of the request. There is no secret in it.
      type: str
      sample: https://charts.basedash.com/api/public/organizations/org_1/mcp-servers/mcp_1
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module
from ansible_collections.community.basedash.plugins.module_utils._engine.one import module_of_one
from ansible_collections.community.basedash.plugins.module_utils._resources.mcp_server import MCP_SERVER, STEPS

SPEC = module_of_one(MCP_SERVER, STEPS)


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
