"""For one context key: a few values that stand for all values there are, as far as the policies can tell them apart.

Two values that every test treats alike need not both be tried. For each family of operators the values that can make a
difference are known: the policy's own values, those beside and between them, and one of every combination of patterns.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations, pairwise
from typing import NamedTuple

from workbench.evaluation.conditions import ConditionMatcher, resolve
from workbench.evaluation.context import Context
from workbench.evaluation.glob import Glob
from workbench.evaluation.glob_classes import classes
from workbench.evaluation.request import ContextValue
from workbench.evaluation.values import between, neighbors, read_date, read_network, read_number
from workbench.policy.operators import Family
from workbench.policy.tokens import Token, Variable

MOST_PATTERNS = 8
MOST_LITERALS = 30
MOST_SINGLE_VALUES = 40
MOST_TOGETHER = 3


class Values(NamedTuple):
    """The values to try for a key (None: absent), and whether they stand for all."""

    values: tuple[ContextValue | None, ...]
    complete: bool


def values_to_try(key: str, tests: Sequence[ConditionMatcher], related: Iterable[str], context: Context) -> Values:
    """Values of `key` that stand for all, given the tests on it. `related`: texts that matter because the key is used
    as a policy variable or compared with one."""
    families = {t.test.operator.base.family for t in tests if t.test.operator is not None} - {Family.EXISTENCE}
    wanted = tuple(dict.fromkeys(related))
    texts: dict[str, None] = {}
    complete = len(families) <= 1
    for family in families:
        found, certain = representatives(family, [t for t in tests if _family(t) is family], context)
        texts.update(dict.fromkeys(found))
        complete = complete and certain
    texts.update(dict.fromkeys(("a-value-that-no-policy-names", "")))
    # A text that a variable matches is kept beside those that the tests treat alike: they cannot tell it from others.
    kept = [*wanted, *(t for t in _told_apart(list(texts), tests, context) if t not in wanted)]
    if len(kept) > MOST_SINGLE_VALUES:
        kept, complete = kept[:MOST_SINGLE_VALUES], False
    values: list[ContextValue | None] = [None]
    if _is_multivalued(key, tests, context):
        for size in range(1, MOST_TOGETHER + 1):
            values += combinations(kept, size)
        complete = complete and len(tests) <= MOST_TOGETHER
    else:
        values += kept
    return Values(tuple(values), complete)


def _family(test: ConditionMatcher) -> Family | None:
    return test.test.operator.base.family if test.test.operator is not None else None


def _is_multivalued(key: str, tests: Iterable[ConditionMatcher], context: Context) -> bool:
    """What is known of the key; of one nobody knows, what the policies take it for."""
    set_operators = (t.test.operator is not None and bool(t.test.operator.qualifier) for t in tests)
    known = context.holds_list(key)
    return any(set_operators) if known is None else known


def _told_apart(texts: list[str], tests: Sequence[ConditionMatcher], context: Context) -> list[str]:
    """One text for each way the tests come out."""
    if any(t.variables for t in tests):
        return texts
    kept: dict[tuple[bool, ...], str] = {}
    for text in texts:
        outcome = tuple(t.holds(context.with_items({t.key: text})) for t in tests)
        present = tuple(t.holds(context.with_items({t.key: (text,)})) for t in tests)
        kept.setdefault((*outcome, *present), text)
    return list(kept.values())


def representatives(family: Family, tests: list[ConditionMatcher], context: Context) -> tuple[list[str], bool]:
    """Texts that stand for all that tests of one family can tell apart, and whether that is certain."""
    texts = [v.text for t in tests for v in t.test.values]
    match family:
        case Family.NUMERIC:
            numbers = sorted({n for t in texts if (n := read_number(t)) is not None})
            return ["no number", *map(str, _around(numbers))], True
        case Family.DATE:
            dates = sorted({d for t in texts if (d := read_date(t)) is not None})
            return ["no date", *(f"{date:f}" for date in _around(dates))], True
        case Family.BOOLEAN:
            return ["true", "false"], True
        case Family.IP:
            return ["no address", *_addresses(texts)], True
        case Family.BINARY:
            return [*texts, "no bytes"], True
        case _:
            return _of_texts(tests, context)


def _around(numbers: list[Decimal]) -> Iterator[Decimal]:
    """Each number, one between each two neighbors, one below and one above all."""
    if not numbers:
        yield Decimal(0)
        return
    yield neighbors(numbers[0])[0]
    for lower, upper in pairwise(numbers):
        yield lower
        yield between(lower, upper)
    yield numbers[-1]
    yield neighbors(numbers[-1])[1]


def _addresses(texts: Iterable[str]) -> Iterator[str]:
    """The ends of every range and the addresses just outside."""
    yield from ("192.0.2.1", "2001:db8::1")
    for text in texts:
        network = read_network(text)
        if network is None:
            continue
        most = 2**network.max_prefixlen
        first, last = int(network.network_address), int(network.broadcast_address)
        kind = ipaddress.IPv4Address if network.version == 4 else ipaddress.IPv6Address
        yield from (str(kind(n)) for n in (first - 1, first, last, last + 1) if 0 <= n < most)


def _of_texts(tests: list[ConditionMatcher], context: Context) -> tuple[list[str], bool]:
    """Strings and ARNs: every combination of the values as patterns; where case is ignored, other cases as well."""
    patterns: dict[tuple[Token, ...], None] = {}
    ignores_case = False
    for test in tests:
        operator = test.test.operator
        assert operator is not None
        ignores_case = ignores_case or operator.base.test == "equals-ignoring-case"
        for tokens in test.patterns:
            resolved = resolve(tokens, context)
            if resolved is not None and not any(isinstance(t, Variable) for t in resolved):
                patterns[resolved] = None
    literals = [text for p in patterns if (text := Glob(p).literal) is not None]
    globs = [p for p in patterns if Glob(p).literal is None]
    texts = list(literals)
    if ignores_case:
        texts += [v for text in literals for v in (text.lower(), text.upper(), text.swapcase())]
    if not globs:
        return texts, True
    # The literals run along: a text that matches a pattern must be found both equal to a literal and unlike all.
    fixed = [p for p in patterns if p not in globs]
    found, certain = classes([*globs[:MOST_PATTERNS], *fixed[:MOST_LITERALS]])
    few = len(globs) <= MOST_PATTERNS and len(fixed) <= MOST_LITERALS
    return [*texts, *found], certain and few and not ignores_case
