"""What a question over all requests is answered with. Values only."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from workbench.evaluation.request import Scenario


class Result(enum.StrEnum):
    """PASS and FAIL as AWS's custom policy checks name them; UNKNOWN where neither is proven."""

    PASS = "PASS"
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Reason:
    """A statement that makes the answer FAIL. `index` from 0 within its policy; `policy` names that; `text` says in
    words what it is about; `scenario` is a request of its own that shows it, where one was asked for; `assumptions`:
    sentences about that request alone."""

    policy: str
    index: int
    sid: str
    description: str
    text: str = ""
    scenario: Scenario | None = None
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer. `witness`: a scenario that the evaluation decides `allowed`; `before` the same request asked of the
    other side, where there is one; `assumptions`: sentences without which it would not hold; `why` it is UNKNOWN."""

    result: Result
    reasons: tuple[Reason, ...] = ()
    witness: Scenario | None = None
    assumptions: tuple[str, ...] = ()
    why: str = ""

    @property
    def assumed_of_all(self) -> tuple[str, ...]:
        """The assumptions that are said with none of the reasons."""
        said = {sentence for reason in self.reasons for sentence in reason.assumptions}
        return tuple(sentence for sentence in self.assumptions if sentence not in said)
