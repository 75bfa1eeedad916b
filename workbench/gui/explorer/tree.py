"""The open project: its policies, principals and saved requests. A click opens a policy or asks a request."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QStackedLayout, QTreeWidget, QTreeWidgetItem, QWidget

from workbench.gui.icons import icon
from workbench.gui.theme import ROW, SPACE, Theme
from workbench.project.model import Project, ProjectPrincipal, SavedRequest

_KIND, _VALUE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
EMPTY = "No project is open.\n\nOpen a folder with a workbench.toml to see its policies, principals and requests here."


class ProjectTree(QWidget):
    """`policy_chosen` carries a key, `request_chosen` a SavedRequest, `principal_chosen` a ProjectPrincipal."""

    policy_chosen = Signal(str)
    request_chosen = Signal(object)
    principal_chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._project: Project | None = None
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
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.empty.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 3 * SPACE)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.tree)
        self.setFocusProxy(self.tree)

    def set_project(self, project: Project | None) -> None:
        self._project = project
        self._fill()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._fill()

    def select_policy(self, key: str) -> None:
        """Marks the row of the policy in front."""
        for row in range(self.tree.topLevelItemCount()):
            group = self.tree.topLevelItem(row)
            for at in range(group.childCount() if group else 0):
                item = group.child(at)
                if item.data(0, _KIND) == "policy" and item.data(0, _VALUE) == key:
                    self.tree.setCurrentItem(item)
                    return

    def _fill(self) -> None:
        self.tree.clear()
        project = self._project
        self._pages.setCurrentWidget(self.empty if project is None else self.tree)
        if project is None:
            return
        policies = self._group("Policies", not project.policies, "No policy files yet")
        for policy in project.policies:
            self._row(policies, policy.name, "policy", policy.key, f"{policy.key}\n{policy.kind.value}")
        principals = self._group("Principals", not project.principals, "None in workbench.toml")
        for principal in project.principals:
            attached = "\n".join(principal.identity)
            tip = f"{principal.arn}\n{attached}" if attached else principal.arn
            item = self._row(principals, principal.name, "principal", principal, tip)
            for key in principal.identity:
                self._row(item, key.rpartition("/")[2].removesuffix(".json"), "policy", key, key)
        requests = self._group("Requests", not project.requests, "None in scenarios/")
        for saved in project.requests:
            expects = f"\nExpected: {saved.expect}" if saved.expect else ""
            title = saved.title or saved.id
            self._row(requests, title, "request", saved, f"{title}\n{saved.request.action}{expects}")

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

    def _row(self, parent: QTreeWidgetItem, title: str, kind: str, value: object, tip: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(parent, [title])
        item.setIcon(0, icon(kind, self._theme))
        item.setData(0, _KIND, kind)
        item.setData(0, _VALUE, value)
        item.setToolTip(0, tip)
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
