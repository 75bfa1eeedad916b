"""What is refused, what each layer says, and what the judge takes for granted and says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.evaluation.asking import USER as ANN
from tests.evaluation.asking import allow, ask, deny, identity, judge, policy
from workbench.errors import ScenarioError
from workbench.evaluation.inferred_elements import FEDERATED_UNDER_BOUNDARY
from workbench.evaluation.judge import ALIAS_NOTE
from workbench.evaluation.request import Level, PolicySet, Principal, Request, Scenario
from workbench.evaluation.sentences import layer_word

A, B = "111111111111", "222222222222"
ROLE = f"arn:aws:iam::{A}:role/x"
EXEC = f"arn:aws:iam::{A}:role/exec"
SAML = Principal(federated=f"arn:aws:iam::{A}:saml-provider/p")
OIDC = Principal(federated=f"arn:aws:iam::{A}:oidc-provider/token.example.com")
KEY = f"arn:aws:kms:eu-west-1:{A}:key/1"
JOB = f"arn:aws:sagemaker:eu-west-1:{A}:training-job/t"
FEDERATED = f"arn:aws:sts::{A}:federated-user/f"
EVERYTHING = policy(allow(), name="everything")


def trust(principal: Any, action: Any) -> PolicySet:
    return PolicySet(resource=policy({"Effect": "Allow", "Principal": principal, "Action": action}, name="trust"))


EITHER = ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"]


def test_the_most_direct_grant_counts_in_whatever_order_the_statements_stand() -> None:
    direct, delegates = allow(principal={"AWS": ANN}), allow(principal={"AWS": A})
    for listed in ([direct, delegates], [delegates, direct]):
        decision = ask(PolicySet(resource=policy(*listed)))
        assert decision.outcome == "allowed"
        assert [ref.statement for ref in decision.deciding.decided_by] == [listed.index(direct)]


def test_what_is_granted_to_the_role_decides_for_its_session_whatever_the_identity_policies_say() -> None:
    session, role = f"arn:aws:sts::{A}:assumed-role/r/s", f"arn:aws:iam::{A}:role/r"
    granted = policy(allow(principal={"AWS": role}), name="key")
    key = f"arn:aws:kms:eu-west-1:{A}:key/k"
    for own in ((), (policy(allow("kms:*"), name="own"),)):
        decision = ask(PolicySet(own, resource=granted), "kms:Decrypt", key, principal=session)
        assert decision.sentence == "Allowed: statement 1 of key allows kms:Decrypt on key/k."
        assert decision.deciding.stage == "resource"


def test_a_role_of_another_account_cannot_be_passed_and_that_is_said() -> None:
    decision = ask(identity(allow()), "iam:PassRole", f"arn:aws:iam::{B}:role/exec")
    assert (decision.outcome.value, decision.deciding.stage) == ("implicitDeny", "account")
    assert "a role of another account cannot be passed" in decision.sentence


def test_an_endpoint_has_no_say_in_passing_a_role() -> None:
    closed = PolicySet((policy(allow()),), vpc_endpoint=policy(allow("s3:*", principal="*")))
    assert ask(closed, "iam:PassRole", EXEC).outcome == "allowed"
    assert ask(closed, "iam:GetRole", EXEC).outcome == "implicitDeny"


def test_a_session_policy_limits_sessions_alone() -> None:
    given = PolicySet((policy(allow()),), session=(policy(allow("sqs:*")),))
    for caller in (f"arn:aws:sts::{A}:assumed-role/r/s", f"arn:aws:sts::{A}:federated-user/f"):
        assert ask(given, principal=caller).deciding.stage == "session"
    assert ask(given).outcome == "allowed"


def test_what_decides_across_accounts_is_said_of_both_sides() -> None:
    bucket = policy(allow(principal={"AWS": A}), name="bucket")
    foreign = ask(PolicySet((policy(allow(), name="own"),), resource=bucket), resource_account=B)
    assert foreign.deciding.stage == "identity"
    assert [ref.policy for ref in foreign.deciding.decided_by] == ["own", "bucket"]
    for boundary, outcome in ((allow(), "allowed"), (allow("sqs:*"), "implicitDeny")):
        bounded = PolicySet((policy(allow()),), policy(boundary), resource=bucket)
        assert ask(bounded, resource_account=B).outcome == outcome
    by_root = ask(PolicySet(resource=bucket), principal=f"arn:aws:iam::{A}:root", resource_account=B)
    assert by_root.deciding.stage == "resource"
    assert [ref.policy for ref in by_root.deciding.decided_by] == ["bucket"]


def test_a_key_policy_that_lets_iam_policies_count_does_so_in_whatever_order_its_statements_stand() -> None:
    session, key = f"arn:aws:sts::{A}:assumed-role/r/s", f"arn:aws:kms:eu-west-1:{A}:key/k"
    account, role = allow(principal={"AWS": A}), allow(principal={"AWS": f"arn:aws:iam::{A}:role/r"})
    for listed in ((account, role), (role, account)):
        given = PolicySet((policy(allow("kms:*")),), resource=policy(*listed))
        assert ask(given, "kms:Decrypt", key, principal=session).deciding.stage == "identity"
    root = f"arn:aws:iam::{A}:root"
    assert ask(PolicySet(resource=policy(account)), "kms:Decrypt", key, principal=root).outcome == "allowed"
    assert ask(PolicySet(resource=policy(role)), "kms:Decrypt", key, principal=root).outcome == "implicitDeny"


def test_no_policy_of_an_account_limits_a_caller_of_none() -> None:
    closed = (Level("r-root", (policy(deny()),)),)
    given = PolicySet((policy(deny()),), policy(deny()), resource=policy(allow(principal="*")), service_control=closed)
    for caller in (Principal(), Principal(service="sns.amazonaws.com")):
        assert ask(given, principal=caller, management_account=B).outcome == "allowed"
    assert ask(given, management_account=B).outcome == "explicitDeny"


def test_without_resource_control_policies_nothing_is_said_of_them() -> None:
    for action in ("s3:GetObject", "ec2:DescribeInstances"):
        assert not [n for n in ask(identity(allow()), action).notes if n.startswith("Resource control")]


def test_every_layer_says_what_it_would_have_decided() -> None:
    closed = (Level("r-root", (policy(deny("sqs:*", principal="*")),)),)
    open_ = (Level("r-root", (policy(allow()),)), Level("ou-1", (policy(allow("sqs:*")),)))
    decision = ask(
        PolicySet((policy(allow()),), policy(allow("sqs:*")), resource_control=closed, service_control=open_)
    )
    assert [(layer.layer, layer.note, layer.outcome.value) for layer in decision.deciding.layers] == [
        ("resourceControl", "r-root", "allowed"),
        ("serviceControl", "r-root", "allowed"),
        ("serviceControl", "ou-1", "implicitDeny"),
        ("identity", "", "allowed"),
        ("permissionsBoundary", "", "implicitDeny"),
    ]


def test_a_resource_policy_without_resource_is_about_its_own_and_that_is_said() -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}
    decision = ask(PolicySet(resource=policy(statement, name="repository")), "ecr:BatchGetImage", "*")
    assert decision.outcome == "allowed"
    assert any(note.startswith("repository names no Resource") for note in decision.notes)


def test_no_resource_policy_takes_part_in_a_direct_question_about_passing_a_role() -> None:
    decision = ask(PolicySet(resource=policy(allow(principal="*"))), "iam:PassRole", EXEC)
    assert decision.outcome == "implicitDeny"
    assert "No resource policy takes part in iam:PassRole (inferred)." in decision.notes


def test_a_session_without_its_policys_leave_cannot_reach_across_accounts() -> None:
    there = policy(allow(principal="*"))
    asked: dict[str, Any] = {"principal": f"arn:aws:sts::{A}:assumed-role/r/s", "resource_account": B}
    both = PolicySet((EVERYTHING,), resource=there)
    assert ask(both, **asked).outcome == "allowed"
    capped = ask(replace(both, session=(policy(allow("sqs:*")),)), **asked)
    assert (capped.outcome, capped.deciding.stage) == ("implicitDeny", "session")
    asked["principal"] = FEDERATED
    assert ask(both, **asked).deciding.stage == "session"


def test_keys_that_differ_only_by_case_are_told_apart_where_the_policy_spells_them() -> None:
    tags = {"aws:PrincipalTag/team": "lower", "aws:PrincipalTag/Team": "upper"}

    def outcome(key: str, value: str) -> str:
        return ask(identity(allow(condition={"StringEquals": {key: value}})), context=tags).outcome

    assert outcome("aws:PrincipalTag/team", "lower") == "allowed"
    assert outcome("aws:PrincipalTag/Team", "upper") == "allowed"
    assert outcome("aws:PrincipalTag/TEAM", "upper") == "allowed"  # inferred: the first in sorted order
    assert outcome("aws:PrincipalTag/TEAM", "lower") == "implicitDeny"


@pytest.mark.parametrize("time", ["99999999999999999999", "9" * 5000, "-99999999999999"])
def test_a_time_beyond_all_calendars_is_left_as_it_is(time: str) -> None:
    decision = ask(identity(allow()), context={"aws:EpochTime": time})
    assert dict(decision.derived)["aws:CurrentTime"] == "2026-11-23T12:00:00Z"


def test_a_statement_knows_its_place_in_the_text() -> None:
    given = policy(allow(), deny("sqs:*"))
    [ref] = ask(PolicySet(identity=(given,))).deciding.decided_by
    assert given.text[slice(*ref.span)].startswith('{"Effect": "Allow"')
    assert layer_word("permissionsBoundary") == "permissions boundary"
    assert layer_word("account") == "account"


def test_both_spellings_of_a_sagemaker_key_and_of_its_tags_are_filled() -> None:
    for stated, tested in (
        ("sagemaker:VolumeKmsKey", "sagemaker:VolumeKmsKeyArn"),
        ("sagemaker:VolumeKmsKeyArn", "sagemaker:VolumeKmsKey"),
        ("sagemaker:ResourceTag/team", "aws:ResourceTag/team"),
        ("aws:ResourceTag/team", "sagemaker:ResourceTag/team"),
    ):
        given = identity(allow(condition={"StringEquals": {tested: "x"}}))
        assert ask(given, "sagemaker:CreateTrainingJob", JOB, context={stated: "x"}).outcome == "allowed"


def test_the_most_direct_grant_decides_whichever_statement_comes_first() -> None:
    direct, delegated = allow(principal={"AWS": ANN}, sid="Direct"), allow(principal={"AWS": A}, sid="Account")
    for order in ((direct, delegated), (delegated, direct)):
        decision = ask(PolicySet(resource=policy(*order)))
        assert decision.outcome == "allowed"
        assert [ref.sid for ref in decision.deciding.decided_by] == ["Direct"]


def test_the_root_user_cannot_assume_a_role_but_may_tag_a_session() -> None:
    root = f"arn:aws:iam::{A}:root"
    decision = ask(trust({"AWS": A}, "sts:*"), "sts:AssumeRole", ROLE, principal=root)
    assert (decision.outcome, decision.deciding.stage) == ("implicitDeny", "account")
    assert "the root user cannot assume a role" in decision.sentence
    assert ask(trust({"AWS": A}, "sts:*"), "sts:TagSession", ROLE, principal=root).outcome == "allowed"


def test_rcps_are_consulted_only_for_services_that_have_them() -> None:
    nothing = {"resource_control": (Level("r", (policy(deny("*", principal="*")),)),)}
    table = ask(replace(identity(allow()), **nothing), "dynamodb:GetItem", f"arn:aws:dynamodb:eu-west-1:{A}:table/t")
    assert table.outcome == "allowed"
    assert any("do not apply to dynamodb" in note for note in table.notes)
    key = policy(allow("kms:*", principal={"AWS": ANN}))
    retire = ask(PolicySet(resource=key, **nothing), "kms:RetireGrant", KEY)
    assert retire.outcome == "allowed"
    for management in (A, B):
        decision = ask(replace(identity(allow()), **nothing), management_account=management)
        assert decision.outcome == ("allowed" if management == A else "explicitDeny")


def test_every_statement_that_grants_as_directly_is_named() -> None:
    both = policy(allow(principal={"AWS": ANN}, sid="One"), allow(principal="*", sid="Two"))
    assert [ref.sid for ref in ask(PolicySet(resource=both)).deciding.decided_by] == ["One", "Two"]


def test_a_key_policy_that_leaves_it_to_the_account_does_so_whatever_else_it_says() -> None:
    session = f"arn:aws:sts::{A}:assumed-role/r/s"
    account, role = allow("kms:*", principal={"AWS": A}), allow("kms:*", principal={"AWS": f"arn:aws:iam::{A}:role/r"})
    for order in ((account, role), (role, account)):
        policies = PolicySet((EVERYTHING,), resource=policy(*order))
        decision = ask(policies, "kms:Decrypt", KEY, principal=session)
        assert (decision.outcome, decision.deciding.stage) == ("allowed", "identity")


def test_policies_of_a_caller_that_has_none_are_not_consulted() -> None:
    nothing = policy(deny())
    own = PolicySet((nothing,), nothing, session=(nothing,), resource=policy(allow(principal="*")))
    for who in (Principal(), Principal(service="sns.amazonaws.com"), Principal(arn=f"arn:aws:iam::{A}:root")):
        assert ask(own, principal=who).outcome == "allowed"
    of_session = PolicySet((EVERYTHING,), session=(nothing,))
    assert ask(of_session).outcome == "allowed"  # a user has no session policy
    assert ask(of_session, principal=f"arn:aws:sts::{A}:assumed-role/r/s").outcome == "explicitDeny"


def layer_outcomes(policies: PolicySet, **more: Any) -> list[tuple[str, str, str, list[str]]]:
    """(layer, target, outcome, the statements that say it) of each consulted layer."""
    layers = ask(policies, **more).deciding.layers
    return [(x.layer, x.note, x.outcome, [ref.sid or ref.policy for ref in x.statements]) for x in layers]


def test_each_layer_says_its_own_outcome_and_by_which_statements() -> None:
    def one(*statements: dict[str, Any], name: str) -> Any:
        return policy(*statements, name=name)

    policies = PolicySet(
        (one(allow(sid="A1"), allow("s3:*", sid="A2"), deny("sqs:*"), name="P"),),
        one(allow("sqs:*"), name="B"),
        resource=one(allow(principal="*"), deny(principal={"AWS": ANN}), name="R"),
        service_control=(Level("root", (one(allow(), name="full"),)), Level("ou", (one(allow("sqs:*"), name="S"),))),
        resource_control=(Level("root", (one(deny("sqs:*", principal="*"), name="RCP"),)),),
        vpc_endpoint=one(deny(principal="*"), allow(principal="*"), name="E"),
    )
    assert layer_outcomes(policies) == [
        ("resourceControl", "root", "allowed", []),
        ("serviceControl", "root", "allowed", ["full"]),
        ("serviceControl", "ou", "implicitDeny", []),
        ("vpcEndpoint", "", "explicitDeny", ["E"]),
        ("resource", "", "explicitDeny", ["R"]),
        ("identity", "", "allowed", ["A1", "A2"]),
        ("permissionsBoundary", "", "implicitDeny", []),
    ]
    queue = f"arn:aws:sqs:eu-west-1:{A}:q"
    assert ("resourceControl", "root", "explicitDeny", ["RCP"]) in layer_outcomes(
        policies, action="sqs:SendMessage", resource=queue
    )


def test_the_first_layer_that_denies_is_named_with_all_its_denying_statements() -> None:
    nothing = policy(deny(sid="One"), deny("s3:*", sid="Two"), allow(), name="P")
    decision = ask(PolicySet((nothing,), policy(deny(sid="B"))))
    assert (decision.outcome, decision.deciding.stage) == ("explicitDeny", "identity")
    assert [ref.sid for ref in decision.deciding.decided_by] == ["One", "Two"]
    endpoint = ask(PolicySet((nothing,), vpc_endpoint=policy(deny(principal="*", sid="E"))))
    assert endpoint.deciding.stage == "vpcEndpoint"


def test_the_role_itself_must_trust_whoever_sets_tags_or_a_source_identity_or_comes_from_a_provider() -> None:
    for action in ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"):
        decision = ask(identity(allow()), action, ROLE)
        assert (decision.outcome, decision.deciding.stage) == ("implicitDeny", "resource")
        assert "only the role's trust policy can allow" in decision.sentence
    for who, action in ((SAML, EITHER[0]), (OIDC, EITHER[1])):
        untrusted = ask(trust({"Federated": "other"}, action), action, ROLE, principal=who)
        assert "the role's trust policy does not allow" in untrusted.sentence


def test_a_name_like_a_key_in_another_service_is_no_key() -> None:
    for resource in (f"arn:aws:x:eu-west-1:{A}:key/1", f"arn:aws:x:eu-west-1:{A}:alias/1"):
        decision = ask(identity(allow()), "x:Use", resource)
        assert decision.outcome == "allowed"
        assert ALIAS_NOTE not in decision.notes


def test_what_lets_the_root_user_in_is_named() -> None:
    root = f"arn:aws:iam::{A}:root"
    alone = ask(PolicySet(), principal=root).deciding
    assert (alone.outcome, alone.stage, alone.decided_by) == ("allowed", "account", ())
    named = ask(PolicySet(resource=policy(allow(principal={"AWS": A}, sid="Mine"))), principal=root).deciding
    assert (named.outcome, named.stage, [ref.sid for ref in named.decided_by]) == ("allowed", "resource", ["Mine"])


# -- what the judge takes for granted, and says -------------------------------------------------------------------


def test_tags_that_a_call_does_not_see_are_noted_where_they_are_stated() -> None:
    def notes(action: str, context: dict[str, Any]) -> tuple[str, ...]:
        return ask(identity(allow()), action, "*", context=context).notes

    tagged = {"x:y": "z", "sagemaker:ResourceTag/team": "a"}
    unseen = "AWS does not test resource tags for sagemaker:ListModels (older documentation)."
    assert unseen in notes("sagemaker:ListModels", tagged)
    assert unseen not in notes("sagemaker:ListModels", {"x:y": "z"})
    assert not any("tags" in note or not note for note in notes("sagemaker:DescribeModel", tagged))


def test_a_caller_without_boundary_is_spared_by_not_principal_whatever_boundary_stands_there() -> None:
    sns = Principal(service="sns.amazonaws.com")
    given = policy(allow(principal="*"), deny(notPrincipal={"Service": sns.service}))
    assert ask(PolicySet(resource=given, permissions_boundary=EVERYTHING), principal=sns).outcome == "allowed"


def test_only_the_stated_arn_of_the_principal_says_whose_session_it_is() -> None:
    linked = f"arn:aws:sts::{A}:assumed-role/AWSServiceRoleForX/s"
    nothing = Level("r", (policy(deny()),))
    policies = replace(identity(allow()), service_control=(nothing,))
    other = {"aws:SourceArn": f"arn:aws:iam::{A}:role/mine"}
    assert ask(policies, principal=linked, context=other).outcome == "allowed"


@pytest.mark.parametrize(
    "resource", ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::*:policy/x", "arn:*:iam::*:policy/x"]
)
def test_a_resource_of_no_account_belongs_to_the_callers(resource: str) -> None:
    assert ask(identity(allow()), "iam:GetPolicy", resource).outcome == "allowed"


def test_what_is_assumed_of_a_federated_user_made_by_root_is_said() -> None:
    def notes(creator: str) -> tuple[str, ...]:
        return ask(PolicySet(session=(EVERYTHING,)), principal=FEDERATED, federated_by=creator).notes

    assumed = "A federated user made by root is limited by its session policy alone (inferred)."
    assert assumed in notes(f"arn:aws:iam::{A}:root")
    assert assumed not in notes(ANN)


def test_that_no_organization_policies_were_given_is_said_only_then() -> None:
    missing = "No organization policies (SCP, RCP) were given, so none were consulted."
    level = (Level("r", (EVERYTHING,)),)
    everybody = (Level("r", (policy(allow(principal="*")),)),)
    assert missing in ask(identity(allow())).notes
    assert missing not in ask(replace(identity(allow()), service_control=level)).notes
    assert missing not in ask(replace(identity(allow()), resource_control=everybody)).notes


def test_the_trap_is_noted_only_where_the_statement_applies() -> None:
    off = deny("s3:*", notPrincipal={"AWS": [FEDERATED, ANN, A]}, condition={"Bool": {"aws:SecureTransport": "false"}})
    policies = PolicySet((EVERYTHING,), EVERYTHING, session=(EVERYTHING,), resource=policy(off))
    decision = ask(policies, principal=FEDERATED, federated_by=ANN)
    assert (decision.outcome, FEDERATED_UNDER_BOUNDARY in decision.notes) == ("allowed", False)


def test_a_trust_policy_is_judged_as_one_by_the_action_and_by_its_form() -> None:
    with_resource = PolicySet(resource=policy(allow("*", principal={"AWS": A})))
    with pytest.raises(ScenarioError, match="must not have Resource"):
        ask(with_resource, "sts:AssumeRole", ROLE)
    form = replace(trust({"AWS": A}, "sts:AssumeRole"), identity=(EVERYTHING,))
    decision = ask(form, "iam:GetRole", ROLE)
    assert decision.outcome == "allowed"
    assert not any("names no Resource" in note for note in decision.notes)


def test_notes_about_a_resource_policy_are_about_what_it_holds() -> None:
    ordinary = ask(PolicySet(resource=policy(allow(principal="*")))).notes
    assert not any("names no Resource" in note for note in ordinary)
    one_of_two = policy(allow(principal="*"), deny(principal={"CanonicalUser": "a" * 64}), name="bucket")
    assert any("CanonicalUser" in note for note in ask(PolicySet(resource=one_of_two)).notes)


@pytest.mark.parametrize("key", ["aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp"])
def test_an_endpoint_is_passed_by_unless_some_key_of_it_is_stated(key: str) -> None:
    policies = replace(identity(allow()), vpc_endpoint=policy(allow("sqs:*", principal="*"), name="E"))
    public = {"aws:SourceIp": "203.0.113.7"}
    around = ask(policies, context=public)
    note = "The request states aws:SourceIp and no endpoint, so E was not consulted."
    assert (around.outcome, note in around.notes) == ("allowed", True)
    through = ask(policies, context={**public, key: "10.0.0.1"})
    assert (through.outcome, note in through.notes) == ("implicitDeny", False)
    assert ask(policies).outcome == "implicitDeny"


def test_errors_of_unknown_keys_stand_at_their_place() -> None:
    request = Request(Principal(arn=ANN), "s3:GetObject", context={"x:k": "1"}, unknown=frozenset({"X:K"}))
    for door in (judge().decide, judge().prepare):
        with pytest.raises(ScenarioError) as caught:
            door(Scenario(request, identity(allow())))
        assert caught.value.path == "request.unknown"


def test_keys_of_layers_that_are_not_consulted_are_not_missing() -> None:
    asks = policy(allow(condition={"StringEquals": {"x:a": "1"}}))
    user = ask(PolicySet((EVERYTHING,), session=(asks,)))
    assert (user.outcome, user.deciding.missing_keys) == ("allowed", ())
    session = ask(PolicySet((EVERYTHING,), session=(asks,)), principal=f"arn:aws:sts::{A}:assumed-role/r/s")
    assert (session.outcome, session.deciding.missing_keys) == ("implicitDeny", ("x:a",))


def test_a_denial_for_want_of_an_identity_policy_says_what_the_resource_policy_does() -> None:
    def why(*listed: dict[str, Any], resource_account: str = "", **more: Any) -> str:
        policies = PolicySet(resource=policy(*listed, name="bucket"), **more)
        return ask(policies, resource_account=resource_account).sentence

    other, delegates = allow("s3:PutObject", principal="*"), allow(principal={"AWS": A})
    queues = {"identity": (policy(allow("sqs:*")),)}
    assert ask(PolicySet()).sentence == "Denied: no policy is given that could allow s3:GetObject on b/k."
    assert why(other) == ("Denied: bucket does not allow s3:GetObject on b/k, and no identity policy is given.")
    assert why(other, **queues) == "Denied: no statement allows s3:GetObject on b/k."
    lacking = "Denied: bucket is not enough: an identity policy must allow s3:GetObject on b/k too, and {}."
    assert why(delegates) == lacking.format("none is given")
    assert why(delegates, **queues) == lacking.format("none does")
    assert why(delegates, resource_account=B) == lacking.format("none is given")
    assert why(other, resource_account=B, **queues) == "Denied: no statement allows s3:GetObject on b/k."


def test_a_resource_policy_that_has_no_say_is_not_spoken_of_in_a_denial() -> None:
    given = PolicySet(resource=policy(allow(principal="*"), name="endpoint"))
    decision = ask(given, "sagemaker:InvokeEndpoint", f"arn:aws:sagemaker:eu-west-1:{A}:endpoint/e")
    assert decision.sentence == "Denied: no policy is given that could allow sagemaker:InvokeEndpoint on endpoint/e."
