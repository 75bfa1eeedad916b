"""A witness is a request that can exist: the rules of presence of context-keys.md, and what must agree in it."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from tests.proof.documents import allow, deny, document, engine, granted_to, new_access, proofs
from tests.support import shared
from workbench.errors import ScenarioError
from workbench.evaluation.callers import CallerKind
from workbench.evaluation.decision import Outcome
from workbench.evaluation.request import Principal, Request, Scenario
from workbench.evaluation.values import read_date
from workbench.policy.kinds import PolicyKind
from workbench.proof.assumed import TOGETHER
from workbench.proof.dressing import dressed
from workbench.proof.situations import situations
from workbench.proof.verdicts import Verdict

HOME = "111122223333"
RUN = "ec2:StartInstances"
NOTHING = document(allow("s3:ListAllMyBuckets"))
OF_ENDPOINT = {"aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"}
CHAIN = {"aws:calledvia", "aws:calledviafirst", "aws:calledvialast"}
OF_INSTANCE = {"aws:ec2instancesourcevpc", "aws:ec2instancesourceprivateipv4", "ec2:sourceinstancearn"}
OF_SESSIONS = {"aws:federatedprovider", "aws:sourceidentity", *OF_INSTANCE, "lambda:sourcefunctionarn"}


def contradictions(request: Request) -> list[str]:
    """What in a request cannot be, read off context-keys.md sections 2 to 4 once more."""
    known = {key.lower(): value for key, value in request.context.items()}
    there = known.keys()
    arn = request.principal.arn
    found = []
    if "aws:sourceip" in there and OF_ENDPOINT & there:
        found.append("an address and an endpoint")
    if CHAIN & there and (OF_ENDPOINT & there or known.get("aws:viaawsservice") == "false"):
        found.append("a chain of services in a call that none forwards")
    if "aws:multifactorauthage" in there and known.get("aws:multifactorauthpresent", "true") != "true":
        found.append("the age of no MFA")
    if ":user/" in arn and OF_SESSIONS & there:
        found.append("a user with the keys of a role session")
    if ":user/" in arn and "aws:multifactorauthpresent" in there and "aws:tokenissuetime" in request.absent:
        found.append("long-term keys that say whether MFA was used")
    if not arn and {"aws:principalorgid", "aws:tokenissuetime", "aws:federatedprovider"} & there:
        found.append("somebody without an account and its keys")
    if arn and {"aws:sourcearn", "aws:sourceaccount"} & there:
        found.append("the source of a service that does not call")
    sent = {key.removeprefix("aws:requesttag/") for key in there if key.startswith("aws:requesttag/")}
    keys = known.get("aws:tagkeys")
    if sent and "aws:tagkeys" in {k.lower() for k in request.absent}:
        found.append("tags without their keys")
    if keys is not None and not sent <= {k.lower() for k in ((keys,) if isinstance(keys, str) else keys)}:
        found.append("keys of other tags than are sent")
    return found


def witness(verdict: Verdict) -> Scenario:
    assert verdict.result == "FAIL", verdict
    assert not verdict.assumptions, verdict
    assert verdict.witness is not None
    assert engine().simulate(verdict.witness).outcome is Outcome.ALLOWED
    assert contradictions(verdict.witness.request) == []
    return verdict.witness


def context(new: dict[str, Any] | list[dict[str, Any]]) -> dict[str, Any]:
    """The lower-cased context of the witness of everything that the statements allow."""
    statements = new if isinstance(new, list) else [new]
    found = witness(new_access(NOTHING, document(*statements))).request
    return {key.lower(): value for key, value in found.context.items()}


def test_an_address_or_an_endpoint_is_one_of_the_two() -> None:
    either = [
        allow(RUN, IpAddressIfExists={"aws:SourceIp": "203.0.113.0/24"}, StringLike={"aws:SourceVpc": "vpc-*"}),
    ]
    assert context(either).keys() == {"aws:sourcevpc"}
    kept_out = deny(RUN, NotIpAddressIfExists={"aws:SourceIp": "203.0.113.0/24"}, Null={"aws:SourceVpce": "true"})
    assert len(OF_ENDPOINT & context([allow(RUN), kept_out]).keys()) in (0, 1)


def test_who_used_mfa_has_a_token_and_its_age() -> None:
    found = context(
        allow(RUN, NumericLessThan={"aws:MultiFactorAuthAge": "3600"}, Bool={"aws:SecureTransport": "true"})
    )
    assert float(found["aws:multifactorauthage"]) < 3600
    both = allow(
        RUN,
        Bool={"aws:MultiFactorAuthPresent": "false"},
        NumericLessThan={"aws:MultiFactorAuthAge": "60"},
    )
    verdict = new_access(NOTHING, document(both))
    assert (verdict.result, verdict.witness) == ("PASS", None)
    assert TOGETHER in verdict.assumptions


def test_a_user_has_no_keys_of_a_role_session() -> None:
    only_users = {"aws:PrincipalArn": "arn:aws:iam::111122223333:user/*"}
    provider = {"aws:FederatedProvider": "arn:aws:iam::111122223333:saml-provider/corp"}
    verdict = new_access(NOTHING, document(allow(RUN, ArnLike=only_users, StringEquals=provider)))
    assert verdict.result == "PASS"
    assert TOGETHER in verdict.assumptions
    assert context(allow(RUN, StringEquals=provider)) == {k.lower(): v for k, v in provider.items()}


def test_a_forwarded_call_says_so_and_names_no_endpoint() -> None:
    found = context(
        [
            allow(RUN, StringEquals={"aws:CalledViaFirst": "cloudformation.amazonaws.com"}),
            deny(RUN, Bool={"aws:ViaAWSService": "false"}),
        ]
    )
    assert found["aws:viaawsservice"] == "true"
    assert found["aws:calledviafirst"] == "cloudformation.amazonaws.com"


def test_tags_that_are_sent_come_with_their_keys() -> None:
    found = context(
        allow(
            "ec2:CreateTags",
            StringEquals={"aws:RequestTag/team": "data"},
            ForAllValues__StringEquals={"aws:TagKeys": ["team", "cost"]},
        )
    )
    assert found == {"aws:requesttag/team": "data", "aws:tagkeys": ("team",)}


def test_the_source_of_a_service_is_sent_by_a_service_and_of_one_account() -> None:
    statement = granted_to(
        {"Service": "cloudtrail.amazonaws.com"},
        "s3:PutObject",
        ArnLike={"aws:SourceArn": "arn:aws:cloudtrail:*:*:trail/*"},
        StringEquals={"aws:SourceAccount": "444455556666"},
    )
    verdict = proofs().no_new_access(document(granted_to("*")), document(statement), PolicyKind.RESOURCE)
    request = witness(verdict).request
    assert request.principal.service == "cloudtrail.amazonaws.com"
    assert str(request.context["aws:SourceArn"]).split(":")[4] == "444455556666"
    anybody = granted_to("*", "s3:PutObject", ArnLike={"aws:SourceArn": "arn:aws:s3:::b"})
    verdict = proofs().no_new_access(document(granted_to("*")), document(anybody), PolicyKind.RESOURCE)
    assert witness(verdict).request.principal.service


@pytest.mark.parametrize("vpc", ["vpc-1a2b3c4d", "vpc-0123456789abcdef0"])
def test_identifiers_of_both_lengths_are_no_oddity(vpc: str) -> None:
    assert context(allow(RUN, StringEquals={"aws:SourceVpc": vpc})) == {"aws:sourcevpc": vpc}


def test_a_moment_is_written_as_a_date() -> None:
    found = context(allow(RUN, DateLessThan={"aws:CurrentTime": "2030-01-01T00:00:00Z"}))
    assert str(found["aws:currenttime"]).endswith("Z")


def test_the_date_and_the_seconds_of_one_request_are_the_same_moment() -> None:
    found = context(
        allow(
            RUN,
            DateLessThan={"aws:CurrentTime": "2021-01-01T00:00:00Z"},
            NumericGreaterThan={"aws:EpochTime": "1577836800"},
        )
    )
    assert read_date(found["aws:currenttime"]) == read_date(found["aws:epochtime"])


def test_the_owner_of_a_resource_is_the_account_in_its_arn() -> None:
    key = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{HOME}:root"}, "Action": "kms:*", "Resource": "*"}
    queue = {**key, "Action": "sqs:*"}
    trust = {"Effect": "Allow", "Principal": {"AWS": HOME}, "Action": "sts:AssumeRole"}
    for statement, kind in ((key, PolicyKind.RESOURCE), (queue, PolicyKind.RESOURCE), (trust, PolicyKind.TRUST)):
        [clause] = proofs().summary(document(statement), kind)
        assert clause.scenario is not None
        request = clause.scenario.request
        assert request.resources[0].split(":")[4] == request.resource_account
    own = {**key, "Resource": f"arn:aws:kms:us-east-1:{HOME}:key/*"}
    [clause] = proofs().summary(document(own), PolicyKind.RESOURCE)
    assert clause.scenario is not None
    assert clause.scenario.request.resource_account == HOME


def test_an_organization_and_its_paths_are_of_one() -> None:
    statement = allow(
        RUN,
        StringEquals={"aws:PrincipalOrgID": "o-abcdefghij"},
        ForAnyValue__StringLike={"aws:PrincipalOrgPaths": "*/r-abcd/*"},
    )
    assert all(path.startswith("o-abcdefghij/") for path in context(statement)["aws:principalorgpaths"])


def test_the_region_called_is_that_of_the_resource() -> None:
    statement = allow(RUN, StringEquals={"aws:RequestedRegion": "ap-southeast-2"})
    request = witness(new_access(NOTHING, document(statement))).request
    assert request.resources[0].startswith("arn:aws:ec2:ap-southeast-2:111122223333:instance/i-")
    abroad = allow(RUN, "arn:aws-cn:ec2:*:*:instance/*")
    request = witness(new_access(NOTHING, document(abroad))).request
    assert request.resources[0].startswith("arn:aws-cn:ec2:cn-north-1:111122223333:instance/i-")


def test_callers_of_other_partitions_ask_too() -> None:
    statement = allow(RUN, ArnLike={"aws:PrincipalArn": "arn:aws-cn:iam::*:user/*"})
    assert witness(new_access(NOTHING, document(statement))).request.principal.arn.startswith("arn:aws-cn:iam::")


def test_a_variable_is_spelled_as_in_the_policy_and_has_a_believable_value() -> None:
    own = allow(RUN, StringEquals={"aws:ResourceTag/Owner": "${aws:userid}"})
    found = context(own)
    assert found["aws:resourcetag/owner"] == found["aws:userid"]
    assert str(found["aws:userid"]).startswith("AROA")
    tagged = allow(RUN, StringEquals={"aws:ResourceTag/Team": "${aws:PrincipalTag/Team}"})
    assert "aws:PrincipalTag/Team" in witness(new_access(NOTHING, document(tagged))).request.context


@pytest.mark.parametrize("kind", list(CallerKind))
def test_every_caller_has_a_situation_and_one_is_enough_where_nothing_is_looked_at(kind: CallerKind) -> None:
    assert situations(kind, ()) == [{}]
    assert 1 <= len(situations(kind, OF_ENDPOINT | CHAIN | OF_SESSIONS)) <= 24


def test_names_are_bettered_only_where_they_are_the_shortest() -> None:
    request = Request(
        Principal(arn="arn:aws:iam::111122223333:user/Ann"),
        "kms:Decrypt",
        ("arn:aws:kms:us-east-1:111122223333:key/x",),
        context={"kms:ViaService": "ssm..amazonaws.com", "s3:prefix": "home/"},
    )
    better = dressed(request)
    assert better.resources == ("arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",)
    assert better.context == {"kms:ViaService": "ssm.us-east-1.amazonaws.com", "s3:prefix": "home/example"}


KINDS = {
    "identity": PolicyKind.IDENTITY,
    "trust": PolicyKind.TRUST,
    "resource": PolicyKind.RESOURCE,
    "scp": PolicyKind.SCP,
    "rcp": PolicyKind.RCP,
}


def test_no_witness_of_a_real_policy_contradicts_itself() -> None:
    with gzip.open(shared("data/real-policies.jsonl.gz"), "rt", encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines][::24]
    with gzip.open(shared("data/managed-policies.jsonl.gz"), "rt", encoding="utf-8") as lines:
        found += [{"kind": "identity", **json.loads(line)} for line in lines][::80]
    shown = 0
    for policy in found:
        try:
            clauses = proofs().summary(json.dumps(policy.get("document", "")), KINDS[policy["kind"]])
        except ScenarioError:
            continue
        for clause in clauses:
            if clause.scenario is not None:
                shown += 1
                assert contradictions(clause.scenario.request) == [], (policy, clause)
                assert engine().simulate(clause.scenario).outcome is Outcome.ALLOWED
    assert shown > 50
