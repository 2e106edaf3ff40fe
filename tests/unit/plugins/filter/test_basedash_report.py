# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report: its counts, its texts, and that nothing in it acts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.community.basedash.plugins.filter.basedash_report import (
    FilterModule,
    code,
    plain,
    report,
    sentence,
)


def entry(action: str, name: Any = "orders", **more: Any) -> dict[str, Any]:
    return {"id": "ds_1", "name": name, "action": action, "changed": action not in ("unchanged", "failed"), **more}


def made(*entries: dict[str, Any], **options: Any) -> dict[str, Any]:
    outcome = options.pop("outcome", {"changed": any(one["changed"] for one in entries)})
    (filtered,) = FilterModule().filters().values()
    report: dict[str, Any] = filtered({"results": list(entries), **outcome}, **options)
    return {**report, "json": json.loads(report["json"])}


@pytest.mark.parametrize(
    ("outcome", "options", "status"),
    [
        ({}, {}, "unchanged"),
        ({"changed": True}, {}, "done"),
        ({"changed": True}, {"check_mode": True}, "planned"),
        ({"failed": True, "changed": True}, {"check_mode": True}, "failed"),
        ({"unreachable": True}, {}, "failed"),
        ({"changed": True}, {"status": "declined"}, "declined"),
    ],
)
def test_status(outcome: dict[str, Any], options: dict[str, Any], status: str) -> None:
    report = made(outcome=outcome, **options)
    assert report["json"]["status"] == status
    counted = "no results" if status == "failed" else "nothing to do"
    assert report["lines"] == ["Basedash: %s, %s" % (status, counted)]
    assert report["md"].startswith("### Basedash: %s\n\n**%s**" % (status, counted))


def test_the_counts_of_what_was_done_and_of_a_plan() -> None:
    entries = [
        entry("deleted"),
        entry("created"),
        entry("failed", msg="no"),
        entry("unchanged"),
        entry("not_attempted"),
    ]
    done = made(*entries)
    assert done["lines"] == [
        "Basedash: done, 1 deleted, 1 created, 1 unchanged, 1 failed, 1 not attempted",
        "failed orders, ds_1: `no`",
        "deleted orders, ds_1",
        "created orders, ds_1",
        "not attempted orders, ds_1",
    ]
    assert done["json"]["summary"] == {
        **{"total": 5, "deleted": 1, "created": 1, "updated": 0},
        **{"unchanged": 1, "failed": 1, "not_attempted": 1},
    }
    plan = made(*entries, check_mode=True, title="T")
    assert plan["lines"][0] == "T: planned, 1 to delete, 1 to create, 1 unchanged, 1 failing, 1 not planned"
    assert plan["lines"][1:3] == ["fails orders, ds_1: `no`", "delete orders, ds_1"]
    assert plan["json"]["plan"]["summary"]["total"] == 5
    assert plan["json"]["results"] == []
    started = made(*entries, status="started")
    assert "not completed" in started["md"]
    assert started["json"]["results"] == []


def test_a_word_that_is_masked_is_not_nothing() -> None:
    report = made({**entry("********"), "changed": True}, {"id": "ds_2", "changed": True}, outcome={"changed": True})
    assert report["lines"] == ["Basedash: done, 2 unknown", "unknown orders, ds_1", "unknown ds_2"]
    assert report["json"]["summary"]["unknown"] == 2
    assert "**2 unknown**" in report["md"]


def test_the_markdown() -> None:
    facts = {"dialect": "MYSQL", "host": "db|1"}
    diff = [
        {"before": {"host": "x", "port": 1}, "after": {"host": "db", "port": 1, "a": None}, "after_header": "orders"},
        {"before": {"host": "x"}, "after": {}},
        {"before": "", "after": "created"},
    ]
    outcome = {"changed": True, "diff": diff, "msg": "one\nfailed"}
    text = made(entry("failed", msg="`no`"), entry("updated", data_source=facts), outcome=outcome, organization_id="o")
    lines = text["md"].splitlines()
    assert lines[2] == "**1 updated, 1 failed** in organization `o`,"
    assert lines[5] == "`one failed`"
    assert "| failed | `orders` | `ds_1` |  |  |" in lines
    assert '| updated | `orders` | `ds_1` | `MYSQL` | `"db\\u007c1"` |' in lines
    assert lines[lines.index("#### Failures") + 2] == "- `orders` `ds_1`: `'no'`"
    assert lines[-2:] == ["", "- `orders`: `host` from `x` to `db`"]


def test_what_does_not_fit_is_counted() -> None:
    entries = [entry("failed", "n" * 90, msg="m" * 600) for _number in range(100)]
    report = made(*entries, max_characters=12000, max_lines=3)
    assert len(report["md"]) < 12000
    assert report["md"].count("more, which the JSON report has.") == 2
    assert len(report["lines"]) == 5
    assert report["lines"][-1] == "and 97 more"
    assert len(made(*entries, max_characters=100)["md"]) < 500


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://charts.basedash.com/x", "https://charts.basedash.com/x"),
        ("https://me:secret@charts.basedash.com", None),
        ("https://charts.basedash.com/?key=secret", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_with_a_secret_is_left_out(url: str | None, shown: str | None) -> None:
    report = made(api_url=url, organization_id=None)
    assert (report["json"]["api_url"], report["json"]["organization_id"]) == (shown, None)


def test_where_the_module_worked_goes_before_what_the_variables_say() -> None:
    service = {"api_url": "https://b.example", "organization_id": "org_of_the_defaults"}
    made_of = report({"changed": False, "results": [], "service": service}, organization_id="org_of_the_environment")
    machine = json.loads(made_of["json"])
    assert (machine["api_url"], machine["organization_id"]) == ("https://b.example", "org_of_the_defaults")
    assert "org_of_the_defaults" in made_of["md"]


def test_what_is_no_result_is_not_reported_as_nothing_to_do() -> None:
    for outcome in ({}, {"changed": True, "data_source": {"id": "ds_1"}}, {"ansible_job_id": "1", "changed": False}):
        with pytest.raises(AnsibleFilterError, match="it has no results"):
            report(outcome)
    assert report({"skipped": True, "changed": False})["lines"] == ["Basedash: unchanged, skipped"]
    assert report({"failed": True, "msg": "x"})["lines"][0] == "Basedash: failed, no results"


def test_the_plan_before_it_is_in_the_json_alone() -> None:
    report = made(entry("deleted"), plan={"results": [entry("deleted", "planned")]})
    assert report["json"]["plan"]["summary"]["deleted"] == 1
    assert "planned" not in report["md"]


@pytest.mark.parametrize("char", "`|<>@#:[&\x7f\n\u202e")
def test_what_could_act_does_not(char: str) -> None:
    assert char not in plain('"' + char)
    assert json.loads(plain("'" + char + '"')) == "'" + char + '"'


def test_words() -> None:
    assert plain("preview-42 (a, b): c/d") == "preview-42 (a, b): c/d"
    assert plain(" blank ") == '" blank "'
    assert plain("x" * 101) == "x" * 99 + "…"
    assert (plain(None), code(None), code(""), code(5)) == ("", "", "", "`5`")
    assert sentence(" a\u200b`b`\r\n##[group] ") == "`a 'b' ## [group]`"
    assert len(sentence("x" * 701)) == 702
