"""Reading a scenario: every form of every key, and a clear error at its place for everything else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from workbench.errors import ScenarioError
from workbench.evaluation.request import PassedRole, Principal, Scenario
from workbench.evaluation.scenario_reader import UnreadableScenarioError, read_policies, read_scenario

PASSED = "arn:aws:iam::111122223333:role/exec"
REQUEST = {"principal": "arn:aws:iam::111122223333:user/ann", "action": "s3:GetObject"}
DOCUMENT = {"Version": "2012-10-17", "Statement": []}


def read(request: dict[str, Any] | None = None, **more: Any) -> Scenario:
    return read_scenario(json.dumps({"request": {**REQUEST, **(request or {})}, **more}))


def wrong(text: str | dict[str, Any]) -> tuple[str, str]:
    """Message and place of the error."""
    with pytest.raises(UnreadableScenarioError) as caught:
        read_scenario(text if isinstance(text, str) else json.dumps(text))
    return caught.value.error.message, caught.value.error.path


def wrong_request(**given: Any) -> tuple[str, str]:
    return wrong({"request": {**REQUEST, **given}})


@pytest.mark.parametrize(
    ("given", "path", "hint"),
    [
        ({"polices": {}}, "polices", "Did you mean 'policies'?"),
        ({"comment": "x"}, "comment", "Known are id, title, request, policies, expect, managementAccount."),
        ({"request": {**REQUEST, "resources": "*"}}, "request.resources", "Did you mean 'resource'?"),
        ({"request": {**REQUEST, "note": "x"}}, "request.note", "Known are principal, action,"),
        ({"request": {**REQUEST, "principal": {"Service": "x"}}}, "request.principal.Service", "'service'?"),
        ({"request": {**REQUEST, "passRole": {"role": "x"}}}, "request.passRole.role", "Known are arn, service."),
        ({"policies": {"Identity": []}}, "policies.Identity", "Did you mean 'identity'?"),
        ({"policies": {"scp": []}}, "policies.scp", "Known are identity,"),
        (
            {"policies": {"identity": [{"name": "P", "Document": DOCUMENT}]}},
            "policies.identity[0].Document",
            "Did you mean 'document'?",
        ),
        ({"policies": {"resource": {"type": "x"}}}, "policies.resource.type", "Known are name, document, file."),
        (
            {"policies": {"serviceControl": [{"target": "r", "policys": []}]}},
            "policies.serviceControl[0].policys",
            "Did you mean 'policies'?",
        ),
    ],
)
def test_every_unknown_key_is_an_error_that_names_what_is_known(given: dict[str, Any], path: str, hint: str) -> None:
    message, place = wrong({"request": REQUEST, **given})
    assert place == path
    assert message.startswith("There is no key ")
    assert hint in message


@pytest.mark.parametrize(
    ("text", "message", "path"),
    [
        ("[]", "must be a JSON object", ""),
        ("", "This is not JSON", ""),
        ('{"request": 1}', "must be a JSON object", "request"),
        ('{"request": {}, "request": {}}', "stands twice", "request"),
        ('{"id": "x"}', "no request", "request"),
        ('{"request": {"principal": "*"}}', "no action", "request.action"),
        ('{"request": {"action": "a:b"}}', "no principal", "request.principal"),
        ({"request": {**REQUEST, "action": "GetObject"}}, "not one action", "request.action"),
        ({"request": {**REQUEST, "action": "s3:Get Object"}}, "not one action", "request.action"),
        ({"request": {**REQUEST, "action": "s3:*"}}, "not one action", "request.action"),
        ({"request": {**REQUEST, "action": ["s3:Get"]}}, "must be a string", "request.action"),
        ({"request": {**REQUEST, "principal": ""}}, "principal is empty", "request.principal"),
        ({"request": {**REQUEST, "principal": {}}}, "Name one service or one", "request.principal"),
        ({"request": {**REQUEST, "principal": {"service": ""}}}, "Name the service", "request.principal.service"),
        ({"request": {**REQUEST, "principal": None}}, "no principal", "request.principal"),
        ({"request": {**REQUEST, "principal": 7}}, "must be a JSON object", "request.principal"),
        ({"request": {**REQUEST, "unknown": ""}}, "Name the key", "request.unknown"),
        ({"request": {**REQUEST, "unknown": ["a", ""]}}, "Name the key", "request.unknown[1]"),
        ({"request": {**REQUEST, "absent": [""]}}, "Name the key", "request.absent[0]"),
        ({"request": {**REQUEST, "unknown": ["A:B"], "absent": ["a:b"]}}, "both unknown and abs", "request.unknown"),
        ({"request": {**REQUEST, "context": {"A": "1"}, "absent": ["a"]}}, "both stated in the", "request.absent"),
        ({"request": {**REQUEST, "context": {"A": "1"}, "unknown": ["a"]}}, "both stated in the", "request.unknown"),
        ({"request": {**REQUEST, "tags": {"t": "1"}, "unknown": ["aws:RequestTag/T"]}}, "sent as a", "request.unknown"),
        ({"request": {**REQUEST, "tags": {"t": "1"}, "absent": ["aws:RequestTag/t"]}}, "sent as a", "request.absent"),
        ({"request": {**REQUEST, "passRole": "exec"}}, "not the ARN of a role", "request.passRole"),
        ({"request": {**REQUEST, "passRole": {}}}, "Name the role", "request.passRole.arn"),
        ({"request": {**REQUEST, "passRole": {"arn": "r"}}}, "not the ARN of a role", "request.passRole.arn"),
        (
            {"request": {**REQUEST, "passRole": {"arn": PASSED, "service": "sagemaker"}}},
            "no service principal",
            "request.passRole.service",
        ),
        ({"request": REQUEST, "managementAccount": "abc"}, "An account is 12 digits", "managementAccount"),
        ({"request": {**REQUEST, "resource": []}}, "at least one resource", "request.resource"),
        ({"request": {**REQUEST, "resource": ["a", ""]}}, "no empty ones", "request.resource"),
        ({"request": {**REQUEST, "resourceAccount": "12"}}, "An account is 12 digits", "request.resourceAccount"),
        ({"request": {**REQUEST, "studio": "yes"}}, "must be true or false", "request.studio"),
        ({"request": {**REQUEST, "unknown": {"a": 1}}}, "must be a list", "request.unknown"),
        ({"request": {**REQUEST, "unknown": [["a"]]}}, "must be a string", "request.unknown[0]"),
        ({"request": {**REQUEST, "context": []}}, "must be a JSON object", "request.context"),
        ({"request": {**REQUEST, "context": {"a": {}}}}, "A context value must be", "request.context.a"),
        ({"request": {**REQUEST, "context": {"a": [None]}}}, "A context value must be", "request.context.a[0]"),
        ({"request": {**REQUEST, "tags": {"a": []}}}, "must be a string", "request.tags.a"),
        ({"request": REQUEST, "expect": "yes"}, "expect must be one of allowed,", "expect"),
        ({"request": REQUEST, "policies": []}, "must be a JSON object", "policies"),
        ({"request": REQUEST, "policies": {"identity": "P"}}, "must be a list", "policies.identity"),
        ({"request": REQUEST, "policies": {"resource": {"document": 1}}}, "an object or", "policies.resource.document"),
        ({"request": REQUEST, "policies": {"resource": {"file": "p.json"}}}, "no doc", "policies.resource.document"),
        ({"request": REQUEST, "policies": {"resource": {}}}, "no document", "policies.resource.document"),
        ({"request": REQUEST, "policies": {"serviceControl": {}}}, "must be a list", "policies.serviceControl"),
    ],
)
def test_what_cannot_be_read_is_an_error_at_its_place(text: str | dict[str, Any], message: str, path: str) -> None:
    found, place = wrong(text)
    assert message in found
    assert place == path


def test_an_error_carries_the_scenarios_id_where_it_can_be_read() -> None:
    for written, name in (('"one"', "one"), ("7", "7"), ("[]", ""), ('"a", "id": "b"', "a")):
        with pytest.raises(UnreadableScenarioError) as caught:
            read_scenario(f'{{"id": {written}, "reqest": {{}}}}')
        assert caught.value.id == name


def test_a_broken_text_names_line_and_column() -> None:
    with pytest.raises(UnreadableScenarioError) as caught:
        read_scenario('{"id": "one",\n "request": }')
    assert caught.value.id == "one"
    assert caught.value.error.message.startswith("This is not JSON (2:")


def test_what_is_null_is_left_out() -> None:
    nothing = dict.fromkeys(
        ("resource", "resourceAccount", "context", "unknown", "absent", "federatedBy", "tags", "passRole", "studio")
    )
    assert read(nothing, policies=None, title=None) == read()
    layers = ("identity", "permissionsBoundary", "session", "resource", "serviceControl", "resourceControl")
    assert read(policies={**dict.fromkeys(layers), "vpcEndpoint": None}) == read()


def test_every_key_is_read() -> None:
    scenario = read(
        {
            "principal": {"federated": "p"},
            "resource": ["a", "b"],
            "resourceAccount": 444455556666,
            "context": {"s": "x", "n": 1.50, "b": True, "f": False, "many": ["x", 2, False]},
            "unknown": "aws:SourceVpc",
            "absent": ["aws:UserAgent"],
            "federatedBy": "u",
            "tags": {"team": "a", "cost": 7},
            "passRole": {"arn": PASSED, "service": "ec2.amazonaws.com"},
            "studio": True,
        },
        id=3,
        title="T",
        expect="depends",
        managementAccount="999999999999",
    )
    request = scenario.request
    assert request.principal == Principal(federated="p")
    assert (request.resources, request.resource_account) == (("a", "b"), "444455556666")
    assert request.context == {"s": "x", "n": "1.5", "b": "true", "f": "false", "many": ("x", "2", "false")}
    assert (request.unknown, request.absent) == ({"aws:SourceVpc"}, {"aws:UserAgent"})
    assert (request.federated_by, request.tags) == ("u", {"team": "a", "cost": "7"})
    assert (request.pass_role, request.studio) == (PassedRole(PASSED, "ec2.amazonaws.com"), True)
    assert (scenario.id, scenario.title, scenario.expect) == ("3", "T", "depends")
    assert scenario.management_account == "999999999999"
    assert read({"principal": {"service": "s"}, "passRole": PASSED}).request.principal == Principal(service="s")
    assert read({"passRole": PASSED}).request.pass_role == PassedRole(PASSED)


def test_policies_come_as_objects_as_text_and_by_reference() -> None:
    text = json.dumps(DOCUMENT)
    policies = {
        "identity": {"document": DOCUMENT},
        "session": [{"name": "S", "document": text}, {"file": "policies/s.json"}, {"name": "N", "file": "n"}],
        "serviceControl": [{"target": "r", "policies": {"document": text}}, {"target": "a", "policies": []}, {}],
    }
    found = read_scenario(
        json.dumps({"request": REQUEST, "policies": policies}), lambda file: f"the text of {file}"
    ).policies
    assert [(p.name, p.text) for p in found.identity] == [("identity", text)]
    assert found.session is not None
    assert [(p.name, p.text) for p in found.session] == [
        ("S", text),
        ("s", "the text of policies/s.json"),
        ("N", "the text of n"),
    ]
    assert found.service_control is not None
    assert [(level.target, len(level.policies)) for level in found.service_control] == [("r", 1), ("a", 0), ("", 0)]
    assert found.service_control[0].policies[0].name == "policy"
    assert found.resource_control is None


def test_a_document_that_is_a_list_is_taken_as_it_stands() -> None:
    [policy] = read(policies={"identity": [{"document": [DOCUMENT]}]}).policies.identity
    assert (policy.name, json.loads(policy.text)) == ("identity 1", [DOCUMENT])


def test_policies_by_themselves_are_read_as_those_of_a_scenario() -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    given = {"identity": [{"name": "own", "document": document}]}
    read = read_policies(json.dumps(given))
    assert [policy.name for policy in read.identity] == ["own"]
    scenario = {"request": {"principal": "*", "action": "s3:GetObject", "resource": "*"}, "policies": given}
    assert [policy.name for policy in read_policies(json.dumps(scenario)).identity] == ["own"]
    with pytest.raises(ScenarioError, match=r"This is not JSON \(1:"):
        read_policies("{")
    with pytest.raises(ScenarioError, match="Policies must be a JSON object"):
        read_policies("[]")
