# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: how a task applies a configuration: what it may delete, and its limits."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._base.errors import InputError
from .._base.text import quoted
from .._engine.filters import Exclusion
from .._rest.family import Resource
from .families import BY_KEY, CHARTS, DEFINITIONS, FAMILIES, MEMBERS, PRUNABLE, Managed
from .prefix import begins_with, safe_prefix

_MOST_AT_ONCE = 64
# The default limits of what can't be undone.
_MOST_DELETIONS = 10
MOST_INVITATIONS = 10


@dataclass(frozen=True)
class Limit:
    """How many objects may be deleted or changed: a number over all families, or a percentage of each family."""

    option: str
    number: int | None = None
    percent: float | None = None

    @classmethod
    def of(cls, option: str, given: Any, default: int | None = None) -> Limit:
        """Return the limit that an option gives.

        Raises:
            InputError: if it is neither a number nor a percentage.
        """
        if given is None:
            return cls(option, default)
        found = re.fullmatch(r"\s*([0-9]{1,9})\s*(%?)\s*", str(given))
        if found is None or (found[2] and int(found[1]) > 100):
            raise InputError("The option %s is no number and no percentage: give one such as 10 or 30%%." % option)
        return cls(option, None, float(found[1])) if found[2] else cls(option, int(found[1]))


@dataclass(frozen=True)
class Wanted:
    """The options of the task beside the configuration."""

    prune: frozenset[str]
    scope: Mapping[str, re.Pattern[str]]
    prefixes: Mapping[str, str]
    exclude: Mapping[str, Exclusion]
    replace_all: frozenset[str]
    max_deletions: Limit
    max_updates: Limit
    max_invitations: int
    expected_plan: str | None
    skip_missing: bool
    fail_on: frozenset[str]
    concurrency: int
    stop: bool
    return_all: bool

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Wanted:
        """Return what the options want.

        Raises:
            InputError: if an option is invalid, or options don't fit together.
        """
        if not 1 <= options["concurrency"] <= _MOST_AT_ONCE:
            raise InputError("The option concurrency is %d: give 1 to %d." % (options["concurrency"], _MOST_AT_ONCE))
        invitations = MOST_INVITATIONS if options["max_invitations"] is None else options["max_invitations"]
        if invitations < 0:
            raise InputError("The option max_invitations is %d: give 0 or more." % invitations)
        prune = frozenset(_known("prune", options["prune"] or (), PRUNABLE))
        if options["name_prefix"]:
            # A preview has no members of its own, so none of them is there for it alone.
            prune -= {MEMBERS.key}
        keys = [one.key for one in FAMILIES]
        exclude = _known("exclude", options["exclude"] or {}, keys)
        for key in exclude:
            if options["exclude"][key] is None:
                raise InputError(
                    "The option exclude.%s has no value: give a list of ids and names, or remove it." % key
                )
        return cls(
            prune,
            _scope(options["scope"] or {}, keys),
            _prefixes(options["name_prefix"]),
            {key: Exclusion.of((options["exclude"] or {})[key]) for key in exclude},
            frozenset(_known("allow_replace_all", options["allow_replace_all"] or (), keys)),
            Limit.of("max_deletions", options["max_deletions"], _MOST_DELETIONS if prune else None),
            Limit.of("max_updates", options["max_updates"]),
            invitations,
            options["expected_plan"],
            options["missing_members"] == "skip",
            frozenset(options["fail_on"] or ()),
            options["concurrency"],
            options["on_error"] == "stop",
            options["return"] == "all",
        )

    def in_scope(self, managed: Managed, key: Any) -> bool:
        """Tell whether the task is about an object with this key."""
        prefix = self.prefixes.get(managed.key)
        return (prefix is None or (isinstance(key, str) and begins_with(key, prefix))) and self._fits(managed, key)

    def _fits(self, managed: Managed, key: Any) -> bool:
        pattern = self.scope.get(managed.key)
        return pattern is None or (isinstance(key, str) and pattern.search(key) is not None)

    @property
    def protects_charts(self) -> bool:
        """Whether a chart may have to stay that nobody wants to delete by itself, but together with its dashboard."""
        return CHARTS.key in self.exclude or CHARTS.key in self.scope

    def protected(self, managed: Managed, resource: Resource) -> str:
        """Return why the user wants to keep an object; empty if it may go. The prefix of a preview protects nothing."""
        if self.excludes(managed, resource):
            return "in exclude"
        return "" if self._fits(managed, managed.kind.family.key_of(resource)) else "outside of scope"

    def excludes(self, managed: Managed, resource: Resource) -> bool:
        """Tell whether the user excluded an object from deletion."""
        exclusion = self.exclude.get(managed.key)
        return exclusion is not None and exclusion.fits(resource["id"], managed.kind.family.key_of(resource))

    def may_go(self, managed: Managed, resource: Resource) -> bool:
        """Tell whether ``prune`` may delete an object."""
        in_scope = self.in_scope(managed, managed.kind.family.key_of(resource))
        return in_scope and not managed.kind.unselectable(resource) and not self.excludes(managed, resource)


def _known(option: str, given: Iterable[Any], known: Iterable[str]) -> list[str]:
    """Return names of families.

    Raises:
        InputError: if one is unknown.
    """
    found = list(given)
    for one in found:
        if one not in known:
            near = difflib.get_close_matches(str(one), known, 1)
            advice = "did you mean %s?" % near[0] if near else "name one of %s." % ", ".join(known)
            raise InputError("The option %s names %s, which is no family here: %s" % (option, quoted(one), advice))
    return found


def _scope(given: Mapping[str, Any], keys: list[str]) -> dict[str, re.Pattern[str]]:
    """Return the patterns of ``scope``.

    Raises:
        InputError: if a pattern is invalid.
    """
    patterns: dict[str, re.Pattern[str]] = {}
    for key in _known("scope", given, keys):
        try:
            if not isinstance(given[key], str) or not given[key]:
                raise re.error("no text")
            patterns[key] = re.compile(given[key])
        except (re.error, RecursionError) as error:
            raise InputError("The option scope.%s is no regular expression (%s): correct it." % (key, error)) from None
    return patterns


def _prefixes(prefix: str | None) -> dict[str, str]:
    """Return what the keys of a preview begin with, by family. Nothing else is its own."""
    if not prefix:
        return {}
    families = [one for one in FAMILIES if one is not MEMBERS]
    return {one.key: safe_prefix(prefix) if one is DEFINITIONS else prefix for one in families}


def pruned_families(prune: Iterable[str]) -> set[str]:
    """Return the keys of the form that the words of ``prune`` are about."""
    of_part = {word: one.key for one in FAMILIES for word in one.parts}
    return {BY_KEY[of_part.get(word, word)].within or of_part.get(word, word) for word in prune}
