# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Settings that every kind of object has, and in SECRETS those of kinds with passwords or keys."""

    DOCUMENTATION = r"""
options:
  extra:
    description:
      - Fields of the API that are newer than this collection, by the API's names. They go into the request as they are.
      - A field that the server's answers show is compared. One that they don't show can't be compared, so it is sent
        only when the object is created.
      - A field that has an option of its own is refused.
      - An empty text is refused, because it is mostly a variable that nobody set. Give null to empty a field.
    type: dict
  clear:
    description:
      - The options to empty, by name. An empty text is refused everywhere else, because it mostly comes from a variable
        that is not set.
      - Texts and numbers can be emptied, but for those that name the object or that a creation needs. The server may
        refuse to empty one.
      - An option that is named here can't be given as well.
    type: list
    elements: str
"""

    SECRETS = r"""
options:
  extra_secrets:
    description: The same as O(extra) for secrets. They are never compared and never shown.
    type: dict
  update_secrets:
    description:
      - When secrets are sent to an object that exists already. No answer shows them, so they can't be compared.
      - V(on_create) sends them only when the object is created. For one that exists, RV(msg) says which were not sent.
      - V(always) sends them each time, so that every run is changed.
      - It goes for all options that hold a secret, for O(extra_secrets), and for what no answer shows of O(extra).
      - O(clear) removes a secret whatever this says. Nobody can see whether one is stored, so every run that removes
        one is changed.
    type: str
    default: on_create
    choices: [on_create, always]
    aliases: [update_password]
"""
