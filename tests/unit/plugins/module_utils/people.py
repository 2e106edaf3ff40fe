# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An organization with members, groups and data sources, with a switch for each unknown."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.community.basedash.plugins.module_utils._base.errors import InputError
from ansible_collections.community.basedash.plugins.module_utils._engine.input_check import checked
from ansible_collections.community.basedash.plugins.module_utils._engine.module_spec import ModuleSpec
from ansible_collections.community.basedash.plugins.module_utils._engine.task import Report
from ansible_collections.community.basedash.plugins.module_utils._http.caller import Caller
from ansible_collections.community.basedash.plugins.module_utils._http.transport import (
    RawAnswer,
    Request,
    TransportError,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    CONNECTION,
    HTML,
    KEY,
    NOT_FOUND,
    URL,
    Wire,
    answer,
    error,
    page,
)

ROOT = "/api/public/organizations/org_1/"
NOW, LONG_AGO = "2026-11-24T12:00:00.000Z", "2026-01-01T00:00:00.000Z"


def person(identifier: str, role: str = "MEMBER", gone: bool = False) -> dict[str, Any]:
    """Return a member; the address is the id with some letters in upper case."""
    user = {
        "id": "user_" + identifier,
        "email": identifier.title() + "@example.com",
        "fullName": None,
        "avatarUrl": None,
    }
    return {
        "id": identifier,
        "createdAt": LONG_AGO,
        "deactivatedAt": "2026-02-01T00:00:00.000Z" if gone else None,
        "role": role,
        "userId": user["id"],
        "organizationId": "org_1",
        "user": user,
    }


class Fault(NamedTuple):
    """What happens at the first request whose beginning is ``step``; with ``works``, the server does its work."""

    step: str
    reaction: Any
    works: bool = False


class Organization(Wire):
    """The server. ``log`` has the requests in short, such as "POST groups/g1/members"."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__()
        self.beside = {}
        self.faults = list(faults)
        self.log: list[str] = []
        self.bodies: list[Any] = []
        everybody = [person("ada", "ADMIN"), person("ben"), person("cleo"), person("dora", gone=True)]
        self.members = {one["id"]: one for one in everybody}
        self.groups: dict[str, dict[str, Any]] = {
            "g1": {"id": "g1", "name": "Analysts", "members": ["ada", "ben"]},
            "g2": {"id": "g2", "name": "a, b", "members": []},
        }
        self.policies: dict[str, Any] = {"ds_1": {"mode": "everyone", "groupIds": [], "memberIds": []}}
        self.shown, self.removal, self.again = "members", "works", "200"
        self.lists_gone, self.role_kept, self.invited_again = True, False, 409
        self.single_get = True

    @property
    def writes(self) -> list[str]:
        """The requests that were no readings."""
        return [step for step in self.log if not step.startswith("GET")]

    def send(self, request: Request, timeout: float) -> RawAnswer:
        self.sent.append(request)
        self.time += self.seconds_per_request
        path = unquote(urlsplit(request.url[len(URL) :]).path[len(ROOT) :])
        step = "%s %s" % (request.method, path)
        self.log.append(step)
        for fault in self.faults:
            if step.startswith(fault.step):
                self.faults.remove(fault)
                if callable(fault.reaction):
                    fault.reaction(self)
                    break
                if fault.works:
                    self._work(request, path)
                if isinstance(fault.reaction, TransportError):
                    raise fault.reaction
                assert isinstance(fault.reaction, RawAnswer)
                return fault.reaction
        return self._work(request, path)

    def _work(self, request: Request, path: str) -> RawAnswer:
        family, *rest = path.split("/")
        body = json.loads(request.body or b"null")
        if body is not None:
            self.bodies.append(body)
        if rest[1:] == ["access"] and rest[0] not in self.policies:
            return NOT_FOUND
        if rest[1:] == ["access"]:
            return answer(200, {"data": {"dataSourceId": rest[0], **self.policies[rest[0]]}})
        if rest[1:2] == ["members"]:
            return self._membership(request.method, self.groups.get(rest[0]), rest[2:], body)
        if family == "data-sources":
            return page(*({"id": one, "displayName": "source " + one} for one in self.policies))
        objects = self.members if family == "members" else self.groups
        if not rest and request.method == "GET":
            return page(
                *(self.seen(one) for one in objects.values() if self.lists_gone or not one.get("deactivatedAt"))
            )
        if not rest:
            return self._invite(body) if family == "members" else self._create(body)
        there = objects.get(rest[0])
        if there is None or (request.method == "GET" and not self.single_get):
            return NOT_FOUND
        if request.method == "DELETE":
            if family == "groups":
                del self.groups[rest[0]]
            else:
                there["deactivatedAt"] = NOW
            return answer(204)
        if request.method == "PATCH":
            for name, value in body.items():
                (there["user"] if name in ("fullName", "avatarUrl") else there)[name] = value
        return answer(200, {"data": self.seen(there)})

    def seen(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return an object as answers show it."""
        if "members" not in values:
            return dict(values)
        shown = {name: value for name, value in values.items() if name != "members"}
        if self.shown == "members":
            shown["members"] = [self.members[one] for one in values["members"]]
        elif self.shown == "memberIds":
            shown["memberIds"] = values["members"]
        return shown

    def _create(self, body: Any) -> RawAnswer:
        made = {"id": "g%d" % (len(self.groups) + 1), "name": body["name"], "members": []}
        self.groups = {made["id"]: made, **self.groups}
        return answer(201, {"data": self.seen(made)})

    def named(self, email: str) -> dict[str, Any] | None:
        """Return the member with this address, deactivated or not."""
        return next((one for one in self.members.values() if one["user"]["email"].lower() == email.lower()), None)

    def _invite(self, body: Any) -> RawAnswer:
        there = self.named(body["email"])
        if there is None:
            there = {**person(body["email"].partition("@")[0].lower()), "createdAt": NOW}
            there["user"]["email"] = body["email"]
            there["role"] = body.get("role", "MEMBER")
            self.members = {there["id"]: there, **self.members}
        elif there["deactivatedAt"] is None and self.invited_again != 200:
            return error(self.invited_again, "This person is a member already.", "Conflict")
        elif there["deactivatedAt"] is not None:
            there["deactivatedAt"] = None
            there["role"] = there["role"] if self.role_kept else body.get("role", "MEMBER")
        return answer(201, {"data": self.seen(there)})

    def _membership(self, method: str, group: dict[str, Any] | None, rest: Sequence[str], body: Any) -> RawAnswer:
        if group is None:
            return NOT_FOUND
        members = group["members"]
        if method == "GET":
            return page(*(self.members[one] for one in members)) if self.shown == "list" else HTML
        if method == "POST":
            assert list(body) == ["memberId"], "an address could invite somebody"
            if body["memberId"] in members:
                return error(409, "This member is in the group already.", "Conflict")
            members.append(body["memberId"])
            return answer(201, {"data": {"groupId": group["id"], **body}})
        if self.removal != "works":
            return {"html": HTML, "404": NOT_FOUND, "405": error(405), "501": error(501)}[self.removal]
        if rest[0] not in members:
            return NOT_FOUND
        members.remove(rest[0])
        return answer(204)


Change = Callable[[Organization], Any]


def run(spec: ModuleSpec, server: Organization, check_mode: bool = False, **given: Any) -> Report:
    """Run a module as Ansible does, from the options as they came, and check what is true of every report."""
    sent, slept = len(server.sent), len(server.slept)
    try:
        options = checked(spec.argument_spec, spec.rules, {**CONNECTION, **given}, environment={})
    except InputError as refused:
        return spec.refused(refused.message)
    found = ArgumentSpecValidator(spec.argument_spec, required_one_of=spec.required_one_of).validate(options)
    assert not found.error_messages, found.error_messages
    caller = Caller(server, check_mode=check_mode, diff_mode=True, clock=server.clock())
    report = spec.run(found.validated_parameters, caller)
    result = report.result
    assert result["api"]["requests"] == len(server.sent) - sent
    assert result["api"]["retries"] == len(server.slept) - slept
    assert KEY not in json.dumps([result, report.warnings, report.progress])
    if check_mode:
        assert {request.method for request in server.sent[sent:]} <= {"GET"}
    if report.failed:
        assert result["msg"].endswith((".", "?"))
        assert "\n" not in result["msg"]
        assert "Unexpected" not in result["msg"], result["msg"]
    return report
