# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: basedash_teardown
short_description: Decide what the role basedash_teardown does next
version_added: 0.1.0
description:
  - Takes what the steps of the role left behind, and returns which steps may follow, and what the report says.
  - It is made for the role. A step that was skipped, for whatever reason, left nothing behind, and then nothing is
    deleted.
author:
  - Basedash collection contributors (@ansible-collections)
positional: host, batch, hostvars
options:
  _input:
    description:
      - The role's variables C(data_sources), C(filters), C(exclude) and C(confirm), whether somebody is C(attended),
        and the results of its steps, C(probe), C(plan), C(left), C(announced) and C(deleted).
    type: dict
    required: true
  host:
    description: The name of this host.
    type: str
    required: true
  batch:
    description: The names of the hosts that run together.
    type: list
    elements: str
    required: true
  hostvars:
    description: The variables of all hosts, to find out what the others do.
    type: dict
    required: true
  omit:
    description: What stands for an omitted value.
    type: raw
"""

EXAMPLES = r"""
- name: Delete what may be deleted
  when: now.deletes
  vars:
    now: "{{ steps | community.basedash.basedash_teardown(inventory_hostname, ansible_play_batch, hostvars) }}"
  community.basedash.basedash_data_sources:
    data_sources: "{{ now.going }}"
    state: absent
"""

RETURN = r"""
_value:
  description:
    - The keys C(check_mode), C(mistake), C(wanted), C(left), C(going), C(ready), C(question), C(deletes), C(status),
      C(plan) and C(outcome).
  type: dict
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from ansible_collections.community.basedash.plugins.module_utils._base.text import MASKS
from ansible_collections.community.basedash.plugins.module_utils._engine.input_check import can_be_given
from ansible_collections.community.basedash.plugins.module_utils._engine.options import of_one
from ansible_collections.community.basedash.plugins.module_utils._resources.data_source import DATA_SOURCE, STEPS

# All actions in a plan. Any other word was masked, because a secret is a part of the action's name.
_ACTIONS = frozenset(("deleted", "unchanged", "failed", "not_attempted"))

_ENTRY = of_one(DATA_SOURCE, STEPS)
# Drop secrets, because a deletion needs none, and a secret could mask an id.
_DROPPED = frozenset(name for name, option in _ENTRY.items() if option.get("no_log")) | {"extra"}
# Options of an entry that the deletion needs as well.
_FLAGS = ("missing_ok", "verify_absence", "force")

_WHAT = (
    "Say what is to be deleted: give basedash_teardown_data_sources, a list with an id or a name each, or "
    'basedash_teardown_filters, such as {"name_pattern": "^preview-42(-|$)"}.'
)
_NO_DICTIONARY = (
    "The variable basedash_teardown_filters is no dictionary. On the command line, give JSON as a whole, such as "
    '-e \'{"basedash_teardown_filters": {"name_pattern": "^preview-42(-|$)"}}\'.'
)
_NO_LIST = (
    "The variable basedash_teardown_data_sources is no list of dictionaries with an id or a name each. On the command "
    'line, give JSON as a whole, such as -e \'{"basedash_teardown_data_sources": [{"name": "preview-42"}]}\'.'
)


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Any]:
        """Return the filter by its name."""
        return {"basedash_teardown": next_steps}


def next_steps(
    steps: Mapping[str, Any],
    host: str,
    batch: Sequence[str],
    hostvars: Mapping[str, Mapping[str, Any]],
    omit: Any = None,
) -> dict[str, Any]:
    """Return what follows from the finished steps: the public properties of ``Teardown``."""
    teardown = Teardown(steps, host, batch, hostvars, omit)
    return {name: getattr(teardown, name) for name in vars(Teardown) if not name.startswith("_")}


class Teardown:
    """The finished steps of one host, and what follows from them.

    No step expects that an earlier failure has ended the play. If a step was skipped, or failed with ``ignore_errors``,
    ``deletes`` stays false.
    """

    def __init__(
        self,
        steps: Mapping[str, Any],
        host: str,
        batch: Sequence[str],
        hostvars: Mapping[str, Mapping[str, Any]],
        omit: Any = None,
    ) -> None:
        self._steps, self._host, self._batch, self._hostvars, self._omit = steps, host, batch, hostvars, omit
        self._listed = self._given(steps["data_sources"])
        self._deleted = {} if steps["deleted"].get("skipped") else steps["deleted"]
        self._needs_a_person = _needs_a_person(steps["confirm"], steps["attended"])

    @cached_property
    def check_mode(self) -> bool | None:
        """Whether this is check mode; ``None`` if it is not known.

        A probe task shows it, because check mode skips this task.
        """
        probe = self._steps["probe"]
        if probe.get("skipped"):
            return True
        return False if probe.get("rc") == 0 and not probe.get("failed") else None

    @cached_property
    def mistake(self) -> str:
        """What is wrong with the options, empty if nothing is."""
        data_sources, filters = self._steps["data_sources"], self._steps["filters"]
        filtered = self._given(filters) and filters != {}
        if self._listed and filtered:
            return "Give either basedash_teardown_data_sources or basedash_teardown_filters, not both."
        if self._listed:
            return self._gap if _is_list_of_mappings(data_sources) else _NO_LIST
        if not filtered:
            return _WHAT
        if not isinstance(filters, Mapping):
            return _NO_DICTIONARY
        empty = [name for name, value in filters.items() if self._is_empty(value)]
        return self._gap or " ".join(
            "The filter %s is empty. Give it a value, or leave it out." % name for name in empty
        )

    @property
    def _gap(self) -> str:
        """What is wrong with ``exclude``, because ansible-core 2.19 and newer silently drop an omitted entry."""
        exclude = self._steps.get("exclude")
        if isinstance(exclude, (list, tuple)) and any(self._is_empty(one) for one in exclude):
            return "An entry of basedash_teardown_exclude is empty. Give it a value, or leave it out."
        return ""

    @cached_property
    def wanted(self) -> dict[str, Any]:
        """The module options for the plan, without secrets."""
        if self.mistake:
            return {}
        if not self._listed:
            return {"filters": self._steps["filters"]}
        entries = self._steps["data_sources"]
        return {"data_sources": [{k: v for k, v in entry.items() if k not in _DROPPED} for entry in entries]}

    @cached_property
    def left(self) -> dict[str, str]:
        """The ids that an earlier host of the batch deletes, by id with the name of this host.

        The value is stored after all hosts have planned, because a host that fails leaves the batch.
        """
        if isinstance(self._steps["left"], Mapping):
            return dict(self._steps["left"])
        left: dict[str, str] = {}
        for host in self._batch[: self._batch.index(self._host)] if self._host in self._batch else ():
            plan = self._of(host, "plan")
            # Compare the services, because two services can have the same ids: staging may be a copy of production.
            if plan.get("service") != self._steps["plan"].get("service"):
                continue
            for entry in plan.get("results") or ():
                if entry["action"] == "deleted":
                    left.setdefault(entry["id"], host)
        return left

    @cached_property
    def plan(self) -> dict[str, Any]:
        """The plan of this host, in the form of a module's result."""
        plan = self._steps["plan"]
        return {
            "changed": bool(self.going),
            "failed": False,
            "results": self._planned,
            **{key: plan[key] for key in ("msg", "service") if key in plan},
        }

    @cached_property
    def going(self) -> list[dict[str, Any]]:
        """The entries for the deletion: each id with its name as a guard, and with the flags of its entry."""
        by_id, by_name = self._entries("data_source_id", "id"), self._entries("display_name", "name")
        going = []
        for identifier, name in ((one["id"], one.get("name")) for one in self._planned if one["action"] == "deleted"):
            entry = by_id.get(identifier) or by_name.get(name) or {}
            # Basedash may have names that the option refuses. Such objects go without the guard, because otherwise they
            # could never be deleted.
            guard = {"name": name} if name and can_be_given(name) else {}
            going.append({"id": identifier, **guard, **{flag: entry[flag] for flag in _FLAGS if flag in entry}})
        return going

    @cached_property
    def ready(self) -> bool:
        """Whether there is a plan to carry out."""
        return bool(self.going) and not self._flaw and self.check_mode is False

    @cached_property
    def question(self) -> str:
        """The question to a person, about all hosts of the batch; empty if nobody is asked."""
        if not (self._announced and self._needs_a_person and self._steps["attended"]):
            return ""
        announced = {identifier for host in self._batch for identifier in self._of(host, "announced")}
        return "Delete the data sources above for good (%d)? Type yes to do it" % len(announced)

    @cached_property
    def deletes(self) -> bool:
        """Whether the plan may be carried out."""
        return self._announced and (not self._needs_a_person or (self.question != "" and self._said_yes))

    @cached_property
    def status(self) -> str:
        """What the report says."""
        if self._declined:
            return "declined"
        if self.outcome["failed"]:
            return "failed"
        if self.check_mode:
            return "planned"
        return "done" if self.outcome["changed"] else "unchanged"

    @cached_property
    def outcome(self) -> dict[str, Any]:
        """The end of the run, in the form of a module's result."""
        # If a part of the plan failed, the rest is carried out, and the run fails at the end.
        message = self._reason or self._steps["plan"].get("msg")
        return {
            "changed": self.plan["changed"] if self.check_mode else self._deleted.get("changed") is True,
            "failed": bool(message),
            "results": self._planned if self.check_mode else self._results,
            **({"service": self._steps["plan"]["service"]} if "service" in self._steps["plan"] else {}),
            **({"msg": message} if message else {}),
        }

    # How the steps went ----------------------------------------------------------------------------------------------

    @cached_property
    def _planned(self) -> list[dict[str, Any]]:
        return [self._shared(entry) for entry in self._steps["plan"].get("results") or ()]

    def _shared(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        host = self.left.get(entry["id"]) if entry["action"] == "deleted" else None
        if host is None:
            return dict(entry)
        message = "It is left to the host %s, which plans to delete it as well." % host
        return {**entry, "action": "unchanged", "changed": False, "msg": message}

    @cached_property
    def _flaw(self) -> Any:
        """Why the plan can't be carried out, empty if it can. A server's words keep the mark "unsafe"."""
        plan = self._steps["plan"]
        if self.mistake:
            return self.mistake
        if plan.get("failed") or plan.get("unreachable"):
            return plan.get("msg") or "The plan failed, so nothing was deleted."
        if "results" not in plan:
            return "There is no plan, because a step was left out. Nothing was deleted."
        if self.check_mode is None:
            return "It is not known whether this is check mode, because a step was left out. Nothing was deleted."
        # If a secret is a part of an id, every result masks the id, and then the object can't be deleted.
        for entry in self._planned:
            texts = (entry["id"], entry.get("name")) if entry["action"] == "deleted" else ()
            if entry["action"] not in _ACTIONS or any(mask in str(text) for text in texts for mask in MASKS):
                return "An id or a name in the plan is masked because a secret is a part of it. Nothing was deleted."
        return ""

    @property
    def _announced(self) -> bool:
        """Whether the report has announced exactly this plan."""
        return self.ready and list(self._steps["announced"]) == [entry["id"] for entry in self.going]

    @property
    def _said_yes(self) -> bool:
        # One host asks for all hosts.
        answers = [self._of(host, "answer") for host in self._batch]
        return any(str(answer.get("user_input", "")).strip().lower() == "yes" for answer in answers if answer)

    @property
    def _declined(self) -> bool:
        return self._announced and not self.deletes and not self._deleted

    @property
    def _reason(self) -> Any:
        """Why the run failed; empty if it did not fail, or if only a part of the plan failed."""
        if self._deleted.get("failed") or self._deleted.get("unreachable"):
            return self._deleted.get("msg") or "The deletion failed."
        if self._deleted:
            return ""
        if self._declined and self._steps["attended"]:
            return "The deletion was not confirmed, so nothing was deleted."
        if self._declined:
            return (
                "Nobody is there to confirm the deletion, so nothing was deleted. Set basedash_teardown_confirm to "
                "false (or leave it at auto) for runs without a person."
            )
        if self.ready:
            return "A step before the deletion failed or was left out, so nothing was deleted."
        return self._flaw

    @property
    def _results(self) -> list[dict[str, Any]]:
        """The results of the deletion, and the entries of the plan that needed no deletion."""
        others = [entry for entry in self._planned if entry["action"] != "deleted"]
        if "results" in self._deleted:
            return [*self._deleted["results"], *others]
        # The deletion started but left no result of the module, so nobody knows what it did.
        died = bool(self._deleted) and "api" not in self._deleted
        fate = {"action": "unknown" if died else "not_attempted", "changed": False}
        return [*({**entry, **fate} for entry in self._planned if entry["action"] == "deleted"), *others]

    def _entries(self, *options: str) -> Mapping[Any, Mapping[str, Any]]:
        """Return the user's entries by one of these options."""
        entries = self.wanted.get("data_sources") or ()
        return {str(entry[option]): entry for option in options for entry in entries if entry.get(option) is not None}

    def _given(self, value: Any) -> bool:
        return not (value is None or value == "" or value == self._omit)

    def _is_empty(self, value: Any) -> bool:
        if isinstance(value, (list, tuple)):
            return not value or any(self._is_empty(one) for one in value)
        return not self._given(value) or not str(value).strip()

    def _of(self, host: str, step: str) -> Any:
        """Return what a step stored on a host of the batch, empty if nothing."""
        return self._hostvars[host].get("basedash_teardown_" + step) or {}


def _is_list_of_mappings(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(entry, Mapping) for entry in value)


def _needs_a_person(confirm: Any, attended: bool) -> bool:
    text = str(confirm).strip().lower()
    return attended if text == "auto" else text != "false"
