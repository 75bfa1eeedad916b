"""Broken and hostile texts: a finding stands where the author's mistake is, and nothing raises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.findings.helpers import catalog, codes, findings, statement
from tests.support import SHARED, shared
from workbench.document.decoding import decode
from workbench.document.parser import parse
from workbench.findings.api_shape import validation_to_dict
from workbench.findings.context import CheckContext
from workbench.findings.model import FailedCheck, Finding
from workbench.findings.registry import run_checks
from workbench.policy.kinds import PolicyKind
from workbench.policy.reader import read
from workbench.policy.tokens import Tokens, tokenize

_INDEX = SHARED / "data" / "broken-json" / "index.json"
_FILES: list[dict[str, Any]] = json.loads(_INDEX.read_text("utf-8")) if _INDEX.is_file() else []


def _run(data: bytes, kind: PolicyKind) -> tuple[CheckContext, tuple[Finding, ...], tuple[FailedCheck, ...]]:
    decoded = decode(data)
    policy = read(parse(decoded.text), kind)
    ctx = CheckContext(policy, catalog(), decoding_problem=decoded.problem, bom=decoded.bom)
    return ctx, *run_checks(ctx)


def test_the_index_is_there() -> None:
    shared("data/broken-json/index.json")
    assert len(_FILES) == 53


@pytest.mark.parametrize("row", _FILES, ids=lambda row: row["file"])
def test_a_finding_starts_exactly_at_the_mistake(row: dict[str, Any]) -> None:
    folder: Path = shared("data/broken-json")
    ctx, found, failed = _run((folder / row["file"]).read_bytes(), PolicyKind.IDENTITY)
    assert failed == ()
    starts = [ctx.document.position(finding.span.start) for finding in found]
    assert (row["at"]["line"], row["at"]["column"]) in [(at.line, at.column + 1) for at in starts]
    json.dumps(validation_to_dict(found, failed, ctx.document)).encode("utf-8")


@pytest.mark.parametrize("kind", list(PolicyKind))
def test_no_broken_text_of_any_kind_raises(kind: PolicyKind) -> None:
    folder = shared("data/broken-json")
    for row in _FILES:
        assert _run((folder / row["file"]).read_bytes(), kind)[2] == (), row["file"]


def test_a_text_of_many_characters_that_iam_refuses_is_one_finding() -> None:
    text = statement(f'{{"Sid":"{"я" * 5000}","Effect":"Allow","Action":"s3:*","Resource":"*"}}')
    assert codes(findings(text)).count("CONTROL_OR_FOREIGN_CHARACTER") == 1


def test_a_long_list_of_wildcards_gives_up_instead_of_hanging() -> None:
    actions = json.dumps([f"s3:*{i}*" for i in range(2000)])
    ctx = CheckContext(
        read(parse(statement(f'{{"Effect":"Allow","Action":{actions},"Resource":"*"}}')), PolicyKind.IDENTITY),
        catalog(),
    )
    _, failed = run_checks(ctx)
    assert failed == (FailedCheck("redundant actions", "not decided within budget"),)


@pytest.mark.parametrize(
    "text", ["[" * 20_000, '{"Statement":' * 20_000, '{"Statement":[{"Action":"${' + "${" * 20_000]
)
def test_deep_and_endless_texts_are_answered(text: str) -> None:
    assert "JSON_SYNTAX_ERROR" in codes(findings(text))


def test_many_statements_and_many_actions_are_checked_once_each() -> None:
    """Quadratic work over 5,000 statements would be 25 million comparisons: the test would then not end in its time."""
    model = "arn:aws:sagemaker:us-east-1:111122223333:model"
    create = f'{{"Effect":"Allow","Action":"sagemaker:CreateModel","Resource":"{model}/m%d"}}'
    other = '{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:111122223333:q%d"}'
    found = findings(statement("[" + ",".join((create if i % 2 else other) % i for i in range(5_000)) + "]"))
    (missing,) = [f for f in found if f.code == "DEPENDENT_ACTION_MISSING"]
    assert 1 < len(missing.locations) <= 200
    actions = json.dumps([f"s3:Get{i}*" for i in range(5_000)])
    assert "REDUNDANT_ACTION" in codes(findings(statement(f'{{"Effect":"Allow","Action":{actions},"Resource":"*"}}')))


def test_many_mistakes_in_one_string_are_not_mended_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def counting(text: str, *, wildcards: bool, variables: bool) -> Tokens:
        read.append(len(text))
        return tokenize(text, wildcards=wildcards, variables=variables)

    monkeypatch.setattr("workbench.findings.variables.tokenize", counting)
    resource = "arn:aws:s3:::b/" + "${" * 500
    text = statement(f'{{"Effect":"Allow","Action":"s3:GetObject","Resource":"{resource}"}}')
    assert codes(findings(text)).count("MISSING_BRACE_IN_VARIABLE") == 500
    assert sum(read) < 10 * len(resource)
