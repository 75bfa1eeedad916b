"""The condition operators: their families, forms and names. Source: spec conditions.md sections 1 and 2."""

from __future__ import annotations

import enum
from typing import NamedTuple

from workbench.policy.names import near_match


class Family(enum.StrEnum):
    """What an operator compares. The value is the word for a person."""

    STRING = "string"
    NUMERIC = "numeric"
    DATE = "date"
    BOOLEAN = "Boolean"
    BINARY = "binary"
    IP = "IP address"
    ARN = "ARN"
    EXISTENCE = "existence"


class Qualifier(enum.StrEnum):
    """The set operators, as they stand before the colon."""

    NONE = ""
    FOR_ALL = "ForAllValues"
    FOR_ANY = "ForAnyValue"


class BaseOperator(NamedTuple):
    """An operator without qualifier and `IfExists`. `test` names the positive pairwise test; `negated` turns it."""

    name: str
    family: Family
    test: str
    negated: bool
    variables: bool


def _table() -> dict[str, BaseOperator]:
    rows = [
        ("StringEquals", "StringNotEquals", Family.STRING, "equals", True),
        ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", Family.STRING, "equals-ignoring-case", True),
        ("StringLike", "StringNotLike", Family.STRING, "like", True),
        ("NumericEquals", "NumericNotEquals", Family.NUMERIC, "==", False),
        ("NumericLessThan", "", Family.NUMERIC, "<", False),
        ("NumericLessThanEquals", "", Family.NUMERIC, "<=", False),
        ("NumericGreaterThan", "", Family.NUMERIC, ">", False),
        ("NumericGreaterThanEquals", "", Family.NUMERIC, ">=", False),
        ("DateEquals", "DateNotEquals", Family.DATE, "==", False),
        ("DateLessThan", "", Family.DATE, "<", False),
        ("DateLessThanEquals", "", Family.DATE, "<=", False),
        ("DateGreaterThan", "", Family.DATE, ">", False),
        ("DateGreaterThanEquals", "", Family.DATE, ">=", False),
        ("Bool", "", Family.BOOLEAN, "same", False),
        ("BinaryEquals", "", Family.BINARY, "equals", False),
        ("IpAddress", "NotIpAddress", Family.IP, "in", False),
        ("ArnEquals", "ArnNotEquals", Family.ARN, "like", True),
        ("ArnLike", "ArnNotLike", Family.ARN, "like", True),
        ("Null", "", Family.EXISTENCE, "absent", False),
    ]
    table = {}
    for positive, negated, family, test, variables in rows:
        table[positive] = BaseOperator(positive, family, test, negated=False, variables=variables)
        if negated:
            table[negated] = BaseOperator(negated, family, test, negated=True, variables=variables)
    return table


BASE_OPERATORS = _table()
"""Documented name → operator: all 27 of them."""

_BY_LOWER = {name.lower(): operator for name, operator in BASE_OPERATORS.items()}
_QUALIFIERS = {q.value.lower(): q for q in Qualifier if q.value}
_IF_EXISTS = "ifexists"


class Operator(NamedTuple):
    """An operator as a condition uses it: `[qualifier:]base[IfExists]`."""

    qualifier: Qualifier
    base: BaseOperator
    if_exists: bool

    @property
    def name(self) -> str:
        """The documented spelling."""
        prefix = f"{self.qualifier.value}:" if self.qualifier else ""
        return f"{prefix}{self.base.name}{'IfExists' if self.if_exists else ''}"


def parse_operator(text: str) -> Operator | None:
    """The operator that `text` names, in any case (grammar.md section 8), or None if there is none of that name.

    `NullIfExists` does parse, so that its own error can be reported; it is never legal.
    """
    lower = text.lower()
    qualifier = Qualifier.NONE
    if ":" in lower:
        prefix, _, lower = lower.partition(":")
        if prefix not in _QUALIFIERS:
            return None
        qualifier = _QUALIFIERS[prefix]
    if base := _BY_LOWER.get(lower):
        return Operator(qualifier, base, if_exists=False)
    if lower.endswith(_IF_EXISTS) and (base := _BY_LOWER.get(lower[: -len(_IF_EXISTS)])):
        return Operator(qualifier, base, if_exists=True)
    return None


def nearest_operator(text: str) -> str | None:
    """The operator that `text`, which names none, is a likely misspelling of, in any of its parts; None if there is
    none."""
    prefix, colon, base = text.rpartition(":")
    qualifier = near_match(prefix, [q.value for q in Qualifier if q.value]) if colon else ""
    with_if_exists = [f"{name}IfExists" for name in BASE_OPERATORS if name != "Null"]
    guess = near_match(base, (*BASE_OPERATORS, *with_if_exists))
    return None if qualifier is None or guess is None else f"{qualifier}{colon}{guess}"
