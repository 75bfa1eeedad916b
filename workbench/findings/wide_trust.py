"""Trust in more than is meant: whole other accounts, several services that run customers' code, NotPrincipal with Deny.
Source: spec findings.md section 3.6, grammar.md section 5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.evaluation.request import ContextValue, Principal
from workbench.findings.asking import allowed_scenario, trust_scenario
from workbench.findings.context import Check, CheckContext
from workbench.findings.listing import listed
from workbench.findings.model import Finding
from workbench.findings.places import key_place
from workbench.findings.sample_arns import ACCOUNT, CALLER
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Effect, Item, Place, PrincipalElement, Statement

_SENT: tuple[dict[str, ContextValue], ...] = ({}, {"sts:ExternalId": "chosen-by-whoever-calls"})
"""What a caller may send: nothing, or an id that he makes up; where that opens the role, the test of it names none."""
_WHOLE_ACCOUNT = re.compile(r"(?:arn:(?P<partition>aws[a-z-]*):iam::)?(?P<account>[0-9]{12})(?(partition):root)")
_OF_ONE = re.compile(r"arn:(?P<partition>[^:]*):(?:iam|sts)::(?P<account>[0-9]{12}):(?!root\Z).*", re.DOTALL)
_RUNS_CODE = {
    f"{name}.amazonaws.com": of
    for of, names in {
        "ec2": ("ec2", "spotfleet"),
        "lambda": ("lambda", "edgelambda"),
        "ecs-tasks": ("ecs-tasks",),
        "eks": ("pods.eks",),
        "elasticmapreduce": ("elasticmapreduce", "emr-serverless", "emr-containers"),
        "sagemaker": ("sagemaker",),
        "glue": ("glue",),
        "codebuild": ("codebuild",),
        "batch": ("batch",),
        "apprunner": ("tasks.apprunner", "build.apprunner"),
        "datapipeline": ("datapipeline",),
        "ssm": ("ssm",),
        "bedrock-agentcore": ("bedrock-agentcore",),
    }.items()
    for name in names
}
"""Services that run what a customer gives them with the role, those of one product together (the list inferred)."""


def wide_trust(context: CheckContext) -> Iterator[Finding]:
    """Each account, other than the role's own, all of whose principals can assume the role as they are."""
    for statement in _allows(context):
        principal = statement.principal
        for kind, item in principal.entries if principal is not None and not principal.negated else ():
            whole = _WHOLE_ACCOUNT.fullmatch(item.text) if kind == "AWS" else None
            if whole is None or whole["account"] == ACCOUNT or context.templated(item.node):
                continue
            partition = whole["partition"] or "aws"
            caller = Principal(arn=f"arn:{partition}:iam::{whole['account']}:user/{CALLER}")
            asked = (trust_scenario(context, caller, sent, partition) for sent in _SENT)
            scenario = allowed_scenario(context, *asked)
            if scenario is not None:
                yield context.report(
                    "WIDE_TRUST",
                    f"Whomever the account {whole['account']} permits can assume the role. Name the roles or users, or "
                    "ask for sts:ExternalId, aws:PrincipalArn, aws:PrincipalOrgID or MFA in a condition.",
                    item.place,
                    scenario=scenario,
                    assumption=(f"{whole['account']} is not the account of the role.",),
                )


def services_that_run_code(context: CheckContext) -> Iterator[Finding]:
    """One finding for a role that several services may assume which run customers' code."""
    found: dict[str, list[Item]] = {}
    for statement in _allows(context):
        principal = statement.principal
        for kind, item in principal.entries if principal is not None and not principal.negated else ():
            of = _RUNS_CODE.get(item.text.lower()) if kind == "Service" else None
            if of is not None:
                found.setdefault(of, []).append(item)
    if len(found) < 2:
        return
    items = [item for those in found.values() for item in those]
    names = list(dict.fromkeys(item.text for item in items))
    yield context.report(
        "ANY_SERVICE_ROLE_TRUST",
        f"{', '.join(names)} run what customers give them, and each may use this one role. "
        "Make a role for each service, with the permissions that it needs.",
        *dict.fromkeys(item.place for item in items),
    )


def _allows(context: CheckContext) -> Iterator[Statement]:
    if context.kind is PolicyKind.TRUST and context.whole:
        yield from (s for s in context.statements if s.effect is Effect.ALLOW)


def not_principal_with_deny(context: CheckContext) -> Iterator[Finding]:
    """Each Deny that is to spare a principal but not the account that it is in: AWS then denies the account, and so the
    principal."""
    for statement in context.statements:
        principal = statement.principal
        if statement.effect is not Effect.DENY or principal is None or not principal.negated:
            continue
        yield from _bounded(context, statement, principal)
        whole = {m["account"] for e in principal.entries if (m := _WHOLE_ACCOUNT.fullmatch(e.item.text))}
        lone: dict[str, list[Place]] = {}
        for kind, item in principal.entries:
            named = _OF_ONE.fullmatch(item.text) if kind == "AWS" and not context.templated(item.node) else None
            if named is not None and named["account"] not in whole:
                lone.setdefault(f"arn:{named['partition']}:iam::{named['account']}:root", []).append(item.place)
        if lone:
            yield context.report(
                "NOTPRINCIPAL_DENY_TRAP",
                f"The Deny may hit those whom NotPrincipal names, since it does not name {', '.join(lone)} as well. "
                "Add it, or write Principal * with a condition on aws:PrincipalArn instead.",
                key_place(statement, principal),
                *(place for places in lone.values() for place in places),
            )


def _bounded(context: CheckContext, statement: Statement, principal: PrincipalElement) -> Iterator[Finding]:
    """One finding for the users and roles of the project that a Deny is to spare, but hits because they have a
    boundary."""
    members = context.around.members if context.around is not None else ()
    bounded = {m.arn for m in members if m.policies.permissions_boundary is not None}
    named = [item for kind, item in principal.entries if kind == "AWS" and item.text in bounded]
    if named:
        yield context.report(
            "NOTPRINCIPAL_DENY_TRAP",
            f"The Deny hits {listed([item.text for item in named])} although NotPrincipal names it, since it has a "
            "permissions boundary. Write Principal * with a condition on aws:PrincipalArn instead.",
            *(item.place for item in named),
        )


CHECKS = (
    Check("trust in accounts", ("WIDE_TRUST",), wide_trust, judged=True),
    Check("services with one role", ("ANY_SERVICE_ROLE_TRUST",), services_that_run_code),
    Check("NotPrincipal with Deny", ("NOTPRINCIPAL_DENY_TRAP",), not_principal_with_deny, local=True),
)
