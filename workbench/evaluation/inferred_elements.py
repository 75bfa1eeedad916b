"""Where Action, Resource or Principal of a statement rests on a rule that AWS does not document, and how the element
would come out without it. Source: spec grammar.md sections 1 and 5 to 7, evaluation.md section 5, the lines marked
(inferred).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy

from workbench.document.nodes import ObjectNode, StringNode
from workbench.evaluation.arn_patterns import ArnPattern, ResourcePattern, split_arn_tokens
from workbench.evaluation.callers import CallerKind, Grant, grant_class, role_arn
from workbench.evaluation.compiled import AuthRequest, CompiledStatement, covers_action, resource_tokens
from workbench.evaluation.conditions import resolve
from workbench.evaluation.context import Context
from workbench.evaluation.inferred_conditions import Doubt, condition_doubts
from workbench.evaluation.layers import RCP
from workbench.policy.model import ListElement, PrincipalElement
from workbench.policy.tokens import Variable, Wildcard

GrantDoubt = tuple[str, Grant]
"""A rule in one sentence, and how directly the statement would be about the caller without it."""

EMPTY_NOT = "An empty {name} leaves nothing out (inferred)."
NOT_RESOURCE_OF_ALL = "NotResource applies to an action that is authorized on * (inferred)."
NOT_RESOURCE_VARIABLE = "An entry of NotResource whose variable has no value leaves nothing out (inferred)."
ONE_IN_ACTION = "? in an action stands for exactly one character (inferred)."
ALL_ACTIONS = "*:* is taken to be the same as * (inferred)."
WILD_PARTITION = "A wildcard in the partition is matched like any other (inferred)."
WILD_SERVICE = "A wildcard in the service is matched like any other (inferred)."
WILD_TYPE = "A wildcard in the resource type is matched like any other (inferred)."
SHORT_RESOURCE = "A Resource of fewer than six parts is matched against the whole ARN (inferred)."
CROSSING = "Which colons a * of Resource may run past is not documented in full (inferred)."
RESOURCE_LITERAL = "A wildcard in the value of a policy variable is literal text (inferred)."
RESOURCE_EMPTY_VARIABLE = "A policy variable whose value is empty does not take its default (inferred)."
VACUOUS = "A condition operator without keys is taken to be true (inferred)."
ACCOUNT_ALONE = "A resource policy that names only the account leaves the decision to identity policies (inferred)."
FEDERATED_BY_ANY = "* is taken to name a federated user directly (inferred)."
VIA_CREATOR = "What a resource policy grants to a federated user's creator is limited to the session policy (inferred)."
ANY_OVER_LIMITS = "A bare * is taken to grant whatever boundary or session policy say (inferred)."
STRICT_NOT_PRINCIPAL = (
    "NotPrincipal is taken to exempt a caller only if every identifier of it is listed, the account too (inferred)."
)
PROVIDER_BY_ANY = "* is taken to name identities of SAML and OIDC providers too (inferred)."
AWS_ANY = '{"AWS": "*"} is taken to be the same as "*" (inferred).'
FEDERATED_UNDER_BOUNDARY = (
    "NotPrincipal with Deny is taken to hit a federated user too whose creator has a permissions boundary (inferred)."
)

_WITHOUT_TYPES = frozenset({"s3", "sns", "sqs", "execute-api", "apigateway", "codecommit"})
"""Services whose ARNs begin with the name of the resource, not with a type."""


def action_doubts(element: ListElement, request: AuthRequest) -> Iterator[Doubt]:
    if element.negated and not element.items:
        yield EMPTY_NOT.format(name=element.name), False
    matching = [item.text for item in element.items if covers_action(item.text, request.action)]
    for sentence, rests in ((ONE_IN_ACTION, lambda text: "?" in text), (ALL_ACTIONS, lambda text: text == "*:*")):
        if matching and all(map(rests, matching)):
            yield sentence, element.negated


def resource_doubts(element: ListElement, statement: CompiledStatement, request: AuthRequest) -> Iterator[Doubt]:
    context, active = request.context, statement.variables_active
    if element.negated and not element.items:
        yield EMPTY_NOT.format(name=element.name), False
    elif element.negated and request.resource == "*" and not any(item.text == "*" for item in element.items):
        yield NOT_RESOURCE_OF_ALL, False
    matching = [i.text for i in element.items if _covers(i.text, active, context, request.resource)]
    if not matching:
        entries = [resource_tokens(item.text, active) for item in element.items]
        if element.negated and any(resolve(tokens, context) is None for tokens in entries):
            yield NOT_RESOURCE_VARIABLE, False
        if any(_covers_otherwise(item.text, active, request) for item in element.items):
            yield RESOURCE_LITERAL, not element.negated
        return
    for sentence, rests in _RESTING:
        if all(rests(text, active, request) for text in matching):
            yield sentence, element.negated


def _covers(text: str, active: bool, context: Context, resource: str) -> bool:
    resolved = resolve(resource_tokens(text, active), context)
    return resolved is not None and ResourcePattern(resolved).matches(resource)


def _covers_otherwise(text: str, active: bool, request: AuthRequest) -> bool:
    """Whether the entry would cover the resource if wildcards in the values of variables counted."""
    if not active or "${" not in text:
        return False
    written = ""
    for token in resource_tokens(text, active):
        if isinstance(token, Variable):
            value = request.context.variable(token.key)
            if value is None:
                return False
            written += value
        else:
            written += token.value if isinstance(token, Wildcard) else token
    return _covers(written, False, request.context, request.resource)


def _wild(part: int) -> Callable[[str, bool, AuthRequest], bool]:
    def rests(text: str, active: bool, request: AuthRequest) -> bool:
        parts = text.split(":", 5)
        return len(parts) == 6 and bool(set("*?") & set(parts[part]))

    return rests


def _wild_type(text: str, active: bool, request: AuthRequest) -> bool:
    parts = text.split(":", 5)
    if len(parts) < 6 or parts[2] in _WITHOUT_TYPES or request.action.partition(":")[0] in _WITHOUT_TYPES:
        return False
    kind = parts[5].replace(":", "/").partition("/")[0]
    return bool(set("*?") & set(kind)) and parts[5] != "*"


def _short(text: str, active: bool, request: AuthRequest) -> bool:
    return text.strip("*") != "" and len(split_arn_tokens(resource_tokens(text, active))) < 6


def _crosses(text: str, active: bool, request: AuthRequest) -> bool:
    """Whether the entry covers the resource only because a `*` of the first five parts runs past a colon."""
    tokens = split_arn_tokens(resource_tokens(text, active))
    parts = [resolve(part, request.context) for part in tokens]
    return len(parts) == 6 and not ArnPattern(tuple(part or () for part in parts)).matches(request.resource)


def _takes_empty(text: str, active: bool, request: AuthRequest) -> bool:
    tokens = resource_tokens(text, active)
    return any(isinstance(t, Variable) and t.default and request.context.variable(t.key) == "" for t in tokens)


_RESTING: tuple[tuple[str, Callable[[str, bool, AuthRequest], bool]], ...] = (
    (WILD_PARTITION, _wild(1)),
    (WILD_SERVICE, _wild(2)),
    (WILD_TYPE, _wild_type),
    (SHORT_RESOURCE, _short),
    (CROSSING, _crosses),
    (RESOURCE_EMPTY_VARIABLE, _takes_empty),
)


def principal_doubts(
    element: PrincipalElement, statement: CompiledStatement, request: AuthRequest
) -> Iterator[GrantDoubt]:
    """The inferred rules without which the element would be about the caller in another way."""
    caller, context, grant = request.caller, request.context, statement.grant(request)
    if element.negated:
        yield from _not_principal_doubts(element, statement, request, grant)
        return
    if grant is Grant.NONE:
        return
    by_any = [e for e in element.entries if e.item.text == "*"]
    named = grant_class(element._replace(entries=tuple(e for e in element.entries if e not in by_any)), caller, context)
    if by_any and named is not grant:
        if caller.kind is CallerKind.FEDERATED:
            yield PROVIDER_BY_ANY, named
        elif caller.kind is CallerKind.SERVICE and not isinstance(element.node, StringNode):
            yield AWS_ANY, named
        elif caller.kind is CallerKind.FEDERATED_USER:
            yield FEDERATED_BY_ANY, Grant.DELEGATION
        elif caller.is_signed_in and not any(t.key_lower == "aws:principalarn" for t in statement.conditions):
            yield ANY_OVER_LIMITS, Grant.VIA
    elif grant is Grant.DELEGATION:
        yield ACCOUNT_ALONE, Grant.DIRECT
    elif grant is Grant.VIA and caller.kind is CallerKind.FEDERATED_USER:
        yield VIA_CREATOR, Grant.DIRECT


def _not_principal_doubts(
    element: PrincipalElement, statement: CompiledStatement, request: AuthRequest, grant: Grant
) -> Iterator[GrantDoubt]:
    if grant is Grant.NONE:
        return
    caller = request.caller
    if request.has_boundary and not statement.allow:
        free = statement.grant(request._replace(has_boundary=False))
        if caller.kind is CallerKind.FEDERATED_USER and free is Grant.NONE:
            yield FEDERATED_UNDER_BOUNDARY, Grant.NONE
        return
    itself = Grant.DIRECT if caller.session or caller.kind is not CallerKind.ROLE_SESSION else Grant.VIA
    if grant_class(element, caller, request.context) >= itself:
        yield STRICT_NOT_PRINCIPAL, Grant.NONE


def grant_by_role(statement: CompiledStatement, request: AuthRequest, role: str) -> Grant | None:
    """How directly the statement would apply if `role`, another than the session's own, were the session's role; None:
    as it does, or it would not apply anyway."""
    element = statement.principal
    if element is None or not statement.covers_resource(request) or not statement.conditions_hold(request.context):
        return None
    own = role_arn(request.caller)
    named = [e for e in element.entries if e.kind != "AWS" or ":role/" not in e.item.text or e.item.text == role]
    entries = (e._replace(item=e.item._replace(text=own)) if e.item.text == role else e for e in named)
    otherwise = copy(statement)
    otherwise.principal = element._replace(entries=tuple(entries))
    grant = otherwise.grant(request)
    return None if grant is statement.grant(request) else grant


def vacuous_operator(statement: CompiledStatement) -> StringNode | None:
    """The first operator of the condition that has no keys, `{"StringEquals": {}}`."""
    for member in statement.source.node.members:
        if member.key.value == "Condition" and isinstance(member.value, ObjectNode):
            for block in member.value.members:
                if isinstance(block.value, ObjectNode) and not block.value.members:
                    return block.key
    return None


def statement_doubts(statement: CompiledStatement, request: AuthRequest) -> dict[str, Grant]:
    """The inferred rules without which a statement about the request's action would apply in another way (how
    directly), or would apply although it does not. Empty for nearly every statement."""
    source, grant = statement.source, statement.grant(request)
    if grant is Grant.NONE:
        return {}
    elements: list[tuple[bool, Iterator[Doubt]]] = [(True, action_doubts(statement.actions, request))]
    if source.resources is not None:
        doubts = resource_doubts(source.resources, statement, request)
        elements.append((statement.covers_resource(request), doubts))
    active, of_rcp = statement.variables_active, statement.ref.policy_type == RCP
    for test in statement.conditions:
        doubts = condition_doubts(test, request.context, active=active, of_rcp=of_rcp)
        elements.append((test.holds(request.context), doubts))
    failing = [[sentence for sentence, _ in doubts] for holds, doubts in elements if not holds]
    if failing:
        return dict.fromkeys((s for sentences in failing for s in sentences), grant) if all(failing) else {}
    found = dict(principal_doubts(source.principal, statement, request)) if source.principal is not None else {}
    found.update((sentence, Grant.NONE) for _, doubts in elements for sentence, _ in doubts)
    if vacuous_operator(statement) is not None:
        found[VACUOUS] = Grant.NONE
    return found
