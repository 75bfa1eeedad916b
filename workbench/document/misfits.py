"""What is made of a token that does not fit, token by token: its readings in the order of preference."""

from __future__ import annotations

import re

from workbench.document.frames import CLOSER, WORD, Frame
from workbench.document.nodes import ArrayNode, MissingNode, Node, ObjectNode, StringNode
from workbench.document.readings import BLANKS, Reading, Readings, copied, shown
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

        def readings(shapes: Shapes) -> list[Reading]:
            without, inside, after = copied(shapes), copied(shapes), copied(shapes)
            without[-1].expects = COLON
            without[-1].names |= {node.value}
            inside[-1].expects = AFTER
            inside.append(Shape(True, COLON, -1, -1, frozenset({node.value})))
            after[-1].expects = NAME
            found = [Reading(without, 1, no_value), Reading(inside, 1, no_brace), Reading(after, 2, no_comma)]
            between = self.text[frame.colon : token.start]
            return found if "\n" in between or "\r" in between else found[::-1]

        self._choose(token.start, readings)

    def _scalar_for_name(self, token: Token, node: Node) -> None:
        """A number or literal where a name should stand."""
        frame = self.stack[-1]

        def nameless() -> None:
            self._nameless(frame, node.start)
            frame.put(node)

        def readings(shapes: Shapes) -> list[Reading]:
            plain = copied(shapes)
            plain[-1].expects = AFTER
            return [
                *self._missing_opener(shapes, token),
                *self._other_opener(shapes, token),
                Reading(plain, 1, nameless),
            ]

        self._choose(token.start, readings)

    def _nameless(self, frame: Frame, start: int) -> None:
        """A value of an object begins at `start` where its name should."""
        self._report(start, start + 1, "missing-name", 'This value has no name; write "name": before it.')
        frame.key = StringNode(start, start, "")

    def _bracket_for_name(self, token: Token) -> bool:
        """An opening bracket where a name should stand. Whether it begins a value after all."""
        frame = self.stack[-1]
        is_object = token.kind == "{"
        opens = False

        def nameless() -> None:
            nonlocal opens
            opens = True
            self._nameless(frame, token.start)

        def drop() -> None:
            self._report(
                token.start,
                token.end,
                f"extra-opening-{WORD[token.kind]}",
                f"There is one opening {WORD[token.kind]} {token.kind} too many here; remove it.",
            )

        def readings(shapes: Shapes) -> list[Reading]:
            found: list[Reading] = []
            if is_object and frame.items:
                depth = next((n for n in (1, 2, 3) if n < len(self.stack) and not self.stack[-1 - n].is_object), 0)
                if depth:
                    found += self._closed(shapes, depth, 0, token)
            if frame.expects == NAME:
                found += self._reopened_child(shapes, token)
            found += self._missing_opener(shapes, token)
            if not frame.items:
                found.append(Reading(copied(shapes), 1, drop))
                flipped = self._other_opener(shapes, token)
                found = found + flipped if self.text[token.start - 1] == token.kind else flipped + found
            unnamed = copied(shapes)
            unnamed[-1].expects = VALUE
            return [*found, Reading(unnamed, 0, nameless)]

        self._choose(token.start, readings)
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

        def readings(shapes: Shapes) -> list[Reading]:
            without = copied(shapes)
            without[-1].expects, without[-1].comma = NAME, True
            meant = copied(shapes)
            meant[-1].expects = VALUE
            if not named:
                return [Reading(without, 1, no_value), Reading(meant, 1, extra)]
            return [
                Reading(meant, 1, colon),
                *self._missing_opener(shapes, token, frame.key),
                *self._other_opener(shapes, token),
                *self._reopened_child(shapes, token, frame.key),
                Reading(without, 1, no_value),
            ]

        self._choose(token.start, readings)

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

        def readings(shapes: Shapes) -> list[Reading]:
            kept, meant, unnamed = copied(shapes), copied(shapes), copied(shapes)
            meant[-1].expects, meant[-1].comma = NAME if frame.is_object else VALUE, True
            unnamed[-1].expects = VALUE
            found: list[Reading] = []
            if frame.is_object and frame.expects == NAME:
                found.append(Reading(unnamed, 1, no_name))
            elif frame.expects == AFTER:
                if not frame.is_object and isinstance(frame.items[-1], StringNode):
                    found += self._name_in_list(shapes, token, frame.items[-1])
                found.append(Reading(meant, 1, comma))
                if not frame.is_object and isinstance(frame.items[-1], StringNode):
                    return found
            found.append(Reading(kept, 1, drop))
            return found

        self._choose(start, readings)

    def _name_in_list(self, shapes: Shapes, token: Token, name: StringNode) -> list[Reading]:
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

        found: list[Reading] = self._extra_opener(shapes, token, name)
        closed: list[Reading] = []
        if around is not None and around.is_object and before is not None:
            outer = copied(shapes[:-1])
            outer[-1].expects = COLON
            outer[-1].names |= {name.value}
            closed = [Reading(outer, 0, ends)]
        inner = copied(shapes)
        inner[-1].expects = AFTER
        inner.append(Shape(True, COLON, -1, -1, frozenset({name.value})))
        opened = [Reading(inner, 0, begins)]
        found += self._other_opener(shapes, token)
        child = frame.last_child(2)
        if child is not None and child.is_object:
            found += self._reopened_child(shapes, token, name)
        return found + (opened + closed if isinstance(before, ObjectNode) else closed + opened)

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

        def readings(shapes: Shapes) -> list[Reading]:
            between = self.text[self.last : token.start]
            same_line = "\n" not in between and "\r" not in between
            found = self._extra_opener(shapes, token)
            wrapped: list[Reading] = []
            if not wants_object and frame.expects == AFTER and not isinstance(frame.last_value(), ArrayNode):
                wrapped = self._missing_opener(shapes, token)
            elif not wants_object and frame.expects == COLON:
                wrapped = self._missing_opener(shapes, token, frame.key) + self._other_opener(shapes, token)
            count = 1
            most = min(len(shapes) - 1, 8)
            while count <= most and shapes[-1 - count].is_object != wants_object:
                count += 1
            closed = self._closed(shapes, count, 0, token) if count <= most else []
            replaced = Reading(copied(shapes[:-1]), 1, other)
            if replaced.open_:
                replaced.open_[-1].expects = AFTER
            dropped = Reading(copied(shapes), 1, drop)
            if same_line and wrapped:
                found += [*wrapped, dropped, replaced, *closed]
            elif same_line:
                found += [dropped, *closed, replaced]
            else:
                found += [*closed, *wrapped, replaced, dropped]
            return found

        self._choose(token.start, readings)
