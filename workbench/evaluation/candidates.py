"""Context values that make a condition test come out one way: found by trying the few that can matter, and tested."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.evaluation.conditions import ConditionMatcher, resolve
from workbench.evaluation.context import Context
from workbench.evaluation.request import ContextValue
from workbench.evaluation.values import neighbors, read_date, read_network, read_number
from workbench.policy.operators import Family
from workbench.policy.tokens import Token, Wildcard


def values_that_make(test: ConditionMatcher, context: Context, wanted: bool) -> Iterator[ContextValue | None]:
    """Values of the test's key (None: absent) for which the test is `wanted` in this context, likely ones first."""
    operator = test.test.operator
    assert operator is not None
    multivalued = bool(operator.qualifier)
    for text in _texts(test, context):
        value: ContextValue = (text,) if multivalued else text
        if test.holds(context.with_items({test.key: value})) is wanted:
            yield value
    if test.holds(_without(context, test.key)) is wanted:
        yield None


def _without(context: Context, key: str) -> Context:
    return context.with_items({key: ()})  # an empty list counts as absent everywhere


def _texts(test: ConditionMatcher, context: Context) -> Iterator[str]:
    operator = test.test.operator
    assert operator is not None
    family = operator.base.family
    for value, tokens in zip(test.test.values, test.patterns, strict=True):
        yield from _near(value.text, tokens, family, context)
    if family in (Family.BOOLEAN, Family.EXISTENCE):
        yield from ("true", "false")
    if family is Family.IP:
        yield from ("203.0.113.1", "198.51.100.1", "2001:db8::1")
    if family in (Family.STRING, Family.ARN, Family.EXISTENCE):
        yield "another-value"


def _near(text: str, tokens: tuple[Token, ...], family: Family, context: Context) -> Iterator[str]:
    """A policy value (its text and its tokens) as a context value, and neighbors of it."""
    if family is Family.NUMERIC and (number := read_number(text)) is not None:
        yield from map(str, (number, *neighbors(number)))
    elif family is Family.DATE and (date := read_date(text)) is not None:
        yield from (text, *(f"{near:f}" for near in neighbors(date)))
    elif family is Family.IP and (network := read_network(text)) is not None:
        yield str(network.network_address)
    elif family in (Family.STRING, Family.ARN):
        resolved = resolve(tokens, context)
        if resolved is not None:
            yield from ("".join(_filled(part, any_text) for part in resolved) for any_text in ("", "x"))
    else:
        yield text


def _filled(part: Token, any_text: str) -> str:
    if isinstance(part, str):
        return part
    return any_text if part is Wildcard.ANY else "x"
