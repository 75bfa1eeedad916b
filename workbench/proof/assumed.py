"""What an answer takes for granted of requests, in sentences: what the evaluation would judge, but AWS never sends.

Source: spec context-keys.md sections 2 to 4 and 6, with its marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workbench.catalog.catalog import Catalog
from workbench.evaluation.callers import CallerKind
from workbench.proof.askers import Asker
from workbench.proof.formulas import Body
from workbench.proof.keys import TEXTS
from workbench.proof.space import is_truth

ONLY_TRUTHS = "AWS is taken to send nothing but true and false under {keys}."
OF_SESSIONS = "Sessions of roles and of federated users are taken to carry {keys} always, as AWS documents it."
OF_SERVICES = "AWS services that call by themselves are taken to send no {keys} (inferred)."
TOGETHER = (
    "Requests are taken to carry only keys that AWS documents together: those of an address or of an endpoint, those "
    "of MFA, of a session or of a forwarding service only where there is one (in part inferred)."
)
_IN_SESSIONS = ("aws:TokenIssueTime", "aws:MultiFactorAuthPresent")
_OF_CALLERS = ("aws:PrincipalArn", "aws:PrincipalAccount", "aws:userid", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths")
_TRUTHS = ("true", "false")


def assumptions(
    bodies: Sequence[Body], askers: Iterable[Asker], tested: frozenset[str], catalog: Catalog
) -> tuple[str, ...]:
    """The sentences that belong to a PASS. `tested`: the lower-cased keys that the statements look at."""
    kinds = {asker.caller.kind for asker in askers}
    found = []
    if keys := list(dict.fromkeys(_odd_truths(bodies, catalog))):
        found.append(ONLY_TRUTHS.format(keys=" and ".join(keys)))
    if (keys := _looked_at(_IN_SESSIONS, tested)) and kinds & {CallerKind.ROLE_SESSION, CallerKind.FEDERATED_USER}:
        found.append(OF_SESSIONS.format(keys=" and ".join(keys)))
    if CallerKind.SERVICE in kinds and (keys := _looked_at(_OF_CALLERS, tested)):
        found.append(OF_SERVICES.format(keys=" and no ".join(keys)))
    return tuple(found)


def _looked_at(keys: Iterable[str], tested: frozenset[str]) -> list[str]:
    return [key for key in keys if key.lower() in tested]


def _odd_truths(bodies: Iterable[Body], catalog: Catalog) -> Iterable[str]:
    """The keys of truths that some statement compares as texts with others than true and false."""
    for body in bodies:
        for test in body.statement.conditions:
            operator = test.test.operator
            if operator is None or not is_truth(test.key, catalog):
                continue
            if operator.base.family in TEXTS and any(value.text not in _TRUTHS for value in test.test.values):
                yield test.key
