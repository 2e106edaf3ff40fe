# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the task of an info module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable

from .._base.errors import RefusedError
from .._base.identifiers import checked_id
from .._base.text import quoted
from .._rest.collection import Collection
from .._rest.family import Resource
from .filters import Filters
from .forms import Spec
from .kind import Kind
from .lookup import Identity, check_key_is_shown, find
from .module_spec import ModuleSpec
from .options import of_info
from .outcome import Facts, Outcome
from .reference import References
from .task import Task

More = Callable[[Collection, Mapping[str, Any], list[Facts]], list[Facts]]
"""``more(api, options, entries)`` returns the facts with additions that the objects themselves do not show."""


@dataclass(frozen=True)
class ReadAll:
    """The task that returns the facts of all objects of a kind that fit the options, newest first."""

    kind: Kind
    more: More = lambda api, options, entries: entries

    def __call__(self, api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
        """Run the task. It is the same in check mode.

        Raises:
            BasedashError: if the objects can't be read completely.
        """
        filters = Filters.of(self.kind, options)
        references = References.of(self.kind, options, only_scope=True)
        identity = None if options["id"] is None else Identity(self.kind, checked_id("id", options["id"]), None)
        references.resolve(api)
        if references.scope is not None:
            api = api.within(references.scope.id)
        warnings: list[str] = ["%s." % clause for clause in references.missing]
        resources = self._listed(api, options, warnings) if identity is None else self._single(api, identity, warnings)
        wanted = {one: references.ids.get(one) for one in (*references.keys, *references.ids)}
        for field in wanted:
            if not all(field.is_shown(one) for one in resources):
                raise RefusedError(
                    "This server does not show the %s of each %s, so %s can't be selected by it: leave %s and %s out."
                    % (field.fact_name, self.kind.family.noun, self.kind.family.plural, field.by_key, field.name)
                )
        resources = [one for one in resources if all(field.value(one) == value for field, value in wanted.items())]
        self._check_filters_are_shown(filters, resources)
        doubts = [doubt for negative in (False, True) for doubt in filters.doubts(resources, negative)]
        warnings += ["%s." % doubt for doubt in doubts]
        entries = [self.kind.facts(resource) for resource in resources if filters.match(resource)]
        values = {self.kind.family.plural_key: self.more(api, options, entries)}
        return Outcome(False, warnings=tuple(warnings), values=values)

    def _listed(self, api: Collection, options: Mapping[str, Any], warnings: list[str]) -> Sequence[Resource]:
        listing = api.list_all()
        key = options[self.kind.key.name]
        if key is not None:
            check_key_is_shown(self.kind, listing)
        similar = None if key is None else listing.similar(key)
        if similar is not None and not listing.named(key):
            warnings.append(
                "No %s is named %s, but one is named %s: names are compared letter by letter."
                % (self.kind.family.noun, quoted(key), quoted(similar))
            )
        return list(listing)

    def _check_filters_are_shown(self, filters: Filters, resources: Sequence[Resource]) -> None:
        """Refuse a filter that would select nothing only because the server does not show what it compares.

        Raises:
            RefusedError: naming the filter.
        """
        matched = [self.kind.field_named(name) for name in self.kind.matched] or [self.kind.key]
        unseen = []
        if filters.created_before is not None and not any("createdAt" in one for one in resources):
            unseen.append("created_before")
        if filters.pattern is not None and not any(field.can_name(one) for one in resources for field in matched):
            unseen.append("name_pattern")
        if resources and unseen:
            raise RefusedError(
                "This server does not show what %s compares of %s, so they can't be selected by it: leave it out."
                % (unseen[0], self.kind.family.plural)
            )

    def _single(self, api: Collection, identity: Identity, warnings: list[str]) -> Sequence[Resource]:
        finding = find(api, identity)
        if not finding.readable:
            raise RefusedError(
                "This server offers no way to read %s: there is nothing that this task could return."
                % self.kind.family.plural
            )
        if finding.resource is not None:
            return [finding.resource]
        hint = finding.hint(identity)
        if hint:
            warnings.append("There is no %s; %s." % (identity.name, hint))
        return []


def info_module(kind: Kind, more: More | None = None, options: Spec | None = None) -> ModuleSpec:
    """Return the module that reads the objects of a kind; ``options`` are those of ``more``."""
    work = ReadAll(kind) if more is None else ReadAll(kind, more)
    return ModuleSpec(Task(kind, work), {**of_info(kind), **(options or {})})
