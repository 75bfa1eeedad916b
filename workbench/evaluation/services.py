"""Which policies of resources have a say, and other facts of single services that decide requests. Which services take
resource-based policies at all stands in `resources/catalog/resource-policies.json`.

Source: spec evaluation.md section 9, sagemaker.md sections 1 and 9.
"""

from __future__ import annotations

from workbench.catalog.tables import resource_policies

_POLICY_ON_WHOLE = frozenset({"organizations"})
"""Services whose one policy is on the organization itself, and so about actions without a resource too."""

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

OF_NEW_SESSION = frozenset({"sts:tagsession", "sts:setsourceidentity"})
"""Lower-cased; what a call that assumes a role may ask for besides: tags and a source identity. Of a caller with
credentials both the trust policy and its own policies must allow it (evaluation.md section 9.2, inferred; of a source
identity the IAM User Guide says so), an unsigned call may ask for it too (inferred)."""

SIGNED_ACTIONS = TRUST_ACTIONS - UNSIGNED_ACTIONS
"""Lower-cased; actions on a role that nobody can call without credentials or a provider's word (STS API Reference: only
AssumeRoleWithSAML and AssumeRoleWithWebIdentity are called unsigned)."""

ALWAYS_ALLOWED = frozenset({"sts:getcalleridentity"})
"""Lower-cased; needs no permission of any signed caller, even under an explicit deny (evaluation.md section 9.2)."""

NEVER_UNDER_RCP = frozenset({"kms:retiregrant"})


def provider_may(action: str, provider: str) -> bool:
    """Whether an identity of the SAML or OIDC provider can ask for the lower-cased action at all: it has no credentials
    yet, so only to assume a role, and only in its provider's own way (evaluation.md section 9.2, grammar.md 2)."""
    if action in OF_NEW_SESSION:
        return True
    by_saml = ":saml-provider/" in provider
    return action == ("sts:assumerolewithsaml" if by_saml else "sts:assumerolewithwebidentity")


_ON_KMS_ALIASES = frozenset({"kms:createalias", "kms:deletealias", "kms:updatealias"})


_WITHOUT_KMS_KEY = frozenset(
    {
        "kms:connectcustomkeystore",
        "kms:createcustomkeystore",
        "kms:createkey",
        "kms:deletecustomkeystore",
        "kms:describecustomkeystores",
        "kms:disconnectcustomkeystore",
        "kms:generaterandom",
        "kms:listaliases",
        "kms:listkeys",
        "kms:listretirablegrants",
        "kms:updatecustomkeystore",
    }
)
"""Lower-cased; the actions of KMS that are authorized on no key (a test holds them against the catalog)."""


def takes_resource_policies(action: str) -> bool | None:
    """Whether a resource-based policy can be about the lower-cased action; None: not known of the service."""
    return True if action in TRUST_ACTIONS else resource_policies().get(action.partition(":")[0])


def policy_needs_resource(action: str) -> bool:
    """Whether a policy on a resource has no say in the lower-cased action if that is authorized on no resource."""
    return action.partition(":")[0] not in _POLICY_ON_WHOLE


def names_alias_for_key(action: str, resource: str) -> bool:
    """Whether the request names a KMS key by its alias: AWS then authorizes the call on the key. `action` is
    lower-cased."""
    return action.startswith("kms:") and ":alias/" in resource and action not in _ON_KMS_ALIASES


def is_on_kms_key(action: str, resource: str) -> bool:
    """Whether the authorization is on a KMS key, whose key policy must always take part (evaluation.md section 9.3);
    also where the key is not named. `action` is lower-cased."""
    if not action.startswith("kms:") or action in _WITHOUT_KMS_KEY:
        return False
    return ":alias/" not in resource or action not in _ON_KMS_ALIASES


def is_on_role(action: str, resource: str) -> bool:
    """Whether the authorization is to assume a role, whose trust policy must always allow (evaluation.md section 9.2);
    also where the role is not named. Tags of a federated user are no matter of a role. `action` is lower-cased."""
    return action in TRUST_ACTIONS and not (":user/" in resource or ":federated-user/" in resource)


def assumes_linked_role(action: str, resource: str) -> bool:
    """Whether the lower-cased action assumes a service-linked role."""
    return action in TRUST_ACTIONS and ":role/aws-service-role/" in resource
