"""Condition keys: unknown, without their tag key, in an old spelling. Source: spec findings.md sections 2 and 3.1."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.catalog.tables import key_services
from workbench.findings.condition_edits import move_test
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Finding, Fix
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import ConditionTest, Statement
from workbench.policy.operators import Family, Qualifier

_WITHOUT_TAG_KEY = re.compile(r"(?:aws:(?:resource|request|principal)tag|[a-z0-9-]+:[a-z]*(?:resource|request)tag)/?")
_WITH_AN_ORGANIZATION_OR_IDENTITY = frozenset(
    {PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.SCP}
)


def well_formed(key: str) -> bool:
    """Whether a key is `prefix:name`; else the grammar says what is wrong with it."""
    prefix, colon, rest = key.partition(":")
    return bool(colon and prefix and rest) and not any(c.isspace() for c in prefix + rest.partition("/")[0])


def keys(context: CheckContext) -> Iterator[Finding]:
    """Every condition key that no source knows, or that lacks its second half."""
    for statement, test in context.tests():
        key = test.key
        if not well_formed(key) or context.templated(test.key_node) or "${" in key:
            continue
        lower = key.lower()
        if lower == "aws:arn":
            yield _aws_arn(context, statement, test)
            continue
        known = context.catalog.key(key)
        if _WITHOUT_TAG_KEY.fullmatch(lower) and (known is None or lower.startswith("aws:") or lower.endswith("/")):
            yield context.report(
                "MISSING_TAG_KEY_IN_CONDITION",
                f"The condition key {key} names no tag. Write {key.rstrip('/')}/ and the key of the tag.",
                test.key_place,
            )
        elif known is None:
            yield from _unknown(context, statement, test)
        elif known.deprecated_for:
            yield context.report(
                "DEPRECATED_CONDITION_KEY",
                f"{key} is the old spelling of {known.deprecated_for}, which takes the full ARN. Use the new one.",
                test.key_place,
                fixes=_rename(context, statement, test, known.deprecated_for),
                note=context.catalog_note,
            )


def _aws_arn(context: CheckContext, statement: Statement, test: ConditionTest) -> Finding:
    if context.kind in _WITH_AN_ORGANIZATION_OR_IDENTITY:
        return context.report(
            "DEPRECATED_GLOBAL_CONDITION_KEY",
            f"The condition key {test.key} is out of date. Use aws:PrincipalArn.",
            test.key_place,
            fixes=_rename(context, statement, test, "aws:PrincipalArn"),
        )
    return context.report(
        "UNSUPPORTED_GLOBAL_CONDITION_KEY",
        f"The condition key {test.key} is not supported. Use aws:PrincipalArn for the caller, or aws:SourceArn for the "
        "resource that a service acts for.",
        test.key_place,
    )


def _unknown(context: CheckContext, statement: Statement, test: ConditionTest) -> Iterator[Finding]:
    prefix, _, rest = test.key.partition(":")
    if test.key.lower() in key_services().documented:
        return
    if prefix.lower() == "aws":
        code, word = "INVALID_GLOBAL_CONDITION_KEY", "global condition key"
    else:
        service = context.catalog.service(prefix)
        if service is None or service.status == "retired":
            return  # a provider's claim, or a service that is a finding of its own
        code, word = "INVALID_SERVICE_CONDITION_KEY", f"condition key of {service.prefix}"
    near = context.catalog.suggest_key(test.key)
    if near and "$" in near:
        near = _with_sub_key(near, rest)
    hint = f"Did you mean {near}?" if near else "Check the spelling."
    yield context.report(
        code,
        f"{test.key} is no {word}. {hint}",
        test.key_place,
        note=context.catalog_note,
        fixes=_rename(context, statement, test, near) if near else (),
    )


def _with_sub_key(known: str, rest: str) -> str | None:
    """A key with a placeholder, `aws:RequestTag/${TagKey}`, with the author's part in its place."""
    sub_key = rest.partition("/")[2]
    return known.partition("${")[0] + sub_key if sub_key else None


def _rename(context: CheckContext, statement: Statement, test: ConditionTest, name: str) -> tuple[Fix, ...]:
    """Another name for the key, under an operator that may test it; none where the operator has that key already."""
    operator, label = test.operator_node.value, f"Replace {test.key} by {name}"
    known, old = context.catalog.key(name), test.operator
    lone = old is not None and not old.qualifier and old.base.family is not Family.EXISTENCE
    if old is not None and lone and known is not None and known.multivalued:
        operator = old._replace(qualifier=Qualifier.FOR_ANY).name
        label += f" under {operator}"
    fix = move_test(label, context.text, statement, test, operator, name)
    return (fix,) if fix is not None else ()


CHECKS = (
    Check(
        "condition keys",
        (
            "INVALID_GLOBAL_CONDITION_KEY",
            "INVALID_SERVICE_CONDITION_KEY",
            "MISSING_TAG_KEY_IN_CONDITION",
            "DEPRECATED_CONDITION_KEY",
            "DEPRECATED_GLOBAL_CONDITION_KEY",
            "UNSUPPORTED_GLOBAL_CONDITION_KEY",
        ),
        keys,
        local=True,
    ),
)
