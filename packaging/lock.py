"""Write the locked dependencies: packaging/requirements-{run,dev,build}.txt, out of pyproject.toml.

    python packaging/lock.py [run dev build]

pip resolves (and so chooses the index, certificates and proxies, as the user configured it), then the index tells the
hashes of every wheel of each chosen release, for all systems and Pythons. No address is written. Needs pip >= 22.2;
not part of the program or of its set-up.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
HEADS = {
    "run": "What the program needs.",
    "dev": "What checks the program: the linters and packaging/test.",
    "build": "What packages the program: packaging/build.",
}
NOTE = "Written by packaging/lock.py out of pyproject.toml; every wheel of each release, by hash."


def wanted(lock: str) -> list[str]:
    """The requirements of one lock as pyproject.toml states them."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text("utf-8"))["project"]
    requirements = project["dependencies"] if lock == "run" else project["optional-dependencies"][lock]
    return [str(requirement) for requirement in requirements]


def resolve(requirements: list[str], keep: list[str]) -> dict[str, str]:
    """Name -> version of everything that `requirements` need, with the versions in `keep` held."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-"]
    done = subprocess.run([*command, "--only-binary", ":all:", *requirements, *keep], check=True, capture_output=True)
    chosen = (item["metadata"] for item in json.loads(done.stdout)["install"])
    return {re.sub(r"[-_.]+", "-", item["name"]).lower(): item["version"] for item in chosen}


def index_page(name: str) -> list[dict[str, Any]]:
    """The files of a package as pip's own index lists them."""
    from pip._internal.commands import create_command

    options, _ = (command := create_command("download")).parse_args([])
    session = command._build_session(options)  # type: ignore[attr-defined]
    accept = {"Accept": "application/vnd.pypi.simple.v1+json"}
    answer = session.get(f"{options.index_url.rstrip('/')}/{name}/", headers=accept)
    answer.raise_for_status()
    return list(answer.json()["files"])


def wheel_hashes(name: str, version: str) -> list[str]:
    """SHA-256 of every wheel of a release, sorted."""
    found = set()
    for file in index_page(name):
        parts = file["filename"].split("-")
        if file["filename"].endswith(".whl") and parts[1] == version:
            found.add(file["hashes"]["sha256"])
    if not found:
        raise SystemExit(f"the index lists no wheel of {name} {version}")
    return sorted(found)


def write(lock: str, versions: dict[str, str]) -> None:
    lines = [f"# {HEADS[lock]}", f"# {NOTE}"]
    for name, version in sorted(versions.items()):
        hashes = [f"    --hash=sha256:{value}" for value in wheel_hashes(name, version)]
        lines.append(" \\\n".join([f"{name}=={version}", *hashes]))
    (HERE / f"requirements-{lock}.txt").write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    run = resolve(wanted("run"), [])
    held = [f"{name}=={version}" for name, version in run.items()]
    for lock in sys.argv[1:] or list(HEADS):
        if lock == "run":
            write("run", run)
            continue
        # On top of the program's own, so that one environment can hold both.
        versions = resolve(wanted(lock), held)
        write(lock, {name: version for name, version in versions.items() if name not in run})
        print(f"{lock}: {len(versions)} packages", file=sys.stderr)


if __name__ == "__main__":
    main()
