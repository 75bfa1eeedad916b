"""Text of policies, projects and files among words of our own: shown as text, whatever it holds.

Qt takes a tool tip with a tag in it for HTML and an & in a button or menu for a mnemonic; a direction mark or a control
character would hide or move what stands beside it.
"""

from __future__ import annotations

from html import escape

from workbench.document.unseen import visible


def tip(text: str) -> str:
    """A tool tip that says exactly `text`."""
    text = visible(text)
    return f"<p style='white-space:pre-wrap'>{escape(text)}</p>" if "<" in text else text


def caption(text: str) -> str:
    """A tab, a menu's row or a button that says exactly `text` on one line."""
    return visible(text).replace("&", "&&").replace("\t", " ").replace("\n", " ")
