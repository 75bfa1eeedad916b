"""What follows from a wider finding at the same place is not told. findings.md section 1.3, the table of folding."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.findings.helpers import KINDS, codes, context, findings, statement
from tests.findings.test_surroundings import _READ_DENIED, allow, around, found, member, named
from workbench.findings import codes_own
from workbench.findings.codes import CODES, OFF_BY_DEFAULT
from workbench.findings.help_pages import help_page
from workbench.findings.registry import run_checks
from workbench.findings.rules import HouseRules
from workbench.policy.kinds import PolicyKind

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


def test_nor_does_a_project_say_what_follows_from_it_or_what_is_off_by_default() -> None:
    everything = allow("*")
    bounded = member(permissions_boundary=named("boundary", allow("*")))
    limits = around(bounded, resources=(("arn:aws:s3:::b*", named("bucket", _READ_DENIED)),))
    assert "OWN_LIMIT_REMOVABLE" in codes(found(limits, allow(["s3:*", "iam:*"])))
    assert not _FOLLOWS & set(codes(found(limits, everything)))
    wanted = HouseRules(enabled=frozenset(OFF_BY_DEFAULT))
    all_of_it, _ = run_checks(replace(context(statement(json.dumps(everything))), rules=wanted))
    assert not _FOLLOWS & set(codes(all_of_it))


def test_what_another_statement_grants_beside_it_is_still_said() -> None:
    both = [allow("*", "*", Bool={"aws:MultiFactorAuthPresent": "true"}), allow("iam:PutUserPolicy")]
    told = findings(statement(json.dumps(both)))
    (path,) = [f for f in told if f.code == "PRIVILEGE_ESCALATION"]
    assert {place.path[1] for place in path.locations} == {("index", 1)}


@pytest.mark.parametrize(("service", "families"), [("s3", 2), ("secretsmanager", 2), ("dynamodb", 2), ("kms", 1)])
def test_a_whole_service_is_one_finding_a_family(service: str, families: int) -> None:
    own = {row[0] for row in codes_own.EXPOSURE}
    told = [f for f in findings(statement(json.dumps(allow(f"{service}:*")))) if f.code in own]
    assert len(told) == len({f.code for f in told}) == families
    assert all(f"{service}:" in f.details and len(f.locations) == 1 for f in told)


@pytest.mark.parametrize("element", ["Action", "Resource", "Effect", "Principal"])
@pytest.mark.parametrize("wrong", ["misspelt", "type"])
def test_an_element_that_is_misspelt_or_of_a_wrong_type_is_not_missing(element: str, wrong: str) -> None:
    made: dict[str, object] = {"Principal": {"AWS": "111122223333"}, **allow("s3:GetObject", "arn:aws:s3:::b/*")}
    value = made.pop(element)
    made[element + "s" if wrong == "misspelt" else element] = value if wrong == "misspelt" else 7
    told = codes(findings(statement(json.dumps(made)), PolicyKind.RESOURCE))
    assert ("INVALID_POLICY_ELEMENT" if wrong == "misspelt" else "DATA_TYPE_MISMATCH") in told
    assert f"MISSING_{element.upper()}" not in told


@pytest.mark.parametrize(
    "document",
    [
        allow("s3:GetObject", "arn:aws:s3:::${Bucket}/*"),
        allow("iam:GetRole", "arn:aws:iam::<account-id>:role/x"),
        allow("sqs:SendMessage", "arn:aws:sqs:{{region}}:111122223333:q"),
        allow("sqs:SendMessage", "arn:${AWS::Partition}:sqs:us-east-1:ACCOUNT_ID:q"),
        allow("${Service}:GetObject"),
        allow("s3:GetObject", StringEquals={"aws:SourceVpc": "<vpc>"}),
        allow("s3:GetObject", DateLessThan={"aws:CurrentTime": "{{until}}"}),
        allow("s3:GetObject", IpAddress={"aws:SourceIp": "%(range)s"}),
        {**allow("s3:GetObject"), "Effect": "${Effect}"},
        {**allow("s3:GetObject"), "Resource": {"Fn::Sub": "arn:aws:s3:::${Bucket}/*"}},
        {**allow("s3:GetObject"), "Action": {"Ref": "Actions"}},
    ],
    ids=json.dumps,
)
def test_a_placeholder_is_the_cause_of_no_error(document: dict[str, object]) -> None:
    told = findings(statement(json.dumps(document)))
    assert "TEMPLATE_NOT_RESOLVED" in codes(told)
    assert [f.code for f in told if f.type == "ERROR"] == []


def _all_examples() -> Iterator[tuple[str, PolicyKind, str | None]]:
    for code in CODES:
        page = help_page(code)
        for text in (page.example, page.instead) if page is not None and not page.sketch else ():
            whole = '"Statement"' in text or '"Version"' in text
            yield text if whole else statement(text), KINDS[page.on], page.type
    worked = Path(__file__).with_name("worked_cases.jsonl").read_text("utf-8").splitlines()
    yield from ((row["text"], KINDS[row["on"][0]], None) for row in map(json.loads, worked))


# Two causes at one place: numbers as texts and as numbers, and one of them says all.
_TWO_CAUSES = {("INVALID_CONDITION_DATA_TYPE", "REDUNDANT_CONDITION_VALUE_NUM")}


def test_beside_an_error_nothing_weaker_is_said_of_one_cause() -> None:
    beside = set()
    for text, kind, resource_type in _all_examples():
        told = findings(text, kind, resource_type)
        errors = [f for f in told if f.type == "ERROR"]
        weaker = [f for f in told if f.type != "ERROR"]
        beside |= {(e.code, w.code) for e in errors for w in weaker if e.locations[0] == w.locations[0]}
    assert beside == _TWO_CAUSES


@pytest.mark.parametrize(
    ("text", "kept", "dropped"),
    [
        (
            '{"Effect":"Allow","Action":"s3x:GetObjct","Resource":"*","Condition":{"StringEquals":{"s3x:prefx":"a"}}}',
            {"INVALID_SERVICE_IN_ACTION"},
            {"INVALID_ACTION", "ACTION_NOT_IN_CATALOG", "INVALID_SERVICE_CONDITION_KEY", "CONDITION_KEY_NOT_SUPPORTED"},
        ),
        (
            '{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:zqxservice:us-east-1:111122223333:thing/x"}',
            {"SERVICE_NOT_IN_CATALOG"},
            {"INVALID_ARN_RESOURCE", "ARN_FITS_NO_RESOURCE_TYPE", "INVALID_SERVICE"},
        ),
        (
            '{"Effect":"Allow","Action":["zqxservice:Get*","zqxservice:Put"],"Resource":"*"}',
            {"SERVICE_NOT_IN_CATALOG"},
            {"ACTION_NOT_IN_CATALOG", "ACTION_PATTERN_MATCHES_NOTHING", "INVALID_ACTION"},
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
