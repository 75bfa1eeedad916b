"""What a policy, a project or a file's name says is shown as text wherever the window repeats it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLabel, QTabWidget, QWidget

from workbench.document.span import Span
from workbench.document.unseen import UNSEEN
from workbench.gui.editor.hover import tip_of
from workbench.gui.editor.tab import EditorTab
from workbench.gui.main_window import MainWindow
from workbench.gui.plain import caption, tip
from workbench.gui.theme import Scheme, ThemeSource
from workbench.writing.hover import Hover

BAD = "<img src=x><b>&\u202e\x1b[31m\u200b"
OWN = frozenset("\u2060\xa0")
"""What our own sentences may hold."""


def _rows(model: QAbstractItemModel, parent: QModelIndex) -> Iterator[QModelIndex]:
    for row in range(min(model.rowCount(parent), 200)):
        for column in range(model.columnCount(parent)):
            index = model.index(row, column, parent)
            yield index
            yield from _rows(model, index) if column == 0 else ()


def _shown(window: QWidget) -> Iterator[tuple[str, str]]:
    """Everything that is painted or spoken of a text: where, and the text."""
    for widget in [window, *window.findChildren(QWidget)]:
        name = f"{type(widget).__name__} {widget.objectName()}"
        yield f"tip of {name}", widget.toolTip()
        yield f"title of {name}", widget.windowTitle()
        if isinstance(widget, QLabel | QAbstractButton):
            yield name, widget.text()
        if isinstance(widget, QTabWidget):
            for at in range(widget.count()):
                yield f"tab of {name}", widget.tabText(at)
                yield f"tip of tab of {name}", widget.tabToolTip(at)
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            for index in _rows(widget.model(), QModelIndex()):
                for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                    said = index.data(role)
                    yield f"{role.name} of {name}", said if isinstance(said, str) else ""
    for action in window.findChildren(QAction):
        yield "action", action.text()


def _project(root: Path) -> Path:
    (root / "policies").mkdir(parents=True)
    (root / "scenarios").mkdir()
    (root / "workbench.toml").write_text(
        'name = "P <b>\\u202e"\naccount = "111122223333"\n[[principal]]\n'
        'name = "Ann<b>"\narn = "arn:aws:iam::111122223333:role/Ann"\nidentity = ["policies/a&b<i>\u202e.json"]\n',
        encoding="utf-8",
    )
    bad = BAD.replace("\x1b", "\\u001b")
    statement = {
        "Sid": bad,
        "Effect": "Allow",
        "Action": ["s3:GetObject", f"s3:Ge{bad}"],
        "Resource": f"arn:aws:s3:::{bad}/*",
        "Condition": {"StringEquals": {f"aws:PrincipalTag/{bad}": bad}},
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, ensure_ascii=False)
    (root / "policies" / "a&b<i>\u202e.json").write_text(text.replace("\\\\u", "\\u"), encoding="utf-8")
    (root / "scenarios" / "r.json").write_text(
        '{"id": "one", "title": "<b>r</b>\\u202e", "expect": "allowed", "request": {"principal": '
        '"arn:aws:iam::111122223333:role/Ann", "action": "s3:GetObject", "resource": "arn:aws:s3:::x\\u202e<b>/y"}}',
        encoding="utf-8",
    )
    return root


def test_nothing_in_the_window_hides_moves_or_is_taken_for_html(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any
) -> None:
    window = make_window(_project(tmp_path / "p"))
    qtbot.waitUntil(lambda: window.project is not None and window.area.current is not None, timeout=15_000)
    qtbot.waitUntil(lambda: window.showing.is_about(window.area.current), timeout=15_000)
    assert window.answered is not None
    for row in range(len(window.findings.model.rows)):
        window.findings.table.selectRow(row)
    window.findings.next_finding(1)
    qtbot.keyClick(window.area.current.edit, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)  # type: ignore[union-attr]
    seen = list(_shown(window))
    assert any("img src" in text for _where, text in seen), "the test reaches what it is about"
    assert any("\\u202e" in text for _where, text in seen)
    for where, text in seen:
        assert not set(UNSEEN.findall(text)) - OWN, f"{where}: {text!a}"
        if where.startswith("tip"):
            assert "<img" not in text, f"{where}: {text!a}"
            assert "<i>" not in text, f"{where}: {text!a}"
    titles = [text for where, text in seen if where.startswith("tab of")]
    assert any("a&&b<i>\\u202e.json" in text for text in titles)


def test_a_tool_tip_and_a_caption_say_exactly_the_text() -> None:
    assert tip("plain & simple\nlines") == "plain & simple\nlines"
    assert tip("<b>x</b>\u202e") == "<p style='white-space:pre-wrap'>&lt;b&gt;x&lt;/b&gt;\\u202e</p>"
    assert caption("a & b\u200b\tc") == "a && b\\u200b c"


def test_a_hover_shows_markup_of_a_policy_as_text() -> None:
    said = tip_of(["finding <b>\u202e"], Hover(Span(0, 1), "title<i>\x1b", ("fact<img>",)))
    assert "<i>" not in said
    assert "<img>" not in said
    assert "\\u202e" in said
    assert "\\u001b" in said


def test_the_outline_button_and_a_bar_show_it_as_text(keep: Callable[[QWidget], None]) -> None:
    tab_of_bad = EditorTab(BAD, ThemeSource(Scheme.DARK).theme)
    keep(tab_of_bad)
    tab_of_bad.say("x", "warning", f"{BAD} was changed", [])
    strip = tab_of_bad.strip("x")
    assert strip is not None
    assert "\\u202e" in strip.text()
    assert strip.label.textFormat() is Qt.TextFormat.PlainText
