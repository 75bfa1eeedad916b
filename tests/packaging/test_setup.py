"""The set-up of packaging/run: once, silently afterwards, healed after an interruption, safe side by side.

A small clone stands in (clones.py), so that nothing is fetched. What the user's environment may do
to a set-up stands in test_setup_environment.py.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.packaging.clones import Clone, make_clone
from tests.support import REPOSITORY

# What a shell script is likely to call.
PROGRAMS = (
    "cat",
    "sha256sum",
    "wc",
    "cmp",
    "flock",
    "dirname",
    "readlink",
    "find",
    "ldconfig",
    "mkdir",
    "sed",
    "python3",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A clone whose set-up is done; tests that use it leave the set-up as it is."""
    clone = make_clone(tmp_path_factory.mktemp("made") / "with spaces")
    assert clone.start("validate").returncode == 0
    return clone


@pytest.fixture
def copied(made: Clone, tmp_path: Path) -> Clone:
    """The same for tests that change it."""
    shutil.copytree(made.path, tmp_path / "clone", symlinks=True)
    return Clone(tmp_path / "clone")


def test_first_start_sets_up_and_the_second_is_silent(tmp_path: Path) -> None:
    clone = make_clone(tmp_path / "clone")
    first = clone.start("validate", "x y.json")
    assert first.returncode == 0
    assert first.stdout == "started ['validate', 'x y.json'] catalog\n"
    assert "setting up" in first.stderr
    second = clone.start("--version")
    assert (second.stdout, second.stderr) == ("started ['--version'] catalog\n", "")
    assert clone.builds() == 1


def test_the_working_folder_cannot_replace_the_program(made: Clone, tmp_path: Path) -> None:
    (tmp_path / "workbench").mkdir()
    (tmp_path / "workbench/__main__.py").write_text("print('not me')")
    done = subprocess.run(
        [str(made.path / "packaging/run"), "test"], cwd=tmp_path, env=made.environment(), capture_output=True, text=True
    )
    assert done.stdout == "started ['test'] catalog\n"


def test_a_link_to_run_finds_its_clone(made: Clone, tmp_path: Path) -> None:
    link = tmp_path / "policy-workbench"
    link.symlink_to(made.path / "packaging/run")
    done = subprocess.run([str(link), "test"], cwd="/", env=made.environment(), capture_output=True, text=True)
    assert done.stdout == "started ['test'] catalog\n"


def test_a_failed_set_up_says_why_and_heals(tmp_path: Path) -> None:
    clone = make_clone(tmp_path / "clone")
    (clone.path / "packaging/break").touch()
    failed = clone.start("validate")
    assert failed.returncode == 2
    assert failed.stdout == ""
    assert "no catalog today" in failed.stderr
    assert "building the catalog failed" in failed.stderr
    (clone.path / "packaging/break").unlink()
    healed = clone.start("validate")
    assert healed.stdout == "started ['validate'] catalog\n"
    assert clone.builds() == 2


def test_a_set_up_killed_half_way_is_made_anew(copied: Clone) -> None:
    for piece in (copied.path / ".setup").glob("*/"):
        (piece / "ready").unlink()  # as if the power had gone before the last step
        shutil.rmtree(piece / "data", ignore_errors=True)
        (piece / "bin/python3").unlink(missing_ok=True)
    healed = copied.start("validate")
    assert healed.stdout == "started ['validate'] catalog\n"
    assert copied.builds() == 2


def test_an_environment_whose_python_is_gone_is_made_anew(copied: Clone) -> None:
    (link,) = (copied.path / ".setup").glob("run-*/bin/python3")
    link.unlink()
    link.symlink_to("/nowhere/python3.11")
    assert copied.start("validate").stdout == "started ['validate'] catalog\n"
    assert os.access(link, os.X_OK)


@pytest.mark.parametrize("harm", ["gone", "cut off"])
def test_a_damaged_piece_is_made_anew(copied: Clone, harm: str) -> None:
    (catalog,) = (copied.path / ".setup").glob("data-*/data/catalog.bin")
    if harm == "gone":
        catalog.unlink()
    else:
        catalog.write_text("cat")
    healed = copied.start("validate")
    assert healed.stdout == "started ['validate'] catalog\n"
    assert "is damaged; making it anew" in healed.stderr
    assert copied.builds() == 2
    assert copied.start("validate").stderr == ""


def test_a_piece_of_an_older_version_that_noted_no_sizes_counts(copied: Clone) -> None:
    for ready in (copied.path / ".setup").glob("*/ready"):
        ready.write_text("")
    assert copied.start("validate").stderr == ""
    assert copied.builds() == 1


def test_a_second_start_runs_a_handful_of_small_programs(made: Clone, tmp_path: Path) -> None:
    """The budget is 50 ms (tests/benchmarks measure it); each of these takes one or two."""
    log = tmp_path / "log"
    for name in PROGRAMS:
        real = shutil.which(name)
        (tmp_path / name).write_text(f'#!/bin/sh\necho {name} >>"{log}"\nexec {real} "$@"\n')
        (tmp_path / name).chmod(0o755)
    assert made.start("--version", PATH=f"{tmp_path}:{os.environ['PATH']}").stderr == ""
    assert sorted(log.read_text().split()) == ["cat"] * 2 + ["cmp"] * 2 + ["flock"] + ["sha256sum"] * 2 + ["wc"] * 2


def test_two_first_starts_at_once_set_up_once(tmp_path: Path) -> None:
    clone = make_clone(tmp_path / "clone")
    command = [str(clone.path / "packaging/run"), "validate"]
    both = [
        subprocess.Popen(
            command, env=clone.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/"
        )
        for _ in range(2)
    ]
    outputs = [process.communicate() for process in both]
    assert [output for output, _ in outputs] == ["started ['validate'] catalog\n"] * 2
    assert clone.builds() == 1


def test_the_set_up_follows_the_lock_and_nothing_else(copied: Clone) -> None:
    before = copied.pieces()
    (copied.path / "workbench/other.py").write_text("changed = True\n")
    (copied.path / "packaging/run").touch()
    copied.start("validate")
    assert copied.pieces() == before
    assert copied.builds() == 1
    (copied.path / "packaging/requirements-run.txt").write_text("# nothing, differently\n")
    copied.start("validate")
    after = copied.pieces()
    assert len(after) == 2, "the outdated environment is gone"
    assert [piece for piece in after if piece in before] == [piece for piece in before if piece.startswith("data-")]


def test_a_clone_in_a_folder_that_is_called_like_a_piece_is_cleaned_up_too(made: Clone, tmp_path: Path) -> None:
    shutil.copytree(made.path, tmp_path / "dev-1/build-2", symlinks=True)
    clone = Clone(tmp_path / "dev-1/build-2")
    (clone.path / "packaging/catalog-sources.txt").write_text("# nothing, differently\n")
    done = clone.start("validate")
    assert "No such file" not in done.stderr
    assert len(clone.pieces()) == 2


def test_an_outdated_set_up_in_use_stays(copied: Clone) -> None:
    with (copied.path / ".setup/in-use").open() as running:
        fcntl.flock(running, fcntl.LOCK_SH)  # as a window does that is still open
        (copied.path / "packaging/requirements-run.txt").write_text("# nothing, differently\n")
        assert copied.start("validate").returncode == 0
        assert len(copied.pieces()) == 3
    assert copied.start("validate").stderr == ""
    assert len(copied.pieces()) == 2, "the first start that may clean up does"


def test_a_path_with_a_colon_is_refused_in_one_line(tmp_path: Path) -> None:
    done = make_clone(tmp_path / "a:b").start("validate")
    assert (done.returncode, done.stdout) == (2, "")
    assert "may hold a colon" in done.stderr
    assert done.stderr.count("\n") == 1


def test_run_starts_from_its_own_folder_by_its_bare_name(made: Clone) -> None:
    folder = made.path / "packaging"
    done = subprocess.run(
        ["sh", "run", "test"], cwd=folder, env=made.environment(), capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("started ['test'] catalog\n", "")


def test_another_folder_for_the_set_up(made: Clone, tmp_path: Path) -> None:
    before = made.pieces()
    shutil.copytree(made.path / ".setup", tmp_path / "elsewhere", symlinks=True)
    made_again = made.start("validate", POLICY_WORKBENCH_SETUP=str(tmp_path / "elsewhere"))
    assert made_again.stderr == ""
    assert made.pieces() == before


def test_where_a_window_cannot_open_the_program_is_to_use_the_terminal(copied: Clone) -> None:
    """What it does then: tests/cli/test_start.py."""
    program = copied.path / "workbench/__main__.py"
    program.write_text("import os; print(os.environ.get('POLICY_WORKBENCH_INSTEAD'))")
    said = [copied.start(*arguments).stdout for arguments in ((), ("a.json",), ("test",))]
    assert said == ["terminal\n", "terminal\n", "None\n"]


def test_the_example_is_there() -> None:
    assert (REPOSITORY / "resources/examples/sagemaker-data-scientist/workbench.toml").is_file()


def test_run_and_the_program_know_the_same_commands() -> None:
    from workbench.starting import COMMANDS

    text = (REPOSITORY / "packaging/run").read_text("utf-8")
    assert f"\n{' | '.join(COMMANDS)} | -*) wants=terminal ;;\n" in text


def test_with_a_platform_the_window_is_started(made: Clone) -> None:
    done = made.start("a.json", QT_QPA_PLATFORM="offscreen")
    assert done.stdout == "started ['a.json'] catalog\n"
