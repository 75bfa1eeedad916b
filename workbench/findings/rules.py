"""What a project demands of its policies. Values only: `house_rules.py` decides, the project reads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ForbiddenAccess:
    """Actions (patterns) that no policy may grant on the resources (patterns; none: on any)."""

    actions: tuple[str, ...]
    resources: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RequiredCondition:
    """Actions (patterns) that may be granted only where `condition`, a Condition element as JSON, holds."""

    actions: tuple[str, ...]
    condition: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HouseRules:
    """What a project demands of its policies. `accounts`: None where any account may be named."""

    forbidden: tuple[ForbiddenAccess, ...] = ()
    required: tuple[RequiredCondition, ...] = ()
    accounts: frozenset[str] | None = None


NO_RULES = HouseRules()
