"""Actions that a role trust policy needs for its conditions and principals, and principals that it names twice. Source:
spec findings.md sections 2.1 and 2.4; IAM User Guide, session tags and source identity; IAM Roles Anywhere, trust.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.document.nodes import ArrayNode
from workbench.evaluation.glob import compile_glob
from workbench.findings import fixes
from workbench.findings.condition_edits import add_entries
from workbench.findings.condition_tests import has_key, says
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Finding, Fix
from workbench.findings.places import member_value, value_place
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Effect, Item, ListElement, PrincipalElement, Statement
from workbench.policy.names import is_everything

_TAG, _SET_IDENTITY, _ASSUME = "sts:TagSession", "sts:SetSourceIdentity", "sts:AssumeRole"
# Which keys go with which action is inferred from what the action adds to the request.
_NEEDED = (
    (frozenset({"sts:transitivetagkeys", "aws:tagkeys", "aws:requesttag/"}), _TAG),
    (frozenset({"sts:sourceidentity"}), _SET_IDENTITY),
)
_ANYWHERE = "rolesanywhere.amazonaws.com"
_ANYWHERE_ACTIONS = (_ASSUME, _SET_IDENTITY, _TAG)
_SESSION = re.compile(r"arn:([^:]*):sts::([0-9]{12}):assumed-role/([^/]+)/.+", re.DOTALL)
_ROLE = re.compile(r"arn:([^:]*):iam::([0-9]{12}):role/(?:.*/)?([^/]+)", re.DOTALL)


def _allows(context: CheckContext) -> Iterator[tuple[Statement, ListElement]]:
    if context.kind is PolicyKind.TRUST:
        for statement in context.statements:
            if statement.effect is Effect.ALLOW and statement.actions is not None:
                yield statement, statement.actions


def _grants(actions: ListElement, name: str) -> bool:
    fits = any(is_everything(i.text) or compile_glob(i.text.lower()).matches(name.lower()) for i in actions.items)
    return fits is not actions.negated


def actions_for_keys(context: CheckContext) -> Iterator[Finding]:
    """Conditions on session tags or the source identity where the role cannot be assumed with them."""
    for statement, actions in _allows(context):
        for test in statement.conditions:
            needed = next((action for keys, action in _NEEDED if has_key(test, keys)), None)
            if needed is None or _grants(actions, needed) or says(statement, test.key.lower(), "true", "Null"):
                continue
            yield context.report(
                "MISSING_ACTION_FOR_CONDITION_KEY",
                f"{test.key} is in the request only if the caller may also use {needed}, which the statement does not "
                f"allow. Add {needed}.",
                test.key_place,
                fixes=_add(context, statement, actions, (needed,)),
            )


def roles_anywhere(context: CheckContext) -> Iterator[Finding]:
    """IAM Roles Anywhere, which needs three actions to hand out a role."""
    found = [
        (statement, actions)
        for statement, actions in _allows(context)
        if statement.principal is not None
        and not statement.principal.negated
        and any(kind == "Service" and item.text == _ANYWHERE for kind, item in statement.principal.entries)
    ]
    missing = [name for name in _ANYWHERE_ACTIONS if not any(_grants(actions, name) for _, actions in found)]
    if found and missing:
        statement, actions = found[0]
        yield context.report(
            "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY",
            f"{_ANYWHERE} must be allowed {', '.join(_ANYWHERE_ACTIONS[:2])} and {_ANYWHERE_ACTIONS[2]}. Add "
            f"{' and '.join(missing)}.",
            value_place(statement, actions),
            fixes=_add(context, statement, actions, missing),
        )


def _add(
    context: CheckContext, statement: Statement, actions: ListElement, names: list[str] | tuple[str, ...]
) -> tuple[Fix, ...]:
    if actions.negated:
        return ()
    mend = add_entries(f"Add {', '.join(names)}", context.text, statement, actions.name, names)
    return (mend,) if mend else ()


def redundant_sessions(context: CheckContext) -> Iterator[Finding]:
    """Sessions of a role that the same Principal names."""
    for statement, _ in _allows(context):
        principal = statement.principal
        if principal is None or principal.negated:
            continue
        items = [item for kind, item in principal.entries if kind == "AWS"]
        roles = {found.groups(): item for item in items if (found := _ROLE.fullmatch(item.text)) is not None}
        for item in items:
            session = _SESSION.fullmatch(item.text)
            role = roles.get(session.groups()) if session is not None else None
            if role is not None:
                yield context.report(
                    "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY",
                    f"The session {item.text} is one of the role {role.text}, which the Principal names too. Remove "
                    "the session.",
                    item.place,
                    fixes=_without(principal, item),
                )


def _without(principal: PrincipalElement, item: Item) -> tuple[Fix, ...]:
    node = member_value(principal.node, "AWS")
    if not isinstance(node, ArrayNode):
        return ()
    indexes = [i for i, entry in enumerate(node.items) if entry.start == item.node.start]
    return (fixes.remove_items(f"Remove {item.text}", node, indexes),)


CHECKS = (
    Check("actions for condition keys", ("MISSING_ACTION_FOR_CONDITION_KEY",), actions_for_keys, local=True),
    Check("IAM Roles Anywhere", ("MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY",), roles_anywhere),
    Check("sessions beside their role", ("REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY",), redundant_sessions, local=True),
)
