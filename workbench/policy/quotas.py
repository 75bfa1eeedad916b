"""How long a policy may be and how its length is counted. Source: spec grammar.md section 9."""

from __future__ import annotations

import re

from workbench.policy.kinds import PolicyKind

MANAGED_POLICY_QUOTA = 6_144
IDENTITY_POLICY_QUOTA = 10_240  # all inline policies of a role together, the most that IAM takes
_STRING_OR_BLANKS = re.compile(r'("[^"\\]*+(?:\\.[^"\\]*+)*+"?)|[ \t\r\n]+', re.DOTALL)
_QUOTAS = {
    PolicyKind.IDENTITY: MANAGED_POLICY_QUOTA,
    PolicyKind.BOUNDARY: MANAGED_POLICY_QUOTA,
    PolicyKind.SESSION: 2_048,
    PolicyKind.TRUST: 2_048,
    PolicyKind.SCP: 5_120,
    PolicyKind.RCP: 5_120,
    PolicyKind.VPC_ENDPOINT: 20_480,
}
_RESOURCE_TYPE_QUOTAS = {
    "AWS::S3::Bucket": 20_480,
    "AWS::S3::AccessPoint": 20_480,
    "AWS::S3::MultiRegionAccessPoint": 20_480,
    "AWS::S3ObjectLambda::AccessPoint": 20_480,
}
LARGEST_RESOURCE_POLICY_QUOTA = 32_768  # of a key policy; holds where the type of the resource is not known
_WHITE_SPACE_COUNTS = frozenset({PolicyKind.SESSION, PolicyKind.RESOURCE, PolicyKind.VPC_ENDPOINT})


def without_blanks(text: str) -> int:
    """Code points of `text` less the white space outside of strings. Linear; broken JSON is counted as it stands."""
    return len(text) - sum(
        match.end() - match.start() for match in _STRING_OR_BLANKS.finditer(text) if match[1] is None
    )


def counted_size(text: str, kind: PolicyKind) -> int:
    """The size of `text` that counts against the quota of its kind."""
    return len(text) if kind in _WHITE_SPACE_COUNTS else without_blanks(text)


def quota(kind: PolicyKind, resource_type: str | None = None) -> int | None:
    """The most that a policy of `kind` may count; None for a resource policy whose resource is not known."""
    if kind is PolicyKind.RESOURCE:
        return _RESOURCE_TYPE_QUOTAS.get(resource_type or "")
    return _QUOTAS[kind]
