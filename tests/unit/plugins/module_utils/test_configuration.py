# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A configuration in files: what it says, and what is wrong with it, with file and line."""

from __future__ import annotations

import os
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.community.basedash.plugins.module_utils._base.errors import InputError
from ansible_collections.community.basedash.plugins.module_utils._configuration import source
from ansible_collections.community.basedash.plugins.module_utils._configuration.families import BY_KEY
from ansible_collections.community.basedash.plugins.module_utils._configuration.form import Configuration, Finding
from ansible_collections.community.basedash.plugins.module_utils._configuration.layers import load
from ansible_collections.community.basedash.plugins.module_utils._configuration.organization import Planned
from ansible_collections.community.basedash.plugins.module_utils._configuration.plan import Change, Plan
from ansible_collections.community.basedash.plugins.module_utils._configuration.report import unmanaged_in
from ansible_collections.community.basedash.plugins.module_utils._configuration.sql import (
    definitions_in,
    with_definitions_renamed,
)
from ansible_collections.community.basedash.plugins.module_utils._configuration.validation import (
    check,
    ordered_definitions,
    refused,
)

SECRET = "correct-horse-battery"
DEFINED = {"reference_name": "d", "name": "D", "data_source": "odrers", "sql_query": "SELECT 1"}
DEFINITION = "{reference_name: %s, data_source: orders, name: N, sql_query: %s}"


def write(folder: Path, **files: str) -> str:
    """Write files, whose names have two underscores for a dot, and return the folder."""
    for name, text in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(textwrap.dedent(text).encode())
    return str(folder)


def read(*paths: str, **options: Any) -> tuple[Configuration, list[Finding]]:
    """Load the configuration of these paths, and check it."""
    options = {"source": list(paths), "configuration": None, **options}
    configuration, findings = load(options)
    return configuration, [*findings, *check(configuration, options)]


def inline(configuration: dict[str, Any], **options: Any) -> tuple[Configuration, list[Finding]]:
    """Load an inline configuration, and check it."""
    options = {"source": None, "configuration": configuration, **options}
    found, findings = load(options)
    return found, [*findings, *check(found, options)]


def only(text: str, tmp_path: Path, **options: Any) -> Finding:
    """Return the only mistake in a file that begins with the format."""
    _configuration, findings = read(write(tmp_path, a__yml="format: 1\n" + textwrap.dedent(text)), **options)
    findings = [one for one in findings if one.is_error]
    assert len(findings) == 1, [str(one) for one in findings]
    return findings[0]


MISTAKES = {
    "a misspelled family": ("grups: []\n", 2, "did you mean groups?"),
    "a misspelled option": ("groups:\n- name: A\n  mebmers: []\n", 4, "did you mean members?"),
    "a misspelled part": ("automations:\n- name: A\n  trigger: {huor: 1}\n", 4, "did you mean hour?"),
    "a boolean": ("groups:\n- name: no\n", 3, "is a boolean and not a text: quote it"),
    "a float": ("groups:\n- name: 1.10\n", 3, "is a float and not a text: quote it"),
    "a date": ("groups:\n- name: 2026-01-01\n", 3, "is a date and not a text: quote it"),
    "a date in extra": ("groups:\n- name: A\n  extra: {x: 2026-01-01}\n", 4, "is a date and not a text"),
    "minutes": ("automations:\n- name: A\n  trigger: {hour: 1:30}\n", 4, "and not a whole number"),
    "no list": ("groups: {name: A}\n", 2, "is no list"),
    "nothing": ("groups:\n", 2, "is no list"),
    "a text as an entry": ("groups: [A]\n", 2, "groups[0] is no mapping"),
    "an entry without a name": ("groups:\n- members: [a@example.com]\n", 3, "is not named: give id or name"),
    "a limit": ("automations:\n- name: A\n  trigger:\n    hour: 24\n", 5, "The option trigger.hour is 24"),
    "an engine's check": ("members:\n- email: nobody\n", 3, "is no e-mail address"),
    "a key twice": ("groups: []\ngroups: []\n", 3, "twice, here and in line 2"),
    "an entry twice": ("groups:\n- name: A\n- name: A\n", 4, "is there twice, also in"),
    "a member twice": ("members:\n- email: a@x.org\n- email: A@x.org\n", 4, "is there twice, also in"),
    "a tab and a blank": ("groups:\n\t- name: A\n", 3, "is no valid YAML"),
    "a second document": ("--- {}\n", 2, "a second document"),
    "a merge key": ("groups:\n- <<: {name: A}\n", 3, "Merge keys"),
    "an unknown alias": ("groups: *a\n", 2, "has no anchor"),
    "an unknown tag": ("groups:\n- name: !!python/name:os.system A\n", 3, "The YAML tag"),
    "Ansible Vault": ("data_sources:\n- name: A\n  password: !vault |\n    $ANSIBLE_VAULT\n", 4, "option secrets"),
    "a new name": ("groups:\n- name: A\n  new_name: B\n", 4, "renamed_from"),
    "a state": ("groups:\n- name: A\n  state: absent\n", 4, "prune"),
    "a renaming that is not possible": ("data_sources:\n- name: A\n  renamed_from: B\n", 4, "no way to rename a data"),
    "a renaming to itself": ("groups:\n- name: A\n  renamed_from: [A]\n", 4, "needs another name"),
    "an earlier name in use": ("groups:\n- name: A\n  renamed_from: B\n- name: B\n", 4, "which another entry has"),
    "the dashboard in a chart": ("dashboards:\n- name: A\n  charts:\n  - {name: B, dashboard: A}\n", 5, "has no place"),
    "charts at the top": ("charts: []\n", 2, "put charts into their dashboard"),
    "a chart twice": ("dashboards:\n- name: A\n  charts:\n  - name: C\n  - name: C\n", 6, "is there twice"),
    "an unknown tab": (
        "dashboards:\n- name: A\n  tabs: [{name: T}]\n  purge_tabs: true\n  charts:\n  - name: C\n    tab: U\n",
        8,
        "which its dashboard does not have",
    ),
    "an organization to create": ("organization: {create: true}\n", 2, "The option create is unknown"),
    "another target": ("for: {name: A}\n", 2, "takes slug or id"),
    "no target": ("for: {}\n", 2, "names no organization"),
    "remove and an option": ("groups:\n- name: A\n  remove: true\n  members: [a@x.org]\n", 4, "remove one of both"),
    "remove as a text": ("groups:\n- name: A\n  remove: 'no'\n", 4, "is no boolean"),
    "a dict as a secret": ("data_sources:\n- name: A\n  password: {a: b}\n", 4, "is a dict and not a text"),
    "a name in defaults": ("defaults:\n  groups: {name: A}\n", 3, "has no place in defaults"),
    "defaults of an unknown family": ("defaults:\n  gruops: {}\n", 3, "did you mean groups?"),
    "a text and its file": (
        "skills:\n- name: A\n  instructions: B\n  instructions_file: c\n",
        5,
        "are both given",
    ),
    "a file that is missing": ("skills:\n- name: A\n  instructions_file: c\n", 4, "does not exist"),
    "a file outside": ("skills:\n- name: A\n  instructions_file: ../c\n", 4, "outside of the source"),
    "an absolute path": ("skills:\n- name: A\n  instructions_file: /etc/passwd\n", 4, "outside of the source"),
    "a nested file outside": (
        "automations:\n- name: A\n  trigger:\n    sql_query_file: ../../q.sql\n",
        5,
        "outside of the source",
    ),
    "a circle of definitions": (
        "definitions:\n- "
        + DEFINITION % ("a", "'{{ definition(\"b\") }}'")
        + "\n- "
        + DEFINITION % ("b", "\"{{definition('a')}}\"")
        + "\n",
        3,
        "'a' -> 'b' -> 'a'",
    ),
    "deep nesting": ("groups: " + "[" * 50 + "]" * 50 + "\n", 2, "nested more than"),
    "a list as a key": ("groups:\n- [1]: 2\n", 3, "keys must be texts"),
    "a boolean as a key": ("groups:\n- on: 2\n", 3, "A key is no text"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_mistakes_name_file_and_line(tmp_path: Path, case: str) -> None:
    """Each mistake is found once, on its line."""
    text, line, words = MISTAKES[case]
    finding = only(text, tmp_path, validate_only=True)
    assert finding.is_error
    assert words in finding.message
    assert finding.place is not None
    assert (finding.place.file, finding.place.line) == (str(tmp_path / "a.yml"), line)
    assert "\n" not in finding.message


FORMATS = {
    "none": ("groups: []\n", 1),
    "newer": ("format: 2\n", 1),
    "text": ("format: a\n", 1),
    "yes": ("format: true\n", 1),
}


@pytest.mark.parametrize("case", FORMATS)
def test_format(tmp_path: Path, case: str) -> None:
    """Files need the format, and only a known one is read."""
    text, line = FORMATS[case]
    _configuration, findings = read(write(tmp_path, a__yml=text))
    assert [one.rule for one in findings] == ["format"]
    assert findings[0].place is not None
    assert findings[0].place.line == line


@pytest.mark.parametrize("text", ["", "# nothing\n", "[]\n", "text\n", "---\n"])
def test_file_without_configuration(tmp_path: Path, text: str) -> None:
    """An empty file is a mistake, because it may have been emptied by accident."""
    _configuration, findings = read(write(tmp_path, a__yml=text))
    assert [one.rule for one in findings] == ["form"]


def test_secret_in_a_file_is_told(tmp_path: Path) -> None:
    text = "format: 1\ndata_sources:\n- {name: a, dialect: POSTGRES}\n- name: b\n  password: hunter2secret\n"
    text += "defaults: {mcp_servers: {headers: [{name: X, value: hunter2secret}]}}\nmcp_servers:\n"
    text += "".join("- {name: %s, server_url: 'https://x.example.com'}\n" % name for name in "cd")
    _configuration, findings = read(write(tmp_path, a__yml=text))
    assert [(one.rule, one.place.line if one.place else 0, one.is_error) for one in findings] == [
        ("secret", 5, False),
        ("secret", 6, False),
    ]
    assert "hunter2secret" not in str(findings)
    assert inline({"data_sources": [{"name": "b", "password": "x"}]})[1] == []


def test_source_that_cannot_be_read(tmp_path: Path) -> None:
    """No part of a source is skipped in silence."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "latin").mkdir()
    (tmp_path / "latin" / "a.yml").write_bytes(b"format: 1\ngroups: [{name: \xe9}]\n")
    (tmp_path / "odd").mkdir()
    os.mkfifo(tmp_path / "odd" / "pipe.yml")
    (tmp_path / "odd" / "broken.yml").symlink_to(tmp_path / "odd" / "nothing.yml")
    (tmp_path / "control.yml").write_bytes(b"format: 1\ngroups: [{name: \x01}]\n")
    paths = [str(tmp_path / name) for name in ("missing", "empty", "latin", "odd", "control.yml")]
    _configuration, findings = read(*paths)
    messages = " ".join(map(str, findings))
    assert [one.is_error for one in findings] == [True] * 6
    for words in ("missing' does not exist", "has no file that ends", "a.yml:2: The file", "is no file", "not allow"):
        assert words in messages, messages


@pytest.mark.parametrize("within", [False, True])
def test_links(tmp_path: Path, within: bool) -> None:
    """A link within the source is followed, and one out of it is refused."""
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    target = inside if within else outside
    (target / "text.md").write_text("Be brief.", encoding="utf-8")
    (inside / "link.md").symlink_to(target / "text.md")
    write(inside, a__yml="format: 1\nskills: [{name: A, instructions_file: link.md}]\n")
    configuration, findings = read(str(inside))
    assert [one.rule for one in findings] == ([] if within else ["file"])
    assert configuration.entries["skills"][0].options["instructions"] == ("Be brief." if within else None)
    (inside / "more").symlink_to(outside if not within else inside)
    _configuration, findings = read(str(inside))
    assert "source" in [one.rule for one in findings]


def test_aliases_are_bounded(tmp_path: Path) -> None:
    """A file of some lines can't fill the memory, and a mapping can't hold itself."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += ["a%d: &a%d [%s]" % (n, n, ", ".join(["*a%d" % (n - 1)] * 10)) for n in range(1, 10)]
    _configuration, findings = read(write(tmp_path, a__yml="format: 1\n" + "\n".join(lines)))
    assert "repeat more than" in findings[0].message
    _configuration, findings = read(write(tmp_path, a__yml="format: 1\ngroups: &g [*g]\n"))
    assert "has no anchor before it" in findings[0].message


def test_texts_stay_as_written(tmp_path: Path) -> None:
    """Texts, numbers that look odd, templates and files arrive unchanged."""
    folder = write(
        tmp_path,
        a__yml="""\
        format: 1
        groups: [{name: 010}, {name: 1_000}, {name: 12}, {name: !unsafe "{{ x }}"}, {name: &a "1.10"}, {name: "no"}]
        skills: [{name: *a, instructions_file: sub.md}]
        automations: [{name: A, instructions: B, trigger: {sql_query_file: q.sql}}]
        """,
        sub__md="\ufeffA\r\n\r\n",
        q__sql='select {{ definition("x") }} \n',
    )
    configuration, findings = read(folder)
    assert findings == []
    names = [one.key for one in configuration.entries["groups"]]
    assert names == ["010", "1_000", "12", "{{ x }}", "1.10", "no"]
    assert configuration.entries["skills"][0].options["instructions"] == "\ufeffA\r\n\r\n"
    assert configuration.entries["automations"][0].options["trigger"]["sql_query"] == 'select {{ definition("x") }} \n'


def test_missing_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host without PyYAML is told so."""
    monkeypatch.setattr(source, "HAS_YAML", False)
    with pytest.raises(InputError, match="PyYAML"):
        read(write(tmp_path, a__yml="format: 1\n"))


def test_layers(tmp_path: Path) -> None:
    """Entries merge by key, options one by one, lists are replaced, and charts are entries."""
    for name in ("base", "over"):
        (tmp_path / name).mkdir()
    write(
        tmp_path / "base",
        a__yml="""\
        format: 1
        defaults: {definitions: {data_source: orders}, members: {invite: true}}
        organization: {name: A, insights_enabled: false}
        members: [{email: a@x.org}, {email: b@x.org, invite: null}]
        data_sources:
        - {name: orders, port: "5432", access: {mode: restricted, groups: [G, H], members: [a@x.org]}}
        definitions: [{reference_name: m, name: M}, {reference_name: m, data_source: other, name: O}]
        groups: [{name: G, members: [a@x.org]}, {name: H}, {id: g_1, members: [a@x.org]}]
        dashboards:
        - {name: D, charts: [{name: C, description: old, sql_query: select 1}, {name: E}]}
        - {name: F}
        """,
    )
    write(
        tmp_path / "over",
        b__yaml="""\
        format: 1
        organization: {name: B}
        members: [{email: A@x.org, role: ADMIN}]
        data_sources: [{name: orders, access: {groups: [H], members: null}}]
        definitions: [{reference_name: m, data_source: other, description: new}]
        groups: [{name: H, remove: true}, {name: nobody, remove: true}, {id: g_1, name: J}]
        dashboards: [{name: D, charts: [{name: C, description: new}, {name: E, remove: true}, {name: N}]}]
        """,
    )
    configuration, findings = read(str(tmp_path / "base"), str(tmp_path / "over"))
    assert [(one.rule, one.is_error) for one in findings] == [("remove", False)]
    entries = configuration.entries
    assert configuration.settings is not None
    assert configuration.settings.options["name"] == "B"
    assert configuration.settings.options["insights_enabled"] is False
    assert [(one.key, one.options["role"], one.options["invite"]) for one in entries["members"]] == [
        ("A@x.org", "ADMIN", True),
        ("b@x.org", None, False),
    ]
    source_options = entries["data_sources"][0].options
    assert source_options["port"] == 5432
    assert source_options["access"] == {
        "mode": "restricted",
        "groups": ["H"],
        "members": None,
        "group_ids": None,
        "member_ids": None,
    }
    assert [(one.options["data_source"], one.options["description"]) for one in entries["definitions"]] == [
        ("orders", None),
        ("other", "new"),
    ]
    assert [(one.key, one.id) for one in entries["groups"]] == [("G", None), ("J", "g_1")]
    assert [(one.key, one.options["description"], one.options["dashboard"]) for one in entries["charts"]] == [
        ("C", "new", "D"),
        ("N", None, "D"),
    ]
    assert [one.key for one in configuration.with_charts] == ["D"]
    chart = entries["charts"][0]
    assert str(chart.place_of("description")).endswith("b.yaml:7")
    assert str(chart.place_of("sql_query")).endswith("a.yml:10")


def test_two_places_are_named(tmp_path: Path) -> None:
    """A key in two files of one layer names both places."""
    text = "format: 1\ngroups: [{name: A}]\n"
    _configuration, findings = read(write(tmp_path, a__yml=text, b__yml=text))
    assert str(findings[0]).startswith("%s:2: The group 'A'" % (tmp_path / "b.yml"))
    assert "also in %s:2" % (tmp_path / "a.yml") in str(findings[0])


def test_target_of_two_layers(tmp_path: Path) -> None:
    """Two layers for different organizations are refused."""
    write(tmp_path, a__yml="format: 1\nfor: {slug: a}\n", b__yml="format: 1\nfor: {slug: b}\n")
    _configuration, findings = read(str(tmp_path / "a.yml"), str(tmp_path / "b.yml"))
    assert [one.rule for one in findings] == ["for"]


def test_secrets_are_merged_and_never_shown() -> None:
    """Secrets reach their entries, and no message shows one."""
    wanted = {"data_sources": [{"name": "orders"}], "mcp_servers": [{"name": "M", "server_url": "https://x.org"}]}
    header = [{"name": "Authorization", "value": SECRET}]
    secrets = {"data_sources": {"orders": {"password": SECRET}}, "mcp_servers": {"M": {"headers": header}}}
    configuration, findings = inline(wanted, secrets=secrets, update_secrets="always")
    assert findings == []
    orders = configuration.entries["data_sources"][0]
    assert (orders.options["password"], orders.options["update_secrets"]) == (SECRET, "always")
    assert configuration.entries["mcp_servers"][0].options["headers"] == header


@pytest.mark.parametrize(
    "secrets",
    [
        {"data_sources": {"other": {"password": SECRET}}},
        {"data_sources": {"orders": SECRET}},
        {"data_sources": {"orders": {"host": SECRET}}},
        {"data_sources": {"orders": {SECRET: "x"}}},
        {"data_sources": {"orders": {"password": [SECRET]}}},
        {"data_sources": {"orders": {"password": " " + SECRET}}},
        {"data_sources": SECRET},
        {"groups": {"orders": {"password": SECRET}}},
        {SECRET: {}},
    ],
)
def test_wrong_secrets(secrets: dict[str, Any]) -> None:
    """A mistake in the secrets is refused, without the secret."""
    _configuration, findings = inline({"data_sources": [{"name": "orders"}]}, secrets=secrets)
    assert len(findings) == 1
    assert findings[0].is_error
    assert SECRET not in str(findings[0])


def test_many_mistakes_are_one_error() -> None:
    """The error names up to twenty mistakes."""
    _configuration, findings = inline({"groups": [{"name": True}] * 25})
    message = refused(findings).message
    assert message.startswith(
        "The configuration has 25 mistakes: configuration.groups[0].name: The option name is a boo"
    )
    assert message.endswith("; and 5 more.")
    assert message.count("quote it") == 20


INLINE = {
    "an option of a chart": (
        {"dashboards": [{"name": "A"}, {"name": "B", "charts": [{"name": "C"}, {"name": "D", "colour": 1}]}]},
        "configuration.dashboards[1].charts[1].colour ('D'): The option colour is unknown",
    ),
    "an item": ({"groups": [{"name": "A"}, "B"]}, "configuration.groups: The item groups[1] is no mapping"),
    "a family": ({"grups": []}, "configuration.grups: The key 'grups' is unknown"),
    "a part of an option": (
        {"automations": [{"name": "A", "trigger": {"hour": 24}}]},
        "configuration.automations[0].trigger.hour ('A'): The option trigger.hour is 24",
    ),
    "an entry twice": (
        {"members": [{"email": "a@x.org"}, {"email": "A@x.org"}]},
        "configuration.members[1] ('A@x.org'): The member 'a@x.org' is there twice, also in configuration.members[0]",
    ),
    "a file": (
        {"skills": [{"name": "A", "instructions_file": "a.md"}]},
        "configuration.skills[0].instructions_file ('A'): The option instructions_file needs a configuration in files",
    ),
    "defaults": ({"defaults": {"groups": {"name": "A"}}}, "configuration.defaults.groups.name: The option name has no"),
    "the target": ({"for": {"name": "A"}}, "configuration.for.name: The key for takes slug or id"),
    "a key that is no word": ({"groups": [{"name": "A", SECRET + "!": 2}]}, "configuration.groups[0] ('A'): An option"),
}


@pytest.mark.parametrize("case", INLINE)
def test_mistakes_in_a_dict_name_the_path_and_the_entry(case: str) -> None:
    """There is no file, so the path within the option stands before the message."""
    wanted, message = INLINE[case]
    _configuration, findings = inline(wanted)
    assert str(findings[0]).startswith(message)
    result = findings[0].as_result()
    assert (result["file"], result["line"], result["message"]) == (None, None, str(findings[0]))


def test_offline_references() -> None:
    """What only the server can tell is a warning offline, and an old name is a mistake."""
    wanted = {
        "groups": [{"name": "New", "renamed_from": "Old"}],
        "definitions": [{"reference_name": "d", "data_source": "s", "name": "D", "sql_query": '{{ definition("x") }}'}],
        "data_sources": [{"name": "orders", "access": {"mode": "restricted", "groups": ["Old"]}}],
    }
    _configuration, findings = inline(wanted, validate_only=True)
    assert [(one.is_error, one.rule) for one in findings] == [
        (True, "reference"),
        (False, "reference"),
        (False, "reference"),
    ]
    _configuration, findings = inline(wanted)
    assert [one.is_error for one in findings] == [True, False]


NAMED_WRONGLY = {
    "a data source": ({"definitions": [DEFINED], "data_sources": [{"name": "orders"}]}, "'orders'"),
    "any case and white space": ({"definitions": [DEFINED], "data_sources": [{"name": "O RDERS"}]}, "'O RDERS'"),
    "a family that is not there": ({"definitions": [DEFINED]}, None),
    "nothing like it": ({"definitions": [DEFINED], "data_sources": [{"name": "warehouse"}]}, None),
    "a group": (
        {
            "groups": [{"name": "Finance"}],
            "data_sources": [{"name": "s", "access": {"mode": "restricted", "groups": ["Finanec"]}}],
        },
        "'Finance'",
    ),
    "a tab": (
        {"dashboards": [{"name": "D", "tabs": [{"name": "Main"}], "charts": [{"name": "C", "tab": "Mian"}]}]},
        "'Main'",
    ),
}


@pytest.mark.parametrize("case", NAMED_WRONGLY)
def test_a_wrong_name_gets_the_nearest_one(case: str) -> None:
    """A warning about a name has the nearest known one, if the configuration has the family."""
    wanted, expected = NAMED_WRONGLY[case]
    _configuration, findings = inline(wanted, validate_only=True)
    assert [one.is_error for one in findings] == [False]
    question = "(did you mean %s?):" % expected
    assert (question in findings[0].message) is (expected is not None)
    assert ("did you mean" in findings[0].message) is (expected is not None)


def test_many_wrong_names_take_no_time() -> None:
    """Near names are only looked for as often as somebody reads them."""
    sources = [{"name": "source %d of many" % number} for number in range(2000)]
    wrong = [{**DEFINED, "reference_name": "d%d" % one, "data_source": "sourec %d" % one} for one in range(2000)]
    began = time.perf_counter()
    _configuration, findings = inline({"definitions": wrong, "data_sources": sources}, validate_only=True)
    assert len(findings) == 2000
    assert sum("did you mean" in one.message for one in findings) == 100
    assert time.perf_counter() - began < 30


def test_a_word_that_nobody_documents_is_a_warning_offline() -> None:
    """The service may know more words than this collection, so another task passes them on."""
    wanted = {"data_sources": [{"name": "orders", "dialect": "foodb"}, {"name": "b", "dialect": "MYSQL"}]}
    _configuration, findings = inline(wanted, validate_only=True)
    assert [(one.rule, one.is_error, str(one.place)) for one in findings] == [
        ("word", False, "configuration.data_sources[0].dialect")
    ]
    assert "'foodb'" in findings[0].message
    assert "POSTGRES" in findings[0].message
    assert inline(wanted)[1] == []


def test_look_alike_keys() -> None:
    """Keys that differ in hardly visible ways are a warning."""
    _configuration, findings = inline({"groups": [{"name": "Sales"}, {"name": "sales"}]})
    assert [(one.rule, one.is_error) for one in findings] == [("look-alike", False)]


def test_definitions_in_order() -> None:
    """A definition stands after those that it uses, however long the chain is."""
    texts = ["select 1", *('{{ definition("d%d") }}' % number for number in range(2999))]
    wanted = [
        {"reference_name": "d%d" % number, "data_source": "s", "name": "N", "sql_query": text}
        for number, text in enumerate(texts)
    ]
    configuration, findings = inline({"definitions": wanted[::-1]})
    assert findings == []
    assert [one.key for one in ordered_definitions(configuration.entries["definitions"])] == [
        "d%d" % number for number in range(3000)
    ]


def test_sql() -> None:
    """Definitions are found with any quotes and blanks, and nothing else changes when they are renamed."""
    text = """{{definition('a')}} {{ definition( "b" ) }} {{ definition("a") }} {{ definition(a) }}
    {{ definition('c") }}"""
    assert definitions_in(text) == ["a", "b"]
    renamed = with_definitions_renamed(text, {"a": "p_a"})
    assert renamed == text.replace("'a'", "'p_a'").replace('"a"', '"p_a"')


def test_an_encrypted_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "secrets.yml"
    path.write_text("$ANSIBLE_VAULT;1.1;AES256\n3133\n")
    _layers, findings = source.read_layers([str(path)])
    assert "is encrypted with Ansible Vault" in findings[0].message


def test_prefix() -> None:
    """A preview has other names and references to them, and references to other things stay."""
    wanted = {
        "members": [{"email": "a@x.org"}],
        "groups": [{"name": "G", "members": ["a@x.org"], "renamed_from": "F"}],
        "data_sources": [{"name": "S", "access": {"mode": "restricted", "groups": ["G", "Other"]}}],
        "definitions": [{"reference_name": "d", "data_source": "S", "name": "D", "sql_query": "select 1"}],
        "automations": [{"name": "A", "instructions": "B", "trigger": {"data_source": "S"}}],
        "dashboards": [
            {"name": "D", "charts": [{"name": "C", "data_source": "T", "sql_query": '{{ definition("d") }}'}]}
        ],
    }
    configuration, findings = inline(wanted, name_prefix="pr-7: ")
    assert findings == []
    entries = configuration.entries
    options = {key: found[0].options for key, found in entries.items()}
    assert options["members"]["email"] == "a@x.org"
    assert (options["groups"]["name"], options["groups"]["members"]) == ("pr-7: G", ["a@x.org"])
    assert entries["groups"][0].earlier == ("pr-7: F",)
    assert options["data_sources"]["access"]["groups"] == ["pr-7: G", "Other"]
    assert (options["definitions"]["reference_name"], options["definitions"]["data_source"]) == ("pr_7_d", "pr-7: S")
    assert options["automations"]["active"] is False
    assert "active" in entries["automations"][0].given
    assert options["automations"]["trigger"]["data_source"] == "pr-7: S"
    chart = entries["charts"][0]
    assert (chart.key, chart.options["dashboard"], chart.options["data_source"]) == ("pr-7: C", "pr-7: D", "T")
    assert chart.options["sql_query"] == '{{ definition("pr_7_d") }}'
    assert chart.parent is entries["dashboards"][0] is configuration.with_charts[0]


@pytest.mark.parametrize(("prefix", "words"), [("preview-\u00fc-", "ASCII letters"), ("--", "ASCII"), ("", "is empty")])
def test_prefix_of_definitions_is_never_that_of_another_preview(prefix: str, words: str) -> None:
    _configuration, findings = inline({"definitions": []}, name_prefix=prefix)
    assert [one.is_error for one in findings] == [True]
    assert words in findings[0].message


def test_prefix_and_a_name_do_not_run_into_each_other() -> None:
    """What begins with preview-42 is of another preview than what begins with preview-4."""
    assert inline({"skills": [{"name": "A", "instructions": "x"}]}, name_prefix="preview-4")[1] == []
    _configuration, findings = inline({"skills": [{"name": "2", "instructions": "x"}]}, name_prefix="preview-4")
    assert [one.is_error for one in findings] == [True]
    assert inline({"skills": []}, name_prefix="\u00fc-")[1] == []


def test_prefix_never_touches_an_object_with_an_id() -> None:
    """An entry with an id would change the object itself."""
    _configuration, findings = inline({"groups": [{"id": "g_1", "members": ["a@x.org"]}]}, name_prefix="p-")
    assert [one.rule for one in findings] == ["prefix"]


def test_what_is_in_no_entry_is_named_with_a_limit() -> None:
    """An organization may have thousands of objects that nobody describes."""
    skill = Change(BY_KEY["skills"], None, {"id": "s", "name": "S"})
    group = Change(BY_KEY["groups"], None, {"id": "g", "name": "G"})
    plan = Plan(unmanaged={"skills": [skill] * 25, "groups": [group]})
    nothing: Any = None
    named = unmanaged_in(plan, Planned(nothing, nothing))
    assert named == [{"family": "skills", "id": "s", "name": "S"}] * 20 + [{"family": "groups", "id": "g", "name": "G"}]


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.dates()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=3),
    max_leaves=6,
)
KEYS = [
    "format",
    "for",
    "organization",
    "defaults",
    "groups",
    "data_sources",
    "automations",
    "dashboards",
    "definitions",
]
WORDS = [
    "name",
    "id",
    "members",
    "access",
    "trigger",
    "charts",
    "tabs",
    "remove",
    "renamed_from",
    "sql_query_file",
    "extra",
]
ENTRIES = st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5), VALUES, max_size=4)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(KEYS), VALUES | st.lists(ENTRIES, max_size=3), max_size=4))
def test_any_value_is_read_or_refused(wanted: dict[str, Any]) -> None:
    """Whatever a play computes, there are findings and no other failure."""
    _configuration, findings = inline(wanted, secrets={}, validate_only=True)
    assert all(isinstance(one.message, str) and "\n" not in one.message for one in findings)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="ab01:-[]{}&*!|>'\"#%@`, \n\t", max_size=40))
def test_any_text_is_read_or_refused(tmp_path: Path, text: str) -> None:
    """Whatever a file holds, there are findings and no other failure."""
    _configuration, findings = read(write(tmp_path, a__yml="format: 1\ngroups:\n" + text))
    assert all(one.place is not None and "\n" not in one.message for one in findings)


def test_equal_keys_need_ids() -> None:
    """Two objects of an organization may have one key, and then their ids tell them apart."""
    twins = [{"name": "twin", "id": "g_1"}, {"name": "twin", "id": "g_2"}]
    configuration, findings = inline({"groups": twins})
    assert findings == []
    assert [one.id for one in configuration.entries["groups"]] == ["g_1", "g_2"]
    _configuration, findings = inline({"groups": [*twins, {"name": "twin"}]})
    assert [one.rule for one in findings] == ["duplicate"]
    _configuration, findings = inline({"groups": [*twins, {"id": "g_1"}]})
    assert [one.rule for one in findings] == ["duplicate"]


def test_a_later_layer_names_twins_by_id(tmp_path: Path) -> None:
    """An entry of a later layer that could be for several objects is refused."""
    base = "format: 1\ngroups: [{name: T, id: g_1}, {name: T, id: g_2}]\n"
    write(tmp_path, a__yml=base, b__yml="format: 1\ngroups: [{id: g_2, members: [a@x.org]}]\n")
    write(tmp_path, c__yml="format: 1\ngroups: [{name: T, members: [a@x.org]}]\n")
    configuration, findings = read(str(tmp_path / "a.yml"), str(tmp_path / "b.yml"))
    assert findings == []
    assert [one.options["members"] for one in configuration.entries["groups"]] == [None, ["a@x.org"]]
    _configuration, findings = read(str(tmp_path / "a.yml"), str(tmp_path / "c.yml"))
    assert [one.rule for one in findings] == ["duplicate"]


def test_results_have_plain_values(tmp_path: Path) -> None:
    """Nothing of the reader's own types reaches a request or a result."""
    configuration, findings = read(write(tmp_path, a__yml="format: 1\ngroups: [{name: A, extra: {a: [{b: {}}]}}]\n"))
    assert findings == []
    extra = configuration.entries["groups"][0].options["extra"]
    assert {type(one) for one in (extra, extra["a"][0], extra["a"][0]["b"])} == {dict}
