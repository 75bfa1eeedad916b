"""The policies in a text that is none itself: output of the AWS CLI, a template, the source of a program.

Source: IAM API Reference, GetPolicyVersion and GetRolePolicy (policy documents are URL-encoded, RFC 3986); what the
readers of `embedded` take for a policy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, unquote_plus

from workbench.document.parser import parse
from workbench.embedded.door import policies_in
from workbench.embedded.json_reader import tree_of
from workbench.embedded.model import EmbeddedPolicy
from workbench.embedded.structured import policies_of
from workbench.embedded.terraform import policies_in_hcl
from workbench.embedded.tree import Items
from workbench.writing.layout import lay_out
from workbench.writing.literals import read_literals
from workbench.writing.rewriting import statements_of

LONGEST = 1_000_000
"""Characters of a paste that is looked at: more is no file that holds policies."""
_ENCODED = re.compile(r"%7B[^\s\"'<>&]+", re.IGNORECASE)
_LIKE_HCL = re.compile(
    r"\bjsonencode\s*\(|<<[-~]?\w|\baws_iam_policy_document\b|^\s*(?:resource|data|module|locals)\b[^\n]*\{",
    re.MULTILINE,
)
_OBJECT_OF_HCL = re.compile(r"\s*\{\s*\"?(?:Version|Id|Statement)\"?\s*=(?!=)")
_VALUE_OF_HCL = re.compile(r"\s*(?:jsonencode\s*\(|<<)")


@dataclass(frozen=True, slots=True)
class PastedPolicy:
    """A policy in a text: how the text names it (may be empty) and its JSON, laid out."""

    name: str
    text: str


def may_hold_policy(text: str) -> bool:
    """Whether it is worth to look for a policy: a quick test."""
    return "Statement" in text or "aws_iam_policy_document" in text


def policies_in_paste(text: str) -> tuple[PastedPolicy, ...]:
    """The policies that `text` holds, in its order; none where it is JSON of a policy, or a part of one, already. Never
    raises. Linear in the text."""
    if len(text) > LONGEST or not may_hold_policy(text):
        return ()
    document = parse(text)
    root = None if document.problems else tree_of(document)
    if root is not None and (statements_of(document.root) is not None or isinstance(root, Items)):
        return ()
    encoded = [PastedPolicy("", _url_decoded(match[0])) for match in _ENCODED.finditer(text)]
    found = _in_source(text) if root is None else _named(policies_of(root, text)[0])
    return tuple(_unique(found + encoded))


def _url_decoded(text: str) -> str:
    """A form's encoding has + for a blank: it is read as that where the text is no JSON otherwise."""
    plain = unquote(text)
    return unquote_plus(text) if parse(plain).problems else plain


def _in_source(text: str) -> list[PastedPolicy]:
    if _OBJECT_OF_HCL.match(text):
        text = f"jsonencode({text.strip()})"
    if _LIKE_HCL.search(text):
        wrapped = f"policy = {text}" if _VALUE_OF_HCL.match(text) else text
        if found := policies_in_hcl(wrapped).policies:
            return _named(found)
    if text.lstrip()[:1] not in ('"', "'", "`", "{", "[", ","):
        for yaml in dict.fromkeys((text, _with_first_indent(text))):
            contents = policies_in("paste.yaml", yaml)
            if contents is not None and contents.policies and contents.problem is None:
                return _named(contents.policies)
    return _named(policies_of(read_literals(text), text)[0])


def _with_first_indent(text: str) -> str:
    """Block YAML that was copied from the first word of its first line on, with the indent that line must have had."""
    first, _, rest = text.partition("\n")
    indents = [line[: len(line) - len(line.lstrip(" "))] for line in rest.splitlines() if line.strip()]
    return min(indents, key=len, default="") + first.lstrip() + "\n" + rest


def _named(policies: list[EmbeddedPolicy] | tuple[EmbeddedPolicy, ...]) -> list[PastedPolicy]:
    return [PastedPolicy(re.sub(r"\[\d+\]\.?|^\.|\.$", "", policy.name), policy.text) for policy in policies]


def _unique(found: list[PastedPolicy]) -> list[PastedPolicy]:
    """Those that are JSON of a policy, each text once, laid out."""
    made: dict[str, PastedPolicy] = {}
    for policy in found:
        document = parse(policy.text)
        if not document.problems and statements_of(document.root) is not None:
            text = lay_out(policy.text)
            made.setdefault(text, PastedPolicy(policy.name, text))
    return list(made.values())
