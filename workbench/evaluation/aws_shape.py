"""Decisions as the response of AWS's policy simulator; what our answers say more stands under extra keys.

Source: the IAM API's SimulatePolicyResponse. Positions are line from 1 and column from 0 within the policy's own text
(design.md section 4). As AWS's service does, there is one result for each action and resource, with the resource's own
result inside it where the request names one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from workbench.document.span import Position
from workbench.evaluation import layers as at
from workbench.evaluation.aws_request import Pair, Simulation, account_of, owner_of
from workbench.evaluation.decision import Authorization, Decision, LayerOutcome, Outcome, StatementRef
from workbench.evaluation.shape import decision_line

Json = dict[str, Any]

OUR_KEYS = ("reason", "stage", "notes", "decidedBy", "layers", "derivedContext", "trace", "ways", "noWay")
"""Keys that AWS's response does not have."""

_SOURCE_TYPES = {at.RESOURCE: "resource", at.IDENTITY: "none", at.BOUNDARY: "none"}
"""Layers whose statements AWS lists, in its order, and its word for a policy that is given and not fetched."""

_DETAILS = {at.IDENTITY: "IAM Policy", at.BOUNDARY: "Permissions Boundary Policy", at.RESOURCE: "Resource Policy"}
"""The names under which EvalDecisionDetails reports (AWS documents none: inferred)."""


def simulation_response(simulation: Simulation, results: Iterable[Json]) -> Json:
    """The whole response. All results are in it, so it is never truncated."""
    return {"EvaluationResults": list(results), "IsTruncated": False, "notes": list(simulation.notes)}


def evaluation_result(pair: Pair, decision: Decision) -> Json:
    """One EvaluationResult. The decision is never `depends`: the API cannot say that a key is not known."""
    [resource] = pair.scenario.request.resources
    authorization = decision.deciding
    common: Json = {
        "MatchedStatements": [_statement(ref) for ref in _matched(authorization)],
        "MissingContextValues": list(authorization.missing_keys),
    }
    boundary = _layer(authorization, at.BOUNDARY)
    if boundary is not None:
        common["PermissionsBoundaryDecisionDetail"] = {
            "AllowedByPermissionsBoundary": boundary.outcome is Outcome.ALLOWED
        }
    details = _details(pair, authorization)
    if details:
        common["EvalDecisionDetails"] = details
    result: Json = {
        "EvalActionName": pair.scenario.request.action,
        "EvalResourceName": resource,
        "EvalDecision": decision.outcome.value,
        **common,
    }
    levels = [layer for layer in authorization.layers if layer.layer == at.SCP]
    if levels:
        result["OrganizationsDecisionDetail"] = {"AllowedByOrganizations": _all_allow(levels)}
    if resource != "*":
        if _all_allow(levels):
            result.setdefault("EvalDecisionDetails", {})  # present and empty within one account
        specific = {"EvalResourceName": resource, "EvalResourceDecision": decision.outcome.value, **common}
        result["ResourceSpecificResults"] = [specific]
    line = decision_line(pair.scenario, decision)
    result["reason"] = line["reason"]
    result["stage"] = line["stage"]
    result["layers"] = line["layers"]
    result["decidedBy"] = line["decidedBy"]
    result["derivedContext"] = dict(decision.derived)
    result["notes"] = list(dict.fromkeys((*pair.notes, *decision.notes)))
    return result


def _matched(authorization: Authorization) -> list[StatementRef]:
    """The statements that determine the result: of an explicit deny every statement that denies. SCPs are left out, as
    AWS does."""
    refs = list(authorization.decided_by)
    if authorization.outcome is Outcome.EXPLICIT_DENY:
        refs = [r for x in authorization.layers if x.outcome is Outcome.EXPLICIT_DENY for r in x.statements]
    order = list(_SOURCE_TYPES)
    return sorted((r for r in refs if r.policy_type in _SOURCE_TYPES), key=lambda r: order.index(r.policy_type))


def _details(pair: Pair, authorization: Authorization) -> dict[str, str]:
    """What each side says of a request across accounts; nothing within one, or where an SCP ends it."""
    request = pair.scenario.request
    if owner_of(request, authorization.resource) == account_of(request):
        return {}
    if not _all_allow(layer for layer in authorization.layers if layer.layer == at.SCP):
        return {}
    details = {}
    for layer, name in _DETAILS.items():
        found = _layer(authorization, layer)
        if found is not None or layer == at.RESOURCE:
            details[name] = (found.outcome if found is not None else Outcome.IMPLICIT_DENY).value
    return details


def _all_allow(levels: Iterable[LayerOutcome]) -> bool:
    return all(level.outcome is Outcome.ALLOWED for level in levels)


def _layer(authorization: Authorization, name: str) -> LayerOutcome | None:
    return next((layer for layer in authorization.layers if layer.layer == name), None)


def _statement(ref: StatementRef) -> Json:
    return {
        "SourcePolicyId": ref.policy,
        "SourcePolicyType": _SOURCE_TYPES[ref.policy_type],
        "StartPosition": _position(ref.start),
        "EndPosition": _position(ref.end),
    }


def _position(position: Position) -> Json:
    return {"Line": position.line, "Column": position.column}
