"""What goes in the place of a hit of an expression: a text with the expression's groups in it.

`$1`, `${1}` and `\\1` are a group, `${name}` one with a name, `$0`, `$&` and `\\0` the whole hit; `$$` and `\\\\` stand
for the character, `\\n` and `\\t` for a line end and a tab. Any other `$` or `\\` stands for itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.errors import WorkbenchError

_PART = re.compile(r"\$(?:(?P<number>[0-9]{1,2})|\{(?P<name>\w+)\}|(?P<whole>&)|(?P<dollar>\$))|\\(?P<after>[0-9nt\\])")
_CHARACTERS = {"n": "\n", "t": "\t", "\\": "\\"}


class UnknownGroup(WorkbenchError):
    """A replacement that names a group which the expression does not have."""


@dataclass(frozen=True, slots=True)
class Template:
    """Texts, and between them numbers of groups; 0 is the whole hit."""

    parts: tuple[str | int, ...]

    @property
    def groups(self) -> bool:
        """Whether a group is wanted besides the whole hit."""
        return any(isinstance(part, int) and part > 0 for part in self.parts)

    def filled(self, whole: str, groups: Sequence[str]) -> str:
        """The text for a hit and its groups; one that took no part is empty."""
        return "".join(
            part if isinstance(part, str) else whole if part == 0 else groups[part - 1] for part in self.parts
        )


def read_template(text: str, groups: int, names: Mapping[str, int]) -> Template:
    """`text` for an expression of so many groups, with these names. Raises UnknownGroup."""
    parts: list[str | int] = []
    at = 0
    for match in _PART.finditer(text):
        parts.append(text[at : match.start()])
        at = match.end()
        after, number = match["after"], match["number"] or ""
        if match["dollar"]:
            parts.append("$")
        elif after in _CHARACTERS:
            parts.append(_CHARACTERS[after])
        elif match["whole"]:
            parts.append(0)
        elif len(number) == 2 and int(number) > groups:  # $12 where there are fewer: $1, and a 2
            parts += [_group(number[0], groups, names), number[1]]
        else:
            parts.append(_group(number or match["name"] or after, groups, names))
    parts.append(text[at:])
    return Template(tuple(part for part in parts if part != ""))


def _group(named: str, groups: int, names: Mapping[str, int]) -> int:
    number = int(named) if named.isascii() and named.isdigit() else names.get(named, groups + 1)
    if number <= groups:
        return number
    raise UnknownGroup(f"The replacement names group {named}, which the expression does not have.")
