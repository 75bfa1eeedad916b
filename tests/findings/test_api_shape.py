"""What we print has the shape of Access Analyzer's ValidatePolicy, held against botocore's own service model."""

from __future__ import annotations

import json
from typing import Any

import botocore.session
import pytest

from tests.findings.helpers import context, statement
from tests.support import shared
from workbench.document.span import Span
from workbench.evaluation.request import Principal, Request, Scenario
from workbench.findings.api_shape import finding_to_dict, validation_to_dict
from workbench.findings.codes import CODES
from workbench.findings.links import learn_more_link
from workbench.findings.model import Effect, FailedCheck, Finding, FindingType, Fix, FixVerdict, Location, Origin
from workbench.findings.registry import run_checks

_OURS = {"origin", "confidence", "note", "fixes", "scenario", "assumption"}
_TEXTS = (
    statement('{"Sid":"x y","Effect":"Allow","Action":["s3:GetObjct","s3:*"],"Resource":"arn:aws:s3:::b/${aws:user"}'),
    '{"Statement":[{"Effect":"Allow",}]}',
    statement('{"Effect":"Allow","Action":"sagemaker:CreateTrainingJob","Resource":"arn:aws:s3:::<b>"}'),
    "",
)


def _shape() -> Any:
    model = botocore.session.get_session().get_service_model("accessanalyzer")
    return model.operation_model("ValidatePolicy").output_shape


def _check(value: Any, shape: Any, where: str) -> None:
    """Every value has the type that the model gives it, every required member is there, none is unknown but ours."""
    if shape.type_name == "structure":
        assert isinstance(value, dict), where
        extra = set(value) - set(shape.members)
        assert not extra - _OURS, (where, extra)
        assert set(shape.required_members) <= set(value), where
        if shape.name == "PathElement":
            assert len(value) == 1
        for name, inner in shape.members.items():
            if name in value:
                _check(value[name], inner, f"{where}.{name}")
    elif shape.type_name == "list":
        assert isinstance(value, list), where
        for at, item in enumerate(value):
            _check(item, shape.member, f"{where}[{at}]")
    elif shape.type_name == "integer":
        assert type(value) is int, where
    else:
        assert isinstance(value, str), where
        assert not shape.enum or value in shape.enum, (where, value)


@pytest.mark.parametrize("text", _TEXTS)
def test_the_response_fits_the_service_model(text: str) -> None:
    ctx = context(text)
    found, _ = run_checks(ctx)
    response = validation_to_dict(found, (), ctx.document)
    assert response["findings"]
    _check(response, _shape(), "response")
    json.dumps(response)


def test_no_findings_are_an_empty_list() -> None:
    text = statement('{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}')
    ctx = context(text)
    assert validation_to_dict(*run_checks(ctx), ctx.document) == {"findings": []}


def test_failed_checks_stand_beside_the_findings() -> None:
    ctx = context("{}")
    shape = validation_to_dict((), (FailedCheck("sizes", "boom"),), ctx.document)
    assert shape == {"findings": [], "failedChecks": [{"check": "sizes", "error": "boom"}]}


def test_positions_count_as_aws_counts_them() -> None:
    ctx = context('{\r\n  "Version": "2012-10-17", "Statement": []\r\n}')
    found, _ = run_checks(ctx)
    (location,) = validation_to_dict(found, (), ctx.document)["findings"][0]["locations"]
    assert location["path"] == [{"value": "Statement"}]
    assert location["span"]["start"] == {"line": 2, "column": 40, "offset": 43}
    assert location["span"]["end"] == {"line": 2, "column": 42, "offset": 45}


def test_a_substring_counts_in_the_value_and_its_span_covers_the_escape() -> None:
    text = statement('{"Sid":"A\\u0142b","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}')
    ctx = context(text)
    found = [f for f in run_checks(ctx)[0] if f.code == "CONTROL_OR_FOREIGN_CHARACTER"]
    (location,) = validation_to_dict(found, (), ctx.document)["findings"][0]["locations"]
    assert location["path"][-1] == {"substring": {"start": 1, "length": 1}}
    start, end = location["span"]["start"]["offset"], location["span"]["end"]["offset"]
    assert text[start:end] == "\\u0142"


def _finding(code: str) -> Finding:
    known = CODES[code]
    return Finding(known.type, code, "x.", (Location((), Span(0, 0)),), known.origin)


def test_links_lead_to_aws_for_its_checks_and_into_the_product_for_ours() -> None:
    page = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"
    kinds = {
        FindingType.ERROR: "error",
        FindingType.WARNING: "general-warning",
        FindingType.SECURITY_WARNING: "security-warning",
        FindingType.SUGGESTION: "suggestion",
    }
    for code, known in CODES.items():
        link = learn_more_link(code, known.type, known.origin)
        if known.origin is Origin.WORKBENCH:
            assert link == f"policy-workbench:help/{code}"
        else:
            name = code.lower().replace("_", "-")
            assert link == f"{page}#access-analyzer-reference-policy-checks-{kinds[known.type]}-{name}"


def test_codes_of_aws_have_the_type_that_the_spec_gives_them() -> None:
    text = shared("spec/findings.md").read_text("utf-8")
    sections = {
        FindingType.ERROR: text[text.index("### 2.1") : text.index("### 2.2")],
        FindingType.WARNING: text[text.index("### 2.2") : text.index("### 2.3")],
        FindingType.SECURITY_WARNING: text[text.index("### 2.3") : text.index("### 2.4")],
        FindingType.SUGGESTION: text[text.index("### 2.4") : text.index("## 3.")],
    }
    for code, known in CODES.items():
        if known.origin is not Origin.AWS:
            continue
        inside = known.type
        if code.startswith("PASS_ROLE_"):
            inside = FindingType.WARNING  # their table stands in 2.2, their type in the sentence above it
        assert code in sections[inside], code


def test_what_a_finding_carries_beyond_aws_shape_comes_after_it() -> None:
    scenario = Scenario(Request(Principal(arn="arn:aws:iam::111122223333:user/ann"), "s3:GetObject"))
    verdict = FixVerdict(Effect.WIDER, witness=scenario, witness_lost=scenario)
    undecided = FixVerdict(why="AWS refuses the document as it stands.")
    fixes = (Fix("Remove it", (), verdict), Fix("Remove all", ()), Fix("Keep it", (), undecided))
    finding = Finding(
        FindingType.ERROR,
        "PRIVATE_IP_ADDRESS",
        "x.",
        (Location((), Span(0, 0)),),
        fixes=fixes,
        scenario=scenario,
        assumption=("A role exists.",),
    )
    shape = finding_to_dict(finding, context("{}").document)
    request = {"principal": "arn:aws:iam::111122223333:user/ann", "action": "s3:GetObject", "resource": "*"}
    assert shape["scenario"]["request"] == request
    assert shape["assumption"] == ["A role exists."]
    wider, plain, not_decided = shape["fixes"]
    assert (wider["verdict"], wider["witness"]["request"], wider["witnessLost"]["request"]) == (
        "wider",
        request,
        request,
    )
    assert plain == {"label": "Remove all", "edits": [], "verdict": "not decided"}
    assert not_decided["why"] == "AWS refuses the document as it stands."
