"""Every issue code that the program can report: its type, whose check it is, for which kinds of policy, how sure.

The one place where a code gets its meaning; a check that reports a code not listed here fails. The rows stand in
`codes_aws.py` and `codes_own.py`. Source: spec findings.md sections 2 (AWS's own codes) and 3 (ours).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from workbench.findings import codes_aws, codes_own
from workbench.findings.model import Confidence, FindingType, Origin
from workbench.policy.kinds import PolicyKind

_LETTERS = {
    "I": (PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION),
    "R": (PolicyKind.RESOURCE, PolicyKind.VPC_ENDPOINT),
    "T": (PolicyKind.TRUST,),
    "S": (PolicyKind.SCP,),
    "C": (PolicyKind.RCP,),
}


class IssueCode(NamedTuple):
    """What is fixed about a code. `title` is a few words for lists and help pages."""

    code: str
    type: FindingType
    origin: Origin
    kinds: frozenset[PolicyKind]
    confidence: Confidence
    title: str


def _codes() -> Iterator[IssueCode]:
    for finding_type, rows in (
        (FindingType.ERROR, codes_aws.ERRORS),
        (FindingType.WARNING, codes_aws.WARNINGS),
        (FindingType.SECURITY_WARNING, codes_aws.SECURITY_WARNINGS),
        (FindingType.SUGGESTION, codes_aws.SUGGESTIONS),
    ):
        for code, letters, rests_on, title in rows:
            yield IssueCode(code, finding_type, Origin.AWS, _kinds(letters), _confidence(rests_on), title)
    for own in (
        codes_own.FORM_AND_CATALOG,
        codes_own.STATEMENTS_THAT_DO_NOTHING,
        codes_own.CONDITIONS,
        codes_own.PRIVILEGE_ESCALATION,
        codes_own.EXPOSURE,
        codes_own.PUBLIC_AND_WIDE_ACCESS,
        codes_own.CONFUSED_DEPUTY,
        codes_own.PROJECT,
    ):
        for code, finding_type, letters, rests_on, title in own:
            yield IssueCode(code, finding_type, Origin.WORKBENCH, _kinds(letters), _confidence(rests_on), title)


def _kinds(letters: str) -> frozenset[PolicyKind]:
    return frozenset(kind for letter in letters for kind in _LETTERS[letter])


def _confidence(rests_on: str) -> Confidence:
    return Confidence(rests_on or "documented")


CODES: dict[str, IssueCode] = {known.code: known for known in _codes()}
"""Issue code → what is fixed about it."""

OF_SUPPRESSIONS = ("SUPPRESSION_STALE", "SUPPRESSION_INVALID")
"""What no check of a policy reports: they are about the file of suppressions."""
