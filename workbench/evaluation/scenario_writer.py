"""From a Scenario to its JSON: what `scenario_reader` reads. Source: design.md section 4, workbench/README.md."""

from __future__ import annotations

import json
from typing import Any

from workbench.evaluation.request import ContextValue, Level, NamedPolicy, PolicySet, Principal, Request, Scenario

Json = dict[str, Any]


def scenario_shape(scenario: Scenario) -> Json:
    """The scenario as a JSON object; what is empty or left out stays out. Policies whose text is JSON stand as objects,
    others as text."""
    shape: Json = {"id": scenario.id} if scenario.id else {}
    if scenario.title:
        shape["title"] = scenario.title
    shape["request"] = request_shape(scenario.request)
    shape["policies"] = _policies(scenario.policies)
    if scenario.management_account:
        shape["managementAccount"] = scenario.management_account
    if scenario.expect:
        shape["expect"] = scenario.expect
    return shape


def request_shape(request: Request) -> Json:
    """The request alone."""
    resources = request.resources
    shape: Json = {
        "principal": _principal(request.principal),
        "action": request.action,
        "resource": resources[0] if len(resources) == 1 else list(resources),
    }
    optional: Json = {
        "resourceAccount": request.resource_account,
        "context": {key: _value(value) for key, value in request.context.items()},
        "unknown": sorted(request.unknown),
        "absent": sorted(request.absent),
        "federatedBy": request.federated_by,
        "tags": dict(request.tags),
        "studio": request.studio,
        "alone": request.alone,
    }
    shape.update({key: value for key, value in optional.items() if value})
    role = request.pass_role
    if role is not None:
        shape["passRole"] = {"arn": role.arn, "service": role.service} if role.service else role.arn
    return shape


def _principal(principal: Principal) -> str | Json:
    if principal.service:
        return {"service": principal.service}
    if principal.federated:
        return {"federated": principal.federated}
    return principal.arn or "*"


def _value(value: ContextValue) -> str | list[str]:
    return value if isinstance(value, str) else list(value)


def _policies(policies: PolicySet) -> Json:
    shape: Json = {}
    if policies.identity:
        shape["identity"] = [_policy(p) for p in policies.identity]
    for key, policy in (
        ("permissionsBoundary", policies.permissions_boundary),
        ("resource", policies.resource),
        ("vpcEndpoint", policies.vpc_endpoint),
    ):
        if policy is not None:
            shape[key] = _policy(policy)
    if policies.session is not None:
        shape["session"] = [_policy(p) for p in policies.session]
    for key, levels in (
        ("serviceControl", policies.service_control),
        ("resourceControl", policies.resource_control),
    ):
        if levels is not None:
            shape[key] = [_level(level) for level in levels]
    return shape


def _level(level: Level) -> Json:
    shape: Json = {"target": level.target} if level.target else {}
    return {**shape, "policies": [_policy(p) for p in level.policies]}


def _policy(policy: NamedPolicy) -> Json:
    try:
        # Only what loses nothing may stand as an object: the same key twice would be lost.
        document = json.loads(policy.text, object_pairs_hook=_without_loss)
    except (ValueError, RecursionError):
        document = policy.text
    return {"name": policy.name, "document": document if isinstance(document, dict) else policy.text}


def _without_loss(pairs: list[tuple[str, Any]]) -> Json:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice")
    return made
