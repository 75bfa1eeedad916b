"""SimulateCustomPolicy's request with mistakes, options and documents of every form: what is taken, what is said."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.cli.api import ANN, OBJECT, ask, fits_awss_model, policy
from workbench.cli.main import main
from workbench.errors import ScenarioError
from workbench.evaluation.aws_request import Simulation


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
