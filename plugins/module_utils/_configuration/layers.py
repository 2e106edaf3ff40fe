# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: merges the layers of a configuration, entry by entry, and option by option."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .._base.text import quoted
from .entries import REMOVE, SHAPES, Draft, draft_of, entry_of, merged, place_in
from .families import BY_KEY, CHARTS, FAMILIES, SETTINGS, Managed
from .form import Configuration, Entry, Finding, Notes, Place
from .prefix import check_prefix, with_prefix
from .source import inline, read_layers

_FORMAT = 1
_TOP = ("format", "for", "defaults", *(one.key for one in BY_KEY.values() if not one.within))
_WITH_SECRETS = {one.key: one for one in FAMILIES if one.kind.secrets}

Node = Mapping[str, Any]


def load(options: Mapping[str, Any]) -> tuple[Configuration, list[Finding]]:
    """Return the configuration that the options ``source`` or ``configuration`` give, and what is wrong in it.

    Mistakes don't stop the reading, so that the findings have all of them. Then the configuration is not complete.

    Raises:
        InputError: if files can't be read because a library is missing.
    """
    loading = _Loading()
    if options["source"] is not None:
        layers, loading.notes.findings = read_layers(options["source"])
        if not layers:
            loading.notes.error("source", "The option source names no file and no folder: name one.")
    else:
        layers = [[inline(options["configuration"], "configuration")]]
    for layer in layers:
        loading.take(layer, in_files=options["source"] is not None)
    loading.take_secrets(options.get("secrets") or {})
    configuration = loading.configuration(options.get("update_secrets") or "on_create")
    prefix = options.get("name_prefix")
    if prefix is not None:
        check_prefix(configuration, prefix, loading.notes)
        configuration = with_prefix(configuration, prefix)
        if configuration.settings is not None:
            message = "The settings of the organization are left out, because a preview must not change them."
            loading.notes.warning("prefix", message, configuration.settings.place)
            configuration.settings = None
    return configuration, loading.notes.findings


class _Loading:
    """The drafts of all families, to which one layer after the other is added."""

    def __init__(self) -> None:
        self.notes = Notes()
        self._target: dict[str, Any] = {}
        self._defaults: dict[str, Draft] = {}
        self._settings: Draft | None = None
        self._families: dict[str, _Drafts] = {}

    # Reading ----------------------------------------------------------------------------------------------------------

    def take(self, layer: Iterable[Node], in_files: bool) -> None:
        """Merge a layer over those before it."""
        layer = list(layer)
        defaults: dict[str, Draft] = {}
        settings: Draft | None = None
        for node in layer:
            self._check_top(node, in_files)
            self._take_target(node)
            for key, one in self._mappings(node, "defaults").items():
                self._take_defaults(node["defaults"], key, one, defaults)
            if "organization" in node:
                settings = self._settings_in(node, settings)
        for key, draft in defaults.items():
            self._merge_defaults(key, draft)
        if settings is not None and self._settings is not None:
            self._settings.merge(settings)
        self._settings = self._settings or settings
        for managed in FAMILIES:
            nodes = [node for node in layer if managed.key in node and not managed.within]
            if nodes:
                drafts = [draft for node in nodes for draft in self._drafts(managed, node)]
                self._family(managed).take(drafts)

    def _check_top(self, node: Node, in_files: bool) -> None:
        for key in node:
            if key not in _TOP:
                near = difflib.get_close_matches(str(key), _TOP, 1)
                advice = "did you mean %s?" % near[0] if near else "give one of %s." % ", ".join(_TOP)
                if key == CHARTS.key:
                    advice = "put charts into their dashboard."
                message = "The key %s is unknown: %s" % (quoted(key), advice)
                self.notes.error("unknown-key", message, place_in(node, key))
        found = node.get("format")
        if found is None and in_files:
            self.notes.error("format", "The file has no format: begin it with format: 1.", place_in(node))
        elif found is not None and (isinstance(found, bool) or found != _FORMAT):
            message = "The format is none that this version of the collection knows: give 1, or use a newer version."
            self.notes.error("format", message, place_in(node, "format"))

    def _mappings(self, node: Node, key: str) -> Node:
        """Return a part of a file that must be a mapping; empty if it is none."""
        found = node.get(key)
        if isinstance(found, Mapping):
            return found
        if key in node:
            self.notes.error("form", "The key %s is no mapping: correct it, or remove it." % key, place_in(node, key))
        return {}

    def _take_target(self, node: Node) -> None:
        target = self._mappings(node, "for")
        for key, value in target.items():
            if key not in ("id", "slug") or not isinstance(value, str) or not value.strip():
                self.notes.error("for", "The key for takes slug or id, each a text: correct it.", place_in(target, key))
            elif self._target.setdefault(key, value) != value:
                message = "The configuration is for another organization (%s) in an earlier place: correct one of them."
                self.notes.error("for", message % quoted(self._target[key]), place_in(target, key))
        if isinstance(node.get("for"), Mapping) and not target:
            self.notes.error("for", "The key for names no organization: give slug or id.", place_in(node, "for"))

    def _settings_in(self, node: Node, settings: Draft | None) -> Draft | None:
        found = self._mappings(node, "organization")
        if settings is not None:
            self.notes.error("duplicate", _twice("The key organization", settings.place), place_in(found))
        return draft_of(SHAPES[SETTINGS.key], found, self.notes) if found else settings

    def _take_defaults(self, node: Node, key: str, one: Any, defaults: dict[str, Draft]) -> None:
        known = [name for name in SHAPES if name != SETTINGS.key]
        if key not in known:
            near = difflib.get_close_matches(str(key), known, 1)
            advice = "did you mean %s?" % near[0] if near else "give one of %s." % ", ".join(known)
            self.notes.error(
                "unknown-key", "The key %s of defaults is unknown: %s" % (quoted(key), advice), place_in(node, key)
            )
        elif not isinstance(one, Mapping):
            self.notes.error("form", "The defaults of %s are no mapping: correct them." % key, place_in(node, key))
        elif key in defaults:
            subject = "The key %s of defaults" % key
            self.notes.error("duplicate", _twice(subject, defaults[key].place), place_in(node, key))
        else:
            defaults[key] = draft_of(SHAPES[key], one, self.notes)
            for name in (BY_KEY[key].key_option, "id", "renamed_from", REMOVE, CHARTS.key):
                if defaults[key].values.pop(name, None) is not None:
                    message = "The option %s has no place in defaults: give it in each entry." % name
                    self.notes.error("unknown-key", message, place_in(one, name))

    def _merge_defaults(self, key: str, draft: Draft) -> None:
        if key in self._defaults:
            self._defaults[key].merge(draft)
        else:
            self._defaults[key] = draft

    def _drafts(self, managed: Managed, node: Node) -> Iterator[Draft]:
        found, shape = node[managed.key], SHAPES[managed.key]
        if not isinstance(found, list):
            message = "The key %s is no list: give a list, which may be empty." % managed.key
            self.notes.error("form", message, place_in(node, managed.key))
            return
        for number, one in enumerate(found):
            if not isinstance(one, Mapping):
                message = "The item %s[%d] is no mapping: correct it." % (managed.key, number)
                self.notes.error("form", message, place_in(node, managed.key))
                continue
            draft = draft_of(shape, one, self.notes)
            if CHARTS.key in draft.values:
                del draft.values[CHARTS.key]
                draft.charts = list(self._drafts(CHARTS, one))
            yield draft

    def _family(self, managed: Managed) -> _Drafts:
        return self._families.setdefault(managed.key, _Drafts(managed, self._defaults, self.notes))

    # Secrets ----------------------------------------------------------------------------------------------------------

    def take_secrets(self, secrets: Node) -> None:
        """Merge the secrets over the entries that they are for. No message shows a value."""
        for key, by_name in secrets.items():
            managed = _WITH_SECRETS.get(key)
            if managed is None:
                advice = "give one of %s." % ", ".join(_WITH_SECRETS)
                self.notes.error("secrets", "The option secrets has a family that has none: " + advice)
                continue
            if not isinstance(by_name, Mapping):
                message = "The option secrets.%s is no dict: give a dict by the names of the entries." % key
                self.notes.error("secrets", message)
                continue
            for name, given in by_name.items():
                self._take_secrets_of(managed, name, given)

    def _take_secrets_of(self, managed: Managed, name: Any, given: Any) -> None:
        subject = "The option secrets.%s" % managed.key
        drafts = self._family(managed).named(str(name)) if managed.key in self._families else []
        allowed = {one.name for one in managed.kind.secrets} | {"extra_secrets", "update_secrets"}
        if len(drafts) != 1:
            why = "which several entries have: give the id" if drafts else "which the configuration lacks: correct it"
            self.notes.error("secrets", "%s names %s, %s." % (subject, quoted(name), why))
        elif not isinstance(given, Mapping):
            self.notes.error("secrets", "%s has no dict for %s: give one." % (subject, quoted(name)))
        elif not allowed.issuperset(given):
            message = "%s has an option for %s that is no secret: give only %s."
            self.notes.error("secrets", message % (subject, quoted(name), ", ".join(sorted(allowed))))
        else:
            drafts[0].values = merged(drafts[0].shape, drafts[0].values, given)

    # Finishing --------------------------------------------------------------------------------------------------------

    def configuration(self, update_secrets: str) -> Configuration:
        """Return everything that was read, checked and converted."""
        result = Configuration(target=self._target)
        if self._settings is not None:
            result.settings = entry_of(self._settings, None, update_secrets, self.notes)
        for managed in FAMILIES:
            if managed.key not in self._families:
                continue
            result.entries[managed.key] = entries = []
            for draft in self._families[managed.key].drafts:
                entry = self._entry(draft, None, update_secrets)
                entries.append(entry)
                if draft.charts is not None:
                    result.with_charts.append(entry)
                    charts = result.entries.setdefault(CHARTS.key, [])
                    charts += [self._entry(chart, entry, update_secrets) for chart in draft.charts]
        return result

    def _entry(self, draft: Draft, parent: Entry | None, update_secrets: str) -> Entry:
        default = self._defaults.get(draft.shape.managed.key)
        if default is not None:
            draft.values = merged(draft.shape, default.values, draft.values)
            draft.nodes = [*default.nodes, *draft.nodes]
        return entry_of(draft, parent, update_secrets, self.notes)


class _Drafts:
    """The drafts of a family, or of the charts of one dashboard, by what names them.

    Two drafts may have the same key if both have an id, because an organization may have such objects.
    """

    def __init__(self, managed: Managed, defaults: Mapping[str, Draft], notes: Notes) -> None:
        self._managed = managed
        self._defaults = defaults
        self._notes = notes
        self._by_key: dict[str, list[tuple[Any, str | None, Draft]]] = {}
        self._in_order: dict[int, Draft] = {}

    @property
    def drafts(self) -> list[Draft]:
        """The drafts, in the order in which they were first given."""
        return list(self._in_order.values())

    def named(self, name: str) -> list[Draft]:
        """Return the drafts with this key, or with this id."""
        form = self._managed.kind.family.key_form
        by_key = [draft for _scope, _id, draft in self._by_key.get("key " + form(name), ())]
        return by_key or [draft for _scope, _id, draft in self._by_key.get("id " + name, ())]

    def _named(self, draft: Draft) -> tuple[Any, str | None, str | None]:
        default = self._defaults.get(self._managed.key)
        return draft.named({} if default is None else default.values)

    def take(self, drafts: Iterable[Draft]) -> None:
        """Merge the drafts of a layer."""
        notes, seen = self._notes, _Drafts(self._managed, self._defaults, self._notes)
        for draft in drafts:
            earlier = seen.found(draft, guess=False)
            found = self.found(draft, guess=True)
            if earlier or len(found) > 1:
                name = next(filter(None, draft.named({})[1:]), None)
                subject = "The %s %s" % (self._managed.kind.family.noun, quoted(name))
                notes.error("duplicate", _twice(subject, (earlier or found)[0].place), draft.place)
                continue
            seen.add(draft)
            self._take(draft, found[0] if found else None)

    def found(self, draft: Draft, guess: bool) -> list[Draft]:
        """Return the drafts of the same object.

        With ``guess``, a draft without the parent of its key is that of the only object with this key.
        """
        scope, key, identifier = self._named(draft)
        if identifier is not None and "id " + identifier in self._by_key:
            return [self._by_key["id " + identifier][0][-1]]
        there = [] if key is None else self._by_key.get("key " + key, [])
        there = [one for one in there if one[1] is None or identifier is None or one[1] == identifier]
        fitting = [one[-1] for one in there if one[0] == scope]
        return fitting or ([one[-1] for one in there] if guess and scope is None else [])

    def add(self, draft: Draft) -> None:
        """Note what names a draft."""
        scope, key, identifier = self._named(draft)
        for name in ("" if key is None else "key " + key, "" if identifier is None else "id " + identifier):
            if name:
                there = [one for one in self._by_key.get(name, ()) if one[-1] is not draft]
                self._by_key[name] = [*there, (scope, identifier, draft)]

    def _take(self, draft: Draft, found: Draft | None) -> None:
        removes = draft.values.pop(REMOVE, None)
        if removes is not None and not isinstance(removes, bool):
            message = "The option remove is no boolean: give true, or leave it out."
            self._notes.error("remove", message, place_in(draft.nodes[-1], REMOVE))
        elif removes:
            self._remove(draft, found)
        if removes:
            return
        if found is None:
            found = self._in_order[id(draft)] = draft
            charts, draft.charts = draft.charts, None
        else:
            found.merge(draft)
            charts = draft.charts
        self.add(found)
        if charts is not None:
            family = _Drafts(CHARTS, self._defaults, self._notes)
            family.take(found.charts or ())
            family.take(charts)
            found.charts = family.drafts

    def _remove(self, draft: Draft, found: Draft | None) -> None:
        kind, notes = self._managed.kind, self._notes
        scope = () if kind.scope is None else (kind.scope.name, kind.scope.by_key)
        if set(draft.values) - {"id", kind.key.name, *scope} or draft.charts is not None:
            message = "The entry has remove and options beside its name: remove one of both."
            notes.error("remove", message, place_in(draft.nodes[-1], REMOVE))
        elif found is None:
            message = "The option remove takes nothing away, because no earlier layer has this %s." % kind.family.noun
            notes.warning("remove", message, place_in(draft.nodes[-1], REMOVE))
        else:
            del self._in_order[id(found)]
            self._by_key = {
                name: [one for one in there if one[-1] is not found] for name, there in self._by_key.items()
            }
            self._by_key = {name: there for name, there in self._by_key.items() if there}


def _twice(subject: str, place: Place | None) -> str:
    return "%s is there twice%s: keep one." % (subject, "" if place is None else ", also in %s" % place)
