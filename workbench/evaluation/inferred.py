"""Which inferred rules a decision rests on: those without which it would be another.

The rules stand beside what they are about (inferred_conditions.py, inferred_elements.py; those of layers and of derived
keys here). Each gives the other reading; the authorization is decided once more under it, and only a rule that turns
the outcome is named. Nothing of this runs where a decision alone is asked for.
Source: design.md section 5 ("an answer that rests on an inferred rule carries that note").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workbench.evaluation.callers import CallerKind, Grant, is_linked_role, other_role
from workbench.evaluation.compiled import AuthRequest, CompiledStatement, StatementSet
from workbench.evaluation.inferred_elements import grant_by_role, statement_doubts
from workbench.evaluation.layers import Layers, Verdict, changed_layers, decide, layer_sets
from workbench.evaluation.prepared import Ready
from workbench.evaluation.request import ContextValue
from workbench.policy.arns import parse_arn

POOLED_SESSIONS = "Several session policies are pooled: what one of them allows is allowed (inferred)."
RCP_ANONYMOUS = "Resource control policies are taken to bind anonymous callers too (inferred)."
RCP_NO_RESOURCE = (
    "For an action without resource type the resource control policies of the caller's account count (inferred)."
)
LINKED_UNDER_RCP = "Resource control policies are taken not to limit service-linked roles (inferred)."
NO_ISOLATION = "sagemaker:NetworkIsolation is taken to be false where it is not sent (inferred)."
KMS_SPELLINGS = "The old and the new condition key of a KMS key are filled from each other (inferred)."
GLOBAL_REGION = "aws:RequestedRegion of global services other than IAM is taken to be that of IAM (inferred)."
SESSION_MFA = (
    "aws:MultiFactorAuthPresent of a role session is taken to be as stated when the role was assumed (inferred)."
)
SERVICE_TYPE = "aws:PrincipalType of a service is taken to be Service (inferred)."
SERVICE_KEYS = "A service's requests are taken to have no aws:PrincipalAccount and no aws:PrincipalArn (inferred)."
NO_MCP = "aws:ViaAWSMCPService is taken to be false (inferred)."
OTHER_ROLE = (
    "aws:PrincipalArn is stated as the ARN of another role than the session's, and is taken to say nothing of its own "
    "(inferred)."
)
USER_AGENT = "aws:UserAgent is taken to be some constant text (inferred)."

_OF_SERVICES = {"aws:PrincipalAccount": "111122223333", "aws:PrincipalArn": "arn:aws:iam::111122223333:root"}
_ABSENT: ContextValue = ()


def inferred_rules(ready: Ready, verdict: Verdict) -> tuple[str, ...]:
    """The inferred rules without which `decide` would not have answered `verdict`, each in one sentence."""
    consulted = {layer.layer for layer in verdict.layers}
    about = [
        statement
        for name, statements in layer_sets(ready.layers)
        if name in consulted
        for statement in statements.about(ready.request.action)
    ]
    readings = (*_of_statements(ready, about), *_of_layers(ready), *_of_context(ready, about))
    return tuple(
        dict.fromkeys(
            sentence
            for sentence, layers, request in readings
            if decide(layers, request, ready.target).outcome is not verdict.outcome
        )
    )


_Reading = tuple[str, Layers, AuthRequest]


class _Otherwise(CompiledStatement):
    """A statement that applies to the request, in the given way, whatever its elements say."""

    def __init__(self, statement: CompiledStatement, given: Grant) -> None:
        vars(self).update(vars(statement), listed=None, resources=None, conditions=())
        self._given = given

    def grant(self, request: AuthRequest) -> Grant:
        return self._given


def _of_statements(ready: Ready, about: list[CompiledStatement]) -> Iterator[_Reading]:
    found: dict[str, dict[int, Grant]] = {}
    role = other_role(ready.request.caller, ready.request.context)
    for statement in about:
        for sentence, grant in statement_doubts(statement, ready.request).items():
            found.setdefault(sentence, {})[id(statement)] = grant
        if role and (named := grant_by_role(statement, ready.request, role)) is not None:
            found.setdefault(OTHER_ROLE, {})[id(statement)] = named
    for sentence, changed in found.items():

        def change(statements: StatementSet, changed: dict[int, Grant] = changed) -> StatementSet:
            own = statements.about(ready.request.action)
            if not any(id(s) in changed for s in own):
                return statements
            others = (_Otherwise(s, changed[id(s)]) if id(s) in changed else s for s in own)
            return StatementSet(s for s in others if s.grant(ready.request) is not Grant.NONE)

        yield sentence, changed_layers(ready.layers, change), ready.request


def _of_layers(ready: Ready) -> Iterator[_Reading]:
    layers, request = ready.layers, ready.request
    caller = request.caller
    if layers.session is not None:
        own = layers.session.about(request.action)
        for place in {s.ref.place for s in layers.session}:
            alone = StatementSet(s for s in own if not s.allow or s.ref.place == place)
            yield POOLED_SESSIONS, replace(layers, session=alone), request
    if layers.resource_control is not None:
        without = replace(layers, resource_control=None)
        if caller.kind is CallerKind.ANONYMOUS:
            yield RCP_ANONYMOUS, without, request
        if request.resource == "*":
            yield RCP_NO_RESOURCE, without, request
        if caller.service_linked:
            limited = request._replace(caller=replace(caller, service_linked=False))
            yield LINKED_UNDER_RCP, replace(layers, service_control=None), limited
    if role := other_role(caller, request.context):
        yield OTHER_ROLE, layers, request._replace(caller=replace(caller, service_linked=is_linked_role(role)))


def _of_context(ready: Ready, about: list[CompiledStatement]) -> Iterator[_Reading]:
    tested = {key.lower() for s in about for test in s.conditions for key in (test.key, *test.variables)}
    for key, value in ready.derived:
        if key.lower() in tested and (sentence := _derived_rule(key.lower(), ready.request)):
            other = {"true": "false", "false": "true"}.get(value, "") if sentence == SESSION_MFA else _ABSENT
            yield sentence, ready.layers, _with(ready.request, key, other)
    if ready.request.caller.kind is CallerKind.SERVICE:
        for key, some in _OF_SERVICES.items():
            if key.lower() in tested and key not in ready.request.context:
                yield SERVICE_KEYS, ready.layers, _with(ready.request, key, some)


def _with(request: AuthRequest, key: str, value: ContextValue) -> AuthRequest:
    return request._replace(context=request.context.with_items({key: value}))


def _derived_rule(key: str, request: AuthRequest) -> str:
    """The inferred rule by which a derived key, lower-cased, has its value; empty: AWS documents it."""
    kind = request.caller.kind
    if key == "sagemaker:networkisolation":
        return NO_ISOLATION
    if key.startswith("sagemaker:") and key.endswith(("kmskey", "kmskeyarn")):
        return KMS_SPELLINGS
    if key == "aws:multifactorauthpresent":
        return SESSION_MFA if kind is CallerKind.ROLE_SESSION else ""
    if key == "aws:principaltype":
        return SERVICE_TYPE if kind is CallerKind.SERVICE else ""
    if key == "aws:requestedregion":
        arn = parse_arn(request.resource)
        regional = arn is not None and bool(arn.region)
        return "" if regional or request.action.startswith("iam:") else GLOBAL_REGION
    return {"aws:viaawsmcpservice": NO_MCP, "aws:useragent": USER_AGENT}.get(key, "")
