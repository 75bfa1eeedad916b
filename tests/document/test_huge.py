"""Hostile sizes: no exception, no crash, work linear in the size."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from tests.support import shared
from tests.work import work
from workbench.document import strings
from workbench.document.nodes import ArrayNode, ObjectNode, StringNode
from workbench.document.parser import parse
from workbench.document.paths import path_at
from workbench.document.problems import MOST_PROBLEMS

SCALE = 0.02


def make_huge() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_huge", shared("tools/make_huge.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cases(scale: float) -> Iterator[tuple[str, str]]:
    for name, _, text in make_huge().cases(scale):
        yield name, text


def test_every_huge_policy_is_read() -> None:
    names = []
    for name, text in cases(SCALE):
        document = parse(text)
        assert (document.problems != ()) == name.endswith("-invalid"), name
        assert isinstance(document.root, ObjectNode), name
        assert document.root.members[1].key.value == "Statement", name
        names.append(name)
    assert len(names) == 12


def test_what_never_ends_is_one_problem() -> None:
    found = {name: parse(text) for name, text in cases(SCALE) if name.endswith("-invalid")}
    assert [p.kind for p in found["huge-string-unterminated-invalid"].problems] == ["unterminated-string"]
    assert [p.kind for p in found["deep-unclosed-invalid"].problems] == ["cut-off"]
    commas = found["missing-commas-100k-invalid"]
    assert {p.kind for p in commas.problems} == {"missing-comma"}
    assert len(commas.problems) == MOST_PROBLEMS
    assert commas.problems_left_out == int(100_000 * SCALE) - 1 - MOST_PROBLEMS


def test_a_million_nested_lists_are_read_walked_and_freed() -> None:
    depth = 1_000_000
    document = parse("[" * depth + "]" * depth)
    assert document.problems == ()
    assert len(path_at(document, depth)) == depth - 1
    node, levels = document.root, 0
    while isinstance(node, ArrayNode):
        node, levels = node.items[0] if node.items else None, levels + 1
    assert levels == depth
    del document, node


def test_a_million_unclosed_lists_are_one_problem() -> None:
    document = parse("[" * 1_000_000)
    assert len(document.problems) == 1
    assert "1000000 closing brackets" in document.problems[0].message
    del document


# What is repeated, behind what. Each of these makes some naive scan look ahead to the end again and again.
REPEATED = [
    '"a\n',
    '\\"b\n',
    '"a"b',
    '"n" w ',
    "'a\n",
    "${",
    "{{",
    "{\\",
    "<",
    "/*",
    "\u201c",
    '"\\u12',
    "{]",
    "[}",
    '"a":',
    "x:y",
    "x{",
]


@pytest.mark.parametrize("unit", REPEATED)
@pytest.mark.parametrize("before", ["", '{"a": ', '["'])
def test_recovery_is_linear(before: str, unit: str) -> None:
    small, big = (work(parse, before + unit * times, "workbench.document") for times in (100, 800))
    # Eight times the text; quadratic work would be 64 times as much.
    assert big < 10 * small


@pytest.mark.parametrize("unit", ["{{", "{\\", "{ [", "[{", "{]"])
def test_a_text_made_of_mistakes_costs_little_for_each(unit: str) -> None:
    """Once as many readings as may be are tried, the first is taken at a price that does not grow."""
    small, big, bigger = (work(parse, unit * times, "workbench.document") for times in (800, 1600, 3200))
    assert bigger - big < 2.1 * (big - small)
    assert bigger - big < 120 * len(unit) * 1600


@pytest.mark.parametrize(
    "look",
    [
        lambda text: [text.find("b", at) for at in range(len(text))],
        lambda text: [text[at:] for at in range(len(text))],
        lambda text: [strings._WORD_NEXT.search(text, at) for at in range(0, len(text), 2)],
        lambda text: [None for _ in text for _ in text],
    ],
    ids=["find", "slice", "search", "loop"],
)
def test_quadratic_work_would_be_seen(look: Callable[[str], object]) -> None:
    small, big = (work(look, "-" * times, "workbench.document") for times in (100, 800))
    assert big > 30 * small


def test_one_long_string_of_escapes_is_read() -> None:
    document = parse('"' + "\\n" * 500_000 + '\\d"')
    assert [p.kind for p in document.problems] == ["bad-escape"]
    assert isinstance(document.root, StringNode)
    assert len(document.root.value) == 500_002
