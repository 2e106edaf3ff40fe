# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Properties of whole lives of data sources, on each server that the unknowns of the API could turn out to be."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ansible_collections.community.basedash.plugins.module_utils._resources.data_source import DATA_SOURCE
from ansible_collections.community.basedash.tests.lifecycle.driver import Basedash

FIELDS = {one.fact_name: one.place for one in DATA_SOURCE.fields if not one.secret}
PLAIN = [one.name for one in DATA_SOURCE.settings if not one.fixed]
SECRETS = {one.name: (one.sent, one.removed_by or None) for one in DATA_SOURCE.secrets}

SERVERS: dict[str, dict[str, Any]] = {
    "as documented": {},
    "no single GET, 404": {"single_get": "404"},
    "no single GET, 405": {"single_get": "405"},
    "no single GET, a page": {"single_get": "404_html"},
    "created is 200": {"create_status": 200},
    "PATCH keeps flags": {"patch_resets_flags": False},
    "PATCH renames": {"patch_renames": "applied"},
    "PATCH refuses names": {"patch_renames": "refused"},
    "verify fails with 422": {"verify_failure": "422"},
    "verify fails with 200": {"verify_failure": "200_data"},
    "verify fails at the top": {"verify_failure": "400_top"},
    "unique names": {"names_unique": True},
    "nobody is accepted": {"restricted_with_nobody": "accepted"},
    "nobody is everyone": {"restricted_with_nobody": "everyone"},
    "access without mode": {"access_mode_in_answer": False},
    "null flags": {"null_flags": True},
    "ports as text": {"ports_as_text": True},
    "lower-case hosts": {"hosts_lower_case": True},
    "trimmed texts": {"trim_texts": True},
    "empty texts are null": {"empty_texts": "null"},
    "unset flags do nothing": {"unset_secret_flags": False},
    "delete is 204": {"delete_answer": "204"},
    "delete is 202": {"delete_answer": "202"},
    "delete says nothing": {"delete_answer": "200_without_data"},
    "delete succeeds oddly": {"delete_answer": "200_success_false"},
    "delete answers false": {"delete_answer": "200_false"},
    "single GET lags": {"get_lag_seconds": 3},
    "the list lags": {"list_lag_seconds": 3},
    "all readings lag": {"list_lag_seconds": 3, "get_lag_seconds": 3},
    "access lags": {"access_lag_seconds": 3},
    "no lists of people": {"groups_list": "404", "members_list": "404_html"},
    "names are normalized": {"names_changed": "nfc"},
    "sync after update": {"sync_after_update": True},
    "older release": {"omit_fields": ["athenaWorkgroup", "athenaOutputLocation", "athenaCatalog"], "single_get": "404"},
    "newer release": {"extra_fields": {"fieldOfNoRelease": 5, "labels": ["a"]}},
    "all that is odd": {
        "null_flags": True,
        "ports_as_text": True,
        "hosts_lower_case": True,
        "trim_texts": True,
        "empty_texts": "null",
        "access_mode_in_answer": False,
        "create_status": 200,
        "single_get": "404_html",
    },
}
DIALECTS = ("POSTGRES", "mysql", "Snowflake", "BIGQUERY", "ClickHouse", "ATHENA", "SQL_SERVER", "SPANNER")
FLAGS = ("ssl_enabled", "ssh_enabled")
NUMBERS = {one.name: one.limits for one in DATA_SOURCE.settings if one.form.type == "int" and one.limits}

texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)
# What stands in files and templates has white space around it.
padded = st.builds("{}{}{}".format, st.sampled_from(["", " ", "\n"]), texts, st.sampled_from(["", " ", "\n", "\r\n"]))
names = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs")), min_size=1, max_size=12)
policies = st.one_of(
    st.just({"mode": "everyone"}),
    st.builds(
        lambda groups, members: {"mode": "restricted", "group_ids": groups, "member_ids": members},
        st.lists(st.sampled_from(["grp_analysts", "grp_engineers"]), min_size=1),
        st.lists(st.sampled_from(["mem_ada", "mem_grace"])),
    ),
)
connections = st.fixed_dictionaries(
    {},
    optional={
        **{option: padded for option in PLAIN if option not in (*FLAGS, *NUMBERS)},
        **dict.fromkeys(FLAGS, st.booleans()),
        **{option: st.integers(*limits) for option, limits in NUMBERS.items()},
        **dict.fromkeys(
            SECRETS, st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=20)
        ),
        "extra": st.dictionaries(st.sampled_from(["newField", "otherField"]), st.integers() | texts, max_size=2),
        "access": policies,
    },
)
examples = settings(
    max_examples=int(os.environ.get("LIFECYCLE_EXAMPLES", "8")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
every_server = pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS.keys())


def as_options(values: dict[str, Any]) -> dict[str, Any]:
    """Return options with everything that a module's argument check puts in."""
    if "access" not in values:
        return values
    return {**values, "access": {"group_ids": None, "member_ids": None, **values["access"]}}


def stored(basedash: Basedash, name: str) -> dict[str, Any]:
    """Return the one data source of this name as the server holds it."""
    found = [source for source in basedash.sources() if source["displayName"] == name]
    assert len(found) == 1
    return found[0]


@every_server
@examples
@given(dialect=st.sampled_from(DIALECTS), name=names, connection=connections)
def test_a_second_run_is_unchanged_and_check_mode_predicts_the_first(
    basedash: Basedash, server: dict[str, Any], dialect: str, name: str, connection: dict[str, Any]
) -> None:
    basedash.reset(server)
    options = as_options({"name": name, "dialect": dialect, **connection})

    predicted = basedash.source(check_mode=True, **options)
    assert set(basedash.methods()) <= {"GET"}
    first = basedash.source(**options)
    assume(not first.failed)
    assert first.result["changed"]
    assert predicted.result["changed"]
    assert predicted.result["diff"] == first.result["diff"]

    for check_mode in (True, False):
        again = basedash.source(check_mode=check_mode, **options)
        assert not again.failed, again.result
        assert not again.result["changed"], again.result
        assert again.result["diff"]["before"] == again.result["diff"]["after"]

    holds = stored(basedash, name)
    for option in PLAIN:
        if connection.get(option):
            given_value = connection[option]
            assert holds[FIELDS[option]] == (
                given_value.strip() if isinstance(given_value, str) else given_value
            ) or not (str(given_value).strip())
    assert holds["secrets"] == {SECRETS[one][0]: connection[one] for one in SECRETS if connection.get(one)}
    assert holds["other_fields"] == connection.get("extra", {})


@every_server
@examples
@given(name=names, before=connections, after=connections)
def test_an_update_does_what_check_mode_says_and_no_more(
    basedash: Basedash, server: dict[str, Any], name: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    basedash.reset(server)
    assume(not basedash.source(**as_options({"name": name, "dialect": "POSTGRES", **before})).failed)
    was = stored(basedash, name)
    basedash.pass_time(10)

    options = as_options({"name": name, **after})
    predicted = basedash.source(check_mode=True, **options)
    assert stored(basedash, name) == was
    real = basedash.source(**options)
    assert not real.failed, real.result
    assert real.result["changed"] == predicted.result["changed"]
    assert real.result["diff"] == predicted.result["diff"]
    assert real.result["changed"] == (real.result["diff"]["before"] != real.result["diff"]["after"])
    # Another task may come before the readings show what this one did, and then do it again.
    basedash.pass_time(10)
    again = basedash.source(**options)
    assert not again.failed, again.result
    assert not again.result["changed"]

    now = stored(basedash, name)
    assert now["secrets"] == was["secrets"]
    for option in set(PLAIN) - set(after):
        field = FIELDS[option]
        assert bool(now[field]) == bool(was[field]) if option in FLAGS else now[field] == was[field]
    if "access" not in after:
        assert now["access"] == was["access"]


@every_server
@examples
@given(name=names, secrets=st.fixed_dictionaries({}, optional=dict.fromkeys(SECRETS, st.text("abc", max_size=3))))
def test_secrets_are_renewed_or_removed_and_nothing_else_is(
    basedash: Basedash, server: dict[str, Any], name: str, secrets: dict[str, str]
) -> None:
    basedash.reset(server)
    known = dict.fromkeys(SECRETS, "what was stored")
    basedash.source(name=name, dialect="POSTGRES", ssl_enabled=True, **known)
    assume(all(value or SECRETS[option][1] for option, value in secrets.items()))

    given = {option: value for option, value in secrets.items() if value}
    removed = [option for option, value in secrets.items() if not value]
    report = basedash.source(name=name, update_secrets="always", clear=removed, **given)
    assert not report.failed
    assert report.result["changed"] == bool(secrets)
    expected = {SECRETS[option][0]: value for option, value in {**known, **secrets}.items() if value}
    if server.get("unset_secret_flags", True):
        assert stored(basedash, name)["secrets"] == expected
    assert stored(basedash, name)["sslEnabled"] is True


@every_server
@examples
@given(name=names, connection=connections)
def test_present_absent_present_absent_ends_where_it_began(
    basedash: Basedash, server: dict[str, Any], name: str, connection: dict[str, Any]
) -> None:
    basedash.reset(server)
    began = basedash.sources()
    options = as_options({"name": name, "dialect": "POSTGRES", **connection})
    for _round in range(2):
        created = basedash.source(**options)
        assume(not created.failed)
        assert created.result["changed"]
        gone = basedash.source(name=name, state="absent")
        assert not gone.failed
        assert gone.result["changed"]
        assert gone.result["data_source"]["id"] == created.result["data_source"]["id"]
        basedash.pass_time(10)
    again = basedash.source(name=name, state="absent")
    assert not again.failed
    assert not again.result["changed"]
    assert basedash.sources() == began


@every_server
@examples
@given(first=policies, second=policies, purge=st.booleans())
def test_access_is_what_was_asked_for(
    basedash: Basedash, server: dict[str, Any], first: dict[str, Any], second: dict[str, Any], purge: bool
) -> None:
    basedash.reset(server)
    assert not basedash.access(id="ds_preview_1", **first).failed
    predicted = basedash.access(id="ds_preview_1", purge=purge, check_mode=True, **second)
    real = basedash.access(id="ds_preview_1", purge=purge, **second)
    assert not real.failed
    assert real.result["changed"] == predicted.result["changed"]
    assert real.result["diff"] == predicted.result["diff"]
    assert not basedash.access(id="ds_preview_1", purge=purge, **second).result["changed"]

    holds = next(one["access"] for one in basedash.sources() if one["id"] == "ds_preview_1")
    assert holds["mode"] == second["mode"]
    groups = set(second.get("group_ids", ()))
    if not purge and second["mode"] == first["mode"] == "restricted":
        groups |= set(first["group_ids"])
    assert set(holds["groupIds"]) == groups


@every_server
@pytest.mark.parametrize("host", ["db.example.com", "nowhere.invalid"])
def test_credentials_are_verified(basedash: Basedash, server: dict[str, Any], host: str) -> None:
    basedash.reset(server)
    report = basedash.source(name="orders", dialect="POSTGRES", host=host, verify_credentials=True)
    assert report.failed == (host == "nowhere.invalid")
    assert report.result["changed"] != report.failed
    assert report.result.get("field_errors", {}) == ({"host": "Host not found"} if report.failed else {})
    assert ("orders" in [source["displayName"] for source in basedash.sources()]) != report.failed


@every_server
@pytest.mark.parametrize("sync", ["success", "failed", "pending"])
def test_waiting_ends_with_the_sync(basedash: Basedash, server: dict[str, Any], sync: str) -> None:
    basedash.reset({**server, "sync": sync, "sync_seconds": 60})
    report = basedash.source(name="orders", dialect="POSTGRES", wait=True, wait_timeout=600.0)
    if sync == "pending":
        assert "did not end" in report.result["msg"]
    else:
        assert report.failed == (sync == "failed")
    assert report.result["changed"]
    assert report.result["data_source"]["display_name"] == "orders"


@every_server
@pytest.mark.parametrize("kind", ["reset_after", "reset_before", "truncated", "html"])
@pytest.mark.parametrize("step", ["POST", "PATCH", "PUT", "DELETE"])
def test_a_lost_answer_makes_no_second_source(basedash: Basedash, server: dict[str, Any], kind: str, step: str) -> None:
    basedash.reset(server)
    options = as_options(
        {
            "name": "orders",
            "dialect": "POSTGRES",
            "host": "a.example.com",
            "ssl_enabled": True,
            "password": "what was stored",
            "access": {"mode": "restricted", "group_ids": ["grp_analysts"]},
        }
    )
    if step != "POST":
        assert not basedash.source(**options).failed
    fault = {"kind": kind, "method": step, "times": 1, **({"work": True} if kind == "html" else {})}
    basedash.control("POST", "faults", [fault])
    change = {"host": "b.example.com"} if step == "PATCH" else {}
    if step == "PUT":
        change = {"access": {"mode": "everyone", "group_ids": None, "member_ids": None}}
    state = "absent" if step == "DELETE" else "present"
    report = basedash.source(**{**options, **change, "state": state})
    found = [source for source in basedash.sources() if source["displayName"] == "orders"]
    if kind == "html" and step in ("PUT", "DELETE"):
        assert report.failed
        return
    assert not report.failed, report.result
    assert report.result["changed"]
    assert len(found) == (0 if step == "DELETE" else 1)
    for source in found:
        assert source["secrets"] == {"password": "what was stored"}
        assert source["sslEnabled"] is True
        assert source["host"] == ("b.example.com" if step == "PATCH" else "a.example.com")
        assert source["access"]["mode"] == ("everyone" if step == "PUT" else "restricted")
