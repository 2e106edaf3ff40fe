# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is documented twice says the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

MODULES = Path(__file__).parents[4] / "plugins" / "modules"


def options(module: str) -> dict[str, Any]:
    """Return the documented options of a module."""
    source = (MODULES / (module + ".py")).read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(source.split('DOCUMENTATION = r"""')[1].split('"""')[0])["options"]
    return found


ONE = {name: option for name, option in options("basedash_data_source").items() if name != "state"}
ENTRY = options("basedash_data_sources")["data_sources"]["suboptions"]


def words(option: dict[str, Any]) -> str:
    """Return a description as one text, with the names of options as a single data source has them."""
    described = option["description"]
    text = described if isinstance(described, str) else " ".join(described)
    return text.replace("data_sources[].", "").replace("results[].", "")


def test_an_entry_of_many_has_the_options_of_one() -> None:
    assert list(ENTRY) == list(ONE)


@pytest.mark.parametrize("name", ONE)
def test_an_option_of_an_entry_is_described_as_that_of_one(name: str) -> None:
    assert words(ENTRY[name]) == words(ONE[name])
