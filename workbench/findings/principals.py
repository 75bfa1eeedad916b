"""Principals: their forms, and wildcards where none may stand. Source: spec grammar.md section 5, findings.md "
"section 2."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.document.nodes import ObjectNode
from workbench.findings import fixes
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Confidence, Finding
from workbench.findings.names import has_wildcard
from workbench.findings.places import value_place
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Effect, PrincipalEntry, Statement
from workbench.policy.principals import ROLE_ID, SERVICE, USER_ID, is_account_or_arn


def principal_forms(context: CheckContext) -> Iterator[Finding]:
    """Every principal entry that has none of the forms that AWS takes."""
    for statement in context.statements:
        principal = statement.principal
        if principal is None:
            continue
        bare = principal.node.start == (principal.entries[0].item.node.start if principal.entries else -1)
        for entry in principal.entries:
            if context.templated(entry.item.node) or (entry.kind == "AWS" and entry.item.text == "*"):
                continue
            if bare:
                yield _bare(context, statement, entry)
            elif has_wildcard(entry.item.text):
                yield context.report(
                    "UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
                    f"The principal {entry.item.text} holds a wildcard, which AWS takes only as the whole AWS "
                    "principal. Name each principal, or use a condition such as ArnLike aws:PrincipalArn.",
                    entry.item.place,
                )
            elif entry.kind == "AWS":
                yield from _aws(context, entry)
            elif entry.kind == "Service" and not SERVICE.fullmatch(entry.item.text):
                yield context.report(
                    "INVALID_PRINCIPAL_FORMAT",
                    f"{fixes.quoted(entry.item.text)} is no service principal. Write it in lower case, such as "
                    "sagemaker.amazonaws.com.",
                    entry.item.place,
                    confidence=Confidence.INFERRED,
                )
            elif entry.kind == "Federated" and context.kind is not PolicyKind.TRUST:
                details = (
                    f"The federated principal {entry.item.text} may stand in role trust policies only. Name the role "
                    "that it assumes instead."
                )
                place = entry.item.place._replace(
                    path=(*statement.path, ("value", principal.name), ("key", "Federated"))
                )
                key = next((m.key for m in getattr(principal.node, "members", ()) if m.key.value == "Federated"), None)
                if key is not None:
                    place = place._replace(span=place.span._replace(start=key.start, end=key.end))
                    yield context.report("FEDERATED_PRINCIPAL_NOT_SUPPORTED", details, place)


def _bare(context: CheckContext, statement: Statement, entry: PrincipalEntry) -> Finding:
    text = entry.item.text
    better = f'{{"AWS": {fixes.quoted(text)}}}'
    may_stand = is_account_or_arn(text)
    return context.report(
        "INVALID_PRINCIPAL_FORMAT",
        f'The principal {fixes.quoted(text)} stands without its type; only "*" may. Write {better}.',
        entry.item.place,
        fixes=(fixes.replace_node(f"Write {better}", entry.item.node, better),) if may_stand else (),
    )


def _aws(context: CheckContext, entry: PrincipalEntry) -> Iterator[Finding]:
    text = entry.item.text
    if ROLE_ID.fullmatch(text) or USER_ID.fullmatch(text):
        word = "role" if text.startswith("AROA") else "user"
        code = "INVALID_ROLE_REFERENCE" if word == "role" else "INVALID_USER_REFERENCE"
        yield context.report(
            code,
            f"The principal {text} is the id of a {word} that was deleted, or was never an ARN. Name an existing "
            f"{word} by its ARN.",
            entry.item.place,
        )
    elif not is_account_or_arn(text) and "${" not in text:
        yield context.report(
            "INVALID_PRINCIPAL_FORMAT",
            f"{fixes.quoted(text)} is no AWS principal. Write an account id of 12 digits or the ARN of a user, a role "
            "or a session.",
            entry.item.place,
        )


def trust_wildcard(context: CheckContext) -> Iterator[Finding]:
    """A trust policy that lets everybody assume the role."""
    if context.kind is not PolicyKind.TRUST:
        return
    for statement in context.statements:
        principal = statement.principal
        if principal is None or principal.negated or statement.effect is not Effect.ALLOW:
            continue
        if any(e.kind == "AWS" and e.item.text == "*" for e in principal.entries):
            yield context.report(
                "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
                "The Principal * lets anyone assume the role whom the conditions do not stop. Name the principals.",
                value_place(statement, principal),
                confidence=Confidence.INFERRED if isinstance(principal.node, ObjectNode) else None,
            )


CHECKS = (
    Check(
        "forms of principals",
        (
            "INVALID_PRINCIPAL_FORMAT",
            "UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
            "INVALID_ROLE_REFERENCE",
            "INVALID_USER_REFERENCE",
            "FEDERATED_PRINCIPAL_NOT_SUPPORTED",
        ),
        principal_forms,
        local=True,
    ),
    Check(
        "wildcard in a trust policy",
        ("ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL",),
        trust_wildcard,
        local=True,
    ),
)
