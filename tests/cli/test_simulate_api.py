"""`simulate --cli-input-json`: AWS's simulator's request in, its response out, held against AWS's own service model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import botocore.loaders
import botocore.model
import pytest
from botocore.validate import ParamValidator

from workbench.cli.main import main

ALLOW_B = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"},
}
OURS = {"reason", "notes", "stage", "layers", "decidedBy", "derivedContext"}
"""Keys of ours beside AWS's."""


@pytest.fixture(scope="module")
def operation() -> botocore.model.OperationModel:
    model = botocore.loaders.Loader().load_service_model("iam", "service-2")
    return botocore.model.ServiceModel(model).operation_model("SimulateCustomPolicy")


def simulate(capsys: pytest.CaptureFixture[str], tmp_path: Path, **given: Any) -> dict[str, Any]:
    request = {"PolicyInputList": [json.dumps(ALLOW_B)], "ActionNames": ["s3:GetObject"], **given}
    file = tmp_path / "request.json"
    file.write_text(json.dumps(request))
    assert main(["simulate", "--cli-input-json", f"file://{file}"]) == 0
    response: dict[str, Any] = json.loads(capsys.readouterr().out)
    return response


def of_aws(shape: botocore.model.Shape, value: Any) -> Any:
    """`value` with our own keys left out; fails where a key or a type is not AWS's."""
    if shape.type_name == "structure":
        assert isinstance(shape, botocore.model.StructureShape)
        unknown = set(value) - set(shape.members) - OURS
        assert not unknown, f"{shape.name}: {unknown}"
        return {k: of_aws(shape.members[k], v) for k, v in value.items() if k in shape.members}
    if shape.type_name == "list":
        assert isinstance(shape, botocore.model.ListShape)
        return [of_aws(shape.member, item) for item in value]
    if getattr(shape, "enum", None):
        assert value in shape.enum  # type: ignore[attr-defined]
    return value


def test_request_and_response_have_awss_shapes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, operation: botocore.model.OperationModel
) -> None:
    request = {
        "PolicyInputList": [json.dumps(ALLOW_B)],
        "PermissionsBoundaryPolicyInputList": [json.dumps(ALLOW_B)],
        "ActionNames": ["s3:GetObject", "s3:PutObject"],
        "ResourceArns": ["arn:aws:s3:::b/k", "arn:aws:s3:::c/k"],
        "ContextEntries": [
            {"ContextKeyName": "aws:SourceIp", "ContextKeyValues": ["203.0.113.7"], "ContextKeyType": "ip"}
        ],
        "MaxItems": 100,
    }
    assert operation.input_shape is not None
    assert operation.output_shape is not None
    assert not ParamValidator().validate(request, operation.input_shape).has_errors()
    response = simulate(capsys, tmp_path, **request)
    aws = of_aws(operation.output_shape, response)
    assert not ParamValidator().validate(aws, operation.output_shape).has_errors()
    decisions = [(r["EvalActionName"], r["EvalResourceName"], r["EvalDecision"]) for r in aws["EvaluationResults"]]
    assert decisions == [
        ("s3:GetObject", "arn:aws:s3:::b/k", "allowed"),
        ("s3:GetObject", "arn:aws:s3:::c/k", "implicitDeny"),
        ("s3:PutObject", "arn:aws:s3:::b/k", "allowed"),
        ("s3:PutObject", "arn:aws:s3:::c/k", "implicitDeny"),
    ]
    assert aws["IsTruncated"] is False


def test_matched_statements_say_where(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    [result] = simulate(capsys, tmp_path, ResourceArns=["arn:aws:s3:::b/k"])["EvaluationResults"]
    [matched] = result["MatchedStatements"]
    assert matched["StartPosition"] == {"Line": 1, "Column": json.dumps(ALLOW_B).index('{"Effect')}


def test_a_boundary_denies_and_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    other = {**ALLOW_B, "Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}
    [result] = simulate(
        capsys, tmp_path, ResourceArns=["arn:aws:s3:::b/k"], PermissionsBoundaryPolicyInputList=[json.dumps(other)]
    )["EvaluationResults"]
    assert result["EvalDecision"] == "implicitDeny"
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}


def test_context_entries_have_types(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    condition = {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}, "Null": {"aws:TagKeys": "false"}}
    policy = {**ALLOW_B, "Statement": {**ALLOW_B["Statement"], "Condition": condition}}  # type: ignore[dict-item]
    given = {"PolicyInputList": [json.dumps(policy)], "ResourceArns": ["arn:aws:s3:::b/k"]}
    missing = simulate(capsys, tmp_path, **given)["EvaluationResults"][0]
    assert (missing["EvalDecision"], missing["MissingContextValues"]) == ("implicitDeny", ["aws:TagKeys"])
    entry = {"ContextKeyName": "aws:TagKeys", "ContextKeyValues": ["a"], "ContextKeyType": "stringList"}
    found = simulate(capsys, tmp_path, **given, ContextEntries=[entry])["EvaluationResults"][0]
    assert (found["EvalDecision"], found["MissingContextValues"]) == ("allowed", [])


@pytest.mark.parametrize(
    "request_text",
    [
        "{",
        "[]",
        "{}",
        '{"PolicyInputList": ["{}"], "ActionNames": []}',
        '{"PolicyInputList": ["nonsense"], "ActionNames": ["s3:GetObject"]}',
        '{"PolicyInputList": [], "ActionNames": ["s3:*"]}',
        '{"PolicyInputLst": [], "ActionNames": ["s3:GetObject"]}',
    ],
)
def test_bad_input_is_one_line_and_status_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, request_text: str
) -> None:
    file = tmp_path / "request.json"
    file.write_text(request_text)
    assert main(["simulate", "--cli-input-json", str(file)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert "request.json" in printed.err
