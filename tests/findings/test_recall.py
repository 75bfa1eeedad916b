"""What is kept of statements from one run to the next: nobody can tell from the findings, only from the work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.findings.drawn import changed, statements
from tests.findings.helpers import context
from workbench.findings.codes import CODES
from workbench.findings.context import Check, CheckContext, document_place
from workbench.findings.model import Finding
from workbench.findings.recall import Recall
from workbench.findings.registry import REGISTRY, run_checks
from workbench.policy.kinds import RESOURCE_TYPES, PolicyKind

_PIECES = (
    "",
    '"',
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\\",
    "*",
    "${Stage}",
    "${aws:username}",
    "{{x}}",
    "\n",
    " ",
    "\r\n    ",
)


def _document(random: Random) -> str:
    chosen = random.choices(statements(), k=random.randint(1, 6))
    listed = [changed(s, random) if random.random() < 0.3 else s for s in chosen]
    document = {"Version": random.choice(["2012-10-17", "2012-10-17", "2008-10-17", 3]), "Statement": listed}
    if random.random() < 0.2:
        del document["Version"]
    if random.random() < 0.1:
        document["Statement"] = listed[0]
    return json.dumps(document, indent=random.choice([None, 2, 4, "\t"]))


def _edited(text: str, random: Random) -> str:
    """The text after what somebody might do to it: type, delete, paste a statement, put one elsewhere, lay it out."""
    kind = random.randrange(6)
    if kind > 1:
        try:
            document = json.loads(text)
            listed = document["Statement"]
            if kind == 2:
                document["Version"] = random.choice(["2012-10-17", "2008-10-17"])
            elif kind == 3:
                listed.insert(random.randint(0, len(listed)), random.choice(statements()))
            elif kind == 4:
                listed.insert(random.randint(0, len(listed)), listed.pop(random.randrange(len(listed))))
            else:
                at = random.randrange(len(listed))
                listed[at] = changed(listed[at], random)
            return json.dumps(document, indent=random.choice([None, 2, 2, 2]))
        except (ValueError, LookupError, TypeError, AttributeError):
            pass
    at = random.randint(0, len(text))
    return text[:at] + random.choice(_PIECES) + text[at + random.choice([0, 0, 1, 2, 9]) :]


@settings(max_examples=120, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(PolicyKind), st.sampled_from([None, *RESOURCE_TYPES]))
def test_after_any_edits_the_findings_are_those_of_a_run_without_memory(
    random: Random, kind: PolicyKind, resource_type: str | None
) -> None:
    recall = Recall()
    text = _document(random)
    for _ in range(5):
        assert run_checks(context(text, kind, resource_type), recall=recall) == run_checks(
            context(text, kind, resource_type)
        )
        before, text = text, _edited(text, random)
    run_checks(context(text, kind, resource_type), recall=recall)
    assert run_checks(context(before, kind, resource_type), recall=recall) == run_checks(
        context(before, kind, resource_type)
    )


@pytest.mark.parametrize("kind", PolicyKind)
def test_a_local_check_says_of_all_statements_what_it_says_of_each(kind: PolicyKind) -> None:
    whole = context(json.dumps({"Version": "2012-10-17", "Statement": statements()}), kind)
    assert len(whole.statements) > 150
    for check in REGISTRY:
        if check.local and any(kind in CODES[code].kinds for code in check.codes):
            alone = [f for s in whole.statements for f in check.run(whole.only((s,)))]
            together = list(check.run(whole))
            assert len(together) == len(alone), check.name
            assert all(finding in alone for finding in together), check.name


def _counting(seen: dict[str, int]) -> tuple[Check, ...]:
    """The local checks, which note how many statements they are given."""

    def counted(check: Check) -> Check:
        def run(given: CheckContext) -> Iterator[Finding]:
            seen[check.name] = seen.get(check.name, 0) + len(given.statements)
            return check.run(given)

        return replace(check, run=run)

    return tuple(counted(check) for check in REGISTRY if check.local)


def _many(names: list[str]) -> str:
    listed = [{"Sid": n, "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"} for n in names]
    return json.dumps({"Version": "2012-10-17", "Statement": listed}, indent=2)


def test_an_edit_in_one_of_200_statements_is_checked_in_that_one_alone() -> None:
    seen: dict[str, int] = {}
    checks, recall = _counting(seen), Recall()
    names = [f"S{number}" for number in range(200)]
    run_checks(context(_many(names)), checks, recall)
    assert len(seen) > 30
    assert set(seen.values()) == {200}
    for change in ({77: "Other"}, {77: "OneMore"}, {0: "First", 199: "Last"}):
        seen.clear()
        for index, name in change.items():
            names[index] = name
        run_checks(context(_many(names)), checks, recall)
        assert set(seen.values()) == {len(change)}
    seen.clear()
    run_checks(context(_many(names[1:])), checks, recall)  # all others only move
    assert seen == {}


def test_what_is_kept_has_an_end() -> None:
    seen: dict[str, int] = {}
    text = _many(["A", "B", "C", "D"])
    one = len(text) // 4
    checks, recall = _counting(seen), Recall(most=2 * one)
    for _ in range(2):
        run_checks(context(text), checks, recall)
    assert set(seen.values()) <= {6, 8}
    assert run_checks(context(text), recall=recall) == run_checks(context(text))
    assert run_checks(context(text), recall=Recall(most=0)) == run_checks(context(text))


def _of_the_document(given: CheckContext) -> Iterator[Finding]:
    yield given.report("MISSING_VERSION", f"{len(given.statements)} statements.", document_place(given))


def test_of_a_check_that_speaks_of_anything_else_nothing_is_kept() -> None:
    checks, recall = (Check("wrongly local", ("MISSING_VERSION",), _of_the_document, local=True),), Recall()
    for names in (["A", "B"], ["A", "B", "C"]):
        found, _ = run_checks(context(_many(names)), checks, recall)
        assert [f.details for f in found] == [f"{len(names)} statements."]


def _fails_at_x(given: CheckContext) -> Iterator[Finding]:
    for statement in given.statements:
        if statement.sid is not None and statement.sid.value == "X":
            raise ValueError("X")
        yield given.report("RETIRED_ACTION", "Here.", statement.place)


def test_a_check_that_fails_at_one_statement_says_nothing_until_that_is_mended() -> None:
    checks, recall = (Check("one that fails", ("RETIRED_ACTION",), _fails_at_x, local=True),), Recall()
    for names in (["A", "B"], ["A", "X"], ["A", "X", "C"], ["A", "C"]):
        again = run_checks(context(_many(names)), checks, recall)
        assert again == run_checks(context(_many(names)), checks)
        assert bool(again[1]) == ("X" in names)


def test_several_threads_may_share_what_is_kept() -> None:
    recall = Recall(most=20_000)
    random = Random(5)
    texts = [_document(random) for _ in range(12)]
    expected = [run_checks(context(text)) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            assert list(pool.map(lambda text: run_checks(context(text), recall=recall), texts)) == expected


_EMPTY = '{"Effect":"Allow","Action":[],"Resource":"*"}'
_OTHER = '{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}'
_UNKNOWN_KEY = '{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::${own:key}/*"}'
_PLACEHOLDER = '{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::${Bucket}/*"}'
_SERVICE = """{
  "Effect": "Allow",
  "Principal": {"Service": "sns.amazonaws.com"},
  "Action": "sqs:SendMessage",
  "Resource": "arn:aws:sqs:eu-west-1:111122223333:q"
}"""


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ([_EMPTY], [_EMPTY, _OTHER], PolicyKind.IDENTITY),
        ([_UNKNOWN_KEY, _PLACEHOLDER], [_UNKNOWN_KEY, _OTHER], PolicyKind.IDENTITY),
        ([f"\n {_SERVICE}"], [f"\n{_SERVICE}"], PolicyKind.RESOURCE),
    ],
)
def test_what_stands_around_a_statement_counts_where_it_matters(
    before: list[str], after: list[str], kind: PolicyKind
) -> None:
    recall = Recall()
    said = []
    for listed in (before, after):
        given = context(f'{{"Version":"2012-10-17","Statement":[{",".join(listed)}]}}', kind)
        found = run_checks(given)
        assert run_checks(given, recall=recall) == found
        first = given.statements[0].path
        fixes = [
            (f.code, e.text) for f in found[0] if f.locations[0].path[:2] == first for x in f.fixes for e in x.edits
        ]
        said.append(([f.code for f in found[0] if f.locations[0].path[:2] == first], fixes))
    assert said[0] != said[1]


def test_a_statement_that_a_fix_adds_at_the_end_of_the_list_stands_there_when_the_list_is_longer() -> None:
    passing = (
        '{"Effect":"Allow","Action":["iam:PassRole","ec2:RunInstances"],"Resource":"*",'
        '"Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}}'
    )
    recall = Recall()
    for listed in ([_OTHER, passing], [_OTHER, passing, _EMPTY], [_OTHER, passing]):
        given = context(f'{{"Version":"2012-10-17","Statement":[{",".join(listed)}]}}')
        found = run_checks(given)
        assert "UNSUPPORTED_ACTION_FOR_CONDITION_KEY" in [f.code for f in found[0]]
        assert run_checks(given, recall=recall) == found
