"""Traces and ways to the other decision as JSON objects: what `simulate --trace` adds to an answer, under extra keys of
ours beside design.md's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from workbench.document.parser import parse
from workbench.document.span import Position, Span
from workbench.evaluation.changes import Change
from workbench.evaluation.decision import Authorization, Decision
from workbench.evaluation.nearest import Way, no_way
from workbench.evaluation.places import policy_places
from workbench.evaluation.request import PolicySet
from workbench.evaluation.trace import LayerTrace, StatementTrace

Json = dict[str, Any]
_Places = dict[str, Callable[[int], Position]]


def trace_shape(
    policies: PolicySet, authorizations: Iterable[Authorization], traces: Iterable[tuple[LayerTrace, ...]]
) -> list[Json]:
    """One object for each authorization of a call, with every layer consulted, every statement of it and every element
    compared. `policies` are the scenario's; positions are within a policy's own text, as in `decidedBy`."""
    positions: _Places = {place: parse(policy.text).position for _, place, policy in policy_places(policies)}
    return [
        {
            "action": authorization.action,
            "resource": authorization.resource,
            "derivedContext": dict(authorization.derived),
            "layers": [
                {
                    "layer": layer.outcome.layer,
                    "target": layer.outcome.note,
                    "decision": layer.outcome.outcome.value,
                    "statements": [_statement(statement, positions) for statement in layer.statements],
                }
                for layer in layers
            ],
        }
        for authorization, layers in zip(authorizations, traces, strict=True)
    ]


def ways_shape(decision: Decision, ways: Iterable[Way]) -> Json:
    """The nearest ways to the other decision under the key `ways`; where there are none, why, under `noWay`. Edits are
    to be made in the order given; they count code points in the text as the changes before leave it."""
    shaped = [
        {
            "label": way.label,
            "decision": way.outcome.value,
            "changes": [_change(change) for change in way.changes],
        }
        for way in ways
    ]
    why = "" if shaped else no_way(decision)
    return {"ways": shaped, **({"noWay": why} if why else {})}


def _change(change: Change) -> Json:
    if change.key:
        value = list(change.value) if isinstance(change.value, tuple) else change.value
        return {"label": change.label, "key": change.key, "value": value}
    policy: Json = {"label": change.label, "policy": change.policy, "place": change.place}
    if change.text:
        return {**policy, "document": change.text}
    edits = [{"start": edit.span.start, "end": edit.span.end, "text": edit.text} for edit in change.edits]
    return {**policy, "edits": edits}


def position_shape(position: Position) -> Json:
    """Line from 1, column and offset from 0 (design.md section 4)."""
    return {"line": position.line, "column": position.column, "offset": position.offset}


def _statement(statement: StatementTrace, positions: _Places) -> Json:
    ref = statement.ref
    position = positions.get(ref.place)  # a policy that is implied stands in no text of the scenario
    return {
        "policy": ref.policy,
        "statement": ref.statement,
        "sid": ref.sid,
        "effect": ref.effect,
        "applies": statement.applies,
        "start": position_shape(ref.start),
        "end": position_shape(ref.end),
        "elements": [
            {
                "element": element.element,
                "holds": element.holds,
                "reason": element.sentence,
                **(_span(element.span, position) if position is not None else {}),
            }
            for element in statement.elements
        ],
    }


def _span(span: Span, position: Callable[[int], Position]) -> Json:
    return {"start": position_shape(position(span.start)), "end": position_shape(position(span.end))}
