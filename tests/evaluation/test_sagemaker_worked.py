"""The SageMaker scenarios of spec sagemaker.md section 7, by their numbers, asked with the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from tests.evaluation.asking import NOON, allow, deny, policy
from workbench.engine import Engine
from workbench.evaluation.decision import Decision
from workbench.evaluation.request import Level, NamedPolicy, PassedRole, PolicySet, Principal, Request, Scenario

A, B = "111122223333", "444455556666"
U = f"arn:aws:iam::{A}:user/U"


def arn(resource: str) -> str:
    return f"arn:aws:sagemaker:us-east-1:{A}:{resource}"


def any_of(*types: str) -> list[str]:
    return [f"arn:aws:sagemaker:*:*:{t}/*" for t in types]


TJ, EXEC = arn("training-job/t1"), f"arn:aws:iam::{A}:role/exec"
OTHER_ACCOUNTS_ROLE = f"arn:aws:iam::{B}:role/exec"
TRAIN = "sagemaker:CreateTrainingJob"
KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd"
CROWD = "arn:aws:sagemaker:us-west-2:394669845002:workteam/public-crowd/default"
DATA = "/sagemaker/xgboost-dm/train"

P1 = (allow("sagemaker:*"),)
P2 = (
    *P1,
    deny("sagemaker:*", condition={"StringEquals": {"sagemaker:ResourceTag/Project": "B"}}),
    deny(["sagemaker:AddTags", "sagemaker:DeleteTags"]),
)
P3 = (
    allow(
        "sagemaker:CreateEndpoint",
        "arn:aws:sagemaker:*:*:endpoint/*",
        condition={"StringEquals": {"aws:RequestTag/environment": "dev"}},
    ),
)
S09 = (
    *P3,
    allow("sagemaker:CreateEndpoint", "arn:aws:sagemaker:*:*:endpoint-config/*"),
    allow("sagemaker:AddTags", "arn:aws:sagemaker:*:*:endpoint/*"),
)
IN_VPC = {
    "sagemaker:VpcSubnets": ["subnet-a1234"],
    "sagemaker:VpcSecurityGroupIds": ["sg-12345", "sg-67890"],
}
VPC_SENT = {"sagemaker:VpcSubnets": "false", "sagemaker:VpcSecurityGroupIds": "false"}
JOBS = [TRAIN, "sagemaker:CreateHyperParameterTuningJob"]
P4 = (allow(JOBS, condition={"ForAllValues:StringEquals": IN_VPC, "Null": VPC_SENT}),)
P4_WITHOUT_NULL = (allow(JOBS, condition={"ForAllValues:StringEquals": IN_VPC}),)
LABEL = "sagemaker:CreateLabelingJob"
P5 = (*P1, deny(LABEL, condition={"StringEquals": {"sagemaker:WorkteamType": "public-crowd"}}))
P6 = (
    *P1,
    deny(LABEL, condition={"ArnLike": {"sagemaker:WorkteamArn": "arn:aws:sagemaker:*:*:workteam/public-crowd/*"}}),
)
P7 = (allow(TRAIN, condition={"ArnEquals": {"sagemaker:VolumeKmsKeyArn": KEY}}),)
P8 = (allow(TRAIN, condition={"Bool": {"sagemaker:NetworkIsolation": "true"}}),)
P9 = (allow(TRAIN, condition={"ForAllValues:StringLike": {"sagemaker:InstanceTypes": "ml.c5.*"}}),)
NOTEBOOK, UPDATE_NOTEBOOK = "sagemaker:CreateNotebookInstance", "sagemaker:UpdateNotebookInstance"
P10 = (
    allow(
        NOTEBOOK,
        condition={
            "StringEquals": {"sagemaker:DirectInternetAccess": "Disabled", "sagemaker:RootAccess": "Disabled"},
            "Null": VPC_SENT,
        },
    ),
    allow(UPDATE_NOTEBOOK, condition={"StringEquals": {"sagemaker:RootAccess": "Disabled"}}),
)
P11 = (allow("sagemaker:*", condition={"StringEquals": {"aws:SourceVpc": "vpc-111bbaaa"}}),)
PRESIGNED = "sagemaker:CreatePresignedNotebookInstanceUrl"
P12 = (allow(PRESIGNED, condition={"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24"]}}),)
FILES = {
    "sagemaker:FileSystemId": "fs-12345678",
    "sagemaker:FileSystemAccessMode": "ro",
    "sagemaker:FileSystemType": "EFS",
    "sagemaker:FileSystemDirectoryPath": DATA,
}
P13 = (allow(TRAIN, condition={"StringEquals": FILES}),)
TO_SAGEMAKER = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
P14 = (
    allow(TRAIN, "arn:aws:sagemaker:*:*:training-job/*"),
    allow("iam:PassRole", "arn:aws:iam::*:role/exec", condition=TO_SAGEMAKER),
)
P15 = (
    allow(
        [NOTEBOOK, "sagemaker:CreateEndpointConfig"],
        condition={"ForAllValues:StringEquals": {"sagemaker:AcceleratorTypes": "ml.eia1.medium"}},
    ),
)
P16 = (allow("sagemaker:AddTags", condition={"Null": {"sagemaker:TaggingAction": "false"}}),)
FLOW = "arn:aws:sagemaker:*:*:flow-definition/*"
P17 = (
    {
        "Effect": "Allow",
        "Action": "sagemaker:*",
        "NotResource": any_of("domain", "user-profile", "app", "space", "flow-definition"),
    },
    allow("sagemaker:AddTags", any_of("app")),
    allow(
        [
            "sagemaker:CreatePresignedDomainUrl",
            "sagemaker:DescribeDomain",
            "sagemaker:ListDomains",
            "sagemaker:DescribeUserProfile",
            "sagemaker:ListUserProfiles",
            "sagemaker:DescribeSpace",
            "sagemaker:ListSpaces",
            "sagemaker:*App",
            "sagemaker:ListApps",
        ]
    ),
    allow(
        "sagemaker:*",
        FLOW,
        condition={"StringEqualsIfExists": {"sagemaker:WorkteamType": ["private-crowd", "vendor-crowd"]}},
    ),
    allow("iam:PassRole", "arn:aws:iam::*:role/*", condition=TO_SAGEMAKER),
)
P18 = (allow(["sagemaker:Describe*", "sagemaker:List*", "sagemaker:Search", "sagemaker:QueryLineage"]),)
INVOKE = "sagemaker:InvokeEndpoint"
P19 = (
    allow(
        INVOKE,
        "arn:aws:sagemaker:*:*:endpoint/prod-*",
        condition={"StringEquals": {"sagemaker:TargetModel": "m1.tar.gz"}},
    ),
)
APPS = "arn:aws:sagemaker:*:*:app/${sagemaker:DomainId}/${sagemaker:UserProfileName}/*"
P20 = (allow(["sagemaker:CreateApp", "sagemaker:DeleteApp"], APPS),)
ONLY_M5 = deny(TRAIN, condition={"ForAnyValue:StringNotLike": {"sagemaker:InstanceTypes": "ml.m5.*"}})

FULL = policy(allow(), name="FullAWSAccess")
APP, NB = arn("app/d-1/ann/JupyterLab/default"), arn("notebook-instance/n")
ENDPOINT_AND_CONFIG = (arn("endpoint/e"), arn("endpoint-config/e"))
ALLOWED, EXPLICIT, IMPLICIT = "allowed", "explicitDeny", "implicitDeny"


class Case(NamedTuple):
    number: str
    statements: tuple[dict[str, Any], ...]
    action: str
    resource: str | tuple[str, ...]
    outcome: str
    context: Mapping[str, Any] = {}
    request: Mapping[str, Any] = {}
    policies: Mapping[str, Any] = {}
    failed: str = ""
    stage: str = ""


def case(number: str, statements: Any, action: str, resource: Any, outcome: str, **more: Any) -> Case:
    return Case(number, statements, action, resource, outcome, **more)


DEV = {"tags": {"environment": "dev"}}
PASS_EXEC = {"pass_role": PassedRole(EXEC)}
SUBNET_AND_GROUP = {"sagemaker:VpcSubnets": ("subnet-a1234",), "sagemaker:VpcSecurityGroupIds": ("sg-12345",)}
CLOSED = {"sagemaker:DirectInternetAccess": "Disabled", "sagemaker:RootAccess": "Disabled", **SUBNET_AND_GROUP}

CASES = [
    case("S01", P1, "sagemaker:DescribeTrainingJob", TJ, ALLOWED),
    case("S02", (), "sagemaker:DescribeTrainingJob", TJ, IMPLICIT),
    case("S03", (allow("sagemaker:Describe*"),), TRAIN, TJ, IMPLICIT),
    case("S04", P2, "sagemaker:StopNotebookInstance", NB, ALLOWED, context={"aws:ResourceTag/Project": "A"}),
    case("S05", P2, "sagemaker:StopNotebookInstance", NB, EXPLICIT, context={"aws:ResourceTag/Project": "B"}),
    case("S06", P2, "sagemaker:AddTags", TJ, EXPLICIT),
    case("S07", P2, "sagemaker:ListNotebookInstances", "*", ALLOWED, context={"sagemaker:ResourceTag/Project": "B"}),
    case("S08", P3, "sagemaker:CreateEndpoint", ENDPOINT_AND_CONFIG, IMPLICIT, request=DEV),
    case("S09", S09, "sagemaker:CreateEndpoint", ENDPOINT_AND_CONFIG, ALLOWED, request=DEV),
    case("S10", S09, "sagemaker:CreateEndpoint", ENDPOINT_AND_CONFIG, IMPLICIT),
    case("S11", P4, TRAIN, TJ, ALLOWED, context=SUBNET_AND_GROUP),
    case(
        "S12",
        P4,
        TRAIN,
        TJ,
        IMPLICIT,
        context={**SUBNET_AND_GROUP, "sagemaker:VpcSubnets": ("subnet-a1234", "subnet-x")},
    ),
    case("S13", P4, TRAIN, TJ, IMPLICIT),
    case("S14", P4_WITHOUT_NULL, TRAIN, TJ, ALLOWED),
    case("S15", P5, LABEL, arn("labeling-job/l"), EXPLICIT, context={"sagemaker:WorkteamType": "public-crowd"}),
    case("S16", P5, LABEL, arn("labeling-job/l"), ALLOWED, context={"sagemaker:WorkteamType": "private-crowd"}),
    case("S17", P6, LABEL, arn("labeling-job/l"), EXPLICIT, context={"sagemaker:WorkteamArn": CROWD}),
    case("S18", P7, TRAIN, TJ, ALLOWED, context={"sagemaker:VolumeKmsKeyArn": KEY}),
    case("S19", P7, TRAIN, TJ, IMPLICIT),
    case("S20 true", P8, TRAIN, TJ, ALLOWED, context={"sagemaker:NetworkIsolation": "true"}),
    case("S20 false", P8, TRAIN, TJ, IMPLICIT, context={"sagemaker:NetworkIsolation": "false"}),
    case("S21 inside", P9, TRAIN, TJ, ALLOWED, context={"sagemaker:InstanceTypes": ("ml.c5.xlarge",)}),
    case("S21 outside", P9, TRAIN, TJ, IMPLICIT, context={"sagemaker:InstanceTypes": ("ml.c5.large", "ml.p3.2xlarge")}),
    case("S22", P10, NOTEBOOK, NB, ALLOWED, context=CLOSED),
    case("S23", P10, NOTEBOOK, NB, IMPLICIT, context={**CLOSED, "sagemaker:DirectInternetAccess": "Enabled"}),
    case("S24", P10, UPDATE_NOTEBOOK, NB, IMPLICIT),
    case("S25", P11, "sagemaker:ListModels", "*", IMPLICIT, context={"aws:SourceIp": "198.51.100.1"}),
    case(
        "S26",
        P11,
        "sagemaker:ListModels",
        "*",
        ALLOWED,
        context={"aws:SourceVpc": "vpc-111bbaaa", "aws:SourceVpce": "vpce-1"},
    ),
    case("S27 inside", P12, PRESIGNED, NB, ALLOWED, context={"aws:SourceIp": "203.0.113.20"}),
    case("S27 outside", P12, PRESIGNED, NB, IMPLICIT, context={"aws:SourceIp": "198.51.100.1"}),
    case("S27 endpoint", P12, PRESIGNED, NB, IMPLICIT, context={"aws:SourceVpce": "vpce-1"}),
    case("S28", P13, TRAIN, TJ, ALLOWED, context=FILES),
    case("S29", P13, TRAIN, TJ, IMPLICIT, context={**FILES, "sagemaker:FileSystemAccessMode": "rw"}),
    case("S30", P14, TRAIN, TJ, ALLOWED, request=PASS_EXEC),
    case(
        "S31",
        P14,
        TRAIN,
        TJ,
        IMPLICIT,
        request={"pass_role": PassedRole(f"arn:aws:iam::{A}:role/other")},
        failed="iam:PassRole",
    ),
    case(
        "S32",
        P14,
        TRAIN,
        TJ,
        IMPLICIT,
        request={"pass_role": PassedRole(OTHER_ACCOUNTS_ROLE)},
        failed="iam:PassRole",
        stage="account",
    ),
    case("S33", P14, TRAIN, TJ, IMPLICIT, request={**PASS_EXEC, "studio": True}, failed="sagemaker:AddTags"),
    case("S34", (*P14, *P16), TRAIN, TJ, ALLOWED, request={**PASS_EXEC, "studio": True}),
    case("S35", (*P16, allow(notAction="sagemaker:AddTags")), "sagemaker:AddTags", TJ, IMPLICIT),
    case("S36", P15, "sagemaker:CreateEndpointConfig", arn("endpoint-config/e"), ALLOWED),
    case("S37", P17, "sagemaker:CreateDomain", arn("domain/d-1"), IMPLICIT),
    case("S38", P17, "sagemaker:CreateApp", arn("app/d-1/u/JupyterServer/default"), ALLOWED, request=DEV),
    case(
        "S39",
        P17,
        "sagemaker:CreateFlowDefinition",
        arn("flow-definition/f"),
        IMPLICIT,
        context={"sagemaker:WorkteamType": "public-crowd"},
    ),
    case("S40", P17, "sagemaker:DescribeFlowDefinition", arn("flow-definition/f"), ALLOWED),
    case("S41", P18, "sagemaker:CreateModel", arn("model/m"), IMPLICIT),
    case("S42 m1", P19, INVOKE, arn("endpoint/prod-a"), ALLOWED, context={"sagemaker:TargetModel": "m1.tar.gz"}),
    case("S42 m2", P19, INVOKE, arn("endpoint/prod-a"), IMPLICIT, context={"sagemaker:TargetModel": "m2.tar.gz"}),
    case(
        "S43",
        P20,
        "sagemaker:CreateApp",
        APP,
        ALLOWED,
        context={"sagemaker:DomainId": "d-1", "sagemaker:UserProfileName": "ann"},
    ),
    case("S44", P20, "sagemaker:CreateApp", APP, IMPLICIT, context={"sagemaker:DomainId": "d-1"}),
    case(
        "S45",
        P1,
        TRAIN,
        TJ,
        EXPLICIT,
        context={"sagemaker:InstanceTypes": ("ml.p4d.24xlarge",)},
        policies={"service_control": (Level("r-root", (FULL, policy(ONLY_M5, name="SCP"))),)},
        stage="serviceControl",
    ),
    case(
        "S46",
        P1,
        "sagemaker:DescribeModel",
        arn("model/m"),
        IMPLICIT,
        request={"principal": Principal(arn=f"arn:aws:iam::{B}:user/other")},
        stage="resource",
    ),
    case(
        "S47",
        P1,
        "sagemaker:DescribeModel",
        arn("model/m"),
        IMPLICIT,
        policies={"permissions_boundary": policy(allow("s3:*"), name="boundary")},
        stage="permissionsBoundary",
    ),
    case(
        "S48",
        P1,
        "sagemaker:CreateModel",
        arn("model/m"),
        IMPLICIT,
        request={"principal": Principal(arn=f"arn:aws:sts::{A}:assumed-role/r/s")},
        policies={"session": (policy(allow("sagemaker:Describe*"), name="session"),)},
        stage="session",
    ),
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(now=lambda: NOON)


def decide(engine: Engine, asked: Case) -> Decision:
    identity = (NamedPolicy("ID", policy(*asked.statements).text),) if asked.statements else ()
    given: dict[str, Any] = {"principal": Principal(arn=U), **asked.request}
    resources = (asked.resource,) if isinstance(asked.resource, str) else asked.resource
    request = Request(action=asked.action, resources=resources, context=dict(asked.context), **given)
    return engine.simulate(Scenario(request, PolicySet(identity=identity, **asked.policies)))


@pytest.mark.parametrize("asked", CASES, ids=[c.number for c in CASES])
def test_case(engine: Engine, asked: Case) -> None:
    decision = decide(engine, asked)
    assert decision.outcome == asked.outcome, decision.sentence
    if asked.failed:
        assert decision.deciding.action == asked.failed
        assert asked.failed in decision.sentence
    if asked.stage:
        assert decision.deciding.stage == asked.stage


def test_every_scenario_of_the_section_is_here() -> None:
    assert {c.number[:3] for c in CASES} == {f"S{n:02}" for n in range(1, 49)}


def test_a_resource_policy_for_sagemaker_is_not_consulted_and_said_so(engine: Engine) -> None:
    granting = policy(allow("sagemaker:*", principal="*"), name="shared")
    asked = case("", (), "sagemaker:DescribeModel", arn("model/m"), IMPLICIT, policies={"resource": granting})
    decision = decide(engine, asked)
    assert decision.outcome == IMPLICIT
    assert any("shared was not consulted" in note for note in decision.notes)


def test_tags_in_the_context_need_the_tagging_action_too(engine: Engine) -> None:
    tagged = case("", P14, TRAIN, TJ, IMPLICIT, context={"aws:RequestTag/team": "a"})
    decision = decide(engine, tagged)
    assert (decision.outcome, decision.deciding.action) == (IMPLICIT, "sagemaker:AddTags")
    assert "because the call tags what it creates" in decision.sentence
