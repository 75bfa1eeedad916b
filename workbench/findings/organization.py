"""What only policies of AWS Organizations are asked: actions of RCPs and SCPs, and the conditions that an RCP needs so
that AWS's own services go on working. Source: spec findings.md sections 2.1, 2.2 and 3.1; AWS Organizations, RCP
syntax; data perimeter examples of AWS.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.findings.condition_edits import add_test
from workbench.findings.condition_tests import has_key, is_negated, key_of, requires, says
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Finding, Fix
from workbench.findings.names import has_wildcard
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import ConditionTest, Effect, Statement

_IS_SERVICE = "aws:PrincipalIsAWSService"
# Keys of the caller, which a service lacks; keys of a service's call, which everyone else lacks (lists are inferred).
_OF_PRINCIPALS = frozenset(
    {"aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:principaltag/"}
)
_OF_SERVICES = frozenset({"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"})
_PRESENCE = ("aws:sourceaccount", "aws:sourcearn")


def rcp_actions(context: CheckContext) -> Iterator[Finding]:
    """Actions that a resource control policy may not name."""
    if context.kind is not PolicyKind.RCP:
        return
    for statement, element in context.elements():
        if element.negated or statement.effect is None or statement.effect is Effect.ALLOW:
            continue
        for item in element.items:
            prefix = item.text.partition(":")[0]
            if item.text == "*":
                yield context.report(
                    "RCP_BARE_STAR",
                    "The action * is not meant for resource control policies of your own. Name the services, such as "
                    "s3:*.",
                    item.place,
                )
            elif has_wildcard(prefix):
                details = (
                    f"The action {item.text} has a wildcard in its service prefix. Name the service, such as s3:*."
                )
                yield context.report("RCP_SYNTAX_ERROR_ACTION", details, item.place)
            elif context.catalog.service(prefix) is not None and not context.catalog.rcp_supported(prefix):
                details = (
                    f"Resource control policies do not act on {prefix}, so the action {item.text} may not stand in "
                    "one. Remove it."
                )
                yield context.report("RCP_SYNTAX_ERROR_ACTION", details, item.place, note=context.catalog_note)


def rcp_conditions(context: CheckContext) -> Iterator[Finding]:
    """Denies of an RCP that hit whoever does not carry the tested key at all."""
    if context.kind is not PolicyKind.RCP:
        return
    for statement in context.statements:
        if statement.effect is not Effect.DENY:
            continue
        for test in statement.conditions:
            if not is_negated(test):
                continue
            if has_key(test, _OF_PRINCIPALS):
                yield from _principals(context, statement, test)
            elif has_key(test, _OF_SERVICES):
                yield from _services(context, statement, test)


def _principals(context: CheckContext, statement: Statement, test: ConditionTest) -> Iterator[Finding]:
    if not says(statement, _IS_SERVICE.lower(), "false", "Bool", "BoolIfExists"):
        yield context.report(
            "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY",
            f"The calls of AWS services do not carry {test.key}, so this statement denies them too. Add BoolIfExists "
            f"{_IS_SERVICE} false.",
            test.key_place,
            fixes=_add(context, statement, "BoolIfExists", _IS_SERVICE, "false"),
        )


def _services(context: CheckContext, statement: Statement, test: ConditionTest) -> Iterator[Finding]:
    if not says(statement, _IS_SERVICE.lower(), "true", "Bool"):
        yield context.report(
            "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY",
            f"Only the calls of AWS services carry {test.key}, so this statement denies everyone else. Add Bool "
            f"{_IS_SERVICE} true.",
            test.key_place,
            fixes=_add(context, statement, "Bool", _IS_SERVICE, "true"),
        )
    if not any(requires(statement, key) for key in (*_PRESENCE, key_of(test))):
        yield context.report(
            "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK",
            f"Some calls of AWS services do not carry {test.key}, and this statement denies them. Add Null "
            "aws:SourceAccount false.",
            test.key_place,
            fixes=_add(context, statement, "Null", "aws:SourceAccount", "false"),
        )


def _add(context: CheckContext, statement: Statement, operator: str, key: str, value: str) -> tuple[Fix, ...]:
    mend = add_test(f"Add {operator} {key} {value}", context.text, statement, operator, key, value)
    return (mend,) if mend else ()


def scp_wildcards(context: CheckContext) -> Iterator[Finding]:
    """Wildcards before the end of an action, which SCPs took only since September 2025."""
    if context.kind is not PolicyKind.SCP or not context.old_scp_language:
        return
    for _, element in context.elements():
        for item in element.items:
            if has_wildcard(item.text[:-1]) and not context.templated(item.node):
                yield context.report(
                    "SCP_SYNTAX_ERROR_ACTION_WILDCARD",
                    f"In the action {item.text} a wildcard stands before the end, which SCPs did not take before "
                    "September 2025. Write it at the end only, or name the actions.",
                    item.place,
                    note="judged by the SCP language before September 2025, as asked for",
                )


CHECKS = (
    Check("actions in an RCP", ("RCP_SYNTAX_ERROR_ACTION", "RCP_BARE_STAR"), rcp_actions, local=True),
    Check(
        "conditions of an RCP",
        (
            "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY",
            "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY",
            "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK",
        ),
        rcp_conditions,
        local=True,
    ),
    Check("wildcards in an SCP", ("SCP_SYNTAX_ERROR_ACTION_WILDCARD",), scp_wildcards, local=True),
)
