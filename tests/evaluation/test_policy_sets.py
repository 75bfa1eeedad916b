"""The policies of a request as one value: their names, and the set with each of them changed."""

from __future__ import annotations

from dataclasses import replace

from workbench.evaluation.request import Level, NamedPolicy, PolicySet


def named(name: str) -> NamedPolicy:
    return NamedPolicy(name, "{}")


FULL = PolicySet(
    identity=(named("a"), named("b")),
    permissions_boundary=named("boundary"),
    session=(named("session"),),
    resource=named("bucket"),
    service_control=(Level("root", (named("scp"),)),),
    resource_control=(Level("account", (named("rcp"), named("more"))),),
    vpc_endpoint=named("endpoint"),
)


def test_the_names_are_those_of_what_is_attached_in_the_account() -> None:
    assert FULL.names == {"a", "b", "boundary", "session", "bucket", "endpoint"}
    assert PolicySet(identity=(named("a"),)).names == {"a"}
    assert PolicySet().names == frozenset()


def test_each_policy_is_changed_and_what_is_not_attached_stays_so() -> None:
    louder = FULL.each(lambda policy: replace(policy, name=policy.name.upper()))
    assert louder.names == {"A", "B", "BOUNDARY", "SESSION", "BUCKET", "ENDPOINT"}
    assert louder.service_control == (Level("root", (named("SCP"),)),)
    assert louder.resource_control == (Level("account", (named("RCP"), named("MORE"))),)
    assert FULL.each(lambda policy: policy) == FULL
    assert PolicySet().each(lambda policy: replace(policy, name="x")) == PolicySet()
    assert PolicySet(session=()).each(lambda policy: policy).session == ()
