"""What a check gets and what it is: the contract between the registry and the families of checks.

A check is a pure function from a CheckContext to findings. It reads, never writes, keeps nothing between two calls, and
reports through `CheckContext.report`, which knows type and origin of every code. Source: spec findings.md section 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, cast

from workbench.document.nodes import Document, Node, Path, Problem, StringNode
from workbench.document.span import Span
from workbench.evaluation.catalog_facts import CatalogFacts
from workbench.evaluation.judge import Judge
from workbench.evaluation.request import Scenario
from workbench.findings.codes import CODES
from workbench.findings.model import Confidence, Finding, FindingType, Fix, Location
from workbench.findings.placeholders import Placeholders, find_placeholders
from workbench.findings.rules import NO_RULES, HouseRules
from workbench.findings.surroundings import Surroundings
from workbench.patience import check
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import ConditionTest, ListElement, Place, Policy, Statement

if TYPE_CHECKING:
    from workbench.catalog.catalog import Catalog

T = TypeVar("T")


WHY = {
    Confidence.INFERRED: "AWS does not document this; it is how this program reads what AWS does document",
    Confidence.OBSERVED: "as AWS was seen to judge its own policies",
}
"""What is noted of a finding that has no note of its own and rests on something else than documents of AWS."""


class GaveUpError(Exception):
    """Raised by a check whose cost would pass its budget. Reported as a failed check, never as a finding."""

    def __init__(self) -> None:
        super().__init__("not decided within budget")


class UndecidedError(Exception):
    """Raised by a check that could not decide everything: the sentence why, and the findings it made all the same."""

    def __init__(self, why: str, found: tuple[Finding, ...] = ()) -> None:
        super().__init__(why)
        self.found = found


@dataclass(frozen=True)
class CheckContext:
    """One policy and all that may be known about it. `decoding_problem`: why the bytes of the file were no UTF-8;
    `bom`: whether a byte order mark came before the text. `companions`: the other policies of whoever has this one,
    None where they are not known; `old_scp_language`: judge SCPs by the language before September 2025; `given_judge`:
    the engine that replays scenarios, None for one of its own; `rules`: what the project demands; `around`: what it
    says around this policy, None for a bare document."""

    policy: Policy
    catalog: Catalog
    resource_type: str | None = None
    decoding_problem: Problem | None = None
    bom: bool = False
    companions: tuple[Policy, ...] | None = None
    old_scp_language: bool = False
    given_judge: Judge | None = None
    rules: HouseRules = NO_RULES
    around: Surroundings | None = None

    @cached_property
    def judge(self) -> Judge:
        """Decides the scenario of a finding before it is shown."""
        return self.given_judge or Judge(CatalogFacts(lambda: self.catalog))

    def once(self, make: Callable[[CheckContext], T]) -> T:
        """What `make` makes of this context: made once, however many checks ask for it."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast("T", self._made[make])

    def let_go(self) -> None:
        """Forgets what `once` has made: most of it holds this context, and of two that hold each other only a pass of
        the collector would be rid."""
        self._made.clear()

    @cached_property
    def _made(self) -> dict[object, object]:
        return {}

    @property
    def document(self) -> Document:
        return self.policy.document

    @property
    def text(self) -> str:
        return self.policy.document.text

    @property
    def kind(self) -> PolicyKind:
        return self.policy.kind

    @property
    def catalog_note(self) -> str:
        """The date that every answer out of the catalog rests on."""
        return f"catalog of {self.catalog.date}"

    @cached_property
    def placeholders(self) -> Placeholders:
        return find_placeholders(self.document, lambda name: self.catalog.key(name) is not None)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The statements that no repair of the JSON touched: what stands there is the author's."""
        return tuple(s for s in self.policy.statements if self.untouched(s))

    def only(self, statements: tuple[Statement, ...]) -> CheckContext:
        """The same with these statements alone, for a check that is local."""
        narrowed = replace(self, policy=replace(self.policy, statements=statements))
        vars(narrowed)["placeholders"] = self.placeholders  # of the whole document, as before
        return narrowed

    @property
    def whole(self) -> bool:
        """Whether nothing had to be repaired, so that what is absent really is absent."""
        return not self.document.problems

    def untouched(self, statement: Statement) -> bool:
        """Whether the author closed the statement and no JSON problem lies inside it."""
        node = statement.node
        return self.whole or (node.start not in self.document.patched and self.sound(Span(node.start, node.end)))

    def sound(self, span: Span) -> bool:
        """Whether no JSON problem lies inside `span`."""
        return not any(p.start < span.end and max(p.end, p.start + 1) > span.start for p in self.document.problems)

    def templated(self, node: Node) -> bool:
        """Whether `node` is a string with a placeholder in it: it stands for any text (findings.md section 4.3)."""
        check()
        return isinstance(node, StringNode) and node.start in self.placeholders.strings

    @cached_property
    def statements_by_path(self) -> dict[Path, Statement]:
        return {statement.path: statement for statement in self.policy.statements}

    def elements(self) -> Iterator[tuple[Statement, ListElement]]:
        """Every Action and NotAction with its statement."""
        for statement in self.statements:
            check()
            if statement.actions is not None:
                yield statement, statement.actions

    def tests(self) -> Iterator[tuple[Statement, ConditionTest]]:
        """Every condition test of a sound statement."""
        for statement in self.statements:
            check()
            for test in statement.conditions:
                yield statement, test

    def report(
        self,
        code: str,
        details: str,
        *places: Place,
        fixes: tuple[Fix, ...] = (),
        note: str = "",
        finding_type: FindingType | None = None,
        confidence: Confidence | None = None,
        scenario: Scenario | None = None,
        assumption: tuple[str, ...] = (),
    ) -> Finding:
        """A finding of `code` at `places`, the first the main one. Raises KeyError for a code that is not registered
        and ValueError without a place."""
        if not places:
            raise ValueError(f"{code} has no place")
        known = CODES[code]
        rests_on = confidence or known.confidence
        return Finding(
            type=finding_type or known.type,
            code=code,
            details=details,
            locations=tuple(Location(place.path, place.span) for place in places),
            origin=known.origin,
            confidence=rests_on,
            note=note or WHY.get(rests_on, ""),
            fixes=fixes,
            scenario=scenario,
            assumption=assumption,
        )


@dataclass(frozen=True, slots=True)
class Check:
    """One check: `codes` are all it may report. `local`: it says of each statement what it would say if that stood
    alone, and looks at nothing but what `recall` has in its key; findings then are kept while the statement stays.
    `judged`: it asks what the policy allows, so that it looks at a document that AWS refuses as if that were mended
    (`as_if`); `copes`: codes of errors that it deals with by itself."""

    name: str
    codes: tuple[str, ...]
    run: Callable[[CheckContext], Iterator[Finding]]
    local: bool = False
    judged: bool = False
    copes: frozenset[str] = frozenset()


WHOLE_DOCUMENT: Path = ()


def document_place(context: CheckContext) -> Place:
    """The whole document: path `[]`, the span of the text's one value."""
    root = context.document.root
    return Place(WHOLE_DOCUMENT, Span(root.start, root.end) if root is not None else Span(0, len(context.text)))
