"""Reads a text that is not JSON: the tree a person would still see, and every mistake at the author's place.

One loop, an explicit stack, one token at a time. A token that does not fit is judged by what is open and by what
follows it (peek.py); each guess is reported where the author has to act: what is missing at the end of the token
before, what is too much at itself. Linear in the text; never raises.
"""

from __future__ import annotations

from typing import Any

from workbench.document import peek
from workbench.document.nodes import (
    ArrayNode,
    Document,
    Member,
    MissingNode,
    Node,
    ObjectNode,
    StringNode,
)
from workbench.document.problems import Problems
from workbench.document.scanner import AFTER, COLON, END, NAME, TOP, VALUE, Scanner, Token

_CLOSER = {True: "}", False: "]"}
_NAMES = {"{": "brace", "}": "brace", "[": "bracket", "]": "bracket"}


class _Frame:
    """An open list or object. `expects` is NAME, COLON, VALUE or AFTER; `comma` the place of a comma that nothing
    followed yet, else -1; `implicit` if its opening bracket is missing."""

    __slots__ = ("colon", "comma", "expects", "implicit", "is_object", "items", "key", "start")

    def __init__(self, is_object: bool, start: int, implicit: bool = False) -> None:
        self.is_object = is_object
        self.start = start
        self.implicit = implicit
        self.items: list[Any] = []
        self.expects = NAME if is_object else VALUE
        self.key: StringNode | None = None
        self.colon = start
        self.comma = -1

    def put(self, node: Node) -> None:
        """Adds a whole value."""
        self.items.append(Member(self.key, node) if self.is_object and self.key is not None else node)
        self.key = None
        self.expects = AFTER
        self.comma = -1


class _Recovery:
    def __init__(self, text: str) -> None:
        self.text = text
        self.problems = Problems()
        self.scanner = Scanner(text, self.problems)
        self.stack: list[_Frame] = []
        self.open_lists = 0
        self.open_objects = 0
        self.roots: list[Node] = []
        self.last = 0  # the end of the token before

    # -- the loop ---------------------------------------------------------------------------------------------------

    def run(self) -> Document:
        """Reads the whole text."""
        scanner, stack = self.scanner, self.stack
        while True:
            token = scanner.next(stack[-1].expects if stack else END if self.roots else TOP)
            kind = token.kind
            if kind in ("value", "name"):
                self._value(token)
                self.last = token.end
            elif kind in "{[":
                self._open(token)
                self.last = token.end
            elif kind == ",":
                self._comma(token)
            elif kind == ":":
                self._colon(token)
                self.last = token.end
            elif kind == "end":
                self._end()
                break
            else:
                self._closer(token)
        root = self.roots[0] if self.roots else None
        return Document(self.text, root, self.problems.sorted(), self.problems.left_out, tuple(self.roots[1:]))

    def _report(self, start: int, end: int, kind: str, message: str) -> None:
        self.problems.add(start, end, kind, message)

    def _missing(self, place: int, kind: str, message: str) -> None:
        """Something is missing behind the token that ends at `place`."""
        self.problems.add(place, min(place + 1, len(self.text)), kind, message)

    # -- values -----------------------------------------------------------------------------------------------------

    def _value(self, token: Token) -> None:
        node = token.node
        assert node is not None
        if not self.stack:
            self._root(node)
            return
        frame = self.stack[-1]
        if not frame.is_object:
            if frame.expects == AFTER:
                self._missing(self.last, "missing-comma", "A comma is missing after this value.")
            frame.put(node)
        elif frame.expects == VALUE:
            if isinstance(node, StringNode) and self._is_next_name(frame, token):
                self._missing(
                    frame.colon, "missing-value", f"The value of {_name(frame.key)} is missing after this colon."
                )
                frame.put(MissingNode(frame.colon, frame.colon))
                self._take_name(frame, node)
            else:
                frame.put(node)
        elif frame.expects == COLON:
            assert frame.key is not None
            if isinstance(node, StringNode) and self.scanner.followed_by_colon():
                self._lacks_value(frame)
                self._take_name(frame, node)
            else:
                self._missing(frame.key.end, "missing-colon", f"A colon is missing after the name {_name(frame.key)}.")
                frame.put(node)
        else:
            if frame.expects == AFTER and isinstance(node, StringNode):
                self._missing(self.last, "missing-comma", "A comma is missing after this value.")
            if isinstance(node, StringNode):
                self._take_name(frame, node)
            elif self.scanner.followed_by_colon():
                self._report(
                    node.start, node.end, "unquoted-name", "A name in an object needs double quotes around it."
                )
                self._take_name(frame, StringNode(node.start, node.end, self.text[node.start : node.end]))
            else:
                self._nameless(frame, node.start)
                frame.put(node)

    def _is_next_name(self, frame: _Frame, token: Token) -> bool:
        """Whether this string is not the value awaited but the name of the next member, on a line of its own."""
        between = self.text[frame.colon : token.start]
        return ("\n" in between or "\r" in between) and self.scanner.followed_by_colon()

    def _take_name(self, frame: _Frame, node: StringNode) -> None:
        frame.key = node
        frame.expects = COLON
        frame.comma = -1

    def _nameless(self, frame: _Frame, start: int) -> None:
        """A value of an object begins at `start` where its name should."""
        self._report(start, start + 1, "missing-name", 'This value has no name; write "name": before it.')
        frame.key = StringNode(start, start, "")

    def _lacks_value(self, frame: _Frame) -> None:
        """The name of `frame` stands without colon and value."""
        key = frame.key
        assert key is not None
        self._missing(key.end, "missing-value", f"A colon and a value are missing after the name {_name(key)}.")
        frame.put(MissingNode(key.end, key.end))

    def _root(self, node: Node) -> None:
        """A whole value outside of everything."""
        self.roots.append(node)

    # -- brackets ---------------------------------------------------------------------------------------------------

    def _open(self, token: Token) -> None:
        is_object = token.kind == "{"
        stack = self.stack
        if stack and stack[-1].is_object and stack[-1].expects in (NAME, AFTER) and is_object:
            # `{..., {` in a list: the object before lacks its closing brace.
            frame = stack[-1]
            if len(stack) > 1 and not stack[-2].is_object and frame.items:
                comma = frame.comma
                self._missing(
                    comma if comma >= 0 else self.last,
                    "missing-closing-brace",
                    "A closing brace } is missing after this value.",
                )
                self._pop(self.last)
                stack[-1].expects = VALUE
        if not stack:
            if len(self.roots) == 1:
                self._report(
                    token.start,
                    token.end,
                    "second-document",
                    "A second document begins here; merge the two into one object or remove one.",
                )
        else:
            frame = stack[-1]
            if frame.expects == AFTER and not frame.is_object:
                self._missing(self.last, "missing-comma", "A comma is missing after this value.")
            if frame.is_object:
                if frame.expects == COLON:
                    self._missing(self.last, "missing-colon", f"A colon is missing after the name {_name(frame.key)}.")
                elif frame.expects != VALUE:
                    self._nameless(frame, token.start)
        self._push(_Frame(is_object, token.start))

    def _push(self, frame: _Frame) -> None:
        self.stack.append(frame)
        if frame.is_object:
            self.open_objects += 1
        else:
            self.open_lists += 1

    def _pop(self, end: int) -> Node:
        """Closes the innermost list or object at `end` and gives it to the one around it."""
        frame = self.stack.pop()
        node: Node
        if frame.is_object:
            self.open_objects -= 1
            node = ObjectNode(frame.start, max(end, frame.start), tuple(frame.items))
        else:
            self.open_lists -= 1
            node = ArrayNode(frame.start, max(end, frame.start), tuple(frame.items))
        if self.stack:
            self.stack[-1].put(node)
        else:
            self._root(node)
        return node

    def _settle(self, frame: _Frame) -> None:
        """Reports what the innermost list or object still waits for when it closes."""
        if frame.comma >= 0:
            self._report(frame.comma, frame.comma + 1, "trailing-comma", "This comma has nothing after it; remove it.")
            frame.comma = -1
        if frame.is_object and frame.expects == COLON:
            self._lacks_value(frame)
        elif frame.is_object and frame.expects == VALUE:
            self._missing(frame.colon, "missing-value", f"The value of {_name(frame.key)} is missing after this colon.")
            frame.put(MissingNode(frame.colon, frame.colon))

    def _closer(self, token: Token) -> None:
        stack = self.stack
        wants_object = token.kind == "}"
        if stack and stack[-1].is_object == wants_object:
            self._settle(stack[-1])
            self._pop(token.end)
        else:
            verdict = peek.EXTRA
            if stack:
                verdict = self._judge(token)
            if verdict == peek.EXTRA:
                self._report(
                    token.start,
                    token.end,
                    f"extra-closing-{_NAMES[token.kind]}",
                    f"There is one closing {_NAMES[token.kind]} {token.kind} too many here; remove it.",
                )
            elif verdict == peek.OTHER_BRACKET:
                self._settle(stack[-1])
                wanted = _CLOSER[stack[-1].is_object]
                self._report(
                    token.start,
                    token.end,
                    "wrong-bracket",
                    f"Write {wanted} here; {token.kind} does not close what is open.",
                )
                self._pop(token.end)
            else:
                self._settle(stack[-1])
                self._close_down_to(wants_object)
                self._pop(token.end)
        self.last = token.end

    def _close_down_to(self, wants_object: bool) -> None:
        """Closes what is open inside the innermost object (or list), and says once what is missing."""
        wanted = _CLOSER[not wants_object]
        self._missing(
            self.last,
            f"missing-closing-{_NAMES[wanted]}",
            f"A closing {_NAMES[wanted]} {wanted} is missing after this value.",
        )
        while self.stack[-1].is_object != wants_object:
            self._pop(self.last)

    def _judge(self, token: Token) -> int:
        """What a bracket that does not close the innermost list or object was meant to be."""
        stack = self.stack
        wants_object = token.kind == "}"
        top = stack[-1]
        # Around the innermost list or object that the bracket could close: None for the top.
        around: bool | None = None
        can_close = bool(self.open_objects if wants_object else self.open_lists)
        if can_close and len(stack) > 1 and stack[-2].is_object == wants_object:
            around = stack[-3].is_object if len(stack) > 2 else None
        elif can_close:
            return peek.CLOSES
        outside = stack[-2].is_object if len(stack) > 1 else None
        between = self.text[self.last : token.start]
        same_line = "\n" not in between and "\r" not in between
        return peek.judge(self.text, token.end, top.is_object, outside, around, can_close, same_line)

    # -- commas and colons ------------------------------------------------------------------------------------------

    def _comma(self, token: Token) -> None:
        start, end = token.start, token.end
        if not self.stack:
            if not peek.bracket_follows(self.text, end):
                self._report(start, end, "text-after", "This comma does not belong to the policy; remove it.")
            return
        frame = self.stack[-1]
        if frame.expects == AFTER:
            frame.expects = NAME if frame.is_object else VALUE
            frame.comma = start
        elif frame.is_object and frame.expects in (VALUE, COLON):
            self._settle(frame)
            frame.expects = NAME
            frame.comma = start
        else:
            self._report(start, end, "extra-comma", "There is nothing before this comma; remove it.")

    def _colon(self, token: Token) -> None:
        start, end = token.start, token.end
        if not self.stack:
            last = self.roots[-1] if self.roots else None
            if not isinstance(last, StringNode):
                self._report(start, end, "extra-colon", "This colon has no name before it; remove it.")
                return
            self.roots.pop()
            self._without_brace(last)
        frame = self.stack[-1]
        if not frame.is_object:
            if frame.expects != AFTER or not isinstance(frame.items[-1], StringNode):
                self._report(start, end, "extra-colon", "This colon has no name before it; remove it.")
                return
            frame = self._name_in_list(frame)
        if frame.expects == COLON:
            frame.expects = VALUE
        elif frame.expects == NAME:
            self._report(start, end, "missing-name", "The name before this colon is missing.")
            self._take_name(frame, StringNode(start, start, ""))
            frame.expects = VALUE
        elif frame.expects == AFTER and isinstance(frame.items[-1].value, StringNode):
            # "Sid": "Effect": "Allow": the value was the name of the next member.
            member = frame.items.pop()
            self._missing(member.key.end, "missing-value", f"The value of {_name(member.key)} is missing.")
            frame.items.append(Member(member.key, MissingNode(member.key.end, member.key.end)))
            frame.key = member.value
            frame.expects = VALUE
        else:
            self._report(start, end, "extra-colon", "This colon has no name before it; remove it.")
            return
        frame.colon = end

    def _name_in_list(self, frame: _Frame) -> _Frame:
        """The innermost list has a name as its last item: it was to end before it, or an object was to begin there."""
        name = frame.items.pop()
        before = frame.items[-1] if frame.items else None
        around = self.stack[-2] if len(self.stack) > 1 else None
        if around is not None and around.is_object and before is not None and not isinstance(before, ObjectNode):
            self._missing(before.end, "missing-closing-bracket", "A closing bracket ] is missing after this value.")
            self._pop(before.end)
            self._take_name(around, name)
            return around
        frame.expects = VALUE
        self._without_brace(name)
        return self.stack[-1]

    def _without_brace(self, name: StringNode) -> None:
        """Opens an object whose first name is `name` and whose brace is missing."""
        self._report(
            name.start,
            max(name.end, name.start + 1),
            "missing-opening-brace",
            "An opening brace { is missing before this name.",
        )
        self._push(_Frame(True, name.start, implicit=True))
        self._take_name(self.stack[-1], name)

    # -- the end ----------------------------------------------------------------------------------------------------

    def _end(self) -> None:
        """The text is over: one mistake, however much is open."""
        if not self.stack:
            if not self.roots and not self.problems.kept:
                self._report(0, min(1, len(self.text)), "empty", "The document is empty; a policy is a JSON object.")
            return
        top = self.stack[-1]
        closers = "".join(_CLOSER[frame.is_object] for frame in reversed(self.stack[-8:]) if not frame.implicit)
        count = sum(not frame.implicit for frame in self.stack)
        place = max(self.last, top.comma + 1)
        if top.is_object and top.expects == VALUE:
            message = f"The text ends before the value of {_name(top.key)}; write the value"
        elif top.is_object and top.expects == COLON:
            message = f"The text ends after the name {_name(top.key)}; write a colon and its value"
        else:
            message = "The text ends too early"
        if count:
            many = f"{count} closing brackets" if count > 8 else f"the missing {closers}"
            message += f" and {many} after it" if "write" in message else f"; write {many} here"
        if not self.scanner.cut_in_string and (count or "write" in message):
            self._missing(place, "cut-off", message + ".")
        if top.is_object and top.expects in (VALUE, COLON):
            top.put(MissingNode(place, place))
        while self.stack:
            self._pop(place)


def _name(key: StringNode | None) -> str:
    """A name as the messages show it: short and printable."""
    value = "" if key is None else key.value
    value = value if len(value) <= 60 else value[:57] + "..."
    return '"' + "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in value) + '"'


def recover(text: str) -> Document:
    """The tree of any text and what is wrong with it. Never raises; linear in the text."""
    return _Recovery(text).run()
