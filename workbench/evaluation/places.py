"""Where each policy of a scenario stands, and a scenario with one policy's text replaced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workbench.evaluation import layers as at
from workbench.evaluation.request import Level, NamedPolicy, PolicySet
from workbench.policy.kinds import PolicyKind

KINDS = {
    at.IDENTITY: PolicyKind.IDENTITY,
    at.BOUNDARY: PolicyKind.BOUNDARY,
    at.SESSION: PolicyKind.SESSION,
    at.RESOURCE: PolicyKind.RESOURCE,
    at.SCP: PolicyKind.SCP,
    at.RCP: PolicyKind.RCP,
    at.VPC_ENDPOINT: PolicyKind.VPC_ENDPOINT,
}
"""The kind of policy each layer holds (a role's trust policy stands in the resource layer)."""


def policy_places(policies: PolicySet) -> Iterator[tuple[str, str, NamedPolicy]]:
    """(layer, place, policy) of every policy; the place is as in `StatementRef.place` and in error paths."""
    for i, policy in enumerate(policies.identity):
        yield at.IDENTITY, f"policies.{at.IDENTITY}[{i}]", policy
    for i, policy in enumerate(policies.session or ()):
        yield at.SESSION, f"policies.{at.SESSION}[{i}]", policy
    for layer, levels in ((at.SCP, policies.service_control), (at.RCP, policies.resource_control)):
        for n, level in enumerate(levels or ()):
            for i, policy in enumerate(level.policies):
                yield layer, f"policies.{layer}[{n}].policies[{i}]", policy
    single = (
        (at.BOUNDARY, policies.permissions_boundary),
        (at.RESOURCE, policies.resource),
        (at.VPC_ENDPOINT, policies.vpc_endpoint),
    )
    yield from ((layer, f"policies.{layer}", policy) for layer, policy in single if policy is not None)


def with_policy(policies: PolicySet, place: str, text: str) -> PolicySet:
    """`policies` with the text of the policy at `place` replaced; unchanged if nothing stands there."""

    def one(policy: NamedPolicy | None, here: str) -> NamedPolicy | None:
        return replace(policy, text=text) if policy is not None and here == place else policy

    def many(group: tuple[NamedPolicy, ...], here: str) -> tuple[NamedPolicy, ...]:
        return tuple(replace(p, text=text) if f"{here}[{i}]" == place else p for i, p in enumerate(group))

    def levels(group: tuple[Level, ...] | None, here: str) -> tuple[Level, ...] | None:
        if group is None:
            return None
        return tuple(replace(lv, policies=many(lv.policies, f"{here}[{n}].policies")) for n, lv in enumerate(group))

    return PolicySet(
        identity=many(policies.identity, f"policies.{at.IDENTITY}"),
        permissions_boundary=one(policies.permissions_boundary, f"policies.{at.BOUNDARY}"),
        session=None if policies.session is None else many(policies.session, f"policies.{at.SESSION}"),
        resource=one(policies.resource, f"policies.{at.RESOURCE}"),
        service_control=levels(policies.service_control, f"policies.{at.SCP}"),
        resource_control=levels(policies.resource_control, f"policies.{at.RCP}"),
        vpc_endpoint=one(policies.vpc_endpoint, f"policies.{at.VPC_ENDPOINT}"),
    )


def with_new_policy(policies: PolicySet, place: str, new: NamedPolicy) -> PolicySet:
    """`policies` with one more: `place` names the layer, and of levels the level, in which it is to stand."""
    if place.startswith(f"policies.{at.IDENTITY}"):
        return replace(policies, identity=(*policies.identity, new))
    if place.startswith(f"policies.{at.SESSION}"):
        return replace(policies, session=(*(policies.session or ()), new))
    if place == f"policies.{at.RESOURCE}":
        return replace(policies, resource=new)
    index = int(place.partition("[")[2].partition("]")[0])
    levels = tuple(
        replace(level, policies=(*level.policies, new)) if n == index else level
        for n, level in enumerate(policies.service_control or ())
    )
    return replace(policies, service_control=levels)
