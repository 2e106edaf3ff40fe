# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the task that sets the access of a data source without its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._base.errors import BasedashError, RefusedError
from .._base.text import quoted
from .._engine.lookup import Finding, Identity, check_no_look_alike, find
from .._engine.outcome import Diff, Outcome
from .._rest.collection import Collection
from .._rest.family import Resource
from .._rest.freshness import StaleError, recent
from .access import Policy, WantedPolicy, not_known, read_policy_of_listed, write_policy
from .data_source import DATA_SOURCE


def set_access(api: Collection, options: Mapping[str, Any], check_mode: bool) -> Outcome:
    """Give access to a data source to the groups and members that the options name. With ``purge``, remove all others.

    Raises:
        BasedashError: if this fails, or if it is not known whether it succeeded.
    """
    identity, given = Identity.of(DATA_SOURCE, options), WantedPolicy.of(options)
    finding = find(api, identity, verify_absence=True)
    if finding.resource is None:
        return _of_missing(api, identity, given, finding, check_mode)
    resource = finding.resource
    resolved = given.resolved(api)
    header = "access to data source %s (id %s)" % (quoted(resource.get("displayName")), quoted(resource["id"]))
    before: Policy | None = None
    read_at, lost = finding.read_at, False
    try:
        while True:
            current = read_policy_of_listed(api, resource["id"])
            if before is not None:
                # Count the age of both readings from here, because a slow server would otherwise make every reading too
                # old for a write.
                read_at = api.clock.monotonic()
            if not lost:
                before = current
            wanted = resolved if options["purge"] else resolved.with_those_of(current)
            try:
                if wanted != current and not check_mode:
                    write_policy(api, resource["id"], wanted, recent(api.client, read_at))
                break
            except StaleError as stale:
                lost = lost or stale.earlier.is_unclear
                resource = _found_again(api, Identity(DATA_SOURCE, resource["id"], identity.key))
    except BasedashError as error:
        error.facts = DATA_SOURCE.facts(resource)
        if lost:
            not_known(error, resource["id"])
        raise
    # If an earlier try without an answer set the access, this is also a change by this task.
    return Outcome(
        lost or wanted != current,
        facts=DATA_SOURCE.facts(resource),
        warnings=(wanted.assumption,) if wanted.assumed else (),
        diff=Diff(header, (before or current).as_result(), wanted.in_diff()),
        values={"access": wanted.as_result()},
    )


def _found_again(api: Collection, identity: Identity) -> Resource:
    """Return the data source as it is now.

    Raises:
        RefusedError: if it does not exist any more.
    """
    resource = find(api, identity).resource
    if resource is None:
        raise RefusedError("The %s was deleted by someone else while this task ran." % identity.name)
    return resource


def _of_missing(
    api: Collection, identity: Identity, given: WantedPolicy, finding: Finding, check_mode: bool
) -> Outcome:
    """Return the planned access to a data source that, in check mode, an earlier task only planned to create."""
    there_is_no = "There is no %s" % identity.name
    check_no_look_alike(identity, finding)
    hint = finding.hint(identity)
    if not (check_mode and finding.readable and identity.id is None):
        reason = "this server offers no way to read data sources" if not finding.readable else hint
        raise RefusedError(
            "%s%s: nothing was changed, create it first." % (there_is_no, "; %s" % reason if reason else "")
        )
    resolved = given.resolved(api)
    doubt = "; %s" % hint if hint else ""
    warning = "%s (yet): check mode assumes that an earlier task creates it%s." % (there_is_no, doubt)
    return Outcome(
        True,
        warnings=(warning, resolved.assumption) if resolved.assumed else (warning,),
        diff=Diff("access to the %s" % identity.name, {}, resolved.in_diff()),
        values={"access": resolved.as_result()},
    )
