"""Documents that AWS refuses for a reason beside the point keep the findings about what they allow: spec findings.md
section 1.3; what is inferred stands in `workbench.findings.as_if`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.findings.drawn import examples, statements
from tests.findings.helpers import applied, catalog, codes, findings, one
from workbench.document.parser import parse
from workbench.evaluation.catalog_facts import CatalogFacts
from workbench.evaluation.decision import Outcome
from workbench.evaluation.judge import Judge
from workbench.evaluation.refusals import refusal
from workbench.evaluation.request import NamedPolicy, PolicySet
from workbench.findings.as_if import MENDED
from workbench.findings.context import CheckContext
from workbench.findings.model import Confidence, Finding, Origin
from workbench.findings.registry import REGISTRY, run_checks
from workbench.findings.surroundings import Member, Surroundings
from workbench.policy.guess import guess_kind
from workbench.policy.kinds import PolicyKind
from workbench.policy.reader import read

_I, _R, _T = PolicyKind.IDENTITY, PolicyKind.RESOURCE, PolicyKind.TRUST
_JUDGE = Judge(CatalogFacts(catalog))
_JUDGED = frozenset(code for each in REGISTRY if each.judged for code in each.codes)

_ESCALATES = {"Effect": "Allow", "Action": "iam:AttachUserPolicy", "Resource": "*"}
_READS = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
_PUBLIC = {**_READS, "Principal": "*"}
_WIDE = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:root"}, "Action": "sts:AssumeRole"}
_NARROW = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
_MISSPELT = {"Condition": {"StringEquls": {"aws:username": "x"}}}


def _text(*statements: Any, version: Any = "2012-10-17", **elements: Any) -> str:
    return json.dumps({"Version": version, **elements, "Statement": list(statements)}, indent=2)


def _allow(*actions: str, **elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*", **elements}


def _judged(text: str, kind: PolicyKind) -> list[Finding]:
    """The findings about what a document allows, each shown by a request that the engine allows."""
    found = [f for f in findings(text, kind) if f.code in _JUDGED]
    for finding in found:
        assert finding.scenario is not None
        assert _JUDGE.decide(finding.scenario).outcome is Outcome.ALLOWED, finding.code
        assert all(0 <= at.span.start < at.span.end <= len(text) for at in finding.locations)
    return found


@pytest.mark.parametrize(
    ("code", "kind", "dangerous"),
    [
        ("PRIVILEGE_ESCALATION", _I, _ESCALATES),
        ("ADMINISTRATOR_ACCESS", _I, _allow("*")),
        ("CREDENTIALS_EXPOSURE", _I, _allow("secretsmanager:GetSecretValue")),
        ("DATA_EXFILTRATION", _I, _allow("s3:GetObject")),
        ("RESOURCE_EXPOSURE", _I, _allow("s3:PutBucketPolicy")),
        ("SAGEMAKER_PUBLIC_WORKTEAM", _I, _allow("sagemaker:CreateLabelingJob", "sagemaker:CreateFlowDefinition")),
        (
            "MFA_CONDITION_BYPASSED_WHEN_ABSENT",
            _I,
            _allow("ec2:*", Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}),
        ),
        (
            "MFA_CONDITION_BYPASSED_WHEN_ABSENT",
            _I,
            {**_allow("ec2:*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}}), "Effect": "Deny"},
        ),
        (
            "NEGATED_CONDITION_IS_NO_RESTRICTION",
            _I,
            _allow("iam:AttachUserPolicy", Condition={"StringNotEquals": {"aws:SourceVpc": "vpc-11223344"}}),
        ),
        ("PUBLIC_ACCESS", _R, _PUBLIC),
        (
            "CONFUSED_DEPUTY_SOURCE_TOO_WIDE",
            _R,
            {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": "arn:aws:sqs:us-east-1:111122223333:q",
                "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:topic"}},
            },
        ),
        ("WIDE_TRUST", _T, _WIDE),
        ("CONFUSED_DEPUTY_IN_TRUST", _T, {**_NARROW, "Principal": {"Service": "sagemaker.amazonaws.com"}}),
        (
            "PUBLIC_TRUST",
            _T,
            {
                "Effect": "Allow",
                "Principal": {"Federated": "accounts.google.com"},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringLike": {"accounts.google.com:sub": "*"}},
            },
        ),
    ],
)
@pytest.mark.parametrize(
    "beside",
    [
        {"Sid": "a Sid with blanks"},
        _MISSPELT,
        {"Comment": "what this is for"},
        {"Principal": {"AWS": "nobody at all"}},
        {"Action": "noaction"},
    ],
    ids=["Sid", "operator", "element", "principal", "action"],
)
def test_an_error_in_another_statement_hides_nothing(
    code: str, kind: PolicyKind, dangerous: dict[str, Any], beside: dict[str, Any]
) -> None:
    if kind is _R and "Sid" in beside:
        beside = {"Sid": 7}  # the services that keep resource policies take other Sids than IAM
    other = {_I: {**_READS, "Resource": "arn:aws:s3:::other/*"}, _R: {**_PUBLIC, "Principal": {"AWS": 12 * "1"}}}
    sound = _text(dangerous)
    found = one(tuple(_judged(_text(dangerous, {**other.get(kind, _NARROW), **beside}), kind)), code)
    known = one(tuple(_judged(sound, kind)), code)
    assert found.details == known.details
    assert [at.path for at in found.locations if at.path[1] == ("index", 0)] == [at.path for at in known.locations]
    assert found.assumption[0].startswith("AWS refuses the document as it stands")
    assert "statement 2" in found.assumption[0]
    assert found.assumption[1:] == known.assumption
    assert found.confidence is Confidence.INFERRED
    assert "AWS says nothing of a document that it refuses" in found.note


@pytest.mark.parametrize(
    "elements",
    [
        {"version": "2023-01-01"},
        {"version": 20121017},
        {"Comment": "what this is for"},
        {"Id": 7},
    ],
    ids=["Version", "number", "element", "Id"],
)
def test_an_error_of_the_document_hides_nothing(elements: dict[str, Any]) -> None:
    assert codes(tuple(_judged(_text(_ESCALATES, **elements), _I))) == ["PRIVILEGE_ESCALATION"]


@pytest.mark.parametrize(
    "changed",
    [
        {"Sid": "a Sid with blanks"},
        {"Sid": 7},
        {"Comment": "what this is for"},
        {"Action": ["iam:AttachUserPolicy", "noaction"]},
        {"Resource": ["*", 7]},
    ],
)
def test_what_bears_no_meaning_in_a_statement_is_taken_away(changed: dict[str, Any]) -> None:
    assert codes(tuple(_judged(_text({**_ESCALATES, **changed}), _I))) == ["PRIVILEGE_ESCALATION"]


def test_the_same_sid_twice_hides_nothing() -> None:
    found = _judged(_text({**_ESCALATES, "Sid": "Same"}, {**_READS, "Sid": "Same"}), _I)
    assert codes(tuple(found)) == ["PRIVILEGE_ESCALATION"]
    assert "statement 2 without Sid" in found[0].assumption[0]


@pytest.mark.parametrize(
    "changed",
    [
        _MISSPELT,
        {"Conditon": {"StringEquals": {"aws:username": "x"}}},
        {"StringEquals": {"aws:username": "x"}},
        {"Effect": "Alow"},
        {"Effect": None},
        {"Action": "iamAttachUserPolicy"},
        {"Principal": "*"},
        {"NotAction": "iam:*"},
        {"Condition": {"Null": {"aws:username": "maybe"}}},
    ],
)
def test_a_statement_that_the_error_touches_is_not_guessed_at(changed: dict[str, Any]) -> None:
    assert _judged(_text({**_ESCALATES, **changed}, _READS), _I) == []


@pytest.mark.parametrize(
    ("deny", "hidden"),
    [
        ({"Effect": "Deny", "Action": "iam:Attach*", "Resource": "*", **_MISSPELT}, True),
        ({"Effect": "Deny", "Action": "iamAttach", "Resource": "*"}, True),
        ({"Effect": "Deny", "Acton": "s3:*", "Resource": "*"}, True),
        ({"Effect": "deny", "Action": "iam:Attach*", "Resource": "*"}, True),
        ({"Action": "iam:Attach*", "Resource": "*"}, True),
        ({"Effect": "Deny", "NotAction": "s3:*", "Resource": "*", **_MISSPELT}, True),
        ({"Effect": "Deny", "Action": "iam:Attach*", "Resorce": "arn:aws:iam::*:role/*"}, True),
        ({"Effect": "Deny", "Action": "s3:*", "Resource": "*", **_MISSPELT}, False),
        ({"Effect": "Deny", "Action": "iam:Attach*", "Resource": "arn:aws:iam::*:role/*", **_MISSPELT}, False),
        ({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*", **_MISSPELT}, False),
        ({"Effect": "deny", "Action": "s3:*", "Resource": "*"}, False),
        ({"Action": "s3:*", "Resource": "*"}, False),
        (
            {
                "Effect": "Deny",
                "Action": "iam:Attach*",
                "Resource": 7,
                "Condition": {"StringEquals": {"aws:RequestedRegion": "x"}},
            },
            False,
        ),
    ],
)
def test_a_broken_deny_denies_all_that_it_may_mean(deny: dict[str, Any], hidden: bool) -> None:
    found = _judged(_text(_ESCALATES, deny), _I)
    assert codes(tuple(found)) == ([] if hidden else ["PRIVILEGE_ESCALATION"])
    assert hidden or "denying all that it may mean to deny" in found[0].assumption[0]


_DENIES = {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}


@pytest.mark.parametrize(
    "text",
    [
        _text(_ESCALATES, [_DENIES]),
        _text(_ESCALATES, Denied=[_DENIES]),
        _text(_ESCALATES, {**_DENIES, "Effect": "Allow", "effect": "Deny"}),
        _text(_ESCALATES, _DENIES).replace('"Effect": "Deny"', '"Effect": "Allow", "Effect": "Deny"'),
        _text(_ESCALATES, {**_READS, "Else": {"Deny": "iam:*"}}),
        _text({**_ESCALATES, "Deny": "iam:*"}),
    ],
    ids=["list", "document", "case", "twice", "nested", "element"],
)
def test_where_a_deny_may_stand_in_a_strange_place_nothing_is_told(text: str) -> None:
    assert _judged(text, _I) == []


@pytest.mark.parametrize("beside", ["Deny nothing", [_READS], 7])
def test_what_is_no_statement_and_no_deny_hides_nothing(beside: Any) -> None:
    text = _text(_ESCALATES, *([] if isinstance(beside, str) else [beside]), Comment=beside)
    assert codes(tuple(_judged(text, _I))) == ["PRIVILEGE_ESCALATION"]


def test_an_allow_by_a_misspelt_effect_is_left_out() -> None:
    found = _judged(_text(_ESCALATES, {"Efect": "Allow", "Action": "iam:*", "Resource": "*"}), _I)
    assert codes(tuple(found)) == ["PRIVILEGE_ESCALATION"]
    assert "statement 2, an Allow with an error in Efect, left out" in found[0].assumption[0]


def test_the_request_that_shows_it_names_the_text_without_what_is_refused() -> None:
    text = _text({**_ESCALATES, "Sid": "a Sid"}, {**_READS, **_MISSPELT})
    scenario = _judged(text, _I)[0].scenario
    assert scenario is not None
    (policy,) = scenario.policies.identity
    assert policy.name == MENDED
    assert json.loads(policy.text) == {"Version": "2012-10-17", "Statement": [_ESCALATES]}
    line = text[: text.index('"iam:AttachUserPolicy"')].count("\n")
    assert policy.text[: policy.text.index('"iam:AttachUserPolicy"')].count("\n") == line


def test_a_finding_points_at_the_text_as_it_stands() -> None:
    text = "\r\n" + _text({**_READS, **_MISSPELT}, {"Sid": "a Sid", **_ESCALATES})
    (at,) = _judged(text, _I)[0].locations
    assert text[at.span.start : at.span.end] == '"iam:AttachUserPolicy"'
    assert at.path == (("value", "Statement"), ("index", 1), ("value", "Action"))


def test_a_lone_statement_has_no_number() -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": {**_ESCALATES, "Sid": "a Sid"}})
    assert _judged(text, _I)[0].locations[0].path == (("value", "Statement"), ("value", "Action"))


def test_a_fix_changes_the_text_as_it_stands() -> None:
    tested = _allow("ec2:*", Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}})
    text = _text({"Sid": "a Sid", **tested})
    (fix,) = one(tuple(_judged(text, _I)), "MFA_CONDITION_BYPASSED_WHEN_ABSENT").fixes
    assert applied(text, fix) == text.replace('"BoolIfExists"', '"Bool"')


# -- JSON, templates ---------------------------------------------------------------------------------------------------


def test_broken_json_in_another_statement_hides_nothing() -> None:
    text = _text(_ESCALATES, _READS)
    found = _judged(text.replace('"s3:GetObject",', '"s3:GetObject"'), _I)
    assert codes(tuple(found)) == ["PRIVILEGE_ESCALATION"]
    assert "statement 2 left out, where the JSON is broken" in found[0].assumption[0]


@pytest.mark.parametrize("dangerous", [{"action": "s3:*", "told": True}, {"action": "iam:*", "told": False}])
@pytest.mark.parametrize("slip", [",", " // so far", " /* so\nfar */", ", /* so far */"])
def test_a_deny_with_a_slip_that_leaves_nothing_to_guess_is_read(slip: str, dangerous: dict[str, Any]) -> None:
    deny = {"Effect": "Deny", "Action": [dangerous["action"]], "Resource": "*", "Sid": "Last"}
    text = _text(_ESCALATES, deny)
    for place in ('"Last"', f'"{dangerous["action"]}"'):
        broken = text.replace(place, place + slip + "\n")
        assert parse(broken).problems
        found = _judged(broken, _I)
        assert codes(tuple(found)) == (["PRIVILEGE_ESCALATION"] if dangerous["told"] else [])
        assert all("the JSON mended" in f.assumption[0] for f in found)


def test_a_comment_that_quotes_something_may_be_part_of_the_deny() -> None:
    text = _text(_ESCALATES, {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Sid": "Last"})
    assert _judged(text.replace('"Last"', '"Last" // , "NotAction": "s3:*"\n'), _I) == []


@pytest.mark.parametrize("lost", ['"Effect": "Deny",', '"Effect": "Allow"', "]\n}"])
def test_broken_json_where_a_deny_may_be_hides_all(lost: str) -> None:
    text = _text(_ESCALATES, {**_READS, "Effect": "Deny"})
    assert _judged(text.replace(lost, lost.rstrip(",}\n")[:-1]), _I) == []


def test_what_a_template_leaves_open_hides_nothing_else() -> None:
    filled = {"Fn::Sub": "arn:${AWS::Partition}:s3:::b/*"}
    found = _judged(_text(_ESCALATES, {**_READS, "Resource": filled}), _I)
    assert codes(tuple(found)) == ["PRIVILEGE_ESCALATION"]
    assert found[0].assumption[0].startswith("The document is a template")
    assert "AWS says nothing" not in found[0].note


def test_a_string_that_a_template_leaves_open_is_nothing_that_aws_refuses() -> None:
    own = {**_WIDE, "Principal": {"AWS": "arn:aws:iam::${AWS::AccountId}:root"}}
    (found,) = _judged(_text(own, _WIDE), _T)
    assert found.assumption[0].startswith("The document is a template")
    assert "statement 1, an Allow with what the template leaves open in Principal, left out" in found.assumption[0]
    (beside,) = _judged(_text({**own, "Action": "noaction"}, _WIDE), _T)
    assert beside.assumption[0].startswith("AWS refuses the document as it stands")


@pytest.mark.parametrize("filled", [{"Ref": "Who"}, "arn:aws:iam::${Account}:user/x", {"Fn::If": ["a", "b", "c"]}])
@pytest.mark.parametrize(("action", "hidden"), [("iam:Attach*", True), ("s3:*", False)])
def test_a_deny_that_a_template_leaves_open_denies_anything(filled: Any, action: str, hidden: bool) -> None:
    deny = {"Effect": "Deny", "Action": action, "Resource": [filled]}
    assert codes(tuple(_judged(_text(_ESCALATES, deny), _I))) == ([] if hidden else ["PRIVILEGE_ESCALATION"])


def test_a_public_statement_with_placeholders_is_judged_as_before() -> None:
    filled = {**_PUBLIC, "Resource": {"Fn::Sub": "${Bucket.Arn}/*"}}
    (as_before,) = _judged(_text(filled), _R)
    (beside_an_error,) = _judged(_text(filled, {**_PUBLIC, "Principal": {"AWS": "nobody"}}), _R)
    assert as_before.assumption == ()
    assert beside_an_error.assumption[0].startswith("AWS refuses")


# -- a project ---------------------------------------------------------------------------------------------------------


def test_what_a_project_says_counts_beside_a_document_with_an_error() -> None:
    text = _text(_ESCALATES, {**_READS, "Sid": "a Sid"})
    boundary = NamedPolicy("boundary", _text(_allow("s3:*")))
    member = Member("ann", "arn:aws:iam::111122223333:user/ann", PolicySet((NamedPolicy("own", text),)))
    bounded = Member(member.name, member.arn, PolicySet(member.policies.identity, permissions_boundary=boundary))
    for who, expected in ((member, ["PRIVILEGE_ESCALATION"]), (bounded, [])):
        around = Surroundings("own", "111122223333", (who,))
        context = CheckContext(read(parse(text), _I), catalog(), around=around)
        found, failed = run_checks(context)
        assert failed == ()
        assert [f.code for f in found if f.code == "PRIVILEGE_ESCALATION"] == expected


# -- all documents -----------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(statements()), min_size=1, max_size=3), st.data())
def test_a_bad_sid_keeps_every_finding_of_a_sound_document(own: list[dict[str, Any]], data: st.DataObject) -> None:
    own = [{k: v for k, v in s.items() if k != "Sid"} for s in own]
    kind = guess_kind(parse(_text(*own)))
    assume(refusal(read(parse(_text(*own)), kind)) is None)
    number = data.draw(st.integers(0, len(own) - 1))
    refused = [{"Sid": "not a Sid", **s} if i == number else s for i, s in enumerate(own)]
    if kind is _R:
        refused[number]["Comment"] = "what this is for"

    def told(statements: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
        found = [f for f in _judged(_text(*statements), kind) if f.origin is Origin.WORKBENCH]
        return sorted((f.code, f.details, tuple(at.path for at in f.locations)) for f in found)

    assert told(refused) == told(own)


@pytest.mark.parametrize("kind", list(PolicyKind))
def test_every_example_with_an_unknown_element_is_judged(kind: PolicyKind) -> None:
    for document in examples()[0]:
        if isinstance(document, dict):
            _judged(json.dumps({**document, "Comment": "what this is for"}), kind)
