#!/usr/bin/python
# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: basedash_api_info
short_description: Compare this collection with the API of a Basedash
version_added: 0.1.0
description:
  - Reads the OpenAPI document that the service has about itself, and returns what this collection relies on and the
    service does not have, by module. It never changes anything.
  - The vendor's public pages leave questions open, and this collection was written from them. This task answers many of
    the questions for the service that you use.
  - It sends one request, without the API key.
author:
  - Basedash collection contributors (@ansible-collections)
extends_documentation_fragment:
  - community.basedash.attributes
  - community.basedash.attributes.info_module
  - community.basedash.connection
options:
  api_key:
    description: Not needed and not sent, because the document is public. The option exists for C(module_defaults).
    type: str
  organization_id:
    description:
      - Not needed, because the document is the same for all organizations. The option exists for C(module_defaults).
    type: str
    aliases: [org_id]
notes:
  - The document says what the service accepts and answers. It does not say what the service does, for example whether a
    deleted object can be restored.
  - This module was written from pages of third parties who read the document. It was never tried against the service.
    A self-hosted Basedash should have the document at the same path.
  - The playbook C(community.basedash.check_api) runs this module and shows what it returns.
"""

EXAMPLES = r"""
- name: Compare this collection with the service
  community.basedash.basedash_api_info:
  register: api

- name: Stop if a module of this play relies on something that the service does not have
  ansible.builtin.assert:
    that: "'basedash_data_source' not in api.differences"
    fail_msg: "{{ api.differences.basedash_data_source | default([]) | join('; ') }}"
"""

RETURN = r"""
# Written by 'make module-docs' from tests/tools/module_docs.yml.
title:
  description: The title and the version of the document.
  returned: success
  type: str
  sample: Basedash public API, 1.0.0
differences:
  description:
    - What this collection relies on and the document contradicts or does not have, by module. A module without
      differences is left out.
    - Either the collection or the document is wrong.
  returned: success
  type: dict
  sample: {basedash_skill: ['the request has no field description: PATCH /skills/{id}']}
unverified:
  description:
    - The same for what this collection only guesses, because the vendor's public pages do not have it. Tasks that need
      it will probably fail.
  returned: success
  type: dict
  sample: {basedash_skill: ['there is no such operation: DELETE /skills/{id}']}
settled:
  description: The open questions that the document answers, with its answers.
  returned: success
  type: dict
  sample: {'Can one data source be read by its id?': 'yes'}
open:
  description: The open questions that the document does not answer.
  returned: success
  type: list
  elements: str
  sample: ['Is access restricted to nobody refused?']
new:
  description:
    - What the document has and this collection has no option for, by module. Until it has one, the option C(extra) of
      the module sends such fields.
  returned: success
  type: dict
  sample: {basedash_skill: ['the request''s field icon: POST /skills']}
msg:
  description: What happened and what to do next, in one sentence.
  returned: on failure
  type: str
  sample: 'This server does not offer its OpenAPI document (404): ...'
api:
  description: What the task did on the wire.
  returned: always
  type: dict
  contains:
    requests:
      description: The number of requests sent.
      type: int
      sample: 1
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
      sample: 404
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
      sample: https://charts.basedash.com/api/public/openapi
    request_id:
      description: The server's own name for the request, for the vendor's support.
      returned: if the answer had a header C(x-request-id)
      type: str
      sample: req_1
"""

from ansible_collections.community.basedash.plugins.module_utils._api.check import CHECK_API
from ansible_collections.community.basedash.plugins.module_utils._engine.module import run_module

SPEC = CHECK_API


def main() -> None:
    """Run the module."""
    run_module(SPEC)


if __name__ == "__main__":
    main()
