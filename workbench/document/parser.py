"""The one way from text to Document.

Good JSON takes the fast way (strict.py); anything else is read again by recovery.py, which finds what is wrong. Both
make the same tree of good JSON; a property test holds them together.
"""

from __future__ import annotations

from contextlib import nullcontext

from workbench.collector import collector_paused
from workbench.document.nodes import Document
from workbench.document.strict import parse_strict

_BIG = 100_000  # characters from which the collector would run often enough over the growing tree to cost a fifth


def parse(text: str) -> Document:
    """The tree of `text`, with a span on every node, and every mistake in it. Never raises; linear in the text.

    >>> [problem.message for problem in parse('{"a": 1 "b": 2}').problems]
    ['A comma is missing after this value.']
    """
    # A tree in the making is all live: collecting over it frees nothing.
    with collector_paused() if len(text) >= _BIG else nullcontext():
        root = parse_strict(text)
        if root is not None:
            return Document(text, root)
        from workbench.document.recovery import recover  # much to load, and most files are in order

        return recover(text)
