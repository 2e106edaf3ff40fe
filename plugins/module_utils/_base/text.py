# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: text that comes from outside, made fit for messages and free of secrets."""

from __future__ import annotations

import base64
import html
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

_MASK = "********"

MASKS = (_MASK, "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER")
"""What stands in the place of a secret in results of this collection, and of Ansible."""

# Shorter ones occur within other words by chance; to replace them there would make results unreadable without hiding
# anything, so they are replaced as words of their own.
_SHORTEST_SECRET = 4
_ALONE = r"(?<![\w.@:/-])(?:%s)(?![\w@:/-]|\.\w)"


def encodable(text: str) -> str:
    """Return ``text`` without halves of surrogate pairs, which no UTF-8 output can carry."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def printable(value: Any, longest: int = 300) -> str:
    """Return ``value`` fit for one line of a message: control and direction marks escaped, at most ``longest`` long."""
    try:
        text = str(value)
    except (RecursionError, ValueError):  # Lists within lists to the limit of Python, or a number of many digits.
        text = "a value that can't be shown"
    # To escape makes a text only longer, so that the rest of a large one need not be looked at.
    text = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text[: longest + 1]
    )
    return text if len(text) <= longest else text[: longest - 3] + "..."


def is_one_line(text: str) -> bool:
    """Tell whether ``text`` has no control characters, no line breaks of any kind and no halves of surrogate pairs."""
    return not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in text)


def quoted(value: Any) -> str:
    """Return ``value`` in single quotes, fit for a message."""
    return "'%s'" % printable(value, longest=120)


def spelled_out(value: Any) -> str:
    """Return a value fit for a comparison in a message: characters that look alike are told apart."""
    text = quoted(value)
    return text if text.isascii() else "%s (%s)" % (text, ascii(value)[:120])


def look_alike_key(text: str) -> str:
    """Return what two texts have in common if they look alike.

    Case, white space, characters that nobody sees, and the composition of letters in Unicode play no part in it.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    visible = [char for char in folded if not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf")]
    return unicodedata.normalize("NFKC", "".join(visible))


class Mask:
    """Replaces secrets in whatever leaves a task.

    A server or a proxy may echo a secret as it is or in the spelling of a URL, of JSON or of basic authentication, so
    each of these is replaced as well.
    """

    def __init__(self, secrets: Iterable[str] = (), words: Mapping[str, Collection[str]] | None = None) -> None:
        """Mask ``secrets``, and leave alone each of the ``words`` where it stands alone under its key."""
        self._words = words or {}
        self._short: set[str] = set()
        self._short_pattern: re.Pattern[str] | None = None
        # By how they begin: a task of many has thousands of secrets, and most texts begin none of them.
        self._by_head: dict[str, set[str]] = {}
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Mask these from now on. Blank ones are left alone."""
        spellings: set[str] = set()
        for secret in secrets:
            if len(secret.strip()) < _SHORTEST_SECRET:
                self._short.add(encodable(secret.strip()))
                continue
            lines = [line.strip() for line in secret.splitlines()] if "\n" in secret.strip() else []
            for given in [secret, secret.strip(), *(line for line in lines if len(line) > 15)]:
                # A variable of the environment may hold bytes that are no UTF-8: those are replaced where they leave.
                spellings.add(given)
                text = encodable(given)
                spellings.update((text, quote(text, safe=""), quote(text), quote_plus(text), repr(text)[1:-1]))
                spellings.update((json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]))
                escaped = html.escape(text)
                spellings.update((escaped, escaped.replace("&#x27;", "&#39;"), escaped.replace("&#x27;", "&#039;")))
                # Messages of this collection escape what is not printable, or tell look-alikes apart.
                spellings.update((printable(text, longest=12 * len(text)), ascii(text)[1:-1]))
                # Some services put a text of several lines into one.
                spellings.add(" ".join(text.split()))
                spellings.update(_encoded(text))
        for spelling in spellings:
            self._by_head.setdefault(spelling[:_SHORTEST_SECRET], set()).add(spelling)
        self._short.discard("")
        if self._short:
            self._short_pattern = re.compile(
                _ALONE % "|".join(map(re.escape, sorted(self._short, key=len, reverse=True)))
            )

    def text(self, text: str) -> str:
        """Return ``text`` with every secret replaced by asterisks; itself if there is none in it."""
        secrets = self._begun_in(text)
        for secret in secrets:
            text = text.replace(secret, _MASK)
        # What was shortened may end within a secret.
        for secret in secrets if "..." in text else ():
            text = _without_beginnings(text, secret)
        if self._short_pattern is not None:
            text = self._short_pattern.sub(_MASK, text)
        return text

    def _begun_in(self, text: str) -> list[str]:
        """Return the secrets whose first characters are in ``text``, the longest first: one may be part of another."""
        heads = self._by_head
        if len(heads) < len(text):
            found = [head for head in heads if head in text]
        else:
            ends = range(_SHORTEST_SECRET, len(text) + 1)
            found = [head for head in (text[end - _SHORTEST_SECRET : end] for end in ends) if head in heads]
        return sorted((secret for head in set(found) for secret in heads[head]), key=len, reverse=True)

    def value(self, value: Any, key: str = "") -> Any:
        """Return a JSON value with every secret replaced and every text encodable; itself if that changes nothing.

        Keys stay: those of a result are the collection's own, and a secret that resembles one must not rename it.
        ``key`` is the one that the value stands under.
        """
        if isinstance(value, str):
            text = self.text(encodable(value))
            return value if text is not value and value in self._words.get(key, ()) else text
        if isinstance(value, dict):
            masked = {key: self.value(item, key) for key, item in value.items()}
            return masked if any(masked[key] is not item for key, item in value.items()) else value
        if isinstance(value, (list, tuple)):
            items = [self.value(item) for item in value]
            same = isinstance(value, list) and all(new is old for new, old in zip(items, value))
            return value if same else items
        return value


def _common(one: str, other: str) -> int:
    """Return how many characters both begin with."""
    return next((n for n, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))


def _without_beginnings(text: str, secret: str) -> str:
    """Return ``text`` with asterisks for each beginning of ``secret`` that dots follow."""
    head = secret[:_SHORTEST_SECRET]
    pieces: list[str] = []
    done, start = 0, text.find(head)
    while start >= 0:
        end = -1
        if text.find("...", start, start + len(secret) + 3) >= 0:
            common = _common(secret, text[start : start + len(secret)])
            end = text.rfind("...", start + len(head), start + common + 3)
        if end >= 0:
            pieces += (text[done:start], _MASK)
            done = end
        start = text.find(head, max(start + 1, end))
    return "".join((*pieces, text[done:]))


def _encoded(secret: str) -> set[str]:
    """Return the secret as headers and URLs may carry it: in Base64, also of the whole header, and escaped."""
    found = {secret.encode("utf-8", "replace").hex()}
    for text in (secret, "Bearer " + secret):
        data = text.encode("utf-8", "replace")
        for encoded in (base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()):
            found.update((encoded, encoded.rstrip("=")))
    for escaped in (quote(secret, safe=""), quote(secret)):
        found.update((re.sub("%..", lambda match: match.group().lower(), escaped), quote(escaped, safe="")))
    return found
