# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: prepares text from outside for messages, and masks secrets."""

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
"""The masks that replace a secret in results of this collection and of Ansible."""

# Shorter secrets occur in other words by chance. So they are only masked where they are whole words, because masking
# parts of words would make results unreadable without hiding anything.
_SHORTEST_SECRET = 4
_ALONE = r"(?<![\w.@:/-])(?:%s)(?![\w@:/-]|\.\w)"


def encodable(text: str) -> str:
    """Return ``text`` without halves of surrogate pairs, because UTF-8 can't encode them."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


# Unicode promises that these three are never characters of a text, so ``printable`` escapes them.
_START, _LIMIT, _END = "\ufdd0", "\ufdd1", "\ufdd2"
_LIMITED = re.compile("%s([^%s%s]*)%s([0-9]+)%s" % (_START, _START, _END, _LIMIT, _END))

# Longer texts are cut at once, to save memory. What is shown of them is far from the place of this cut.
_LONGEST_TEXT = 100_000


def printable(value: Any, longest: int = 300) -> str:
    """Return ``value`` as one line for a message, with escaped invisible characters and ``longest`` as its limit."""
    try:
        text = str(value)
    except (RecursionError, ValueError):  # Too deeply nested lists, or a number with too many digits.
        text = "a value that can't be shown"
    text = text[:_LONGEST_TEXT]
    if not text.isprintable():
        text = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
    return limited(text, longest)


def limited(text: str, longest: int) -> str:
    """Mark a text that is longer than ``longest`` characters, so that ``shortened`` shortens it.

    The text is not shortened here, because secrets must be masked first: nobody recognizes a part of a secret.
    """
    return text if len(text) <= longest else "".join((_START, text, _LIMIT, str(longest), _END))


def shortened(text: str) -> str:
    """Return ``text`` with each part shortened that ``limited`` has marked; the same object if there is none."""
    count = int(_START in text)
    while count:
        text, count = _LIMITED.subn(_within_limit, text)
    return text


def _within_limit(found: re.Match[str]) -> str:
    text, longest = found[1], int(found[2])
    return text if len(text) <= longest else text[: longest - 3] + "..."


def is_one_line(text: str) -> bool:
    """Tell whether ``text`` has no control characters, no line breaks of any kind and no halves of surrogate pairs."""
    return not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in text)


def quoted(value: Any) -> str:
    """Return ``value`` in single quotes, for a message."""
    return "'%s'" % printable(value, longest=120)


def spelled_out(value: Any) -> str:
    """Return a value for a comparison in a message, with codes for characters that look like others."""
    text = printable(value, _LONGEST_TEXT)
    return quoted(value) if text.isascii() else "%s (%s)" % (quoted(value), limited(ascii(value), 120))


def look_alike_key(text: str) -> str:
    """Return a form of a text that is equal for texts that look alike.

    It ignores case, white space, invisible characters and Unicode composition.
    """
    if text.isascii() and text.isprintable():
        # Most names are so, and the rest of the function is slow for thousands of them.
        return text.lower().replace(" ", "")
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    visible = [char for char in folded if not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf")]
    return unicodedata.normalize("NFKC", "".join(visible))


class Mask:
    """Masks secrets in everything that leaves a task.

    A server or a proxy may echo a secret unchanged, or encoded as in a URL, in JSON or in basic authentication. So all
    these encodings are masked as well.
    """

    def __init__(self, secrets: Iterable[str] = (), words: Mapping[str, Collection[str]] | None = None) -> None:
        """Mask ``secrets``, but not a value that is exactly one of the ``words`` of its key."""
        self._words = words or {}
        self._short: set[str] = set()
        self._short_pattern: re.Pattern[str] | None = None
        # Index secrets by their first four characters, because a bulk task can have thousands of them.
        self._by_head: dict[str, set[str]] = {}
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Mask these secrets from now on. Blank secrets are ignored."""
        spellings: set[str] = set()
        for secret in secrets:
            if len(secret.strip()) < _SHORTEST_SECRET:
                self._short.add(encodable(secret.strip()))
                continue
            lines = [line.strip() for line in secret.splitlines()] if "\n" in secret.strip() else []
            for given in [secret, secret.strip(), *(line for line in lines if len(line) > 15)]:
                # An environment variable may have bytes that are not UTF-8. They change when a text is encoded for
                # output.
                spellings.add(given)
                text = encodable(given)
                spellings.update((text, quote(text, safe=""), quote(text), quote_plus(text), repr(text)[1:-1]))
                spellings.update((json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]))
                escaped = html.escape(text)
                spellings.update((escaped, escaped.replace("&#x27;", "&#39;"), escaped.replace("&#x27;", "&#039;")))
                # Messages of this collection escape invisible characters, and show the codes of look-alikes.
                spellings.update((printable(text, longest=_LONGEST_TEXT * 12), ascii(text)[1:-1]))
                # Some services join the lines of a text.
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
        """Return ``text`` with every secret replaced by asterisks, and then shortened where it is too long.

        It is the same object if nothing changes.
        """
        secrets = self._begun_in(text)
        for secret in secrets:
            text = text.replace(secret, _MASK)
        # A server may have shortened the text, and it may end in the middle of a secret.
        for secret in secrets if "..." in text else ():
            text = _without_beginnings(text, secret)
        if self._short_pattern is not None:
            text = self._short_pattern.sub(_MASK, text)
        return shortened(text)

    def _begun_in(self, text: str) -> list[str]:
        """Return the secrets whose first characters are in ``text``, longest first, as one may be part of another."""
        heads = self._by_head
        if len(heads) < len(text):
            found = [head for head in heads if head in text]
        else:
            ends = range(_SHORTEST_SECRET, len(text) + 1)
            found = [head for head in (text[end - _SHORTEST_SECRET : end] for end in ends) if head in heads]
        return sorted((secret for head in set(found) for secret in heads[head]), key=len, reverse=True)

    def value(self, value: Any, key: str = "") -> Any:
        """Return a JSON value with masked secrets and encodable texts; the same object if nothing changes.

        Keys are not masked, because they are the collection's own words, and a secret that looks like a key must not
        rename it. ``key`` is the key of the value.
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


def _without_beginnings(text: str, secret: str) -> str:
    """Return ``text`` with asterisks in place of each beginning of ``secret`` that is followed by dots."""
    head = secret[:_SHORTEST_SECRET]
    pieces: list[str] = []
    done, end = len(text), text.rfind("...")
    while end > 0:
        start = text.find(head, max(0, end - len(secret)), end)
        while start >= 0 and not secret.startswith(text[start:end]):
            start = text.find(head, start + 1, end)
        if start >= 0:
            pieces += (text[end:done], _MASK)
            done = start
        end = text.rfind("...", 0, min(done, end + 2))
    return text[:done] + "".join(reversed(pieces))


def _encoded(secret: str) -> set[str]:
    """Return encodings of a secret in headers and URLs: Base64, also of the whole header, hexadecimal and escaped."""
    found = {secret.encode("utf-8", "replace").hex()}
    for text in (secret, "Bearer " + secret):
        data = text.encode("utf-8", "replace")
        for encoded in (base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()):
            found.update((encoded, encoded.rstrip("=")))
    for escaped in (quote(secret, safe=""), quote(secret)):
        found.update((re.sub("%..", lambda match: match.group().lower(), escaped), quote(escaped, safe="")))
    return found
