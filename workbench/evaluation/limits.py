"""What is said beside an answer because it is not modelled, not consulted or inferred. Decides nothing.

Source: design.md section 5 ("never wrong quietly"), spec evaluation.md sections 2, 4 and 9, grammar.md section 2.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.evaluation.callers import CallerKind, is_account_entry
from workbench.evaluation.compiled import AuthRequest, StatementSet
from workbench.evaluation.decision import Outcome
from workbench.evaluation.layers import ACCOUNT, RCP, RESOURCE, SCP, VPC_ENDPOINT, Layers, Target, Verdict
from workbench.evaluation.services import NEVER_UNDER_RCP, is_on_kms_key
from workbench.policy.arns import parse_arn

GRANTS = "Grants of KMS keys are not modelled; one could allow this."
ACLS = "S3 ACLs are not modelled; one could allow this."
PUBLIC_ACCESS = "S3 Block Public Access is not modelled; it could deny this."
SHARING = (
    "What SageMaker shares with other accounts through AWS RAM, or by a policy of the group or hub itself, is not "
    "modelled; it could allow this."
)
_SHARED = ("sagemaker-catalog", "feature-group", "model-package", "model-package-group")
_PERHAPS_SHARED = (
    "hub",
    "hub-content",
    "lineage-group",
    "mlflow-tracking-server",
    "model-card",
    "partner-app",
    "pipeline",
)
"""Types of resources that SageMaker shares, and that it is believed to share (spec sagemaker.md section 9)."""
_ABOVE_GRANTS = (RCP, SCP, VPC_ENDPOINT, ACCOUNT)
"""Stages of a denial that no grant of a key lifts."""
_WHOM = {
    CallerKind.ROOT: "the root user",
    CallerKind.SERVICE: "AWS services",
    CallerKind.FEDERATED: "callers that are not signed in",
    CallerKind.ANONYMOUS: "anonymous callers",
}
"""Callers without identity policies and boundary, and how to speak of them."""
_GATEWAY_SERVICES = frozenset({"s3", "dynamodb"})


def preparation_notes(layers: Layers, request: AuthRequest, target: Target) -> Iterator[str]:
    """What can be said before the decision: who is exempt from what, and how an ambiguous policy or context is read."""
    caller = request.caller
    if layers.service_control is not None and (exempt := _exempt(request, target)):
        yield f"Service control policies do not limit {exempt}, so they were not consulted."
    yield from _principal_side(layers, request)
    if layers.resource_control is not None and request.action in NEVER_UNDER_RCP:
        yield f"Resource control policies do not limit {request.spelled}, so they were not consulted."
    if layers.resource_control is not None and caller.service_linked:
        yield "Resource control policies do not limit service-linked roles, so they were not consulted."
    if caller.service_linked and caller.session and ":role/aws-service-role/" not in _principal_arn(request):
        yield f"{caller.name} is taken to be a service-linked role by its name (inferred)."
    if layers.vpc_endpoint is not None and request.action.partition(":")[0] in _GATEWAY_SERVICES:
        yield from _gateway(layers.vpc_endpoint, request)
    for key in request.context.twins:
        yield f"{key} is given in several spellings; a policy's own counts, else the first in sorted order (inferred)."


def _principal_side(layers: Layers, request: AuthRequest) -> Iterator[str]:
    """What is given of the caller's own policies and does not count for such a caller (evaluation.md section 2)."""
    caller = request.caller
    whom = _WHOM.get(caller.kind, "")
    if whom and any(True for _ in layers.identity):
        yield f"Identity policies do not apply to {whom}, so they were not consulted."
    if whom and layers.boundary is not None:
        yield f"A permissions boundary does not limit {whom}, so it was not consulted."
    if layers.session is not None and caller.kind not in (CallerKind.ROLE_SESSION, CallerKind.FEDERATED_USER):
        yield f"Session policies do not limit {whom or 'an IAM user'}, so they were not consulted."


def _principal_arn(request: AuthRequest) -> str:
    return request.context.variable("aws:PrincipalArn") or ""


def _exempt(request: AuthRequest, target: Target) -> str:
    """Whom SCPs do not limit (evaluation.md section 2), empty if they limit the caller."""
    caller = request.caller
    if caller.service_linked:
        return "service-linked roles"
    if caller.is_signed_in:
        return "" if target.scp_applies else "the management account"
    return {CallerKind.SERVICE: "AWS services", CallerKind.ANONYMOUS: "anonymous callers"}.get(
        caller.kind, "callers that are not signed in"
    )


def _gateway(statements: StatementSet, request: AuthRequest) -> Iterator[str]:
    caller = request.caller
    for statement in statements.about(request.action):
        entries = statement.principal.entries if statement.principal is not None else ()
        if any(is_account_entry(e.item.text, caller.partition, caller.account) for e in entries):
            yield (
                "The endpoint is taken to be an interface endpoint: in the policy of a gateway endpoint an account "
                "names its root user alone."
            )
            return


def decision_notes(request: AuthRequest, target: Target, verdict: Verdict) -> Iterator[str]:
    """What could turn the decision and is not modelled."""
    unguarded = verdict.outcome is Outcome.IMPLICIT_DENY and verdict.stage not in _ABOVE_GRANTS
    if unguarded and is_on_kms_key(request.action, request.resource):
        yield GRANTS
    if request.caller.account == target.account:
        return
    # what the resource's account could grant in another way lifts nothing that is missing on the caller's side
    ungranted = verdict.outcome is Outcome.IMPLICIT_DENY and verdict.stage == RESOURCE
    if request.action.startswith("s3:"):
        if ungranted:
            yield ACLS
        elif verdict.outcome is Outcome.ALLOWED:
            yield PUBLIC_ACCESS
    if ungranted and request.action.startswith("sagemaker:") and request.caller.is_signed_in:
        arn = parse_arn(request.resource)
        kind = arn.resource.partition("/")[0] if arn is not None else ""
        if kind in _SHARED:
            yield SHARING
        elif kind in _PERHAPS_SHARED:
            yield f"{SHARING[:-1]} (inferred of a {kind})."
