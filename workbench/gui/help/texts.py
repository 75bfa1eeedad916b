"""What F1 says, in our own words. Each topic: a title, a sentence, and what keys and clicks do there."""

from __future__ import annotations

from typing import NamedTuple


class Topic(NamedTuple):
    """One page of help. `ways`: pairs of what one does and what it leads to."""

    title: str
    what: str
    ways: tuple[tuple[str, str], ...]


EDITOR = Topic(
    "The policy",
    "Type or paste a policy. Findings and the answer follow when you pause.",
    (
        ("F8, Shift+F8", "next and previous finding"),
        ("Ctrl+Space", "what can be written here"),
        ("Ctrl+I", "what the name at the caret means"),
        ("Ctrl+.", "the fixes at the caret, each with its verdict"),
        ("Ctrl+Shift+I", "lay the text out"),
        ("Ctrl+F, Ctrl+G", "find and replace, go to a statement or line"),
        ("Ctrl+Enter", "answer now"),
        ("Ctrl+2, 3, 4", "to the project, the request, the findings"),
    ),
)
FIND = Topic(
    "Find and replace",
    "Every hit in this policy is marked while the bar is open.",
    (
        ("Enter, Shift+Enter", "next and previous hit; from the text F3 and Shift+F3"),
        ("Enter in Replace with", "replace this hit and go to the next"),
        ("Aa, W", "tell capital from small letters; whole words only"),
        (".*", "a regular expression, line by line unless it names the line end, \\n; its first group is $1 or \\1"),
        ("[ ]", "only in the part of the text that is selected now"),
        ("Esc", "close"),
    ),
)
SEARCH = Topic(
    "Find and replace in all files",
    "The project's files and all open texts, as they stand unsaved. What is replaced in open texts can be saved or "
    "undone there; files that are not open are written. Undo in the bar above the text takes all of it back.",
    (
        ("Enter in Find", "look now, and go to the list"),
        ("Enter or a click on a hit", "open its file there"),
        ("Replace", "what to replace with, and what that would change at the chosen hit and the next ones"),
    ),
)
PROJECT = Topic(
    "The project",
    "Its policies, who has them, and its saved requests. A check mark says that a request gets what it expects, "
    "a cross that it does not; the tool tip says what it gets.",
    (
        ("Enter on a policy", "open it"),
        ("Enter on a principal", "open the first policy it has"),
        ("Enter on a request", "ask it"),
        ("Left, Right", "close and open a group"),
    ),
)
NO_PROJECT = Topic(
    "No project",
    "A project is a folder with a workbench.toml: which policies there are, who has them, which requests to ask.",
    (("Ctrl+Shift+O", "open a project folder"),),
)
FIELDS = Topic(
    "The request",
    "Who does what to which resource. Each field completes from the catalog and the project.",
    (
        ("Down", "see what can be chosen"),
        ("Tab", "next field"),
        ("Tags, Passes a role, Studio", "what the call also asks for"),
        ("Ctrl+Enter", "answer now"),
    ),
)
CONTEXT = Topic(
    "Context keys",
    "What is known when the request is made. A key is given a value, absent, or unknown; grey ones follow from "
    "the request and can be given another value.",
    (("Enter, F2", "change the value"), ("+", "add a key"), ("Delete", "take a given key away")),
)
ANSWER = Topic(
    "The answer",
    "The decision AWS would make, the statement that decides it, and why every other one does not.",
    (
        ("Enter on a statement", "select it in its policy"),
        ("Apply", "make the nearest change that turns the answer; it can be undone"),
        ("Copy answer", "the decision with its reasons as text"),
    ),
)
FINDINGS = Topic(
    "Findings",
    "What is wrong with the policy in front, worst first, and beside it what the chosen one is about: each fix with "
    "what it changes in the text and, proved, in the access.",
    (
        ("Enter", "select the place in the text"),
        ("F8, Shift+F8", "next and previous finding"),
        ("F1 on a finding", "why it is one"),
        ("Fix, Apply", "apply the fix; it can be undone"),
        ("Fix all", "all fixes proved to keep the access the same"),
        ("Suppress…", "accept a finding, with a reason"),
        ("Left, Right", "fold and open a heading"),
        ("The counts", "show or hide a kind"),
    ),
)
NO_POLICY = Topic(
    "No policy is open",
    "Open a policy file, write a new one, or look at the example.",
    (("Ctrl+O", "open policies"), ("Ctrl+N", "new policy"), ("Drop a file", "open it")),
)
WINDOW = Topic(
    "Policy Workbench",
    "Edit the policy, ask a request, read the findings: all three follow each other.",
    (
        ("Ctrl+1", "to the editor"),
        ("Ctrl+2, 3, 4", "to the project, the request, the findings"),
        ("Ctrl+Shift+P", "all commands"),
        ("Esc", "back to the editor"),
    ),
)
