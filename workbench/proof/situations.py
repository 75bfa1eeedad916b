"""Which keys a request carries together: how it came in, and with which credentials.

A request comes from a public address, through a VPC endpoint or from a service that forwards it, and its credentials
were made in one way; each says of some keys that they are there and of others that they are not. A request that fits no
situation cannot exist. Source: spec context-keys.md sections 2 to 4 and 6, the column "present when".
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from itertools import product
from typing import TypeAlias

from workbench.evaluation.callers import CallerKind
from workbench.proof.keys import Domain
from workbench.proof.languages import Machine


class Presence(enum.Enum):
    """Whether a key is there."""

    ABSENT = enum.auto()
    PRESENT = enum.auto()


Rule: TypeAlias = Presence | str | Machine
"""What is known of a key: its presence, its value, or the shape of its value."""
Situation: TypeAlias = Mapping[str, Rule]
"""Lower-cased key → what is known of it; a key that is not there is open."""

_GONE, _THERE = Presence.ABSENT, Presence.PRESENT


def _gone(*keys: str) -> dict[str, Rule]:
    return dict.fromkeys(keys, _GONE)


_IP = "aws:sourceip"
_OF_ENDPOINT = ("aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip")
_WITH_ENDPOINT = ("aws:sourcevpcarn", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths")
_VIA = "aws:viaawsservice"
_CHAIN = ("aws:calledvia", "aws:calledviafirst", "aws:calledvialast")
_ISSUED, _MFA, _AGE = "aws:tokenissuetime", "aws:multifactorauthpresent", "aws:multifactorauthage"
_PROVIDER, _IDENTITY = "aws:federatedprovider", "aws:sourceidentity"
_OF_INSTANCE = ("aws:ec2instancesourcevpc", "aws:ec2instancesourceprivateipv4", "ec2:sourceinstancearn")
_ALSO_OF_INSTANCE = ("ssm:sourceinstancearn",)
_FUNCTION, _CENTER = "lambda:sourcefunctionarn", "identitystore:userid"
_OF_SESSIONS = (_PROVIDER, _IDENTITY, *_OF_INSTANCE, *_ALSO_OF_INSTANCE, _FUNCTION, _CENTER, "aws:chatbotsourcearn")
_ORGANIZATION = ("aws:principalorgid", "aws:principalorgpaths")

_NOT_FORWARDED: Situation = {_VIA: "false", **_gone(*_CHAIN)}
_OVER_INTERNET: Situation = {_IP: _THERE, **_gone(*_OF_ENDPOINT, *_WITH_ENDPOINT), **_NOT_FORWARDED}
_THROUGH_ENDPOINT: Situation = {_IP: _GONE, **dict.fromkeys(_OF_ENDPOINT, _THERE), **_NOT_FORWARDED}
_FORWARDED: Situation = {_VIA: "true", **_gone(*_OF_ENDPOINT, *_WITH_ENDPOINT, _AGE), _MFA: "false"}
_BY_A_SERVICE: Situation = {**_gone(*_OF_ENDPOINT, *_WITH_ENDPOINT), **_NOT_FORWARDED}

_NO_SESSION: Situation = _gone(*_OF_SESSIONS)


def _temporary(*, mfa: bool = False, there: Iterable[str] = (), may: Iterable[str] = ()) -> Situation:
    """Temporary credentials. `there`: keys of sessions that they carry; `may`: that they may carry."""
    others = {key: rule for key, rule in _NO_SESSION.items() if key not in may}
    of_mfa: Situation = {_ISSUED: _THERE, _MFA: "true" if mfa else "false", _AGE: _THERE if mfa else _GONE}
    return {**others, **of_mfa, **dict.fromkeys(there, _THERE)}


_LONG_TERM: Situation = {**_NO_SESSION, **_gone(_ISSUED, _MFA, _AGE)}
_NOBODY: Situation = {**_LONG_TERM, **_gone(*_ORGANIZATION, "aws:assumedroot")}
_OF_A_USER = (_LONG_TERM, _temporary(mfa=True), _temporary())
_CHAINED = (_IDENTITY, "aws:chatbotsourcearn")
_CREDENTIALS: Mapping[CallerKind, tuple[Situation, ...]] = {
    CallerKind.USER: _OF_A_USER,
    CallerKind.ROOT: _OF_A_USER,
    CallerKind.FEDERATED_USER: (_temporary(), _temporary(mfa=True)),
    CallerKind.ROLE_SESSION: (
        _temporary(may=_CHAINED),
        _temporary(mfa=True, may=_CHAINED),
        _temporary(there=(_PROVIDER,), may=_CHAINED),
        _temporary(there=_OF_INSTANCE, may=_ALSO_OF_INSTANCE),
        _temporary(there=(_FUNCTION,)),
        _temporary(there=(_CENTER,), may=(_PROVIDER, *_CHAINED)),
    ),
    CallerKind.SERVICE: (_NOBODY,),
    CallerKind.FEDERATED: (_NOBODY,),
    CallerKind.ANONYMOUS: (_NOBODY,),
}
_OF_A_CALL = (_OVER_INTERNET, _THROUGH_ENDPOINT)
_TAGS_OF_CALLER = "aws:principaltag/"
_WITHOUT_ACCOUNT = (CallerKind.SERVICE, CallerKind.FEDERATED, CallerKind.ANONYMOUS)


def situations(kind: CallerKind, tested: Iterable[str]) -> list[Situation]:
    """The situations of a caller that differ in the lower-cased keys `tested`, the likeliest first. Every request that
    can exist fits one of them."""
    keys = frozenset(tested)
    found: dict[frozenset[tuple[str, Rule]], Situation] = {}
    for way, credentials in product(_ways(kind), _CREDENTIALS[kind]):
        forwarded = way is _FORWARDED
        if forwarded and credentials is not _CREDENTIALS[kind][0]:
            continue
        both = {key: rule for key, rule in {**credentials, **way}.items() if key in keys}
        if kind in _WITHOUT_ACCOUNT:
            both.update({key: _GONE for key in keys if key.startswith(_TAGS_OF_CALLER)})
        for chain in _chains(keys) if forwarded else ({},):
            situation = {**both, **chain}
            found.setdefault(frozenset(situation.items()), situation)
    return list(found.values())


def _ways(kind: CallerKind) -> tuple[Situation, ...]:
    """How a caller's request comes in: a service calls by itself, or with the credentials of somebody who signed."""
    if kind is CallerKind.SERVICE:
        return (_BY_A_SERVICE,)
    return _OF_A_CALL if kind in _WITHOUT_ACCOUNT else (*_OF_A_CALL, _FORWARDED)


def _chains(keys: frozenset[str]) -> tuple[Situation, ...]:
    """Of a forwarded request: the services that forwarded it are told by all keys about them, or by none."""
    tested = [key for key in _CHAIN if key in keys]
    return (dict.fromkeys(tested, _THERE), dict.fromkeys(tested, _GONE)) if tested else ({},)


def ruled(domain: Domain, rule: Rule | None) -> Domain:
    """What a key can be where a situation says something of it."""
    match rule:
        case None:
            return domain
        case Presence.ABSENT:
            return Domain(present=False)
        case Presence.PRESENT:
            return domain._replace(absent=False)
        case str():
            if domain.values is not None and rule not in domain.values:
                return Domain(absent=False, present=False)
            return domain._replace(absent=False, values=(rule,))
        case _:
            return domain._replace(absent=False, shapes=(rule,))
