"""The kinds of policy and how AWS names them. Source: spec grammar.md section 2; Access Analyzer, ValidatePolicy."""

from __future__ import annotations

import enum


class PolicyType(enum.StrEnum):
    """AWS's `policyType`."""

    IDENTITY_POLICY = "IDENTITY_POLICY"
    RESOURCE_POLICY = "RESOURCE_POLICY"
    SERVICE_CONTROL_POLICY = "SERVICE_CONTROL_POLICY"
    RESOURCE_CONTROL_POLICY = "RESOURCE_CONTROL_POLICY"


TRUST_POLICY_RESOURCE_TYPE = "AWS::IAM::AssumeRolePolicyDocument"
RESOURCE_TYPES = (
    "AWS::S3::Bucket",
    "AWS::S3::AccessPoint",
    "AWS::S3::MultiRegionAccessPoint",
    "AWS::S3ObjectLambda::AccessPoint",
    TRUST_POLICY_RESOURCE_TYPE,
    "AWS::DynamoDB::Table",
)
"""AWS's `validatePolicyResourceType`."""


class PolicyKind(enum.StrEnum):
    """The columns of grammar.md section 2: which elements are legal depends on this."""

    IDENTITY = "identity policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    RESOURCE = "resource policy"
    TRUST = "role trust policy"
    SCP = "service control policy"
    RCP = "resource control policy"
    VPC_ENDPOINT = "VPC endpoint policy"

    @property
    def policy_type(self) -> PolicyType:
        """AWS's type of this kind, as ValidatePolicy wants it."""
        return _TYPES[self]


_TYPES = {
    PolicyKind.IDENTITY: PolicyType.IDENTITY_POLICY,
    PolicyKind.BOUNDARY: PolicyType.IDENTITY_POLICY,
    PolicyKind.SESSION: PolicyType.IDENTITY_POLICY,
    PolicyKind.RESOURCE: PolicyType.RESOURCE_POLICY,
    PolicyKind.TRUST: PolicyType.RESOURCE_POLICY,
    PolicyKind.VPC_ENDPOINT: PolicyType.RESOURCE_POLICY,
    PolicyKind.SCP: PolicyType.SERVICE_CONTROL_POLICY,
    PolicyKind.RCP: PolicyType.RESOURCE_CONTROL_POLICY,
}


KINDS = {
    "identity": PolicyKind.IDENTITY,
    "boundary": PolicyKind.BOUNDARY,
    "session": PolicyKind.SESSION,
    "resource": PolicyKind.RESOURCE,
    "trust": PolicyKind.TRUST,
    "scp": PolicyKind.SCP,
    "rcp": PolicyKind.RCP,
    "vpc-endpoint": PolicyKind.VPC_ENDPOINT,
}
"""The kinds as a project file and the command line name them: AWS's types do not tell all of them apart."""


def kind_of(policy_type: PolicyType, resource_type: str | None = None) -> PolicyKind:
    """The kind for AWS's `policyType` and `validatePolicyResourceType`."""
    match policy_type:
        case PolicyType.IDENTITY_POLICY:
            return PolicyKind.IDENTITY
        case PolicyType.SERVICE_CONTROL_POLICY:
            return PolicyKind.SCP
        case PolicyType.RESOURCE_CONTROL_POLICY:
            return PolicyKind.RCP
        case PolicyType.RESOURCE_POLICY:
            return PolicyKind.TRUST if resource_type == TRUST_POLICY_RESOURCE_TYPE else PolicyKind.RESOURCE
