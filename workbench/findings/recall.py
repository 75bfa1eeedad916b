"""Findings of statements that an edit did not touch, kept from the run before.

A check that is `local` says of each statement what it would say if that statement stood alone. What it said is kept
under everything that it may look at (`_key`); where the same statement stands in the next text, at another place
perhaps, its findings are moved there and the check runs over the other statements only. Source: findings.md section 5.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from workbench.document.nodes import ArrayNode, Path
from workbench.document.span import Span
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Finding, Fix, Location
from workbench.findings.places import member_value
from workbench.policy.model import Statement

MOST_CHARACTERS = 4_000_000
"""Of the statements that are kept, all together."""

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """What the checks named in `ran` said of a statement that stood at `path` and began at `start`: `found`, by their
    names, those that said nothing left out."""

    path: Path
    start: int
    length: int
    ran: frozenset[str]
    found: Mapping[str, tuple[Finding, ...]]


class Recall:
    """What is kept; the least recently used goes first. May be asked from any thread: it holds finished values, and
    who comes second replaces what the first kept, which says the same."""

    def __init__(self, most: int = MOST_CHARACTERS) -> None:
        self._most = most
        self._said: OrderedDict[Key, _Said] = OrderedDict()
        self._characters = 0
        self._lock = threading.Lock()

    def find(self, keys: Sequence[Key]) -> list[_Said | None]:
        """What is known of the statement of each key."""
        with self._lock:
            for key in keys:
                if key in self._said:
                    self._said.move_to_end(key)
            return [self._said.get(key) for key in keys]

    def keep(self, said: Iterable[tuple[Key, _Said]]) -> None:
        """Remember what was said, and forget what is too much."""
        with self._lock:
            for key, one in said:
                before = self._said.pop(key, None)
                self._said[key] = one
                self._characters += one.length - (before.length if before is not None else 0)
            while self._characters > self._most:
                _, gone = self._said.popitem(last=False)
                self._characters -= gone.length


class Rerun:
    """One run of the checks over one policy: local checks where nothing is known, the rest recalled."""

    def __init__(self, context: CheckContext, recall: Recall) -> None:
        self._context = context
        self._recall = recall
        self._statements = context.statements
        self._keys = _keys(context)
        self._known = recall.find(self._keys)
        self.all_new = not any(self._known)
        self._ran: list[set[str]] = [set() for _ in self._statements]
        self._silent: list[str] = []
        self._found: list[dict[str, tuple[Finding, ...]]] = [{} for _ in self._statements]
        self._narrowed: dict[tuple[int, ...], CheckContext] = {}

    def run(self, check: Check) -> list[Finding]:
        """What a local check says of the policy. Raises what the check raises."""
        if self.all_new:
            made = list(check.run(self._context))
            if made:
                self._remember(check.name, range(len(self._statements)), made)
            else:
                self._silent.append(check.name)
            return made
        name = check.name
        unknown = tuple(i for i, said in enumerate(self._known) if said is None or name not in said.ran)
        made = list(check.run(self._only(unknown))) if unknown else []
        self._remember(name, unknown, made)
        recalled = set(range(len(self._statements))).difference(unknown)
        for said, statement in ((self._known[i], self._statements[i]) for i in sorted(recalled)):
            assert said is not None
            made += (_moved(f, said, statement) for f in said.found.get(name, ()))
        return made

    def _only(self, indexes: tuple[int, ...]) -> CheckContext:
        if indexes not in self._narrowed:
            self._narrowed[indexes] = self._context.only(tuple(self._statements[i] for i in indexes))
        return self._narrowed[indexes]

    def _remember(self, name: str, indexes: Sequence[int], made: Sequence[Finding]) -> None:
        """Note what was said of each statement, unless a fix reaches beyond it. A finding about anything else takes
        back the word of the check: nobody knows what it looked at."""
        found: dict[Path, list[Finding]] = {}
        for finding in made:
            found.setdefault(finding.locations[0].path[: self._depth], []).append(finding)
        said: dict[int, tuple[Finding, ...]] = {}
        for index in indexes if found else ():
            statement = self._statements[index]
            own = tuple(found.pop(statement.path, ()))
            if not all(_is_about(finding, statement) for finding in own):
                return
            if own:
                said[index] = own
        if found:
            return
        for index in indexes:
            own = said.get(index, ())
            if all(_is_mended_within(finding, self._statements[index]) for finding in own):
                self._ran[index].add(name)
                if own:
                    self._found[index][name] = own

    @property
    def _depth(self) -> int:
        return len(self._statements[0].path) if self._statements else 0

    def finish(self) -> None:
        """Keep what is new for the next run."""
        for narrowed in self._narrowed.values():
            narrowed.let_go()
        for ran in self._ran:
            ran.update(self._silent)
        alike: dict[frozenset[str], frozenset[str]] = {}  # most statements share one set
        self._recall.keep((key, self._said(index, alike)) for index, key in enumerate(self._keys) if self._ran[index])

    def _said(self, index: int, alike: dict[frozenset[str], frozenset[str]]) -> _Said:
        statement, before = self._statements[index], self._known[index]
        ran, found = frozenset(self._ran[index]), self._found[index]
        if before is not None:
            ran |= before.ran
            moved = {name: tuple(_moved(f, before, statement) for f in those) for name, those in before.found.items()}
            found = {**moved, **found}
        node = statement.node
        return _Said(statement.path, node.start, node.end - node.start, alike.setdefault(ran, ran), found)


def _keys(context: CheckContext) -> list[Key]:
    """All that a local check may look at, for each statement: its text with the blanks that its line begins with and
    its placeholders; what the document says beside (Version; whether the statement can be taken out of a list); what
    is asked for."""
    text, root = context.text, context.document.root
    written = member_value(root, "Version")
    version = "" if written is None else text[written.start : written.end]
    listed = member_value(root, "Statement")
    removable = isinstance(listed, ArrayNode) and len(listed.items) > 1
    asked = (context.kind, context.resource_type, context.old_scp_language)
    said = (context.policy.version is None, context.policy.variables_active, version, removable)
    templated = _placeholders(context)
    return [
        (asked, said, _indentation(context, s), templated[i], text[s.node.start : s.node.end])
        for i, s in enumerate(context.statements)
    ]


def _indentation(context: CheckContext, statement: Statement) -> str:
    """The blanks at the beginning of the statement's line: by them a fix indents what it adds."""
    text, start = context.text, statement.node.start
    at = start
    while at and text[at - 1] in " \t":
        at -= 1
    if not at or text[at - 1] in "\r\n":
        return text[at:start]
    first = at = start - context.document.position(start).column
    while at < start and text[at] in " \t":
        at += 1
    return text[first:at]


def _placeholders(context: CheckContext) -> list[tuple[object, ...]]:
    """The placeholders of each statement, counted from its beginning."""
    found = context.placeholders
    if not found.found:
        return [()] * len(context.statements)
    starts, spans = sorted(found.strings), sorted(found.objects)
    begins = [span.start for span in spans]
    made: list[tuple[object, ...]] = []
    for statement in context.statements:
        first, end = statement.node.start, statement.node.end
        strings = starts[bisect_left(starts, first) : bisect_left(starts, end)]
        objects = spans[bisect_left(begins, first) : bisect_left(begins, end)]
        made.append((tuple(at - first for at in strings), tuple((a - first, b - first) for a, b in objects)))
    return made


def _is_about(finding: Finding, statement: Statement) -> bool:
    """Whether the finding speaks of nothing outside the statement."""
    start, end, depth = statement.node.start, statement.node.end, len(statement.path)
    return finding.scenario is None and all(
        at.path[:depth] == statement.path and start <= at.span.start and at.span.end <= end for at in finding.locations
    )


def _is_mended_within(finding: Finding, statement: Statement) -> bool:
    """Whether its fixes change nothing outside the statement, so that they move with it. What they write right before
    or after it is outside: a statement added at the end of the list stands elsewhere once the list is longer."""
    start, end = statement.node.start, statement.node.end
    spans = (edit.span for fix in finding.fixes for edit in fix.edits)
    return all(start <= span.start < end and start < span.end <= end for span in spans)


def _moved(finding: Finding, said: _Said, statement: Statement) -> Finding:
    """The finding where the statement stands now."""
    by, depth = statement.node.start - said.start, len(said.path)
    if not by and said.path == statement.path:
        return finding

    def at(span: Span) -> Span:
        return Span(span.start + by, span.end + by)

    return replace(
        finding,
        locations=tuple(Location((*statement.path, *p.path[depth:]), at(p.span)) for p in finding.locations),
        fixes=tuple(
            Fix(fix.label, tuple(replace(edit, span=at(edit.span)) for edit in fix.edits), fix.verdict)
            for fix in finding.fixes
        ),
    )
