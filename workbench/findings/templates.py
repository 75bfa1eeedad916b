"""Documents that are templates still: one finding for all their placeholders. Source: spec findings.md section 4.3."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Finding
from workbench.policy.model import Place

_NAMED = 5  # placeholders that the sentence names
_LOCATED = 200


def template_not_resolved(context: CheckContext) -> Iterator[Finding]:
    """The document holds placeholders that something has to fill in."""
    found = context.placeholders.found
    if not found:
        return
    names = list(dict.fromkeys(p.text for p in found))
    shown = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    word = "placeholder" if len(names) == 1 else "placeholders"
    yield context.report(
        "TEMPLATE_NOT_RESOLVED",
        f"The policy still holds the {word} {shown}. Fill in the real values; until then what depends on them is not "
        "checked.",
        *(Place(p.path, p.span) for p in found[:_LOCATED]),
    )


CHECKS = (Check("placeholders", ("TEMPLATE_NOT_RESOLVED",), template_not_resolved),)
