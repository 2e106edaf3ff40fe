# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The connection options of every module."""

    DOCUMENTATION = r"""
options:
  api_key:
    description:
      - The API key of an admin of the organization. White space at both ends is dropped.
      - If not set, the environment variable E(BASEDASH_API_KEY) is used. One of them is needed.
    type: str
  api_url:
    description:
      - The root of the service, as V(http(s\)://host[:port][/prefix]). Set it for a self-hosted Basedash.
      - It may end in a slash or in V(/api/public). A redirect is never followed.
      - If not set, the environment variable E(BASEDASH_API_URL) is used.
    type: str
    default: https://charts.basedash.com
  organization_id:
    description:
      - The identifier of the organization.
      - If not set, the environment variable E(BASEDASH_ORGANIZATION_ID) is used. One of them is needed.
    type: str
    aliases: [org_id]
  timeout:
    description:
      - The longest that one HTTP request may take, in seconds, from the look-up of the name to the last byte of the
        answer. At most 86400.
      - Reading a whole list may take ten times as long, and what O(retry_timeout) allows.
      - If not set, the environment variable E(BASEDASH_TIMEOUT) is used.
    type: float
    default: 30.0
  retry_timeout:
    description:
      - The seconds that one task may spend on waiting and on trying again, all its requests together. V(0) means that
        nothing is tried again. At most 86400.
      - Answers with status 429 or 5xx and broken connections are tried again. The time that a server asks for is
        waited; if it is more than what is left, the task fails at once.
      - If not set, the environment variable E(BASEDASH_RETRY_TIMEOUT) is used.
    type: float
    default: 120.0
  validate_certs:
    description:
      - Whether to check the server's certificate. Leave it on outside of a lab.
      - If not set, the environment variable E(BASEDASH_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - A file or a directory (as made by C(openssl rehash)) with the authorities to trust, in place of those that come
        with the Python library C(requests).
      - If not set, the environment variable E(BASEDASH_CA_PATH) is used, then E(REQUESTS_CA_BUNDLE) and
        E(CURL_CA_BUNDLE).
    type: path
  client_cert:
    description:
      - A file with the client certificate (PEM), for a self-hosted Basedash behind mutual TLS. It may hold the private
        key as well.
      - If not set, the environment variable E(BASEDASH_CLIENT_CERT) is used.
    type: path
  client_key:
    description:
      - A file with the private key (PEM, without a passphrase) of O(client_cert).
      - If not set, the environment variable E(BASEDASH_CLIENT_KEY) is used.
    type: path
  use_proxy:
    description:
      - Whether to obey the environment variables E(http_proxy), E(https_proxy) and E(no_proxy) of the Python that runs
        the module.
      - If not set, the environment variable E(BASEDASH_USE_PROXY) is used.
    type: bool
    default: true
requirements:
  - Python 3.9 or newer on the host that runs the module
  - The Python library requests, 2.25.1 or newer, on the host that runs the module
"""
