"""Who asks (design.md 4, context-keys.md 6, grammar.md 5)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
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
    also: dict[str, str] = field(default_factory=dict)  # other entries that name it → the entry they stand for
    keeps_path: bool = False  # the role's path is known
    is_service_linked: bool = False
    made_by_root: bool = False

    @property
    def account_entries(self) -> set[str]:
        return {self.account, f"arn:{self.partition}:iam::{self.account}:root"} if self.account else set()

    def named_in(self, entries: set[str]) -> set[str]:
        """The entries as they can be compared: a session's ARN does not hold its role's path, and a role's name is
        unique in its account, so that for a session any path names its role (inferred)."""
        entries = {self.also.get(entry, entry) for entry in entries}
        if self.kind != "role" or not self.direct or self.keeps_path:
            return entries
        return {re.sub(r"(:role/).*/", r"\1", entry) for entry in entries}

    @property
    def has_policies(self) -> bool:
        """evaluation.md 2: who has identity policies and a boundary."""
        return self.kind in ("user", "role", "federated-user")


def with_context(caller: Caller, userid: str, services: list[str]) -> Caller:
    """grammar.md 5: unique ids, and the names of a service in Regions, that name the caller as well."""
    also = {}
    if caller.kind == "user" and userid.startswith("AIDA"):
        also = {userid: caller.arn}
    if caller.kind == "role" and userid.startswith("AROA"):
        also = {userid.split(":")[0]: next(iter(caller.via))}
    if caller.kind == "service":
        also = dict.fromkeys(services, caller.name)
    return replace(caller, also=also)


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
        via = set() if by_root else {creator}
        return Caller(kind, account, partition, rest, given, {given}, via, made_by_root=by_root)
    if kind == "assumed-role":
        name = rest.split("/")[0]
        role = f"arn:{partition}:iam::{account}:role/{name}"
        # a session's ARN does not hold its role's path: the name alone tells (inferred), unless the request says it
        linked = name.startswith("AWSServiceRole")
        said = next((v for k, v in request.get("context", {}).items() if k.lower() == "aws:principalarn"), "")
        own = f"arn:{partition}:iam::{account}:role/"
        known = said.startswith(own) and said.split("/")[-1] == name  # else it is the ARN of some other role
        if known:
            path = said.removeprefix(own)
            linked = re.fullmatch(r"aws-service-role/(.*/)?AWSServiceRole[^/]*", path) is not None
        via = {said if known else role}
        return Caller("role", account, partition, "", role, {given}, via, {}, known, linked)
    # evaluation.md 1: a service-linked role is known by its path and its name
    linked = re.fullmatch(r"aws-service-role/[^/]+/AWSServiceRole[^/]*", rest) is not None
    return Caller("role", account, partition, arn=given, via={given}, is_service_linked=linked)
