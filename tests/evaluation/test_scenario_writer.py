"""What is written is what is read."""

from __future__ import annotations

import json

from workbench.evaluation.request import Level, NamedPolicy, PassedRole, PolicySet, Principal, Request, Scenario
from workbench.evaluation.scenario_reader import read_scenario
from workbench.evaluation.scenario_writer import scenario_shape

ALL = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'


def policy(name: str) -> NamedPolicy:
    return NamedPolicy(name, ALL)


def both_ways(scenario: Scenario) -> Scenario:
    return read_scenario(json.dumps(scenario_shape(scenario)))


def test_a_whole_scenario_comes_back() -> None:
    request = Request(
        Principal(arn="arn:aws:iam::111122223333:user/ann"),
        "sagemaker:CreateModel",
        ("arn:aws:sagemaker:us-east-1:111122223333:model/m", "arn:aws:sagemaker:us-east-1:111122223333:model/n"),
        resource_account="111122223333",
        context={"aws:SourceIp": "203.0.113.7", "aws:TagKeys": ("a", "b")},
        unknown=frozenset({"aws:SourceVpc"}),
        absent=frozenset({"aws:username"}),
        tags={"team": "a"},
        pass_role=PassedRole("arn:aws:iam::111122223333:role/e", "sagemaker.amazonaws.com"),
        studio=True,
        alone=True,
    )
    policies = PolicySet(
        identity=(policy("I"),),
        permissions_boundary=policy("B"),
        session=(policy("S"),),
        resource=policy("R"),
        service_control=(Level("root", (policy("C"),)), Level("", ())),
        resource_control=(Level("root", (policy("D"),)),),
        vpc_endpoint=policy("E"),
    )
    scenario = Scenario(request, policies, "1", "all of it", "allowed", "999988887777")
    assert both_ways(scenario) == scenario


def test_principals_of_every_kind_come_back() -> None:
    for principal in (
        Principal(service="sns.amazonaws.com"),
        Principal(federated="accounts.google.com"),
        Principal(arn="arn:aws:iam::111122223333:root"),
    ):
        assert both_ways(Scenario(Request(principal, "s3:GetObject"))).request.principal == principal
    assert scenario_shape(Scenario(Request(Principal(), "s3:GetObject")))["request"]["principal"] == "*"


def test_a_role_without_service_and_a_document_that_is_no_object_come_back() -> None:
    role = PassedRole("arn:aws:iam::111122223333:role/e")
    request = Request(Principal(arn="arn:aws:iam::111122223333:user/ann"), "ec2:RunInstances", pass_role=role)
    twice = '{"Version": "2012-10-17", "Version": "2012-10-17", "Statement": []}'
    for text in (twice, "{", "[]"):
        scenario = Scenario(request, PolicySet(identity=(NamedPolicy("P", text),)))
        assert both_ways(scenario) == scenario
