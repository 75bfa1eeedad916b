"""The frame around the panes: layout, commands, palette, theme, status, project tree, what is remembered."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu

from workbench.__main__ import COMMANDS
from workbench.cli.main import command_names
from workbench.errors import WorkbenchError
from workbench.gui import app
from workbench.gui.command_palette import CommandPalette
from workbench.gui.main_window import MainWindow
from workbench.gui.menus import building
from workbench.gui.settings import Settings
from workbench.gui.simulator.ways import WaysBox
from workbench.gui.theme import DARK, Scheme
from workbench.gui.watchdog import StallMeter, Watchdog
from workbench.gui.widgets import LinkButton, WrappedLabel
from workbench.policy.kinds import PolicyKind

ROOT = Path(__file__).parents[2]


@pytest.fixture
def window(make_window: Callable[..., MainWindow]) -> MainWindow:
    return make_window()


def test_the_editor_has_at_least_half_of_the_width(window: MainWindow) -> None:
    assert window.area.width() >= 640


def test_a_narrow_window_puts_the_request_beside_the_findings_and_back(window: MainWindow, qtbot: Any) -> None:
    request, findings = window.docks["request"], window.docks["findings"]
    window.resize(1024, 700)
    qtbot.waitUntil(lambda: request in window.tabifiedDockWidgets(findings), timeout=2000)
    assert window.panel.splitter.orientation() is Qt.Orientation.Horizontal
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: request not in window.tabifiedDockWidgets(findings), timeout=2000)
    assert window.dockWidgetArea(request) is Qt.DockWidgetArea.RightDockWidgetArea


def test_a_small_screen_is_enough(make_window: Callable[..., MainWindow]) -> None:
    small = make_window(width=1024, height=700)
    assert (small.width(), small.height()) == (1024, 700)


def test_reset_brings_every_pane_back(window: MainWindow) -> None:
    window.docks["findings"].setFloating(True)
    window.docks["project"].close()
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, window.docks["request"])
    window.focus_pane("outline")
    window.registry.action("view.reset_layout").trigger()
    assert not any(dock.isFloating() for dock in window.docks.values())
    assert [name for name, dock in window.docks.items() if not dock.isVisible()] == ["outline"]  # by choice only
    assert window.dockWidgetArea(window.docks["request"]) is Qt.DockWidgetArea.RightDockWidgetArea


def test_a_hidden_pane_is_remembered_and_the_menu_shows_it_again(
    make_window: Callable[..., MainWindow], window: MainWindow
) -> None:
    window.registry.action("view.show_findings").trigger()
    assert not window.docks["findings"].isVisible()
    window.close()
    again = make_window()
    assert not again.docks["findings"].isVisible()
    again.registry.action("view.show_findings").trigger()
    assert again.docks["findings"].isVisible()


def test_what_was_open_opens_again(make_window: Callable[..., MainWindow], window: MainWindow, qtbot: Any) -> None:
    window.open_key("policies/team-tags.json")
    window.close()
    again = make_window()
    qtbot.waitUntil(lambda: again.project is not None, timeout=5000)
    assert {"studio-user.json", "team-tags.json"} <= {tab.title for tab in again.area.tabs()}


def test_the_welcome_strip_goes_for_good(make_window: Callable[..., MainWindow], window: MainWindow) -> None:
    strip = window.strip("welcome")  # noqa: B005
    assert strip is not None
    strip.close_button.click()
    assert window.strip("welcome") is None  # noqa: B005
    window.close()
    assert make_window().strip("welcome") is None  # noqa: B005


def test_every_command_of_the_tool_bar_exists_and_every_menu_has_its_letter(window: MainWindow) -> None:
    for group in building.TOOLS:
        for command_id in group:
            assert not window.registry.action(command_id).icon().isNull()
    letters = [action.text().partition("&")[2][:1].casefold() for action in window.menuBar().actions()]
    assert all(letters)
    assert len(set(letters)) == len(letters)


def test_letters_are_unique_within_each_menu(window: MainWindow) -> None:
    menus = [menu for menu in window.menuBar().findChildren(QMenu) if menu.actions()]
    assert len(menus) > len(building.MENUS)
    for menu in menus:
        texts = [action.text() for action in menu.actions() if "&" in action.text().replace("&&", "")]
        letters = [text.replace("&&", "").partition("&")[2][:1].casefold() for text in texts]
        assert len(set(letters)) == len(letters), (menu.title(), texts)


def test_every_command_is_in_its_menu(window: MainWindow) -> None:
    names = {name for name, _ in building.MENUS}
    assert all(command.id.partition(".")[0] in names for command, _ in window.registry)


def test_the_palette_finds_and_runs_a_command(window: MainWindow, qtbot: Any) -> None:
    window.registry.action("view.palette").trigger()
    palette = QApplication.activePopupWidget()
    assert isinstance(palette, CommandPalette)
    qtbot.keyClicks(palette.typed, "dark th")
    qtbot.keyClick(palette.typed, Qt.Key.Key_Return)
    assert window.theme is DARK
    assert Settings().get("theme") == "dark"


def test_the_theme_reaches_every_pane(window: MainWindow) -> None:
    window.choose_theme(Scheme.DARK)
    image = window.grab().toImage()
    ratio = image.devicePixelRatio()
    for widget in (window.area, window.tree, window.panel, window.findings, window.status):
        place = widget.mapTo(window, widget.rect().bottomRight()) * ratio
        color = image.pixelColor(int(place.x() - 3 * ratio), int(place.y() - 3 * ratio))
        assert color.lightness() < 90, widget


def test_the_status_bar_says_where_and_what(window: MainWindow, qtbot: Any) -> None:
    status = window.status
    assert status.kind.text() == "identity policy"
    assert status.length.text() == "729 of 6,144 characters"
    assert status.catalog.text().startswith("catalog 2")
    tab = window.area.current
    assert tab is not None
    tab.show_span(tab.text().index("Deny"), tab.text().index("Deny"))
    qtbot.waitUntil(lambda: status.caret.text() == "Ln 15, Col 18", timeout=2000)


def test_a_kind_can_be_set_and_guessed_again(window: MainWindow, qtbot: Any) -> None:
    actions = {a.text(): a for a in window.status.kind_menu.actions() if a.text()}
    with qtbot.waitSignal(window.answer_shown, timeout=5000) as caught:
        actions["Service control policy"].trigger()
    assert caught.args[0].answer.validation.kind is PolicyKind.SCP
    assert "10,240" in window.status.length.text() or "5,120" in window.status.length.text()
    with qtbot.waitSignal(window.answer_shown, timeout=5000):
        actions["Guess from the text"].trigger()
    assert window.status.kind.text() == "identity policy"


def test_a_policy_that_is_too_long_is_said_in_words(window: MainWindow) -> None:
    window.status.show_size(7000, 6144)
    assert window.status.length.text() == "7,000 of 6,144 characters: 856 too many"


def test_an_error_of_ours_is_a_strip_and_the_window_goes_on(window: MainWindow, qtbot: Any) -> None:
    with qtbot.waitSignal(window.went_wrong):
        window.answering.failed.emit(WorkbenchError("The catalog is missing: run packaging/run."))
    strip = window.strip("failure")
    assert strip is not None
    assert strip.text() == "The catalog is missing: run packaging/run."
    strip.buttons[0].click()
    assert "WorkbenchError" in QApplication.clipboard().text()
    with qtbot.waitSignal(window.answer_shown, timeout=5000):
        window.ask_now()
    assert window.strip("failure") is None


def test_an_answer_lays_each_of_its_texts_out_a_few_times_only(
    window: MainWindow, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How long that takes is for the benchmarks."""
    tab = window.area.current
    assert tab is not None
    laid: list[WrappedLabel] = []
    lay_out = WrappedLabel._lay_out

    def counted(label: WrappedLabel, width: int) -> Any:
        if window.panel.isAncestorOf(label):
            laid.append(label)
        return lay_out(label, width)

    monkeypatch.setattr(WrappedLabel, "_lay_out", counted)
    with qtbot.waitSignal(window.answer_shown, timeout=5000):
        tab.edit.replace([(tab.text().index('"Train"') + 1, tab.text().index('"Train"') + 2, "B")])
    window.grab()
    labels = len(window.panel.findChildren(WrappedLabel))
    assert 0 < len(laid) <= 4 * labels


def test_an_edit_that_decides_nothing_new_keeps_the_card_and_moves_its_links(
    window: MainWindow, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab, card = window.area.current, window.panel.card
    assert tab is not None
    qtbot.waitUntil(lambda: not window.answering.pending, timeout=5000)
    # The next answer is one of another second.
    monkeypatch.setattr(window.engine._judge, "_now", lambda: datetime(2027, 1, 1, tzinfo=UTC))
    links = card.findChildren(LinkButton)
    with qtbot.waitSignal(window.answer_shown, timeout=5000):
        tab.edit.replace([(0, 0, "  ")])
    assert card.findChildren(LinkButton) == links
    [link, *_] = [link for link in links if "Train" in link.toolTip()]
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    assert tab.edit.textCursor().selectedText().replace("\u2029", "\n").startswith('{\n      "Sid": "Train"')


def test_the_card_follows_when_statements_come_to_other_lines(window: MainWindow, qtbot: Any) -> None:
    tab, card = window.area.current, window.panel.card
    assert tab is not None

    def named() -> list[str]:
        return [link.text() for link in card.findChildren(LinkButton) if ":" in link.text()]

    before = named()
    with qtbot.waitSignal(window.answer_shown, timeout=5000):
        tab.edit.replace([(0, 0, "\n")])
    qtbot.waitUntil(lambda: len(named()) == len(before), timeout=5000)  # the old links go in a turn of their own
    assert before
    assert named() != before


def test_a_way_taken_after_such_an_edit_lands_at_its_place(window: MainWindow, qtbot: Any) -> None:
    tab = window.area.current
    assert tab is not None
    with qtbot.waitSignal(window.answer_shown, timeout=5000):
        tab.edit.replace([(0, 0, "  ")])
    [box, *_] = window.panel.card.findChildren(WaysBox)
    with qtbot.waitSignal(window.answer_shown, timeout=5000):
        box.buttons[0].click()
    qtbot.waitUntil(lambda: window.panel.card.word() == "Allowed", timeout=5000)


def test_save_as_takes_the_new_name(
    window: MainWindow, tmp_path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_bytes(b'{\r\n"Version": "2012-10-17"\r\n}')
    new.write_text("{}")
    window.open_paths([new, old])
    tab = window.area.current
    assert tab is not None
    tab.edit.replace([(0, 0, " ")])
    asked: list[str] = []

    def choose(_parent: object, _title: str, start: str, _filter: str) -> tuple[str, str]:
        asked.append(start)
        return str(new), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    window.registry.action("file.save_as").trigger()
    assert asked == [str(old)]
    assert new.read_bytes() == b' {\r\n"Version": "2012-10-17"\r\n}'
    assert old.read_bytes() == b'{\r\n"Version": "2012-10-17"\r\n}'
    assert (tab.path, tab.title, tab.dirty) == (new, "new.json", False)
    assert [t for t in window.area.tabs() if t.path == new] == [tab]
    assert window.recent()[0] == new
    assert window.windowTitle().startswith("new.json")


def test_save_as_without_a_name_changes_nothing(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    tab = window.area.new("{}")
    tab.edit.replace([(0, 0, " ")])
    assert not window.area.save()
    assert tab.path is None
    assert tab.dirty


def test_a_read_only_file_says_so_and_is_saved_under_another_name(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, other = tmp_path / "locked.json", tmp_path / "mine.json"
    path.write_text("{}")
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)  # root may write every file
    window.open_paths([path])
    tab = window.area.current
    assert tab is not None
    bar = tab.strip("read-only")
    assert bar is not None
    assert bar.isVisible()
    assert bar.text() == "locked.json cannot be written. Save it under another name to keep changes."
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(other), ""))
    tab.edit.replace([(0, 0, " ")])
    tab.unsay("read-only")
    window.registry.action("file.save").trigger()
    assert not other.exists(), "a dialog came unasked"
    bar = tab.strip("read-only")
    assert bar is not None
    bar.buttons[0].click()
    assert (path.read_text(), other.read_text()) == ("{}", " {}")
    assert tab.strip("read-only") is None


def test_f8_goes_from_finding_to_finding(window: MainWindow, qtbot: Any) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=5000)
    tab = window.area.new(
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Gt", "Resorce": "*"}]}'
    )
    qtbot.waitUntil(lambda: window.findings.model.rowCount() > 1, timeout=5000)
    places = []
    for _ in range(window.findings.model.rowCount() + 1):
        qtbot.keyClick(tab.edit, Qt.Key.Key_F8)
        cursor = tab.edit.textCursor()
        places.append((cursor.selectionStart(), cursor.selectionEnd()))
    shown = [(f.span.start, f.span.end) for f in window.findings.model.rows]
    assert places == [*shown, shown[0]]


def test_findings_and_decision_are_shown_in_turns_of_their_own(window: MainWindow, qtbot: Any) -> None:
    order: list[str] = []
    window.answering.answered.connect(lambda _answered: order.append("findings"))
    turn = QTimer(window, singleShot=True, interval=0)
    turn.timeout.connect(lambda: order.append("turn"))
    window.answering.answered.connect(lambda _answered: turn.start())
    window.answer_shown.connect(lambda _answered: order.append("decision"))
    with qtbot.waitSignal(window.answer_shown, timeout=5000):
        window.ask_now()
    qtbot.waitUntil(lambda: len(order) == 3, timeout=2000)
    assert order[0] == "findings"
    assert set(order[1:]) == {"turn", "decision"}


def test_the_watchdog_reports_a_silent_thread(qtbot: Any) -> None:
    dog = Watchdog()
    try:
        with StallMeter() as meter:
            silence_until(lambda: bool(dog.reports))
    finally:
        dog.stop()
    assert meter.longest_ms > 100
    assert "silence_until" in dog.reports[0]


def silence_until(done: Callable[[], bool]) -> None:
    """Holds the GUI thread, as slow work would, until the watchdog has noticed; not for ever."""
    limit = time.monotonic() + 5
    while not done() and time.monotonic() < limit:
        pass


def test_the_door_knows_the_command_lines_commands() -> None:
    assert set(COMMANDS) == set(command_names())


def test_the_program_tests_itself(tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    environment = {**os.environ, app.SELFTEST: str(picture), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-m", "workbench"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert picture.stat().st_size > 20_000


def test_a_failed_self_test_says_why(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        app.SELFTEST: str(tmp_path / "window.png"),
        "QT_QPA_PLATFORM": "offscreen",
        "POLICY_WORKBENCH_DATA": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-m", "workbench"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "self-test failed" in done.stderr
