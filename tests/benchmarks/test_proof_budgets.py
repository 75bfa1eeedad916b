"""The budgets of questions 1 to 3 about three large policies, measured over many different questions.

`pytest -s tests/benchmarks/test_proof_budgets.py --benchmark-enable` prints p50, p95 and the slowest of each kind: new
access against 40 managed policies both ways, 60 accesses, and public access of 40 resource and trust policies (the
large ones with a principal among them). Every document is asked about for the first time, so no answer is remembered.
Budgets: design.md section 6: 100 ms at the 95th percentile warm, 1 s for the first question of a process.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from tests.proof.mutations import KINDS, managed_policies, real_policies
from workbench.engine import Engine
from workbench.errors import ScenarioError
from workbench.policy.kinds import PolicyKind
from workbench.proof.door import Proofs
from workbench.proof.questions import Access
from workbench.proof.verdicts import Result, Verdict

LARGE = ("AmazonSageMakerFullAccess", "ReadOnlyAccess", "PowerUserAccess")
OTHERS = 40

ACTIONS = (
    *("iam:PassRole", "iam:*", "iam:Create*", "iam:CreatePolicyVersion", "sts:AssumeRole", "sts:*", "s3:GetObject"),
    *("s3:Put*", "s3:*", "s3:DeleteBucket", "kms:Decrypt", "kms:*", "kms:CreateGrant", "ec2:RunInstances", "ec2:*"),
    *("ec2:Describe*", "lambda:CreateFunction", "lambda:InvokeFunction", "lambda:*", "logs:*", "dynamodb:Get*"),
    *("cloudtrail:StopLogging", "secretsmanager:GetSecretValue", "sagemaker:*", "sagemaker:CreateNotebookInstance"),
    *("organizations:*", "account:*", "*:Delete*", "*:*", "glue:GetTable"),
)
RESOURCES = {
    "iam": "arn:aws:iam::*:role/Admin*",
    "sts": "arn:aws:iam::111122223333:role/*",
    "s3": "arn:aws:s3:::secret-data/*",
    "kms": "arn:aws:kms:*:111122223333:key/*",
    "ec2": "arn:aws:ec2:us-east-1:*:instance/*",
    "lambda": "arn:aws:lambda:*:*:function:payroll-*",
    "logs": "arn:aws:logs:*:*:log-group:/audit/*",
    "dynamodb": "arn:aws:dynamodb:*:*:table/Customers",
    "secretsmanager": "arn:aws:secretsmanager:*:*:secret:prod/*",
    "sagemaker": "arn:aws:sagemaker:*:*:notebook-instance/x*",
}

Question = tuple[str, Callable[[Proofs], Verdict]]


def with_principal(document: dict[str, Any], principal: object) -> str:
    listed = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    return json.dumps({**document, "Statement": [{**statement, "Principal": principal} for statement in listed]})


def questions() -> Iterator[Question]:
    policies = dict(managed_policies())
    others = list(policies)[:: len(policies) // OTHERS][:OTHERS]
    for text in map(policies.__getitem__, LARGE):
        for other in others:
            yield "no new access, existing", partial(_new, text, policies[other])
            yield "no new access, new", partial(_new, policies[other], text)
        for action in ACTIONS:
            for resources in ((), (RESOURCES.get(action.partition(":")[0], "arn:aws:s3:::x"),)):
                yield "access not granted", partial(_granted, text, Access((action,), resources))
        for principal in ("*", {"AWS": "111122223333"}, {"AWS": "arn:aws:iam::111122223333:role/x"}):
            document = json.loads(text)
            yield "no public access, large", partial(_public, with_principal(document, principal), PolicyKind.RESOURCE)
    real = [entry for entry in real_policies() if entry["kind"] in ("resource", "trust")]
    for entry in real[:: len(real) // OTHERS]:
        yield "no public access, real", partial(_public, json.dumps(entry["document"]), KINDS[entry["kind"]])


def _new(existing: str, new: str, proofs: Proofs) -> Verdict:
    return proofs.no_new_access(existing, new, PolicyKind.IDENTITY)


def _granted(text: str, access: Access, proofs: Proofs) -> Verdict:
    return proofs.access_not_granted(text, [access], PolicyKind.IDENTITY)


def _public(text: str, kind: PolicyKind, proofs: Proofs) -> Verdict:
    return proofs.no_public_access(text, kind)


def test_many_different_questions(benchmark: Any, seldom_collected: None) -> None:
    asked = list(questions())
    if not benchmark.enabled:
        asked = asked[:: len(asked) // 12]
    proofs = Engine().proofs
    times: dict[str, list[tuple[float, int]]] = {}
    unknown = 0

    def ask_all() -> None:
        nonlocal unknown
        for number, (kind, ask) in enumerate(asked):
            start = time.process_time()
            try:
                verdict = ask(proofs)
            except ScenarioError:
                continue  # a document that AWS would refuse
            times.setdefault(kind, []).append(((time.process_time() - start) * 1_000, number))
            unknown += verdict.result is Result.UNKNOWN

    benchmark.pedantic(ask_all, rounds=1, iterations=1)
    print(f"\n{'':28}count    p50    p95    max  ms of processor time")
    every = [found for kind in times.values() for found in kind]
    for kind, found in [*times.items(), ("all", every)]:
        sorted_times = sorted(ms for ms, _ in found)
        count = len(sorted_times)
        p50, p95 = sorted_times[count // 2], sorted_times[int(count * 0.95)]
        print(f"{kind:28}{count:5}{p50:7.1f}{p95:7.1f}{sorted_times[-1]:7.0f}")
    assert unknown == 0


FIRST = """
import sys, time
start = time.process_time()
from tests.benchmarks.test_proof_budgets import questions
from workbench.engine import Engine
wanted = {name: ask for name, ask in questions()}[sys.argv[1]]
built = time.process_time()
wanted(Engine().proofs)
print(time.process_time() - built)
"""


@pytest.mark.parametrize("kind", ["no new access, existing", "access not granted", "no public access, large"])
def test_the_first_question_of_a_process(benchmark: Any, kind: str) -> None:
    """Printed is the processor time from the engine's beginning to the verdict, the catalog's loading included."""
    found: list[float] = []

    def once() -> None:
        command = [sys.executable, "-c", FIRST, kind]
        found.append(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout))

    benchmark.pedantic(once, rounds=3 if benchmark.enabled else 1, iterations=1)
    print(f"\n{kind}: first after {min(found):.2f} s")
    benchmark.extra_info["first s"] = round(min(found), 3)
