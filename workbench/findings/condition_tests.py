"""Questions about condition tests that many checks ask. Source: spec findings.md section 2, Terms."""

from __future__ import annotations

from workbench.evaluation.context import key_meant
from workbench.policy.model import ConditionTest, Statement
from workbench.policy.operators import Family


def key_of(test: ConditionTest) -> str:
    """The key that the test is about, lower-cased, by the name that evaluation has for it: an old name is the key."""
    return key_meant(test.key).lower()


def is_null(test: ConditionTest) -> bool:
    """Whether the test asks for presence only."""
    return test.operator is not None and test.operator.base.family is Family.EXISTENCE


def is_positive(test: ConditionTest) -> bool:
    """A positive test: its operator is neither negated nor IfExists nor Null."""
    operator = test.operator
    return operator is not None and not (operator.base.negated or operator.if_exists or is_null(test))


def is_negated(test: ConditionTest) -> bool:
    """Whether the operator is a negated one, with or without IfExists."""
    return test.operator is not None and test.operator.base.negated


def has_key(test: ConditionTest, keys: frozenset[str]) -> bool:
    """Whether the test is about one of `keys` (lower case); a key that ends in `/` takes in all its tags."""
    lower = key_of(test)
    return lower in keys or (("/" in lower) and lower[: lower.index("/") + 1] in keys)


def says(statement: Statement, key: str, value: str, *operators: str) -> bool:
    """Whether the statement tests `key` (lower case) for exactly `value` under one of the operators."""
    return any(
        key_of(test) == key
        and test.operator is not None
        and test.operator.name in operators
        and [v.text.lower() for v in test.values] == [value]
        for test in statement.conditions
    )


def requires(statement: Statement, key: str) -> bool:
    """Whether a `Null … false` in the statement makes `key` (lower case) a must."""
    return says(statement, key, "false", "Null")
