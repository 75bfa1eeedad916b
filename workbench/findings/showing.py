"""A request that shows what a statement lets through: looked for by the proof, allowed by the engine.

Source: spec findings.md sections 1.1 (`scenario`) and 3: what no request shows, as a Deny closes it, is no finding.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from workbench.errors import ScenarioError
from workbench.evaluation.callers import Grant
from workbench.evaluation.compiled import AuthRequest
from workbench.evaluation.decision import Outcome
from workbench.evaluation.judge import compile_policy
from workbench.evaluation.request import Level, NamedPolicy, PolicySet, Request, Scenario
from workbench.findings.context import CheckContext
from workbench.findings.names import has_wildcard
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import ConditionTest, Effect, Statement
from workbench.policy.names import is_everything
from workbench.proof.actions import Actions
from workbench.proof.askers import Asker, identity_askers
from workbench.proof.asking import Prover, tested_keys
from workbench.proof.budget import Budget
from workbench.proof.formulas import FALSE, Body, Formula, Leaf, all_of
from workbench.proof.keys import KeyTest
from workbench.proof.patterns import Variables
from workbench.proof.questions import inquiry_of, scenario_of
from workbench.proof.sides import side
from workbench.proof.witness import FULL_ACCESS, outcome

ANOTHER_ALLOWS = "Another policy allows what this one does not deny."
_MOST_STEPS = 10_000
_MOST_OF_A_PATTERN, _MOST_ACTIONS = 3, 6
_PROBED = ("s3:GetObject", "iam:CreateUser", "ec2:TerminateInstances", "sagemaker:DeleteModel", "dynamodb:GetItem")
"""What is asked where a statement is about everything."""
_POOLED = (PolicyKind.IDENTITY, PolicyKind.SCP, PolicyKind.RESOURCE)
"""Kinds beside which another policy can allow."""


class _Prover(Prover):
    def budget(self) -> Budget:
        return Budget(_MOST_STEPS, self.cancelled)


def shown(
    context: CheckContext,
    statement: Statement,
    besides: Mapping[str, Mapping[str, str]],
    without: ConditionTest | None = None,
) -> Scenario | None:
    """An allowed request that an Allow matches, or that a Deny would match but for its test `without`; `besides` is
    what must hold of its context, written as a Condition. A Deny is asked beside a policy that allows everything, where
    there can be one. None if there is no such request, or none was found."""
    policy, kind = NamedPolicy("policy", context.text), context.kind
    beside = statement.effect is Effect.DENY and kind in _POOLED
    variables = Variables()
    try:
        own = compile_policy(policy, kind)
        rest = compile_policy(FULL_ACCESS, PolicyKind.IDENTITY) if beside else ()
        more = compile_policy(_written(besides), PolicyKind.IDENTITY)
    except ScenarioError:
        return None
    asked = side([(policy.name, (*own, *rest), True)], variables)
    number = next((i for i, s in enumerate(own) if s.ref.statement == statement.index), None)
    if number is None:
        return None
    body, extra = asked.bodies[number], Body(more[0], variables)
    mine = _but_for(body.formula, without)

    def goal(members: frozenset[int], request: AuthRequest) -> Formula:
        if body.statement.grant(request) is Grant.NONE:
            return FALSE
        return all_of((mine, extra.formula, asked.allowed(members, request)))

    def confirm(request: Request, asker: Asker) -> Scenario | None:
        found = _beside(policy, kind, request, asker) if beside else scenario_of(policy, kind, request, asker)
        return found if outcome(context.judge, found) is Outcome.ALLOWED else None

    bodies = (*asked.bodies, extra)
    prover = _Prover(context.catalog, context.judge, context.once(_actions))
    inquiry = inquiry_of(prover, kind, bodies, goal, confirm, variables)
    if beside:
        inquiry = replace(inquiry, askers=identity_askers(tested_keys(bodies)))
    classes = inquiry.classes(frozenset(_names(context, statement)))
    found = inquiry.search([c for c in classes if number in c.members])
    return found.scenario if found is not None else None


def _actions(context: CheckContext) -> Actions:
    return Actions(context.catalog)


def _written(condition: Mapping[str, Mapping[str, str]]) -> NamedPolicy:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
    return NamedPolicy("what must hold", json.dumps({"Version": "2012-10-17", "Statement": statement}))


def _but_for(formula: Formula, test: ConditionTest | None) -> Formula:
    """What a statement asks, without one of its tests."""
    if test is None:
        return formula
    parts = (formula,) if isinstance(formula, Leaf) else formula.parts
    return all_of(part for part in parts if not _is(part, test))


def _is(part: Formula, test: ConditionTest) -> bool:
    if not isinstance(part, Leaf) or not isinstance(part.test, KeyTest):
        return False
    return part.test.matcher.test.key_node.start == test.key_node.start


def _beside(policy: NamedPolicy, kind: PolicyKind, request: Request, asker: Asker) -> Scenario:
    """The scenario in which a policy that allows everything stands beside the document."""
    if kind is PolicyKind.RESOURCE:
        found = scenario_of(FULL_ACCESS, PolicyKind.IDENTITY, request, asker)
        return replace(found, policies=replace(found.policies, resource=policy))
    found = scenario_of(policy, kind, request, asker)
    given: PolicySet = found.policies
    if kind is PolicyKind.SCP:
        return replace(found, policies=replace(given, service_control=(Level("account", (policy, FULL_ACCESS)),)))
    return replace(found, policies=replace(given, identity=(policy, FULL_ACCESS)))


def _names(context: CheckContext, statement: Statement) -> Sequence[str]:
    """A few actions that the statement is about."""
    element = statement.actions
    if element is None:
        return ()
    if element.negated or any(is_everything(item.text) for item in element.items):
        return _PROBED
    found: list[str] = []
    for item in element.items:
        if has_wildcard(item.text):
            found += context.catalog.expand_names(item.text)[:_MOST_OF_A_PATTERN]
        elif (action := context.catalog.action(item.text)) is not None:
            found.append(action.full_name)
    return found[:_MOST_ACTIONS]
