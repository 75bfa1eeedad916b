"""Completion of action names for a person who types."""

from __future__ import annotations

import heapq
import re
from collections.abc import Mapping, Sequence

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
            return self._within(service, name, typed.strip().partition(":")[2], limit, order)
        services = [f"{known}:" for known in self._services if known.startswith(text)]
        services.sort(key=lambda known: (known != f"{text}:", order.get(known[:-1], len(order)), len(known), known))
        found = self._ranked(range(len(self._names)), text, typed.strip(), limit, order)
        return tuple([*services[:limit], *found][:limit])

    def _within(self, service: str, name: str, typed: str, limit: int, order: Mapping[str, int]) -> tuple[str, ...]:
        """Inside one service; if there is no such service, inside all that begin with what was typed."""
        exact = service in self._services
        services = [service] if exact else [known for known in self._services if known.startswith(service)]
        places = [at for known in services for at in self._ranges.get(known, ())]
        if not name:
            return tuple(self._names[at] for at in places[:limit])
        return tuple(self._ranked(places, name, typed, limit, order))

    def _ranked(self, places: Sequence[int], text: str, typed: str, limit: int, order: Mapping[str, int]) -> list[str]:
        found = []
        initials = text.isalpha() and 2 <= len(text) <= 6
        for at in places:
            lower, start = self._lower[at], self._starts[at]
            place = lower.find(text, start)
            if place < 0:
                if initials and lower[start] == text[0] and _initials(self._names[at][start:]).startswith(text):
                    found.append((3, order.get(self._services_of[at], len(order)), len(lower) - start, at))
                continue
            if place == start:
                rank = 0 if len(lower) - start == len(text) else 1
            else:
                rank = 2 if _starts_word(self._names[at], start, lower, text, place) else 4
            service = order.get(self._services_of[at], len(order))
            found.append((rank, service, len(lower) - start if rank > 1 else 0, at))
        return [self._names[at] for *_, at in heapq.nsmallest(limit, found)]

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
