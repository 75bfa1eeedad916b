"""Who may assume a role how, and actions and resources that are not of the policy's resource. Source: spec grammar.md
section 2, findings.md section 2.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.evaluation.glob import compile_glob
from workbench.findings import fixes
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Finding, Fix
from workbench.findings.names import has_wildcard
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Item, PrincipalElement, PrincipalEntry, Statement
from workbench.policy.names import is_everything
from workbench.policy.principals import FEDERATED, SAML

_PLAIN, _WITH_SAML, _WITH_WEB = "sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"
_ASSUMING = (_PLAIN, _WITH_SAML, _WITH_WEB)
_SERVICE_OF = {
    "AWS::S3::Bucket": "s3",
    "AWS::S3::AccessPoint": "s3",
    "AWS::S3::MultiRegionAccessPoint": "s3",
    "AWS::S3ObjectLambda::AccessPoint": "s3-object-lambda",
    "AWS::DynamoDB::Table": "dynamodb",
}


def federated_forms(context: CheckContext) -> Iterator[Finding]:
    """Federated principals of a trust policy that are no provider."""
    for _, principal in _principals(context):
        for kind, item in principal.entries:
            if kind != "Federated" or context.templated(item.node) or has_wildcard(item.text):
                continue
            if FEDERATED.fullmatch(item.text):
                continue
            scheme, _, host = item.text.partition("://")
            better = host if scheme.lower() in ("http", "https") and FEDERATED.fullmatch(host) else ""
            yield context.report(
                "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY",
                f"{fixes.quoted(item.text)} is no identity provider. Write the ARN of a SAML or OIDC provider, or a "
                "host name such as accounts.google.com without https://.",
                item.place,
                fixes=(fixes.replace_string(f"Write {fixes.quoted(better)}", item.node, better),) if better else (),
            )


def mismatched_actions(context: CheckContext) -> Iterator[Finding]:
    """Actions of a trust policy by which its principals cannot assume the role."""
    for statement, principal in _principals(context):
        actions = statement.actions
        if principal.negated or actions is None or actions.negated:
            continue
        named = {action: _naming(actions.items, action) for action in _ASSUMING}
        alike = len({_wanted(entry) for entry in principal.entries}) == 1
        for entry in principal.entries:
            wanted = _wanted(entry)
            others = [item for action in _ASSUMING if action != wanted for item in named[action]]
            if context.templated(entry.item.node) or has_wildcard(entry.item.text) or named[wanted] or not others:
                continue
            yield context.report(
                "MISMATCHED_ACTION_FOR_PRINCIPAL",
                f"The principal {entry.item.text} cannot assume a role by {others[0].text}. Write {wanted}.",
                others[0].place,
                entry.item.place,
                fixes=_replaced(others, wanted) if alike else (),
            )


def _principals(context: CheckContext) -> Iterator[tuple[Statement, PrincipalElement]]:
    if context.kind is PolicyKind.TRUST:
        for statement in context.statements:
            if statement.principal is not None:
                yield statement, statement.principal


def _wanted(entry: PrincipalEntry) -> str:
    """The action by which a principal assumes a role."""
    if entry.kind != "Federated":
        return _PLAIN
    return _WITH_SAML if SAML.fullmatch(entry.item.text) else _WITH_WEB


def _naming(items: tuple[Item, ...], action: str) -> list[Item]:
    lower = action.lower()
    return [i for i in items if is_everything(i.text) or compile_glob(i.text.lower()).matches(lower)]


def _replaced(wrong: list[Item], better: str) -> tuple[Fix, ...]:
    item = wrong[0]
    if len(wrong) > 1 or has_wildcard(item.text):
        return ()
    return (fixes.replace_string(f"Replace {item.text} by {better}", item.node, better),)


def foreign_to_the_resource(context: CheckContext) -> Iterator[Finding]:
    """Actions and resources of another service than the one whose resource has the policy."""
    own = "sts" if context.kind is PolicyKind.TRUST else _SERVICE_OF.get(context.resource_type or "")
    if own is None:
        return
    of = "a role" if own == "sts" else f"this kind of resource of {own}"
    for _, element in context.elements():
        for item in element.items:
            prefix, colon, _ = item.text.partition(":")
            if not colon or has_wildcard(prefix) or prefix.lower() == own or context.templated(item.node):
                continue
            yield context.report(
                "UNSUPPORTED_ACTION_IN_POLICY",
                f"The action {item.text} may not stand in the policy of {of}, which takes actions of {own} only. "
                "Remove it.",
                item.place,
            )
    for statement in context.statements if context.kind is PolicyKind.RESOURCE else ():
        for item in statement.resources.items if statement.resources is not None else ():
            parts = item.text.split(":", 5)
            if len(parts) < 6 or has_wildcard(parts[2]) or parts[2] == own or context.templated(item.node):
                continue
            yield context.report(
                "UNSUPPORTED_RESOURCE_ARN_IN_POLICY",
                f"{item.text} is no resource of {own}, to which the policy belongs. Name the resource that has the "
                "policy.",
                item.place,
            )


CHECKS = (
    Check(
        "identity providers", ("INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY",), federated_forms, local=True
    ),
    Check("ways to assume a role", ("MISMATCHED_ACTION_FOR_PRINCIPAL",), mismatched_actions, local=True),
    Check(
        "services of the resource",
        ("UNSUPPORTED_ACTION_IN_POLICY", "UNSUPPORTED_RESOURCE_ARN_IN_POLICY"),
        foreign_to_the_resource,
        local=True,
    ),
)
