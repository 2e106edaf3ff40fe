# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the check of a task's options before Ansible converts them.

Ansible converts a boolean, a number or a list to a text, and afterwards nobody can tell that ``name: no`` was a
mistake. Its messages also repeat wrong values, and such a value may be a secret in the wrong place. So this module
checks first everything that the argument spec demands, and its messages never show a value.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from ansible.module_utils.common.parameters import DEFAULT_TYPE_VALIDATORS

from .._base.errors import InputError
from .._base.text import MASKS, is_one_line
from .._http.connection import service_root
from .forms import Spec
from .options import Rules, secret_texts

_KINDS = {
    bool: "a boolean",
    int: "an integer",
    float: "a float",
    str: "a text",
    list: "a list",
    dict: "a dict",
    type(None): "nothing",
    date: "a date",
    datetime: "a time",
}
_WANTED = {
    "bool": "a boolean",
    "int": "a whole number",
    "float": "a number",
    "list": "a list",
    "dict": "a dict",
}

# Ansible 2.18 and earlier put this in the place of an omitted variable inside a longer text.
_OMITTED = "__omit_place_holder__"

# Invisible characters that str.isspace() does not count as white space.
_INVISIBLE = (
    "\u00ad\u061c\u115f\u1160\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u2800\u3164\ufeff\uffa0"
)

_PATH_START = ("/", "~", "./", "../", "$")
_PATH_END = re.compile(r"[\w ./~$-]+\.(pem|crt|cer|cert|key|p12|pfx|der|ca|bundle|txt)", re.IGNORECASE)
_LONGEST_PATH = 1000


def checked(
    spec: Spec,
    rules: Rules,
    given: Mapping[str, Any],
    environment: Mapping[str, str] | None = None,
    linting: bool = False,
) -> dict[str, Any]:
    """Return the options, unchanged but for removed line breaks at the end of some secrets; Ansible converts them.

    ``environment`` has the variables that replace missing options, ``None`` for those of this process. With
    ``linting``, a text with a template is valid for any option, because linters see a task before Ansible fills in the
    template.

    Raises:
        InputError: for the first mistake. Its message has the option's name but never its value.
    """
    check = _Check(rules, linting)
    variables = {} if linting else os.environ if environment is None else environment
    try:
        values = check.options(spec, given, "", rules.required_one_of)
    except _UnknownOption as unknown:
        raise InputError(unknown.sentence(secret_texts(spec, given))) from None
    names = _spellings(spec)
    found = {names[spelling] for spelling in values}
    for name, entry in spec.items():
        variable = entry["fallback"][1][0] if "fallback" in entry and name not in found else ""
        if variables.get(variable):
            check.value(entry, name, variables[variable], "The environment variable " + variable)
    return values


class EntryCheck:
    """The same check for entries of a configuration: option by option, so that it can name several mistakes."""

    def __init__(self, spec: Spec, rules: Rules) -> None:
        self._spec = spec
        self._check = _Check(rules, templates=False)

    def value(self, name: str, value: Any) -> Any:
        """Check one option, and return its value, converted and with the defaults of what it leaves out.

        Raises:
            InputError: for the first mistake. Its message has the option's name but never its value.
        """
        try:
            entry = self._spec[name]
            found = self._check.value(entry, name, value, "The option " + name, clearable="clear" in self._spec)
            return _converted(entry, found)
        except _UnknownOption as unknown:
            raise InputError(unknown.sentence(secret_texts(self._spec, {name: value}))) from None


def unknown_option(name: Any, known: Mapping[str, str], secrets: Sequence[str] = ()) -> str:
    """Return the message about an option that does not exist, with the nearest one of ``known``."""
    return _UnknownOption(str(name), "", known).sentence(secrets)


def _converted(entry: Mapping[str, Any], value: Any) -> Any:
    """Return a checked value as Ansible converts it; its validator is too slow for thousands of entries."""
    kind = entry.get("type", "str")
    if kind == "list":
        element = {**entry, "type": entry.get("elements", "str")}
        return [_converted(element, item) for item in value]
    if kind == "dict" and "options" in entry:
        names = _spellings(entry["options"])
        given = {names[spelling]: item for spelling, item in value.items()}
        return {
            name: _converted(one, given[name]) if name in given else one.get("default")
            for name, one in entry["options"].items()
        }
    return DEFAULT_TYPE_VALIDATORS[kind](value) if kind in ("bool", "int", "float") else _plain(value)


def _plain(value: Any) -> Any:
    """Return a value without the places that its mappings know, because a result can only have plain ones."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def described(spec: Spec, given: Mapping[str, Any]) -> dict[str, str]:
    """Return the options with only the type of each value, because a value may be a secret in the wrong place."""
    names = _spellings(spec)
    return {name if name in names else "an unknown option": _kind(value) for name, value in given.items()}


class _UnknownOption(Exception):
    """An option that the module does not have."""

    def __init__(self, name: str, place: str, known: Mapping[str, str]) -> None:
        super().__init__()
        self._name = name
        self._place = place
        self._known = known

    def sentence(self, secrets: Sequence[str]) -> str:
        """Return the message. It does not show a name that may be a secret, such as a password before a colon."""
        within = " of %s" % self._place if self._place else ""
        if any(len(text) > 3 and text in self._name for text in secrets):
            near: list[str] = []
            name = ""
        else:
            near = difflib.get_close_matches(self._name.lower(), self._known, 1)
            name = self._name if near or re.fullmatch("[A-Za-z_]{1,40}", self._name) else ""
        subject = "The option %s%s is unknown" % (name, within) if name else "An option%s is unknown" % within
        if near:
            return "%s: did you mean %s?" % (subject, near[0])
        return "%s: remove it, or give one of %s." % (subject, ", ".join(sorted(set(self._known.values()))))


class _Check:
    """One pass over a task's options. ``subject`` is how a message begins: the option with its path."""

    def __init__(self, rules: Rules, templates: bool) -> None:
        self._rules = rules
        self._templates = templates

    def options(
        self, spec: Spec, given: Mapping[str, Any], place: str, required_one_of: Sequence[Sequence[str]]
    ) -> dict[str, Any]:
        """Check the options of a module, or of a dict within them, which ``place`` names."""
        names = _spellings(spec)
        values: dict[str, Any] = {}
        seen: dict[str, str] = {}
        prefix = "The option %s." % place if place else "The option "
        for spelling, value in given.items():
            name = names.get(spelling)
            if name is None:
                raise _UnknownOption(str(spelling), place, names)
            if value is None:  # Skip it as if it were missing, because Ansible would try to convert it.
                continue
            if name in seen and value != given[seen[name]]:
                raise InputError(
                    "%s%s is the same as %s, and their values differ: give one of them."
                    % (prefix, spelling, seen[name])
                )
            seen[name] = spelling
            values[spelling] = self.value(spec[name], name, value, prefix + spelling, clearable="clear" in spec)
        for name, entry in spec.items():
            if entry.get("required") and name not in seen:
                choices = ": give %s" % " or ".join(entry["choices"]) if "choices" in entry else ""
                raise InputError("%s%s is missing%s." % (prefix, name, choices))
        for several in required_one_of:
            if not any(name in seen for name in several):
                within = " in %s" % place if place else ""
                raise InputError("None of %s is given%s: give one of them." % (", ".join(several), within))
        return values

    def value(self, entry: Mapping[str, Any], name: str, value: Any, subject: str, clearable: bool = False) -> Any:
        """Check the value of one option, and return it trimmed if trimming is allowed."""
        kind = entry.get("type", "str")
        if self._templates and isinstance(value, str) and ("{{" in value or "{%" in value):
            return value
        if isinstance(value, str) and not value.strip():
            clear = ", or name it in clear" if clearable and name in self._rules.clearable else ""
            raise InputError("%s is empty: give a value, or leave it out%s." % (subject, clear))
        if kind == "list":
            return self._items(entry, name, value, subject)
        if kind == "dict":
            return self._dict(entry, value, subject)
        if kind in ("str", "path", "raw"):
            return self._text(entry, name, value, subject)
        return _scalar(kind, value, subject)

    def _dict(self, entry: Mapping[str, Any], value: Any, subject: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _wrong(subject, value, "dict")
        if "options" in entry:
            place = subject[len("The option ") :]
            return self.options(entry["options"], value, place, entry.get("required_one_of", ()))
        for field, one in value.items():
            known = isinstance(field, str) and re.fullmatch("[A-Za-z_]{1,40}", field)
            place = "%s.%s" % (subject, field) if known else "A field of %s" % subject.replace("The", "the", 1)
            self._free(one, place, bool(entry.get("no_log")))
        return value

    def _items(self, entry: Mapping[str, Any], name: str, value: Any, subject: str) -> list[Any]:
        texts = entry.get("elements", "str") == "str"
        if (
            isinstance(value, str)
            and texts
            and name not in self._rules.lists_alone
            and not re.search(r"[\[\]{}\n]", value)
        ):
            # Split it as Ansible does, because options on a command line are texts.
            value = value.split(",")
        if not isinstance(value, list):
            raise _wrong(subject, value, "list")
        element = {**entry, "type": entry.get("elements", "str")}
        items = []
        for number, item in enumerate(value):
            one = "%s[%d]" % (subject, number)
            if isinstance(item, list):
                raise InputError("%s is a list within the list: join the lists to one, as in list_1 + list_2." % one)
            if item is None:
                raise InputError("%s is empty: give a value, or remove it." % one)
            if not isinstance(item, dict) and len(entry.get("options", ())) == 1:
                # Of objects with a name alone, the name is enough.
                item = dict.fromkeys(entry["options"], item)
            items.append(self.value(element, name, item, one))
        return items

    def _free(self, value: Any, subject: str, secret: bool) -> None:
        """Check a value that is sent without change. Any value is valid unless a template or a file has damaged it."""
        for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            self._free(one, subject, secret)
        if isinstance(value, date):
            raise _wrong(subject, value, "text")
        if not isinstance(value, str):
            return
        if not value.strip():
            raise InputError("%s is empty: give a value, or leave it out, or give null to empty it." % subject)
        _check_whole(value, subject, secret)
        # A key of several lines usually ends with a line break.
        if secret and "\n" not in value.strip():
            _check_ends(value, subject)

    def _text(self, entry: Mapping[str, Any], name: str, value: Any, subject: str) -> str:
        secret = bool(entry.get("no_log"))
        if name in self._rules.json_objects and isinstance(value, dict):
            return _as_json(value, subject)
        if isinstance(value, int) and not isinstance(value, bool) and not secret:
            value = str(value)
        if not isinstance(value, str):
            raise _wrong(subject, value, "text")
        if "choices" in entry and value not in entry["choices"]:
            raise InputError("%s has an unknown value: give %s." % (subject, " or ".join(entry["choices"])))
        _check_whole(value, subject, secret)
        if name in self._rules.trimmed:
            trimmed = self._rules.trimmed[name]
            value = value.strip() if trimmed is None else value.rstrip(trimmed)
        if secret or name in self._rules.exact:
            _check_ends(value, subject)
        if name in self._rules.lists_alone and re.fullmatch(r"\s*(\[.*\]|\{.*\})\s*", value, re.DOTALL):
            raise InputError("%s is a text that looks like a list or a dict: give the texts themselves." % subject)
        if name in self._rules.json_objects:
            _check_json(value, subject)
        elif entry.get("type") == "path":
            _check_path(value, subject)
        elif name == "api_url":
            service_root(value)
        return str(value)


def _spellings(spec: Spec) -> dict[str, str]:
    """Return the name of each option, by the name itself and by each alias."""
    return {spelling: name for name, entry in spec.items() for spelling in (name, *entry.get("aliases", ()))}


def _kind(value: Any) -> str:
    return _KINDS.get(dict if isinstance(value, dict) else type(value), "a value of another kind")


def _scalar(kind: str, value: Any, subject: str) -> Any:
    """Check a value that must be a number or a boolean, and return it."""
    if isinstance(value, (list, dict)) or (isinstance(value, bool) and kind != "bool"):
        raise _wrong(subject, value, kind)
    try:
        if kind == "int" and isinstance(value, float):
            raise TypeError
        if kind == "int" and isinstance(value, str) and not re.fullmatch("[+-]?[0-9]+", value.strip()):
            raise ValueError
        DEFAULT_TYPE_VALIDATORS[kind](value)
    except (TypeError, ValueError, OverflowError):
        raise _wrong(subject, value, kind) from None
    return value


def _wrong(subject: str, value: Any, wanted: str) -> InputError:
    if wanted == "text":
        advice = "give one text" if isinstance(value, (list, dict)) else "quote it"
        if isinstance(value, int) and not isinstance(value, bool):
            advice += ", because a number has lost the zeros it began with"
        return InputError("%s is %s and not a text: %s." % (subject, _kind(value), advice))
    wish = _WANTED[wanted]
    return InputError("%s is %s and not %s: give %s." % (subject, _kind(value), wish, wish))


def can_be_given(name: str) -> bool:
    """Tell whether the option accepts this name of a data source; it refuses white space at an end."""
    return bool(name) and not _is_blank(name[0]) and not _is_blank(name[-1])


def _is_blank(char: str) -> bool:
    return char.isspace() or char in _INVISIBLE


def _check_whole(text: str, subject: str, secret: bool) -> None:
    """Refuse a text that was replaced, in part or completely, by a placeholder or a mask."""
    if _OMITTED in text:
        raise InputError("%s has an omitted variable in it: omit can only stand alone." % subject)
    if text.strip() in MASKS or (not secret and any(mask in text for mask in MASKS)):
        raise InputError(
            "%s has a mask in it, which stands in the place of a secret: take it from where nothing is masked."
            % subject
        )


def _check_ends(text: str, subject: str) -> None:
    """Refuse invisible characters at the ends of a text that must be exact."""
    for char, end in ((text[0], "begins"), (text[-1], "ends")):
        if _is_blank(char):
            what = "a line break" if char in "\r\n" else "white space"
            raise InputError("%s %s with %s: remove it, for example with the filter trim." % (subject, end, what))


def _as_json(value: dict[str, Any], subject: str) -> str:
    try:
        return json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError):
        raise InputError("%s has a value that is no JSON: give the key file as it is." % subject) from None


def _check_json(text: str, subject: str) -> None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InputError("%s is no JSON object: give the content of the key file, not its path." % subject)


def _check_path(text: str, subject: str) -> None:
    """Refuse a text that is more likely a secret than a path. Missing files are reported elsewhere, with their path."""
    if "-----BEGIN" in text or not is_one_line(text) or len(text) > _LONGEST_PATH:
        raise InputError("%s is the text of a key or a certificate: write it to a file, and give its path." % subject)
    if text.startswith(_PATH_START) or _PATH_END.fullmatch(text) or os.path.exists(text):
        return
    raise InputError("%s is no path of a file that is there; it is not shown, because it may be a secret." % subject)
