"""Every issue code that the program can report: its type, whose check it is, for which kinds of policy, how sure.

The one place where a code gets its meaning; a check that reports a code not listed here fails. Source: spec
findings.md sections 2 (AWS's own codes) and 3 (ours).
"""

from __future__ import annotations

from typing import NamedTuple

from workbench.findings.model import Confidence, FindingType, Origin
from workbench.policy.kinds import PolicyKind

_LETTERS = {
    "I": (PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION),
    "R": (PolicyKind.RESOURCE, PolicyKind.VPC_ENDPOINT),
    "T": (PolicyKind.TRUST,),
    "S": (PolicyKind.SCP,),
    "C": (PolicyKind.RCP,),
}
_ALL = "IRTSC"


class IssueCode(NamedTuple):
    """What is fixed about a code. `title` is a few words for lists and help pages."""

    code: str
    type: FindingType
    origin: Origin
    kinds: frozenset[PolicyKind]
    confidence: Confidence
    title: str


def _kinds(letters: str) -> frozenset[PolicyKind]:
    return frozenset(kind for letter in letters for kind in _LETTERS[letter])


def _rows(
    finding_type: FindingType, origin: Origin, confidence: Confidence, rows: tuple[tuple[str, str, str], ...]
) -> dict[str, IssueCode]:
    return {
        code: IssueCode(code, finding_type, origin, _kinds(letters), confidence, title) for code, letters, title in rows
    }


_AWS_ERRORS = (
    ("JSON_SYNTAX_ERROR", _ALL, "JSON syntax error"),
    ("DATA_TYPE_MISMATCH", _ALL, "Wrong JSON type"),
    ("DUPLICATE_KEYS_WITH_DIFFERENT_CASE", _ALL, "Same condition key twice"),
    ("INVALID_ACTION", _ALL, "Unknown action"),
    ("INVALID_ARN_ACCOUNT", _ALL, "Malformed account in an ARN"),
    ("INVALID_ARN_PREFIX", _ALL, "Not an ARN"),
    ("INVALID_ARN_REGION", _ALL, "Unknown Region in an ARN"),
    ("INVALID_ARN_SERVICE_CASE", _ALL, "Capitals in an ARN's service"),
    ("INVALID_CONDITION_DATA_TYPE", _ALL, "Values of several types"),
    ("INVALID_CONDITION_KEY_FORMAT", _ALL, "Malformed condition key"),
    ("INVALID_CONDITION_MULTIPLE_BOOLEAN", _ALL, "Several Boolean values"),
    ("INVALID_CONDITION_OPERATOR", _ALL, "Unknown condition operator"),
    ("INVALID_EFFECT", _ALL, "Unknown effect"),
    ("INVALID_PARTITION", _ALL, "Unknown partition"),
    ("INVALID_POLICY_ELEMENT", _ALL, "Unknown element"),
    ("INVALID_PRINCIPAL_FORMAT", "RTC", "Malformed principal"),
    ("INVALID_PRINCIPAL_KEY", "RTC", "Unknown principal type"),
    ("INVALID_SERVICE", _ALL, "Unknown service in an ARN"),
    ("INVALID_SERVICE_CONDITION_KEY", _ALL, "Unknown condition key of a service"),
    ("INVALID_GLOBAL_CONDITION_KEY", _ALL, "Unknown global condition key"),
    ("INVALID_SERVICE_IN_ACTION", _ALL, "Unknown service in an action"),
    ("INVALID_SERVICE_PRINCIPAL_FORMAT", _ALL, "Malformed service principal"),
    ("INVALID_VARIABLE_FOR_OPERATOR", _ALL, "Variable under an operator without variables"),
    ("INVALID_VERSION", _ALL, "Unknown policy version"),
    ("INVALID_VPC_FORMAT", _ALL, "Malformed VPC id"),
    ("INVALID_VPCE_FORMAT", _ALL, "Malformed VPC endpoint id"),
    ("MISSING_ACTION", _ALL, "No action"),
    ("MISSING_ARN_FIELD", _ALL, "ARN with too few parts"),
    ("MISSING_EFFECT", _ALL, "No effect"),
    ("MISSING_PRINCIPAL", "RTC", "No principal"),
    ("MISSING_QUALIFIER", _ALL, "Multivalued key without qualifier"),
    ("MISSING_RESOURCE", "IRSC", "No resource"),
    ("MISSING_STATEMENT", _ALL, "No statement"),
    ("MISSING_TAG_KEY_IN_CONDITION", _ALL, "Tag condition without tag key"),
    ("NULL_WITH_IF_EXISTS", _ALL, "NullIfExists"),
    ("POLICY_SIZE_EXCEEDS_RCP_QUOTA", "C", "RCP too long"),
    ("POLICY_SIZE_EXCEEDS_SCP_QUOTA", "S", "SCP too long"),
    ("PRIVATE_IP_ADDRESS", _ALL, "Private address never matches"),
    ("PRIVATE_NOT_IP_ADDRESS", _ALL, "Private address always differs"),
    ("RCP_SYNTAX_ERROR_ACTION", "C", "Action not supported in RCPs"),
    ("RCP_SYNTAX_ERROR_ALLOW", "C", "Allow in an RCP"),
    ("RCP_SYNTAX_ERROR_NOTACTION", "C", "NotAction in an RCP"),
    ("RCP_SYNTAX_ERROR_PRINCIPAL", "C", "Principal of an RCP"),
    ("ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", "T", "NotPrincipal in a trust policy"),
    ("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", "T", "Resource in a trust policy"),
    ("ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", "T", "Anyone may assume the role"),
    ("SCP_SYNTAX_ERROR_PRINCIPAL", "S", "Principal in an SCP"),
    ("TYPE_MISMATCH_IP_RANGE", _ALL, "Malformed IP range"),
    ("UNIQUE_SIDS_REQUIRED", "IT", "Sid twice"),
    ("UNSUPPORTED_ELEMENT_COMBINATION", _ALL, "Elements that exclude each other"),
    ("UNSUPPORTED_GLOBAL_CONDITION_KEY", "RTC", "aws:ARN"),
    ("UNSUPPORTED_PRINCIPAL", "I", "Principal in an identity policy"),
    ("FEDERATED_PRINCIPAL_NOT_SUPPORTED", "R", "Federated principal outside a trust policy"),
    ("INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY", "T", "Malformed identity provider"),
    ("MISMATCHED_ACTION_FOR_PRINCIPAL", "T", "Principal cannot assume a role so"),
    ("UNSUPPORTED_ACTION_IN_POLICY", "RT", "Action of another service"),
    ("UNSUPPORTED_RESOURCE_ARN_IN_POLICY", "R", "Resource of another service"),
    ("UNSUPPORTED_SID", "ITSC", "Unsupported character in a Sid"),
    ("UNSUPPORTED_WILDCARD_IN_PRINCIPAL", "RTC", "Wildcard inside a principal"),
    ("MISSING_BRACE_IN_VARIABLE", _ALL, "Variable without closing brace"),
    ("MISSING_QUOTE_IN_VARIABLE", _ALL, "Default without quotes"),
    ("UNSUPPORTED_SPACE_IN_VARIABLE", _ALL, "Blank in a variable"),
    ("EMPTY_VARIABLE", _ALL, "Empty variable"),
    ("VARIABLE_UNSUPPORTED_IN_ELEMENT", _ALL, "Variable where none may stand"),
    ("VARIABLE_UNSUPPORTED_IN_VERSION", _ALL, "Variable in an old policy version"),
)
_AWS_WARNINGS = (
    ("CREATE_SLR_WITH_STAR_IN_RESOURCE", "I", "Any service-linked role"),
    ("CREATE_SLR_WITH_NOT_RESOURCE", "I", "Any service-linked role but some"),
    ("CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE", "I", "Any service-linked role"),
    ("CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", "I", "Any service-linked role but some"),
    ("CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", "I", "Any service-linked role"),
    ("CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE", "I", "Any service-linked role but some"),
    ("DEPRECATED_GLOBAL_CONDITION_KEY", "IS", "aws:ARN"),
    ("INVALID_DATE_VALUE", _ALL, "Unusual form of a date"),
    ("INVALID_ROLE_REFERENCE", "RT", "Principal is the id of a deleted role"),
    ("INVALID_USER_REFERENCE", "RT", "Principal is the id of a deleted user"),
    ("MISSING_VERSION", _ALL, "No policy version"),
    ("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", "I", "Policy too long"),
    ("POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA", "R", "Policy too long"),
    ("POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA", "T", "Trust policy too long"),
    ("TYPE_MISMATCH", _ALL, "Operator does not fit the key"),
    ("TYPE_MISMATCH_BOOLEAN", _ALL, "Value is no Boolean"),
    ("TYPE_MISMATCH_DATE", _ALL, "Value is no date"),
    ("TYPE_MISMATCH_NUMBER", _ALL, "Value is no number"),
    ("TYPE_MISMATCH_STRING", _ALL, "Value is not base64"),
    ("UNIQUE_SIDS_RECOMMENDED", "RSC", "Sid twice"),
    ("WILDCARD_WITHOUT_LIKE_OPERATOR", _ALL, "Wildcard that is not one"),
)
_AWS_SECURITY_WARNINGS = (
    ("ALLOW_WITH_NOT_PRINCIPAL", "R", "Allow with NotPrincipal"),
    ("FORALLVALUES_WITH_SINGLE_VALUED_KEY", _ALL, "ForAllValues on a single-valued key"),
    ("MISSING_PAIRED_CONDITION_KEYS", _ALL, "aws:VpcSourceIp without a VPC"),
    ("DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", _ALL, "Tag condition without effect"),
    ("DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", _ALL, "Tag condition with NotAction"),
    ("PASS_ROLE_WITH_STAR_IN_RESOURCE", "I", "Any role may be passed"),
    ("PASS_ROLE_WITH_NOT_RESOURCE", "I", "Any role but some may be passed"),
    ("PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE", "I", "Any role may be passed"),
    ("PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", "I", "Any role but some may be passed"),
    ("PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", "I", "Any role may be passed"),
    ("PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE", "I", "Any role but some may be passed"),
    ("STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS", _ALL, "StringLike on an ARN"),
)
_AWS_SUGGESTIONS = (
    ("ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", _ALL, "Tag condition without effect"),
    ("ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", _ALL, "Tag condition with NotAction"),
    ("EMPTY_ARRAY_ACTION", _ALL, "Empty list of actions"),
    ("EMPTY_ARRAY_CONDITION", _ALL, "Empty list of values"),
    ("EMPTY_ARRAY_CONDITION_FORALLVALUES", _ALL, "Empty list of values"),
    ("EMPTY_ARRAY_CONDITION_FORANYVALUE", _ALL, "Empty list of values"),
    ("EMPTY_ARRAY_CONDITION_IFEXISTS", _ALL, "Empty list of values"),
    ("EMPTY_ARRAY_PRINCIPAL", "RTC", "Empty list of principals"),
    ("EMPTY_ARRAY_RESOURCE", _ALL, "Empty list of resources"),
    ("EMPTY_OBJECT_CONDITION", _ALL, "Empty condition"),
    ("EMPTY_OBJECT_PRINCIPAL", "RTC", "Empty principal"),
    ("EMPTY_SID_VALUE", _ALL, "Empty Sid"),
    ("EQUIVALENT_TO_NULL_FALSE", _ALL, "Same as Null false"),
    ("EQUIVALENT_TO_NULL_TRUE", _ALL, "Same as Null true"),
    ("IMPROVE_IP_RANGE", _ALL, "Range with host bits"),
    ("NULL_WITH_QUALIFIER", _ALL, "Qualifier on Null"),
    ("PRIVATE_IP_ADDRESS_SUBSET", _ALL, "Private addresses among public ones"),
    ("PRIVATE_NOT_IP_ADDRESS_SUBSET", _ALL, "Private addresses among public ones"),
    ("REDUNDANT_ACTION", _ALL, "Action already covered"),
    ("REDUNDANT_CONDITION_VALUE_NUM", _ALL, "Number already covered"),
    ("REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION", _ALL, "Test that is always true"),
    ("REDUNDANT_RESOURCE", _ALL, "Resource already covered"),
    ("REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION", _ALL, "Test that is never true"),
    ("WILDCARD_IN_SERVICE_NAME", _ALL, "Wildcard in an ARN's service"),
)
_OUR_ERRORS = (
    ("DUPLICATE_JSON_KEY", _ALL, "Same name twice"),
    ("CONTROL_OR_FOREIGN_CHARACTER", "IT", "Character that IAM refuses"),
)
_OUR_WARNINGS = (
    ("ID_IN_IDENTITY_POLICY", "I", "Id in an identity policy"),
    ("OPERATOR_CASE", _ALL, "Operator in other case"),
    ("POLICY_SIZE_EXCEEDS_MANAGED_POLICY_QUOTA", "I", "Too long for a managed policy"),
    ("RCP_BARE_STAR", "C", "Bare * in an RCP"),
    ("POLICY_SIZE_NEEDS_COMPACTING", "SC", "Too long with its white space"),
    ("DEPENDENT_ACTION_MISSING", "I", "A needed permission is missing"),
)
_OUR_SUGGESTIONS = (
    ("TEMPLATE_NOT_RESOLVED", _ALL, "Placeholders"),
    ("BYTE_ORDER_MARK", _ALL, "Byte order mark"),
    ("EMPTY_ARRAY_STATEMENT", _ALL, "No statement in the list"),
    ("NUMBER_OUT_OF_RANGE", _ALL, "Number beyond any range"),
    ("VARIABLE_KEY_NOT_IN_CATALOG", _ALL, "Variable of an unknown key"),
    ("RETIRED_ACTION", _ALL, "Retired action"),
    ("RETIRED_SERVICE", _ALL, "Retired service"),
    ("ACTION_NOT_IN_CATALOG", _ALL, "Action not in the catalog"),
    ("SERVICE_NOT_IN_CATALOG", _ALL, "Service not in the catalog"),
    ("REGION_NOT_IN_CATALOG", _ALL, "Region not in the catalog"),
    ("ACTION_PATTERN_MATCHES_NOTHING", _ALL, "Pattern matches no action"),
    ("DEPRECATED_CONDITION_KEY", _ALL, "Old spelling of a key"),
    ("DEPENDENT_ACTION_MISSING_FOR_TAGS", "I", "Tagging permission is missing"),
)
# Codes whose rule, or a part of it that decides often, is a decision of the project: (inferred) in the spec.
_INFERRED = frozenset(
    {
        "OPERATOR_CASE",
        "RCP_BARE_STAR",
        "INVALID_PRINCIPAL_KEY",
        "EQUIVALENT_TO_NULL_TRUE",
        "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION",
        "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION",
        "POLICY_SIZE_NEEDS_COMPACTING",
        "UNSUPPORTED_GLOBAL_CONDITION_KEY",
        "DEPRECATED_GLOBAL_CONDITION_KEY",
        "TEMPLATE_NOT_RESOLVED",
        "BYTE_ORDER_MARK",
        "EMPTY_ARRAY_STATEMENT",
        "NUMBER_OUT_OF_RANGE",
    }
)
_OBSERVED = frozenset(
    {
        "EQUIVALENT_TO_NULL_FALSE",
        "REDUNDANT_ACTION",
        "REDUNDANT_RESOURCE",
        "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS",
        "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    }
)


def _table() -> dict[str, IssueCode]:
    table: dict[str, IssueCode] = {}
    for finding_type, origin, rows in (
        (FindingType.ERROR, Origin.AWS, _AWS_ERRORS),
        (FindingType.WARNING, Origin.AWS, _AWS_WARNINGS),
        (FindingType.SECURITY_WARNING, Origin.AWS, _AWS_SECURITY_WARNINGS),
        (FindingType.SUGGESTION, Origin.AWS, _AWS_SUGGESTIONS),
        (FindingType.ERROR, Origin.WORKBENCH, _OUR_ERRORS),
        (FindingType.WARNING, Origin.WORKBENCH, _OUR_WARNINGS),
        (FindingType.SUGGESTION, Origin.WORKBENCH, _OUR_SUGGESTIONS),
    ):
        table.update(_rows(finding_type, origin, Confidence.DOCUMENTED, rows))
    for code in _INFERRED:
        table[code] = table[code]._replace(confidence=Confidence.INFERRED)
    for code in _OBSERVED:
        table[code] = table[code]._replace(confidence=Confidence.OBSERVED)
    return table


CODES: dict[str, IssueCode] = _table()
"""Issue code → what is fixed about it."""
