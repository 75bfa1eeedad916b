"""The request that shows a finding, asked where more than the policy in front is needed to show it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt

from tests.gui.test_findings_window import click_finding
from workbench.gui.main_window import MainWindow
from workbench.gui.widgets import WrappedLabel

_MFA = (
    '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*",'
    '"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}}'
)


def test_a_request_beside_full_access_says_so_and_offers_no_change_to_it(
    qtbot: Any, make_window: Callable[..., MainWindow], tmp_path: Path
) -> None:
    file = tmp_path / "p.json"
    file.write_text(_MFA)
    window = make_window(file)
    click_finding(qtbot, window, "MFA_CONDITION_BYPASSED_WHEN_ABSENT")
    qtbot.mouseClick(window.findings.details.links["Show the request"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.panel.card.word() == "Allowed", timeout=10_000)
    shown = [label.text() for label in window.findChildren(WrappedLabel) if label.isVisible()]
    assert any("p.json beside full access, as it was found." in text for text in shown)
    assert not any("Remove statement 1 of full access" in text for text in shown)
