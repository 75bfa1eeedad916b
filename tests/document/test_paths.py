"""Paths and places are each other's inverse; parts of strings are found across escapes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.document.nodes import ArrayNode, ObjectNode, Path, StringNode
from workbench.document.parser import parse
from workbench.document.paths import format_path, node_at, path_at, span_at, substring_span
from workbench.document.span import Span

TEXT = '{"Statement": [{"Action": ["s3:Get", "s3:Put"], "Condition": {"Bool": {"a.b c": true}}}], "Id": }'
DOCUMENT = parse(TEXT)
ACTION: Path = (("value", "Statement"), ("index", 0), ("value", "Action"))
KEY: Path = (("value", "Statement"), ("index", 0), ("value", "Condition"), ("value", "Bool"), ("key", "a.b c"))


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ((), TEXT),
        (ACTION, '["s3:Get", "s3:Put"]'),
        ((*ACTION, ("index", 1)), '"s3:Put"'),
        ((*ACTION, ("index", 1), ("substring", (3, 3))), "Put"),
        (KEY, '"a.b c"'),
        ((("value", "Id"),), ""),
    ],
)
def test_paths_have_spans(path: Path, there: str) -> None:
    span = span_at(DOCUMENT, path)
    assert span is not None
    assert TEXT[span.start : span.end] == there


@pytest.mark.parametrize(
    "path",
    [
        (("value", "Nothing"),),
        (("index", 0),),
        (*ACTION, ("index", 2)),
        (*ACTION, ("value", "x")),
        (*ACTION, ("key", "x")),
        (*ACTION, ("substring", (0, 1))),
    ],
)
def test_paths_that_lead_nowhere_have_none(path: Path) -> None:
    assert node_at(DOCUMENT.root, path) is None
    assert span_at(DOCUMENT, path) is None
    assert node_at(None, path) is None


@pytest.mark.parametrize(
    ("before", "path"),
    [
        ("", ()),
        ('{"Stat', (("key", "Statement"),)),
        ('{"Statement": [{"Action": ["s3', (*ACTION, ("index", 0))),
        ('{"Statement": [{"Action": ["s3:Get", ', (*ACTION, ("index", 1))),
        ('{"Statement": [{"Action": ["s3:Get",', ACTION),
        ('{"Statement": [{"Action":', ACTION),
        ('{"Statement": [{"Action": ["s3:Get", "s3:Put"], ', (*ACTION[:2], ("key", "Condition"))),
        (TEXT[: TEXT.index("a.b")], KEY),
        (TEXT[: TEXT.index("true") + 4], (*KEY[:-1], ("value", "a.b c"))),
        (TEXT[: TEXT.index("}], ")], (*ACTION[:2], ("value", "Condition"))),
        (TEXT[:-1].rstrip(), (("value", "Id"),)),
        (TEXT, ()),
    ],
)
def test_the_caret_is_somewhere(before: str, path: Path) -> None:
    assert path_at(DOCUMENT, len(before)) == path


def test_no_path_outside_of_the_tree() -> None:
    assert path_at(parse("  [1] "), 0) == ()
    assert path_at(parse("  [1] "), 6) == ()
    assert path_at(parse(""), 0) == ()


def test_of_two_equal_names_the_last_is_meant() -> None:
    document = parse('{"a": 1, "a": 22}')
    assert span_at(document, (("value", "a"),)) == Span(14, 16)


def test_every_node_is_found_by_its_own_path() -> None:
    document = parse(json.dumps({"a": [1, {"b": "c", "d": [[], {}]}], "e": {"f": None}}))
    waiting: list[tuple[Path, object]] = [((), document.root)]
    found = 0
    while waiting:
        path, node = waiting.pop()
        assert node_at(document.root, path) is node
        found += 1
        if isinstance(node, ArrayNode):
            waiting += [((*path, ("index", at)), item) for at, item in enumerate(node.items)]
        elif isinstance(node, ObjectNode):
            waiting += [((*path, ("value", key.value)), value) for key, value in node.members]
            for key, value in node.members:
                assert node_at(document.root, (*path, ("key", key.value))) is key
                assert path_at(document, key.start + 1) == (*path, ("key", key.value))
                assert path_at(document, value.start) == (*path, ("value", key.value))
    assert found == 10


def test_paths_for_people() -> None:
    path: Path = (("value", "Statement"), ("index", 1), ("value", "Condition"), ("value", "StringEquals"))
    assert format_path(path) == "Statement[1].Condition.StringEquals"
    assert format_path(()) == ""
    assert format_path((*ACTION, ("index", 0), ("substring", (0, 2)))) == "Statement[0].Action[0]"
    assert format_path((("value", "a"), ("key", "aws:ResourceTag/x"))) == "a.aws:ResourceTag/x"
    assert format_path((("value", "a.b"), ("key", ""), ("key", "\ud800"))) == '["a.b"][""]["\\ud800"]'


@given(st.text(), st.integers(0, 9), st.integers(0, 9), st.booleans())
def test_a_part_of_a_string_is_where_its_characters_are(value: str, start: int, length: int, ascii_only: bool) -> None:
    document = parse(json.dumps(value, ensure_ascii=ascii_only))
    node = document.root
    assert isinstance(node, StringNode)
    span = substring_span(document, node, start, length)
    assert json.loads(f'"{document.text[span.start : span.end]}"') == value[start : start + length]
    assert node.start < span.start <= span.end < node.end


@pytest.mark.parametrize(
    ("text", "part", "there"),
    [
        (r'["\ud83d\ude00\u00e9x"]', (1, 1), r"\u00e9"),
        (r'["\ud83d\ud83d\ude00x"]', (1, 1), r"\ud83d\ude00"),
        (r'["C:\data\n"]', (3, 1), "d"),
        (r"['it\'s']", (2, 1), r"\'"),
        ("[s3:Get*]", (3, 3), "Get"),
        ('["cut', (1, 2), "ut"),
        ('["abc"]', (1, 99), "bc"),
        ('["abc"]', (99, 1), ""),
        (r'["a\n"]', (-5, 1), "a"),
    ],
)
def test_parts_of_odd_strings(text: str, part: tuple[int, int], there: str) -> None:
    document = parse(text)
    assert isinstance(document.root, ArrayNode)
    node = document.root.items[0]
    assert isinstance(node, StringNode)
    span = substring_span(document, node, *part)
    assert text[span.start : span.end] == there
