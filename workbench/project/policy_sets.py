"""The policies that one policy is asked among where no project says which: by itself, or in a witness's place."""

from __future__ import annotations

from workbench.evaluation.request import Level, NamedPolicy, PolicySet
from workbench.policy.kinds import PolicyKind

_ASKED = frozenset({"policy", "this policy", "old policy", "new policy", "existing policy"})
"""What the policies are called in a witness, and in the request that shows a finding, that it was found for."""


def in_place(policies: PolicySet, front: NamedPolicy) -> PolicySet:
    """The policies with `front` in place of the one that a witness was found for."""

    def one(policy: NamedPolicy | None) -> NamedPolicy | None:
        return front if policy is not None and policy.name in _ASKED else policy

    def all_of(found: tuple[NamedPolicy, ...]) -> tuple[NamedPolicy, ...]:
        return tuple(front if p.name in _ASKED else p for p in found)

    def levels(found: tuple[Level, ...] | None) -> tuple[Level, ...] | None:
        return None if found is None else tuple(Level(level.target, all_of(level.policies)) for level in found)

    return PolicySet(
        all_of(policies.identity),
        one(policies.permissions_boundary),
        None if policies.session is None else all_of(policies.session),
        one(policies.resource),
        levels(policies.service_control),
        levels(policies.resource_control),
        one(policies.vpc_endpoint),
    )


def alone(policy: NamedPolicy, kind: PolicyKind) -> PolicySet:
    """The policy set in which one policy stands alone, each kind in its own layer; guardrails that only limit stand
    beside full access, so that what they take away shows."""
    everything = NamedPolicy(
        "full access", '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    )
    match kind:
        case PolicyKind.IDENTITY:
            return PolicySet(identity=(policy,))
        case PolicyKind.BOUNDARY:
            return PolicySet(identity=(everything,), permissions_boundary=policy)
        case PolicyKind.SESSION:
            return PolicySet(identity=(everything,), session=(policy,))
        case PolicyKind.RESOURCE | PolicyKind.TRUST:
            return PolicySet(resource=policy)
        case PolicyKind.SCP:
            return PolicySet(identity=(everything,), service_control=(Level("account", (policy,)),))
        case PolicyKind.RCP:
            return PolicySet(identity=(everything,), resource_control=(Level("account", (policy,)),))
        case PolicyKind.VPC_ENDPOINT:
            return PolicySet(identity=(everything,), vpc_endpoint=policy)
