"""What follows a bracket that does not fit, and what the bracket was meant to be.

Three readings: it closes something further out and a closing bracket is missing before it; it is the wrong one of the
two; it is one too many. The reading after which the next token fits wins.
"""

from __future__ import annotations

import re

CLOSES, OTHER_BRACKET, EXTRA = range(3)

_NEXT = re.compile(
    r"[ \t\n\r]*+,?+[ \t\n\r]*+(?:(\Z)|(\})|(\])|([{\[])"
    r"|(\"[^\"\n\r]{0,200}\"[ \t]*+:|'[^'\n\r]{0,200}'[ \t]*+:|[A-Za-z_][\w-]{0,200}[ \t]*+:))"
)
_BRACKET = re.compile(r"[ \t\n\r]*+[{\[]")
_END, _BRACE, _BRACKET_END, _OPEN, _NAME = 1, 2, 3, 4, 5


def judge(
    text: str, pos: int, is_object: bool, outside: bool | None, around: bool | None, can_close: bool, same_line: bool
) -> int:
    """What the bracket that ends at `pos` was meant to be.

    `is_object` says what is innermost, `outside` what is around that, `around` what is around the thing the bracket
    could close (True object, False list, None nothing); `can_close` whether there is such a thing at all; `same_line`
    whether the bracket stands on the line of the token before it.
    """
    match = _NEXT.match(text, pos)
    follows = match.lastindex or 0 if match is not None else 0
    closes = can_close and _fits(follows, around)
    other = _fits(follows, outside)
    extra = _fits(follows, is_object)
    if closes and extra and follows == _NAME:
        return EXTRA if same_line else CLOSES
    if closes:
        return CLOSES
    if extra and other and same_line:
        return EXTRA
    if other:
        return OTHER_BRACKET
    if extra or not can_close:
        return EXTRA
    return CLOSES


def _fits(follows: int, inside: bool | None) -> bool:
    """Whether what follows may come after a value inside an object (True), a list (False) or nothing (None)."""
    if inside is None:
        return follows == _END
    return follows in ((_BRACE, _NAME) if inside else (_BRACKET_END, _OPEN))


def bracket_follows(text: str, pos: int) -> bool:
    """Whether the next character that is no blank opens a list or an object."""
    return _BRACKET.match(text, pos) is not None
