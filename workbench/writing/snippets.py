"""Statements to begin with: our own, in `resources/snippets/`, whose file says how they are written."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import NamedTuple

from workbench.policy.kinds import PolicyKind
from workbench.resources import resource_path

_STOP = re.compile("«([^»]*)»")


class Snippet(NamedTuple):
    """`text` is one statement or several, with the places to fill in marked; `kinds` the policies it is for."""

    title: str
    about: str
    kinds: frozenset[PolicyKind]
    text: str

    def statements(self, indent: str = "", *, as_list: bool = False) -> tuple[tuple[str, bool], ...]:
        """The text in parts, the places to fill in marked true. Lines but the first begin with `indent`. `as_list`: in
        brackets, as the whole value of `Statement`."""
        text = "[\n" + self.text if as_list else self.text
        text = text.replace("\n", "\n  ") + "\n]" if as_list else text
        return _cut(text.replace("\n", f"\n{indent}"))

    def document(self) -> tuple[tuple[str, bool], ...]:
        """The same as a whole policy."""
        inside = self.text.replace("\n", "\n    ")
        return _cut(f'{{\n  "Version": "2012-10-17",\n  "Statement": [\n    {inside}\n  ]\n}}\n')

    @property
    def plain(self) -> str:
        """The whole policy as text, each place with what stands there at first."""
        return "".join(part for part, _ in self.document())


def _cut(text: str) -> tuple[tuple[str, bool], ...]:
    pieces = _STOP.split(text)
    return tuple((piece, at % 2 == 1) for at, piece in enumerate(pieces) if piece)


@cache
def snippets() -> tuple[Snippet, ...]:
    """All of them, in the order of the file."""
    raw = tomllib.loads(resource_path("snippets/snippets.toml").read_text(encoding="utf-8"))
    return tuple(
        Snippet(row["title"], row["about"], frozenset(map(PolicyKind, row["kinds"])), row["text"].strip())
        for row in raw["snippet"]
    )
