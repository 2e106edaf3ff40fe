# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A scripted wire in place of HTTP, and short ways to run a task over it."""

from __future__ import annotations

import functools
import importlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Union

import yaml

from ansible_collections.community.basedash.plugins.module_utils._base.errors import InputError
from ansible_collections.community.basedash.plugins.module_utils._engine.module_spec import ModuleSpec
from ansible_collections.community.basedash.plugins.module_utils._engine.options import (
    secret_texts,
)
from ansible_collections.community.basedash.plugins.module_utils._engine.task import (
    Report,
    Task,
)
from ansible_collections.community.basedash.plugins.module_utils._engine.task import (
    execute as run_task,
)
from ansible_collections.community.basedash.plugins.module_utils._http.caller import Caller, Clock
from ansible_collections.community.basedash.plugins.module_utils._http.connection import Connection
from ansible_collections.community.basedash.plugins.module_utils._http.transport import (
    RawAnswer,
    Request,
    TransportError,
)
from ansible_collections.community.basedash.plugins.module_utils._resources.data_source import (
    DATA_SOURCE as KIND,
)
from ansible_collections.community.basedash.plugins.modules import (
    basedash_data_source as one_module,
)
from ansible_collections.community.basedash.plugins.modules import (
    basedash_data_source_access as access_module,
)
from ansible_collections.community.basedash.plugins.modules import (
    basedash_data_source_info as info_module,
)
from ansible_collections.community.basedash.plugins.modules import (
    basedash_data_sources as many_module,
)

DATA_SOURCE = one_module.SPEC.argument_spec
DATA_SOURCES = many_module.SPEC.argument_spec
DATA_SOURCE_INFO = info_module.SPEC.argument_spec
DATA_SOURCE_ACCESS = access_module.SPEC.argument_spec
ONE_OF = one_module.SPEC.required_one_of
SOURCE = one_module.SPEC.task
MANAGE = many_module.SPEC.task
READ = info_module.SPEC.task
FIELDS = {one.fact_name: one.place for one in KIND.fields if not one.secret}
"""The facts, and the API's names for them."""


def execute(
    task: Any,
    options: Mapping[str, Any],
    *,
    about_one: bool = False,
    secrets: Sequence[str] = (),
    **how: Any,
) -> Report:
    """Run a task, or a function that is one about data sources, for a caller with these properties."""
    if not isinstance(task, Task):
        task = Task(KIND, task, about_one)
    return run_task(task, options, Caller(**how), secrets)


KEY = "bd_key_sentinel0123456789"
URL = "https://basedash.example.com"
SOURCES = "/api/public/organizations/org_1/data-sources"
ONE = SOURCES + "/ds_1"
PAGE = SOURCES + "?limit=100"


def resource(identifier: str = "ds_1", name: str = "preview-42", **fields: Any) -> dict[str, Any]:
    """Return a data source as the API gives it, complete."""
    values: dict[str, Any] = dict.fromkeys(FIELDS.values())
    values.update(
        id=identifier,
        displayName=name,
        description="",
        dialect="POSTGRES",
        host="db.example.com",
        port=5432,
        sslEnabled=True,
        sshEnabled=False,
        lastSyncStatus="SUCCESS",
        lastSyncAttemptAt="2026-11-20T08:00:00.000Z",
        hasCompletedFirstSync=True,
        isDemo=False,
        isBasedashWarehouse=False,
    )
    return {**values, **fields}


def answer(status: int, content: Any = None, headers: Mapping[str, str] | None = None) -> RawAnswer:
    """Return an answer: text and bytes go as they are, anything else as JSON, ``None`` as no body."""
    if isinstance(content, str):
        content = content.encode()
    body = content if isinstance(content, bytes) else b"" if content is None else json.dumps(content).encode()
    return RawAnswer(status, dict(headers or {}), body)


def found(*args: Any, **fields: Any) -> RawAnswer:
    """Return a 200 with one data source."""
    return answer(200, {"data": resource(*args, **fields)})


def page(*resources: Mapping[str, Any], cursor: str | None = None) -> RawAnswer:
    """Return one page of the list."""
    pagination = {"nextCursor": cursor, "hasMore": cursor is not None}
    return answer(200, {"data": list(resources), "pagination": pagination})


def error(status: int, detail: str = "not found", title: str = "NotFound", **more: Any) -> RawAnswer:
    """Return the API's own error."""
    return answer(status, {"error": {"title": title, "detail": detail, **more}})


GROUPS = "/api/public/organizations/org_1/groups?limit=100"
MEMBERS = "/api/public/organizations/org_1/members?limit=100"


def member(identifier: str, email: str, **fields: Any) -> dict[str, Any]:
    """Return a member as the API gives it, as far as that is documented."""
    return {"id": identifier, "deactivatedAt": None, "role": "MEMBER", "user": {"email": email}, **fields}


KNOWN_GROUPS = [{"id": one, "name": "group " + one} for one in ("g1", "g2", "grp_1", "grp_2")]
KNOWN_MEMBERS = [member(one, "%s@example.com" % one) for one in ("m1", "m2", "mem_1")]

HTML = answer(404, "<html><body>nothing here</body></html>")
NOT_FOUND = error(404)
LOOKS = 7
"""As often as a task looks for what may show late, at the most."""
RESET = TransportError("the connection was closed without an answer", sent=True, transient=True)
REFUSED = TransportError("the server refused the connection", sent=False, transient=True)
TIMED_OUT = TransportError("no answer was complete within 30 seconds", sent=True, transient=True, timed_out=True)
UNTRUSTED = TransportError("the server's certificate is not trusted", sent=False, transient=False)

Reaction = Union[RawAnswer, TransportError]
Step = Union[tuple[str, str, Reaction], tuple[str, str, Reaction, dict[str, Any]]]
"""Method, path, what comes back, and the body that has to be sent."""


class Wire:
    """Answers the requests that were listed, in their order, and fails on any other one.

    Lists of groups and members are answered from ``beside``, whenever they are asked for.
    """

    def __init__(self, *steps: Step) -> None:
        self._steps = list(steps)
        self.sent: list[Request] = []
        self.closed = False
        self.slept: list[float] = []
        self.time = 0.0
        self.seconds_per_request = 0.0
        self.secrets: Sequence[str] = ()
        self.beside = {GROUPS: page(*KNOWN_GROUPS), MEMBERS: page(*KNOWN_MEMBERS)}
        self.authorization: str | None = "Bearer " + KEY

    def __call__(self, connection: Connection) -> Wire:
        return self

    def send(self, request: Request, timeout: float) -> RawAnswer:
        self.sent.append(request)
        self.time += self.seconds_per_request
        got = "%s %s" % (request.method, request.url[len(URL) :])
        if got.startswith("GET ") and got[len("GET ") :] in self.beside:
            return self.beside[got[len("GET ") :]]
        assert self._steps, "one request too many: " + got
        method, path, reaction, *bodies = self._steps.pop(0)
        assert got == "%s %s" % (method, path)
        assert request.headers.get("Authorization") == self.authorization
        assert request.headers["Accept"] == "application/json"
        assert request.headers["User-Agent"].startswith("ansible-community.basedash/")
        assert [json.loads(body) for body in (request.body,) if body is not None] == bodies
        assert (request.headers.get("Content-Type") == "application/json") == bool(bodies)
        if isinstance(reaction, TransportError):
            raise reaction
        return reaction

    def close(self) -> None:
        self.closed = True

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    def clock(self) -> Clock:
        return Clock(
            monotonic=lambda: self.time,
            sleep=self.sleep,
            random=lambda: 0.5,
            now=lambda: datetime(2026, 11, 24, 12, 0, 0, tzinfo=timezone.utc),
        )

    def finish(self) -> None:
        assert not self._steps, "requests that were not sent: %s" % [step[:2] for step in self._steps]


CONNECTION: dict[str, Any] = {
    "api_key": KEY,
    "api_url": URL,
    "organization_id": "org_1",
    "timeout": 30.0,
    "retry_timeout": 120.0,
    "validate_certs": True,
    "ca_path": None,
    "client_cert": None,
    "client_key": None,
    "use_proxy": True,
}
PRESENT: dict[str, Any] = {**{name: entry.get("default") for name, entry in DATA_SOURCE.items()}, **CONNECTION}
ABSENT: dict[str, Any] = {**PRESENT, "state": "absent"}
ACCESS: dict[str, Any] = {
    **{name: entry.get("default") for name, entry in DATA_SOURCE_ACCESS.items()},
    **CONNECTION,
}
INFO: dict[str, Any] = {**{name: entry.get("default") for name, entry in DATA_SOURCE_INFO.items()}, **CONNECTION}
ENTRY: dict[str, Any] = {name: entry.get("default") for name, entry in DATA_SOURCES["data_sources"]["options"].items()}
MANY: dict[str, Any] = {
    **{name: entry.get("default") for name, entry in DATA_SOURCES.items()},
    **CONNECTION,
    # One after the other, as the wire answers in the order of its script.
    "concurrency": 1,
}


ACCESS_TASK = access_module.SPEC.task
MODULES: dict[Any, str] = {
    SOURCE: "basedash_data_source",
    READ: "basedash_data_source_info",
    MANAGE: "basedash_data_sources",
    ACCESS_TASK: "basedash_data_source_access",
}


@functools.cache
def documented(module: str) -> set[str]:
    """Return the keys of a module's result, as its documentation has them."""
    source = (Path(__file__).parents[4] / "plugins" / "modules" / (module + ".py")).read_text(encoding="utf-8")
    return set(yaml.safe_load(source.split('RETURN = r"""')[1].split('"""')[0]))


def run(task: Any, wire: Wire, options: Mapping[str, Any], check_mode: bool = False) -> Report:
    """Run a task over a wire in diff mode, and check what is true of every report."""
    report = execute(
        task,
        options,
        check_mode=check_mode,
        diff_mode=True,
        transport=wire,
        clock=wire.clock(),
        progress=_quiet,
        secrets=secret_texts(DATA_SOURCE, options),
    )
    wire.finish()
    assert report.result["api"]["requests"] == len(wire.sent)
    assert report.result["api"]["retries"] == len(wire.slept)
    assert report.result["api"]["wait_seconds"] == round(sum(wire.slept), 3)
    assert isinstance(report.result["changed"], bool)
    assert set(report.result) - {"changed", "diff"} <= documented(MODULES[task])
    assert ("data_source" in report.result) == task.about_one
    assert KEY not in json.dumps([report.result, report.warnings])
    if check_mode:
        assert {request.method for request in wire.sent} <= {"GET"}
    if report.failed:
        message = report.result["msg"]
        assert message.endswith((".", "?"))
        assert "\n" not in message
        assert "Unexpected" not in message
    return report


def run_module(
    module: str, *steps: Step, check_mode: bool = False, authorization: str | None = "Bearer " + KEY, **options: Any
) -> Report:
    """Check the options of a module, and run its task over a wire with these steps."""
    spec: ModuleSpec = importlib.import_module(_MODULES + module).SPEC
    wire = Wire(*steps)
    wire.authorization = authorization
    given = {name: value for name, value in {**CONNECTION, **options}.items() if value is not None}
    try:
        checked = spec.checked(given)
    except InputError as mistake:
        assert not steps
        return spec.refused(mistake.message)
    values = {name: entry.get("default") for name, entry in spec.argument_spec.items()}
    report = execute(
        spec.task,
        {**values, **checked},
        check_mode=check_mode,
        diff_mode=True,
        transport=wire,
        clock=wire.clock(),
        progress=_quiet,
    )
    wire.finish()
    assert report.result["api"]["requests"] == len(wire.sent)
    assert set(report.result) - {"changed", "diff"} <= documented(module)
    assert KEY not in json.dumps([report.result, report.warnings])
    if report.failed:
        assert report.result["msg"].endswith((".", "?"))
        assert "Unexpected" not in report.result["msg"]
    return report


_MODULES = "ansible_collections.community.basedash.plugins.modules."


def _quiet(text: str) -> None:
    assert KEY not in text


def absent(*steps: Step, check_mode: bool = False, **options: Any) -> Report:
    """Run ``state: absent``; each step is method, path and reaction."""
    return run(SOURCE, Wire(*steps), {**ABSENT, **options}, check_mode)


def present(*steps: Step, check_mode: bool = False, **options: Any) -> Report:
    """Run ``state: present``; each step is method, path, reaction, and the body where one is to be sent."""
    return run(SOURCE, Wire(*steps), {**PRESENT, **options}, check_mode)


def access(*steps: Step, check_mode: bool = False, **options: Any) -> Report:
    """Run the access module's task."""
    return run(ACCESS_TASK, Wire(*steps), {**ACCESS, **options}, check_mode)


def info(*steps: Step, **options: Any) -> Report:
    """Run the info module's task."""
    return run(READ, Wire(*steps), {**INFO, **options})


def many(*steps: Step, check_mode: bool = False, **options: Any) -> Report:
    """Run the task of many data sources."""
    if options.get("data_sources") is not None:
        options["data_sources"] = [{**ENTRY, **entry} for entry in options["data_sources"]]
    return run(MANAGE, Wire(*steps), {**MANY, **options}, check_mode)


Build = Callable[..., Report]
