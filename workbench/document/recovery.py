"""Reads a text that is not JSON: the tree a person would still see, and every mistake at the author's place.

One loop, an explicit stack, one token at a time. A token that does not fit may be read in several ways: something is
missing before it, it is another sign than was meant, it is one too many, or what stands before it is not what it
seemed (misfits.py). Each reading is tried on what follows (trial.py) and the one after which the least is wrong is
taken. What is missing is reported at the end of the token before, what is too much at itself. Linear in the text: a
trial looks a bounded way ahead, and after a number of trials the first reading is taken unseen. Never raises.
"""

from __future__ import annotations

import re

from workbench.document.frames import CLOSER, Frame
from workbench.document.misfits import Misfits
from workbench.document.nodes import Document, MissingNode, Problem, StringNode
from workbench.document.readings import shown
from workbench.document.scanner import AFTER, COLON, END, NAME, TOP, VALUE, Token
from workbench.patience import check

_MOST_AGAIN = 4
_ESCAPED = re.compile(r"[ \t\n\r]*+[{\[](?:[ \t\n\r{\[]|\\[nrt])*+(\\)\"")


class _Recovery(Misfits):
    """Reads one text."""

    def run(self) -> Document:
        """Reads the whole text."""
        scanner, stack = self.scanner, self.stack
        while True:
            if self.again is not None and self.repeats < _MOST_AGAIN:
                token, self.again = self.again, None
                self.repeats += 1
            else:
                self.again = None
                self.repeats = 0
                if self.roots and not stack:
                    self._resume()
                token = scanner.next(stack[-1].expects if stack else END if self.roots else TOP)
            kind = token.kind
            if kind in "{[":
                check()
                self._open(token)
            elif kind in ("value", "name"):
                self._value(token)
            elif kind == ",":
                self._comma(token)
                continue
            elif kind == ":":
                self._colon(token)
            elif kind == "end":
                self._end()
                break
            else:
                self._closer(token)
            if self.again is None and token.end > self.last:
                self.last = token.end
        root = self.roots[0] if self.roots else None
        problems = self.problems
        return Document(
            self.text, root, problems.sorted(), problems.left_out, tuple(self.roots[1:]), frozenset(self.patched)
        )

    # -- values -----------------------------------------------------------------------------------------------------

    def _value(self, token: Token) -> None:
        node = token.node
        assert node is not None
        if not self.stack:
            self.roots.append(node)
            return
        frame = self.stack[-1]
        named = isinstance(node, StringNode) and self.scanner.followed_by_colon()
        if not frame.is_object:
            if frame.expects == AFTER:
                self._missing(self.last, "missing-comma", "A comma is missing after this value.")
            frame.put(node)
        elif frame.expects == VALUE:
            if isinstance(node, StringNode) and named:
                self._name_for_value(token, node)
            else:
                frame.put(node)
        elif frame.expects == COLON:
            assert frame.key is not None
            if isinstance(node, StringNode) and named:
                self._lacks_value(frame)
                frame.take_name(node)
            else:
                self._missing(frame.key.end, "missing-colon", f"A colon is missing after the name {shown(frame.key)}.")
                frame.put(node)
        elif isinstance(node, StringNode):
            if frame.expects == AFTER:
                self._missing(self.last, "missing-comma", "A comma is missing after this value.")
            frame.take_name(node)
        elif self.scanner.followed_by_colon():
            self._report(node.start, node.end, "unquoted-name", "A name in an object needs double quotes around it.")
            frame.take_name(StringNode(node.start, node.end, self.text[node.start : node.end]))
        else:
            self._scalar_for_name(token, node)

    def _lacks_value(self, frame: Frame) -> None:
        """The name of `frame` stands without colon and value."""
        key = frame.key
        assert key is not None
        self._missing(key.end, "missing-value", f"A colon and a value are missing after the name {shown(key)}.")
        frame.put(MissingNode(key.end, key.end))

    # -- brackets ---------------------------------------------------------------------------------------------------

    def _open(self, token: Token) -> None:
        is_object = token.kind == "{"
        stack = self.stack
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
            elif frame.is_object and frame.expects == COLON:
                self._missing(self.last, "missing-colon", f"A colon is missing after the name {shown(frame.key)}.")
            elif frame.is_object and frame.expects != VALUE and not self._bracket_for_name(token):
                return
        self._push(Frame(is_object, token.start))

    def _settle(self, frame: Frame) -> None:
        """Reports what the innermost list or object still waits for when it closes."""
        if frame.comma >= 0:
            self._report(frame.comma, frame.comma + 1, "trailing-comma", "This comma has nothing after it; remove it.")
            frame.comma = -1
        if frame.is_object and frame.expects == COLON:
            self._lacks_value(frame)
        elif frame.is_object and frame.expects == VALUE:
            self._missing(frame.colon, "missing-value", f"The value of {shown(frame.key)} is missing after this colon.")
            frame.put(MissingNode(frame.colon, frame.colon))

    def _closer(self, token: Token) -> None:
        stack = self.stack
        if stack and stack[-1].is_object == (token.kind == "}"):
            self._settle(stack[-1])
            stack[-1].closer = token.start
            self._pop(token.end)
        else:
            self._odd_closer(token)

    # -- commas and colons ------------------------------------------------------------------------------------------

    def _comma(self, token: Token) -> None:
        start, end = token.start, token.end
        if not self.stack:
            if not self._opens_next(end):
                self._report(start, end, "text-after", "This comma does not belong to the policy; remove it.")
            return
        frame = self.stack[-1]
        if frame.expects == AFTER:
            frame.expects = NAME if frame.is_object else VALUE
            frame.comma = start
        elif frame.is_object and frame.expects in (VALUE, COLON):
            self._odd_comma(token)
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
        if frame.is_object and frame.expects == COLON:
            frame.expects = VALUE
            frame.colon = end
        else:
            self._odd_colon(token)

    # -- the end ----------------------------------------------------------------------------------------------------

    def _end(self) -> None:
        """The text is over: one mistake, however much is open."""
        while self._doubled_opener():
            pass
        if not self.stack:
            if not self.roots and not self.problems.kept:
                self._report(0, min(1, len(self.text)), "empty", "The document is empty; a policy is a JSON object.")
            return
        top = self.stack[-1]
        closers = "".join(CLOSER[frame.is_object] for frame in reversed(self.stack[-8:]) if not frame.implicit)
        count = sum(not frame.implicit for frame in self.stack)
        place = max(self.last, top.comma + 1)
        if top.is_object and top.expects == VALUE:
            message = f"The text ends before the value of {shown(top.key)}; write the value"
        elif top.is_object and top.expects == COLON:
            message = f"The text ends after the name {shown(top.key)}; write a colon and its value"
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


def recover(text: str) -> Document:
    """The tree of any text and what is wrong with it. Never raises; linear in the text."""
    escaped = _ESCAPED.match(text)
    if escaped is not None:
        at = escaped.start(1)
        message = "This JSON was taken out of a string: remove the backslash before each of its quotes."
        return Document(text, None, (Problem(at, at + 1, "escaped-json", message),))
    return _Recovery(text).run()
