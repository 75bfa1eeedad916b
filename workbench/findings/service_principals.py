"""Services as principals: whom they may act for, and keys that their calls do not carry. Source: spec findings.md
sections 2.1, 2.3 and 2.4; AWS global condition context keys, Availability.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.findings.condition_edits import add_test, move_test
from workbench.findings.condition_tests import has_key, is_positive
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Confidence, Finding, Fix
from workbench.policy.arns import parse_arn
from workbench.policy.model import ConditionTest, Effect, PrincipalEntry, Statement

_SOURCES = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"})
# Keys about the calling identity, which a service does not have. Beyond PrincipalOrgID the list is inferred.
_OF_AN_IDENTITY = frozenset(
    {"aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:principaltag/"}
    | {"aws:userid", "aws:username", "aws:multifactorauthpresent", "aws:multifactorauthage", "aws:tokenissuetime"}
)
# Keys that a service's call carries not at all, or not in a way that says for whom it acts (the list is inferred).
_NOT_OF_A_SERVICE = frozenset(
    {"aws:referer", "aws:useragent", "aws:sourceip", "aws:vpcsourceip", "aws:sourcevpc", "aws:sourcevpce"}
    | {"aws:sourcevpcarn"}
)
_FROM_CERTIFICATES = "rolesanywhere.amazonaws.com"
_OF_CERTIFICATES = frozenset({"aws:principaltag/"})
"""IAM Roles Anywhere makes principal tags of what a certificate says (its User Guide, attribute mapping and trust
policy)."""
_CONTEXT_OF_ENCRYPTION = "kms:encryptioncontext:"
_INSTEAD = {
    "aws:principalorgid": "aws:SourceOrgID",
    "aws:principalorgpaths": "aws:SourceOrgPaths",
    "aws:principalaccount": "aws:SourceAccount",
}
_ACCOUNT_PART = 4
_DIGITS = 12


def service_principals(context: CheckContext) -> Iterator[Finding]:
    """Each Allow that names a service."""
    for statement in context.statements:
        principal = statement.principal
        if statement.effect is not Effect.ALLOW or principal is None or principal.negated:
            continue
        services = [e for e in principal.entries if e.kind == "Service" and not context.templated(e.item.node)]
        if not services:
            continue
        positive = [test for test in statement.conditions if is_positive(test)]
        deaf = [test for test in positive if has_key(test, _OF_AN_IDENTITY)]
        if any(e.item.text == _FROM_CERTIFICATES for e in services):
            deaf = [test for test in deaf if not has_key(test, _OF_CERTIFICATES)]
        if deaf and all(e.kind == "Service" for e in principal.entries):
            for test in deaf:
                yield _unsupported(context, statement, test)
        elif not any(has_key(test, _SOURCES) or _names_encrypted(test) or _names_skill(test) for test in positive):
            yield from _unrestricted(context, statement, services, positive)


def _names_encrypted(test: ConditionTest) -> bool:
    """Whether a service may use a key only for resources of stated accounts, which it writes into the encryption
    context (CloudWatch Logs User Guide, encrypt log data; that it restricts as a source does is inferred)."""
    if not test.key.lower().startswith(_CONTEXT_OF_ENCRYPTION) or not test.values:
        return False
    return all((arn := parse_arn(v.text)) is not None and _is_account(arn.account) for v in test.values)


def _names_skill(test: ConditionTest) -> bool:
    """Whether the call must carry the id of one's own Alexa skill (Lambda API, AddPermission: EventSourceToken; that it
    restricts as a source does is inferred)."""
    return test.key.lower() == "lambda:eventsourcetoken" and not any("*" in value.text for value in test.values)


def _unsupported(context: CheckContext, statement: Statement, test: ConditionTest) -> Finding:
    better = _INSTEAD.get(test.key.lower())
    hint = f"Use {better}." if better else "Use aws:SourceArn or aws:SourceAccount."
    mend = (
        move_test(f"Write {better}", context.text, statement, test, test.operator_node.value, better)
        if better
        else None
    )
    return context.report(
        "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL",
        f"The calls of a service principal do not carry {test.key}, so the statement never applies. {hint}",
        test.key_place,
        confidence=None if test.key.lower() == "aws:principalorgid" else Confidence.INFERRED,
        fixes=(mend,) if mend else (),
    )


def _unrestricted(
    context: CheckContext, statement: Statement, services: list[PrincipalEntry], positive: list[ConditionTest]
) -> Iterator[Finding]:
    others = [test for test in positive if has_key(test, _NOT_OF_A_SERVICE)]
    for test in others:
        yield context.report(
            "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL",
            f"{test.key} does not say for whom the service {services[0].item.text} acts. Test aws:SourceArn or "
            "aws:SourceAccount instead.",
            test.key_place,
            fixes=_with_account(context, statement),
        )
    for entry in () if others else services:
        yield context.report(
            "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL",
            f"{entry.item.text} may use this permission for any customer of AWS. Test aws:SourceArn, "
            "aws:SourceAccount, aws:SourceOrgID or aws:SourceOrgPaths.",
            entry.item.place,
            fixes=_with_account(context, statement),
        )


def _with_account(context: CheckContext, statement: Statement) -> tuple[Fix, ...]:
    account = _account(statement) or "<account-id>"
    label = f"Add StringEquals aws:SourceAccount {account}"
    mend = add_test(label, context.text, statement, "StringEquals", "aws:SourceAccount", account)
    return (mend,) if mend else ()


def _account(statement: Statement) -> str | None:
    """The account that all resources of the statement belong to, where they name one."""
    items = statement.resources.items if statement.resources is not None else ()
    accounts = {part for item in items for part in item.text.split(":", 5)[_ACCOUNT_PART : _ACCOUNT_PART + 1]}
    account = accounts.pop() if len(accounts) == 1 else ""
    return account if _is_account(account) else None


def _is_account(text: str) -> bool:
    return len(text) == _DIGITS and text.isdecimal()


CHECKS = (
    Check(
        "service principals",
        (
            "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL",
            "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL",
            "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL",
        ),
        service_principals,
        local=True,
    ),
)
