"""The worked rows GR01 to GR26 of spec grammar.md section 10: what each kind of policy may hold."""

from __future__ import annotations

import pytest

from tests.findings.helpers import codes, findings
from workbench.document.parser import parse
from workbench.findings.model import FindingType
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Policy
from workbench.policy.reader import DOCUMENT_ELEMENTS, STATEMENT_ELEMENTS, read
from workbench.policy.rules import may_have

_NEW, _OLD = '"Version":"2012-10-17"', '"Version":"2008-10-17"'
_ALLOW = '"Effect":"Allow","Action":"s3:GetObject"'
_ON_BUCKET = '"Resource":"arn:aws:s3:::b/*"'
_ASSUME = '"Effect":"Allow","Action":"sts:AssumeRole"'
_ACCOUNT = '"Principal":{"AWS":"111122223333"}'


def _one(members: str, version: str = _NEW) -> str:
    return f'{{{version},"Statement":{{{members}}}}}'


# Id, kind, document, codes that must be there, whether AWS refuses the document (then no request may be judged by it).
_ROWS: tuple[tuple[str, PolicyKind, str, tuple[str, ...], bool], ...] = (
    (
        "GR01",
        PolicyKind.IDENTITY,
        '{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}',
        ("MISSING_VERSION",),
        False,
    ),
    ("GR02", PolicyKind.IDENTITY, _one('"Effect":"allow","Action":"s3:*","Resource":"*"'), ("INVALID_EFFECT",), True),
    ("GR03", PolicyKind.IDENTITY, _one(f'{_ALLOW},"Principal":"*",{_ON_BUCKET}'), ("UNSUPPORTED_PRINCIPAL",), True),
    ("GR04", PolicyKind.RESOURCE, _one(f"{_ALLOW},{_ON_BUCKET}"), ("MISSING_PRINCIPAL",), True),
    (
        "GR05",
        PolicyKind.TRUST,
        _one(f'{_ASSUME},{_ACCOUNT},"Resource":"*"'),
        ("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE",),
        True,
    ),
    (
        "GR06",
        PolicyKind.IDENTITY,
        _one(f'{_ALLOW},"NotAction":"iam:*",{_ON_BUCKET}'),
        ("UNSUPPORTED_ELEMENT_COMBINATION",),
        True,
    ),
    ("GR07", PolicyKind.IDENTITY, _one(f'"Sid":"my-sid",{_ALLOW},{_ON_BUCKET}'), ("UNSUPPORTED_SID",), False),
    (
        "GR08",
        PolicyKind.IDENTITY,
        f'{{{_NEW},"Statement":[{{"Sid":"A",{_ALLOW},{_ON_BUCKET}}},{{"Sid":"A",{_ALLOW},"Resource":"*"}}]}}',
        ("UNIQUE_SIDS_REQUIRED",),
        False,
    ),
    ("GR09", PolicyKind.IDENTITY, _one(f'{_ALLOW},"Effect":"Deny",{_ON_BUCKET}'), ("DUPLICATE_JSON_KEY",), True),
    (
        "GR10",
        PolicyKind.IDENTITY,
        _one(f'{_ALLOW},{_ON_BUCKET},"Condition":{{"StringEquals":{{"aws:SourceIp":"x","aws:sourceip":"y"}}}}'),
        ("DUPLICATE_KEYS_WITH_DIFFERENT_CASE",),
        True,
    ),
    (
        "GR11",
        PolicyKind.RESOURCE,
        _one(f'{_ALLOW},{_ON_BUCKET},"Principal":{{"AWS":"arn:aws:iam::111122223333:user/*"}}'),
        ("UNSUPPORTED_WILDCARD_IN_PRINCIPAL",),
        False,
    ),
    (
        "GR12",
        PolicyKind.RESOURCE,
        _one(f'{_ALLOW},{_ON_BUCKET},"Principal":{{"aws":"*"}}'),
        ("INVALID_PRINCIPAL_KEY",),
        True,
    ),
    (
        "GR13",
        PolicyKind.IDENTITY,
        _one(f'{_ALLOW},{_ON_BUCKET},"Condition":{{"NullIfExists":{{"aws:SourceVpc":"true"}}}}'),
        ("NULL_WITH_IF_EXISTS",),
        True,
    ),
    ("GR14", PolicyKind.SCP, _one(f'{_ALLOW},"Principal":"*",{_ON_BUCKET}'), ("SCP_SYNTAX_ERROR_PRINCIPAL",), True),
    (
        "GR15",
        PolicyKind.SCP,
        _one(f'{_ALLOW},{_ON_BUCKET},"Condition":{{"Bool":{{"aws:SecureTransport":"true"}}}}'),
        (),
        False,
    ),
    (
        "GR16",
        PolicyKind.RCP,
        _one('"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"'),
        ("RCP_SYNTAX_ERROR_ALLOW",),
        True,
    ),
    (
        "GR17",
        PolicyKind.RCP,
        _one('"Effect":"Deny","Principal":"*","NotAction":"s3:*","Resource":"*"'),
        ("RCP_SYNTAX_ERROR_NOTACTION",),
        True,
    ),
    (
        "GR18",
        PolicyKind.IDENTITY,
        _one(f'{_ALLOW},"Resource":"arn:aws:s3:::b/${{aws:username}}/*"', _OLD),
        ("VARIABLE_UNSUPPORTED_IN_VERSION",),
        False,
    ),
    (
        "GR19",
        PolicyKind.IDENTITY,
        _one(f'{_ALLOW},"Resource":"arn:aws:s3:${{aws:RequestedRegion}}::b"'),
        ("VARIABLE_UNSUPPORTED_IN_ELEMENT",),
        False,
    ),
    (
        "GR20",
        PolicyKind.IDENTITY,
        _one(f'{_ALLOW},{_ON_BUCKET},"Condition":{{"NumericLessThan":{{"aws:MultiFactorAuthAge":"${{x:y}}"}}}}'),
        ("INVALID_VARIABLE_FOR_OPERATOR",),
        False,
    ),
    (
        "GR21",
        PolicyKind.IDENTITY,
        _one(f'"Effect":"Allow","Action":["s3:get*","S3:PUTOBJECT"],{_ON_BUCKET}'),
        (),
        False,
    ),
    (
        "GR22",
        PolicyKind.TRUST,
        _one(f'{_ASSUME},"Principal":"*"'),
        ("ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL",),
        False,
    ),
    (
        "GR23",
        PolicyKind.IDENTITY,
        _one(f'{_ALLOW},{_ON_BUCKET},"Condition":{{"Bool":{{"aws:SecureTransport":["true","false"]}}}}'),
        ("INVALID_CONDITION_MULTIPLE_BOOLEAN",),
        False,
    ),
    (
        "GR24",
        PolicyKind.RESOURCE,
        _one(f'{_ALLOW},{_ON_BUCKET},"NotPrincipal":{{"AWS":"111122223333"}}'),
        ("ALLOW_WITH_NOT_PRINCIPAL",),
        True,
    ),
    ("GR25", PolicyKind.IDENTITY, _one(f'{_ALLOW},"Resource":"arn:aws:sqs"'), ("MISSING_ARN_FIELD",), False),
    (
        "GR26",
        PolicyKind.IDENTITY,
        _one('"Effect":"Allow","Action":"s*:Get*","Resource":"*"'),
        ("INVALID_SERVICE_IN_ACTION",),
        False,
    ),
)


def _policy(text: str, kind: PolicyKind) -> Policy:
    return read(parse(text), kind)


@pytest.mark.parametrize(("row", "kind", "text", "must", "refused"), _ROWS, ids=[row[0] for row in _ROWS])
def test_worked_row(row: str, kind: PolicyKind, text: str, must: tuple[str, ...], refused: bool) -> None:
    assert (_policy(text, kind).fatal is not None) is refused
    found = findings(text, kind)
    assert set(must) <= set(codes(found))
    if not must:
        assert [f.code for f in found if f.type is FindingType.ERROR] == []
    elif row not in ("GR01", "GR24"):  # a warning and a security warning of AWS's validator
        assert any(f.type in (FindingType.ERROR, FindingType.WARNING) for f in found if f.code in must)


@pytest.mark.parametrize("kind", list(PolicyKind))
def test_each_kind_takes_its_own_ordinary_policy(kind: PolicyKind) -> None:
    ordinary = {
        PolicyKind.TRUST: _one(f"{_ASSUME},{_ACCOUNT}"),
        PolicyKind.RESOURCE: _one(f"{_ALLOW},{_ACCOUNT},{_ON_BUCKET}"),
        PolicyKind.VPC_ENDPOINT: _one(f'{_ALLOW},"Principal":"*",{_ON_BUCKET}'),
        PolicyKind.RCP: _one('"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"'),
    }
    text = ordinary.get(kind, _one(f"{_ALLOW},{_ON_BUCKET}"))
    assert _policy(text, kind).defects == ()


def test_rcp_full_access_is_the_one_allow_of_an_rcp() -> None:
    text = _one('"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"')
    assert _policy(text, PolicyKind.RCP).defects == ()


@pytest.mark.parametrize("kind", [PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION])
def test_an_id_in_an_identity_policy_is_a_warning_and_not_fatal(kind: PolicyKind) -> None:
    policy = _policy(f'{{{_NEW},"Id":"x","Statement":{{{_ALLOW},{_ON_BUCKET}}}}}', kind)
    assert [d.code for d in policy.defects] == ["ID_IN_IDENTITY_POLICY"]
    assert policy.fatal is None


@pytest.mark.parametrize("kind", [PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.VPC_ENDPOINT])
def test_an_id_elsewhere_is_fine(kind: PolicyKind) -> None:
    element = "" if kind is PolicyKind.TRUST else f",{_ON_BUCKET}"
    action = _ASSUME if kind is PolicyKind.TRUST else _ALLOW
    policy = _policy(f'{{{_NEW},"Id":"x","Statement":{{{action},{_ACCOUNT}{element}}}}}', kind)
    assert policy.defects == ()


@pytest.mark.parametrize("kind", [PolicyKind.SCP, PolicyKind.RCP])
def test_organization_policies_are_written_in_the_current_language(kind: PolicyKind) -> None:
    text = _one('"Effect":"Deny","Action":"s3:*","Resource":"*"', _OLD)
    assert "INVALID_VERSION" in [d.code for d in _policy(text, kind).defects]


@pytest.mark.parametrize(
    ("element", "kind", "missing"),
    [
        ('"Resorce":"*"', PolicyKind.IDENTITY, "MISSING_RESOURCE"),
        ('"notresource":"*"', PolicyKind.IDENTITY, "MISSING_RESOURCE"),
        ('"Principl":"*","Resource":"*"', PolicyKind.RESOURCE, "MISSING_PRINCIPAL"),
    ],
)
def test_a_misspelt_element_is_not_missing_too(element: str, kind: PolicyKind, missing: str) -> None:
    found = [d.code for d in _policy(_one(f"{_ALLOW},{element}"), kind).defects]
    assert "INVALID_POLICY_ELEMENT" in found
    assert missing not in found
    without = [d.code for d in _policy(_one(f"{_ALLOW}"), kind).defects]
    assert missing in without


@pytest.mark.parametrize(
    ("members", "code", "text"),
    [
        ('"Principal":{"aws":[]},"Effect":"Deny","Action":"s3:*","Resource":"*"', "INVALID_PRINCIPAL_KEY", '"aws"'),
        ('"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"', "RCP_SYNTAX_ERROR_ALLOW", '"Allow"'),
    ],
)
def test_the_defect_stands_at_the_word_that_is_wrong(members: str, code: str, text: str) -> None:
    document = _one(members)
    (defect,) = [d for d in _policy(document, PolicyKind.RCP).defects if d.code == code]
    span = defect.places[0].span
    assert document[span.start : span.end] == text


@pytest.mark.parametrize("kind", PolicyKind)
@pytest.mark.parametrize("element", [*DOCUMENT_ELEMENTS, *STATEMENT_ELEMENTS])
def test_an_element_that_a_kind_can_have_is_none_that_it_is_refused_for(kind: PolicyKind, element: str) -> None:
    """`may_have` and the rules themselves say the same of every element and kind."""
    value = '{"StringEquals": {"aws:x": "y"}}' if element == "Condition" else '"Deny"' if element == "Effect" else '"*"'
    top = f'"{element}": {value}, ' if element == "Id" else ""
    inside = "" if element in DOCUMENT_ELEMENTS else f'"{element}": {value}'
    effect = "" if element == "Effect" else '"Effect": "Deny"'
    body = ", ".join(filter(None, [effect, inside]))
    policy = read(parse(f'{{"Version": "2012-10-17", {top}"Statement": [{{{body}}}]}}'), kind)
    key = ("key", element)
    refused = [d for d in policy.defects for p in d.places if key in p.path or ("value", element) in p.path[-1:]]
    assert may_have(kind, element) is (not refused)
