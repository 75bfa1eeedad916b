"""A resource or trust policy under the RCPs of its project. An RCP only denies, and as a Deny of the resource's own
policy would: to put its statements there lets every question about the policy honor them. Source: spec findings.md
section 3.6 ("RCPs and Deny honored").
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from workbench.errors import ScenarioError
from workbench.evaluation.decision import Outcome
from workbench.evaluation.refusals import refusal
from workbench.evaluation.request import NamedPolicy, Scenario
from workbench.findings.context import CheckContext
from workbench.findings.standing import read_policy
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import CURRENT_VERSION


def under_rcps(context: CheckContext, text: str) -> str:
    """The text with the Deny statements of the RCPs behind its own, which keep their numbers. As it is without RCPs, or
    where these do not apply to all that the policy is about."""
    rcps = _rcps(context)
    if not rcps or not _all_supported(context):
        return text
    document: dict[str, Any] = json.loads(text)
    if document.get("Version") != CURRENT_VERSION and any("${" in policy.text for policy in rcps):
        return text  # there a variable would be read as mere text
    denies = [s for p in rcps for s in _listed(json.loads(p.text)["Statement"]) if s.get("Effect") == "Deny"]
    document["Statement"] = [*_listed(document["Statement"]), *denies]
    return json.dumps(document)


def shown_under_rcps(context: CheckContext, scenario: Scenario, text: str) -> Scenario:
    """The scenario of an answer about `under_rcps(text)` with the policy and the RCPs each in its layer."""
    around, own = context.around, scenario.policies.resource
    if around is None or own is None or own.text == text:
        return scenario
    policies = replace(
        scenario.policies, resource=NamedPolicy(own.name, text), resource_control=around.resource_control
    )
    shown = replace(scenario, policies=policies)
    try:
        return shown if context.judge.prepare(shown).outcome() is Outcome.ALLOWED else scenario
    except ScenarioError:
        return scenario


def _rcps(context: CheckContext) -> list[NamedPolicy]:
    levels = context.around.resource_control if context.around is not None else None
    policies = [policy for level in levels or () for policy in level.policies]
    return [p for p in policies if refusal(read_policy(p.text, PolicyKind.RCP)) is None]


def _all_supported(context: CheckContext) -> bool:
    for statement in context.policy.statements:
        element = statement.actions
        if element is None or element.negated:
            return False
        for item in element.items:
            if not context.judge.facts.rcp_supported(item.text.partition(":")[0].lower()):
                return False
    return True


def _listed(statements: Any) -> list[Any]:
    return statements if isinstance(statements, list) else [statements]
