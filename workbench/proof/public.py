"""Who counts as the public, and which conditions keep it out. Source: S3 User Guide, "The meaning of 'public'"; Access
Analyzer, CheckNoPublicAccess.

A condition narrows where it holds a key to fixed values: a fixed organization, account, VPC, endpoint or source, or a
range of addresses that is not nearly everything. A value with a wildcard is not fixed, but where it keeps the account
of an ARN, or an organization at the beginning of a path. So the public is whoever has none of the fixed values.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from workbench.document.parser import parse
from workbench.evaluation.compiled import CompiledStatement
from workbench.evaluation.conditions import ConditionMatcher
from workbench.evaluation.values import read_network
from workbench.policy.arns import parse_arn
from workbench.policy.kinds import PolicyKind
from workbench.policy.operators import Family
from workbench.policy.reader import read
from workbench.proof.askers import STRANGER, Asker, anonymous, any_role, any_user
from workbench.proof.formulas import Formula, Leaf, all_of
from workbench.proof.keys import key_test
from workbench.proof.patterns import Variables

_NARROWING = frozenset(
    {
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalarn",
        "aws:principalaccount",
        "aws:userid",
        "aws:sourcearn",
        "aws:sourceaccount",
        "aws:sourceowner",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "aws:resourceorgid",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "kms:calleraccount",
    }
)
"""Lower-cased keys whose fixed values name somebody or something of one's own (kms:CallerAccount inferred)."""
_ADDRESSES = frozenset({"aws:sourceip", "aws:vpcsourceip"})
_WIDEST = {4: 8, 6: 32}
"""Ranges with a shorter prefix are the public (S3 User Guide)."""
_ORGANIZATION_PATHS = ("orgpaths",)


def public_askers() -> Sequence[Asker]:
    """Everybody: somebody without credentials, and a role and a user of an account that nobody knows."""
    return (anonymous(), any_role(STRANGER), any_user(STRANGER))


def without_fixed_values(statements: Iterable[CompiledStatement]) -> Formula:
    """What is true of whoever has none of the values to which the statements hold a narrowing key."""
    texts: dict[str, dict[str, None]] = {}
    networks: dict[str, dict[str, None]] = {}
    for statement in statements:
        for test in statement.conditions:
            operator = test.test.operator
            if operator is None or operator.base.family is Family.EXISTENCE:
                continue
            for value in test.test.values:
                if test.key_lower in _ADDRESSES:
                    network = read_network(value.text)
                    if network is not None and network.prefixlen >= _WIDEST[network.version]:
                        networks.setdefault(test.key, {})[value.text] = None
                elif test.key_lower in _NARROWING and _is_fixed(value.text, test.key_lower):
                    texts.setdefault(test.key, {})[value.text] = None
    block = {"StringLike": {k: [*v] for k, v in texts.items()}, "IpAddress": {k: [*v] for k, v in networks.items()}}
    return all_of(Leaf(key_test(matcher, False, Variables()), False) for matcher in _tests(block))


def _is_fixed(text: str, key: str) -> bool:
    if "${" in text:
        return False
    if not set("*?") & set(text):
        return True
    arn = parse_arn(text)
    if arn is not None and len(arn.account) == 12 and arn.account.isdigit():
        return True
    start = text.partition("/")[0] if key.endswith(_ORGANIZATION_PATHS) else text.partition(":")[0]
    named = key.endswith(_ORGANIZATION_PATHS) or key == "aws:userid"
    return named and start != text and not set("*?") & set(start)


def _tests(block: dict[str, dict[str, list[str]]]) -> list[ConditionMatcher]:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {o: k for o, k in block.items() if k}}
    policy = read(parse(json.dumps({"Version": "2012-10-17", "Statement": statement})), PolicyKind.IDENTITY)
    return [ConditionMatcher(test, variables_active=False) for test in policy.statements[0].conditions]
