"""What keys of one request, its resource and its caller must agree in: the account of an ARN and the account by itself,
an organization and the paths in it, the Region called and the Region of the resource, the date and the seconds of the
time.

The search decides every key by itself; where two of what it found cannot be of one request, it looks again with one
held to the other. Source: spec context-keys.md sections 2 to 4, 6 and 7.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain

from workbench.evaluation.derive import GLOBAL_SERVICES
from workbench.evaluation.request import ContextValue
from workbench.evaluation.values import read_date
from workbench.policy.arns import parse_arn
from workbench.proof.languages import (
    ANYTHING,
    DIGIT,
    LOWER,
    ONE,
    ONE_OR_VARIABLE,
    Characters,
    Machine,
    Step,
    is_private,
    literal,
)
from workbench.proof.situations import Presence, Situation

_Known = Mapping[str, ContextValue | None]

_ORGANIZATIONS = ("principal", "resource", "source", "vpce")
_LETTER = Step(LOWER)
_LETTERS = Step(Characters(LOWER.listed | DIGIT.listed | {"-"}), repeated=True)
_REQUEST_TAG, _TAG_KEYS = "aws:requesttag/", "aws:tagkeys"


def disagreements(resource: str, action: str, found: Mapping[str, ContextValue | None]) -> tuple[Situation, ...] | None:
    """None if everything agrees. Else what to hold fast so that it may, each a way by itself; () if there is none.
    `found`: the values of the keys that were looked at, None for an absent one."""
    known = {key.lower(): value for key, value in found.items()}
    for ways in chain(
        _organizations(known), _sources(known), _callers(known), _places(resource, action, known), _times(known)
    ):
        return ways
    return None


def _text(known: _Known, key: str) -> str:
    """The text of a key, empty if it has none that is fixed."""
    value = known.get(key)
    return value if isinstance(value, str) and not any(map(is_private, value)) else ""


def _organizations(known: _Known) -> Iterator[tuple[Situation, ...]]:
    for owner in _ORGANIZATIONS:
        id_key, paths_key = f"aws:{owner}orgid", f"aws:{owner}orgpaths"
        if id_key not in known or paths_key not in known:
            continue
        one, paths = known[id_key], known[paths_key]
        if (one is None) is not (paths is None):
            present = id_key if one is None else paths_key
            absent = paths_key if one is None else id_key
            yield ({present: Presence.PRESENT}, {absent: Presence.ABSENT})
        elif isinstance(one, str) and isinstance(paths, tuple):
            heads = {path.partition("/")[0] for path in paths}
            if heads != {one}:
                under = Machine((*literal(f"{one}/"), ANYTHING))
                yield ({paths_key: under}, *({id_key: head} for head in sorted(heads)[:1]))


def _sources(known: _Known) -> Iterator[tuple[Situation, ...]]:
    arn = parse_arn(_text(known, "aws:sourcearn"))
    account = _text(known, "aws:sourceaccount")
    if arn is not None and arn.account and account and arn.account != account:
        yield ({"aws:sourcearn": arn_machine(arn.partition, account)}, {"aws:sourceaccount": arn.account})


def _callers(known: _Known) -> Iterator[tuple[Situation, ...]]:
    arn = parse_arn(_text(known, "aws:principalarn"))
    if arn is None:
        return
    account, name = _text(known, "aws:principalaccount"), _text(known, "aws:username")
    if account and arn.account != account:
        kind, slash, _ = arn.resource.partition("/")
        start = literal(f"arn:{arn.partition}:{arn.service}::{account}:{kind}{slash}")
        of_account = Machine((*start, ONE_OR_VARIABLE, ANYTHING) if slash else start)
        yield ({"aws:principalarn": of_account}, {"aws:principalaccount": arn.account})
    own = arn.resource.rpartition("/")[2]
    if name and arn.resource.startswith("user/") and own != name:
        start = literal(f"arn:{arn.partition}:iam::{arn.account}:user/")
        yield (
            {"aws:principalarn": Machine((*start, *literal(name)))},
            {"aws:principalarn": Machine((*start, ANYTHING, *literal(f"/{name}")))},
            {"aws:username": own},
        )


def _places(resource: str, action: str, known: _Known) -> Iterator[tuple[Situation, ...]]:
    arn = parse_arn(resource)
    if arn is None:
        return
    region, account = _text(known, "aws:requestedregion"), _text(known, "aws:resourceaccount")
    if region and arn.region and region != arn.region and action.partition(":")[0].lower() not in GLOBAL_SERVICES:
        yield ({"aws:requestedregion": arn.region},)
    if account and arn.account.isdigit() and account != arn.account:
        yield ({"aws:resourceaccount": arn.account},)


def _times(known: _Known) -> Iterator[tuple[Situation, ...]]:
    date, seconds = _text(known, "aws:currenttime"), _text(known, "aws:epochtime")
    at, since = read_date(date), read_date(seconds)
    if at is None or since is None or int(at) == int(since):
        return
    try:
        written = datetime.fromtimestamp(int(since), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        written = ""
    yield ({"aws:epochtime": str(int(at))}, *({"aws:currenttime": text} for text in (written,) if text))


def arn_machine(partition: str = "aws", account: str = "") -> Machine:
    """Every plausible ARN, of one account where that is given."""
    owner = literal(account) if account else (_LETTERS,)
    head = (*literal(f"arn:{partition}:"), _LETTER, _LETTERS, *literal(":"), _LETTERS, *literal(":"), *owner)
    return Machine((*head, *literal(":"), ONE, ANYTHING))


def from_private_address(found: Mapping[str, ContextValue | None]) -> bool:
    """Whether the request says that it comes from an address that is not reached over the internet, which
    aws:SourceIp never is."""
    try:
        address = ipaddress.ip_address(_text({key.lower(): value for key, value in found.items()}, "aws:sourceip"))
    except ValueError:
        return False
    return address.is_private and not any(address in net for net in _FOR_EXAMPLES if net.version == address.version)


_FOR_EXAMPLES = tuple(map(ipaddress.ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")))
"""Ranges of documentation stand for public ones."""


def with_tag_keys(context: Mapping[str, ContextValue], absent: set[str]) -> dict[str, ContextValue]:
    """The context with aws:TagKeys holding the key of every tag that is sent, which it always does."""
    sent = [key[len(_REQUEST_TAG) :] for key in context if key.lower().startswith(_REQUEST_TAG)]
    spelled = next((key for key in context if key.lower() == _TAG_KEYS), "aws:TagKeys")
    listed = context.get(spelled, ())
    if not sent or (spelled not in context and _TAG_KEYS not in absent):
        return dict(context)
    absent.discard(_TAG_KEYS)
    given = (listed,) if isinstance(listed, str) else listed
    return {**context, spelled: tuple(dict.fromkeys((*given, *sent)))}
