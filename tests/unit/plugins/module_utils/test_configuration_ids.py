# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries of objects that have the same key: each has an id, as in an export."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.module_utils._configuration.layers import load

FIRST, SECOND = ({"id": identifier, "name": "analytics"} for identifier in ("ds_1", "ds_2"))


def loaded(*sources: dict[str, Any]) -> tuple[list[str | None], list[str]]:
    """Return the ids of the entries, and the findings."""
    given = {"source": None, "configuration": {"format": 1, "data_sources": list(sources)}}
    configuration, findings = load(given)
    return [entry.id for entry in configuration.entries["data_sources"]], [one.rule for one in findings]


def test_the_same_key_with_different_ids() -> None:
    assert loaded(FIRST, SECOND) == (["ds_1", "ds_2"], [])


@pytest.mark.parametrize("other", [FIRST, {**FIRST, "name": "renamed"}])
def test_the_same_id_twice(other: dict[str, Any]) -> None:
    assert loaded(FIRST, other)[1] == ["duplicate"]
