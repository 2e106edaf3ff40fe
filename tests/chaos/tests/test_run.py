# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which parts run, and about what."""

from __future__ import annotations

import run
from subjects import SUBJECTS


def test_a_full_run_is_about_data_sources() -> None:
    assert run.chosen_parts(None, None, short=False) == [("data_source", part) for part in run.PARTS]


def test_the_short_form_has_a_part_for_each_family() -> None:
    parts = run.chosen_parts(None, None, short=True)
    assert {kind for kind, part in parts if part == "lives"} == {*SUBJECTS}
    assert len({*parts}) == len(parts)
    assert not {part for _kind, part in parts} & {*run.LONG}


def test_another_family_has_the_parts_of_any() -> None:
    for short in (False, True):
        assert {*run.chosen_parts("skill", None, short)} == {("skill", part) for part in run.ANY_KIND}
    assert run.chosen_parts("automation_run", None, short=False) == [("automation_run", "lives")]
    assert run.chosen_parts("skill", ["twice"], short=True) == [("skill", "twice")]
