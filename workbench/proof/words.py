"""Statements in the words of a person: who may do what, on what, and when.

All conditions of a statement must hold together; within one, a value or the absence of the key may do. So a condition
that holds in several ways stands in brackets, and the brackets are joined by "and".
"""

from __future__ import annotations

from collections.abc import Sequence

from workbench.evaluation.compiled import CompiledStatement
from workbench.policy.model import ConditionTest, ListElement, PrincipalElement
from workbench.policy.operators import Operator, Qualifier

_MOST_NAMED = 3


def clause_text(
    statement: CompiledStatement,
    exceptions: Sequence[str] = (),
    actions: ListElement | None = None,
    resources: ListElement | None = None,
    conditions: Sequence[ConditionTest] | None = None,
) -> str:
    """What an Allow statement is about, as one sentence; `exceptions`: the names of the statements that cut into it;
    `actions`, `resources`, `conditions`: what to name of its Action, Resource and Condition (None: all)."""
    source = statement.source
    text = _element(actions or statement.actions, "every action")
    if source.resources is not None:
        text += f" on {_element(resources or source.resources, 'every resource')}"
    if source.principal is not None:
        text += f" for {_principals(source.principal)}"
    if source.conditions:
        text += f", only if {conditions_text(conditions or source.conditions)}"
    if exceptions:
        text += f", except what {_list(exceptions, 'and')} denies"
    return f"{text}."


def conditions_text(tests: Sequence[ConditionTest]) -> str:
    """All the conditions of a statement, in an order of its own, with brackets where one holds in several ways."""
    phrases = [_condition(test) for test in tests]
    return " and ".join(f"({text})" if several and len(phrases) > 1 else text for text, several in phrases)


def _list(names: Sequence[str], word: str) -> str:
    """`a`, `a or b`, `a, b or c`; of many only the first."""
    if len(names) > _MOST_NAMED + 1:
        return f"{', '.join(names[:_MOST_NAMED])} {word} {len(names) - _MOST_NAMED:,} more"
    return f" {word} ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else "nothing"


def _element(element: ListElement, everything: str) -> str:
    texts = [item.text for item in element.items]
    listed = everything if "*" in texts else _named(texts)
    return f"{everything} but {listed}" if element.negated else listed


def _named(texts: Sequence[str]) -> str:
    listed = ", ".join(texts[:_MOST_NAMED])
    return f"{listed} and {len(texts) - _MOST_NAMED:,} more" if len(texts) > _MOST_NAMED else listed


def _principals(element: PrincipalElement) -> str:
    texts = ["everybody" if e.item.text == "*" else e.item.text for e in element.entries]
    listed = _named(texts) or "nobody"
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
_TOLD = {
    ("aws:multifactorauthpresent", "same", "true"): "the caller used MFA",
    ("aws:securetransport", "same", "true"): "the call comes over TLS",
    ("aws:principalisawsservice", "same", "true"): "the caller is an AWS service",
    ("aws:principalisawsservice", "same", "false"): "the caller is no AWS service",
    ("aws:viaawsservice", "same", "true"): "an AWS service calls for the caller",
    ("aws:viaawsservice", "same", "false"): "no AWS service calls for the caller",
}
"""Phrases for tests of one value that every reviewer meets, by lower-cased key, test and value."""


def _condition(test: ConditionTest) -> tuple[str, bool]:
    """The condition in words, and whether it holds in several ways."""
    operator = test.operator
    assert operator is not None
    texts = [v.text for v in test.values]
    if operator.base.test == "absent":
        return _presence(test.key, [text.lower() for text in texts])
    negated, every = operator.base.negated, operator.qualifier is Qualifier.FOR_ALL
    told = _TOLD.get((test.key.lower(), operator.base.test, texts[0].lower())) if len(texts) == 1 else None
    if told is not None and not operator.qualifier:
        text = told
    elif negated and len(texts) > 1:
        verb = _VERBS[operator.base.test][0].removeprefix("is").strip()
        text = f"{_who(operator)}{test.key} is neither {verb + ' ' if verb else ''}{_list(texts, 'nor')}"
    else:
        text = f"{_who(operator)}{test.key} {_VERBS[operator.base.test][negated]} {_list(texts, 'or')}"
    absent = operator.if_exists or every or (negated and not operator.qualifier)
    if absent:
        text += f", or {test.key} is absent"
    return text, absent or (len(texts) > 1 and not negated)


def _presence(key: str, values: Sequence[str]) -> tuple[str, bool]:
    ways = [f"{key} is absent"] * ("true" in values) + [f"{key} is present"] * ("false" in values)
    return _list(ways, "or"), len(ways) > 1


def _who(operator: Operator) -> str:
    if operator.qualifier is Qualifier.FOR_ALL:
        return "every value of "
    return "some value of " if operator.qualifier is Qualifier.FOR_ANY else ""
