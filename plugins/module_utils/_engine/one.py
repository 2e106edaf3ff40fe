# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the task that gives one object the wanted state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._rest.collection import Collection
from .kind import Kind
from .module_spec import ModuleSpec
from .options import of_state, one_of
from .outcome import Outcome
from .step import Step
from .task import Task


@dataclass(frozen=True)
class EnsureState:
    """The task that gives one object of a kind the ``state`` that its options name.

    ``steps`` are what the task does besides setting the object's fields, in this order.
    """

    kind: Kind
    steps: Sequence[type[Step]] = ()

    def __call__(self, api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
        """Run the task.

        Raises:
            BasedashError: if this fails, or if it is not known whether it succeeded.
        """
        # On a remote host each run compiles what it imports, so import only what the wanted state needs.
        if options["state"] == "absent":
            from .deletion import make_absent

            return make_absent(self.kind, api, options, check_mode)
        from .present import make_present

        return make_present(self.kind, self.steps, api, options, check_mode)


def module_of_one(kind: Kind, steps: Sequence[type[Step]] = ()) -> ModuleSpec:
    """Return the module that manages one object of a kind."""
    task = Task(kind, EnsureState(kind, steps), about_one=True)
    return ModuleSpec(task, of_state(kind, steps), one_of(kind))
