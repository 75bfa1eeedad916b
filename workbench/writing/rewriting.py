"""Writing a whole policy differently: laid out, minified, its elements in the order of the grammar.

Each gives a Rewrite only where the parser proves that it means the same; else it raises Refused and nothing changes.
Offsets are code points. Source of the order: IAM User Guide, "Grammar of the IAM JSON policy language".
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.document.nodes import ArrayNode, Document, Member, Node, ObjectNode, StringNode
from workbench.document.parser import parse
from workbench.document.span import Span
from workbench.errors import WorkbenchError
from workbench.policy.reader import DOCUMENT_ELEMENTS, STATEMENT_ELEMENTS
from workbench.writing.layout import LONG_LINE, lay_out, minified, words
from workbench.writing.values import repeated_name, same_values

LISTS = ("Action", "NotAction", "Resource", "NotResource")
"""The elements whose list means the same in any order."""
_BLANKS = " \t\n\r"


class Refused(WorkbenchError):
    """A change of a text that was not made; one sentence says why."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A text in place of another, and where the caret goes in it."""

    text: str
    caret: int


def good_document(text: str) -> Document:
    """The document of a text that is JSON without a mistake. Raises Refused."""
    document = parse(text)
    if document.problems or document.root is None:
        raise Refused("The JSON has a mistake: mend it first. Nothing was changed.")
    return document


def without_repeats(document: Document) -> None:
    """Raises Refused if a name stands twice in one object: which one counts hangs on their order."""
    name = repeated_name(document.root)
    if name is not None:
        raise Refused(f"The name {name} stands twice in one object: remove one of them first. Nothing was changed.")


def laid_out(text: str, caret: int = 0) -> Rewrite:
    """The text with one value a line. Of JSON that is broken every character outside of white space stays. Raises
    Refused where that cannot be shown."""
    return _respaced(text, lay_out(text), caret)


def minify(text: str, caret: int = 0) -> Rewrite:
    """The text on one line without white space. Raises Refused for what is no JSON, and for what is too long."""
    good_document(text)
    made = minified(text)
    if len(made) > LONG_LINE:
        raise Refused(
            f"Minified, this policy would be one line of {len(made):,} characters, which is too long to edit. "
            "Edit, Copy as, Minified JSON copies it so."
        )
    return _respaced(text, made, caret)


def _respaced(text: str, made: str, caret: int) -> Rewrite:
    before, after = parse(text), parse(made)
    if before.problems or before.root is None:
        same = words(text) == words(made)
    else:
        same = not after.problems and same_values(before.root, after.root)
    if not same:
        raise Refused("It could not be proved that the text would mean the same: nothing was changed.")
    return Rewrite(made, _moved_caret(text, made, caret))


def _moved_caret(text: str, made: str, caret: int) -> int:
    """The place in `made` behind as many characters that are no blanks as in `text`."""
    if caret <= 0:
        return 0
    count = sum(char not in _BLANKS for char in text[:caret])
    if count == 0:
        return 0
    for at, char in enumerate(made):
        count -= char not in _BLANKS
        if count == 0:
            # Within a run of blanks of a string the caret keeps its distance from the character before.
            behind = caret - len(text[:caret].rstrip(_BLANKS))
            rest = made[at + 1 :]
            return at + 1 + min(behind, len(rest) - len(rest.lstrip(" "))) if rest[:1] == " " else at + 1
    return len(made)


def in_order(text: str, caret: int = 0, *, lists: bool = False) -> Rewrite:
    """The elements of the policy and of its statements in the order of the grammar, others behind them; with `lists`
    actions and resources by the alphabet too. White space stays where it is. Raises Refused."""
    document = good_document(text)
    without_repeats(document)
    if not isinstance(document.root, ObjectNode):
        raise Refused("This is no policy: it has no elements to sort.")
    writer = _Writer(text, caret)
    writer.write(document.root, _places(document.root, lists))
    made = writer.text()
    fresh = parse(made)
    if fresh.problems or not same_values(document.root, fresh.root, any_order=True, as_sets=LISTS if lists else ()):
        raise Refused("It could not be proved that the text would mean the same: nothing was changed.")
    return Rewrite(made, writer.caret_then)


def statements_of(root: Node | None) -> tuple[Member, tuple[Node, ...]] | None:
    """The member Statement of a policy and its statements (one that stands without a list is one), None if there is no
    such member."""
    members = root.members if isinstance(root, ObjectNode) else ()
    member = next((m for m in reversed(members) if m.key.value == "Statement"), None)
    if member is None:
        return None
    return member, member.value.items if isinstance(member.value, ArrayNode) else (member.value,)


def _places(root: ObjectNode, lists: bool) -> dict[int, list[int]]:
    """For each container whose parts change places (by its start): which part comes where."""
    found = {root.start: _by_name(root, DOCUMENT_ELEMENTS)}
    _, statements = statements_of(root) or (None, ())
    for statement in statements:
        if not isinstance(statement, ObjectNode):
            continue
        found[statement.start] = _by_name(statement, STATEMENT_ELEMENTS)
        for member in statement.members if lists else ():
            items = member.value.items if isinstance(member.value, ArrayNode) else ()
            texts = [item.value for item in items if isinstance(item, StringNode)]
            if member.key.value in LISTS and len(texts) == len(items):
                ranked = sorted((text.casefold(), text, at) for at, text in enumerate(texts))
                found[member.value.start] = [at for _, _, at in ranked]
    return found


def _by_name(node: ObjectNode, names: tuple[str, ...]) -> list[int]:
    rank = {name: at for at, name in enumerate(names)}
    return sorted(range(len(node.members)), key=lambda at: (rank.get(node.members[at].key.value, len(names)), at))


class _Writer:
    """Copies a text with the parts of some containers in another order; what stands between parts stays in place."""

    def __init__(self, text: str, caret: int) -> None:
        self._source, self._caret = text, caret
        self._parts: list[str] = []
        self._length = 0
        self.caret_then = caret

    def text(self) -> str:
        return "".join(self._parts)

    def write(self, root: Node, places: dict[int, list[int]]) -> None:
        stack: list[Node | Span] = [Span(root.end, len(self._source)), root, Span(0, root.start)]
        while stack:
            part = stack.pop()
            if isinstance(part, Span):
                self._copy(part)
            elif isinstance(part, ArrayNode | ObjectNode) and part.start in places:
                stack += reversed(_shuffled(part, places[part.start]))
            elif isinstance(part, ArrayNode | ObjectNode):
                stack += reversed(_shuffled(part, None))
            else:
                self._copy(Span(part.start, part.end))

    def _copy(self, span: Span) -> None:
        if span.start <= self._caret <= span.end:
            self.caret_then = self._length + self._caret - span.start
        self._parts.append(self._source[span.start : span.end])
        self._length += span.end - span.start


def _shuffled(node: ArrayNode | ObjectNode, order: list[int] | None) -> list[Node | Span]:
    """A container in pieces: its own text between its parts in place, the parts in `order`."""
    if isinstance(node, ObjectNode):
        heads = [Span(m.key.start, m.value.start) for m in node.members]
        values: list[Node] = [m.value for m in node.members]
    else:
        heads = [Span(item.start, item.start) for item in node.items]
        values = list(node.items)
    found: list[Node | Span] = []
    done = node.start
    for at, to in enumerate(order if order is not None else range(len(values))):
        found += (Span(done, heads[at].start), heads[to], values[to])
        done = values[at].end
    found.append(Span(done, node.end))
    return found
