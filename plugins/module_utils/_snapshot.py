# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the API as one item of many sees it.

One list of all pages serves every look-up, until an item changes something. From then on it reads anew, because what
was listed before says nothing about that.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from ansible_collections.community.basedash.plugins.module_utils._api import Api, Content, Deleted, Listing, Resource


class Lists:
    """Lists of all data sources, each read once for everyone who needs one of its time. Safe for threads."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._lock = threading.Lock()
        self._first: Listing | None = None
        self._latest: Listing | None = None
        self._begun = float("-inf")

    @property
    def first(self) -> Listing:
        """The list that serves all until something changes, read when it is needed first.

        Raises:
            ApiError: if it can't be read.
        """
        with self._lock:
            if self._first is None:
                self._first = self._api.list_all()
            return self._first

    def after(self, moment: float) -> Listing:
        """Return a list that was begun after ``moment`` (by the API's clock).

        Raises:
            ApiError: if it can't be read.
        """
        with self._lock:
            if self._latest is None or self._begun <= moment:
                begun = self._api.clock.monotonic()
                self._latest = self._api.list_all()
                self._begun = begun
            return self._latest


class Snapshot(Api):
    """The data sources of one organization, for one item: as they were listed, until it changes something itself."""

    def __init__(self, api: Api, lists: Lists) -> None:
        super().__init__(api.client, api.organization_id)
        self._lists = lists
        self._changed_at: float | None = None

    @property
    def reads_one(self) -> bool:
        """Whether ``get`` is worth asking: not as long as the list has the answer."""
        return self._changed_at is not None

    def list_all(self) -> Listing:
        """Return the list that serves all items, or after a change a newer one."""
        if self._changed_at is None:
            return self._lists.first
        return self._lists.after(self._changed_at)

    def create(self, body: Content) -> Resource | None:
        """Create a data source."""
        try:
            return super().create(body)
        finally:
            self._changed()

    def update(self, identifier: str, body: Content) -> Resource | None:
        """Change a data source."""
        try:
            return super().update(identifier, body)
        finally:
            self._changed()

    def delete(self, identifier: str) -> Deleted:
        """Delete a data source."""
        try:
            return super().delete(identifier)
        finally:
            self._changed()

    def put_access(self, identifier: str, body: Mapping[str, Any]) -> Content | None:
        """Replace who may query a data source."""
        try:
            return super().put_access(identifier, body)
        finally:
            self._changed()

    def _changed(self) -> None:
        self._changed_at = self.clock.monotonic()
