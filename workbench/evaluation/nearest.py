"""The nearest way to the other decision: what to add, remove or state so that the answer flips.

Every way is made of changes to policies or to the context, and is confirmed by judging the changed scenario: one that
does not flip the decision is never shown. Source: spec evaluation.md section 3 (which layer must say what).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from workbench.document.edits import Edit, append_item, apply_edits, remove_item, remove_member, remove_members
from workbench.document.nodes import ArrayNode, Document, ObjectNode
from workbench.document.parser import parse
from workbench.document.span import Span
from workbench.evaluation import layers as at
from workbench.evaluation.callers import Grant
from workbench.evaluation.candidates import values_that_make
from workbench.evaluation.compiled import CompiledStatement
from workbench.evaluation.conditions import ConditionMatcher
from workbench.evaluation.decision import Outcome
from workbench.evaluation.judge import IMPLIED, Judge
from workbench.evaluation.layers import Verdict, decide, layer_sets
from workbench.evaluation.places import policy_places, with_policy
from workbench.evaluation.prepared import Prepared, Ready
from workbench.evaluation.request import ContextValue, Scenario
from workbench.evaluation.sentences import short_resource
from workbench.evaluation.services import TRUST_ACTIONS

MOST_CHANGES = 4
MOST_WAYS = 5


@dataclass(frozen=True, slots=True)
class Change:
    """One change. Of a policy: `place`, `policy` (its name) and `edits` in its text. Of the request: `key` and the
    `value` to state (None: leave it out). `label` starts with a verb; `cost` orders: smaller is nearer."""

    label: str
    cost: int
    place: str = ""
    policy: str = ""
    edits: tuple[Edit, ...] = ()
    key: str = ""
    value: ContextValue | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """Changes that together flip the decision, and the decision after them."""

    changes: tuple[Change, ...]
    outcome: Outcome
    scenario: Scenario

    @property
    def label(self) -> str:
        """All changes in one line."""
        return ", and ".join(c.label for c in self.changes)


def nearest_ways(judge: Judge, scenario: Scenario) -> tuple[Way, ...]:
    """Up to five ways to the other decision, the nearest first; none if none was found. Raises ScenarioError if the
    scenario itself cannot be judged."""
    prepared = judge.prepare(scenario)
    wants_allow = prepared.outcome() is not Outcome.ALLOWED
    ways: dict[str, Way] = {}
    for change in sorted(_changes(prepared), key=lambda c: c.cost):
        way = _follow(judge, scenario, change, wants_allow)
        if way is not None:
            ways.setdefault(way.label, way)
        if len(ways) == MOST_WAYS:
            break
    return tuple(sorted(ways.values(), key=lambda way: sum(c.cost for c in way.changes)))


def _follow(judge: Judge, scenario: Scenario, first: Change, wants_allow: bool) -> Way | None:
    """The way that begins with `first` and takes the cheapest change at each further obstacle."""
    changes: list[Change] = [first]
    current = scenario
    while True:
        current = apply_change(current, changes[-1])
        prepared = judge.prepare(current)
        outcome = prepared.outcome()
        if (outcome is Outcome.ALLOWED) is wants_allow:
            return Way(tuple(changes), outcome, current)
        if len(changes) == MOST_CHANGES:
            return None
        following = min(_changes(prepared), key=lambda c: c.cost, default=None)
        if following is None or following in changes:
            return None
        changes.append(following)


def apply_change(scenario: Scenario, change: Change) -> Scenario:
    """The scenario with one change made."""
    if change.place:
        text = next(p.text for _, place, p in policy_places(scenario.policies) if place == change.place)
        edited = apply_edits(text, change.edits)
        return replace(scenario, policies=with_policy(scenario.policies, change.place, edited))
    request = scenario.request
    context = {k: v for k, v in request.context.items() if k.lower() != change.key.lower()}
    absent = {k for k in request.absent if k.lower() != change.key.lower()}
    if change.value is None:
        absent.add(change.key)
    else:
        context[change.key] = change.value
    return replace(scenario, request=replace(request, context=context, absent=frozenset(absent)))


def _changes(prepared: Prepared) -> Iterator[Change]:
    """Single changes that may remove the first obstacle (or, of an allowed call, may break an authorization)."""
    verdicts = [(ready, decide(ready.layers, ready.request, ready.target)) for ready in prepared.parts]
    for ready, verdict in verdicts:
        if verdict.outcome is not Outcome.ALLOWED:
            if verdict.outcome is Outcome.EXPLICIT_DENY:
                yield from _lift(ready, verdict, prepared.scenario)
            else:
                yield from _grant(ready, verdict, prepared.scenario)
            return
    for ready, verdict in verdicts:
        yield from _lift(ready, verdict, prepared.scenario)


def _statements(ready: Ready, layer: str) -> Iterator[CompiledStatement]:
    for name, statements in layer_sets(ready.layers):
        if name == layer:
            yield from (s for s in statements if not s.ref.place.startswith(IMPLIED))


def _lift(ready: Ready, verdict: Verdict, scenario: Scenario) -> Iterator[Change]:
    """Ways to make the deciding statements not apply: remove one, or state a context in which its condition fails."""
    refs = set(verdict.decided_by)
    for statement in _statements(ready, verdict.stage):
        if statement.ref not in refs:
            continue
        yield _remove_statement(statement, scenario)
        for test in statement.conditions:
            yield from _state(test, ready, wanted=False)


def _grant(ready: Ready, verdict: Verdict, scenario: Scenario) -> Iterator[Change]:
    """Ways to make the layer that did not allow, allow."""
    for statement in _statements(ready, verdict.stage):
        if not statement.allow:
            continue
        action = any(s is statement for s in _about(ready, verdict.stage))
        resource = statement.covers_resource(ready.request)
        principal = statement.grant(ready.request) is not Grant.NONE
        failing = [t for t in statement.conditions if not t.holds(ready.request.context)]
        if not principal:
            continue
        if action and resource and failing:
            if len(failing) == 1:
                yield from _state(failing[0], ready, wanted=True)
            yield _remove_condition(statement, failing, scenario)
        elif not failing and action and not resource and not _negated(statement):
            yield _add_item(statement, "Resource", ready.part.resource, scenario, cost=2)
        elif not failing and resource and not action and not statement.actions.negated:
            yield _add_item(statement, "Action", ready.part.action, scenario, cost=1)
    yield from _new_statement(ready, verdict, scenario)


def _negated(statement: CompiledStatement) -> bool:
    return statement.source.resources is not None and statement.source.resources.negated


def _about(ready: Ready, layer: str) -> list[CompiledStatement]:
    return [
        s
        for name, statements in layer_sets(ready.layers)
        if name == layer
        for s in statements.about(ready.request.action)
    ]


_FIXED_KEYS = frozenset(
    {
        "aws:principalarn",
        "aws:principalaccount",
        "aws:principaltype",
        "aws:userid",
        "aws:username",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:resourceaccount",
        "iam:passedtoservice",
        "sagemaker:taggingaction",
    }
)
"""Keys that say who asks or what the call is: another value would be another request."""


def _state(test: ConditionMatcher, ready: Ready, *, wanted: bool) -> Iterator[Change]:
    if test.key_lower in _FIXED_KEYS:
        return
    for value in values_that_make(test, ready.request.context, wanted):
        shown = "absent" if value is None else value if isinstance(value, str) else ", ".join(value)
        label = f"leave {test.key} out of the request" if value is None else f"send {test.key} = {shown or '(empty)'}"
        yield Change(label, 2 if value is not None else 3, key=test.key, value=value)
        return


def _document_of(place: str, scenario: Scenario) -> Document:
    return parse(next(p.text for _, here, p in policy_places(scenario.policies) if here == place))


def _add_item(statement: CompiledStatement, element: str, value: str, scenario: Scenario, cost: int) -> Change:
    document = _document_of(statement.ref.place, scenario)
    member = next(m for m in statement.source.node.members if m.key.value == element)
    edits = append_item(document, member.value, json.dumps(value))
    label = f"add {short_resource(value)} to {element} of {_named(statement)}"
    return Change(label, cost, statement.ref.place, statement.ref.policy, edits)


def _remove_statement(statement: CompiledStatement, scenario: Scenario) -> Change:
    document = _document_of(statement.ref.place, scenario)
    root = document.root
    assert isinstance(root, ObjectNode)
    holder = next(m.value for m in root.members if m.key.value == "Statement")
    edits: tuple[Edit, ...]
    if isinstance(holder, ArrayNode):
        edits = remove_item(holder, statement.ref.statement)
    else:
        edits = (Edit(Span(holder.start, holder.end), "[]"),)
    return Change(f"remove {_named(statement)}", 4, statement.ref.place, statement.ref.policy, edits)


def _remove_condition(statement: CompiledStatement, failing: list[ConditionMatcher], scenario: Scenario) -> Change:
    if len(failing) == len(statement.conditions):
        edits = remove_member(statement.source.node, "Condition")
        label = f"remove the condition of {_named(statement)}"
    else:
        condition = next(m.value for m in statement.source.node.members if m.key.value == "Condition")
        assert isinstance(condition, ObjectNode)
        edits = _remove_tests(condition, failing)
        label = f"remove {' and '.join(sorted({t.key for t in failing}))} from the condition of {_named(statement)}"
    return Change(label, 4, statement.ref.place, statement.ref.policy, edits)


def _remove_tests(condition: ObjectNode, failing: list[ConditionMatcher]) -> tuple[Edit, ...]:
    gone = {id(t.test.key_node) for t in failing}
    edits: list[Edit] = []
    emptied: list[int] = []
    for index, block in enumerate(condition.members):
        assert isinstance(block.value, ObjectNode)
        leaving = [i for i, member in enumerate(block.value.members) if id(member.key) in gone]
        if len(leaving) == len(block.value.members):
            emptied.append(index)
        else:
            edits += remove_members(block.value, leaving)
    edits += remove_members(condition, emptied)
    return tuple(sorted(edits, key=lambda e: e.span))


def _new_statement(ready: Ready, verdict: Verdict, scenario: Scenario) -> Iterator[Change]:
    """A statement of its own, in the first policy of the layer that is there."""
    built: dict[str, object] = {"Effect": "Allow"}
    if verdict.stage == at.RESOURCE:
        caller = ready.request.caller
        kind, name = ("AWS", caller.arn) if caller.arn else ("Service", caller.service)
        if not name:
            kind, name = "Federated", caller.provider
        built["Principal"] = {kind: name} if name else "*"
    elif verdict.stage == at.VPC_ENDPOINT:
        built["Principal"] = "*"
    built["Action"] = ready.part.action
    if not (verdict.stage == at.RESOURCE and ready.request.action in TRUST_ACTIONS):
        built["Resource"] = ready.part.resource
    failed = {o.note for o in verdict.layers if o.layer == verdict.stage and o.outcome is not Outcome.ALLOWED}
    for layer, place, policy in policy_places(scenario.policies):
        if layer != verdict.stage or (verdict.stage == at.SCP and _level_target(place, scenario) not in failed):
            continue
        document = parse(policy.text)
        root = document.root
        assert isinstance(root, ObjectNode)
        text = json.dumps(built)
        edits = append_item(document, next(m.value for m in root.members if m.key.value == "Statement"), text)
        what = f"{ready.part.action} on {short_resource(ready.part.resource)}"
        yield Change(f"add a statement that allows {what} to {policy.name}", 5, place, policy.name, edits)
        return


def _level_target(place: str, scenario: Scenario) -> str:
    index = int(place.partition("[")[2].partition("]")[0])
    levels = scenario.policies.service_control or ()
    return levels[index].target


def _named(statement: CompiledStatement) -> str:
    ref = statement.ref
    return f"statement {ref.sid or ref.statement + 1} of {ref.policy}"
