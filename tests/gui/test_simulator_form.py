"""The request form: what it reads, completes, doubts and says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from workbench.engine import Engine
from workbench.errors import WorkbenchError
from workbench.evaluation.request import PassedRole, Principal, Request
from workbench.gui.simulator.fields import ElidingLineEdit
from workbench.gui.simulator.form import RequestForm
from workbench.gui.simulator.principals import Choice, UnreadablePrincipal, choices, label_for, read_principal
from workbench.gui.theme import DARK
from workbench.project.model import Project, ProjectPrincipal

ROLE = "arn:aws:iam::111122223333:role/team/Scientist"
SESSION = "arn:aws:sts::111122223333:assumed-role/Scientist/"
ANN = "arn:aws:iam::111122223333:user/ann"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.fixture
def project(engine: Engine, tmp_path: Any) -> Project:
    return Project(
        tmp_path, "p", "444455556666", principals=(ProjectPrincipal("Scientist", ROLE), ProjectPrincipal("ann", ANN))
    )


@pytest.fixture
def form(qtbot: Any, engine: Engine, project: Project) -> Iterator[RequestForm]:
    form = RequestForm(engine)
    qtbot.addWidget(form)
    form.set_project(project)
    form.resize(400, 500)
    form.show()
    yield form
    form.action.completer().popup().hide()


def fill(form: RequestForm, action: str = "sagemaker:CreateTrainingJob") -> None:
    form.principal.setCurrentText("Scientist (role)")
    form.action.setText(action)
    form.resource.setCurrentText("*")


class TestPrincipals:
    KNOWN = (Choice("Scientist (role)", SESSION + "session"), Choice("ann (user)", ANN))

    def test_a_role_of_the_project_stands_for_a_session(self, project: Project) -> None:
        assert tuple(choices(project.principals)) == self.KNOWN

    @pytest.mark.parametrize(
        ("typed", "read"),
        [
            ("Scientist (role)", Principal(arn=SESSION + "session")),
            (f"  {ANN} ", Principal(arn=ANN)),
            ("arn:aws-cn:iam::111122223333:root", Principal(arn="arn:aws-cn:iam::111122223333:root")),
            ("sagemaker.amazonaws.com", Principal(service="sagemaker.amazonaws.com")),
            ("*", Principal()),
            (
                "arn:aws:iam::111122223333:saml-provider/x",
                Principal(federated="arn:aws:iam::111122223333:saml-provider/x"),
            ),
        ],
    )
    def test_names_and_arns_are_read(self, typed: str, read: Principal) -> None:
        assert read_principal(typed, self.KNOWN) == read

    @pytest.mark.parametrize("typed", ["", "Nobody", "arn:aws:s3:::bucket", "arn:aws"])
    def test_anything_else_is_refused_in_one_sentence(self, typed: str) -> None:
        with pytest.raises(UnreadablePrincipal, match=r"^[A-Z“].*[^.]\.$"):
            read_principal(typed, self.KNOWN)

    def test_a_named_session_is_shown_with_its_role(self) -> None:
        assert label_for(Principal(arn=SESSION + "bob"), self.KNOWN) == "bob (role Scientist)"
        assert label_for(Principal(arn=ANN), self.KNOWN) == "ann (user)"
        assert label_for(Principal(arn=ANN + "2"), self.KNOWN) == ANN + "2"
        assert label_for(Principal(), self.KNOWN) == "*"


def test_the_form_reads_what_it_shows(form: RequestForm) -> None:
    request = Request(
        principal=Principal(arn=SESSION + "bob"),
        action="sagemaker:CreateTrainingJob",
        resources=("arn:aws:sagemaker:us-east-1:111122223333:training-job/x", "arn:aws:s3:::b"),
        resource_account="111122223333",
        context={"sagemaker:VpcSubnets": ("subnet-1",), "aws:SourceIp": "10.0.0.1"},
        unknown=frozenset({"aws:SourceVpc"}),
        absent=frozenset({"aws:SecureTransport"}),
        federated_by=ANN,
        tags={"team": "red", "stage": ""},
        pass_role=PassedRole(ROLE, "sagemaker.amazonaws.com"),
        studio=True,
        alone=True,
    )
    form.set_request(request)
    assert form.request() == request
    assert form.role.currentText() == "Scientist"


def test_showing_a_request_is_no_edit(qtbot: Any, form: RequestForm, project: Project) -> None:
    request = Request(Principal(arn=ANN), "s3:GetObject", ("arn:aws:s3:::b/*",), tags={"a": "b"})
    with qtbot.assertNotEmitted(form.edited):
        form.set_request(request)
        form.set_derived([("aws:SecureTransport", "true")])
        form.set_project(project)
        form.set_theme(DARK)
    assert form.request() == request


def test_every_edit_is_said(qtbot: Any, form: RequestForm) -> None:
    fill(form)
    for act in (
        lambda: form.action.setText("s3:GetObject"),
        lambda: form.principal.setCurrentText("ann (user)"),
        lambda: form.resource.setCurrentText("arn:aws:s3:::b"),
        lambda: form.with_tags.setChecked(True),
        lambda: qtbot.keyClicks(form.tags._lines[0].key, "t"),
        lambda: form.with_role.setChecked(True),
        lambda: form.role.setCurrentText("Scientist"),
        lambda: form.context.state_key("aws:SourceVpc", "vpc-1"),
    ):
        with qtbot.waitSignal(form.edited):
            act()


def test_another_project_keeps_the_principal(form: RequestForm, project: Project) -> None:
    fill(form)
    form.set_project(None)
    request = form.request()
    assert request is not None
    assert request.principal == Principal(arn=SESSION + "session")
    form.set_project(project)
    assert form.principal.currentText() == "Scientist (role)"


@pytest.mark.parametrize(
    ("action", "says"),
    [
        ("sagemaker", "service:Name"),
        ("sagemaker:", "service:Name"),
        ("s3: Get", "service:Name"),
        ("s3:Get*", "wildcards belong in policies"),
    ],
)
def test_an_action_that_cannot_be_read_is_said_in_one_sentence(form: RequestForm, action: str, says: str) -> None:
    fill(form, action)
    assert form.request() is None
    assert says in form.message()
    fill(form)
    assert form.request() is not None
    assert form.message() == ""


def test_no_action_is_no_mistake(form: RequestForm) -> None:
    form.principal.setCurrentText("")
    assert form.request() is None
    assert form.message() == ""


def test_a_principal_that_cannot_be_read_is_said(form: RequestForm) -> None:
    fill(form)
    form.principal.setCurrentText("Nobody")
    assert form.request() is None
    assert "“Nobody” is no principal" in form.message()


def test_a_role_that_is_passed_has_to_be_named(form: RequestForm) -> None:
    fill(form)
    form.with_role.setChecked(True)
    assert form.request() is None
    assert "Choose the role" in form.message()
    form.role.setCurrentText("Nobody")
    assert form.request() is None
    assert "“Nobody” is no role" in form.message()
    form.role.setCurrentText("Scientist")
    request = form.request()
    assert request is not None
    assert request.pass_role == PassedRole(ROLE)


def test_actions_complete_services_first_then_names(qtbot: Any, form: RequestForm) -> None:
    qtbot.keyClicks(form.action, "SAGEMAKER:createtraining")
    assert form.action.completions()[0] == "sagemaker:CreateTrainingJob"
    assert form.action.completer().popup().isVisible()
    form.action.clear()
    qtbot.keyClicks(form.action, "sagema")
    assert "sagemaker:" in form.action.completions()


def test_a_chosen_service_goes_on_to_its_names(qtbot: Any, form: RequestForm) -> None:
    qtbot.keyClicks(form.action, "sagema")
    form.action.completer().activated[str].emit("sagemaker:")
    qtbot.waitUntil(lambda: len(form.action.completions()) > 10)
    assert all(name.startswith("sagemaker:") for name in form.action.completions())


def test_an_unknown_action_is_doubted_but_asked(form: RequestForm) -> None:
    fill(form, "sagemaker:CreateTrainJob")
    assert "no action sagemaker:CreateTrainJob" in form.action.accessibleDescription()
    assert form.request() is not None
    fill(form, "SAGEMAKER:createtrainingjob")
    assert form.action.accessibleDescription() == ""


def test_resources_are_templates_of_the_action_in_the_projects_account(form: RequestForm) -> None:
    fill(form)
    entries = [form.resource.itemText(i) for i in range(form.resource.count())]
    assert entries[-1] == "*"
    assert any(e.startswith("arn:aws:sagemaker:us-east-1:444455556666:training-job/") for e in entries)


def test_a_chosen_template_selects_what_is_to_be_filled_in(qtbot: Any, form: RequestForm) -> None:
    form.resource.setCurrentText("arn:aws:s3:::b/${Key}/😀")
    assert form.resource.placeholder() == "${Key}"
    form.resource.activated.emit(0)
    qtbot.waitUntil(lambda: form.resource.lineEdit().selectedText() == "${Key}")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", ("*",)),
        ("arn:aws:s3:::a b, c", ("arn:aws:s3:::a b, c",)),
        ("arn:aws:s3:::a, arn:aws:s3:::b arn:aws:s3:::c", ("arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:s3:::c")),
    ],
)
def test_several_resources_stand_side_by_side(form: RequestForm, typed: str, read: tuple[str, ...]) -> None:
    form.resource.setCurrentText(typed)
    assert form.resource.resources() == read


def test_studio_is_for_sagemaker_only(form: RequestForm) -> None:
    fill(form)
    form.studio.setChecked(True)
    request = form.request()
    assert request is not None
    assert request.studio
    fill(form, "s3:GetObject")
    request = form.request()
    assert request is not None
    assert not request.studio
    assert not form.studio.isEnabled()


def test_a_line_for_the_next_tag_is_always_there(qtbot: Any, form: RequestForm) -> None:
    fill(form)
    form.with_tags.setChecked(True)
    for key, value in (("team", "red"), ("stage", "test")):
        line = form.tags._lines[-1]
        qtbot.keyClicks(line.key, key)
        qtbot.keyClicks(line.value, value)
    assert form.tags.tags() == {"team": "red", "stage": "test"}
    with qtbot.waitSignal(form.edited):
        qtbot.mouseClick(form.tags._lines[0].remove, Qt.MouseButton.LeftButton)
    request = form.request()
    assert request is not None
    assert request.tags == {"stage": "test"}
    form.with_tags.setChecked(False)
    request = form.request()
    assert request is not None
    assert request.tags == {}


def test_a_long_arn_widens_nothing_and_shows_both_ends(form: RequestForm) -> None:
    narrow = form.minimumSizeHint().width()
    arn = "arn:aws:sagemaker:us-east-1:111122223333:training-job/" + "x" * 300 + "-end"
    form.resource.setCurrentText(arn)
    form.principal.setCurrentText(arn)
    form.context.state_key("aws:SourceArn", arn)
    assert form.minimumSizeHint().width() == narrow <= 400
    line = form.resource.lineEdit()
    assert isinstance(line, ElidingLineEdit)
    assert line._cut(arn).startswith("arn:aws")
    assert line._cut(arn).endswith("-end")
    assert line.toolTip() == arn


def test_fields_have_names_buddies_and_an_order(form: RequestForm) -> None:
    fields = (form.principal, form.action, form.resource)
    assert [f.accessibleName() for f in fields] == ["Principal", "Action", "Resource"]
    buddies = [label.buddy() for label in form.findChildren(QLabel)]
    assert all(f in buddies for f in fields)
    assert form.context_view in buddies
    letters = [t[t.index("&") + 1].lower() for t in _texts(form) if "&" in t]
    assert len(letters) == len(set(letters))


def test_tab_goes_from_top_to_bottom(qtbot: Any, form: RequestForm) -> None:
    order, widget = [], form.principal.lineEdit().parentWidget()
    for _ in range(200):
        order.append(widget)
        widget = widget.nextInFocusChain()
    stops = (form.principal, form.action, form.resource, form.with_tags, form.with_role, form.studio, form.filter)
    places = [order.index(w) for w in (*stops, form.add_button, form.remove_button, form.context_view)]
    assert places == sorted(places)


def _texts(form: RequestForm) -> list[str]:
    boxes = (form.with_tags, form.with_role, form.studio)
    return [label.text() for label in form.findChildren(QLabel)] + [b.text() for b in boxes]


class _NoCatalog(Engine):
    def search_actions(self, typed: str, limit: int = 50, first: Sequence[str] = ()) -> tuple[str, ...]:
        raise WorkbenchError("There is no catalog.")

    def knows_action(self, action: str) -> bool:
        raise WorkbenchError("There is no catalog.")

    def arn_templates(self, action: str, region: str = "", account: str = "") -> tuple[str, ...]:
        raise WorkbenchError("There is no catalog.")

    def suggest_action(self, action: str) -> str | None:
        raise WorkbenchError("There is no catalog.")

    def takes_resource(self, action: str, resource: str) -> bool:
        raise WorkbenchError("There is no catalog.")

    def passes_role(self, action: str) -> bool:
        raise WorkbenchError("There is no catalog.")

    def carries_key(self, action: str, key: str) -> bool:
        raise WorkbenchError("There is no catalog.")

    def context_keys(self, action: str) -> tuple[Any, ...]:
        raise WorkbenchError("There is no catalog.")

    def key_info(self, name: str) -> None:
        raise WorkbenchError("There is no catalog.")


def test_without_a_catalog_the_form_still_asks(qtbot: Any) -> None:
    form = RequestForm(_NoCatalog())
    qtbot.addWidget(form)
    form.principal.setCurrentText("*")
    qtbot.keyClicks(form.action, "s3:GetObject")
    form.context.state_key("aws:SourceVpc", "vpc-1")
    assert form.request() == Request(Principal(), "s3:GetObject", context={"aws:SourceVpc": "vpc-1"})
    assert form.action.accessibleDescription() == ""
