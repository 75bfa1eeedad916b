"""Suppressions and identities: what an entry means, what survives an edit, what is stale. findings.md section 5."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.findings.helpers import context, findings, one, statement
from workbench.document.nodes import Document
from workbench.findings.identity import Baseline, Identity, identity_of
from workbench.findings.model import Finding, Suppressed
from workbench.findings.suppressions import Suppression, proposed, suppress, why_stale

TODAY = date(2026, 6, 1)
REASON = "accepted until the new catalog"
BAD = statement(
    '[{"Sid":"Own","Effect":"Allow","Action":["s3:GetObjct","s3:PutObjct"],"Resource":"*"},'
    '{"Effect":"Allow","Action":"s3:GetObjct","Resource":"*"}]'
)


def document(text: str) -> Document:
    return context(text).document


def entry(**said: object) -> Suppression:
    given = {"code": "INVALID_ACTION", "file": "p.json", "reason": REASON, "expires": date(2027, 1, 1)}
    return Suppression(**{**given, **said})  # type: ignore[arg-type]


def suppressed(text: str, *entries: Suppression, file: str = "p.json", within: str = "") -> list[str]:
    """The first values of what is marked."""
    doc = document(text)
    applied = suppress(findings(text), doc, file, entries, TODAY, within)
    return [text[f.span.start : f.span.end] for f in applied.findings if f.suppressed]


@pytest.mark.parametrize(
    ("said", "marked"),
    [
        ({}, 3),
        ({"file": "*.json"}, 3),
        ({"file": "q.json"}, 0),
        ({"code": "INVALID_SERVICE"}, 0),
        ({"path": "Statement[0]"}, 2),
        ({"path": "Statement[0].Action[1]"}, 1),
        ({"path": "Statement[0].Act"}, 0),
        ({"path": "Statement[1].Action"}, 1),
        ({"sid": "Own"}, 2),
        ({"sid": "Other"}, 0),
        ({"sid": "Own", "value": "s3:PutObjct"}, 1),
        ({"path": "Statement[0].Action[0]", "value": "s3:Else"}, 0),
        ({"expires": date(2026, 6, 1)}, 3),
        ({"expires": date(2026, 5, 31)}, 0),
    ],
)
def test_what_an_entry_means(said: dict[str, object], marked: int) -> None:
    assert len(suppressed(BAD, entry(**said))) == marked


def test_a_mark_carries_who_said_why_and_until_when() -> None:
    applied = suppress(findings(BAD), document(BAD), "p.json", [entry(author="ann")], TODAY)
    assert one_of(applied.findings).suppressed == Suppressed(REASON, "ann", "2027-01-01")


def one_of(found: tuple[Finding, ...]) -> Finding:
    return next(f for f in found if f.code == "INVALID_ACTION")


def test_an_expired_entry_gives_its_finding_back_with_the_old_reason() -> None:
    old = entry(expires=date(2026, 1, 1))
    applied = suppress(findings(BAD), document(BAD), "p.json", [old], TODAY)
    assert applied.used == frozenset()
    finding = one_of(applied.findings)
    assert finding.suppressed is None
    assert finding.note.endswith(f"suppressed until 2026-01-01: {REASON}")


def test_a_sid_survives_reordering_and_a_path_does_not() -> None:
    turned = statement(
        '[{"Effect":"Allow","Action":"s3:GetObjct","Resource":"*"},'
        '{"Sid":"Own","Effect":"Allow","Action":["s3:GetObjct","s3:PutObjct"],"Resource":"*"}]'
    )
    assert len(suppressed(turned, entry(sid="Own"))) == 2
    assert suppressed(turned, entry(path="Statement[0].Action[1]", value="s3:PutObjct")) == []


def test_in_a_file_of_several_policies_the_path_may_begin_with_the_policy() -> None:
    path = "Resources.R.Policy.Statement[0].Action[0]"
    assert len(suppressed(BAD, entry(path=path), within="Resources.R.Policy")) == 1
    assert suppressed(BAD, entry(path=path), within="Resources.Q.Policy") == []
    assert len(suppressed(BAD, entry(path="Resources.R"), within="Resources.R.Policy")) == 3


def test_a_single_statement_has_no_number() -> None:
    text = statement('{"Sid":"A","Effect":"Allow","Action":"s3:GetObjct","Resource":"*"}')
    assert len(suppressed(text, entry(path="Statement.Action"))) == 1
    assert len(suppressed(text, entry(sid="A"))) == 1


@pytest.mark.parametrize("code", ["JSON_SYNTAX_ERROR", "TEMPLATE_NOT_RESOLVED"])
def test_what_is_never_suppressed_stays(code: str) -> None:
    text = '{"Statement": [}' if code == "JSON_SYNTAX_ERROR" else statement('{"Resource": "<account>"}')
    finding = one(findings(text), code)
    assert suppress([finding], document(text), "p.json", [entry(code=code)], TODAY).findings == (finding,)
    with pytest.raises(ValueError, match="cannot be suppressed"):
        proposed(finding, document(text), "p.json", REASON, None)


def test_what_is_proposed_suppresses_the_finding_and_no_other() -> None:
    doc, found = document(BAD), findings(BAD)
    actions = [f for f in found if f.code == "INVALID_ACTION"]
    for finding in actions:
        made = proposed(finding, doc, "p.json", REASON, date(2027, 1, 1))
        marked = [f for f in suppress(found, doc, "p.json", [made], TODAY).findings if f.suppressed]
        assert [replace(f, suppressed=None) for f in marked] == [finding]
    by_sid = proposed(actions[0], doc, "p.json", REASON, date(2027, 1, 1))
    assert (by_sid.sid, by_sid.path, by_sid.value) == ("Own", "", "s3:GetObjct")
    by_path = proposed(actions[2], doc, "p.json", REASON, date(2027, 1, 1))
    assert (by_path.sid, by_path.path) == ("", "Statement[1].Action")


@pytest.mark.parametrize(
    ("reason", "expires", "says"),
    [("too short", date(2027, 1, 1), "at least 10 characters"), (REASON, None, "say with expires until when")],
)
def test_a_proposal_without_reason_or_end_is_refused(reason: str, expires: date | None, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        proposed(one_of(findings(BAD)), document(BAD), "p.json", reason, expires)


@pytest.mark.parametrize(
    ("said", "seen", "says"),
    [
        ({"expires": date(2026, 1, 1)}, True, "expired on 2026-01-01"),
        ({}, False, "names p.json, which is not there"),
        ({"path": "Statement[9]"}, True, "no INVALID_ACTION at Statement[9] of p.json any more"),
        ({"sid": "A", "value": "x"}, True, "in the statement A of p.json that still says x any more"),
    ],
)
def test_a_stale_entry_says_why(said: dict[str, object], seen: bool, says: str) -> None:
    assert says in why_stale(entry(**said), TODAY, file_seen=seen)


# -- identities ------------------------------------------------------------------------------------------------------


def identities(text: str) -> list[Identity]:
    return [identity_of(f, document(text), "p.json") for f in findings(text)]


@pytest.mark.parametrize(
    "changed",
    [
        "\n\n" + BAD,
        BAD.replace('"s3:GetObjct","s3:PutObjct"', '"s3:ListBucket", "s3:PutObjct",\n "s3:GetObjct"'),
        BAD.replace("[{", '[{"Sid":"N","Effect":"Deny","Action":"s3:x*","Resource":"*"},{', 1),
    ],
)
def test_what_moves_stays_what_it_was(changed: str) -> None:
    baseline = Baseline(identities(BAD))
    actions = [i for i in identities(changed) if i.code == "INVALID_ACTION"]
    assert len(actions) == 3
    assert all(baseline.takes(identity) for identity in actions)


@pytest.mark.parametrize(
    "changed",
    [
        BAD.replace("PutObjct", "PutObjectt"),
        BAD.replace('"Action":["s3:GetObjct",', '"Action":["s3:GetObjct","s3:GetObjct",'),
        BAD.replace('"Own"', '"Else"'),
    ],
)
def test_what_is_new_or_one_more_is_new(changed: str) -> None:
    baseline = Baseline(identities(BAD))
    assert not all(baseline.takes(i) for i in identities(changed) if i.code == "INVALID_ACTION")


def test_a_baseline_takes_each_finding_once() -> None:
    [identity, *_] = identities(BAD)
    baseline = Baseline([identity])
    assert [baseline.takes(identity), baseline.takes(identity)] == [True, False]
