# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The routes of the vendor's API."""

from __future__ import annotations

import functools
from abc import abstractmethod
from collections.abc import Callable, Sequence
from importlib import resources
from typing import Any, TypeVar
from urllib.parse import unquote

import yaml
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from basedash_simulator import state, validation, verify
from basedash_simulator.behaviour import ODD_DELETIONS
from basedash_simulator.effects import as_held
from basedash_simulator.errors import ApiProblem, html_page, not_found, to_json, validation_error
from basedash_simulator.objects import answer_object
from basedash_simulator.people import Person, ids
from basedash_simulator.request_log import Entry
from basedash_simulator.simulation import Simulation
from basedash_simulator.state import Access, DataSource, Organization

ORGANIZATION = "/api/public/organizations/{organization}"
SOURCES = ORGANIZATION + "/data-sources"


Item = TypeVar("Item", DataSource, Person)


class Api(HTTPEndpoint):
    """What all endpoints share: who asks, for which organization and data source."""

    @property
    def simulation(self) -> Simulation:
        found = self.scope["app"].state.simulation
        assert isinstance(found, Simulation)
        return found

    @property
    def entry(self) -> Entry:
        found = self.scope["simulator.entry"]
        assert isinstance(found, Entry)
        return found

    def organization(self, request: Request) -> Organization:
        """The organization in the path, if the request's key is an admin's; else 401 or the vendor's 404."""
        scheme, separator, key = request.headers.get("authorization", "").partition(" ")
        roles = self.simulation.world.keys.get(key.strip())
        if scheme.lower() != "bearer" or not separator or roles is None:
            raise ApiProblem(401, "Unauthorized", "Missing or invalid API key.")
        identifier = unquote(request.path_params["organization"])
        role = roles.get(identifier)
        if role == "member" and self.simulation.behaviour.member_answer == "403":
            raise ApiProblem(403, "Forbidden", "Admin access to the organization is required.")
        if role != "admin":
            raise not_found()
        return self.simulation.world.organizations[identifier]

    def source(self, request: Request, organization: Organization) -> DataSource:
        """The data source in the path, or 404."""
        return organization.find(unquote(request.path_params["id"]), self.simulation.behaviour)

    def shown(self, source: DataSource) -> dict[str, Any]:
        """The object of a data source as this server answers it."""
        return answer_object(source.fields, self.simulation.behaviour)

    def object_in(self, source: DataSource | None, reading: str) -> dict[str, Any]:
        """The object as a reading ("list" or "get") shows it, which may be that of earlier, or 404."""
        fields = source.seen(self.simulation.behaviour, reading) if source is not None else None
        if fields is None:
            raise not_found()
        return answer_object(fields, self.simulation.behaviour)


class DataSources(Api):
    """List and create."""

    async def get(self, request: Request) -> Response:
        """List the data sources of an organization, newest first."""
        organization = self.organization(request)
        behaviour = self.simulation.behaviour
        refuse_reading(behaviour.list)
        found = organization.listed(behaviour)
        cursor = request.query_params.get("cursor")
        if cursor:
            found = self._after(cursor, organization, found)
        return one_page(request, found, lambda source: self.object_in(source, "list"))

    async def post(self, request: Request) -> Response:
        """Create a data source."""
        organization = self.organization(request)
        settings = validation.create_settings(await read_body(request))
        source = self.simulation.world.create(organization, settings, self.simulation.behaviour)
        self.simulation.note(self.entry, "created", source)
        return answer(self.simulation.behaviour.create_status, {"data": self.shown(source)})

    def _after(self, cursor: str, organization: Organization, found: list[DataSource]) -> list[DataSource]:
        last = organization.sources.get(cursor)
        behaviour = self.simulation.behaviour
        gone = last is None or last.seen(behaviour, "list") is None
        if last is None or (gone and behaviour.deleted_cursor == "refused"):
            raise validation_error("cursor: no such data source.")
        if gone and behaviour.deleted_cursor == "empty":
            return []
        return [source for source in found if source.age < last.age]


class OneDataSource(Api):
    """Get, change and delete."""

    async def get(self, request: Request) -> Response:
        """Fetch one data source."""
        organization = self.organization(request)
        refuse_reading(self.simulation.behaviour.single_get)
        source = organization.sources.get(unquote(request.path_params["id"]))
        return answer(200, {"data": self.object_in(source, "get")})

    async def patch(self, request: Request) -> Response:
        """Change a data source."""
        organization = self.organization(request)
        source = self.source(request, organization)
        settings = validation.update_settings(await read_body(request))
        before = as_held(source)
        state.update(organization, source, settings, self.simulation.behaviour)
        self.simulation.note(self.entry, "updated", source, before)
        return answer(200, {"data": self.shown(source)})

    async def delete(self, request: Request) -> Response:
        """Soft-delete a data source."""
        source = self.source(request, self.organization(request))
        state.delete(source, self.simulation.behaviour, self.simulation.schedule)
        self.simulation.note(self.entry, "deleted", source)
        form = self.simulation.behaviour.delete_answer
        if form == "204":
            return Response(status_code=204)
        if form in ODD_DELETIONS:
            return answer(200, ODD_DELETIONS[form])
        return answer(int(form), {"data": self.shown(source)})


class Verify(Api):
    """Try credentials."""

    async def post(self, request: Request) -> Response:
        """Try credentials without saving anything."""
        self.organization(request)
        settings = validation.verify_settings(await read_body(request))
        return answer(200, {"data": verify.answer(settings, self.simulation.behaviour.verify_failure)})


class AccessPolicy(Api):
    """Who may query a data source."""

    async def get(self, request: Request) -> Response:
        """Read the policy."""
        return self._policy(self._source(request, self.organization(request)))

    async def put(self, request: Request) -> Response:
        """Replace the policy."""
        organization = self.organization(request)
        source = self._source(request, organization)
        body = await read_body(request)
        mode = body.get("mode")
        groups, members = validation.access_ids(body, "groupIds"), validation.access_ids(body, "memberIds")
        if mode not in ("everyone", "restricted"):
            raise validation_error("mode: everyone or restricted is expected.")
        for name, given, known in (
            ("groupIds", groups, organization.groups),
            ("memberIds", members, organization.members),
        ):
            if self.simulation.behaviour.unknown_grants == "refused" and not set(given) <= set(ids(known)):
                raise validation_error(f"{name}: not all of these belong to the organization.")
        if mode == "everyone":
            groups, members = [], []
        elif not groups and not members:
            mode = self._nobody()
        before = as_held(source)
        source.access = Access(mode, groups, members)
        self.simulation.note(self.entry, "updated", source, before)
        return self._policy(source)

    def _source(self, request: Request, organization: Organization) -> DataSource:
        source = self.source(request, organization)
        if not source.has_access_policy(self.simulation.behaviour):
            raise not_found()
        return source

    def _nobody(self) -> str:
        wanted = self.simulation.behaviour.restricted_with_nobody
        if wanted == "refused":
            raise validation_error("restricted: at least one group or member is needed.")
        return "restricted" if wanted == "accepted" else "everyone"

    def _policy(self, source: DataSource) -> Response:
        access = source.access
        data = {
            "dataSourceId": source.id,
            "mode": access.mode,
            "groupIds": access.group_ids,
            "memberIds": access.member_ids,
        }
        if not self.simulation.behaviour.access_mode_in_answer:
            del data["mode"]
        return answer(200, {"data": data})


class People(Api):
    """What groups and members share: a list, newest first, and one by id."""

    what = "Person"

    @abstractmethod
    def everybody(self, organization: Organization) -> list[Person]:
        """All of this kind, oldest first."""

    @abstractmethod
    def listed(self, found: list[Person]) -> list[Person]:
        """Those that the list shows; refuses the reading if this server has no such list."""

    async def get(self, request: Request) -> Response:
        """List, or fetch the one in the path."""
        found = self.everybody(self.organization(request))
        if "id" in request.path_params:
            wanted = unquote(request.path_params["id"])
            for person in found:
                if person.id == wanted:
                    return answer(200, {"data": dict(person.fields)})
            raise not_found(self.what)
        found = sorted(self.listed(found), key=lambda person: str(person.fields["createdAt"]), reverse=True)
        cursor = request.query_params.get("cursor")
        if cursor:
            if cursor not in ids(found):
                raise validation_error(f"cursor: no such {self.what.lower()}.")
            found = found[ids(found).index(cursor) + 1 :]
        return one_page(request, found, lambda person: dict(person.fields))


class Groups(People):
    """Groups."""

    what = "Group"

    def everybody(self, organization: Organization) -> list[Person]:
        """The groups."""
        return organization.groups

    def listed(self, found: list[Person]) -> list[Person]:
        """All of them."""
        refuse_reading(self.simulation.behaviour.groups_list)
        return found


class Members(People):
    """Members with their users."""

    what = "Member"

    def everybody(self, organization: Organization) -> list[Person]:
        """The members, deactivated ones too."""
        return organization.members

    def listed(self, found: list[Person]) -> list[Person]:
        """All of them, or the active ones."""
        behaviour = self.simulation.behaviour
        refuse_reading(behaviour.members_list)
        return [one for one in found if one.active or behaviour.deactivated_members == "listed"]


class OpenApi(HTTPEndpoint):
    """The description of this API; no key is needed."""

    async def get(self, request: Request) -> Response:
        """The OpenAPI document as JSON."""
        return Response(_openapi_json(), media_type="application/json")


def answer(status: int, body: Any) -> Response:
    """A JSON answer."""
    return Response(to_json(body), status, media_type="application/json")


def one_page(request: Request, found: Sequence[Item], shown: Callable[[Item], dict[str, Any]]) -> Response:
    """The first page of what is left to list, as large as the query asks for."""
    size = validation.page_size(request.query_params.get("limit"))
    page, more = found[:size], len(found) > size
    pagination = {"nextCursor": page[-1].id if more else None, "hasMore": more}
    return answer(200, {"data": [shown(item) for item in page], "pagination": pagination})


def openapi_document() -> dict[str, Any]:
    """The OpenAPI document that is shipped with the package."""
    text = resources.files("basedash_simulator").joinpath("openapi.yaml").read_text(encoding="utf-8")
    document = yaml.safe_load(text)
    assert isinstance(document, dict)
    return document


@functools.cache
def _openapi_json() -> bytes:
    return to_json(openapi_document())


async def read_body(request: Request) -> dict[str, Any]:
    """The JSON object in the request's body, or 400."""
    return validation.parse_body(request.headers.get("content-type", ""), await request.body())


def refuse_reading(how: bool | str) -> None:
    """Answer as a server does that lacks this reading; `how` is the value of the switch."""
    if how == "404":
        raise not_found()
    if how == "404_html":
        raise HTTPException(404)
    if how == "405":
        raise ApiProblem(405, "MethodNotAllowed", "This method is not allowed here.")
    if how == "501":
        raise ApiProblem(501, "NotImplemented", "This server does not know this method.")


async def _problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, ApiProblem)
    return answer(problem.status, problem.body())


async def _no_such_page(request: Request, problem: Exception) -> Response:
    return HTMLResponse(html_page("404 Not Found"), 404)


async def _wrong_method(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    error = ApiProblem(405, "MethodNotAllowed", "This method is not allowed here.")
    return Response(to_json(error.body()), 405, headers=dict(problem.headers or {}), media_type="application/json")


def make_api(simulation: Simulation) -> Starlette:
    """The vendor's API as an application; paths reach it percent-encoded, so that an id may hold a slash."""
    app = Starlette(
        routes=[
            Route("/api/public/openapi", OpenApi),
            Route(SOURCES, DataSources),
            # before the route of one data source: no id is called verify
            Route(SOURCES + "/verify", Verify),
            Route(SOURCES + "/{id}", OneDataSource),
            Route(SOURCES + "/{id}/access", AccessPolicy),
            Route(ORGANIZATION + "/groups", Groups),
            Route(ORGANIZATION + "/groups/{id}", Groups),
            Route(ORGANIZATION + "/members", Members),
            Route(ORGANIZATION + "/members/{id}", Members),
        ],
        exception_handlers={ApiProblem: _problem, 404: _no_such_page, 405: _wrong_method},
    )
    # a trailing slash is another path, not a reason for a redirect
    app.router.redirect_slashes = False
    app.state.simulation = simulation
    return app
