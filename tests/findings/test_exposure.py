"""Calls that expose, granted on whatever there is; replayed on AWS's and real policies. Source: spec findings.md
section 3.5."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from tests.findings.helpers import KINDS, catalog, codes, context, statement
from tests.support import shared
from workbench.evaluation.catalog_facts import CatalogFacts
from workbench.evaluation.decision import Outcome
from workbench.evaluation.judge import Judge
from workbench.findings import administrator, confused_deputy, escalation, exposure, public_access, wide_trust
from workbench.findings.exposure import FAMILIES, exposing_actions
from workbench.findings.model import Finding
from workbench.findings.registry import run_checks
from workbench.findings.sagemaker_traps import CHECKS as TRAPS

_JUDGE = Judge(CatalogFacts(catalog))
_CHECKS = (*administrator.CHECKS, *exposure.CHECKS)
_ALL = (*_CHECKS, *escalation.CHECKS, *public_access.CHECKS, *wide_trust.CHECKS, *confused_deputy.CHECKS, *TRAPS)
_LISTED = [(family.code, action) for family in FAMILIES for action in exposing_actions(family.code)]


def _found(*statements: dict[str, Any]) -> tuple[Finding, ...]:
    found, failed = run_checks(context(statement(json.dumps(statements))), _CHECKS)
    assert failed == ()
    for finding in found:
        assert finding.scenario is not None
        assert _JUDGE.decide(finding.scenario).outcome is Outcome.ALLOWED
        assert finding.assumption == ()
    return found


def _allow(action: str | list[str], resource: str | list[str] = "*", **condition: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {**made, "Condition": condition} if condition else made


@pytest.mark.parametrize(("code", "action"), _LISTED, ids=[f"{code[:4]} {action}" for code, action in _LISTED])
def test_every_listed_action_is_known_and_found(code: str, action: str) -> None:
    known = catalog().action(action)
    assert known is not None
    assert (known.status, known.full_name) == ("current", action)
    found = codes(_found(_allow(action)))
    assert (code in found) is bool(known.rows)


def test_what_takes_no_resource_is_named_beside_others() -> None:
    assert _found(_allow("ecr:GetAuthorizationToken")) == ()
    (finding,) = _found(_allow(["ecr:GetAuthorizationToken", "secretsmanager:GetSecretValue"]))
    assert "ecr:GetAuthorizationToken" in finding.details
    assert finding.scenario is not None
    assert finding.scenario.request.action == "secretsmanager:GetSecretValue"


@pytest.mark.parametrize(
    "resource",
    ["*", "arn:aws:s3:::*", "arn:aws:s3:::*/*"],
)
def test_a_whole_type_is_as_wide_as_everything(resource: str) -> None:
    assert codes(_found(_allow("s3:GetObject", resource))) == ["DATA_EXFILTRATION"]


@pytest.mark.parametrize("resource", ["arn:aws:s3:::b/*", "arn:aws:s3:::app-*", "arn:aws:s3:::${aws:username}/*"])
def test_a_named_resource_is_not(resource: str) -> None:
    assert _found(_allow("s3:GetObject", resource)) == ()


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}},
        {"StringEquals": {"aws:ResourceTag/team": "a"}},
        {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"StringEquals": {"s3:ExistingObjectTag/open": "yes"}},
    ],
    ids=lambda c: next(iter(next(iter(c.values())))),
)
def test_a_condition_that_narrows_is_silent(condition: dict[str, Any]) -> None:
    assert _found(_allow("s3:GetObject", **condition)) == ()


def test_a_condition_that_the_caller_meets_as_he_likes_is_not_narrow() -> None:
    assert codes(_found(_allow("s3:GetObject", StringEquals={"aws:RequestedRegion": "us-east-1"})))


def test_a_deny_is_honored() -> None:
    get = _allow("s3:GetObject")
    assert _found(get, {"Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}) == ()
    network = {"StringNotEquals": {"aws:SourceVpce": "vpce-11223344"}}
    assert _found(get, {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": network}) == ()
    one = {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::secret/*"}
    assert codes(_found(get, one)) == ["DATA_EXFILTRATION"]


def test_one_finding_a_family_for_a_whole_service() -> None:
    found = _found(_allow("s3:*"))
    assert sorted(codes(found)) == ["DATA_EXFILTRATION", "RESOURCE_EXPOSURE"]
    assert all(len(finding.locations) == 1 for finding in found)


@pytest.mark.parametrize("source", ["managed-policies", "real-policies"])
def test_every_scenario_of_a_finding_is_allowed_when_it_is_replayed(source: str) -> None:
    kinds = dict(zip(("identity", "resource", "trust", "scp", "rcp"), KINDS.values(), strict=True))
    replayed = 0
    with gzip.open(shared(f"data/{source}.jsonl.gz"), "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for row in rows:
        text = row["raw"] if "raw" in row else json.dumps(row["document"])
        found, failed = run_checks(context(text, kinds[row.get("kind", "identity")]), _ALL)
        assert failed == ()
        for finding in found:
            if finding.type == "SECURITY_WARNING":
                assert finding.scenario is not None, (row, finding)
            if finding.scenario is not None:
                replayed += 1
                outcome = _JUDGE.prepare(finding.scenario).outcome()
                assert outcome is Outcome.ALLOWED, (row.get("name", row.get("id")), finding)
    assert replayed > 200
