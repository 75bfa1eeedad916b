"""What is asked: a request and the policies that apply to it. Values only.

The shapes are design.md section 4's scenario. `tags`, `pass_role` and `studio` are ours: they say what the *call*
carries, so that it can be expanded into every authorization AWS asks for (spec sagemaker.md sections 2 and 5).
"""

from __future__ import annotations

from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True)
class Scenario:
    """A request, the policies that apply to it and, for a test, the decision expected (empty: none)."""

    request: Request
    policies: PolicySet = PolicySet()
    id: str = ""
    title: str = ""
    expect: str = ""
    management_account: str = ""
