"""The menu Policy: findings, fixes, comparisons."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from workbench.gui import changes
from workbench.gui.commands import Command
from workbench.gui.editor.rewriting import Change
from workbench.writing.statements import duplicate, merge, move, split_by_action, split_by_resource, split_by_service

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow

_FILL_IN = "Give values for the placeholders of a template, for this session; the text stays as it is written"


def commands(window: MainWindow) -> list[Command]:
    return [
        Command(
            "policy.next_finding",
            "Next finding",
            window.next_finding,
            "F8",
            "next",
            "n",
            enabled=lambda: window.has_tab(),
        ),
        Command(
            "policy.previous_finding",
            "Previous finding",
            lambda: window.next_finding(-1),
            "Shift+F8",
            "",
            "p",
            enabled=window.has_tab,
        ),
        Command("policy.why", "Why is this a finding", window.mending.why, "", "", "w", enabled=window.has_tab),
        Command(
            "policy.fix",
            "Fixes at the caret…",
            window.quick_fixes.show,
            "Ctrl+.",
            "fix",
            "f",
            enabled=window.has_tab,
        ),
        Command(
            "policy.fix_all",
            "Fix all that keep access the same",
            window.mending.fix_all,
            "",
            "",
            "a",
            "Apply every fix that is proved to keep the access the same, as one step that can be undone",
            window.has_tab,
        ),
        Command(
            "policy.suppress", "Suppress the chosen finding…", window.mending.suppress, "", "", "s", "", window.has_tab
        ),
        Command(
            "policy.take_back",
            "Take back the suppression of the chosen finding",
            window.mending.take_back,
            "",
            "",
            "",
            "Let a suppressed finding count again",
            window.has_tab,
        ),
        Command("policy.fill_in", "Fill in values…", window.filling.ask, "", "", "v", _FILL_IN, window.has_tab),
        Command(
            "policy.show_kind",
            "Set the kind of policy",
            window.choose_kind,
            "",
            "policy",
            "k",
            enabled=window.has_tab,
        ),
        Command(
            "policy.explain",
            "What is at the caret",
            lambda: changes.explain_at_caret(window),
            "Ctrl+I",
            "",
            "t",
            "What the name at the caret means",
            window.has_tab,
        ),
        *_compare(window),
        *_statements(window),
    ]


def _statements(w: MainWindow) -> list[Command]:
    def command(name: str, title: str, change: Change, done: str, keys: str = "") -> Command:
        return Command(
            f"policy.statement_{name}",
            title,
            lambda: w.statements.run(change, done),
            keys,
            enabled=lambda: w.area.current is not None and not w.area.current.edit.isReadOnly(),
        )

    return [
        command("duplicate", "Duplicate statement", duplicate, "Statement duplicated"),
        command("up", "Move statement up", partial(move, by=-1), "Statement moved up", "Alt+Up"),
        command("down", "Move statement down", partial(move, by=1), "Statement moved down", "Alt+Down"),
        command("split_service", "Split statement by service", split_by_service, "Statement split by service"),
        command("split_action", "Split statement by action", split_by_action, "Statement split by action"),
        command("split_resource", "Split statement by resource", split_by_resource, "Statement split by resource"),
        command("merge", "Merge statement with the next", merge, "Statements merged"),
    ]


def _compare(w: MainWindow) -> list[Command]:
    titles = {
        "saved": "Compare with the file as saved",
        "file": "Compare with another file…",
        "clipboard": "Compare with the clipboard",
        "git": "Compare with a version in git…",
        "managed": "Compare with an AWS managed policy…",
    }
    return [
        Command(f"policy.compare_{name}", title, partial(w.comparing.begin, name), enabled=w.has_tab)
        for name, title in titles.items()
    ]
