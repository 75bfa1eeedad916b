"""Context values as a person types them: what a key's type expects, what is wrong with a value, how a list is written.

Nothing here decides a request: the engine takes every value as text. A mark says only that the text is not of the
key's type, so that a condition on it will probably not match. Types are those of AWS's service authorization data.
"""

from __future__ import annotations

import csv
import datetime
import enum
import ipaddress
import re

from workbench.evaluation.request import ContextValue

EMPTY_LIST = "[]"
EMPTY_TEXT = '""'

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_ARN = re.compile(r"arn:[^:\s]*:[^:\s]*:[^:\s]*:[^:\s]*:.+")


class ValueType(enum.Enum):
    """What a key's values are. The value is the words for a person: "`x` is not …"."""

    STRING = "a text"
    BOOL = "true or false"
    NUMERIC = "a number"
    DATE = "a date"
    IP = "an IP address"
    ARN = "an ARN"

    @property
    def example(self) -> str:
        """What to show in an empty field."""
        return _EXAMPLES[self]


_EXAMPLES = {
    ValueType.STRING: "a value",
    ValueType.BOOL: "true or false",
    ValueType.NUMERIC: "a number, such as 3600",
    ValueType.DATE: "2026-11-23T10:00:00Z",
    ValueType.IP: "203.0.113.7",
    ValueType.ARN: "arn:aws:…",
}


def value_type(name: str) -> ValueType:
    """The type for a name of the catalog's, such as `ArrayOfARN`, `Bool` or `IPAddress`; anything else is text."""
    name = name.lower().removeprefix("arrayof")
    if name.startswith("bool"):
        return ValueType.BOOL
    if name.startswith(("numeric", "long", "integer")):
        return ValueType.NUMERIC
    if name.startswith("date"):
        return ValueType.DATE
    if name.startswith("ip"):
        return ValueType.IP
    if name.startswith("arn"):
        return ValueType.ARN
    return ValueType.STRING


def read_value(text: str, multivalued: bool) -> ContextValue | None:
    """The value that a cell's text stands for, or None while nothing has been typed.

    A list is written with commas; a value that holds a comma or a quote stands in double quotes. `""` is the empty
    text and `[]` the empty list, because an empty cell means "not typed yet".
    """
    text = text.strip()
    if not text:
        return None
    if not multivalued:
        return "" if text == EMPTY_TEXT else text
    if text == EMPTY_LIST:
        return ()
    lines = csv.reader(text.splitlines(), skipinitialspace=True)
    quoted = '"' in text
    return tuple(v.strip() for line in lines for v in line if v.strip() or quoted)


def write_value(value: ContextValue) -> str:
    """The cell's text for a value: `read_value` gives the value back."""
    if isinstance(value, str):
        return value or EMPTY_TEXT
    return ", ".join(_quoted(v) for v in value) if value else EMPTY_LIST


def _quoted(value: str) -> str:
    if value and not any(c in value for c in ',"\n\r') and value.strip() == value:
        return value
    return '"' + value.replace('"', '""') + '"'


def complaint(value: ContextValue, kind: ValueType) -> str:
    """One sentence saying why the value is not of the type, or nothing."""
    for one in (value,) if isinstance(value, str) else value:
        if not _fits(one, kind):
            return f"“{one}” is not {kind.value}; a condition on this key will probably not match."
    return ""


def _fits(text: str, kind: ValueType) -> bool:
    match kind:
        case ValueType.STRING:
            return True
        case ValueType.BOOL:
            return text.lower() in ("true", "false")
        case ValueType.NUMERIC:
            return _NUMBER.fullmatch(text) is not None
        case ValueType.DATE:
            return _is_date(text)
        case ValueType.IP:
            return _is_address(text)
        case ValueType.ARN:
            return _ARN.fullmatch(text) is not None


def _is_date(text: str) -> bool:
    if _NUMBER.fullmatch(text):  # seconds since 1970: the other form AWS takes
        return True
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True
