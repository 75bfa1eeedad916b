"""`validate --documents FILE`: a stream of documents, one JSON object a line."""

from __future__ import annotations

from typing import Any

from workbench.cli.streams import lines, open_lines, write_line
from workbench.document.nodes import ArrayNode, LiteralNode, Node, NumberNode, ObjectNode, StringNode
from workbench.document.problems import told_of
from workbench.engine import Engine, Validation
from workbench.findings.api_shape import validation_to_dict
from workbench.policy.kinds import RESOURCE_TYPES, PolicyType, kind_of
from workbench.policy.names import near_match

_LINE_KEYS = ("id", "policyType", "validatePolicyResourceType", "document", "text")


def validate_lines(engine: Engine, name: str) -> int:
    """One line out for each in. Exit status 1 if a check failed or a line could not be read."""
    clean = True
    with open_lines(name) as stream:
        for text, wrong in lines(stream):
            line = _document_line(engine, text, wrong)
            clean = clean and "error" not in line and not line.get("failedChecks")
            write_line(line)
    return 0 if clean else 1


def _document_line(engine: Engine, text: str, wrong: str) -> dict[str, Any]:
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
    return _policy_line(engine, text, given, given_id)  # null is as good as left out


def _policy_line(engine: Engine, text: str, members: dict[str, Node], given_id: str) -> dict[str, Any]:
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
    resource_type, policy_type = members.get("validatePolicyResourceType"), members.get("policyType")
    wanted = resource_type.value if isinstance(resource_type, StringNode) else None
    if resource_type is not None and wanted not in RESOURCE_TYPES:
        message = f"validatePolicyResourceType must be one of {', '.join(RESOURCE_TYPES)}."
        return _unreadable(given_id, message, "validatePolicyResourceType")
    kind = None
    if policy_type is not None:
        if not isinstance(policy_type, StringNode) or policy_type.value not in tuple(PolicyType):
            return _unreadable(given_id, f"policyType must be one of {', '.join(PolicyType)}.", "policyType")
        kind = kind_of(PolicyType(policy_type.value), wanted)
    return {"id": given_id, **_shape(engine.validate(policy_text, kind, wanted))}


def _shape(validation: Validation) -> dict[str, Any]:
    return validation_to_dict(validation.findings, validation.failed_checks, validation.document)


def _unreadable(document_id: str, message: str, path: str = "") -> dict[str, Any]:
    return {"id": document_id, "error": {"message": message, "path": path}}
