"""Real policies with one thing changed: what a reviewer's questions about two versions are tried on."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.support import shared
from workbench.policy.kinds import PolicyKind

KINDS = {
    "identity": PolicyKind.IDENTITY,
    "trust": PolicyKind.TRUST,
    "resource": PolicyKind.RESOURCE,
    "scp": PolicyKind.SCP,
    "rcp": PolicyKind.RCP,
}
_TURNED = (("NotEquals", "Equals"), ("NotLike", "Like"), ("NotIp", "Ip"), ("LessThan", "GreaterThan"))


class Mutant(NamedTuple):
    """A policy and the same with one thing changed, and what that was."""

    name: str
    kind: PolicyKind
    change: str
    original: str
    changed: str


def real_policies() -> list[dict[str, Any]]:
    """The lines of the sample whose documents are JSON."""
    with gzip.open(shared("data/real-policies.jsonl.gz"), "rt", encoding="utf-8") as lines:
        return [entry for entry in map(json.loads, lines) if "document" in entry]


def managed_policies() -> list[tuple[str, str]]:
    """Name and text of each managed policy of the sample."""
    with gzip.open(shared("data/managed-policies.jsonl.gz"), "rt", encoding="utf-8") as lines:
        return [(entry["name"], json.dumps(entry["document"])) for entry in map(json.loads, lines)]


def mutants() -> Iterator[Mutant]:
    """Every real policy with a statement dropped, a pattern widened, a condition dropped, an operator turned round."""
    for entry in real_policies():
        document = entry["document"]
        if not isinstance(document, dict):
            continue
        for change, changed in _changes(document):
            yield Mutant(entry["id"], KINDS[entry["kind"]], change, json.dumps(document), json.dumps(changed))


def _changes(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    listed = document.get("Statement")
    statements = listed if isinstance(listed, list) else [listed]
    for at, statement in enumerate(statements):
        if not isinstance(statement, dict):
            continue
        others = copy.deepcopy(statements)
        if len(statements) > 1:
            yield f"drop statement {at}", {**document, "Statement": others[:at] + others[at + 1 :]}
        for change, changed in _in_statement(statement):
            yield f"{change} in {at}", {**document, "Statement": [*others[:at], changed, *others[at + 1 :]]}


def _in_statement(statement: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for element in ("Action", "NotAction", "Resource", "NotResource"):
        found = statement.get(element)
        texts = found if isinstance(found, list) else [found]
        for i, text in enumerate(texts[:3]):
            if isinstance(text, str) and (wider := _wider(text)) != text:
                yield f"widen {element} {i}", {**statement, element: [*texts[:i], wider, *texts[i + 1 :]]}
    conditions = statement.get("Condition")
    if not isinstance(conditions, dict):
        return
    for operator, block in conditions.items():
        if not isinstance(block, dict):
            continue
        for key in block:
            left = {k: v for k, v in block.items() if k != key}
            rest = {o: b for o, b in conditions.items() if o != operator}
            yield f"drop {operator} {key}", {**statement, "Condition": {**rest, operator: left} if left else rest}
        turned = _turned(operator)
        if turned != operator and turned not in conditions:
            rest = {turned if o == operator else o: b for o, b in conditions.items()}
            yield f"turn {operator}", {**statement, "Condition": rest}


def _wider(text: str) -> str:
    """The last part of an ARN or action, or half of it, as `*`."""
    if text == "*":
        return text
    head, colon, tail = text.rpartition(":")
    return f"{head}{colon}{tail[: len(tail) // 2]}*"


def _turned(operator: str) -> str:
    for negative, positive in _TURNED:
        if negative in operator:
            return operator.replace(negative, positive)
        if positive in operator:
            return operator.replace(positive, negative)
    return operator
