"""The 53 broken and hostile policies: where the mistake is, and what a person still sees."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support import SHARED, shared
from workbench.document.decoding import decode, encode
from workbench.document.nodes import ArrayNode, Document, Node, ObjectNode
from workbench.document.parser import parse

_INDEX = SHARED / "data" / "broken-json" / "index.json"
CASES: list[dict[str, Any]] = json.loads(_INDEX.read_text("utf-8")) if _INDEX.exists() else []


def seen_statements(document: Document) -> int:
    """Objects in or under a `Statement` of any of the text's documents."""
    policies: list[Node] = [root for root in (document.root, *document.more) if root is not None]
    policies = [p for root in policies for p in (root.items if isinstance(root, ArrayNode) else (root,))]
    count = 0
    for policy in policies:
        if not isinstance(policy, ObjectNode):
            continue
        waiting = [member.value for member in policy.members if member.key.value == "Statement"]
        while waiting:
            node = waiting.pop()
            if isinstance(node, ArrayNode):
                waiting += node.items
            count += isinstance(node, ObjectNode)
    return count


def test_the_cases_are_there() -> None:
    shared("data/broken-json/index.json")
    assert len(CASES) == 53


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["file"]))
def test_every_case_is_told_at_the_authors_place(case: dict[str, Any]) -> None:
    data = shared("data/broken-json/" + case["file"]).read_bytes()
    decoded = decode(data)
    document = parse(decoded.text)
    places = [document.position(problem.start) for problem in document.problems]
    if case["json"] == "invalid":
        assert (places[0].line, places[0].column + 1) == (case["at"]["line"], case["at"]["column"])
    else:
        assert document.problems == ()
    if case["json"] in ("undecodable", "valid-utf16"):
        assert decoded.problem is not None
        place = document.position(decoded.problem.start)
        assert (place.line, place.column + 1) == (case["at"]["line"], case["at"]["column"])
    else:
        assert decoded.problem is None
    assert decoded.bom == (case["json"] in ("valid-after-bom", "valid-utf16"))
    assert seen_statements(document) == case["statements"]
    assert encode(decoded, decoded.text) == data


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("terraform-interpolation", "${aws_s3_bucket.reports.arn}"),
        ("missing-comma-members", "A comma is missing after this value."),
        ("cut-off", '"Resource"'),
        ("version-number", '"2012-10-17"'),
    ],
)
def test_messages_name_what_is_wrong(file: str, words: str) -> None:
    document = parse(shared(f"data/broken-json/{file}.json").read_text("utf-8"))
    assert words in document.problems[0].message
    assert len(document.problems) == 1


def test_a_lone_surrogate_stays_in_the_value() -> None:
    document = parse(decode(shared("data/broken-json/lone-surrogate.json").read_bytes()).text)
    assert any("\ud800" in str(node) for node in _strings(document))


def _strings(document: Document) -> list[str]:
    found: list[str] = []
    waiting: list[Any] = [document.root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ArrayNode):
            waiting += node.items
        elif isinstance(node, ObjectNode):
            waiting += [member.value for member in node.members]
        elif hasattr(node, "value") and isinstance(node.value, str):
            found.append(node.value)
    return found
