"""Which help belongs to what has the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QWidget

from workbench.gui.editor.empty import EmptyPage
from workbench.gui.editor.find_bar import FindBar
from workbench.gui.editor.text_edit import PolicyEdit
from workbench.gui.explorer.tree import ProjectTree
from workbench.gui.findings.pane import FindingsPane
from workbench.gui.help import texts
from workbench.gui.help.popup import HelpPopup
from workbench.gui.searching.pane import SearchPane
from workbench.gui.simulator.answer_card import AnswerCard
from workbench.gui.simulator.context_view import ContextView
from workbench.gui.simulator.form import RequestForm

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow

_TOPICS: tuple[tuple[type[QWidget], texts.Topic], ...] = (
    (FindBar, texts.FIND),
    (PolicyEdit, texts.EDITOR),
    (ContextView, texts.CONTEXT),
    (RequestForm, texts.FIELDS),
    (AnswerCard, texts.ANSWER),
    (FindingsPane, texts.FINDINGS),
    (SearchPane, texts.SEARCH),
    (EmptyPage, texts.NO_POLICY),
)


def topic_of(widget: QWidget | None) -> tuple[texts.Topic, QWidget | None]:
    """The topic of the innermost thing that `widget` is or is in and that has help, and that thing."""
    while widget is not None:
        if isinstance(widget, ProjectTree):
            return (texts.PROJECT if widget.has_project else texts.NO_PROJECT), widget
        for kind, topic in _TOPICS:
            if isinstance(widget, kind):
                return topic, widget
        widget = widget.parentWidget()
    return texts.WINDOW, None


def show_help(window: MainWindow) -> None:
    """Help on what has the focus, beside it: of a chosen finding the page of its code, then of the pane itself."""
    topic, widget = topic_of(QApplication.focusWidget())
    if isinstance(widget, FindingsPane) and widget.chosen is not None and not widget.details.page_shown:
        window.mending.why(widget.chosen)
        return
    HelpPopup(topic, widget or window).show()
