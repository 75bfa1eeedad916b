"""Text patterns: actions, resources, ARNs and policy variables (grammar.md 6 and 7, conditions.md 6)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Lookup = Callable[[str], str | None]
"""The value of a single-valued key that may be used as a variable, None if it has none."""

STAR, ONE, COLON = "*", "?", ":"
VARIABLE = re.compile(r"\$\{(?:([*?$])|([^\s{}$,'*?]+)(?:, '([^']*)')?)\}")


class NoValue(Exception):
    """A variable of the pattern has neither a value nor a default: the pattern matches nothing."""


def tokens(pattern: str, lookup: Lookup | None) -> list[tuple[str, str]]:
    """conditions.md 6: the pattern as ("wild", * or ?), ("text", character of the policy) and ("value", substituted).

    `lookup` None: variables are literal text (old language, or an element without variables).
    """
    found, at = [], 0
    while at < len(pattern):
        variable = VARIABLE.match(pattern, at) if lookup else None
        if variable and lookup:
            special, key, default = variable.groups()
            value = special or lookup(key)
            value = default if value is None else value
            if value is None:
                raise NoValue
            found.append(("value", value))
            at = variable.end()
        else:
            character = pattern[at]
            found.append(("wild" if character in (STAR, ONE) else "text", character))
            at += 1
    return found


def substituted(pattern: str, lookup: Lookup | None) -> str:
    """The pattern as text without wildcards: what StringEquals compares with."""
    return "".join(text for _, text in tokens(pattern, lookup))


def glob(parsed: list[tuple[str, str]], text: str) -> bool:
    """conditions.md 2, StringLike: the whole text, `*` any run, `?` one character; substituted text is literal."""
    built = "".join({STAR: ".*", ONE: "."}[t] if kind == "wild" else re.escape(t) for kind, t in parsed)
    return re.fullmatch(built, text, re.DOTALL) is not None


def split_at_colons(parsed: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """A parsed pattern at its first five colons (those that the policy's author wrote)."""
    parts: list[list[tuple[str, str]]] = [[]]
    for token in parsed:
        if token == ("text", COLON) and len(parts) < 6:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def arn_matches(pattern: str, value: str, lookup: Lookup | None) -> bool:
    """conditions.md 2, Arn: six parts, each globbed; a pattern of fewer parts is a StringLike on the whole text."""
    parsed = tokens(pattern, lookup)
    parts, given = split_at_colons(parsed), value.split(COLON, 5)
    if len(parts) < 6:
        return glob(parsed, value)
    return len(given) == 6 and given[0] == "arn" and all(map(glob, parts, given))


def resource_matches(pattern: str, resource: str, lookup: Lookup | None) -> bool:
    """grammar.md 7, the matching algorithm, steps 1-7. Variables only after the fifth colon."""
    if pattern == STAR:
        return True
    if resource == STAR:
        return False  # step 7: only a literal `*` covers an action without resources
    head = COLON.join(pattern.split(COLON, 5)[:5])
    tail = pattern[len(head) :]
    is_full = pattern.count(COLON) >= 5
    built = ""
    for at, character in enumerate(head):
        following = head[at + 1 : at + 2] or (COLON if is_full else "")
        if character == STAR:
            built += ".*" if following in (COLON, "") else "[^:]*"
        elif character == ONE:
            built += "[^:]"
        else:
            built += re.escape(character)
    try:
        parsed = tokens(tail, lookup)
    except NoValue:
        return False  # conditions.md 6: such an entry matches nothing
    built += "".join({STAR: ".*", ONE: "."}[t] if kind == "wild" else re.escape(t) for kind, t in parsed)
    return re.fullmatch(built, resource, re.DOTALL) is not None


def action_matches(pattern: str, action: str) -> bool:
    """grammar.md 6: prefix and name ignore case; `*` and `?` anywhere in the name; `*:*` equals `*`."""
    if pattern in ("*", "*:*"):
        return True
    return glob(tokens(pattern.lower(), None), action.lower())


def as_list(value: Any) -> list[Any]:
    """grammar.md G4: a bare element is a list of one."""
    return value if isinstance(value, list) else [value]


def as_text(value: Any) -> str:
    """grammar.md G9: numbers and booleans as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
