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

_WITH_UNSIGNED = frozenset({"sts:tagsession", "sts:setsourceidentity"})
"""Lower-cased; what an unsigned call may ask for besides its own action: tags and a source identity (inferred)."""

ALWAYS_ALLOWED = frozenset({"sts:getcalleridentity"})
"""Lower-cased; needs no permission of any signed caller, even under an explicit deny (evaluation.md section 9.2)."""

NEVER_UNDER_RCP = frozenset({"kms:retiregrant"})


def provider_may(action: str, provider: str) -> bool:
    """Whether an identity of the SAML or OIDC provider can ask for the lower-cased action at all: it has no credentials
    yet, so only to assume a role, and only in its provider's own way (evaluation.md section 9.2, grammar.md 2)."""
    if action in _WITH_UNSIGNED:
        return True
    by_saml = ":saml-provider/" in provider
    return action == ("sts:assumerolewithsaml" if by_saml else "sts:assumerolewithwebidentity")


_ON_KMS_ALIASES = frozenset({"kms:createalias", "kms:deletealias", "kms:updatealias"})


def names_alias_for_key(action: str, resource: str) -> bool:
    """Whether the request names a KMS key by its alias: AWS then authorizes the call on the key. `action` is
    lower-cased."""
    return action.startswith("kms:") and ":alias/" in resource and action not in _ON_KMS_ALIASES


def is_on_kms_key(action: str, resource: str) -> bool:
    """Whether the authorization is on a KMS key, whose key policy must always take part (evaluation.md section 9.3).
    `action` is lower-cased."""
    return action.startswith("kms:") and (":key/" in resource or names_alias_for_key(action, resource))
