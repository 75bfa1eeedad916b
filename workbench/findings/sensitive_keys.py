"""Wildcards and variables in the values of keys that say who or where: they open more than they seem to. Source: spec
findings.md section 2.1; AWS global condition context keys, Sensitive condition keys.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.findings import fixes
from workbench.findings.condition_edits import move_test
from workbench.findings.condition_tests import is_negated, key_of
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Confidence, Finding, Fix
from workbench.policy.model import ConditionTest, Effect, Statement
from workbench.policy.operators import BASE_OPERATORS
from workbench.policy.tokens import Variable, tokenize

IDENTIFIERS = frozenset(
    {"aws:principalaccount", "aws:resourceaccount", "aws:sourceaccount", "aws:vpceaccount", "aws:principalorgid"}
    | {"aws:resourceorgid", "aws:sourceorgid", "aws:vpceorgid", "aws:sourcevpc", "aws:sourcevpce"}
)
_PATHS_AND_ARNS = frozenset(
    {"aws:principalorgpaths", "aws:resourceorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths"}
    | {"aws:principalarn", "aws:sourcearn"}
)
# How many literal characters in a row make a path or an ARN say something (inferred).
_ENOUGH = 6


def sensitive_keys(context: CheckContext) -> Iterator[Finding]:
    """Each value under a Like operator that leaves such a key open."""
    for statement, test in context.tests():
        operator, key = test.operator, key_of(test)
        if operator is None or operator.base.test != "like" or (key not in IDENTIFIERS and key not in _PATHS_AND_ARNS):
            continue
        if key in _PATHS_AND_ARNS and not _opens(statement, test):
            continue
        for value in test.values:
            if value.text == "*" or context.templated(value.node):
                continue  # the lone `*` asks for presence
            # Any partition is as good as `aws`: `arn:*:iam::111122223333:role/x` leaves nothing open.
            text = f"arn:aws:{value.text[6:]}" if value.text.startswith("arn:*:") else value.text
            word = _first_open_part(text, 0 if key in IDENTIFIERS else _ENOUGH, context.policy.variables_active)
            if word:
                yield context.report(
                    f"{word.upper()}_USAGE_TOO_PERMISSIVE",
                    f"The {word} in {fixes.quoted(value.text)} leaves {test.key} open. "
                    + ("Write the exact value." if key in IDENTIFIERS else "Write more of the value before it."),
                    value.place,
                    confidence=Confidence.INFERRED if key in _PATHS_AND_ARNS else None,
                    fixes=_exact(context, statement, test) if word == "variable" else (),
                )


def _opens(statement: Statement, test: ConditionTest) -> bool:
    """Whether a wide value widens access: what an Allow matches, or what a Deny spares."""
    return is_negated(test) is (statement.effect is Effect.DENY)


def _first_open_part(text: str, enough: int, variables: bool) -> str:
    """`variable` or `wildcard`, whichever stands first without `enough` literal characters in a row before it."""
    longest = 0
    for part in tokenize(text, wildcards=True, variables=variables).parts:
        if isinstance(part, str):
            longest = max(longest, len(part))
        elif not enough or longest < enough:
            return "variable" if isinstance(part, Variable) else "wildcard"
        else:
            return ""
    return ""


def _exact(context: CheckContext, statement: Statement, test: ConditionTest) -> tuple[Fix, ...]:
    """The exact operator: the value is compared as a whole, whatever the variable holds."""
    operator = test.operator
    if operator is None or not operator.base.name.startswith("String") or any("*" in v.text for v in test.values):
        return ()
    base = BASE_OPERATORS["StringNotEquals" if operator.base.negated else "StringEquals"]
    name = operator._replace(base=base).name
    mend = move_test(f"Replace {operator.name} by {name}", context.text, statement, test, name)
    return (mend,) if mend else ()


CHECKS = (
    Check(
        "sensitive condition keys",
        ("VARIABLE_USAGE_TOO_PERMISSIVE", "WILDCARD_USAGE_TOO_PERMISSIVE"),
        sensitive_keys,
        local=True,
    ),
)
