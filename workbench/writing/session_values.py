"""The state of the window with the values of the session in its texts, and what is said of them at the places of the
texts as they are written. Source: spec findings.md section 4.3."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TypeVar, cast

from workbench.document.nodes import Document
from workbench.document.parser import parse
from workbench.document.span import Span
from workbench.embedded.source_map import SourceMap
from workbench.embedded.values import Filled, edits_back, filled, moved_back
from workbench.evaluation.decision import StatementRef
from workbench.evaluation.nearest import Change, Way
from workbench.evaluation.trace import ElementTrace, StatementTrace
from workbench.findings.model import Finding

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Written:
    """A text as it is written, and the one with values in its place."""

    document: Document
    filled: Filled


@dataclass(frozen=True, slots=True)
class Filling:
    """The values of a session: makes the text that a text is with them. `known_key` as for `embedded.values`."""

    known_key: Callable[[str], bool]
    values: tuple[tuple[str, str], ...]

    def written(self, text: str) -> Written | None:
        """None where no value stands in the text."""
        document = parse(text)
        made = filled(document, self.known_key, dict(self.values))
        return None if made is None else Written(document, made)

    def __call__(self, text: str) -> str:
        home = self.written(text)
        return text if home is None else home.filled.text


def at_home(value: T, written: Mapping[str, Written]) -> T:
    """Decisions and traces (dataclasses, tuples and what is in them) with every place in a policy that values stand in
    (`written`, by the names of the policies) moved to where that is written."""
    return cast("T", _at_home(value, written))


def _at_home(value: object, written: Mapping[str, Written]) -> object:
    if isinstance(value, StatementRef):
        return _ref(value, written)
    if isinstance(value, StatementTrace):
        home = written.get(value.ref.policy)
        elements = value.elements if home is None else tuple(_element(e, home.filled.source) for e in value.elements)
        return replace(value, ref=_ref(value.ref, written), elements=elements)
    if isinstance(value, tuple):
        return tuple(_at_home(each, written) for each in value) if type(value) is tuple else value
    if is_dataclass(value) and not isinstance(value, type):
        now = {field.name: getattr(value, field.name) for field in fields(value) if field.init}
        moved = {
            name: _at_home(each, written) for name, each in now.items() if isinstance(each, tuple) or is_dataclass(each)
        }
        changed = {name: each for name, each in moved.items() if each != now[name]}
        return replace(value, **changed) if changed else value
    return value


def _ref(ref: StatementRef, written: Mapping[str, Written]) -> StatementRef:
    home = written.get(ref.policy)
    if home is None:
        return ref
    span = home.filled.source.span(ref.span)
    return replace(ref, start=home.document.position(span.start), end=home.document.position(span.end))


def _element(element: ElementTrace, source: SourceMap) -> ElementTrace:
    return replace(element, span=source.span(element.span))


def ways_home(ways: tuple[Way, ...], written: Mapping[str, Written]) -> tuple[Way, ...]:
    """The ways whose edits can be made in the texts as they are written, with these edits. Of several changes of one
    text the later count in what the earlier made of it: such ways are left out."""
    return tuple(kept for way in ways if (kept := _way(way, written)) is not None)


def _way(way: Way, written: Mapping[str, Written]) -> Way | None:
    changes: list[Change] = []
    seen: set[str] = set()
    for change in way.changes:
        home = written.get(change.policy) if change.edits else None
        if home is None:
            changes.append(change)
            continue
        edits = () if change.policy in seen else edits_back(change.edits, home.filled.source)
        if not edits:
            return None
        seen.add(change.policy)
        changes.append(replace(change, edits=edits))
    return replace(way, changes=tuple(changes))


def findings_home(findings: tuple[Finding, ...], home: Written) -> tuple[Finding, ...]:
    """Findings of a filled text at their places in the text as it is written."""
    return tuple(moved_back(finding, home.filled.source) for finding in findings)


def span_home(span: Span | None, home: Written | None) -> Span | None:
    """A place of a filled text where that is written."""
    return span if span is None or home is None else home.filled.source.span(span)
