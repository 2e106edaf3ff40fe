# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: a task from its options to its result, without any of Ansible's machinery.

A task is a function of an API, of what is wanted, and of whether it may change anything; it returns an ``Outcome`` or
raises a ``BasedashError``. ``execute`` gives it the API and makes a result of what comes back, so that the same task
serves wherever it runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Callable

from .._base.errors import ApiError, BasedashError, InputError, RefusedError
from .._base.text import Mask
from .._http.client import Client, Clock, Counters
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


def _words(kind: Kind) -> dict[str, tuple[str, ...]]:
    """Return the words of this collection and of the API, by the key they stand under: they hide no secret."""
    documented = {one.told_as: one.words for one in kind.fields if one.words}
    return {**_WORDS, **documented, **kind.words, **dict.fromkeys((one.name for one in kind.secrets), SECRET_WORDS)}


Task = Callable[[Collection, Mapping[str, Any], bool], Outcome]
"""``task(api, options, check_mode)``: what a module does, once its options are parsed."""


@dataclass(frozen=True)
class Report:
    """A task's end: the result as the user sees it, whether the task failed, and beside it warnings and progress.

    ``bad_input`` tells that an option can't be used; what it holds may be a secret in the wrong place. ``mask`` hides
    the secrets of the task in whatever else is shown beside the result.
    """

    failed: bool
    result: dict[str, Any]
    warnings: list[str]
    progress: list[str] = field(default_factory=list)
    bad_input: bool = False
    mask: Mask = field(default_factory=Mask)


def execute(
    task: Task,
    options: Mapping[str, Any],
    *,
    check_mode: bool,
    diff_mode: bool,
    kind: Kind,
    transport: Callable[[Connection], Transport],
    clock: Clock | None = None,
    progress: Callable[[str], None] = lambda text: None,
    secrets: Sequence[str] = (),
    abandoned: Callable[[], bool] = lambda: False,
    about_one: bool = False,
) -> Report:
    """Run a task and return its report, whatever happens: no exception, no traceback and no secret leaves here.

    ``about_one`` tells that the task is about one object of the kind, so that its result always has its facts.

    ``secrets`` are texts to mask beside the key and what the transport knows. ``abandoned`` tells that nobody waits
    for the report any more: then nothing new is begun, and nothing is tried again.
    """
    mask = Mask((str(options.get("api_key") or ""), *secrets), words=_words(kind))
    counters = Counters()
    said: list[str] = []

    def say(text: str) -> None:
        said.append(mask.text(text))
        progress(said[-1])

    carrier: Transport | None = None
    try:
        connection = Connection.from_options(options)
        carrier = transport(connection)
        mask.add(carrier.secrets)
        client = Client(
            connection,
            carrier,
            read_only=check_mode,
            counters=counters,
            clock=clock,
            progress=say,
            abandoned=abandoned,
        )
        if was_interrupted():
            raise RefusedError("This run was interrupted, so the task sent nothing: run it again.")
        with signals_held_back(client):
            report = _succeeded(
                task(Collection(client, connection.organization_id, kind.family), options, check_mode), kind, diff_mode
            )
    except BasedashError as error:
        report = _failed(error, kind)
    except Exception as error:  # pylint: disable=broad-except
        # A fault of ours must not become a traceback: those show local variables of the caller, the key among them.
        report = Report(
            True,
            {
                "changed": False,
                "msg": "Unexpected %s: %s. Please report this as a bug; read the %s before you go on, it is "
                "not known what was done." % (type(error).__name__, error, kind.family.noun),
            },
            [],
        )
    finally:
        if carrier is not None:
            carrier.close()
    nothing = {kind.family.result_key: None} if about_one else {}
    shown = mask.value({**nothing, **report.result, "api": counters.as_result()})
    warnings = [mask.text(warning) for warning in report.warnings]
    if _hides_identity(report.result, shown, ("id", kind.key.name, kind.key.told_as)):
        warnings.append(
            "An id or a name in this result is masked, because a secret of this task is a part of it: another task "
            "can't use it as it stands here."
        )
    for one in (shown, *shown.get("results", ())):
        if "field_errors" in one:
            # The names are the server's, so they are masked before they become those of options.
            errors = one["field_errors"].items()
            one["field_errors"] = {
                kind.option_of(name if kind.knows(name) else mask.text(name)): text for name, text in errors
            }
    return Report(report.failed, shown, warnings, said, report.bad_input, mask)


def _hides_identity(result: Any, shown: Any, names: tuple[str, ...]) -> bool:
    """Tell whether an id or a key, which stand under ``names``, was masked in what is shown of a result."""
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
    result: dict[str, Any] = {"changed": error.changed, "msg": error.message}
    if error.facts is not None:
        result[kind.family.result_key] = error.facts
    if isinstance(error, ApiError):
        result["error"] = error.as_result()
        if error.field_errors:
            result["field_errors"] = error.field_errors
    return Report(True, result, list(error.warnings), bad_input=isinstance(error, InputError))
