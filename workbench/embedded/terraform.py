"""The policies of a Terraform file: `jsonencode`, heredocs, quoted JSON, and policy document data blocks.

Source: the Terraform AWS provider's reference of `aws_iam_policy_document` (names of its arguments, Allow as default
effect, `&{…}` for policy variables) and of the resources named here; spec findings.md section 4.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from workbench.document.nodes import Problem
from workbench.document.span import Span
from workbench.embedded.hcl_reader import Block, read_hcl
from workbench.embedded.model import Contents, EmbeddedPolicy, Unread
from workbench.embedded.rendering import TooLargeError, render
from workbench.embedded.structured import policies_of
from workbench.embedded.tree import Fields, Items, Node, Text, Unknown, short, span
from workbench.policy.kinds import TRUST_POLICY_RESOURCE_TYPE, PolicyKind

_DOCUMENT = "aws_iam_policy_document"
_REFERENCE = re.compile(rf"\bdata\.{_DOCUMENT}\.([\w-]+)")
_POLICY_ATTRIBUTES = frozenset(
    {"policy", "assume_role_policy", "inline_policy", "access_policy", "access_policies", "resource_policy"}
)
_IDENTITY = frozenset(
    {"aws_iam_policy", "aws_iam_role_policy", "aws_iam_user_policy", "aws_iam_group_policy", "aws_iam_role"}
    | {"aws_ssoadmin_permission_set_inline_policy"}
)
_ENDPOINT = frozenset({"aws_vpc_endpoint", "aws_vpc_endpoint_policy"})
_ELEMENTS = {
    "sid": "Sid",
    "effect": "Effect",
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}
_FURTHER_DOCUMENTS = ("source_policy_documents", "override_policy_documents", "source_json", "override_json")


def policies_in_hcl(text: str) -> Contents:
    """Every policy that a Terraform file holds, and the places where one should be and cannot be read. Never raises."""
    file = read_hcl(text)
    found: list[EmbeddedPolicy] = []
    unread: list[Unread] = []
    kinds: dict[str, set[PolicyKind | None]] = {}
    documents: list[tuple[str, Block]] = []
    starts: set[int] = set()
    for block, name in _blocks(file):
        if block.type == "data" and block.labels[:1] == (_DOCUMENT,):
            documents.append((name, block))
            continue
        for key, node in (*block.attributes, *block.beside):
            told = _kind(name, block, key.value)
            reference = _reference(node)
            if reference:
                kinds.setdefault(reference, set()).add(told[0])
                continue
            policies, more = policies_of(node, text, f"{name}.{key.value}".lstrip("."))
            if node.start in starts:  # it stands in an expression that was taken apart already
                continue
            starts.add(node.start)
            found += (replace(p, kind=p.kind or told[0], resource_type=p.resource_type or told[1]) for p in policies)
            unread += more
            beside = any(node.start <= other.start < node.end for _, other in block.beside)
            if not policies and not more and not beside and key.value in _POLICY_ATTRIBUTES and _elsewhere(node, name):
                unread.append(Unread(span(node), short(text[node.start : node.end])))
    for name, block in documents:
        used = kinds.get(block.labels[1] if len(block.labels) > 1 else "", set())
        kind = used.pop() if len(used) == 1 else None
        resource_type = TRUST_POLICY_RESOURCE_TYPE if kind is PolicyKind.TRUST else None
        try:
            made, source = render(_document(block), text)
        except TooLargeError:
            unread.append(Unread(Span(block.start, block.end), name))
            continue
        found.append(EmbeddedPolicy(name, made, source, kind, resource_type))
    found.sort(key=lambda policy: policy.source.span(Span(0, len(policy.text))).start)
    return Contents(tuple(found), tuple(sorted(unread)), _unclosed(file, text))


def _blocks(file: Block) -> Iterator[tuple[Block, str]]:
    """Every block with its name as Terraform writes it; those of a policy document are left to it."""
    stack = [(file, "")]
    while stack:
        block, name = stack.pop()
        yield block, name
        if block.type == "data" and block.labels[:1] == (_DOCUMENT,):
            continue
        for inner in reversed(block.blocks):
            labels = inner.labels if inner.type == "resource" else (inner.type, *inner.labels)
            stack.append((inner, ".".join((*(name,) * bool(name), *labels))))


def _reference(node: Node) -> str:
    """The name of the policy document that a value is the JSON of, empty if it is none."""
    if isinstance(node, Unknown | Text):
        written = node.text if isinstance(node, Unknown) else node.value
        match = _REFERENCE.search(written) if len(written) < 500 else None
        return match[1] if match else ""
    return ""


def _elsewhere(node: Node, name: str) -> bool:
    """Whether the value is a policy that is not in this file."""
    if not name.startswith("aws_"):
        return False
    if isinstance(node, Unknown):
        return True
    return isinstance(node, Text) and node.value.lstrip().startswith(("${", "{"))


def _kind(name: str, block: Block, attribute: str) -> tuple[PolicyKind | None, str | None]:
    resource = name.partition(".")[0]
    if attribute == "assume_role_policy":
        return PolicyKind.TRUST, TRUST_POLICY_RESOURCE_TYPE
    if resource in _IDENTITY:
        return PolicyKind.IDENTITY, None
    if resource in _ENDPOINT:
        return PolicyKind.VPC_ENDPOINT, None
    if resource == "aws_organizations_policy":
        told = block.get("type")
        is_rcp = told is not None and isinstance(told[1], Text) and told[1].value == "RESOURCE_CONTROL_POLICY"
        return (PolicyKind.RCP if is_rcp else PolicyKind.SCP), None
    if resource == "aws_s3_bucket_policy":
        return PolicyKind.RESOURCE, "AWS::S3::Bucket"
    if resource.startswith("aws_") and attribute in _POLICY_ATTRIBUTES:
        return PolicyKind.RESOURCE, None
    return None, None


def _unclosed(file: Block, text: str) -> Problem | None:
    """Where a block is not closed, which makes of the rest a guess."""
    open_block = next((b for b in file.blocks if b.end == len(text) and not text.rstrip().endswith("}")), None)
    if open_block is None:
        return None
    return Problem(open_block.start, open_block.start + 1, "hcl", f"the block {open_block.type} is not closed")


# -- policy document data blocks ----------------------------------------------------------------------------------


def _document(block: Block) -> Fields:
    at = block.start
    version = block.get("version")
    fields: list[tuple[Text, Node]] = [
        _field(version, "Version") if version else (_made(at, "Version"), _made(at, "2012-10-17"))
    ]
    policy_id = block.get("policy_id")
    if policy_id:
        fields.append(_field(policy_id, "Id"))
    statements: list[Node] = [_statement(b) for b in block.blocks if b.type == "statement"]
    statements += (_unknown(b) for b in block.blocks if _is_dynamic(b, "statement"))
    for name in _FURTHER_DOCUMENTS:
        further = block.get(name)
        if further:
            statements.append(Unknown(further[1].start, further[1].end, name))
    fields.append((_made(at, "Statement"), Items(block.start, block.end, tuple(statements))))
    return Fields(block.start, block.end, tuple(fields))


def _statement(block: Block) -> Fields:
    fields: list[tuple[Text, Node]] = []
    if not block.get("effect"):
        fields.append((_made(block.start, "Effect"), _made(block.start, "Allow")))
    fields += (_field((key, value), _ELEMENTS[key.value]) for key, value in block.attributes if key.value in _ELEMENTS)
    for name, element in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        inner = [b for b in block.blocks if b.type == name]
        unknown = next((b for b in block.blocks if _is_dynamic(b, name)), None)
        if unknown is not None:
            fields.append((_made(unknown.start, element), _unknown(unknown)))
        elif inner:
            fields.append((Text(inner[0].start, inner[0].start + len(name), element), _principals(inner)))
    conditions = [b for b in block.blocks if b.type == "condition"]
    unknown = next((b for b in block.blocks if _is_dynamic(b, "condition")), None)
    if unknown is not None:
        fields.append((_made(unknown.start, "Condition"), _unknown(unknown)))
    elif conditions:
        name_place = Text(conditions[0].start, conditions[0].start + len("condition"), "Condition")
        fields.append((name_place, _conditions(conditions)))
    return Fields(block.start, block.end, tuple(fields))


def _principals(blocks: list[Block]) -> Node:
    entries: list[tuple[Text, Node]] = []
    for block in blocks:
        told, identifiers = block.get("type"), block.get("identifiers")
        if told is None or identifiers is None or not isinstance(told[1], Text):
            return _unknown(block)
        if told[1].value == "*" and len(blocks) == 1:
            return Text(identifiers[1].start, identifiers[1].end, "*")
        entries.append((told[1], _with_variables(identifiers[1])))
    return Fields(blocks[0].start, blocks[-1].end, _joined(entries))


def _conditions(blocks: list[Block]) -> Node:
    tests: dict[str, tuple[Text, list[tuple[Text, Node]], Block]] = {}
    for block in blocks:
        test, variable, values = block.get("test"), block.get("variable"), block.get("values")
        if test is None or variable is None or values is None:
            return _unknown(block)
        if not isinstance(test[1], Text) or not isinstance(variable[1], Text):
            return _unknown(block)
        entry = tests.setdefault(test[1].value, (test[1], [], block))
        entry[1].append((variable[1], _with_variables(values[1])))
    fields = tuple((test, Fields(b.start, b.end, _joined(keys))) for test, keys, b in tests.values())
    return Fields(blocks[0].start, blocks[-1].end, fields)


def _joined(entries: list[tuple[Text, Node]]) -> tuple[tuple[Text, Node], ...]:
    """The values of fields of one name in one list, as the provider joins them."""
    found: dict[str, tuple[Text, Node]] = {}
    for key, value in entries:
        if key.value in found:
            first = found[key.value][1]
            items = tuple(i for node in (first, value) for i in (node.items if isinstance(node, Items) else (node,)))
            found[key.value] = found[key.value][0], Items(first.start, first.end, items)
        else:
            found[key.value] = key, value
    return tuple(found.values())


def _field(found: tuple[Text, Node], element: str) -> tuple[Text, Node]:
    key, value = found
    return Text(key.start, key.end, element), _with_variables(value)


def _with_variables(node: Node) -> Node:
    """`&{aws:username}` is the policy variable `${aws:username}` here."""
    if isinstance(node, Text):
        return node._replace(value=node.value.replace("&{", "${"))
    if isinstance(node, Items):
        items = (i._replace(value=i.value.replace("&{", "${")) if isinstance(i, Text) else i for i in node.items)
        return Items(node.start, node.end, tuple(items))
    return node


def _is_dynamic(block: Block, name: str) -> bool:
    return block.type == "dynamic" and block.labels[:1] == (name,)


def _unknown(block: Block) -> Unknown:
    return Unknown(block.start, block.end, " ".join((block.type, *block.labels)))


def _made(at: int, value: str) -> Text:
    """A text that is not in the file."""
    return Text(at, at, value, ())
