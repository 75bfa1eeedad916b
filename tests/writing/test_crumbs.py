"""The parts of a path, what each means in the text, and what stands beside it."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from workbench.document.parser import parse
from workbench.document.paths import path_at
from workbench.writing.crumbs import MOST_BESIDE, crumbs, neighbors

TEXT = """{"Version": "2012-10-17", "Statement": [
  {"Sid": "One", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"},
  {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"aws:a": ["x", "y"]}}}
]}"""


def at(text: str, what: str) -> tuple[str, ...]:
    document = parse(text)
    found = crumbs(document, path_at(document, text.index(what)), 8)
    return tuple(crumb.label for crumb in found)


def test_an_index_belongs_to_its_list() -> None:
    assert at(TEXT, '"y"') == ("Statement[1]", "Condition", "StringLike", "aws:a[1]")
    assert at(TEXT, '"s3:Put') == ("Statement[0]", "Action[1]")
    assert at(TEXT, '"Version') == ("Version",)


def test_each_part_means_its_member_or_item() -> None:
    document = parse(TEXT)
    found = crumbs(document, path_at(document, TEXT.index('"y"')), 8)
    written = [TEXT[crumb.span.start : crumb.span.end] for crumb in found]
    assert written[0].startswith('{"Effect": "Deny"')
    assert written[1] == '"Condition": {"StringLike": {"aws:a": ["x", "y"]}}'
    assert written[2] == '"StringLike": {"aws:a": ["x", "y"]}'
    assert written[3] == '"y"'


def test_what_stands_beside_a_part() -> None:
    document = parse(TEXT)
    found = crumbs(document, path_at(document, TEXT.index('"y"')), 8)
    statements, more = neighbors(document, found[0].path)
    assert [(n.label, n.here) for n in statements] == [("[0]  One, Allow", False), ("[1]  Deny", True)]
    assert more == 0
    elements, _ = neighbors(document, found[1].path)
    assert [n.label for n in elements] == ["Effect", "Action", "Resource", "Condition"]
    assert [n.here for n in elements] == [False, False, False, True]
    values, _ = neighbors(document, found[3].path)
    assert [TEXT[n.span.start : n.span.end] for n in values] == ['"x"', '"y"']
    assert neighbors(document, ()) == ((), 0)


def test_of_many_the_nearest_are_named() -> None:
    text = '{"Statement": [' + ",".join(f'{{"Sid": "S{n}"}}' for n in range(1_000)) + "]}"
    document = parse(text)
    for number in (0, 500, 999):
        path = path_at(document, text.index(f'"S{number}"'))
        found, more = neighbors(document, path[:2])
        assert len(found) == MOST_BESIDE
        assert more == 1_000 - MOST_BESIDE
        assert [n.label for n in found if n.here] == [f"[{number}]  S{number}"]


def test_names_that_cannot_be_seen_are_not_hidden() -> None:
    text = '{"\\u202eEvil": 1, "b": 2}'
    document = parse(text)
    found, _ = neighbors(document, (("value", "b"),))
    assert found[0].label == "\N{REPLACEMENT CHARACTER}Evil"


def test_a_deep_place_shows_its_last_parts_in_linear_time() -> None:
    depth = 20_000
    text = '{"a":[' * depth + "1" + "]}" * depth
    document = parse(text)
    found = crumbs(document, path_at(document, text.index("1")), 8)
    assert [crumb.label for crumb in found] == ["a[0]"] * 8
    assert text[found[-1].span.start : found[-1].span.end] == "1"
    assert neighbors(document, found[-1].path)[0][0].here


@given(st.integers(0, len(TEXT)), st.integers(1, 5))
def test_every_part_can_be_asked_and_lies_in_the_one_before(offset: int, most: int) -> None:
    document = parse(TEXT)
    found = crumbs(document, path_at(document, offset), most)
    assert len(found) <= most
    for before, after in itertools.pairwise(found):
        assert before.span.start <= after.span.start <= after.span.end <= before.span.end
    for crumb in found:
        assert sum(n.here for n in neighbors(document, crumb.path)[0]) == 1
