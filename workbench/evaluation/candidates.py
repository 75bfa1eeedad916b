"""Context values that make condition tests come out one way: found by trying the few that can matter, and tested.

The values are such as a request might carry: of the key's type, and where a pattern leaves something open, filled with
what could stand there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal

from workbench.evaluation.conditions import ConditionMatcher, resolve
from workbench.evaluation.context import Context
from workbench.evaluation.facts import Facts
from workbench.evaluation.request import ContextValue
from workbench.evaluation.values import neighbors, read_date, read_network, read_number
from workbench.policy.arns import Arn, parse_arn
from workbench.policy.operators import Family
from workbench.policy.tokens import Token, Wildcard

FIXED_KEYS = frozenset(
    {
        "aws:principalarn",
        "aws:principalaccount",
        "aws:principaltype",
        "aws:userid",
        "aws:username",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:resourceaccount",
        "iam:passedtoservice",
        "sagemaker:taggingaction",
    }
)
"""Keys that say who asks or what the call is: another value would be another request."""

_ALWAYS_SENT = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:requestedregion",
        "aws:securetransport",
        "aws:useragent",
        "aws:viaawsservice",
    }
)
_ACCOUNT, _REGION = "111122223333", "us-east-1"
_KNOWN = {
    "aws:currenttime": "2026-01-01T00:00:00Z",
    "aws:multifactorauthage": "300",
    "aws:principalorgid": "o-example",
    "aws:resourceorgid": "o-example",
    "aws:sourceaccount": _ACCOUNT,
    "aws:sourcearn": f"arn:aws:sns:{_REGION}:{_ACCOUNT}:example",
    "aws:sourceip": "203.0.113.1",
    "aws:sourcevpc": "vpc-1",
    "aws:sourcevpce": "vpce-1",
    "aws:vpcsourceip": "10.0.0.1",
    "s3:x-amz-acl": "private",
    "s3:x-amz-server-side-encryption": "aws:kms",
    "sagemaker:instancetypes": "ml.m5.xlarge",
    "sagemaker:vpcsecuritygroupids": "sg-1",
    "sagemaker:vpcsubnets": "subnet-1",
}
"""Lower-cased keys → a value that such a key may have."""
_OF_TYPE = {
    "Bool": "true",
    "Boolean": "true",
    "Date": _KNOWN["aws:currenttime"],
    "IPAddress": _KNOWN["aws:sourceip"],
    "Long": "1",
    "Numeric": "1",
}
_SIZE_FOLLOWS = re.compile(r"(?:^|\.)[a-z]+[0-9][a-z0-9]*\.\Z")
_SEPARATORS = "/.:-_= "


def example_value(key: str, facts: Facts) -> str:
    """A value that the key may have, by its name and its type."""
    lower = key.lower()
    kind = facts.key_type(key).removeprefix("ArrayOf")
    if known := _KNOWN.get(lower) or _OF_TYPE.get(kind):
        return known
    if "kmskey" in lower:
        return f"arn:aws:kms:{_REGION}:{_ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    if kind == "ARN" or lower.endswith("arn"):
        service = "ec2" if lower.startswith("aws:") else lower.partition(":")[0]
        return f"arn:aws:{service}:{_REGION}:{_ACCOUNT}:example"
    return "example"


Stated = tuple[tuple[str, ContextValue | None], ...]
"""Keys and the values to state of them; None: absent."""


def values_to_meet(
    tests: Iterable[ConditionMatcher], failing: Iterable[ConditionMatcher], context: Context, facts: Facts
) -> Stated:
    """One value for each key to be stated so that all failing tests hold and none of `tests` on the same keys fails;
    empty if none are found. Keys used as variables that have no value get one where it does not go without."""
    every, wanted = tuple(tests), tuple(failing)
    found = _met(every, wanted, context, facts)
    if found is not None:
        return found
    missing = dict.fromkeys(key for test in wanted for key in test.variables if key not in context)
    given: Stated = tuple((key, example_value(key, facts)) for key in missing if key.lower() not in FIXED_KEYS)
    for key, value in given:
        context = with_value(context, key, value)
    found = _met(every, wanted, context, facts)
    return () if found is None else (*given, *found)


def _met(
    every: tuple[ConditionMatcher, ...], wanted: tuple[ConditionMatcher, ...], context: Context, facts: Facts
) -> Stated | None:
    chosen: Stated = ()
    for test in wanted:
        if test.holds(context):
            continue
        same = [other for other in every if other.key_lower == test.key_lower]
        values = (v for other in (test, *same) for v in values_that_make(other, context, True, facts))
        fits = (v for v in values if all(o.holds(with_value(context, test.key, v)) for o in same))
        value = next(fits, test)
        if isinstance(value, ConditionMatcher) or test.key_lower in FIXED_KEYS:
            return None
        chosen = (*chosen, (test.key, value))
        context = with_value(context, test.key, value)
    return chosen


def values_that_make(
    test: ConditionMatcher, context: Context, wanted: bool, facts: Facts
) -> Iterator[ContextValue | None]:
    """Values of the test's key (None: absent) for which the test is `wanted` in this context, likely ones first."""
    operator = test.test.operator
    assert operator is not None
    for text in _texts(test, context, facts):
        value: ContextValue = (text,) if operator.qualifier else text
        if test.holds(with_value(context, test.key, value)) is wanted:
            yield value
    if test.key_lower not in _ALWAYS_SENT and test.holds(with_value(context, test.key, None)) is wanted:
        yield None


def with_value(context: Context, key: str, value: ContextValue | None) -> Context:
    """The context with a value of the key; None: without it."""
    return context.with_items({key: () if value is None else value})  # an empty list counts as absent everywhere


def _texts(test: ConditionMatcher, context: Context, facts: Facts) -> Iterator[str]:
    operator = test.test.operator
    assert operator is not None
    family = operator.base.family
    if family is Family.BOOLEAN:
        yield from ("true", "false")
    for value, tokens in zip(test.test.values, test.patterns, strict=True):
        yield from _near(value.text, tokens, test, context, facts)
    if family is Family.IP:
        yield from ("203.0.113.1", "198.51.100.1", "2001:db8::1")
    elif family in (Family.STRING, Family.ARN, Family.EXISTENCE):
        example = example_value(test.key, facts)
        yield example
        arn = parse_arn(example)
        yield _another(arn) if arn is not None else "another-value"


def _near(
    text: str, tokens: tuple[Token, ...], test: ConditionMatcher, context: Context, facts: Facts
) -> Iterator[str]:
    """A policy value (its text and its tokens) as a context value, and neighbors of it."""
    operator = test.test.operator
    assert operator is not None
    family = operator.base.family
    if family is Family.NUMERIC and (number := read_number(text)) is not None:
        yield from map(_number, (number, *neighbors(number)))
    elif family is Family.DATE and (date := read_date(text)) is not None:
        yield from (text, *(_instant(near, text) for near in neighbors(date)))
    elif family is Family.IP and (network := read_network(text)) is not None:
        yield str(network[1] if network.num_addresses > 2 else network[0])
    elif family is Family.BINARY:
        yield text
    elif family in (Family.STRING, Family.ARN):
        resolved = resolve(tokens, context)
        if resolved == (Wildcard.ANY,):
            yield example_value(test.key, facts)
        elif resolved is not None:
            yield from (_filled(resolved, open_ends) for open_ends in (True, False))
            if (arn := parse_arn(_filled(resolved, True))) is not None:
                yield _another(arn)


def _number(number: Decimal) -> str:
    return f"{number:f}" if number else "0"


def _instant(seconds: Decimal, like: str) -> str:
    """The time as a person writes it; as epoch seconds where the policy has those."""
    if not like.isdigit() or len(like) <= 4:
        try:
            return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        except (OverflowError, ValueError, OSError):
            pass  # no year that a date can have
    return f"{seconds:f}"


def _another(arn: Arn) -> str:
    """An ARN like this one of another resource."""
    head = re.split(r"[/:](?=[^/:]*\Z)", arn.resource)[0]
    rest = arn.resource[len(head) : len(head) + 1]
    resource = f"{head}{rest}another" if rest else "another"
    return f"arn:{arn.partition}:{arn.service}:{arn.region}:{arn.account}:{resource}"


def _filled(tokens: tuple[Token, ...], open_ends: bool) -> str:
    """A pattern as a text that it matches. `open_ends`: with something for a `*` that stands alone between separators,
    and an account and Region where an ARN leaves them open."""
    text = ""
    for at, token in enumerate(tokens):
        if isinstance(token, str):
            text += token
        elif token is Wildcard.ONE:
            text += "x"
        elif open_ends:
            after = tokens[at + 1] if at + 1 < len(tokens) else ""
            text += _what_fits(text, after if isinstance(after, str) else "")
    return text


def _what_fits(before: str, after: str) -> str:
    """What may stand for a `*` between two texts."""
    colons = before.count(":")
    if before.startswith("arn:") and before.endswith(":") and colons in (1, 3, 4):
        regional = before.split(":")[2:3] not in (["s3"], ["iam"])
        return {1: "aws", 3: _REGION if regional else "", 4: _ACCOUNT}[colons]
    if _SIZE_FOLLOWS.search(before):
        return "xlarge"
    if before == "ml.":
        return "m5.xlarge"
    alone = (not before or before[-1] in _SEPARATORS) and (not after or after[0] in _SEPARATORS)
    if not alone:
        return ""
    return "1" if before.endswith(("vpc-", "vpce-", "subnet-", "sg-")) else "example"
