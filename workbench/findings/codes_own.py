"""Our own issue codes, in the order of spec findings.md section 3. A row: code, type, kinds of policy (I R T S C), what
the rule rests on (empty: AWS's documentation), a few words for lists and help.
"""

from __future__ import annotations

from typing import TypeAlias

from workbench.findings.model import FindingType

Row: TypeAlias = tuple[str, FindingType, str, str, str]

_ERROR, _SECURITY_WARNING = FindingType.ERROR, FindingType.SECURITY_WARNING
_WARNING, _SUGGESTION = FindingType.WARNING, FindingType.SUGGESTION
_ALL = "IRTSC"
_DOCUMENTED = ""
_INFERRED = "inferred"

# 3.1
FORM_AND_CATALOG: tuple[Row, ...] = (
    ("DUPLICATE_JSON_KEY", _ERROR, _ALL, _DOCUMENTED, "Same name twice"),
    ("CONTROL_OR_FOREIGN_CHARACTER", _ERROR, "IT", _DOCUMENTED, "Character that IAM refuses"),
    ("TEMPLATE_NOT_RESOLVED", _SUGGESTION, _ALL, _INFERRED, "Placeholders"),
    ("ID_IN_IDENTITY_POLICY", _WARNING, "I", _DOCUMENTED, "Id in an identity policy"),
    ("OPERATOR_CASE", _WARNING, _ALL, _INFERRED, "Operator in other case"),
    ("POLICY_SIZE_EXCEEDS_MANAGED_POLICY_QUOTA", _WARNING, "I", _DOCUMENTED, "Too long for a managed policy"),
    ("RCP_BARE_STAR", _WARNING, "C", _INFERRED, "Bare * in an RCP"),
    ("VARIABLE_KEY_NOT_IN_CATALOG", _SUGGESTION, _ALL, _DOCUMENTED, "Variable of an unknown key"),
    ("POLICY_SIZE_NEEDS_COMPACTING", _WARNING, "SC", _INFERRED, "Too long with its white space"),
    ("RETIRED_ACTION", _SUGGESTION, _ALL, _DOCUMENTED, "Retired action"),
    ("RETIRED_SERVICE", _SUGGESTION, _ALL, _DOCUMENTED, "Retired service"),
    ("ACTION_NOT_IN_CATALOG", _SUGGESTION, _ALL, _DOCUMENTED, "Action not in the catalog"),
    ("SERVICE_NOT_IN_CATALOG", _SUGGESTION, _ALL, _DOCUMENTED, "Service not in the catalog"),
    ("REGION_NOT_IN_CATALOG", _SUGGESTION, _ALL, _DOCUMENTED, "Region not in the catalog"),
    ("ACTION_PATTERN_MATCHES_NOTHING", _SUGGESTION, _ALL, _DOCUMENTED, "Pattern matches no action"),
    ("DEPRECATED_CONDITION_KEY", _SUGGESTION, _ALL, _DOCUMENTED, "Old spelling of a key"),
    ("ARN_FITS_NO_RESOURCE_TYPE", _SUGGESTION, _ALL, _DOCUMENTED, "No resource has such an ARN"),
    ("ACTION_DOES_NOT_FIT_RESOURCE", _WARNING, _ALL, _DOCUMENTED, "Action on a resource it does not work on"),
    ("WILDCARD_IN_RESOURCE_TYPE", _SUGGESTION, _ALL, _INFERRED, "Wildcard in the type of a resource"),
    ("RESOURCE_FITS_NO_ACTION", _SUGGESTION, _ALL, _DOCUMENTED, "Resource without an action for it"),
    ("REQUIRED_RESOURCE_TYPE_NOT_COVERED", _WARNING, "I", _DOCUMENTED, "A needed resource is missing"),
    ("DEPENDENT_ACTION_MISSING", _WARNING, "I", _DOCUMENTED, "A needed permission is missing"),
    ("DEPENDENT_ACTION_MISSING_FOR_TAGS", _SUGGESTION, "I", _DOCUMENTED, "Tagging permission is missing"),
    ("CONDITION_KEY_NOT_SUPPORTED", _WARNING, _ALL, _DOCUMENTED, "Key that no action sends"),
    ("HIDDEN_OR_DISGUISED_CHARACTER", _WARNING, _ALL, _INFERRED, "Character that is not what one sees"),
    ("BYTE_ORDER_MARK", _SUGGESTION, _ALL, _INFERRED, "Byte order mark"),
    ("EMPTY_ARRAY_STATEMENT", _SUGGESTION, _ALL, _INFERRED, "No statement in the list"),
    ("NUMBER_OUT_OF_RANGE", _SUGGESTION, _ALL, _INFERRED, "Number beyond any range"),
)  # fmt: skip
# 3.2
STATEMENTS_THAT_DO_NOTHING: tuple[Row, ...] = (
    ("STATEMENT_NEVER_MATCHES", _WARNING, _ALL, _DOCUMENTED, "Statement that no request matches"),
    ("CONDITION_ALWAYS_TRUE", _SUGGESTION, _ALL, _DOCUMENTED, "Test that says nothing"),
    ("STATEMENT_SHADOWED_BY_DENY", _WARNING, _ALL, _DOCUMENTED, "Allow of what is denied"),
    ("STATEMENT_SHADOWED_BY_ALLOW", _SUGGESTION, _ALL, _DOCUMENTED, "Allow of what is allowed"),
    ("DENY_WITHOUT_EFFECT", _SUGGESTION, "I", _INFERRED, "Deny of what nothing allows"),
    ("ALLOW_NOT_REACHABLE_UNDER_GUARDRAIL", _SUGGESTION, "I", _DOCUMENTED, "Allow that nothing lets through"),
)  # fmt: skip
# 3.3
CONDITIONS: tuple[Row, ...] = (
    ("MFA_CONDITION_BYPASSED_WHEN_ABSENT", _SECURITY_WARNING, _ALL, _DOCUMENTED, "MFA that may be absent"),
    ("NEGATED_CONDITION_IS_NO_RESTRICTION", _SECURITY_WARNING, _ALL, _DOCUMENTED, "Condition that keeps nobody away"),
    ("DENY_HITS_MISSING_KEY", _WARNING, _ALL, _DOCUMENTED, "Deny of every request without a key"),
    ("SOURCE_IP_WITHOUT_SERVICE_EXCEPTION", _WARNING, _ALL, _DOCUMENTED, "Addresses of AWS services"),
    ("QUALIFIER_WITHOUT_PRESENCE", _WARNING, _ALL, _INFERRED, "List that nobody needs to send"),
    ("SESSION_ARN_AS_PRINCIPAL_ARN", _WARNING, _ALL, _DOCUMENTED, "Session that is never the principal"),
    ("ROOT_ARN_IN_PRINCIPAL_ARN", _SUGGESTION, _ALL, _DOCUMENTED, "Root user instead of the account"),
)  # fmt: skip
# 3.4
PRIVILEGE_ESCALATION: tuple[Row, ...] = (
    ("ADMINISTRATOR_ACCESS", _SECURITY_WARNING, "I", _DOCUMENTED, "Access to everything"),
    ("PRIVILEGE_ESCALATION", _SECURITY_WARNING, "I", _DOCUMENTED, "A way to more power"),
    ("PRIVILEGE_ESCALATION_PARTIAL", _SUGGESTION, "I", _DOCUMENTED, "One step from more power"),
)  # fmt: skip
# 3.5
EXPOSURE: tuple[Row, ...] = (
    ("CREDENTIALS_EXPOSURE", _SECURITY_WARNING, "I", _DOCUMENTED, "Hands out credentials"),
    ("DATA_EXFILTRATION", _SECURITY_WARNING, "I", _DOCUMENTED, "Reads data at scale"),
    ("RESOURCE_EXPOSURE", _SECURITY_WARNING, "I", _DOCUMENTED, "Can open resources to others"),
    ("OWN_LIMIT_REMOVABLE", _SECURITY_WARNING, "I", _DOCUMENTED, "Can lift its own limits"),
)  # fmt: skip
# 3.6
PUBLIC_AND_WIDE_ACCESS: tuple[Row, ...] = (
    ("PUBLIC_ACCESS", _SECURITY_WARNING, "R", _INFERRED, "Open to anybody"),
    ("CROSS_ACCOUNT_ACCESS", _SUGGESTION, "RT", _DOCUMENTED, "Access from outside the organization"),
    ("PUBLIC_TRUST", _SECURITY_WARNING, "T", _DOCUMENTED, "A role for anybody"),
    ("WIDE_TRUST", _WARNING, "T", _DOCUMENTED, "Trust in a whole account"),
    ("ANY_SERVICE_ROLE_TRUST", _SUGGESTION, "T", _INFERRED, "Several services with one role"),
    ("NOTPRINCIPAL_DENY_TRAP", _WARNING, "R", _DOCUMENTED, "NotPrincipal without its account"),
)  # fmt: skip
# 3.7
CONFUSED_DEPUTY: tuple[Row, ...] = (
    ("CONFUSED_DEPUTY_IN_TRUST", _SUGGESTION, "T", _INFERRED, "A service that acts for anybody"),
    ("CONFUSED_DEPUTY_SOURCE_TOO_WIDE", _WARNING, "R", _DOCUMENTED, "Source of any account"),
    ("SAGEMAKER_PUBLIC_WORKTEAM", _SUGGESTION, "I", _DOCUMENTED, "Data to the public work team"),
    ("SAGEMAKER_TAG_CONDITION_IGNORED", _WARNING, "I", _INFERRED, "Tags that do not count"),
    ("SAGEMAKER_TAKES_NO_RESOURCE_POLICY", _SUGGESTION, "R", _DOCUMENTED, "SageMaker has no such policy"),
)  # fmt: skip
# 4.1 (7) and 5: a project's own rules, and its file of suppressions
PROJECT: tuple[Row, ...] = (
    ("HOUSE_RULE_FORBIDDEN_ACTION", _SECURITY_WARNING, "IRT", _DOCUMENTED, "Forbidden in this project"),
    ("HOUSE_RULE_CONDITION_MISSING", _SECURITY_WARNING, "IRT", _DOCUMENTED, "Condition required in this project"),
    ("HOUSE_RULE_ACCOUNT_NOT_ALLOWED", _SECURITY_WARNING, "IRT", _DOCUMENTED, "Account not allowed in this project"),
    ("SUPPRESSION_STALE", _SUGGESTION, _ALL, _DOCUMENTED, "Suppression without a finding"),
    ("SUPPRESSION_INVALID", _WARNING, _ALL, _INFERRED, "Suppression that is none"),
)  # fmt: skip
OFF = frozenset({"PRIVILEGE_ESCALATION_PARTIAL"})
"""Codes that are reported only where they are asked for."""
