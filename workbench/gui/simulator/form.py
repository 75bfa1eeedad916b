"""The form that asks: who, what, on which resource, what the call carries, and the context it comes with."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.evaluation.request import PassedRole, Request
from workbench.evaluation.sentences import short_resource
from workbench.gui.icons import icon
from workbench.gui.simulator import principals
from workbench.gui.simulator.context_model import ContextTable, State
from workbench.gui.simulator.context_view import ContextView
from workbench.gui.simulator.fields import ActionEdit, FieldBox, PrincipalBox, ResourceBox, RoleBox
from workbench.gui.simulator.form_message import FormMessage
from workbench.gui.simulator.lookups import Lookups, named_services
from workbench.gui.simulator.tags_editor import TagsEditor
from workbench.gui.theme import LIGHT, Theme
from workbench.gui.widgets import GRID, PADDING, ROW_HEIGHT, FlowRow

if TYPE_CHECKING:
    from workbench.engine import Engine, KeyInfo
    from workbench.project.model import Project

STUDIO_SERVICE = "sagemaker:"


class RequestForm(QWidget):
    """Fields and context. `edited` comes for every change by the user, none for what the program shows; `grew` where
    the fields need another height although nothing was edited."""

    edited = Signal()
    grew = Signal()

    def __init__(self, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lookups = Lookups(engine)
        self._theme = LIGHT
        self._account = ""
        self._quiet = False
        self._known = False
        self._policy_text = ""
        self._problem_shown = ""
        self._kept = Request(principals.read_principal("*", ()), "")
        self.principal = PrincipalBox(self)
        self.action = ActionEdit(self.search_actions, self)
        self.resource = ResourceBox(self)
        self._make_call_row()
        self.context = ContextTable(self._lookups.key_info, self)
        self.context_view = ContextView(self.context, self._keys, self)
        self._message = FormMessage(self)
        self._lay_out()
        self._connect()
        self.set_theme(LIGHT)
        self._show_problem("")
        self._follow_call()

    # -- parts ----------------------------------------------------------------------------------------------------

    def _make_call_row(self) -> None:
        self.with_tags = QCheckBox("Ta&gs", self)
        self.with_tags.setToolTip("The call carries tags: AWS then also asks for the permission to add them.")
        self.with_role = QCheckBox("Passes a ro&le", self)
        self.with_role.setToolTip("The call hands a role to the service: AWS then also asks for iam:PassRole.")
        self.studio = QCheckBox("St&udio", self)
        self.studio.setToolTip("The call comes from SageMaker Studio, which adds tags of its own to all it creates.")
        self.tags = TagsEditor(self)
        self.role = RoleBox(self)
        self.role.setAccessibleName("Role that is passed")

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(PADDING, PADDING, PADDING, 0)
        grid.setHorizontalSpacing(PADDING)
        grid.setVerticalSpacing(GRID)
        fields: Sequence[tuple[str, QWidget]] = (
            ("Pri&ncipal", self.principal),
            ("&Action", self.action),
            ("Re&source", self.resource),
        )
        for row, (title, field) in enumerate(fields):
            self._labelled(grid, row, title, field)
            field.setFixedHeight(ROW_HEIGHT)
        call = FlowRow(self, gap=3 * GRID)
        for box in (self.with_tags, self.with_role, self.studio):
            box.setFixedHeight(ROW_HEIGHT - GRID)
            call.add(box)
        call.lines_changed.connect(self.grew)
        call_label = QLabel("Call", self)
        call_label.setProperty("role", "muted")
        call_label.setFixedHeight(ROW_HEIGHT - GRID)
        grid.addWidget(call_label, 3, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(call, 3, 1)
        self._tags_label = self._labelled(grid, 4, "Tags", self.tags)
        grid.setAlignment(self._tags_label, Qt.AlignmentFlag.AlignTop)
        self._tags_label.setFixedHeight(ROW_HEIGHT)
        self._role_label = self._labelled(grid, 5, "Role", self.role)
        self.role.setFixedHeight(ROW_HEIGHT)
        grid.setColumnStretch(1, 1)
        fields_column = QVBoxLayout()
        fields_column.setSpacing(0)
        fields_column.addLayout(grid)
        fields_column.addWidget(self._message)
        fields_column.addStretch(1)
        context_column = QVBoxLayout()
        context_column.setSpacing(0)
        context_column.addLayout(self._context_bar())
        context_column.addWidget(self.context_view, 1)
        self._columns = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._columns.setContentsMargins(0, 0, 0, 0)
        self._columns.setSpacing(0)
        self._columns.addLayout(fields_column)
        self._columns.addLayout(context_column)
        self.set_wide(False)
        self.context_view.setMinimumHeight(self._context_height(2))
        self.setFocusProxy(self.action)
        order = (
            self.principal, self.action, self.resource, self.with_tags, self.with_role, self.studio, self.tags,
            self.role, self.filter, self.add_button, self.remove_button, self.context_view,
        )  # fmt: skip
        for before, after in itertools.pairwise(order):
            self.setTabOrder(before, after)

    def _labelled(self, grid: QGridLayout, row: int, title: str, field: QWidget) -> QLabel:
        label = QLabel(title, self)
        label.setBuddy(field)
        label.setProperty("role", "muted")
        if not field.accessibleName():
            field.setAccessibleName(title.replace("&", ""))
        if isinstance(field, FieldBox):
            field.lineEdit().setAccessibleName(field.accessibleName())
        grid.addWidget(label, row, 0)
        grid.addWidget(field, row, 1)
        return label

    def _context_bar(self) -> QHBoxLayout:
        title = QLabel("&Context", self)
        title.setProperty("role", "muted")
        title.setBuddy(self.context_view)
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText("Filter keys")
        self.filter.setAccessibleName("Filter the context keys")
        self.filter.setClearButtonEnabled(True)
        self.filter.setFixedHeight(ROW_HEIGHT)
        self.filter.setMaximumWidth(160)
        self.filter.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.add_button = self._tool("Add a context key", self._add_key)
        self.remove_button = self._tool("Remove the selected keys (Delete)", self.context_view.remove_selected)
        bar = QHBoxLayout()
        bar.setContentsMargins(PADDING, GRID, PADDING, GRID)
        bar.setSpacing(GRID)
        bar.addWidget(title)
        bar.addStretch(1)
        bar.addWidget(self.filter, 2)
        bar.addWidget(self.add_button)
        bar.addWidget(self.remove_button)
        return bar

    def _tool(self, title: str, run: object) -> QToolButton:
        button = QToolButton(self)
        action = QAction(title, button)
        action.triggered.connect(run)
        button.setDefaultAction(action)
        button.setAccessibleName(title)
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _connect(self) -> None:
        self.principal.edited.connect(self._edited)
        self.action.edited.connect(self._edited)
        self.resource.edited.connect(self._edited)
        self.role.edited.connect(self._edited)
        self.tags.edited.connect(self._edited)
        self.context.edited.connect(self._edited)
        for box in (self.with_tags, self.with_role, self.studio):
            box.toggled.connect(self._edited)
        self.with_tags.clicked.connect(lambda on: self.tags.focus_last() if on else None)
        self.with_role.clicked.connect(lambda on: self.role.setFocus() if on else None)
        self.filter.textChanged.connect(self.context.set_filter)

    # -- what the panel asks --------------------------------------------------------------------------------------

    def set_wide(self, wide: bool) -> None:
        """The context beside the fields, for a pane that is wide and low; else below them."""
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        self._columns.setDirection(direction)
        self._columns.setStretch(0, 4 if wide else 0)
        self._columns.setStretch(1, 5 if wide else 1)

    def height_for_rows(self, rows: int) -> int:
        """How high the form is when it shows all its fields and this many rows of the context."""
        others = self.minimumSizeHint().height() - self.context_view.minimumHeight()
        return others + self._context_height(rows)

    def _context_height(self, rows: int) -> int:
        return self.context_view.horizontalHeader().sizeHint().height() + rows * ROW_HEIGHT + GRID

    def request(self) -> Request | None:
        """The request as the form says it, None if it cannot be read; then a sentence below the fields says why. An
        empty action is no mistake: nobody has asked anything yet."""
        try:
            who = self.principal.principal()
        except principals.UnreadablePrincipal as error:
            self._show_problem(str(error) if self.principal.currentText().strip() or self.action.action() else "")
            return None
        problem = self._problem()
        self._show_problem(problem)
        if problem or not self.action.action():
            return None
        role = self.role.arn() if self.with_role.isChecked() else ""
        service = self._kept.pass_role.service if self._kept.pass_role else ""
        return replace(
            self._kept,
            principal=who,
            action=self.action.action(),
            resources=self.resource.resources(),
            context=self.context.context(),
            unknown=self.context.keys_that_are(State.UNKNOWN),
            absent=self.context.keys_that_are(State.ABSENT),
            tags=self.tags.tags() if self.with_tags.isChecked() else {},
            pass_role=PassedRole(role, service) if role else None,
            studio=self.studio.isChecked() and self.studio.isEnabled(),
        )

    def _problem(self) -> str:
        action = self.action.action()
        if not action:
            return ""
        service, colon, name = action.partition(":")
        if "*" in action or "?" in action:
            return "A request is for one action; wildcards belong in policies."
        if not (service and colon and name) or any(c.isspace() for c in action):
            return "An action is written service:Name, for example sagemaker:CreateTrainingJob."
        if self.with_role.isChecked() and not self.role.arn():
            return "Choose the role that the call passes, or clear “Passes a role”."
        if self.with_role.isChecked() and not self.role.arn().startswith("arn:"):
            return f"“{self.role.arn()}” is no role: choose one from the list or type its ARN."
        return ""

    def has_principal(self) -> bool:
        """Whether it can be read who asks."""
        try:
            self.principal.principal()
        except principals.UnreadablePrincipal:
            return False
        return True

    def set_request(self, request: Request) -> None:
        """Shows a request. What the form has no field for is kept and asked along."""
        self._quiet = True
        self._kept = request
        self.principal.set_principal(request.principal)
        self.action.set_action(request.action)
        self.resource.set_text(", ".join(request.resources))
        self.with_tags.setChecked(bool(request.tags))
        self.tags.set_tags(request.tags)
        self.with_role.setChecked(request.pass_role is not None)
        self.role.set_arn(request.pass_role.arn if request.pass_role else "")
        self.studio.setChecked(request.studio)
        self.context.set_request(request)
        self._quiet = False
        self._follow_call()
        self.request()

    def set_project(self, project: Project | None) -> None:
        """Offers the project's principals and roles, and its account in ARNs."""
        self._quiet = True
        self._account = project.account if project else ""
        self.principal.set_choices(principals.choices(project.principals) if project else [])
        self.role.set_choices(principals.roles(project.principals) if project else [])
        self._quiet = False
        self._follow_call()

    def set_derived(self, derived: Iterable[tuple[str, str]]) -> None:
        """Shows the keys that the engine filled in."""
        self.context.set_derived(derived)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.add_button.setIcon(icon("plus", theme))
        self.remove_button.setIcon(icon("minus", theme))
        self.tags.set_theme(theme)
        self.context.set_colors(theme.color("muted"), theme.color("warning"), icon("warning", theme))
        self._message.set_theme(theme)
        self._follow_call()

    def message(self) -> str:
        """The sentence that says why the form cannot be read; empty if it can."""
        return self._problem_shown

    def doubt(self) -> str:
        """The sentence that says why AWS would never ask this request; empty if nothing speaks against it."""
        return "" if self._problem_shown else self._message.text()

    def set_policy_text(self, text: str) -> None:
        """The policy in front: what its services can do is more likely meant than anything else."""
        self._policy_text = text

    # -- inside ---------------------------------------------------------------------------------------------------

    def _edited(self) -> None:
        if self._quiet:
            return
        self._follow_call()
        self.edited.emit()

    def _follow_call(self) -> None:
        """What depends on the action and the boxes: completions, the mark of an unknown action, rows that show."""
        action = self.action.action()
        self.studio.setEnabled(action.casefold().startswith(STUDIO_SERVICE))
        self.tags.setVisible(self.with_tags.isChecked())
        self._tags_label.setVisible(self.with_tags.isChecked())
        self.role.setVisible(self.with_role.isChecked())
        self._role_label.setVisible(self.with_role.isChecked())
        complete = ":" in action and not action.endswith(":")
        known = not complete or self._lookups.knows_action(action)
        self.action.set_doubt(
            "" if known else f"The catalog has no action {action}. The request can still be asked.",
            icon("warning", self._theme),
        )
        self._known = complete and known
        self.context.set_action(action if self._known else "", self._lookups.carries_key)
        if complete and known:
            templates = self._lookups.arn_templates(action, self._account)
            self._quiet, quiet = True, self._quiet
            self.resource.set_entries(dict.fromkeys([*templates, "*"]))
            self._quiet = quiet

    def search_actions(self, typed: str) -> tuple[str, ...]:
        """Completions; what the policy in front and the last request are about comes first."""
        last = self._kept.action.partition(":")[0]
        return self._lookups.search_actions(typed, [*named_services(self._policy_text), *([last] if last else [])])

    def _doubt(self) -> tuple[str, str, Callable[[], None]]:
        """Why AWS would never ask what stands in the form, what can be done about it, and the doing; empty words if
        nothing speaks against it."""
        action, nothing = self.action.action(), ("", "", lambda: None)
        if not action:
            return nothing
        if not self._known:
            near = self._lookups.suggest_action(action)
            return f"The catalog has no action {action}.", f"Use {near}" if near else "", lambda: self._use_action(near)
        foreign = next((r for r in self.resource.resources() if not self._lookups.takes_resource(action, r)), "")
        if foreign:
            template = next(iter(self._lookups.arn_templates(action, self._account)), "*")
            sentence = f"{action} does not work on {short_resource(foreign)}."
            return sentence, f"Use {template}", lambda: self.resource.use_template(template)
        if self.with_role.isChecked() and not self._lookups.passes_role(action):
            clear = lambda: self.with_role.setChecked(False)  # noqa: E731
            return f"The catalog does not know {action} as a call that passes a role.", "Pass no role", clear
        return nothing

    def _use_action(self, action: str) -> None:
        self.action.setText(action)
        self.action.setFocus(Qt.FocusReason.OtherFocusReason)

    def _keys(self) -> tuple[KeyInfo, ...]:
        return self._lookups.context_keys(self.action.action())

    def _add_key(self) -> None:
        self.filter.clear()
        last = self.context.index(self.context.rowCount() - 1, 0)
        self.context_view.setFocus()
        self.context_view.setCurrentIndex(last)
        self.context_view.scrollTo(last)
        self.context_view.edit(last)

    def _show_problem(self, sentence: str) -> None:
        """The problem, or if there is none what is doubtful about the request."""
        self._problem_shown = sentence
        self._message.say(*((sentence, "", lambda: None) if sentence else self._doubt()))
