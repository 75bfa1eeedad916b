"""What a project says around one document: who has it, what else applies to them, what is known beside it. Values only;
the project fills them in, the checks ask.

A bare document has none, and what only a project can tell is then not said. Source: spec findings.md section 3 ("with
every Deny, condition, resource, boundary, session policy, SCP and RCP that is loaded").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from workbench.evaluation.glob import compile_glob
from workbench.evaluation.request import Level, NamedPolicy, PolicySet


@dataclass(frozen=True, slots=True)
class Member:
    """A user or role of the project: all policies that apply to it (resource policies aside), and its trust policy."""

    name: str
    arn: str
    policies: PolicySet
    trust: NamedPolicy | None = None

    @property
    def is_role(self) -> bool:
        return ":role/" in self.arn


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`own`: what the document is called in the policies of the members, whose text it may be ahead of. `account`: the
    project's, empty if it names none; `members`: everybody it knows; `resources`: pattern of an ARN → the policy of the
    resources that it matches; `accounts`: those of the organization, None where they are not known;
    `resource_control`: its RCPs."""

    own: str
    account: str = ""
    members: tuple[Member, ...] = ()
    resources: tuple[tuple[str, NamedPolicy], ...] = ()
    accounts: frozenset[str] | None = None
    resource_control: tuple[Level, ...] | None = None

    @property
    def holders(self) -> tuple[Member, ...]:
        """Those who have the document as an identity policy."""
        return tuple(m for m in self.members if any(p.name == self.own for p in m.policies.identity))

    @property
    def shared(self) -> tuple[NamedPolicy, ...] | None:
        """The other identity policies that all holders have, by name; None where nobody has the document."""
        holders = self.holders
        if not holders:
            return None
        common = reduce(frozenset.intersection, (frozenset(m.policies.identity) for m in holders))
        return tuple(sorted((p for p in common if p.name != self.own), key=lambda p: p.name))

    def policy_of(self, arn: str, action: str) -> NamedPolicy | None:
        """The policy of a resource: of a role, where somebody assumes it, its trust policy."""
        if action.lower().startswith("sts:"):
            return next((m.trust for m in self.members if m.arn == arn and m.trust is not None), None)
        return next((policy for pattern, policy in self.resources if compile_glob(pattern).matches(arn)), None)


def names_of(members: Iterable[Member]) -> list[str]:
    """How to speak of them."""
    return [member.name for member in members]
