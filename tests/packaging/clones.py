"""Small clones that stand in for ours: the real scripts around a lock with nothing in it, a catalog builder that writes
one file and a program that prints how it was started. So nothing is fetched."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

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
    for name in ("run", "setup.sh", "check_installed.py"):
        shutil.copy(REPOSITORY / "packaging" / name, packaging / name)
    (packaging / "requirements-run.txt").write_text("# nothing\n")
    (packaging / "catalog-sources.txt").write_text("# nothing\n")
    (packaging / "build_catalog.py").write_text(BUILDER)
    (folder / "workbench/catalog/compiler").mkdir(parents=True)
    for name in ("__init__.py", "catalog/store.py", "catalog/compiler/__init__.py"):
        (folder / "workbench" / name).write_text("")
    (folder / "workbench/__main__.py").write_text(PROGRAM)
    return Clone(folder)
