"""What is made of a token that does not fit, token by token: its readings in the order of preference."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from workbench.document.frames import CLOSER, Frame
from workbench.document.nodes import ArrayNode, MissingNode, Node, ObjectNode, StringNode
from workbench.document.readings import BLANKS, Reading, Readings, expecting, shown, unchanged
from workbench.document.scanner import AFTER, COLON, NAME, VALUE, Token
from workbench.document.trial import Shape, Shapes

_BRACKET = re.compile(r"[ \t\n\r]*+[{\[]")


class Misfits(Readings):
    """Chooses between the readings of a name, bracket, comma or colon that does not fit."""

    # -- values and openers where a name should stand ---------------------------------------------------------------

    def _name_for_value(self, token: Token, node: StringNode) -> None:
        """A string with a colon behind it where the value of another name should stand."""
        frame = self.stack[-1]

        def no_value() -> None:
            self._missing(frame.colon, "missing-value", f"The value of {shown(frame.key)} is missing after this colon.")
            frame.put(MissingNode(frame.colon, frame.colon))
            frame.take_name(node)

        def no_brace() -> None:
            self._without_brace(node)

        def no_comma() -> None:
            frame.put(node)
            colon = BLANKS.match(self.text, node.end).end()  # type: ignore[union-attr]
            self._report(colon, colon + 1, "wrong-separator", "Write a comma in place of this colon.")
            frame.expects, frame.comma = NAME, colon
            self.scanner.pos = colon + 1

        found = [
            Reading(_named(node), 1, no_value),
            Reading(_object_begun(node), 1, no_brace),
            Reading(expecting(NAME), 2, no_comma),
        ]
        between = self.text[frame.colon : token.start]
        self._choose(token.start, iter(found) if "\n" in between or "\r" in between else reversed(found))

    def _scalar_for_name(self, token: Token, node: Node) -> None:
        """A number or literal where a name should stand."""
        frame = self.stack[-1]

        def nameless() -> None:
            self._nameless(frame, node.start)
            frame.put(node)

        def readings() -> Iterator[Reading]:
            yield from self._missing_opener(token)
            yield from self._other_opener(token)
            yield Reading(expecting(AFTER), 1, nameless)

        self._choose(token.start, readings())

    def _nameless(self, frame: Frame, start: int) -> None:
        """A value of an object begins at `start` where its name should."""
        self._report(start, start + 1, "missing-name", 'This value has no name; write "name": before it.')
        frame.key = StringNode(start, start, "")

    def _bracket_for_name(self, token: Token) -> bool:
        """An opening bracket where a name should stand. Whether it begins a value after all."""
        frame = self.stack[-1]
        is_object = token.kind == "{"
        empty = not frame.items
        beside = empty and self.text[token.start - 1] == token.kind
        opens = False

        def drop() -> None:
            self._extra_opening(token.start, token.kind)

        if empty and self._unseen:
            other = None if beside else next(self._other_opener(token), None)
            (drop if other is None else other.take)()
            return False

        def nameless() -> None:
            nonlocal opens
            opens = True
            self._nameless(frame, token.start)

        def readings() -> Iterator[Reading]:
            if empty:
                if not beside:
                    yield from self._other_opener(token)
                yield Reading(unchanged, 1, drop)
                if beside:
                    yield from self._other_opener(token)
            else:
                depth = 0
                if is_object:
                    depth = next((n for n in (1, 2, 3) if n < len(self.stack) and not self.stack[-1 - n].is_object), 0)
                if depth:
                    yield from self._closed(depth, 0, token)
                if frame.expects == NAME:
                    yield from self._reopened_child(token)
                yield from self._missing_opener(token)
            yield Reading(expecting(VALUE), 0, nameless)

        self._choose(token.start, readings())
        return opens

    # -- commas and colons ------------------------------------------------------------------------------------------

    def _odd_comma(self, token: Token) -> None:
        """A comma behind a name or a colon."""
        frame = self.stack[-1]
        named = frame.expects == COLON

        def no_value() -> None:
            self._settle(frame)
            frame.expects = NAME
            frame.comma = token.start

        def colon() -> None:
            self._report(token.start, token.end, "wrong-separator", "Write a colon in place of this comma.")
            frame.expects = VALUE
            frame.colon = token.end

        def extra() -> None:
            self._report(token.start, token.end, "extra-comma", "There is no value before this comma; remove it.")

        def readings() -> Iterator[Reading]:
            without = Reading(expecting(NAME, comma=True), 1, no_value)
            if not named:
                yield without
                yield Reading(expecting(VALUE), 1, extra)
                return
            yield Reading(expecting(VALUE), 1, colon)
            yield from self._missing_opener(token, frame.key)
            yield from self._other_opener(token)
            yield from self._reopened_child(token, frame.key)
            yield without

        self._choose(token.start, readings())

    def _odd_colon(self, token: Token) -> None:
        """A colon where none may stand."""
        frame = self.stack[-1]
        start, end = token.start, token.end

        def drop() -> None:
            self._report(start, end, "extra-colon", "This colon has no name before it; remove it.")

        def comma() -> None:
            self._report(start, end, "wrong-separator", "Write a comma in place of this colon.")
            frame.expects = NAME if frame.is_object else VALUE
            frame.comma = start

        def no_name() -> None:
            self._report(start, end, "missing-name", "The name before this colon is missing.")
            frame.take_name(StringNode(start, start, ""))
            frame.expects = VALUE
            frame.colon = end

        def readings() -> Iterator[Reading]:
            if frame.is_object and frame.expects == NAME:
                yield Reading(expecting(VALUE), 1, no_name)
            elif frame.expects == AFTER:
                named = not frame.is_object and isinstance(frame.items[-1], StringNode)
                if named:
                    yield from self._name_in_list(token, frame.items[-1])
                yield Reading(expecting(NAME if frame.is_object else VALUE, comma=True), 1, comma)
                if named:
                    return
            yield Reading(unchanged, 1, drop)

        self._choose(start, readings())

    def _name_in_list(self, token: Token, name: StringNode) -> Iterator[Reading]:
        """The innermost list has a name as its last item."""
        frame = self.stack[-1]
        before = frame.items[-2] if len(frame.items) > 1 else None
        around = self.stack[-2] if len(self.stack) > 1 else None

        def ends() -> None:
            frame.items.pop()
            place = before.end if before is not None else frame.start + 1
            self._missing(place, "missing-closing-bracket", "A closing bracket ] is missing after this value.")
            self._pop(place)
            self.stack[-1].take_name(name)
            self._repeat(token)

        def begins() -> None:
            frame.items.pop()
            frame.expects = VALUE
            self._without_brace(name)
            self._repeat(token)

        yield from self._extra_opener(token, name)
        yield from self._other_opener(token)
        child = frame.last_child(2)
        if child is not None and child.is_object:
            yield from self._reopened_child(token, name)
        opened = Reading(_object_begun(name), 0, begins)
        if around is None or not around.is_object or before is None:
            yield opened
            return

        def outer(shapes: Shapes) -> None:
            shapes.pop()
            _named(name)(shapes)

        closed = Reading(outer, 0, ends)
        yield from (opened, closed) if isinstance(before, ObjectNode) else (closed, opened)

    def _opens_next(self, pos: int) -> bool:
        """Whether the next character that is no blank opens a list or an object."""
        return _BRACKET.match(self.text, pos) is not None

    # -- closing brackets -------------------------------------------------------------------------------------------

    def _odd_closer(self, token: Token) -> None:
        """A bracket that does not close the innermost list or object."""
        if not self.stack:
            self._too_many(token.start, token.kind, self.last_root)
            return
        frame = self.stack[-1]
        wants_object = token.kind == "}"

        def drop() -> None:
            self._too_many(token.start, token.kind, frame.last_child())

        def other() -> None:
            self._settle(frame)
            wanted = CLOSER[frame.is_object]
            self._report(
                token.start,
                token.end,
                "wrong-bracket",
                f"Write {wanted} here; {token.kind} does not close what is open.",
            )
            self._pop(token.end)

        def wrapped() -> Iterator[Reading]:
            if not wants_object and frame.expects == AFTER and not isinstance(frame.last_value(), ArrayNode):
                yield from self._missing_opener(token)
            elif not wants_object and frame.expects == COLON:
                yield from self._missing_opener(token, frame.key)
                yield from self._other_opener(token)

        def closed() -> Iterator[Reading]:
            most = self._seen() - 1
            count = 1
            while count <= most and self.stack[-1 - count].is_object != wants_object:
                count += 1
            if count <= most:
                yield from self._closed(count, 0, token)

        def readings() -> Iterator[Reading]:
            between = self.text[self.last : token.start]
            yield from self._extra_opener(token)
            replaced, dropped = Reading(_replaced, 1, other), Reading(unchanged, 1, drop)
            if "\n" in between or "\r" in between:
                yield from (*closed(), *wrapped(), replaced, dropped)
            elif inner := [*wrapped()]:
                yield from (*inner, dropped, replaced, *closed())
            else:
                yield dropped
                yield from closed()
                yield replaced

        self._choose(token.start, readings())


def _named(name: StringNode) -> Callable[[Shapes], None]:
    """A change after which the innermost object has another name, whose colon comes next."""

    def change(shapes: Shapes) -> None:
        shapes[-1].expects = COLON
        shapes[-1].names |= {name.value}

    return change


def _object_begun(name: StringNode) -> Callable[[Shapes], None]:
    """A change after which an object with this name is open in what is."""

    def change(shapes: Shapes) -> None:
        shapes[-1].expects = AFTER
        shapes.append(Shape(True, COLON, -1, -1, frozenset({name.value})))

    return change


def _replaced(shapes: Shapes) -> None:
    """The innermost list or object ends."""
    shapes.pop()
    if shapes:
        shapes[-1].expects = AFTER
