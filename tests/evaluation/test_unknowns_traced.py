"""Keys of unknown value in authorizations, layers and traces. Source: evaluation.md section 1, design.md section 4."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest

from tests.evaluation.asking import USER, allow, ask, deny, identity, judge, policy
from tests.evaluation.drawn import NOW, FewFacts
from tests.evaluation.test_unknowns_settled import ALL, examples, keys
from workbench.evaluation.derive import followers
from workbench.evaluation.judge import Judge
from workbench.evaluation.request import Level, PolicySet, Principal, Request, Scenario
from workbench.evaluation.shape import decision_line


def test_what_each_authorization_and_layer_comes_to_is_said() -> None:
    red = {"StringEquals": {"x:k": "red"}}
    policies = PolicySet(
        (policy(ALL),),
        permissions_boundary=policy(allow(condition=red)),
        service_control=(Level("r", (policy(ALL),)), Level("r", (policy(ALL, deny(condition=red)),))),
    )
    decision = ask(policies, unknown=frozenset({"x:k"}))
    assert decision.outcome == "depends"
    [authorization] = decision.authorizations
    assert authorization.outcome == "depends"
    said = [(layer.layer, layer.outcome.value) for layer in authorization.layers]
    assert said == [
        ("serviceControl", "allowed"),
        ("serviceControl", "depends"),
        ("identity", "allowed"),
        ("permissionsBoundary", "depends"),
    ]
    assert authorization.sentence == "Depends on x:k, whose value is not known."
    assert authorization.missing_keys == ()
    assert decision_line(Scenario(Request(Principal(arn=USER), "s3:GetObject")), decision)["layers"] == {
        "serviceControl": "depends",
        "identity": "allowed",
        "permissionsBoundary": "depends",
    }


def traced(
    policies: PolicySet, unknown: str, principal: Principal | None = None
) -> list[tuple[bool | None, list[str]]]:
    request = Request(
        principal or Principal(arn=USER), "s3:GetObject", ("arn:aws:s3:::b/k",), unknown=frozenset({unknown})
    )
    [layers] = judge().traces(Scenario(request, policies))
    return [(s.applies, [e.sentence for e in s.elements]) for layer in layers for s in layer.statements]


def test_a_key_of_unknown_value_is_traced_as_not_known() -> None:
    red = {"StringEquals": {"x:k": "red"}}
    found = traced(identity(allow(condition=red), allow("sqs:*", condition=red), ALL), "x:k")
    assert [applies for applies, _ in found] == [None, False, True]
    assert found[0][1][-1] == "x:k: not known, so neither is whether StringEquals red is true."
    assert not any("absent" in sentence for _, sentences in found for sentence in sentences)
    [(applies, sentences)] = traced(identity(allow("*", "arn:aws:s3:::b/${x:k}")), "x:k")
    assert applies is None
    assert sentences[1].endswith("hangs on keys whose values are not known.")
    entry = {"AWS": ["AIDAEXAMPLE"]}
    resource = PolicySet(resource=policy(allow(principal=entry)))
    [(applies, sentences)] = traced(resource, "aws:userid")
    assert applies is None
    assert sentences[2] == "Whether Principal names the caller hangs on a key whose value is not known."


def test_of_several_entries_only_those_that_hang_on_the_key_are_tried() -> None:
    entries = {"AWS": ["AROAEXAMPLE", "arn:aws:iam::111111111111:role/path/dev"]}
    session = "arn:aws:sts::111111111111:assumed-role/dev/ann"
    policies = PolicySet(resource=policy(allow(principal=entries)))
    assert keys(ask(policies, principal=session, unknown=frozenset({"aws:PrincipalArn"}))) == ["aws:PrincipalArn"]


def test_tests_on_the_arn_of_a_linked_role_are_not_taken_for_independent_of_its_path() -> None:
    linked = "arn:aws:sts::111111111111:assumed-role/AWSServiceRoleForX/s"
    of_role = deny(condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::1*:role/aws-service-role/*X"}})
    policies = PolicySet((policy(ALL),), service_control=(Level("r", (policy(of_role), policy(ALL))),))
    decision = ask(policies, principal=linked, unknown=frozenset({"aws:PrincipalArn"}))
    assert decision.outcome == "depends"
    for outcome, values in examples(decision):
        stated = {key: value for key, value in values.items() if value is not None}
        absent = frozenset(values) - frozenset(stated)
        assert ask(policies, principal=linked, context=stated, absent=absent).outcome == outcome


FEEDING = [
    *["aws:MultiFactorAuthAge", "aws:MultiFactorAuthPresent", "aws:TokenIssueTime", "aws:ViaAWSService"],
    *["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast", "aws:CurrentTime", "aws:EpochTime", "aws:SourceArn"],
    *["aws:RequestTag/p", "aws:ResourceTag/p", "sagemaker:ResourceTag/p", "aws:TagKeys", "aws:PrincipalArn"],
    *["sagemaker:VolumeKmsKey", "sagemaker:VolumeKmsKeyArn", "sagemaker:HomeEfsFileSystemKmsKey", "aws:userid"],
    *["aws:SourceIp", "aws:SourceVpce", "iam:PassedToService", "aws:PrincipalServiceNamesList", "x:k"],
]


@pytest.mark.parametrize("key", FEEDING)
def test_whatever_changes_with_a_key_is_known_to_follow_from_it(key: str) -> None:
    callers = [
        Principal(arn=USER),
        Principal(arn=USER.replace("user/", "role/")),
        Principal(service="sns.amazonaws.com"),
    ]
    stated = [{}, {"aws:MultiFactorAuthPresent": "false"}, {"aws:MultiFactorAuthAge": "1"}, {"aws:RequestTag/q": "x"}]
    model = "arn:aws:sagemaker:eu-west-1:111111111111:model/m"
    known = {key.lower(), *followers(key.lower())}
    for caller, context in product(callers, stated):
        seen: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
        for value in (None, "true", "false", ("x",), ("y", "x"), "1", "arn:aws:sns::222222222222:t"):
            given = {**context, **({} if value is None else {key: value})}
            absent = frozenset() if value is not None or key in context else frozenset({key})
            request = Request(caller, "sagemaker:CreateModel", (model,), context=given, absent=absent)
            for part in Judge(FewFacts(), lambda: NOW).prepare(Scenario(request, identity(ALL))).parts:
                name = (part.part.action, part.part.resource, part.part.why)
                seen.setdefault(name, []).append(part.request.context._values)
        for found in seen.values():
            others = {other for values in found for other in values} - known
            assert not {other for other in others if len({str(values.get(other)) for values in found}) > 1}


def test_an_endpoint_that_may_be_passed_is_traced() -> None:
    policies = PolicySet((policy(ALL),), vpc_endpoint=policy(deny(principal="*"), name="endpoint"))
    assert [applies for applies, _ in traced(policies, "aws:SourceIp")] == [True, True]
