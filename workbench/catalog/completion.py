"""Completion of action names for a person who types."""

from __future__ import annotations

import heapq
import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate

from workbench.catalog import glob

COMMON = (
    "s3", "iam", "sts", "ec2", "lambda", "dynamodb", "sagemaker", "kms", "logs", "cloudwatch", "sqs", "sns",
    "secretsmanager", "ssm", "ecr", "ecs", "eks", "rds", "cloudformation", "cloudtrail", "events", "states", "glue",
    "athena", "bedrock", "apigateway", "elasticloadbalancing", "autoscaling", "route53", "organizations",
)  # fmt: skip
"""Services that policies name most often, the most common first: with nothing else to go by, they are meant."""
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[A-Z]")


class Completion:
    """Ranks: the name typed, names that begin with it, names with a word that begins with it (`Create|Training|Job`),
    initials of words (`ctj`), then names that hold it anywhere. Within a rank: the services that the caller puts
    first, then common ones, then by the alphabet."""

    def __init__(self, services: Sequence[str], names: Sequence[str]) -> None:
        """`names`: full names of actions, sorted by service and then by lower-cased name."""
        self._services = sorted(services)
        self._names = names
        self._lower = [name.lower() for name in names]
        self._starts = [name.index(":") + 1 for name in names]
        self._services_of: list[str] = []
        self._ranges: dict[str, range] = {}
        for at, (lower, start) in enumerate(zip(self._lower, self._starts, strict=True)):
            service = lower[: start - 1]
            self._services_of.append(service)
            self._ranges[service] = range(self._ranges[service].start if service in self._ranges else at, at + 1)
        own = sorted(
            (lower[start:], at) for at, (lower, start) in enumerate(zip(self._lower, self._starts, strict=True))
        )
        self._own, self._places = [name for name, _ in own], [at for _, at in own]
        self._text = "\n".join(self._lower)
        self._lines = list(accumulate((len(lower) + 1 for lower in self._lower), initial=0))
        self._initials: dict[str, list[tuple[str, int]]] = {}

    def search(self, typed: str, limit: int, first: Sequence[str] = ()) -> tuple[str, ...]:
        """At most `limit` names, the likeliest first; services end in a colon. Never raises."""
        text = typed.strip().lower()
        order = {service: at for at, service in enumerate(dict.fromkeys([*(s.lower() for s in first), *COMMON]))}
        if not text or limit <= 0:
            ranked = sorted(self._services, key=lambda service: order.get(service, len(order)))
            return tuple(f"{service}:" for service in ranked[: max(limit, 0)])
        if "*" in text or "?" in text:
            return self._expanded(text, limit)
        service, colon, name = text.partition(":")
        if colon:
            return self._within(service, name, limit, order)
        services = [f"{known}:" for known in self._services if known.startswith(text)]
        services.sort(key=lambda known: (known != f"{text}:", order.get(known[:-1], len(order)), len(known), known))
        found = self._ranked(None, text, limit, order)
        return tuple([*services[:limit], *found][:limit])

    def _within(self, service: str, name: str, limit: int, order: Mapping[str, int]) -> tuple[str, ...]:
        """Inside one service; if there is no such service, inside all that begin with what was typed."""
        exact = service in self._services
        services = [service] if exact else [known for known in self._services if known.startswith(service)]
        places = [at for known in services for at in self._ranges.get(known, ())]
        if not name:
            return tuple(self._names[at] for at in places[:limit])
        return tuple(self._ranked(frozenset(places), name, limit, order))

    def _ranked(self, among: Collection[int] | None, text: str, limit: int, order: Mapping[str, int]) -> list[str]:
        """The best of those `among` (None: of all). Each rank is looked for only if those before it leave room."""
        begun = map(self._places.__getitem__, self._beginning(text))
        found = [
            (0 if len(self._lower[at]) - self._starts[at] == len(text) else 1, self._order(at, order), 0, at)
            for at in begun
            if among is None or at in among
        ]
        if len(found) < limit:
            first, held = {at for *_, at in found}, self._holding(text, among)
            for at, place in held.items():
                if at not in first:
                    lower, start = self._lower[at], self._starts[at]
                    rank = 2 if _starts_word(self._names[at], start, lower, text, place) else 4
                    found.append((rank, self._order(at, order), len(lower) - start, at))
            for at in self._with_initials(text):
                if at not in held and (among is None or at in among):
                    found.append((3, self._order(at, order), len(self._lower[at]) - self._starts[at], at))
        return [self._names[at] for *_, at in heapq.nsmallest(limit, found)]

    def _order(self, at: int, order: Mapping[str, int]) -> int:
        return order.get(self._services_of[at], len(order))

    def _beginning(self, text: str) -> range:
        return range(bisect_left(self._own, text), bisect_left(self._own, text + "\U0010ffff"))

    def _holding(self, text: str, among: Collection[int] | None) -> dict[int, int]:
        """The names that hold `text` behind their colon, with its first place there."""
        found: dict[int, int] = {}
        if among is None and len(text) == 1:  # most names hold it
            among = range(len(self._names))
        if among is not None:
            for at in among:
                place = self._lower[at].find(text, self._starts[at])
                if place >= 0:
                    found[at] = place
            return found
        place = self._text.find(text)
        while place >= 0:
            at = bisect_right(self._lines, place) - 1
            line = self._lines[at]
            if place >= line + self._starts[at]:
                found[at] = place - line
                place = self._text.find(text, self._lines[at + 1])
            else:
                place = self._text.find(text, place + 1)
        return found

    def _with_initials(self, text: str) -> list[int]:
        if not (text.isalpha() and 2 <= len(text) <= 6):
            return []
        begin = text[0]
        if begin not in self._initials:
            begun = map(self._places.__getitem__, self._beginning(begin))
            names = ((at, self._names[at][self._starts[at] :]) for at in begun)
            self._initials[begin] = sorted((_initials(name), at) for at, name in names)
        known = self._initials[begin]
        return [at for _, at in known[bisect_left(known, (text,)) : bisect_left(known, (text + "\U0010ffff",))]]

    def _expanded(self, text: str, limit: int) -> tuple[str, ...]:
        pattern = text if ":" in text else f"*:{text}"
        return tuple(
            name for name, lower in zip(self._names, self._lower, strict=True) if glob.matches(pattern, lower)
        )[:limit]


def _initials(name: str) -> str:
    return "".join(word[0] for word in _HUMP.findall(name)).lower()


def _starts_word(name: str, start: int, lower: str, text: str, place: int) -> bool:
    """Whether one of the places of `text` in the name begins a word."""
    while place >= 0:
        if name[place].isupper() and (place == start or not name[place - 1].isupper()):
            return True
        place = lower.find(text, place + 1)
    return False
