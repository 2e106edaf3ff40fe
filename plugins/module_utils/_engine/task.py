# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: runs a task from its options to its result, without Ansible.

A task is a function of an API, of the options, and of whether this is check mode. It returns an ``Outcome`` or raises a
``BasedashError``. ``execute`` gives it the API and makes the result, so that the same task can run as a module, in the
controller and in tests.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Callable

from .._base.errors import ApiError, BasedashError, InputError, RefusedError
from .._base.text import Mask
from .._http.caller import Caller, Counters
from .._http.client import Client
from .._http.connection import Connection
from .._http.interruption import signals_held_back, was_interrupted
from .._http.transport import Transport
from .._rest.collection import Collection
from .kind import Kind
from .outcome import Diff, Outcome
from .settings import SECRET_WORDS

_WORDS = {
    "action": ("deleted", "created", "updated", "unchanged", "failed", "not_attempted"),
    "method": ("GET", "POST", "PUT", "PATCH", "DELETE"),
}


def _words(kinds: Sequence[Kind]) -> dict[str, tuple[str, ...]]:
    """Return words of this collection and of the API, by their result key. They are no secrets and never masked."""
    words = dict(_WORDS)
    for kind in kinds:
        documented = {one.fact_name: one.words for one in kind.fields if one.words}
        secrets = dict.fromkeys((one.name for one in kind.secrets), SECRET_WORDS)
        for name, found in {**documented, **kind.words, **secrets}.items():
            words[name] = (*words.get(name, ()), *found)
    if len(kinds) > 1:
        words.update({"family": tuple(kind.family.plural_key for kind in kinds), "after": SECRET_WORDS})
    return words


Work = Callable[[Collection, Mapping[str, Any], bool], Outcome]
"""``work(api, options, check_mode)`` does what a task does after its options were parsed."""


@dataclass(frozen=True)
class Task:
    """A task about objects of a kind. With ``about_one`` it is about one object, and its result always has facts.

    ``values`` are further keys that its result always has. Without ``needs_key``, it sends no key even if there is one.
    ``also`` are the kinds of further objects that the task is about. ``offline(options, hide)`` returns the outcome if
    the options want no connection; it calls ``hide`` with the secrets that it finds.
    """

    kind: Kind
    work: Work
    about_one: bool = False
    needs_key: bool = True
    values: tuple[str, ...] = ()
    also: tuple[Kind, ...] = ()
    offline: Callable[[Mapping[str, Any], Callable[[Iterable[str]], None]], Outcome | None] | None = None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of all its objects."""
        return (self.kind, *self.also)

    @property
    def needs_organization(self) -> bool:
        """Whether its objects belong to an organization, so that the connection must name one."""
        return any(kind.family.in_organization for kind in self.kinds)

    @property
    def nothing(self) -> dict[str, Any]:
        """What a result has if nothing is known."""
        return dict.fromkeys((*((self.kind.family.result_key,) if self.about_one else ()), *self.values))


@dataclass(frozen=True)
class Report:
    """The end of a task: the result that the user sees, whether the task failed, warnings and progress.

    ``bad_input`` tells that an option is invalid; its value may be a secret in the wrong place. ``mask`` hides the
    secrets of the task in everything that is shown besides the result.
    """

    failed: bool
    result: dict[str, Any]
    warnings: list[str]
    progress: list[str] = field(default_factory=list)
    bad_input: bool = False
    mask: Mask = field(default_factory=Mask)


def execute(task: Task, options: Mapping[str, Any], caller: Caller, secrets: Sequence[str] = ()) -> Report:
    """Run a task and return its report, whatever happens. The report has no traceback and no secret.

    ``secrets`` are texts to mask, in addition to the key and the secrets that the transport knows.
    """
    kind = task.kind
    mask = Mask((str(options.get("api_key") or ""), *secrets), words=_words(task.kinds))
    counters = Counters()
    said: list[str] = []

    def say(text: str) -> None:
        said.append(mask.text(text))
        caller.progress(said[-1])

    for one_kind in task.kinds:
        mask.add(_secret_parts(one_kind, options))
    report = _ended(task, options, replace(caller, progress=say), counters, mask)
    for one_kind in task.kinds:
        mask.add(_secret_parts(one_kind, report.result))
    shown = mask.value({**task.nothing, **report.result, "api": counters.as_result()})
    warnings = [mask.text(warning) for warning in report.warnings]
    names = {"id", *(name for one_kind in task.kinds for name in (one_kind.key.name, one_kind.key.fact_name))}
    if _hides_identity(report.result, shown, names):
        warnings.append(
            "An id or a name in this result is masked, because a secret of this task is a part of it: another task "
            "can't use it as it stands here."
        )
    for one in (shown, *shown.get("results", ())):
        if "field_errors" in one:
            # The server chose these names, so they are masked before they are translated to names of options.
            errors = one["field_errors"].items()
            one["field_errors"] = {
                kind.option_of(name if kind.knows(name) else mask.text(name)): text for name, text in errors
            }
    return Report(report.failed, shown, warnings, said, report.bad_input, mask)


def _ended(task: Task, options: Mapping[str, Any], caller: Caller, counters: Counters, mask: Mask) -> Report:
    """Run a task and return its report, not yet masked. The transport's secrets are added to ``mask``."""
    carrier: Transport | None = None
    try:
        outcome = None if task.offline is None else task.offline(options, mask.add)
        if outcome is not None:
            return _succeeded(outcome, task.kind, caller.diff_mode)
        connection = Connection.from_options(options, task.needs_key, task.needs_organization)
        carrier = caller.transport(connection)
        mask.add(carrier.secrets)
        client = Client(connection, carrier, caller, counters)
        client.hide = mask.add
        if was_interrupted():
            raise RefusedError("This run was interrupted, so the task sent nothing: run it again.")
        with signals_held_back(client):
            api = Collection(client, connection.organization_id, task.kind.family)
            return _succeeded(task.work(api, options, caller.check_mode), task.kind, caller.diff_mode)
    except BasedashError as error:
        return _failed(error, task.kind)
    except Exception as error:  # pylint: disable=broad-except
        # A bug must not end in a traceback, because a traceback may show local variables such as the key.
        message = (
            "Unexpected %s: %s. Please report this as a bug; read the %s before you go on, it is not known what was "
            "done." % (type(error).__name__, error, task.kind.family.noun)
        )
        return Report(True, {"changed": False, "msg": message}, [])
    finally:
        if carrier is not None:
            carrier.close()


def _secret_parts(kind: Kind, content: Any) -> Iterator[str]:
    """Yield the secret parts of all values in options or in a result that are no secrets as a whole."""
    if isinstance(content, Mapping) and kind.secrets_in:
        for name, value in content.items():
            if name in kind.secrets_in and isinstance(value, str):
                yield from kind.secrets_in[name](value)
            else:
                yield from _secret_parts(kind, value)
    elif isinstance(content, (list, tuple)) and kind.secrets_in:
        for one in content:
            yield from _secret_parts(kind, one)


def _hides_identity(result: Any, shown: Any, names: Container[str]) -> bool:
    """Tell whether masking changed an id or a key in a result; ``names`` are their result keys."""
    if result is shown:
        return False
    if isinstance(shown, dict):
        return any(
            (name in names and result[name] != value) or _hides_identity(result[name], value, names)
            for name, value in shown.items()
            if name in result
        )
    if isinstance(shown, list):
        return any(_hides_identity(one, other, names) for one, other in zip(result, shown))
    return False


def _succeeded(outcome: Outcome, kind: Kind, diff_mode: bool) -> Report:
    result: dict[str, Any] = {**outcome.values, "changed": outcome.changed}
    if outcome.facts is not None:
        result[kind.family.result_key] = outcome.facts
    if outcome.message is not None:
        result["msg"] = outcome.message
    if diff_mode and outcome.diff is not None:
        diffs = [outcome.diff] if isinstance(outcome.diff, Diff) else outcome.diff
        results = [diff.as_result() for diff in diffs]
        result["diff"] = results[0] if isinstance(outcome.diff, Diff) else results
    return Report(outcome.failed, result, list(outcome.warnings))


def _failed(error: BasedashError, kind: Kind) -> Report:
    result: dict[str, Any] = {**error.values, "changed": error.changed, "msg": error.message}
    if error.facts is not None:
        result[kind.family.result_key] = error.facts
    if isinstance(error, ApiError):
        result["error"] = error.as_result()
        if error.field_errors:
            result["field_errors"] = error.field_errors
    return Report(True, result, list(error.warnings), bad_input=isinstance(error, InputError))
