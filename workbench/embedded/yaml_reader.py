"""YAML to a tree with positions. CloudFormation's short functions (`!Sub`, `!Ref` …) are understood.

PyYAML is asked for its events, not for objects: nothing in the file is run, nothing recurses, and libyaml itself
refuses to nest deeper than 1,000 levels.
"""

from __future__ import annotations

import re
from typing import Any

from workbench.document.nodes import Problem
from workbench.embedded.tree import Fields, Items, Literal, Node, Text, Unknown, short

_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NOTHING_AT_ALL = "AWS::NoValue"
_NOTHING = ("", "~", "null", "Null", "NULL")
# `${!name}` in a Sub is the text `${name}`. Source: CloudFormation User Guide, Fn::Sub.
_LITERAL_IN_SUB = re.compile(r"\$\{!")
# What may stand before a value: a tag, an anchor.
_PROPERTIES = re.compile(r"(?:[!&]\S*\s+)*")


class _Open:
    """A list or table whose end is still to come."""

    __slots__ = ("anchor", "end", "is_table", "nodes", "start", "tag")

    def __init__(self, event: Any, is_table: bool) -> None:
        self.is_table, self.tag, self.anchor = is_table, event.tag or "", event.anchor
        self.start: int = event.start_mark.index
        self.end = self.start
        self.nodes: list[Node] = []


def read_yaml(text: str) -> tuple[tuple[Node, ...], Problem | None]:
    """The documents of a YAML text and, where it is none, the first mistake; the documents before it are kept. Never
    raises. Numbers and dates are texts, as a policy means them."""
    import yaml  # most runs read no YAML

    roots: list[Node] = []
    stack: list[_Open] = []
    anchors: dict[str, Node] = {}

    def add(node: Node, anchor: str | None) -> None:
        if anchor:
            anchors[anchor] = node
        if not stack:
            roots.append(node)
            return
        stack[-1].nodes.append(node)
        # An alias stands where it is written, whatever it stands for.
        stack[-1].end = max(stack[-1].end, node.end)

    try:
        event: Any  # each has its marks, which the stubs deny
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            kind = type(event).__name__
            if kind == "ScalarEvent":
                add(_scalar(event, text), event.anchor)
            elif kind == "AliasEvent":
                known = anchors.get(event.anchor)
                start, end = event.start_mark.index, event.end_mark.index
                add(known if known is not None else Unknown(start, end, f"*{event.anchor}"), None)
            elif kind in ("SequenceStartEvent", "MappingStartEvent"):
                stack.append(_Open(event, kind == "MappingStartEvent"))
            elif kind in ("SequenceEndEvent", "MappingEndEvent"):
                done = stack.pop()
                # A block ends where its last part does, not where the next token begins.
                flow = text[event.start_mark.index : event.end_mark.index]
                end = event.end_mark.index if flow in ("]", "}") else max(done.end, done.start)
                add(_closed(done, end, text), done.anchor)
    except yaml.YAMLError as error:
        return tuple(roots), _problem(error, text)
    return tuple(roots), None


def _scalar(event: Any, text: str) -> Node:
    start, end, value, tag = event.start_mark.index, event.end_mark.index, event.value, event.tag or ""
    if tag or event.anchor:
        start += len(_PROPERTIES.match(text, start, end)[0])  # type: ignore[index]  # it matches nothing as well
    if tag.startswith("!") and len(tag) > 1:
        if tag == "!Sub":
            return Text(start, end, _LITERAL_IN_SUB.sub("${", value))
        if tag == "!Ref" and value == _NOTHING_AT_ALL:
            return _call(event.start_mark.index, end, "Ref", Text(start, end, value))
        return Unknown(event.start_mark.index, end, short(f"{tag} {value}"))
    if event.implicit[0] and not event.style:
        if value in _BOOLEANS:
            return Literal(start, end, _BOOLEANS[value])
        if value in _NOTHING:
            return Literal(start, end, None)
    return Text(start, end, value)


def _closed(done: _Open, end: int, text: str) -> Node:
    if done.tag.startswith("!") and len(done.tag) > 1:
        if done.tag == "!Sub" and done.nodes and isinstance(done.nodes[0], Text):  # [text, {name: value}]
            return done.nodes[0]._replace(value=_LITERAL_IN_SUB.sub("${", done.nodes[0].value))
        if done.tag == "!If" and not done.is_table:
            return _call(done.start, end, "Fn::If", Items(done.start, end, tuple(done.nodes)))
        return Unknown(done.start, end, short(text[done.start : end]))
    if not done.is_table:
        return Items(done.start, end, tuple(done.nodes))
    pairs = [(_name(key), value) for key, value in zip(done.nodes[::2], done.nodes[1::2], strict=False)]
    return Fields(done.start, end, _merged(pairs) if any(key.value == "<<" for key, _ in pairs) else tuple(pairs))


def _call(start: int, end: int, name: str, value: Node) -> Node:
    """The long form of a call that was written as a tag."""
    return Fields(start, end, ((Text(start, start, name, ()), value),))


def _merged(pairs: list[tuple[Text, Node]]) -> tuple[tuple[Text, Node], ...]:
    """The fields with those that `<<` brings in; what is there already wins. Source: yaml.org, type merge."""
    found = [(key, value) for key, value in pairs if key.value != "<<"]
    names = {key.value for key, _ in found}
    for key, value in pairs:
        if key.value != "<<":
            continue
        for table in value.items if isinstance(value, Items) else (value,):
            if not isinstance(table, Fields):
                continue
            for field in table.fields:
                if field[0].value not in names:
                    names.add(field[0].value)
                    found.append(field)
    return tuple(found)


def _name(key: Node) -> Text:
    if isinstance(key, Text):
        return key
    if isinstance(key, Literal):  # `on` and `null` are names here
        return Text(key.start, key.end, {True: "true", False: "false", None: "null"}[key.value])
    return Text(key.start, key.end, "")


def _problem(error: Any, text: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    at = mark.index if mark is not None else getattr(error, "position", 0)
    at = min(max(at if isinstance(at, int) else 0, 0), len(text))
    why = " ".join(str(getattr(error, "problem", "") or getattr(error, "reason", "") or "it cannot be read").split())
    return Problem(at, min(at + 1, len(text)), "yaml", why)
