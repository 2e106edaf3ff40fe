# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: what a task does with an object beside its fields, and how far it has come with it."""

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
    """How far a task has come with an object: what is true of it even if the next step fails.

    ``identity`` is how the user names the object; ``guarded`` tells that it must still be called so for the task to go
    on. ``read_at`` is when it was read, in seconds of the client's clock, and ``new`` tells that this task created it.
    ``done`` are the changes so far, each as a participle.
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
        """Let a failure tell what was done before it."""
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
            BasedashError: if it is not there any more, or is called otherwise now.
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
        """Let nothing be written that relies on a reading which is too old.

        Raises:
            StaleError: if it is.
        """
        recent(self.api.client, self.read_at)(earlier)


class Step:
    """Something that a task does with an object beside its fields, such as saying who may query a data source.

    Each method is called at one moment of the task; those that a step does not need do nothing. One object serves one
    task: it may keep what it read.
    """

    options: ClassVar[Spec] = {}
    """The options that the step brings along."""

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Step | None:
        """Return the step that the options ask for, ``None`` for none.

        Raises:
            InputError: if they can't be right.
        """
        return None

    def prepare(self, api: Collection) -> None:
        """Read what the options refer to, once it is known whether the object is there."""

    def read(self, api: Collection, resource: Resource) -> None:
        """Read what the object has of this now."""

    def difference(self) -> tuple[Content, Content]:
        """Return what a difference shows before and after, empty if this shows nothing."""
        return {}, {}

    @property
    def values(self) -> Content:
        """The result keys that this adds."""
        return {}

    @property
    def changes(self) -> bool:
        """Whether something of the object has to change for this."""
        return False

    @property
    def exposed(self) -> str:
        """What a new object is exposed to until this is done, as a sentence; empty if to nothing.

        A task does not stop between the creation of such an object and this step.
        """
        return ""

    def warning(self, work: Work, settings: Settings, body: Content) -> str:
        """Return what is worth a warning about an update with ``body``, empty if nothing is."""
        return ""

    def before_creating(self, api: Collection, settings: Settings) -> None:
        """Do what comes before the object is created."""

    def before_updating(self, work: Work, settings: Settings, body: Content) -> None:
        """Do what comes before the PATCH with ``body``, which may be empty."""

    def after_creating(self, work: Work) -> None:
        """Do what comes as soon as the object is created."""

    def after_updating(self, work: Work) -> None:
        """Do what comes after the PATCH."""

    def finish(self, work: Work, updated_from: Resource | None) -> None:
        """Do what comes in the end, when nothing is written any more.

        ``updated_from`` is what the object was before a PATCH, ``None`` if there was none.
        """
