"""Policy variables: malformed, where none may stand, unknown. Source: spec conditions.md section 6, findings.md 2.1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from workbench.document.nodes import Node, ObjectNode, StringNode
from workbench.findings import fixes
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Confidence, Finding, Fix
from workbench.findings.places import member_value, node_place, substring_place
from workbench.policy.model import CURRENT_VERSION, Item, Place, Statement
from workbench.policy.operators import Operator
from workbench.policy.tokens import Variable, VariableProblem, tokenize

_DETAILS = {
    "MISSING_BRACE_IN_VARIABLE": "The variable has no closing brace. Add }.",
    "MISSING_QUOTE_IN_VARIABLE": "The default of the variable must stand in single quotes after a comma and one "
    "blank, as in "
    "${aws:PrincipalTag/team, 'all'}.",
    "UNSUPPORTED_SPACE_IN_VARIABLE": "A variable may hold a blank only before its default. Remove the blank.",
    "EMPTY_VARIABLE": "The variable is empty. Name a condition key in it, such as ${aws:username}.",
}
# Prefixes of claims: what a provider or a device sends is in no catalog.
_CLAIM_PREFIXES = frozenset({"saml", "cognito-identity-auth", "credentials-iot", "iot", "ec2"})


class _Text(NamedTuple):
    """A string in which variables work: `operator` of the condition, or None for a resource."""

    text: str
    node: Node
    place: Place
    operator: Operator | None


_MOST_MENDED = 4
"""More than so many mistakes in one string are not mended one by one: each try reads the whole string."""


def _texts(statement: Statement) -> Iterator[_Text]:
    if statement.resources is not None:
        for item in statement.resources.items:
            yield _Text(item.text, item.node, item.place, None)
    for test in statement.conditions:
        if test.operator is not None:
            for value in test.values:
                yield _Text(value.text, value.node, value.place, test.operator)


def variables(context: CheckContext) -> Iterator[Finding]:
    """Variables in resources and condition values."""
    for statement in context.statements:
        for found in _texts(statement):
            if "${" not in found.text or context.templated(found.node):
                continue
            takes_variables = found.operator is None or found.operator.base.variables
            tokens = tokenize(found.text, wildcards=True, variables=True)
            known = [v for v in tokens.variables if _is_known(context, v.key)]
            if not takes_variables:
                yield from _wrong_operator(context, found)
            elif not context.policy.variables_active:
                if known:
                    yield _wrong_version(context, found)
            else:
                few = len(tokens.problems) <= _MOST_MENDED
                for problem in tokens.problems:
                    yield _malformed(context, found, problem, few)
                yield from _unknown(context, found, [v.key for v in tokens.variables])
                if found.operator is None:
                    yield from _before_the_fifth_colon(context, found)


def _is_known(context: CheckContext, key: str) -> bool:
    return context.catalog.key(key) is not None


def _wrong_operator(context: CheckContext, found: _Text) -> Iterator[Finding]:
    if context.policy.variables_active and found.operator is not None:
        yield context.report(
            "INVALID_VARIABLE_FOR_OPERATOR",
            f"Policy variables do not work under {found.operator.name}, only under string and ARN operators. Write a "
            "fixed value.",
            found.place,
        )


def _wrong_version(context: CheckContext, found: _Text) -> Finding:
    version = context.policy.version
    fix: Fix | None = None
    root = context.document.root
    if version is not None:
        fix = fixes.replace_string(f"Write Version {CURRENT_VERSION}", version, CURRENT_VERSION)
    elif isinstance(root, ObjectNode) and member_value(root, "Version") is None:
        label = f"Add Version {CURRENT_VERSION}"
        fix = fixes.add_member(label, context.text, root, "Version", CURRENT_VERSION, first=True)
    return context.report(
        "VARIABLE_UNSUPPORTED_IN_VERSION",
        f"The variable in {fixes.quoted(found.text)} is plain text in this version of the policy language. Write "
        f"Version {CURRENT_VERSION}.",
        found.place,
        fixes=(fix,) if fix is not None else (),
    )


def _malformed(context: CheckContext, found: _Text, problem: VariableProblem, mended: bool) -> Finding:
    place = found.place
    mend: tuple[Fix, ...] = ()
    if isinstance(found.node, StringNode):
        place = substring_place(context.text, found.node, found.place.path, problem.start, problem.end)
        mend = _mended(found.node, problem) if mended else ()
    return context.report(problem.code, _DETAILS[problem.code], place, fixes=mend)


def _mended(node: StringNode, problem: VariableProblem) -> tuple[Fix, ...]:
    inside = node.value[problem.start : problem.end]
    if problem.code == "MISSING_BRACE_IN_VARIABLE":
        end = min((i for i in (inside.find(c, 2) for c in "/:*, ") if i > inside.find(":") > 0), default=len(inside))
        better = f"{inside[:end]}}}{inside[end:]}"
    elif problem.code == "UNSUPPORTED_SPACE_IN_VARIABLE" and "," not in inside:
        better = "".join(inside.split())
    elif problem.code == "MISSING_QUOTE_IN_VARIABLE":
        key, _, default = inside[2:-1].partition(",")
        better = f"${{{key}, '{default.strip().strip(chr(39))}'}}"
    else:
        return ()
    value = node.value[: problem.start] + better + node.value[problem.end :]
    if tokenize(value, wildcards=True, variables=True).problems:
        return ()
    return (fixes.replace_string(f"Write {fixes.quoted(better)}", node, value),)


def _unknown(context: CheckContext, found: _Text, keys: list[str]) -> Iterator[Finding]:
    for key in keys:
        prefix = key.partition(":")[0].lower()
        if ":" not in key or _is_known(context, key) or "." in prefix or prefix in _CLAIM_PREFIXES:
            continue
        service = context.catalog.service(prefix)
        if prefix != "aws" and service is not None and service.status == "retired":
            continue
        near = context.catalog.suggest_key(key)
        near = near if near and "$" not in near else None
        start = found.text.find("${" + key)
        place = found.place
        if isinstance(found.node, StringNode) and start >= 0:
            place = substring_place(context.text, found.node, found.place.path, start, start + len(key) + 3)
        hint = f"Did you mean ${{{near}}}?" if near else "Check the spelling."
        yield context.report(
            "VARIABLE_KEY_NOT_IN_CATALOG",
            f"No condition key is called {key}, so ${{{key}}} has no value and nothing matches it. {hint}",
            place,
            note=context.catalog_note,
            fixes=(_other_key(found.node, key, near),) if near and isinstance(found.node, StringNode) else (),
        )


def _other_key(node: StringNode, key: str, near: str) -> Fix:
    value = node.value.replace("${" + key, "${" + near)
    return fixes.replace_string(f"Replace {key} by {near}", node, value)


def _before_the_fifth_colon(context: CheckContext, found: _Text) -> Iterator[Finding]:
    colons = 0
    for part in tokenize(found.text, wildcards=True, variables=True).parts:
        if isinstance(part, str):
            colons += part.count(":")
        elif (
            isinstance(part, Variable)
            and colons < 5
            and _is_known(context, part.key)
            and isinstance(found.node, StringNode)
        ):
            start = found.text.find("${" + part.key)
            end = found.text.find("}", start) + 1
            yield context.report(
                "VARIABLE_UNSUPPORTED_IN_ELEMENT",
                f"The variable {found.text[start:end]} stands before the fifth colon of the ARN, where none may stand. "
                "Write the part out, or * for any.",
                substring_place(context.text, found.node, found.place.path, start, end),
                confidence=Confidence.INFERRED,
            )
            return


def wrong_elements(context: CheckContext) -> Iterator[Finding]:
    """Variables in actions, principals, Sids and condition keys, where they are plain text."""
    for statement in context.statements:
        items: list[tuple[str, Item]] = []
        if statement.actions is not None:
            items += ((statement.actions.name, item) for item in statement.actions.items)
        if statement.principal is not None:
            items += ((statement.principal.name, e.item) for e in statement.principal.entries)
        if statement.sid is not None:
            items.append(("Sid", Item(statement.sid.value, statement.sid, (*statement.path, ("value", "Sid")))))
        for test in statement.conditions:
            items.append(("a condition key", Item(test.key, test.key_node, test.key_place.path)))
        for name, item in items:
            if "${" not in item.text or context.templated(item.node):
                continue
            parts = tokenize(item.text, wildcards=False, variables=True).variables
            variable = next((v for v in parts if _is_known(context, v.key)), None)
            if variable is not None:
                yield context.report(
                    "VARIABLE_UNSUPPORTED_IN_ELEMENT",
                    f"Policy variables do not work in {name}, so ${{{variable.key}}} is plain text there. Use them in "
                    "Resource and in condition values only.",
                    node_place(item.node, item.path),
                )


CHECKS = (
    Check(
        "policy variables",
        (
            "MISSING_BRACE_IN_VARIABLE",
            "MISSING_QUOTE_IN_VARIABLE",
            "UNSUPPORTED_SPACE_IN_VARIABLE",
            "EMPTY_VARIABLE",
            "INVALID_VARIABLE_FOR_OPERATOR",
            "VARIABLE_UNSUPPORTED_IN_VERSION",
            "VARIABLE_UNSUPPORTED_IN_ELEMENT",
            "VARIABLE_KEY_NOT_IN_CATALOG",
        ),
        variables,
        local=True,
    ),
    Check("variables in other elements", ("VARIABLE_UNSUPPORTED_IN_ELEMENT",), wrong_elements, local=True),
)
