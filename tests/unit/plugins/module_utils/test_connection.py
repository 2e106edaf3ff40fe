# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection options: what they mean, and what is refused before anything is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.basedash.plugins.module_utils._base.errors import InputError
from ansible_collections.community.basedash.plugins.module_utils._http.connection import Connection
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import CONNECTION, KEY


def connection(**options: Any) -> Connection:
    return Connection.from_options({**CONNECTION, **options})


@pytest.mark.parametrize(
    ("given", "root"),
    [
        ("https://charts.basedash.com", "https://charts.basedash.com"),
        ("https://charts.basedash.com/", "https://charts.basedash.com"),
        ("https://charts.basedash.com/api/public", "https://charts.basedash.com"),
        ("https://charts.basedash.com/api/public/", "https://charts.basedash.com"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://10.0.0.7:80/", "http://10.0.0.7:80"),
        ("http://[::1]:3000/", "http://[::1]:3000"),
        ("https://bi.example.com/tools/basedash/", "https://bi.example.com/tools/basedash"),
        ("https://bi.example.com/tools/api/public", "https://bi.example.com/tools"),
        ("HTTPS://bi.example.com", "https://bi.example.com"),
        (" https://bi.example.com\n", "https://bi.example.com"),
    ],
)
def test_api_url(given: str, root: str) -> None:
    assert connection(api_url=given).api_url == root


@pytest.mark.parametrize(
    "given",
    [
        "",
        "charts.basedash.com",
        "ftp://charts.basedash.com",
        "https://",
        "https:///api/public",
        "https://:443",
        "https://host:",
        "https://host:0",
        "https://host:65536",
        "https://host:http",
        "https://user:hunter2@host",
        "https://hunter2@host",
        "https://user:1/hunter2@host",
        "https://user:hunter2/hunter2@host",
        "hunter2",
        "hunter2.hunter2",
        "hunter2://host",
        "https://host\nhunter2",
        "https://host/\thunter2",
        "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n",
        "https://" + "hunter2" * 200,
        "https://host/api/public/organizations/org_1",
        "https://host/tools/api/public/v1/",
        "https://host?key=hunter2",
        "https://host/#hunter2",
        "https://host/?",
        "https://ho st",
        "https://host/a b",
        "https://host/../x",
        "https://host/./x",
        "https://host//x",
        "https://host\\@evil.example.com",
        "https://host\x00",
        "https://[::1",
        "https://[fe80::1%25eth0]",
        "https://[host]",
        "https://-host",
        "https://höst",
        "file:///etc/passwd",
    ],
)
def test_api_url_that_is_refused(given: str) -> None:
    with pytest.raises(InputError) as failure:
        connection(api_url=given)
    assert "api_url" in failure.value.message
    assert "hunter2" not in failure.value.message


@pytest.mark.parametrize("given", [KEY, " " + KEY, KEY + "\n", "\t%s\r\n" % KEY])
def test_api_key_loses_white_space_at_its_ends(given: str) -> None:
    assert connection(api_key=given).api_key == KEY


@pytest.mark.parametrize(
    "given", ["", "  ", "hunter2\nhunter2", "hunter2\x00x", "hunter2€", "hunter2\x7f", "hunter2\x85x"]
)
def test_api_key_that_is_refused(given: str) -> None:
    with pytest.raises(InputError) as failure:
        connection(api_key=given)
    assert "hunter2" not in failure.value.message
    assert "api_key" in failure.value.message


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("api_key", "No API key: set api_key or BASEDASH_API_KEY."),
        ("organization_id", "No organization: set organization_id or BASEDASH_ORGANIZATION_ID."),
    ],
)
def test_what_is_needed_names_its_variable(option: str, message: str) -> None:
    with pytest.raises(InputError) as failure:
        connection(**{option: None})
    assert failure.value.message == message


def test_api_key_may_be_latin_1() -> None:
    assert connection(api_key="clé_ÿ").api_key == "clé_ÿ"


def test_key_stays_out_of_repr() -> None:
    assert KEY not in repr(connection())


@pytest.mark.parametrize("given", ["", " ", ".", "..", "org_1 ", "\ud800"])
def test_organization_id_that_is_refused(given: str) -> None:
    with pytest.raises(InputError, match="organization_id"):
        connection(organization_id=given)


@pytest.mark.parametrize("option", ["timeout", "retry_timeout"])
@pytest.mark.parametrize("given", [-1.0, float("nan"), float("inf"), 1e9])
def test_seconds_that_are_refused(option: str, given: float) -> None:
    with pytest.raises(InputError, match=option):
        connection(**{option: given})


def test_zero_seconds() -> None:
    assert connection(retry_timeout=0.0).retry_timeout == 0
    with pytest.raises(InputError, match="timeout"):
        connection(timeout=0.0)


@pytest.mark.parametrize("option", ["ca_path", "client_cert", "client_key"])
def test_file_that_is_not_there(option: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=option):
        connection(**{option: str(tmp_path / "missing.pem")})


def test_files(tmp_path: Path) -> None:
    file = tmp_path / "file.pem"
    file.write_text("x")
    assert connection(ca_path=str(tmp_path)).ca_path == str(tmp_path)
    both = connection(client_cert=str(file), client_key=str(file))
    assert (both.client_cert, both.client_key) == (str(file), str(file))
    with pytest.raises(InputError, match="client_cert"):
        connection(client_key=str(file))
    with pytest.raises(InputError, match="client_cert"):
        connection(client_cert=str(tmp_path))


@pytest.mark.parametrize("option", ["ca_path", "client_cert", "client_key"])
@pytest.mark.parametrize(
    "given",
    [
        "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----hunter2-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\\nhunter2\\n-----END PRIVATE KEY-----",
        "hunter2\n",
        "hunter2\rx",
        "hunter2\x00",
        "hunter2",
        "/hunter2",
        "/hunter2/hunter2",
        "hunter2/hunter2==",
        "hunter2" * 600,
        "/tmp/" + "hunter2/" * 600,
        "\ud800hunter2",
    ],
)
def test_what_is_no_path_is_not_repeated(option: str, given: str) -> None:
    with pytest.raises(InputError) as failure:
        connection(**{"client_cert": __file__, option: given})
    assert option in failure.value.message
    assert "hunter2" not in failure.value.message


def test_path_that_leads_nowhere_is_shown(tmp_path: Path) -> None:
    for path in ("certs/missing.pem", "/hunter2/missing.KEY", str(tmp_path / "missing")):
        with pytest.raises(InputError, match=path):
            connection(client_cert=path)


def test_empty_paths_are_none() -> None:
    assert connection(ca_path="", client_cert="", client_key="").ca_path is None


def test_a_task_that_needs_no_organization_takes_one() -> None:
    without = Connection.from_options({**CONNECTION, "organization_id": None}, needs_organization=False)
    assert without.organization_id == ""
    assert Connection.from_options(CONNECTION, needs_organization=False).organization_id == "org_1"
    with pytest.raises(InputError, match="organization_id is empty"):
        Connection.from_options({**CONNECTION, "organization_id": " "}, needs_organization=False)


@pytest.mark.parametrize("given", [None, KEY, "no\nkey"])
def test_a_task_that_needs_no_key_has_none(given: str | None) -> None:
    assert Connection.from_options({**CONNECTION, "api_key": given}, needs_key=False).api_key == ""
