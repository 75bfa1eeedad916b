"""The engine against a second evaluator that shares no code with it (tests/reference), on whole scenarios drawn by
hypothesis. A long run is in workbench/README.md."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings

from tests.evaluation.drawn import ANN, CASES, NOW, SIGNED, FewFacts, scenarios
from tests.reference.documents import RefusedDocument
from tests.reference.evaluator import decide as reference_decides
from workbench.errors import ScenarioError
from workbench.evaluation.judge import Judge
from workbench.evaluation.scenario_reader import read_scenario


def both(scenario: dict[str, Any]) -> tuple[str, str]:
    """What the engine and what the reference answer; `refused` for a policy that AWS would not take."""
    try:
        engine = str(Judge(FewFacts(), lambda: NOW).decide(read_scenario(json.dumps(scenario))).outcome)
    except ScenarioError:
        engine = "refused"
    try:
        reference = reference_decides(scenario, NOW)
    except RefusedDocument:
        reference = "refused"
    return engine, reference


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(scenarios())
def test_engine_and_reference_agree(scenario: dict[str, Any]) -> None:
    engine, reference = both(scenario)
    assert engine == reference


def test_a_stated_age_of_mfa_means_that_mfa_was_used() -> None:
    statement = {**statement_for("s3:GetObject"), "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
    request = {"principal": SIGNED[0], "action": "s3:GetObject", "resource": "arn:aws:s3:::bucket/x"}
    aged = {**request, "context": {"aws:MultiFactorAuthAge": "3600"}}
    identity = [{"name": "identity", "document": {"Version": "2012-10-17", "Statement": [statement]}}]
    assert both({"request": aged, "policies": {"identity": identity}}) == ("allowed", "allowed")
    assert both({"request": request, "policies": {"identity": identity}}) == ("implicitDeny", "implicitDeny")


def test_a_federated_session_with_its_makers_boundary_is_hit_by_not_principal() -> None:
    def document(*found: dict[str, Any]) -> dict[str, Any]:
        return {"name": "p", "document": {"Version": "2012-10-17", "Statement": list(found)}}

    deny = {**statement_for("s3:GetObject"), "Effect": "Deny", "NotPrincipal": "*"}
    request = {"principal": SIGNED[6], "action": "s3:GetObject", "resource": "arn:aws:s3:::bucket/x"}
    everything = document(statement_for("*"))
    attached = {"identity": [everything], "session": [everything], "resource": document(deny)}
    assert both({"request": request, "policies": attached}) == ("allowed", "allowed")
    bounded = {**attached, "permissionsBoundary": everything}
    assert both({"request": request, "policies": bounded}) == ("explicitDeny", "explicitDeny")


def test_root_has_no_boundary_that_not_principal_could_hit() -> None:
    def document(*found: dict[str, Any]) -> dict[str, Any]:
        return {"name": "p", "document": {"Version": "2012-10-17", "Statement": list(found)}}

    deny = {**statement_for("*"), "Effect": "Deny", "NotPrincipal": "*"}
    allow = {**statement_for("*"), "Principal": "*"}
    attached = {"permissionsBoundary": document(statement_for("*")), "vpcEndpoint": document(deny, allow)}
    request = {"principal": SIGNED[5], "action": "ec2:DescribeInstances", "resource": "*"}
    assert both({"request": request, "policies": attached}) == ("allowed", "allowed")
    assert both({"request": {**request, "principal": SIGNED[0]}, "policies": attached})[0] == "explicitDeny"


def test_a_federated_session_made_by_root_has_no_identity_policies_and_no_boundary() -> None:
    everything, nothing = statement_for("*"), {**statement_for("*"), "Effect": "Deny"}
    made = {"principal": SIGNED[6], "federatedBy": SIGNED[5], "action": "s3:GetObject", "resource": "arn:aws:s3:::b/x"}

    def document(found: dict[str, Any]) -> dict[str, Any]:
        return {"name": "p", "document": {"Version": "2012-10-17", "Statement": found}}

    attached = {"session": [document(everything)]}
    assert both({"request": made, "policies": attached}) == ("allowed", "allowed")
    denied = {**attached, "identity": [document(nothing)], "permissionsBoundary": document(nothing)}
    assert both({"request": made, "policies": denied}) == ("allowed", "allowed")
    assert both({"request": {**made, "federatedBy": ANN}, "policies": denied}) == ("explicitDeny", "explicitDeny")


def test_a_role_is_named_for_its_session_whatever_path_it_has() -> None:
    request = {"principal": SIGNED[2], "action": "s3:GetObject", "resource": "arn:aws:s3:::b/x"}
    for role, outcome in (("path/dev", "allowed"), ("dev", "allowed"), ("dev/other", "implicitDeny")):
        found = {**statement_for("*"), "Principal": {"AWS": f"{SIGNED[5].removesuffix('root')}role/{role}"}}
        resource = {"name": "p", "document": {"Version": "2012-10-17", "Statement": found}}
        assert both({"request": request, "policies": {"resource": resource}}) == (outcome, outcome)


def test_an_empty_list_with_if_exists_is_true_only_of_an_absent_key() -> None:
    request = {"principal": ANN, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/x"}
    sent = {**request, "context": {"x:k": "a"}}
    for name in ("StringEqualsIfExists", "StringNotEqualsIfExists", "ArnNotLikeIfExists"):
        found = {**statement_for("*"), "Condition": {name: {"x:k": []}}}
        identity = [{"name": "p", "document": {"Version": "2012-10-17", "Statement": found}}]
        assert both({"request": request, "policies": {"identity": identity}}) == ("allowed", "allowed")
        assert both({"request": sent, "policies": {"identity": identity}}) == ("implicitDeny", "implicitDeny")


def test_bytes_are_sent_as_they_are_or_as_their_base64() -> None:
    found = {**statement_for("*"), "Condition": {"BinaryEquals": {"x:k": "QQ=="}}}
    identity = [{"name": "p", "document": {"Version": "2012-10-17", "Statement": found}}]
    for text, outcome in (("A", "allowed"), ("QQ==", "allowed"), ("B", "implicitDeny"), ("Qg==", "implicitDeny")):
        request = {"principal": ANN, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/x", "context": {"x:k": text}}
        assert both({"request": request, "policies": {"identity": identity}}) == (outcome, outcome)


def statement_for(action: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": "*"}
