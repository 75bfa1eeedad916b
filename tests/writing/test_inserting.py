"""Where a snippet goes: beside the caret, wherever it is, and the text stays JSON."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.document.parser import parse
from workbench.writing.inserting import insertion
from workbench.writing.snippets import snippets

LAID_OUT = (
    '{\n  "Version": "2012-10-17",\n  "Statement": [\n    {\n      "Sid": "A"\n    },\n    {"Sid": "B"}\n  ]\n}\n'
)
SNIPPET = snippets()[0]


def inserted(text: str, offset: int) -> str:
    made = insertion(text, offset, SNIPPET)
    assert made is not None
    assert all(made.text[s.start : s.end] for s in made.stops)
    return text[: made.span.start] + made.text + text[made.span.end :]


@pytest.mark.parametrize("text", [LAID_OUT, LAID_OUT.replace("\n", ""), LAID_OUT.replace("\n", "\r\n")])
def test_at_every_place_of_a_policy_it_is_one_statement_more(text: str) -> None:
    for offset in range(len(text) + 1):
        found = inserted(text, offset)
        assert not parse(found).problems, offset
        assert found.count("Effect") == 1
        assert found.count("Sid") == 3


def test_it_goes_behind_the_statement_at_the_caret_with_its_indent() -> None:
    found = inserted(LAID_OUT, LAID_OUT.index('"A"'))
    assert '"A"\n    },\n    {\n      "Sid": "Name"' in found
    assert found.index('"Name"') < found.index('"B"')


@pytest.mark.parametrize("text", ["", '{"Statement": []}', '{"Statement": {"Sid": "A"}}', '{"Statement": [\n\n]}'])
def test_where_there_are_no_statements_yet_it_begins_them(text: str) -> None:
    found = inserted(text, len(text))
    assert not parse(found).problems
    assert "s3:GetObject" in found


@pytest.mark.parametrize("text", ["[1]", "{}", '{"Statement": "x"}', "words"])
def test_a_text_that_has_no_place_for_it_is_left_alone(text: str) -> None:
    assert insertion(text, 1, SNIPPET) is None


def test_in_a_long_text_it_goes_behind_the_statement_at_the_caret() -> None:
    one = '    {"Sid": "S%d", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'
    text = '{\n  "Statement": [\n' + ",\n".join(one % n for n in range(3_000)) + "\n  ]\n}"
    found = inserted(text, text.index('"S1500"'))
    assert not parse(found).problems
    assert found.index('"S1500"') < found.index('"Name"') < found.index('"S1501"')


@given(st.text(alphabet='{}[]":, \n\r\\aé😀Statement', max_size=60), st.integers(-2, 70))
def test_no_text_and_no_place_breaks_it(text: str, offset: int) -> None:
    made = insertion(text, offset, SNIPPET)
    assert made is None or 0 <= made.span.start <= made.span.end <= len(text)
