"""A fix as a difference: the lines that change, as few as show it, whatever the text looks like."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor

from tests.work import Meter, counting
from workbench.document.edits import Edit, apply_edits
from workbench.document.span import Span
from workbench.gui.findings import preview as module
from workbench.gui.findings.difference import ChangedLines
from workbench.gui.findings.preview import MOST_LINES, DiffLine, preview
from workbench.gui.theme import DARK, LIGHT, Theme, contrast
from workbench.writing.difference import difference

TEXT = """{
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "s3:Get*",
        "s3:GetObject",
        "s3:PutObject"
      ]
    }
  ]
}
"""


def replacing(text: str, old: str, new: str) -> Edit:
    start = text.index(old)
    return Edit(Span(start, start + len(old)), new)


def signs(lines: tuple[DiffLine, ...]) -> str:
    return "".join(line.sign for line in lines)


def test_a_replaced_string_is_one_line_out_and_one_in_with_the_part_that_differs() -> None:
    lines = preview(TEXT, (replacing(TEXT, '"s3:PutObject"', '"s3:PutObjectAcl"'),))
    assert signs(lines) == " -+ "
    gone, come = lines[1], lines[2]
    assert gone.text == '  "s3:PutObject"'
    assert come.text[come.start : come.end] == "Acl"
    assert gone.start == gone.end


def test_common_indentation_is_taken_off() -> None:
    lines = preview(TEXT, (replacing(TEXT, '"s3:GetObject"', '"s3:GetObjectAcl"'),))
    assert [line.text for line in lines] == [
        '"s3:Get*",', '"s3:GetObject",', '"s3:GetObjectAcl",', '"s3:PutObject"',
    ]  # fmt: skip


def test_edits_far_from_each_other_are_parted_and_near_ones_are_not() -> None:
    far = preview(TEXT, (replacing(TEXT, '"Allow"', '"Deny"'), replacing(TEXT, '"s3:PutObject"', '"s3:*"')))
    assert signs(far) == " -+ … -+ "
    near = preview(TEXT, (replacing(TEXT, '"s3:Get*"', '"s3:List*"'), replacing(TEXT, '"s3:GetObject"', '"s3:*"')))
    assert signs(near) == " --++ "


def test_of_a_text_on_one_line_only_what_is_near_the_change_is_shown() -> None:
    text = json.dumps({"Statement": [{"Action": f"s3:Action{n}"} for n in range(5_000)]})
    lines = preview(text, (replacing(text, "s3:Action2500", "s3:Other"),))
    assert signs(lines) == "-+"
    assert lines[0].text[lines[0].start : lines[0].end] == "Action2500"
    assert lines[0].text.startswith("…")
    assert lines[0].text.endswith("…")
    assert len(lines[0].text) < 2_000


def test_many_lines_are_counted() -> None:
    text = "[\n" + "\n".join(f"  {n}," for n in range(1_000)) + "\n]"
    lines = preview(text, (Edit(Span(2, len(text) - 1), ""),))
    assert len(lines) == MOST_LINES
    assert lines[-1] == DiffLine("…", f"{1_002 - (MOST_LINES - 1):,} more lines")


@pytest.mark.parametrize("lines", [2_000, 40_000])
def test_the_work_does_not_grow_with_the_document(lines: int) -> None:
    text = "\n".join(f'"s3:Action{n}",' for n in range(lines))
    meter = Meter()
    with counting(meter, [module]):
        preview(text, (replacing(text, '"s3:Action1000"', '"s3:Other"'),))
    assert meter.lines < 2_000


@given(st.text(alphabet='ab"{}\n\t 😀', max_size=80), st.randoms(use_true_random=False))
def test_what_comes_and_stays_is_in_the_new_text_and_what_goes_in_the_old(text: str, chance: random.Random) -> None:
    cuts = sorted(chance.randrange(len(text) + 1) for _ in range(4))
    edits = tuple(
        Edit(Span(a, b), chance.choice(["", "x", "y\nz"])) for a, b in zip(cuts[::2], cuts[1::2], strict=True)
    )
    before = [line.strip() for line in text.replace("\t", "    ").split("\n")]
    after = [line.strip() for line in apply_edits(text, edits).replace("\t", "    ").split("\n")]
    for line in preview(text, edits):
        assert 0 <= line.start <= line.end
        if line.sign in "- ":
            assert line.text.strip() in before
        if line.sign in "+ ":
            assert line.text.strip() in after


@given(st.text(alphabet="ab\n", max_size=30), st.text(alphabet="ab\n", max_size=30))
def test_the_difference_of_two_texts_is_one_edit_that_makes_the_other(old: str, new: str) -> None:
    edits = difference(old, new)
    assert len(edits) == (old != new)
    assert apply_edits(old, edits) == new


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_on_every_tint_can_be_read(qtbot: object, theme: Theme) -> None:
    lines = preview(TEXT, (replacing(TEXT, '"s3:PutObject"', '"s3:PutObjectAcl"'),))
    view = ChangedLines(lines, theme)
    view.resize(400, view.height())
    image = view.grab().toImage()
    grounds = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(2, image.height(), 3)}
    tints = {
        theme.mix(t, "surface", share).name() for t in ("allowed", "explicit-deny") for share in (0.12, 0.18, 0.3, 0.42)
    }
    shown = tints & grounds
    assert len(shown) >= 2
    assert all(contrast(theme.color("text"), QColor(tint)) >= 4.5 for tint in shown)


def test_a_change_beyond_the_right_edge_is_brought_into_sight(qtbot: object) -> None:
    text = '"' + "x" * 300 + 'old"'
    view = ChangedLines(preview(text, (replacing(text, "old", "new"),)), LIGHT)
    view.resize(300, view.height())
    marked = LIGHT.mix("explicit-deny", "surface", 0.30).name()
    image = view.grab().toImage()
    row = view.height() // 4
    assert marked in {image.pixelColor(x, row - 5 + y).name() for x in range(image.width()) for y in range(8)}
