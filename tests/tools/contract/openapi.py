# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read an OpenAPI file, as JSON or as YAML."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import requests
import yaml

from ansible_collections.community.basedash.plugins.module_utils._api.document import DocumentError


def read(source: str) -> Any:
    """Return the content of a file or of an http(s) address, as JSON or as YAML.

    Raises:
        DocumentError: if there is none.
    """
    try:
        if source.startswith(("http://", "https://")):
            answer = requests.get(source, timeout=60)
            answer.raise_for_status()
            data = answer.content
        else:
            data = Path(source).read_bytes()
        text = data.decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise DocumentError(f"{source} can't be read: {error}.") from error
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        raise DocumentError(f"{source} is neither JSON nor YAML.") from None
