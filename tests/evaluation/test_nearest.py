"""The nearest way to the other decision: what it proposes, and that each proposal is true."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.evaluation.asking import allow, deny, judge, policy
from tests.evaluation.ways import BK, ROLE, USER, A, B, identity, labels, ways
from workbench.document.edits import apply_edits
from workbench.errors import ScenarioError
from workbench.evaluation.facts import NoFacts
from workbench.evaluation.judge import Judge
from workbench.evaluation.nearest import nearest_ways, no_way
from workbench.evaluation.prepared import Prepared
from workbench.evaluation.request import Level, NamedPolicy, PassedRole, PolicySet, Principal, Request, Scenario


def test_an_action_is_added_to_the_statement_that_covers_the_resource() -> None:
    [way, *_] = ways(identity(allow("s3:PutObject", "arn:aws:s3:::b/*", sid="Write")))
    assert way.label == "add s3:GetObject to Action of statement Write of P"


def test_a_resource_is_added_to_the_statement_of_the_action() -> None:
    [way, *_] = ways(identity(allow("s3:GetObject", "arn:aws:s3:::c/*", sid="Read")))
    assert way.label == "add b/k to Resource of statement Read of P"


def test_a_failing_condition_is_met_by_the_request() -> None:
    [way, *_] = ways(identity(allow(condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}})))
    assert way.label == "send aws:SourceVpc = vpc-1"
    assert way.changes[0].value == "vpc-1"


def test_an_explicit_deny_is_left_by_its_condition_or_removed() -> None:
    denied = identity(allow(), deny(sid="Net", condition={"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}))
    labels = [w.label for w in ways(denied, context={"aws:SourceIp": "198.51.100.1"})]
    assert labels == [
        "send aws:SourceIp = 203.0.113.1",
        "add 198.51.100.1 to aws:SourceIp in statement Net of P",
        "remove statement Net of P",
    ]


def test_an_allowed_call_is_closed_by_removing_its_statement() -> None:
    [way] = ways(identity(allow(sid="All")))
    assert way.label == "remove statement All of P"
    assert way.outcome == "implicitDeny"


def test_two_obstacles_need_two_changes() -> None:
    policies = PolicySet(identity=(policy(allow("sqs:*")),), permissions_boundary=policy(allow("sqs:*"), name="B"))
    [way, *_] = ways(policies)
    assert [c.policy for c in way.changes] == ["P", "B"]


def test_the_missing_authorization_of_a_call_is_added() -> None:
    train = allow("sagemaker:CreateTrainingJob", "*", sid="Train")
    job = "arn:aws:sagemaker:us-east-1:111111111111:training-job/y"
    [way, *_] = ways(identity(train), "sagemaker:CreateTrainingJob", job, pass_role=PassedRole(ROLE))
    assert way.label == "add a statement that allows iam:PassRole on role/e to sagemaker.amazonaws.com to P"
    [given] = way.scenario.policies.identity
    assert json.loads(given.text)["Statement"][1] == {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": ROLE,
        "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
    }


def test_a_level_that_does_not_allow_is_changed_and_no_other() -> None:
    full = policy(allow(), name="Full")
    levels = (Level("root", (full,)), Level("ou", (policy(allow("sqs:*"), name="OnlyQueues"),)))
    [way, *_] = ways(PolicySet(identity=(full,), service_control=levels))
    assert way.changes[0].policy == "OnlyQueues"


KEPT = """{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:PutObject",
    "Resource": "*"
  }
}"""


def test_a_change_keeps_the_rest_of_the_text() -> None:
    given = PolicySet(identity=(NamedPolicy("P", KEPT),))
    found = nearest_ways(judge(), Scenario(Request(USER, "s3:GetObject", (BK,)), given))
    assert [w.label for w in found] == [
        "add a statement that allows s3:GetObject on b/k to P",
        "add s3:GetObject to Action of statement 1 of P",
    ]
    way = found[1]
    edited = apply_edits(KEPT, way.changes[0].edits)
    assert json.loads(edited)["Statement"]["Action"] == ["s3:PutObject", "s3:GetObject"]
    assert edited.replace('["s3:PutObject", "s3:GetObject"]', '"s3:PutObject"') == KEPT


@pytest.mark.parametrize("outcome", ["*", "s3:*"])
def test_nothing_is_proposed_where_nothing_helps(outcome: str) -> None:
    role_of_another_account = PassedRole("arn:aws:iam::999999999999:role/e")
    assert ways(identity(allow(outcome)), pass_role=role_of_another_account) == ()


def test_no_change_is_proposed_to_a_policy_that_is_only_implied() -> None:
    """The creator of this session is root, which has no identity policies to change."""
    made_by_root = Request(
        Principal(arn="arn:aws:sts::111111111111:federated-user/f"),
        "s3:GetObject",
        (BK,),
        federated_by="arn:aws:iam::111111111111:root",
    )
    everything = policy(allow(), name="S")
    for given in (PolicySet(session=(everything,)), PolicySet((policy(deny()),), session=(everything,))):
        scenario = Scenario(made_by_root, given)
        assert judge().decide(scenario).outcome == "allowed"
        assert nearest_ways(judge(), scenario) == ()
        said = no_way(judge().decide(scenario))
        assert said == "No change of these policies or of the request was found that would deny it."


SESSION = "arn:aws:sts::111111111111:assumed-role/r/s"


def test_who_asks_and_what_the_call_is_are_not_restated() -> None:
    other = {"StringEquals": {"aws:username": "other"}}
    assert [w.label for w in ways(identity(allow(condition=other)))] == [
        "add u to aws:username in statement 1 of P",
        "add a statement that allows s3:GetObject on b/k to P",
        "remove the condition of statement 1 of P",
    ]


def test_a_single_statement_is_removed_whole() -> None:
    one = NamedPolicy(
        "P", '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
    )
    [way] = ways(PolicySet(identity=(one,)))
    [given] = way.scenario.policies.identity
    assert json.loads(given.text)["Statement"] == []


def test_statements_that_deny_or_are_about_others_are_not_widened() -> None:
    other = {"AWS": "arn:aws:iam::111111111111:user/other"}
    bucket = policy(deny("sqs:*", principal="*"), allow("sqs:*", principal=other), name="bucket")
    labels = [w.label for w in ways(PolicySet(resource=bucket), resource_account="222222222222")]
    missing = "attach an identity policy that allows s3:GetObject on b/k"
    assert labels == [f"{missing}, and add a statement that allows s3:GetObject on b/k to bucket"]
    both = PolicySet((policy(allow()),), resource=bucket)
    labels = [w.label for w in ways(both, resource_account="222222222222")]
    assert labels == ["add a statement that allows s3:GetObject on b/k to bucket"]


def test_what_is_named_by_exclusion_is_not_widened() -> None:
    excluded = identity(allow(notAction="s3:*"), allow("*", notResource="arn:aws:s3:::b/*"))
    assert [w.label for w in ways(excluded)] == ["add a statement that allows s3:GetObject on b/k to P"]


def test_a_statement_of_its_own_names_the_caller_as_its_policy_asks() -> None:
    elsewhere = "arn:aws:iam::222222222222:role/x"
    trust = policy({"Effect": "Allow", "Principal": {"AWS": elsewhere}, "Action": "sts:AssumeRole"}, name="trust")

    def added(caller: Principal, given: NamedPolicy, action: str, resource: str) -> dict[str, Any]:
        request = Request(caller, action, (resource,), resource_account="111111111111")
        endpoint = given.name == "endpoint"
        policies = PolicySet((policy(allow()),), vpc_endpoint=given) if endpoint else PolicySet(resource=given)
        [way, *_] = nearest_ways(judge(), Scenario(request, policies))
        changed = way.scenario.policies.vpc_endpoint if endpoint else way.scenario.policies.resource
        assert changed is not None
        statement: dict[str, Any] = json.loads(changed.text)["Statement"][-1]
        return statement

    saml = "arn:aws:iam::111111111111:saml-provider/p"
    by_saml = policy({"Effect": "Allow", "Principal": {"Federated": "x"}, "Action": "sts:AssumeRoleWithSAML"}, name="t")
    role = "arn:aws:iam::111111111111:role/x"
    assume = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    service = Principal(service="sns.amazonaws.com")
    assert added(service, trust, "sts:AssumeRole", role) == {**assume, "Principal": {"Service": service.service}}
    assert added(Principal(federated=saml), by_saml, "sts:AssumeRoleWithSAML", role)["Principal"] == {"Federated": saml}
    bucket = policy(allow("sqs:*", principal={"AWS": elsewhere}), name="bucket")
    get = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": BK}
    assert added(Principal(), bucket, "s3:GetObject", BK) == {**get, "Principal": "*"}
    endpoint = policy(allow("sqs:*", "arn:aws:sqs:*:*:q", principal="*"), name="endpoint")
    assert added(USER, endpoint, "s3:GetObject", BK) == {**get, "Principal": "*"}


def test_at_most_five_ways_are_shown_the_nearest_first() -> None:
    condition = {"StringEquals": {f"x:{n}": "1" for n in range(6)}}
    context = {f"x:{n}": "1" for n in range(6)}
    found = ways(identity(allow(), deny(condition=condition)), context=context)
    assert [w.label for w in found] == [*(f"send x:{n} = example" for n in range(4)), "remove statement 2 of P"]


def test_a_chain_of_more_than_four_obstacles_is_no_way() -> None:
    def level(n: int) -> Level:
        return Level(f"l{n}", (policy(allow("sqs:*"), name=f"S{n}"),))

    four = PolicySet((policy(allow()),), service_control=tuple(map(level, range(4))))
    assert len(ways(four)[0].changes) == 4
    five = PolicySet((policy(allow()),), service_control=tuple(map(level, range(5))))
    assert ways(five) == ()


def test_a_change_of_the_context_takes_back_what_was_said_of_the_key() -> None:
    vpc = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}
    given = identity(allow(condition=vpc))
    [way, *_] = ways(given, context={"AWS:sourcevpc": "vpc-2"}, absent=frozenset({"aws:sourceVPC", "x:other"}))
    assert way.scenario.request.context == {"aws:SourceVpc": "vpc-1"}
    assert way.scenario.request.absent == {"x:other"}
    [way, *_] = ways(identity(allow(condition={"Null": {"x:k": "true"}})), context={"x:k": "a"})
    assert (way.scenario.request.context, way.scenario.request.absent) == ({}, {"x:k"})


def test_a_way_that_ends_at_an_obstacle_that_nothing_lifts_is_no_way() -> None:
    elsewhere = PassedRole("arn:aws:iam::999999999999:role/e")
    assert ways(identity(allow("sqs:*")), pass_role=elsewhere) == ()


HERE = "us-east-1:111122223333"
KEY = f"arn:aws:kms:{HERE}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ADD = "add a statement that allows s3:GetObject on b/k to"


def test_a_first_policy_is_attached_where_there_is_none() -> None:
    [way] = ways(PolicySet())
    assert way.label == "attach an identity policy that allows s3:GetObject on b/k"
    assert way.attaches
    [change] = way.changes
    assert json.loads(change.text)["Statement"] == [allow("s3:GetObject", BK)]
    assert not ways(identity(allow("sqs:*")))[0].attaches


def test_a_level_without_policies_gets_one_and_a_level_that_allows_is_left() -> None:
    full = policy(allow(), name="Full")
    bare = PolicySet((full,), service_control=(Level("r-root", (full,)), Level("ou-a", ()), Level("", ())))
    [way] = ways(bare)
    what = "attach a service control policy that allows s3:GetObject on b/k to"
    assert way.label == f"{what} ou-a, and {what} level 3"
    queues = policy(allow("sqs:*"), name="queues")
    unnamed = PolicySet((full,), service_control=(Level("", (full,)), Level("", (queues,))))
    assert labels(unnamed) == [f"{ADD} queues"]


def test_two_levels_are_changed_once_each() -> None:
    def level(name: str) -> Level:
        return Level(name, (policy(allow("sqs:*"), name=name),))

    found = labels(PolicySet((policy(allow()),), service_control=(level("S1"), level("S2"))))
    assert found[0] == f"{ADD} S1, and {ADD} S2"
    for label in found:
        assert (label.count("S1"), label.count("S2")) == (1, 1)


def test_a_federated_user_without_session_policy_is_passed_one() -> None:
    caller = Principal(arn=f"arn:aws:sts::{A}:federated-user/f")
    request = Request(caller, "s3:GetObject", (BK,), federated_by=USER.arn)
    queues = policy(allow("sqs:*", principal="*"), name="bucket")
    given = PolicySet((policy(allow()),), resource=queues)
    found = nearest_ways(judge(), Scenario(request, given))
    assert [w.label for w in found] == [f"{ADD} bucket", "pass a session policy that allows s3:GetObject on b/k"]
    resource = found[0].scenario.policies.resource
    assert resource is not None
    assert json.loads(resource.text)["Statement"][1]["Principal"] == {"AWS": caller.arn}


def test_a_resource_policy_of_the_same_account_may_grant_and_names_the_role_of_a_session() -> None:
    queues = policy(allow("sqs:*", principal="*"), name="bucket")

    def principal(policies: PolicySet) -> Any:
        request = Request(Principal(arn=SESSION), "s3:GetObject", (BK,))
        found = nearest_ways(judge(), Scenario(request, policies))
        given = next(w for w in found if w.label == f"{ADD} bucket").scenario.policies.resource
        assert given is not None
        return json.loads(given.text)["Statement"][-1]["Principal"]

    assert principal(PolicySet(resource=queues)) == {"AWS": f"arn:aws:iam::{A}:role/r"}
    bounded = PolicySet((policy(allow()),), policy(allow("sqs:*"), name="B"), resource=queues)
    assert principal(bounded) == {"AWS": SESSION}


def test_the_other_account_is_given_a_resource_policy_unless_its_service_takes_none() -> None:
    given = identity(allow())
    assert labels(given, resource_account=B) == ["attach a resource policy that allows s3:GetObject on b/k"]
    job = f"arn:aws:sagemaker:us-east-1:{B}:training-job/j"
    assert labels(given, action="sagemaker:DescribeTrainingJob", resource=job) == []


def test_an_allowed_call_across_accounts_is_closed_on_either_side() -> None:
    bucket = policy(allow("s3:*", principal={"AWS": A}), name="bucket")
    found = labels(PolicySet((policy(allow()),), resource=bucket), resource_account=B)
    assert found == ["remove statement 1 of P", "remove statement 1 of bucket"]


def test_statements_that_go_together_are_named_once_each_by_their_own_numbers() -> None:
    three = identity(allow("s3:*"), allow("sqs:*"), allow(sid="All"), allow("s3:Get*"))
    assert labels(three) == ["remove statements 1, All and 4 of P"]
    denied = PolicySet(
        (policy(allow(), deny("s3:*"), deny("s3:Get*")), policy(deny(sid="Off"), name="Q")),
    )
    assert labels(denied) == ["remove statements 2 and 3 of P, and remove statement Off of Q"]
    [way] = ways(denied)
    assert [c.policy for c in way.changes] == ["P", "Q"]


def test_a_statement_is_spoken_of_by_the_number_it_has_in_the_text_as_it_is() -> None:
    given = identity(deny("s3:*"), allow("s3:GetObject", "arn:aws:s3:::c/*"))
    found = labels(given)
    assert found[0] == "add b/k to Resource of statement 2 of P, and remove statement 1 of P"


def test_passing_a_role_is_opened_on_that_role_before_anything_on_all_roles() -> None:
    wide, narrow = allow(["iam:Get*"], "*", sid="Wide"), allow("iam:GetRole", ROLE, sid="Narrow")
    passing = allow("iam:GetRole", ROLE, sid="Bound", condition={"Null": {"iam:PassedToService": "false"}})
    found = labels(identity(allow("s3:*"), wide, narrow, passing), pass_role=PassedRole(ROLE))
    assert found == [
        "add a statement that allows iam:PassRole on role/e to s3.amazonaws.com to P",
        "add iam:PassRole to Action of statement Bound of P",
        "add iam:PassRole to Action of statement Narrow of P",
        "add iam:PassRole to Action of statement Wide of P",
    ]


def test_an_exception_takes_the_request_in() -> None:
    denied = identity(allow(), deny(notAction="sqs:*", notResource="arn:aws:s3:::c/*", sid="Rest"))
    assert labels(denied) == [
        "add s3:GetObject to NotAction of statement Rest of P",
        "add b/k to NotResource of statement Rest of P",
        "remove statement Rest of P",
    ]
    everywhere = identity(allow(), deny("*", notResource="arn:aws:s3:::c"))
    assert labels(everywhere, action="s3:ListAllMyBuckets", resource="*") == ["remove statement 2 of P"]


def test_an_entry_of_an_exclusion_is_taken_out_unless_it_is_the_last() -> None:
    given = identity(allow(notAction=["s3:GetObject", "iam:*"]), allow(notResource=[f"{BK}*", "arn:aws:s3:::z"]))
    assert labels(given) == [
        "add a statement that allows s3:GetObject on b/k to P",
        "take s3:GetObject out of NotAction of statement 1 of P",
        "take b/k* out of NotResource of statement 2 of P",
    ]
    [given_after] = ways(given)[1].scenario.policies.identity
    assert json.loads(given_after.text)["Statement"][0]["NotAction"] == ["iam:*"]


def test_one_of_each_kind_comes_before_a_second_of_the_same() -> None:
    others = [allow(f"{service}:*") for service in ("ec2", "sqs", "kms", "sns", "iam", "sts")]
    read = allow("s3:GetObject", "arn:aws:s3:::c/*", sid="Read")
    network = allow("s3:GetObject", BK, sid="Net", condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}})
    found = labels(identity(*others, read, network))
    assert "add b/k to Resource of statement Read of P" in found
    assert "send aws:SourceVpc = vpc-1" in found
    assert not any("to Action of" in label for label in found), "a statement on all of another service is no place"


def test_a_wide_action_makes_a_new_resource_dearer_than_a_statement_of_its_own() -> None:
    found = labels(identity(allow("s3:*", "arn:aws:s3:::c/*")))
    assert found == [f"{ADD} P", "add b/k to Resource of statement 1 of P"]


def test_what_nothing_turns_is_said_in_one_sentence() -> None:
    def said(policies: PolicySet, caller: Principal = USER, **more: Any) -> str:
        scenario = Scenario(Request(caller, more.pop("action", "s3:GetObject"), (BK,), **more), policies)
        assert nearest_ways(judge(), scenario) == ()
        return no_way(judge().decide(scenario))

    root = Principal(arn=f"arn:aws:iam::{A}:root")
    only = "Nothing here could be taken away to deny it: only a statement that denies it would."
    assert said(PolicySet(), root) == only
    china = "arn:aws-cn:s3:::d/k"
    request = Request(USER, "s3:GetObject", (china,))
    decision = judge().decide(Scenario(request, identity(allow())))
    assert (no_way(decision), "nothing can allow" in decision.sentence) == ("", True)


def test_a_deny_of_who_asks_is_not_left_by_another_caller() -> None:
    assert labels(identity(allow(), deny(condition={"StringEquals": {"aws:username": "u"}}))) == [
        "remove statement 2 of P"
    ]


def test_a_change_that_cannot_be_judged_is_no_way() -> None:
    class Picky(Judge):
        def prepare(self, scenario: Scenario) -> Prepared:
            if scenario.request.context:
                raise ScenarioError("Nothing may be stated.")
            return super().prepare(scenario)

    given = identity(allow(condition={"StringEquals": {"x:k": "a"}}))
    found = nearest_ways(Picky(NoFacts()), Scenario(Request(USER, "s3:GetObject", (BK,)), given))
    assert [way.label for way in found] == [f"{ADD} P", "remove the condition of statement 1 of P"]
