# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Properties of whole lives of objects, which hold for every kind."""

from __future__ import annotations

import copy
import importlib
import json
import pkgutil
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.community.basedash.plugins import modules
from ansible_collections.community.basedash.plugins.module_utils._engine.module_spec import ModuleSpec
from ansible_collections.community.basedash.plugins.module_utils._engine.one import EnsureState
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.kinds import (
    MARKS,
    REFERENCES,
    SUBJECTS,
    WITH_ORGANIZATION,
    Object,
    Server,
    Subject,
    absent,
    every_one,
    read,
    run,
    snake_case,
    types_of,
    value_at,
    words_of,
)

FAST = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)

CHARACTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))
# What stands in files and templates has white space around it, and SQL has templates in it.
TEXTS = st.one_of(
    st.builds("{}{}{}".format, st.sampled_from(["", " ", "\t"]), st.text(CHARACTERS, min_size=1), st.just("")),
    st.sampled_from(
        ["x", '{{ definition("mrr") }}', "null", "true", "0", "1.0", "'; --", "\u202eabc", "A\u030a", "***"]
    ),
).filter(lambda text: text.strip() != "")
LINES = st.builds("{}\n{}".format, TEXTS, TEXTS)


def _values(subject: Subject, name: str) -> st.SearchStrategy[Any]:
    schema = subject.update_fields[name]
    words = subject.words.get(name) or words_of(schema)
    if words:
        return st.sampled_from(words)
    if name in (*subject.lists, *REFERENCES) or "format" in schema or "items" in schema:
        return st.sampled_from([subject.held(subject.sample(number), name) for number in range(1, 6)])
    kind = next(one for one in types_of(schema) if one != "null")
    if kind == "boolean":
        return st.booleans()
    if kind in ("integer", "number"):
        return st.integers(max(1, schema.get("minimum", 1)), schema.get("maximum", 65535))
    longest = schema.get("maxLength", 10**6)
    texts = TEXTS | LINES if name in SEVERAL_LINES else TEXTS
    return texts.filter(lambda text: len(text) <= longest)


SEVERAL_LINES = ("description", "instructions", "sqlQuery")
HUSH = "hush-Hunter2-hush"


def changeable(subject: Subject) -> st.SearchStrategy[Object]:
    """Return settings of an update, by the API's names; a creation takes them, too."""
    names = [name for name in subject.changeable if name not in subject.holds]
    return st.fixed_dictionaries({}, optional={name: _values(subject, name) for name in names})


def is_same(one: Any, other: Any) -> bool:
    """Tell whether a server means the same by two values: a flag that is null is off."""
    if isinstance(one, bool) or isinstance(other, bool):
        return bool(one) == bool(other)
    return (one.strip() if isinstance(one, str) else one) == (other.strip() if isinstance(other, str) else other)


@every_one
@FAST
@given(data=st.data())
def test_a_life(subject: Subject, data: st.DataObject) -> None:
    """Created, unchanged, changed, unchanged, deleted, and check mode knows each of it before."""
    fields = CHANGEABLE[subject]
    first, second = data.draw(fields), data.draw(fields)
    secrets = {subject.option(name): HUSH for name in subject.secrets if name != "bigQueryJsonKey"}
    server = Server(subject, subject.sample(2), subject.sample(1))
    others = dict(server.objects)
    named = subject.named(9)

    created = {**named, **subject.needed, **subject.options_of(first), **secrets}
    _step(subject, server, created, action="created")
    identifier = next(iter(server.objects))
    holds = server.objects[identifier]
    assert all(is_same(subject.held(holds, name), value) for name, value in first.items())
    assert server.secrets_held == (
        {identifier: {name: HUSH for name in subject.secrets if subject.option(name) in secrets}} if secrets else {}
    )

    before = copy.deepcopy(holds)
    changed = {**named, **subject.options_of(second)}
    differs = any(not is_same(subject.held(before, name), value) for name, value in second.items())
    _step(subject, server, changed, action="updated" if differs else "unchanged")
    now = server.objects[identifier]
    for name in subject.changeable:
        assert is_same(subject.held(now, name), second.get(name, subject.held(before, name))), name

    if not subject.in_organization:
        return  # Nothing deletes an organization.
    assert absent(subject, server, True, **named).result["changed"]
    assert absent(subject, server, **named).result["changed"]
    assert not absent(subject, server, **named).result["changed"]
    assert server.objects == others


CHANGEABLE = {subject: changeable(subject) for subject in WITH_ORGANIZATION}


def _step(subject: Subject, server: Server, options: dict[str, Any], action: str) -> None:
    """Run a task in check mode, then for real, then again; the second run of it has nothing to do."""
    sent = len(server.bodies)
    predicted = run(subject, server, True, **options)
    assert not predicted.failed, predicted.result["msg"]
    real = run(subject, server, **options)
    assert not real.failed, real.result["msg"]
    assert real.warnings == predicted.warnings == []
    assert real.result["changed"] == predicted.result["changed"] == (action != "unchanged")
    assert real.result["diff"] == predicted.result["diff"]
    diff = real.result["diff"]
    assert (diff["before"] != diff["after"]) == (action != "unchanged")
    # What a creation does not take is set by an update after it.
    later = action == "created" and not set(subject.asked(options)) <= set(subject.creation_fields)
    assert len(server.bodies) == sent + (action != "unchanged") + later
    if action == "updated":
        given_names = {name.partition(".")[0] for name in subject.asked(options)}
        assert set(server.bodies[-1]) <= {*given_names, *subject.always_sent}
    assert HUSH not in json.dumps([real.result, predicted.result])
    for check_mode in (True, False):
        again = run(subject, server, check_mode, **options)
        assert not again.failed
        assert not again.result["changed"], again.result["diff"]
    for name in subject.asked(options):
        place = ".".join(map(snake_case, subject.place(name).split(".")))
        found, foretold = (value_at(report.result[subject.noun], place) for report in (real, predicted))
        assert is_same(found, foretold), name


@every_one
@FAST
@given(values=st.data())
def test_facts_are_those_of_the_files_whatever_a_server_holds(subject: Subject, values: st.DataObject) -> None:
    scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.text(), max_size=1))
    # Without its key and its parent, an object would not be found.
    free = sorted(subject.shown.keys() - {subject.place(subject.key).partition(".")[0], *subject.within})
    fields = values.draw(st.dictionaries(st.sampled_from(free), scalars, max_size=5))
    odd = {**subject.sample(2), **fields, **dict.fromkeys(MARKS), "id": subject.id(2)}
    server = Server(subject, odd, subject.sample())
    report = read(subject, server)
    assert not report.failed
    found = report.result[subject.kind.family.plural_key]
    shown = {name: value for name, value in subject.facts_of(odd).items() if not isinstance(value, (list, dict))}
    assert {name: value for name, value in found[0].items() if name in shown} == shown
    assert found[1] == subject.facts_of(subject.sample())


def test_every_module_for_one_object_is_under_test() -> None:
    """A module of a new family needs a few lines in ``SUBJECTS``."""
    names = ["%s.%s" % (modules.__name__, found.name) for found in pkgutil.iter_modules(modules.__path__)]
    loaded = [importlib.import_module(name) for name in names]
    # What only runs in the controller has no spec.
    specs: list[ModuleSpec] = [module.SPEC for module in loaded if hasattr(module, "SPEC")]
    writing = [spec for spec in specs if isinstance(spec.task.work, EnsureState)]
    assert {spec.task.kind for spec in writing} == {subject.kind for subject in SUBJECTS}


@every_one
def test_the_path_and_the_key_are_those_of_the_files(subject: Subject) -> None:
    family = subject.kind.family
    assert family.path == ("organizations/{organization_id}/" if subject.in_organization else "") + subject.path
    listed = "organizations/{organization_id}/%s/{parent}/%s" % (subject.parent, subject.path)
    assert family.list_path == (listed if subject.parent else "")
    assert (family.key, family.key_option) == (subject.place(subject.key), subject.key_option)
    assert family.scope == next(iter(subject.within), "")


@every_one
def test_every_field_of_the_files_has_an_option_and_a_fact(subject: Subject) -> None:
    # The onboarding is for people who look at the app.
    settable = {*subject.creation_fields, *subject.update_fields} - {"type", "skipOnboarding"}
    flags = {name for name in subject.update_fields if name.startswith("unset")}
    assert {subject.option(name) for name in settable - flags} <= set(_flat(subject.module.argument_spec))


def _flat(spec: Any, within: str = "") -> list[str]:
    """Return the names of options, with dots where they are parts of others."""
    return [
        one
        for name, entry in spec.items()
        for one in [within + name, *_flat(entry.get("options", {}), within + name + ".")]
    ]
