"""HCL to blocks and trees: just the forms that policies are written in. What needs a run of Terraform is Unknown.

Tolerant: what fits no form is passed over. Nesting is bounded. Source: the HCL native syntax specification.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from workbench.embedded.hcl_tokens import LINE_END, NAME, NUMBER, SIGN, TEXT, Token, tokens_of
from workbench.embedded.tree import Fields, Items, Literal, Node, Text, Unknown, short

DEEPEST = 60
_LITERALS = {"true": True, "false": False, "null": None}
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")


@dataclass(slots=True)
class Block:
    """`type "label" … { … }`. `attributes`: the name and what it is said to be; `beside`: further values that stand in
    an expression which is not known as a whole, under the attribute's name."""

    type: str
    labels: tuple[str, ...]
    start: int
    end: int
    attributes: list[tuple[Text, Node]] = field(default_factory=list)
    beside: list[tuple[Text, Node]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def get(self, name: str) -> tuple[Text, Node] | None:
        """The last attribute of this name, with its name's place."""
        return next((found for found in reversed(self.attributes) if found[0].value == name), None)


def read_hcl(source: str) -> Block:
    """The file as one block without a type. Never raises, linear."""
    tokens = tokens_of(source)
    file = Block("", (), 0, len(source))
    open_blocks = [file]
    reader = _Reader(source, tokens)
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind == SIGN and token.written == "}":
            if len(open_blocks) > 1:
                open_blocks.pop().end = token.end
            at += 1
            continue
        if token.kind != NAME:
            at += 1
            continue
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        if following is not None and following.kind == SIGN and following.written == "=":
            name = Text(token.start, token.end, token.written)
            reader.beside = []
            value, at = reader.value(at + 2, 0)
            open_blocks[-1].attributes.append((name, value))
            open_blocks[-1].beside += [(name, node) for node in reader.beside]
            continue
        labels, after = _labels(tokens, at + 1)
        if after is not None:
            block = Block(token.written, labels, token.start, len(source))
            open_blocks[-1].blocks.append(block)
            open_blocks.append(block)
            at = after
            continue
        at += 1
    return file


def _labels(tokens: list[Token], at: int) -> tuple[tuple[str, ...], int | None]:
    """The labels of a block and the token behind its `{`; None if there is none."""
    labels: list[str] = []
    while at < len(tokens):
        token = tokens[at]
        if token.kind == SIGN and token.written == "{":
            return tuple(labels), at + 1
        if token.text is not None:
            labels.append(token.text.value)
        elif token.kind == NAME:
            labels.append(token.written)
        else:
            break
        at += 1
    return (), None


class _Reader:
    """Reads one expression at a time. Every method takes the token it begins at and gives the one behind."""

    def __init__(self, source: str, tokens: list[Token]) -> None:
        self.source, self.tokens = source, tokens
        self.beside: list[Node] = []
        # Each is read once, however many expressions around it turn out to be unknown.
        self._read: dict[int, tuple[Node | None, int]] = {}

    def _sign(self, at: int) -> str:
        if at >= len(self.tokens):
            return "end"
        token = self.tokens[at]
        return token.written if token.kind == SIGN else "line" if token.kind == LINE_END else ""

    def value(self, at: int, depth: int) -> tuple[Node, int]:
        """The value of an expression; one that goes on behind its first part is Unknown."""
        if at >= len(self.tokens):
            return Unknown(len(self.source), len(self.source), ""), at
        node, after = self._part(at, depth)
        if node is not None and self._sign(after) in ("line", "end", ",", ")", "]", "}"):
            return node, after
        return self._unknown(at, depth)

    def _part(self, at: int, depth: int) -> tuple[Node | None, int]:
        token = self.tokens[at]
        if token.kind == TEXT:
            return token.text, at + 1
        if token.kind == NUMBER:
            return Text(token.start, token.end, token.written), at + 1
        if token.kind == NAME and token.written in _LITERALS:
            return Literal(token.start, token.end, _LITERALS[token.written]), at + 1
        if depth >= DEEPEST:
            return None, at
        if token.kind == NAME and token.written == "jsonencode" and self._sign(at + 1) == "(":
            return self._encoded(at, depth)
        if token.kind == SIGN and token.written in "[{":
            inside = self._past_lines(at + 1)
            if inside < len(self.tokens) and self.tokens[inside].written == "for" and self._sign(inside + 1) == "":
                return None, at
            return self._list(at, depth) if token.written == "[" else self._table(at, depth)
        return None, at

    def _encoded(self, at: int, depth: int) -> tuple[Node | None, int]:
        """`jsonencode(…)`: what is encoded."""
        if at not in self._read:
            node, after = self.value(self._past_lines(at + 2), depth + 1)
            after = self._past_lines(after)
            self._read[at] = (node, after + 1) if self._sign(after) == ")" else (None, at)
        return self._read[at]

    def _list(self, at: int, depth: int) -> tuple[Node, int]:
        start, items = self.tokens[at].start, []
        at = self._past_lines(at + 1)
        while self._sign(at) not in ("]", "end"):
            item, after = self.value(at, depth + 1)
            items.append(item)
            at = self._next(at, after)
        return Items(start, self._end(at), tuple(items)), at + 1

    def _table(self, at: int, depth: int) -> tuple[Node, int]:
        start = self.tokens[at].start
        fields: list[tuple[Text, Node]] = []
        at = self._past_lines(at + 1)
        while self._sign(at) not in ("}", "end"):
            token = self.tokens[at]
            if self._sign(at + 1) in ("=", ":") and token.kind in (NAME, TEXT, NUMBER):
                key = token.text or Text(token.start, token.end, token.written)
                value, after = self.value(at + 2, depth + 1)
                fields.append((key, value))
            else:  # (expression) = value, or no field at all
                _, after = self._unknown(at, depth + 1)
            at = self._next(at, after)
        return Fields(start, self._end(at), tuple(fields)), at + 1

    def _next(self, before: int, after: int) -> int:
        """Past what separates two entries; always on."""
        at = self._past_lines(after)
        at = self._past_lines(at + 1) if self._sign(at) == "," else at
        return at if at > before else before + 1

    def _past_lines(self, at: int) -> int:
        while at < len(self.tokens) and self.tokens[at].kind == LINE_END:
            at += 1
        return at

    def _end(self, at: int) -> int:
        return self.tokens[at].end if at < len(self.tokens) else len(self.source)

    def _unknown(self, at: int, depth: int) -> tuple[Node, int]:
        """The rest of an expression, up to the end of its line or to what closes or separates it."""
        first, open_brackets, last = at, 0, at
        looks_inside = depth < DEEPEST
        while at < len(self.tokens):
            sign = self._sign(at)
            if open_brackets == 0 and (sign in ("line", ",") or sign in _CLOSE):
                break
            token = self.tokens[at]
            if token.kind == NAME and token.written == "jsonencode" and looks_inside and self._sign(at + 1) == "(":
                node, after = self._encoded(at, depth + 1)
                if node is not None:
                    self.beside.append(node)
                    last, at = after - 1, after
                    continue
                looks_inside = False  # it is not closed; to try each of many would be quadratic
            open_brackets += (sign in _OPEN) - (sign in _CLOSE)
            if sign != "line":
                last = at
            at += 1
        if first >= len(self.tokens) or at == first:
            place = self.tokens[first].start if first < len(self.tokens) else len(self.source)
            return Unknown(place, place, ""), at
        start, end = self.tokens[first].start, self.tokens[last].end
        return Unknown(start, end, short(self.source[start:end])), at
