"""A document that AWS refuses, as if what it refuses were mended: for the checks that judge what a policy allows.

One slip must not hide what the rest of the document does once the slip is mended. What bears no meaning (a Sid, an
element of no meaning, the Version's value) is taken away or set right. A statement that an error touches is not guessed
at: an Allow is left out, and anything else counts as denying all that its readable parts can mean to deny, so that what
is found is allowed however the statement is mended. What a template fills in is an error of that kind. Every line of
the new text stands where it stood. Source: spec findings.md section 1.3 ("other checks run on statements the repair did
not touch"); which errors touch a statement, and what a Deny with an error counts as, is inferred.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from workbench.document.edits import Edit
from workbench.document.nodes import ArrayNode, ObjectNode, Path
from workbench.document.parser import parse
from workbench.document.span import Span
from workbench.evaluation.refusals import refusals
from workbench.evaluation.request import ASKED_ABOUT, NamedPolicy
from workbench.findings.as_if_statements import (
    NO_LINE_END,
    Rewritten,
    is_left_open,
    is_to_allow,
    may_hold_deny,
    numbered,
    of_template,
    open_strings,
    rewrite,
    slips_in,
)
from workbench.findings.branches import Branch, branches, is_in_branch
from workbench.findings.context import WHY, Check, CheckContext, UndecidedError, document_place
from workbench.findings.model import Confidence, Finding, Fix, Location
from workbench.findings.places import member_value
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import CURRENT_VERSION, OLD_VERSION, Defect, Effect, Place, Statement
from workbench.policy.names import near_match
from workbench.policy.reader import DOCUMENT_ELEMENTS, read

MENDED = "this policy as if mended"
"""What the new text is called in the request that shows a finding."""
TEMPLATE = "TEMPLATE_NOT_RESOLVED"
"""Stands for all errors that objects such as `{"Ref": …}` make."""
_NOTE = (
    "AWS says nothing of a document that it refuses; this program judges the statements that the error does not touch"
)
_TEMPLATE_NOTE = "what a template leaves open counts for nothing in an Allow and for everything in a Deny"
_DENY = re.compile("deny", re.IGNORECASE)
_MOST_TOLD, _MOST_CONDITIONS = 5, 4


@dataclass(frozen=True)
class AsIf:
    """`context`: the document as if mended, for a check to look at."""

    context: CheckContext
    assumption: tuple[str, ...]
    note: str
    _original: CheckContext
    _rewritten: tuple[Rewritten, ...]
    _of_choice: bool = False
    """Whether only findings are told that stand in a branch."""

    def told(self, found: Iterable[Finding]) -> list[Finding]:
        """The findings where they belong in the text as it stands, with what they assume."""
        return [told for finding in found if (told := self._told(finding)) is not None]

    def _told(self, finding: Finding) -> Finding | None:
        places = [self._place(at) for at in finding.locations]
        first = self._number(finding.locations[0].path)
        if first is not None and not self._rewritten[first].kept:
            return None  # about what nobody has written
        if self._of_choice and not any(is_in_branch(place.path) for place in places):
            return None
        scenario = finding.scenario
        if scenario is not None:
            scenario = replace(scenario, policies=scenario.policies.each(_as_mended))
        return replace(
            finding,
            locations=tuple(Location(place.path, place.span) for place in dict.fromkeys(places)),
            confidence=Confidence.INFERRED,
            note=self.note if finding.note in WHY.values() else "; ".join(filter(None, (finding.note, self.note))),
            fixes=tuple(fix for given in finding.fixes if (fix := self._fix(given)) is not None),
            scenario=scenario,
            assumption=(*self.assumption, *finding.assumption),
        )

    def _number(self, path: Path) -> int | None:
        """Which statement of the new text a path leads into."""
        number = path[1][1] if len(path) > 1 else None
        return number if isinstance(number, int) else None

    def _place(self, at: Location) -> Place:
        number = self._number(at.path)
        if number is None:
            return document_place(self._original)
        of = self._rewritten[number]
        if not of.kept:
            return of.statement.place
        by = self._moved[number]
        return Place((*of.statement.path, *at.path[2:]), Span(at.span.start + by, at.span.end + by))

    @cached_property
    def _moved(self) -> tuple[int, ...]:
        """By how much each statement of the new text is off."""
        new = self.context.policy.statements
        return tuple(of.statement.node.start - at.node.start for at, of in zip(new, self._rewritten, strict=True))

    def _fix(self, fix: Fix) -> Fix | None:
        """The fix for the text as it stands; None where it changes more than one kept statement."""
        edits: list[Edit] = []
        for edit in fix.edits:
            number = self._around(edit.span)
            if number is None:
                return None
            by = self._moved[number]
            span = Span(edit.span.start + by, edit.span.end + by)
            if any(span.start < gone.end and gone.start < span.end for gone in self._rewritten[number].blank):
                return None
            edits.append(Edit(span, edit.text))
        return Fix(fix.label, tuple(edits), fix.verdict)

    def _around(self, span: Span) -> int | None:
        for number, new in enumerate(self.context.policy.statements):
            if self._rewritten[number].kept and new.node.start < span.start and span.end < new.node.end:
                return number
        return None


class Judging:
    """The checks that ask what one document allows, each with the document that it can judge."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._made: dict[frozenset[str], tuple[AsIf, ...]] = {}

    def run(self, check: Check) -> list[Finding]:
        """What a check that is `judged` says of the document. Raises what the check raises."""
        if check.copes not in self._made:
            self._made[check.copes] = tuple(_readings(self._context, check.copes))
        readings = self._made[check.copes]
        if not readings:
            return list(check.run(self._context))
        found: list[Finding] = []
        undecided: list[str] = []
        for as_if in readings:
            try:
                found += as_if.told(check.run(as_if.context))
            except UndecidedError as error:
                found += as_if.told(error.found)
                undecided.append(str(error))
        if undecided:
            raise UndecidedError("; ".join(dict.fromkeys(undecided)), tuple(found))
        return found

    def let_go(self) -> None:
        """Forgets what the contexts keep."""
        for readings in self._made.values():
            for as_if in readings:
                as_if.context.let_go()
        self._made.clear()


def _readings(context: CheckContext, copes: frozenset[str]) -> Iterator[AsIf]:
    """The document as if mended, and for each condition of a template once as if it held and once as if not: then only
    what concerns a statement that this brings in is told."""
    conditions = list(dict.fromkeys(b.condition for chosen in branches(context).values() for b in chosen))
    choices = [(name, holds) for name in conditions[:_MOST_CONDITIONS] for holds in (True, False)]
    for choice in (None, *choices):
        made = as_if_mended(context, copes, choice)
        if made is not None:
            yield made


def as_if_mended(context: CheckContext, copes: frozenset[str], choice: tuple[str, bool] | None = None) -> AsIf | None:
    """The document as if mended; None where there is nothing to mend, and where too little of it can be read to say
    what it allows. `copes`: codes of the errors that whoever asks deals with; `choice`: a condition of the template and
    whether it holds. Linear in the document."""
    inside = branches(context)
    defects = _left(context, copes)
    templated = {s.index for s in context.policy.statements if _is_open(context, s)}
    if not (defects or templated or inside) or not _has_all_statements(context):
        return None
    by_statement, others = _by_statement(context, defects)
    rewritten: list[Rewritten] = []
    told: list[str] = []
    for statement in context.policy.statements:
        parts = [(context, statement, by_statement.get(statement.index, []), statement.index in templated)]
        if statement.index in inside:
            parts = list(_of_choice(inside[statement.index], copes, choice))
            told += _told_of_choice(statement, inside[statement.index], choice)
        for part, one, own, open_ in parts:
            # Two statements that are never there together may have one Sid.
            made = rewrite(part, one, own, open_=open_, nameless=part is not context)
            if made is None:
                return None
            if made.text:
                rewritten.append(made)
            if made.told:
                told.append(made.told)
    mended = replace(context, policy=read(parse(_composed(context, rewritten)), context.kind))
    if not any(made.kept for made in rewritten) or _left(mended, copes):
        return None
    refused = any(not is_left_open(context, d) for d in defects)
    assumption = [_assumption(context, refused, others, told)] if told or others else []
    if choice is not None:
        assumption.append(f"The condition {choice[0]} of the template {'holds' if choice[1] else 'does not hold'}.")
    return AsIf(
        mended, tuple(assumption), _NOTE if refused else _TEMPLATE_NOTE, context, tuple(rewritten), choice is not None
    )


def _of_choice(
    chosen: Sequence[Branch], copes: frozenset[str], choice: tuple[str, bool] | None
) -> Iterator[tuple[CheckContext, Statement, list[Defect], bool]]:
    """The branches that count: those of the condition that is chosen, and of others all but what they allow."""
    for branch in chosen:
        if choice is not None and branch.condition == choice[0]:
            if branch.holds is not choice[1]:
                continue
        elif is_to_allow(branch.statement):
            continue
        yield branch.context, branch.statement, _left(branch.context, copes), _is_open(branch.context, branch.statement)


def _told_of_choice(statement: Statement, chosen: Sequence[Branch], choice: tuple[str, bool] | None) -> Iterator[str]:
    if any(choice is None or branch.condition != choice[0] for branch in chosen):
        yield f"{numbered(statement)}, a choice, denying what it may deny and allowing nothing"


def _left(context: CheckContext, copes: frozenset[str]) -> list[Defect]:
    """The errors that whoever asks does not deal with."""
    with_templates = TEMPLATE in copes
    return [
        d for d in refusals(context.policy) if d.code not in copes and not (with_templates and of_template(context, d))
    ]


def _as_mended(policy: NamedPolicy) -> NamedPolicy:
    return NamedPolicy(MENDED, policy.text) if policy.name in ASKED_ABOUT else policy


# -- what is refused, and where --------------------------------------------------------------------------------------


def _is_open(context: CheckContext, statement: Statement) -> bool:
    """Whether the statement denies what a template has yet to say. What an Allow leaves open is no error of its own:
    the checks make nothing of such an entry."""
    if context.kind is not PolicyKind.IDENTITY or statement.effect is not Effect.DENY:
        return False
    apart = statement.sid.start if statement.sid is not None else -1
    return any(start != apart for start in open_strings(context, statement.node.start, statement.node.end))


def _has_all_statements(context: CheckContext) -> bool:
    """Whether no statement got lost: what cannot be read as one may deny anything."""
    root = context.document.root
    if not isinstance(root, ObjectNode):
        return False
    names = [member.key.value for member in root.members]
    if names.count("Statement") != 1 or any(
        near_match(name.strip(), DOCUMENT_ELEMENTS) == "Statement" for name in names if name != "Statement"
    ):
        return False
    for member in root.members:
        if member.key.value == "Statement" and isinstance(member.value, ArrayNode):
            lost = [item for item in member.value.items if not isinstance(item, ObjectNode)]
            if any(_DENY.search(context.text, item.start, item.end) for item in lost):
                return False
        elif member.key.value not in DOCUMENT_ELEMENTS and may_hold_deny(context, member):
            return False
    if context.whole:
        return True
    spans = [Span(s.node.start, s.node.end) for s in context.policy.statements if slips_in(context, s) is not None]
    return not context.document.brackets_doubtful and not any(map(_DENY.search, _between(context.text, spans)))


def _between(text: str, spans: Sequence[Span]) -> list[str]:
    """What stands outside of the spans, which are in the order of the text."""
    starts = [0, *(span.end for span in spans)]
    return [text[start:end] for start, end in zip(starts, (*(s.start for s in spans), len(text)), strict=True)]


def _by_statement(context: CheckContext, defects: Iterable[Defect]) -> tuple[dict[int, list[Defect]], list[Defect]]:
    """The defects by the statement that they are in, and those of the document."""
    found: dict[int, list[Defect]] = {}
    others: list[Defect] = []
    for defect in defects:
        path = defect.places[0].path
        statement = context.statements_by_path.get(path[:2]) or context.statements_by_path.get(path[:1])
        if statement is None:
            others.append(defect)
        else:
            found.setdefault(statement.index, []).append(defect)
    return found, others


# -- the whole -------------------------------------------------------------------------------------------------------


def _composed(context: CheckContext, rewritten: Sequence[Rewritten]) -> str:
    """A policy of these statements, each on its line."""
    version = context.policy.version
    value = version.value if version is not None and version.value in (CURRENT_VERSION, OLD_VERSION) else ""
    stated = member_value(context.document.root, "Version") is not None
    if (not value and stated) or context.kind in (PolicyKind.SCP, PolicyKind.RCP):
        value = CURRENT_VERSION
    head = '{"Version": ' + json.dumps(value) + ', "Statement": [' if value else '{"Statement": ['
    spans = [Span(made.statement.node.start, made.statement.node.end) for made in rewritten]
    gaps = [NO_LINE_END.sub("", gap) for gap in _between(context.text, spans)]
    parts = [head, gaps[0]]
    for number, made in enumerate(rewritten):
        parts += [made.text, "," if number < len(rewritten) - 1 else "]}", gaps[number + 1]]
    return "".join(parts)


def _assumption(context: CheckContext, refused: bool, others: Sequence[Defect], told: Sequence[str]) -> str:
    """What the findings need to be true, in one sentence or two."""
    changes = list(dict.fromkeys(_of_document(context, d) for d in others if d.code != "JSON_SYNTAX_ERROR"))
    changes += told
    if any(d.code == "JSON_SYNTAX_ERROR" for d in others):
        changes.append("the JSON mended")
    more = len(changes) - _MOST_TOLD
    listed_changes = "; ".join(changes[:_MOST_TOLD]) + (f"; and {more} more" if more > 0 else "")
    if refused:
        return f"AWS refuses the document as it stands; this holds as if it were mended: {listed_changes}."
    return f"The document is a template; this holds whatever fills it in: {listed_changes}."


def _of_document(context: CheckContext, defect: Defect) -> str:
    path = defect.places[0].path
    line = context.document.position(defect.places[0].span.start).line
    if defect.code in ("INVALID_VERSION", "MISSING_VERSION") or (path and path[0][1] == "Version"):
        return f"with Version {CURRENT_VERSION}"
    if path[:1] == (("value", "Statement"),):
        return f"what is no statement (line {line}) left out"
    return f"without {path[0][1] if path else 'what is wrong'} (line {line})"
