"""Decisions as JSON objects: the decision line of design.md section 4, our own extras under extra keys."""

from __future__ import annotations

from typing import Any

from workbench.errors import ScenarioError
from workbench.evaluation.decision import Authorization, Decision, Dependence, LayerOutcome, StatementRef
from workbench.evaluation.request import Scenario
from workbench.evaluation.trace_shape import position_shape

Json = dict[str, Any]


def decision_line(scenario: Scenario, decision: Decision) -> Json:
    """The answer to one scenario. `expected` and `pass` stand there only if the scenario expects something."""
    deciding = decision.deciding
    line: Json = {
        "id": scenario.id,
        "decision": decision.outcome.value,
        "decidedBy": [_statement(ref) for ref in deciding.decided_by],
        "layers": _layers(deciding.layers),
        "missingContextKeys": list(deciding.missing_keys),
    }
    if scenario.expect:
        line["expected"] = scenario.expect
        line["pass"] = decision.outcome == scenario.expect
    if decision.depends_on:
        line["dependsOn"] = [_dependence(d) for d in decision.depends_on]
        line["examples"] = [{"decision": e.outcome.value, "context": dict(e.values)} for e in decision.examples]
    line["reason"] = decision.sentence
    line["stage"] = deciding.stage
    line["authorizations"] = [_authorization(a) for a in decision.authorizations]
    line["notes"] = list(decision.notes)
    return line


def error_line(scenario_id: str, error: ScenarioError) -> Json:
    """The answer in place of one that could not be given."""
    return {"id": scenario_id, "error": {"message": error.message, "path": error.path}}


def _dependence(dependence: Dependence) -> Json:
    return {
        "key": dependence.key,
        "conditions": [
            {"policyType": r.policy_type, "policy": r.policy, "statement": r.statement, "sid": r.sid, "test": test}
            for r, test in dependence.tests
        ],
        "examples": {
            outcome.value: list(value) if isinstance(value, tuple) else value for outcome, value in dependence.examples
        },
    }


def _statement(ref: StatementRef) -> Json:
    return {
        "policyType": ref.policy_type,
        "policy": ref.policy,
        "statement": ref.statement,
        "sid": ref.sid,
        "start": position_shape(ref.start),
        "end": position_shape(ref.end),
    }


def _layers(layers: tuple[LayerOutcome, ...]) -> Json:
    """Each consulted layer's own outcome; of several levels the worst."""
    rank = {"explicitDeny": 3, "implicitDeny": 2, "depends": 1, "allowed": 0}
    outcomes: Json = {}
    for layer in layers:
        before = outcomes.get(layer.layer)
        if before is None or rank[layer.outcome.value] > rank[before]:
            outcomes[layer.layer] = layer.outcome.value
    return outcomes


def _authorization(authorization: Authorization) -> Json:
    return {
        "action": authorization.action,
        "resource": authorization.resource,
        "decision": authorization.outcome.value,
        "stage": authorization.stage,
        "reason": authorization.sentence,
        "why": authorization.why,
    }
