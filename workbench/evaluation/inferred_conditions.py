"""Where a condition test rests on a rule that AWS does not document, and how it would come out without it.

Each rule is one sentence and the alternative reading, worked out with the same matchers as the decision, so that only
a test that would come out the other way carries the sentence. Source: spec conditions.md, the lines marked (inferred).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from workbench.evaluation.arn_patterns import split_arn_tokens
from workbench.evaluation.conditions import ConditionMatcher, resolve
from workbench.evaluation.context import Context
from workbench.evaluation.values import (
    read_address,
    read_base64,
    read_bool,
    read_date,
    read_network,
)
from workbench.policy.arns import parse_arn
from workbench.policy.operators import BASE_OPERATORS, Family, Qualifier
from workbench.policy.tokens import Token, Variable, Wildcard, tokenize

Doubt = tuple[str, bool]
"""A rule in one sentence, and whether the element would hold without it."""

MULTIVALUED = (
    "The key is multivalued and the test has no set operator: one value that matches is enough (inferred; disputed: "
    "by another report such a test never matches)."
)
ANY_IF_EXISTS = "ForAnyValue with IfExists is taken to be true where the key is absent (inferred)."
NULL_OF_EMPTY_LIST = "An empty list counts as absent (inferred)."
NULL_OF_EMPTY_TEXT = "An empty text counts as present (inferred)."
EMPTY_AMONG_OTHERS = "Empty values are left out of a list before a set operator (inferred)."
NO_POLICY_VALUES = "An empty list of policy values matches nothing (inferred)."
BOOL_CASE = "true is read in any case (inferred)."
BOOL_SEVERAL = "Of several Bool values one that matches is enough (inferred)."
BOOL_VARIABLE = "Policy variables are not replaced under Bool (inferred)."
DATE_PARTS = "The parts that a date leaves out are taken to be the start of the period, and its zone UTC (inferred)."
DATE_FRACTION = "Epoch seconds may have a fraction (inferred)."
UNREADABLE = "{value} is no {family}, so it is taken to match nothing (inferred)."
IPV6_ALONE = "An IPv6 address without prefix is taken to be a /128 (inferred)."
HOST_BITS = "Host bits of an address range are left out of account (inferred)."
FAMILIES = "IPv4 ranges and IPv6 addresses never match each other (inferred)."
SHORT_ARN = "An ARN pattern of fewer than six parts is matched against the whole text (inferred)."
NOT_AN_ARN = "A value that is no ARN matches no ARN pattern (inferred)."
OTHERS_LEFT = "A policy value whose variable has no value is left out, and the others still count (inferred)."
MULTIVALUED_VARIABLE = "A multivalued key has no value as a policy variable (inferred)."
LITERAL_VALUE = "A wildcard in the value of a policy variable is literal text (inferred)."
EMPTY_NOT_DEFAULT = "A policy variable whose value is empty does not take its default (inferred)."
MALFORMED_VARIABLE = "A malformed policy variable is literal text (inferred)."
OLD_NAME = "{old} is taken to be the old name of {new} (inferred)."
OPERATOR_CASE = "An operator is known in any case (inferred)."
RCP_VARIABLES = "Policy variables are replaced in resource control policies too (inferred)."
NO_TAG_KEYS = "aws:TagKeys is taken to be absent where no tags are sent (inferred)."
NO_TAGGING_ACTION = "A direct call of sagemaker:AddTags is taken to have no sagemaker:TaggingAction (inferred)."

_WIDEST_ZONES = (Decimal(-14 * 3600), Decimal(12 * 3600))
_DAY = Decimal(86_400)
_ZONED = re.compile(r".*(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})")
_EPOCH_FRACTION = re.compile(r"-?[0-9]+\.[0-9]+")


def condition_doubts(test: ConditionMatcher, context: Context, *, active: bool, of_rcp: bool) -> Iterator[Doubt]:
    """The inferred rules without which the test would come out the other way. `active`: whether the document's Version
    makes `${…}` a variable; `of_rcp`: whether it stands in a resource control policy."""
    holds = test.holds(context)
    for sentence, alternative in _readings(test, context, holds, active, of_rcp):
        if alternative is not holds:
            yield sentence, alternative


def _readings(test: ConditionMatcher, context: Context, holds: bool, active: bool, of_rcp: bool) -> Iterator[Doubt]:
    operator = test.test.operator
    assert operator is not None
    given = context.get(test.key, test.key_lower)
    if test.test.operator_node.value != operator.name:
        yield OPERATOR_CASE, False
    if test.test.key.lower() != test.key_lower:
        yield OLD_NAME.format(old=test.test.key, new=test.key), test.holds(Context(()))  # a key that nobody sends
    if given is None and test.key_lower == "aws:tagkeys" and operator.base.family is Family.EXISTENCE:
        yield NO_TAG_KEYS, holds if operator.qualifier else not holds
    if given is None and test.key_lower == "sagemaker:taggingaction" and holds and not operator.qualifier:
        yield NO_TAGGING_ACTION, False
    if operator.base.family is Family.EXISTENCE:
        if not operator.qualifier and given == "":
            yield NULL_OF_EMPTY_TEXT, not holds
        if not operator.qualifier and given == ():
            yield NULL_OF_EMPTY_LIST, not holds
        return
    values = (given,) if isinstance(given, str) else given or ()
    if operator.qualifier is Qualifier.FOR_ANY and operator.if_exists and not any(values):
        yield ANY_IF_EXISTS, False
    if not values:
        return
    if not test.test.values:
        if not operator.qualifier and not operator.if_exists:
            yield NO_POLICY_VALUES, not holds
        return
    if isinstance(given, tuple) and not operator.qualifier:
        yield MULTIVALUED, False
    if operator.qualifier and any(values) and not all(values):
        yield EMPTY_AMONG_OTHERS, _with_the_empty(test, context, holds, active)
    if operator.base.variables or operator.base.family is Family.BOOLEAN:
        yield from _about_variables(test, context, holds, active, of_rcp)
    yield from _OF_FAMILY.get(operator.base.family, _nothing)(test, context, values, holds, active)


def _nothing(
    test: ConditionMatcher, context: Context, values: tuple[str, ...], holds: bool, active: bool
) -> Iterator[Doubt]:
    return iter(())


def _rewritten(test: ConditionMatcher, active: bool, rewrite: Callable[[str], str | None]) -> ConditionMatcher:
    """The test with each policy value rewritten, or left out where `rewrite` gives None."""
    values = tuple(v._replace(text=new) for v in test.test.values if (new := rewrite(v.text)) is not None)
    return ConditionMatcher(test.test._replace(values=values), variables_active=active)


def _with_the_empty(test: ConditionMatcher, context: Context, holds: bool, active: bool) -> bool:
    operator = test.test.operator
    assert operator is not None
    bare = test.test._replace(operator=operator._replace(qualifier=Qualifier.NONE, if_exists=False))
    empty = ConditionMatcher(bare, variables_active=active).holds(context.with_items({test.key: ""}))
    return holds and empty if operator.qualifier is Qualifier.FOR_ALL else holds or empty


def _about_variables(
    test: ConditionMatcher, context: Context, holds: bool, active: bool, of_rcp: bool
) -> Iterator[Doubt]:
    operator = test.test.operator
    assert operator is not None
    if not active or not any("${" in v.text for v in test.test.values):
        return
    wildcards = operator.base.test == "like"
    if operator.base.family is Family.BOOLEAN:
        yield BOOL_VARIABLE, _rewritten(test, False, lambda text: _replaced(text, context, False)).holds(context)
        return
    if any(tokenize(v.text, wildcards=wildcards, variables=True).problems for v in test.test.values):
        yield MALFORMED_VARIABLE, not holds
    if not test.variables:
        return
    if of_rcp:
        yield RCP_VARIABLES, ConditionMatcher(test.test, variables_active=False).holds(context)
    if any(isinstance(context.get(key), tuple) for key in test.variables):
        yield MULTIVALUED_VARIABLE, not holds
    tokens = [tokenize(v.text, wildcards=wildcards, variables=True).parts for v in test.test.values]
    without = [resolve(parts, context) is None for parts in tokens]
    if any(without) and not all(without):
        yield OTHERS_LEFT, False
    if any(
        isinstance(t, Variable) and t.default is not None and context.variable(t.key) == "" for p in tokens for t in p
    ):
        yield EMPTY_NOT_DEFAULT, _rewritten(test, False, lambda text: _replaced(text, context, True)).holds(context)
    if wildcards and any(set("*?") & set(context.variable(key) or "") for key in test.variables):
        yield LITERAL_VALUE, _rewritten(test, False, lambda text: _replaced(text, context, False)).holds(context)


def _replaced(text: str, context: Context, default_for_empty: bool) -> str | None:
    """A policy value as text with its variables replaced; None if one has neither value nor default."""
    parts: list[str] = []
    for token in tokenize(text, wildcards=True, variables=True).parts:
        if isinstance(token, Variable):
            value = context.variable(token.key)
            if value is None or (not value and default_for_empty and token.default is not None):
                value = token.default
            if value is None:
                return None
            parts.append(value)
        else:
            parts.append(token.value if isinstance(token, Wildcard) else token)
    return "".join(parts)


def _about_booleans(
    test: ConditionMatcher, context: Context, values: tuple[str, ...], holds: bool, active: bool
) -> Iterator[Doubt]:
    exact = context.with_items(
        {test.key: tuple(_exactly(v) for v in values) if len(values) > 1 else _exactly(values[0])}
    )
    yield BOOL_CASE, _rewritten(test, active, _exactly).holds(exact)
    if len({read_bool(v.text) for v in test.test.values}) > 1:
        yield BOOL_SEVERAL, False


def _exactly(text: str) -> str:
    return "true" if text == "true" else "false"


def _about_dates(
    test: ConditionMatcher, context: Context, values: tuple[str, ...], holds: bool, active: bool
) -> Iterator[Doubt]:
    yield from _about_unreadable(test, values, holds, lambda text: read_date(text) is not None, "date")
    texts = [v.text for v in test.test.values]
    if any(_EPOCH_FRACTION.fullmatch(text) for text in (*texts, *values)):
        yield DATE_FRACTION, _negated(test)
    for at, _ in enumerate(_WIDEST_ZONES):
        moved = _rewritten(test, active, lambda text, at=at: _moved(text, at))  # type: ignore[misc]
        elsewhen = {test.key: _moved(values[0], at)} if len(values) == 1 else {}
        if moved.holds(context) is not holds or test.holds(context.with_items(elsewhen)) is not holds:
            yield DATE_PARTS, not holds
            return


def _moved(text: str, end: int) -> str:
    """The date at the earliest (0) or latest (1) time that it may mean, where it leaves something out."""
    seconds = read_date(text)
    if seconds is None or not re.match(r"[0-9]{4}(?:-|\Z)", text) or _ZONED.fullmatch(text[10:]):
        return text
    period = {4: 366 * _DAY, 7: 31 * _DAY, 10: _DAY}.get(len(text), Decimal(0))
    return f"{seconds + _WIDEST_ZONES[end] + (period if end else 0):f}"


def _about_addresses(
    test: ConditionMatcher, context: Context, values: tuple[str, ...], holds: bool, active: bool
) -> Iterator[Doubt]:
    texts = [v.text for v in test.test.values]
    bad = [text for text in texts if read_network(text) is None]
    bad += [value for value in values if read_address(value) is None]
    if bad and holds is _negated(test):
        yield UNREADABLE.format(value=bad[0] or "(empty)", family="IP address"), not holds
    wider = _rewritten(test, active, lambda text: f"{text}/64" if ":" in text and "/" not in text else text)
    yield IPV6_ALONE, wider.holds(context)
    yield HOST_BITS, _rewritten(test, active, lambda text: None if _has_host_bits(text) else text).holds(context)
    versions = {address.version for value in values if (address := read_address(value)) is not None}
    networks = [network for text in texts if (network := read_network(text)) is not None]
    if any(n.prefixlen == 0 and versions - {n.version} for n in networks) and holds is _negated(test):
        yield FAMILIES, not holds


def _has_host_bits(text: str) -> bool:
    network = read_network(text)
    return network is not None and read_address(text.partition("/")[0]) != network.network_address


def _about_bytes(
    test: ConditionMatcher, context: Context, values: tuple[str, ...], holds: bool, active: bool
) -> Iterator[Doubt]:
    texts = (v.text for v in test.test.values)
    bad = next((text for text in texts if read_base64(text) is None), None)
    if bad is not None and not holds:
        yield UNREADABLE.format(value=bad or "(empty)", family="base64"), True


def _about_unreadable(
    test: ConditionMatcher, values: tuple[str, ...], holds: bool, readable: Callable[[str], bool], family: str
) -> Iterator[Doubt]:
    bad = [text for text in (*(v.text for v in test.test.values), *values) if not readable(text)]
    if bad and holds is _negated(test):
        yield UNREADABLE.format(value=bad[0] or "(empty)", family=family), not holds


def _about_arns(
    test: ConditionMatcher, context: Context, values: tuple[str, ...], holds: bool, active: bool
) -> Iterator[Doubt]:
    operator = test.test.operator
    assert operator is not None
    yield SHORT_ARN, _rewritten(test, active, lambda text: text if _is_long(text, active) else None).holds(context)
    if any(parse_arn(value) is None for value in values):
        like = BASE_OPERATORS["StringNotLike" if operator.base.negated else "StringLike"]
        as_text = test.test._replace(operator=operator._replace(base=like))
        yield NOT_AN_ARN, ConditionMatcher(as_text, variables_active=active).holds(context)


def _is_long(text: str, active: bool) -> bool:
    tokens: tuple[Token, ...] = tokenize(text, wildcards=True, variables=active).parts
    return len(split_arn_tokens(tokens)) == 6


def _negated(test: ConditionMatcher) -> bool:
    operator = test.test.operator
    assert operator is not None
    return operator.base.negated


_OF_FAMILY: dict[Family, Callable[[ConditionMatcher, Context, tuple[str, ...], bool, bool], Iterator[Doubt]]] = {
    Family.BOOLEAN: _about_booleans,
    Family.DATE: _about_dates,
    Family.IP: _about_addresses,
    Family.BINARY: _about_bytes,
    Family.ARN: _about_arns,
}
