"""A proposal: what to write at a place, and how it goes into the text with the quotes, colons and commas it needs."""

from __future__ import annotations

import json
from typing import NamedTuple

from workbench.document.span import Span
from workbench.writing.places import Here


class Proposal(NamedTuple):
    """`label` and `detail` are what a person sees. `span` of the text is replaced by `text`; `stops` are the places in
    `text`, in order, that are filled in one after the other; the caret ends behind the last, or behind `text`."""

    label: str
    detail: str
    span: Span
    text: str
    stops: tuple[Span, ...] = ()


class Piece(NamedTuple):
    """What is to be written: `parts` in order, a stop where `is_stop`. A name's `value` is what follows its colon."""

    label: str
    detail: str
    parts: tuple[tuple[str, bool], ...]
    value: tuple[tuple[str, bool], ...] = ()


def plain(label: str, detail: str = "", value: tuple[tuple[str, bool], ...] = ()) -> Piece:
    """A piece that is its own label."""
    return Piece(label, detail, ((label, False),), value)


def _joint(here: Here) -> str:
    """What must stand between the place and what is before it."""
    if not here.before or here.before in "{[,:":
        return ""
    return ": " if here.lacks_colon else ", "


def proposal(here: Here, piece: Piece, *, bare: bool = False) -> Proposal:
    """`piece` at the place. `bare`: it is JSON already, to be written without quotes."""
    stops: list[Span] = []
    text = _joint(here)
    text += "" if bare else '"'
    for part, is_stop in piece.parts:
        written = part if bare else json.dumps(part, ensure_ascii=False)[1:-1]
        if is_stop:
            stops.append(Span(len(text), len(text) + len(written)))
        text += written
    text += "" if bare else '"'
    if here.is_key and here.after != ":":
        text += ": "
        for part, is_stop in piece.value:
            if is_stop:
                stops.append(Span(len(text), len(text) + len(part)))
            text += part
    if here.after and here.after not in ",:]}":
        text += ","
    return Proposal(piece.label, piece.detail, here.token, text, tuple(stops))
