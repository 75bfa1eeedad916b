"""The engine against a second evaluator that shares no code with it (tests/reference), on whole scenarios drawn by
hypothesis. `POLICY_WORKBENCH_CASES=50000` makes it a long run."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.evaluation.asking import NoFacts
from tests.reference.documents import RefusedDocument
from tests.reference.evaluator import decide as reference_decides
from workbench.errors import ScenarioError
from workbench.evaluation.judge import Judge
from workbench.evaluation.scenario_reader import read_scenario

CASES = int(os.environ.get("POLICY_WORKBENCH_CASES", "2000"))
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)

HOME, OTHER = "111122223333", "444455556666"
PRINCIPALS = [
    f"arn:aws:iam::{HOME}:user/ann",
    f"arn:aws:iam::{HOME}:role/dev",
    f"arn:aws:sts::{HOME}:assumed-role/dev/ann",
    f"arn:aws:sts::{OTHER}:assumed-role/dev/bob",
    f"arn:aws:iam::{OTHER}:user/bob",
    f"arn:aws:iam::{HOME}:root",
    f"arn:aws:sts::{HOME}:federated-user/eve",
]
ENTRIES = [
    *PRINCIPALS,
    HOME,
    f"arn:aws:iam::{OTHER}:root",
    OTHER,
    "*",
]
ACTIONS = [
    ("s3:GetObject", f"arn:aws:s3:::bucket/a/{HOME}"),
    ("s3:PutObject", "arn:aws:s3:::bucket/ann/x"),
    ("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{HOME}:queue"),
    ("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{OTHER}:queue"),
    ("kms:Decrypt", f"arn:aws:kms:eu-west-1:{HOME}:key/k-1"),
    ("sts:AssumeRole", f"arn:aws:iam::{HOME}:role/target"),
    ("sts:AssumeRole", f"arn:aws:iam::{OTHER}:role/target"),
    ("iam:PassRole", f"arn:aws:iam::{HOME}:role/target"),
    ("sagemaker:DescribeModel", f"arn:aws:sagemaker:eu-west-1:{HOME}:model/m"),
    ("ec2:DescribeInstances", "*"),
]
ACTION_PATTERNS = [
    "*",
    "*",
    "*",
    "*:*",
    "s3:*",
    "S3:get*",
    "s3:?etObject",
    "sqs:Send*",
    "sqs:sendmessage",
    "kms:*",
    "kms:Dec*pt",
]
ACTION_PATTERNS += ["sts:*", "sts:AssumeRole", "iam:*Role", "sagemaker:Describe?odel", "ec2:Describe*", "ec2:Run*"]
RESOURCE_PATTERNS = [
    "*",
    "*",
    "*",
    "arn:*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::bucket/${aws:username}/*",
    "arn:aws:s3:::bucket/${aws:PrincipalTag/team, 'a'}/*",
    "arn:aws:s3:::b*t/?/*",
    "arn:aws:sqs:*:*:queue",
    f"arn:aws:sqs:eu-*-1:{HOME}:q*",
    f"arn:aws:*:eu-west-?:{HOME}:*",
    "arn:aws:kms:*:1111*:key/*",
    f"arn:aws:iam::{HOME}:role/*",
    "arn:*:role/target",
    "arn:aws:sagemaker:*",
]
VALUES = {
    "aws:PrincipalTag/team": ["a", "A", "b", "a:b", ""],
    "aws:SourceIp": ["203.0.113.7", "10.0.0.1", "2001:db8::1", "::ffff:203.0.113.7"],
    "aws:CurrentTime": ["2026-03-04T05:06:07Z", "2020-01-01T00:00:00Z"],
    "aws:MultiFactorAuthPresent": ["true", "false"],
    "aws:MultiFactorAuthAge": ["300", "3600", "1e3", "x"],
    "aws:TagKeys": [[], ["team"], ["team", "cost"], [""], ["Team"]],
    "aws:SourceArn": [f"arn:aws:sns:eu-west-1:{HOME}:topic", "arn:aws:s3:::bucket"],
    "x:custom": ["a", "b", "true", "5"],
}
WANTED = {
    "String": [
        "a",
        "b",
        "A*",
        "a?b",
        "*",
        "",
        "team",
        "${aws:PrincipalTag/team}",
        "${aws:username, 'a'}",
        "${*}",
        "a*",
    ],
    "Patterns": ["a*", "?", "*b*", "t*m", "${aws:PrincipalTag/team}*", "${?}"],
    "Arn": [f"arn:aws:sns:*:{HOME}:*", "arn:aws:s3:::bucket", "arn:aws:s3:::${aws:PrincipalTag/team}", "*", "*topic"],
    "Numeric": ["5", "300", "1000", "1e3", "-1", "x"],
    "Date": ["2026-03-04", "2026-03-04T05:06:07Z", "1767225600", "2030"],
    "Bool": ["true", "false", True, False, "TRUE", "yes"],
    "Ip": ["203.0.113.0/24", "10.0.0.0/8", "2001:db8::/32", "0.0.0.0/0", "203.0.113.7"],
    "Null": ["true", "false", True],
}
BASES = {
    "String": ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike"],
    "Patterns": ["StringNotLike", "StringLike"],
    "Arn": ["ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"],
    "Numeric": ["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals"],
    "Date": ["DateEquals", "DateNotEquals", "DateLessThan", "DateGreaterThanEquals"],
    "Bool": ["Bool"],
    "Ip": ["IpAddress", "NotIpAddress"],
    "Null": ["Null"],
}
KEYS = {
    "Date": ["aws:CurrentTime", "x:custom"],
    "Ip": ["aws:SourceIp", "AWS:sourceip"],
    "Numeric": ["aws:MultiFactorAuthAge", "x:custom"],
}


def some(values: list[Any], most: int = 3) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=most)


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    block: dict[str, Any] = {}
    for family in draw(st.lists(st.sampled_from(sorted(BASES)), max_size=2, unique=True)):
        name = draw(st.sampled_from(BASES[family]))
        if family != "Null" and draw(st.integers(0, 3)) == 0:
            name += "IfExists"
        name = draw(st.sampled_from(["", "", "", "ForAllValues:", "ForAnyValue:"])) + name
        key = draw(st.sampled_from(KEYS.get(family, sorted(VALUES))))
        wanted = draw(some(WANTED[family]))
        block[name] = {key: wanted[0] if len(wanted) == 1 else wanted}
    return block


@st.composite
def statements(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    deny = kind == "resourceControl" or draw(st.integers(0, 5)) == 0
    made: dict[str, Any] = {"Effect": "Deny" if deny else "Allow"}
    negated = kind != "resourceControl" and draw(st.integers(0, 9)) == 0
    made["NotAction" if negated else "Action"] = draw(some(ACTION_PATTERNS))
    if kind != "trust":
        negated = draw(st.integers(0, 9)) == 0
        made["NotResource" if negated else "Resource"] = draw(some(RESOURCE_PATTERNS))
    if kind == "resourceControl":
        made["Principal"] = "*"
    elif kind in ("resource", "trust", "vpcEndpoint"):
        element = "NotPrincipal" if deny and kind != "trust" and draw(st.booleans()) else "Principal"
        made[element] = draw(st.one_of(st.just("*"), some(ENTRIES).map(lambda entries: {"AWS": entries})))
    block = draw(st.one_of(st.just({}), conditions()))
    if block:
        made["Condition"] = block
    return made


@st.composite
def policies(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    version = "2012-10-17"
    if kind not in ("serviceControl", "resourceControl") and draw(st.integers(0, 6)) == 0:
        version = "2008-10-17"
    found = draw(st.lists(statements(kind), min_size=1, max_size=3))
    return {"name": kind, "document": {"Version": version, "Statement": found}}


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    action, resource = draw(st.sampled_from(ACTIONS))
    names = draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=5, unique=True))
    request = {
        "principal": draw(st.sampled_from(PRINCIPALS)),
        "action": draw(st.sampled_from([action, action.lower()])),
        "resource": resource,
        "context": {name: draw(st.sampled_from(VALUES[name])) for name in names},
    }
    if resource.startswith("arn:aws:s3") and draw(st.booleans()):
        request["resourceAccount"] = draw(st.sampled_from([HOME, OTHER]))
    kind = "trust" if action == "sts:AssumeRole" else "resource"
    attached: dict[str, Any] = {"identity": draw(st.lists(policies("identity"), max_size=2))}

    def perhaps() -> bool:
        return draw(st.integers(0, 2)) == 0

    if perhaps():
        attached["permissionsBoundary"] = draw(policies("permissionsBoundary"))
    if perhaps():
        attached["session"] = [draw(policies("session"))]
    if not perhaps():
        attached["resource"] = draw(policies(kind))
    if perhaps():
        attached["vpcEndpoint"] = draw(policies("vpcEndpoint"))
    for level in ("serviceControl", "resourceControl"):
        if perhaps():
            found = draw(st.lists(st.lists(policies(level), min_size=1, max_size=2), min_size=1, max_size=2))
            attached[level] = [{"target": f"level {n}", "policies": each} for n, each in enumerate(found)]
    made: dict[str, Any] = {"request": request, "policies": attached}
    if draw(st.integers(0, 7)) == 0:
        made["managementAccount"] = HOME
    return made


def both(scenario: dict[str, Any]) -> tuple[str, str]:
    """What the engine and what the reference answer; `refused` for a policy that AWS would not take."""
    try:
        engine = str(Judge(NoFacts(), lambda: NOW).decide(read_scenario(json.dumps(scenario))).outcome)
    except ScenarioError:
        engine = "refused"
    try:
        reference = reference_decides(scenario, NOW)
    except RefusedDocument:
        reference = "refused"
    return engine, reference


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(scenarios())
def test_engine_and_reference_agree(scenario: dict[str, Any]) -> None:
    engine, reference = both(scenario)
    assert engine == reference


def test_a_stated_age_of_mfa_means_that_mfa_was_used() -> None:
    statement = {**statement_for("s3:GetObject"), "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
    request = {"principal": PRINCIPALS[0], "action": "s3:GetObject", "resource": "arn:aws:s3:::bucket/x"}
    aged = {**request, "context": {"aws:MultiFactorAuthAge": "3600"}}
    identity = [{"name": "identity", "document": {"Version": "2012-10-17", "Statement": [statement]}}]
    assert both({"request": aged, "policies": {"identity": identity}}) == ("allowed", "allowed")
    assert both({"request": request, "policies": {"identity": identity}}) == ("implicitDeny", "implicitDeny")


def test_a_federated_session_with_its_makers_boundary_is_hit_by_not_principal() -> None:
    def document(*found: dict[str, Any]) -> dict[str, Any]:
        return {"name": "p", "document": {"Version": "2012-10-17", "Statement": list(found)}}

    deny = {**statement_for("s3:GetObject"), "Effect": "Deny", "NotPrincipal": "*"}
    request = {"principal": PRINCIPALS[6], "action": "s3:GetObject", "resource": "arn:aws:s3:::bucket/x"}
    everything = document(statement_for("*"))
    attached = {"identity": [everything], "session": [everything], "resource": document(deny)}
    assert both({"request": request, "policies": attached}) == ("allowed", "allowed")
    bounded = {**attached, "permissionsBoundary": everything}
    assert both({"request": request, "policies": bounded}) == ("explicitDeny", "explicitDeny")


def test_root_has_no_boundary_that_not_principal_could_hit() -> None:
    def document(*found: dict[str, Any]) -> dict[str, Any]:
        return {"name": "p", "document": {"Version": "2012-10-17", "Statement": list(found)}}

    deny = {**statement_for("*"), "Effect": "Deny", "NotPrincipal": "*"}
    allow = {**statement_for("*"), "Principal": "*"}
    attached = {"permissionsBoundary": document(statement_for("*")), "vpcEndpoint": document(deny, allow)}
    request = {"principal": PRINCIPALS[5], "action": "ec2:DescribeInstances", "resource": "*"}
    assert both({"request": request, "policies": attached}) == ("allowed", "allowed")
    assert both({"request": {**request, "principal": PRINCIPALS[0]}, "policies": attached})[0] == "explicitDeny"


def statement_for(action: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": "*"}
