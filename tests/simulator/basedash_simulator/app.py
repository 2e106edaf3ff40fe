# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's API: every path of the OpenAPI files, answered by its family."""

from __future__ import annotations

import base64
import functools
from collections.abc import Awaitable, Callable, Mapping
from email import message_from_bytes
from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from basedash_simulator import openapi, validation, verify
from basedash_simulator.behaviour import ODD_DELETIONS, Behaviour
from basedash_simulator.errors import ApiProblem, html_page, not_found, to_json, validation_error
from basedash_simulator.families import Groups, families
from basedash_simulator.family import Family, Fields
from basedash_simulator.items import Access, DataSource, Item
from basedash_simulator.openapi import Schema
from basedash_simulator.request_log import Entry
from basedash_simulator.schema import checked_body
from basedash_simulator.simulation import Simulation
from basedash_simulator.state import Organization, Scene

# The organizations themselves: reading them needs no admin.
ORGANIZATIONS = "/api/public/organizations"
# A PNG image of one transparent pixel.
IMAGE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
LARGEST_ICON = 2 * 1024 * 1024


class Call:
    """One request: who asks, for which organization and family, and how this server does it."""

    def __init__(self, request: Request, path: str, operation: Mapping[str, Any], query: dict[str, Schema]) -> None:
        self.request = request
        self.simulation: Simulation = request.scope["app"].state.simulation
        self.entry: Entry = request.scope["simulator.entry"]
        self.operation = operation
        self.family, self.parent, _single = _place(path)
        self.key = ""
        self.scene = self._scene(path)
        self.behaviour: Behaviour = self.family.how(self.scene)
        # the parameters that this operation knows, but for the page's size
        self.query = validation.query_values(dict(request.query_params), query) if query else {}
        # whether a creation is work in the background, for which a client may wait
        self.may_wait = "wait" in query

    def id_of(self, name: str) -> str:
        """An id in the path."""
        return unquote(self.request.path_params[name])

    def _scene(self, path: str) -> Scene:
        """The organization in the path, if the key's user may do this there; else 401 or the vendor's 404."""
        scheme, separator, key = self.request.headers.get("authorization", "").partition(" ")
        self.key = key.strip()
        world = self.simulation.world
        roles = world.keys.get(self.key)
        if scheme.lower() != "bearer" or not separator or roles is None:
            raise ApiProblem(401, "Unauthorized", "Missing or invalid API key.")
        if path == ORGANIZATIONS:
            return self._scene_in(Organization(Item(families()["organizations"], {"id": ""}, 0, world.clock)))
        about_organizations = path == f"{ORGANIZATIONS}/{{id}}"
        identifier = self.id_of("id" if about_organizations else "orgId")
        role = roles.get(identifier)
        if role == "member" and not (about_organizations and self.request.method in ("GET", "HEAD")):
            if self.simulation.behaviour.member_answer == "403":
                raise ApiProblem(403, "Forbidden", "Admin access to the organization is required.")
            raise not_found(self.family.noun)
        if role is None:
            raise not_found(self.family.noun)
        return self._scene_in(world.organizations[identifier])

    def _scene_in(self, organization: Organization) -> Scene:
        def note(effect: str, item: Item, before: dict[str, Any] | None = None) -> None:
            self.simulation.note(self.entry, effect, item, before)

        simulation = self.simulation
        return Scene(simulation.world, organization, simulation.behaviour, simulation.schedule, note, self.key)

    async def body(self) -> dict[str, Any]:
        """The JSON object in the request's body, or 400."""
        return validation.parse_body(self.request.headers.get("content-type", ""), await self.request.body())

    def objects(self) -> dict[str, Item]:
        """The objects that the path is about, by id; 404 if the one that they belong to is not there."""
        found = self.family.objects(self.scene)
        if self.family.name == "organizations":
            roles = self.simulation.world.keys[self.key]
            return {identifier: item for identifier, item in found.items() if identifier in roles}
        if self.parent is None:
            return found
        parent_family, field, parameter = self.parent
        parent = self.id_of(parameter)
        self.there(families()[parent_family], parent)
        return {identifier: item for identifier, item in found.items() if item.fields[field] == parent}

    def there(self, family: Family, identifier: str) -> Item:
        """An object that is not deleted, or the vendor's 404."""
        item = family.objects(self.scene).get(identifier)
        if item is None or item.deleted_at is not None:
            raise not_found(family.noun)
        item.settle(family.how(self.scene))
        return item

    def item(self) -> Item:
        """The object in the path, deleted or not, or 404."""
        parameter = [name for name in self.request.path_params if name != "orgId"][-1]
        item = self.objects().get(self.id_of(parameter))
        if item is None:
            raise not_found(self.family.noun)
        return item

    def shown(self, item: Item, reading: str = "get") -> Fields:
        """The object as a write answers it."""
        return self.family.shown(self.scene, item.fields, reading)


Handler = Callable[[Call], Awaitable[Response]]


@functools.cache
def _place(path: str) -> tuple[Family, tuple[str, str, str] | None, bool]:
    """The family of a path, and the family, the field and the path's parameter that say what it belongs to."""
    name, _parent, single = openapi.parsed(path)
    parts = path.removeprefix(ORGANIZATIONS + "/{orgId}/").split("/")
    known = families()
    if name not in known or path.startswith(openapi.OTHER_PATHS):
        # an operation on one object, such as verify or access, belongs to the family before it
        name = parts[0] if parts[0] in known else "organizations"
        return known[name], None, False
    if len(parts) < 3:
        return known[name], None, single
    return known[name], (parts[0], f"{parts[0].removesuffix('s')}Id", parts[1].strip("{}")), single


async def list_objects(call: Call) -> Response:
    """One page of a family, newest first."""
    behaviour, family, query = call.behaviour, call.family, call.query
    refuse_reading(behaviour.list, family)
    objects = call.objects()
    deleted_too = bool(query.get("includeArchived"))
    # a parameter that is called like a field chooses by it
    wanted = {name: value for name, value in query.items() if name in family.settable}
    found = []
    for item in objects.values():
        fields = item.seen(behaviour, "list", deleted_too)
        if fields is not None and not (wanted and any(fields.get(name) != wanted[name] for name in wanted)):
            found.append((order(item, fields, behaviour), item.id, fields))
    backwards = behaviour.list_order in ("newest_first", "last_changed_first")
    found.sort(key=lambda one: one[0], reverse=backwards)
    cursor = query.get("cursor")
    if cursor:
        last = objects.get(cursor)
        shown = last.seen(behaviour, "list", deleted_too) if last is not None else None
        if last is None or (shown is None and behaviour.deleted_cursor == "refused"):
            raise validation_error(f"cursor: no such {family.noun.lower()}.")
        if shown is None and behaviour.deleted_cursor == "empty":
            found = []
        border = order(last, shown or last.fields, behaviour)
        found = [one for one in found if (one[0] < border if backwards else one[0] > border)]
    size = validation.page_size(call.request.query_params.get("limit"))
    page, more = found[:size], len(found) > size
    pagination = {"nextCursor": page[-1][1] if more else None, "hasMore": more}
    data = [family.shown(call.scene, fields, "list") for _order, _id, fields in page]
    return answer(200, {"data": data, "pagination": pagination})


def order(item: Item, fields: Fields, behaviour: Behaviour) -> tuple[Any, ...]:
    """What a list is sorted by."""
    if behaviour.list_order == "by_name":
        return item.family.title_of(item), *item.age
    if behaviour.list_order == "last_changed_first":
        return str(fields.get("updatedAt", "")), *item.age
    return item.age


async def create_object(call: Call) -> Response:
    """Create an object."""
    call.objects()
    settings = call.family.settings(await call.body(), call.family.collection.create, call.behaviour)
    if call.family.parent is not None and call.parent is not None:
        settings.fields[call.parent[1]] = call.id_of(call.parent[2])
    item = call.family.create(call.scene, settings)
    if not call.may_wait:
        return answer(call.behaviour.create_status, {"data": organization_secret(call, call.shown(item, "created"))})
    wait = bool(call.query.get("wait"))
    if wait and item.due is not None:
        item.due = item.clock.now()
        item.settle(call.behaviour)
    return answer(200 if wait else 202, {"data": call.shown(item, "created")})


async def get_object(call: Call) -> Response:
    """Fetch one object."""
    refuse_reading(call.behaviour.single_get, call.family)
    fields = call.item().seen(call.behaviour, "get")
    if fields is None:
        raise not_found(call.family.noun)
    return answer(200, {"data": organization_secret(call, call.family.shown(call.scene, fields))})


async def update_object(call: Call) -> Response:
    """Change an object."""
    item = call.item()
    if item.deleted_at is not None and call.behaviour.change_of_deleted == "404":
        raise not_found(call.family.noun)
    item.settle(call.behaviour)
    settings = call.family.settings(await call.body(), call.family.collection.update, call.behaviour)
    call.family.update(call.scene, item, settings)
    return answer(200, {"data": organization_secret(call, call.shown(item))})


async def delete_object(call: Call) -> Response:
    """Delete an object, or archive or deactivate it, as its family does."""
    item = call.item()
    item.settle(call.behaviour)
    again = item.deleted_at is not None
    if again and call.behaviour.second_delete == "404":
        raise not_found(call.family.noun)
    if again and call.behaviour.second_delete == "409":
        raise ApiProblem(409, "Conflict", f"This {call.family.noun.lower()} is deleted already.")
    if not again:
        call.family.delete(call.scene, item)
    form = call.behaviour.delete_answer
    if form == "204":
        return Response(status_code=204)
    if form in ODD_DELETIONS:
        return answer(200, ODD_DELETIONS[form])
    return answer(int(form), {"data": call.shown(item)})


def organization_secret(call: Call, shown: Fields) -> Fields:
    """Add the secret of an organization if an admin asks for it."""
    if call.query.get("include") == "jwtSecret" and call.simulation.world.keys[call.key].get(shown["id"]) == "admin":
        shown["jwtSecret"] = call.simulation.world.organizations[shown["id"]].item.fields["jwtSecret"]
    return shown


async def verify_credentials(call: Call) -> Response:
    """Try credentials without saving anything."""
    schema = openapi.body_schema(call.operation)
    assert schema is not None
    settings = call.family.settings(await call.body(), schema, call.behaviour)
    return answer(200, {"data": verify.answer(settings, call.behaviour.verify_failure)})


def _source(call: Call) -> DataSource:
    source = call.there(call.family, call.id_of("id"))
    assert isinstance(source, DataSource)
    if not source.has_access_policy(call.behaviour):
        raise not_found(call.family.noun)
    return source


async def get_access(call: Call) -> Response:
    """Read who may query a data source."""
    return _policy(call, _source(call))


async def put_access(call: Call) -> Response:
    """Replace the policy of a data source."""
    source, organization = _source(call), call.scene.organization
    schema = openapi.body_schema(call.operation)
    assert schema is not None
    body = checked_body(await call.body(), schema)
    # without repetitions, in the order given
    groups, members = (list(dict.fromkeys(body.get(name, []))) for name in ("groupIds", "memberIds"))
    for name, given, family in (("groupIds", groups, "groups"), ("memberIds", members, "members")):
        known = organization.of(family)
        deleted = {one for one in known if family == "groups" and known[one].deleted_at is not None}
        if call.behaviour.unknown_grants == "refused" and not set(given) <= known.keys() - deleted:
            raise validation_error(f"{name}: not all of these belong to the organization.")
    mode = body["mode"]
    if mode == "everyone":
        groups, members = [], []
    elif not groups and not members:
        if call.behaviour.restricted_with_nobody == "refused":
            raise validation_error("restricted: at least one group or member is needed.")
        mode = "restricted" if call.behaviour.restricted_with_nobody == "accepted" else "everyone"
    before = call.family.held(source)
    source.access = Access(mode, groups, members)
    call.scene.note("updated", source, before)
    return _policy(call, source)


def _policy(call: Call, source: DataSource) -> Response:
    data = {"dataSourceId": source.id, **source.access.as_dict()}
    if not call.behaviour.access_mode_in_answer:
        del data["mode"]
    return answer(200, {"data": data})


def _group(call: Call) -> tuple[Groups, Item]:
    assert isinstance(call.family, Groups)
    return call.family, call.there(call.family, call.id_of("id"))


async def add_group_member(call: Call) -> Response:
    """Add a member to a group."""
    family, group = _group(call)
    schema = openapi.body_schema(call.operation)
    assert schema is not None
    body = checked_body(await call.body(), schema)
    member = family.add_member(call.scene, group, body)
    return answer(call.behaviour.create_status, {"data": {"groupId": group.id, "memberId": member}})


async def list_group_members(call: Call) -> Response:
    """The members of a group, which no document has."""
    refuse_missing(call.behaviour.membership_list)
    family, group = _group(call)
    data = family.members(call.scene, group.fields["memberIds"])
    return answer(200, {"data": data, "pagination": {"nextCursor": None, "hasMore": False}})


async def remove_group_member(call: Call) -> Response:
    """Take a member out of a group, which no document has."""
    refuse_missing(call.behaviour.membership_removal)
    family, group = _group(call)
    member = call.id_of("memberId")
    if member not in group.fields["memberIds"]:
        raise not_found("Membership")
    family.set_members(call.scene, group, [one for one in group.fields["memberIds"] if one != member])
    return Response(status_code=204)


async def upload_icon(call: Call) -> Response:
    """Take the icon of an organization."""
    content_type = call.request.headers.get("content-type", "")
    body = await call.request.body()
    # latin-1 has a byte for each header character, whatever the client sent
    message = message_from_bytes(b"content-type: " + content_type.encode("latin-1") + b"\r\n\r\n" + body)
    parts = message.get_payload() if message.get_content_type() == "multipart/form-data" else []
    names = [one.get_param("name", header="content-disposition") for one in parts if not isinstance(one, str)]
    if "icon" not in names:
        raise validation_error("icon: a file is needed.")
    if len(body) > LARGEST_ICON:
        raise validation_error("icon: the file is too large.")
    return answer(call.behaviour.create_status, {"data": {"id": call.scene.organization.id}})


async def get_ai_usage(call: Call) -> Response:
    """What the members used; not wrapped in data."""
    people = call.scene.organization.there("members")
    usage = [
        {"userId": one.fields["userId"], "memberId": one.id, "email": one.fields["user"]["email"], "usage": 1.5}
        for one in people
    ]
    period = {"billingPeriodStart": "2026-01-01T00:00:00.000Z", "billingPeriodEnd": "2026-02-01T00:00:00.000Z"}
    return answer(200, {"totalUsage": 1.5 * len(usage), **period, "memberUsage": usage})


async def get_chart_image(call: Call) -> Response:
    """Draw a chart; all charts look the same here."""
    call.there(call.family, call.id_of("id"))
    return Response(IMAGE, media_type="image/png")


async def cancel_message(call: Call) -> Response:
    """Stop the answer to a message of a chat."""
    chats, messages = families()["chats"], families()["messages"]
    call.there(chats, call.id_of("id"))
    message = call.there(messages, call.id_of("messageId"))
    return answer(200, {"data": messages.shown(call.scene, message.fields)})


# Operations that are not one of the usual five on a family.
SPECIAL: dict[str, Handler] = {
    "verifyDataSource": verify_credentials,
    "getDataSourceAccess": get_access,
    "putDataSourceAccess": put_access,
    "addGroupMember": add_group_member,
    "uploadOrganizationIcon": upload_icon,
    "getAiUsage": get_ai_usage,
    "getChartImage": get_chart_image,
    "cancelChatMessage": cancel_message,
}
USUAL: dict[tuple[str, bool], Handler] = {
    ("get", False): list_objects,
    ("post", False): create_object,
    ("get", True): get_object,
    ("patch", True): update_object,
    ("delete", True): delete_object,
}
MEMBERS_OF_GROUP = openapi.OTHER_PATHS[0]


async def openapi_description(request: Request) -> Response:
    """The OpenAPI document as JSON; no key is needed."""
    return Response(_openapi_json(), media_type="application/json")


def answer(status: int, body: Any) -> Response:
    """A JSON answer."""
    return Response(to_json(body), status, media_type="application/json")


def openapi_document() -> dict[str, Any]:
    """The OpenAPI document that is shipped with the package."""
    return openapi.document()


@functools.cache
def _openapi_json() -> bytes:
    return to_json(openapi_document())


def refuse_reading(how: bool | str, family: Family) -> None:
    """Answer as a server does that lacks this reading; `how` is the value of the switch."""
    if how is not True:
        refuse_missing(str(how), family.noun)


def refuse_missing(how: str, noun: str = "Member") -> None:
    """Answer as a server does that lacks something; `how` is the value of the switch."""
    if how == "404":
        raise not_found(noun)
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


def _route(path: str, item: Mapping[str, Any], more: Mapping[str, Handler]) -> Route:
    """A path of the document with the handler of each of its methods."""
    single = _place(path)[2]
    known: dict[str, tuple[Handler, Mapping[str, Any], dict[str, Schema]]] = {
        method.upper(): (handler, {}, {}) for method, handler in more.items()
    }
    for method in openapi.METHODS:
        if method in item:
            operation = item[method]
            handler = SPECIAL.get(operation["operationId"]) or USUAL[method, single]
            known[method.upper()] = handler, operation, openapi.query_schemas(item, method)

    async def endpoint(request: Request) -> Response:
        found = known.get("GET" if request.method == "HEAD" else request.method)
        if found is None:
            raise HTTPException(405, headers={"Allow": ", ".join(known)})
        handler, operation, query = found
        return await handler(Call(request, path, operation, query))

    # all of them, else another path that fits takes what this one refuses: a data source that is called verify
    return Route(path, endpoint, methods=[method.upper() for method in openapi.METHODS])


@functools.cache
def _routes() -> list[Route]:
    paths = openapi.document()["paths"]
    routes = [Route("/api/public/openapi", openapi_description)]
    # before the route of one data source: no id is called verify
    for path in sorted(paths, key=lambda path: not path.endswith("/verify")):
        more = {"get": list_group_members} if path == MEMBERS_OF_GROUP else {}
        routes.append(_route(path, paths[path], more))
    routes.append(_route(MEMBERS_OF_GROUP + "/{memberId}", {}, {"delete": remove_group_member}))
    return routes


def make_api(simulation: Simulation) -> Starlette:
    """The vendor's API as an application; paths reach it percent-encoded, so that an id may hold a slash."""
    app = Starlette(
        routes=list(_routes()),
        exception_handlers={ApiProblem: _problem, 404: _no_such_page, 405: _wrong_method},
    )
    # a trailing slash is another path, not a reason for a redirect
    app.router.redirect_slashes = False
    app.state.simulation = simulation
    return app
