"""The policies that one policy is asked among where no project says which: by itself, or in a witness's place."""

from __future__ import annotations

from workbench.evaluation.request import ASKED_ABOUT, Level, NamedPolicy, PolicySet
from workbench.policy.kinds import PolicyKind


def in_place(policies: PolicySet, front: NamedPolicy) -> PolicySet:
    """The policies with `front` in place of the one that a witness was found for."""
    return policies.each(lambda policy: front if policy.name in ASKED_ABOUT else policy)


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
