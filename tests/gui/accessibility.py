"""The window as Qt's accessibility interface tells it to a screen reader."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QApplication, QLabel, QWidget

R = QAccessible.Role
CONTROLS = frozenset(
    {
        R.Button, R.ButtonMenu, R.ButtonDropDown, R.CheckBox, R.RadioButton, R.ComboBox, R.EditableText, R.SpinBox,
        R.Table, R.Tree, R.List, R.MenuItem, R.PageTabList, R.PageTab, R.Link, R.Slider, R.HotkeyField,
    }
)  # fmt: skip
"""Roles of what a person acts on."""
OTHERS = frozenset({R.StaticText})
"""Text that can be selected comes to the focus by a click and has no other role."""
FRAMES = ("QScrollArea", "QKeySequenceEdit")
"""What Qt gives no role of its own: to be scrolled by keys; a frame around an editable text."""


def walk(top: QWidget) -> Iterator[QAccessibleInterface]:
    """The visible interfaces in a window, without the items of lists."""
    open_ = [QAccessible.queryAccessibleInterface(top)]
    while open_:
        interface = open_.pop()
        if interface is None or not interface.isValid() or interface.state().invisible:
            continue
        yield interface
        if interface.role() not in (R.Table, R.Tree, R.List):
            open_ += [interface.child(number) for number in range(interface.childCount())]


def is_control(interface: QAccessibleInterface) -> bool:
    """Whether a person can act on it: by its role, or because the focus comes to it and stays."""
    widget = interface.object()
    if interface.role() in CONTROLS:
        return True
    return bool(interface.state().focusable) and not (isinstance(widget, QWidget) and widget.focusProxy())


def name_of(interface: QAccessibleInterface) -> str:
    """The name. Of a combo box Qt tells the value as its name where systems ask for its label instead."""
    widget = interface.object()
    if interface.role() is R.ComboBox and isinstance(widget, QWidget):
        labels = [label for label in widget.window().findChildren(QLabel) if label.buddy() is widget]
        return widget.accessibleName() or (labels[0].text() if labels else "")
    return interface.text(QAccessible.Text.Name)


def defects(top: QWidget) -> tuple[list[str], int]:
    """What a screen reader cannot say of the controls in a window, and how many controls there are."""
    found, count = [], 0
    for interface in walk(top):
        if not is_control(interface):
            continue
        count += 1
        kind = type(interface.object()).__name__
        if not name_of(interface).strip():
            found.append(f"no name: {place(interface)}")
        elif interface.role() not in CONTROLS | OTHERS and kind not in FRAMES:
            found.append(f"no role of a control: {place(interface)}")
    return found, count


def place(interface: QAccessibleInterface) -> str:
    """Where it is, for the message of a failed test."""
    names = []
    at = interface.object()
    while at is not None and len(names) < 5:
        names.append(f"{type(at).__name__}#{at.objectName()}" if at.objectName() else type(at).__name__)
        at = at.parent()
    return f"{interface.role().name} {' < '.join(names)}"


def reached_by_tab(top: QWidget) -> Iterator[QWidget]:
    """The widgets in sight of a window that Tab leads to."""
    for widget in top.findChildren(QWidget):
        focusable = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
        seen = widget.isVisible() and widget.window() is top and not widget.visibleRegion().isEmpty()
        if focusable and seen and widget.isEnabled():
            yield widget


def looks_focused(widget: QWidget) -> bool:
    """Whether the widget is painted differently with the focus than without. The focus is away afterwards."""
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    assert QApplication.focusWidget() is widget
    with_focus = widget.grab().toImage()
    widget.clearFocus()
    return with_focus != widget.grab().toImage()
