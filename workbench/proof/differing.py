"""Of two documents the statements that can have to do with the difference between them.

A change touches a few statements and leaves the others as they stand. A request whose answer it changes is one that a
touched statement takes, so a statement that shares no action or no resource with any of these decides nothing of it,
and is left out before a question is asked: the algebra then costs what was changed, not what the document holds.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from workbench.evaluation.compiled import CompiledStatement
from workbench.patience import check
from workbench.policy.model import ListElement

_Statements: TypeAlias = Sequence[CompiledStatement]
_NOT_LITERAL = re.compile(r"[*?$]")


def that_matter(
    old: _Statements, new: _Statements, old_text: str, new_text: str
) -> tuple[tuple[CompiledStatement, ...], tuple[CompiledStatement, ...]]:
    """Of the statements of two documents with these texts, in their order, those of which one side has no copy and
    those that may take a request that one of these takes. What is left out takes no request that the two decide
    differently, so that each pair of documents that differ in these statements alone differs in the same requests.
    O(characters of the documents)."""
    before, after = _written(old, old_text), _written(new, new_text)
    here, there = frozenset(before), frozenset(after)
    touched = [s for s, text in zip(old, before, strict=True) if text not in there]
    touched += (s for s, text in zip(new, after, strict=True) if text not in here)
    if not touched:
        return (), ()
    near = Near(touched)
    kept = tuple(s for s, text in zip(old, before, strict=True) if text not in there or near.may_meet(s))
    return kept, tuple(s for s, text in zip(new, after, strict=True) if text not in here or near.may_meet(s))


def _written(statements: _Statements, text: str) -> list[tuple[bool, str]]:
    """How each statement is written, and whether it has variables where it says so."""
    found: list[tuple[bool, str]] = []
    for statement in statements:
        check()
        node = statement.source.node
        found.append((statement.variables_active, text[node.start : node.end]))
    return found


class Near:
    """The actions and resources of some statements, asked what may have one in common with them."""

    def __init__(self, statements: Iterable[CompiledStatement]) -> None:
        statements = tuple(statements)
        self._accounts = frozenset().union(*(_accounts(s) for s in statements))
        self._actions = _Beginnings(a for s in statements for a in _beginnings(s.actions, any_case=True))
        self._resources = _Beginnings(r for s in statements for r in _beginnings(s.listed, any_case=False))

    def may_meet(self, statement: CompiledStatement) -> bool:
        check()
        accounts = _accounts(statement)
        if _ANYBODY not in self._accounts | accounts and not self._accounts & accounts:
            return False
        return self._actions.may_meet(_beginnings(statement.actions, any_case=True)) and self._resources.may_meet(
            _beginnings(statement.listed, any_case=False)
        )


_ANYBODY = ""
_ACCOUNT = re.compile(r"(?:arn:[^:]*:(?:iam|sts)::)?([0-9]{12})(?::.*)?", re.DOTALL)


def _accounts(statement: CompiledStatement) -> frozenset[str]:
    """Whose callers the statement can be about: of these accounts, or of any (grammar.md section 5)."""
    element = statement.principal
    if element is None or element.negated:
        return frozenset({_ANYBODY})
    found = (_ACCOUNT.fullmatch(entry.item.text) if entry.kind == "AWS" else None for entry in element.entries)
    return frozenset(_ANYBODY if account is None else account[1] for account in found)


_Beginning: TypeAlias = tuple[str, bool]
"""What a text begins with that a pattern takes, and whether that is the whole of it."""
_EVERYTHING: _Beginning = ("", False)


def _beginnings(element: ListElement | None, *, any_case: bool) -> Iterable[_Beginning]:
    if element is None or element.negated:
        return (_EVERYTHING,)
    return [_beginning(item.text.lower() if any_case else item.text) for item in element.items]


def _beginning(pattern: str) -> _Beginning:
    found = _NOT_LITERAL.search(pattern)
    return (pattern, True) if found is None else (pattern[: found.start()], False)


class _Beginnings:
    """Beginnings of texts, asked whether a text with one of them can have one of others."""

    def __init__(self, beginnings: Iterable[_Beginning]) -> None:
        found = frozenset(beginnings)
        self._open = frozenset(text for text, whole in found if not whole)
        self._lengths = sorted({len(text) for text in self._open})
        self._sorted = sorted({text for text, _ in found})

    def may_meet(self, others: Iterable[_Beginning]) -> bool:
        return any(self._may_meet(text, whole) for text, whole in others)

    def _may_meet(self, text: str, whole: bool) -> bool:
        if any(text[:length] in self._open for length in self._lengths):
            return True
        at = bisect_left(self._sorted, text)
        if at == len(self._sorted):
            return False
        return self._sorted[at] == text if whole else self._sorted[at].startswith(text)
