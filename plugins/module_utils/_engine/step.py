# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what a task does with an object besides setting fields, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from .._base.effect import Effect
from .._base.errors import BasedashError, IncompleteError, RefusedError
from .._base.text import quoted
from .._rest.collection import Collection
from .._rest.family import Content, Resource
from .._rest.freshness import SETTLING_SECONDS, look_until, recent
from .forms import Spec
from .lookup import Finding, Identity, find
from .settings import Settings


@dataclass
class Work:
    """How far a task has come with an object. All of this is true even if the next step fails.

    ``identity`` is how the user names the object. ``guarded`` tells that the task must stop if the object has another
    name by now. ``read_at`` is when the object was read, in seconds of the client's clock. ``new`` tells that this task
    created it. ``done`` are the changes so far, each as a participle such as "updated".
    """

    api: Collection
    identity: Identity
    resource: Resource
    read_at: float
    new: bool = False
    guarded: bool = True
    done: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The object in a message, without an article: "data source with id 'ds_1'"."""
        return "%s with id %s" % (self.api.family.noun, quoted(self.resource["id"]))

    @contextmanager
    def reported(self) -> Iterator[None]:
        """Add to a failure what was done before it."""
        try:
            yield
        except BasedashError as error:
            if self.done:
                error.changed = True
                error.message += " By then, the %s was %s." % (self.name, " and ".join(self.done))
            error.facts = error.facts or self.identity.kind.facts(self.resource)
            error.warnings += tuple(self.warnings)
            raise

    def read_again(self) -> None:
        """Read the object anew.

        Raises:
            BasedashError: if it does not exist any more, or has another name by now.
        """
        identity = replace(self.identity, id=self.resource["id"])
        if not self.guarded:
            identity = Identity(identity.kind, identity.id, None)

        def look() -> Finding | None:
            finding = find(self.api, identity)
            return finding if finding.resource is not None or not self.new else None

        why = "looking again for the %s that was just created" % self.api.family.noun
        finding = look_until(self.api.client, look, why)
        if finding is None:
            raise IncompleteError(
                "The %s was created, and no reading shows it after %d seconds: look at it in "
                "Basedash, then run the task again." % (self.name, SETTLING_SECONDS)
            )
        if finding.resource is None:
            raise RefusedError("The %s was deleted by someone else while this task ran." % self.name)
        self.resource, self.read_at = finding.resource, finding.read_at

    def check(self, earlier: Effect) -> None:
        """Stop a write if the reading that it relies on is too old.

        Raises:
            StaleError: if the reading is too old.
        """
        recent(self.api.client, self.read_at)(earlier)


class Step:
    """Something that a task does with an object besides setting fields, such as setting who may query a data source.

    Each method is called at one moment of the task. By default, the methods do nothing. Each task has its own step
    object, so a step may store what it read.
    """

    options: ClassVar[Spec] = {}
    """The options that the step adds to a module."""

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Step | None:
        """Return the step that the options ask for, or ``None``.

        Raises:
            InputError: if the options are invalid.
        """
        return None

    def prepare(self, api: Collection) -> None:
        """Read what the options refer to. The task calls this when it knows whether the object exists."""

    def read(self, api: Collection, resource: Resource) -> None:
        """Read the present state of the object, as far as this step changes it."""

    def difference(self) -> tuple[Content, Content]:
        """Return what a diff shows before and after; empty if the step shows nothing."""
        return {}, {}

    @property
    def values(self) -> Content:
        """The result keys that this step adds."""
        return {}

    def predicted(self, resource: Resource) -> Resource:
        """Return the object as answers would show it after this step."""
        return resource

    @property
    def changes(self) -> bool:
        """Whether this step has to change the object."""
        return False

    @property
    def exposed(self) -> str:
        """A sentence that says to what a new object is exposed until this step is done; empty if to nothing.

        An interrupted task still finishes this step after it has created such an object.
        """
        return ""

    @property
    def assumption(self) -> str:
        """A sentence about what check mode assumes that earlier tasks do; empty if nothing."""
        return ""

    def check_creation(self, api: Collection, finding: Finding, settings: Settings) -> None:
        """Check, also in check mode and before anything is written, whether the object may be created.

        The task calls this again if it had to look the object up again before the creation.

        Raises:
            RefusedError: if it must not be created.
        """

    def check_update(self, work: Work, settings: Settings, body: Content) -> None:
        """Check, also in check mode and before anything is written, whether the object may be changed with ``body``.

        The task calls this again if it had to read the object again before the update.

        Raises:
            RefusedError: if it must not be changed like this.
        """

    def warning(self, work: Work, settings: Settings, body: Content) -> str:
        """Return a warning about an update with ``body``, empty if there is none."""
        return ""

    def before_creating(self, api: Collection, settings: Settings) -> None:
        """Do the part before the creation of the object."""

    def before_updating(self, work: Work, settings: Settings, body: Content) -> None:
        """Do the part before the PATCH with ``body``, which may be empty."""

    def after_creating(self, work: Work) -> None:
        """Do the part immediately after the creation of the object."""

    def after_updating(self, work: Work) -> None:
        """Do the part after the PATCH."""

    def finish(self, work: Work, updated_from: Resource | None) -> None:
        """Do the last part, after all writes.

        ``updated_from`` is the object before the PATCH, ``None`` if there was no PATCH.
        """
