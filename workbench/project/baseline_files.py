"""The file of a baseline: the findings there were, so that only new ones fail. JSON that reads well in a diff."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from workbench.findings.identity import Baseline, Identity
from workbench.project.model import ProjectError

_VERSION = 1


def read_baseline(path: Path) -> Baseline:
    """The baseline in a file. Raises ProjectError with one sentence if it cannot be read or is none."""
    try:
        shape = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ProjectError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise ProjectError(f"{path} is no baseline: it is not JSON.") from error
    if not isinstance(shape, dict) or shape.get("baseline") != _VERSION or not isinstance(shape.get("findings"), list):
        raise ProjectError(f"{path} is no baseline: write one with --write-baseline.")
    known: list[Identity] = []
    for number, row in enumerate(shape["findings"]):
        identity, count = _identity(row)
        if identity is None:
            raise ProjectError(f"{path} is no baseline: findings[{number}] says no finding.")
        known += [identity] * count
    return Baseline(known)


def _identity(row: Any) -> tuple[Identity | None, int]:
    if not isinstance(row, dict):
        return None, 0
    file, policy, code, place = row.get("file"), row.get("policy", ""), row.get("issueCode"), row.get("place", "")
    values, count = row.get("values", []), row.get("count", 1)
    if not all(isinstance(text, str) for text in (file, policy, code, place)) or not isinstance(values, list):
        return None, 0
    if not all(isinstance(value, str) for value in values) or type(count) is not int or not 0 < count < 1_000_000:
        return None, 0
    return Identity(str(file), str(policy), str(code), str(place), tuple(values)), count


def baseline_text(identities: Iterable[Identity]) -> str:
    """The text of a baseline of these findings, sorted, one finding a line."""
    rows = []
    for identity, count in sorted(Counter(identities).items()):
        row: dict[str, object] = {"file": identity.file}
        if identity.policy:
            row["policy"] = identity.policy
        row |= {"issueCode": identity.code, "place": identity.place, "values": list(identity.values)}
        if count > 1:
            row["count"] = count
        rows.append(json.dumps(row))
    listed = ",\n    ".join(rows)
    inside = f"[\n    {listed}\n  ]" if rows else "[]"
    return f'{{\n  "baseline": {_VERSION},\n  "findings": {inside}\n}}\n'
