"""Policies that no request may be judged by. Source: grammar.md, evaluation.md section 1."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.evaluation.asking import USER as ANN
from tests.evaluation.asking import allow, ask, deny, identity, policy
from workbench.document.parser import parse
from workbench.errors import ScenarioError
from workbench.evaluation.refusals import refusals
from workbench.evaluation.request import Level, NamedPolicy, PolicySet
from workbench.policy.kinds import PolicyKind
from workbench.policy.reader import read

A = "111111111111"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (allow("s*:Get*"), "has a wildcard in the service prefix"),
        (allow("s?:Get*"), "has a wildcard in the service prefix"),
        (deny(notAction="*:Get*"), "has a wildcard in the service prefix"),
        (allow("Get*"), "is no action"),
        (allow("s3:"), "is no action"),
        (allow("**"), "is no action"),
        (deny(["s3:*", "**:*"]), "wildcard in the service prefix"),
        (deny("arn:aws:s3:::b"), "is no action"),
        (allow(":Get*"), "is no action"),
        (allow(condition={"Null": {"aws:SourceVpc": "maybe"}}), "Null takes true or false"),
        (allow(condition={"Null": {"aws:SourceVpc": ["true", ""]}}), "Null takes true or false"),
        (allow(condition={"ForAllValues:Null": {"aws:TagKeys": "maybe"}}), "Null takes true or false"),
        (allow("s3:GetObject "), "has a blank"),
        (allow(" s3:GetObject"), "has a blank"),
        (deny("s3: GetObject"), "has a blank"),
    ],
)
def test_a_policy_that_nobody_knows_the_meaning_of_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ScenarioError, match=message) as caught:
        ask(identity(given))
    assert caught.value.path.startswith("policies.identity[0].document.Statement")


@pytest.mark.parametrize(
    ("principal", "message"),
    [
        ({"AWS": f"arn:aws:iam::{A}:user/an?"}, "has a wildcard"),
        ({"AWS": "Bob"}, "can name no AWS principal"),
        ({"AWS": "11112222333"}, "can name no AWS principal"),
        ({"AWS": f"arn:aws:sts::{A}:assumed-role/r/"}, "can name no AWS principal"),
        ({"AWS": ""}, "can name no AWS principal"),
        ({"AWS": f"arn:aws:iam::{A}:ROOT"}, "can name no AWS principal"),
        ({"AWS": "${aws:username}"}, "can name no AWS principal"),
        ({"Service": ""}, "can name no Service principal"),
    ],
)
def test_a_principal_that_can_name_nobody_is_refused(principal: dict[str, str], message: str) -> None:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "*"}
    with pytest.raises(ScenarioError, match=message):
        ask(PolicySet(resource=policy(statement, name="bucket")), "s3:GetObject", "arn:aws:s3:::b/k")


def test_policies_of_stars_and_set_operators_with_null_are_judged() -> None:
    for action in ("*", "*:*"):
        assert ask(identity(allow(action))).outcome == "allowed"
    odd = {"ForAllValues:Null": {"aws:TagKeys": "true"}}
    assert ask(identity(allow(condition=odd))).outcome == "allowed"


def test_a_variable_in_an_action_is_literal_text() -> None:
    for action in ("s3:Get${username}*", "s3:${*}*"):
        assert ask(identity(allow(action))).outcome == "implicitDeny"
        assert ask(identity(allow(notAction=action))).outcome == "allowed"


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"AWS": f"arn:aws:iam::{A}:user/*"}, "has a wildcard"),
        ({"AWS": [ANN, "arn:aws:iam::*:root"]}, "has a wildcard"),
        ({"Service": "*"}, "has a wildcard"),
        ({"Federated": "*"}, "has a wildcard"),
        ({"AWS": f"arn:aws:iam::{A}:group/g"}, "a group is no principal"),
    ],
)
@pytest.mark.parametrize("element", ["principal", "notPrincipal"])
def test_an_entry_that_could_name_nobody_is_refused(element: str, entries: dict[str, Any], message: str) -> None:
    with pytest.raises(ScenarioError, match=message) as caught:
        ask(PolicySet(resource=policy(deny(**{element: entries}))))
    name = element[0].upper() + element[1:]
    assert caught.value.path.startswith(f"policies.resource.document.Statement[0].{name}")


def test_the_one_wildcard_among_principals_is_taken_alone_and_in_lists() -> None:
    for entries in ("*", {"AWS": "*"}, {"AWS": [ANN, "*"]}, {"AWS": ["*"], "Service": "sns.amazonaws.com"}):
        assert ask(PolicySet(resource=policy(allow(principal=entries)))).outcome == "allowed"


@pytest.mark.parametrize(
    ("sids", "message"),
    [(("A", "A"), "'A' stands in an earlier statement"), (("my-sid",), "'my-sid' holds other than"), (("é",), "'é'")],
)
def test_a_sid_that_iam_refuses_is_refused_of_its_kinds_and_of_no_other(sids: tuple[str, ...], message: str) -> None:
    one = policy(*(allow(sid=sid) for sid in sids))
    for policies in (PolicySet(identity=(one,)), PolicySet(permissions_boundary=one), PolicySet(session=(one,))):
        with pytest.raises(ScenarioError, match=message) as caught:
            ask(policies)
        assert caught.value.path.endswith(".Sid")
    trust = policy(*({"Sid": s, "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"} for s in sids))
    with pytest.raises(ScenarioError, match=message):
        ask(PolicySet(resource=trust), "sts:AssumeRole", "arn:aws:iam::111111111111:role/r")
    bucket = policy(*(allow(sid=sid, principal="*") for sid in sids))
    assert ask(PolicySet(resource=bucket)).outcome == "allowed"
    levels = (Level("root", (one,)),)
    assert ask(replace(identity(allow()), service_control=levels)).outcome == "allowed"


def test_sids_that_differ_or_are_empty_are_taken() -> None:
    assert ask(identity(allow(sid="A"), allow(sid="a"), allow(sid=""), allow(sid=""), allow())).outcome == "allowed"


def test_of_a_text_that_is_no_json_the_syntax_is_the_reason() -> None:
    with pytest.raises(ScenarioError, match="The text ends too early"):
        ask(PolicySet(identity=(NamedPolicy("P", "{"),)))


def test_all_that_is_refused_is_told_also_of_a_statement_without_an_action() -> None:
    text = """{"Version": "2012-10-17", "Statement": [
        {"Sid": "no action", "Effect": "Allow", "Resource": "*"},
        {"Sid": "Odd", "Effect": "Deny", "Action": "s*:Get*", "Resource": "*"}]}"""
    found = refusals(read(parse(text), PolicyKind.IDENTITY))
    assert [defect.code for defect in found] == ["MISSING_ACTION", "UNSUPPORTED_SID", "INVALID_SERVICE_IN_ACTION"]
