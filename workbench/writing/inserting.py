"""Where a snippet goes: at the caret if a statement can stand there, else behind the statement that the caret is in."""

from __future__ import annotations

from workbench.document.nodes import ArrayNode, Node, ObjectNode
from workbench.document.parser import parse
from workbench.document.span import Span
from workbench.writing.places import WHOLE, Here, place_at, statement_around
from workbench.writing.proposals import Piece, Proposal, proposal
from workbench.writing.snippets import Snippet

_Parts = tuple[tuple[str, bool], ...]


def takes_statement(here: Here) -> bool:
    """Whether a whole statement can be written at a place, or a whole policy: in an empty text."""
    if here.quoted or here.is_key:
        return False
    if not here.path:
        return not here.before and not here.after
    return here.names == ("Statement",) and len(here.path) <= 2


def at_place(here: Here, snippet: Snippet, text: str) -> Proposal:
    """The snippet where `takes_statement` is true of `text`."""
    if not here.path:
        parts = snippet.document()
    else:
        parts = snippet.statements(_indent(text, here.token.start), as_list=here.before == ":" or here.lacks_colon)
    return proposal(here, Piece(snippet.title, snippet.about, parts), bare=True)


def insertion(text: str, offset: int, snippet: Snippet) -> Proposal | None:
    """The snippet in a text, as near to `offset` (code points) as statements can be; None where the text has no
    statements to put it beside. Never raises. O(length) up to WHOLE; of a longer text what is near is looked at."""
    here = place_at(text, offset)
    if here is not None and here.token.start == here.token.end and takes_statement(here):
        return at_place(here, snippet, text)
    if len(text) > WHOLE:
        start, end = statement_around(text, offset)
        is_whole = text[start : start + 1] == "{" and text[end - 1 : end] == "}"
        return _behind(text, Span(start, end), snippet) if is_whole else None
    return _in_whole(text, offset, snippet)


def _in_whole(text: str, offset: int, snippet: Snippet) -> Proposal | None:
    root = parse(text).root
    members = root.members if isinstance(root, ObjectNode) else ()
    value: Node | None = next((m.value for m in members if m.key.value == "Statement"), None)
    if isinstance(value, ObjectNode):  # one statement without a list: it gets one
        parts = ((f"[{text[value.start : value.end]}, ", False), *snippet.statements(), ("]", False))
        return _made(snippet, Span(value.start, value.end), parts)
    if not isinstance(value, ArrayNode):
        return None
    items = [item for item in value.items if isinstance(item, ObjectNode)]
    if not items:
        inside = value.start + 1
        return None if value.items else _made(snippet, Span(inside, inside), snippet.statements())
    there = next((item for item in items if item.start <= offset <= item.end), items[-1])
    return _behind(text, Span(there.start, there.end), snippet)


def _behind(text: str, statement: Span, snippet: Snippet) -> Proposal:
    """On a line of its own, with the indent of the statement before it."""
    indent = _indent(text, statement.start)
    begin = f",\n{indent}" if text[: statement.start].endswith(indent) and _is_alone(text, statement.start) else ", "
    return _made(snippet, Span(statement.end, statement.end), ((begin, False), *snippet.statements(indent)))


def _is_alone(text: str, start: int) -> bool:
    """Whether nothing but white space stands before a place in its line."""
    return not text[text.rfind("\n", 0, start) + 1 : start].strip()


def _indent(text: str, at: int) -> str:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip())]


def _made(snippet: Snippet, span: Span, parts: _Parts) -> Proposal:
    stops: list[Span] = []
    text = ""
    for part, is_stop in parts:
        if is_stop:
            stops.append(Span(len(text), len(text) + len(part)))
        text += part
    return Proposal(snippet.title, snippet.about, span, text, tuple(stops))
