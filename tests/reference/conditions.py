"""Condition blocks (conditions.md 1 to 6)."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.reference.patterns import Lookup, NoValue, arn_matches, as_list, as_text, glob, substituted, tokens

Pair = Callable[[str, str, Lookup | None], bool]
"""m(c, p): the operator's test in its positive form (conditions.md 1)."""


MULTIVALUED = {"aws:tagkeys", "aws:calledvia", "aws:principalorgpaths", "aws:principalservicenameslist"}
MULTIVALUED |= {"aws:resourceorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths", "sagemaker:vpcsubnets"}
"""context-keys.md 2 to 4, marked MV; of sagemaker.md 4 what is used here. They hold a list however it is given."""


class Context:
    """The values of a request's keys. Names ignore case (conditions.md 1, extra rules)."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = {k: as_list(v) if k.lower() in MULTIVALUED else v for k, v in values.items()}

    def raw(self, key: str) -> Any:
        """The value as given, None if absent; of tags that differ by case the exact one, else the first in order."""
        same = sorted(name for name in self.values if name.lower() == key.lower())
        if not same:
            return None
        value = self.values[key if key in same else same[0]]
        return None if value == [] else value  # an empty list counts as absent

    def variable(self, key: str) -> str | None:
        """conditions.md 6: multivalued keys have no value as variables."""
        value = self.raw(key)
        return None if value is None or isinstance(value, list) else as_text(value)


NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
DATE = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)
EPOCH = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def number(text: str) -> Decimal | None:
    """conditions.md 2, Numeric. None: unreadable."""
    return Decimal(text) if NUMBER.fullmatch(text) else None


def instant(text: str) -> Fraction | None:
    """conditions.md 2, Date: seconds since 1970, None if unreadable."""
    found = DATE.fullmatch(text)
    if not found:
        return Fraction(text) if EPOCH.fullmatch(text) else None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        at = datetime(int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0))
        offset = timedelta(0)
        if zone and zone != "Z":
            hours, minutes = int(zone[1:3]), int(zone[4:6])
            if hours > 23 or minutes > 59:
                return None
            offset = timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)
    except ValueError:
        return None
    since = at.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC) - offset
    return Fraction(since // timedelta(seconds=1)) + Fraction("0" + (fraction or ""))


def compared(read: Callable[[str], Any], test: Callable[[Any, Any], bool]) -> Pair:
    """conditions.md 2, Numeric and Date: false where either side is unreadable."""

    def pair(given: str, wanted: str, _: Lookup | None) -> bool:
        c, p = read(given), read(wanted)
        return c is not None and p is not None and test(c, p)

    return pair


def unreadable_or_equal(given: str, wanted: str, _: Lookup | None) -> bool:
    """NumericNotEquals is false for unreadable numbers too (conditions.md 2, malformed values)."""
    c, p = number(given), number(wanted)
    return c is None or p is None or c == p


def same_bool(given: str, wanted: str, _: Lookup | None) -> bool:
    """`true` in any case is true, anything else false."""
    return (given.lower() == "true") == (wanted.lower() == "true")


def base64_bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def same_bytes(given: str, wanted: str, _: Lookup | None) -> bool:
    """A scenario's values are text: the bytes themselves or, as AWS's simulator takes them, their base64."""
    known = base64_bytes(wanted)
    return known is not None and known in (given.encode(), base64_bytes(given))


def in_network(given: str, wanted: str, _: Lookup | None) -> bool:
    """conditions.md 2, IpAddress; an IPv4-mapped source is its IPv4 address."""
    if not re.fullmatch(r"[^/]+(/[0-9]+)?", wanted):
        return False
    try:
        address, network = ipaddress.ip_address(given), ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.version == network.version and address in network


PAIRS: dict[str, Pair] = {
    "StringEquals": lambda c, p, look: c == substituted(p, look),
    "StringEqualsIgnoreCase": lambda c, p, look: c.lower() == substituted(p, look).lower(),
    "StringLike": lambda c, p, look: glob(tokens(p, look), c),
    "ArnEquals": lambda c, p, look: arn_matches(p, c, look),
    "ArnLike": lambda c, p, look: arn_matches(p, c, look),
    "NumericEquals": compared(number, operator.eq),
    "NumericLessThan": compared(number, operator.lt),
    "NumericLessThanEquals": compared(number, operator.le),
    "NumericGreaterThan": compared(number, operator.gt),
    "NumericGreaterThanEquals": compared(number, operator.ge),
    "DateEquals": compared(instant, operator.eq),
    "DateLessThan": compared(instant, operator.lt),
    "DateLessThanEquals": compared(instant, operator.le),
    "DateGreaterThan": compared(instant, operator.gt),
    "DateGreaterThanEquals": compared(instant, operator.ge),
    "Bool": same_bool,
    "BinaryEquals": same_bytes,
    "IpAddress": in_network,
}
NEGATED: dict[str, Pair] = {
    "StringNotEquals": PAIRS["StringEquals"],
    "StringNotEqualsIgnoreCase": PAIRS["StringEqualsIgnoreCase"],
    "StringNotLike": PAIRS["StringLike"],
    "ArnNotEquals": PAIRS["ArnEquals"],
    "ArnNotLike": PAIRS["ArnLike"],
    "NumericNotEquals": unreadable_or_equal,
    "DateNotEquals": PAIRS["DateEquals"],
    "NotIpAddress": PAIRS["IpAddress"],
}


def parse_operator(name: str) -> tuple[str, str, bool] | None:
    """grammar.md 8: (set operator, base, IfExists), names in any case; None if there is no such operator."""
    qualifier, _, rest = name.rpartition(":")
    qualifiers = {"forallvalues": "ForAllValues", "foranyvalue": "ForAnyValue", "": ""}
    bases = {base.lower(): base for base in (*PAIRS, *NEGATED, "Null")}
    if_exists = rest.lower().endswith("ifexists")
    base = bases.get(rest.lower().removesuffix("ifexists"))
    if qualifier.lower() not in qualifiers or base is None or (base == "Null" and if_exists):
        return None
    return qualifiers[qualifier.lower()], base, if_exists


def holds(condition: dict[str, Any], context: Context, version: str | None) -> bool:
    """The whole block: operators AND, keys AND (conditions.md 1)."""
    return all(
        _one(name, key, [as_text(v) for v in as_list(wanted)], context, version)
        for name, keys in condition.items()
        for key, wanted in keys.items()
    )


def _one(name: str, key: str, wanted: list[str], context: Context, version: str | None) -> bool:
    """One row of the table of conditions.md 1."""
    qualifier, base, if_exists = parse_operator(name) or ("", "", False)
    raw = context.raw(key)
    if base == "Null":
        return _null(qualifier, raw, wanted)
    negated = base in NEGATED
    if raw is None:
        if if_exists:
            return True
        return qualifier == "ForAllValues" if qualifier else negated
    given = [as_text(v) for v in as_list(raw)]
    lookup = context.variable if version == "2012-10-17" and base.startswith(("String", "Arn")) else None
    test = NEGATED[base] if negated else PAIRS[base]

    if if_exists and not wanted:
        return False  # conditions.md 5: true only if the key is absent, negated or not

    def some_value(c: str) -> bool:
        return any(_pair(test, c, p, lookup) for p in wanted)

    if not qualifier:
        return not any(map(some_value, given)) if negated else any(map(some_value, given))
    given = [c for c in given if c != ""]  # only "" was sent: nothing was sent
    every = all if qualifier == "ForAllValues" else any
    if not wanted:
        return qualifier == "ForAllValues" and not given  # conditions.md 5
    return every(some_value(c) is not negated for c in given)


def _pair(test: Pair, given: str, wanted: str, lookup: Lookup | None) -> bool:
    try:
        return test(given, wanted, lookup)
    except NoValue:
        return False  # conditions.md 6: that policy value cannot match


def _null(qualifier: str, raw: Any, wanted: list[str]) -> bool:
    """The Null rows of conditions.md 1; a multivalued key that holds only "" counts as absent."""
    if qualifier:
        return qualifier == "ForAllValues"
    absent = raw is None or (isinstance(raw, list) and all(v == "" for v in raw))
    return any(value.lower() == ("true" if absent else "false") for value in wanted)
