# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the tabs of a dashboard, in their order.

Only third parties describe how tabs are added, changed and deleted. Answers have the place of a tab as ``order``, and a
third party sends it as ``sortOrder``. Nobody says what becomes of the charts of a deleted tab.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Callable, ClassVar

from .._base.effect import Effect
from .._base.errors import (
    ApiError,
    BasedashError,
    IncompleteError,
    InputError,
    NoAnswerError,
    NotBasedashError,
    NotFoundError,
    RefusedError,
)
from .._base.text import is_one_line, quoted, spelled_out
from .._engine.forms import Spec
from .._engine.lookup import refuse_look_alike
from .._engine.outcome import planned_id
from .._engine.settings import Settings
from .._engine.step import Step, Work
from .._rest.collection import Check, Collection
from .._rest.family import Content, Resource
from .._rest.freshness import SETTLING_SECONDS, StaleError, look_until, recent
from .._rest.listing import Listing
from .families import CHARTS, TABS

# A server takes one of them.
_ORDER_FIELDS = ("order", "sortOrder")
_REFUSED = (400, 422)


class Tabs(Step):
    """Gives a dashboard the tabs of the option ``tabs``, in this order; with ``purge``, only these.

    The task keeps the tabs as it knows them: as they were read last, with its own writes since the beginning, because a
    reading may be older than a write.
    """

    options: ClassVar[Spec] = {
        "tabs": {
            "type": "list",
            "elements": "dict",
            "options": {"name": {"type": "str", "required": True}},
        },
        "purge_tabs": {"type": "bool", "default": False},
    }

    def __init__(self, wanted: Sequence[str], purge: bool) -> None:
        self._wanted = list(wanted)
        self._purge = purge
        self._listing = Listing(TABS, ())
        self._written: dict[str, Resource | None] = {}
        self._places: dict[str, Any] | None = None
        self._order_fields: Sequence[str] = _ORDER_FIELDS
        self._takes_first = False
        self._perhaps: list[str] = []

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Tabs | None:
        """Return the step that the options ask for, or ``None``.

        Raises:
            InputError: if no tab is named, or one is named twice or with a control character.
        """
        if options["tabs"] is None:
            return None
        names = [tab["name"] for tab in options["tabs"]]
        if not names:
            raise InputError("The option tabs is empty: name the tabs, or leave the option out.")
        for name in names:
            if not is_one_line(name):
                raise InputError("The option tabs has a control character in a name (%s): remove it." % quoted(name))
            if names.count(name) > 1:
                raise InputError("The option tabs has %s more than once: name each tab once." % quoted(name))
        return cls(names, options["purge_tabs"])

    # Planning ---------------------------------------------------------------------------------------------------------

    @property
    def _tabs(self) -> list[Resource]:
        """The tabs as this task knows them, in their order."""
        read = {tab["id"]: tab for tab in self._listing}
        return arranged([tab for tab in {**read, **self._written}.values() if tab is not None])

    def _surplus(self) -> list[Resource]:
        return [tab for tab in self._tabs if self._purge and tab.get("name") not in self._wanted]

    def difference(self) -> tuple[Content, Content]:
        """Return the names of the tabs before and after."""
        names = [tab.get("name") for tab in self._tabs]
        kept = [name for name in names if not self._purge or name in self._wanted]
        after = {"tabs": in_order([*kept, *(name for name in self._wanted if name not in kept)], self._wanted)}
        return {"tabs": names} if names else {}, after

    def predicted(self, resource: Resource) -> Resource:
        """Return the dashboard with its tabs after the task."""
        known = {tab.get("name"): tab for tab in self._tabs}
        names = self.difference()[1]["tabs"]
        return {**resource, "tabs": [known.get(name) or {"id": planned_id(name), "name": name} for name in names]}

    @property
    def changes(self) -> bool:
        """Whether a tab is added, moved or deleted."""
        before, after = self.difference()
        return before != after

    def read(self, api: Collection, resource: Resource) -> None:
        """Read the tabs of a dashboard that exists, and check that they may be changed as wanted.

        Raises:
            RefusedError: if a tab shows no name, if two tabs have a name that is given, if a given name differs from
                that of a tab in hardly visible ways, or if a tab with charts would be deleted.
            ApiError: if the server does not show the tabs or charts of a dashboard.
        """
        self._see(api, resource)
        for tab in self._listing:
            # Without its name, a tab would be added a second time, or deleted.
            if not isinstance(tab.get("name"), str):
                raise RefusedError(
                    "The server does not show the name of the tab with id %s: nothing was changed, leave tabs out."
                    % quoted(tab["id"])
                )
        surplus = self._surplus()
        for name in self._wanted:
            found = self._listing.named(name)
            if len(found) > 1:
                raise RefusedError(
                    "%d tabs of the dashboard are named %s (ids %s): nothing was changed, rename or delete one of them "
                    "in Basedash." % (len(found), quoted(name), ", ".join(quoted(tab["id"]) for tab in found))
                )
            if found:
                continue
            similar = self._listing.similar(name)
            refuse_look_alike("tab", "named", name, similar, "name in tabs")
            if similar is not None and similar not in self._wanted and self._purge:
                raise RefusedError(
                    "There is no tab named %s, but one named %s, which differs in case alone and would be deleted: "
                    "nothing was changed, correct tabs, or set purge_tabs to false." % (quoted(name), quoted(similar))
                )
        if surplus:
            self._check_empty(api, resource["id"], surplus)

    def _see(self, api: Collection, resource: Resource) -> None:
        """Take the tabs that a dashboard shows, or read them if this answer does not show them."""
        tabs = self._api(api, resource["id"])
        shown = tabs.listed_in(resource)
        tabs.require_anew()
        self._listing = tabs.list_all() if shown is None else shown
        self._places = None

    @staticmethod
    def _api(api: Collection, dashboard: str) -> Collection:
        return api.beside(TABS, dashboard)

    @staticmethod
    def _check_empty(api: Collection, dashboard: str, tabs: Sequence[Resource]) -> float:
        """Check that no charts are on these tabs, and return when the charts were read.

        Raises:
            RefusedError: naming the first tab with charts.
            ApiError: if the charts can't be read.
        """
        on_dashboard = api.beside(CHARTS, dashboard)
        on_dashboard.require_anew()
        charts = on_dashboard.list_all()
        if not charts.parent_exists:
            raise RefusedError(
                "The dashboard with id %s is not listed, so purge_tabs can't know its charts: wait some "
                "seconds, then run the task again." % quoted(dashboard)
            )
        for tab in tabs:
            there = [one for one in charts if _may_be_on(one, tab)]
            if there:
                raise RefusedError(
                    "The tab named %s has %d chart%s (such as %s), and purge_tabs deletes no tab with charts: move "
                    "them to another tab, or delete them first."
                    % (
                        quoted(tab.get("name")),
                        len(there),
                        "s" * (len(there) > 1),
                        quoted(there[0].get("name") or there[0]["id"]),
                    )
                )
        return charts.read_at

    def warning(self, work: Work, settings: Settings, body: Content) -> str:
        """Warn of a new tab whose name differs in case alone from that of another tab."""
        similar = [(name, self._listing.similar(name)) for name in self._wanted if not self._listing.named(name)]
        return " ".join(
            "There is a tab named %s already, which differs in case from %s." % (quoted(other), quoted(name))
            for name, other in similar
            if other is not None
        )

    # Carrying out -----------------------------------------------------------------------------------------------------

    def after_creating(self, work: Work) -> None:
        """Set the tabs of a new dashboard, in which the first one takes the place of the tab that it has already."""
        self._takes_first = True
        resource, known = work.resource, False

        def look() -> bool | None:
            nonlocal resource, known
            try:
                self._see(work.api, resource)
            except NotFoundError:
                # The service may need some seconds until all its parts know the new dashboard.
                return None
            resource, known = {"id": resource["id"]}, True
            return True if self._tabs else None

        if look_until(work.api.client, look, "looking for the tabs of the new dashboard") is None and not known:
            raise IncompleteError("The tabs of the new dashboard can't be read: run the task again.")
        self._arrange(work)

    def after_updating(self, work: Work) -> None:
        """Set the tabs, if they are not as wanted."""
        if self.changes:
            self._arrange(work)
        elif "tabs" not in work.resource:
            work.resource = {**work.resource, "tabs": self._tabs}

    def _arrange(self, work: Work) -> None:
        """Set the tabs. Tasks of this machine take turns, because two that add the same tab would add it twice."""
        # Import this only if needed, because a remote host compiles each import at each run, and most tabs exist.
        from .._rest.creation_lock import creation_lock

        client = work.api.client
        name = "tabs/%s" % work.resource["id"]
        with creation_lock(
            work.api.lock_key, name, client.patience, lambda: client.abandoned, "the tabs of the %s" % work.name
        ) as lock:
            if lock.created is not None:
                # Another task has just changed the tabs.
                self._read_again(work)
            try:
                self._arrange_alone(work)
            finally:
                lock.note_created(None)

    def _arrange_alone(self, work: Work) -> None:
        client, written = work.api.client, False
        begun = client.clock.monotonic()
        try:
            while True:
                write = self._next(self._api(work.api, work.resource["id"]), work)
                if write is None:
                    break
                written = True
                try:
                    write()
                except StaleError:
                    self._read_again(work)
                except NotFoundError as error:
                    # The service may need some seconds until all its parts know the new dashboard.
                    settled = client.clock.monotonic() - begun > SETTLING_SECONDS
                    if not work.new or settled or error.effect.is_unclear or not client.wait(1.0, _ANEW):
                        raise
            if written:
                self._confirm(work)
        except BasedashError as error:
            for change in self._perhaps:
                error.message += " Whether the %s was %s is not known: run the task again in some minutes." % (
                    work.name,
                    change,
                )
            raise
        work.done += self._perhaps

    def _done(self, work: Work, change: str) -> None:
        self._perhaps = [one for one in self._perhaps if one != change]
        if change not in work.done:
            work.done.append(change)

    def _lost(self, change: str) -> None:
        """Note that the answer to a change was lost. If the tabs are as wanted in the end, it was done."""
        if change not in self._perhaps:
            self._perhaps.append(change)

    def _next(self, api: Collection, work: Work) -> Callable[[], None] | None:
        """Return the next write, which is decided from the tabs as they are known, or ``None`` if all is done."""
        tabs = self._tabs
        names = [tab.get("name") for tab in tabs]
        missing = [name for name in self._wanted if name not in names]
        if missing and self._takes_first and tabs and missing[0] == self._wanted[0]:
            return partial(self._rename, api, work, tabs[0], missing[0])
        if missing:
            return partial(self._add, api, work, missing[0])
        if self._places is None:
            self._places = places(tabs, self._wanted)
        for tab in tabs:
            place = self._places.get(tab["id"], tab.get("order"))
            if place != tab.get("order"):
                return partial(self._move, api, work, tab, place)
        for tab in self._surplus():
            return partial(self._remove, api, work, tab)
        return None

    def _read_again(self, work: Work) -> None:
        work.api.require_anew()
        work.read_again()
        self._see(work.api, work.resource)

    def _rename(self, api: Collection, work: Work, tab: Resource, name: str) -> None:
        change = _GIVEN % quoted(name)
        shown = self._patch(api, tab, {"name": name}, {"name": name}, change)
        self._takes_first = False
        self._written[tab["id"]] = {**tab, **(shown or {}), "name": name}
        self._done(work, change)

    def _move(self, api: Collection, work: Work, tab: Resource, place: Any) -> None:
        for name in self._order_fields:
            try:
                shown = self._patch(api, tab, {name: place}, {"order": place}, _MOVED)
            except ApiError as error:
                if error.status not in _REFUSED or name == self._order_fields[-1]:
                    raise
                continue
            if (shown or {}).get("order") == place:
                self._order_fields = (name,)
                break
        else:
            if self._look_for(api, tab, {"order": place}) is None:
                raise IncompleteError(
                    "Basedash accepted a new order of the tabs of the %s, but the order of the tabs did not take: give "
                    "them in the order that they have, or move them in Basedash." % work.name
                )
        self._written[tab["id"]] = {**tab, "order": place}
        self._done(work, _MOVED)

    def _patch(self, api: Collection, tab: Resource, body: Content, wanted: Content, change: str) -> Resource | None:
        """Change a tab and return it as the answer shows it, if it does. ``wanted`` is how it should be shown then."""
        setbacks = 0
        while True:
            try:
                return api.update(tab["id"], body, self._recent(api))
            except NotFoundError as error:
                error.message = (
                    "The tab %s (id %s) existed when it was read, but its change was answered 404: it was deleted "
                    "meanwhile, or the key may read it but not change it."
                    % (quoted(tab.get("name")), quoted(tab["id"]))
                )
                raise
            except ApiError as error:
                if not error.effect.is_unclear:
                    raise
                self._lost(change)
                # A repeated PATCH does no harm, so don't wait for readings that lag.
                repeats = isinstance(error, NoAnswerError)
                shown = self._look_for(api, tab, wanted, once=repeats)
                setbacks += 1
                if shown is not None:
                    return shown
                if not repeats or not api.back_off(setbacks, "the answer to the change of a tab was lost"):
                    raise

    def _recent(self, api: Collection) -> Check:
        return recent(api.client, self._listing.read_at)

    @staticmethod
    def _look_for(api: Collection, tab: Resource, wanted: Content, once: bool = False) -> Resource | None:
        """Read the tabs until one is as wanted, and return it, or ``None`` if it never is."""

        def look() -> Resource | None:
            shown = api.list_all().with_id(tab["id"])
            return shown if shown is not None and {**shown, **wanted} == shown else None

        return look() if once else look_until(api.client, look, "looking whether the change of a tab took")

    def _add(self, api: Collection, work: Work, name: str) -> None:
        """Add a tab. After a lost answer, look for it before anything else."""
        known = {tab["id"] for tab in self._tabs}
        change = _GIVEN % quoted(name)

        def look() -> list[Resource] | None:
            return [tab for tab in api.list_all().named(name) if tab["id"] not in known] or None

        setbacks = 0
        found: list[Resource] | None = None
        while found is None:
            try:
                made = api.create({"name": name}, self._recent(api))
            except ApiError as error:
                if not error.effect.is_unclear:
                    raise
                self._lost(change)
                found = look_until(api.client, look, "looking again whether the tab was added")
                setbacks += 1
                # After a time-out the POST may still take effect later, so it is not sent again.
                final = not isinstance(error, NoAnswerError) or error.effect is Effect.MAY_COME
                if found is None and (final or not api.back_off(setbacks, "the tab was not added")):
                    raise
            else:
                found = look_until(api.client, look, "looking for the new tab") if made is None else [made]
                if found is None:
                    self._lost(change)
                    raise IncompleteError(
                        "Basedash said that it added the tab %s, and does not show it." % quoted(name)
                    )
        self._written.update((tab["id"], {**tab, "name": name}) for tab in found)
        self._places = None
        self._done(work, change)

    def _remove(self, api: Collection, work: Work, tab: Resource) -> None:
        change = "rid of the tab %s" % quoted(tab.get("name"))
        read_at = self._check_empty(api, work.resource["id"], [tab])
        try:
            api.delete(tab["id"], recent(api.client, min(read_at, self._listing.read_at)))
        except NotFoundError as error:
            # An earlier try or someone else has deleted it, or the key may not. The last reading tells.
            if error.effect.is_unclear:
                self._lost(change)
        except StaleError as stale:
            if stale.earlier.is_unclear:
                self._lost(change)
            raise
        except ApiError as error:
            # A proxy's page says nothing about what the server behind the proxy did.
            if error.effect.is_unclear or isinstance(error, NotBasedashError):
                self._lost(change)
            raise
        else:
            self._done(work, change)
        self._written[tab["id"]] = None

    def _confirm(self, work: Work) -> None:
        """Read the tabs until they are as wanted.

        Raises:
            IncompleteError: if they never are, naming those that the server shows.
        """

        def look() -> bool | None:
            self._read_again(work)
            shown = arranged(list(self._listing))
            names = [tab.get("name") for tab in shown if tab.get("name") in self._wanted]
            gone = [one for one, tab in self._written.items() if tab is None and one in self._listing]
            return True if names == self._wanted and not gone else None

        if look_until(work.api.client, look, "looking whether the tabs are as wanted"):
            work.resource = {**work.resource, "tabs": arranged(list(self._listing))}
            return
        several = [name for name in self._wanted if len(self._listing.named(name)) > 1]
        shown = ", ".join("%s (id %s)" % (spelled_out(tab.get("name")), quoted(tab["id"])) for tab in self._listing)
        known = {tab["id"]: tab for tab in self._listing}
        renamed = [
            known[one]
            for one, sent in self._written.items()
            if one in known and sent is not None and known[one].get("name") != sent.get("name")
        ]
        advice = (
            "delete those that are too many"
            if several
            else "correct tabs if Basedash can't store a name as given, because each further run would add a tab"
            if renamed
            else "look at them in Basedash, then run the task again"
        )
        found = shown or "there are none"
        raise IncompleteError("The tabs of the %s are not as wanted, but %s: %s." % (work.name, found, advice))


def _may_be_on(chart: Resource, tab: Resource) -> bool:
    """Tell whether a chart is on a tab. One that does not clearly show its tab may be on any of them."""
    shown = chart.get("dashboardTabId")
    # Ids may come as numbers. Those of tabs are texts by now.
    if isinstance(shown, bool) or not isinstance(shown, (str, int)):
        return True
    return bool(str(shown) == tab["id"])


_GIVEN = "given the tab %s"
_ANEW = "changing the tabs of the new dashboard again"
_MOVED = "given another order of its tabs"


def arranged(tabs: list[Resource]) -> list[Resource]:
    """Return tabs in their order, and as they are given if one does not show its place."""
    places = [tab.get("order") for tab in tabs]
    if not all(isinstance(place, (int, float)) for place in places):
        return tabs
    return sorted(tabs, key=lambda tab: float(tab["order"]))


def in_order(names: Sequence[Any], wanted: Sequence[Any]) -> list[Any]:
    """Return names with those that are wanted in this order. Others stay where they are."""
    following = iter(name for name in wanted if name in names)
    return [next(following) if name in wanted else name for name in names]


def places(tabs: Sequence[Resource], wanted: Sequence[str]) -> dict[str, Any]:
    """Return the place that each tab has to get, by its id, so that those that are wanted are in this order.

    ``tabs`` are in their present order. Nothing has to move if only this order counts already.
    """
    ids = {str(tab.get("name")): tab["id"] for tab in tabs}
    target = in_order([tab["id"] for tab in tabs], [ids[name] for name in wanted if name in ids])
    if target == [tab["id"] for tab in tabs]:
        return {}
    taken = [tab.get("order") for tab in tabs]
    if not all(isinstance(place, (int, float)) for place in taken) or len(set(taken)) < len(taken):
        taken = list(range(len(taken)))
    return dict(zip(target, taken))
