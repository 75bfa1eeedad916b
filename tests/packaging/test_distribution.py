"""The Python distribution: what pip installs has our own files, and says where the catalog comes from."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support import REPOSITORY


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's files as pyproject.toml lays them out. The builder itself is not needed for that."""
    config = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    wheel = config["tool"]["hatch"]["build"]["targets"]["wheel"]
    folder = tmp_path_factory.mktemp("site")
    ignore = shutil.ignore_patterns("__pycache__")
    for source, target in {**{name: name for name in wheel["packages"]}, **wheel["force-include"]}.items():
        shutil.copytree(REPOSITORY / source, folder / target, ignore=ignore)
    return folder


def start(site: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    base = {name: value for name, value in os.environ.items() if name != "POLICY_WORKBENCH_DATA"}
    command = [sys.executable, "-P", *arguments]
    env = base | {"PYTHONPATH": str(site)} | more
    return subprocess.run(command, env=env, cwd="/", capture_output=True, text=True, check=False)


def test_an_installed_distribution_has_examples_and_icons(site: Path) -> None:
    code = "from workbench.resources import resource_path as r; print(r('icons/app.svg'), r('icons/app.svg').is_file())"
    assert start(site, "-c", code).stdout == f"{site}/workbench/_resources/icons/app.svg True\n"


def test_an_installed_distribution_works_with_a_catalog(site: Path) -> None:
    data = os.environ.get("POLICY_WORKBENCH_DATA")
    if not data:
        pytest.skip("needs POLICY_WORKBENCH_DATA, which packaging/test sets")
    done = start(site, "-m", "workbench", "review", POLICY_WORKBENCH_DATA=data)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("SageMaker data scientist\n")


def test_without_a_catalog_one_sentence_says_where_it_comes_from(site: Path) -> None:
    done = start(site, "-m", "workbench", "--version")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "there is no catalog.bin, which is built and not part of the distribution: packaging/run in " in done.stderr
    assert "packaging/build_catalog.py into a folder that POLICY_WORKBENCH_DATA then names" in done.stderr
