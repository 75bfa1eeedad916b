"""`validate --documents FILE`: a stream of documents, one JSON object a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.cli.judging import Asked
from workbench.cli.streams import lines, open_lines, write_line
from workbench.document.nodes import ArrayNode, LiteralNode, Node, NumberNode, ObjectNode, StringNode
from workbench.document.problems import told_of
from workbench.engine import Engine, Validation
from workbench.findings.api_shape import validation_to_dict
from workbench.policy.kinds import KINDS, RESOURCE_TYPES, PolicyKind, PolicyType, kind_of
from workbench.policy.names import near_match

_LINE_KEYS = ("id", "policyType", "kind", "validatePolicyResourceType", "document", "text")


def validate_lines(engine: Engine, name: str, otherwise: Asked) -> int:
    """One line out for each in; `otherwise`: what a line that says nothing of its kind or resource type is taken for.
    Exit status 1 if a check failed or a line could not be read."""
    clean = True
    with open_lines(name) as stream:
        for text, wrong in lines(stream):
            line = _document_line(engine, text, wrong, otherwise)
            clean = clean and "error" not in line and not line.get("failedChecks")
            write_line(line)
    return 0 if clean else 1


def _document_line(engine: Engine, text: str, wrong: str, otherwise: Asked) -> dict[str, Any]:
    if wrong:
        return _unreadable("", wrong)
    document = engine.parse(text)
    root = document.root
    members = {m.key.value: m.value for m in root.members} if isinstance(root, ObjectNode) else {}
    name = members.get("id")
    # A number stands for itself, as in `simulate`: whoever numbers the lines finds the answers by it.
    given_id = name.value if isinstance(name, StringNode) else name.text if isinstance(name, NumberNode) else ""
    if document.problems:
        return _unreadable(given_id, f"This line is not JSON: {told_of(document.problems[0], 'line')}")
    if not isinstance(root, ObjectNode):
        return _unreadable("", "This line is no JSON object.")
    if not isinstance(name, StringNode | NumberNode | None):
        return _unreadable("", "The id must be a string or a number.", "id")
    seen: set[str] = set()
    for key in (member.key.value for member in root.members):
        if key in seen:
            return _unreadable(given_id, f"{key!r} stands twice.", key)
        if key not in _LINE_KEYS:
            guess = near_match(key, _LINE_KEYS)
            hint = f"Did you mean {guess!r}?" if guess else f"Known are {', '.join(_LINE_KEYS)}."
            return _unreadable(given_id, f"There is no key {key!r} here. {hint}", key)
        seen.add(key)
    given = {key: node for key, node in members.items() if not (isinstance(node, LiteralNode) and node.value is None)}
    return _policy_line(engine, text, given, given_id, otherwise)  # null is as good as left out


def _policy_line(
    engine: Engine, text: str, members: dict[str, Node], given_id: str, otherwise: Asked
) -> dict[str, Any]:
    """The answer to a line that is an object of keys we know."""
    if "document" in members and "text" in members:
        return _unreadable(given_id, "The line has both a document and a text; give one of them.", "text")
    policy = members.get("document") or members.get("text")
    if isinstance(policy, StringNode):
        policy_text = policy.value
    elif isinstance(policy, ObjectNode | ArrayNode):
        policy_text = text[policy.start : policy.end]
    else:
        return _unreadable(given_id, "The line has neither a document nor a text.", "document")
    try:
        kind, resource_type = _kind_in(members, otherwise)
    except _WrongMember as error:
        return _unreadable(given_id, str(error), error.name)
    return {"id": given_id, **_shape(engine.validate(policy_text, kind, resource_type))}


class _WrongMember(Exception):
    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def _kind_in(members: dict[str, Node], otherwise: Asked) -> tuple[PolicyKind | None, str | None]:
    """What the line says its policy is, and the type of the resource that has it. Raises _WrongMember."""
    resource_type = _one_of(members, "validatePolicyResourceType", RESOURCE_TYPES) or otherwise.resource_type
    policy_type, kind = _one_of(members, "policyType", tuple(PolicyType)), _one_of(members, "kind", tuple(KINDS))
    if policy_type and kind:
        raise _WrongMember("kind", "The line has both a kind and a policyType; give one of them.")
    if policy_type:
        return kind_of(PolicyType(policy_type), resource_type), resource_type
    return (KINDS[kind] if kind else otherwise.kind), resource_type


def _one_of(members: dict[str, Node], name: str, known: Sequence[str]) -> str | None:
    node = members.get(name)
    if node is not None and not (isinstance(node, StringNode) and node.value in known):
        raise _WrongMember(name, f"{name} must be one of {', '.join(known)}.")
    return node.value if isinstance(node, StringNode) else None


def _shape(validation: Validation) -> dict[str, Any]:
    return validation_to_dict(validation.findings, validation.failed_checks, validation.document)


def _unreadable(document_id: str, message: str, path: str = "") -> dict[str, Any]:
    return {"id": document_id, "error": {"message": message, "path": path}}
