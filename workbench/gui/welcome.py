"""The strip of the first start: one line that says how the three panes belong together."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from workbench.gui.strip import Strip
from workbench.gui.theme import Theme

TEXT = "Change the policy or the request: answer and findings follow."


def welcome_strip(theme: Theme, open_policy: Callable[[], object], parent: QWidget) -> Strip:
    """The strip; who shows it remembers that it was closed."""
    return Strip(theme, "suggestion", TEXT, [("Open a policy…", open_policy)], parent)
