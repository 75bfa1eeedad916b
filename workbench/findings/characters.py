"""Characters that IAM does not store. Source: spec grammar.md G8, findings.md section 3.1."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from workbench.document.nodes import ArrayNode, Node, ObjectNode, Path, StringNode
from workbench.findings import fixes
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Finding, Fix
from workbench.findings.places import substring_place

# IAM policies hold U+0009, U+000A, U+000D and U+0020 to U+00FF.
_FOREIGN = re.compile(r"[^\t\n\r\x20-\xff]+")
_ESCAPE = re.compile(r"\\u(?!00[2-9a-fA-F])")
_LOCATED = 50
_DEEPEST = 12
_INVISIBLE = frozenset(
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
# Letters of other scripts that look like Latin ones, and typography that editors put in.
_LOOK_ALIKES = dict(
    zip(
        "АВЕКМНОРСТХаеорсухіјѕԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοι‘’“”‐‑‒–—−…",
        (*"ABEKMHOPCTXaeopcyxijsdqwABEZHIKMNOPTYXoi", "'", "'", '"', '"', *"------", "..."),
        strict=True,
    )
)


def foreign_characters(context: CheckContext) -> Iterator[Finding]:
    """A string holds a character that IAM refuses, as it is or as an escape; one finding a string."""
    text, root = context.text, context.document.root
    if root is None or (not _FOREIGN.search(text) and not _ESCAPE.search(text)):
        return
    stack: list[tuple[Node, Path]] = [(root, ())]
    while stack:
        node, path = stack.pop()
        if isinstance(node, StringNode):
            yield from _in_string(context, node, path)
        elif len(path) > _DEEPEST:
            continue
        elif isinstance(node, ArrayNode):
            stack += [(item, (*path, ("index", i))) for i, item in enumerate(node.items)]
        elif isinstance(node, ObjectNode):
            for member in node.members:
                stack.append((member.key, (*path, ("key", member.key.value))))
                stack.append((member.value, (*path, ("value", member.key.value))))


def _in_string(context: CheckContext, node: StringNode, path: Path) -> Iterator[Finding]:
    runs = list(_FOREIGN.finditer(node.value))
    if not runs:
        return
    names = list(dict.fromkeys(character_name(c) for run in runs for c in run.group()[:5]))
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    yield context.report(
        "CONTROL_OR_FOREIGN_CHARACTER",
        f"IAM refuses a policy with {shown}. Remove or replace {'it' if len(names) == 1 else 'them'}.",
        *(substring_place(context.text, node, path, *run.span()) for run in runs[:_LOCATED]),
        note=_remark("".join(run.group() for run in runs)),
        fixes=_fixes(node),
    )


def character_name(char: str) -> str:
    """How to name a character: `U+200B ZERO WIDTH SPACE`."""
    name = unicodedata.name(char, "")
    if "\ud800" <= char <= "\udfff":
        name = "half of a surrogate pair"
    return f"U+{ord(char):04X}{' ' if name else ''}{name}"


def _remark(chars: str) -> str:
    if any(c in _INVISIBLE for c in chars):
        return "the character is invisible or changes the direction of the text"
    if any(c in _LOOK_ALIKES for c in chars):
        return "the character looks like an ordinary one"
    return ""


def _fixes(node: StringNode) -> tuple[Fix, ...]:
    mended = "".join(
        "" if c in _INVISIBLE or c < " " or "\ud800" <= c <= "\udfff" else _LOOK_ALIKES.get(c, c) for c in node.value
    )
    if mended == node.value or _FOREIGN.search(mended):
        return ()
    return (fixes.replace_string(f"Write {fixes.quoted(mended)}", node, mended),)


CHECKS = (Check("characters", ("CONTROL_OR_FOREIGN_CHARACTER",), foreign_characters),)
