"""Whole scenarios for hypothesis to draw, and the few facts about services that they need.

Drawn small on purpose: few names, so that policies and requests often meet; every kind of caller, call, layer and
operator, so that every rule takes part.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any, NamedTuple

from hypothesis import strategies as st

from workbench.catalog.model import Dependent
from workbench.evaluation.facts import NoFacts

CASES = int(os.environ.get("POLICY_WORKBENCH_CASES", "2000"))
"""How many scenarios are drawn: many more for a long run, a few where only what the named tests reach counts."""
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
HOME, OTHER = "111122223333", "444455556666"
SAML = f"arn:aws:iam::{HOME}:saml-provider/corp"
OIDC = f"arn:aws:iam::{HOME}:oidc-provider/example.com"
ANN = f"arn:aws:iam::{HOME}:user/ann"
TARGET, OTHERS_TARGET = f"arn:aws:iam::{HOME}:role/target", f"arn:aws:iam::{OTHER}:role/target"
LINKED = f"arn:aws:iam::{HOME}:role/aws-service-role/sagemaker.amazonaws.com/AWSServiceRoleForSageMaker"


class FewFacts(NoFacts):
    """What tests/reference/calls.py says of the same services, in the engine's terms."""

    SPELLED = ("CreateModel", "CreateTrainingJob", "CreateEndpoint", "AddTags", "ListModels", "DescribeModel")

    def has_resource_types(self, action: str) -> bool | None:
        return False if action.lower() in ("ec2:describeinstances", "sagemaker:listmodels") else None

    def adds_tags_with(self, action: str) -> str | None:
        return "sagemaker:AddTags" if action.lower().startswith("sagemaker:create") else None

    def supports_key(self, action: str, key: str) -> bool:
        return key == "sagemaker:NetworkIsolation" and action.lower() in (
            "sagemaker:createmodel",
            "sagemaker:createtrainingjob",
        )

    def dependents(self, action: str) -> tuple[Dependent, ...]:
        made_up = Dependent("iam:CreateServiceLinkedRole", "always", "", inferred=True)
        return (made_up,) if action.lower() == "sqs:createqueue" else ()

    def is_multivalued(self, key: str) -> bool | None:
        return {"sagemaker:vpcsubnets": True, "sagemaker:networkisolation": False}.get(key.lower())

    def spelled(self, action: str) -> str:
        names = {f"sagemaker:{name}".lower(): f"sagemaker:{name}" for name in self.SPELLED}
        return names.get(action.lower(), action)


SIGNED = [
    ANN,
    f"arn:aws:iam::{HOME}:role/dev",
    f"arn:aws:sts::{HOME}:assumed-role/dev/ann",
    f"arn:aws:sts::{OTHER}:assumed-role/dev/bob",
    f"arn:aws:iam::{OTHER}:user/bob",
    f"arn:aws:iam::{HOME}:root",
    f"arn:aws:sts::{HOME}:federated-user/eve",
]
LINKED_ROLES = [LINKED, f"arn:aws:sts::{HOME}:assumed-role/AWSServiceRoleForSageMaker/s"]
SERVICES = ["sns.amazonaws.com", "sagemaker.amazonaws.com"]
REGIONAL = "sns.eu-west-1.amazonaws.com"
UNIQUE_IDS = ["AIDAEXAMPLE", "AROAEXAMPLE"]
WITH_PATH = f"arn:aws:iam::{HOME}:role/path/dev"
UNSIGNED: list[Any] = ["*", {"federated": SAML}, {"federated": OIDC}, *({"service": name} for name in SERVICES)]
ENTRIES = [*SIGNED, *LINKED_ROLES, *UNIQUE_IDS, WITH_PATH, HOME, f"arn:aws:iam::{OTHER}:root", OTHER, "*"]

_SAGEMAKER = f"arn:aws:sagemaker:eu-west-1:{HOME}"
CALLS: list[tuple[str, list[str]]] = [
    ("s3:GetObject", [f"arn:aws:s3:::bucket/a/{HOME}"]),
    ("s3:PutObject", ["arn:aws:s3:::bucket/ann/x", "arn:aws:s3:::bucket/a/x"]),
    ("sqs:SendMessage", [f"arn:aws:sqs:eu-west-1:{HOME}:queue"]),
    ("sqs:SendMessage", [f"arn:aws:sqs:eu-west-1:{OTHER}:queue"]),
    ("sqs:SendMessage", ["*"]),
    ("kms:Decrypt", ["*"]),
    ("kms:Decrypt", [f"arn:aws:kms:eu-west-1:{HOME}:alias/a"]),
    ("sqs:CreateQueue", [f"arn:aws:sqs:eu-west-1:{HOME}:queue"]),
    ("kms:Decrypt", [f"arn:aws:kms:eu-west-1:{HOME}:key/k-1"]),
    ("sts:AssumeRole", [TARGET]),
    ("sts:AssumeRole", [OTHERS_TARGET]),
    ("sts:AssumeRole", ["*"]),
    ("sts:AssumeRole", [LINKED]),
    ("sts:AssumeRoleWithSAML", [TARGET]),
    ("sts:AssumeRoleWithWebIdentity", [TARGET]),
    ("sts:TagSession", [TARGET]),
    ("sts:GetCallerIdentity", ["*"]),
    ("iam:PassRole", [TARGET]),
    ("sagemaker:DescribeModel", [f"{_SAGEMAKER}:model/m"]),
    ("sagemaker:CreateModel", [f"{_SAGEMAKER}:model/m"]),
    ("sagemaker:CreateTrainingJob", [f"{_SAGEMAKER}:training-job/t"]),
    ("sagemaker:CreateTrainingJob", [f"arn:aws:sagemaker:eu-west-1:{OTHER}:training-job/t"]),
    ("sagemaker:CreateEndpoint", [f"{_SAGEMAKER}:endpoint-config/e", f"{_SAGEMAKER}:endpoint/e"]),
    ("sagemaker:ListModels", [f"{_SAGEMAKER}:model/m"]),
    ("ec2:DescribeInstances", ["*"]),
]
ACTION_PATTERNS = {
    "": ["*", "*", "*:*"],
    "s3": ["s3:*", "S3:get*", "s3:?etObject", "s3:PutObject"],
    "sqs": ["sqs:Send*", "sqs:sendmessage", "sqs:*"],
    "kms": ["kms:*", "kms:Dec*pt"],
    "sts": ["sts:*", "sts:AssumeRole", "sts:AssumeRole*", "sts:*WithSAML", "sts:TagSession", "sts:Set*"],
    "iam": ["iam:*Role", "iam:*", "iam:PassRole", "iam:Create*"],
    "sagemaker": ["sagemaker:Describe?odel", "sagemaker:Create*", "sagemaker:*", "sagemaker:AddTags", "sagemaker:*s"],
    "ec2": ["ec2:Describe*", "ec2:Run*"],
}
NEXT_TO = {
    "sagemaker": ["sagemaker", "sagemaker", "iam", ""],
    "iam": ["iam", "sagemaker", ""],
    "sqs": ["sqs", "iam", ""],
}
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
    "arn:aws:sagemaker:*:*:endpoint/*",
    f"arn:aws:sagemaker:eu-west-1:{HOME}:*/${{aws:RequestTag/team, 'm'}}",
]
TEXTS = ["a", "A", "b", "a:b", ""]
VALUES: dict[str, list[Any]] = {
    "aws:PrincipalTag/team": TEXTS,
    "aws:ResourceTag/team": TEXTS,
    "sagemaker:ResourceTag/team": TEXTS,
    "aws:RequestTag/team": TEXTS,
    "aws:SourceIp": ["203.0.113.7", "10.0.0.1", "2001:db8::1", "::ffff:203.0.113.7"],
    "aws:SourceVpce": ["vpce-a", "vpce-b"],
    "aws:SourceVpc": ["vpc-a"],
    "aws:PrincipalArn": [WITH_PATH, f"arn:aws:iam::{HOME}:role/dev", LINKED, ANN],
    "aws:userid": ["AIDAEXAMPLE", "AROAEXAMPLE:ann", "x"],
    "aws:PrincipalServiceNamesList": [[REGIONAL], [*SERVICES, REGIONAL], []],
    "aws:CalledViaFirst": ["athena.amazonaws.com", "kms.amazonaws.com"],
    "aws:EpochTime": ["1772600767", "0"],
    "sagemaker:VolumeKmsKeyArn": ["arn:aws:kms:eu-west-1:1:key/k"],
    "aws:CurrentTime": ["2026-03-04T05:06:07Z", "2020-01-01T00:00:00Z", "now"],
    "aws:TokenIssueTime": ["2026-03-04T05:00:00Z"],
    "aws:MultiFactorAuthPresent": ["true", "false"],
    "aws:MultiFactorAuthAge": ["300", "3600", "1e3", "x"],
    "aws:ViaAWSService": ["true", "false"],
    "aws:CalledVia": [["athena.amazonaws.com"], ["athena.amazonaws.com", "kms.amazonaws.com"], []],
    "aws:TagKeys": [[], ["team"], ["team", "cost"], [""], ["Team"], "team"],
    "aws:PrincipalOrgPaths": [["o-a/r-b/"], ["o-a/r-b/", ""], "o-a/r-b/"],
    "aws:SourceArn": [f"arn:aws:sns:eu-west-1:{HOME}:topic", "arn:aws:s3:::bucket", "topic"],
    "iam:PassedToService": SERVICES,
    "sagemaker:VpcSubnets": [["subnet-a"], ["subnet-a", "subnet-b"], "subnet-a", "", []],
    "sagemaker:NetworkIsolation": ["true", "false"],
    "sagemaker:VolumeKmsKey": ["arn:aws:kms:eu-west-1:1:key/k"],
    "sts:SourceIdentity": ["ann", "a"],
    "aws:SourceIdentity": ["ann", ""],
    "x:custom": ["a", "b", "true", "5", ["a", "b"], [""], "QQ=="],
}
DERIVED = [
    "aws:PrincipalAccount",
    "aws:PrincipalType",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalServiceName",
    "aws:username",
    "aws:ResourceAccount",
    "aws:RequestedRegion",
    "aws:SourceAccount",
    "aws:CalledViaLast",
    "aws:SecureTransport",
    "sagemaker:TaggingAction",
    "aws:RequestTag/sagemaker:domain-arn",
]
ANY_KEY = [*sorted(VALUES), *DERIVED, "AWS:tagkeys", "aws:principaltag/TEAM"]
WANTED: dict[str, list[Any]] = {
    "String": [
        *["a", "b", "A*", "a?b", "*", "", "team", "true", "false", HOME, "User", "eu-west-1", "ann", "vpce-a"],
        *["${aws:PrincipalTag/team}", "${aws:username, 'a'}", "${*}", "a*", "${aws:TagKeys}", "${x:custom}"],
        *["CreateModel", "CreateEndpoint", "athena.amazonaws.com", "subnet-a", "TEAM", *SERVICES],
    ],
    "Patterns": ["a*", "?", "*b*", "t*m", "${aws:PrincipalTag/team}*", "${?}", "*", "Create*", "s*.amazonaws.com"],
    "Arn": [
        *[f"arn:aws:sns:*:{HOME}:*", "arn:aws:s3:::bucket", "arn:aws:s3:::${aws:PrincipalTag/team}", "*", "*topic"],
        *["arn:aws:iam::*:user/*", "arn:aws:iam::*:role/*", f"arn:aws:iam::{HOME}:role/dev", "arn:aws:kms:*:*:key/k"],
    ],
    "Numeric": ["5", "300", "1000", "1e3", "-1", "x", 3600, "0.5"],
    "Date": ["2026-03-04", "2026-03-04T05:06:07Z", "1767225600", "2030", "2026-03-04T07:06:07+02:00", "x"],
    "Bool": ["true", "false", True, False, "TRUE", "yes"],
    "Binary": ["QQ==", "YQ==", "UVE9PQ==", "no base64"],
    "Ip": ["203.0.113.0/24", "10.0.0.0/8", "2001:db8::/32", "0.0.0.0/0", "203.0.113.7", "x"],
    "Null": ["true", "false", True],
}
BASES = {
    "String": ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike"],
    "Patterns": ["StringNotLike", "StringLike"],
    "Arn": ["ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"],
    "Numeric": [f"Numeric{n}" for n in ("Equals", "NotEquals", "LessThan", "GreaterThan")],
    "Date": [f"Date{n}" for n in ("Equals", "NotEquals", "LessThan", "GreaterThan")],
    "Bool": ["Bool"],
    "Binary": ["BinaryEquals"],
    "Ip": ["IpAddress", "NotIpAddress"],
    "Null": ["Null"],
}
for _family in ("Numeric", "Date"):
    BASES[_family] += [f"{_family}LessThanEquals", f"{_family}GreaterThanEquals"]
KEYS = {
    "Date": ["aws:CurrentTime", "x:custom", "aws:TokenIssueTime", "aws:EpochTime"],
    "Ip": ["aws:SourceIp", "AWS:sourceip", "x:custom"],
    "Numeric": ["aws:MultiFactorAuthAge", "x:custom"],
    "Bool": [
        *["aws:MultiFactorAuthPresent", "aws:PrincipalIsAWSService", "aws:ViaAWSService", "aws:SecureTransport"],
        *["sagemaker:NetworkIsolation", "x:custom"],
    ],
    "Arn": ["aws:SourceArn", "aws:PrincipalArn", "x:custom", "sagemaker:VolumeKmsKeyArn", "sagemaker:VolumeKmsKey"],
    "Binary": ["x:custom", "aws:PrincipalTag/team"],
}


def some(values: list[Any], most: int = 3) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=most)


class Taste(NamedTuple):
    """What the conditions of one scenario are about more often: keys, and families of operators."""

    keys: tuple[str, ...] = ()
    families: tuple[str, ...] = ()


NO_TASTE = Taste()


@st.composite
def conditions(draw: st.DrawFn, taste: Taste) -> dict[str, Any]:
    """A condition block of families and keys that the taste names more often than of others."""
    block: dict[str, Any] = {}
    favored = taste.families if taste.families and draw(st.integers(0, 7)) else ()
    for family in draw(st.lists(st.sampled_from(favored or sorted(BASES)), max_size=2, unique=True)):
        name = draw(st.sampled_from(BASES[family]))
        if family != "Null" and draw(st.integers(0, 3)) == 0:
            name += "IfExists"
        name = draw(st.sampled_from(["", "", "", "ForAllValues:", "ForAnyValue:"])) + name
        keys = KEYS.get(family, ANY_KEY)
        key = draw(st.sampled_from(taste.keys if favored and draw(st.integers(0, 2)) else keys))
        wanted = draw(some(WANTED[family]))
        block[name] = {key: wanted[0] if len(wanted) == 1 else wanted}
        if draw(st.integers(0, 24)) == 0:
            block[name][key] = []
    return block


@st.composite
def principals(draw: st.DrawFn, in_trust: bool) -> Any:
    """The value of a Principal element."""
    value = {"AWS": draw(some(ENTRIES))}
    kind = draw(st.integers(0, 5))
    if kind == 0:
        return "*"
    if kind == 1:
        value = {"Service": draw(some([*SERVICES, REGIONAL]))}
    if kind == 2 and in_trust:
        value = {"Federated": draw(some([SAML, OIDC]))}
    if kind == 3:
        value["Service"] = draw(some(SERVICES, 1))
    return value


@st.composite
def statements(draw: st.DrawFn, kind: str, service: str, taste: Taste) -> dict[str, Any]:
    deny = kind == "resourceControl" or draw(st.integers(0, 5)) == 0
    made: dict[str, Any] = {"Effect": "Deny" if deny else "Allow"}
    negated = kind != "resourceControl" and draw(st.integers(0, 9)) == 0
    near = draw(st.sampled_from([*NEXT_TO.get(service, [service, ""]), draw(st.sampled_from(sorted(ACTION_PATTERNS)))]))
    made["NotAction" if negated else "Action"] = draw(some(ACTION_PATTERNS[near]))
    if kind != "trust":
        negated = draw(st.integers(0, 9)) == 0
        made["NotResource" if negated else "Resource"] = draw(some(RESOURCE_PATTERNS))
    if kind == "resourceControl":
        made["Principal"] = "*"
    elif kind in ("resource", "trust", "vpcEndpoint"):
        element = "NotPrincipal" if deny and kind != "trust" and draw(st.booleans()) else "Principal"
        made[element] = draw(principals(kind == "trust"))
    block = draw(st.one_of(st.just({}), conditions(taste)))
    if block:
        made["Condition"] = block
    return made


def allowing_all(kind: str) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    if kind in ("resource", "trust", "vpcEndpoint"):
        made["Principal"] = {"AWS": [HOME, OTHER], "Service": SERVICES}
    if kind == "trust":
        del made["Resource"]
        made["Principal"]["Federated"] = [SAML, OIDC]
    return made


@st.composite
def policies(draw: st.DrawFn, kind: str, service: str = "", taste: Taste = NO_TASTE) -> dict[str, Any]:
    version = "2012-10-17"
    if kind not in ("serviceControl", "resourceControl") and draw(st.integers(0, 6)) == 0:
        version = "2008-10-17"
    found = draw(st.lists(statements(kind, service, taste), min_size=1, max_size=3))
    if kind != "resourceControl" and draw(st.integers(0, 1)) == 0:  # so that other layers and parts get their say
        found.append(allowing_all(kind))
    return {"name": kind, "document": {"Version": version, "Statement": found}}


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """A call by any kind of caller, with what it carries."""
    action, resources = draw(st.sampled_from(CALLS))
    service = action.split(":")[0]
    names = draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=5, unique=True))
    principal = draw(st.sampled_from([*SIGNED, *SIGNED, *LINKED_ROLES, *UNSIGNED]))
    if action in ("sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"):
        principal = draw(st.sampled_from([{"federated": SAML}, {"federated": OIDC}, principal]))
    request: dict[str, Any] = {
        "principal": principal,
        "action": draw(st.sampled_from([action, action.lower()])),
        "resource": resources[0] if len(resources) == 1 else draw(st.sampled_from([resources, resources[0]])),
        "context": {name: draw(st.sampled_from(VALUES[name])) for name in names},
    }
    if "federated-user" in str(principal) and draw(st.booleans()):
        request["federatedBy"] = draw(st.sampled_from([ANN, f"arn:aws:iam::{HOME}:root"]))
    if service == "s3" and draw(st.booleans()):
        request["resourceAccount"] = draw(st.sampled_from([HOME, OTHER]))
    if service in ("sagemaker", "sts", "sqs") and draw(st.integers(0, 2)) == 0:
        request["tags"] = draw(st.dictionaries(st.sampled_from(["team", "cost"]), st.sampled_from(TEXTS), max_size=2))
    if service == "sagemaker" and draw(st.integers(0, 5)) == 0:
        request["studio"] = True
    if service in ("sagemaker", "ec2") and draw(st.integers(0, 2)) == 0:
        role = draw(st.sampled_from([TARGET, TARGET, OTHERS_TARGET]))
        request["passRole"] = draw(st.sampled_from([role, {"arn": role, "service": "ec2.amazonaws.com"}]))
    return request


@st.composite
def scenarios(draw: st.DrawFn, taste: Taste = NO_TASTE) -> dict[str, Any]:
    """A request and the policies that apply to it; their conditions are to the taste."""
    request = draw(requests())
    action = request["action"]
    service = action.split(":")[0]
    kind = "trust" if action.lower().startswith(("sts:assume", "sts:tag")) else "resource"

    def perhaps() -> bool:
        return draw(st.integers(0, 2)) == 0

    def drawn(kind: str) -> st.SearchStrategy[dict[str, Any]]:
        return policies(kind, service, taste)

    attached: dict[str, Any] = {"identity": draw(st.lists(drawn("identity"), max_size=2))}
    if perhaps():
        attached["permissionsBoundary"] = draw(drawn("permissionsBoundary"))
    if perhaps():
        attached["session"] = draw(st.lists(drawn("session"), min_size=1, max_size=2))
    if not perhaps():
        attached["resource"] = draw(drawn(kind))
    if perhaps():
        attached["vpcEndpoint"] = draw(drawn("vpcEndpoint"))
    for level in ("serviceControl", "resourceControl"):
        if perhaps():
            found = draw(st.lists(st.lists(drawn(level), max_size=2), min_size=1, max_size=2))
            attached[level] = [{"target": f"level {n}", "policies": each} for n, each in enumerate(found)]
    made: dict[str, Any] = {"request": request, "policies": attached}
    if draw(st.integers(0, 7)) == 0:
        made["managementAccount"] = HOME
    return made
