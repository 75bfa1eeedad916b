"""What follows from a wider finding at the same place is not told. findings.md section 1.3, the table of folding."""

from __future__ import annotations

import pytest

from tests.findings.helpers import codes, findings, statement
from workbench.findings import codes_own

_FOLLOWS = {
    row[0]
    for rows in (codes_own.PRIVILEGE_ESCALATION, codes_own.EXPOSURE, codes_own.PUBLIC_AND_WIDE_ACCESS)
    for row in rows
} - {"ADMINISTRATOR_ACCESS"}


@pytest.mark.parametrize("action", ["*", "*:*"])
def test_access_to_everything_says_all_that_follows_from_it(action: str) -> None:
    found = codes(findings(statement(f'{{"Effect":"Allow","Action":"{action}","Resource":"*"}}')))
    assert "ADMINISTRATOR_ACCESS" in found
    assert not _FOLLOWS & set(found)


@pytest.mark.parametrize(
    ("text", "kept", "dropped"),
    [
        (
            '{"Effect":"Allow","Action":"s3x:GetObjct","Resource":"*","Condition":{"StringEquals":{"s3x:prefx":"a"}}}',
            {"INVALID_SERVICE_IN_ACTION"},
            {"INVALID_ACTION", "ACTION_NOT_IN_CATALOG", "INVALID_SERVICE_CONDITION_KEY", "CONDITION_KEY_NOT_SUPPORTED"},
        ),
        (
            '{"Effect":"Allow","Actions":"s3:GetObject","Resource":"*"}',
            {"INVALID_POLICY_ELEMENT"},
            {"MISSING_ACTION"},
        ),
        ('{"Effect":"Allow","Action":{"a":1},"Resource":"*"}', {"DATA_TYPE_MISMATCH"}, {"MISSING_ACTION"}),
        (
            '{"Effect":"Allow","Action":["s3:GetObjct"],"Resource":"arn:aws:s3:::<bucket>"}',
            {"TEMPLATE_NOT_RESOLVED", "INVALID_ACTION"},
            {"INVALID_ARN_RESOURCE"},
        ),
        (
            '{"Effect":"Allow","Action":["s3:GetObjct",],"Resource":"*"}',
            {"JSON_SYNTAX_ERROR"},
            {"MISSING_RESOURCE", "EMPTY_ARRAY_ACTION"},
        ),
    ],
)
def test_what_follows_is_not_told(text: str, kept: set[str], dropped: set[str]) -> None:
    found = set(codes(findings(statement(text))))
    assert kept <= found
    assert not dropped & found
