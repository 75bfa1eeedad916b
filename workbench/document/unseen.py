"""Characters that are not what a reader sees: controls, direction marks, spaces of no or other width, look-alikes.

Source of the classes: the Unicode Character Database (general categories Cc, Cf, Cs, Co, Zl, Zp, Zs, and the property
Default_Ignorable_Code_Point); of the look-alikes: Unicode Technical Standard #39 section 4, as far as letters of Latin
words are concerned. Everything here is O(length).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Controls but tab and line ends, direction marks, joiners, spaces that are no U+0020, fillers, variation selectors.
BASIC = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f"
    "\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff"
)
"""As the inside of a class of a regular expression, below U+10000 and without surrogates and private use."""
BEYOND = "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
"""The same above U+FFFF."""
PRIVATE = "\ue000-\uf8ff\U000f0000-\U0010ffff"
"""What has no meaning and no look of its own."""
UNSEEN = re.compile(f"[{BASIC}\ud800-\udfff{PRIVATE}{BEYOND}]")
"""A character that cannot be seen, or that changes how the text around it is shown."""
DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SPACES = frozenset("\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000")

LOOK_ALIKES = dict(
    zip(
        "АВЕКМНОРСТХаеорсухіјѕԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοι‘’“”‐‑‒–—−…",
        (*"ABEKMHOPCTXaeopcyxijsdqwABEZHIKMNOPTYXoi", "'", "'", '"', '"', *"------", "..."),
        strict=True,
    )
)
"""Letters of other scripts and typography that editors put in, with what they are taken for."""
_WORD = re.compile(r"\w*[^\W\x00-\x7f]\w*")


def character_name(char: str) -> str:
    """How to name a character: `U+200B ZERO WIDTH SPACE`."""
    name = unicodedata.name(char, "")
    if "\ud800" <= char <= "\udfff":
        name = "half of a surrogate pair"
    elif not name and unicodedata.category(char) == "Cc":
        name = "a control character"
    return f"{code_of(char)}{' ' if name else ''}{name}"


def code_of(char: str) -> str:
    """`U+202E`."""
    return f"U+{ord(char):04X}"


def is_removable(char: str) -> bool:
    """Whether a text means the same without the character: it is no space and no letter."""
    return bool(UNSEEN.match(char)) and char not in _SPACES


def as_space(char: str) -> bool:
    """Whether the character stands where a space was meant."""
    return char in _SPACES


def disguised(text: str) -> Iterator[int]:
    """The places of letters that look like Latin ones, in words that hold no other letter of a foreign script: a word
    of Russian is no disguise, `s3:GеtObject` with one letter of it is."""
    if text.isascii():
        return
    for word in _WORD.finditer(text):
        foreign = [at for at, char in enumerate(word.group(), word.start()) if char > "\x7f"]
        if all(text[at] in LOOK_ALIKES for at in foreign):
            yield from foreign


def visible(text: str) -> str:
    """`text` as it can be shown among words of our own: what cannot be seen is written as JSON escapes it, so that
    nothing is hidden, moved about or run by a terminal. Line ends and tabs stay."""
    return text if text.isascii() and text.isprintable() else UNSEEN.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
