"""What the panes show in the real window: enough without scrolling, nothing that is not known, and where to go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QWidget

from workbench.evaluation.decision import Outcome
from workbench.gui.command_palette import CommandPalette
from workbench.gui.main_window import MainWindow
from workbench.gui.simulator.answer_card import EMPTY
from workbench.gui.simulator.context_model import KEY, STATE, VALUE, ContextTable, State
from workbench.gui.simulator.context_view import KeyEdit
from workbench.gui.simulator.panel import EMPTY_POLICY, NO_POLICY
from workbench.gui.simulator.trace import AuthorizationRow, StatementRow
from workbench.gui.simulator.ways import WaysBox
from workbench.gui.simulator.wording import LOOKS
from workbench.gui.widgets import LinkButton, WrappedLabel

LOOSE = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}'


def denied(qtbot: Any, window: MainWindow) -> MainWindow:
    """The window once the answer to the example's request is shown."""
    qtbot.waitUntil(lambda: window.project is not None and window.panel.card.word() == "Denied", timeout=10_000)
    return window


@pytest.fixture
def window(make_window: Callable[..., MainWindow], qtbot: Any) -> MainWindow:
    return denied(qtbot, make_window())


def settled(qtbot: Any, window: MainWindow, act: Callable[[], object]) -> None:
    with qtbot.waitSignal(window.answer_shown, timeout=10_000):
        act()


def type_into(qtbot: Any, field: QLineEdit, text: str) -> None:
    """As a person does: all that stands there is selected and typed over."""
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    if field.completer() is not None:
        field.completer().popup().hide()


def full_rows(window: MainWindow) -> list[str]:
    """The keys of the context rows that are in sight from top to bottom."""
    view, table = window.panel.form.context_view, window.panel.form.context
    height = view.viewport().height()
    rows = (table.row(i) for i in range(table.rowCount()) if view.visualRect(table.index(i, KEY)).bottom() <= height)
    return [row.key for row in rows if row is not None]


def in_sight(window: MainWindow, widget: QWidget) -> bool:
    """Whether all of a widget of the card is shown without scrolling."""
    viewport = window.panel.card._details.viewport()
    top = widget.mapTo(viewport, QPoint(0, 0)).y()
    return widget.isVisible() and top >= 0 and top + widget.height() <= viewport.height()


def words(window: MainWindow) -> str:
    return "\n".join(label.text() for label in window.panel.card.findChildren(WrappedLabel) if label.isVisible())


def value_editor(qtbot: Any, window: MainWindow) -> QLineEdit:
    """The editor of the current value. The offscreen platform takes the window's activation away with a list that
    closes, and the editor with it; then Enter opens it again."""
    view = window.panel.form.context_view

    def editors() -> list[QLineEdit]:
        found = view.viewport().findChildren(QLineEdit)
        return [w for w in found if w.isVisible() and not isinstance(w, KeyEdit)]

    QApplication.processEvents()  # what the platform says of windows
    if QApplication.activeWindow() is not window:
        with qtbot.waitActive(window):
            window.activateWindow()
    if not editors():
        qtbot.keyClick(view, Qt.Key.Key_Return)
    return editors()[-1]


def set_state(qtbot: Any, window: MainWindow, key: str, state: State) -> None:
    """Adds the key with the keyboard, and chooses its state with the mouse."""
    view, table = window.panel.form.context_view, window.panel.form.context
    qtbot.mouseClick(window.panel.form.add_button, Qt.MouseButton.LeftButton)
    [edit] = view.viewport().findChildren(KeyEdit)
    qtbot.keyClicks(edit, key)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.currentIndex().column() == VALUE)
    row = view.currentIndex().row()
    assert table.row(row).key == key  # type: ignore[union-attr]
    qtbot.keyClick(value_editor(qtbot, window), Qt.Key.Key_Escape)
    view.scrollTo(table.index(row, STATE))
    cell = view.visualRect(table.index(row, STATE)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    box = next(w for w in view.viewport().findChildren(QComboBox) if w.isVisible())
    box.setCurrentText(state.value)
    box.activated.emit(box.currentIndex())


# -- room -------------------------------------------------------------------------------------------------------------


def test_at_1280_by_800_what_matters_is_in_sight(qtbot: Any, window: MainWindow) -> None:
    assert window.area.width() >= window.width() / 2
    qtbot.waitUntil(lambda: len(full_rows(window)) >= 4)
    view = window.panel.form.context_view
    room = view.columnWidth(KEY) - 10
    assert all(view.fontMetrics().horizontalAdvance(key) <= room for key in full_rows(window))
    form = window.panel.form
    fields = (form.principal, form.action, form.resource, form.with_tags, form.with_role, form.studio, form.role)
    assert all(field.isVisible() and form.rect().contains(field.mapTo(form, field.rect().center())) for field in fields)
    card = window.panel.card
    assert card.sentence().startswith("No statement allows sagemaker:AddTags")
    [box] = card.findChildren(WaysBox)
    assert in_sight(window, box)
    assert in_sight(window, card.findChildren(StatementRow)[0])


def test_tags_leave_four_context_rows(qtbot: Any, window: MainWindow) -> None:
    qtbot.mouseClick(window.panel.form.with_tags, Qt.MouseButton.LeftButton, pos=QPoint(8, 11))
    assert window.panel.form.tags.isVisible()
    qtbot.waitUntil(lambda: len(full_rows(window)) >= 4)
    [box] = window.panel.card.findChildren(WaysBox)
    qtbot.waitUntil(lambda: in_sight(window, box.buttons[0]))


def test_a_splitter_that_was_moved_stays(qtbot: Any, window: MainWindow) -> None:
    splitter = window.panel.splitter
    handle = splitter.handle(1)
    middle = handle.rect().center()
    before = splitter.sizes()[0]
    qtbot.mousePress(handle, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(handle, middle + QPoint(0, 40))
    qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=middle + QPoint(0, 40))
    moved = splitter.sizes()[0]
    assert moved > before
    settled(qtbot, window, lambda: type_into(qtbot, window.panel.form.action, "sagemaker:StopTrainingJob"))
    window.resize(1290, 800)
    qtbot.waitUntil(lambda: not window.panel._share.isActive())
    assert splitter.sizes()[0] == moved


def test_a_low_wide_pane_has_the_context_beside_the_fields(qtbot: Any, make_window: Callable[..., MainWindow]) -> None:
    window = denied(qtbot, make_window(width=1024, height=700))
    form = window.panel.form
    assert window.panel.splitter.orientation() is Qt.Orientation.Horizontal
    qtbot.waitUntil(lambda: form.context_view.mapTo(form, QPoint(0, 0)).x() > form.action.mapTo(form, QPoint(0, 0)).x())
    qtbot.waitUntil(lambda: len(full_rows(window)) >= 4)


def test_a_window_made_smaller_does_not_grow_again(qtbot: Any, window: MainWindow) -> None:
    window.resize(1024, 700)
    qtbot.waitUntil(lambda: window.panel.width() > 1000 and not window.panel._share.isActive())
    assert (window.width(), window.height()) == (1024, 700)
    qtbot.waitUntil(lambda: len(full_rows(window)) >= 4)


def test_check_boxes_that_wrap_lie_above_the_role(qtbot: Any, window: MainWindow) -> None:
    form = window.panel.form
    form.setParent(None)
    form.setWindowFlags(Qt.WindowType.Window)
    form.resize(220, 600)
    form.show()
    qtbot.waitUntil(lambda: form.studio.y() > form.with_tags.y())
    bottom = form.studio.mapTo(form, QPoint(0, form.studio.height())).y()
    qtbot.waitUntil(lambda: form.role.y() >= bottom)
    form.setParent(window.panel)


# -- the context ------------------------------------------------------------------------------------------------------


def test_adding_a_derived_key_goes_to_its_value(qtbot: Any, window: MainWindow) -> None:
    form, view, table = window.panel.form, window.panel.form.context_view, window.panel.form.context
    rows = table.rowCount()
    qtbot.mouseClick(form.add_button, Qt.MouseButton.LeftButton)
    [edit] = view.viewport().findChildren(KeyEdit)
    qtbot.keyClicks(edit, "aws:PrincipalAccount")
    popup = edit.completer().popup()
    assert popup.isVisible()
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.currentIndex().column() == VALUE)
    row = table.row(view.currentIndex().row())
    assert row is not None
    assert (row.key, table.rowCount()) == ("aws:PrincipalAccount", rows)
    value = value_editor(qtbot, window)
    qtbot.keyClicks(value, "999988887777")
    settled(qtbot, window, lambda: qtbot.keyClick(value, Qt.Key.Key_Return))
    assert table.context()["aws:PrincipalAccount"] == "999988887777"


def test_a_key_picked_from_the_list_goes_on_to_its_value(qtbot: Any, window: MainWindow) -> None:
    form, view = window.panel.form, window.panel.form.context_view
    qtbot.mouseClick(form.add_button, Qt.MouseButton.LeftButton)
    [edit] = view.viewport().findChildren(KeyEdit)
    qtbot.keyClicks(edit, "securetr")
    popup = edit.completer().popup()
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.currentIndex().column() == VALUE)
    assert view.currentIndex().siblingAtColumn(KEY).data() == "aws:SecureTransport"


def test_a_principal_that_cannot_be_read_leaves_no_derived_keys(qtbot: Any, window: MainWindow) -> None:
    table = window.panel.form.context
    assert derived(table)
    settled(qtbot, window, lambda: type_into(qtbot, window.panel.form.principal.lineEdit(), "nobody"))
    assert derived(table) == []
    settled(qtbot, window, lambda: type_into(qtbot, window.panel.form.principal.lineEdit(), "*"))
    assert derived(table)


def derived(table: ContextTable) -> list[str]:
    rows = [table.row(i) for i in range(table.rowCount() - 1)]
    return [row.key for row in rows if row is not None and row.state is State.DERIVED]


# -- what is asked ----------------------------------------------------------------------------------------------------


def test_without_a_policy_the_card_says_what_is_missing(qtbot: Any, window: MainWindow) -> None:
    window.area.close_all()
    qtbot.waitUntil(lambda: window.panel.card.sentence() == NO_POLICY)
    type_into(qtbot, window.panel.form.action, "s3:GetObject")
    assert window.panel.card.sentence() == NO_POLICY
    qtbot.keyClick(window.panel.form.action, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window.panel.form.action, Qt.Key.Key_Delete)
    assert window.panel.card.sentence() == EMPTY


def test_a_loose_file_says_whose_policies_are_left_out(qtbot: Any, window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "big.json").write_text(LOOSE)
    settled(qtbot, window, lambda: window.open_paths([tmp_path / "big.json"]))
    assert "Only big was asked." in words(window)
    assert "studio-user, pass-execution-role, team-tags" in words(window)
    settled(qtbot, window, lambda: window.open_key("policies/studio-user.json"))
    assert "was asked" not in words(window)


def test_a_role_that_the_project_lacks_is_said(qtbot: Any, window: MainWindow) -> None:
    arn = "arn:aws:iam::111122223333:role/Ghost"
    settled(qtbot, window, lambda: type_into(qtbot, window.panel.form.principal.lineEdit(), arn))
    assert "The project does not know role/Ghost" in words(window)


def test_a_resource_that_the_action_does_not_take_is_said_and_mended(qtbot: Any, window: MainWindow) -> None:
    form, card = window.panel.form, window.panel.card
    settled(qtbot, window, lambda: type_into(qtbot, form.action, "s3:GetObject"))
    assert form.doubt() == "s3:GetObject does not work on training-job/churn-2."
    assert (
        "training-job/churn-2 fits no format that the catalog lists for a resource of s3:GetObject." in card.sentence()
    )
    cell = form.context.index(0, VALUE)
    assert "no request for s3:GetObject carries this key" in cell.data(Qt.ItemDataRole.ToolTipRole)
    link = form._message.link
    assert link.text() == "Use arn:aws:s3:::*/*"
    settled(qtbot, window, lambda: qtbot.mouseClick(link, Qt.MouseButton.LeftButton))
    assert form.resource.resources() == ("arn:aws:s3:::*/*",)
    qtbot.waitUntil(lambda: form.resource.lineEdit().selectedText() == "*")
    assert form.doubt() == "The catalog does not know s3:GetObject as a call that passes a role."
    settled(qtbot, window, lambda: qtbot.mouseClick(link, Qt.MouseButton.LeftButton))
    assert not form.with_role.isChecked()
    assert form.doubt() == ""
    assert not form._message.isVisible()
    assert card.sentence().startswith("No statement allows s3:GetObject")


def test_an_unknown_action_is_said_in_the_sentence_and_mended(qtbot: Any, window: MainWindow) -> None:
    form, card = window.panel.form, window.panel.card
    settled(qtbot, window, lambda: type_into(qtbot, form.action, "sagemaker:CreateTrainingJb"))
    assert card.sentence().startswith("sagemaker:CreateTrainingJb is not in the catalog 2026-10-27; it was judged as")
    assert "Did you mean sagemaker:CreateTrainingJob? No statement allows" in card.sentence()
    assert form.doubt() == "The catalog has no action sagemaker:CreateTrainingJb."
    settled(qtbot, window, lambda: qtbot.mouseClick(form._message.link, Qt.MouseButton.LeftButton))
    assert form.action.action() == "sagemaker:CreateTrainingJob"
    assert "is not in the catalog" not in card.sentence()


def test_a_new_file_is_no_mistake(qtbot: Any, window: MainWindow) -> None:
    settled(qtbot, window, lambda: window.registry.action("file.new").trigger())
    tab = window.area.current
    assert tab is not None
    assert window.panel.card.sentence() == EMPTY_POLICY
    assert window.panel.card.word() != "This request cannot be answered" or not window.panel.card._word.isVisible()
    assert window.findings.model.rows == ()
    assert window.findings.empty.text().startswith("Open or write a policy")
    assert tab.edit.marks_between(0, 10) == []
    settled(qtbot, window, lambda: qtbot.keyClicks(tab.edit, "x"))
    assert [f.code for f in window.findings.model.rows] == ["JSON_SYNTAX_ERROR"]


def test_what_keeps_a_request_from_an_answer_is_a_link(qtbot: Any, window: MainWindow) -> None:
    tab = window.area.current
    assert tab is not None
    text = tab.text()
    bad = text.replace('"sagemaker:StopTrainingJob"', '"*:Stop"')
    settled(qtbot, window, lambda: tab.edit.replace_all(bad))
    card = window.panel.card
    assert card.word() == "This request cannot be answered"
    assert "“*:Stop”" in card.sentence()
    [link] = [w for w in card.findChildren(LinkButton) if w.isVisible()]
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    assert tab.edit.textCursor().selectedText() == '"*:Stop"'


# -- unknown keys -----------------------------------------------------------------------------------------------------


def test_a_certain_answer_keeps_its_reasons_beside_an_unknown_key(qtbot: Any, window: MainWindow) -> None:
    settled(qtbot, window, lambda: set_state(qtbot, window, "aws:SourceIp", State.UNKNOWN))
    qtbot.waitUntil(lambda: window.panel.form.context.keys_that_are(State.UNKNOWN) == {"aws:SourceIp"})
    qtbot.waitUntil(lambda: "aws:SourceIp is unknown, and the answer is the same" in words(window), timeout=10_000)
    assert window.panel.card.word() == "Denied"
    assert window.panel.card.findChildren(StatementRow)
    [box] = window.panel.card.findChildren(WaysBox)
    settled(qtbot, window, lambda: qtbot.mouseClick(box.buttons[0], Qt.MouseButton.LeftButton))
    qtbot.waitUntil(lambda: window.panel.card.word() == "Allowed", timeout=10_000)
    assert window.panel.form.context.keys_that_are(State.UNKNOWN) == {"aws:SourceIp"}


def test_what_depends_is_shown_as_such_and_the_rest_as_known(qtbot: Any, window: MainWindow) -> None:
    tab = window.area.current
    assert tab is not None
    condition = '"Action": "sagemaker:AddTags", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},'
    statement = f'{{"Sid": "Tag", "Effect": "Allow", {condition} "Resource": "*"}},\n    '
    text = tab.text().replace('"Statement": [\n    ', '"Statement": [\n    ' + statement, 1)
    settled(qtbot, window, lambda: tab.edit.replace_all(text))
    settled(qtbot, window, lambda: set_state(qtbot, window, "aws:SourceIp", State.UNKNOWN))
    qtbot.waitUntil(lambda: window.panel.card.word() == "Depends", timeout=10_000)
    rows = {row.authorization.action: row for row in window.panel.card.findChildren(AuthorizationRow)}
    assert rows["sagemaker:CreateTrainingJob"].look.word == "Allowed"
    assert rows["sagemaker:AddTags"].look is LOOKS[Outcome.DEPENDS]
    said = [label.text() for label in rows["sagemaker:AddTags"].findChildren(QLabel)]
    assert "depends" in said
    assert "nothing allows it" not in said
    first = rows["sagemaker:AddTags"].findChildren(StatementRow)[0]
    assert first.ref.sid == "Tag"
    assert "Depends on aws:SourceIp, which is unknown: IpAddress 203.0.113.0/24." in words(window)


# -- following the text -----------------------------------------------------------------------------------------------


def test_the_rows_of_the_caret_s_statement_are_marked(qtbot: Any, window: MainWindow) -> None:
    tab = window.area.current
    assert tab is not None

    def marked() -> list[str]:
        return [row.ref.sid for row in window.panel.card.findChildren(StatementRow) if row.marked]

    assert marked() == []
    for _ in range(5):
        qtbot.keyClick(tab.edit, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: marked() == ["Train"])
    for _ in range(9):
        qtbot.keyClick(tab.edit, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: marked() == ["OnlyInOurSubnets"])


def test_ctrl_dot_takes_the_findings_of_the_line(qtbot: Any, window: MainWindow) -> None:
    tab = window.area.current
    assert tab is not None
    tab.edit.setFocus()
    for _ in range(7):
        qtbot.keyClick(tab.edit, Qt.Key.Key_Down)
    assert tab.caret() == (8, 1)
    window.registry.action("policy.fix").trigger()
    menu = window.quick_fixes.menu
    assert menu is not None
    settled(qtbot, window, lambda: qtbot.keyClick(menu, Qt.Key.Key_Return))
    assert "sagemaker:AddTags" in tab.text()


def test_the_policys_own_services_complete_first(qtbot: Any, window: MainWindow) -> None:
    action = window.panel.form.action
    action.setFocus()
    action.selectAll()
    qtbot.keyClicks(action, "createtr")
    assert all(name.startswith("sagemaker:") for name in action.completions()[:3])
    assert "sagemaker:CreateTrainingJob" in action.completions()[:3]
    action.completer().popup().hide()


def test_the_palette_is_as_high_as_what_it_shows(qtbot: Any, window: MainWindow) -> None:
    window.registry.action("view.palette").trigger()
    [palette] = window.findChildren(CommandPalette)
    full = palette.height()
    qtbot.keyClicks(palette.typed, "open project")
    assert palette.list.topLevelItemCount() < 5
    assert palette.height() < full / 2
    palette.close()


def test_a_policy_variable_is_not_broken_after_its_sign(qtbot: Any) -> None:
    label = WrappedLabel("team ${aws:PrincipalTag/team}")
    qtbot.addWidget(label)
    width = label.fontMetrics().horizontalAdvance("team $") + 4
    first = label._laid_out(width)[0].lineAt(0)
    assert first.textLength() == len("team ")
