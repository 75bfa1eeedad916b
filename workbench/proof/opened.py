"""The policy of a key or role that has to let identity policies count."""

from __future__ import annotations

import json

from workbench.evaluation.request import NamedPolicy, Principal
from workbench.evaluation.services import TRUST_ACTIONS, is_on_kms_key


def opened_policy(action: str, resource: str, account: str) -> NamedPolicy | None:
    """The key policy or trust policy without which identity policies count for nothing, letting them count."""
    if is_on_kms_key(action, resource):
        return NamedPolicy("key policy", _opening(account, {"Action": "kms:*", "Resource": "*"}))
    if action in TRUST_ACTIONS:
        return NamedPolicy("trust policy", _opening(account, {"Action": "sts:*"}))
    return None


def trusting(principal: Principal) -> NamedPolicy:
    """The trust policy that lets in a service or an identity of a provider, who has no identity policies."""
    named = {"Service": principal.service} if principal.service else {"Federated": principal.federated}
    statement = {"Effect": "Allow", "Principal": named, "Action": "sts:*"}
    return NamedPolicy("trust policy", json.dumps({"Version": "2012-10-17", "Statement": statement}))


def _opening(account: str, about: dict[str, str]) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": account}, **about}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})
