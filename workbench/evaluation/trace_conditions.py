"""What one condition test compared, in a sentence: the request's value, the policy's with its variables replaced, the
value that decided, and what a reader may not expect. Source: spec conditions.md sections 1, 2 and 6."""

from __future__ import annotations

from workbench.evaluation.conditions import ConditionMatcher, is_present, resolve
from workbench.evaluation.context import Context
from workbench.evaluation.values import read_number
from workbench.policy.operators import Family, Qualifier
from workbench.policy.tokens import Token, Variable, Wildcard, tokenize


def condition_sentence(test: ConditionMatcher, context: Context, *, active: bool) -> str:
    """`active`: whether the document's Version makes `${…}` a variable."""
    operator = test.test.operator
    assert operator is not None
    given = context.get(test.key, test.key_lower)
    verdict = "true" if test.holds(context) else "false"
    if operator.base.family is Family.EXISTENCE:
        state = "in the request" if is_present(given) else "absent from the request"
        wanted = " or ".join(v.text for v in test.test.values) or "(no value)"
        if operator.qualifier:
            return f"{test.key} is {state}, but {operator.name} is {verdict} whatever the request holds."
        return f"{test.key} is {state}, so {operator.name} {wanted} is {verdict}."
    values = (given,) if isinstance(given, str) else given or ()
    if not values:
        return f"{test.key} is absent from the request, and {operator.name} is then {verdict}."
    shown = given if isinstance(given, str) else "[" + ", ".join(v or "(empty)" for v in values) + "]"
    wanted = " or ".join(_wanted(v.text, test, context, active) for v in test.test.values) or "(no value)"
    sentence = f"{test.key} is {shown or '(empty)'}; {operator.name} {wanted} is {verdict}"
    if operator.qualifier and not any(values):
        return f"{sentence}: only empty values count as nothing sent."
    return f"{sentence}{_offender(test, context, values)}.{_hints(test, context, values, active)}"


def _wanted(text: str, test: ConditionMatcher, context: Context, active: bool) -> str:
    """A policy value as written and, where it holds a variable, with what that stands for."""
    operator = test.test.operator
    assert operator is not None
    if not active or not operator.base.variables or "${" not in text:
        return text or "(empty)"
    return with_values(text, tokenize(text, wildcards=operator.base.test == "like", variables=True).parts, context)


def with_values(text: str, tokens: tuple[Token, ...], context: Context) -> str:
    """`a/${aws:username}` as `a/${aws:username} (here a/ann)`; as it is where it holds no variable or one has no
    value."""
    if not any(isinstance(token, Variable) for token in tokens):
        return text
    resolved = resolve(tokens, context)
    if resolved is None:
        return text
    here = "".join(part.value if isinstance(part, Wildcard) else str(part) for part in resolved)
    return f"{text} (here {here or 'empty'})"


def _offender(test: ConditionMatcher, context: Context, values: tuple[str, ...]) -> str:
    """Of a list that fails ForAllValues the first value that does so."""
    operator = test.test.operator
    assert operator is not None
    if operator.qualifier is not Qualifier.FOR_ALL or test.holds(context):
        return ""
    wrong = next((v for v in values if v and not test.holds(context.with_items({test.key: (v,)}))), "")
    return f", because of {wrong}" if len(values) > 1 else ""


def _hints(test: ConditionMatcher, context: Context, values: tuple[str, ...], active: bool) -> str:
    operator = test.test.operator
    assert operator is not None
    policy_values = [v.text for v in test.test.values]
    hints: list[str] = []
    missing = [key for key in test.variables if _has_no_value(key, policy_values, context)]
    if missing:
        effect = ", so it excludes nothing" if operator.base.negated else ""
        hints.append(f" {missing[0]}, used as a variable, has no value{effect}.")
    if operator.base.family is Family.NUMERIC:
        unreadable = [text for text in (*policy_values, *values) if read_number(text) is None]
        if unreadable and not test.holds(context):
            hints.append(f" {unreadable[0] or '(empty)'} is no number, with which no numeric test is true.")
    if operator.base.variables and not active and any("${" in text for text in policy_values):
        hints.append(" ${…} is literal text here: variables need Version 2012-10-17.")
    return "".join(hints)


def _has_no_value(key: str, policy_values: list[str], context: Context) -> bool:
    """Whether a variable has no value and no default in some policy value."""
    return context.variable(key) is None and any(
        isinstance(token, Variable) and token.key == key and token.default is None
        for text in policy_values
        for token in tokenize(text, wildcards=True, variables=True).parts
    )
