"""Which services have no resource-based policies, and other facts of single services that decide requests.

Source: spec evaluation.md section 9, sagemaker.md sections 1 and 9.
"""

from __future__ import annotations

WITHOUT_RESOURCE_POLICIES = frozenset({"sagemaker"})
"""Services of which AWS says "resource-based policies: No". A policy passed for one is not consulted, and said so."""

TRUST_ACTIONS = frozenset(
    {
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:tagsession",
        "sts:setsourceidentity",
    }
)
"""Lower-cased actions on a role, for which the role's trust policy is the resource policy and must always allow."""

UNSIGNED_ACTIONS = frozenset({"sts:assumerolewithsaml", "sts:assumerolewithwebidentity"})
"""Lower-cased; such calls have no principal's side: the trust policy (and RCPs) alone decide."""

ALWAYS_ALLOWED = frozenset({"sts:getcalleridentity"})
"""Lower-cased; needs no permission, even under an explicit deny (evaluation.md section 9.2)."""

NEVER_UNDER_RCP = frozenset({"kms:retiregrant"})


def is_on_kms_key(action: str, resource: str) -> bool:
    """Whether the authorization is on a KMS key, whose key policy must always take part (evaluation.md section 9.3).
    `action` is lower-cased."""
    return action.startswith("kms:") and ":key/" in resource
