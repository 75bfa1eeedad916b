"""Work that nobody waits for stops soon, whatever it is at, and leaves nothing half done behind."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable

import pytest

from workbench import patience
from workbench.document.parser import parse
from workbench.engine import Engine

ONE = (
    '{"Sid": "S%d", "Effect": "Allow", "Action": ["s3:GetObject", "sqs:Send*"], "Resource": "arn:aws:s3:::b%d/*",'
    ' "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}}'
)


def policy(statements: int, first: int = 0) -> str:
    written = ", ".join(ONE % (n, n) for n in range(first, first + statements))
    return f'{{"Version": "2012-10-17", "Statement": [{written}]}}'


@pytest.fixture(autouse=True)
def no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "REST_S", 0)


def after(asked: int) -> Callable[[], bool]:
    left = [asked]

    def is_over() -> bool:
        left[0] -= 1
        return left[0] < 0

    return is_over


def test_without_anybody_who_waits_nothing_stops() -> None:
    patience.check()
    with patience.until(lambda: False):
        patience.check()
    with pytest.raises(patience.GivenUp), patience.until(lambda: True):
        patience.check()
    patience.check()


def test_patience_is_of_one_thread() -> None:
    went: list[bool] = []
    with patience.until(lambda: True):
        other = threading.Thread(target=lambda: went.append(patience.check() is None))
        other.start()
        other.join()
    assert went == [True]


def test_the_work_on_a_policy_asks_more_than_once_for_each_statement() -> None:
    asked: list[int] = []

    def never() -> bool:
        asked.append(1)
        return False

    with patience.until(never):
        Engine().validate(policy(60))
    assert len(asked) > 60 * 20


@pytest.mark.parametrize("asked", [0, 1, 50, 150, 300, 1_000, 2_000])
def test_what_was_given_up_is_found_all_the_same_afterwards(asked: int) -> None:
    engine, text = Engine(), policy(40)
    with pytest.raises(patience.GivenUp), patience.until(after(asked)):
        engine.validate(text)
    again, fresh = engine.validate(text), Engine().validate(text)
    assert again.findings == fresh.findings
    assert again.failed_checks == ()


def test_checks_are_not_reported_as_failed_when_given_up() -> None:
    assert not issubclass(patience.GivenUp, Exception)


def test_taking_down_frees_what_was_made() -> None:
    class Made:
        pass

    def work(freed: list[int]) -> None:
        made = [Made()]
        weakref.finalize(made[0], freed.append, 1)
        parse(policy(500))

    def run(freed: list[int]) -> list[int]:
        try:
            with patience.until(after(600)):
                work(freed)
        except patience.GivenUp as gone:
            before = list(freed)
            patience.take_down(gone)
            return before
        return [0]

    freed: list[int] = []
    gc.disable()
    try:
        assert run(freed) == []
    finally:
        gc.enable()
    assert freed == [1]


def test_a_judged_policy_leaves_nothing_for_the_collector() -> None:
    engine = Engine()
    engine.validate(policy(5, 100))  # what is loaded once
    gc.collect()
    gc.disable()
    try:
        engine.validate(policy(30))
        engine.validate(policy(30, 1))
        left = gc.collect()
    finally:
        gc.enable()
    assert left < 100


def _rests(monkeypatch: pytest.MonkeyPatch, checks: int, *, front: bool, ends_after: int = -1) -> int:
    """How often a worker sleeps that looks up so often, a little work (0.6 ms) apart. Time is only counted here."""
    now, rests = [1.0], [0]

    def sleep(seconds: float) -> None:
        now[0] += seconds
        rests[0] += 1
        if rests[0] == ends_after:
            patience.in_front(False)

    monkeypatch.setattr(patience.time, "perf_counter", lambda: now[0])
    monkeypatch.setattr(patience.time, "sleep", sleep)
    patience.in_front(front)
    try:
        with patience.until(lambda: False):
            for _ in range(checks):
                now[0] += 0.0006
                patience.check()
    finally:
        patience.in_front(False)
        patience._here.rested = 0.0
    return rests[0]


def test_a_worker_rests_while_somebody_is_in_front_and_gets_on_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    many = _rests(monkeypatch, 8, front=True)
    assert 3 * 20 <= many <= 5 * 21  # every other look is a rest of 10 ms
    short = _rests(monkeypatch, 8, front=True, ends_after=3)
    assert short == 3


def test_a_worker_does_not_rest_where_nobody_is_in_front(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _rests(monkeypatch, 8, front=False) == 0


def test_whoever_is_in_front_for_ever_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _rests(monkeypatch, 2_000, front=True) <= 2 * patience.FORGOTTEN_S / 0.0005
