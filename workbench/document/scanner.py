"""Words of a text that is not JSON: comments, odd blanks, wrong literals and numbers, placeholders, bare words.

The recovery asks for one token at a time and says what it expects, since `Effect` is a name before a colon and a value
behind one. What is wrong with the token itself is reported here, what is wrong with its place in recovery.py.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from workbench.document.nodes import LiteralNode, MissingNode, Node, NumberNode, StringNode
from workbench.document.problems import Problems
from workbench.document.strings import QUOTES, TOUCHES, StringScanner

# What the recovery expects.
VALUE, NAME, COLON, AFTER, TOP, END = range(6)


class Token(NamedTuple):
    """`kind` is the bracket, comma or colon itself, `value` with a node, `name` for a name without quotes, or `end`."""

    kind: str
    start: int
    end: int
    node: Node | None = None


# What may follow a number or literal: also a quote, unless it closes the word before it.
_ENDS_WORD = r"(?=[\s,:;/#\[\]{}]|\Z|\"(?![ \t]*+(?:[,:\]}\n\r]|\Z)))"
_TOKEN = re.compile(
    rf'[ \t\n\r]*+(?:("[^"\\\x00-\x1f]*+"(?!{TOUCHES}))|([{{}}\[\],:])'
    rf"|(-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][-+]?[0-9]++)?+){_ENDS_WORD}|(true|false|null){_ENDS_WORD})"
)
_BLANKS = re.compile(r"[ \t\n\r]*+")
_ODD_BLANKS = re.compile("[\x0b\x0c\x1c-\x1f\x85\xa0\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]+")
_NULS = re.compile("\0+")
_LINE = re.compile(r"[^\n\r]*+")
_PLACEHOLDER = re.compile(
    r"\$\{(?:[^{}\n\r]++|\{[^{}\n\r]*+\})*+\}|\{\{[^{}\n\r]*+\}\}|<[^<>\n\r\"'{}\[\],]++>"
    r"|%\([^()\n\r]*+\)s|#\{[^{}\n\r]*+\}"
)
_NO_HOLE = re.compile(r'\{\{[ \t]*+".*"[ \t]*+:')
_HOLES = _PLACEHOLDER.pattern
_WORD_PART = rf"(?:{_HOLES}|[^\s,:;\"'{{}}\[\]\u201c\u201d\u2018\u2019\0])"
_VALUE_WORD = re.compile(
    rf"{_WORD_PART}(?:{_WORD_PART}|:(?=[^\s,\"'{{}}\[\]])|:(?=\$\{{))*+"
    rf"(?:[ \t]++(?!//|/\*|\#)(?:{_WORD_PART}|:(?=[^\s,\"'{{}}\[\]]))++)*+"
)
# Not possessive: Python before 3.11.5 gets a possessive group wrong that has to try its parts again (gh-106052).
_NAME_WORD = re.compile(
    rf"(?:Version|Id|Statement|Sid|Effect|(?:Not)?(?:Principal|Action|Resource)|Condition)(?=[ \t]*+:)"
    rf"|{_WORD_PART}+(?::(?=[A-Za-z]){_WORD_PART}+(?=[ \t]*+\"?[ \t]*+:))*"
)
_ONLY_SIGNS = re.compile(r"[()+/|&!?~^\\=@]++")
_NAMES_SOMETHING = re.compile(r"[ \t\n\r]*+(?::|=>?)|[ \t]*+[\"'{\[]")
_EQUALS = re.compile(r"=>|:=|=")
_CLOSED_QUOTE = re.compile(r'"(?=[ \t]*+(?:[,:\]}\n\r]|\Z))')
_LITERALS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_FOREIGN = {"none": "null", "nil": "null", "undefined": "null", "true": "true", "false": "false", "null": "null"}
_PREFIXES = frozenset("uUbBrRfF")
_PREFIX = re.compile(r"[uUbBrRfF]{1,2}(?=[\"'])")
_NOT_NUMBERS = frozenset(("nan", "inf", "infinity"))
_DATE = re.compile(r"([0-9]{4})(-[0-9]{1,2}-[0-9]{1,2}\S*)")
_NUMBER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]{1,32})|0*([0-9_]*)(?:\.([0-9_]*))?([eE][-+]?[0-9]+)?)")
_HOLE_OR_NUMBER = re.compile(rf"{_HOLES}|[-+.]?[0-9][0-9a-fA-FxX._+-]*+")
_BEGUN = re.compile(r"t|tr|tru|f|fa|fal|fals|n|nu|nul|-?(?:[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?)?)?")
_DOCUMENT_LINE = re.compile(r"(?:^|(?<=\r))[ \t]*+([{\[])", re.MULTILINE)
# On the same line: a brace behind which the line ends, or a name comes.
_DOCUMENT_HERE = re.compile(r"[^\n\r{\[]{0,200}\{(?=[ \t]*+(?:[\n\r]|[\"'\u201c\u201d\u2018\u2019]))(?<![$%#{]\{)")
_DOCUMENT_BRACE = re.compile(r"(?<![$%#])\{")
_PROMPT = re.compile(r"\[[^\]\n\r\"{}]*+\][ \t]*+[$#>%]|['`\u2018\u2019\u201c\u201d][ \t\n\r]*+[{\[]")
_DOCUMENT_AGAIN = re.compile(r"[\n\r][ \t]*+[{}\[\]]")


class Scanner:
    """Reads one text from its beginning to its end. Never raises; linear."""

    __slots__ = ("_problems", "_strings", "pos", "text")

    def __init__(self, text: str, problems: Problems) -> None:
        self.text = text
        self.pos = 0
        self._problems = problems
        self._strings = StringScanner(text, problems)

    def next(self, expected: int) -> Token:
        """The next token. Comments, odd blanks and text that can be nothing are reported and passed over."""
        while True:
            match = _TOKEN.match(self.text, self.pos)
            if match is not None:
                token = self._plain(match, expected)
            else:
                self.pos = _BLANKS.match(self.text, self.pos).end()  # type: ignore[union-attr]
                if self.pos == len(self.text):
                    return Token("end", self.pos, self.pos)
                token = self._odd(expected)
            if token is not None:
                return token

    @property
    def cut_in_string(self) -> bool:
        """Whether the text ended inside a string, which is reported already."""
        return self._strings.cut

    def followed_by_colon(self) -> bool:
        """Whether the next character that is no blank is a colon."""
        return self.text.startswith(":", _BLANKS.match(self.text, self.pos).end())  # type: ignore[union-attr]

    def _plain(self, match: re.Match[str], expected: int) -> Token | None:
        """The token if it is JSON as it stands."""
        which = match.lastindex or 0
        start, end = match.span(which)
        found = match[which]
        if which == 2:
            if expected in (TOP, END):
                prompt = found == "[" and _PROMPT.match(self.text, start)
                if expected == TOP and (prompt or found not in "{["):
                    return self._before_document(start)
                if prompt:
                    return self._behind_document(start)
            if found == "{" and self.text.startswith("{{", start):
                hole = _PLACEHOLDER.match(self.text, start)
                if hole is not None and not _NO_HOLE.match(hole[0]):
                    return self._bare_word(start, expected)
            self.pos = end
            return Token(found, start, end)
        if expected == END:
            return self._behind_document(start)
        self.pos = end
        if which == 1:
            return Token("value", start, end, StringNode(start, end, found[1:-1]))
        if which == 3:
            return Token("value", start, end, NumberNode(start, end, found))
        return Token("value", start, end, LiteralNode(start, end, _LITERALS[found]))

    def _odd(self, expected: int) -> Token | None:
        """What stands at `pos`, which begins no JSON token. None if it was passed over."""
        text, pos = self.text, self.pos
        found = text[pos]
        if found in "/#" and self._comment():
            return None
        if not found.isprintable() and self._odd_blank(found):
            return None
        if expected == TOP and (found not in QUOTES or found == "`" or _PROMPT.match(text, pos)):
            return self._before_document(pos)
        if expected == END:
            return self._behind_document(pos)
        if found in _PREFIXES and (match := _PREFIX.match(text, pos)) is not None:
            self.pos = match.end()
            self._problems.add(pos, self.pos, "string-prefix", "JSON puts nothing before a quote; remove this prefix.")
            return None
        if found in QUOTES:
            node = self._strings.read(pos)
            self.pos = node.end
            return Token("value", pos, node.end, node)
        if found == ";":
            self.pos = pos + 1
            if expected == AFTER:
                self._problems.add(pos, self.pos, "wrong-separator", "Write a comma in place of this semicolon.")
                return Token(",", pos, self.pos)
        if expected == COLON and (match := _EQUALS.match(text, pos)) is not None:
            self.pos = match.end()
            self._problems.add(pos, self.pos, "wrong-separator", "Write a colon here, between the name and its value.")
            return Token(":", pos, self.pos)
        return self._bare_word(pos, expected)

    def _odd_blank(self, found: str) -> bool:
        """Passes over the blanks that JSON does not know and NUL characters at `pos`, if there are any."""
        text, pos = self.text, self.pos
        if (match := _ODD_BLANKS.match(text, pos)) is not None:
            self.pos = match.end()
            if pos == 0 and found == "\ufeff":
                self._problems.add(
                    pos, self.pos, "byte-order-mark", "A byte order mark stands before the document; remove it."
                )
            else:
                self._problems.add(
                    pos,
                    self.pos,
                    "odd-blank",
                    f"The character U+{ord(found):04X} looks like a blank but JSON "
                    "allows only plain spaces, tabs and line ends; replace it by a space.",
                )
            return True
        if (match := _NULS.match(text, pos)) is not None:
            self.pos = match.end()
            self._problems.add(
                pos, self.pos, "nul", "NUL characters stand here, as from a buffer that is too long; remove them."
            )
            return True
        return False

    def _comment(self) -> bool:
        """Passes over the comment at `pos`, if it is one."""
        text, pos = self.text, self.pos
        if text.startswith("/*", pos):
            end = text.find("*/", pos + 2)
            if end < 0:
                self.pos = _LINE.match(text, pos).end()  # type: ignore[union-attr]
                self._problems.add(
                    pos, pos + 2, "comment", "This comment has no end, and JSON has no comments; remove it."
                )
                return True
            self.pos = end + 2
        elif text.startswith("//", pos) or (text[pos] == "#" and not _PLACEHOLDER.match(text, pos)):
            self.pos = _LINE.match(text, pos).end()  # type: ignore[union-attr]
        else:
            return False
        self._problems.add(pos, self.pos, "comment", "JSON has no comments; remove this one.")
        return True

    def _bare_word(self, pos: int, expected: int) -> Token | None:
        """A name or value without quotes, or text that can be neither."""
        text, problems = self.text, self._problems
        naming = expected in (NAME, AFTER)
        match = (_NAME_WORD if naming else _VALUE_WORD).match(text, pos)
        end = match.end() if match is not None else pos + 1
        self.pos = end
        word = text[pos:end]
        quote = _CLOSED_QUOTE.match(text, end) if match is not None and text.startswith('"', end) else None
        if quote is not None:
            self.pos = quote.end()
            problems.add(pos, quote.end(), "missing-opening-quote", "The opening quote of this string is missing.")
            return Token("value", pos, quote.end(), StringNode(pos, quote.end(), word))
        hole = _PLACEHOLDER.search(word) if end - pos > 2 else None
        if naming and not (match is not None and _NAMES_SOMETHING.match(text, end)) and not (expected == NAME and hole):
            problems.add(
                pos,
                end,
                "unexpected-text",
                f"{_shown(word)} has no meaning here; remove it or put it in double quotes.",
            )
            return None
        if match is None or (hole is None and _ONLY_SIGNS.fullmatch(word)):
            problems.add(pos, end, "unexpected-text", f"The character {_shown(word)} has no meaning here; remove it.")
            return None
        if hole is not None:
            problems.add(
                pos,
                end,
                "placeholder",
                f"The placeholder {hole[0]} is not filled in; put its value here, or put it in double quotes.",
            )
        elif naming:
            problems.add(pos, end, "unquoted-name", f"The name {_shown(word)} needs double quotes around it.")
        elif expected == VALUE and end == len(text) and _BEGUN.fullmatch(word):
            return Token("value", pos, end, MissingNode(pos, end))  # cut off in a literal: the recovery says so
        else:
            return Token("value", pos, end, self._bare_value(pos, end, word))
        return Token("name" if naming else "value", pos, end, StringNode(pos, end, word))

    def _bare_value(self, pos: int, end: int, word: str) -> Node:
        """What a word without quotes means as a value."""
        problems = self._problems
        lower = word.lower()
        if (literal := _FOREIGN.get(lower)) is not None:
            problems.add(pos, end, "foreign-literal", f"JSON writes {literal}, in lower case, where this says {word}.")
            return LiteralNode(pos, end, _LITERALS[literal])
        if lower.lstrip("+-") in _NOT_NUMBERS:
            problems.add(
                pos, end, "not-a-number", f"JSON has no number {word}; write a number, or put it in double quotes."
            )
            return MissingNode(pos, end)
        if (date := _DATE.fullmatch(word)) is not None:
            problems.add(pos + date.end(1), end, "unquoted-date", f'A date needs double quotes: write "{_cut(word)}".')
            return StringNode(pos, end, word)
        number = _NUMBER.fullmatch(word)
        if number is not None and any(c.isdigit() for c in word):
            sign, hexadecimal, whole, fraction, exponent = number.groups()
            whole = str(int(hexadecimal, 16)) if hexadecimal else (whole or "").replace("_", "") or "0"
            plain = (fraction or "").replace("_", "")
            repaired = ("-" if sign == "-" else "") + whole + (f".{plain}" if plain else "") + (exponent or "")
            problems.add(
                pos,
                end,
                "bad-number",
                f"JSON does not write numbers like this; write {_cut(repaired)}, or put it in double quotes.",
            )
            return NumberNode(pos, end, repaired)
        problems.add(pos, end, "unquoted-value", f"The value {_shown(word)} needs double quotes around it.")
        return StringNode(pos, end, word)

    def _before_document(self, pos: int) -> Token | None:
        """Text before the first bracket: a prompt, an assignment, a code fence, or a text that is no JSON at all."""
        text, problems = self.text, self._problems
        near = _DOCUMENT_HERE.match(text, pos)
        match = _DOCUMENT_LINE.search(text, pos + 1) if near is None else None
        start = near.end() - 1 if near is not None else match.start(1) if match is not None else -1
        if start < 0 and (match := _DOCUMENT_BRACE.search(text, pos)) is not None:
            start = match.start()
        if start >= 0:
            end = len(text[pos:start].rstrip()) + pos
            problems.add(pos, end, "text-before", "This text does not belong to the policy; remove it.")
            self.pos = start
            return None
        line = _LINE.match(text, pos).end()  # type: ignore[union-attr]
        word = text[pos:].strip() if len(text) - pos < 1_000 else ""
        if word.lower() in _FOREIGN or word.lower().lstrip("+-") in _NOT_NUMBERS or _HOLE_OR_NUMBER.fullmatch(word):
            return self._bare_word(pos, TOP)
        self.pos = len(text)
        problems.add(
            pos,
            max(line, pos + 1),
            "not-json",
            "This is not JSON: a policy begins with { and its names stand in double quotes.",
        )
        return None

    def _behind_document(self, pos: int) -> Token | None:
        """Text behind the last bracket, up to the next line that could be JSON."""
        match = _DOCUMENT_AGAIN.search(self.text, pos)
        limit = len(self.text) if match is None else match.start()
        self.pos = limit
        end = len(self.text[pos:limit].rstrip(" \t\n\r\0")) + pos
        self._problems.add(pos, end, "text-after", "This text does not belong to the policy; remove it.")
        return None


def _cut(word: str) -> str:
    return word if len(word) <= 60 else word[:57] + "..."


def _shown(word: str) -> str:
    """The author's word for a message: short, on one line, printable."""
    short = _cut(word)
    return short if short.isprintable() else "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in short)
