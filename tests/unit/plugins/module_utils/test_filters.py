# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which data sources filters select, and which ones an exclusion protects."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.community.basedash.plugins.module_utils._base.errors import InputError
from ansible_collections.community.basedash.plugins.module_utils._base.text import look_alike_key
from ansible_collections.community.basedash.plugins.module_utils._engine.filters import Exclusion, Filters
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import KIND, resource

HEALTH = [resource("ds_%s" % status, lastHealthStatus=status) for status in ("HEALTHY", "UNHEALTHY", "NEW", None)]


def selected(**options: Any) -> list[Any]:
    filters = Filters.of(KIND, options)
    return [one["lastHealthStatus"] for one in HEALTH if filters.match(one)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("HEALTHY", ["HEALTHY"]),
        (["HEALTHY"], ["HEALTHY"]),
        (["healthy", " Unhealthy "], ["HEALTHY", "UNHEALTHY"]),
        (["new"], ["NEW"]),
        ("!HEALTHY", ["UNHEALTHY", "NEW", None]),
        (["!healthy"], ["UNHEALTHY", "NEW", None]),
        (["! HEALTHY", "!UNHEALTHY"], ["NEW", None]),
        (["unheathly"], []),
        (["null"], []),
    ],
)
def test_statuses(value: Any, expected: list[Any]) -> None:
    assert selected(health_status=value) == expected


@pytest.mark.parametrize("option", ["dialect", "sync_status", "health_status"])
@pytest.mark.parametrize("value", ["", " ", "!", [], [""], ["HEALTHY", ""], ["! "], [None], [["HEALTHY"]]])
def test_no_word_is_refused(option: str, value: Any) -> None:
    with pytest.raises(InputError, match=r"^The option %s is empty, or has an empty value: .*\.$" % option):
        Filters.of(KIND, {option: value})


def test_wanted_and_unwanted_words_together_are_refused() -> None:
    with pytest.raises(InputError, match="mixes"):
        Filters.of(KIND, {"health_status": ["HEALTHY", "!NEW"]})


@pytest.mark.parametrize(
    ("options", "negative", "words"),
    [
        ({"health_status": "healthy"}, False, []),
        ({"health_status": ["new", "UNHEALTHY"]}, False, []),
        ({"health_status": ["unheathly"]}, False, ["'unheathly'", "health_status", "(HEALTHY, UNHEALTHY)", "NEW"]),
        ({"health_status": ["null"]}, False, ["'null'"]),
        ({"health_status": "!HEALTY"}, True, ["'HEALTY'", "HEALTHY, UNHEALTHY"]),
        ({"health_status": "!HEALTY"}, False, []),
        ({"dialect": ["POSTGRES", "postgresql"]}, False, ["'postgresql'", "dialect", "POSTGRES, SUPABASE"]),
        ({"sync_status": ["never_synced", "x"]}, False, ["'x'", "NEVER_SYNCED", "(SUCCESS)"]),
    ],
)
def test_doubts(options: Any, negative: bool, words: list[str]) -> None:
    doubts = Filters.of(KIND, options).doubts(HEALTH, negative)
    assert len(doubts) == bool(words)
    for word in words:
        assert word in doubts[0]


def test_nothing_seen() -> None:
    assert "any data source (no value)" in Filters.of(KIND, {"health_status": "x"}).doubts([], False)[0]


@pytest.mark.parametrize("options", [{}, {"name_pattern": None, "host": None, "health_status": None}])
def test_no_condition(options: Any) -> None:
    assert Filters.of(KIND, options).empty


@pytest.mark.parametrize("option", ["name", "host", "name_pattern", "dialect", "health_status", "sync_status"])
def test_one_condition(option: str) -> None:
    assert not Filters.of(KIND, {option: "x"}).empty


LOOKS = [
    ("production", "Production"),
    ("production", "\tproduction \n"),
    ("pro duction", "pro\u00a0 duction"),
    ("production", "pro\u200bduction\ufeff"),
    ("caf\u00e9", "CAFE\u0301"),
    ("caf\u00e9", "cafe\u200d\u0301"),
    ("straße", "STRASSE"),
    ("\ufb01nance", "finance"),
    ("\uff30\uff32\uff2f\uff24", "prod"),
    ("ς", "Σ"),
]


@pytest.mark.parametrize(("one", "other"), LOOKS)
def test_what_looks_alike_is_excluded(one: str, other: str) -> None:
    for entry, name in ((one, other), (other, one)):
        exclusion = Exclusion.of([entry])
        assert exclusion.fits("ds_9", name)
        assert exclusion.fits(name, "other")
        assert not exclusion.fits("ds_9", "other")
        assert exclusion.unused(KIND.family, [resource("ds_9", name)]) == []
        assert exclusion.unused(KIND.family, [resource("ds_9", "other")]) == [entry]


@given(st.text(st.characters(codec="utf-8")), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_no_spelling_of_unicode_gets_around(text: str, form: Any) -> None:
    assert look_alike_key(unicodedata.normalize(form, text)) == look_alike_key(text)
    assert look_alike_key(look_alike_key(text)) == look_alike_key(text)
    assert look_alike_key(" %s\u3000" % text) == look_alike_key(text)


@given(st.text(st.characters(max_codepoint=0x24F)))
def test_no_case_gets_around(text: str) -> None:
    # Python's own rules for the Turkish letters differ between upper and lower case.
    text = text.replace("\u0130", "").replace("\u0131", "")
    assert look_alike_key(text.upper()) == look_alike_key(text.lower()) == look_alike_key(text)


@pytest.mark.parametrize(
    "entry",
    [
        '["production"]',
        "[production]",
        " [production] ",
        '["production"',
        ' "analytics"]',
        "[production",
        "analytics]",
        "['production']",
        "{'id': 'ds_1'}",
        '{"production"',
        '"production"',
        "'production'",
        "- production",
        "- production\n- analytics",
        "production\nanalytics",
        "---",
    ],
)
def test_markup_is_refused(entry: str) -> None:
    with pytest.raises(InputError, match=r"^Entry 2 of exclude looks like YAML or JSON .*\.$") as caught:
        Exclusion.of(["fine", entry])
    assert "production" not in caught.value.message


@pytest.mark.parametrize(
    "name", ["[EU] orders", "orders [EU]", "a-b", "-", "it's", "a: b", "5'", '3"', "!x", "x {y} z"]
)
def test_names_that_only_have_such_characters_are_not(name: str) -> None:
    assert Exclusion.of([name]).fits("ds_9", name)


@pytest.mark.parametrize("entry", ["", " ", "\u200b", "\n"])
def test_blank_entries_are_refused(entry: str) -> None:
    with pytest.raises(InputError, match=r"^Entry 1 of exclude is empty: "):
        Exclusion.of([entry])


@pytest.mark.parametrize("entry", ["********", "ds_********_1", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"])
def test_masked_entries_are_refused(entry: str) -> None:
    with pytest.raises(InputError, match=r"^Entry 1 of exclude was masked "):
        Exclusion.of([entry])


@pytest.mark.parametrize("entry", [["production"], {"name": "production"}, None, True, 7, 1.5])
def test_entries_that_are_no_texts_are_refused(entry: Any) -> None:
    with pytest.raises(InputError, match=r"^Entry 1 of exclude is no text: "):
        Exclusion.of([entry])


@pytest.mark.parametrize("value", ["production", '["production"]', {"production": 1}, True, 5])
def test_an_exclusion_that_is_no_list_is_refused(value: Any) -> None:
    with pytest.raises(InputError, match=r"^The option exclude is no list: "):
        Exclusion.of(value)


@pytest.mark.parametrize("name", [None, 7, ["production"], {}])
def test_a_name_that_is_no_text_fits_nothing(name: Any) -> None:
    assert not Exclusion.of(["production"]).fits("ds_9", name)


@pytest.mark.parametrize("text", ["20261124", "2026-W48-2", "1764000000000", "2026-11-24T08", "2026-11-24T0800"])
def test_a_time_that_only_some_pythons_read_is_none(text: str) -> None:
    with pytest.raises(InputError, match="created_before"):
        Filters.of(KIND, {"created_before": text})


@pytest.mark.parametrize("text", ["1712010112345", "20261124", "2026-W48-2", "2026-11-24x08:00", "2026-11-24T08"])
def test_what_only_some_versions_of_python_take_for_a_date_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no date"):
        Filters.of(KIND, {"created_before": text})


@pytest.mark.parametrize(
    "text", ["2026-11-24", "2026-11-24 08:00", "2026-11-24T08:00:00.5z", "2026-11-24T08:00:00+02:00"]
)
def test_dates_and_times(text: str) -> None:
    assert Filters.of(KIND, {"created_before": text}).created_before is not None
