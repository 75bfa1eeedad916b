"""How the program starts: what is a command, what a path, and what happens where no window can be opened."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import REPOSITORY
from workbench.__main__ import main
from workbench.cli.main import command_names
from workbench.engine import Engine
from workbench.starting import COMMANDS, shown, window_paths


@pytest.fixture
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "POLICY_WORKBENCH_INSTEAD"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def terminal_instead(no_display: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """As packaging/run starts it."""
    monkeypatch.setenv("POLICY_WORKBENCH_INSTEAD", "terminal")


def test_the_starter_and_the_command_line_know_the_same_commands() -> None:
    assert set(COMMANDS) == set(command_names())


@pytest.mark.usefixtures("no_display")
def test_without_a_display_the_installed_program_says_so_and_ends(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("policy-workbench: there is no display here to open a window on; ")
    assert printed.err.count("\n") == 1


@pytest.mark.usefixtures("terminal_instead")
def test_without_a_display_a_clone_reviews_the_example_and_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0, "that the review found something is no failure"
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 1
    assert "no display" in printed.err
    assert printed.out.startswith("SageMaker data scientist\n")


@pytest.mark.usefixtures("terminal_instead")
def test_without_a_display_a_project_is_reviewed_and_files_are_checked(capsys: pytest.CaptureFixture[str]) -> None:
    project = Engine().example_project()
    main([str(project)])
    assert "\nRequests\n" in capsys.readouterr().out
    assert main([str(project / "policies/team-tags.json")]) == 0
    assert capsys.readouterr().out == "No findings in 1 file.\n"


@pytest.mark.usefixtures("terminal_instead")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["validat"], "validat: there is no such file, folder or command; did you mean validate?"),
        (["no such.json"], "no such.json: there is no such file, folder or command"),
        ([str(REPOSITORY), "--bad"], "unrecognized arguments: --bad (see policy-workbench --help)"),
    ],
)
def test_bad_usage_is_one_line_with_or_without_a_display(
    capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert capsys.readouterr().err == f"policy-workbench: {says}\n"


def test_paths_are_taken_as_they_are(tmp_path: Path) -> None:
    assert window_paths([str(tmp_path), str(REPOSITORY)]) == [tmp_path, REPOSITORY]
    assert window_paths([]) == []


@pytest.mark.parametrize(
    ("text", "line"), [("plain ü", "plain ü"), ("a\nb", "a\\nb"), ("\udcff", "\\xff"), ("\ud800", "\\ud800"), ("", "")]
)
def test_a_name_is_shown_on_one_line(text: str, line: str) -> None:
    assert shown(text) == line


def start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    base = {name: value for name, value in os.environ.items() if name not in names}
    base["PYTHONPATH"] = str(REPOSITORY)
    command = [sys.executable, "-P", "-m", "workbench", *arguments]
    return subprocess.run(command, env=base | environment, capture_output=True, text=True, timeout=120, check=False)


def test_a_part_of_the_set_up_that_is_gone_is_named_in_one_line(tmp_path: Path) -> None:
    """A stand-in for PySide6 that lacks what every window needs."""
    (tmp_path / "PySide6").mkdir()
    (tmp_path / "PySide6/__init__.py").write_text("")
    done = start(PYTHONPATH=f"{tmp_path}:{REPOSITORY}", QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 2
    says = f"PySide6.QtCore is missing in {sys.prefix}: delete that folder and start again"
    assert done.stderr == f"policy-workbench: {says}\n"


def test_a_library_that_the_system_lacks_is_a_window_that_cannot_open(tmp_path: Path) -> None:
    (tmp_path / "PySide6").mkdir()
    words = "libEGL.so.1: cannot open shared object file: No such file or directory"
    (tmp_path / "PySide6/__init__.py").write_text(f"raise ImportError('{words}', name='PySide6.QtGui')")
    environment = {"PYTHONPATH": f"{tmp_path}:{REPOSITORY}", "QT_QPA_PLATFORM": "offscreen"}
    assert start(**environment).returncode == 2
    done = start(POLICY_WORKBENCH_INSTEAD="terminal", **environment)
    assert done.returncode == 0
    assert done.stderr == (
        f"policy-workbench: Qt cannot be loaded here ({words}); this is the review of the example project instead.\n"
    )


@pytest.mark.parametrize(
    ("redirection", "says"),
    [
        ("validate '{file}' >&-", "standard output is closed"),
        ("simulate --scenarios - <&-", "standard input is closed"),
        ("simulate --cli-input-json - <&-", "standard input is closed"),
        ("validate --documents - <&-", "standard input is closed"),
    ],
)
def test_a_closed_standard_stream_is_one_line_and_status_2(tmp_path: Path, redirection: str, says: str) -> None:
    (tmp_path / "p.json").write_text("{}")
    command = f"{sys.executable} -P -m workbench " + redirection.format(file=tmp_path / "p.json")
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, f"policy-workbench: {says}\n")


def test_without_standard_error_an_error_is_still_status_2(tmp_path: Path) -> None:
    command = f"{sys.executable} -P -m workbench validate nowhere.json 2>&-"
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
