"""Accounts outside the organization of the project that a resource or trust policy lets in, decided by the proof over
all requests. Silent where the project does not name the accounts of its organization. Source: spec findings.md section
3.6.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from workbench.findings.context import Check, CheckContext, UndecidedError
from workbench.findings.house_rules import account_of, document_of, reasons_of, verdict_of
from workbench.findings.model import Finding
from workbench.findings.resource_control import shown_under_rcps, under_rcps
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Effect, Item, Statement

if TYPE_CHECKING:
    from workbench.proof.door import Proofs
    from workbench.proof.verdicts import Verdict

_KINDS = (PolicyKind.RESOURCE, PolicyKind.TRUST)
_ACCOUNT = re.compile(r"\d{12}")
_ORGANIZATION = re.compile(r"\bo-[a-z0-9]{10,32}\b")


def cross_account_access(context: CheckContext) -> Iterator[Finding]:
    """One finding for each account outside that a statement names and that it lets in."""
    around = context.around
    if around is None or around.accounts is None or context.kind not in _KINDS or not context.whole:
        return
    own = around.accounts | {around.account}
    named = {account for s in context.statements for account, _ in _named(context, s) if account not in own}
    found: list[Finding] = []
    undecided: list[str] = []
    for account in sorted(named):
        try:
            verdict = verdict_of(context, _lets_in(context, account))
        except UndecidedError as error:
            undecided.append(f"{account}: {error}")
            continue
        for statement in reasons_of(context, verdict) if verdict is not None else ():
            items = [item for other, item in _named(context, statement) if other == account]
            if items and verdict is not None:
                found.append(
                    context.report(
                        "CROSS_ACCOUNT_ACCESS",
                        f"{statement.name} lets in the account {account}, which is not of this project's organization. "
                        "Remove it, or name it among the accounts in workbench.toml if it is.",
                        *(item.place for item in items),
                        scenario=verdict.witness and shown_under_rcps(context, verdict.witness, context.text),
                        assumption=verdict.assumptions,
                    )
                )
    if undecided:
        raise UndecidedError("; ".join(undecided), tuple(found))
    yield from found


def _named(context: CheckContext, statement: Statement) -> Iterator[tuple[str, Item]]:
    """The accounts that an Allow names, each with where."""
    principal = statement.principal
    if statement.effect is not Effect.ALLOW or principal is None or principal.negated:
        return
    for kind, item in principal.entries:
        account = account_of(item.text) if kind == "AWS" and not context.templated(item.node) else ""
        if _ACCOUNT.fullmatch(account):
            yield account, item


def _lets_in(context: CheckContext, account: str) -> Callable[[Proofs], Verdict]:
    others: dict[str, object] = {"StringNotEquals": {"aws:PrincipalAccount": account}}
    text = under_rcps(context, context.text)
    inside = (*_of_organizations(text), *_of_the_resource(text, account))
    widest = document_of(context.kind, {"Action": "*", "Condition": others}, *inside)
    return lambda proofs: proofs.no_new_access(widest, text, context.kind)


def _of_organizations(text: str) -> Iterator[dict[str, object]]:
    """Everything for whoever is of an organization that the policies ask for: he is not outside (inferred)."""
    organizations = sorted(set(_ORGANIZATION.findall(text)))
    if organizations:
        yield {"Action": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": organizations}}}


def _of_the_resource(text: str, account: str) -> Iterator[dict[str, object]]:
    """Everything for whoever is of the account or organization of the resource itself, where the policies look at it:
    he is not outside of it (inferred, as in `proof.public`)."""
    lower = text.lower()
    conditions: list[tuple[str, dict[str, dict[str, object]]]] = [
        ('"aws:resourceaccount"', {"StringEquals": {"aws:ResourceAccount": [account, "${aws:PrincipalAccount}"]}}),
        ("${aws:resourceaccount", {"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}),
        ("::${aws:resourceaccount", {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::${aws:ResourceAccount}:*"}}),
        ('"aws:resourceorgid"', {"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}),
        ("${aws:resourceorgid", {"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}),
    ]
    for written, condition in conditions:
        if written in lower:
            yield {"Action": "*", "Condition": condition}


CHECKS = (Check("accounts outside the organization", ("CROSS_ACCOUNT_ACCESS",), cross_account_access, judged=True),)
