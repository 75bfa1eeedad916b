"""Which requests can exist: what an action takes as its resource and carries as context.

`Anything` knows no limits but the caller's: what holds there for no request holds for none at all. `Plausible` is what
the catalog says of one action in one Region and account: a request found there can be shown to a person.
Source: spec context-keys.md sections 2 to 5, catalog.md sections 2, 5 and 6.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workbench.catalog.catalog import Catalog
from workbench.catalog.model import ConditionKey
from workbench.evaluation.callers import CallerKind
from workbench.evaluation.derive import GLOBAL_REGIONS, GLOBAL_SERVICES
from workbench.proof.agreements import arn_machine
from workbench.proof.askers import OF_SERVICES, PRINCIPAL_KEYS, Asker
from workbench.proof.keys import Domain, is_multivalued
from workbench.proof.languages import ANYTHING, DIGIT, LOWER, ONE, Characters, Machine, Step, literal
from workbench.proof.patterns import format_machine, resources_within
from workbench.proof.situations import Situation, ruled

_UPPER = Characters(frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
_WORD = Step(Characters(LOWER.listed | DIGIT.listed))
_ACCOUNT = Machine((Step(DIGIT),) * 12)
_LETTERS = Step(_WORD.characters, repeated=True)
_ORGANIZATION = Machine((*literal("o-"), *(_WORD,) * 10, _LETTERS))
_PATHS = Machine((*_ORGANIZATION.steps, *literal("/r-"), *(_WORD,) * 4, *literal("/"), ANYTHING))
_ARN = arn_machine()
_ID = Step(Characters(_UPPER.listed | DIGIT.listed))
_IDS = Step(_ID.characters, repeated=True)
_SHAPES: Mapping[str, Machine] = {
    "aws:principalorgid": _ORGANIZATION,
    "aws:resourceorgid": _ORGANIZATION,
    "aws:sourceorgid": _ORGANIZATION,
    "aws:vpceorgid": _ORGANIZATION,
    "aws:principalorgpaths": _PATHS,
    "aws:resourceorgpaths": _PATHS,
    "aws:sourceorgpaths": _PATHS,
    "aws:vpceorgpaths": _PATHS,
    "aws:resourceaccount": _ACCOUNT,
    "aws:sourceaccount": _ACCOUNT,
    "aws:vpceaccount": _ACCOUNT,
    "aws:sourcevpc": Machine((*literal("vpc-"), *(_WORD,) * 8, _LETTERS)),
    "aws:ec2instancesourcevpc": Machine((*literal("vpc-"), *(_WORD,) * 8, _LETTERS)),
    "aws:sourcevpce": Machine((*literal("vpce-"), *(_WORD,) * 8, _LETTERS)),
}
_USER_IDS: Mapping[CallerKind, Machine] = {
    CallerKind.USER: Machine((*literal("AIDA"), _ID, _IDS)),
    CallerKind.ROLE_SESSION: Machine((*literal("AROA"), _ID, _IDS, *literal(":"), ONE, ANYTHING)),
}
_OF_SESSIONS = ("ec2:sourceinstancearn", "lambda:sourcefunctionarn", "identitystore:userid", "ssm:sourceinstancearn")
_SAMPLE_OF = {"Numeric": "1", "Date": "2026-01-01T00:00:00Z", "IPAddress": "203.0.113.10"}
_SAMPLES = dict.fromkeys(("aws:vpcsourceip", "aws:ec2instancesourceprivateipv4"), "10.0.0.10")
"""Values of a type, by type and by lower-cased key; addresses of documentation and of a private network."""
_TAG_KEYS = ("aws:requesttag/", "aws:resourcetag/", "aws:tagkeys")
_BOOLEANS = ("true", "false")


def is_truth(key: str, catalog: Catalog) -> bool:
    """Whether the key is a global one that holds true or false and nothing else."""
    known = catalog.key(key) if key.lower().startswith("aws:") else None
    return known is not None and known.base_type == "Bool"


class Liberty(enum.IntEnum):
    """How far a request may be from what the catalog knows: not at all, with values of any form, with any key, with any
    resource too."""

    NONE = 0
    VALUES = 1
    KEYS = 2
    ALL = 3


@dataclass(frozen=True)
class Anything:
    """Every resource and every context that this caller could send in a situation, whatever the action takes."""

    asker: Asker
    catalog: Catalog
    alone: bool = False
    """Whether the action is authorized on no resource."""
    situation: Situation = field(default_factory=dict)
    lists: frozenset[str] = frozenset()
    """Lower-cased keys that no catalog knows, so that a request may carry a list under them."""
    liberty: Liberty = Liberty.ALL

    @property
    def identity(self) -> tuple[object, ...]:
        """Equal for the same requests, as long as the caller is the same object."""
        return type(self), id(self.asker), self.alone, frozenset(self.situation.items())

    def resources(self) -> Sequence[Machine]:
        return (_STAR,) if self.alone else ()

    def domain(self, key: str) -> Domain:
        of_caller = self.asker.domains.get(key)
        known = of_caller
        if known is None:
            many = key in self.lists or is_multivalued(key, self.catalog)
            known = Domain(multivalued=many, values=_BOOLEANS if is_truth(key, self.catalog) else None)
        return ruled(known, self.situation.get(key))


@dataclass(frozen=True)
class Possible(Anything):
    """Of these only the requests that the caller's partition does not rule out: who is signed in can ask for nothing of
    another partition (evaluation.md section 3). Looked at where the rest was no use, since it costs more."""

    def resources(self) -> Sequence[Machine]:
        if self.alone or not self.asker.caller.is_signed_in:
            return super().resources()
        return resources_within("" if self.asker.any_partition else self.asker.caller.partition)


@dataclass(frozen=True)
class Plausible:
    """The requests for one action that AWS documents, in a situation. `region`, `account`: of the resource; empty: any;
    `paths`: whether names may hold slashes."""

    asker: Asker
    catalog: Catalog
    action: str
    region: str
    account: str
    paths: bool = False
    partition: str = "aws"
    situation: Situation = field(default_factory=dict)
    liberty: Liberty = Liberty.NONE

    @property
    def identity(self) -> tuple[object, ...]:
        """Equal for the same requests, as long as the caller is the same object."""
        of_resource = self.action, self.region, self.account, self.paths, self.partition
        return type(self), id(self.asker), *of_resource, self.liberty, frozenset(self.situation.items())

    def resources(self) -> Sequence[Machine]:
        formats = self.catalog.arn_formats(self.action)
        if formats is None:
            return ()
        if not formats:
            return (_STAR,)
        return tuple(format_machine(arn, self.partition, self.region, self.account, self.paths) for arn in formats)

    def domain(self, key: str) -> Domain:
        return ruled(self._domain(key), self.situation.get(key))

    def _domain(self, key: str) -> Domain:
        of_caller = self.asker.domains.get(key)
        if of_caller is not None:
            shape = _USER_IDS.get(self.asker.caller.kind) if key == "aws:userid" else None
            if shape is not None and not self.liberty and of_caller.values is None:
                return of_caller._replace(shapes=(shape,))
            return of_caller
        if key == "aws:requestedregion":
            is_global = self.action.partition(":")[0].lower() in GLOBAL_SERVICES
            region = GLOBAL_REGIONS.get(self.partition, "") if is_global else self.region
            return Domain(absent=False, values=(region,)) if region else Domain(absent=False)
        if key == "aws:resourceaccount" and self.account:
            return Domain(values=(self.account,))
        known = self.catalog.key(key)
        many = is_multivalued(key, self.catalog)
        if self.liberty is not Liberty.KEYS and (known is None or not self._can_carry(key, known)):
            return Domain(present=False)
        if known is None:
            return Domain(many)
        absent = known.presence != "always"
        if known.base_type == "Bool":
            return Domain(many, absent, values=_BOOLEANS)
        typed = _SAMPLES.get(key) or _SAMPLE_OF.get(known.base_type, "")
        return Domain(many, absent, shapes=() if self.liberty else self._shapes(key, known), typed=typed)

    def _can_carry(self, key: str, known: ConditionKey) -> bool:
        if key in OF_SERVICES:
            return self.asker.caller.kind is CallerKind.SERVICE
        if known.is_global and not key.startswith(_TAG_KEYS):
            return key not in PRINCIPAL_KEYS
        return key in _OF_SESSIONS or self.catalog.supports(self.action, key)

    def _shapes(self, key: str, known: ConditionKey) -> tuple[Machine, ...]:
        shape = _SHAPES.get(key)
        if shape is not None:
            return (shape,)
        return (_ARN,) if known.base_type == "ARN" else ()


_STAR = Machine(literal("*"))
