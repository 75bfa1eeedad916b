"""`simulate --cli-input-json`: who asks, who owns, which layers take part, and what is said when the input is wrong."""

from __future__ import annotations

import io
import json
import sys
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.loaders
import botocore.model
import pytest
from botocore.validate import ParamValidator

from workbench.cli.main import main
from workbench.errors import ScenarioError
from workbench.evaluation.aws_request import Simulation
from workbench.evaluation.aws_shape import OUR_KEYS

ANN = "arn:aws:iam::111122223333:user/ann"
OBJECT = "arn:aws:s3:::b/k"
ROLE = "arn:aws:iam::111122223333:role/r"


def policy(effect: str = "Allow", action: Any = "*", resource: Any = "*", **more: Any) -> str:
    statement = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(principal: Any = None) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal or {"AWS": ANN}}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, **given: Any) -> dict[str, Any]:
    """The response to a request read from standard input."""
    request = {"PolicyInputList": [policy()], "ActionNames": ["s3:GetObject"], "ResourceArns": [OBJECT], **given}
    data = io.BytesIO(json.dumps(request).encode())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=data))
    assert main(["simulate", "--cli-input-json", "-"]) == 0
    response: dict[str, Any] = json.loads(capsys.readouterr().out)
    fits_awss_model(response)
    return response


@cache
def response_shape() -> Any:
    model = botocore.model.ServiceModel(botocore.loaders.Loader().load_service_model("iam", "service-2"))
    return model.operation_model("SimulatePrincipalPolicy").output_shape


def fits_awss_model(response: dict[str, Any]) -> None:
    """Fails unless the response, without our own keys, has AWS's keys, types and enumerations all the way down."""
    shape = response_shape()
    stripped = without_ours(response)
    assert isinstance(stripped, dict)
    known(shape, stripped)
    report = ParamValidator().validate(stripped, shape)
    assert not report.has_errors(), report.generate_report()


def without_ours(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: without_ours(v) for k, v in value.items() if k not in OUR_KEYS}
    return [without_ours(v) for v in value] if isinstance(value, list) else value


def known(shape: Any, value: Any) -> None:
    if shape.type_name == "structure":
        assert set(value) <= set(shape.members), (shape.name, set(value) - set(shape.members))
        for name, inner in value.items():
            known(shape.members[name], inner)
    elif shape.type_name == "list":
        for item in value:
            known(shape.member, item)
    elif shape.type_name == "map":
        for inner in value.values():
            known(shape.value, inner)
    elif getattr(shape, "enum", None):
        assert value in shape.enum


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


# -- documents, options, mistakes -------------------------------------------------------------------------------------


def test_documents_may_be_objects_and_keep_their_own_positions(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "r.json"
    document = '{\n"Statement":\n  {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
    file.write_text(f'{{"ActionNames": ["s3:GetObject"],\n\n "PolicyInputList": [{document}]}}')
    assert main(["simulate", "--cli-input-json", str(file)]) == 0
    [result] = json.loads(capsys.readouterr().out)["EvaluationResults"]
    assert result["MatchedStatements"][0]["StartPosition"] == {"Line": 3, "Column": 2}


def test_what_changes_nothing_is_accepted_and_noted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    response = ask(
        capsys,
        monkeypatch,
        ResourceHandlingOption="EC2-VPC-EBS",
        MaxItems=1,
        Marker="m",
        ActionNames=["s3:GetObject", "s3:PutObject"],
        PolicySourceArn=ANN,
        PolicyExclusionList=[{"PolicyType": "scp"}],
    )
    assert len(response["EvaluationResults"]) == 2
    assert response["IsTruncated"] is False
    assert "Marker" not in response
    for word in ("ResourceHandlingOption", "MaxItems", "PolicyExclusionList"):
        assert any(word in note for note in response["notes"])


UNKNOWN_OPERATOR = policy(Condition={"StringEqual": {"aws:username": "x"}})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"PolicyInputList": None, "PolicySourceArn": ANN}, "PolicySourceArn: There is no account to fetch"),
        ({"PolicyInputList": None}, "The request has no PolicyInputList."),
        ({"PolicyInputList": [policy(), UNKNOWN_OPERATOR]}, "PolicyInputList[1].Statement[0].Condition.StringEqual:"),
        ({"ResourcePolicy": UNKNOWN_OPERATOR}, "ResourcePolicy.Statement[0]"),
        ({"PolicyInputList": [7]}, "PolicyInputList[0]: A policy document must be"),
        ({"PolicyInputList": "x"}, "PolicyInputList: This must be a list."),
        ({"PermissionsBoundaryPolicyInputList": [policy(), policy()]}, "one permissions boundary at most"),
        ({"ActionNames": ["s3"]}, "ActionNames[0]: 's3' is not one action"),
        ({"ActionNames": [1]}, "ActionNames[0]: This must be a string."),
        ({"ResourceArns": ["b"]}, "ResourceArns[0]: 'b' is neither"),
        ({"CallerArn": "ann"}, "CallerArn: 'ann' is not the ARN"),
        ({"CallerArn": "arn:aws:sts::111122223333:federated-user/f"}, "is not the ARN of a user, group or role"),
        ({"ResourceOwner": "me"}, "ResourceOwner: 'me' is no account"),
        ({"MaxItems": "1"}, "MaxItems: MaxItems must be a whole number"),
        ({"ContextEntries": [{"ContextKeyValues": ["x"]}]}, "ContextEntries[0]: The entry has no ContextKeyName."),
        ({"ContextEntries": [{"ContextKeyName": "app:b"}]}, "ContextEntries[0]: The entry has no ContextKeyValues."),
        (
            {"ContextEntries": [{"ContextKeyName": "app:b", "ContextKeyType": "stringList"}]},
            "The entry has no ContextKeyValues.",
        ),
        (
            {"ContextEntries": [{"ContextKeyName": "app:b", "ContextKeyValues": []}]},
            "takes one value and the entry has no value.",
        ),
        ({"ContextEntries": [{"ContextKeyName": "a", "ContextKeyValues": ["x"]}]}, "5 to 256 characters"),
        ({"ContextEntries": [{"ContextKeyName": "app:b", "ContextKeyType": "text"}]}, "There is no type 'text'"),
        ({"ContextEntries": [{"ContextKeyName": "app:b", "ContextKeyValues": [["x"]]}]}, "A context value must be"),
        (
            {"ContextEntries": [{"ContextKeyName": "app:b", "ContextKeyValues": ["x"], "ContextKeyType": "ip"}]},
            "ContextEntries[0].ContextKeyValues[0]: 'x' is not an IP address",
        ),
        (
            {
                "ContextEntries": [
                    {"ContextKeyName": "app:b", "ContextKeyValues": ["203.0.113.0/25"], "ContextKeyType": "ipList"}
                ]
            },
            "'203.0.113.0/25' is not an IP address",
        ),
        ({"CallerArn": "arn:aws:iam::111122223333:user/*"}, "CallerArn: 'arn:aws:iam::111122223333:user/*' is not"),
        ({"MaxItems": 0}, "MaxItems: MaxItems must be a whole number from 1 to 1000."),
        ({"MaxItems": 1001}, "from 1 to 1000"),
        ({"PolicyExclusionList": [1]}, "PolicyExclusionList[0]: This must be a JSON object."),
        ({"PolicyExclusionList": [{"Policy": "x"}]}, "There is no key 'Policy' here."),
        ({"PolicyInputList": ["{"]}, "The text ends too early"),
        ({"ResourcePolicy": "{", "ActionNames": ["sts:AssumeRole"]}, "ResourcePolicy: "),
        (
            {
                "ContextEntries": [
                    {"ContextKeyName": "app:b", "ContextKeyValues": ["x", "y"], "ContextKeyType": "string"}
                ]
            },
            "the type of several is stringList",
        ),
        (
            {"ContextEntries": [{"ContextKeyName": key, "ContextKeyValues": ["x"]} for key in ("app:b", "APP:B")]},
            "There are two entries for APP:B.",
        ),
        ({"ActionName": ["s3:GetObject"]}, "Did you mean 'ActionNames'?"),
    ],
)
def test_a_mistake_is_one_line_with_its_place(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, given: dict[str, Any], said: str
) -> None:
    request = {"PolicyInputList": [policy()], "ActionNames": ["s3:GetObject"], **given}
    file = tmp_path / "r.json"
    file.write_text(json.dumps(request))
    assert main(["simulate", "--cli-input-json", str(file)]) == 2
    printed = capsys.readouterr()
    [line] = printed.err.splitlines()
    assert line.startswith(f"policy-workbench: {file}:1:")
    assert said in line
    assert printed.out == ""


def test_a_key_that_stands_twice_is_named_at_its_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    file.write_text('{"PolicyInputList": [],\n "ActionNames": ["s3:GetObject"],\n "ActionNames": []}')
    assert main(["simulate", "--cli-input-json", str(file)]) == 2
    assert f"{file}:3:2: ActionNames: 'ActionNames' stands twice." in capsys.readouterr().err


def test_one_door_at_a_time(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["simulate", "--scenarios", "x", "--cli-input-json", "y"])
    assert stop.value.code == 2
    assert main(["simulate", "--cli-input-json", str(tmp_path / "no.json")]) == 2
    assert main(["simulate", "--cli-input-json", "-", "--bench", "2"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 3


def test_a_request_that_is_not_utf8_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    file.write_bytes(b'{"ActionNames": ["\xff"]}')
    assert main(["simulate", "--cli-input-json", str(file)]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "FF is not UTF-8" in line


def test_an_error_that_names_no_policy_is_placed_at_the_start() -> None:
    located = Simulation((), (), (("policies.resource", "ResourcePolicy", "2:3"),)).located(ScenarioError("Why.", "x"))
    assert str(located) == "1:1: Why."


def test_trace_stands_in_every_result(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    request = {"PolicyInputList": [policy("Deny")], "ActionNames": ["s3:GetObject"], "ResourceArns": [OBJECT, "*"]}
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(json.dumps(request).encode())))
    assert main(["simulate", "--cli-input-json", "-", "--trace"]) == 0
    response = json.loads(capsys.readouterr().out)
    fits_awss_model(response)
    for result in response["EvaluationResults"]:
        [authorization] = result["trace"]
        assert authorization["resource"] == result["EvalResourceName"]
        assert authorization["layers"][0]["statements"][0]["applies"]
