"""The context table: typed rows, states, derived keys, and editors that survive an answer."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from workbench.engine import KeyInfo
from workbench.evaluation.request import Principal, Request
from workbench.gui.simulator.context_model import ADD_A_KEY, KEY, STATE, VALUE, ContextTable, State
from workbench.gui.simulator.context_values import ValueType, complaint, read_value, value_type, write_value
from workbench.gui.simulator.context_view import ContextView, KeyEdit

KEYS = (
    KeyInfo("aws:MultiFactorAuthPresent", "Bool", False),
    KeyInfo("aws:MultiFactorAuthAge", "Numeric", False),
    KeyInfo("aws:SourceIp", "IPAddress", False),
    KeyInfo("aws:SourceVpc", "String", False),
    KeyInfo("aws:RequestTag/${TagKey}", "String", False),
    KeyInfo("sagemaker:VpcSubnets", "ArrayOfString", True),
)
BY_NAME = {k.name.casefold(): k for k in KEYS}


@pytest.fixture
def table() -> ContextTable:
    return ContextTable(lambda name: BY_NAME.get(name.casefold()))


@pytest.fixture
def view(qtbot: Any, table: ContextTable) -> ContextView:
    view = ContextView(table, lambda: KEYS)
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    return view


def request(**more: Any) -> Request:
    return Request(Principal(arn="arn:aws:iam::111122223333:user/ann"), "s3:GetObject", **more)


def shown(table: ContextTable) -> list[tuple[str, str, str]]:
    rows = range(table.rowCount() - 1)
    return [tuple(table.index(r, c).data() for c in range(3)) for r in rows]  # type: ignore[misc]


def editor(view: ContextView, kind: type[QWidget]) -> Any:
    found = [w for w in view.viewport().findChildren(kind) if w.isVisibleTo(view)]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Bool", ValueType.BOOL),
        ("ArrayOfARN", ValueType.ARN),
        ("Numeric", ValueType.NUMERIC),
        ("Date", ValueType.DATE),
        ("IPAddress", ValueType.IP),
        ("Something new", ValueType.STRING),
    ],
)
def test_a_type_of_the_catalog_is_read(name: str, kind: ValueType) -> None:
    assert value_type(name) is kind


@pytest.mark.parametrize("value", ["", "a", "a, b", ' "', (), ("a",), ("a", "b"), ("a, b", 'say "x"', " c "), ("",)])
def test_what_is_written_is_read_back(value: str | tuple[str, ...]) -> None:
    stripped = value.strip() if isinstance(value, str) else tuple(v.strip() for v in value)
    assert read_value(write_value(value), isinstance(value, tuple)) == stripped


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (ValueType.NUMERIC, "-1.5e3", "abc"),
        (ValueType.BOOL, "TRUE", "yes"),
        (ValueType.DATE, "2026-11-23T10:00:00Z", "yesterday"),
        (ValueType.DATE, "1700000000", "2026-13-01"),
        (ValueType.IP, "10.0.0.0/8", "10.0.0"),
        (ValueType.IP, "2001:db8::1", "2001:zz::1"),
        (ValueType.ARN, "arn:aws:s3:::b", "s3:b"),
    ],
)
def test_a_value_of_the_wrong_type_is_doubted_in_a_sentence(kind: ValueType, good: str, bad: str) -> None:
    assert complaint(good, kind) == ""
    assert bad in complaint(bad, kind)
    assert kind.value in complaint((good, bad), kind)


def test_the_model_keeps_qts_rules(qtmodeltester: Any, table: ContextTable) -> None:
    table.set_request(request(context={"aws:SourceVpc": "vpc-1"}))
    table.set_derived([("aws:PrincipalArn", "arn:x")])
    qtmodeltester.check(table)


def test_a_request_is_shown_and_read_back(qtbot: Any, table: ContextTable) -> None:
    context = {"aws:SourceVpc": "vpc-1", "sagemaker:VpcSubnets": ("subnet-1", "subnet-2"), "aws:SourceIp": ""}
    with qtbot.assertNotEmitted(table.edited):
        table.set_request(request(context=context, absent=frozenset({"aws:A"}), unknown=frozenset({"aws:U"})))
    assert table.context() == context
    assert table.keys_that_are(State.ABSENT) == {"aws:A"}
    assert table.keys_that_are(State.UNKNOWN) == {"aws:U"}


def test_a_key_without_a_value_is_not_sent(table: ContextTable) -> None:
    table.add_key("aws:SourceVpc")
    assert table.context() == {}
    assert shown(table) == [("aws:SourceVpc", "no value yet", "given")]


def test_a_key_is_there_once_in_any_case(table: ContextTable) -> None:
    assert table.add_key("aws:SourceVpc") == table.add_key("AWS:sourcevpc") == 0
    table.add_key("aws:SourceIp")
    assert not table.setData(table.index(1, KEY), "aws:SOURCEVPC")


def test_a_wrong_value_is_marked_and_still_sent(table: ContextTable) -> None:
    table.set_colors(QColor("#111111"), QColor("#222222"), QIcon())
    table.state_key("aws:MultiFactorAuthAge", "abc")
    cell = table.index(0, VALUE)
    assert cell.data(Qt.ItemDataRole.ForegroundRole) == QColor("#222222")
    assert "is not a number" in cell.data(Qt.ItemDataRole.ToolTipRole)
    assert "is not a number" in cell.data(Qt.ItemDataRole.AccessibleTextRole)
    assert table.context() == {"aws:MultiFactorAuthAge": "abc"}
    table.setData(cell, "900")
    assert cell.data(Qt.ItemDataRole.ForegroundRole) is None


def test_derived_keys_stand_below_and_are_overridden_by_editing(qtbot: Any, table: ContextTable) -> None:
    table.set_request(request(context={"aws:SourceVpc": "vpc-1"}))
    with qtbot.assertNotEmitted(table.edited):
        table.set_derived([("aws:sourcevpc", "never"), ("aws:SecureTransport", "true")])
    assert shown(table) == [("aws:SourceVpc", "vpc-1", "given"), ("aws:SecureTransport", "true", "derived")]
    assert not table.flags(table.index(1, KEY)) & Qt.ItemFlag.ItemIsEditable
    with qtbot.waitSignal(table.edited):
        table.setData(table.index(1, VALUE), "false")
    assert table.context() == {"aws:SourceVpc": "vpc-1", "aws:SecureTransport": "false"}


def test_a_derived_key_can_be_absent_and_comes_back_when_removed(table: ContextTable) -> None:
    table.set_derived([("aws:SecureTransport", "true")])
    table.setData(table.index(0, STATE), "absent")
    assert table.keys_that_are(State.ABSENT) == {"aws:SecureTransport"}
    table.remove([0])
    assert shown(table) == [("aws:SecureTransport", "true", "derived")]
    table.remove([0])
    assert table.rowCount() == 2, "a derived row cannot be removed"


def test_rows_sort_by_a_column_and_go_back_to_the_order_of_entry(table: ContextTable) -> None:
    table.set_request(request(context={"b": "1", "a": "2", "c": "0"}))
    table.sort(KEY)
    assert [k for k, _, _ in shown(table)] == ["a", "b", "c"]
    table.sort(VALUE, Qt.SortOrder.DescendingOrder)
    assert [k for k, _, _ in shown(table)] == ["a", "b", "c"]
    table.sort(-1)
    assert [k for k, _, _ in shown(table)] == ["b", "a", "c"]


def test_the_filter_hides_rows_but_not_from_the_request(table: ContextTable) -> None:
    table.set_request(request(context={"aws:SourceVpc": "vpc-1", "aws:SourceIp": "10.0.0.1"}))
    table.set_filter("VPC-")
    assert [k for k, _, _ in shown(table)] == ["aws:SourceVpc"]
    assert len(table.context()) == 2
    table.add_key("x:new")
    assert len(shown(table)) == 3, "a filter that would hide the new key gives way"


def test_a_new_key_goes_on_to_its_value(qtbot: Any, view: ContextView, table: ContextTable) -> None:
    last = table.index(table.rowCount() - 1, KEY)
    assert last.data() == ADD_A_KEY
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(last).center())
    key = editor(view, KeyEdit)
    qtbot.keyClicks(key, "aws:SourceVpc")
    key.completer().popup().hide()
    qtbot.keyClick(key, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.currentIndex().column() == VALUE)
    value = editor(view, QLineEdit)
    qtbot.keyClicks(value, "vpc-1")
    with qtbot.waitSignal(table.edited):
        qtbot.keyClick(value, Qt.Key.Key_Return)
    assert table.context() == {"aws:SourceVpc": "vpc-1"}


def test_keys_complete_by_any_part_in_any_case(qtbot: Any, view: ContextView) -> None:
    view.edit(view.model().index(0, KEY))
    key = editor(view, KeyEdit)
    qtbot.keyClicks(key, "SUBNET")
    completer = key.completer()
    assert [completer.completionModel().index(r, 0).data() for r in range(completer.completionCount())] == [
        "sagemaker:VpcSubnets"
    ]
    completer.popup().hide()


def test_a_tag_key_waits_for_its_name(qtbot: Any, view: ContextView) -> None:
    view.edit(view.model().index(0, KEY))
    key = editor(view, KeyEdit)
    key.completer().activated[str].emit("aws:RequestTag/${TagKey}")
    qtbot.waitUntil(lambda: key.text() == "aws:RequestTag/")
    qtbot.keyClicks(key, "team")
    assert key.key() == "aws:RequestTag/team"


def test_a_bool_is_a_choice(qtbot: Any, view: ContextView, table: ContextTable) -> None:
    row = table.add_key("aws:MultiFactorAuthPresent")
    view.edit(table.index(row, VALUE))
    box = editor(view, QComboBox)
    assert [box.itemText(i) for i in range(box.count())] == ["true", "false"]
    box.setCurrentIndex(1)
    with qtbot.waitSignal(table.edited):
        box.activated.emit(1)
    assert table.context() == {"aws:MultiFactorAuthPresent": "false"}


def test_the_state_is_a_choice(qtbot: Any, view: ContextView, table: ContextTable) -> None:
    table.state_key("aws:SourceVpc", "vpc-1")
    view.edit(table.index(0, STATE))
    box = editor(view, QComboBox)
    assert [box.itemText(i) for i in range(box.count())] == ["given", "absent", "unknown"]
    box.setCurrentText("unknown")
    box.activated.emit(2)
    assert table.keys_that_are(State.UNKNOWN) == {"aws:SourceVpc"}
    assert table.context() == {}


def test_several_values_are_typed_with_commas(qtbot: Any, view: ContextView, table: ContextTable) -> None:
    row = table.add_key("sagemaker:VpcSubnets")
    view.edit(table.index(row, VALUE))
    line = editor(view, QLineEdit)
    assert "commas" in line.placeholderText()
    qtbot.keyClicks(line, "subnet-1,subnet-2 ")
    with qtbot.waitSignal(table.edited):
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert table.context() == {"sagemaker:VpcSubnets": ("subnet-1", "subnet-2")}


def test_an_answer_that_comes_while_a_cell_is_edited_leaves_the_editor(
    qtbot: Any, view: ContextView, table: ContextTable
) -> None:
    table.set_request(request(context={"aws:SourceVpc": "vpc-1"}))
    table.set_derived([("aws:A", "1"), ("aws:B", "2")])
    view.edit(table.index(0, VALUE))
    line = editor(view, QLineEdit)
    line.clear()
    qtbot.keyClicks(line, "vpc-2")
    table.set_derived([("aws:B", "3"), ("aws:C", "4")])
    assert editor(view, QLineEdit) is line
    assert line.text() == "vpc-2"
    with qtbot.waitSignal(table.edited):
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert table.context() == {"aws:SourceVpc": "vpc-2"}
    assert [k for k, _, _ in shown(table)] == ["aws:SourceVpc", "aws:B", "aws:C"]


def test_delete_removes_the_selected_key(qtbot: Any, view: ContextView, table: ContextTable) -> None:
    table.state_key("aws:SourceVpc", "vpc-1")
    view.setCurrentIndex(table.index(0, KEY))
    with qtbot.waitSignal(table.edited):
        qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert table.context() == {}


def test_the_value_of_an_absent_key_can_be_typed(view: ContextView, table: ContextTable) -> None:
    table.state_key("aws:SourceVpc", None)
    assert table.context() == {}
    view.edit_value("aws:SourceVpc")
    assert view.currentIndex() == table.index(0, VALUE) != QModelIndex()
    editor(view, QLineEdit).setText("vpc-9")
    view.commitData(editor(view, QLineEdit))
    assert table.context() == {"aws:SourceVpc": "vpc-9"}
