"""How fast the engine answers. Run with `--benchmark-enable`; budgets: design.md section 6."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest

from workbench.catalog.managed import ManagedPolicies
from workbench.engine import Engine
from workbench.evaluation.glob import compile_glob
from workbench.evaluation.request import NamedPolicy, PolicySet, Principal, Request, Scenario

USER = Principal(arn="arn:aws:sts::111122223333:assumed-role/Scientist/ann")
TRAINING_JOB = "arn:aws:sagemaker:us-east-1:111122223333:training-job/x"


def policy_of_6_kb() -> str:
    """A policy like those people write: 20 statements with conditions, 6 KB."""
    statements = [
        {
            "Sid": f"Team{i}",
            "Effect": "Allow",
            "Action": ["sagemaker:CreateTrainingJob", "sagemaker:Describe*", "s3:GetObject"],
            "Resource": [f"arn:aws:sagemaker:us-east-1:111122223333:training-job/team{i}-*", "arn:aws:s3:::b/*"],
            "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}},
        }
        for i in range(16)
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=1)


@pytest.fixture(scope="module")
def engine() -> Engine:
    engine = Engine()
    assert engine.catalog_version
    return engine


def typical_scenario() -> Scenario:
    """A handful of policies with conditions, a boundary and a session policy."""

    def policy(name: str, *statements: dict[str, Any]) -> NamedPolicy:
        return NamedPolicy(name, json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))

    train = {
        "Effect": "Allow",
        "Action": "sagemaker:CreateTrainingJob",
        "Resource": "arn:aws:sagemaker:us-east-1:111122223333:training-job/*",
        "Condition": {
            "ForAllValues:StringLike": {"sagemaker:InstanceTypes": ["ml.m5.*", "ml.c5.*"]},
            "Null": {"sagemaker:InstanceTypes": "false"},
            "StringEquals": {"aws:PrincipalTag/team": "${aws:ResourceTag/team}"},
        },
    }
    read = {"Effect": "Allow", "Action": ["sagemaker:Describe*", "sagemaker:List*"], "Resource": "*"}
    guard = {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}, "Bool": {"aws:ViaAWSService": "false"}},
    }
    everything = {"Effect": "Allow", "Action": ["sagemaker:*", "s3:*", "iam:PassRole"], "Resource": "*"}
    context = {
        "aws:SourceIp": "203.0.113.7",
        "aws:PrincipalTag/team": "a",
        "aws:ResourceTag/team": "a",
        "sagemaker:InstanceTypes": ("ml.m5.large",),
    }
    request = Request(USER, "sagemaker:CreateTrainingJob", (TRAINING_JOB,), context=context)
    policies = PolicySet(
        identity=(policy("train", train), policy("read", read), policy("guard", guard)),
        permissions_boundary=policy("boundary", everything),
        session=(policy("session", everything),),
    )
    return Scenario(request, policies)


def test_text_to_findings_of_6_kb(benchmark: Any, engine: Engine) -> None:
    text = policy_of_6_kb()
    assert 5_500 < len(text) < 7_500
    numbers = iter(range(10_000_000))
    validation = benchmark(lambda: engine.validate(text.replace("Team0", f"Team{next(numbers)}x")))
    assert validation.failed_checks == ()


def test_one_decision_of_a_typical_scenario(benchmark: Any, engine: Engine) -> None:
    prepared = engine.prepare(typical_scenario())
    assert benchmark(prepared.outcome) == "allowed"


def test_one_decision_with_its_reasons(benchmark: Any, engine: Engine) -> None:
    prepared = engine.prepare(typical_scenario())
    assert benchmark(engine.explain, prepared).outcome == "allowed"


def test_one_decision_with_10_large_managed_policies(benchmark: Any, engine: Engine) -> None:
    library = ManagedPolicies.open()
    texts = [(name, library.get(name)) for name in library.names() if name != "AdministratorAccess"]
    largest = sorted(texts, key=lambda pair: -len(pair[1].document) if pair[1] else 0)[:10]
    policies = tuple(NamedPolicy(name, policy.document) for name, policy in largest if policy)
    actions = engine.search_actions("sagemaker:", 1000)
    prepared = [
        engine.prepare(Scenario(Request(USER, action, ("*",)), PolicySet(identity=policies))) for action in actions
    ]
    assert len(prepared) > 300

    def decide_all() -> int:
        return sum(p.outcome() == "allowed" for p in prepared)

    assert benchmark(decide_all) > 0


@pytest.mark.parametrize("attached", [1, 10, 100, 1_000])
def test_one_decision_grows_with_what_matches_not_with_what_is_attached(
    benchmark: Any, engine: Engine, attached: int
) -> None:
    """One policy speaks of the action; the others of other actions of the same and of other services."""
    others = [
        NamedPolicy(
            f"other-{n}",
            json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {"Effect": "Allow", "Action": [f"sagemaker:Describe{n}*", f"s3:Get{n}*"], "Resource": "*"},
                        {"Effect": "Deny", "Action": f"ec2:Run{n}*", "Resource": f"arn:aws:ec2:*:*:instance/{n}"},
                    ],
                }
            ),
        )
        for n in range(attached - 1)
    ]
    scenario = typical_scenario()
    identity = (*scenario.policies.identity, *others)
    prepared = engine.prepare(replace(scenario, policies=replace(scenario.policies, identity=identity)))
    assert benchmark(prepared.outcome) == "allowed"


@pytest.mark.parametrize("skipped", [12, 0], ids=["5,000 patterns", "the largest, 22,000 patterns"])
def test_compile_10_managed_policies(benchmark: Any, skipped: int) -> None:
    """Text to compiled documents, nothing cached; budget 50 ms for 10 with about 4,900 action patterns together."""
    library = ManagedPolicies.open()
    found = [policy for name in library.names() if name != "AdministratorAccess" and (policy := library.get(name))]
    found.sort(key=lambda policy: -policy.document.count(":"))
    attached = found[skipped : skipped + 10]
    numbers = iter(range(10_000_000))

    def compile_all() -> object:
        compile_glob.cache_clear()
        fresh = " " * (next(numbers) % 1_000 + 1)  # caches go by content
        policies = tuple(NamedPolicy(f"p{n}", policy.document + fresh) for n, policy in enumerate(attached))
        return Engine().prepare(Scenario(Request(USER, "s3:GetObject", ("*",)), PolicySet(identity=policies)))

    assert benchmark(compile_all)


def test_all_managed_policies_validated(benchmark: Any, engine: Engine) -> None:
    """Budget: 5 s for 1,500 of them, 100 ms for any single one."""
    library = ManagedPolicies.open()
    texts = [policy.document for name in library.names() if (policy := library.get(name))]
    texts = texts if benchmark.enabled else texts[:20]
    numbers = iter(range(10))
    taken: list[float] = []

    def validate_all() -> None:
        fresh = " " * (next(numbers) + 1)  # the engine's cache goes by content
        for text in texts:
            start = time.perf_counter()
            assert engine.validate(text + fresh).failed_checks == ()
            taken.append(time.perf_counter() - start)

    benchmark.pedantic(validate_all, rounds=3 if benchmark.enabled else 1, iterations=1)
    benchmark.extra_info["policies"], benchmark.extra_info["slowest ms"] = len(texts), round(max(taken) * 1_000, 1)
    if benchmark.enabled:
        assert benchmark.stats.stats.min * 1_500 / len(texts) < 5
