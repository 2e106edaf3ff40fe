# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is special to MCP servers: headers that nobody sees, what only the creation tells, and what may not work."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.module_utils._engine.task import Report
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import RESET, answer, error
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.kinds import (
    Fault,
    Server,
    absent,
    of_family,
    read,
    run,
)

MCP_SERVERS = of_family("mcp-servers")
THERE = MCP_SERVERS.sample(1)
HUSH = "hush-Hunter2-hush"
HEADERS = [{"name": "X-Team", "value": "team " + HUSH}, {"name": "Authorization", "value": "Bearer " + HUSH}]
URL = "https://mcp.example.com/support"
NEW = {"name": "Support", "server_url": URL}
NAMED = MCP_SERVERS.named()


def says_nothing_of(secret: str, report: Report, options: dict[str, Any]) -> None:
    """Check that a secret is nowhere in what a user can see."""
    invocation = MCP_SERVERS.module.invocation({**NAMED, **options}, report)
    assert secret not in json.dumps([report.result, report.warnings, report.progress, invocation])


# Headers --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check_mode", [False, True])
def test_headers_are_sent_by_a_creation_and_never_shown(check_mode: bool) -> None:
    server = Server(MCP_SERVERS)
    options = {**NEW, "headers": HEADERS}
    report = run(MCP_SERVERS, server, check_mode, **options)
    assert report.result["changed"]
    assert report.result["diff"]["after"]["headers"] == "will be sent"
    assert "headers" not in report.result["mcp_server"]
    assert [body["headers"] for body in server.bodies] == ([] if check_mode else [HEADERS])
    says_nothing_of(HUSH, report, options)
    # Their names are no secrets, so words like these are not masked elsewhere.
    shown = MCP_SERVERS.module.invocation(options, report)["module_args"]["headers"]
    assert [one["name"] for one in shown] == ["X-Team", "Authorization"]


def test_headers_are_not_sent_to_an_existing_one_and_that_is_said() -> None:
    server = Server(MCP_SERVERS, THERE)
    report = run(MCP_SERVERS, server, **NAMED, headers=HEADERS)
    assert not report.result["changed"]
    assert "headers was not sent" in report.result["msg"]
    assert "update_secrets" in report.result["msg"]
    assert server.writes == []


def test_update_secrets_sends_headers_at_each_run() -> None:
    server = Server(MCP_SERVERS, THERE)
    options = {"headers": HEADERS, "update_secrets": "always"}
    for _run in range(2):
        report = run(MCP_SERVERS, server, **NAMED, **options)
        assert report.result["changed"]
        assert report.result["diff"]["after"] == {"headers": "will be sent"}
        assert report.warnings == []
        says_nothing_of(HUSH, report, options)
    assert server.bodies == [{"headers": HEADERS}] * 2


def test_clear_removes_the_headers() -> None:
    server = Server(MCP_SERVERS, THERE)
    report = run(MCP_SERVERS, server, **NAMED, clear=["headers"])
    assert report.result["changed"]
    assert server.bodies == [{"headers": []}]
    assert report.result["diff"]["after"] == {"headers": "will be removed"}


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ([], "headers is an empty list: give a value, or leave it out, or name it in clear"),
        ([{"name": "X-Team"}], "headers[0].value is missing"),
        ([{"value": HUSH}], "headers[0].name is missing"),
        ([{"name": "X-Team", "value": ""}], "headers[0].value is empty"),
        ([{"name": "X-Team", "value": HUSH + "\n"}], "headers[0].value ends with a line break"),
        ([{"name": "X-Team", "value": 5}], "headers[0].value is an integer"),
        ([{"name": "X-Team", "value": "********"}], "headers[0].value has a mask"),
        ([{HUSH: "x"}], "option of headers[0] is unknown"),
        ([{"name": "Bearer " + HUSH, "value": "Authorization"}], "headers[0].name is no name of a header"),
        ([{"name": "X-Team:", "value": HUSH}], "headers[0].name is no name of a header"),
        ([{"name": "X-Team", "value": HUSH + "\nX-Other: x"}], "headers[0].value has a control character in it"),
        ([{"name": "X-Team", "value": HUSH}, {"name": "x-team", "value": "b"}], "headers[1].name is there twice"),
        ({"Authorization": HUSH}, "headers is a dict"),
        ("Authorization: " + HUSH, "headers is a text"),
        (["Authorization: " + HUSH], "headers[0] is a text"),
    ],
)
def test_headers_in_a_wrong_form_are_refused_and_not_repeated(headers: Any, words: str) -> None:
    server = Server(MCP_SERVERS, THERE)
    options = {"headers": headers, "update_secrets": "always"}
    report = run(MCP_SERVERS, server, **NAMED, **options)
    assert report.failed
    assert words in report.result["msg"]
    assert server.log == []
    says_nothing_of(HUSH, report, options)


@pytest.mark.parametrize("echo", ["Bearer " + HUSH, HUSH, json.dumps("team " + HUSH)])
def test_headers_that_a_server_echoes_are_masked(echo: str) -> None:
    server = Server(MCP_SERVERS, faults=[Fault("POST", error(400, "Header %s is wrong" % echo), 0)])
    options = {**NEW, "headers": HEADERS}
    report = run(MCP_SERVERS, server, **options)
    assert report.failed
    assert "********" in report.result["msg"]
    says_nothing_of(HUSH, report, options)


# Who may use it -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [False, True])
def test_everyone_can_access_is_sent_by_a_creation_only_and_never_shown(wanted: bool) -> None:
    server = Server(MCP_SERVERS)
    options = {**NEW, "everyone_can_access": wanted}
    report = run(MCP_SERVERS, server, **options)
    assert report.warnings == []
    assert server.bodies[0]["everyoneInOrganizationCanAccess"] is wanted
    assert not [name for name in report.result["mcp_server"] if "everyone" in name]
    again = run(MCP_SERVERS, server, **{**options, "everyone_can_access": not wanted})
    assert not again.result["changed"]
    assert len(server.bodies) == 1


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"everyone_can_access": False}, ["everyone_can_access"]),
        ({"headers": HEADERS}, ["headers"]),
        ({"headers": HEADERS, "update_secrets": "always"}, []),
        ({"everyone_can_access": True}, []),
        ({}, []),
    ],
)
def test_an_update_warns_of_what_it_may_reset_unseen(given: dict[str, Any], named: list[str], check_mode: bool) -> None:
    server = Server(MCP_SERVERS, THERE)
    report = run(MCP_SERVERS, server, check_mode, **NAMED, **given, server_url=URL)
    assert report.result["changed"]
    assert len(report.warnings) == bool(named)
    for name in named:
        assert "goes without %s, and it is not documented" % name in report.warnings[0]
    quiet = run(MCP_SERVERS, Server(MCP_SERVERS, THERE), check_mode, **NAMED, everyone_can_access=False)
    assert quiet.warnings == []


# Present and not working ----------------------------------------------------------------------------------------------

LOG_IN = {"requiresAuth": True, "authUrl": "https://oauth.example.com/authorize?state=1"}


class Oauth(Server):
    """A server that says, only in the answer to a creation, that a person has to log in."""

    def _create(self, body: Any) -> Any:
        made = super()._create(body)
        content = json.loads(made.body)
        return answer(201, {"data": {**content["data"], **LOG_IN}})


@pytest.mark.parametrize("omitted", [set(), {"serverUrl"}])
def test_requires_auth_is_in_the_result_of_the_creation_and_null_later(omitted: set[str]) -> None:
    server = Oauth(MCP_SERVERS)
    # What an answer leaves out is read, and the reading does not tell it any more.
    server.omitted = omitted
    report = run(MCP_SERVERS, server, **NEW)
    assert report.result["changed"]
    assert report.result["mcp_server"]["requires_auth"] is True
    assert report.result["mcp_server"]["auth_url"] == LOG_IN["authUrl"]
    assert "does not work yet, because a person has to log in: open auth_url" in report.warnings[-1]
    server.omitted = set()
    again = run(MCP_SERVERS, server, **NEW)
    assert not again.result["changed"]
    assert again.warnings == []
    assert again.result["mcp_server"]["requires_auth"] is again.result["mcp_server"]["auth_url"] is None


def test_requires_auth_is_not_known_after_a_lost_answer() -> None:
    server = Oauth(MCP_SERVERS, faults=[Fault("POST", RESET, works=True)])
    report = run(MCP_SERVERS, server, **NEW)
    assert report.result["changed"]
    assert report.result["mcp_server"]["requires_auth"] is None
    assert server.writes == ["POST"]


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("given", [{}, {"server_url": URL}])
def test_an_error_of_the_last_connection_is_a_warning(given: dict[str, Any], check_mode: bool) -> None:
    server = Server(MCP_SERVERS, MCP_SERVERS.sample(1, syncErrorMessage="no route to the host."))
    report = run(MCP_SERVERS, server, check_mode, **NAMED, **given)
    assert not report.failed
    assert len(report.warnings) == 1
    assert "may not work, because its last connection failed (no route to the host): " in report.warnings[0]


def test_a_deletion_does_not_warn_of_that() -> None:
    server = Server(MCP_SERVERS, MCP_SERVERS.sample(1, syncErrorMessage="no route"))
    report = absent(MCP_SERVERS, server, **NAMED)
    assert report.result["changed"]
    assert report.warnings == []


# The address ----------------------------------------------------------------------------------------------------------

SECRET_URLS = [
    "https://mcp.example.com/x?region=eu&api_key=%s" % HUSH,
    "https://mcp.example.com/x?AccessToken=%s#part" % HUSH,
    "https://user:%s@mcp.example.com/x" % HUSH,
    "https://%s@mcp.example.com" % HUSH,
    "https://%s:@mcp.example.com/x" % HUSH,
    "https://%s:x-oauth-basic@mcp.example.com/x" % HUSH,
    "https://mcp.example.com/x?region=eu;sig=%s" % HUSH,
    "https://mcp.example.com/x?code=%s" % HUSH,
    "https://mcp.example.com/x?user_pwd=%s" % HUSH,
    "https://mcp.example.com/x#access_token=%s" % HUSH,
]


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("url", SECRET_URLS)
def test_a_secret_in_the_address_is_masked(url: str, check_mode: bool) -> None:
    server = Server(MCP_SERVERS)
    options = {"name": "Support", "server_url": url}
    report = run(MCP_SERVERS, server, check_mode, **options)
    assert report.result["changed"]
    assert report.result["mcp_server"]["server_url"] == url.replace(HUSH, "********")
    says_nothing_of(HUSH, report, options)
    if not check_mode:
        assert server.bodies[0]["serverUrl"] == url
        assert not run(MCP_SERVERS, server, **options).result["changed"]


@pytest.mark.parametrize("url", SECRET_URLS)
def test_a_secret_in_the_address_that_it_had_is_masked(url: str) -> None:
    there = MCP_SERVERS.sample(1, serverUrl=url)
    for options, ignored in (({"server_url": URL}, set()), ({"server_url": URL}, {"serverUrl"}), ({}, set())):
        server = Server(MCP_SERVERS, there)
        server.ignored = ignored
        report = run(MCP_SERVERS, server, **NAMED, **options)
        assert report.failed == bool(ignored)
        says_nothing_of(HUSH, report, options)
    assert HUSH not in json.dumps(read(MCP_SERVERS, Server(MCP_SERVERS, there)).result)
    assert HUSH not in json.dumps(absent(MCP_SERVERS, Server(MCP_SERVERS, there), **NAMED).result)


@pytest.mark.parametrize("url", SECRET_URLS)
def test_a_secret_in_the_address_that_a_server_echoes_is_masked(url: str) -> None:
    server = Server(MCP_SERVERS, faults=[Fault("POST", error(400, "%s is not allowed" % url), 0)])
    options = {"name": "Support", "server_url": url}
    report = run(MCP_SERVERS, server, **options)
    assert report.failed
    says_nothing_of(HUSH, report, options)


@pytest.mark.parametrize("token", ["MzQ1ZjAyMTgtNGRiMy00", "0f8fad5b-d9cb-469f-a165-70867728950e"])
def test_a_token_in_the_path_of_the_address_is_masked(token: str) -> None:
    options = {"name": "Support", "server_url": "https://mcp.example.com/s/%s/sse" % token}
    report = run(MCP_SERVERS, Server(MCP_SERVERS), **options)
    assert report.result["mcp_server"]["server_url"] == "https://mcp.example.com/s/********/sse"
    says_nothing_of(token, report, options)


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("https://MCP.example.com", "https://mcp.example.com/"),
        ("HTTPS://mcp.example.com/X", "https://mcp.example.com/X"),
        ("https://mcp.example.com?a=B", "https://mcp.example.com/?a=B"),
    ],
)
def test_another_spelling_of_the_address_is_no_change(given: str, stored: str) -> None:
    server = Server(MCP_SERVERS, MCP_SERVERS.sample(1, serverUrl=stored))
    assert not run(MCP_SERVERS, server, **NAMED, server_url=given).result["changed"]
    assert run(MCP_SERVERS, server, **NAMED, server_url=given.replace("mcp.e", "MCP.e") + "x").result["changed"]


@pytest.mark.parametrize(
    "url",
    [
        "https://mcp.example.com/x?region=eu&version=2026-11",
        "https://mcp.example.com/workspaces/customer-support-team-europe/sse?design=new",
    ],
)
def test_an_address_without_secrets_is_shown(url: str) -> None:
    report = run(MCP_SERVERS, Server(MCP_SERVERS), name="Support", server_url=url)
    assert report.result["mcp_server"]["server_url"] == url


@pytest.mark.parametrize("url", [HUSH, "mcp.example.com/" + HUSH, "https://", "ftp://" + HUSH, "https://x y/" + HUSH])
def test_what_is_no_address_is_refused_and_not_repeated(url: str) -> None:
    server = Server(MCP_SERVERS)
    report = run(MCP_SERVERS, server, name="Support", server_url=url)
    assert report.failed
    assert "server_url is no address" in report.result["msg"]
    assert server.log == []
    says_nothing_of(HUSH, report, {"server_url": url})
