# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a server answers, a task ends with a verdict that is true or with a clear failure."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.community.basedash.plugins.module_utils._engine.task import (
    Report,
)
from ansible_collections.community.basedash.plugins.module_utils._http.transport import (
    RawAnswer,
    Request,
    TransportError,
)
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import (
    ABSENT,
    INFO,
    KEY,
    READ,
    SOURCE,
    Wire,
    answer,
    execute,
    resource,
)

FAST = settings(
    max_examples=600,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

TEXT = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["ds_1", "ds_2", "", " ", ".", "../x", "a/b", "'\"", "\x00\x1b[31m", "\u202eabc", "😀", KEY, "\ud800", "null"]
    ),
)
SCALAR = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT)
JSON = st.recursive(
    SCALAR,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=12,
)
RESOURCE = st.one_of(
    st.just(resource()),
    st.just(resource("ds_2", "other")),
    st.builds(resource, st.just("ds_1"), TEXT),
    st.dictionaries(st.sampled_from(["id", "displayName", "isBasedashWarehouse", "host"]), SCALAR),
    JSON,
)
PAGINATION = st.one_of(
    st.just({"nextCursor": None, "hasMore": False}),
    st.fixed_dictionaries({"nextCursor": SCALAR, "hasMore": st.one_of(st.booleans(), SCALAR)}),
    JSON,
)
ERROR = st.fixed_dictionaries(
    {
        "error": st.one_of(
            JSON, st.fixed_dictionaries({"title": TEXT, "detail": TEXT}, optional={"retryAfterMs": SCALAR})
        )
    }
)
CONTENT = st.one_of(
    st.fixed_dictionaries({"data": RESOURCE}),
    st.fixed_dictionaries({"data": st.lists(RESOURCE, max_size=3), "pagination": PAGINATION}),
    ERROR,
    JSON,
)
BODY = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([b"", b"<html>", b"[" * 5000, b"{}", b"null", b"\xef\xbb\xbf{}", b'{"data": 1e999}']),
)
STATUS = st.one_of(
    st.sampled_from([200, 200, 200, 204, 404, 404, 404, 429, 500, 502, 401, 403, 405, 501, 302]), st.integers(100, 599)
)
HEADERS = st.dictionaries(st.sampled_from(["retry-after", "location", "x-request-id", "date"]), TEXT, max_size=2)
FAILURE = st.builds(TransportError, st.just("it broke"), sent=st.booleans(), transient=st.booleans())
REACTION: Any = st.one_of(
    st.builds(
        answer, STATUS, CONTENT.map(lambda content: content if isinstance(content, dict) else [content]), HEADERS
    ),
    st.builds(RawAnswer, STATUS, HEADERS, BODY),
    FAILURE,
)
REACTIONS: Any = st.lists(REACTION, min_size=1, max_size=6)


class Hostile(Wire):
    """Answers with the reactions over and over, and keeps what it did."""

    def __init__(self, reactions: list[Any]) -> None:
        super().__init__()
        self.reactions = reactions
        self.done: list[tuple[str, Any]] = []

    def send(self, request: Request, timeout: float) -> RawAnswer:
        self.sent.append(request)
        reaction = self.reactions[(len(self.sent) - 1) % len(self.reactions)]
        self.done.append((request.method, reaction))
        self.time += 1.0
        if isinstance(reaction, TransportError):
            raise reaction
        assert isinstance(reaction, RawAnswer)
        return reaction


def check(report: Report, wire: Hostile) -> None:
    assert "Unexpected" not in str(report.result.get("msg")), report.result["msg"]
    assert "Traceback" not in str(report.result)
    assert KEY not in str(report.result) + str(report.warnings)
    assert len(wire.sent) < 1500
    if report.failed:
        assert report.result["msg"]


def possibly_deleted(wire: Hostile) -> bool:
    """Tell whether any DELETE got through in a way that may have deleted something."""
    return any(
        method == "DELETE" and (reaction.sent if isinstance(reaction, TransportError) else True)
        for method, reaction in wire.done
    )


@FAST
@given(REACTIONS, st.booleans(), st.booleans(), st.booleans(), st.sampled_from(["id", "name", "both", "force"]))
def test_absent_is_never_falsely_changed(
    reactions: list[Any], check_mode: bool, verify: bool, missing_ok: bool, by: str
) -> None:
    wire = Hostile(reactions)
    options = {**ABSENT, "verify_absence": verify, "missing_ok": missing_ok, "retry_timeout": 20.0}
    options["id"] = None if by == "name" else "ds_1"
    options["name"] = "preview-42" if by in ("name", "both") else None
    options["force"] = by == "force"
    report = execute(
        SOURCE,
        options,
        check_mode=check_mode,
        diff_mode=True,
        transport=lambda connection: wire,
        clock=wire.clock(),
    )
    check(report, wire)
    if check_mode:
        assert {request.method for request in wire.sent} <= {"GET"}
    elif report.result["changed"]:
        assert not report.failed
        assert possibly_deleted(wire)
        last = [reaction for method, reaction in wire.done if method == "DELETE"][-1]
        assert isinstance(last, RawAnswer)
        assert 200 <= last.status < 300 or last.status == 404
    elif not report.failed:
        # An "ok" needs a list that was read to its end, or the API's own 404.
        assert any(
            isinstance(one, RawAnswer) and (one.status == 404 or 200 <= one.status < 300) for _m, one in wire.done
        )
        deletions = [reaction for method, reaction in wire.done if method == "DELETE"]
        assert not any(isinstance(one, RawAnswer) and 200 <= one.status < 300 for one in deletions)


@FAST
@given(REACTIONS, st.one_of(st.none(), st.just("ds_1")), st.one_of(st.none(), st.just("preview-42")))
def test_info_is_whole_or_fails(reactions: list[Any], identifier: str | None, name: str | None) -> None:
    wire = Hostile(reactions)
    options = {**INFO, "id": identifier, "name": name, "retry_timeout": 20.0}
    report = execute(
        READ,
        options,
        check_mode=False,
        diff_mode=False,
        transport=lambda connection: wire,
        clock=wire.clock(),
    )
    check(report, wire)
    assert not report.result["changed"]
    assert report.failed == ("data_sources" not in report.result)
