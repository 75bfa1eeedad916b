"""AWS's custom policy checks and the semantic diff at the command line, held against AWS's own service model."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import botocore.loaders
import botocore.model
import pytest

from tests.proof.documents import allow, deny, document, granted_to
from workbench.cli.main import main
from workbench.proof.api_shape import RESOURCE_TYPES

OURS = {"witness", "assumptions"}
READ, WRITE = document(allow("s3:Get*")), document({**allow("s3:Put*"), "Sid": "W"})


@pytest.fixture(scope="module")
def service() -> botocore.model.ServiceModel:
    return botocore.model.ServiceModel(botocore.loaders.Loader().load_service_model("accessanalyzer", "service-2"))


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(READ)
    new.write_text(WRITE)
    return old, new


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, status: int) -> Any:
    assert main(arguments) == status
    return json.loads(capsys.readouterr().out)


def held(operation: botocore.model.OperationModel, response: dict[str, Any]) -> None:
    """Every key of the response is AWS's or one of ours, every value one of AWS's."""
    shape = operation.output_shape
    assert set(response) - OURS <= set(shape.members)
    assert response["result"] in shape.members["result"].enum
    reason = shape.members["reasons"].member
    for given in response["reasons"]:
        assert set(given) <= set(reason.members)


def test_check_no_new_access_speaks_awss_shapes(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path], service: botocore.model.ServiceModel
) -> None:
    old, new = files
    given = ("--new-policy-document", f"file://{new}", "--existing-policy-document", str(old))
    response = answer(capsys, "check-no-new-access", *given, "--policy-type", "IDENTITY_POLICY", status=1)
    held(service.operation_model("CheckNoNewAccess"), response)
    assert response["result"] == "FAIL"
    assert response["reasons"] == [
        {"description": "New access in the statement with sid: W.", "statementIndex": 0, "statementId": "W"}
    ]
    assert response["witness"]["request"]["action"].startswith("s3:Put")


def test_a_witness_replays(capsys: pytest.CaptureFixture[str], files: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = files
    given = ("--new-policy-document", str(new), "--existing-policy-document", str(old))
    response = answer(capsys, "check-no-new-access", *given, "--policy-type", "IDENTITY_POLICY", status=1)
    scenario = tmp_path / "witness.jsonl"
    scenario.write_text(json.dumps(response["witness"]) + "\n")
    assert answer(capsys, "simulate", "--scenarios", str(scenario), status=0)["decision"] == "allowed"


def test_check_access_not_granted_takes_awss_shorthand_and_json(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path], service: botocore.model.ServiceModel
) -> None:
    given = ("--policy-document", str(files[1]), "--policy-type", "IDENTITY_POLICY")
    check = "check-access-not-granted"
    response = answer(capsys, check, *given, "--access", "actions=s3:PutObject,s3:GetObject", status=1)
    held(service.operation_model("CheckAccessNotGranted"), response)
    assert answer(capsys, check, *given, "--access", '[{"actions": ["s3:GetObject"]}]', status=0)["result"] == "PASS"
    both = "actions=s3:PutObject,resources=arn:aws:s3:::b/*"
    assert answer(capsys, check, *given, "--access", both, status=1)["result"] == "FAIL"


def test_check_no_public_access_knows_awss_resource_types(
    capsys: pytest.CaptureFixture[str], service: botocore.model.ServiceModel
) -> None:
    assert set(RESOURCE_TYPES) == set(service.shape_for("AccessCheckResourceType").enum)
    public = ("--policy-document", document(granted_to("*")), "--resource-type", "AWS::S3::Bucket")
    response = answer(capsys, "check-no-public-access", *public, status=1)
    held(service.operation_model("CheckNoPublicAccess"), response)
    trust = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
    role = ("--policy-document", trust, "--resource-type", "AWS::IAM::AssumeRolePolicyDocument")
    assert answer(capsys, "check-no-public-access", *role, status=0)["result"] == "PASS"


def test_the_apis_request_is_taken_as_it_is(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    request = {"policyDocument": READ, "access": [{"actions": ["s3:PutObject"]}], "policyType": "IDENTITY_POLICY"}
    file = tmp_path / "request.json"
    file.write_text(json.dumps(request))
    response = answer(capsys, "check-access-not-granted", "--cli-input-json", f"file://{file}", status=0)
    assert response["message"] == (
        "The policy document does not grant access to perform the listed actions or resources."
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check-no-public-access", "--policy-document", READ], "resourceType: The parameter resourceType is missing."),
        (
            ["check-no-public-access", "--policy-document", READ, "--resource-type", "x"],
            "resourceType must be one of AWS::DynamoDB::Table",
        ),
        (
            [
                "check-access-not-granted",
                "--policy-document",
                READ,
                "--policy-type",
                "IDENTITY_POLICY",
                "--access",
                "x",
            ],
            "'x' is neither JSON nor actions=",
        ),
        (
            ["check-no-public-access", "--policy-document", "{", "--resource-type", "AWS::S3::Bucket"],
            "check-no-public-access: The policy cannot be judged (1:2): ",
        ),
        (["check-no-public-access", "--policy-document", "/no/such/file"], "No such file"),
        (["check-no-public-access", "--policy-document", " "], "a policy is empty"),
        (["check-no-public-access", "--cli-input-json", '{"policyDocument": '], "--cli-input-json: this is not JSON"),
        (
            ["check-no-public-access", "--cli-input-json", "{}"],
            "policyDocument: The parameter policyDocument is missing",
        ),
        (
            [
                "check-no-new-access",
                "--existing-policy-document",
                READ,
                "--new-policy-document",
                "[]",
                "--policy-type",
                "IDENTITY_POLICY",
            ],
            "The new policy cannot be judged (1:1)",
        ),
    ],
)
def test_what_cannot_be_asked_is_one_line_and_status_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_many_checks_come_one_a_line_in_their_order(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    public = json.loads(document(granted_to("*")))
    asked: list[Any] = [
        {"id": 7, "check": "no-public-access", "policyDocument": public, "resourceType": "AWS::S3::Bucket"},
        {
            "id": "b",
            "check": "check-no-new-access",
            "newPolicyDocument": WRITE,
            "existingPolicyDocument": WRITE,
            "policyType": "IDENTITY_POLICY",
        },
        {"id": "c", "check": "nothing"},
        {"id": "d", "check": "no-new-access", "policyType": "IDENTITY_POLICY"},
    ]
    lines = "\n".join([*map(json.dumps, asked), "{", "[]", ""])
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    assert main(["check", "--documents", "-"]) == 1
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["id"] for line in found] == ["7", "b", "c", "d", "", ""]
    assert [line.get("result") for line in found] == ["FAIL", "PASS", None, None, None, None]
    assert [line["error"]["path"] for line in found[2:]] == ["check", "newPolicyDocument", "", ""]


def test_diff_says_what_is_newly_allowed_and_what_no_longer(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path]
) -> None:
    old, new = map(str, files)
    assert main(["diff", old, new]) == 1
    text = capsys.readouterr().out
    assert "more access in one respect, less in another" in text
    assert "Newly allowed:\n  W: s3:Put* on every resource.\n    such as s3:Put" in text
    assert "No longer allowed:\n  statement 1: s3:Get* on every resource.\n    such as s3:Get" in text
    assert main(["diff", old, old]) == 0
    assert "the same access." in capsys.readouterr().out
    found = answer(capsys, "diff", old, new, "--format", "json", status=1)
    assert found["relation"] == "incomparable"
    assert found["gained"]["statements"][0]["witness"]["request"]["action"].startswith("s3:Put")


def policies(*statements: dict[str, Any], **others: Any) -> dict[str, Any]:
    """A scenario's policies: one identity policy with the statements, and others."""
    return {"identity": [{"name": "I", "document": json.loads(document(*statements))}], **others}


DENIED = [{"target": "r-1", "policies": [{"name": "S", "document": json.loads(document(allow("*"), deny("s3:Put*")))}]}]


def test_two_whole_sets_of_policies_are_checked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(policies(allow("s3:*"), serviceControl=DENIED)))
    new.write_text(json.dumps(policies(allow("s3:*"))))
    sides = ("--existing-policies", str(old), "--new-policies", f"file://{new}")
    response = answer(capsys, "check-no-new-access", *sides, status=1)
    assert response["witness"]["request"]["action"].startswith("s3:Put")
    assert response["reasons"] == [
        {"description": "New access in the statement with index: 0.", "statementIndex": 0, "policy": "I"}
    ]
    assert "No service control policies are given for the new policies" in response["assumptions"][0]
    back = ("--existing-policies", str(new), "--new-policies", str(old))
    assert answer(capsys, "check-no-new-access", *back, status=0)["result"] == "PASS"

    request = {"existingPolicies": json.loads(old.read_text()), "newPolicies": new.read_text()}
    file = tmp_path / "request.json"
    file.write_text(json.dumps(request))
    assert answer(capsys, "check-no-new-access", "--cli-input-json", str(file), status=1) == response
    line = json.dumps({"id": "a", "check": "no-new-access", **request})
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(line.encode())))
    assert answer(capsys, "check", "--documents", "-", status=0) == {"id": "a", **response}

    assert main(["diff", "--existing-policies", str(old), "--new-policies", str(new)]) == 1
    text = capsys.readouterr().out
    assert "more access." in text
    assert "Newly allowed:\n  statement 1: s3:* on every resource.\n    such as s3:Put" in text
    assert "No longer allowed: nothing." in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["check-no-new-access", "--new-policies", "{}"],
            "existingPolicies: The parameter existingPolicies is missing",
        ),
        (
            ["check-no-new-access", "--new-policies", "{}", "--existing-policies", '{"identity": 3}'],
            "existingPolicies.identity: This must be a list.",
        ),
        (
            ["check-no-new-access", "--new-policies", "{", "--existing-policies", "{}"],
            "newPolicies: This is not JSON (1:2)",
        ),
        (
            ["check-no-new-access", "--new-policies", "{}", "--existing-policies", '{"scp": []}'],
            "There is no key 'scp' here.",
        ),
        (["diff", "--new-policies", "x.json"], "give OLD and NEW, or --existing-policies and --new-policies"),
        (["diff", "a.json", "b.json", "--new-policies", "x.json"], "give OLD and NEW"),
        (["diff"], "give OLD and NEW"),
    ],
)
def test_sets_that_cannot_be_asked_are_one_line_and_status_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
