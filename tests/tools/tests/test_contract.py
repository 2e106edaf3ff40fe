# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
import copy
import http.server
import itertools
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import workspace
import yaml
from contract.__main__ import main, report

from ansible_collections.community.basedash.plugins.module_utils._api import comparison
from ansible_collections.community.basedash.plugins.module_utils._api.check import compared
from ansible_collections.community.basedash.plugins.module_utils._api.document import Document, DocumentError, plain
from ansible_collections.community.basedash.plugins.module_utils._api.families import FAMILIES
from ansible_collections.community.basedash.plugins.module_utils._api.families import SOURCES as RELIED
from ansible_collections.community.basedash.plugins.module_utils._api.questions import QUESTIONS, answers
from ansible_collections.community.basedash.plugins.module_utils._api.reliance import Relied, place

OWN = workspace.ROOT / "tests" / "simulator" / "basedash_simulator"
Content = dict[str, Any]
Change = Callable[[Content], Any]

SOURCES = "/api/public/organizations/{orgId}/data-sources"
ONE = SOURCES + "/{id}"
COLLECTION = "/api/public/organizations/{}/data-sources"
ALL_OBJECTS = (
    "GET /data-sources, GET /data-sources/{id}, POST /data-sources, PATCH /data-sources/{id}, DELETE /data-sources/{id}"
)


@pytest.fixture(scope="module")
def own() -> Content:
    """Return the simulator's two files as one."""
    content: Content
    content, more = (
        yaml.safe_load((OWN / f"{name}_openapi.yaml").read_text(encoding="utf-8"))
        for name in ("data_sources", "resources")
    )
    content["paths"].update(more["paths"])
    for kind, named in content["components"].items():
        content["components"][kind] = {**more["components"][kind], **named}
    return content


@pytest.fixture
def content(own: Content) -> Content:
    return copy.deepcopy(own)


def differences(document: Document) -> list[comparison.Finding]:
    """Return what differs for data sources."""
    return [one for one in comparison.differences(document) if "/data-sources" in one.where]


def news(document: Document) -> list[comparison.Finding]:
    """Return what is new for data sources."""
    return [one for one in comparison.news(document) if "/data-sources" in one.where]


def lines(findings: list[comparison.Finding]) -> list[str]:
    return [f"{text}: {', '.join(places)}" for text, places in comparison.by_text(findings).items()]


def schemas(content: Content, name: str) -> Any:
    return content["components"]["schemas"][name]


def own_part(content: Content, name: str) -> Any:
    """Return the part of a body that is not shared with the other bodies."""
    return schemas(content, name)["allOf"][1]


def fields(content: Content) -> Any:
    return schemas(content, "ConnectionFields")["properties"]


def test_the_requests_are_those_of_the_collection() -> None:
    created = {name for sent in RELIED.requests["POST", COLLECTION] for name in sent.body}
    assert {"type", "dialect", "displayName", "password", "athenaCatalog", "snowflakePrivateKeyPassphrase"} < created
    changed = {name for sent in RELIED.requests["PATCH", COLLECTION + "/{}"] for name in sent.body}
    assert {"unsetPassword", "unsetSshPrivateKeyPassphrase", "sslEnabled"} < changed
    assert "dialect" not in changed
    assert {"DUCKDB", "SQL_SERVER"} < RELIED.words["dialect"]


# A file without it only documents an action.
MODULES = sorted(
    path.stem
    for path in (workspace.ROOT / "plugins" / "modules").glob("basedash_*.py")
    if "SPEC" in path.read_text(encoding="utf-8")
)


def test_every_module_relies_on_something() -> None:
    using = {module for relied in FAMILIES for key in relied.requests for module in relied.using(place(*key))}
    assert sorted(using | {"basedash_api_info", "basedash_configuration", "basedash_configuration_info"}) == MODULES


@pytest.mark.parametrize("relied", FAMILIES, ids=lambda relied: str(relied.kind.family.noun))
def test_the_certainty_is_that_of_the_simulator(relied: Relied, own: Content) -> None:
    """Compare what we declare with the marks of the simulator's files, which were written from the same pages."""
    marks = {
        place(method.upper(), plain(path)): operation.get("x-certainty")
        for path, item in own["paths"].items()
        for method, operation in item.items()
        if isinstance(operation, dict)
    }
    # What is in neither file is a guess as well.
    unsure = {place(*key) for key in relied.requests if marks.get(place(*key)) != "documented"}
    assert {one for one in relied.guessed if " " in one} == unsure


def test_what_is_only_a_guess_is_told_apart(content: Content) -> None:
    del content["paths"]["/api/public/organizations/{orgId}/skills/{id}"]["delete"]
    schemas(content, "Skill")["properties"].pop("description")
    schemas(content, "Definition")["properties"].pop("sqlQuery")
    found = compared(Document(content))
    deletion = "there is no such operation: DELETE /skills/{id}"
    assert found["unverified"].pop("basedash_skill") == [deletion]
    assert {"basedash_definition", "basedash_definition_info"} <= set(found["unverified"])
    lacking = "the answer has no field description: %s /skills"
    assert found["differences"]["basedash_skill_info"] == [lacking % "GET", lacking % "GET" + "/{id}"]
    assert set(found["differences"]) == {"basedash_skill", "basedash_skill_info"}
    assert deletion not in report(Document(content))[0].partition("unverified:")[0]


@pytest.mark.parametrize("spell", [yaml.safe_dump, json.dumps])
def test_nothing_differs_in_our_own_file(
    spell: Callable[[Content], str], own: Content, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "openapi"
    path.write_text(spell(own), encoding="utf-8")
    assert main([str(path)]) == 0
    assert "differs:\n  - nothing\n" in capsys.readouterr().out


def without(field: str) -> Change:
    def change(content: Content) -> None:
        del schemas(content, "DataSource")["properties"][field]

    return change


DIFFERENCES: dict[str, tuple[Change, list[str]]] = {
    "a path": (
        lambda content: content["paths"].pop(SOURCES + "/verify"),
        ["there is no such operation: POST /data-sources/verify"],
    ),
    "a method": (
        lambda content: content["paths"][ONE].pop("patch"),
        ["there is no such operation: PATCH /data-sources/{id}"],
    ),
    "a prefix": (
        lambda content: content["paths"].update({"/v2" + ONE[len("/api/public") :]: content["paths"].pop(ONE)}),
        [
            "the path is /v2/organizations/{}/data-sources/{}: "
            "GET /data-sources/{id}, PATCH /data-sources/{id}, DELETE /data-sources/{id}"
        ],
    ),
    "a field of requests": (
        lambda content: fields(content).pop("athenaCatalog"),
        [
            "the request has no field athenaCatalog: "
            "POST /data-sources, PATCH /data-sources/{id}, POST /data-sources/verify"
        ],
    ),
    "an unset flag": (
        lambda content: own_part(content, "DataSourceUpdate")["properties"].pop("unsetPassword"),
        ["the request has no field unsetPassword: PATCH /data-sources/{id}"],
    ),
    "a new name": (
        lambda content: fields(content).update(user=fields(content).pop("username")),
        ["the request has no field username: POST /data-sources, PATCH /data-sources/{id}, POST /data-sources/verify"],
    ),
    "a type": (
        lambda content: own_part(content, "DataSourceCreate")["properties"].update(sslEnabled={"type": "string"}),
        ["the request's sslEnabled is of type string, and the collection sends a boolean: POST /data-sources"],
    ),
    "a required field": (
        lambda content: own_part(content, "DataSourceCreate")["required"].append("region"),
        ["the request must have the field region, and the collection may leave it out: POST /data-sources"],
    ),
    "a required list": (
        lambda content: schemas(content, "AccessInput")["required"].append("groupIds"),
        [
            "the request must have the field groupIds, and the collection may leave it out: "
            "PUT /data-sources/{id}/access"
        ],
    ),
    "a fixed value": (
        lambda content: own_part(content, "DataSourceCreate")["properties"].update(type={"const": "database"}),
        ["the request's type can't be direct: POST /data-sources"],
    ),
    "a dialect": (
        lambda content: schemas(content, "DatabaseDialect")["enum"].remove("POSTHOG"),
        [
            "the answer's dialect is never POSTHOG: " + ALL_OBJECTS,
            "the request's dialect can't be POSTHOG: POST /data-sources",
        ],
    ),
    "a status of the sync": (
        lambda content: schemas(content, "SyncStatus").update(enum=["PENDING", "DONE", "FAILED", "NEVER_SYNCED"]),
        ["the answer's lastSyncStatus is never SUCCESS: " + ALL_OBJECTS],
    ),
    "a mode": (
        lambda content: schemas(content, "AccessInput")["properties"].update(mode={"enum": ["everyone", "groups"]}),
        ["the request's mode can't be restricted: PUT /data-sources/{id}/access"],
    ),
    "the length of a list": (
        lambda content: schemas(content, "AccessInput")["properties"]["groupIds"].update(minItems=1),
        [
            "the request's groupIds needs at least 1 of them, and the collection may send 0: "
            "PUT /data-sources/{id}/access"
        ],
    ),
    "a limit of a parameter": (
        lambda content: content["paths"][SOURCES]["get"]["parameters"][0]["schema"].update(maximum=50),
        ["the request's limit is at most 50, and the collection sends up to 100: GET /data-sources"],
    ),
    "a parameter": (
        lambda content: content["paths"][SOURCES]["get"]["parameters"][1].update(name="after"),
        ["the query has no parameter cursor: GET /data-sources"],
    ),
    "the limits of a field": (
        lambda content: schemas(content, "Port").update(minimum=1024, maximum=49151),
        [
            f"the request's {name} is at {most} {limit}, and the collection sends {to} {value}: "
            "POST /data-sources, PATCH /data-sources/{id}, POST /data-sources/verify"
            for most, limit, to, value in (("least", 1024, "down to", 1), ("most", 49151, "up to", 65535))
            for name in ("port", "sshPort")
        ],
    ),
    "a field of answers": (without("lastHealthyAt"), ["the answer has no field lastHealthyAt: " + ALL_OBJECTS]),
    "a field of answers that is an object": (
        lambda content: schemas(content, "DataSource")["properties"].update(host={"type": "object"}),
        ["the answer's host is no single value: " + ALL_OBJECTS],
    ),
    "the envelope of pages": (
        lambda content: schemas(content, "DataSourceList")["properties"].pop("pagination"),
        ["the answer has no pagination: GET /data-sources"],
    ),
    "the cursor": (
        lambda content: schemas(content, "Pagination")["properties"].pop("nextCursor"),
        ["the answer has no field nextCursor: GET /data-sources"],
    ),
    "the verdict of verify": (
        lambda content: schemas(content, "VerifyEnvelope")["properties"]["data"]["properties"].pop("success"),
        ["the answer has no field success: POST /data-sources/verify"],
    ),
    "a status": (
        lambda content: content["paths"][ONE]["delete"]["responses"].pop("404"),
        ["status 404 is not declared: DELETE /data-sources/{id}"],
    ),
    "the success": (
        lambda content: content["paths"][ONE]["get"]["responses"].pop("200"),
        ["no status of success is declared: GET /data-sources/{id}"],
    ),
    "an answer's body": (
        lambda content: content["paths"][ONE]["get"]["responses"]["200"].pop("content"),
        ["the answer 200 has no JSON body: GET /data-sources/{id}"],
    ),
    "a deletion without a body, which is all right": (
        lambda content: content["paths"][ONE]["delete"]["responses"].update({"200": {"description": "Deleted"}}),
        [],
    ),
    "the time to wait": (
        lambda content: schemas(content, "RateLimitErrorResponse").update(allOf=[], properties={}),
        [
            "the answer 429 has no error.title: ",
            "the answer 429 has no error.detail: ",
            "the answer 429 has no error.retryAfterMs: ",
        ],
    ),
}


@pytest.mark.parametrize(("change", "expected"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_what_differs(change: Change, expected: list[str], content: Content) -> None:
    change(content)
    found = lines(differences(Document(content)))
    # A line that ends with its colon is expected of every operation.
    found = [next((line for line in expected if line.endswith(": ") and one.startswith(line)), one) for one in found]
    assert sorted(found) == sorted(expected)


def test_a_changed_file_ends_with_1(content: Content, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    without("athenaCatalog")(content)
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert main([str(path)]) == 1
    assert f"differs:\n  - the answer has no field athenaCatalog: {ALL_OBJECTS}\n\n" in capsys.readouterr().out


# The same in other words ----------------------------------------------------------------------------------------------


def rewritten(node: Any, rewrite: Callable[[Content], Content]) -> Any:
    if isinstance(node, dict):
        return rewrite({key: rewritten(value, rewrite) for key, value in node.items()})
    return [rewritten(one, rewrite) for one in node] if isinstance(node, list) else node


def one_value_enums(node: Content) -> Content:
    if not isinstance(node.get("enum"), list):
        return node
    kept = {key: value for key, value in node.items() if key not in ("enum", "type")}
    return {**kept, "anyOf": [{"type": "string", "enum": [value]} for value in node["enum"]]}


def constants(node: Content) -> Content:
    if not isinstance(node.get("enum"), list):
        return node
    kept = {key: value for key, value in node.items() if key not in ("enum", "type")}
    return {**kept, "oneOf": [*({"const": value} for value in node["enum"]), {"type": "null"}]}


def nullable(node: Content) -> Content:
    if not isinstance(node.get("type"), list):
        return node
    return {**node, "type": next(kind for kind in node["type"] if kind != "null"), "nullable": True}


def unions_with_null(node: Content) -> Content:
    if not isinstance(node.get("type"), list):
        return node
    return {"anyOf": [{"type": kind} for kind in node["type"]]}


@pytest.mark.parametrize("rewrite", [one_value_enums, constants, nullable, unions_with_null])
def test_other_words_for_the_same(rewrite: Callable[[Content], Content], own: Content) -> None:
    document, same = Document(rewritten(own, rewrite)), Document(own)
    assert differences(document) == []
    assert answers(document) == answers(same)
    assert news(document) == news(same)


@pytest.mark.parametrize("rewrite", [one_value_enums, constants])
def test_a_value_is_missed_in_a_union(rewrite: Callable[[Content], Content], content: Content) -> None:
    schemas(content, "SyncStatus")["enum"].remove("SUCCESS")
    assert lines(differences(Document(rewritten(content, rewrite)))) == [
        "the answer's lastSyncStatus is never SUCCESS: " + ALL_OBJECTS
    ]


def test_everything_inline(own: Content) -> None:
    def inline(node: Any) -> Any:
        if isinstance(node, dict) and "$ref" in node:
            target: Any = own
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            return inline(target)
        if isinstance(node, dict):
            return {key: inline(value) for key, value in node.items()}
        return [inline(one) for one in node] if isinstance(node, list) else node

    document = Document(inline(own))
    assert differences(document) == []
    assert answers(document) == answers(Document(own))


@pytest.mark.parametrize(
    "servers",
    [
        [{"url": "https://charts.basedash.com/api/public"}],
        [{"url": "/api/public/"}],
        [{"url": "https://{host}/{base}", "variables": {"base": {"default": "api/public"}}}],
    ],
)
def test_the_prefix_may_be_the_servers(servers: list[Any], content: Content) -> None:
    content["servers"] = servers
    content["paths"] = {
        path.removeprefix("/api/public").replace("{orgId}", "{organizationId}"): item
        for path, item in content["paths"].items()
    }
    assert differences(Document(content)) == []
    assert lines(news(Document(content))) == [RENAMING]


def test_a_schema_that_contains_itself(content: Content) -> None:
    fields(content)["host"] = {"$ref": "#/components/schemas/Loop"}
    content["components"]["schemas"]["Loop"] = {"anyOf": [{"$ref": "#/components/schemas/Loop"}, {"type": "string"}]}
    assert differences(Document(content)) == []


# Questions ------------------------------------------------------------------------------------------------------------


def responses(content: Content, path: str, method: str) -> Any:
    return content["paths"][path][method]["responses"]


def update_field(name: str, schema: Any) -> Change:
    return lambda content: own_part(content, "DataSourceUpdate")["properties"].update({name: schema})


def credentials(content: Content) -> None:
    """Write the creation as one alternative for each of two dialects."""
    lake = {"properties": {"dialect": {"const": "DATABRICKS"}, "httpPath": {"type": "string"}}}
    own_part(content, "DataSourceCreate")["oneOf"] = [lake, {"properties": {"dialect": {"const": "MYSQL"}}}]


def without_groups(content: Content) -> None:
    """Leave out everything about groups."""
    content["paths"] = {path: item for path, item in content["paths"].items() if "/groups" not in path}


ANSWERED: list[tuple[str, Change, str | None]] = [
    ("Can a PATCH rename", lambda content: None, "yes, displayName is in the body"),
    (
        "Can a PATCH rename",
        lambda content: own_part(content, "DataSourceUpdate")["properties"].pop("displayName"),
        "no, displayName is not in the body",
    ),
    ("Can a PATCH rename", lambda content: content["paths"][ONE].pop("patch"), None),
    (
        "What becomes of the switches",
        update_field("sslEnabled", {"type": "boolean"}),
        "sshEnabled has the default false, sslEnabled has no default",
    ),
    (
        "What becomes of the switches",
        update_field("sshEnabled", {"anyOf": [{"type": "boolean", "default": True}, {"type": "null"}]}),
        "sshEnabled has the default true, sslEnabled has the default false",
    ),
    ("What becomes of the switches", lambda content: content["paths"].pop(ONE), None),
    ("How does a failed verify", lambda content: None, "200 with data.fieldErrors, 400 with error.fieldErrors"),
    (
        "How does a failed verify",
        lambda content: schemas(content, "VerifyEnvelope")["properties"]["data"]["properties"].pop("fieldErrors"),
        "400 with error.fieldErrors",
    ),
    ("How does a failed verify", lambda content: content["paths"].pop(SOURCES + "/verify"), None),
    ("What is the pool size", lambda content: None, None),
    (
        "What is the pool size",
        lambda content: fields(content).update(most={"type": "integer", "minimum": 1, "maximum": 100}),
        "most (1 to 100)",
    ),
    (
        "What is the pool size",
        lambda content: fields(content).update(poolSize={"type": "integer"}),
        "poolSize (no limits)",
    ),
    ("Can one data source be read", lambda content: None, "yes"),
    ("Can one data source be read", lambda content: content["paths"][ONE].pop("get"), "no"),
    ("Where is 403", lambda content: None, "nowhere"),
    (
        "Where is 403",
        lambda content: responses(content, SOURCES, "get").update({"403": {}}),
        "GET /data-sources",
    ),
    ("Where is 409", lambda content: None, "nowhere"),
    ("Where is 409", lambda content: responses(content, SOURCES, "post").update({409: {}}), "POST /data-sources"),
    ("Where is 409", lambda content: responses(content, SOURCES, "post").update({"4XX": {}}), "nowhere"),
    ("Where is 409", lambda content: content.update(paths={}), None),
    ("How does a creation answer", lambda content: responses(content, SOURCES, "post").pop("200"), "201"),
    ("How does a creation answer", lambda content: content["paths"].pop(SOURCES), None),
    ("What does a creation need", lambda content: None, "dialect, displayName, type"),
    ("What does a creation need", lambda content: own_part(content, "DataSourceCreate").pop("required"), "nothing"),
    ("Is access restricted to nobody", lambda content: None, None),
    (
        "Is access restricted to nobody",
        lambda content: schemas(content, "AccessInput")["properties"]["groupIds"].update(minItems=1),
        "groupIds needs at least 1",
    ),
    ("Which headers", lambda content: None, None),
    (
        "Which headers",
        lambda content: content["components"]["responses"]["RateLimited"].update(
            headers={"Retry-After": {}, "X-RateLimit-Limit": {}, "X-Request-Id": {}}
        ),
        "Retry-After, X-RateLimit-Limit",
    ),
    ("Can a member be removed", lambda content: None, "no"),
    ("Can a member be removed", without_groups, None),
    (
        "Can a member be removed",
        lambda content: content["paths"].update(
            {"/api/public/organizations/{o}/groups/{g}/members/{m}": {"delete": {"x": 1}}}
        ),
        "DELETE /groups/{id}/members/{id}",
    ),
    ("Which fields of its own does ATHENA", lambda content: None, None),
    (
        "Which fields of its own does ATHENA",
        lambda content: fields(content).update(athenaAccessKeyId={}, athenaSecretAccessKey={}),
        "athenaAccessKeyId, athenaSecretAccessKey",
    ),
    ("Which fields of its own does DATABRICKS", lambda content: None, None),
    ("Which fields of its own does DATABRICKS", credentials, "httpPath"),
    *(
        (f"Which fields of its own does {dialect}", change, answer)
        for dialect, field in (("DUCKDB", "duckdbPath"), ("ORACLE", "oracleSid"), ("POSTHOG", "posthogKey"))
        for change, answer in (
            (lambda content: None, None),
            (lambda content: fields(content).update(duckdbPath={}, oracleSid={}, posthogKey={}), field),
        )
    ),
]


@pytest.mark.parametrize(("question", "change", "expected"), ANSWERED)
def test_questions(question: str, change: Change, expected: str | None, content: Content) -> None:
    change(content)
    answer = next(text for name, text in answers(Document(content)).items() if name.startswith(question))
    assert answer == expected


def test_each_question_is_tested_both_ways() -> None:
    for question in QUESTIONS:
        assert len({answer for begin, _change, answer in ANSWERED if question.startswith(begin)}) >= 2, question


def test_the_report_has_open_questions(own: Content) -> None:
    text, same = report(Document(own))
    assert same
    settled, still_open = text.index("settled:"), text.index("open:")
    assert settled < text.index("Can a PATCH rename a data source? yes") < still_open
    assert still_open < text.index("What is the pool size called?")


# What is new ----------------------------------------------------------------------------------------------------------

RENAMING = "the request's field displayName: PATCH /data-sources/{id}"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda content: None, []),
        (
            lambda content: schemas(content, "DatabaseDialect")["enum"].append("MOTHERDUCK"),
            [
                "the value MOTHERDUCK of dialect: GET /data-sources, GET /data-sources/{id}, "
                "POST /data-sources, PATCH /data-sources/{id}, DELETE /data-sources/{id}, POST /data-sources/verify"
            ],
        ),
        (
            update_field("unsetBigQueryJsonKey", {"type": "boolean"}),
            ["the request's field unsetBigQueryJsonKey: PATCH /data-sources/{id}"],
        ),
        (
            lambda content: own_part(content, "DataSourceCreate")["properties"]["type"]["enum"].append("warehouse"),
            ["the value warehouse of type: POST /data-sources"],
        ),
        (
            lambda content: schemas(content, "DataSource")["properties"].update(region={"type": "string"}),
            ["the answer's field region: " + ALL_OBJECTS],
        ),
        (
            lambda content: content["paths"][SOURCES]["get"]["parameters"].append({"name": "search", "in": "query"}),
            ["the parameter search of the query: GET /data-sources"],
        ),
        (
            lambda content: content["paths"].update({ONE + "/sync": {"post": {"responses": {}}}}),
            ["an operation: POST /data-sources/{id}/sync"],
        ),
    ],
)
def test_news(change: Change, expected: list[str], content: Content) -> None:
    change(content)
    assert sorted(lines(news(Document(content)))) == sorted([RENAMING, *expected])
    assert differences(Document(content)) == []


# Junk -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[1, 2]",
        b"<html>Not found</html>",
        b"{'openapi': ",
        b"\xff\xfe\x00",
        b'{"swagger": "2.0", "paths": {}}',
        b'{"openapi": "3.1.0"}',
        b'{"openapi": "3.1.0", "paths": []}',
        b"[" * 20_000,
        b'{"openapi": "3.1.0", "paths": {"/x": {"$ref": "#/nowhere"}}}',
        b'{"openapi": "3.1.0", "paths": {"/x": {"$ref": "other.json#/x"}}}',
        b'{"openapi": "3.1.0", "paths": {"/x": {"$ref": "#/openapi/x"}}}',
    ],
)
def test_junk_is_a_sentence(data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "openapi.json"
    path.write_bytes(data)
    assert main([str(path)]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.strip().endswith(".")
    assert "Traceback" not in output.err


def test_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["one", "two"]):
        assert main(arguments) == 2
        assert "curl -o openapi.json https://charts.basedash.com/api/public/openapi" in capsys.readouterr().err
    for missing in (tmp_path / "missing.json", tmp_path, "http://127.0.0.1:1/openapi", "https://"):
        assert main([str(missing)]) == 2
        assert capsys.readouterr().err.startswith(f"{missing} can't be read: ")


JUNK: list[Any] = [None, True, 7, "text", [], [1], {}, {"$ref": 5}, {"properties": [1]}, {"anyOf": {}}, {"enum": [{}]}]


def test_junk_anywhere_is_no_traceback(own: Content) -> None:
    """Put junk in the place of each node of the file, one after the other."""

    def places(node: Any) -> list[tuple[Any, Any]]:
        children = list(node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ())
        return [(node, key) for key, _child in children] + [
            place for _key, child in children for place in places(child)
        ]

    # Annotations are read by nobody.
    content = rewritten(own, lambda node: {key: value for key, value in node.items() if not str(key).startswith("x-")})
    # A part of the places will do: there are thousands, and each kind of junk has its turn all the same.
    for (holder, key), junk in list(zip(places(content), itertools.cycle(JUNK)))[::25]:
        kept, holder[key] = holder[key], junk
        with contextlib.suppress(DocumentError):
            report(Document(content))
        holder[key] = kept


def test_an_address(own: Content, capsys: pytest.CaptureFixture[str]) -> None:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/openapi" else 404)
            self.end_headers()
            self.wfile.write(json.dumps(own).encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            address = f"http://127.0.0.1:{server.server_port}"
            assert main([f"{address}/openapi"]) == 0
            assert main([f"{address}/other"]) == 2
        finally:
            server.shutdown()
            thread.join()
    assert "404" in capsys.readouterr().err
