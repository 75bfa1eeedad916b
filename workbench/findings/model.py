"""What a check says about a policy. Values only. Source of every field: spec findings.md section 1."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from workbench.document.edits import Edit as Edit
from workbench.document.nodes import Path
from workbench.document.span import Span
from workbench.evaluation.request import Scenario


class FindingType(enum.StrEnum):
    """AWS's four finding types, worst first. Source: Access Analyzer API, ValidatePolicyFinding.findingType."""

    ERROR = "ERROR"
    SECURITY_WARNING = "SECURITY_WARNING"
    WARNING = "WARNING"
    SUGGESTION = "SUGGESTION"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return _RANK[self]


_RANK = {kind: rank for rank, kind in enumerate(FindingType)}


class Origin(enum.StrEnum):
    """Whose check it is: one of AWS's 153 or our own."""

    AWS = "AWS"
    WORKBENCH = "WORKBENCH"


class Confidence(enum.StrEnum):
    """What the rule behind the finding rests on."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    INFERRED = "inferred"


@dataclass(frozen=True, slots=True)
class Location:
    """A place in the policy: AWS's path to it and its span in the text."""

    path: Path
    span: Span


class Effect(enum.StrEnum):
    """What a fix does to the access that a document gives."""

    SAME = "same access"
    NARROWER = "narrower"
    WIDER = "wider"
    NOT_DECIDED = "not decided"


@dataclass(frozen=True, slots=True)
class FixVerdict:
    """What has been proved of a fix. `why`: one sentence, why it is not decided; `witness`: a scenario with the
    document before (narrower) or after (wider) that is allowed there and not in the other; `witness_lost`: what a fix
    that gives and takes, and so is wider, takes."""

    effect: Effect = Effect.NOT_DECIDED
    why: str = ""
    witness: Scenario | None = None
    witness_lost: Scenario | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """One way to mend a finding: edits in document order that do not overlap. `verdict` is None until somebody asked
    the proof for it: a check never says it."""

    label: str
    edits: tuple[Edit, ...]
    verdict: FixVerdict | None = None


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Why a finding does not count: what whoever suppressed it wrote. `expires` is an ISO date or empty."""

    reason: str
    author: str = ""
    expires: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `details` is one or two plain sentences; `locations` is never empty, the first is the main one;
    `scenario` shows the finding when it is replayed; `assumption` holds the sentences that must be true for it;
    `suppressed` says why it does not count."""

    type: FindingType
    code: str
    details: str
    locations: tuple[Location, ...]
    origin: Origin = Origin.AWS
    confidence: Confidence = Confidence.DOCUMENTED
    note: str = ""
    fixes: tuple[Fix, ...] = ()
    scenario: Scenario | None = None
    assumption: tuple[str, ...] = ()
    suppressed: Suppressed | None = None

    @property
    def span(self) -> Span:
        return self.locations[0].span


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """A check that raised or gave up: never a finding on the policy."""

    check: str
    error: str
