"""Findings of a policy in a template as findings of the file, and the one that says what could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from workbench.document.nodes import Document
from workbench.document.span import Span
from workbench.embedded.model import Contents, EmbeddedPolicy
from workbench.findings.codes import CODES
from workbench.findings.model import Edit, Finding, Fix, Location

UNRESOLVED = "TEMPLATE_NOT_RESOLVED"
_NAMED = 5
_LOCATED = 200
_LONGEST = 60


def placed(finding: Finding, policy: EmbeddedPolicy) -> Finding:
    """The finding with the spans of the file. Fixes stay where the author wrote the JSON itself, and the change is one
    that the text around it does not break."""
    return replace(
        finding,
        locations=tuple(Location(where.path, policy.source.span(where.span)) for where in finding.locations),
        fixes=tuple(fix for each in finding.fixes if (fix := _placed_fix(each, policy)) is not None),
    )


def _placed_fix(fix: Fix, policy: EmbeddedPolicy) -> Fix | None:
    edits: list[Edit] = []
    for edit in fix.edits:
        outer = policy.source.exact(edit.span)
        # A line of its own would need the indentation of the block, `${` would mean the template's own variable.
        if not policy.written or outer is None or "\n" in edit.text or "\r" in edit.text or "${" in edit.text:
            return None
        edits.append(Edit(outer, edit.text))
    return replace(fix, edits=tuple(edits))


def unresolved(document: Document, contents: Contents, findings: Iterable[Finding]) -> Finding | None:
    """The one finding about all that the file leaves to its deployment: `findings` are those of this code of its
    policies, already placed. None if there is nothing to say."""
    placeholders = [where for finding in findings for where in finding.locations]
    unread = [Location((), place.span) for place in contents.unread]
    sentences: list[str] = []
    if contents.problem is not None:
        line = document.position(contents.problem.start).line
        sentences.append(f"The file cannot be read from line {line} on: {contents.problem.message.rstrip('.')}.")
    told = (_told(document.text[w.span.start : w.span.end]) for w in placeholders)
    if names := list(dict.fromkeys(filter(None, told))):  # a part without a text is one that the problem cut off
        sentences.append(f"Its deployment fills in {_listed(names)}; what depends on that is not checked.")
    if unread:
        lines = list(dict.fromkeys(f"line {document.position(w.span.start).line}" for w in unread))
        what = "The policy" if len(unread) == 1 else "The policies"
        sentences.append(f"{what} at {_listed(lines)} cannot be read here: check the file or value it comes from.")
    if not sentences:
        return None
    problem = [] if contents.problem is None else [Location((), Span(contents.problem.start, contents.problem.end))]
    located: Sequence[Location] = [*problem, *sorted((*placeholders, *unread), key=lambda w: w.span)][:_LOCATED]
    known = CODES[UNRESOLVED]
    return Finding(known.type, UNRESOLVED, " ".join(sentences), tuple(located), known.origin, known.confidence)


def _told(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
