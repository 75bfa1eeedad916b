"""What the strings of a policy are made of: literal text, wildcards and policy variables.

A string is cut into tokens once; matching then works on tokens, so text that a variable brings in can never turn
into a wildcard. Source: spec conditions.md section 6, grammar.md section 6.
"""

from __future__ import annotations

import enum
import re
from typing import NamedTuple, TypeAlias


class Wildcard(enum.Enum):
    """`*` stands for any run of characters, `?` for exactly one."""

    ANY = "*"
    ONE = "?"


class Variable(NamedTuple):
    """`${key}` or `${key, 'default'}`; `default` is None where none is given."""

    key: str
    default: str | None


Token: TypeAlias = str | Wildcard | Variable


class VariableProblem(NamedTuple):
    """A malformed variable: AWS's issue code and the code points [start, end) of the string's value it stands at."""

    code: str
    start: int
    end: int


class Tokens(NamedTuple):
    """The tokens of one string, adjacent literals joined, and the malformed variables, which stay literal text."""

    parts: tuple[Token, ...]
    problems: tuple[VariableProblem, ...]

    @property
    def variables(self) -> tuple[Variable, ...]:
        return tuple(part for part in self.parts if isinstance(part, Variable))


_SPECIAL = frozenset("*?$")
_NEXT = re.compile(r"[*?$]")


def tokenize(text: str, *, wildcards: bool, variables: bool) -> Tokens:
    """Cut `text` into tokens. `wildcards`: whether `*` and `?` are any; `variables`: whether `${…}` is one (only where
    the document's Version is 2012-10-17). Linear in the text; never raises."""
    if (not wildcards or ("*" not in text and "?" not in text)) and (not variables or "${" not in text):
        return Tokens((text,) if text else (), ())
    parts: list[Token] = []
    problems: list[VariableProblem] = []
    literal: list[str] = []

    def flush() -> None:
        if literal:
            parts.append("".join(literal))
            literal.clear()

    at, size = 0, len(text)
    no_brace_after = size  # from here on no "}" stands: keeps "${${${…" linear
    while at < size:
        char = text[at]
        if wildcards and char in "*?":
            flush()
            parts.append(Wildcard(char))
            at += 1
        elif variables and char == "$" and text.startswith("${", at):
            end = text.find("}", at) if at < no_brace_after else -1
            if end < 0:
                no_brace_after = min(no_brace_after, at)
                problems.append(VariableProblem("MISSING_BRACE_IN_VARIABLE", at, size))
                literal.append("${")
                at += 2
                continue
            found = _variable(text[at + 2 : end])
            if isinstance(found, Variable):
                flush()
                parts.append(found)
            elif len(found) == 1:
                literal.append(found)
            else:
                problems.append(VariableProblem(found, at, end + 1))
                literal.append(text[at : end + 1])
            at = end + 1
        else:
            found_next = _NEXT.search(text, at + 1)
            stop = found_next.start() if found_next else size
            literal.append(text[at:stop])
            at = stop
    flush()
    return Tokens(tuple(parts), tuple(problems))


def _variable(inside: str) -> Variable | str:
    """What stands between the braces: a variable, the one character of `${*}`, `${?}`, `${$}`, or an issue code."""
    if inside in _SPECIAL:
        return inside
    if not inside.strip():
        return "EMPTY_VARIABLE"
    key, comma, rest = inside.partition(",")
    if any(c.isspace() for c in key.partition("/")[0]) or key != key.strip():
        return "UNSUPPORTED_SPACE_IN_VARIABLE"
    if not comma:
        return Variable(key, None)
    if not rest.startswith(" "):
        return "UNSUPPORTED_SPACE_IN_VARIABLE" if rest.startswith("'") else "MISSING_QUOTE_IN_VARIABLE"
    default = rest[1:]
    if default.startswith(" "):
        return "UNSUPPORTED_SPACE_IN_VARIABLE"
    if len(default) < 2 or not (default.startswith("'") and default.endswith("'")):
        return "MISSING_QUOTE_IN_VARIABLE"
    return Variable(key, default[1:-1])
