"""Findings as marks of a text; made off the GUI thread, since there may be 10,000 of them."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.document.nodes import Document
from workbench.findings.model import Finding, FindingType
from workbench.gui.editor.marks import Mark, MarkList
from workbench.gui.findings.listing import said
from workbench.gui.text_units import Units

TOKEN_OF = {
    FindingType.ERROR: "error",
    FindingType.SECURITY_WARNING: "security",
    FindingType.WARNING: "warning",
    FindingType.SUGGESTION: "suggestion",
}


def marks_of(document: Document, findings: Sequence[Finding]) -> MarkList:
    """A mark for each place of each finding that is not suppressed; a policy not yet begun has none."""
    units, marks = Units(document.text), MarkList()
    found = findings if document.text.strip() else ()
    marks.set(
        [
            Mark(units.to_qt(start), units.to_qt(end), TOKEN_OF[finding.type], f"{said(finding)}\n{finding.code}")
            for finding in found
            if finding.suppressed is None
            for start, end in (location.span for location in finding.locations)
        ]
    )
    return marks
