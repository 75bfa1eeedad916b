"""Many statements that let anybody in: each is told, at a cost that grows with their number and no faster."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.findings.helpers import catalog, context, statement
from workbench.evaluation.catalog_facts import CatalogFacts
from workbench.evaluation.compiled import CompiledStatement
from workbench.evaluation.decision import Outcome
from workbench.evaluation.judge import Judge
from workbench.evaluation.request import Scenario
from workbench.findings import public_access
from workbench.findings.context import CheckContext, UndecidedError
from workbench.findings.model import Finding
from workbench.policy.kinds import PolicyKind
from workbench.proof import askers, formulas, public, questions

QUEUE = "arn:aws:sqs:us-east-1:111122223333:q"


def many(count: int, *others: dict[str, Any]) -> CheckContext:
    """Statements for everybody, each about a queue and a tag of its own."""
    own = (
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "sqs:SendMessage",
            "Resource": f"{QUEUE}{n}",
            "Condition": {"StringEquals": {"aws:PrincipalTag/team": f"t{n}"}},
        }
        for n in range(count)
    )
    return context(statement(json.dumps([*own, *others])), PolicyKind.RESOURCE)


def test_every_statement_is_told() -> None:
    found = list(public_access.public_access(many(150)))
    assert [finding.locations[0].path[1] for finding in found] == [("index", n) for n in range(150)]
    assert all(finding.scenario is not None for finding in found)


def test_what_one_deny_closes_is_not() -> None:
    closed = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": f"{QUEUE}3"}
    found = list(public_access.public_access(many(6, closed)))
    assert [finding.locations[0].path[1] for finding in found] == [("index", n) for n in (0, 1, 2, 4, 5)]


def test_twice_the_statements_make_twice_the_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    made = 0
    original = formulas.Body.__init__

    def counted(self: formulas.Body, *given: Any) -> None:
        nonlocal made
        made += 1
        original(self, *given)

    monkeypatch.setattr(formulas.Body, "__init__", counted)
    counts = []
    for count in (20, 40):
        made = 0
        assert len(list(public_access.public_access(many(count)))) == count
        counts.append(made)
    assert counts[1] <= 2 * counts[0]


def test_a_statement_is_asked_about_at_the_same_cost_among_few_and_among_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replays look at no more of the document, and those who ask are made once for all statements alike."""
    looks = made = 0
    look, make = CompiledStatement.names_canonical_user.fget, askers.anybody
    assert look is not None

    def looked(self: CompiledStatement) -> bool:
        nonlocal looks
        looks += 1
        return look(self)

    def counted(sample: str, partition: str) -> list[askers.Asker]:
        nonlocal made
        made += 1
        return make(sample, partition)

    monkeypatch.setattr(CompiledStatement, "names_canonical_user", property(looked))
    monkeypatch.setattr(public, "anybody", counted)
    public._askers.cache_clear()
    counts = []
    for count in (23, 46):  # documents of no other test, which would be known already
        looks = 0
        assert len(list(public_access.public_access(many(count)))) == count
        counts.append(looks)
    assert 0 < counts[1] <= 2 * counts[0]
    assert made == 1


def test_what_nobody_would_believe_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one odd request was found, a second one for another caller would be no better."""
    source = {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::team-*"}}  # only services send it, by what AWS documents
    policy = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": QUEUE, "Condition": source}
    replayed = []
    original = questions.outcome

    def counted(judge: Judge, scenario: Scenario) -> Outcome | None:
        replayed.append(scenario)
        return original(judge, scenario)

    monkeypatch.setattr(questions, "outcome", counted)
    [finding] = public_access.public_access(context(statement(json.dumps([policy])), PolicyKind.RESOURCE))
    assert finding.assumption
    assert len({scenario.request.principal for scenario in replayed}) == 1


OWN_ACCOUNT = {"aws:PrincipalAccount": "${aws:ResourceAccount}"}
OWN_ORGANIZATION = {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}
PLACES = (("sqs:SendMessage", QUEUE), ("s3:GetObject", "arn:aws:s3:::b/*"))


@pytest.mark.parametrize(("action", "resource"), PLACES)
@pytest.mark.parametrize("inside", [OWN_ACCOUNT, OWN_ORGANIZATION])
def test_who_is_of_the_resources_own_account_or_organization_is_not_the_public(
    action: str, resource: str, inside: dict[str, str]
) -> None:
    def told(**condition: Any) -> list[Finding]:
        one = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource, "Condition": condition}
        return list(public_access.public_access(context(statement(json.dumps([one])), PolicyKind.RESOURCE)))

    assert not told(StringEquals=inside)
    [others] = told(StringNotEquals=inside)
    [tagged] = told(StringEquals={"aws:PrincipalTag/owner": "${aws:ResourceAccount}"})
    for finding in (others, tagged):
        assert finding.scenario is not None
        assert Judge(CatalogFacts(catalog)).decide(finding.scenario).outcome is Outcome.ALLOWED
        asked = finding.scenario.request
        assert asked.context.get("aws:ResourceAccount", asked.resource_account) == asked.resource_account
        assert asked.resource_account not in asked.principal.arn.split(":")


def test_what_is_not_decided_is_said_beside_what_is(monkeypatch: pytest.MonkeyPatch) -> None:
    often = iter((100, 0, 100))
    monkeypatch.setattr(public_access, "_asked_too_often", lambda left=often: _patience(next(left)))
    with pytest.raises(UndecidedError) as raised:
        list(public_access.public_access(many(3)))
    assert [finding.locations[0].path[1] for finding in raised.value.found] == [("index", 0), ("index", 2)]


def _patience(times: int) -> Any:
    asked = iter(range(times))
    return lambda: next(asked, None) is None
