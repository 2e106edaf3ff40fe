# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What leaves a task: secrets masked, faults of ours in one sentence, connections closed."""

from __future__ import annotations

import base64
import html
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from ansible_collections.community.basedash.plugins.module_utils._base.errors import ApiError, Exchange
from ansible_collections.community.basedash.plugins.module_utils._base.text import Mask, limited, printable, shortened
from ansible_collections.community.basedash.plugins.module_utils._base.version import VERSION
from ansible_collections.community.basedash.plugins.module_utils._engine.task import (
    Outcome,
)
from ansible_collections.community.basedash.plugins.module_utils._rest.collection import Collection
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    ABSENT,
    KEY,
    ONE,
    PAGE,
    SOURCES,
    URL,
    Wire,
    absent,
    answer,
    error,
    execute,
    found,
    page,
    present,
    resource,
)


@pytest.mark.parametrize("echo", [KEY, "Bearer " + KEY, json.dumps({"key": KEY}), "x%sy" % KEY])
def test_echoed_key_is_masked(echo: str) -> None:
    # absent() checks that the key is nowhere in the report.
    assert absent(("GET", ONE, error(401, echo, echo)), id="ds_1").failed
    assert absent(("GET", ONE, answer(401, None, {"x-request-id": echo})), id="ds_1").failed
    assert absent(("GET", ONE, found(host=echo, displayName=echo)), id="ds_1", check_mode=True).result["changed"]


def test_mask_knows_other_spellings() -> None:
    secret = 'pa/ss "wörd"+=&'
    mask = Mask([secret])
    spellings = (secret, quote(secret), quote(secret, safe=""), json.dumps(secret), repr(secret), html.escape(secret))
    for spelling in spellings:
        assert "ss" not in mask.text("<%s>" % spelling)
    value = mask.value({"a": [secret, 1, None, {"b": (secret,)}]})
    assert "wörd" not in json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize("length", range(200, 320))
def test_secret_that_is_cut_is_masked(length: int) -> None:
    report = absent(("GET", ONE, error(400, "x" * length + KEY)), id="ds_1")
    assert KEY[:5] not in report.result["msg"]


def test_key_that_is_no_text_is_refused_in_one_sentence() -> None:
    # As Python reads a variable of the environment whose bytes are no UTF-8.
    key = "bd_key_\udcff_sentinel"
    report = execute(
        lambda api, options, check_mode: Outcome(False),
        {**ABSENT, "api_key": key, "id": "ds_1"},
        check_mode=False,
        diff_mode=False,
        transport=Wire(),
    )
    assert report.failed
    assert "api_key" in report.result["msg"]
    assert "sentinel" not in report.result["msg"]
    assert "sentinel" not in Mask([key]).value("x %s x" % key)


@pytest.mark.parametrize(
    ("secret", "echo"),
    [
        ("hush 'quoted'", "hush &#39;quoted&#39;"),
        ("hush 'quoted'", "hush &#039;quoted&#039;"),
        ("h\u00e4sh", "h\\xe4sh"),
        ("first line\nsecond\tline", "first line second line"),
    ],
)
def test_spellings_of_other_services_are_masked(secret: str, echo: str) -> None:
    assert Mask([secret]).text("x %s x" % echo) == "x ******** x"


def test_beginning_of_a_secret_before_dots_is_masked() -> None:
    mask = Mask([KEY, "abcd...efgh"])
    assert mask.text("%s... %s... bd_... %s" % (KEY[:4], KEY[:-1], KEY[:7])) == "********... ********... bd_... bd_key_"
    assert mask.text("abcd... abcd...ef... abcd") == "********... ********... abcd"


def test_masking_a_large_text_takes_its_time_once() -> None:
    begun = time.monotonic()
    for text in (KEY[:4] * 500_000, (KEY[:4] + "...") * 250_000, (KEY[:-1] + "...") * 80_000, "..." * 700_000):
        Mask([KEY]).text(text)
    # Generous: it is two seconds, and would be minutes if each occurrence made a new text.
    assert time.monotonic() - begun < 30


def test_value_that_python_can_not_print_is_shown() -> None:
    nested: list[Any] = []
    for _level in range(100_000):
        nested = [nested]
    assert "can't be shown" in printable(nested) or printable(nested).startswith("[[")
    while nested:  # Else the end of the test would unfold it at once.
        nested = nested[0]


def test_secrets_do_not_rename_the_result() -> None:
    assert Mask(["chan", "data_source"]).value({"changed": True, "data_source": "data_source"}) == {
        "changed": True,
        "data_source": "********",
    }


def test_mask_knows_encodings() -> None:
    secret = "key+with/odd=characters?"
    header = "Bearer " + secret
    mask = Mask([secret])
    for text in (secret, header):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            assert mask.text(encode(text.encode()).decode()) == "********"
    assert mask.text(quote(secret, safe="").lower()) == "********"
    assert mask.text(quote(quote(secret, safe=""), safe="")) == "********"


def test_mask_leaves_blank_texts_alone() -> None:
    assert Mask(["", "   ", "\n"]).text("a b abc   ") == "a b abc   "


def test_mask_replaces_short_texts_as_words_alone() -> None:
    mask = Mask(["ds", "d", "abc"])
    assert mask.text("'abc' refused, abc. (abc)") == "'********' refused, ********. (********)"
    same = "the data source ds_1, ds-1, d.example.com, /d/abc/, abcd, created"
    assert mask.text(same) is same


def test_words_of_the_collection_are_not_masked() -> None:
    words = {"action": ("created", "deleted")}
    given = {"action": "created", "host": "created", "name": "x created x", "other": [{"action": "deleted", "n": 4242}]}
    assert Mask(["created", "deleted", "4242"], words).value(given) == {
        "action": "created",
        "host": "********",
        "name": "x ******** x",
        "other": [{"action": "deleted", "n": 4242}],
    }


@pytest.mark.parametrize("values", [{"data_source": {"id": KEY + "_1"}}, {"results": [{"name": "x" + KEY}]}])
def test_a_masked_identity_is_worth_a_warning(values: dict[str, Any]) -> None:
    wire = Wire()
    report = run(lambda api, options, check_mode: Outcome(False, values=values), wire)
    assert KEY not in json.dumps(report.result)
    assert report.warnings == [
        "An id or a name in this result is masked, because a secret of this task is a part of it: another task can't "
        "use it as it stands here."
    ]
    report = run(lambda api, options, check_mode: Outcome(False, values={"host": KEY, "id": "ds_1"}), wire)
    assert not report.warnings


NEW = {
    "type": "direct",
    "dialect": "POSTGRES",
    "displayName": "preview-42",
    "host": "db.example.com",
    "port": 5432,
    "password": "POST",
}


@pytest.mark.parametrize(
    ("method", "steps"),
    [
        ("GET", [("GET", PAGE, error(403, "no GET here", "GET"))]),
        ("POST", [("GET", PAGE, page()), ("POST", SOURCES, error(403, "no POST here", "POST"), NEW)]),
        ("DELETE", [("GET", PAGE, page(resource())), ("DELETE", ONE, error(403, "no DELETE here", "DELETE"))]),
    ],
    ids=["GET", "POST", "DELETE"],
)
def test_a_password_that_is_a_method_hides_no_method(method: str, steps: list[Any]) -> None:
    wanted = {"name": "preview-42", "password": method}
    if method == "DELETE":
        report = absent(*steps, **wanted)
    else:
        report = present(*steps, dialect="POSTGRES", host="db.example.com", port=5432, **wanted)
    failed = report.result.pop("error")
    assert failed == {
        "method": method,
        "url": URL + steps[-1][1],
        "status": 403,
        "title": "********",
        "detail": "no ******** here",
    }
    # In a sentence it could be the password as well.
    assert method not in json.dumps([report.result, report.warnings])
    assert "********" in report.result["msg"]


def test_mask_replaces_the_longest_first() -> None:
    assert Mask(["secret", "secretsecret2"]).text("secretsecret2") == "********"


def test_lines_of_a_private_key_are_masked() -> None:
    line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"
    assert line not in Mask(["-----BEGIN-----\n%s\n-----END-----\n" % line]).text("x %s x" % line)


def test_control_characters_are_shown_as_such() -> None:
    assert printable("a\x1b[31m\u202eb\nc") == "a\\x1b[31m\\u202eb\\nc"
    assert len(shortened(printable("x" * 1000))) == 300
    assert printable("\ufdd0x\ufdd11\ufdd2") == "\\ufdd0x\\ufdd11\\ufdd2"


@pytest.mark.parametrize("place", [280, 295, 299, 5000])
def test_secret_at_the_end_of_a_shortened_text_is_masked_as_a_whole(place: int) -> None:
    text = printable("x" * place + KEY + "y" * 1000)
    shown = Mask([KEY]).text("It said %s." % text)
    assert shown.endswith("....")
    assert len(shown) == 300 + len("It said .")
    assert not any(KEY[start : start + 3] in shown for start in range(len(KEY) - 2))


def test_text_that_is_limited_twice_keeps_the_smaller_limit() -> None:
    text = limited("why: %s, and more" % limited("x" * 50, 10), 20)
    assert shortened(text) == "why: xxxxxxx..., ..."


def test_halves_of_surrogate_pairs_do_not_leave() -> None:
    lone = answer(200, b'{"data": {"id": "ds_1", "displayName": "a\\ud800b"}}')
    report = absent(("GET", ONE, lone), id="ds_1", check_mode=True)
    json.dumps(report.result, ensure_ascii=False).encode()


def run(task: Any, wire: Wire) -> Any:
    return execute(task, ABSENT, check_mode=False, diff_mode=False, transport=wire, clock=wire.clock())


@pytest.mark.parametrize("place", ["one", "many"])
def test_names_of_fields_in_errors_are_masked_before_they_become_options(place: str) -> None:
    secret = "Hush-HunterTwo"
    names = {"value %s refused" % secret: "no", "databaseName": "no", "newField": "no"}

    def refused(api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
        if place == "many":
            return Outcome(False, failed=True, values={"results": [{"field_errors": dict(names)}]})
        raise ApiError("No.", Exchange("POST", "", field_errors=names))

    wire = Wire()
    options = {**ABSENT, "api_key": secret}
    report = execute(refused, options, check_mode=False, diff_mode=False, transport=wire, clock=wire.clock())
    found = report.result["results"][0] if place == "many" else report.result
    assert list(found["field_errors"]) == ["value ******** refused", "database_name", "new_field"]
    assert "hunter" not in str(report.result).lower()


def test_fault_of_ours_is_one_sentence_and_no_traceback() -> None:
    def broken(api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
        raise KeyError(options["api_key"])

    wire = Wire()
    report = run(broken, wire)
    assert report.failed
    assert "Unexpected KeyError" in report.result["msg"]
    assert KEY not in report.result["msg"]
    assert "Traceback" not in report.result["msg"]
    assert wire.closed


def test_connections_are_closed_and_there_is_no_diff_unless_asked_for() -> None:
    wire = Wire()
    report = run(lambda api, options, check_mode: Outcome(False), wire)
    assert wire.closed
    assert report.result == {"changed": False, "api": {"requests": 0, "retries": 0, "wait_seconds": 0.0}}


def test_secrets_of_the_transport_are_masked() -> None:
    wire = Wire()
    wire.secrets = ["proxy-password"]
    report = run(lambda api, options, check_mode: Outcome(False, message="with proxy-password"), wire)
    assert report.result["msg"] == "with ********"


def test_version_is_that_of_the_collection() -> None:
    root = Path(__file__).parents[4]
    assert yaml.safe_load((root / "galaxy.yml").read_text(encoding="utf-8"))["version"] == VERSION
