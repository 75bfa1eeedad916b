"""Documents that hold placeholders, as far as what they give does not hang on the values. Source: findings.md 4.3."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from workbench.document.edits import Edit, apply_edits
from workbench.document.nodes import ArrayNode, Document, StringNode
from workbench.document.parser import parse
from workbench.findings.placeholders import find_placeholders, placeholders_in
from workbench.findings.places import member_value

_ACTIONS = ("Action", "NotAction")


def without_objects(document: Document, is_key: Callable[[str], bool]) -> tuple[str, bool]:
    """The document's text with a string in place of each object such as `{"Ref": …}`, alike ones alike, so that it is a
    policy; and whether it holds any placeholder."""
    text = document.text
    found = find_placeholders(document, is_key)
    names: dict[str, str] = {}
    edits: list[Edit] = []
    for span in sorted(found.objects):
        written = " ".join(text[span.start : span.end].split())
        name = names.setdefault(written, f"placeholder-{len(names) + 1}-{sum(map(ord, written))}")
        edits.append(Edit(span, json.dumps(name)))
    return apply_edits(text, edits), bool(found.found)


def has_open_statements(text: str) -> bool:
    """Whether, in a text that `without_objects` made, one stood for a statement, or for all of them."""
    statements = member_value(parse(text).root, "Statement")
    return any(
        isinstance(s, StringNode) for s in (statements.items if isinstance(statements, ArrayNode) else [statements])
    )


def changed_actions(old: str, new: str) -> Iterator[tuple[str, str]]:
    """What the two policies allow of actions alone, as a pair of policies for each statement that names others: if all
    pairs allow the same, so do the two, whatever else their statements say. Raises ValueError where they differ in more
    than in the actions and the names of statements, and where a placeholder is among such actions."""
    if parse(old).problems or parse(new).problems:
        raise ValueError
    (head, before), (new_head, after) = _parts(old), _parts(new)
    if head != new_head or len(before) != len(after):
        raise ValueError
    for (rest, actions), (new_rest, new_actions) in zip(before, after, strict=True):
        if rest != new_rest or actions.keys() != new_actions.keys():
            raise ValueError
        for name in actions:
            if actions[name] != new_actions[name]:
                if not (_is_literal(actions[name]) and _is_literal(new_actions[name])):
                    raise ValueError
                yield _allowing(actions[name]), _allowing(new_actions[name])


def _parts(text: str) -> tuple[dict[str, Any], list[tuple[dict[str, Any], dict[str, Any]]]]:
    """The document without its statements, and each statement without and as its action elements."""
    try:
        document = json.loads(text)
    except RecursionError as error:
        raise ValueError from error
    statements = document.pop("Statement", None) if isinstance(document, dict) else None
    listed: list[Any] = statements if isinstance(statements, list) else [statements]
    if not isinstance(document, dict) or not all(isinstance(statement, dict) for statement in listed):
        raise ValueError
    return document, [
        (
            {name: value for name, value in statement.items() if name not in (*_ACTIONS, "Sid")},
            {name: value for name, value in statement.items() if name in _ACTIONS},
        )
        for statement in listed
    ]


def _is_literal(actions: Any) -> bool:
    """Whether no value that is filled in has a say in which actions these are."""
    items = actions if isinstance(actions, list) else [actions]
    return all(isinstance(item, str) and ":" in item and not placeholders_in(item) for item in items)


def _allowing(actions: Any) -> str:
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})
