# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The arithmetic of the benchmark, and that a run which did not do its work is no sample."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import report
import scenes
from contenders import CONTENDERS, Conditions, wrong
from figures import Sample, Samples, Spread, figures, limit_time, refused_share
from measuring import Cost, environment, run

COUNTS = {"requests": 0, "deletions": 0, "refused": 0, "not_found": 0, "connections": 0, "handshakes": 0, "left": 0}


def sample(contender: str, wall: float, size: int = 10, scene: int = 0, turn: int = 0, latency: float = 0.0) -> Sample:
    counts = {**COUNTS, "requests": size, "deletions": size}
    return Sample(scene, turn, "2.21", contender, Conditions(size, latency), Cost(wall, wall, 0), counts)


def test_cost_is_what_goes_beyond_the_empty_run_of_the_same_round() -> None:
    samples = Samples(
        [
            sample("empty", 1.0, turn=0),
            sample("uri", 5.0, turn=0),
            sample("empty", 2.0, turn=1),
            sample("uri", 5.0, turn=1),
        ]
    )
    spread = samples.per_item("uri", Conditions(10), "2.21")
    assert spread is not None
    assert list(spread.values) == [pytest.approx(0.4), pytest.approx(0.3)]


def test_seconds_of_cpu_in_place_of_the_clock() -> None:
    busy = Sample(0, 0, "2.21", "empty", Conditions(10), Cost(9.0, 1.0, 0), COUNTS)
    samples = [busy, replace(busy, contender="uri", cost=Cost(99.0, 4.0, 0))]
    for cpu, each in ((False, 9.0), (True, 0.3)):
        spread = Samples(samples, cpu).per_item("uri", Conditions(10), "2.21")
        assert spread is not None
        assert spread.median == pytest.approx(each)


def test_bare_client_has_an_empty_run_of_its_own() -> None:
    samples = Samples([sample("empty", 1.0), sample("bare_empty", 0.25), sample("bare", 0.5)])
    spread = samples.seconds("bare", Conditions(10), "2.21")
    assert spread is not None
    assert spread.values == [0.25]


def test_ratio_pairs_samples_of_the_same_round_alone() -> None:
    samples = Samples(
        [
            sample("empty", 1.0),
            sample("uri", 9.0),
            sample("list", 3.0),
            sample("empty", 1.0, scene=1),
            sample("uri", 101.0, scene=1),
        ]
    )
    spread = samples.ratio("uri", "list", Conditions(10), "2.21")
    assert spread is not None
    assert spread.values == [4.0]


def test_nothing_measured_is_no_figure() -> None:
    samples = Samples([])
    assert samples.per_item("uri", Conditions(10), "2.21") is None
    assert samples.ratio("uri", "list", Conditions(10), "2.21") is None
    assert figures(samples, "2.21", []) == []


def test_whole_ratio_is_the_whole_run_against_the_empty_one() -> None:
    samples = Samples([sample("empty", 0.5, size=1), sample("controller", 0.75, size=1)])
    spread = samples.whole_ratio("controller", Conditions(1), "2.21")
    assert spread is not None
    assert spread.values == [1.5]


def test_time_and_share_of_a_limit() -> None:
    counts = {**COUNTS, "requests": 1050, "refused": 42}
    assert limit_time(counts, 100) == pytest.approx(10.08)
    assert refused_share(counts) == pytest.approx(0.04)


@pytest.mark.parametrize(("wall", "reached"), [(2.0, True), (2.6, False)])
def test_figure_is_reached_or_missed(wall: float, reached: bool) -> None:
    bare = [sample("bare_empty", 0.0, size=1000), sample("bare", 1.0, size=1000)]
    samples = Samples([sample("empty", 1.0, size=1000), sample("list", wall, size=1000), *bare])
    (figure,) = figures(samples, "2.21", [])
    assert "bare client" in figure.name
    assert figure.reached is reached


def test_samples_survive_a_file() -> None:
    one = sample("uri", 5.0, latency=0.02)
    assert Sample.from_json(json.loads(json.dumps(one.as_json()))) == one


@pytest.mark.parametrize(
    ("change", "returncode"),
    [({"deletions": 9, "left": 1}, 0), ({"left": 1}, 0), ({"not_found": 1}, 0), ({}, 2), ({"requests": 9}, 0)],
)
def test_run_that_did_something_else_is_an_error(change: dict[str, int], returncode: int) -> None:
    right = {**COUNTS, "requests": 10, "deletions": 10}
    assert wrong(CONTENDERS["uri"], Conditions(10), right, 0) == ""
    assert wrong(CONTENDERS["uri"], Conditions(10), {**right, **change}, returncode) != ""


def test_check_mode_that_deletes_is_an_error() -> None:
    assert wrong(CONTENDERS["plan_list"], Conditions(10), {**COUNTS, "requests": 1, "left": 10}, 0) == ""
    assert wrong(CONTENDERS["plan_list"], Conditions(10), {**COUNTS, "deletions": 1, "left": 9}, 0) != ""


def test_cost_is_that_of_the_whole_tree(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'b = bytearray(80 * 2**20); sum(range(10**7))'])"
    )
    variables = environment(tmp_path, tmp_path, "http://127.0.0.1")
    cost = run(["python3", "-c", program], variables, tmp_path / "log", watch="bytearray")
    assert cost.returncode == 0
    assert cost.cpu > 0.05
    assert cost.module is not None
    assert cost.module > 80 * 2**20
    assert cost.largest == cost.module


def test_measured_runs_get_no_settings_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("ANSIBLE_PIPELINING", "BASEDASH_TIMEOUT", "PYTHONDONTWRITEBYTECODE", "https_proxy", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, "of the user")
    variables = environment(tmp_path, tmp_path, "http://127.0.0.1")
    assert "PATH" in variables
    assert variables["BASEDASH_API_URL"] == "http://127.0.0.1"
    assert "of the user" not in variables.values()


def test_cells() -> None:
    assert report.cell(None) == "not run"
    assert report.cell(Spread([0.0015]), 1000) == "1.50"
    assert report.cell(Spread([1.0, 30.0, 1234.5])) == "30.0 (1.00 to 1,234)"


def test_marks_of_the_page_fit_the_tables() -> None:
    page = report.PAGE.read_text(encoding="utf-8")
    results = {"machine": {"pythons": {"2.21": "3.12"}, "cores": 2, "load": 0.1}, "samples": [], "imports": []}
    assert report.Report(results).tables() == {}
    for name in (*report.TABLES, *report.PLOTS):
        assert "new text" in report.replaced(page, name, "new text")
    with pytest.raises(ValueError, match="exactly once"):
        report.replaced(page, "unknown", "new text")


def test_every_scene_names_contenders_and_their_empty_runs() -> None:
    for scene in [*scenes.full(["2.16"]), *scenes.quick(["2.16"])]:
        for name in scene.contenders:
            base = CONTENDERS[name].base
            assert not base or base in scene.contenders


def test_parts_have_what_they_need_and_no_more() -> None:
    for part in scenes.PARTS:
        found = scenes.chosen(scenes.full(["2.16"]), [part])
        assert found or part == "imports"
        for scene in found:
            assert "empty" in scene.contenders
            assert len(scene.contenders) > 1
    loops = scenes.chosen(scenes.full([]), ["loops"])
    assert not any(name in ("list", "bare") for scene in loops for name in scene.contenders)
