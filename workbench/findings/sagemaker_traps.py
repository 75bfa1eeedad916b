"""What is special in SageMaker and easily missed. Source: spec sagemaker.md sections 1, 2, 3 and 9.

Other traps have findings of their own: Studio without AddTags, roles passed too widely, old spellings of KMS keys,
lists without a set operator, presigned URLs.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from workbench.evaluation.derive import RESOURCE_TAGS, tags_not_seen
from workbench.evaluation.services import takes_resource_policies
from workbench.findings.administrator import lesser_grants
from workbench.findings.context import Check, CheckContext
from workbench.findings.granting import Asked, Granted, Grants, places_of
from workbench.findings.model import Finding
from workbench.findings.names import has_wildcard
from workbench.findings.whose import WHOEVER, for_each_holder
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Effect, Item, Statement
from workbench.policy.operators import Family

_PREFIX = "sagemaker:"
_LABELING = (f"{_PREFIX}CreateLabelingJob", f"{_PREFIX}CreateFlowDefinition")
_PUBLIC_CROWD = (
    ("sagemaker:WorkteamType", "public-crowd"),
    ("sagemaker:WorkteamArn", "arn:aws:sagemaker:us-west-2:394669845002:workteam/public-crowd/default"),
)

_SHARED = frozenset(
    (
        *("feature-group", "hub", "hub-content", "lineage-group", "mlflow-tracking-server", "model-card"),
        *("model-package", "model-package-group", "partner-app", "pipeline", "sagemaker-catalog"),
    )
)
"""Types of resources that take a policy, such as PutModelPackageGroupPolicy attaches, or are believed to (sagemaker.md
section 9)."""


def public_work_team(context: CheckContext) -> Iterator[Finding]:
    """One finding for a policy by which data can be sent to the public work team."""
    if context.kind is not PolicyKind.IDENTITY:
        return
    yield from for_each_holder(lesser_grants(context), partial(_to_public_work_team, context))


def _to_public_work_team(context: CheckContext, grants: Grants) -> Iterator[Finding]:
    found: list[Granted] = []
    for action in _LABELING:
        if grants.may(action):
            formats = (context.catalog.arn_formats(action) or ())[:1]
            found += grants.together((Asked(action, formats, (_PUBLIC_CROWD,)),))
    scenario = next((s for g in found if (s := grants.scenario(g)) is not None), None)
    if scenario is None or not places_of(found):
        return
    yield context.report(
        "SAGEMAKER_PUBLIC_WORKTEAM",
        f"{WHOEVER} may send data to the public work team, whose members anybody can be, by "
        f"{' and '.join(dict.fromkeys(g.action for g in found))}. Test sagemaker:WorkteamType, such as private-crowd.",
        *places_of(found),
        scenario=scenario,
        assumption=tuple(dict.fromkeys(sentence for g in found for sentence in g.assumption)),
    )


def tags_that_do_not_count(context: CheckContext) -> Iterator[Finding]:
    """Each test of the resource's tags with a call for which AWS does not look at them, though the catalog lists it."""
    for statement in context.statements:
        for test in statement.conditions:
            if not test.key.lower().startswith(RESOURCE_TAGS) or test.operator is None:
                continue
            if test.operator.base.family is Family.EXISTENCE:
                continue
            items = [i for i in _literal_actions(context, statement) if _ignores(context, i.text, test.key)]
            if items:
                names = ", ".join(i.text for i in items)
                effect = "holds only where" if test.operator.base.negated else "never holds, as if"
                yield context.report(
                    "SAGEMAKER_TAG_CONDITION_IGNORED",
                    f"AWS does not look at the tags of the resource in {names}, so that the test of {test.key} "
                    f"{effect} there were no tag. Put these actions into a statement without it.",
                    *(i.place for i in items),
                    test.key_place,
                    note="from an older edition of AWS's guide",
                )


def _literal_actions(context: CheckContext, statement: Statement) -> Iterator[Item]:
    element = statement.actions
    for item in element.items if element is not None and not element.negated else ():
        if not has_wildcard(item.text) and not context.templated(item.node):
            yield item


def _ignores(context: CheckContext, action: str, key: str) -> bool:
    known = context.catalog.action(action) if action.lower().startswith(_PREFIX) else None
    return known is not None and bool(tags_not_seen(action)) and context.catalog.supports(known, key)


def policy_of_no_resource(context: CheckContext) -> Iterator[Finding]:
    """Each Allow of a resource policy all of whose actions work on resources of SageMaker that take no policy."""
    if context.kind is not PolicyKind.RESOURCE:
        return
    for statement in context.statements:
        element = statement.actions
        if statement.effect is not Effect.ALLOW or element is None or element.negated or not element.items:
            continue
        if all(_takes_no_policy(context, item.text) for item in element.items):
            yield context.report(
                "SAGEMAKER_TAKES_NO_RESOURCE_POLICY",
                f"What {element.items[0].text} works on takes no resource-based policy in SageMaker AI, so that it is "
                "not granted here. Allow the action in an identity policy.",
                element.items[0].place,
                note="the policy of a VPC endpoint is another kind of policy",
            )


def _takes_no_policy(context: CheckContext, action: str) -> bool:
    """Whether an action of SageMaker is known to work on nothing that takes a policy or can be shared."""
    if not action.lower().startswith(_PREFIX) or takes_resource_policies(action.lower()) is not False:
        return False
    known = context.catalog.action(action)
    types = {row.type for row in known.rows} if known is not None else set()
    return bool(types) and not types & _SHARED


CHECKS = (
    Check("public work team", ("SAGEMAKER_PUBLIC_WORKTEAM",), public_work_team, judged=True),
    Check("tags that do not count", ("SAGEMAKER_TAG_CONDITION_IGNORED",), tags_that_do_not_count, local=True),
    Check("resource policy of SageMaker", ("SAGEMAKER_TAKES_NO_RESOURCE_POLICY",), policy_of_no_resource, local=True),
)
