"""Looking for a text or an expression in a text, in time that grows with the text alone, and what stands in its place.

The expressions are RE2's (https://github.com/google/re2/wiki/Syntax): no input makes them take exponential time, they
hold neither memory nor the interpreter, and so they have no look-around and no back-reference. Texts are searched a
few lines at a time, between which a search can be given up; only an expression that names a line end (`\\n`) is given
the whole text. Offsets are code points.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from workbench.errors import WorkbenchError
from workbench.writing.replacement import read_template

MOST = 1_000_000
"""Hits that are told apart; of more it is said that there are more."""
WINDOW = 64_000
"""Bytes of whole lines that are searched at once: the slowest expression that is taken needs a third of a second."""
REACH = 32_000
"""Bytes behind a hit across lines that are looked at, lest they make a longer one of it."""
LARGEST = 1_000
"""How large an expression may be, in RE2's instructions: each costs up to 5 ns a byte where its fast ways give up."""

KeepOn = Callable[[], object]
"""Called between two steps of a search; raises to end it."""


class BadExpression(WorkbenchError):
    """An expression that cannot be searched for; one sentence says why."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: a text, or an expression if `regular`."""

    needle: str
    regular: bool = False
    case: bool = False
    word: bool = False


@dataclass(frozen=True, slots=True)
class Hits:
    """Where a text was found, in order, not overlapping. `more`: there are others behind the last."""

    starts: Sequence[int]
    ends: Sequence[int]
    more: bool = False

    def __len__(self) -> int:
        return len(self.starts)


NO_HITS = Hits((), ())

_SENTENCES = {
    "missing )": "A ) is missing.",
    "missing ]": "A ] is missing.",
    "unexpected )": "There is a ) too many.",
    "no argument for repetition operator": "There is nothing before {} that could be repeated.",
    "bad repetition operator": "{} repeats a repetition.",
    "invalid repetition size": "{} is no number of times, or one that is too large.",
    "invalid character class range": "{} is a range from a later to an earlier character.",
    "invalid character class": "{} is no class of characters.",
    "invalid escape sequence": "{} means nothing in an expression.",
    "trailing \\": "Nothing follows the last \\.",
    "invalid named capture group": "{} is no name of a group.",
    "pattern too large": "This expression is too large.",
}
_LOOK_AROUND = ("(?=", "(?!", "(?<=", "(?<!")
NO_LOOK_AROUND = "{} looks around, which is not supported: a search must end in time on any text."
NO_BACK_REFERENCE = "{} is a reference back, which is not supported: a search must end in time on any text."


def search_for(query: Query) -> Search:
    """The search for `query`. Raises BadExpression."""
    return _compiled(query)


@lru_cache(maxsize=8)
def _compiled(query: Query) -> Search:
    return Search(query)


class Search:
    """One query, made ready. Can be used by several threads."""

    __slots__ = ("_across", "_plain", "_with_groups", "groups", "names", "query")

    def __init__(self, query: Query) -> None:
        import re2

        self.query = query
        pattern = f"(?m){query.needle}" if query.regular else re2.escape(query.needle)
        self._across = "\n" in query.needle or (query.regular and _names_line_end(query.needle))
        self._plain = _compile(pattern, query, self._across, groups=False)
        self._with_groups: Any = None
        self.groups, self.names = 0, dict[str, int]()
        if query.regular:
            self._with_groups = _compile(pattern, query, self._across, groups=True)
            self.groups, self.names = self._with_groups.groups, dict(self._with_groups.groupindex)

    def hits(
        self, text: str, start: int = 0, end: int | None = None, keep_on: KeepOn = lambda: None, most: int = MOST
    ) -> Hits:
        """The first `most` places in `text` from `start` to `end`. O(length) for each hit at the worst; raises what
        `keep_on` raises."""
        starts, ends = array("q"), array("q")
        for at, stop, _ in self._found(text, start, end, keep_on, groups=False):
            if len(starts) == most:
                return Hits(starts, ends, True)
            starts.append(at)
            ends.append(stop)
        return Hits(starts, ends)

    def replacements(
        self,
        text: str,
        template: str,
        start: int = 0,
        end: int | None = None,
        keep_on: KeepOn = lambda: None,
        most: int = MOST,
    ) -> list[tuple[int, int, str]]:
        """The first `most` hits (start, end) and what goes in their place: `template`, in which an expression's groups
        are named `$1`, `\\1` or `${name}`. Raises UnknownGroup."""
        if not self.query.regular:
            found = self.hits(text, start, end, keep_on, most)
            return [(at, stop, template) for at, stop in zip(found.starts, found.ends, strict=True)]
        made = read_template(template, self.groups, self.names)
        edits: list[tuple[int, int, str]] = []
        for at, stop, groups in self._found(text, start, end, keep_on, groups=bool(made.groups)):
            if len(edits) == most:
                break
            edits.append((at, stop, made.filled(text[at:stop], groups)))
        return edits

    def _found(
        self, text: str, start: int, end: int | None, keep_on: KeepOn, *, groups: bool
    ) -> Iterator[tuple[int, int, Sequence[str]]]:
        """Start and end of each hit, and the texts of its groups if they are wanted."""
        if not self.query.needle:
            return
        data = _Bytes(text)
        pattern = self._with_groups if groups else self._plain
        at, last = data.offset(start), data.offset(len(text) if end is None else end)
        width = WINDOW
        before = -1  # where the last hit ended: nothing is found once more behind it
        while at <= last:
            keep_on()
            stop = data.line_end(at + width, last)
            match = pattern.search(data.raw, at, stop)
            low, high = match.span() if match is not None else (stop, stop)
            if stop < last and self._across and high > stop - REACH:
                # What is behind the lines looked at may make another hit, or a longer one, of this.
                nearer = data.boundary(min(low, stop - REACH) if match is None else low)
                width = WINDOW if nearer > at else 2 * width
                at = max(nearer, at)
                continue
            width = WINDOW
            if match is None:
                if stop == last:
                    return
                at = stop + 1  # behind the line end
                continue
            if low == high == before:
                at, before = data.after(low), -1
                continue
            if self.query.word and not data.is_word(low, high):
                at = high if self.query.regular else data.after(low)
                continue
            texts = [data.text(*match.span(n + 1)) for n in range(self.groups)] if groups else ()
            yield data.point(low), data.point(high), texts
            at, before = (high, high) if high > low else (data.after(high), -1)


class _Bytes:
    """A text as RE2 reads it, UTF-8, and the way back to code points: of offsets that only grow, in one pass."""

    __slots__ = ("_last", "_point", "ascii", "raw")

    def __init__(self, text: str) -> None:
        self.ascii = text.isascii()
        try:
            self.raw = text.encode()
        except UnicodeEncodeError:  # half a pair: no UTF-8 has it, and it is one character like any other
            self.raw = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text).encode()
        self._last = self._point = 0

    def offset(self, point: int) -> int:
        return point if self.ascii else len(self.raw.decode()[:point].encode())

    def point(self, offset: int) -> int:
        """The code point at a byte; asked in growing order."""
        if self.ascii:
            return offset
        self._point += len(self.raw[self._last : offset].decode())
        self._last = offset
        return self._point

    def after(self, offset: int) -> int:
        """Where the character behind the one at `offset` begins."""
        offset += 1
        while offset < len(self.raw) and self.raw[offset] & 0xC0 == 0x80:
            offset += 1
        return offset

    def boundary(self, offset: int) -> int:
        """The offset, or the first behind it where a character begins."""
        return offset if self.raw[offset] & 0xC0 != 0x80 else self.after(offset)

    def text(self, low: int, high: int) -> str:
        return self.raw[low:high].decode() if low >= 0 else ""

    def line_end(self, offset: int, last: int) -> int:
        found = self.raw.find(b"\n", min(offset, last), last)
        return last if found < 0 else found

    def is_word(self, low: int, high: int) -> bool:
        """Whether no word goes on over either end."""
        return low == high or not (self._joined(low) or self._joined(high))

    def _joined(self, offset: int) -> bool:
        start = offset - 1
        while start > 0 and self.raw[start] & 0xC0 == 0x80:
            start -= 1
        before, behind = self.raw[max(start, 0) : offset].decode(), self.raw[offset : self.after(offset)].decode()
        return _in_word(before) and _in_word(behind)


def _in_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _names_line_end(expression: str) -> bool:
    """Whether `\\n` stands in an expression; behind an escaped backslash it is an n."""
    at = 0
    while (at := expression.find("\\", at)) >= 0:
        if expression[at + 1 : at + 2] == "n":
            return True
        at += 2
    return False


def _compile(pattern: str, query: Query, across: bool, *, groups: bool) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = query.case
    options.never_capture = not groups
    options.never_nl = not across
    try:
        made = re2.compile(pattern, options)
    except re2.error as error:
        raise BadExpression(_sentence(error, query.needle)) from error
    except UnicodeEncodeError as error:
        raise BadExpression("Half of a character cannot be searched for.") from error
    if made.programsize > LARGEST:
        raise BadExpression("This expression is too large.")
    return made


def _sentence(error: Exception, needle: str) -> str:
    """RE2's words on a mistake, `kind: part`, as a sentence."""
    said = error.args[0] if error.args else b""
    kind, _, part = (said.decode(errors="replace") if isinstance(said, bytes) else str(said)).partition(": ")
    part = part.removeprefix("(?m)")
    if kind.startswith("invalid perl operator"):
        around = next((sign for sign in _LOOK_AROUND if part.startswith(sign) or sign in needle), None)
        return NO_LOOK_AROUND.format(around) if around else f"{part} means nothing in an expression."
    if kind == "invalid escape sequence" and part[1:].isdigit():
        return NO_BACK_REFERENCE.format(part)
    for known, sentence in _SENTENCES.items():
        if kind.startswith(known):
            return sentence.format(part)
    return f"This expression cannot be read: {kind}."
