# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The gate that a rate limit closes, and the budget that counts the time of several requests once."""

from __future__ import annotations

import pytest

from ansible_collections.community.basedash.plugins.module_utils._http.gate import Gate
from ansible_collections.community.basedash.plugins.module_utils._http.retry import RetryBudget


class Time:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_an_open_gate_lets_all_through() -> None:
    gate = Gate(Time())
    for _request in range(100):
        assert gate.delay() == 0
        gate.granted()


def test_a_refusal_closes_it_for_all() -> None:
    time = Time()
    gate = Gate(time)
    gate.refused(2.0)
    assert [gate.delay(), gate.delay()] == [2.0, 2.0]
    time.now += 1.5
    assert gate.delay() == 0.5
    time.now += 1.0
    assert gate.delay() == 0


def test_a_turn_that_was_given_before_a_refusal_does_not_count() -> None:
    time = Time()
    gate = Gate(time)
    assert not gate.closed
    gate.refused(2.0)
    assert gate.closed
    time.now += 2.0
    assert not gate.closed


def test_after_a_limit_was_met_requests_keep_its_pace() -> None:
    time = Time()
    gate = Gate(time)
    for _request in range(50):
        gate.delay()
        gate.granted()
    time.now += 0.2
    # 50 in a second: 0.2 s have passed, and the server asks for 0.8 s.
    gate.refused(0.8)
    turns = [time.now + gate.delay() for _request in range(51)]
    assert turns[0] == pytest.approx(101.0)
    assert 1.0 <= turns[50] - turns[0] <= 1.05


def test_what_a_client_waits_beyond_the_window_does_not_count_for_the_pace() -> None:
    time = Time()
    gate = Gate(time)
    for _request in range(50):
        gate.granted()
    time.now += 0.2
    gate.refused(1.2, asked=0.8)
    first, second = gate.delay(), gate.delay()
    assert first == pytest.approx(1.2)
    assert 1 / (second - first) == pytest.approx(50 * 0.97)


def test_few_requests_say_nothing_about_the_limit() -> None:
    time = Time()
    gate = Gate(time)
    for _request in range(3):
        gate.granted()
    gate.refused(1.0)
    time.now += 1.0
    assert [gate.delay() for _request in range(5)] == [0.0] * 5


def test_refusals_of_what_was_under_way_count_as_one() -> None:
    time = Time()
    gate = Gate(time)
    for _request in range(50):
        gate.granted()
    gate.refused(1.0)
    gate.refused(1.0)
    first, second = gate.delay(), gate.delay()
    assert first == pytest.approx(1.0)
    assert 0.0 < second - first < 0.03


def test_the_pace_grows_while_nobody_refuses() -> None:
    time = Time()
    gate = Gate(time)
    for _request in range(50):
        gate.granted()
    gate.refused(1.0)
    time.now += 1.0
    gate.delay()
    slow = gate.delay()
    time.now += 60.0
    gate.delay()
    assert gate.delay() < slow * 0.6


def test_a_refusal_for_no_limit_is_soon_forgotten() -> None:
    time = Time()
    gate = Gate(time)
    sent = 0
    # A server that could take 300 in a second, and refuses one request in 200 for a second, for reasons of its own.
    while sent < 2000:
        time.now += max(gate.delay(), 1 / 300)
        sent += 1
        if sent % 200:
            gate.granted()
        else:
            gate.refused(1.0)
    # At a pace that only falls it takes 61 seconds.
    assert time.now - 100.0 < 2000 / 300 + 10 * 1.0 + 15.0


def test_a_limit_is_met_at_the_same_pace_again_and_growth_stays_slow() -> None:
    time = Time()
    gate = Gate(time)
    window, granted, refused = time.now, 0, 0
    for _request in range(1000):
        time.now += gate.delay()
        if time.now >= window + 1.0:
            window, granted = time.now, 0
        if granted == 50:
            refused += 1
            gate.refused(window + 1.0 - time.now)
        else:
            granted += 1
            gate.granted()
    assert refused <= 20
    assert time.now - 100.0 < 1.1 * 1000 / 50


def test_a_pace_that_grew_for_an_hour_is_none() -> None:
    time = Time()
    gate = Gate(time)
    for granted in (50, 500):
        for _request in range(granted):
            gate.granted()
        gate.refused(1.0)
        time.now += 1.0
    time.now += 3600.0
    assert [gate.delay(), gate.delay()] == [0.0, pytest.approx(0.0)]


def test_seconds_in_which_several_wait_count_once() -> None:
    budget = RetryBudget(10.0)
    for _request in range(8):
        assert budget.allows(100.0, 4.0)
        budget.spend(100.0, 104.0)
    assert budget.left == 6.0
    budget.spend(102.0, 106.0)
    assert budget.left == 4.0
    assert budget.allows(106.0, 4.0)
    assert not budget.allows(106.0, 4.1)
    assert budget.allows(104.0, 6.0)


def test_a_budget_of_nothing_allows_nothing() -> None:
    assert not RetryBudget(0.0).allows(100.0, 0.0)
