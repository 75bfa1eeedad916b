"""Findings that somebody decided to live with: they stay, marked, and do not count. Source: spec findings.md section 5.

Pure functions; the files are read and written in `project/suppression_files.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import translate
from functools import lru_cache

from workbench.document.nodes import Document, ObjectNode, Path, StringNode
from workbench.document.paths import format_path, node_at
from workbench.document.span import Span
from workbench.findings.model import Finding, FindingType, Location, Suppressed

NEVER_SUPPRESSED = frozenset({"JSON_SYNTAX_ERROR", "TEMPLATE_NOT_RESOLVED", "SUPPRESSION_STALE", "SUPPRESSION_INVALID"})
NEED_EXPIRY = (FindingType.ERROR, FindingType.SECURITY_WARNING)
SHORTEST_REASON = 10
NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Suppression:
    """One entry: the code, the file (a path or glob), and the place: `path` such as `Statement[2].Action[0]`, or `sid`,
    or neither for the whole file. `value` is the string that stood there. `place` and `index` are the entry's own, in
    the file it is written in; they are no part of what it says."""

    code: str
    file: str
    reason: str
    path: str = ""
    sid: str = ""
    value: str | None = None
    author: str = ""
    created: date | None = None
    expires: date | None = None
    place: Span = NOWHERE
    index: int = 0


@dataclass(frozen=True, slots=True)
class Applied:
    """The findings with what is suppressed marked, and the entries that had something to say about them."""

    findings: tuple[Finding, ...]
    used: frozenset[Suppression] = frozenset()


def suppress(
    findings: Sequence[Finding],
    document: Document,
    file: str,
    suppressions: Iterable[Suppression],
    today: date,
    within: str = "",
) -> Applied:
    """Marks the findings of one policy. `file` is its path as the entries mean it; `within` names the policy in a file
    that holds several. An expired entry gives its finding back with the old reason in the note."""
    here = [s for s in suppressions if _file_pattern(s.file).fullmatch(file)]
    if not here:
        return Applied(tuple(findings))
    used: set[Suppression] = set()
    marked = []
    for finding in findings:
        for entry in here:
            if entry.code == finding.code and covers(entry, finding, document, within):
                if entry.expires is not None and entry.expires < today:
                    finding = replace(finding, note=_joined(finding.note, _expired(entry)))
                    continue
                used.add(entry)
                expires = entry.expires.isoformat() if entry.expires else ""
                if finding.suppressed is None:
                    finding = replace(finding, suppressed=Suppressed(entry.reason, entry.author, expires))
        marked.append(finding)
    return Applied(tuple(marked), frozenset(used))


def covers(entry: Suppression, finding: Finding, document: Document, within: str = "") -> bool:
    """Whether the entry means this finding of its code: its main place is the one named, or in it, and still says what
    it said."""
    if finding.code in NEVER_SUPPRESSED:
        return False
    path = finding.locations[0].path
    if entry.value is not None and string_at(document, path) != entry.value:
        return False
    if entry.sid:
        return sid_at(document, path) == entry.sid
    if not entry.path:
        return True
    written = format_path(path)
    full = f"{within}.{written}".rstrip(".") if within else written
    return any(text == entry.path or text.startswith((f"{entry.path}.", f"{entry.path}[")) for text in {written, full})


def sid_at(document: Document, path: Path) -> str:
    """The Sid of the statement that a path leads into, empty if it has none."""
    for length in (2, 1):  # a list of statements, or one alone
        if path[:1] != (("value", "Statement"),) or len(path) < length:
            continue
        statement = node_at(document.root, path[:length])
        if isinstance(statement, ObjectNode):
            sid = next((m.value for m in statement.members if m.key.value == "Sid"), None)
            return sid.value if isinstance(sid, StringNode) else ""
    return ""


def string_at(document: Document, path: Path) -> str | None:
    """The string at a path (of a name, the name), None where something else stands."""
    node = node_at(document.root, path)
    return node.value if isinstance(node, StringNode) else None


def proposed(finding: Finding, document: Document, file: str, reason: str, expires: date | None) -> Suppression:
    """The entry that suppresses a finding: by the Sid of its statement where it has one of its own, which survives
    reordering, else by its path; with the string that stands there. Raises ValueError for what cannot be suppressed,
    or not like this; its text is one plain sentence."""
    if finding.code in NEVER_SUPPRESSED:
        raise ValueError(f"{finding.code} cannot be suppressed.")
    path = finding.locations[0].path
    sid = sid_at(document, path)
    entry = Suppression(
        finding.code,
        file,
        reason.strip(),
        path="" if sid else format_path(path),
        sid=sid,
        value=string_at(document, path),
        expires=expires,
    )
    wrong = defect_of(entry, finding.type)
    if wrong:
        raise ValueError(wrong)
    return entry


def defect_of(entry: Suppression, finding_type: FindingType | None) -> str:
    """What keeps an entry from being one, as a sentence; empty if nothing does. `finding_type` is that of its code,
    None for a code that nobody knows."""
    if entry.code == "*":
        return "A suppression names one issue code; * would hide what nobody has seen."
    if finding_type is None:
        return f"There is no issue code {entry.code}."
    if entry.code in NEVER_SUPPRESSED:
        return f"{entry.code} cannot be suppressed."
    if len(entry.reason) < SHORTEST_REASON:
        return f"The reason must say in at least {SHORTEST_REASON} characters why the finding is accepted."
    if entry.path and entry.sid:
        return "A suppression names a path or a Sid, not both."
    if finding_type in NEED_EXPIRY and entry.expires is None:
        words = finding_type.value.lower().replace("_", " ")
        return f"{entry.code} is of the type {words}: say with expires until when it is accepted."
    return ""


def why_stale(entry: Suppression, today: date, *, file_seen: bool) -> str:
    """Why an entry that covers no finding is stale, as a sentence."""
    if entry.expires is not None and entry.expires < today:
        return f"The suppression of {entry.code} expired on {entry.expires.isoformat()}. Renew or remove it."
    if not file_seen:
        return f"The suppression of {entry.code} names {entry.file}, which is not there. Remove it."
    where = f" at {entry.path}" if entry.path else f" in the statement {entry.sid}" if entry.sid else ""
    said = f" that still says {entry.value}" if entry.value is not None else ""
    return f"There is no {entry.code}{where} of {entry.file}{said} any more. Remove the suppression."


def stale_location(entry: Suppression) -> Location:
    """The entry's own place in the file of suppressions."""
    return Location((("value", "suppression"), ("index", entry.index)), entry.place)


def matches_file(entry: Suppression, file: str) -> bool:
    """Whether the entry is about the file."""
    return _file_pattern(entry.file).fullmatch(file) is not None


@lru_cache(maxsize=1024)
def _file_pattern(glob: str) -> re.Pattern[str]:
    return re.compile(translate(glob))


def _expired(entry: Suppression) -> str:
    return f"suppressed until {entry.expires}: {entry.reason}"


def _joined(note: str, more: str) -> str:
    return f"{note}; {more}" if note else more
