"""A policy as another place wants it: a string of JSON, YAML, Terraform's `jsonencode`, an argument of the AWS CLI.

In: the text of a JSON document. Out: the text to copy. All raise Refused for what is no JSON or cannot be said so.
Source: YAML 1.2.2 chapter 5.7 (escapes), HCL native syntax specification (template literals), POSIX shell quoting.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator

from workbench.document.nodes import ArrayNode, LiteralNode, Node, NumberNode, ObjectNode, StringNode
from workbench.writing.layout import MAX_DEPTH, minified
from workbench.writing.rewriting import Refused, good_document, without_repeats

_PLAIN_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_NOT_ASCII = re.compile(r"[\x7f-\uffff]")
_NOT_PLAIN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def as_minified(text: str) -> str:
    """The JSON without white space."""
    good_document(text)
    return minified(text)


def as_json_string(text: str) -> str:
    """The minified JSON as a string of JSON, which Python and JavaScript read as well: a character that JSON can only
    escape as a pair of surrogates, which Python would leave apart, stands as it is."""
    written = json.dumps(as_minified(text), ensure_ascii=False)
    return _NOT_ASCII.sub(lambda match: f"\\u{ord(match[0]):04x}", written)


def as_cli_argument(text: str) -> str:
    """The minified JSON quoted for a POSIX shell, to stand behind `--policy-document`."""
    return shlex.quote(as_minified(text))


def as_yaml(text: str) -> str:
    """The document as block YAML; every string is in quotes, so that dates and words stay strings."""
    root = _root(text)
    return "\n".join(_lines(root, 0, _in_yaml)) + "\n"


def as_jsonencode(text: str) -> str:
    """The document as a Terraform expression; `${` stays a policy variable."""
    return "jsonencode(" + "".join(_hcl(_root(text), 0)) + ")\n"


def _root(text: str) -> Node:
    document = good_document(text)
    without_repeats(document)
    if any("\ud800" <= char <= "\udfff" for char in _texts(document.root)):
        raise Refused("A string holds half of a character pair, which only JSON can write. Nothing was copied.")
    assert document.root is not None
    return document.root


def _texts(root: Node | None) -> Iterator[str]:
    """Every character of every string. Without recursion; also finds out what is nested too deep."""
    stack = [(root, 0)]
    while stack:
        node, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise Refused(f"The document is nested more than {MAX_DEPTH} levels deep. Nothing was copied.")
        if isinstance(node, StringNode):
            yield from node.value
        elif isinstance(node, ArrayNode):
            stack += ((item, depth + 1) for item in node.items)
        elif isinstance(node, ObjectNode):
            for member in node.members:
                yield from member.key.value
                stack.append((member.value, depth + 1))


def _scalar(node: Node, quote: Callable[[str], str]) -> str:
    if isinstance(node, StringNode):
        return quote(node.value)
    if isinstance(node, NumberNode):
        return node.text
    if isinstance(node, LiteralNode):
        return json.dumps(node.value)
    return "{}" if isinstance(node, ObjectNode) else "[]"


def _is_full(node: Node) -> bool:
    return bool(node.members if isinstance(node, ObjectNode) else isinstance(node, ArrayNode) and node.items)


def _lines(node: Node, depth: int, quote: Callable[[str], str]) -> list[str]:
    """The lines of block YAML, no deeper than `_texts` lets pass."""
    blanks = "  " * depth
    if not _is_full(node):
        return [blanks + _scalar(node, quote)]
    found: list[str] = []
    if isinstance(node, ObjectNode):
        for member in node.members:
            name = member.key.value
            written = name if _PLAIN_KEY.fullmatch(name) and name.lower() not in _YAML_WORDS else quote(name)
            if _is_full(member.value):
                found += [f"{blanks}{written}:", *_lines(member.value, depth + 1, quote)]
            else:
                found.append(f"{blanks}{written}: {_scalar(member.value, quote)}")
    elif isinstance(node, ArrayNode):
        for item in node.items:
            first, *rest = _lines(item, depth + 1, quote)
            found += [f"{blanks}- {first.removeprefix('  ' * (depth + 1))}", *rest]
    return found


_YAML_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def _in_yaml(value: str) -> str:
    escaped = json.dumps(value, ensure_ascii=False)
    return _NOT_PLAIN.sub(lambda match: f"\\u{ord(match[0]):04x}", escaped)


def _hcl(node: Node, depth: int) -> Iterator[str]:
    """The pieces of an expression, no deeper than `_texts` lets pass."""
    if not _is_full(node):
        yield _scalar(node, _in_hcl)
        return
    blanks = "  " * (depth + 1)
    if isinstance(node, ObjectNode):
        yield "{\n"
        for member in node.members:
            name = member.key.value
            written = (
                name if _PLAIN_KEY.fullmatch(name) and name not in ("true", "false", "null", "for") else _in_hcl(name)
            )
            yield f"{blanks}{written} = "
            yield from _hcl(member.value, depth + 1)
            yield "\n"
        yield "  " * depth + "}"
    elif isinstance(node, ArrayNode):
        yield "[\n"
        for item in node.items:
            yield blanks
            yield from _hcl(item, depth + 1)
            yield ",\n"
        yield "  " * depth + "]"


def _in_hcl(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")
    escaped = escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return '"' + _NOT_PLAIN.sub(lambda match: f"\\u{ord(match[0]):04x}", escaped) + '"'
