"""Reading condition values: numbers, dates, addresses, Booleans, bytes. Source: spec conditions.md section 2."""

from __future__ import annotations

import base64
import ipaddress
import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from functools import lru_cache
from typing import TypeAlias

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?")
_EPOCH = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})"
    r"(?:T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?P<fraction>\.[0-9]+)?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-5][0-9])?)?)?)?"
)
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_EPOCH_START = datetime(1970, 1, 1, tzinfo=UTC)


def read_number(text: str) -> Decimal | None:
    """A decimal number: optional sign, digits, optional fraction and exponent; no blanks, hexadecimal or underscores
    (measured at AWS); digits on one side of the point are enough, an exponent has nine at most (inferred). None if
    unreadable."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


_FAR = Decimal(10) ** 20


def neighbors(number: Decimal) -> tuple[Decimal, Decimal]:
    """A number below and one above, however large or long `number` is."""
    step = Decimal(1) if number.copy_abs() < _FAR else number.copy_abs()
    wide = _wide(number)
    return wide.subtract(number, step), wide.add(number, step)


def between(lower: Decimal, upper: Decimal) -> Decimal:
    """A number between two that differ."""
    wide = _wide(lower, upper)
    return wide.divide(wide.add(lower, upper), Decimal(2))


def _wide(*numbers: Decimal) -> Context:
    """Arithmetic in which numbers of so many digits stay apart from their neighbors, and nothing overflows."""
    digits = max(len(number.as_tuple().digits) for number in numbers)
    return Context(prec=digits + 30, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])


def read_date(text: str) -> Decimal | None:
    """Seconds since 1970 of an ISO 8601 date (`YYYY` … with fraction and zone) or of epoch seconds.

    Inferred: missing parts are the start of the period, a missing zone is UTC. None if unreadable.
    """
    found = _DATE.fullmatch(text)
    if not found:
        return Decimal(text) if _EPOCH.fullmatch(text) else None
    part = found.groupdict()
    try:
        at = datetime(
            int(part["year"]),
            int(part["month"] or 1),
            int(part["day"] or 1),
            int(part["hour"] or 0),
            int(part["minute"] or 0),
            int(part["second"] or 0),
            tzinfo=_zone(part["zone"]),
        )
    except ValueError:
        return None
    seconds = Decimal((at - _EPOCH_START) // timedelta(seconds=1))
    return seconds + Decimal(part["fraction"] or 0)


def _zone(text: str | None) -> timezone:
    if text is None or text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def read_bool(text: str) -> bool:
    """`true` in any case is true, anything else false (measured at AWS; the case rule is inferred)."""
    return text.lower() == "true"


_PREFIX_LENGTH = re.compile(r"0|[1-9][0-9]{0,2}")
_MAPPED_BITS = 96  # ::ffff:0:0/96 holds the mapped IPv4 addresses


@lru_cache(maxsize=4096)
def read_network(text: str) -> Network | None:
    """An address or a CIDR range; host bits are masked, a bare address is its own range. Addresses that are mapped
    IPv4 addresses are these, as in requests. None if unreadable, as with a zone (`%eth0`) or zeros before a length."""
    _, slash, prefix = text.partition("/")
    if "%" in text or (slash and not _PREFIX_LENGTH.fullmatch(prefix)):
        return None
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped is not None:  # of a shorter prefix the address would be cut off before
        return ipaddress.IPv4Network((mapped, network.prefixlen - _MAPPED_BITS))
    return network


_LONGEST_ADDRESS = 64


def read_address(text: str) -> Address | None:
    """One address; an IPv4-mapped IPv6 address is its IPv4 address (measured at AWS). None if unreadable."""
    if "%" in text or len(text) > _LONGEST_ADDRESS:
        return None  # a zone is of one machine
    return _read_address(text)


@lru_cache(maxsize=4096)
def _read_address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def read_base64(text: str) -> bytes | None:
    """The bytes of a base64 text, None if it is not one."""
    return base64.b64decode(text) if _BASE64.fullmatch(text) else None


def bytes_of(text: str) -> bytes:
    """The bytes that a context value stands for: its UTF-8, and where `text_of_bytes` made it, those it was made of."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def text_of_bytes(data: bytes) -> str:
    """A context value for bytes, which need not be text."""
    return data.decode("utf-8", "surrogateescape")
