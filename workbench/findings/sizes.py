"""Policies longer than AWS takes. Source: spec grammar.md section 9, findings.md section 2."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.findings.context import Check, CheckContext, document_place
from workbench.findings.model import Confidence, Finding, FindingType, Fix
from workbench.findings.redundancy import without_redundancy
from workbench.policy.kinds import PolicyKind
from workbench.policy.quotas import (
    IDENTITY_POLICY_QUOTA,
    LARGEST_RESOURCE_POLICY_QUOTA,
    MANAGED_POLICY_QUOTA,
    quota,
    without_blanks,
)

_ORGANIZATION = {
    PolicyKind.SCP: "POLICY_SIZE_EXCEEDS_SCP_QUOTA",
    PolicyKind.RCP: "POLICY_SIZE_EXCEEDS_RCP_QUOTA",
}


def size(context: CheckContext) -> Iterator[Finding]:
    """The document is over the quota of its kind."""
    kind, text = context.kind, context.text
    if len(text) <= 2_048:  # the smallest quota there is
        return
    place = document_place(context)
    if kind in (PolicyKind.RESOURCE, PolicyKind.VPC_ENDPOINT):
        most = quota(kind, context.resource_type) or LARGEST_RESOURCE_POLICY_QUOTA
        known = None if quota(kind, context.resource_type) else Confidence.INFERRED
        if len(text) > most:
            details = f"The policy has {len(text):,} characters; at most {most:,} are taken. Split or shorten it."
            yield context.report("POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA", details, place, confidence=known)
        return
    used = without_blanks(text)
    counted = f"The policy has {used:,} characters, white space not counted"
    if kind in _ORGANIZATION:
        yield from _organization(context, used)
    elif kind is PolicyKind.TRUST:
        if used > 2_048:
            details = f"{counted}; a role trust policy may have 2,048. Shorten it, or have it raised to 4,096."
            yield context.report("POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA", details, place)
    elif used > IDENTITY_POLICY_QUOTA:
        details = (
            f"{counted}; a managed policy may have {MANAGED_POLICY_QUOTA:,}, and no kind of identity policy more than "
            f"{IDENTITY_POLICY_QUOTA:,}. Split it."
        )
        code = "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"
        yield context.report(code, details, place, fixes=_shorter(context, IDENTITY_POLICY_QUOTA))
    elif used > MANAGED_POLICY_QUOTA:
        yield context.report(
            "POLICY_SIZE_EXCEEDS_MANAGED_POLICY_QUOTA",
            f"{counted}; a managed policy may have {MANAGED_POLICY_QUOTA:,}. Keep it as an inline policy of a role, or "
            "split it.",
            place,
            note="the document does not say whether it is a managed policy",
            finding_type=FindingType.SUGGESTION,
        )


def _shorter(context: CheckContext, most: int) -> tuple[Fix, ...]:
    """The policy without its redundant entries, where that is enough."""
    mend = without_redundancy(context, "Remove all entries that others cover")
    if mend is None:
        return ()
    text = context.text
    shorter = "".join(
        text[start:end]
        for start, end in zip(
            (0, *(e.span.end for e in mend.edits)), (*(e.span.start for e in mend.edits), len(text)), strict=True
        )
    )
    return (mend,) if without_blanks(shorter) <= most else ()


def _organization(context: CheckContext, used: int) -> Iterator[Finding]:
    most, place = quota(context.kind) or 0, document_place(context)
    if used > most:
        details = (
            f"The policy has {used:,} characters without white space; a {context.kind} may have {most:,}. Shorten it."
        )
        yield context.report(_ORGANIZATION[context.kind], details, place)
    elif len(context.text) > most:
        yield context.report(
            "POLICY_SIZE_NEEDS_COMPACTING",
            f"The policy has {len(context.text):,} characters and {used:,} without white space; a {context.kind} may "
            f"have {most:,}. Remove the white space before you store it.",
            place,
        )


CHECKS = (
    Check(
        "size",
        (
            "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA",
            "POLICY_SIZE_EXCEEDS_MANAGED_POLICY_QUOTA",
            "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA",
            "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA",
            "POLICY_SIZE_EXCEEDS_SCP_QUOTA",
            "POLICY_SIZE_EXCEEDS_RCP_QUOTA",
            "POLICY_SIZE_NEEDS_COMPACTING",
        ),
        size,
    ),
)
