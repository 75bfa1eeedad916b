"""What of a text can be folded, and what is told of it."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from workbench.document.nodes import ArrayNode, Node, ObjectNode
from workbench.document.parser import parse
from workbench.writing.folding import Region, Scan, balance, closing, hides_something, opens, told


def regions(text: str) -> list[Region]:
    scan = Scan()
    for number, line in enumerate(text.split("\n")):
        scan.line(number, line)
    return [scan.regions[first] for first in sorted(scan.regions)]


def places(text: str) -> list[tuple[int, int]]:
    return [(region.first, region.last) for region in regions(text)]


def test_what_ends_in_a_line_of_its_own_is_hidden_with_its_bracket() -> None:
    assert places('{\n  "a": [\n    1\n  ],\n  "b": {}\n}') == [(0, 5), (1, 3)]


def test_a_line_that_closes_and_goes_on_stays() -> None:
    assert places('[{\n  "a": 1\n}, {\n  "b": 2\n}]') == [(0, 4), (2, 3)]
    assert places("{\n  }]") == []


def test_of_several_brackets_of_a_line_the_outermost_counts() -> None:
    assert places('{"Statement": [{\n  "a": [\n  1\n]\n}]}\n') == [(0, 4), (1, 3)]


def test_brackets_in_strings_and_comments_are_text() -> None:
    assert places('{\n  "a}": "${x", // ]\n  "b": "\\"}"\n}') == [(0, 3)]
    assert not opens('  "{": "[",')
    assert not opens("  // {")


def test_broken_brackets_fold_as_far_as_they_match() -> None:
    assert places('{\n "a": [\n 1\n}\n') == [(0, 3)]
    assert places("]\n{\n1\n}") == [(1, 3)]
    assert places("{\n1\n") == []


def test_statements_are_known_by_their_list() -> None:
    text = '{\n"Statement": [\n{\n"Condition": {\n1\n}\n},\n{\n1\n}\n],\n"x": {"Statement":\n{\n1\n}\n}\n}'
    assert [region.first for region in regions(text) if region.is_statement] == [2, 7, 12]


def test_a_line_is_read_by_itself() -> None:
    assert balance("}, {") == (1, 1)
    assert balance('"a": [1], "b": {"c": [') == (0, 2)
    assert opens('  "Action": [')
    assert not opens('  "Action": ["s3:*"],')
    assert hides_something('  "a"')
    assert hides_something("  },")
    assert not hides_something("  }, {")
    assert closing("  },") == "},"
    assert closing("  }]") == ""
    assert closing('  "}"') == ""


def test_the_first_lines_tell_what_is_hidden() -> None:
    assert told(['"Sid": "A",', '"Effect": "Deny",', '"Action": ['], 9) == '"Sid": "A", "Effect": "Deny", … 9 lines'
    assert told(['"StringEquals": {', '"a": "b"'], 3) == '"StringEquals": { … 3 lines'
    assert told(["}"], 1) == "… 1 line"
    assert told(['"' + "x" * 200 + '"'], 1200) == "… 1,200 lines"


def test_a_line_too_long_to_edit_is_not_read() -> None:
    assert places('{\n"a": "' + "[" * 30_000 + '"\n}') == [(0, 2)]
    assert places("{\n" + "[" * 30_000 + "\n]") == []


def test_ten_thousand_levels_are_no_trouble() -> None:
    deep = "[\n" * 10_000 + "]\n" * 10_000
    found = places(deep)
    assert len(found) == 10_000
    assert found[0] == (0, 19_999)


values: Any = st.recursive(
    st.none() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(values, st.sampled_from([None, 0, 1, 3]))
def test_what_is_folded_are_the_objects_and_lists_of_the_parser(value: object, indent: int | None) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    root = parse(text).root
    wanted: dict[int, int] = {}

    def line(offset: int) -> int:
        return text.count("\n", 0, offset)

    def walk(node: Node | None) -> None:
        if isinstance(node, ObjectNode | ArrayNode):
            first, last = line(node.start), line(node.end - 1)
            if last > first:
                wanted.setdefault(first, last)
            for child in node.items if isinstance(node, ArrayNode) else [m.value for m in node.members]:
                walk(child)

    walk(root)
    assert places(text) == sorted(wanted.items())
