"""The start on a display that cannot be reached, in processes of their own: Qt would abort this one."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support import REPOSITORY

UNREACHABLE = {"DISPLAY": ":4711"}
NO_SUCH_PLUGIN = {"QT_QPA_PLATFORM": "nonsense"}


def start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    base = {name: value for name, value in os.environ.items() if name not in names}
    base["PYTHONPATH"] = str(REPOSITORY)
    command = [sys.executable, "-P", "-m", "workbench", *arguments]
    return subprocess.run(command, env=base | environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("display", "why"),
    [
        (UNREACHABLE, "could not connect to display :4711"),
        (NO_SUCH_PLUGIN, 'Could not find the Qt platform plugin "nonsense"'),
    ],
)
def test_a_display_that_cannot_be_reached_is_one_line_and_status_2(display: dict[str, str], why: str) -> None:
    done = start(**display)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"policy-workbench: no window can be opened here ({why}")
    assert done.stderr.count("\n") == 1


def test_a_clone_on_a_display_that_cannot_be_reached_reviews_the_example() -> None:
    done = start(POLICY_WORKBENCH_INSTEAD="terminal", **UNREACHABLE)
    assert done.returncode == 0
    assert done.stdout.startswith("SageMaker data scientist\n")
    assert done.stderr.count("\n") == 1
