"""What a token that does not fit may mean, and what each of the meanings makes of the tree.

A reading is what it makes of what is open and where to read on (for the trial), and what to do if it wins: report one
mistake and change what is open. After some of them the same token is read `again`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from workbench.document.frames import CLOSER, OPENER, WORD, Frame
from workbench.document.layout import extra_closer, missing_closer
from workbench.document.nodes import Node, StringNode
from workbench.document.problems import Problems
from workbench.document.scanner import AFTER, COLON, NAME, VALUE, Scanner, Token
from workbench.document.trial import DEEPEST, Ahead, Shape, Shapes, ahead, follow, names_of, shapes_of

_MOST_TRIALS, _MOST_FAR_TRIALS, _NEAR_TOKENS = 400, 60, 16
_DEEPEST_UNSEEN = 4
BLANKS = re.compile(r"[ \t\n\r]*+")
_NEXT_MEMBER = re.compile(r'[ \t\n\r]*+,?+[ \t\n\r]*+"[^"\n\r]{0,200}"[ \t]*+:')


class Reading(NamedTuple):
    """`change` makes of what is open what is open after it; `at`: the first token to read then, 0 being the one that
    does not fit."""

    change: Callable[[Shapes], None]
    at: int
    take: Callable[[], None]


class Readings:
    """The state of one recovery and all that it may do with a token that does not fit."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.problems = Problems()
        self._report = self.problems.add
        self.scanner = Scanner(text, self.problems)
        self.stack: list[Frame] = []
        self.roots: list[Node] = []
        self.last_root: Frame | None = None
        self.patched: set[int] = set()  # starts of what has not both its brackets from the author
        self.last = 0  # the end of the token before
        self.again: Token | None = None
        self.repeats = 0
        self._trials = 0
        self._reopened = 0  # items of lists and objects that were opened again: a bound on that work

    def _extra_opening(self, place: int, bracket: str) -> None:
        self._report(place, place + 1, *_EXTRA_OPENING[bracket])

    def _missing(self, place: int, kind: str, message: str) -> None:
        """Something is missing behind the token that ends at `place`."""
        self._report(place, min(place + 1, len(self.text)), kind, message)

    # -- what is open -----------------------------------------------------------------------------------------------

    def _push(self, frame: Frame) -> None:
        self.stack.append(frame)

    def _pop(self, end: int) -> None:
        """Closes the innermost list or object at `end` and gives it to the one around it."""
        frame = self.stack.pop()
        node = frame.node(end)
        if frame.closer < 0 or frame.implicit:
            self.patched.add(frame.start)
        if self.stack:
            around = self.stack[-1]
            around.child, around.child_at = frame, len(around.items)
            around.put(node)
        else:
            self.last_root = frame
            self.roots.append(node)

    def _without_brace(self, name: StringNode) -> None:
        """Opens an object whose first name is `name` and whose brace is missing."""
        self._report(
            name.start,
            max(name.end, name.start + 1),
            "missing-opening-brace",
            "An opening brace { is missing before this name.",
        )
        self._push(Frame(True, name.start, implicit=True))
        self.stack[-1].take_name(name)

    # -- choosing ---------------------------------------------------------------------------------------------------

    def _choose(self, start: int, found: Iterator[Reading]) -> None:
        """Takes the reading that fits best what follows from `start` on; of several the first."""
        best = next(found)
        others = [] if self._unseen else list(found)
        if others:
            self._trials += 1
            shapes, whole = shapes_of(self.text, self.stack)
            tokens = self._ahead(start)
            least = float("inf")
            for reading in (best, *others):
                after = [shape.copy() for shape in shapes]
                reading.change(after)
                cost = follow(tokens, reading.at, after, whole, least)
                if cost < least:
                    least, best = cost, reading
        best.take()

    @property
    def _unseen(self) -> bool:
        """Whether so much was tried already that the first reading is taken without a trial."""
        return self._trials >= _MOST_TRIALS

    def _seen(self) -> int:
        """How many of the open lists and objects a reading may look at: the innermost few."""
        return min(len(self.stack), _DEEPEST_UNSEEN if self._unseen else DEEPEST)

    def _ahead(self, start: int) -> list[Ahead]:
        if self._trials > _MOST_FAR_TRIALS:
            return ahead(self.text, start, _NEAR_TOKENS)
        return ahead(self.text, start)

    def _repeat(self, token: Token) -> None:
        self.again = token

    # -- readings that several tokens share -------------------------------------------------------------------------

    def _extra_opener(self, token: Token, name: StringNode | None = None) -> Iterator[Reading]:
        """`[["a"], ...`: one of two brackets that open side by side is too many."""
        if len(self.stack) < 2 or not self._is_doubled(1 if name is None else 2):
            return
        if name is not None and not self.stack[-2].is_object:
            return
        frame = self.stack[-1]

        def change(shapes: Shapes) -> None:
            shapes.pop()
            around = shapes[-1]
            if name is None:
                around.expects = AFTER if frame.comma < 0 else NAME if around.is_object else VALUE
                around.comma = frame.comma >= 0
            else:
                around.expects = COLON

        def take() -> None:
            if name is not None:
                frame.items.pop()
            comma = frame.comma
            self._drop_opener()
            outer = self.stack[-1]
            if name is not None:
                outer.take_name(name)
            elif comma >= 0:
                outer.comma = comma
                outer.expects = NAME if outer.is_object else VALUE
            self._repeat(token)

        yield Reading(change, 0, take)

    def _is_doubled(self, items: int) -> bool:
        """Whether the innermost list or object has only one item, which opens right behind it with the same bracket."""
        frame = self.stack[-1]
        child = frame.last_child(items)
        return (
            child is not None
            and not frame.implicit
            and not frame.is_object
            and len(frame.items) == items
            and not child.is_object
            and BLANKS.fullmatch(self.text, frame.start + 1, child.start) is not None
        )

    def _drop_opener(self) -> None:
        """Takes the innermost list away from around its only item."""
        frame = self.stack.pop()
        self._extra_opening(frame.start, OPENER[frame.is_object])
        node = frame.items[0]
        if self.stack:
            around = self.stack[-1]
            around.child, around.child_at = frame.child, len(around.items)
            around.put(node)
        else:
            self.last_root = frame.child
            self.roots.append(node)

    def _doubled_opener(self) -> bool:
        """At the end of the text: drops the innermost bracket if it is one too many."""
        if not self.stack or self.stack[-1].comma >= 0 or not self._is_doubled(1):
            return False
        self._drop_opener()
        return True

    def _missing_opener(self, token: Token, name: StringNode | None = None) -> Iterator[Reading]:
        """`"Action": "a", "b"]`: the last value was the first item of a list. `name`: a second that seemed a name."""
        frame = self.stack[-1]
        if not frame.is_object or not frame.items:
            return
        comma = frame.comma

        def change(shapes: Shapes) -> None:
            shapes[-1].expects, shapes[-1].comma = AFTER, False
            shapes.append(Shape(False, AFTER if comma < 0 else VALUE))

        def take() -> None:
            frame.key = None
            frame.comma = -1
            child = frame.last_child()
            value = frame.take_back()
            self._report(
                value.start,
                min(value.start + 1, len(self.text)),
                "missing-opening-bracket",
                "An opening bracket [ is missing before this value.",
            )
            opened = Frame(False, value.start, implicit=True)
            opened.child, opened.child_at = child, 0
            opened.put(value)
            if name is not None:
                opened.put(name)
            elif comma >= 0:
                opened.comma, opened.expects = comma, VALUE
            self._push(opened)
            self._repeat(token)

        yield Reading(change, 0, take)

    def _other_opener(self, token: Token) -> Iterator[Reading]:
        """`{"a", "b"]`, `["a": 1}`: the innermost bracket should be the other one."""
        frame = self.stack[-1]
        if frame.implicit or (frame.is_object and frame.items):
            return
        if not frame.is_object and (len(frame.items) != 1 or not isinstance(frame.items[0], StringNode)):
            return

        def change(shapes: Shapes) -> None:
            top = shapes[-1]
            top.is_object = not top.is_object
            top.expects = COLON if top.is_object else AFTER if frame.key is not None else VALUE

        def take() -> None:
            self.patched.add(frame.start)
            self._report(frame.start, frame.start + 1, "wrong-bracket", _OTHER_OPENER[frame.is_object])
            if frame.is_object:
                frame.is_object = False
                key, frame.key = frame.key, None
                frame.expects = VALUE
                if key is not None:
                    frame.put(key)
            else:
                frame.is_object = True
                frame.take_name(frame.items.pop())
            self._repeat(token)

        yield Reading(change, 0, take)

    def _reopened_child(self, token: Token, name: StringNode | None = None) -> Iterator[Reading]:
        """`["a"], "b"]`, `{...}, "c": 1}`: the bracket that closed the last list or object is one too many. `name`: the
        string read since, which is the next item of that list or name in that object."""
        frame = self.stack[-1]
        child = frame.last_child(1 if name is None or frame.is_object else 2)
        if child is None or self._reopened + len(child.items) > len(self.text):
            return
        if name is not None and child.is_object and name.value in names_of(child):
            return  # it has that name already: another object begins
        comma = frame.comma

        def change(shapes: Shapes) -> None:
            shapes[-1].expects, shapes[-1].comma = AFTER, False
            inner = shapes_of(self.text, [child])[0][0]
            if name is None:
                inner.expects = AFTER if comma < 0 else NAME if child.is_object else VALUE
            else:
                inner.expects = COLON if child.is_object else AFTER
            inner.comma = False
            shapes.append(inner)

        def take() -> None:
            if name is not None:
                if frame.is_object:
                    frame.key = None
                else:
                    frame.items.pop()
            frame.take_back()
            frame.comma = -1
            self._reopen(child)
            if name is not None and child.is_object:
                child.take_name(name)
            elif name is not None:
                child.put(name)
            elif comma >= 0:
                child.comma = comma
                child.expects = NAME if child.is_object else VALUE
            self._repeat(token)

        yield Reading(change, 0, take)

    def _reopen(self, child: Frame) -> None:
        """Opens again what a bracket too many has closed."""
        self._reopened += len(child.items)
        self.patched.add(child.start)
        self._too_many(child.closer, CLOSER[child.is_object], child)
        child.closer = -1
        child.expects = AFTER
        self._push(child)

    def _resume(self) -> None:
        """Opens the document again if the text behind it goes on with its next member."""
        root = self.last_root
        if root is None or not root.is_object or root.closer < 0 or self._reopened + len(root.items) > len(self.text):
            return
        if len(self.roots) != 1 or _NEXT_MEMBER.match(self.text, self.scanner.pos) is None:
            return
        self.roots.pop()
        self._reopen(root)

    def _too_many(self, place: int, bracket: str, closed: Frame | None) -> None:
        """`closed`: the last that was closed before it or by it; the bracket too many may be an earlier one."""
        odd = -1 if self.problems.full else extra_closer(self.text, closed, place)
        if odd >= 0 and self.text[odd] == bracket:
            place = odd
        self._report(
            place,
            place + 1,
            f"extra-closing-{WORD[bracket]}",
            f"There is one closing {WORD[bracket]} {bracket} too many here; remove it.",
        )

    def _closed(self, count: int, at: int, token: Token) -> Iterator[Reading]:
        """The innermost `count` lists and objects should have ended before the token."""
        frame = self.stack[-1]
        if self._seen() <= count:
            return

        def change(shapes: Shapes) -> None:
            del shapes[-count:]
            around = shapes[-1]
            around.expects, around.comma = AFTER, False
            if frame.comma >= 0 or token.kind == "{":
                around.expects = NAME if around.is_object else VALUE
                around.comma = frame.comma >= 0

        def take() -> None:
            comma = frame.comma
            wanted = CLOSER[frame.is_object]
            place = -1 if self.problems.full else missing_closer(self.text, frame)
            self._missing(
                place if place >= 0 else comma if comma >= 0 else self.last,
                f"missing-closing-{WORD[wanted]}",
                f"A closing {WORD[wanted]} {wanted} is missing after this value.",
            )
            frame.comma = -1
            self._settle(frame)
            for _ in range(count):
                self._pop(self.last)
            around = self.stack[-1]
            if comma >= 0:
                around.comma = comma
            if comma >= 0 or token.kind == "{":  # that a comma is missing too need not be said
                around.expects = NAME if around.is_object else VALUE
            self._repeat(token)

        yield Reading(change, at, take)

    def _settle(self, frame: Frame) -> None:
        raise NotImplementedError


_EXTRA_OPENING = {
    bracket: (f"extra-opening-{word}", f"There is one opening {word} {bracket} too many here; remove it.")
    for bracket, word in WORD.items()
}
_OTHER_OPENER = {
    True: "Write [ here; { does not open a list.",
    False: "Write { here; [ does not open an object.",
}


def expecting(expects: int, comma: bool | None = None) -> Callable[[Shapes], None]:
    """A change after which the innermost list or object waits for something else; `comma`: whether behind a comma."""

    def change(shapes: Shapes) -> None:
        shapes[-1].expects = expects
        if comma is not None:
            shapes[-1].comma = comma

    return change


def unchanged(shapes: Shapes) -> None:
    """The token is passed over."""


def shown(key: StringNode | None) -> str:
    """A name as the messages show it: short and printable."""
    value = "" if key is None else key.value
    value = value if len(value) <= 60 else value[:57] + "..."
    return '"' + "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in value) + '"'
