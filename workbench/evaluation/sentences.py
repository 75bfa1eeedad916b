"""The decision in one sentence, as a colleague would say it."""

from __future__ import annotations

from typing import NamedTuple

from workbench.evaluation import layers as at
from workbench.evaluation.callers import CallerKind
from workbench.evaluation.calls import Part
from workbench.evaluation.compiled import AuthRequest
from workbench.evaluation.decision import Outcome, StatementRef
from workbench.evaluation.layers import Target, Verdict
from workbench.evaluation.request import Scenario
from workbench.evaluation.services import (
    ALWAYS_ALLOWED,
    TRUST_ACTIONS,
    UNSIGNED_ACTIONS,
    is_on_kms_key,
    takes_resource_policies,
)
from workbench.policy.arns import parse_arn


class Asked(NamedTuple):
    """What the sentence is about."""

    scenario: Scenario
    part: Part
    request: AuthRequest
    target: Target


_LAYER_WORDS = {
    at.IDENTITY: "identity policy",
    at.BOUNDARY: "permissions boundary",
    at.SESSION: "session policy",
    at.RESOURCE: "resource policy",
    at.SCP: "service control policy",
    at.RCP: "resource control policy",
    at.VPC_ENDPOINT: "VPC endpoint policy",
}


def layer_word(layer: str) -> str:
    """How to speak of a layer: `identity policy`, `service control policy` …"""
    return _LAYER_WORDS.get(layer, layer)


def statement_word(ref: StatementRef) -> str:
    """How to speak of a statement: its Sid or number, and its policy."""
    name = ref.sid or f"{ref.statement + 1}"
    return f"statement {name} of {ref.policy}"


def short_resource(resource: str) -> str:
    """The part of an ARN that tells resources apart; the whole text if it is no ARN."""
    arn = parse_arn(resource)
    return arn.resource if arn and arn.resource else resource


def sentence(asked: Asked, verdict: Verdict) -> str:
    """One sentence: the decision, the reason, and for which action and resource."""
    part = asked.part
    what = f"{part.action} on {short_resource(part.resource)}" if part.resource != "*" else part.action
    need = f", which is needed because {part.why}" if part.why else ""
    if verdict.outcome is Outcome.ALLOWED:
        return f"Allowed: {_allowed_by(asked, verdict)} {what}."
    if verdict.outcome is Outcome.EXPLICIT_DENY:
        ref = verdict.decided_by[0]
        return f"Denied: {statement_word(ref)} denies {what}{need}."
    return f"Denied: {_implicit(asked, verdict, what)}{need}."


def _allowed_by(asked: Asked, verdict: Verdict) -> str:
    if not verdict.decided_by:
        free = asked.request.action in ALWAYS_ALLOWED
        return "no permission is needed for" if free else "the root user of the account may do"
    refs = [statement_word(ref) for ref in verdict.decided_by[:2]]
    more = len(verdict.decided_by) - len(refs)
    names = " and ".join(refs) if not more else f"{', '.join(refs)} and {more} more"
    return f"{names} {'allows' if len(verdict.decided_by) == 1 else 'allow'}"


def _implicit(asked: Asked, verdict: Verdict, what: str) -> str:
    policies = asked.scenario.policies
    match verdict.stage:
        case at.IDENTITY:
            return _identity_side(asked, verdict, what)
        case at.BOUNDARY:
            name = policies.permissions_boundary.name if policies.permissions_boundary else ""
            return f"the permissions boundary {name} does not allow {what}"
        case at.SESSION:
            if not policies.session:
                return f"a federated user without a session policy is not allowed {what}"
            return f"no session policy allows {what}"
        case at.SCP:
            levels = [o.note for o in verdict.layers if o.layer == at.SCP and o.outcome is Outcome.IMPLICIT_DENY]
            return f"no service control policy of {levels[0] or 'the organization'} allows {what}"
        case at.VPC_ENDPOINT:
            name = policies.vpc_endpoint.name if policies.vpc_endpoint else ""
            return f"the VPC endpoint policy {name} does not allow {what}"
        case at.RESOURCE:
            return _resource_side(asked, what)
        case _:
            return _account_side(asked, what)


def _identity_side(asked: Asked, verdict: Verdict, what: str) -> str:
    policies = asked.scenario.policies
    outcome = next((o.outcome for o in verdict.layers if o.layer == at.RESOURCE), None)
    if policies.resource is None or outcome is None:  # no policy of a resource had a say
        return f"no statement allows {what}" if policies.identity else f"no policy is given that could allow {what}"
    name = policies.resource.name
    if outcome is Outcome.ALLOWED:
        lacking = "none does" if policies.identity else "none is given"
        return f"{name} is not enough: an identity policy must allow {what} too, and {lacking}"
    if policies.identity:
        return f"no statement allows {what}"
    return f"{name} does not allow {what}, and no identity policy is given"


def _resource_side(asked: Asked, what: str) -> str:
    request, policies = asked.request, asked.scenario.policies
    given = policies.resource is not None
    if request.action in TRUST_ACTIONS:
        return (
            f"the role's trust policy does not allow {what}"
            if given
            else (f"no trust policy is given, and only the role's trust policy can allow {what}")
        )
    if is_on_kms_key(request.action, request.resource):
        return (
            f"the key policy does not allow {what}, itself or through IAM policies"
            if given
            else (f"no key policy is given, and only a key policy can let {what} be allowed")
        )
    service = request.action.partition(":")[0]
    across = request.caller.is_signed_in and asked.target.account != request.caller.account
    if takes_resource_policies(request.action) is False and across:
        return f"{service} takes no resource-based policies, so no other account can be allowed {what}"
    if across:
        return f"no resource policy of account {asked.target.account} allows {what}"
    return f"no resource policy allows {what}"


def _account_side(asked: Asked, what: str) -> str:
    caller = asked.request.caller
    if caller.kind is CallerKind.FEDERATED:
        return f"an identity of {caller.provider} cannot call it, so nothing can allow {what}"
    if asked.request.action in UNSIGNED_ACTIONS:
        return f"only an identity of a SAML or OIDC provider can call it, so nothing can allow {what}"
    if caller.kind is CallerKind.ANONYMOUS:
        return f"it cannot be called without credentials, so nothing can allow {what} to anonymous callers"
    if asked.target.partition and caller.partition != asked.target.partition:
        return f"caller and resource are in different partitions, so nothing can allow {what}"
    if asked.request.action == "iam:passrole":
        return "a role of another account cannot be passed, so nothing can allow " + what
    return f"the root user cannot assume a role, so nothing can allow {what}"
