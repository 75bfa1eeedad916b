"""The second stage: questions that only z3 decides, its limits, and z3 against the algebra on drawn questions.
`POLICY_WORKBENCH_CASES=50000` makes the comparison a long run."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.proof.documents import allow, cases, deny, document, engine, new_access, proofs
from tests.proof.test_against_enumeration import pairs
from tests.support import OUTSIDE_ENVIRONMENT, REPOSITORY
from workbench.evaluation.decision import Outcome
from workbench.policy.kinds import PolicyKind
from workbench.proof import solver as solver_module
from workbench.proof.actions import ActionClass
from workbench.proof.askers import Asker
from workbench.proof.asking import Found, Inquiry
from workbench.proof.budget import GaveUp
from workbench.proof.formulas import All, Formula, Leaf, Some
from workbench.proof.search import Model, Search, Space
from workbench.proof.situations import situations
from workbench.proof.solver import Solver
from workbench.proof.space import Anything
from workbench.proof.verdicts import Result

CASES = cases(20, 50)
GET, HOME = "s3:GetObject", "111122223333"
OWN = f"arn:aws:iam::{HOME}:user/*"
USER, TAG = "${aws:username}", "${aws:PrincipalTag/t}"


def objects(*names: str) -> list[str]:
    return [f"arn:aws:s3:::b/{name}" for name in names]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each formula that z3 got whether it found a request."""
    found: list[bool] = []
    find = Solver.find

    def counted(self: Solver, formula: Formula, space: Space, asker: Asker, *, readable: bool = False) -> Model | None:
        model = find(self, formula, space, asker, readable=readable)
        found.append(model is not None)
        return model

    monkeypatch.setattr(Solver, "find", counted)
    return found


ANN_OR_BOB = {"StringEquals": {"aws:username": ["ann", "bob"]}}
NEEDS_SOLVER: list[tuple[str, Any, Any, str]] = [
    (
        "a variable that the condition names",
        allow(GET, objects("ann/*", "bob/*")),
        allow(GET, objects(f"{USER}/*"), **ANN_OR_BOB),
        "PASS",
    ),
    (
        "and one name too few",
        allow(GET, objects("ann/*")),
        allow(GET, objects(f"{USER}/*"), **ANN_OR_BOB),
        "FAIL",
    ),
    (
        "the value of a key in another key",
        allow(GET, StringEquals={"aws:SourceVpc": ["a", "b"]}),
        allow(GET, StringEquals={"aws:SourceVpc": TAG, "aws:PrincipalTag/t": ["a", "b"]}),
        "PASS",
    ),
    (
        "a default for who has no name",
        allow(GET, [*objects("nobody/*"), *objects(f"{USER}/*")]),
        allow(GET, objects("${aws:username, 'nobody'}/*")),
        "PASS",
    ),
    (
        "a default beside what has none",
        allow(GET, objects(f"{USER}/*")),
        allow(GET, objects("${aws:username, 'nobody'}/*")),
        "FAIL",
    ),
    (
        "not equal to itself",
        allow(GET, objects("x")),
        allow(GET, StringNotEquals={"aws:PrincipalTag/t": TAG}, Null={"aws:PrincipalTag/t": "false"}),
        "PASS",
    ),
    (
        "denied but for one's own",
        allow(GET, objects("home/a", "home/b")),
        [
            allow(GET, objects("home/*"), StringEquals={"aws:PrincipalTag/t": ["a", "b"]}),
            deny(GET, "*", StringNotEquals={"s3:prefix": TAG}),
            {**deny(GET), "NotResource": objects(f"home/{TAG}"), "Resource": None},
        ],
        "PASS",
    ),
]
NOT_OF_HOME = {"StringNotLike": {"aws:PrincipalAccount": "1111*"}}
USER_ANN = {"ArnLike": {"aws:PrincipalArn": ["arn:aws*:iam::*:user/ann", "arn:aws*:iam::*:user/*/ann"]}}
TOLD_BY_ARN: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("its account", {"StringEquals": {"aws:PrincipalAccount": HOME}}, {"ArnLike": {"aws:PrincipalArn": OWN}}, "PASS"),
    ("no account", {"ArnNotLike": {"aws:PrincipalArn": f"arn:*:*::{HOME}:*"}}, NOT_OF_HOME, "PASS"),
    ("the name", {"StringEquals": {"aws:username": "ann"}}, USER_ANN, "PASS"),
    ("the name told", USER_ANN, {"StringEquals": {"aws:username": "ann"}}, "PASS"),
    ("another name", {"StringEquals": {"aws:username": "bob"}}, USER_ANN, "FAIL"),
    ("not that name", {"StringNotEquals": {"aws:username": "bob"}}, USER_ANN, "PASS"),
    ("no such name", USER_ANN, {"StringEqualsIgnoreCase": {"aws:username": "ANN"}}, "FAIL"),
    (
        "part of a name",
        {"ArnLike": {"aws:PrincipalArn": "*:user/*nn"}},
        {"StringLike": {"aws:username": "?nn"}},
        "PASS",
    ),
    ("one's own ARN", {"StringLike": {"aws:username": "*"}}, {"ArnEquals": {"aws:PrincipalArn": f"*/{USER}"}}, "PASS"),
]


@pytest.mark.parametrize(("old", "new", "wanted"), [c[1:] for c in TOLD_BY_ARN], ids=[c[0] for c in TOLD_BY_ARN])
def test_what_the_arn_of_a_caller_tells_needs_no_solver(
    asked: list[bool], old: dict[str, Any], new: dict[str, Any], wanted: str
) -> None:
    verdict = new_access(document(allow(GET, **old)), document(allow(GET, **new)))
    assert verdict.result == wanted, verdict
    assert asked == []


def statements(found: Any) -> str:
    listed = found if isinstance(found, list) else [found]
    return document(*({k: v for k, v in s.items() if v is not None} for s in listed))


@pytest.mark.parametrize(("old", "new", "wanted"), [c[1:] for c in NEEDS_SOLVER], ids=[c[0] for c in NEEDS_SOLVER])
def test_what_the_algebra_leaves_open(asked: list[bool], old: Any, new: Any, wanted: str) -> None:
    verdict = new_access(statements(old), statements(new))
    assert verdict.result == wanted, verdict
    assert asked if wanted == "PASS" else True
    if verdict.witness is not None:
        assert engine().simulate(verdict.witness).outcome is Outcome.ALLOWED


def test_what_the_algebra_decides_is_not_asked_again(asked: list[bool]) -> None:
    for old, new in ((allow("s3:*"), allow(GET)), (allow(GET), allow("s3:*")), (allow(GET, objects(USER)), allow(GET))):
        new_access(document(old), document(new))
    assert asked == []


OPEN = statements(NEEDS_SOLVER[0][1]), statements(NEEDS_SOLVER[0][2])


@pytest.mark.parametrize(
    ("limit", "why"),
    [
        ("MOST_WORK_TOGETHER", "it would take too many steps"),
        ("MOST_WORK", "neither the algebra nor the solver z3 decides it within their limits"),
    ],
)
def test_beyond_its_limits_nothing_is_known(monkeypatch: pytest.MonkeyPatch, limit: str, why: str) -> None:
    monkeypatch.setattr(solver_module, limit, 1 if limit == "MOST_WORK" else 0)
    verdict = new_access(*OPEN)
    assert (verdict.result, verdict.why) == (Result.UNKNOWN, why)


def test_without_z3_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "z3", raising=False)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    verdict = new_access(*OPEN)
    assert (verdict.result, verdict.why) == (Result.UNKNOWN, "the solver z3 cannot be loaded")


def test_whoever_asked_can_end_it() -> None:
    """Asked for the first time while z3 works, and again from the thread that watches."""
    old, new = OPEN
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return "z3" in sys.modules and solver_module._ALONE.locked()

    verdict = proofs().no_new_access(old, new, PolicyKind.IDENTITY, cancelled)
    assert (verdict.result, verdict.why) == (Result.UNKNOWN, "it was cancelled")
    assert asked


def test_z3_works_no_longer_than_it_is_wanted() -> None:
    """A formula that would keep z3 busy is ended from outside."""
    import z3

    watched = Solver({}, frozenset(), iter([False, *[True] * 1_000_000]).__next__)
    a, b = z3.Ints("a b")
    cubes = [a * a * a + b * b * b == 114_000_001 + 9 * n for n in range(3)]
    with pytest.raises(GaveUp, match="cancelled"):
        watched._check(z3, [z3.Or(*cubes), a > 1_000, b < -1_000])


PROGRAM = """
import sys
import workbench.cli.main
from tests.proof.documents import allow, document, new_access
print(new_access(document(allow("s3:*")), document(allow("s3:Get*", "arn:aws:s3:::b/${aws:username}"))).result)
print(sorted(name for name in sys.modules if name.partition(".")[0] == "z3"))
"""


def test_z3_is_not_loaded_where_the_algebra_decides() -> None:
    environment = OUTSIDE_ENVIRONMENT | {"PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["PASS", "[]"]


# --- z3 against the algebra -------------------------------------------------------------------------------------------


def has_variables(formula: Formula) -> bool:
    match formula:
        case Leaf(test, _):
            return any(machine.variables for machine in test.machines)
        case All(parts) | Some(parts):
            return any(map(has_variables, parts))


class Both:
    """Asks z3 whatever the algebra is asked, and compares."""

    def __init__(self) -> None:
        self.compared = 0
        self._in_class = Inquiry._in_class

    def in_class(
        self, inquiry: Inquiry, formula: Formula, actions: ActionClass, asker: Asker, any_will_do: bool
    ) -> Found | None:
        """Each class as if it were the first, so that all of them are searched to their end."""
        catalog = inquiry.prover.catalog
        space = Anything(asker, catalog, actions.alone)
        search = Search(space, inquiry.prover.budget(), inquiry.variables)
        exists = next(search.models(formula), None) is not None
        before, inquiry.some_left_out = inquiry.some_left_out, False
        found = self._in_class(inquiry, formula, actions, asker, any_will_do, no_odd=False)
        left_out = inquiry.some_left_out
        inquiry.some_left_out = before or left_out
        if found is None and inquiry._open:  # left for z3, after everything else
            found = inquiry._by_solver(*inquiry._open.pop())
        solver = Solver(inquiry.variables, inquiry.in_any_case, inquiry.prover.cancelled)
        try:
            model = solver.find(formula, space, asker)
        except GaveUp:
            return found
        self.compared += 1
        if found is not None:
            assert model is not None, ("z3 sees no request where there is one", formula, found.scenario.request)
        if left_out:
            self._none_together(inquiry, formula, space, solver)
        elif model is not None and found is None and not inquiry.unclear:
            assert inquiry._confirmed(model, actions.names[0], asker) is None, ("PASS in spite of", model)
        if not has_variables(formula) and not exists and not search.unclear:
            assert model is None, ("the algebra sees no request where there is one", model, asker.principal)
        return found

    def _none_together(self, inquiry: Inquiry, formula: Formula, space: Anything, solver: Solver) -> None:
        """What the algebra leaves out, since its keys never come together, z3 finds in no situation either."""
        for way in situations(space.asker.caller.kind, inquiry._tested):
            with suppress(GaveUp):
                model = solver.find(formula, replace(space, situation={**way, **space.situation}), space.asker)
                assert model is None, ("left out in spite of", model, way)


@pytest.fixture(scope="module")
def both() -> Iterator[Both]:
    comparing = Both()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solver_module, "MOST_WORK", 200_000)  # of the same a few are hard
        patch.setattr(Inquiry, "_in_class", lambda *arguments, no_odd: comparing.in_class(*arguments))
        yield comparing


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(pair=pairs())
def test_z3_and_the_algebra_agree(both: Both, pair: tuple[str, str]) -> None:
    before = both.compared
    verdict = new_access(*pair)
    assert verdict.result is not Result.UNKNOWN or verdict.why
    assert both.compared >= before
