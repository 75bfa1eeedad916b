"""What might turn a decision: steps that make a layer allow, or that lift what decided. Confirmed elsewhere.

`cost` orders by how much a step opens or closes beside what was asked: a value of the request and a statement on the
very resource come before a condition taken away, and anything on all resources last.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from workbench.evaluation import layers as at
from workbench.evaluation.arn_patterns import ResourcePattern
from workbench.evaluation.callers import CallerKind, Grant, role_arn
from workbench.evaluation.candidates import FIXED_KEYS, values_that_make, values_to_meet, with_value
from workbench.evaluation.changes import (
    AddItem,
    AddStatement,
    Attach,
    RemoveItems,
    RemoveStatements,
    RemoveTests,
    State,
    Step,
)
from workbench.evaluation.compiled import CompiledStatement, StatementSet, covers_action, resource_tokens
from workbench.evaluation.conditions import ConditionMatcher, resolve
from workbench.evaluation.decision import Outcome, StatementRef
from workbench.evaluation.facts import Facts
from workbench.evaluation.layers import Verdict, applies, decide, layer_sets
from workbench.evaluation.places import policy_places
from workbench.evaluation.prepared import Prepared, Ready
from workbench.evaluation.request import ContextValue
from workbench.evaluation.sentences import short_resource
from workbench.evaluation.services import TRUST_ACTIONS, takes_resource_policies
from workbench.policy.model import Item
from workbench.policy.operators import Family, Qualifier

_PASS_ROLE = "iam:passrole"
_PASSED_TO = "iam:PassedToService"


class Proposal(NamedTuple):
    """Steps to be done together, and what kind of proposal it is, so that one of each kind is tried before a second."""

    kind: str
    steps: tuple[Step, ...]

    @property
    def cost(self) -> int:
        return sum(step.cost for step in self.steps)


@dataclass(frozen=True, slots=True)
class Original:
    """The scenario as it was given, for steps that speak of it: how many statements each policy has, and which of them
    are gone in the scenario that is looked at now."""

    counts: Mapping[str, int]
    gone: Mapping[str, list[int]] = field(default_factory=dict)

    def index(self, ref: StatementRef) -> int | None:
        """The statement's index as given; None for one that was not there."""
        index = ref.statement
        for earlier in self.gone.get(ref.place, ()):
            index += earlier <= index
        return index if index < self.counts.get(ref.place, 0) else None


def propose(prepared: Prepared, original: Original, facts: Facts) -> Iterator[Proposal]:
    """What may remove the first obstacle; of an allowed call, what may break one of its authorizations."""
    looks = [_Look(ready, prepared, original, facts) for ready in prepared.parts]
    failed = next((look for look in looks if look.verdict.outcome is not Outcome.ALLOWED), None)
    if failed is None:
        for look in looks:
            yield from look.close()
    elif failed.verdict.outcome is Outcome.EXPLICIT_DENY:
        yield from failed.lift()
    else:
        yield from failed.open()


class _Look:
    """One authorization as it is decided now."""

    def __init__(self, ready: Ready, prepared: Prepared, original: Original, facts: Facts) -> None:
        self.ready, self.request, self.scenario = ready, ready.request, prepared.scenario
        self.original, self.facts = original, facts
        self.verdict: Verdict = decide(ready.layers, ready.request, ready.target)

    # -- an explicit deny, and an allowed authorization -----------------------------------------------------------

    def lift(self) -> Iterator[Proposal]:
        """Ways to make the statements that deny not apply."""
        consulted = {layer.layer for layer in self.verdict.layers}
        denying = [
            statement
            for layer, statements in layer_sets(self.ready.layers)
            if layer in consulted
            for statement in statements.about(self.request.action)
            if not statement.allow and applies(statement, self.request) is not Grant.NONE
        ]
        yield from self._without(denying)
        yield from self._spare(denying[0], self._given(denying[0]))

    def close(self) -> Iterator[Proposal]:
        """Ways to make the statements that allow not apply; across accounts those of either side."""
        for layer in dict.fromkeys(ref.policy_type for ref in self.verdict.decided_by):
            refs = {ref for ref in self.verdict.decided_by if ref.policy_type == layer}
            sets = (statements for name, statements in layer_sets(self.ready.layers) if name == layer)
            allowing = [s for statements in sets for s in statements.about(self.request.action) if s.ref in refs]
            yield from self._without(allowing)

    def _without(self, statements: list[CompiledStatement]) -> Iterator[Proposal]:
        """All of them removed; or for the first of them a context in which it does not apply."""
        by_place: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for statement in statements:
            index = self._given(statement)
            name = statement.ref.sid or str(index + 1)
            by_place.setdefault((statement.ref.place, statement.ref.policy), []).append((index, name))
        steps = (RemoveStatements(place, name, tuple(named)) for (place, name), named in by_place.items())
        yield Proposal("remove", tuple(steps))
        for test in statements[0].conditions:
            value = self._value_against(test, statements)
            if not isinstance(value, ConditionMatcher):
                yield Proposal("context", (State(test.key, value),))

    def _value_against(
        self, test: ConditionMatcher, statements: list[CompiledStatement]
    ) -> ContextValue | ConditionMatcher | None:
        """A value of the test's key with which it is false, and best none of the statements applies; the test itself
        where there is none."""
        if test.key_lower in FIXED_KEYS:
            return test
        context = self.request.context
        alike = [t for s in statements for t in s.conditions if t.key_lower == test.key_lower]
        values = dict.fromkeys(v for t in alike for v in values_that_make(t, context, False, self.facts))

        def left(value: ContextValue | None) -> int:
            there = with_value(context, test.key, value)
            return sum(s.conditions_hold(there) for s in statements)

        fitting = [v for v in values if not test.holds(with_value(context, test.key, v))]
        return min(fitting, key=left, default=test)

    def _spare(self, statement: CompiledStatement, index: int) -> Iterator[Proposal]:
        """A place in the statement's own exceptions."""
        part, resources = self.ready.part, statement.source.resources
        if statement.actions.negated:
            yield self._item(statement, index, ("NotAction",), part.action, 3)
        if resources is not None and resources.negated and part.resource != "*":
            yield self._item(statement, index, ("NotResource",), part.resource, 3)
        for test in statement.conditions:
            if test.test.operator is not None and test.test.operator.base.negated:
                yield from self._policy_values(statement, index, [test])

    # -- an implicit deny -----------------------------------------------------------------------------------------

    def open(self) -> Iterator[Proposal]:
        """Ways to make the layer that did not allow, allow."""
        stage = self.verdict.stage
        if stage == at.ACCOUNT:
            return
        for statement in self._failing_set(stage):
            index = self.original.index(statement.ref)
            if statement.allow and index is not None and statement.grant(self.request) is not Grant.NONE:
                yield from self._widen(statement, index)
        yield from self._new_statement(stage)
        if stage in (at.IDENTITY, at.BOUNDARY, at.SESSION) and self._may_grant_directly():
            yield from self._new_statement(at.RESOURCE, direct=stage != at.IDENTITY)

    def _failing_set(self, stage: str) -> Iterable[CompiledStatement]:
        """The statements of the layer that did not allow; of levels those of the first that did not."""
        outcomes = [o for o in self.verdict.layers if o.layer == stage]
        sets: list[StatementSet] = [s for name, s in layer_sets(self.ready.layers) if name == stage]
        failing = (s for s, o in zip(sets, outcomes, strict=False) if o.outcome is not Outcome.ALLOWED)
        return next(failing, ())

    def _may_grant_directly(self) -> bool:
        """Whether a resource policy of the caller's own account is there to grant what identity policies do not."""
        target = self.ready.target
        return self.ready.layers.resource is not None and target.account == self.request.caller.account

    def _widen(self, statement: CompiledStatement, index: int) -> Iterator[Proposal]:
        request, context = self.request, self.request.context
        elements, resources = statement.actions, statement.source.resources
        listed = [i for i, item in enumerate(elements.items) if covers_action(item.text, request.action)]
        action = bool(listed) is not elements.negated
        resource = statement.covers_resource(request)
        failing = [test for test in statement.conditions if not test.holds(context)]
        if action and resource:
            yield from self._conditions(statement, index, failing)
        elif failing or (not action and not resource):
            return
        elif not resource and resources is not None:
            matching = [i for i, item in enumerate(resources.items) if self._matches(item, statement)]
            if not resources.negated:
                wide = any("*" in elements.items[i].text for i in listed)
                yield self._item(statement, index, ("Resource",), self.ready.part.resource, 4 if wide else 2)
            else:
                yield from self._no_exception(statement, index, "NotResource", matching, resources.items)
        elif elements.negated:
            yield from self._no_exception(statement, index, "NotAction", listed, elements.items)
        elif cost := self._cost_of_action(statement):
            yield self._item(statement, index, ("Action",), self.ready.part.action, cost)

    def _cost_of_action(self, statement: CompiledStatement) -> int:
        """The cost of one more action in the statement; 0 where it makes no sense: a statement about all resources and
        other services."""
        service = self.request.action.partition(":")[0]
        resources = statement.source.resources
        wide = (
            self.ready.part.resource != "*"
            and resources is not None
            and not any(self._matches(item, statement) and not _is_wide(item.text) for item in resources.items)
        )
        if wide and not any(item.text.lower().startswith(f"{service}:") for item in statement.actions.items):
            return 0
        if self.request.action == _PASS_ROLE:  # a statement on that role and for that service comes before
            bound = any(test.key == _PASSED_TO for test in statement.conditions)
            return (5 if wide else 1) + (1 if bound else 3)
        return 5 if wide else 1

    def _matches(self, item: Item, statement: CompiledStatement) -> bool:
        resolved = resolve(resource_tokens(item.text, statement.variables_active), self.request.context)
        return resolved is not None and ResourcePattern(resolved).matches(self.request.resource)

    def _no_exception(
        self, statement: CompiledStatement, index: int, element: str, listed: list[int], items: tuple[Item, ...]
    ) -> Iterator[Proposal]:
        """The entries that leave the request out, taken out; not all entries, for an empty list leaves nothing out."""
        if len(listed) == len(items):
            return
        texts = [items[i].text for i in listed]
        cost = 6 if any("*" in text for text in texts) else 4
        label = f"take {' and '.join(map(short_resource, texts))} out of {element} of {self._named(statement, index)}"
        ref = statement.ref
        yield Proposal(element, (RemoveItems(label, cost, ref.place, ref.policy, index, element, tuple(listed)),))

    def _conditions(
        self, statement: CompiledStatement, index: int, failing: list[ConditionMatcher]
    ) -> Iterator[Proposal]:
        stated = values_to_meet(statement.conditions, failing, self.request.context, self.facts)
        if stated:
            yield Proposal("context", tuple(State(key, value) for key, value in stated))
        yield from self._policy_values(statement, index, failing)
        names = [(t.test.operator_node.value, t.test.key_node.value) for t in failing]
        named = self._named(statement, index)
        if len(failing) == len(statement.conditions):
            label, tests = f"remove the condition of {named}", frozenset[tuple[str, str]]()
        else:
            keys = " and ".join(sorted({test.key for test in failing}))
            label, tests = f"remove {keys} from the condition of {named}", frozenset(names)
        ref = statement.ref
        yield Proposal("condition", (RemoveTests(label, 6, ref.place, ref.policy, index, tests),))

    def _policy_values(
        self, statement: CompiledStatement, index: int, tests: list[ConditionMatcher]
    ) -> Iterator[Proposal]:
        """What the request carries, added to the values that the tests list."""
        steps: list[Step] = []
        for test in tests:
            value = self.request.context.get(test.key, test.key_lower)
            operator = test.test.operator
            assert operator is not None
            lists = operator.base.family in (Family.STRING, Family.ARN, Family.IP)
            if not lists or operator.qualifier is not Qualifier.NONE or not isinstance(value, str) or not value:
                return
            path = ("Condition", test.test.operator_node.value, test.test.key_node.value)
            steps += self._item(statement, index, path, value, 3).steps
        yield Proposal("value", tuple(steps))

    def _given(self, statement: CompiledStatement) -> int:
        """The index, as given, of a statement that denies, or of an allowed call allows: no step adds such a one."""
        index = self.original.index(statement.ref)
        assert index is not None
        return index

    # -- steps ----------------------------------------------------------------------------------------------------

    def _named(self, statement: CompiledStatement, index: int) -> str:
        return f"statement {statement.ref.sid or index + 1} of {statement.ref.policy}"

    def _item(self, statement: CompiledStatement, index: int, path: tuple[str, ...], value: str, cost: int) -> Proposal:
        ref = statement.ref
        of = f"{path[-1]} of" if len(path) == 1 else f"{path[-1]} in"
        label = f"add {short_resource(value)} to {of} {self._named(statement, index)}"
        kind = path[-1] if len(path) == 1 else "value"
        return Proposal(kind, (AddItem(label, cost, ref.place, ref.policy, index, path, value),))

    def _new_statement(self, stage: str, *, direct: bool = False) -> Iterator[Proposal]:
        """A statement of its own, in the first policy of the layer that is there, else in one that is attached."""
        part, scenario = self.ready.part, self.scenario
        what = f"{part.action} on {short_resource(part.resource)}" if part.resource != "*" else part.action
        built: dict[str, object] = {"Effect": "Allow"}
        if stage == at.RESOURCE:
            built["Principal"] = self._principal(direct)
        elif stage == at.VPC_ENDPOINT:
            built["Principal"] = "*"
        built["Action"] = part.action
        if not (stage == at.RESOURCE and self.request.action in TRUST_ACTIONS):
            built["Resource"] = part.resource
        passed_to = self.request.context.get(_PASSED_TO)
        if self.request.action == _PASS_ROLE and isinstance(passed_to, str):
            built["Condition"] = {"StringEquals": {_PASSED_TO: passed_to}}
            what += f" to {passed_to}"
        level = self._failing_level()
        here = f"policies.{stage}[{level}]." if stage == at.SCP else f"policies.{stage}"
        text = json.dumps(built)
        cost = 1 if self.request.action == _PASS_ROLE else 3
        for layer, place, policy in policy_places(scenario.policies):
            if layer == stage and place.startswith(here):
                label = f"add a statement that allows {what} to {policy.name}"
                kind = "resource policy" if stage == at.RESOURCE else "statement"
                yield Proposal(kind, (AddStatement(label, cost, place, policy.name, text),))
                return
        if stage == at.RESOURCE and (part.why or not takes_resource_policies(self.request.action)):
            return
        document = f'{{"Version": "2012-10-17", "Statement": [{text}]}}'
        attach = {
            at.IDENTITY: "attach an identity policy",
            at.SESSION: "pass a session policy",
            at.RESOURCE: "attach a resource policy",
            at.SCP: "attach a service control policy",
        }[stage]
        label = f"{attach} that allows {what}"
        if stage == at.SCP:
            label += f" to {self._target(level)}"
        place = f"{here}policies[0]" if stage == at.SCP else here if stage == at.RESOURCE else f"{here}[0]"
        yield Proposal("attach", (Attach(label, cost + 1, place, "new policy", document),))

    def _failing_level(self) -> int:
        levels = [o.outcome for o in self.verdict.layers if o.layer == at.SCP]
        return next((n for n, outcome in enumerate(levels) if outcome is not Outcome.ALLOWED), -1)

    def _target(self, level: int) -> str:
        levels = self.scenario.policies.service_control or ()
        return levels[level].target or f"level {level + 1}"

    def _principal(self, direct: bool) -> object:
        """The caller as a resource policy names it: a session by its role, which outlives it, unless only the session
        itself is granted past boundary and session policy."""
        caller = self.request.caller
        if caller.service:
            return {"Service": caller.service}
        if caller.provider:
            return {"Federated": caller.provider}
        if caller.kind is CallerKind.ROLE_SESSION and not direct:
            return {"AWS": role_arn(caller)}
        return {"AWS": caller.arn} if caller.arn else "*"


def _is_wide(text: str) -> bool:
    """Whether a Resource entry is about more than one kind of thing or all things of a kind."""
    parts = text.split(":", 5)
    return len(parts) < 6 or parts[5].startswith("*")
