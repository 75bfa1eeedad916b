"""Edits change what they say, keep the rest byte for byte, and leave valid JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.document.trees import Pairs, plain, reference
from workbench.document import edits as editing
from workbench.document.edits import Edit, apply_edits
from workbench.document.nodes import ArrayNode, ObjectNode
from workbench.document.parser import parse
from workbench.document.span import Span

VALUES = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
)
LAYOUTS = st.sampled_from(
    [{"indent": 2}, {"indent": "\t"}, {"separators": (",", ":")}, {}, {"indent": 1, "separators": (" , ", " : ")}]
)
NEWLINES = st.sampled_from(["\n", "\r\n", "\r"])


def written(value: object, layout: dict[str, Any], newline: str) -> str:
    return json.dumps({"first": 0, "it": value}, **layout).replace("\n", newline)


def kept(text: str, edits: tuple[Edit, ...]) -> list[str]:
    """The parts of the text that the edits leave alone."""
    places = [0, *(offset for edit in edits for offset in edit.span), len(text)]
    return [text[a:b] for a, b in zip(places[::2], places[1::2], strict=True)]


def changed(text: str, edits: tuple[Edit, ...]) -> Any:
    """The value of "it" afterwards. The text must be sound and use no other line ends than before."""
    after = apply_edits(text, edits)
    document = parse(after)
    assert document.problems == ()
    position = 0
    for part in kept(text, edits):
        position = after.index(part, position) + len(part)
    for newline in ("\r\n", "\n", "\r"):
        if newline in text:
            assert not set(after.replace(newline, "")) & {"\n", "\r"}
            break
    return plain(document.root)[1][1]


def it(text: str) -> tuple[Any, Any]:
    document = parse(text)
    assert isinstance(document.root, ObjectNode)
    return document, document.root.members[1].value


@given(st.dictionaries(st.text(max_size=4), VALUES, max_size=3), st.text(max_size=4), VALUES, LAYOUTS, NEWLINES)
def test_insert_member(value: dict[str, object], key: str, new: object, layout: dict[str, Any], newline: str) -> None:
    text = written(value, layout, newline)
    document, node = it(text)
    value_json = json.dumps(new, indent=2)
    expected = Pairs((*plain(node), (key, reference(value_json))))
    after = apply_edits(text, editing.insert_member(document, node, key, value_json))
    assert plain(parse(after).root)[1][1] == expected
    if newline not in json.dumps(new, indent=2) or newline in text:
        assert changed(text, editing.insert_member(document, node, key, value_json)) == expected


@given(VALUES, VALUES, LAYOUTS, NEWLINES)
def test_append_item(value: object, new: object, layout: dict[str, Any], newline: str) -> None:
    text = written(value, layout, newline)
    document, node = it(text)
    old = plain(node)
    expected = [*(old if isinstance(node, ArrayNode) else [old]), reference(json.dumps(new))]
    assert changed(text, editing.append_item(document, node, json.dumps(new))) == expected


@given(st.lists(VALUES, max_size=5), st.sets(st.integers(0, 4)), LAYOUTS, NEWLINES)
def test_remove_items(value: list[object], gone: set[int], layout: dict[str, Any], newline: str) -> None:
    assume(all(index < len(value) for index in gone))
    text = written(value, layout, newline)
    _, node = it(text)
    expected = [item for at, item in enumerate(plain(node)) if at not in gone]
    assert changed(text, editing.remove_items(node, gone)) == expected


@given(st.dictionaries(st.text(max_size=2), VALUES, min_size=1, max_size=5), st.data(), LAYOUTS, NEWLINES)
def test_remove_member(value: dict[str, object], data: st.DataObject, layout: dict[str, Any], newline: str) -> None:
    text = written(value, layout, newline)
    _, node = it(text)
    key = data.draw(st.sampled_from(sorted(value)))
    expected = Pairs(pair for pair in plain(node) if pair[0] != key)
    assert changed(text, editing.remove_member(node, key)) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{\r\n  "a": 1\r\n}', '{\r\n  "a": 1,\r\n  "k": {\r\n    "x": 1\r\n  }\r\n}'),
        ('{"a":1}', '{"a":1,"k":{\n  "x": 1\n}}'),
        ('{ "a" : 1 }', '{ "a" : 1, "k" : {\n  "x": 1\n} }'),
        ("{}", '{"k": {\n  "x": 1\n}}'),
    ],
)
def test_a_new_member_is_written_like_its_neighbours(before: str, after: str) -> None:
    document = parse(before)
    assert isinstance(document.root, ObjectNode)
    edits = editing.insert_member(document, document.root, "k", '{\n  "x": 1\n}')
    assert apply_edits(before, edits) == after


def test_lines_of_items_stay_lines() -> None:
    text = '[\n  "a",\n  "b",\n  "c"\n]'
    document = parse(text)
    node = document.root
    assert isinstance(node, ArrayNode)
    assert apply_edits(text, editing.append_item(document, node, '"d"')) == '[\n  "a",\n  "b",\n  "c",\n  "d"\n]'
    assert apply_edits(text, editing.remove_item(node, 0)) == '[\n  "b",\n  "c"\n]'
    assert apply_edits(text, editing.remove_item(node, 2)) == '[\n  "a",\n  "b"\n]'
    assert apply_edits(text, editing.remove_items(node, (0, 2))) == '[\n  "b"\n]'
    assert editing.remove_items(node, (0, 1)) == (Edit(Span(4, 18), ""),)
    assert apply_edits(text, editing.remove_items(node, (0, 1, 2))) == "[]"


def test_a_bare_string_becomes_a_list() -> None:
    document = parse('"s3:Get*"')
    assert document.root is not None
    assert (
        apply_edits('"s3:Get*"', editing.append_item(document, document.root, '"s3:Put*"')) == '["s3:Get*", "s3:Put*"]'
    )


def test_what_is_not_there_cannot_be_removed() -> None:
    root = parse('{"a": [1]}').root
    assert isinstance(root, ObjectNode)
    array = root.members[0].value
    assert isinstance(array, ArrayNode)
    with pytest.raises(KeyError):
        editing.remove_member(root, "b")
    with pytest.raises(IndexError):
        editing.remove_item(array, 1)
    with pytest.raises(IndexError):
        editing.remove_members(root, (-1,))
    assert editing.remove_items(array, ()) == ()


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(Span(2, 4), ""), Edit(Span(3, 5), "")],
        [Edit(Span(3, 4), ""), Edit(Span(0, 1), "")],
        [Edit(Span(4, 7), "")],
        [Edit(Span(-1, 2), "")],
        [Edit(Span(3, 2), "")],
    ],
)
def test_edits_that_overlap_or_lie_outside_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="overlaps"):
        apply_edits("abcdef", edits)


def test_edits_are_made_in_order() -> None:
    edits = [Edit(Span(0, 0), "x"), Edit(Span(0, 0), "y"), Edit(Span(1, 3), ""), Edit(Span(6, 6), "z")]
    assert apply_edits("abcdef", edits) == "xyadefz"
