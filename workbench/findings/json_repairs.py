"""Fixes for mistakes in the JSON itself, where one edit surely mends what the author meant."""

from __future__ import annotations

from collections.abc import Callable

from workbench.document.nodes import Problem
from workbench.document.span import Span
from workbench.findings.fixes import quoted
from workbench.findings.model import Edit, Fix

_LITERALS = {"true": "true", "false": "false", "none": "null", "null": "null", "nil": "null", "undefined": "null"}


def _insert(label: str, offset: int, text: str) -> Fix:
    return Fix(label, (Edit(Span(offset, offset), text),))


def _replace(label: str, problem: Problem, text: str) -> Fix:
    return Fix(label, (Edit(Span(problem.start, problem.end), text),))


def _requoted(written: str, problem: Problem) -> Fix | None:
    inside = written[1:-1]
    if len(written) < 2 or "\\" in inside or not inside.isprintable():
        return None
    return _replace("Write double quotes", problem, quoted(inside))


def _literal(written: str, problem: Problem) -> Fix | None:
    word = _LITERALS.get(written.lower())
    return _replace(f"Write {word}", problem, word) if word else None


def _in_quotes(written: str, problem: Problem) -> Fix | None:
    return _replace(f"Write {quoted(written)}", problem, quoted(written)) if written.isprintable() else None


def _removed(label: str) -> Callable[[str, Problem], Fix | None]:
    return lambda _, problem: _replace(label, problem, "")


_OTHER = {"{": "[", "[": "{", "}": "]", "]": "}", ",": ":", ":": ",", ";": ",", "=": ":", "=>": ":", ":=": ":"}


def _swapped(what: str, written: str, problem: Problem) -> Fix | None:
    other = _OTHER.get(written)
    return _replace(f"Write {other} in place of this {what}", problem, other) if other else None


_REPAIRS: dict[str, Callable[[str, Problem], Fix | None]] = {
    "missing-comma": lambda _, problem: _insert("Add the missing comma", problem.start, ","),
    "missing-colon": lambda _, problem: _insert("Add the missing colon", problem.start, ":"),
    "missing-opening-bracket": lambda _, problem: _insert("Add the opening bracket", problem.start, "["),
    "missing-closing-bracket": lambda _, problem: _insert("Add the closing bracket", problem.start, "]"),
    "missing-closing-brace": lambda _, problem: _insert("Add the closing brace", problem.start, "}"),
    "extra-opening-bracket": _removed("Remove the opening bracket"),
    "extra-opening-brace": _removed("Remove the opening brace"),
    "extra-quote": _removed("Remove the quote"),
    "wrong-bracket": lambda written, problem: _swapped("bracket", written, problem),
    "wrong-separator": lambda written, problem: _swapped("sign", written, problem),
    "trailing-comma": _removed("Remove the comma"),
    "comment": _removed("Remove the comment"),
    "nul": _removed("Remove the NUL characters"),
    "extra-closing-brace": _removed("Remove the closing brace"),
    "extra-closing-bracket": _removed("Remove the closing bracket"),
    "text-before": _removed("Remove this text"),
    "unterminated-string": lambda _, problem: _insert("Add the closing quote", problem.end, '"'),
    "single-quotes": _requoted,
    "smart-quotes": _requoted,
    "foreign-literal": _literal,
    "unquoted-name": _in_quotes,
    "unquoted-value": _in_quotes,
    "placeholder": _in_quotes,
    "odd-blank": lambda written, problem: _replace("Write plain blanks", problem, " " * len(written)),
    "bad-escape": lambda written, problem: _replace("Write two backslashes", problem, "\\" + written),
}


def repairs(text: str, problem: Problem) -> tuple[Fix, ...]:
    """The fix for one mistake in the JSON; none where the author has to decide."""
    if problem.kind == "unterminated-string" and problem.end >= len(text):
        return ()  # the text was cut off: more than the quote is missing
    repair = _REPAIRS.get(problem.kind)
    fix = repair(text[problem.start : problem.end], problem) if repair is not None else None
    return (fix,) if fix is not None else ()
