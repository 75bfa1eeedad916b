"""Condition operators: one test compiled once, decided many times. Source: spec conditions.md.

The one place that knows what an operator, a set operator, `IfExists`, an absent key or an empty list means. Each
family gives a `Matcher`: the pairwise test of a context value against all policy values (sections 1 and 2 of the spec,
malformed values included). `ConditionMatcher` adds what the form of the operator says.
"""

from __future__ import annotations

import operator as compare
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Protocol

from workbench.evaluation.arn_patterns import ArnParts, ArnPattern, split_arn_tokens
from workbench.evaluation.context import Context
from workbench.evaluation.glob import Glob
from workbench.evaluation.values import read_address, read_base64, read_bool, read_date, read_network, read_number
from workbench.policy.model import ConditionTest
from workbench.policy.operators import Family, Qualifier
from workbench.policy.tokens import Token, Variable, tokenize

PolicyValue = tuple[Token, ...]


class Matcher(Protocol):
    """The pairwise test against a list of policy values."""

    def matches(self, value: str) -> bool:
        """Whether `value` and some policy value satisfy the positive test."""

    def excludes(self, value: str) -> bool:
        """Whether the negated operator holds for `value`: no policy value satisfies the positive test."""


class _Matcher(ABC):
    """Negation as most families have it: a value is excluded if nothing matches it."""

    __slots__ = ()

    @abstractmethod
    def matches(self, value: str) -> bool: ...

    def excludes(self, value: str) -> bool:
        return not self.matches(value)


class _Texts(_Matcher):
    """StringEquals."""

    __slots__ = ("_texts",)

    def __init__(self, values: list[PolicyValue]) -> None:
        self._texts = frozenset(_text(v) for v in values)

    def matches(self, value: str) -> bool:
        return value in self._texts


class _LowerTexts(_Texts):
    """StringEqualsIgnoreCase: lower-cased, not case-folded (measured at AWS)."""

    __slots__ = ()

    def __init__(self, values: list[PolicyValue]) -> None:
        self._texts = frozenset(_text(v).lower() for v in values)

    def matches(self, value: str) -> bool:
        return value.lower() in self._texts


class _Globs(_Matcher):
    """StringLike."""

    __slots__ = ("_globs",)

    def __init__(self, values: list[PolicyValue]) -> None:
        self._globs = [Glob(v) for v in values]

    def matches(self, value: str) -> bool:
        return any(g.matches(value) for g in self._globs)


class _Arns(_Matcher):
    """ArnLike and ArnEquals, which are the same."""

    __slots__ = ("_patterns",)

    def __init__(self, values: Iterable[ArnParts]) -> None:
        self._patterns = [ArnPattern(parts) for parts in values]

    def matches(self, value: str) -> bool:
        return any(p.matches(value) for p in self._patterns)


_COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "==": compare.eq,
    "<": compare.lt,
    "<=": compare.le,
    ">": compare.gt,
    ">=": compare.ge,
}


class _Numbers(_Matcher):
    """An unreadable number on either side makes every numeric operator false, the negated one too (measured)."""

    __slots__ = ("_all_readable", "_compare", "_numbers")

    def __init__(self, values: list[PolicyValue], test: str) -> None:
        read = [read_number(_text(v)) for v in values]
        self._numbers = [n for n in read if n is not None]
        self._all_readable = len(self._numbers) == len(read)
        self._compare = _COMPARE[test]

    def matches(self, value: str) -> bool:
        number = read_number(value)
        return number is not None and any(self._compare(number, n) for n in self._numbers)

    def excludes(self, value: str) -> bool:
        return self._all_readable and read_number(value) is not None and not self.matches(value)


class _Dates(_Matcher):
    __slots__ = ("_compare", "_dates")

    def __init__(self, values: list[PolicyValue], test: str) -> None:
        self._dates = [d for v in values if (d := read_date(_text(v))) is not None]
        self._compare = _COMPARE[test]

    def matches(self, value: str) -> bool:
        date = read_date(value)
        return date is not None and any(self._compare(date, d) for d in self._dates)


class _Booleans(_Matcher):
    __slots__ = ("_values",)

    def __init__(self, values: list[PolicyValue]) -> None:
        self._values = {read_bool(_text(v)) for v in values}

    def matches(self, value: str) -> bool:
        return read_bool(value) in self._values


class _Bytes(_Matcher):
    """BinaryEquals. A context value is text: the bytes themselves, or their base64 as AWS's simulator takes them."""

    __slots__ = ("_values",)

    def __init__(self, values: list[PolicyValue]) -> None:
        self._values = {b for v in values if (b := read_base64(_text(v))) is not None}

    def matches(self, value: str) -> bool:
        return value.encode("utf-8", "surrogatepass") in self._values or read_base64(value) in self._values


class _Networks(_Matcher):
    """IpAddress. Addresses of different families never match (inferred)."""

    __slots__ = ("_networks",)

    def __init__(self, values: list[PolicyValue]) -> None:
        self._networks = [n for v in values if (n := read_network(_text(v))) is not None]

    def matches(self, value: str) -> bool:
        address = read_address(value)
        return address is not None and any(address in network for network in self._networks)


def _text(value: PolicyValue) -> str:
    """The text of a value without wildcards, its variables replaced."""
    return "".join(part for part in value if isinstance(part, str))


def _matcher(test: ConditionTest, values: list[PolicyValue]) -> Matcher:
    assert test.operator is not None
    base = test.operator.base
    match base.family:
        case Family.NUMERIC:
            return _Numbers(values, base.test)
        case Family.DATE:
            return _Dates(values, base.test)
        case Family.BOOLEAN:
            return _Booleans(values)
        case Family.BINARY:
            return _Bytes(values)
        case Family.IP:
            return _Networks(values)
        case Family.ARN:
            return _Arns(map(split_arn_tokens, values))
        case _:
            kinds: dict[str, type[_Texts] | type[_Globs]]
            kinds = {"equals": _Texts, "equals-ignoring-case": _LowerTexts, "like": _Globs}
            return kinds[base.test](values)


class ConditionMatcher:
    """One `operator: {key: values}`, compiled. Immutable."""

    __slots__ = ("_decide", "_matcher", "_with_variables", "key", "key_lower", "patterns", "test", "variables")

    def __init__(self, test: ConditionTest, *, variables_active: bool) -> None:
        """`test` must have an operator. `variables_active`: whether the document's Version makes `${…}` a variable."""
        assert test.operator is not None
        base = test.operator.base
        self.test = test
        self.key = test.key
        self.key_lower = test.key.lower()
        wildcards = base.test == "like"
        variables = variables_active and base.variables
        values = [tokenize(v.text, wildcards=wildcards, variables=variables).parts for v in test.values]
        self._with_variables = [v for v in values if any(isinstance(part, Variable) for part in v)]
        self.patterns = tuple(values)
        """The policy values in order, as tokens: wildcards and variables where operator and document have them."""
        self.variables = tuple(
            dict.fromkeys(part.key for v in self._with_variables for part in v if isinstance(part, Variable))
        )
        """The keys that the values use as policy variables."""
        tests_presence = base.family is Family.EXISTENCE
        self._matcher = None if self._with_variables or tests_presence else _matcher(test, values)
        self._decide = self._null() if tests_presence else self._general

    def holds(self, context: Context) -> bool:
        """Whether the test is true for a request with this context."""
        return self._decide(context)

    def accepts(self, value: str) -> bool:
        """Whether one context value passes the pairwise test, turned where the operator is negated. Only for tests
        without variables that are not about presence."""
        assert self._matcher is not None
        assert self.test.operator is not None
        return self._matcher.excludes(value) if self.test.operator.base.negated else self._matcher.matches(value)

    def _null(self) -> Callable[[Context], bool]:
        assert self.test.operator is not None
        qualifier = self.test.operator.qualifier
        if qualifier is Qualifier.FOR_ALL:
            return lambda context: True
        if qualifier is Qualifier.FOR_ANY:
            return lambda context: False
        wanted = {read_bool(v.text) for v in self.test.values}
        return lambda context: (not is_present(context.get(self.key, self.key_lower))) in wanted

    def _general(self, context: Context) -> bool:
        operator = self.test.operator
        assert operator is not None
        given = context.get(self.key, self.key_lower)
        qualifier, negated = operator.qualifier, operator.base.negated
        values = (given,) if isinstance(given, str) else given or ()
        if qualifier:
            values = tuple(v for v in values if v)  # a value that is only an empty string counts as nothing sent
        if not values:
            return operator.if_exists or qualifier is Qualifier.FOR_ALL or (negated and not qualifier)
        if not self.patterns:
            # An empty list: only the negated operator without qualifier and IfExists is true (spec section 5).
            return negated and not qualifier and not operator.if_exists
        matcher = self._matcher or self._resolved(context)
        one = matcher.excludes if negated else matcher.matches
        every = qualifier is Qualifier.FOR_ALL or (negated and not qualifier)
        return all(map(one, values)) if every else any(map(one, values))

    def _resolved(self, context: Context) -> Matcher:
        """The matcher of the policy values with variables replaced; a value whose variable has no value and no default
        cannot match and is left out (inferred: the others still count)."""
        assert self.test.operator is not None
        if self.test.operator.base.family is Family.ARN:
            # Cut first: a colon inside a variable's value ends no part of the pattern.
            cut = ([resolve(part, context) for part in split_arn_tokens(value)] for value in self.patterns)
            return _Arns(tuple(p for p in parts if p is not None) for parts in cut if None not in parts)
        return _matcher(self.test, [v for value in self.patterns if (v := resolve(value, context)) is not None])


def is_present(given: str | tuple[str, ...] | None) -> bool:
    """Whether a key exists for Null: a list that is empty or holds only empty strings does not (inferred in part)."""
    if given is None or isinstance(given, str):
        return given is not None
    return any(given)


def resolve(tokens: tuple[Token, ...], context: Context) -> tuple[Token, ...] | None:
    """`tokens` with each variable replaced by literal text, or None if one has neither value nor default.

    An empty string is a value: the default is not used (inferred).
    """
    resolved: list[Token] = []
    for token in tokens:
        if not isinstance(token, Variable):
            resolved.append(token)
            continue
        value = context.variable(token.key)
        text = value if value is not None else token.default
        if text is None:
            return None
        resolved.append(text)
    return tuple(resolved)
