"""How fast questions over all requests are answered, and how many by whom. Run with `--benchmark-enable`.

`POLICY_WORKBENCH_POLICIES=100 pytest -s tests/benchmarks/test_proofs.py -k table --benchmark-enable` asks 20 questions
of every so-manieth managed policy (1: of all of them) and prints the table. Budgets: design.md section 6.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.proof.mutations import managed_policies
from workbench.catalog.managed import ManagedPolicies
from workbench.engine import Engine
from workbench.evaluation.request import NamedPolicy, PolicySet
from workbench.policy.kinds import PolicyKind
from workbench.proof.door import Proofs
from workbench.proof.questions import Access
from workbench.proof.reach import Reach
from workbench.proof.solver import Solver
from workbench.proof.verdicts import Result, Verdict

LARGE = ("AmazonSageMakerFullAccess", "ReadOnlyAccess", "PowerUserAccess")
IDENTITY = PolicyKind.IDENTITY
STEP = int(os.environ.get("POLICY_WORKBENCH_POLICIES", "100"))


@pytest.fixture(scope="module")
def proofs() -> Proofs:
    return Engine().proofs


@pytest.fixture(scope="module")
def library() -> dict[str, str]:
    managed = ManagedPolicies.open()
    return {name: policy.document for name in managed.names() if (policy := managed.get(name))}


def fresh(text: str, number: int) -> str:
    """The same policy in another text, for caches go by content."""
    return text + " " * number


# --- one question: the budgets ----------------------------------------------------------------------------------------


def as_resource_policy(text: str) -> str:
    document = json.loads(text)
    statements = document["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    return json.dumps({**document, "Statement": [{**s, "Principal": {"AWS": "111122223333"}} for s in listed]})


QUESTIONS: dict[str, Callable[[Proofs, str, str], Verdict]] = {
    "no new access, old": lambda p, text, other: p.no_new_access(text, other, IDENTITY),
    "no new access, new": lambda p, text, other: p.no_new_access(other, text, IDENTITY),
    "access not granted": lambda p, text, other: p.access_not_granted(text, [Access(("iam:PassRole",))], IDENTITY),
    "no public access": lambda p, text, other: p.no_public_access(as_resource_policy(text), PolicyKind.RESOURCE),
}


@pytest.mark.parametrize("name", LARGE)
@pytest.mark.parametrize("question", QUESTIONS)
def test_questions_about_large_policies(
    benchmark: Any, proofs: Proofs, library: dict[str, str], question: str, name: str
) -> None:
    """Budget: 100 ms at the 95th percentile warm, 1 s for the first."""
    others = iter([library[other] for other in LARGE if other != name] * 1_000)
    start = time.process_time()
    QUESTIONS[question](Engine().proofs, library[name], library["SecurityAudit"])
    first = time.process_time() - start
    verdict = benchmark(lambda: QUESTIONS[question](proofs, library[name], next(others)))
    assert verdict.result is not Result.UNKNOWN
    benchmark.extra_info["first s"] = round(first, 3)


def test_every_statement_of_a_large_policy_reached(benchmark: Any, proofs: Proofs, library: dict[str, str]) -> None:
    """Budget: 1 s for any managed policy; the largest is the slowest."""
    largest = max(library, key=lambda name: len(library[name]))
    numbers = iter(range(10_000))
    found = benchmark(lambda: proofs.reachability(fresh(library[largest], next(numbers)), IDENTITY))
    assert all(reached.reach is not Reach.UNKNOWN for reached in found)


def test_compare_with_the_previous_text_of_6_kb(benchmark: Any, proofs: Proofs) -> None:
    """Budget: 100 ms, while somebody types."""
    from tests.benchmarks.test_engine import policy_of_6_kb

    before = policy_of_6_kb()
    numbers = iter(range(10_000))
    found = benchmark(lambda: proofs.compare(before, before.replace("team3-*", f"team{next(numbers)}-*"), IDENTITY))
    assert found.gained.result in (Result.PASS, Result.FAIL)


# --- 20 questions -----------------------------------------------------------------------------------------------------


def not_granted(*actions: str, on: tuple[str, ...] = ()) -> Callable[[Proofs, str, str], Result]:
    return lambda p, text, other: p.access_not_granted(text, [Access(actions, on)], IDENTITY).result


def _limited(p: Proofs, text: str, other: str) -> Result:
    """Whether a boundary that is the other policy takes nothing away."""
    whole = PolicySet((NamedPolicy("P", text),))
    bounded = PolicySet((NamedPolicy("P", text),), permissions_boundary=NamedPolicy("B", other))
    return p.no_new_access_of_sets(bounded, whole).result


def _reached(p: Proofs, text: str, other: str) -> Result:
    found = {r.reach for r in p.reachability(text, IDENTITY)}
    return Result.UNKNOWN if Reach.UNKNOWN in found else Result.PASS if found == {Reach.DECIDES} else Result.FAIL


def _summed(p: Proofs, text: str, other: str) -> Result:
    clauses = p.summary(text, IDENTITY)
    return Result.UNKNOWN if any(c.scenario is None for c in clauses) else Result.PASS


def _compared(p: Proofs, text: str, other: str) -> Result:
    found = p.compare(text, other, IDENTITY)
    both = (found.gained.result, found.lost.result)
    return Result.UNKNOWN if Result.UNKNOWN in both else both[0]


def _without_first(text: str) -> str:
    document = json.loads(text)
    statements = document["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    return json.dumps({**document, "Statement": listed[1:] or listed})


REVIEWER = {
    "no new access than the policy before": lambda p, t, o: p.no_new_access(o, t, IDENTITY).result,
    "nothing lost to the policy before": lambda p, t, o: p.no_new_access(t, o, IDENTITY).result,
    "the first statement adds nothing": lambda p, t, o: p.no_new_access(_without_first(t), t, IDENTITY).result,
    "as two documents relate": _compared,
    "a boundary takes nothing away": _limited,
    "never iam:PassRole": not_granted("iam:PassRole"),
    "never iam:PassRole of an administrator": not_granted("iam:PassRole", on=("arn:aws:iam::*:role/Admin*",)),
    "never iam:*": not_granted("iam:*"),
    "never iam:Create* or iam:Attach*": not_granted("iam:Create*", "iam:Attach*", "iam:Put*"),
    "never s3:GetObject": not_granted("s3:GetObject"),
    "never s3:GetObject of one's own": not_granted("s3:GetObject", on=("arn:aws:s3:::secret-data/*",)),
    "never s3:Put* or s3:Delete*": not_granted("s3:Put*", "s3:Delete*"),
    "never sts:AssumeRole": not_granted("sts:AssumeRole"),
    "never kms:Decrypt": not_granted("kms:Decrypt"),
    "never secretsmanager:GetSecretValue": not_granted("secretsmanager:GetSecretValue"),
    "never ec2:RunInstances": not_granted("ec2:RunInstances"),
    "never a function with a role": not_granted("lambda:CreateFunction", "lambda:UpdateFunctionCode"),
    "never logs switched off": not_granted("cloudtrail:StopLogging", "cloudtrail:DeleteTrail"),
    "every statement decides something": _reached,
    "what it allows": _summed,
}


def test_table_of_twenty_questions(
    benchmark: Any, proofs: Proofs, monkeypatch: pytest.MonkeyPatch, seldom_collected: None
) -> None:
    """Of managed policies x 20 questions the share answered by the algebra, with z3 and not at all, and the times."""
    assert len(REVIEWER) == 20
    asked = [0]
    find = Solver.find

    def counted(self: Solver, *arguments: Any, **options: Any) -> Any:
        asked[0] += 1
        return find(self, *arguments, **options)

    monkeypatch.setattr(Solver, "find", counted)
    policies = managed_policies()
    chosen = [
        (policies[at - 1][1], *policies[at]) for at in range(0, len(policies), STEP if benchmark.enabled else 400)
    ]
    times: dict[str, list[float]] = {question: [] for question in REVIEWER}
    by: dict[str, Counter[str]] = {question: Counter() for question in REVIEWER}

    def ask_all() -> None:
        for before, _, text in chosen:
            for question, ask in REVIEWER.items():
                asked[0] = 0
                start = time.process_time()
                result = ask(proofs, text, before)
                times[question].append((time.process_time() - start) * 1_000)
                by[question]["unknown" if result is Result.UNKNOWN else "z3" if asked[0] else "algebra"] += 1

    benchmark.pedantic(ask_all, rounds=1, iterations=1)
    print(f"\n{len(chosen)} policies; ms of processor time\n{'':42}algebra     z3 unknown    p50    p95    max")
    every = sorted(t for found in times.values() for t in found)
    total = sum(by.values(), Counter[str]())
    for question, found, counts in [*((q, sorted(times[q]), by[q]) for q in REVIEWER), ("all", every, total)]:
        p50, p95 = found[len(found) // 2], found[int(len(found) * 0.95)]
        shares = "".join(f"{counts[who]:7}" for who in ("algebra", "z3", "unknown"))
        print(f"{question:42}{shares}{p50:7.1f}{p95:7.1f}{found[-1]:7.0f}")
    assert total["unknown"] <= 0.001 * total.total() + (0 if benchmark.enabled else 1)
