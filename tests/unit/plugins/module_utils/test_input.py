# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a user gives, as it comes: what is refused and how, and what is taken."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.community.basedash.plugins.module_utils._base.errors import InputError
from ansible_collections.community.basedash.plugins.module_utils._engine.input_check import checked, described
from ansible_collections.community.basedash.plugins.module_utils._engine.options import (
    CONNECTION,
    Rules,
    Spec,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    DATA_SOURCE,
    DATA_SOURCE_ACCESS,
    DATA_SOURCE_INFO,
    DATA_SOURCES,
    KIND,
    ONE_OF,
)

SECRET = "hush-Hunter2-hush"
PEM = "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----" % SECRET
KEY_FILE = {"type": "service_account", "project_id": "analytics-1", "private_key": PEM, "private_key_id": "0" * 40}

SPECS: dict[str, Spec] = {
    "data_source": DATA_SOURCE,
    "data_source_info": DATA_SOURCE_INFO,
    "data_source_access": DATA_SOURCE_ACCESS,
    "data_sources": DATA_SOURCES,
}


RULES = Rules.of(KIND)


def take(spec: Spec = DATA_SOURCE, environment: Mapping[str, str] | None = None, **given: Any) -> dict[str, Any]:
    return checked(spec, RULES, given, environment=environment or {})


def refusal(spec: Spec = DATA_SOURCE, environment: Mapping[str, str] | None = None, **given: Any) -> str:
    with pytest.raises(InputError) as failure:
        take(spec, environment, **given)
    return failure.value.message


def test_texts_of_other_types_are_refused() -> None:
    assert refusal(name=False) == "The option name is a boolean and not a text: quote it."
    assert refusal(id=1e5) == "The option id is a float and not a text: quote it."
    assert refusal(database_name=True) == "The option database_name is a boolean and not a text: quote it."
    assert refusal(password=1.10) == "The option password is a float and not a text: quote it."
    assert refusal(host=["db"]) == "The option host is a list and not a text: give one text."
    assert refusal(data_source_id={"a": 1}) == "The option data_source_id is a dict and not a text: give one text."
    assert refusal(password=42798) == (
        "The option password is an integer and not a text: quote it, because a number has lost the zeros it began with."
    )
    assert refusal(api_key=True) == "The option api_key is a boolean and not a text: quote it."
    assert refusal(ca_path=1.5) == "The option ca_path is a float and not a text: quote it."
    assert refusal(state=True) == "The option state is a boolean and not a text: quote it."
    assert refusal(DATA_SOURCES, state="absent", filters={"name_pattern": 4.2}) == (
        "The option filters.name_pattern is a float and not a text: quote it."
    )


@pytest.mark.parametrize("option", ["id", "name", "organization_id", "database_name", "username", "snowflake_role"])
def test_an_integer_is_taken_for_a_name(option: str) -> None:
    assert take(**{option: 42})[option] == "42"


def test_integers_in_a_list_of_identifiers() -> None:
    assert take(access={"mode": "restricted", "group_ids": [1, "2"]})["access"]["group_ids"] == ["1", "2"]


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("port", "many", "a text and not a whole number"),
        ("port", True, "a boolean and not a whole number"),
        ("port", 5432.5, "a float and not a whole number"),
        ("port", [5432], "a list and not a whole number"),
        ("timeout", "soon", "a text and not a number"),
        ("timeout", False, "a boolean and not a number"),
        ("ssl_enabled", "perhaps", "a text and not a boolean"),
        ("ssl_enabled", 7, "an integer and not a boolean"),
        ("ssl_enabled", {}, "a dict and not a boolean"),
        ("extra", '{"fieldOfNoRelease": 5}', "a text and not a dict"),
        ("extra", "fieldOfNoRelease=5", "a text and not a dict"),
        ("extra", ["fieldOfNoRelease"], "a list and not a dict"),
        ("access", "everyone", "a text and not a dict"),
        ("clear", {"password": True}, "a dict and not a list"),
        ("clear", True, "a boolean and not a list"),
        ("state", "gone", "has an unknown value: give present or absent"),
    ],
)
def test_other_types_than_texts(option: str, value: Any, words: str) -> None:
    message = refusal(**{"name": "orders", option: value})
    assert message.startswith("The option %s " % option)
    assert words in message


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("port", 5432),
        ("port", "5432"),
        ("timeout", 5),
        ("timeout", "2.5"),
        ("ssl_enabled", "yes"),
        ("ssl_enabled", 1),
        ("ssl_enabled", False),
        ("extra", {"fieldOfNoRelease": 5}),
        ("clear", ["password", "host"]),
    ],
)
def test_what_ansible_can_convert(option: str, value: Any) -> None:
    assert take(**{option: value}) == {option: value}
    assert not ArgumentSpecValidator(DATA_SOURCE).validate({option: value}).error_messages


@pytest.mark.parametrize(
    "option", [name for name, entry in DATA_SOURCE.items() if entry["type"] in ("str", "path", "raw", "int", "bool")]
)
def test_an_empty_text_is_refused(option: str) -> None:
    message = refusal(**{option: ""})
    assert message.startswith("The option %s is empty: give a value, or leave it out" % option)


def test_only_what_can_be_empty_is_advised_to_be_cleared() -> None:
    assert refusal(host="").endswith("leave it out, or name it in clear.")
    assert refusal(password="").endswith("leave it out, or name it in clear.")
    assert refusal(name="").endswith("leave it out.")
    assert refusal(DATA_SOURCE_INFO, host="").endswith("leave it out.")


def test_nothing_given_is_nothing() -> None:
    assert take(name="orders", host=None, password=None, access=None, timeout=None, state=None) == {"name": "orders"}
    assert "state is missing" in refusal(DATA_SOURCES, state=None, data_sources=[])


def take_many(*entries: Any, **given: Any) -> dict[str, Any]:
    return take(DATA_SOURCES, state="present", data_sources=list(entries), **given)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("preview-42\n", "ends with a line break"),
        ("preview-42\r\n", "ends with a line break"),
        ("preview-42 ", "ends with white space"),
        (" preview-42", "begins with white space"),
        ("\tpreview-42", "begins with white space"),
        ("preview-42\u00a0", "ends with white space"),
        ("\u3000preview-42", "begins with white space"),
        ("preview-42\u200b", "ends with white space"),
        ("\ufeffpreview-42", "begins with white space"),
        ("   ", "is empty"),
        ("\u00a0", "is empty"),
        ("\n", "is empty"),
    ],
)
@pytest.mark.parametrize("option", ["id", "name", "display_name", "org_id", "password", "ssh_private_key_passphrase"])
def test_white_space_at_an_end(option: str, text: str, words: str) -> None:
    message = refusal(**{option: text})
    assert message.startswith("The option %s %s" % (option, words))
    assert "preview" not in message


def test_white_space_within_is_left_alone() -> None:
    assert take(name="my  data\u00a0source")["name"] == "my  data\u00a0source"


def test_line_breaks_at_the_end_of_keys_are_trimmed() -> None:
    assert take(ssh_private_key=PEM + "\n\r\n")["ssh_private_key"] == PEM
    assert take(snowflake_private_key=PEM + "\n")["snowflake_private_key"] == PEM
    text = json.dumps(KEY_FILE)
    assert take(bigquery_json_key=text + "\n")["bigquery_json_key"] == text
    assert take(api_key=" bd_key_1\n")["api_key"] == "bd_key_1"
    assert "white space" in refusal(ssh_private_key=PEM + " \n")
    assert "white space" in refusal(ssh_private_key=" " + PEM)


@pytest.mark.parametrize(
    "text",
    ["********", "ds_********_1", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "a VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"],
)
@pytest.mark.parametrize("option", ["id", "name", "host", "username", "organization_id", "api_url", "ca_path"])
def test_what_was_masked_on_its_way_is_refused(option: str, text: str) -> None:
    assert "has a mask in it" in refusal(**{option: text})


def test_a_masked_secret_is_refused_and_one_with_asterisks_is_not() -> None:
    assert "mask" in refusal(password="********")
    assert take(password="a********b")["password"] == "a********b"
    with pytest.raises(InputError, match=r"data_sources\[0\]\.id has a mask"):
        take_many({"id": "ds_********_1"})
    assert "exclude[1] has a mask" in refusal(DATA_SOURCES, state="absent", exclude=["a", "x********"])


def test_an_omitted_variable_within_a_text_is_refused() -> None:
    assert "omit can only stand alone" in refusal(name="preview-__omit_place_holder__0123456789abcdef")


@pytest.mark.parametrize("option", ["ca_path", "client_cert", "client_key"])
def test_a_secret_in_the_place_of_a_path(option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in (PEM, SECRET, SECRET + "/x+y==", "x" * 2000, "-----BEGIN CERTIFICATE-----"):
        assert SECRET not in refusal(**{option: text})
    assert "the text of a key or a certificate" in refusal(**{option: PEM})
    monkeypatch.chdir(tmp_path)
    (tmp_path / "client").write_text("", encoding="utf-8")
    for text in ("client", "/etc/ssl/missing", "~/missing", "./missing", "$HOME/missing", "no such file.pem"):
        assert take(**{option: text})[option] == text


@pytest.mark.parametrize(
    "text", [SECRET, PEM, "http://user:%s@host" % SECRET, "https://host/?token=" + SECRET, "https://host#" + SECRET]
)
def test_a_secret_in_the_place_of_a_url(text: str) -> None:
    message = refusal(api_url=text)
    assert message.startswith(("The option api_url can't be used", "The option api_url is not a URL"))
    assert SECRET not in message


def test_a_key_file_may_be_a_dict() -> None:
    text = take(bigquery_json_key=KEY_FILE)["bigquery_json_key"]
    assert json.loads(text) == KEY_FILE
    for given in (SECRET, "/etc/key.json", '["%s"]' % SECRET, '{"private_key": "%s"' % SECRET):
        assert refusal(bigquery_json_key=given) == (
            "The option bigquery_json_key is no JSON object: give the content of the key file, not its path."
        )
    assert "no JSON" in refusal(bigquery_json_key={"n": float("nan")})
    assert "a list and not a text" in refusal(bigquery_json_key=[KEY_FILE])


def test_lists_within_lists() -> None:
    teams = [[{"name": "a", "password": SECRET}], [{"name": "b", "password": SECRET}]]
    message = refusal(DATA_SOURCES, state="present", data_sources=teams)
    assert message == (
        "The option data_sources[0] is a list within the list: join the lists to one, as in list_1 + list_2."
    )
    assert "group_ids[0] is a list within the list" in refusal(
        DATA_SOURCE_ACCESS, id="ds_1", mode="restricted", group_ids=[["g1"], ["g2"]]
    )
    assert "exclude[0] is a list within the list" in refusal(DATA_SOURCES, state="absent", exclude=[["production"]])


@pytest.mark.parametrize("given", ['["production"]', "[production]", "production", "a,b", "- production"])
def test_a_text_for_a_list_of_names(given: str) -> None:
    message = refusal(DATA_SOURCES, state="absent", filters={"name_pattern": "x"}, exclude=given)
    assert message == "The option exclude is a text and not a list: give a list."


@pytest.mark.parametrize("given", ['["production"]', "[production]", " [production] ", '{"a": "b"}'])
def test_a_name_that_looks_like_a_list(given: str) -> None:
    message = refusal(DATA_SOURCES, state="absent", filters={"name_pattern": "x"}, exclude=[given])
    assert message.startswith("The option exclude[0] ")


def test_a_text_for_a_list_of_identifiers_is_split_as_ansible_does() -> None:
    policy = {"mode": "restricted", "group_ids": "g1,g2", "member_ids": 5}
    with pytest.raises(InputError, match="member_ids is an integer and not a list"):
        take(access=policy)
    assert take(access={**policy, "member_ids": "m1"})["access"] == {
        "mode": "restricted",
        "group_ids": ["g1", "g2"],
        "member_ids": ["m1"],
    }
    assert "group_ids[1] begins with white space" in refusal(access={"mode": "restricted", "group_ids": "g1, g2"})
    assert "group_ids is a text" in refusal(access={"mode": "restricted", "group_ids": '["g1"]'})
    assert "group_ids[0] is empty" in refusal(access={"mode": "restricted", "group_ids": [None]})


def test_entries_are_checked_with_their_path() -> None:
    with pytest.raises(InputError, match=r"^The option data_sources\[1\]\.password is an integer and not a text"):
        take_many({"name": "a"}, {"name": "b", "password": 1234567})
    with pytest.raises(InputError, match=r"^The option data_sources\[0\]\.access\.mode is missing: give everyone or"):
        take_many({"name": "a", "access": {"group_ids": ["g"]}})
    with pytest.raises(InputError, match=r"^The option data_sources\[0\] is a text and not a dict"):
        take_many('{"name": "a"}')
    with pytest.raises(InputError, match=r"^The option data_sources\[0\] is empty"):
        take_many(None)
    with pytest.raises(InputError, match=r"^The option prot of data_sources\[0\] is unknown: did you mean port\?$"):
        take_many({"name": "a", "prot": 5})
    with pytest.raises(InputError, match=r"^None of id, name is given in data_sources\[0\]: give one of them\.$"):
        take_many({"host": "a"})


def test_what_is_missing() -> None:
    assert refusal(DATA_SOURCES, data_sources=[]) == "The option state is missing: give present or absent."
    with pytest.raises(InputError, match=r"^None of id, name is given: give one of them\.$"):
        checked(DATA_SOURCE, Rules.of(KIND, ONE_OF), {"name": None}, environment={})
    # The key and the organization are the task's matter: they can come from the environment.
    assert take(name="orders") == {"name": "orders"}


def test_an_option_and_its_alias() -> None:
    assert take(id="ds_1", data_source_id="ds_1") == {"id": "ds_1", "data_source_id": "ds_1"}
    message = refusal(id="ds_1", data_source_id="ds_2")
    assert message == "The option data_source_id is the same as id, and their values differ: give one of them."
    assert take(update_password="always") == {"update_password": "always"}


def test_unknown_options() -> None:
    assert refusal(databse_name="x") == "The option databse_name is unknown: did you mean database_name?"
    assert refusal(displayName="x") == "The option displayName is unknown: did you mean display_name?"
    assert refusal(DATA_SOURCE_ACCESS, zzz=1).startswith("The option zzz is unknown: remove it, or give one of ")
    assert SECRET not in refusal(**{SECRET: 1})
    assert refusal(password=SECRET, **{SECRET + "port": 1}).startswith("An option is unknown: remove it")


def test_variables_of_the_environment_are_checked_too() -> None:
    environment = {"BASEDASH_ORGANIZATION_ID": "org_1\n"}
    message = refusal(environment=environment, name="a")
    assert message.startswith("The environment variable BASEDASH_ORGANIZATION_ID ends with a line break")
    assert take(environment=environment, org_id="org_1") == {"org_id": "org_1"}
    message = refusal(environment={"BASEDASH_TIMEOUT": SECRET}, name="a")
    assert message == "The environment variable BASEDASH_TIMEOUT is a text and not a number: give a number."
    assert take(environment={"BASEDASH_TIMEOUT": "", "BASEDASH_API_KEY": "bd_key_1\n"}, name="a") == {"name": "a"}


def test_templates_pass_where_a_linter_looks() -> None:
    given = {"name": "{{ name }} ", "port": "{{ port }}", "state": "{{ state }}", "access": "{{ access }}"}
    assert checked(DATA_SOURCE, RULES, given, linting=True) == given
    entry = {"name": "a", "access": {"mode": "{% if x %}everyone{% endif %}", "group_ids": ["{{ a }}"]}}
    many = {"state": "present", "data_sources": [entry], "max_deletions": "{{ n }}"}
    assert checked(DATA_SOURCES, RULES, many, linting=True) == many
    with pytest.raises(InputError, match="port is a text"):
        checked(DATA_SOURCE, RULES, {"port": "{{ port }}"}, environment={})


# Secrets --------------------------------------------------------------------------------------------------------------


def places(spec: Spec) -> Iterator[tuple[str, Any]]:
    """Yield the path of each option, and a function that makes the options which have a value there."""
    for name, entry in spec.items():
        yield name, lambda value, name=name: {name: value}
        if "options" in entry:
            for path, within in places(entry["options"]):
                several = entry["type"] == "list"
                yield (
                    "%s.%s" % (name, path),
                    lambda value, name=name, within=within, several=several: {
                        name: [within(value)] if several else within(value)
                    },
                )


WRONG: list[Any] = [
    SECRET,
    PEM,
    [SECRET],
    [[SECRET]],
    {"a": SECRET},
    [{"a": SECRET}],
    {SECRET: True},
    json.dumps({"a": SECRET}),
    "a=%s" % SECRET,
    SECRET + "\n",
]
BESIDE: list[dict[str, Any]] = [
    {"timeout": "soon"},
    {"unheard_of": 1},
    {"organization_id": True},
    {"api_url": "http://user:%s@host" % SECRET},
]


@pytest.mark.parametrize("module", SPECS)
def test_nothing_of_a_misplaced_secret_is_shown_with_another_mistake_beside_it(module: str) -> None:
    spec = SPECS[module]
    for path, build in places(spec):
        for value in WRONG:
            for beside in BESIDE:
                for given in ({**build(value), **beside}, {**beside, **build(value)}):
                    if path in beside:
                        continue
                    with pytest.raises(InputError) as failure:
                        checked(spec, RULES, given, environment={})
                    assert "Hunter2" not in failure.value.message, (path, value)
                    assert "Hunter2" not in str(described(spec, given)), (path, value)
                    assert "\n" not in failure.value.message


def test_what_passes_is_what_ansible_takes() -> None:
    for spec in SPECS.values():
        for _path, build in places(spec):
            for value in (*WRONG, True, 5, 5.5, None, [], {}, [5], "yes", "5", "present", "always"):
                given = build(value)
                try:
                    values = checked(spec, RULES, given, environment={})
                except InputError:
                    continue
                assert not ArgumentSpecValidator(spec).validate(values).error_messages, given


def test_every_connection_option_is_in_every_module() -> None:
    assert all(set(CONNECTION) <= set(spec) for spec in SPECS.values())


@pytest.mark.parametrize("option", ["extra", "extra_secrets"])
@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"fieldOfNoRelease": ""}, "fieldOfNoRelease is empty"),
        ({"fieldOfNoRelease": "********"}, "fieldOfNoRelease has a mask in it"),
        ({"fieldOfNoRelease": ["VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"]}, "fieldOfNoRelease has a mask in it"),
        ({"fieldOfNoRelease": {"a": "__omit_place_holder__0123"}}, "fieldOfNoRelease has an omitted variable in it"),
        ({SECRET: " "}, "A field of the option extra"),
    ],
)
def test_what_went_wrong_on_its_way_into_fields_of_the_api(option: str, value: dict[str, Any], words: str) -> None:
    message = refusal(name="orders", **{option: value})
    assert words in message
    assert SECRET not in message


def test_fields_of_the_api_may_be_anything_else() -> None:
    value = {"a": None, "b": 0, "c": False, "d": [], "e": "text ", "f": {"g": 1.5}}
    assert take(name="orders", extra=value)["extra"] == value
    key = {"token": "-----BEGIN\nkey\n-----END\n"}
    assert take(name="orders", extra_secrets=key)["extra_secrets"] == key
    assert "ends with white space" in refusal(name="orders", extra_secrets={"token": "hush "})


@pytest.mark.parametrize("text", ["1_000", "0x10", "5432.0", "\u0665", "1e3"])
def test_a_text_is_a_whole_number_only_by_its_digits(text: str) -> None:
    assert refusal(name="orders", port=text).startswith("The option port is a text and not a whole number")


@pytest.mark.parametrize("mark", ["\u202a", "\u202e", "\u2066", "\u2069", "\u061c", "\u2063"])
def test_marks_of_direction_at_an_end(mark: str) -> None:
    assert "ends with white space" in refusal(name="orders" + mark)


@pytest.mark.parametrize(
    "option", ["state", "dialect", "ssl_enabled", "access", "extra", "bigquery_json_key", "api_key"]
)
def test_what_cannot_be_cleared_is_not_advised_to(option: str) -> None:
    assert refusal(**{"name": "orders", option: ""}) == (
        "The option %s is empty: give a value, or leave it out." % option
    )


@pytest.mark.parametrize("value", ["1e3", "5.0", "\u0663", "1_0", ""])
def test_a_whole_number_as_text_has_digits_alone(value: str) -> None:
    assert "max_deletions" in refusal(DATA_SOURCES, state="absent", filters={"host": "h"}, max_deletions=value)


@pytest.mark.parametrize("mark", "\u061c\u202a\u202c\u202e\u2066\u2069\u2061")
def test_marks_that_nobody_sees_at_an_end(mark: str) -> None:
    for option in ("id", "name", "password"):
        assert refusal(**{"name": "orders", option: "orders" + mark}).startswith(
            "The option %s ends with white space" % option
        )


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("extra", "", "The option extra.pool is empty"),
        ("extra", {"size": [" "]}, "The option extra.pool is empty"),
        ("extra", "a ******** b", "The option extra.pool has a mask in it"),
        ("extra", "__omit_place_holder__0a1b", "The option extra.pool has an omitted variable in it"),
        ("extra_secrets", "", "The option extra_secrets.pool is empty"),
        ("extra_secrets", {"token": SECRET + "\n"}, "The option extra_secrets.pool ends with a line break"),
        ("extra_secrets", SECRET + " ", "The option extra_secrets.pool ends with white space"),
        ("extra_secrets", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "The option extra_secrets.pool has a mask in it"),
    ],
)
def test_fields_that_were_lost_on_their_way(option: str, value: Any, words: str) -> None:
    message = refusal(name="orders", **{option: {"pool": value}})
    assert message.startswith(words)
    assert SECRET not in message


def test_a_field_whose_name_may_be_a_secret_is_not_named() -> None:
    assert refusal(name="orders", extra_secrets={SECRET: ""}).startswith("A field of the option extra_secrets is empty")


def test_fields_go_into_the_request_as_they_are() -> None:
    extra = {"a": None, "b": [1, True, " c "], "c": {"d": 1.5}}
    given = take(name="orders", extra=extra, extra_secrets={"key": PEM + "\n"})
    assert given["extra"] == extra
    assert given["extra_secrets"] == {"key": PEM + "\n"}
