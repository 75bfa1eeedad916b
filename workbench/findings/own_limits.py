"""Calls by which somebody of a project can lift what limits him: a resource policy that denies him something, his
boundary, a Deny in his own policies. Source: spec findings.md section 3.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial

from workbench.evaluation.compiled import CompiledStatement
from workbench.evaluation.judge import compile_policy
from workbench.evaluation.request import NamedPolicy
from workbench.findings.administrator import lesser_grants
from workbench.findings.context import Check, CheckContext
from workbench.findings.exposure import exposing_actions
from workbench.findings.granting import Asked, Granted, Grants, places_of
from workbench.findings.listing import listed
from workbench.findings.model import Finding
from workbench.findings.sample_arns import OTHER, Sample
from workbench.findings.standing import is_taken, read_policy
from workbench.findings.surroundings import Member, Surroundings
from workbench.findings.whose import WHOEVER, for_each_holder
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Effect

_REMOVING = ("s3:DeleteBucketPolicy", "secretsmanager:DeleteResourcePolicy", "ecr:DeleteRepositoryPolicy")
"""Calls that take a resource policy away, beside those that open it to others."""


def own_limits(context: CheckContext) -> Iterator[Finding]:
    """One finding for all that whoever has the policy can lift."""
    if context.around is not None:
        yield from for_each_holder(lesser_grants(context), partial(_of_holder, context, context.around))


def _of_holder(context: CheckContext, around: Surroundings, grants: Grants) -> Iterator[Finding]:
    member = grants.standing.member
    if member is None:
        return
    asked = (*_on_himself(context, member), *_on_resources(context, around, grants))
    found = [g for action, arn in asked if (g := _granted(grants, action, arn)) is not None and places_of([g])]
    scenario = next((s for g in found if (s := grants.scenario(g)) is not None), None)
    if scenario is None:
        return
    calls = listed([f"{granted.action} on {granted.arn}" for granted in found])
    yield context.report(
        "OWN_LIMIT_REMOVABLE",
        f"{WHOEVER} can lift what limits it: {calls}. Deny these calls there, or allow them elsewhere only.",
        *places_of(found),
        scenario=scenario,
        assumption=tuple(dict.fromkeys(sentence for granted in found for sentence in granted.assumption)),
    )


def _granted(grants: Grants, action: str, arn: str) -> Granted | None:
    if not grants.may(action):
        return None
    return grants.granted(Asked(action), Sample(arn, True, {}))


def _on_himself(context: CheckContext, member: Member) -> Iterator[tuple[str, str]]:
    """Calls on the user or role itself that take away its boundary, or a policy of it that denies something."""
    kind = "Role" if member.is_role else "User"
    if member.policies.permissions_boundary is not None:
        yield from ((f"iam:{verb}{kind}PermissionsBoundary", member.arn) for verb in ("Delete", "Put"))
    own = context.around.own if context.around is not None else ""
    texts = [context.text if named.name == own else named.text for named in member.policies.identity]
    if any(_denies(text) for text in texts):
        yield from ((f"iam:{verb}{kind}Policy", member.arn) for verb in ("Detach", "Delete"))


def _denies(text: str) -> bool:
    return any(s.effect is Effect.DENY for s in read_policy(text, PolicyKind.IDENTITY).statements)


def _on_resources(context: CheckContext, around: Surroundings, grants: Grants) -> Iterator[tuple[str, str]]:
    """Calls on the policies of resources that deny something to whoever asks."""
    for pattern, policy in around.resources:
        arn = pattern.replace("*", OTHER).replace("?", OTHER[0])
        if not is_taken(policy.text, PolicyKind.RESOURCE):
            continue
        service = arn.split(":")[2] if arn.count(":") > 4 else ""
        actions = [a for a in (*exposing_actions("RESOURCE_EXPOSURE"), *_REMOVING) if a.startswith(f"{service}:")]
        for action in actions:
            if context.catalog.takes(action, arn) and _limits(grants, policy, action, arn):
                yield action, arn


def _limits(grants: Grants, policy: NamedPolicy, action: str, arn: str) -> bool:
    """Whether a Deny of the policy is about the caller, whatever its action and conditions are."""
    request = grants.request(action, arn)
    return any(not s.allow and s.grant(request) for s in _statements(policy))


@lru_cache(maxsize=256)
def _statements(policy: NamedPolicy) -> tuple[CompiledStatement, ...]:
    return compile_policy(policy, PolicyKind.RESOURCE)


CHECKS = (Check("what lifts own limits", ("OWN_LIMIT_REMOVABLE",), own_limits, judged=True),)
