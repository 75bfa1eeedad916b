"""Conditions that restrict less than they seem to, because of what one key means. Source: spec findings.md section 2.3;
DynamoDB, fine-grained access; S3, condition keys; AWS global condition context keys, aws:Referer and aws:UserAgent.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.evaluation.glob import compile_glob
from workbench.findings.condition_edits import add_test
from workbench.findings.condition_tests import is_null, is_positive
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Finding
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Effect, Statement
from workbench.policy.names import is_everything
from workbench.policy.operators import Family

_READS = ("dynamodb:getitem", "dynamodb:batchgetitem", "dynamodb:query", "dynamodb:scan")
_SPECIFIC = frozenset({"SPECIFIC_ATTRIBUTES", "COUNT"})
_LIST_BUCKET = ("s3:listbucket",)
_FORGEABLE = frozenset({"aws:referer", "aws:useragent"})


def _covers(statement: Statement, names: tuple[str, ...]) -> bool:
    """Whether the statement is about one of the actions."""
    actions = statement.actions
    if actions is None:
        return False
    patterns = [i.text.lower() for i in actions.items]
    fits = any(is_everything(p) or compile_glob(p).matches(name) for p in patterns for name in names)
    return fits is not actions.negated


def dynamodb_attributes(context: CheckContext) -> Iterator[Finding]:
    """A list of attributes that a read need not name."""
    for statement in context.statements:
        tests = [t for t in statement.conditions if t.key.lower() == "dynamodb:attributes" and not is_null(t)]
        if not tests or statement.effect is not Effect.ALLOW or not _covers(statement, _READS):
            continue
        if any(
            t.key.lower() == "dynamodb:select"
            and t.operator is not None
            and t.operator.base.family is Family.STRING
            and not t.operator.base.negated
            and t.values
            and all(v.text in _SPECIFIC for v in t.values)
            for t in statement.conditions
        ):
            continue
        for test in tests:
            value = "SPECIFIC_ATTRIBUTES"
            label = f"Add StringEqualsIfExists dynamodb:Select {value}"
            mend = add_test(label, context.text, statement, "StringEqualsIfExists", "dynamodb:Select", value)
            yield context.report(
                "DYNAMODB_ATTRIBUTES_WITHOUT_SELECT",
                f"A read that names no attributes returns all of them, whatever {test.key} says. Test dynamodb:Select "
                f"for {value} too.",
                test.key_place,
                fixes=(mend,) if mend else (),
            )


def s3_prefix(context: CheckContext) -> Iterator[Finding]:
    """Listing a bucket, forbidden by prefix: a shorter prefix lists the same keys."""
    for statement in context.statements:
        tests = [t for t in statement.conditions if t.key.lower() == "s3:prefix" and not is_null(t)]
        if not tests or statement.effect is None or not _covers(statement, _LIST_BUCKET):
            continue
        for test in tests:
            operator = test.operator
            if operator is not None and operator.base.negated is (statement.effect is Effect.ALLOW):
                yield context.report(
                    "S3_PREFIX_IN_NEGATIVE_CONTEXT",
                    f"The test {operator.name} {test.key} does not keep keys from being listed: a request with a "
                    "shorter prefix lists them too. Allow the prefixes that may be listed instead.",
                    test.key_place,
                )


def forgeable_keys(context: CheckContext) -> Iterator[Finding]:
    """An Allow that only a header restricts which every caller can write as he likes."""
    for statement in context.statements:
        tests = [t for t in statement.conditions if t.key.lower() in _FORGEABLE and is_positive(t)]
        if not tests or statement.effect is not Effect.ALLOW or not _for_anyone(context, statement):
            continue
        if any(t.key.lower() not in _FORGEABLE for t in statement.conditions):
            continue
        for test in tests:
            yield context.report(
                "UNTRUSTWORTHY_CONDITION_KEY",
                f"Every caller can write into {test.key} what he likes, and nothing else restricts this statement. "
                "Test a key that AWS fills in, such as aws:PrincipalArn or aws:SourceVpce.",
                test.key_place,
            )


def _for_anyone(context: CheckContext, statement: Statement) -> bool:
    """Whether nothing but the conditions says who may call; an identity policy does not say it at all."""
    if context.kind.policy_type is PolicyKind.IDENTITY.policy_type or context.kind is PolicyKind.SCP:
        return True
    principal = statement.principal
    return principal is not None and (principal.negated or any(e.item.text == "*" for e in principal.entries))


CHECKS = (
    Check("attributes of DynamoDB", ("DYNAMODB_ATTRIBUTES_WITHOUT_SELECT",), dynamodb_attributes),
    Check("prefixes of S3", ("S3_PREFIX_IN_NEGATIVE_CONTEXT",), s3_prefix),
    Check("forgeable condition keys", ("UNTRUSTWORTHY_CONDITION_KEY",), forgeable_keys),
)
