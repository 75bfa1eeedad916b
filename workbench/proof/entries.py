"""Can a single entry of a statement (an action, a resource, a principal, a condition value) ever decide anything?

An entry decides a request where the statement with it and the statement without it differ and nothing else in the
document settles the request. If there is none, the entry is shadowed: by other entries of its list, by statements, or
by both together. Source of the semantics: as everywhere in this room, evaluation.md and conditions.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from workbench.evaluation.callers import Grant
from workbench.evaluation.compiled import AuthRequest
from workbench.evaluation.judge import compile_policy
from workbench.evaluation.request import NamedPolicy, Request, Scenario
from workbench.policy.kinds import PolicyKind
from workbench.policy.operators import parse_operator
from workbench.proof.askers import Asker
from workbench.proof.asking import Prover
from workbench.proof.formulas import FALSE, Body, Formula, all_of, negated
from workbench.proof.patterns import Variables
from workbench.proof.questions import document_side, inquiry_of, scenario_of
from workbench.proof.reach import Reach, about_the_same, rivals
from workbench.proof.sides import Side

_ELEMENTS = ("Action", "NotAction", "Resource", "NotResource", "Principal")


@dataclass(frozen=True, slots=True)
class EntryReach:
    """Of one entry. `path`: where its list stands in the statement; `position`: in that list, from 0; `by_entries`,
    `by`: the entries of the same list and the statements without which it would decide something; `scenario`: a request
    that it decides."""

    path: tuple[str, ...]
    position: int
    text: str
    reach: Reach
    by_entries: tuple[int, ...] = ()
    by: tuple[int, ...] = ()
    scenario: Scenario | None = None
    why: str = ""


@dataclass(frozen=True)
class _List:
    """A list of entries of a statement. `excludes`: more entries make the statement say less."""

    path: tuple[str, ...]
    texts: tuple[str, ...]
    excludes: bool


def entries_reach(prover: Prover, policy: NamedPolicy, kind: PolicyKind, index: int) -> tuple[EntryReach, ...]:
    """For each entry of the statement with this index whether some request is decided by it. Raises ScenarioError for a
    document that AWS would refuse."""
    variables = Variables()
    side = document_side(policy, kind, variables)
    whole = json.loads(policy.text)
    statements = whole["Statement"] if isinstance(whole["Statement"], list) else [whole["Statement"]]
    found: list[EntryReach] = []
    for entries in _lists(statements[index]):
        one = _OfList(prover, policy, kind, side, variables, index, whole, statements[index], entries)
        found += (one.of_entry(position) for position in range(len(entries.texts)))
    return tuple(found)


def _lists(statement: dict[str, Any]) -> Iterator[_List]:
    for name in _ELEMENTS:
        value = statement.get(name)
        if isinstance(value, dict):
            for kind, texts in value.items():
                yield _List((name, kind), _texts(texts), name.startswith("Not"))
        elif value is not None:
            yield _List((name,), _texts(value), name.startswith("Not"))
    for name, block in (statement.get("Condition") or {}).items():
        operator = parse_operator(name)
        for key, values in block.items():
            excludes = operator is not None and operator.base.negated
            yield _List(("Condition", name, key), _texts(values), excludes)


def _texts(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    return tuple(item if isinstance(item, str) else json.dumps(item) for item in items)


@dataclass(frozen=True)
class _OfList:
    """The question about the entries of one list."""

    prover: Prover
    policy: NamedPolicy
    kind: PolicyKind
    side: Side
    variables: Variables
    index: int
    whole: dict[str, Any]
    statement: dict[str, Any]
    entries: _List

    def of_entry(self, position: int) -> EntryReach:
        entries = self.entries
        others = frozenset(range(len(entries.texts))) - {position}
        against = rivals(self.side, self.index, frozenset(range(len(self.side.bodies))) - {self.index})

        def answer(reach: Reach, **more: Any) -> EntryReach:
            return EntryReach(entries.path, position, entries.texts[position], reach, **more)

        found = self._difference(position, others, against)
        if isinstance(found, Scenario):
            return answer(Reach.DECIDES, scenario=found)
        if found:
            return answer(Reach.UNKNOWN, why=found)
        if not isinstance(self._difference(position, frozenset(), frozenset()), Scenario):
            return answer(Reach.NEVER_MATCHES)
        against &= about_the_same(self.prover, self.side, self.index)
        for rival in sorted(against):  # statements first: what the list itself repeats is the nearer reason
            if self._difference(position, others, against - {rival}) == "":
                against -= {rival}
        for other in sorted(others, reverse=True):
            if self._difference(position, others - {other}, against) == "":
                others -= {other}
        return answer(Reach.SHADOWED, by_entries=tuple(sorted(others)), by=tuple(sorted(against)))

    def _difference(self, position: int, beside: frozenset[int], against: frozenset[int]) -> Scenario | str:
        """A request that the statement with the entry and those of `beside` takes, and without the entry does not, or
        the other way round where entries exclude, and that none of `against` takes; "" if there is none, else why that
        is not known."""
        longer, shorter = self._variant(beside | {position}), self._variant(beside)
        more, less = (shorter, longer) if self.entries.excludes else (longer, shorter)
        if more is None:
            return ""
        count = len(self.side.bodies)
        bodies = (*self.side.bodies, more, *([less] if less is not None else []))
        not_in = (*sorted(against), *([count + 1] if less is not None else []))

        def goal(members: frozenset[int], request: AuthRequest) -> Formula:
            if count not in members or more.statement.grant(request) is Grant.NONE:
                return FALSE
            excluded = (
                negated(bodies[i].formula)
                for i in not_in
                if i in members and bodies[i].statement.grant(request) is not Grant.NONE
            )
            return all_of((more.formula, *excluded))

        def confirm(request: Request, asker: Asker) -> Scenario | None:
            return scenario_of(self.policy, self.kind, request, asker)

        inquiry = inquiry_of(self.prover, self.kind, bodies, goal, confirm, self.variables)
        names = self.prover.actions.of_element(more.statement.actions)
        found = inquiry.search([c for c in inquiry.classes(names) if count in c.members], any_will_do=True)
        return found.scenario if found is not None else inquiry.unclear

    def _variant(self, kept: frozenset[int]) -> Body | None:
        """The statement with only these entries of the list; None where it then takes nothing."""
        texts = [text for i, text in enumerate(self.entries.texts) if i in kept]
        statement, (name, *rest) = dict(self.statement), self.entries.path
        if not texts and not self.entries.excludes and name != "Principal":
            return None
        if name == "Condition":
            operator, key = rest
            block = {k: v for k, v in statement[name][operator].items() if k != key or texts}
            if texts:
                block[key] = texts
            statement[name] = {**statement[name], operator: block}
        elif rest:
            statement[name] = {k: v for k, v in statement[name].items() if k != rest[0] or texts}
            if texts:
                statement[name][rest[0]] = texts
        else:
            statement[name] = texts
        if name == "Principal":
            if not texts and not (rest and statement[name]):
                return None
            statement[name] = statement[name] if rest else texts[0]
        text = json.dumps({**self.whole, "Statement": [statement]})
        [compiled] = compile_policy(NamedPolicy(self.policy.name, text), self.kind)
        return Body(compiled, self.variables)
