"""The set-up of packaging/run: once, silently afterwards, healed after an interruption, safe side by side.

A small clone stands in: our real scripts around a lock with nothing in it, a catalog builder that writes one file and
a program that prints how it was started. So nothing is fetched.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import OUTSIDE_ENVIRONMENT, REPOSITORY

BUILDER = """
import pathlib, sys
out = pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
here = pathlib.Path(__file__).parent
with (here / "builds").open("a") as log:
    log.write("x")
if (here / "break").exists():
    raise SystemExit("no catalog today")
out.mkdir(parents=True)
(out / "catalog.bin").write_text("catalog")
"""
PROGRAM = """
import os, pathlib, sys
print("started", sys.argv[1:], pathlib.Path(os.environ["POLICY_WORKBENCH_DATA"], "catalog.bin").read_text())
raise SystemExit(1 if sys.argv[1:2] == ["review"] else 0)
"""
DESKTOP = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "POLICY_WORKBENCH_SETUP", "POLICY_WORKBENCH_DATA")


@dataclass
class Clone:
    path: Path

    def start(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.path / "packaging" / "run"), *arguments],
            env=self.environment(**environment),
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )

    def environment(self, **more: str) -> dict[str, str]:
        base = {name: value for name, value in OUTSIDE_ENVIRONMENT.items() if name not in DESKTOP}
        return base | {"POLICY_WORKBENCH_PYTHON": sys._base_executable} | more  # type: ignore[attr-defined]

    def builds(self) -> int:
        return len((self.path / "packaging" / "builds").read_text())

    def pieces(self) -> list[str]:
        return sorted(path.name for path in (self.path / ".setup").iterdir() if path.is_dir())


def make_clone(folder: Path) -> Clone:
    packaging = folder / "packaging"
    packaging.mkdir(parents=True)
    for name in ("run", "setup.sh"):
        shutil.copy(REPOSITORY / "packaging" / name, packaging / name)
    (packaging / "requirements-run.txt").write_text("# nothing\n")
    (packaging / "catalog-sources.txt").write_text("# nothing\n")
    (packaging / "build_catalog.py").write_text(BUILDER)
    (folder / "workbench/catalog/compiler").mkdir(parents=True)
    for name in ("__init__.py", "catalog/store.py", "catalog/compiler/__init__.py"):
        (folder / "workbench" / name).write_text("")
    (folder / "workbench/__main__.py").write_text(PROGRAM)
    return Clone(folder)


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


def test_an_outdated_set_up_in_use_stays(copied: Clone) -> None:
    with (copied.path / ".setup/in-use").open() as running:
        fcntl.flock(running, fcntl.LOCK_SH)  # as a window does that is still open
        (copied.path / "packaging/requirements-run.txt").write_text("# nothing, differently\n")
        assert copied.start("validate").returncode == 0
        assert len(copied.pieces()) == 3
    (copied.path / "packaging/catalog-sources.txt").write_text("# nothing, differently\n")
    copied.start("validate")
    assert len(copied.pieces()) == 2


def test_another_folder_for_the_set_up(made: Clone, tmp_path: Path) -> None:
    before = made.pieces()
    shutil.copytree(made.path / ".setup", tmp_path / "elsewhere", symlinks=True)
    made_again = made.start("validate", POLICY_WORKBENCH_SETUP=str(tmp_path / "elsewhere"))
    assert made_again.stderr == ""
    assert made.pieces() == before


def test_without_a_display_the_example_is_reviewed_and_all_is_well(made: Clone) -> None:
    done = made.start()
    assert done.returncode == 0, "that the review found something is no failure"
    assert done.stderr.count("\n") == 1
    assert "no display" in done.stderr
    example = made.path / "resources/examples/sagemaker-data-scientist"
    assert done.stdout == f"started ['review', '{example}'] catalog\n"


def test_the_example_is_there() -> None:
    assert (REPOSITORY / "resources/examples/sagemaker-data-scientist/workbench.toml").is_file()


def test_without_a_display_paths_are_checked(made: Clone) -> None:
    done = made.start("./a.json", "b.json")
    assert "no display" in done.stderr
    assert done.stdout == "started ['validate', './a.json', 'b.json'] catalog\n"


def test_run_and_the_program_know_the_same_commands() -> None:
    from workbench.__main__ import COMMANDS

    text = (REPOSITORY / "packaging/run").read_text("utf-8")
    assert f"\n{' | '.join(COMMANDS)} | -*) wants=terminal ;;\n" in text


def test_with_a_platform_the_window_is_started(made: Clone) -> None:
    done = made.start("a.json", QT_QPA_PLATFORM="offscreen")
    assert done.stdout == "started ['a.json'] catalog\n"


def test_a_second_start_costs_little(made: Clone) -> None:
    """The budget is 50 ms; the bound here is loose, for a machine that does other things too."""
    import time

    def duration(*command: str) -> float:
        start = time.perf_counter()
        subprocess.run(command, env=made.environment(), check=True, capture_output=True, cwd="/")
        return time.perf_counter() - start

    whole = min(duration(str(made.path / "packaging/run"), "--version") for _ in range(5))
    python = min(duration(sys.executable, "-c", "import os, pathlib") for _ in range(5))
    assert whole - python < 0.150
