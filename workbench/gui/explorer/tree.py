"""The open project: its policies, principals and saved requests. A click opens a policy or asks a request."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QLabel,
    QPushButton,
    QStackedLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.document.unseen import visible
from workbench.gui.icons import icon
from workbench.gui.plain import tip
from workbench.gui.theme import ROW, SPACE, Theme
from workbench.project.checks import Check
from workbench.project.model import Project, ProjectPrincipal, SavedRequest

_ICON = Qt.ItemDataRole.UserRole + 2
_KIND, _VALUE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
EMPTY = "No project is open.\n\nOpen a folder with a workbench.toml to see its policies, principals and requests here."
_WORDS = {"allowed": "allowed", "explicitDeny": "explicitly denied", "implicitDeny": "implicitly denied"}


class ProjectTree(QWidget):
    """`policy_chosen` carries a key, `request_chosen` a SavedRequest, `principal_chosen` a ProjectPrincipal."""

    policy_chosen = Signal(str)
    request_chosen = Signal(object)
    principal_chosen = Signal(object)

    def __init__(self, theme: Theme, open_project: Callable[[], object], open_example: Callable[[], object]) -> None:
        super().__init__()
        self._theme = theme
        self._project: Project | None = None
        self._policies: dict[str, QTreeWidgetItem] = {}
        self._requests: list[tuple[SavedRequest, QTreeWidgetItem]] = []
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(True)
        self.tree.setIndentation(16)
        self.tree.setIconSize(QSize(16, 16))
        self.tree.setUniformRowHeights(True)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.tree.setAccessibleName("Project")
        self.tree.itemClicked.connect(self._chosen)
        self.tree.itemActivated.connect(self._chosen)
        self.empty = QLabel(EMPTY)
        self.empty.setWordWrap(True)
        self.empty.setProperty("role", "muted")
        self.open_button = QPushButton("Open a project…")
        self.open_button.clicked.connect(lambda: open_project())
        self.example_button = QPushButton("Open the example")
        self.example_button.clicked.connect(lambda: open_example())
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 3 * SPACE)
        column.setSpacing(2 * SPACE)
        for widget in (self.empty, self.open_button, self.example_button):
            column.addWidget(widget)
        column.addStretch(1)
        self._page = page
        self._pages = QStackedLayout(self)
        self._pages.addWidget(page)
        self._pages.addWidget(self.tree)

    @property
    def has_project(self) -> bool:
        return self._project is not None

    def take_focus(self) -> None:
        """Gives the keys to the tree, or to what there is instead."""
        if self._project is None:
            self.open_button.setFocus()
            return
        self.tree.setFocus()
        first = self.tree.topLevelItem(0)
        if self.tree.currentItem() is None and first is not None:
            self.tree.setCurrentItem(self.tree.itemBelow(first))

    def set_project(self, project: Project | None) -> None:
        self._project = project
        self._fill()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.open_button.setIcon(icon("open", theme))
        self.example_button.setIcon(icon("project", theme))
        self._draw_icons(self.tree.invisibleRootItem())

    def _draw_icons(self, item: QTreeWidgetItem) -> None:
        if item.data(0, _ICON):
            item.setIcon(0, icon(item.data(0, _ICON), self._theme))
        for row in range(item.childCount()):
            self._draw_icons(item.child(row))

    def select_policy(self, key: str) -> None:
        """Marks the row of the policy in front; none, if it is not one of the project."""
        item = self._policies.get(key)
        if item is not None:
            self.tree.setCurrentItem(item)
        else:
            self.tree.setCurrentIndex(QModelIndex())

    def show_checks(self, checks: Sequence[Check]) -> None:
        """Marks the saved requests that get what they expect, and those that do not."""
        for saved, item in self._requests:
            check = next((c for c in checks if c.saved is saved), None)
            self._mark(item, saved, check)

    def _mark(self, item: QTreeWidgetItem, saved: SavedRequest, check: Check | None) -> None:
        name = "request" if check is None else "passed" if check.passed else "failed"
        title = saved.title or saved.id
        said = f"{title}\n{saved.request.action}"
        expected = _WORDS.get(saved.expect, saved.expect)
        if check is None:
            said += f"\nExpected: {expected}" if expected else ""
        elif check.passed:
            said += f"\nPassed: {expected}, as expected"
        elif check.outcome is None:
            said += f"\nFailed: expected {expected}, but it cannot be answered.\n{check.error}"
        else:
            said += f"\nFailed: expected {expected}, but {_WORDS.get(check.outcome, f'it {check.outcome}')}"
        said = tip(said)
        if item.toolTip(0) == said and item.data(0, _ICON) == name:
            return
        item.setData(0, _ICON, name)
        item.setIcon(0, icon(name, self._theme))
        item.setToolTip(0, said)
        title = visible(title)
        spoken = title if check is None else f"{title}, {name}"
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, spoken)

    def _fill(self) -> None:
        self.tree.clear()
        self._policies, self._requests = {}, []
        project = self._project
        self._pages.setCurrentWidget(self._page if project is None else self.tree)
        if project is None:
            return
        policies = self._group("Policies", not project.policies, "No policy files yet")
        for policy in project.policies:
            about = f"{policy.key}\n{policy.kind.value}"
            self._policies[policy.key] = self._row(policies, policy.name, "policy", policy.key, about)
        principals = self._group("Principals", not project.principals, "None in workbench.toml")
        for principal in project.principals:
            attached = "\n".join(principal.identity)
            about = f"{principal.arn}\n{attached}" if attached else principal.arn
            item = self._row(principals, principal.name, "principal", principal, about)
            for key in principal.identity:
                self._row(item, key.rpartition("/")[2].removesuffix(".json"), "policy", key, key)
        requests = self._group("Requests", not project.requests, "None in scenarios/")
        for saved in project.requests:
            item = self._row(requests, saved.title or saved.id, "request", saved, "")
            self._mark(item, saved, None)
            self._requests.append((saved, item))

    def _group(self, title: str, empty: bool, hint: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(self.tree, [title])
        font = item.font(0)
        font.setBold(True)
        item.setFont(0, font)
        item.setSizeHint(0, QSize(0, ROW))
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        item.setExpanded(True)
        if empty:
            row = QTreeWidgetItem(item, [hint])
            row.setFlags(Qt.ItemFlag.NoItemFlags)
        return item

    def _row(self, parent: QTreeWidgetItem, title: str, kind: str, value: object, about: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(parent, [visible(title)])
        item.setData(0, _ICON, kind)
        item.setIcon(0, icon(kind, self._theme))
        item.setData(0, _KIND, kind)
        item.setData(0, _VALUE, value)
        item.setToolTip(0, tip(about))
        item.setSizeHint(0, QSize(0, ROW))
        return item

    def _chosen(self, item: QTreeWidgetItem) -> None:
        value = item.data(0, _VALUE)
        match item.data(0, _KIND):
            case "policy":
                self.policy_chosen.emit(value)
            case "request" if isinstance(value, SavedRequest):
                self.request_chosen.emit(value)
            case "principal" if isinstance(value, ProjectPrincipal):
                self.principal_chosen.emit(value)
