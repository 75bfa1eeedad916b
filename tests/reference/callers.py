"""Who asks (design.md 4, context-keys.md 6, grammar.md 5)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Caller:
    """A caller, and the principal entries that name it."""

    kind: str  # user, role, federated-user, root, service, federated, anonymous
    account: str = ""
    partition: str = ""
    name: str = ""  # a user's, a federated user's; a service's; a provider's
    arn: str = ""  # what aws:PrincipalArn says
    direct: set[str] = field(default_factory=set)  # entries that name exactly this caller
    via: set[str] = field(default_factory=set)  # entries that name its role, or the user who created it
    is_service_linked: bool = False
    made_by_root: bool = False

    @property
    def account_entries(self) -> set[str]:
        return {self.account, f"arn:{self.partition}:iam::{self.account}:root"} if self.account else set()

    def named_in(self, entries: set[str]) -> set[str]:
        """The entries as they can be compared: a session's ARN does not hold its role's path, and a role's name is
        unique in its account, so that for a session any path names its role (inferred)."""
        if self.kind != "role" or not self.direct:
            return entries
        return {re.sub(r"(:role/).*/", r"\1", entry) for entry in entries}

    @property
    def has_policies(self) -> bool:
        """evaluation.md 2: who has identity policies and a boundary."""
        return self.kind in ("user", "role", "federated-user")


def caller_of(request: dict[str, Any]) -> Caller:
    """design.md 4: the forms of `principal`; grammar.md 5: the entries that name each kind of caller."""
    given = request["principal"]
    if given == "*":
        return Caller("anonymous")
    if isinstance(given, dict):
        kind, name = next(iter(given.items()))
        return Caller(kind, name=name, direct={name})
    _, partition, _, _, account, tail = given.split(":", 5)
    if tail == "root":
        return Caller("root", account, partition, arn=given)
    kind, _, rest = tail.partition("/")
    if kind == "user":
        return Caller("user", account, partition, rest.split("/")[-1], given, {given})
    if kind == "federated-user":
        creator = request.get("federatedBy") or "nobody knows who"  # then no list can hold every identifier of it
        by_root = creator.endswith(":root")
        return Caller(kind, account, partition, rest, given, {given}, set() if by_root else {creator}, False, by_root)
    if kind == "assumed-role":
        name = rest.split("/")[0]
        role = f"arn:{partition}:iam::{account}:role/{name}"
        # a session's ARN does not hold its role's path: the name alone tells (inferred)
        linked = name.startswith("AWSServiceRole")
        return Caller("role", account, partition, arn=role, direct={given}, via={role}, is_service_linked=linked)
    # evaluation.md 1: a service-linked role is known by its path and its name
    linked = re.fullmatch(r"aws-service-role/[^/]+/AWSServiceRole[^/]*", rest) is not None
    return Caller("role", account, partition, arn=given, via={given}, is_service_linked=linked)
