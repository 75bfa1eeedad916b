"""The door to the room: which policies a file holds that is no policy itself: a template, or output of the AWS CLI.

Most runs are about policies alone, so that the readers of other files are imported where one is met.
"""

from __future__ import annotations

import re

from workbench.document.nodes import Document
from workbench.document.parser import parse
from workbench.document.span import Span
from workbench.embedded.model import Contents, EmbeddedPolicy, Unread
from workbench.embedded.source_map import SourceMap
from workbench.embedded.tree import Fields, Piece

_YAML = (".yaml", ".yml", ".template")
_HCL = (".tf", ".hcl")
ENDINGS = (*_YAML, *_HCL)
"""Ends of the names of files that hold policies and are none, beside templates in .json."""
_TEMPLATE = re.compile(r'"Type"\s*:\s*"AWS::|"AWSTemplateFormatVersion"')
_OF_A_POLICY = re.compile(r'\s*\{\s*(?:\}|"(?:Version|Id|Statement)"\s*:)', re.IGNORECASE)
"""How a policy begins."""
_IN_OUTPUT = re.compile("polic", re.IGNORECASE)
"""What the output of AWS calls a policy, or what it is in: PolicyVersion.Document of iam get-policy-version,
Role.AssumeRolePolicyDocument of iam get-role, Policy of s3api get-bucket-policy, Attributes.Policy of sqs
get-queue-attributes, policyText of ecr get-repository-policy. Source: AWS CLI Command Reference, their output."""
_LIKE_A_POLICY = re.compile(r"\bStatement\b|\bPolicyDocument\b")


def policies_in(name: str, text: str) -> Contents | None:
    """What the file called `name` with this text holds; None where the file is one policy. Never raises."""
    lower = name.lower()
    if lower.endswith(_HCL):
        from workbench.embedded.terraform import policies_in_hcl

        found = policies_in_hcl(text)
        return found if found.policies or found.unread or "policy" in text else Contents()
    if lower.endswith(_YAML):
        document = parse(text) if text.lstrip().startswith("{") else None
        if document is None or document.problems:
            return _in_yaml(text)
        return _in_json(text, document)
    if lower.endswith(".tf.json") or _TEMPLATE.search(text):
        return _in_json(text, parse(text))
    return None if _OF_A_POLICY.match(text) or not _LIKE_A_POLICY.search(text) else _in_output(text)


def _in_yaml(text: str) -> Contents:
    from workbench.embedded.structured import policies_of
    from workbench.embedded.yaml_reader import read_yaml

    roots, problem = read_yaml(text)
    if problem is not None and not _LIKE_A_POLICY.search(text):
        return Contents()  # a file of something else
    policies: list[EmbeddedPolicy] = []
    unread: list[Unread] = []
    for root in roots:
        found, more = policies_of(root, text)
        policies += found
        unread += more
    return Contents(tuple(policies), tuple(unread), problem)


def _in_json(text: str, document: Document) -> Contents | None:
    from workbench.embedded.json_reader import tree_of
    from workbench.embedded.structured import policies_of

    root = tree_of(document)
    if root is None or (isinstance(root, Fields) and root.get("Statement") is not None):
        return None
    found, unread = policies_of(root, text)
    policies = tuple(_as_written(policy, text) for policy in found)
    return Contents(policies, tuple(unread), document.problems[0] if document.problems else None)


def _in_output(text: str) -> Contents | None:
    """What AWS handed out with policies in it; None where it calls nothing a policy that looks like one, so that it may
    be a policy whose elements are misspelt."""
    found = _in_json(text, parse(text))
    policies = () if found is None else tuple(p for p in found.policies if _IN_OUTPUT.search(p.name))
    return Contents(policies, (), found.problem) if found is not None and policies else None


def _as_written(policy: EmbeddedPolicy, text: str) -> EmbeddedPolicy:
    """The policy with the JSON that the author wrote, if it stands in the file just so."""
    outer = policy.source.span(Span(0, len(policy.text)))
    if policy.written or text[outer.start : outer.start + 1] != "{":
        return policy
    written = text[outer.start : outer.end]
    if parse(written).problems:  # it stands in a string, with escapes, or is broken: the file says so
        return policy
    source = SourceMap((Piece(0, len(written), outer.start, outer.end),))
    return EmbeddedPolicy(policy.name, written, source, policy.kind, policy.resource_type, written=True)
