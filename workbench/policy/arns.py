"""Amazon Resource Names. Source: spec grammar.md section 7; IAM User Guide, "IAM identifiers"."""

from __future__ import annotations

from typing import NamedTuple


class Arn(NamedTuple):
    """`arn:partition:service:region:account:resource`; the resource part may hold `:` and `/`."""

    partition: str
    service: str
    region: str
    account: str
    resource: str


def parse_arn(text: str) -> Arn | None:
    """The parts of an ARN, split at the first five colons only, or None if `text` is not one. Checks no part."""
    parts = text.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return None
    return Arn(*parts[1:])
