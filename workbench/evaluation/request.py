"""What is asked: a request and the policies that apply to it. Values only.

The shapes are design.md section 4's scenario. `tags`, `pass_role` and `studio` are ours: they say what the *call*
carries, so that it can be expanded into every authorization AWS asks for (spec sagemaker.md sections 2 and 5).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

ContextValue = str | tuple[str, ...]
"""A context value in text form: a single value, or the list of a multivalued key."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. Exactly one of `arn`, `service`, `federated` is set; none of them means anonymous."""

    arn: str = ""
    service: str = ""
    federated: str = ""


@dataclass(frozen=True, slots=True)
class PassedRole:
    """A role that the call hands to a service. `service` empty: the service of the call itself."""

    arn: str
    service: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One call. `context` holds what the asker states (key as written → value); a key not there is absent, unless it
    follows from the principal, the resource or the time (spec context-keys.md section 7). `absent` names keys that are
    not to be derived. `unknown` names keys whose value is not known. `alone` asks about the action itself: its one
    authorization, and none of those that the rest of the call needs (tags, a role handed over)."""

    principal: Principal
    action: str
    resources: tuple[str, ...] = ("*",)
    resource_account: str = ""
    context: Mapping[str, ContextValue] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    federated_by: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    pass_role: PassedRole | None = None
    studio: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class NamedPolicy:
    """A policy's text and the name a person knows it by."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Level:
    """The SCPs or RCPs attached to one root, OU or account."""

    target: str
    policies: tuple[NamedPolicy, ...]


@dataclass(frozen=True, slots=True)
class PolicySet:
    """Every policy that applies. None means "not attached" or "not passed", which differs from an empty tuple."""

    identity: tuple[NamedPolicy, ...] = ()
    permissions_boundary: NamedPolicy | None = None
    session: tuple[NamedPolicy, ...] | None = None
    resource: NamedPolicy | None = None
    service_control: tuple[Level, ...] | None = None
    resource_control: tuple[Level, ...] | None = None
    vpc_endpoint: NamedPolicy | None = None

    @property
    def names(self) -> frozenset[str]:
        """What the policies are called, those of the organization left out."""
        attached = (*self.identity, self.permissions_boundary, *(self.session or ()), self.resource, self.vpc_endpoint)
        return frozenset(policy.name for policy in attached if policy is not None)

    def each(self, change: Callable[[NamedPolicy], NamedPolicy]) -> PolicySet:
        """The set with what `change` makes of each policy."""

        def one(policy: NamedPolicy | None) -> NamedPolicy | None:
            return None if policy is None else change(policy)

        def levels(found: tuple[Level, ...] | None) -> tuple[Level, ...] | None:
            return None if found is None else tuple(Level(x.target, tuple(map(change, x.policies))) for x in found)

        return PolicySet(
            tuple(map(change, self.identity)),
            one(self.permissions_boundary),
            None if self.session is None else tuple(map(change, self.session)),
            one(self.resource),
            levels(self.service_control),
            levels(self.resource_control),
            one(self.vpc_endpoint),
        )


ASKED_ABOUT = frozenset({"policy", "this policy", "old policy", "new policy", "existing policy"})
"""What a policy is called in a witness, and in the request that shows a finding, that it was found for."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A request, the policies that apply to it and, for a test, the decision expected (empty: none)."""

    request: Request
    policies: PolicySet = PolicySet()
    id: str = ""
    title: str = ""
    expect: str = ""
    management_account: str = ""
