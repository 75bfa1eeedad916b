"""Where more is said about a finding. Source: spec findings.md section 1.1."""

from __future__ import annotations

from workbench.findings.model import FindingType, Origin

_PAGE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"
_ANCHOR = "access-analyzer-reference-policy-checks"
_KIND = {
    FindingType.ERROR: "error",
    FindingType.WARNING: "general-warning",
    FindingType.SECURITY_WARNING: "security-warning",
    FindingType.SUGGESTION: "suggestion",
}


def learn_more_link(code: str, finding_type: FindingType, origin: Origin) -> str:
    """AWS's page for its own checks, a page inside the product for ours."""
    if origin is Origin.WORKBENCH:
        return f"policy-workbench:help/{code}"
    return f"{_PAGE}#{_ANCHOR}-{_KIND[finding_type]}-{code.lower().replace('_', '-')}"
