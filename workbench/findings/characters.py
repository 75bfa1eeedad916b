"""Characters that IAM does not store, and those that are not what a reader sees. Source: spec grammar.md G8,
findings.md section 3.1; the second is ours: see document/unseen.py."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.document.nodes import ArrayNode, Node, ObjectNode, Path, StringNode
from workbench.document.unseen import DIRECTION, LOOK_ALIKES, UNSEEN, as_space, character_name, disguised, is_removable
from workbench.findings import fixes
from workbench.findings.codes import CODES
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Finding, Fix
from workbench.findings.places import substring_place

# IAM policies hold U+0009, U+000A, U+000D and U+0020 to U+00FF.
_FOREIGN = re.compile(r"[^\t\n\r\x20-\xff]+")
_ODD = re.compile(r"[^\t\n\r\x20-\x7e]")
_ESCAPE = re.compile(r"\\u(?!00[2-6a-fA-F])")
_LOCATED = 50
_DEEPEST = 12


def odd_characters(context: CheckContext) -> Iterator[Finding]:
    """A string holds a character that IAM refuses, or one that cannot be seen or is taken for another, as it is or as
    an escape; one finding of each kind a string."""
    text, root = context.text, context.document.root
    if root is None or (not _ODD.search(text) and not _ESCAPE.search(text)):
        return
    stack: list[tuple[Node, Path]] = [(root, ())]
    while stack:
        node, path = stack.pop()
        if isinstance(node, StringNode):
            if _ODD.search(node.value):
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
    refused = (
        [m.span() for m in _FOREIGN.finditer(node.value)]
        if context.kind in CODES["CONTROL_OR_FOREIGN_CHARACTER"].kinds
        else []
    )
    if refused:
        chars = "".join(node.value[start:end] for start, end in refused)
        shown, several = _named(chars)
        yield context.report(
            "CONTROL_OR_FOREIGN_CHARACTER",
            f"IAM refuses a policy with {shown}. Remove or replace {'them' if several else 'it'}.",
            *(substring_place(context.text, node, path, *span) for span in refused[:_LOCATED]),
            note=_remark(chars),
            fixes=_fixes(node),
        )
    taken = {at for start, end in refused for at in range(start, end)}
    hidden = [m.start() for m in UNSEEN.finditer(node.value) if m.start() not in taken and m.group() not in "\t\n\r"]
    hidden = sorted({*hidden, *(at for at in disguised(node.value) if at not in taken)})
    if hidden:
        chars = "".join(node.value[at] for at in hidden)
        shown, several = _named(chars)
        yield context.report(
            "HIDDEN_OR_DISGUISED_CHARACTER",
            f"This text has {shown} in it, so it is not what it looks like. Remove or replace "
            f"{'them' if several else 'it'}, unless that is meant.",
            *(substring_place(context.text, node, path, at, at + 1) for at in hidden[:_LOCATED]),
            note=_remark(chars),
            fixes=_fixes(node),
        )


def _named(chars: str) -> tuple[str, bool]:
    """The characters by their names, and whether there are several."""
    names = list(dict.fromkeys(character_name(c) for c in dict.fromkeys(chars)))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else ""), len(names) > 1


def _remark(chars: str) -> str:
    if any(c in DIRECTION for c in chars):
        return "the character is invisible or changes the direction of the text"
    if any(is_removable(c) for c in chars):
        return "the character is invisible"
    if any(as_space(c) for c in chars):
        return "the character looks like a space and is another one"
    if any(c in LOOK_ALIKES for c in chars):
        return "the character looks like an ordinary one"
    return ""


def _fixes(node: StringNode) -> tuple[Fix, ...]:
    mended = "".join(" " if as_space(c) else "" if is_removable(c) else LOOK_ALIKES.get(c, c) for c in node.value)
    if mended == node.value or _FOREIGN.search(mended):
        return ()
    return (fixes.replace_string(f"Write {fixes.quoted(mended)}", node, mended),)


CHECKS = (Check("characters", ("CONTROL_OR_FOREIGN_CHARACTER", "HIDDEN_OR_DISGUISED_CHARACTER"), odd_characters),)
