"""Strings that are not plain JSON strings: where they end, what they say, what is wrong with them.

JSON ends a string at the next quote. People forget the quote, break the line inside, write quotes inside, or take
other quotes. The rules here guess what was meant from the line; each guess is reported. All scans are linear in the
text: a search that may be repeated from a later place remembers what it found.
"""

from __future__ import annotations

import json
import re

from workbench.document.nodes import StringNode
from workbench.document.problems import Problems

_DOUBLE, _SINGLE = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", "\u2018\u2019\u201a\u201b\u2032\u00b4"
# What may close a string that this character opens.
CLOSERS: dict[str, str] = {'"': '"', "'": "'", "`": "`"}
CLOSERS |= dict.fromkeys(_DOUBLE, _DOUBLE) | dict.fromkeys(_SINGLE, _SINGLE)
QUOTES = "".join(CLOSERS)
_ODD_CLOSERS = frozenset(_DOUBLE)
_CLOSES_BRACKET = {"[": "]", "{": "}"}

_STOP = {closers: re.compile(rf"[{closers}\\\x00-\x1f]") for closers in set(CLOSERS.values())}
_CLOSE = {closers: re.compile(rf"[{closers}\\]") for closers in set(CLOSERS.values())}
_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_ESCAPE_CUT = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?\Z")
_FOLLOWS = re.compile(r"[ \t\n\r]*+(?:[,\]}]|\Z)")
# From a quote inside a string: the next one that ends it, or (group 1) the sign that none on this line does.
_PROPER_END = re.compile(r'"(?=[ \t]*+(?:[,\]}\n\r]|\Z))|([\n\r]|"[ \t]*+:|(?<=[,:\[{])"|(?<=[,:\[{] )")')
_REPAIR = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})|\\.|["\\\x00-\x1f]', re.DOTALL)
# What may not touch the closing quote of a string.
TOUCHES = r'(?:[\w*$<./-]|"(?=[ \t]*+(?:[,:\]}\n\r]|\Z)))'
_WORD_TOUCHES, _WORD_NEXT = re.compile(TOUCHES), re.compile(r"[ \t]*+\w")
_SEPARATORS = " \t,:[]{}"
_DOUBLED_CLOSE = re.compile(r'""(?=[ \t]*+(?:[,:\]}\n\r]|\Z))')
_DOUBLED_OPEN = re.compile(r'""(?=[^\s,:\]}"])')
# From an opening quote of another sort: the first that closes it, or a double quote that seems to.
_MIXED_END = {
    closers: re.compile(rf'[{closers}\n\r]|(")(?=[ \t]*+(?:[,:\]}}\n\r]|\Z))') for closers in {_DOUBLE, _SINGLE, "'"}
}
_MIXED_AGAIN = {closers: re.compile(rf'[{closers}]|["\n\r]') for closers in {_DOUBLE, _SINGLE, "'"}}


class StringScanner:
    """Reads one text's odd strings. `read` may be called at rising places only as far as its memory helps; any place
    gives the right answer."""

    __slots__ = ("_inner", "_next_close", "_problems", "_text", "cut")

    def __init__(self, text: str, problems: Problems) -> None:
        self._text = text
        self._problems = problems
        self.cut = False  # whether the text ended inside a string
        self._next_close: dict[str, tuple[int, int]] = {}  # closers -> (from, the next closer or -1)
        self._inner = (1, 0, False)  # from, to, whether a quote that ends the string stands at `to`

    def read(self, start: int) -> StringNode:
        """The string whose opening quote, of any sort, is at `start`; its mistakes are reported."""
        text, problems = self._text, self._problems
        opener = text[start]
        closers = CLOSERS[opener]
        stop = _STOP[closers].search
        pos = start + 1
        quotes_inside = False
        if opener == '"' and _DOUBLED_OPEN.match(text, start):
            self._extra_quote(start)
            pos = start + 2
        elif (close := self._mixed_end(start, closers)) >= 0:
            return self._foreign(start, close)
        begin = pos
        while True:
            match = stop(text, pos)
            if match is None:
                return self._unterminated(start, len(text))
            pos = match.start()
            found = text[pos]
            if found == "\\":
                pos = self._escape(pos, closers)
            elif found not in closers:
                if found in "\n\r" and not self._goes_on(pos, closers):
                    return self._unterminated(start, pos)
                end = pos + 2 if text.startswith("\r\n", pos) else pos + 1
                if found in "\n\r":
                    problems.add(
                        pos,
                        end,
                        "line-break-in-string",
                        'A string cannot run over a line end; join the lines or write "\\n".',
                    )
                else:
                    problems.add(
                        pos,
                        end,
                        "control-character",
                        f"The control character U+{ord(found):04X} cannot stand in a string; remove it "
                        f'or write "\\u{ord(found):04x}".',
                    )
                pos = end
            elif opener == '"' and (_WORD_NEXT if quotes_inside else _WORD_TOUCHES).match(text, pos + 1):
                before = text[max(start + 1, pos - 64) : pos]
                dropped = before[len(before.rstrip(_SEPARATORS)) :]
                if ("," in dropped or ":" in dropped) and pos > begin:
                    return self._unterminated(start, pos)
                if _DOUBLED_CLOSE.match(text, pos):
                    self._extra_quote(pos + 1)
                    return StringNode(start, pos + 2, meaning(text[begin:pos]))
                if not self._quote_inside(pos):
                    break
                problems.add(
                    pos, pos + 1, "quote-in-string", 'A quote inside a string needs a backslash before it: write \\".'
                )
                quotes_inside = True
                pos += 1
            else:
                break
        if opener != '"':
            return self._foreign(start, pos)
        return StringNode(start, pos + 1, meaning(text[begin:pos]))

    def _foreign(self, start: int, close: int, odd: str = "") -> StringNode:
        """The string from `start` to the quote at `close`, one or both of them no double quotes."""
        text = self._text
        opener = text[start]
        kind, sort = {"'": ("single-quotes", "single"), "`": ("backquotes", "back")}.get(
            odd or opener, ("smart-quotes", "typographic")
        )
        self._problems.add(
            start, close + 1, kind, f'JSON wants plain double quotes (") around this, not {sort} quotes.'
        )
        return StringNode(start, close + 1, meaning(text[start + 1 : close], opener))

    def _extra_quote(self, at: int) -> None:
        self._problems.add(at, at + 1, "extra-quote", "There is one double quote too many here; remove it.")

    def _mixed_end(self, start: int, closers: str) -> int:
        """The place of a double quote that closes the string which another sort of quote opens, else -1."""
        if closers not in _MIXED_END:
            return -1
        first = _MIXED_END[closers].search(self._text, start + 1)
        if first is None or first[1] is None:
            return -1
        other = _MIXED_AGAIN[closers].search(self._text, first.end())
        return -1 if other is not None and other[0] in closers else first.start()

    def _escape(self, pos: int, closers: str) -> int:
        """The place behind the backslash at `pos` and what it escapes."""
        text = self._text
        match = _ESCAPE.match(text, pos)
        if match is not None:
            return match.end()
        if _ESCAPE_CUT.match(text, pos):
            return len(text)  # the text ended inside the escape: told as a string without an end
        after = text[pos + 1 : pos + 2]
        if after and after in closers:
            return pos + 2
        end = pos + 2 if after and after >= " " else pos + 1
        if after == "u":
            self._problems.add(
                pos,
                end,
                "bad-escape",
                "Four hexadecimal digits must follow \\u; write them out, or two backslashes if a backslash is meant.",
            )
        else:
            self._problems.add(
                pos,
                end,
                "bad-escape",
                f"JSON knows no escape {json.dumps(text[pos:end])[2:-1]}; "
                "write two backslashes if a backslash is meant.",
            )
        return pos + 1

    def _unterminated(self, start: int, limit: int) -> StringNode:
        """The string from `start` without a closing quote before `limit`: what the line's commas and brackets leave."""
        text = self._text
        self.cut = limit == len(text)
        end = self._content_end(start, limit)
        if text[start] == '"' and end > start + 1 and text[end - 1] in _ODD_CLOSERS:
            return self._foreign(start, end - 1, text[end - 1])
        self._problems.add(
            start,
            max(end, start + 1),
            "unterminated-string",
            "The closing quote of this string is missing; write it after the last character.",
        )
        return StringNode(start, end, meaning(text[start + 1 : end], text[start]))

    def _content_end(self, start: int, limit: int) -> int:
        """Where the string from `start` ends: before `limit`, and before the commas, colons and brackets in front of it
        that are not the string's own."""
        text = self._text
        end = len(text[start + 1 : limit].rstrip(" \t," if self.cut else " \t,:")) + start + 1
        content = text[start + 1 : end]
        spare = {"]": content.count("]") - content.count("["), "}": content.count("}") - content.count("{")}
        while end > start + 1 and not self.cut and text[end - 1] in "[{ \t" and text[end - 2] not in "$%#":
            spare[_CLOSES_BRACKET.get(text[end - 1], "")] = spare.get(_CLOSES_BRACKET.get(text[end - 1], ""), 0) + 1
            end -= 1
        end = len(text[start + 1 : end].rstrip(" \t," if self.cut else " \t,:")) + start + 1
        while end > start + 1 and spare.get(text[end - 1], 0) > 0:
            spare[text[end - 1]] -= 1
            end -= 1
            while end > start + 1 and text[end - 1] in " \t,:[{":
                end -= 1
        return end

    def _goes_on(self, pos: int, closers: str) -> bool:
        """Whether the string runs on behind the line end at `pos`: whether its next quote looks like a closing one."""
        since, found = self._next_close.get(closers, (1, 0))
        if not (since <= pos and (pos <= found or found < 0)):
            found = pos
            while True:
                match = _CLOSE[closers].search(self._text, found)
                if match is None:
                    found = -1
                    break
                found = match.start()
                if match[0] != "\\":
                    break
                found += 2
            self._next_close[closers] = (pos, found)
        return found >= 0 and _FOLLOWS.match(self._text, found + 1) is not None

    def _quote_inside(self, pos: int) -> bool:
        """Whether the quote at `pos` is part of the string, since another one on its line closes it."""
        since, to, answer = self._inner
        if not since <= pos + 1 <= to:
            match = _PROPER_END.search(self._text, pos + 1)
            to, answer = (len(self._text), False) if match is None else (match.start(), match[1] is None)
            self._inner = (pos + 1, to, answer)
        return answer


def meaning(raw: str, opener: str = '"') -> str:
    """What the characters between the quotes say: escapes decoded as JSON does, everything else taken as it stands."""
    if "\\" not in raw:
        return raw
    closers = CLOSERS.get(opener, "")

    def repair(match: re.Match[str]) -> str:
        found = match[0]
        if found[0] != "\\":
            return f"\\u{ord(found):04x}"
        if len(found) == 1:
            return "\\\\"
        if _ESCAPE.match(found):
            return found
        rest = found[1:]
        if rest in closers:
            return rest
        return "\\\\" + (f"\\u{ord(rest):04x}" if rest < " " else rest)

    value: str = json.loads(f'"{_REPAIR.sub(repair, raw)}"')
    return value
