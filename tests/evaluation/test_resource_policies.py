"""Which policy of a resource has a say, and where nobody may do anything without one (evaluation.md 2, 4 and 9)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.evaluation.asking import NOON, USER, allow, ask, deny, identity, policy
from workbench import resources
from workbench.catalog.tables import resource_policies
from workbench.engine import Engine
from workbench.errors import ScenarioError
from workbench.evaluation.decision import Decision
from workbench.evaluation.judge import LINKED_NOTE
from workbench.evaluation.request import Level, PolicySet, Principal, Request, Scenario
from workbench.evaluation.services import is_on_kms_key

A = "111111111111"
ROLE, KEY = f"arn:aws:iam::{A}:role/x", f"arn:aws:kms:eu-west-1:{A}:key/k"
ALL = allow()


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(now=lambda: NOON)


def attached(action: Any, principal: Any = USER, **more: Any) -> PolicySet:
    """A resource policy alone."""
    who = principal if principal == "*" or isinstance(principal, dict) else {"AWS": principal}
    return PolicySet(resource=policy(allow(action, principal=who), name="RP"), **more)


def in_catalog(
    engine: Engine, policies: PolicySet, action: str, *named: str, principal: Principal | None = None
) -> Decision:
    return engine.simulate(Scenario(Request(principal or Principal(arn=USER), action, named or ("*",)), policies))


def noted(decision: Decision, words: str) -> bool:
    return any(words in note for note in decision.notes)


@pytest.mark.parametrize("named", ["*", ROLE])
def test_identity_alone_never_lets_anyone_assume_a_role(named: str) -> None:
    decision = ask(identity(ALL), "sts:AssumeRole", named)
    assert (decision.outcome, decision.deciding.stage) == ("implicitDeny", "resource")
    assert "only the role's trust policy can allow" in decision.sentence


@pytest.mark.parametrize("action", ["kms:Decrypt", "kms:CreateAlias"])
def test_identity_alone_never_lets_anyone_use_a_key(action: str) -> None:
    decision = ask(identity(ALL), action, "*")
    assert (decision.outcome, decision.deciding.stage) == ("implicitDeny", "resource")
    assert "only a key policy can" in decision.sentence


def test_a_key_policy_that_names_others_guards_a_key_that_is_not_named() -> None:
    theirs = policy(allow("kms:*", principal={"AWS": ROLE}))
    account = policy(allow("kms:*", principal={"AWS": A}), name="key policy")
    assert ask(PolicySet((policy(ALL),), resource=theirs), "kms:Decrypt", "*").outcome == "implicitDeny"
    decision = ask(PolicySet((policy(ALL),), resource=account), "kms:Decrypt", "*")
    assert decision.outcome == "allowed"
    assert noted(decision, "No resource is named; key policy is read as the policy of the one that is meant (inferred)")


def test_a_trust_policy_is_about_the_role_that_is_meant_where_none_is_named() -> None:
    trust = policy({"Effect": "Allow", "Principal": {"AWS": USER}, "Action": "sts:AssumeRole"}, name="trust")
    decision = ask(PolicySet(resource=trust), "sts:AssumeRole", "*")
    assert decision.outcome == "allowed"
    assert noted(decision, "trust is read as the policy of the one that is meant")


def test_actions_of_kms_that_are_on_no_key_need_no_key_policy(engine: Engine) -> None:
    for action in engine.catalog.actions_of("kms"):
        on_key = bool(action.rows)
        assert is_on_kms_key(action.full_name.lower(), "*") is on_key, action.full_name
    assert in_catalog(engine, identity(ALL), "kms:ListKeys").outcome == "allowed"
    assert not is_on_kms_key("kms:createalias", f"arn:aws:kms:eu-west-1:{A}:alias/a")
    assert is_on_kms_key("kms:decrypt", f"arn:aws:kms:eu-west-1:{A}:alias/a")


@pytest.mark.parametrize(
    ("action", "principal"),
    [
        ("s3:ListAllMyBuckets", Principal(arn=USER)),
        ("kms:CreateKey", Principal(arn=USER)),
        ("sqs:ListQueues", Principal(service="sns.amazonaws.com")),
    ],
)
def test_a_policy_on_a_resource_grants_nothing_that_is_on_no_resource(
    engine: Engine, action: str, principal: Principal
) -> None:
    decision = in_catalog(engine, attached("*", "*"), action, principal=principal)
    assert decision.outcome == "implicitDeny"
    assert noted(decision, f"{action} is authorized on no resource, so RP, the policy of one, was not consulted.")


def test_the_policy_of_an_organization_is_about_actions_without_resource_too(engine: Engine) -> None:
    decision = in_catalog(engine, attached("organizations:*"), "organizations:ListAccounts")
    assert (decision.outcome, noted(decision, "RP")) == ("allowed", False)


@pytest.mark.parametrize(
    ("action", "named", "words"),
    [
        ("iam:DeleteRole", ROLE, "iam takes no resource-based policies but the trust policies of roles, so RP was"),
        ("sts:GetSessionToken", "*", "sts takes no resource-based policies but the trust policies of roles, so RP"),
        ("ec2:StartInstances", f"arn:aws:ec2:eu-west-1:{A}:instance/i", "ec2 takes no resource-based policies, so RP"),
    ],
)
def test_a_resource_policy_grants_nothing_in_a_service_that_has_none(action: str, named: str, words: str) -> None:
    decision = ask(attached("*"), action, named)
    assert decision.outcome == "implicitDeny"
    assert noted(decision, words)
    denied = policy(deny(principal="*"), name="RP")
    assert ask(PolicySet((policy(ALL),), resource=denied), action, named).outcome == "allowed"


def test_that_nobody_knows_of_resource_policies_of_a_service_is_said() -> None:
    decision = ask(attached("*"), "sagemaker-geospatial:GetTile", "arn:aws:sagemaker-geospatial:::job/j")
    assert decision.outcome == "allowed"
    assert noted(decision, "Whether sagemaker-geospatial takes resource-based policies is not known")
    assert not noted(ask(attached("*")), "is not known")


def test_across_accounts_nothing_is_possible_in_a_service_without_resource_policies() -> None:
    other = "arn:aws:ec2:eu-west-1:222222222222:instance/i"
    assert (
        "ec2 takes no resource-based policies, so no other account"
        in ask(identity(ALL), "ec2:StartInstances", other).sentence
    )


def test_the_table_of_services_agrees_with_the_catalog(engine: Engine) -> None:
    table = json.loads(resources.resource_path("catalog/resource-policies.json").read_text("utf-8"))
    known = resource_policies()
    assert len(known) == len(table["takes"]) + len(table["none"])
    for row in table["takes"]:
        assert engine.catalog.service(row["service"]) is not None, row
        found = engine.catalog.action(row["attached by"])
        assert found is not None, row
        assert (found.full_name, found.status) == (row["attached by"], "current")
    shared_only = {"ec2", "sagemaker"}  # what they put on resources serves sharing through AWS RAM
    for service in table["none"]:
        assert engine.catalog.service(service) is not None, service
        putting = [a.name for a in engine.catalog.actions_of(service) if a.name == "PutResourcePolicy"]
        assert not putting or service in shared_only, service


def test_one_policy_for_several_resources_is_said_to_be_read_so() -> None:
    both = ("arn:aws:s3:::b/k", "arn:aws:s3:::b/l")
    words = "RP is read as the policy of each resource that the call names (inferred)"
    assert noted(ask(attached("s3:*"), resource=both), words)
    assert not noted(ask(attached("s3:*"), resource=both[:1]), words)


LINKED = f"arn:aws:iam::{A}:role/aws-service-role/elasticache.amazonaws.com/AWSServiceRoleForElastiCache"


def test_a_resource_control_policy_does_not_keep_a_service_from_its_service_linked_role() -> None:
    service = Principal(service="elasticache.amazonaws.com")
    trust = policy({"Effect": "Allow", "Principal": {"Service": service.service}, "Action": "sts:AssumeRole"})
    denying = (Level("r-root", (policy(deny("sts:*", principal="*"), name="RCP"),)),)
    policies = PolicySet(resource=trust, resource_control=denying)
    decision = ask(policies, "sts:AssumeRole", LINKED, service)
    assert decision.outcome == "allowed"
    assert LINKED_NOTE in decision.notes
    assert ask(policies, "sts:AssumeRole", ROLE, service).outcome == "explicitDeny"
    assert ask(policies, "sts:AssumeRole", LINKED).outcome == "explicitDeny"
    everything = replace(policies, resource_control=(Level("r-root", (policy(deny(principal="*"), name="RCP"),)),))
    assert ask(everything, "s3:GetObject", f"arn:aws:s3:::b/{LINKED}", service).outcome == "explicitDeny"


def tagging(trusted: Any, allowed: Any = None, entry: str = USER, principal: str = USER) -> Decision:
    trust = policy({"Effect": "Allow", "Principal": {"AWS": entry}, "Action": trusted}, name="trust")
    given = (policy(allow(allowed)),) if allowed else ()
    return ask(PolicySet(given, resource=trust), "sts:AssumeRole", ROLE, principal, tags={"a": "b"})


def test_session_tags_are_needed_in_both_places_also_where_the_trust_policy_names_the_caller() -> None:
    both = ["sts:AssumeRole", "sts:TagSession"]
    decision = tagging(both)
    assert (decision.outcome, decision.deciding.action) == ("implicitDeny", "sts:TagSession")
    assert decision.deciding.stage == "identity"
    assert tagging(both, "sts:TagSession").outcome == "allowed"
    assert tagging("sts:AssumeRole", both).deciding.stage == "resource"
    role = f"arn:aws:sts::{A}:assumed-role/r/s"
    assert tagging(both, entry=role, principal=role).outcome == "implicitDeny"


def test_a_source_identity_is_needed_in_both_places_also_where_the_trust_policy_names_the_caller() -> None:
    both = ["sts:AssumeRole", "sts:SetSourceIdentity"]
    trust = policy({"Effect": "Allow", "Principal": {"AWS": USER}, "Action": both}, name="trust")
    stated = {"sts:SourceIdentity": "ann"}
    alone = ask(PolicySet(resource=trust), "sts:AssumeRole", ROLE, context=stated)
    assert (alone.deciding.action, alone.deciding.stage) == ("sts:SetSourceIdentity", "identity")
    allowed = PolicySet((policy(allow("sts:SetSourceIdentity")),), resource=trust)
    assert ask(allowed, "sts:AssumeRole", ROLE, context=stated).outcome == "allowed"


@pytest.mark.parametrize("tagged", [f"arn:aws:sts::{A}:federated-user/f", f"arn:aws:iam::{A}:user/f"])
def test_tags_of_the_session_of_a_user_are_no_matter_of_a_trust_policy(tagged: str) -> None:
    assert ask(identity(allow("sts:*")), "sts:TagSession", tagged).outcome == "allowed"


def test_a_federated_principal_outside_a_trust_policy_is_refused() -> None:
    bucket = attached("s3:*", {"Federated": "accounts.google.com"})
    with pytest.raises(ScenarioError, match="whom only a role trust policy may name") as caught:
        ask(bucket)
    assert caught.value.path == "policies.resource.document.Statement[0].Principal.Federated"
