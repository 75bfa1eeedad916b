"""What is asked of the engine and what it answers. Values only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbench.document.nodes import Document
from workbench.document.span import Span
from workbench.evaluation.request import NamedPolicy
from workbench.findings.model import FailedCheck, Finding
from workbench.policy.kinds import PolicyKind
from workbench.policy.reader import read

if TYPE_CHECKING:
    from workbench.evaluation.decision import Decision
    from workbench.evaluation.nearest import Way
    from workbench.evaluation.request import PolicySet, Request, Scenario
    from workbench.evaluation.trace import LayerTrace
    from workbench.project.model import Project


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """A condition key as a form needs it. `type` is AWS's word (`String`, `Bool`, `ArrayOfString` …)."""

    name: str
    type: str
    multivalued: bool


@dataclass(frozen=True, slots=True)
class Validation:
    """What is wrong with one document. `again` asks the same of another text in its place; `filled` puts the values of
    the session into a text, where there are any."""

    kind: PolicyKind
    document: Document
    findings: tuple[Finding, ...]
    failed_checks: tuple[FailedCheck, ...]
    again: Callable[[str], Validation] | None = field(default=None, compare=False)
    filled: Callable[[str], str] | None = field(default=None, compare=False)

    def statement_span(self, index: int) -> Span | None:
        """Where the statement of this index stands, None if there is none."""
        statements = read(self.document, self.kind).statements
        return statements[index].place.span if 0 <= index < len(statements) else None


@dataclass(frozen=True, slots=True)
class Question:
    """The state of the window. `texts`: key of each open buffer → its text as edited (files of the project under their
    project key); `active`: the key of the buffer in front; `kinds`: what the user said a buffer is; `beside`: the
    policies of a witness, among which the buffer in front takes the place of the one it was found for; `values`: what
    the user filled in for placeholders, for this session, by the names of `embedded.values`."""

    project: Project | None
    texts: Mapping[str, str]
    active: str
    kinds: Mapping[str, PolicyKind]
    request: Request | None
    beside: PolicySet | None = None
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def alone(self) -> bool:
        """Whether the buffer in front is asked by itself rather than the policies of the project."""
        return self.project is None or (self.project.policy(self.active) is None and self.active in self.texts)

    @property
    def front(self) -> NamedPolicy:
        """The buffer in front as a policy."""
        name = self.active.replace("\\", "/").rpartition("/")[2].removesuffix(".json") or "this policy"
        return NamedPolicy(name, self.texts.get(self.active, ""))


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything the window shows. `decision` and `decision_error` (one sentence) exclude each other; both are empty
    without a request. `sources`: policy name in the decision → key of the buffer or project file it is. `ways`: how to
    reach the other decision, `no_way`: where there are none, why; `traces`: for each authorization, each layer's
    statements with the reason, keys of unknown value taken as absent. `doubt`: the note of the decision that says why
    AWS would never ask this; `left_out`: what is to be said of policies that were not asked. `error_key` and
    `error_span`: the text and the place in it that keep the request from being judged; `written`: policy name → its
    text, where values of the session stood in the one that was judged."""

    validation: Validation
    decision: Decision | None = None
    decision_error: str = ""
    scenario: Scenario | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    ways: tuple[Way, ...] = ()
    no_way: str = ""
    traces: tuple[tuple[LayerTrace, ...], ...] = ()
    doubt: str = ""
    left_out: str = ""
    error_key: str = ""
    error_span: Span | None = None
    written: Mapping[str, str] = field(default_factory=dict)
