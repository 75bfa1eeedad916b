"""The decision about a call, naively, section by section of the specification (evaluation.md).

`decide(scenario)` takes a scenario as `json.loads` gives it and answers `allowed`, `explicitDeny` or `implicitDeny`;
it raises RefusedDocument for a policy that AWS refuses. A call is every authorization that it needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.reference.callers import Caller, caller_of, with_context
from tests.reference.calls import ROLE_IS_ASSUMED, WITHOUT_RESOURCES, Part, context_of, parts_of
from tests.reference.conditions import Context, holds
from tests.reference.documents import RefusedDocument, check
from tests.reference.patterns import STAR, action_matches, as_list, resource_matches

__all__ = ["RefusedDocument", "decide"]

ALLOW, DENY, NONE = "ALLOW", "DENY", "NONE"
ALLOWED, EXPLICIT, IMPLICIT = "allowed", "explicitDeny", "implicitDeny"
DIRECT, VIA, DELEGATED = "direct", "via", "delegated"
RCP_SERVICES = ("s3", "sts", "kms", "sqs", "secretsmanager")
TRUST_ACTIONS = (*ROLE_IS_ASSUMED, "sts:tagsession", "sts:setsourceidentity")  # grammar.md 2, trust policy details
UNSIGNED_ACTIONS = ROLE_IS_ASSUMED[1:]


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
    entries = caller.named_in(entries_of(principal))
    if STAR in entries or entries & caller.direct:
        return DIRECT
    if entries & caller.via:
        return VIA
    if entries & caller.account_entries:
        return DIRECT if caller.kind == "root" else DELEGATED
    return None


def not_principal_hits(principal: Any, asked: Asked) -> bool:
    """grammar.md 5, the two traps of NotPrincipal."""
    caller = asked.caller
    entries = caller.named_in(entries_of(principal))
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


def comes_by_provider(caller: Caller, action: str) -> bool:
    """evaluation.md 9.2, grammar.md 2 and 5: an identity of a provider may assume a role in its provider's way only
    (with session tags, which are a part of that call), and nobody else can call so."""
    if caller.kind != "federated":
        return False
    own = "sts:assumerolewithsaml" if ":saml-provider/" in caller.name else "sts:assumerolewithwebidentity"
    return action in (own, "sts:tagsession", "sts:setsourceidentity")


def takes_resource_policy(part: Part) -> bool:
    """evaluation.md 2, 9.1, 9.6: whether the policy of the call's own resource has a say. Which services have none, AWS
    says on the page on the services that work with IAM."""
    if part.action in TRUST_ACTIONS:
        return part.is_own
    service = part.action.split(":")[0]
    return part.is_own and service not in ("ec2", "iam", "sagemaker", "sts") and part.action not in WITHOUT_RESOURCES


def decide(scenario: dict[str, Any], now: datetime) -> str:
    """evaluation.md 3, authorize: all parts must be allowed, and the first that is not decides."""
    request, policies = scenario["request"], scenario.get("policies", {})
    check_all(policies, request["action"].lower() in TRUST_ACTIONS)
    for part in parts_of(request):
        answer = decide_one(part, scenario, caller_of(request), now)
        if answer != ALLOWED:
            return answer
    return ALLOWED


def decide_one(part: Part, scenario: dict[str, Any], caller: Caller, now: datetime) -> str:
    """evaluation.md 3, authorize_one."""
    request, policies = scenario["request"], scenario.get("policies", {})
    management = scenario.get("managementAccount", "")
    action, resource = part.action, part.resource
    service = action.split(":")[0]
    is_trust, is_pass = action in TRUST_ACTIONS, action == "iam:passrole"
    parts = [*resource.split(":", 5), "", "", "", "", ""]
    owner = part.owner or parts[4] or caller.account  # design.md 4
    context = context_of(part, request, caller, owner, now)
    caller = with_context(
        caller, context.variable("aws:userid") or "", context.raw("aws:PrincipalServiceNamesList") or []
    )
    has_own = caller.has_policies and not caller.made_by_root  # 2; of a session made by root 3, notes: "all" below
    asked = Asked(caller, action, resource, context, has_own and bool(policies.get("permissionsBoundary")))

    if action == "sts:getcalleridentity" and caller.kind not in ("anonymous", "federated"):
        return ALLOWED  # evaluation.md 9.2

    # evaluation.md 2: which are consulted
    identity = documents_of(policies, "identity") if has_own else []
    boundary = documents_of(policies, "permissionsBoundary") if has_own else []
    session = documents_of(policies, "session") if caller.kind in ("role", "federated-user") else []
    resource_policy = documents_of(policies, "resource") if takes_resource_policy(part) else []
    has_scp = bool(caller.account) and caller.account != management and not caller.is_service_linked
    scp = levels_of(policies, "serviceControl") if has_scp else []
    has_rcp = (
        service in RCP_SERVICES
        and not (management and owner == management)
        and not caller.is_service_linked
        and action != "kms:retiregrant"
        and not (caller.kind == "service" and is_trust and ":role/aws-service-role/" in resource)  # 4
    )
    rcp = levels_of(policies, "resourceControl") if has_rcp else []
    outside = context.raw("aws:SourceIp") is not None and not any(
        context.raw(key) is not None for key in ("aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp")
    )
    endpoint = documents_of(policies, "vpcEndpoint") if not (outside or is_pass or part.by_service) else []

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
    if (caller.kind == "federated" or action in UNSIGNED_ACTIONS) and not comes_by_provider(caller, action):
        return IMPLICIT
    if caller.kind == "anonymous" and action in TRUST_ACTIONS:
        return IMPLICIT  # STS API Reference: of these only the two above are called unsigned
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

    if (
        action in ("sts:tagsession", "sts:setsourceidentity")
        and ":user/" not in resource
        and ":federated-user/" not in resource
    ):
        return ALLOWED if granted and not capped and grants else IMPLICIT  # 9.2: in both places
    on_alias = ":alias/" in resource and action in ("kms:createalias", "kms:deletealias", "kms:updatealias")
    is_key = service == "kms" and not on_alias  # also where no key is named, or one by its alias
    if is_trust or is_key:  # 9.2, 9.3: nobody without the resource policy
        if DIRECT in grants:
            return ALLOWED
        reaches = VIA in grants or (DELEGATED in grants and granted)
        return ALLOWED if reaches and not capped else IMPLICIT
    if caller.kind == "root" or DIRECT in grants:
        return ALLOWED
    return ALLOWED if (VIA in grants or granted) and not capped else IMPLICIT
