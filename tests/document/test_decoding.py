"""Files to text and back: every byte survives, and what is not UTF-8 is told."""

from __future__ import annotations

import codecs
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.document import decoding
from workbench.document.decoding import Decoded, decode, encode, newline_of, with_newlines

TEXT = '{"Sid": "r\u00e9\U0001f600"}\r\n'


@given(st.binary() | st.text().map(str.encode) | st.text().map(lambda text: text.encode("utf-16")))
def test_every_file_is_given_back_byte_for_byte(data: bytes) -> None:
    decoded = decode(data)
    assert encode(decoded, decoded.text) == data
    if decoded.problem is not None:
        assert 0 <= decoded.problem.start <= decoded.problem.end <= len(decoded.text)


@pytest.mark.parametrize(
    ("mark", "encoding", "problem"),
    [
        (b"", "utf-8", None),
        (codecs.BOM_UTF8, "utf-8", None),
        (codecs.BOM_UTF16_LE, "utf-16-le", "not-utf8"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "not-utf8"),
        (codecs.BOM_UTF32_LE, "utf-32-le", "not-utf8"),
        (codecs.BOM_UTF32_BE, "utf-32-be", "not-utf8"),
        (b"", "utf-16-le", "not-utf8"),
        (b"", "utf-32-be", "not-utf8"),
    ],
)
def test_encodings_are_recognized_and_kept(mark: bytes, encoding: str, problem: str | None) -> None:
    decoded = decode(mark + TEXT.encode(encoding))
    assert (decoded.text, decoded.encoding, decoded.bom) == (TEXT, encoding, bool(mark))
    assert (decoded.problem.kind if decoded.problem else None) == problem
    assert encode(decoded, TEXT + "x") == mark + (TEXT + "x").encode(encoding)


def test_a_bad_byte_is_told_at_its_byte() -> None:
    data = '{\n "\u00e9": '.encode() + b'"\xe9"}'
    decoded = decode(data)
    assert decoded.problem is not None
    assert decoded.problem.start == data.index(b"\xe9")
    assert "E9" in decoded.problem.message
    assert encode(decoded, decoded.text + " ") == data + b" "


def test_what_latin_1_cannot_hold_is_saved_as_utf_8() -> None:
    decoded = decode(b'"\xe9"')
    assert encode(decoded, decoded.text + "\u20ac") == '"\u00e9"\u20ac'.encode()


def test_a_bad_byte_behind_a_mark_keeps_the_mark() -> None:
    data = codecs.BOM_UTF8 + b"[\xff]"
    decoded = decode(data)
    assert (decoded.text, decoded.bom) == ("[\xff]", True)
    assert decoded.problem is not None
    assert decoded.problem.start == 1
    assert encode(decoded, decoded.text) == data


def test_an_odd_byte_at_the_end_is_kept() -> None:
    data = codecs.BOM_UTF16_LE + "[]".encode("utf-16-le") + b"x"
    assert decode(data).text == "[]"
    assert encode(decode(data), "[1]") == codecs.BOM_UTF16_LE + "[1]".encode("utf-16-le") + b"x"


@pytest.mark.parametrize(
    ("text", "newline"),
    [("", "\n"), ("a", "\n"), ("a\nb\n", "\n"), ("a\r\nb", "\r\n"), ("a\rb", "\r"), ("a\nb\r\n", "mixed")],
)
def test_line_ends_are_recognized(text: str, newline: str) -> None:
    assert newline_of(text) == newline
    assert decode(text.encode()) == Decoded(text, newline=newline)
    assert with_newlines(with_newlines(text, "\n") if newline != "mixed" else text, newline) == text


@given(
    st.text(alphabet="a\u00e9\u20ac\U0001f600\ud83d\ude00\n"),
    st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "latin-1"]),
    st.sampled_from(["\n", "\r\n", "\r", "mixed"]),
    st.integers(1, 5),
)
def test_a_text_is_encoded_piece_by_piece_as_at_once(text: str, encoding: str, newline: str, length: int) -> None:
    """No other thread runs while one call of Python's own is at work: on a long text none takes longer than a piece."""
    decoded = Decoded(text, encoding, True)
    whole = encode(decoded, text), with_newlines(text, newline)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoding, "PIECE", length)
        assert (encode(decoded, text), with_newlines(text, newline)) == whole


@given(st.text(alphabet="a\r\n", max_size=8))
def test_the_line_end_is_that_of_every_line(text: str) -> None:
    used = set(re.findall(r"\r\n|\r|\n", text))
    assert newline_of(text) == ("mixed" if len(used) > 1 else next(iter(used), "\n"))
