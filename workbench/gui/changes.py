"""Changes to the texts that the window offers: the fixes of findings, and the ways to the other decision.

Each is made only while the text is still the one it was worked out for, and can be undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.evaluation.nearest import Way
from workbench.evaluation.places import policy_places
from workbench.findings.model import Finding, FindingType, Fix

if TYPE_CHECKING:
    from workbench.gui.editor.tab import EditorTab
    from workbench.gui.main_window import MainWindow
    from workbench.writing.snippets import Snippet

_SHOWN_MS = 4000


def take_way(window: MainWindow, way: Way) -> None:
    """Makes the changes that lead to the other decision."""
    answered = window.answered
    if answered is None or way not in answered.answer.ways or answered.answer.scenario is None:
        window.status.showMessage("The answer has changed: nothing was applied.", _SHOWN_MS)
        return
    policies, written = answered.answer.scenario.policies, answered.answer.written
    judged = {place: written.get(policy.name, policy.text) for _, place, policy in policy_places(policies)}
    edited: EditorTab | None = None
    for change in way.changes:
        if not change.place:
            window.panel.set_request(way.scenario.request)
            continue
        tab = window.open_key(answered.answer.sources.get(change.policy, ""))
        before = judged.pop(change.place, None)
        if tab is None or tab.edit.isReadOnly() or (before is not None and before != tab.text()):
            window.status.showMessage(f"{change.policy} has changed or is read-only: nothing was applied.", _SHOWN_MS)
            return
        tab.apply_edits(change.edits)
        edited = tab
    # The button that was pressed goes with its answer: without this Qt gives the keys to whatever comes next.
    (edited.take_focus if edited is not None else window.panel.setFocus)()
    window.ask_now()


def apply_fix(window: MainWindow, fix: object) -> None:
    """Applies the fix of a finding to the text in front."""
    tab, answered = window.area.current, window.answered
    if tab is None or answered is None or not isinstance(fix, Fix):
        return
    if tab.edit.isReadOnly() or answered.answer.validation.document.text != tab.text():
        window.status.showMessage("The text has changed or is read-only: the fix was not applied.", _SHOWN_MS)
        return
    tab.apply_edits(fix.edits)
    tab.take_focus()


def complete_at_caret(window: MainWindow) -> None:
    """Shows what can be written at the caret."""
    tab = window.area.current
    if tab is not None:
        tab.completer.open()


def choose_snippet(window: MainWindow) -> None:
    """Shows the snippets; the chosen one goes into the text in front, beside the caret."""
    from workbench.gui.editor.snippet_chooser import SnippetChooser
    from workbench.writing.snippets import snippets

    tab = window.area.current
    if tab is None:
        return
    chooser = SnippetChooser(snippets(), window.showing.kind_of(tab), window.theme, window)
    chooser.chosen.connect(lambda snippet: _insert(window, tab, snippet))
    chooser.show()


def _insert(window: MainWindow, tab: EditorTab, snippet: Snippet) -> None:
    from workbench.writing.inserting import insertion

    made = insertion(tab.text(), tab.offset_at_caret(), snippet)
    if made is None or tab.edit.isReadOnly():
        window.status.showMessage("This text has no list of statements to put a snippet in.", _SHOWN_MS)
        return
    tab.completer.write(made, tab.text())


def explain_at_caret(window: MainWindow) -> None:
    """Says what stands at the caret, in a sheet beside it."""
    tab = window.area.current
    if tab is not None and not tab.hovers.show_sheet():
        window.status.showMessage("There is nothing to say about this place.", _SHOWN_MS)


def choose_finding(window: MainWindow) -> None:
    """Chooses the finding that begins at the caret, the worst where there are several."""
    tab = window.area.current
    if tab is None or not window.showing.is_about(tab):
        return
    at = tab.offset_at_caret()
    begun = [f for f in findings_at_caret(window) if any(place.span.start == at for place in f.locations)]
    if begun:
        window.show_pane("findings")
        window.findings.choose(min(begun, key=lambda f: list(FindingType).index(f.type)))


def findings_at_caret(window: MainWindow, *, fixable: bool = False) -> list[Finding]:
    """The findings at the caret, else in its line, the tightest first; `fixable`: those with a fix. Those elsewhere are
    not looked at: there may be 10,000, and the caret moves often."""
    tab, answered = window.area.current, window.answered
    if tab is None or answered is None:
        return []
    at = tab.offset_at_caret()
    listing = answered.listing
    found = [f for f in listing.around(at) if f.fixes or not fixable]
    if not found:  # F8 and Go to line lead to a line; what is found in it is meant
        text = tab.text()
        start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
        until = end if end >= 0 else len(text)
        found = [f for f in listing.begun_in(start, until) if f.fixes or not fixable]
    return sorted(found, key=lambda f: f.span.end - f.span.start)
