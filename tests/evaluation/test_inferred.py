"""An answer that rests on an inferred rule says so, and no other answer does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.evaluation.asking import USER, allow, ask, deny, identity, policy
from workbench.engine import Engine
from workbench.evaluation import inferred as rules
from workbench.evaluation import inferred_conditions as of_tests
from workbench.evaluation import inferred_elements as of_elements
from workbench.evaluation.decision import Decision, Outcome
from workbench.evaluation.request import Level, PolicySet, Principal, Request, Scenario

A, B = "111111111111", "222222222222"
SESSION = f"arn:aws:sts::{A}:assumed-role/r/s"
FEDERATED = f"arn:aws:sts::{A}:federated-user/f"
SERVICE = Principal(service="sns.amazonaws.com")
BK = "arn:aws:s3:::b/k"
EVERYTHING = policy(allow(), name="everything")
QUEUES = policy(allow("sqs:*"), name="queues")


def inferred(decision: Decision) -> list[str]:
    return [note for note in decision.notes if "(inferred" in note]


def no_address(value: str) -> str:
    return of_tests.UNREADABLE.format(value=value, family="IP address")


def about_test(condition: dict[str, Any], context: dict[str, Any] | None = None, **more: Any) -> list[str]:
    """The inferred rules that an Allow with this condition rests on."""
    return inferred(ask(identity(allow(condition=condition), **more), context=context))


@pytest.mark.parametrize(
    ("condition", "context", "rule"),
    [
        ({"ForAnyValue:StringEqualsIfExists": {"x:k": "a"}}, {}, of_tests.ANY_IF_EXISTS),
        ({"ForAnyValue:StringEqualsIfExists": {"x:k": "a"}}, {"x:k": ["a"]}, ""),
        ({"Null": {"x:k": "true"}}, {"x:k": []}, of_tests.NULL_OF_EMPTY_LIST),
        ({"Null": {"x:k": "false"}}, {"x:k": ""}, of_tests.NULL_OF_EMPTY_TEXT),
        ({"Null": {"x:k": "false"}}, {"x:k": "a"}, ""),
        ({"ForAllValues:Null": {"x:k": "false"}}, {"x:k": []}, ""),
        ({"ForAllValues:StringEquals": {"x:k": "a"}}, {"x:k": ["a", ""]}, of_tests.EMPTY_AMONG_OTHERS),
        ({"ForAllValues:StringEquals": {"x:k": ["a", ""]}}, {"x:k": ["a", ""]}, ""),
        ({"ForAnyValue:StringEquals": {"x:k": ""}}, {"x:k": ["a", ""]}, of_tests.EMPTY_AMONG_OTHERS),
        ({"StringEquals": {"x:k": []}}, {"x:k": "a"}, of_tests.NO_POLICY_VALUES),
        ({"StringNotEquals": {"x:k": []}}, {"x:k": "a"}, of_tests.NO_POLICY_VALUES),
        ({"StringEqualsIfExists": {"x:k": []}}, {"x:k": "a"}, ""),
        ({"StringEquals": {"x:k": "a"}}, {"x:k": ["b", "a"]}, of_tests.MULTIVALUED),
        ({"StringEquals": {"x:k": "a"}}, {"x:k": "a"}, ""),
        ({"Bool": {"x:b": "True"}}, {"x:b": "true"}, of_tests.BOOL_CASE),
        ({"ForAllValues:Bool": {"x:b": "true"}}, {"x:b": ["TRUE", "true"]}, of_tests.BOOL_CASE),
        ({"Bool": {"x:b": ["true", "false"]}}, {"x:b": "true"}, of_tests.BOOL_SEVERAL),
        ({"Bool": {"x:b": "${x:v}"}}, {"x:b": "true", "x:v": "true"}, of_tests.BOOL_VARIABLE),
        ({"Bool": {"x:b": "${x:v}"}}, {"x:b": "false", "x:v": "false"}, ""),
        ({"Bool": {"x:b": "${x:none}"}}, {"x:b": "false"}, of_tests.BOOL_VARIABLE),
        ({"DateLessThan": {"x:d": "2026-01-01"}}, {"x:d": "2026-01-01T03:00:00Z"}, of_tests.DATE_PARTS),
        ({"DateLessThan": {"x:d": "2026"}}, {"x:d": "2026-07-01T00:00:00Z"}, of_tests.DATE_PARTS),
        ({"DateLessThan": {"x:d": "2026-01-01"}}, {"x:d": "2025-06-01T00:00:00Z"}, ""),
        ({"DateGreaterThan": {"x:d": "2026-01-01T00:00:00Z"}}, {"x:d": "2026-01-01T01:00:00"}, of_tests.DATE_PARTS),
        ({"DateGreaterThan": {"x:d": "2026-01-01T00:00:00Z"}}, {"x:d": "2026-01-01T01:00:00Z"}, ""),
        ({"ForAllValues:DateGreaterThan": {"x:d": "5"}}, {"x:d": ["6", "7"]}, ""),
        ({"DateEquals": {"x:d": "1.5"}}, {"x:d": "1.5"}, of_tests.DATE_FRACTION),
        ({"DateEquals": {"x:d": "soon"}}, {"x:d": "1"}, of_tests.UNREADABLE.format(value="soon", family="date")),
        ({"DateEquals": {"x:d": ["soon", "1"]}}, {"x:d": "1"}, ""),
        ({"NotIpAddress": {"x:i": "junk"}}, {"x:i": "203.0.113.1"}, no_address("junk")),
        ({"IpAddress": {"x:i": "203.0.113.0/24"}}, {"x:i": ""}, no_address("(empty)")),
        ({"IpAddress": {"x:i": "2001:db8::1"}}, {"x:i": "2001:db8::2"}, of_tests.IPV6_ALONE),
        ({"IpAddress": {"x:i": "2001:db8::1"}}, {"x:i": "2001:db8::1"}, ""),
        ({"IpAddress": {"x:i": "203.0.113.9/24"}}, {"x:i": "203.0.113.1"}, of_tests.HOST_BITS),
        ({"IpAddress": {"x:i": "203.0.113.0/24"}}, {"x:i": "203.0.113.1"}, ""),
        ({"IpAddress": {"x:i": "0.0.0.0/0"}}, {"x:i": "2001:db8::1"}, of_tests.FAMILIES),
        ({"IpAddress": {"x:i": "203.0.113.0/24"}}, {"x:i": "2001:db8::1"}, ""),
        ({"BinaryEquals": {"x:y": "?"}}, {"x:y": "A"}, of_tests.UNREADABLE.format(value="?", family="base64")),
        ({"BinaryEquals": {"x:y": "QQ=="}}, {"x:y": "A"}, ""),
        ({"ArnLike": {"x:a": "*key/k"}}, {"x:a": "arn:aws:kms:eu-west-1:1:key/k"}, of_tests.SHORT_ARN),
        ({"ArnLike": {"x:a": "arn:aws:sns:*:1:t*"}}, {"x:a": "arn:aws:sns:eu-west-1:1:t"}, ""),
        ({"ArnNotLike": {"x:a": "arn:aws:s3:::*"}}, {"x:a": "arn:aws:s3::"}, ""),
        ({"ArnLike": {"x:a": "*:*:*:*:*:*"}}, {"x:a": "x:b:c:d:e:f"}, of_tests.NOT_AN_ARN),
        ({"StringLike": {"x:k": ["x-${x:none}", "pub-*"]}}, {"x:k": "pub-1"}, of_tests.OTHERS_LEFT),
        ({"StringEquals": {"x:k": "${x:many}"}}, {"x:k": "a", "x:many": ["a"]}, of_tests.MULTIVALUED_VARIABLE),
        ({"StringLike": {"x:k": "${x:v}"}}, {"x:k": "abc", "x:v": "a*"}, of_tests.LITERAL_VALUE),
        ({"StringLike": {"x:k": "${x:v}?"}}, {"x:k": "abc", "x:v": "z*"}, ""),
        ({"StringEquals": {"x:k": "${x:v, 'a'}"}}, {"x:k": "", "x:v": ""}, of_tests.EMPTY_NOT_DEFAULT),
        ({"StringEquals": {"x:k": "${x:v, 'a'}"}}, {"x:k": "a"}, ""),
        ({"StringEquals": {"x:k": "${x:v"}}, {"x:k": "${x:v"}, of_tests.MALFORMED_VARIABLE),
        ({"stringequals": {"x:k": "a"}}, {"x:k": "a"}, of_tests.OPERATOR_CASE),
        ({"Null": {"aws:TagKeys": "true"}}, {}, of_tests.NO_TAG_KEYS),
        ({"ForAllValues:Null": {"aws:TagKeys": "true"}}, {}, ""),
        ({"StringNotEquals": {"sagemaker:TaggingAction": "x"}}, {}, of_tests.NO_TAGGING_ACTION),
        ({"StringEquals": {}}, {}, of_elements.VACUOUS),
        ({}, {}, ""),
    ],
)  # fmt: skip
def test_a_condition_that_rests_on_an_inferred_rule_says_so(
    condition: dict[str, Any], context: dict[str, Any], rule: str
) -> None:
    assert about_test(condition, context) == ([rule] if rule else [])


def test_a_value_that_is_no_arn_is_inferred_to_match_no_pattern() -> None:
    condition = {"ArnLike": {"x:a": "arn:aws:*:*:*:*"}}
    assert about_test(condition, {"x:a": "arn:aws:short"}) == []
    assert about_test({"ArnNotLike": {"x:a": "*:*:*:*:*:*"}}, {"x:a": "x:::::y"}) == [of_tests.NOT_AN_ARN]


def test_old_versions_have_no_variables_to_infer_about() -> None:
    literal = {"StringEquals": {"x:k": "${x:v"}}
    assert about_test(literal, {"x:k": "${x:v"}, version="2008-10-17") == []


def test_a_statement_that_fails_for_another_reason_too_rests_on_no_inferred_rule() -> None:
    condition = {"IpAddress": {"x:i": "2001:db8::1"}, "StringEquals": {"x:k": "a"}}
    assert about_test(condition, {"x:i": "2001:db8::2", "x:k": "b"}) == []
    assert about_test(condition, {"x:i": "2001:db8::2", "x:k": "a"}) == [of_tests.IPV6_ALONE]


def test_a_rule_that_turns_no_outcome_is_not_named() -> None:
    doubted = allow(condition={"Bool": {"x:b": "True"}})
    assert inferred(ask(identity(doubted, allow()), context={"x:b": "true"})) == []
    assert inferred(ask(identity(doubted, doubted), context={"x:b": "true"})) == [of_tests.BOOL_CASE]


@pytest.mark.parametrize(
    ("statement", "action", "resource", "rule"),
    [
        (allow(notAction=[]), "s3:GetObject", BK, of_elements.EMPTY_NOT.format(name="NotAction")),
        (allow(notResource=[]), "s3:GetObject", BK, of_elements.EMPTY_NOT.format(name="NotResource")),
        (allow("s3:*", notResource="arn:aws:s3:::c"), "s3:ListAllMyBuckets", "*", of_elements.NOT_RESOURCE_OF_ALL),
        (allow("*", notResource="arn:aws:s3:::${x:none}"), "s3:GetObject", BK, of_elements.NOT_RESOURCE_VARIABLE),
        (allow("*", notResource="arn:aws:s3:::c"), "s3:GetObject", BK, ""),
        (allow("s3:Ge?Object"), "s3:GetObject", BK, of_elements.ONE_IN_ACTION),
        (allow(["s3:Ge?Object", "s3:GetObject"]), "s3:GetObject", BK, ""),
        (allow("*:*"), "s3:GetObject", BK, of_elements.ALL_ACTIONS),
        (allow("*", "arn:a*:s3:::b/k"), "s3:GetObject", BK, of_elements.WILD_PARTITION),
        (allow("*", "arn:aws:s?:::b/k"), "s3:GetObject", BK, of_elements.WILD_SERVICE),
        (allow("*", f"arn:aws:iam::{A}:u*"), "iam:GetUser", USER, of_elements.WILD_TYPE),
        (allow("*", f"arn:aws:iam::{A}:*"), "iam:GetUser", USER, ""),
        (allow("*", "arn:aws:s3:::b*"), "s3:GetObject", BK, ""),
        (allow("*", "arn:aws:s3*"), "s3:GetObject", BK, of_elements.SHORT_RESOURCE),
        (allow("*", f"arn:aws:iam:*:{A}*:user/u"), "iam:GetUser", USER, ""),
        (allow("*", "arn:aws:iam:*:u::user/u"), "iam:GetUser", "arn:aws:iam:::u::user/u", of_elements.CROSSING),
        (allow("*", "arn:aws:s3:::b/${x:v}"), "s3:GetObject", BK, of_elements.RESOURCE_LITERAL),
        (allow("*", "arn:aws:s3:::b/${x:v}z"), "s3:GetObject", BK, ""),
        (allow("*", "arn:aws:s3:::c/${x:none}"), "s3:GetObject", BK, ""),
        (allow("*", "arn:aws:s3:::b/k${x:e, 'a'}"), "s3:GetObject", BK, of_elements.RESOURCE_EMPTY_VARIABLE),
        (allow("*", "arn:aws:s3:::b/k${x:none, ''}"), "s3:GetObject", BK, ""),
    ],
)  # fmt: skip
def test_an_action_or_resource_that_rests_on_an_inferred_rule_says_so(
    statement: dict[str, Any], action: str, resource: str, rule: str
) -> None:
    decision = ask(identity(statement), action, resource, context={"x:v": "*", "x:e": ""}, resource_account=A)
    assert inferred(decision) == ([rule] if rule else [])


def of_bucket(*statements: dict[str, Any], **more: Any) -> list[str]:
    """The inferred rules of an answer that a bucket policy decides; `more` goes to the policies and to ask."""
    principal, context = more.pop("principal", USER), more.pop("context", None)
    by = more.pop("federated_by", "")
    policies = PolicySet(resource=policy(*statements, name="bucket"), **more)
    return inferred(ask(policies, principal=principal, context=context, federated_by=by))


def test_a_resource_policy_that_names_the_account_alone_is_inferred_to_leave_the_decision() -> None:
    delegates = allow(principal={"AWS": A})
    assert of_bucket(delegates) == [of_elements.ACCOUNT_ALONE]
    assert of_bucket(delegates, identity=(EVERYTHING,)) == []
    assert of_bucket(allow(principal={"AWS": USER})) == []
    assert of_bucket(allow(principal={"AWS": f"arn:aws:iam::{A}:user/other"})) == []


def test_what_a_wildcard_principal_grants_over_limits_is_inferred() -> None:
    anyone = allow(principal="*")
    assert of_bucket(anyone) == []
    assert of_bucket(anyone, permissions_boundary=QUEUES) == [of_elements.ANY_OVER_LIMITS]
    narrowed = allow(principal="*", condition={"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{A}:role/r"}})
    assert of_bucket(narrowed, permissions_boundary=QUEUES, principal=SESSION) == []
    assert of_bucket(anyone, principal=FEDERATED, federated_by=USER) == [of_elements.FEDERATED_BY_ANY]
    via = allow(principal={"AWS": USER})
    assert of_bucket(via, principal=FEDERATED, federated_by=USER) == [of_elements.VIA_CREATOR]
    assert of_bucket(anyone, principal=SERVICE) == []
    assert of_bucket(allow(principal={"AWS": "*"}), principal=SERVICE) == [of_elements.AWS_ANY]
    assert of_bucket(anyone, principal=Principal()) == []
    role = f"arn:aws:iam::{A}:role/r"
    trust = policy({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRoleWithSAML"}, name="trust")
    provider = Principal(federated=f"arn:aws:iam::{A}:saml-provider/p")
    decision = ask(PolicySet(resource=trust), "sts:AssumeRoleWithSAML", role, principal=provider)
    assert inferred(decision) == [of_elements.PROVIDER_BY_ANY]


def test_the_strict_reading_of_not_principal_is_inferred() -> None:
    listed = deny(notPrincipal={"AWS": USER})
    assert of_bucket(listed, identity=(EVERYTHING,)) == [of_elements.STRICT_NOT_PRINCIPAL]
    both = deny(notPrincipal={"AWS": [USER, A]})
    assert of_bucket(both, identity=(EVERYTHING,)) == []
    assert of_bucket(both, identity=(EVERYTHING,), permissions_boundary=EVERYTHING) == []
    others = deny(notPrincipal={"AWS": B})
    assert of_bucket(others, identity=(EVERYTHING,)) == []
    role = f"arn:aws:iam::{A}:role/r"
    by_role = deny(notPrincipal={"AWS": role})
    assert of_bucket(by_role, identity=(EVERYTHING,), principal=role) == [of_elements.STRICT_NOT_PRINCIPAL]
    assert of_bucket(by_role, identity=(EVERYTHING,), principal=SESSION) == []


def test_several_session_policies_are_inferred_to_be_pooled() -> None:
    both = PolicySet((EVERYTHING,), session=(EVERYTHING, QUEUES))
    assert inferred(ask(both, principal=SESSION)) == [rules.POOLED_SESSIONS]
    assert inferred(ask(replace(both, session=(EVERYTHING,)), principal=SESSION)) == []


def test_whom_rcps_are_inferred_to_bind_is_said() -> None:
    closed = (Level("r-root", (policy(deny(principal="*")),)),)
    public = PolicySet((EVERYTHING,), resource=policy(allow(principal="*")), resource_control=closed)
    assert inferred(ask(public, principal=Principal())) == [rules.RCP_ANONYMOUS]
    assert inferred(ask(public)) == []
    assert inferred(ask(replace(public, resource=None), "s3:ListAllMyBuckets", "*")) == [rules.RCP_NO_RESOURCE]
    linked = f"arn:aws:iam::{A}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
    assert inferred(ask(public, principal=linked)) == [rules.LINKED_UNDER_RCP]
    variable = deny(principal="*", condition={"StringEquals": {"x:k": "${x:v}"}})
    by_variable = replace(public, resource_control=(Level("r-root", (policy(variable),)),))
    assert inferred(ask(by_variable, context={"x:k": "a", "x:v": "a"})) == [of_tests.RCP_VARIABLES]


def test_that_the_stated_arn_of_another_role_is_not_the_sessions_is_inferred() -> None:
    own, other = f"arn:aws:iam::{A}:role/r", f"arn:aws:iam::{A}:role/other"
    stated = {"aws:PrincipalArn": other}

    def rules_of(*statements: dict[str, Any], context: dict[str, Any] = stated, **more: Any) -> list[str]:
        return of_bucket(*statements, principal=more.pop("principal", SESSION), context=context, **more)

    assert rules_of(allow(principal={"AWS": own})) == [rules.OTHER_ROLE]
    assert rules_of(allow(principal={"AWS": other})) == [rules.OTHER_ROLE]
    assert rules_of(allow(principal={"AWS": [own, other]})) == []
    assert rules_of(allow(principal={"AWS": own}), context={"aws:PrincipalArn": f"arn:aws:iam::{A}:role/team/r"}) == []
    assert rules_of(allow(principal={"AWS": own}), context={}) == []
    assert rules_of(allow(principal={"AWS": own}), context={"aws:PrincipalArn": USER}) == []
    assert rules_of(allow(principal={"AWS": other}), principal=own) == []
    assert rules_of(allow(resource="arn:aws:s3:::c", principal={"AWS": other})) == []
    assert rules_of(allow(principal={"AWS": other}, condition={"Bool": {"x:b": "true"}})) == []
    abroad = f"arn:aws:iam::{B}:role/r"
    context = {"aws:PrincipalArn": abroad}
    assert rules_of(allow(principal={"AWS": abroad}), context=context) == [rules.OTHER_ROLE]
    spared = deny(notPrincipal={"AWS": [SESSION, other, A]})
    assert rules.OTHER_ROLE in rules_of(spared, identity=(EVERYTHING,))


def test_that_the_stated_arn_of_another_linked_role_does_not_exempt_a_session_is_inferred() -> None:
    linked = f"arn:aws:iam::{A}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
    closed = PolicySet((EVERYTHING,), service_control=(Level("r-root", (policy(deny()),)),))
    assert inferred(ask(closed, principal=SESSION, context={"aws:PrincipalArn": linked})) == [rules.OTHER_ROLE]
    other = {"aws:PrincipalArn": f"arn:aws:iam::{A}:role/other"}
    assert inferred(ask(closed, principal=SESSION, context=other)) == []


def of_derived(key: str, operator: str, value: str, **more: Any) -> list[str]:
    policies = more.pop("policies", None) or identity(allow(condition={operator: {key: value}}))
    return inferred(ask(policies, **more))


def test_an_answer_that_rests_on_an_inferred_value_of_a_derived_key_says_so() -> None:
    assert of_derived("aws:MultiFactorAuthPresent", "Bool", "true", principal=SESSION) == [rules.SESSION_MFA]
    assert of_derived("aws:MultiFactorAuthPresent", "Bool", "true", principal=FEDERATED, federated_by=USER) == []
    assert of_derived("aws:ViaAWSMCPService", "Bool", "false") == [rules.NO_MCP]
    assert of_derived("aws:UserAgent", "StringNotEquals", "simulator") == [rules.USER_AGENT]
    assert of_derived("aws:SecureTransport", "Bool", "true") == []
    region = "aws:RequestedRegion"
    assert of_derived(region, "StringEquals", "us-east-1", action="organizations:ListRoots", resource="*") == [
        rules.GLOBAL_REGION
    ]
    assert of_derived(region, "StringEquals", "us-east-1", action="iam:ListUsers", resource="*") == []
    queue = f"arn:aws:sqs:us-east-1:{A}:q"
    assert of_derived(region, "StringEquals", "us-east-1", action="sqs:SendMessage", resource=queue) == []
    job = f"arn:aws:sagemaker:us-east-1:{A}:training-job/j"
    old, new = "sagemaker:VolumeKmsKey", "sagemaker:VolumeKmsKeyArn"
    assert of_derived(
        new, "StringEquals", "k", action="sagemaker:CreateTrainingJob", resource=job, context={old: "k"}
    ) == [rules.KMS_SPELLINGS]
    open_to = {"Null": {"aws:PrincipalAccount": "true"}}
    bucket = PolicySet(resource=policy(allow(principal={"Service": SERVICE.service}, condition=open_to)))
    assert of_derived("", "", "", policies=bucket, principal=SERVICE) == [rules.SERVICE_KEYS]
    typed = {"StringEquals": {"aws:PrincipalType": "Service"}}
    bucket = PolicySet(resource=policy(allow(principal={"Service": SERVICE.service}, condition=typed)))
    assert of_derived("", "", "", policies=bucket, principal=SERVICE) == [rules.SERVICE_TYPE]
    assert of_derived("aws:PrincipalType", "StringEquals", "User") == []


def test_a_rule_of_an_authorization_that_does_not_decide_is_not_named() -> None:
    job = f"arn:aws:sagemaker:us-east-1:{A}:training-job/j"
    doubted = allow("sagemaker:Create?rainingJob")
    denied = ask(identity(doubted), "sagemaker:CreateTrainingJob", [job, job.replace("/j", "/k")])
    assert denied.outcome == "allowed"
    assert inferred(denied) == [of_elements.ONE_IN_ACTION]
    one = allow("sagemaker:Create?rainingJob", job)
    denied = ask(identity(one), "sagemaker:CreateTrainingJob", [job, job.replace("/j", "/k")])
    assert denied.outcome == "implicitDeny"
    assert inferred(denied) == []


def test_network_isolation_that_is_not_sent_is_inferred_to_be_false() -> None:
    key = "sagemaker:NetworkIsolation"
    policies = identity(allow(condition={"Bool": {key: "false"}}))
    job = f"arn:aws:sagemaker:us-east-1:{A}:training-job/j"
    request = Request(Principal(arn=USER), "sagemaker:CreateTrainingJob", (job,))
    assert rules.NO_ISOLATION in Engine().simulate(Scenario(request, policies)).notes
    stated = replace(request, context={key: "false"})
    assert rules.NO_ISOLATION not in Engine().simulate(Scenario(stated, policies)).notes


_OLD_NAME = of_tests.OLD_NAME.format(old="aws:ARN", new="aws:PrincipalArn")


@pytest.mark.parametrize(
    ("condition", "outcome", "rests"),
    [
        ({"ArnLike": {"aws:ARN": f"arn:aws:iam::{A}:user/*"}}, Outcome.ALLOWED, True),
        ({"ArnLike": {"aws:ARN": f"arn:aws:iam::{B}:user/*"}}, Outcome.IMPLICIT_DENY, False),
        ({"ArnNotLike": {"aws:arn": f"arn:aws:iam::{B}:user/*"}}, Outcome.ALLOWED, False),
        ({"Null": {"aws:ARN": "true"}}, Outcome.IMPLICIT_DENY, True),
    ],
)
def test_the_old_name_of_the_callers_arn_is_the_key(condition: dict[str, Any], outcome: Outcome, rests: bool) -> None:
    decision = ask(identity(allow(condition=condition)), principal=f"arn:aws:iam::{A}:user/u")
    assert decision.outcome is outcome
    assert (_OLD_NAME in inferred(decision)) is rests


def test_the_old_name_can_be_stated_left_out_and_unknown() -> None:
    policies = identity(allow(condition={"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{A}:role/r"}}))
    caller = f"arn:aws:sts::{A}:assumed-role/r/s"
    assert ask(policies, principal=caller).outcome is Outcome.ALLOWED
    stated = ask(policies, principal=caller, context={"aws:ARN": f"arn:aws:iam::{A}:role/path/r"})
    assert stated.outcome is Outcome.IMPLICIT_DENY
    asked = Scenario(Request(Principal(arn=caller), "s3:GetObject", (BK,), A), policies)
    engine = Engine()
    for changed, outcome in (
        (replace(asked.request, absent=frozenset({"aws:ARN"})), Outcome.IMPLICIT_DENY),
        (replace(asked.request, unknown=frozenset({"aws:ARN"})), Outcome.DEPENDS),
    ):
        assert engine.simulate(replace(asked, request=changed)).outcome is outcome
