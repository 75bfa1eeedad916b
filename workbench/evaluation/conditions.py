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

from workbench.evaluation.arn_patterns import ArnPattern, split_arn_tokens
from workbench.evaluation.context import Context, key_meant
from workbench.evaluation.glob import Glob
from workbench.evaluation.pattern_index import Pattern, PatternIndex, pattern_of
from workbench.evaluation.request import ContextValue
from workbench.evaluation.values import (
    bytes_of,
    read_address,
    read_base64,
    read_bool,
    read_date,
    read_network,
    read_number,
)
from workbench.policy.model import ConditionTest
from workbench.policy.operators import Family, Qualifier
from workbench.policy.tokens import Token, Variable, Wildcard, tokenize

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


class _Patterns(_Matcher):
    """StringLike, ArnLike and ArnEquals (which are the same), of values without variables."""

    __slots__ = ("_index",)

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._index = PatternIndex((pattern, 1) for pattern in patterns)

    def matches(self, value: str) -> bool:
        return bool(self._index.find(value))


class _Once(_Matcher):
    """The same of values whose variables were just replaced: an index would be used once."""

    __slots__ = ("_patterns",)

    def __init__(self, patterns: Iterable[Glob | ArnPattern]) -> None:
        self._patterns = tuple(patterns)

    def matches(self, value: str) -> bool:
        return any(pattern.matches(value) for pattern in self._patterns)


class _LowerOnce(_Once):
    """Patterns of which the case does not count, written in small letters."""

    __slots__ = ()

    def matches(self, value: str) -> bool:
        return super().matches(value.lower())


_COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": compare.lt,
    "<=": compare.le,
    ">": compare.gt,
    ">=": compare.ge,
}


_DECIDING: dict[str, Callable[[Iterable[Decimal]], Decimal]] = {"<": max, "<=": max, ">": min, ">=": min}
"""Of several policy values the one that decides for all (spec section 2, Numeric)."""


class _Ordered(_Matcher):
    """Numbers and dates: values on a line."""

    __slots__ = ("_all_readable", "_compare", "_read", "_values")

    def __init__(self, values: list[PolicyValue], test: str, read: Callable[[str], Decimal | None]) -> None:
        readable = [v for value in values if (v := read(_text(value))) is not None]
        self._all_readable = len(readable) == len(values)
        if readable and test in _DECIDING:
            readable = [_DECIDING[test](readable)]
        self._values = frozenset(readable)
        self._compare = None if test == "==" else _COMPARE[test]
        self._read = read

    def matches(self, value: str) -> bool:
        found = self._read(value)
        if found is None:
            return False
        if self._compare is None:
            return found in self._values
        return any(self._compare(found, wanted) for wanted in self._values)


class _Numbers(_Ordered):
    """An unreadable number on either side makes every numeric operator false, the negated one too (measured)."""

    __slots__ = ()

    def excludes(self, value: str) -> bool:
        return self._all_readable and self._read(value) is not None and not self.matches(value)


class _Booleans(_Matcher):
    __slots__ = ("_values",)

    def __init__(self, values: list[PolicyValue]) -> None:
        self._values = {read_bool(_text(v)) for v in values}

    def matches(self, value: str) -> bool:
        return read_bool(value) in self._values


class _Bytes(_Matcher):
    """BinaryEquals. A context value is the bytes of its text; bytes that are no text stand for themselves
    (`values.bytes_of`)."""

    __slots__ = ("_values",)

    def __init__(self, values: list[PolicyValue]) -> None:
        self._values = {b for v in values if (b := read_base64(_text(v))) is not None}

    def matches(self, value: str) -> bool:
        return bytes_of(value) in self._values


class _Networks(_Matcher):
    """IpAddress. Addresses of different families never match (inferred)."""

    __slots__ = ("_by_size",)

    def __init__(self, values: list[PolicyValue]) -> None:
        # (version, bits of an address that a network leaves free) → the networks' other bits
        found: dict[tuple[int, int], set[int]] = {}
        for network in (n for v in values if (n := read_network(_text(v))) is not None):
            free = network.max_prefixlen - network.prefixlen
            found.setdefault((network.version, free), set()).add(int(network.network_address) >> free)
        self._by_size = tuple((version, free, frozenset(heads)) for (version, free), heads in found.items())

    def matches(self, value: str) -> bool:
        address = read_address(value)
        if address is None:
            return False
        number, family = int(address), address.version
        return any(family == version and number >> free in heads for version, free, heads in self._by_size)


def _text(value: PolicyValue) -> str:
    """The text of a value without wildcards, its variables replaced."""
    return "".join(part for part in value if isinstance(part, str))


def _matcher(test: ConditionTest, values: list[PolicyValue]) -> Matcher:
    """The matcher of values without variables."""
    assert test.operator is not None
    base = test.operator.base
    match base.family:
        case Family.NUMERIC:
            return _Numbers(values, base.test, read_number)
        case Family.DATE:
            return _Ordered(values, base.test, read_date)
        case Family.BOOLEAN:
            return _Booleans(values)
        case Family.BINARY:
            return _Bytes(values)
        case Family.IP:
            return _Networks(values)
        case Family.ARN:
            return _Patterns(ArnPattern(split_arn_tokens(value)).pattern for value in values)
        case _ if base.test == "like":
            return _Patterns(pattern_of(value, Glob(value).matches) for value in values)
        case _:
            return (_Texts if base.test == "equals" else _LowerTexts)(values)


class ConditionMatcher:
    """One `operator: {key: values}`, compiled. Immutable."""

    __slots__ = (
        *("_every", "_if_absent", "_if_null", "_is_set", "_matcher", "_negated", "_one", "_with_variables"),
        *("key", "key_lower", "patterns", "test", "variables"),
    )

    def __init__(self, test: ConditionTest, *, variables_active: bool) -> None:
        """`test` must have an operator. `variables_active`: whether the document's Version makes `${…}` a variable."""
        assert test.operator is not None
        base, qualifier = test.operator.base, test.operator.qualifier
        self.test = test
        self.key = key_meant(test.key)
        self.key_lower = self.key.lower()
        wildcards = base.test == "like"
        variables = variables_active and base.variables
        self.patterns = tuple(tokenize(v.text, wildcards=wildcards, variables=variables).parts for v in test.values)
        """The policy values in order, as tokens: wildcards and variables where operator and document have them."""
        values: tuple[list[PolicyValue], list[PolicyValue]] = ([], [])
        for pattern in self.patterns:
            values[any(isinstance(part, Variable) for part in pattern)].append(pattern)
        self._with_variables = tuple(values[True])
        self.variables = tuple(
            dict.fromkeys(part.key for v in self._with_variables for part in v if isinstance(part, Variable))
        )
        """The keys that the values use as policy variables."""
        self._negated, self._is_set = base.negated, bool(qualifier)
        self._every = qualifier is Qualifier.FOR_ALL or (base.negated and not qualifier)
        """Whether every context value must pass, else one."""
        self._if_absent = test.operator.if_exists or self._every
        self._if_null = _if_null(test) if base.family is Family.EXISTENCE else None
        self._matcher: Matcher | None = None
        self._one: Callable[[str], bool] | None = None
        """Whether one context value passes; None where that hangs on variables."""
        if self._if_null is not None:
            return
        self._matcher = _matcher(test, values[False])
        if not test.values:
            # An empty list: only the negated operator without qualifier and IfExists is true (spec section 5).
            passes = base.negated and not qualifier and not test.operator.if_exists
            self._one = lambda value: passes
        elif not self._with_variables:
            self._one = self._matcher.excludes if base.negated else self._matcher.matches

    def holds(self, context: Context) -> bool:
        """Whether the test is true for a request with this context (the table of spec section 1)."""
        given = context.get(self.key, self.key_lower)
        if self._if_null is not None:
            return self._if_null[0 if is_present(given) else 1]
        if given is None or given == ():
            return self._if_absent
        one = self._one or self._resolved(context)
        if self._is_set:
            given = self._sent(given)
        if isinstance(given, str):
            return one(given)
        return all(map(one, given)) if self._every else any(map(one, given))

    def accepts(self, value: str) -> bool:
        """Whether one context value passes the pairwise test, turned where the operator is negated. Only for tests
        without variables that are not about presence."""
        assert self._matcher is not None
        return self._matcher.excludes(value) if self._negated else self._matcher.matches(value)

    def settled(self, context: Context) -> bool | None:
        """What the test is whatever the open keys of the context are; None: not known."""
        is_open = context.is_open(self.key_lower)
        if self._if_null is not None:
            return None if is_open and not self._is_set else self.holds(context)
        if is_open:
            return None
        values = self._sent(context.get(self.key, self.key_lower) or ())
        if not values or not any(context.is_open(key.lower()) for key in self.variables):
            return self.holds(context)
        assert self._matcher is not None
        surely = self._brought(context, [v for v in self._with_variables if not has_open(v, context)])
        perhaps = self._brought(context, [freed(v, context) for v in self._with_variables], as_patterns=True)
        found: list[bool | None] = []
        for value in values:
            if self._matcher.matches(value) or surely.matches(value):
                found.append(not self._negated)
            else:
                found.append(None if perhaps.matches(value) else self._negated)
        if (not self._every) in found:
            return not self._every
        return None if None in found else self._every

    def _sent(self, given: ContextValue) -> tuple[str, ...]:
        """The values that count. For set operators one that is only an empty string counts as nothing sent."""
        values = (given,) if isinstance(given, str) else given
        return tuple(value for value in values if value) if self._is_set else values

    def _resolved(self, context: Context) -> Callable[[str], bool]:
        """Whether one context value passes, with variables replaced."""
        assert self._matcher is not None
        ready, brought = self._matcher, self._brought(context, self._with_variables)
        if self._negated:
            return lambda value: ready.excludes(value) and brought.excludes(value)
        return lambda value: ready.matches(value) or brought.matches(value)

    def _brought(self, context: Context, values: Iterable[PolicyValue], *, as_patterns: bool = False) -> Matcher:
        """The matcher of policy values with their variables replaced. A value whose variable has neither value nor
        default cannot match and is left out (inferred: the others still count). `as_patterns`: wildcards count,
        whatever the operator."""
        assert self.test.operator is not None
        base = self.test.operator.base
        if base.family is Family.ARN:
            # Cut first: a colon inside a variable's value ends no part of the pattern.
            cut = ([resolve(part, context) for part in split_arn_tokens(value)] for value in values)
            whole = (tuple(p for p in parts if p is not None) for parts in cut if None not in parts)
            return _Once(map(ArnPattern, whole))
        resolved = [v for value in values if (v := resolve(value, context)) is not None]
        if as_patterns and base.test == "equals-ignoring-case":
            return _LowerOnce(Glob(t.lower() if isinstance(t, str) else t for t in v) for v in resolved)
        return _Once(map(Glob, resolved)) if as_patterns or base.test == "like" else _matcher(self.test, resolved)


def _if_null(test: ConditionTest) -> tuple[bool, bool]:
    """Null's answers for a key that is there and for one that is not."""
    assert test.operator is not None
    if test.operator.qualifier:
        always = test.operator.qualifier is Qualifier.FOR_ALL
        return always, always
    wanted = {read_bool(value.text) for value in test.values}
    return False in wanted, True in wanted


def is_present(given: str | tuple[str, ...] | None) -> bool:
    """Whether a key exists for Null: a list that is empty or holds only empty strings does not (inferred in part)."""
    if given is None or isinstance(given, str):
        return given is not None
    return any(given)


def has_open(tokens: tuple[Token, ...], context: Context) -> bool:
    """Whether a variable among the tokens is of an open key."""
    return any(isinstance(token, Variable) and context.is_open(token.key.lower()) for token in tokens)


def freed(tokens: tuple[Token, ...], context: Context) -> tuple[Token, ...]:
    """`tokens` with every variable of an open key as `*`: what they match for some value of it, and perhaps more."""
    return tuple(Wildcard.ANY if has_open((token,), context) else token for token in tokens)


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
