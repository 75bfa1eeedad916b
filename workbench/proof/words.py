"""Statements in the words of a person: who may do what, on what, and when."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.evaluation.compiled import CompiledStatement
from workbench.policy.model import ConditionTest, ListElement, PrincipalElement

_MOST_NAMED = 3


def clause_text(
    statement: CompiledStatement, exceptions: Sequence[str] = (), actions: ListElement | None = None
) -> str:
    """What an Allow statement is about, as one sentence; `exceptions`: the names of the statements that cut into it;
    `actions`: what to name of its Action (None: all)."""
    source = statement.source
    text = _element(actions or statement.actions, "every action")
    if source.resources is not None:
        text += f" on {_element(source.resources, 'every resource')}"
    if source.principal is not None:
        text += f" for {_principals(source.principal)}"
    if source.conditions:
        text += f" if {' and '.join(map(_condition, source.conditions))}"
    if exceptions:
        text += f", except what {' and '.join(exceptions)} denies"
    return f"{text}."


def _element(element: ListElement, everything: str) -> str:
    texts = [item.text for item in element.items]
    if "*" in texts:
        listed = everything
    else:
        listed = ", ".join(texts[:_MOST_NAMED])
        if len(texts) > _MOST_NAMED:
            listed += f" and {len(texts) - _MOST_NAMED:,} more"
    return f"{everything} but {listed}" if element.negated else listed


def _principals(element: PrincipalElement) -> str:
    texts = ["everybody" if e.item.text == "*" else e.item.text for e in element.entries]
    listed = ", ".join(texts[:_MOST_NAMED]) or "nobody"
    if len(texts) > _MOST_NAMED:
        listed += f" and {len(texts) - _MOST_NAMED:,} more"
    return f"everybody but {listed}" if element.negated else listed


_VERBS = {
    "equals": ("is", "is not"),
    "equals-ignoring-case": ("is, in any case,", "is not, in any case,"),
    "like": ("is like", "is not like"),
    "==": ("is", "is not"),
    "<": ("is below", ""),
    "<=": ("is at most", ""),
    ">": ("is above", ""),
    ">=": ("is at least", ""),
    "same": ("is", ""),
    "in": ("is in", "is not in"),
}


def _condition(test: ConditionTest) -> str:
    operator = test.operator
    assert operator is not None
    values = " or ".join(v.text for v in test.values[:_MOST_NAMED]) or "nothing"
    if len(test.values) > _MOST_NAMED:
        values += f" or {len(test.values) - _MOST_NAMED:,} more"
    if operator.base.test == "absent":
        return f"{test.key} is {'absent' if values.lower() == 'true' else 'present'}"
    verb = _VERBS[operator.base.test][operator.base.negated]
    who = {"ForAllValues": "every value of ", "ForAnyValue": "some value of "}.get(operator.qualifier.value, "")
    absent = " or the key is absent" if operator.if_exists or operator.qualifier.value == "ForAllValues" else ""
    return f"{who}{test.key} {verb} {values}{absent}"
