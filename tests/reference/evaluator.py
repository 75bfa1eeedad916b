"""The decision about one authorization, naively, section by section of the specification (evaluation.md).

`decide(scenario)` takes a scenario as `json.loads` gives it and answers `allowed`, `explicitDeny` or `implicitDeny`;
it raises RefusedDocument for a policy that AWS refuses. Calls are not expanded into several authorizations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.reference.conditions import Context, holds
from tests.reference.documents import RefusedDocument, check
from tests.reference.patterns import STAR, action_matches, as_list, resource_matches

__all__ = ["RefusedDocument", "decide"]

ALLOW, DENY, NONE = "ALLOW", "DENY", "NONE"
ALLOWED, EXPLICIT, IMPLICIT = "allowed", "explicitDeny", "implicitDeny"
DIRECT, VIA, DELEGATED = "direct", "via", "delegated"
RCP_SERVICES = ("s3", "sts", "kms", "sqs", "secretsmanager")
TRUST_ACTIONS = ("sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity")
UNSIGNED_ACTIONS = TRUST_ACTIONS[1:]


@dataclass
class Caller:
    """Who asks (context-keys.md 6)."""

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
        creator = request.get("federatedBy")
        by_root = bool(creator) and creator.endswith(":root")
        via = {creator} if creator and not by_root else set()
        return Caller("federated-user", account, partition, rest, given, {given}, via, made_by_root=by_root)
    if kind == "assumed-role":
        role = f"arn:{partition}:iam::{account}:role/{rest.split('/')[0]}"
        return Caller("role", account, partition, arn=role, direct={given}, via={role})
    # evaluation.md 1: a service-linked role is known by its path and its name
    linked = re.fullmatch(r"aws-service-role/[^/]+/AWSServiceRole[^/]*", rest) is not None
    return Caller("role", account, partition, arn=given, via={given}, is_service_linked=linked)


def context_of(request: dict[str, Any], caller: Caller, account: str, now: datetime) -> Context:
    """context-keys.md 2 to 7: what follows from principal, resource and time, unless the request says otherwise."""
    derived: dict[str, Any] = {
        "aws:CurrentTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:EpochTime": str(int(now.timestamp())),
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
    }
    if caller.arn:
        derived["aws:PrincipalArn"] = caller.arn
    if caller.account:
        derived["aws:PrincipalAccount"] = caller.account
        derived["aws:PrincipalIsAWSService"] = "false"
    if account:
        derived["aws:ResourceAccount"] = account
    kinds = {
        "user": "User",
        "role": "AssumedRole",
        "federated-user": "FederatedUser",
        "root": "Account",
        "service": "Service",
        "anonymous": "Anonymous",
    }
    if caller.kind in kinds:
        derived["aws:PrincipalType"] = kinds[caller.kind]
    if caller.kind == "user":
        derived["aws:username"] = caller.name
    if caller.kind == "root":
        derived["aws:userid"] = caller.account
    if caller.kind == "federated-user":
        derived["aws:userid"] = f"{caller.account}:{caller.name}"
    if caller.kind in ("role", "federated-user"):
        derived["aws:MultiFactorAuthPresent"] = "false"
    if caller.kind == "anonymous":
        derived |= {"aws:PrincipalAccount": "anonymous", "aws:userid": "anonymous"}
    if caller.kind == "service":
        derived |= {
            "aws:PrincipalIsAWSService": "true",
            "aws:PrincipalServiceName": caller.name,
            "aws:PrincipalServiceNamesList": [caller.name],
        }
    given = request.get("context", {})
    if "aws:multifactorauthage" in {name.lower() for name in given}:  # an age is sent only where MFA was used
        derived["aws:MultiFactorAuthPresent"] = "true"
    names = {name.lower() for name in given}
    return Context({**{k: v for k, v in derived.items() if k.lower() not in names}, **given})


@dataclass
class Asked:
    """One authorization."""

    caller: Caller
    action: str
    resource: str
    context: Context
    has_boundary: bool


def entries_of(principal: Any) -> set[str]:
    """Every entry of a Principal element; one for the type Service is told apart from others by its form."""
    if principal == STAR:
        return {STAR}
    if not isinstance(principal, dict):
        return set()
    return {entry for entries in principal.values() for entry in as_list(entries)}


def how_named(principal: Any, caller: Caller) -> str | None:
    """grammar.md 5, evaluation.md 5: the most direct way in which the entries name the caller, None: not named."""
    entries = entries_of(principal)
    if STAR in entries or entries & caller.direct:
        return DIRECT
    if entries & caller.via:
        return VIA
    if entries & caller.account_entries:
        return DIRECT if caller.kind == "root" else DELEGATED
    return None


def not_principal_hits(principal: Any, asked: Asked) -> bool:
    """grammar.md 5, the two traps of NotPrincipal."""
    caller, entries = asked.caller, entries_of(principal)
    if asked.has_boundary:  # inferred: a federated session carries the boundary of the user who made it
        return True
    if STAR in entries:
        return False
    if caller.kind == "anonymous":
        return True
    each_listed = caller.direct <= entries and caller.via <= entries
    return not (each_listed and (not caller.account or bool(entries & caller.account_entries)))


def named_if_applies(statement: dict[str, Any], version: str | None, asked: Asked) -> str | None:
    """evaluation.md 1: how the caller is named if principal, action, resource and condition all match, else None."""
    way: str | None = DIRECT
    if "Principal" in statement:
        way = how_named(statement["Principal"], asked.caller)
    if "NotPrincipal" in statement and not not_principal_hits(statement["NotPrincipal"], asked):
        way = None
    lookup = asked.context.variable if version == "2012-10-17" else None

    def action_in(name: str) -> bool:
        return any(action_matches(p, asked.action) for p in as_list(statement[name]))

    def resource_in(name: str) -> bool:
        return any(resource_matches(p, asked.resource, lookup) for p in as_list(statement[name]))

    applies = (
        ("Action" not in statement or action_in("Action"))
        and ("NotAction" not in statement or not action_in("NotAction"))
        and ("Resource" not in statement or resource_in("Resource"))
        and ("NotResource" not in statement or not resource_in("NotResource"))
        and holds(statement.get("Condition", {}), asked.context, version)
    )
    return way if applies else None


def ways(documents: list[Any], effect: str, asked: Asked) -> set[str]:
    """How the statements of the effect that apply name the caller; empty: none applies."""
    found = {
        named_if_applies(statement, document.get("Version"), asked)
        for document in documents
        for statement in as_list(document["Statement"])
        if statement["Effect"] == effect
    }
    return {way for way in found if way}


def outcome(documents: list[Any], asked: Asked) -> str:
    """evaluation.md 1: a pooled set: any Deny wins, else any Allow."""
    if ways(documents, "Deny", asked):
        return DENY
    return ALLOW if ways(documents, "Allow", asked) else NONE


def documents_of(policies: dict[str, Any], name: str) -> list[Any]:
    """The documents of one kind of policy; kinds with levels are not for this function."""
    return [policy["document"] for policy in as_list(policies.get(name) or [])]


def levels_of(policies: dict[str, Any], name: str) -> list[list[Any]]:
    return [[p["document"] for p in level["policies"]] for level in policies.get(name) or []]


def check_all(policies: dict[str, Any], is_trust: bool) -> None:
    """evaluation.md 3: a malformed policy ends the request without access: the scenario is refused."""
    for kind in ("identity", "permissionsBoundary", "session", "resource", "vpcEndpoint"):
        for document in documents_of(policies, kind):
            check(document, "trust" if is_trust and kind == "resource" else kind)
    for kind in ("serviceControl", "resourceControl"):
        for level in levels_of(policies, kind):
            for document in level:
                check(document, kind)


def decide(scenario: dict[str, Any], now: datetime) -> str:
    """evaluation.md 3, authorize_one."""
    request, policies = scenario["request"], scenario.get("policies", {})
    management = scenario.get("managementAccount", "")
    caller = caller_of(request)
    action, resource = request["action"].lower(), request["resource"]
    service = action.split(":")[0]
    is_trust, is_pass = action in TRUST_ACTIONS, action == "iam:passrole"
    # which have a resource policy: 9.1, 9.6; AWS's page on the services that work with IAM
    if is_pass or service in ("ec2", "iam", "sagemaker"):
        policies = {**policies, "resource": None}
    check_all(policies, is_trust)
    parts = [*resource.split(":", 5), "", "", "", "", ""]
    owner = request.get("resourceAccount") or parts[4] or caller.account  # design.md 4
    context = context_of(request, caller, owner, now)
    can_be_bounded = caller.kind in ("user", "role", "federated-user")  # 2: not root, services, anonymous
    asked = Asked(caller, action, resource, context, can_be_bounded and bool(policies.get("permissionsBoundary")))

    if action == "sts:getcalleridentity" and caller.kind not in ("anonymous", "federated"):
        return ALLOWED  # evaluation.md 9.2

    # evaluation.md 2: which are consulted
    has_policies = caller.kind in ("user", "role", "federated-user")
    identity = documents_of(policies, "identity") if has_policies else []
    boundary = documents_of(policies, "permissionsBoundary") if has_policies else []
    session = documents_of(policies, "session") if caller.kind in ("role", "federated-user") else []
    resource_policy = documents_of(policies, "resource")
    has_scp = bool(caller.account) and caller.account != management and not caller.is_service_linked
    scp = levels_of(policies, "serviceControl") if has_scp else []
    has_rcp = (
        service in RCP_SERVICES
        and not (management and owner == management)
        and not caller.is_service_linked
        and action != "kms:retiregrant"
    )
    rcp = levels_of(policies, "resourceControl") if has_rcp else []
    outside = context.raw("aws:SourceIp") is not None and not any(
        context.raw(key) is not None for key in ("aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp")
    )
    endpoint = documents_of(policies, "vpcEndpoint") if not outside and not is_pass else []

    # step 1
    for documents in (identity, boundary, session, resource_policy, endpoint, *scp, *rcp):
        if ways(documents, "Deny", asked):
            return EXPLICIT
    # steps 3 and 4; step 2 cannot fail: RCPFullAWSAccess is at every level
    if any(outcome(level, asked) is not ALLOW for level in scp):
        return IMPLICIT
    if endpoint and outcome(endpoint, asked) is not ALLOW:
        return IMPLICIT

    grants = ways(resource_policy, "Allow", asked)
    if not caller.account:  # evaluation.md 6: services and anonymous callers have no side of their own
        return ALLOWED if grants else IMPLICIT
    if caller.kind == "root" and action == "sts:assumerole":
        return IMPLICIT  # 9.2
    if parts[0] == "arn" and parts[1] and parts[1] != caller.partition:
        return IMPLICIT  # 6: one partition

    granted = caller.kind == "root" or caller.made_by_root or outcome(identity, asked) is ALLOW
    capped = bool(boundary) and outcome(boundary, asked) is not ALLOW
    if session:
        capped = capped or outcome(session, asked) is not ALLOW
    elif caller.kind == "federated-user":
        capped = True  # step 10
    if owner != caller.account:
        if is_pass:
            return IMPLICIT  # 9.1
        return ALLOWED if granted and not capped and grants else IMPLICIT

    is_key = service == "kms" and ":key/" in resource
    if is_trust or is_key:  # 9.2, 9.3: nobody without the resource policy
        if DIRECT in grants:
            return ALLOWED
        reaches = VIA in grants or (DELEGATED in grants and granted)
        return ALLOWED if reaches and not capped else IMPLICIT
    if caller.kind == "root" or DIRECT in grants:
        return ALLOWED
    return ALLOWED if (VIA in grants or granted) and not capped else IMPLICIT
