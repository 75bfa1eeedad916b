"""Verdicts about real policies against the evaluation engine: every pair among 60 managed policies, and every real
policy with one thing changed. Where the verdict is PASS drawn requests look for one that is newly allowed; where it is
FAIL the witness is asked of the engine again. Of all of them a sample; `POLICY_WORKBENCH_CASES=50000` asks every one.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.proof.documents import engine, proofs
from tests.proof.mutations import managed_policies, mutants
from workbench.errors import ScenarioError
from workbench.evaluation.compiled import CompiledStatement
from workbench.evaluation.decision import Outcome
from workbench.evaluation.judge import compile_policy
from workbench.evaluation.request import ContextValue, NamedPolicy, Request, Scenario
from workbench.policy.kinds import PolicyKind
from workbench.proof.askers import HOME, Asker
from workbench.proof.door import Proofs
from workbench.proof.formulas import Body
from workbench.proof.patterns import Variables
from workbench.proof.questions import askers_of, scenario_of
from workbench.proof.verdicts import Result, Verdict

CASES = int(os.environ.get("POLICY_WORKBENCH_CASES", "2000"))
WHOLE = CASES >= 50_000
SAMPLE = 50
TRIES = 40 if WHOLE else 15
FILLINGS = ("x", "", "a/b", "us-east-1", HOME, "sagemaker-x", "Admin")


class Drawn(NamedTuple):
    """What requests about two documents of a kind are drawn from."""

    kind: PolicyKind
    actions: list[str]
    resources: list[str]
    keys: dict[str, list[str]]
    askers: list[Asker]


def filled(text: str, drawn: random.Random) -> str:
    """A pattern with something for each wildcard; a variable as its text or as a word."""
    parts = text.replace("?", "q").split("*")
    found = parts[0] + "".join(drawn.choice(FILLINGS) + part for part in parts[1:])
    return found.replace("${aws:username}", "x")


def drawn_from(old: str, new: str, kind: PolicyKind, drawn: random.Random) -> Drawn:
    statements: list[CompiledStatement] = []
    for name, text in (("new policy", new), ("existing policy", old)):
        statements += compile_policy(NamedPolicy(name, text), kind)
    actions, resources = ["s3:GetObject"], ["*"]
    keys: dict[str, list[str]] = {}
    for statement in statements:
        texts = [item.text for item in statement.actions.items]
        actions += drawn.sample(texts, min(len(texts), 6))
        if statement.source.resources is not None:
            listed = [item.text for item in statement.source.resources.items]
            resources += drawn.sample(listed, min(len(listed), 4))
        for test in statement.source.conditions:
            keys.setdefault(test.key, []).extend(value.text for value in test.values[:4])
    variables = Variables()
    askers = list(askers_of(kind, [Body(statement, variables) for statement in statements]))
    return Drawn(kind, actions, resources, keys, askers)


def requests(source: Drawn, drawn: random.Random) -> Iterator[tuple[Request, Asker]]:
    for _ in range(TRIES):
        pattern = drawn.choice(source.actions)
        names = engine().search_actions(pattern.partition("*")[0], 20) if "*" in pattern else [pattern]
        action = drawn.choice(names or ["s3:GetObject"])
        asker = drawn.choice(source.askers)
        context: dict[str, ContextValue] = dict(asker.context)
        for key, values in source.keys.items():
            if drawn.random() < 0.7 and key.lower() not in asker.domains:
                text = filled(drawn.choice([*values, "x"]), drawn)
                context[key] = (text,) if drawn.random() < 0.1 else text
        resource = filled(drawn.choice(source.resources), drawn) or "*"  # no request names nothing
        yield Request(asker.principal, action, (resource,), context=context, alone=True), asker


def outcome(scenario: Scenario) -> Outcome | None:
    try:
        return engine().prepare(scenario).outcome()
    except ScenarioError:
        return None


def check(verdict: Verdict, old: str, new: str, kind: PolicyKind, seed: str) -> None:
    """No drawn request and no witness may contradict the verdict."""
    before, after = NamedPolicy("existing policy", old), NamedPolicy("new policy", new)
    if verdict.result is Result.FAIL:
        assert verdict.witness is not None
        assert outcome(verdict.witness) is Outcome.ALLOWED
        (reason, *_) = verdict.reasons
        # Beside a resource control policy stands the one that allows, and it has none that does.
        assert reason.policy == ("RCPFullAWSAccess" if kind is PolicyKind.RCP else "new policy")
    elif verdict.result is Result.PASS:
        drawn = random.Random(seed)
        source = drawn_from(old, new, kind, drawn)
        for request, asker in requests(source, drawn):
            if outcome(scenario_of(after, kind, request, asker)) is Outcome.ALLOWED:
                was = outcome(scenario_of(before, kind, request, asker))
                assert was is Outcome.ALLOWED, (seed, request)


def asked(p: Proofs, old: str, new: str, kind: PolicyKind) -> Verdict | None:
    try:
        return p.no_new_access(old, new, kind)
    except ScenarioError:
        return None  # a document that AWS would refuse


def test_changed_real_policies() -> None:
    every = list(mutants())
    chosen = every if WHOLE else random.Random(5).sample(every, SAMPLE)
    found: Counter[Result] = Counter()
    for mutant in chosen:
        for old, new in ((mutant.original, mutant.changed), (mutant.changed, mutant.original)):
            verdict = asked(proofs(), old, new, mutant.kind)
            if verdict is not None:
                check(verdict, old, new, mutant.kind, f"{mutant.name} {mutant.change}")
                found[verdict.result] += 1
    assert found[Result.UNKNOWN] <= found.total() / 1_000
    assert min(found[Result.PASS], found[Result.FAIL]) > found.total() / 5


def pairs() -> list[tuple[str, str, str, str]]:
    policies = managed_policies()
    sixty = policies[:: len(policies) // 60][:60]
    return [(*one, *other) for one in sixty for other in sixty if one is not other]


def test_pairs_of_managed_policies() -> None:
    every = pairs()
    chosen = every if WHOLE else random.Random(5).sample(every, SAMPLE // 2)
    found: Counter[Result] = Counter()
    for old_name, old, new_name, new in chosen:
        verdict = asked(proofs(), old, new, PolicyKind.IDENTITY)
        assert verdict is not None
        check(verdict, old, new, PolicyKind.IDENTITY, f"{old_name} {new_name}")
        found[verdict.result] += 1
    assert found[Result.UNKNOWN] <= found.total() / 1_000
    assert found[Result.FAIL]


def test_a_wrong_verdict_would_be_seen() -> None:
    """The search finds what a false PASS would hide."""
    old = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}'
    new = old.replace("s3:GetObject", "s3:*")
    with pytest.raises(AssertionError):
        check(Verdict(Result.PASS), old, new, PolicyKind.IDENTITY, "x")
