# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API, for tests: look into the server, change it, make it fail."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from basedash_simulator import seed
from basedash_simulator.errors import ApiProblem, SeedError, to_json
from basedash_simulator.families import families
from basedash_simulator.items import Item
from basedash_simulator.simulation import Simulation


class Control:
    """The handlers; every answer is JSON."""

    def __init__(self, simulation: Simulation, stop: Callable[[], None]) -> None:
        self._simulation = simulation
        self._stop = stop

    async def state(self, request: Request) -> Response:
        """GET: everything the server holds."""
        return _json(self._simulation.state())

    async def requests(self, request: Request) -> Response:
        """GET: the log, with `after` from behind that number on. DELETE: clear it."""
        if request.method == "DELETE":
            self._simulation.log.clear()
            self._simulation.effects.clear()
        return _json(self._simulation.log.as_list(_after(request)))

    async def effects(self, request: Request) -> Response:
        """GET: who did what, with `after` from behind that number on."""
        return _json(self._simulation.effects.as_list(_after(request)))

    async def reset(self, request: Request) -> Response:
        """POST: start anew, from the seed or from another one in the body."""
        body = await request.body()
        self._simulation.reset(_parsed(body) if body.strip() else None)
        return _json({"reset": True})

    async def behaviour(self, request: Request) -> Response:
        """GET: the switches. POST: turn some."""
        if request.method == "POST":
            self._simulation.behaviour.change(_parsed(await request.body()))
        return _json(self._simulation.behaviour.as_dict())

    async def data_sources(self, request: Request) -> Response:
        """POST: seed more data sources."""
        return self._seed_more("data-sources", "data_sources", _parsed(await request.body()))

    async def objects(self, request: Request) -> Response:
        """GET: all objects of a family, or of one organization. POST: seed more."""
        family = self._family(request)
        if request.method == "POST":
            return self._seed_more(family, "objects", _parsed(await request.body()))
        return _json(self._simulation.objects(family, request.query_params.get("organization")))

    async def one_object(self, request: Request) -> Response:
        """GET: an object. PATCH: change it, as if it had always been like this. DELETE: remove every trace of it."""
        family, identifier = self._family(request), request.path_params["id"]
        kind, item = families()[family], self._item(family, identifier)
        if request.method == "PATCH":
            given = _parsed(await request.body())
            if not isinstance(given, dict) or not set(given) <= kind.settable:
                raise SeedError("a mapping of known fields to values is needed.")
            kind.write(item, given)
            item.past.clear()
        elif request.method == "DELETE":
            for organization in self._simulation.world.organizations.values():
                organization.of(family).pop(identifier, None)
        return _json(kind.state(item, self._simulation.behaviour.of(family)))

    def _family(self, request: Request) -> str:
        family = str(request.path_params["family"])
        if family not in families():
            raise SeedError(f"there is no family {family!r}; there are {', '.join(families())}.")
        return family

    def _item(self, family: str, identifier: str) -> Item:
        for item in self._simulation.world.all_of(family):
            if item.id == identifier:
                return item
        raise SeedError(f"there is no object {identifier!r} in {family}.")

    def _seed_more(self, family: str, key: str, body: Any) -> Response:
        world = self._simulation.world
        if not isinstance(body, dict) or body.get("organization") not in world.organizations:
            raise SeedError("organization: a known organization is needed.")
        if family == "organizations":
            raise SeedError("organizations are in the seed, or are created by the API.")
        organization = world.organizations[body["organization"]]
        return _json({"ids": seed.add_objects(world, organization, family, body.get(key), key)})

    async def faults(self, request: Request) -> Response:
        """GET: the rules. POST: add rules. DELETE: remove all."""
        if request.method == "DELETE":
            self._simulation.faults.clear()
        elif request.method == "POST":
            self._simulation.faults.add(_parsed(await request.body()))
        return _json([rule.as_dict() for rule in self._simulation.faults.rules])

    async def writers(self, request: Request) -> Response:
        """GET: the rules. POST: add rules. DELETE: remove all."""
        if request.method == "DELETE":
            self._simulation.writers.rules.clear()
        elif request.method == "POST":
            self._simulation.writers.add(_parsed(await request.body()))
        return _json([rule.as_dict() for rule in self._simulation.writers.rules])

    async def random(self, request: Request) -> Response:
        """POST: seed the random generator that decides on faults with a probability."""
        body = _parsed(await request.body())
        value = body.get("seed") if isinstance(body, dict) else None
        if isinstance(value, bool) or not isinstance(value, int):
            raise SeedError("seed: a whole number is needed.")
        self._simulation.faults.generator.seed(value)
        return _json({"seed": value})

    async def time(self, request: Request) -> Response:
        """GET: how far the clock is ahead. POST: move it forward."""
        clock = self._simulation.world.clock
        if request.method == "POST":
            body = _parsed(await request.body())
            seconds = body.get("seconds") if isinstance(body, dict) else None
            if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < math.inf:
                raise SeedError("seconds: a number from 0 is needed.")
            clock.skip(seconds)
        return _json({"ahead": clock.ahead})

    async def shutdown(self, request: Request) -> Response:
        """POST: end the server."""
        # a little later, so that this answer leaves before the server does
        asyncio.get_running_loop().call_later(0.05, self._stop)
        return _json({"shutdown": True})


def make_control(simulation: Simulation, stop: Callable[[], None]) -> Starlette:
    """The control API as an application; `stop` ends the server soon."""
    control = Control(simulation, stop)
    return Starlette(
        routes=[
            Route("/_simulator/state", control.state, methods=["GET"]),
            Route("/_simulator/requests", control.requests, methods=["GET", "DELETE"]),
            Route("/_simulator/reset", control.reset, methods=["POST"]),
            Route("/_simulator/behaviour", control.behaviour, methods=["GET", "POST"]),
            Route("/_simulator/data-sources", control.data_sources, methods=["POST"]),
            Route("/_simulator/objects/{family}", control.objects, methods=["GET", "POST"]),
            Route("/_simulator/objects/{family}/{id:path}", control.one_object, methods=["GET", "PATCH", "DELETE"]),
            Route("/_simulator/faults", control.faults, methods=["GET", "POST", "DELETE"]),
            Route("/_simulator/writers", control.writers, methods=["GET", "POST", "DELETE"]),
            Route("/_simulator/effects", control.effects, methods=["GET"]),
            Route("/_simulator/random", control.random, methods=["POST"]),
            Route("/_simulator/time", control.time, methods=["GET", "POST"]),
            Route("/_simulator/shutdown", control.shutdown, methods=["POST"]),
        ],
        exception_handlers={SeedError: _refused, 404: _unknown, 405: _unknown},
    )


def _json(value: Any) -> Response:
    return Response(to_json(value), media_type="application/json")


def _after(request: Request) -> int:
    after = request.query_params.get("after", "0")
    if not (after.isascii() and after.isdigit()):
        raise SeedError("after: a whole number is needed.")
    return int(after)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise SeedError("the body is not JSON.") from None


async def _refused(request: Request, problem: Exception) -> Response:
    return Response(to_json(ApiProblem(400, "BadControl", str(problem)).body()), 400, media_type="application/json")


async def _unknown(request: Request, problem: Exception) -> Response:
    error = ApiProblem(404, "UnknownControl", f"There is no {request.method} {request.url.path}.")
    return Response(to_json(error.body()), 404, media_type="application/json")
