"""Settings of the user that must not get into the set-up (where packages go) and those that must (whence they come)."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.packaging.clones import Clone, make_clone
from tests.support import REPOSITORY

CHECK = REPOSITORY / "packaging/check_installed.py"


def make_wheel(folder: Path) -> str:
    """A wheel with one module in `folder`; gives the line of a lock file."""
    files = {
        "sample/__init__.py": "here = 'in the set-up'\n",
        "sample-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: sample\nVersion: 1.0\n",
        "sample-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: us\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = []
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        rows.append(f"{name},sha256={digest},{len(text)}")
    files["sample-1.0.dist-info/RECORD"] = "\n".join([*rows, "sample-1.0.dist-info/RECORD,,"]) + "\n"
    wheel = folder / "sample-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return f"sample==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    (folder / "lock.txt").write_text(make_wheel(folder))
    return folder


@pytest.fixture
def clone(tmp_path: Path, wheels: Path) -> Clone:
    """A clone whose program needs the package `sample` and says where it is."""
    made = make_clone(tmp_path / "clone")
    (made.path / "packaging/requirements-run.txt").write_text((wheels / "lock.txt").read_text())
    (made.path / "workbench/__main__.py").write_text("import sample; print(sample.__file__)\n")
    return made


def start(clone: Clone, wheels: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    source = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}
    return clone.start("validate", **(source | environment))


def assert_set_up(clone: Clone, done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(clone.path / ".setup"))


def test_a_package_that_the_shell_has_is_installed_all_the_same(clone: Clone, wheels: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    command = [sys.executable, "-m", "pip", "install", "--target", str(elsewhere), "--no-index", "--find-links"]
    subprocess.run([*command, str(wheels), "sample"], check=True, capture_output=True)
    assert (elsewhere / "sample").is_dir()
    assert_set_up(clone, start(clone, wheels, PYTHONPATH=str(elsewhere)))


def test_a_stray_module_on_the_path_of_the_shell_stops_nothing(clone: Clone, wheels: Path, tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('not the json you know')\n")
    assert_set_up(clone, start(clone, wheels, PYTHONPATH=str(tmp_path), PYTHONWARNINGS="error"))


@pytest.mark.parametrize("where", ["variables", "pip.conf"])
def test_where_pip_is_told_to_put_packages_does_not_count(
    clone: Clone, wheels: Path, tmp_path: Path, where: str
) -> None:
    away = str(tmp_path / "away")
    settings = {"target": away, "user": "1", "prefix": away, "root": away, "dry-run": "1"}
    if where == "variables":
        environment = {f"PIP_{name.replace('-', '_').upper()}": value for name, value in settings.items()}
    else:
        config = tmp_path / "pip.conf"
        lines = [f"{name} = {value}" for name, value in settings.items()]
        config.write_text("\n".join(["[global]", *lines, "[install]", *lines]) + "\n")
        environment = {"PIP_CONFIG_FILE": str(config)}
    assert_set_up(clone, start(clone, wheels, **environment))
    assert not os.path.exists(away)


def test_what_pip_did_not_really_install_is_not_called_ready(clone: Clone, wheels: Path) -> None:
    lock = clone.path / "packaging/requirements-run.txt"
    # A package that pip leaves out and the lock lists all the same: as if pip had put it elsewhere.
    lock.write_text('sample==1.0 ; python_version < "3"\n')
    done = start(clone, wheels)
    assert done.returncode == 2
    assert "sample is not installed" in done.stderr
    assert not list((clone.path / ".setup").glob("run-*/ready"))


def check(python: Path, lock: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(python), "-I", str(CHECK), str(lock)], capture_output=True, text=True, check=False)


def test_a_package_that_lost_a_file_or_has_another_version_is_seen(clone: Clone, wheels: Path, tmp_path: Path) -> None:
    assert_set_up(clone, start(clone, wheels))
    (python,) = (clone.path / ".setup").glob("run-*/bin/python3")
    (module,) = (clone.path / ".setup").glob("run-*/lib/python3.*/site-packages/sample/__init__.py")
    assert check(python, wheels / "lock.txt").stdout == ""
    other = tmp_path / "other.txt"
    other.write_text("sample==2.0\n")
    assert check(python, other).stdout == "sample is installed as 1.0, not 2.0\n"
    module.write_text("cut")
    cut = check(python, wheels / "lock.txt")
    assert (cut.returncode, cut.stdout) == (1, "sample lacks sample/__init__.py\n")
