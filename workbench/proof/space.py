"""Which requests can exist: what an action takes as its resource and carries as context.

`Anything` knows no limits but the caller's: what holds there for no request holds for none at all. `Plausible` is what
the catalog says of one action in one Region and account: a request found there can be shown to a person.
Source: spec context-keys.md sections 2 to 5, catalog.md sections 2, 5 and 6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.catalog.catalog import Catalog
from workbench.catalog.model import ConditionKey
from workbench.evaluation.context import MULTIVALUED_GLOBAL_KEYS
from workbench.proof.askers import PRINCIPAL_KEYS, Asker
from workbench.proof.keys import Domain
from workbench.proof.languages import ANYTHING, DIGIT, LOWER, ONE, Characters, Machine, Step, literal
from workbench.proof.patterns import format_machine

_WORD = Step(Characters(LOWER.listed | DIGIT.listed))
_ACCOUNT = Machine((Step(DIGIT),) * 12)
_ORGANIZATION = Machine((*literal("o-"), *(_WORD,) * 10))
_ARN = Machine(
    (*literal("arn:aws:"), *(s for _ in range(3) for s in (Step(_WORD.characters, True), *literal(":"))), ONE, ANYTHING)
)
_SHAPES: Mapping[str, Machine] = {
    "aws:principalorgid": _ORGANIZATION,
    "aws:resourceorgid": _ORGANIZATION,
    "aws:sourceorgid": _ORGANIZATION,
    "aws:vpceorgid": _ORGANIZATION,
    "aws:resourceaccount": _ACCOUNT,
    "aws:sourceaccount": _ACCOUNT,
    "aws:vpceaccount": _ACCOUNT,
    "aws:sourcevpc": Machine((*literal("vpc-"), *(_WORD,) * 8)),
    "aws:sourcevpce": Machine((*literal("vpce-"), *(_WORD,) * 8)),
}
_OF_SESSIONS = ("ec2:sourceinstancearn", "lambda:sourcefunctionarn", "identitystore:userid", "ssm:sourceinstancearn")
_TAG_KEYS = ("aws:requesttag/", "aws:resourcetag/", "aws:tagkeys")
_BOOLEANS = ("true", "false")


def is_multivalued(key: str, catalog: Catalog) -> bool:
    """Whether a request can carry several values under the key."""
    lower = key.lower()
    if lower.startswith("aws:"):
        return lower in MULTIVALUED_GLOBAL_KEYS
    known = catalog.key(key)
    return known is not None and known.multivalued


@dataclass(frozen=True)
class Anything:
    """Every resource and every context that this caller could send, whatever the action takes."""

    asker: Asker
    catalog: Catalog
    alone: bool = False
    """Whether the action is authorized on no resource."""

    def resources(self) -> Sequence[Machine]:
        return (_STAR,) if self.alone else ()

    def domain(self, key: str) -> Domain:
        of_caller = self.asker.domains.get(key)
        if of_caller is not None:
            return of_caller
        return Domain(multivalued=is_multivalued(key, self.catalog))


@dataclass(frozen=True)
class Plausible:
    """The requests for one action that AWS documents. `region`, `account`: of the resource; empty: any; `paths`:
    whether names may hold slashes."""

    asker: Asker
    catalog: Catalog
    action: str
    region: str
    account: str
    paths: bool = False
    partition: str = "aws"

    def resources(self) -> Sequence[Machine]:
        formats = self.catalog.arn_formats(self.action)
        if formats is None:
            return ()
        if not formats:
            return (_STAR,)
        return tuple(format_machine(arn, self.partition, self.region, self.account, self.paths) for arn in formats)

    def domain(self, key: str) -> Domain:
        of_caller = self.asker.domains.get(key)
        if of_caller is not None:
            return of_caller
        if key == "aws:requestedregion":
            return Domain(absent=False, values=(self.region,)) if self.region else Domain(absent=False)
        if key == "aws:resourceaccount" and self.account:
            return Domain(values=(self.account,))
        known = self.catalog.key(key)
        if known is None or not self._can_carry(key, known):
            return Domain(present=False)
        absent = known.presence != "always"
        many = is_multivalued(key, self.catalog)
        if known.base_type == "Bool":
            return Domain(many, absent, values=_BOOLEANS)
        typed = known.base_type in ("Numeric", "Date", "IPAddress")
        return Domain(many, absent, shapes=self._shapes(key, known), typed=typed)

    def _can_carry(self, key: str, known: ConditionKey) -> bool:
        if known.is_global and not key.startswith(_TAG_KEYS):
            return key not in PRINCIPAL_KEYS
        return key in _OF_SESSIONS or self.catalog.supports(self.action, key)

    def _shapes(self, key: str, known: ConditionKey) -> tuple[Machine, ...]:
        shape = _SHAPES.get(key)
        if shape is not None:
            return (shape,)
        return (_ARN,) if known.base_type == "ARN" else ()


_STAR = Machine(literal("*"))
