"""Finding policies in a tree by what they look like: a table with statements, a list of these, a text that is JSON.

What kind each is, is told by the resource around it. Source: CloudFormation template reference and AWS SAM, the
properties of the resource types that hold policies; spec findings.md section 4.3.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from workbench.embedded.aligning import align
from workbench.embedded.filling import filled
from workbench.embedded.model import EmbeddedPolicy, Unread
from workbench.embedded.rendering import TooLargeError, render
from workbench.embedded.source_map import SourceMap
from workbench.embedded.tree import Fields, Items, Node, Piece, Text, Unknown, span
from workbench.policy.kinds import TRUST_POLICY_RESOURCE_TYPE, PolicyKind, PolicyType, kind_of

_POLICY_FIELDS = frozenset(
    {"PolicyDocument", "AssumeRolePolicyDocument", "KeyPolicy", "ResourcePolicy", "InlinePolicy"}
)
_IDENTITY_TYPES = ("AWS::IAM::", "AWS::Serverless::Function", "AWS::Serverless::StateMachine", "AWS::SSO::")
_VALIDATED_AS = {
    "AWS::S3::BucketPolicy": "AWS::S3::Bucket",
    "AWS::S3::AccessPoint": "AWS::S3::AccessPoint",
    "AWS::S3::MultiRegionAccessPointPolicy": "AWS::S3::MultiRegionAccessPoint",
    "AWS::S3ObjectLambda::AccessPointPolicy": "AWS::S3ObjectLambda::AccessPoint",
    "AWS::DynamoDB::Table": "AWS::DynamoDB::Table",
}
_IF = "Fn::If"
_BLOCK_HEADER = re.compile(r"[|>][^\n]*\n")


class _Place(NamedTuple):
    """A node, how it is named, the type of the resource it is in and the name of the field it is the value of."""

    node: Node
    name: str
    resource_type: str
    field: str
    sibling_type: str = ""


def policies_of(root: Node, text: str, name: str = "") -> tuple[list[EmbeddedPolicy], list[Unread]]:
    """The policies in a tree over `text`, in order, and the places that hold one which cannot be read; `name` is the
    tree's own. Without recursion; a part that several aliases mean is one policy."""
    found: list[EmbeddedPolicy] = []
    unread: list[Unread] = []
    seen: set[int] = set()
    stack = [_Place(root, name, "", "")]
    while stack:
        place = stack.pop()
        node = place.node
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Unknown):
            if place.field in _POLICY_FIELDS:
                unread.append(Unread(span(node), node.text))
        elif isinstance(node, Text):
            policy = _written_policy(place, node, text)
            if isinstance(policy, Unread):
                unread.append(policy)
            elif policy is not None:
                found.append(policy)
        elif (statements := _policy_tree(node)) is not None:
            try:
                found.append(_made_policy(place, statements, text))
            except TooLargeError:
                unread.append(Unread(span(node), "aliases of aliases"))
        else:
            stack += reversed(_inside(place))
    return found, unread


def _policy_tree(node: Node) -> Node | None:
    """The policy that a node is, a bare list of statements made one; None if it is none."""
    if isinstance(node, Fields):
        statements = node.get("Statement")
        listed = statements.items if isinstance(statements, Items) else (statements,)
        if any(isinstance(s, Fields) and _has_effect(s) for s in listed):
            return node
        # A policy whose statements come from elsewhere still has its version.
        return node if statements is not None and node.get("Version") is not None else None
    if isinstance(node, Items) and node.items and all(isinstance(s, Fields) and _is_statement(s) for s in node.items):
        at = node.start
        version = (Text(at, at, "Version", ()), Text(at, at, "2012-10-17", ()))
        return Fields(node.start, node.end, (version, (Text(at, at, "Statement", ()), node)))
    return None


def _has_effect(fields: Fields) -> bool:
    """Whether it is a statement, or a choice between some."""
    chosen = fields.get(_IF)
    branches = chosen.items if isinstance(chosen, Items) else ()
    return any(isinstance(s, Fields) and s.get("Effect") is not None for s in (fields, *branches))


def _is_statement(fields: Fields) -> bool:
    return fields.get("Effect") is not None and (fields.get("Action") or fields.get("NotAction")) is not None


def _made_policy(place: _Place, tree: Node, text: str) -> EmbeddedPolicy:
    made, source = render(tree, text)
    kind, resource_type = _kind(place)
    return EmbeddedPolicy(place.name, made, source, kind, resource_type)


def _written_policy(place: _Place, node: Text, text: str) -> EmbeddedPolicy | Unread | None:
    """A text that is the JSON of a policy; Unread where the template makes that JSON out of parts."""
    value = node.value
    if not value.lstrip().startswith("{") or '"Statement"' not in value:
        return None
    raw_start, raw_end, escapes = _raw(node, text)
    pieces = node.pieces or align(text[raw_start:raw_end], value, raw_start, escapes=escapes)
    made = filled(value, pieces or (Piece(0, len(value), node.start, node.end),))
    if made is None:
        return Unread(span(node), "JSON that is made of parts")
    kind, resource_type = _kind(place)
    written = pieces is not None and not escapes and made[0] == value
    return EmbeddedPolicy(place.name, made[0], SourceMap(made[1]), kind, resource_type, written)


def _raw(node: Text, text: str) -> tuple[int, int, bool]:
    """Where the text stands without its quotes or the header of its block, and whether it has escapes."""
    first = text[node.start : node.start + 1]
    if first in ('"', "'"):
        return node.start + 1, node.end - 1, first == '"'
    header = _BLOCK_HEADER.match(text, node.start, node.end)
    return (header.end() if header else node.start), node.end, False


def _inside(place: _Place) -> list[_Place]:
    node = place.node
    if isinstance(node, Items):
        return [
            place._replace(node=item, name=f"{place.name}[{at}]", sibling_type="") for at, item in enumerate(node.items)
        ]
    if not isinstance(node, Fields):
        return []
    kind = node.get("Type")
    told = kind.value if isinstance(kind, Text) else ""
    resource_type = told if told.startswith(("AWS::", "Alexa::", "Custom::")) else place.resource_type
    return [
        _Place(
            value,
            f"{place.name}.{key.value}".removeprefix("."),
            resource_type,
            place.field if key.value == _IF else key.value,
            told,
        )
        for key, value in node.fields
    ]


def _kind(place: _Place) -> tuple[PolicyKind | None, str | None]:
    """What the policy is by the resource that holds it, and AWS's name of what it is attached to."""
    around = place.resource_type
    if place.field == "AssumeRolePolicyDocument":
        return PolicyKind.TRUST, TRUST_POLICY_RESOURCE_TYPE
    if around.startswith(_IDENTITY_TYPES):
        return PolicyKind.IDENTITY, None
    if around == "AWS::EC2::VPCEndpoint":
        return PolicyKind.VPC_ENDPOINT, None
    if around == "AWS::Organizations::Policy":
        known = tuple(PolicyType)
        return (kind_of(PolicyType(place.sibling_type)) if place.sibling_type in known else PolicyKind.SCP), None
    if around.startswith("AWS::"):
        return PolicyKind.RESOURCE, _VALIDATED_AS.get(around)
    return None, None
