"""`simulate --cli-input-json`: who asks, who owns, which layers take part, and what is said when the input is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.api import ANN, ROLE, ask, policy, trust
from workbench.cli.main import main


@pytest.fixture
def one(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Asks and gives the only result."""

    def asked(**given: Any) -> dict[str, Any]:
        [result] = ask(capsys, monkeypatch, **given)["EvaluationResults"]
        assert isinstance(result, dict)
        return result

    return asked


# -- whose resource, whose request ------------------------------------------------------------------------------------


def test_across_accounts_both_sides_count_and_are_named(one: Any) -> None:
    given = {"CallerArn": ANN, "ResourceOwner": "arn:aws:iam::444455556666:root"}
    shut = one(**given)
    assert shut["EvalDecision"] == "implicitDeny"
    assert shut["EvalDecisionDetails"] == {"IAM Policy": "allowed", "Resource Policy": "implicitDeny"}
    assert any("444455556666" in note and "no ResourcePolicy" in note for note in shut["notes"])
    opened = one(**given, ResourcePolicy=policy(Principal={"AWS": ANN}))
    assert opened["EvalDecision"] == "allowed"
    details = {"IAM Policy": "allowed", "Resource Policy": "allowed"}
    assert opened["EvalDecisionDetails"] == opened["ResourceSpecificResults"][0]["EvalDecisionDetails"] == details
    matched = [(m["SourcePolicyId"], m["SourcePolicyType"]) for m in opened["MatchedStatements"]]
    assert matched == [("ResourcePolicy", "resource"), ("PolicyInputList.1", "none")]


def test_the_account_in_an_arn_beats_resource_owner(one: Any) -> None:
    queue = "arn:aws:sqs:us-east-1:111122223333:q"
    result = one(CallerArn=ANN, ResourceOwner="444455556666", ResourceArns=[queue], ActionNames=["sqs:SendMessage"])
    assert (result["EvalDecision"], result["EvalDecisionDetails"]) == ("allowed", {})


def test_within_an_account_details_are_empty_and_for_any_resource_left_out(one: Any) -> None:
    assert one(CallerArn=ANN)["EvalDecisionDetails"] == {}
    everything = one(CallerArn=ANN, ResourceArns=["*"])
    assert everything["EvalResourceName"] == "*"
    assert not {"EvalDecisionDetails", "ResourceSpecificResults"} & set(everything)


@pytest.mark.parametrize(
    ("given", "account"),
    [
        ({}, "111122223333"),
        ({"ResourceOwner": "444455556666"}, "444455556666"),
        ({"ResourceArns": ["arn:aws:s3:us-east-1:777788889999:accesspoint/a"]}, "777788889999"),
    ],
)
def test_a_caller_nobody_named_lives_where_the_resource_does(one: Any, given: Any, account: str) -> None:
    result = one(**given)
    assert result["EvalDecision"] == "allowed"
    assert any("CallerArn is not given" in note and account in note for note in result["notes"])


def test_the_name_of_a_caller_nobody_named_is_missing(one: Any) -> None:
    given = {"PolicyInputList": [policy(Condition={"StringEquals": {"aws:username": "simulated"}})]}
    result = one(**given)
    assert (result["EvalDecision"], result["MissingContextValues"]) == ("implicitDeny", ["aws:username"])
    assert result["ResourceSpecificResults"][0]["MissingContextValues"] == ["aws:username"]
    entry = {"ContextKeyName": "aws:username", "ContextKeyValues": ["simulated"], "ContextKeyType": "string"}
    assert one(**given, ContextEntries=[entry])["EvalDecision"] == "allowed"


def test_the_source_is_the_caller_unless_one_is_named(one: Any) -> None:
    only_ann = [policy(Condition={"StringEquals": {"aws:username": "ann"}})]
    assert one(PolicyInputList=only_ann, PolicySourceArn=ANN)["EvalDecision"] == "allowed"
    bob = ANN.replace("ann", "bob")
    assert one(PolicyInputList=only_ann, PolicySourceArn=ANN, CallerArn=bob)["EvalDecision"] == "implicitDeny"
    group = one(PolicySourceArn="arn:aws:iam::111122223333:group/g")
    assert any("group makes no requests" in note for note in group["notes"])


def test_a_role_session_may_call_though_awss_simulator_takes_none(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = "arn:aws:sts::111122223333:assumed-role/r/ann"
    response = ask(capsys, monkeypatch, CallerArn=session, ResourceOwner="444455556666", ResourcePolicy="")
    assert any("not a role session" in note for note in response["notes"])
    [result] = response["EvaluationResults"]
    assert result["derivedContext"]["aws:PrincipalArn"] == ROLE
    assert result["EvalDecisionDetails"]["Resource Policy"] == "implicitDeny"  # an empty ResourcePolicy is none


# -- layers -----------------------------------------------------------------------------------------------------------


def test_every_denying_statement_is_listed_and_no_other(one: Any) -> None:
    result = one(
        CallerArn=ANN,
        PolicyInputList=[policy(), policy("Deny", "s3:*")],
        ResourcePolicy=policy("Deny", Principal="*"),
        PermissionsBoundaryPolicyInputList=[policy("Deny")],
    )
    assert result["EvalDecision"] == "explicitDeny"
    ids = [m["SourcePolicyId"] for m in result["MatchedStatements"]]
    assert ids == ["ResourcePolicy", "PolicyInputList.2", "PermissionsBoundaryPolicyInputList.1"]
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}


@pytest.mark.parametrize(("last", "allowed"), [(policy(), True), (policy(action="sqs:*"), False)])
def test_service_control_policies_have_their_own_detail(one: Any, last: str, allowed: bool) -> None:
    levels = [{"ServiceControlPolicyInputList": [document]} for document in (policy(), last)]
    result = one(CallerArn=ANN, ResourceOwner="444455556666", OrderedOrganizationPolicyInputList=levels)
    assert result["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": allowed}
    assert result["MatchedStatements"] == []
    assert ("EvalDecisionDetails" in result) is allowed  # an SCP that denies ends the simulation


def test_a_statement_of_an_scp_is_not_matched_but_named_by_us(one: Any) -> None:
    levels = [{"ServiceControlPolicyInputList": [policy(), policy("Deny", "s3:*")]}]
    result = one(OrderedOrganizationPolicyInputList=levels)
    assert (result["EvalDecision"], result["MatchedStatements"]) == ("explicitDeny", [])
    [decided] = result["decidedBy"]
    assert decided["policy"] == "OrderedOrganizationPolicyInputList.1.ServiceControlPolicyInputList.2"


def test_a_trust_policy_counts_though_awss_simulator_ignores_it(one: Any) -> None:
    given = {"CallerArn": ANN, "ActionNames": ["sts:AssumeRole"], "ResourceArns": [ROLE]}
    without = one(**given)
    assert without["EvalDecision"] == "implicitDeny"
    assert any("No trust policy" in note for note in without["notes"])
    for principal, decision in (({"AWS": ANN}, "allowed"), ({"AWS": ANN + "x"}, "implicitDeny")):
        result = one(**given, ResourcePolicy=trust(principal))
        assert result["EvalDecision"] == decision
        assert any("sts:Assume*" in note for note in result["notes"])


BUCKET_POLICY = policy(Principal="*", Resource="arn:aws:s3:::b/*")


def test_of_several_actions_each_has_the_resource_policy_that_is_its_own(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"CallerArn": ANN, "PolicyInputList": [], "ActionNames": ["s3:GetObject", "sts:AssumeRole"]}
    results = ask(capsys, monkeypatch, **asked, ResourcePolicy=BUCKET_POLICY)["EvaluationResults"]
    assert [r["EvalDecision"] for r in results] == ["allowed", "implicitDeny"]
    assert not any("not consulted" in note for note in results[0]["notes"] if "ResourcePolicy" in note)
    assert any(note.startswith("ResourcePolicy is no role trust policy") for note in results[1]["notes"])
    results = ask(capsys, monkeypatch, **asked, ResourceArns=[ROLE], ResourcePolicy=trust())["EvaluationResults"]
    assert [r["EvalDecision"] for r in results] == ["implicitDeny", "allowed"]
    assert any("has no say in s3:GetObject" in note for note in results[0]["notes"])
    assert not any("has no say" in note for note in results[1]["notes"])


def test_a_trust_policy_with_a_mistake_is_refused_and_not_left_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = policy(action="sts:AssumeRole", Principal="*")
    request = {"PolicyInputList": [], "ActionNames": ["sts:AssumeRole"], "ResourcePolicy": wrong}
    assert main(["simulate", "--cli-input-json", json.dumps(request)]) == 2
    assert "must not have Resource" in capsys.readouterr().err


def test_the_account_of_a_bucket_that_nothing_says_is_missing(one: Any) -> None:
    given = {"PolicyInputList": [policy(Condition={"StringEquals": {"aws:ResourceAccount": "999999999999"}})]}
    result = one(**given)
    assert (result["EvalDecision"], result["MissingContextValues"]) == ("implicitDeny", ["aws:ResourceAccount"])
    for known in ({"ResourceOwner": "999999999999"}, {"ContextEntries": [entry_of("aws:ResourceAccount", "9" * 12)]}):
        assert one(**given, **known)["EvalDecision"] == "allowed"
    group = {"CallerArn": "arn:aws:iam::999999999999:group/g"}
    assert one(**given, **group)["EvalDecision"] == "allowed"


def entry_of(key: str, *values: str, kind: str = "string") -> dict[str, Any]:
    return {"ContextKeyName": key, "ContextKeyValues": list(values), "ContextKeyType": kind}


def test_what_is_taken_for_granted_of_the_transport_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tests = policy(Condition={"Bool": {"aws:SecureTransport": "true"}})

    def said(**given: Any) -> bool:
        return any("aws:SecureTransport" in note for note in ask(capsys, monkeypatch, **given)["notes"])

    assert said(PolicyInputList=[tests])
    assert said(OrderedOrganizationPolicyInputList=[{"ServiceControlPolicyInputList": [tests]}])
    assert not said()
    stated = [entry_of("AWS:SecureTransport", "true", kind="boolean")]
    assert not said(PolicyInputList=[tests], ContextEntries=stated)


def test_the_bytes_of_a_binary_entry_are_compared(one: Any) -> None:
    given = {"PolicyInputList": [policy(Condition={"BinaryEquals": {"app:value": "QUJDRA=="}})]}
    for value, decision in (("QUJDRA==", "allowed"), ("ABCD", "implicitDeny")):
        entries = [entry_of("app:value", value, kind="binary")]
        assert one(**given, ContextEntries=entries)["EvalDecision"] == decision


def test_a_source_may_come_with_a_list_of_no_policies(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    response = ask(capsys, monkeypatch, PolicySourceArn=ANN, PolicyInputList=[])
    assert response["EvaluationResults"][0]["EvalDecision"] == "implicitDeny"
    assert any("attached policies are not known" in note for note in response["notes"])


def test_the_request_may_be_written_in_place(capsys: pytest.CaptureFixture[str]) -> None:
    request = {"PolicyInputList": [policy()], "ActionNames": ["s3:GetObject"]}
    assert main(["simulate", "--cli-input-json", " " + json.dumps(request)]) == 0
    [result] = json.loads(capsys.readouterr().out)["EvaluationResults"]
    assert result["EvalDecision"] == "allowed"
    assert main(["simulate", "--cli-input-json", "{"]) == 2
    assert capsys.readouterr().err.startswith("policy-workbench: --cli-input-json:1:2: This is not JSON")


def test_a_call_with_a_providers_token_needs_a_caller_that_the_api_cannot_name(one: Any) -> None:
    result = one(CallerArn=ANN, ActionNames=["sts:AssumeRoleWithSAML"], ResourceArns=[ROLE], ResourcePolicy=trust())
    assert result["EvalDecision"] == "implicitDeny"
    assert any("CallerArn cannot name" in note for note in result["notes"])


def test_a_key_without_its_policy_is_said(one: Any) -> None:
    key = "arn:aws:kms:us-east-1:111122223333:key/k"
    result = one(CallerArn=ANN, ActionNames=["kms:Decrypt"], ResourceArns=[key])
    assert result["EvalDecision"] == "implicitDeny"
    assert any("No key policy" in note for note in result["notes"])


def test_tags_do_not_ask_for_another_authorization(one: Any) -> None:
    job = "arn:aws:sagemaker:us-east-1:111122223333:training-job/j"
    tag = {"ContextKeyName": "aws:RequestTag/team", "ContextKeyValues": ["x"], "ContextKeyType": "string"}
    given = {"ActionNames": ["sagemaker:CreateTrainingJob"], "ResourceArns": [job], "ContextEntries": [tag]}
    only_create = [policy(action="sagemaker:CreateTrainingJob")]
    assert one(**given, PolicyInputList=only_create)["EvalDecision"] == "allowed"


# -- context ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "values", "condition"),
    [
        ("string", ["x"], {"StringEquals": {"app:value": "x"}}),
        ("stringList", ["x", "y"], {"ForAnyValue:StringEquals": {"app:value": "y"}}),
        ("numeric", ["5"], {"NumericLessThan": {"app:value": "6"}}),
        ("numericList", ["9", "5"], {"ForAnyValue:NumericLessThan": {"app:value": "6"}}),
        ("boolean", ["True"], {"Bool": {"app:value": "true"}}),
        ("booleanList", ["false", "true"], {"ForAnyValue:Bool": {"app:value": "true"}}),
        ("ip", ["203.0.113.7"], {"IpAddress": {"app:value": "203.0.113.0/24"}}),
        ("ipList", ["203.0.113.7"], {"ForAllValues:IpAddress": {"app:value": "203.0.113.0/24"}}),
        ("binary", ["QQ=="], {"BinaryEquals": {"app:value": "QQ=="}}),
        ("binaryList", ["QQ==", "Qg=="], {"ForAnyValue:BinaryEquals": {"app:value": "Qg=="}}),
        ("date", ["2026-11-24T00:00:00Z"], {"DateLessThan": {"app:value": "2027-01-01T00:00:00Z"}}),
        ("dateList", ["2026-11-24T00:00:00Z"], {"ForAllValues:DateLessThan": {"app:value": "2027-01-01"}}),
    ],
)
def test_every_type_of_context_entry_reaches_its_condition(
    one: Any, kind: str, values: list[str], condition: dict[str, Any]
) -> None:
    given = {"PolicyInputList": [policy(Condition={**condition, "Null": {"app:value": "false"}})]}
    assert one(**given)["EvalDecision"] == "implicitDeny"
    entry = {"ContextKeyName": "app:value", "ContextKeyValues": values, "ContextKeyType": kind}
    assert one(**given, ContextEntries=[entry])["EvalDecision"] == "allowed"


@pytest.mark.parametrize(("value", "condition"), [(5, {"NumericEquals": 5}), (True, {"Bool": "true"})])
def test_values_may_be_json_numbers_and_booleans(one: Any, value: Any, condition: dict[str, Any]) -> None:
    tests = {operator: {"app:value": wanted} for operator, wanted in condition.items()}
    entry = {"ContextKeyName": "app:value", "ContextKeyValues": [value]}
    assert one(PolicyInputList=[policy(Condition=tests)], ContextEntries=[entry])["EvalDecision"] == "allowed"
