"""The frame in use: panes dragged off, tabs switched, sessions killed, files gone; through keys and mouse events."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from workbench.gui.docks import Dock
from workbench.gui.editor.recovery import Recovery, Unsaved
from workbench.gui.editor.tab import EditorTab
from workbench.gui.help.popup import HelpPopup
from workbench.gui.help.topics import topic_of
from workbench.gui.jobs import log as jobs_log
from workbench.gui.main_window import MainWindow
from workbench.gui.memory import Sweeper
from workbench.gui.session import Store
from workbench.gui.settings import Settings, data_folder
from workbench.gui.simulator.ways import WaysBox
from workbench.gui.theme import Scheme

CLEAN = """{"Version": "2012-10-17",
 "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}
"""
BROKEN = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObjct", "Resource": "*"}]}'
STATEMENT = '    {"Sid": "S%d", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket-%d/*"}'


def large(size: int) -> str:
    count = size // len(STATEMENT)
    return '{\n  "Version": "2012-10-17",\n  "Statement": [\n%s\n  ]\n}\n' % ",\n".join(  # noqa: UP031
        STATEMENT % (i, i) for i in range(count)
    )


@pytest.fixture
def window(make_window: Callable[..., MainWindow], qtbot: Any) -> MainWindow:
    window = make_window()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=5000)
    return window


def front(window: MainWindow) -> EditorTab:
    tab = window.area.current
    assert tab is not None
    return tab


def drag_off(qtbot: Any, window: MainWindow, dock: Dock) -> None:
    """Drags a pane off by its title and drops it beside the window."""
    title = dock.titleBarWidget().findChild(QLabel)
    handle, start = window.windowHandle(), title.mapTo(window, QPoint(30, 10))
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    for step in range(1, 25):
        QTest.mouseMove(handle, start + QPoint(12 * step, -6 * step))
        QApplication.processEvents()
    qtbot.waitUntil(dock.isFloating, timeout=2000)
    QTest.mouseRelease(
        handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start + QPoint(12 * 24, -6 * 24)
    )


def leave_findings_alone(window: MainWindow) -> None:
    """Hides the panes that are tabs beside the findings."""
    for name in ("compare", "access", "search"):
        window.docks[name].hide()


def is_laid_out(window: MainWindow) -> bool:
    """Whether no pane lies over another or over the editor."""
    places = [
        window.centralWidget().geometry(),
        *(d.geometry() for d in window.docks.values() if not d.visibleRegion().isEmpty()),
    ]
    return all(not one.intersects(two) for i, one in enumerate(places) for two in places[:i])


@pytest.mark.parametrize("how", ["button", "reset"])
def test_a_pane_that_was_dragged_off_can_be_docked_again(window: MainWindow, qtbot: Any, how: str) -> None:
    leave_findings_alone(window)
    dock = window.docks["findings"]
    drag_off(qtbot, window, dock)
    window.resize(1300, 790)
    qtbot.waitUntil(lambda: window.centralWidget().geometry().bottom() > 650, timeout=2000)  # it is laid out again
    assert dock.isFloating()
    if how == "button":
        qtbot.mouseClick(dock._float, Qt.MouseButton.LeftButton)
    else:
        window.registry.action("view.reset_layout").trigger()
    qtbot.waitUntil(lambda: not dock.isFloating() and dock.width() > 600, timeout=2000)
    qtbot.waitUntil(lambda: is_laid_out(window), timeout=2000)
    assert window.dockWidgetArea(dock) is Qt.DockWidgetArea.BottomDockWidgetArea


def test_a_pane_can_be_dragged_off_and_docked_twice(window: MainWindow, qtbot: Any) -> None:
    leave_findings_alone(window)
    dock = window.docks["findings"]
    for _ in range(2):
        drag_off(qtbot, window, dock)
        qtbot.mouseClick(dock._float, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: not dock.isFloating() and is_laid_out(window), timeout=2000)


def test_after_a_switch_the_panes_are_veiled_and_lead_nowhere(window: MainWindow, qtbot: Any) -> None:
    tab = front(window)
    other = window.area.new(BROKEN)
    qtbot.waitUntil(lambda: window.showing.is_about(other), timeout=5000)
    window.area.setCurrentWidget(tab)
    qtbot.waitUntil(lambda: window.showing.is_about(tab) and not window.answering.pending, timeout=5000)
    assert not window.findings._veil.isVisible()
    qtbot.keyClick(tab.edit, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert window.area.current is other
    assert window.findings._veil.isVisible()
    assert window.panel.card._veil.isVisible()
    qtbot.keyClick(other.edit, Qt.Key.Key_F8)
    assert not other.edit.textCursor().hasSelection()
    qtbot.waitUntil(lambda: window.showing.is_about(other), timeout=5000)
    qtbot.waitUntil(lambda: not window.findings._veil.isVisible(), timeout=2000)
    qtbot.keyClick(other.edit, Qt.Key.Key_F8)
    assert other.edit.textCursor().hasSelection()


def test_a_finding_is_selected_where_it_is_after_typing_on(window: MainWindow, qtbot: Any) -> None:
    tab = window.area.new(BROKEN)
    qtbot.waitUntil(lambda: window.showing.is_about(tab) and window.findings.model.rowCount() > 0, timeout=5000)
    qtbot.keyClicks(tab.edit, "   ")
    qtbot.keyClick(tab.edit, Qt.Key.Key_F8)
    assert tab.edit.textCursor().selectedText() == '"s3:GetObjct"'


def test_a_session_that_is_killed_is_remembered(window: MainWindow, qtbot: Any, tmp_path: Path) -> None:
    project = tmp_path / "proj"
    (project / "policies").mkdir(parents=True)
    (project / "workbench.toml").write_text('name = "Mine"\n')
    (project / "policies" / "a.json").write_text(BROKEN)
    loose = tmp_path / "loose.json"
    loose.write_text(BROKEN)
    with qtbot.waitSignal(window.project_opened, timeout=5000):
        window.load_project(project)
    window.open_paths([loose])

    def kept() -> bool:  # what a process that starts now would read
        settings = Settings()
        settings._store.sync()
        shown = Store(data_folder() / "sessions").read(str(project))
        in_front = shown.tabs[shown.front].path if shown.tabs else ""
        return settings.get("project") == str(project) and in_front == str(loose)

    qtbot.waitUntil(kept, timeout=5000)
    shown = Store(data_folder() / "sessions").read(str(project))
    assert str(project / "policies" / "a.json") in [tab.path for tab in shown.tabs]


def test_the_file_that_was_in_front_is_again(
    make_window: Callable[..., MainWindow], qtbot: Any, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{name}.json" for name in "abc"]
    for path in paths:
        path.write_text(BROKEN)
    window = make_window(*paths)
    qtbot.waitUntil(lambda: not window.opening.busy, timeout=5000)
    assert [tab.title for tab in window.area.tabs()] == ["a.json", "b.json", "c.json"]
    window.area.setCurrentIndex(1)
    window.close()
    again = make_window()
    qtbot.waitUntil(lambda: not again.opening.busy, timeout=5000)
    assert [tab.title for tab in again.area.tabs()] == ["a.json", "b.json", "c.json"]
    assert front(again).title == "b.json"


def test_ctrl_4_chooses_a_finding_and_enter_leads_to_it(window: MainWindow, qtbot: Any) -> None:
    tab = window.area.new(BROKEN)
    qtbot.waitUntil(lambda: window.showing.is_about(tab) and window.findings.model.rowCount() > 0, timeout=5000)
    qtbot.keyClick(tab.edit, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert window.findings.table.hasFocus()
    assert window.findings.table.currentIndex().row() == 0
    qtbot.keyClick(window.findings.table, Qt.Key.Key_Return)
    assert tab.edit.hasFocus()
    assert tab.edit.textCursor().hasSelection()


def test_ctrl_4_goes_to_the_filter_where_nothing_was_found(window: MainWindow, qtbot: Any) -> None:
    window.findings.show_listing(None, "")
    qtbot.keyClick(front(window).edit, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert window.findings.filter.hasFocus()


def test_ctrl_3_gives_the_keys_to_a_floating_pane_and_ctrl_1_takes_them_back(window: MainWindow, qtbot: Any) -> None:
    dock = window.docks["request"]
    dock.setFloating(True)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=2000)
    qtbot.keyClick(front(window).edit, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(dock.isActiveWindow, timeout=2000)
    assert window.panel.form.action.hasFocus()
    qtbot.keyClick(window.panel.form.action, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.isActiveWindow() and front(window).edit.hasFocus(), timeout=2000)


def test_a_finding_chosen_in_a_floating_pane_gives_the_keys_to_the_text(window: MainWindow, qtbot: Any) -> None:
    window.docks["findings"].setFloating(True)
    window.focus_pane("findings")
    qtbot.waitUntil(window.docks["findings"].isActiveWindow, timeout=2000)
    qtbot.keyClick(window.findings.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.isActiveWindow() and front(window).edit.hasFocus(), timeout=2000)


def test_undo_and_redo_are_offered_as_soon_as_they_can_be(window: MainWindow, qtbot: Any) -> None:
    edit, undo, redo = front(window).edit, window.registry.action("edit.undo"), window.registry.action("edit.redo")
    assert (undo.isEnabled(), redo.isEnabled()) == (False, False)
    qtbot.keyClicks(edit, " ")
    edit.moveCursor(edit.textCursor().MoveOperation.End)
    qtbot.keyClicks(edit, " ")
    qtbot.keyClick(edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (undo.isEnabled(), redo.isEnabled()) == (True, True)


def test_a_text_that_was_laid_out_can_be_undone_once_it_is_edited(
    window: MainWindow, qtbot: Any, tmp_path: Path
) -> None:
    path = tmp_path / "one-line.json"
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}] * 300}))
    window.open_paths([path])
    tab = front(window)
    strip = tab.strip("laid-out")
    assert strip is not None
    qtbot.mouseClick(strip.buttons[0], Qt.MouseButton.LeftButton)
    assert tab.edit.hasFocus()
    assert not window.registry.action("edit.undo").isEnabled()
    qtbot.keyClicks(tab.edit, " ")
    assert window.registry.action("edit.undo").isEnabled()


def test_apply_gives_the_keys_to_the_editor(window: MainWindow, qtbot: Any) -> None:
    box = window.panel.card.findChild(WaysBox)
    box.buttons[0].setFocus()
    with qtbot.waitSignal(window.answer_shown, timeout=5000):
        qtbot.mouseClick(box.buttons[0], Qt.MouseButton.LeftButton)
    assert front(window).edit.hasFocus()


def test_a_strip_that_goes_gives_the_keys_to_the_editor(window: MainWindow, qtbot: Any) -> None:
    tab = front(window)
    strip = tab.say("changed", "reload", "It was changed.", [("Keep mine", lambda: tab.unsay("changed"))])
    strip.buttons[0].setFocus()
    qtbot.keyClick(strip.buttons[0], Qt.Key.Key_Space)
    assert tab.edit.hasFocus()


def test_a_small_screen_is_filled_and_a_large_one_is_not(window: MainWindow) -> None:
    window.settings.set("geometry", type(window.saveGeometry())())
    window.fit_into(QSize(1920, 1080))
    assert not window.isMaximized()
    window.fit_into(QSize(1280, 800))
    assert window.isMaximized()


def test_a_message_is_not_drawn_over(window: MainWindow, qtbot: Any) -> None:
    tab = window.area.new(CLEAN)
    qtbot.waitUntil(lambda: window.showing.is_about(tab), timeout=5000)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    assert window.status.currentMessage().startswith("No finding")
    with qtbot.waitSignal(window.answer_shown, timeout=5000):
        qtbot.keyClick(tab.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not window.status.kind.isVisible()
    window.status.clearMessage()
    assert window.status.kind.isVisible()


def test_the_keypads_enter_asks_too(window: MainWindow, qtbot: Any) -> None:
    with qtbot.waitSignal(window.answer_shown, timeout=5000):
        qtbot.keyClick(
            front(window).edit,
            Qt.Key.Key_Enter,
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.KeypadModifier,
        )


def test_a_folder_that_is_no_project_is_said_until_one_opens(
    window: MainWindow, qtbot: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with qtbot.waitSignal(window.went_wrong, timeout=5000):
        window.load_project(tmp_path)
    with qtbot.waitSignal(window.answer_shown, timeout=5000):
        qtbot.keyClicks(front(window).edit, " ")
    strip = window.strip("project")
    assert strip is not None
    assert strip.text() == f"{tmp_path} is no project: it has no workbench.toml."
    assert [record for record in caplog.records if record.name == jobs_log.name] == []
    with qtbot.waitSignal(window.project_opened, timeout=5000):
        window.open_example()
    assert window.strip("project") is None


def test_the_tree_shows_what_is_in_front_and_keeps_its_shape(window: MainWindow) -> None:
    tree = window.tree.tree
    assert tree.currentItem().text(0) == "studio-user"
    tree.topLevelItem(1).setExpanded(False)
    window.choose_theme(Scheme.DARK)
    assert not tree.topLevelItem(1).isExpanded()
    assert tree.currentItem().text(0) == "studio-user"
    window.area.new()
    assert tree.currentItem() is None
    assert tree.selectedItems() == []
    window.area.setCurrentIndex(0)
    assert tree.currentItem().text(0) == "studio-user"


def test_saved_requests_are_marked_as_the_text_is_edited(window: MainWindow, qtbot: Any) -> None:
    def spoken() -> list[str]:
        group = window.tree.tree.topLevelItem(2)
        items = [group.child(row) for row in range(group.childCount())]
        return [item.data(0, Qt.ItemDataRole.AccessibleTextRole).rpartition(", ")[2] for item in items]

    assert spoken() == ["failed", "passed", "passed", "passed", "passed"]
    item = window.tree.tree.topLevelItem(2).child(0)
    assert item.toolTip(0).endswith("Failed: expected allowed, but implicitly denied")
    tab = front(window)
    at = tab.text().index('"sagemaker:StopTrainingJob"')
    cursor = tab.edit.textCursor()
    cursor.setPosition(at)
    tab.edit.setTextCursor(cursor)
    qtbot.keyClicks(tab.edit, '"sagemaker:AddTags",')
    qtbot.waitUntil(lambda: spoken()[0] == "passed", timeout=5000)
    assert item.toolTip(0).endswith("Passed: allowed, as expected")


def test_a_request_that_cannot_be_judged_has_failed(window: MainWindow, qtbot: Any) -> None:
    tab = front(window)
    qtbot.keyClicks(tab.edit, "x")
    item = window.tree.tree.topLevelItem(2).child(0)
    qtbot.waitUntil(lambda: "cannot be answered" in item.toolTip(0), timeout=5000)


def test_text_whose_file_is_gone_keeps_its_name_and_place(
    make_window: Callable[..., MainWindow], qtbot: Any, tmp_path: Path
) -> None:
    gone = tmp_path / "gone.json"
    Recovery(data_folder() / "unsaved").keep(
        [Unsaved("gone.json", str(gone), BROKEN), Unsaved("untitled-3.json", "", "{}")], 1
    )
    window = make_window()
    qtbot.waitUntil(lambda: not window.opening.busy, timeout=5000)
    tab = next(tab for tab in window.area.tabs() if tab.title == "gone.json")
    assert (tab.path, tab.key, tab.dirty, tab.text()) == (gone, gone.as_posix(), True, BROKEN)
    assert next(tab.key for tab in window.area.tabs() if tab.text() == "{}") == "untitled-3.json"
    strip = tab.strip("recovered")  # noqa: B005
    assert strip is not None
    assert "no longer on disk" in strip.text()
    window.area.setCurrentWidget(tab)
    qtbot.mouseClick(strip.buttons[0], Qt.MouseButton.LeftButton)  # Save it again
    assert gone.read_text() == BROKEN
    assert not tab.dirty
    assert tab.strip("recovered") is None  # noqa: B005


def test_files_are_asked_for_beside_the_one_in_front(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "there" / "a.json"
    path.parent.mkdir()
    path.write_text("{}")
    asked: list[str] = []

    def ask(_parent: object, _title: str, start: str, _filter: str) -> tuple[list[str], str]:
        asked.append(start)
        return [], ""

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", ask)
    window.open_paths([path])
    window.registry.action("file.open").trigger()
    window.area.new()
    window.registry.action("file.open").trigger()
    assert asked == [str(path.parent)] * 2


def test_no_project_offers_to_open_one(window: MainWindow, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    window.tree.set_project(None)
    asked: list[str] = []
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: asked.append("folder") or "")
    qtbot.mouseClick(window.tree.open_button, Qt.MouseButton.LeftButton)
    assert asked == ["folder"]
    with qtbot.waitSignal(window.project_opened, timeout=5000):
        qtbot.mouseClick(window.tree.example_button, Qt.MouseButton.LeftButton)


def test_f1_helps_with_what_has_the_focus(window: MainWindow, qtbot: Any) -> None:
    said = {}
    for name in ("findings", "editor", "project", "request"):
        window.focus_pane(name)
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F1)
        if name == "findings":  # the page of the chosen finding comes first
            qtbot.waitUntil(window.findings.details.page.browser.hasFocus, timeout=5000)
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F1)
        sheet = QApplication.activePopupWidget()
        assert isinstance(sheet, HelpPopup)
        said[name] = sheet.accessibleName()
        qtbot.keyClick(sheet, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None, timeout=2000)
    assert said == {
        "editor": "The policy",
        "project": "The project",
        "request": "The request",
        "findings": "Findings",
    }
    assert topic_of(None)[0].title == "Policy Workbench"


def test_a_long_text_comes_in_turns_and_is_whole_at_once(window: MainWindow, qtbot: Any, tmp_path: Path) -> None:
    path, text = tmp_path / "large.json", large(300_000)
    path.write_text(text)
    window.open_paths([path])
    tab = front(window)
    assert tab.loading
    assert tab.path == path
    assert not window.area.save()
    qtbot.waitUntil(lambda: tab.edit.loading, timeout=5000)
    assert tab.edit.isReadOnly()
    assert not tab.dirty
    assert tab.text() == text
    place = text.index('"S1500"')
    tab.show_span(place, place + 7)
    qtbot.waitUntil(lambda: not tab.loading, timeout=10_000)
    assert tab.text() == text == tab.edit.toPlainText()
    assert tab.edit.textCursor().selectedText() == '"S1500"'
    assert not tab.edit.isReadOnly()
    assert not tab.edit.document().isUndoAvailable()
    assert not tab.dirty


def test_a_long_file_that_cannot_be_read_leaves_no_tab(window: MainWindow, qtbot: Any, tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_text(large(100_000))
    window.open_paths([path])
    path.unlink()  # before the job has read it, or after: then it is a text of a file that is gone
    qtbot.waitUntil(lambda: all(not tab.loading for tab in window.area.tabs()), timeout=5000)
    assert (window.strip("file") is None) == any(tab.path == path for tab in window.area.tabs())


def test_garbage_waits_until_nobody_works_here(window: MainWindow, qtbot: Any) -> None:
    busy = True
    sweeper = Sweeper(window, lambda: busy)
    try:
        sweeper.touch()
        assert not sweeper.sweep()
        busy = False
        window.hide()
        qtbot.waitUntil(lambda: not window.isActiveWindow(), timeout=2000)
        assert sweeper.sweep()
    finally:
        sweeper.stop()
