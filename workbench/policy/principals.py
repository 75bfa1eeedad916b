"""Which texts are principals. Source: spec grammar.md section 5."""

from __future__ import annotations

import re

ACCOUNT = re.compile(r"[0-9]{12}")
ROLE_ID = re.compile(r"AROA[A-Z0-9]{12,}(?::.+)?")
USER_ID = re.compile(r"AIDA[A-Z0-9]{12,}")
_ARN = re.compile(
    r"arn:[a-z][a-z0-9-]*:"
    r"(?:iam::(?:[0-9]{12}:(?:root|(?:user|role)/.+)|cloudfront:user/.+)"
    r"|sts::[0-9]{12}:(?:assumed-role/[^/]+/.+|federated-user/.+|self))",
    re.DOTALL,
)
_ANY_ID = re.compile(r"(?:AROA|AIDA)[A-Z0-9]+(?::.+)?", re.DOTALL)
SERVICE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:amazonaws\.com(?:\.cn)?|amazon\.com|aws\.internal)")
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
FEDERATED = re.compile(
    r"arn:[a-z][a-z0-9-]*:iam::[0-9]{12}:(?:saml|oidc)-provider/.+|[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[^\s?*]*)?", re.DOTALL
)
SAML = re.compile(r"arn:[a-z][a-z0-9-]*:iam::[0-9]{12}:saml-provider/.+", re.DOTALL)


def is_account_or_arn(text: str) -> bool:
    """Whether it is an account id or the ARN of an account, user, role or session."""
    return ACCOUNT.fullmatch(text) is not None or _ARN.fullmatch(text) is not None


def may_name_somebody(kind: str, text: str) -> bool:
    """Whether an entry of a principal type can name a caller at all. Of services only what is a host name counts: there
    are partitions whose suffixes nobody published."""
    if kind == "AWS":
        return text == "*" or is_account_or_arn(text) or _ANY_ID.fullmatch(text) is not None
    if kind == "Service":
        return _HOST.fullmatch(text) is not None
    return True
