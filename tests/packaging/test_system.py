"""What packaging/setup.sh asks of the system: the right packages, installed by root, told to everybody else."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import OUTSIDE_ENVIRONMENT, REPOSITORY

SCRIPTS = ["run", "test", "build", "setup.sh", "../.ci/run"]


def in_setup(tmp_path: Path, script: str, **programs: str) -> subprocess.CompletedProcess[str]:
    """Run `script` with setup.sh's functions, and with stand-ins for programs of the system."""
    for name, body in programs.items():
        program = tmp_path / name.replace("_", "-")
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)
    head = f"set -eu\nclone='{REPOSITORY}'\n. '{REPOSITORY}/packaging/setup.sh'\n"
    environment = OUTSIDE_ENVIRONMENT | {"PATH": f"{tmp_path}:{OUTSIDE_ENVIRONMENT['PATH']}"}
    return subprocess.run(["sh", "-c", head + script], env=environment, capture_output=True, text=True, check=False)


def table() -> list[list[str]]:
    text = (REPOSITORY / "packaging/setup.sh").read_text("utf-8")
    found = re.search(r'^qt_libraries="\n(.*?)^"', text, re.MULTILINE | re.DOTALL)
    assert found
    return [line.split() for line in found[1].splitlines()]


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_scripts_are_plain_shell(script: str) -> None:
    path = REPOSITORY / "packaging" / script
    subprocess.run(["sh", "-n", str(path)], check=True)
    text = path.read_text("utf-8")
    assert not re.search(r"\[\[|\bfunction \w|<<<|\blocal ", text), "only what every POSIX shell knows"
    if script != "setup.sh":
        assert text.startswith("#!/bin/sh\n")
        assert path.stat().st_mode & 0o111


def test_nothing_is_missing_where_all_libraries_are(tmp_path: Path) -> None:
    libraries = "\n".join(f"\t{row[1]} (libc6,x86-64) => /lib/{row[1]}" for row in table())
    fonts = "echo /usr/share/fonts/some.ttf"
    done = in_setup(
        tmp_path,
        'missing=; missing_for_window any xcb wayland; echo "[$missing]"',
        ldconfig=f"cat <<'E'\n{libraries}\nE",
        find=fonts,
    )
    assert done.stdout == "[]\n"


def test_a_missing_library_is_named_by_its_package(tmp_path: Path) -> None:
    rows = [row for row in table() if row[1] not in ("libxcb-cursor.so.0", "libwayland-client.so.0")]
    libraries = "\n".join(f"\t{row[1]} (libc6,x86-64) => /lib/{row[1]}" for row in rows)
    stand_ins = {"ldconfig": f"cat <<'E'\n{libraries}\nE", "find": "echo /usr/share/fonts/some.ttf"}
    xcb = in_setup(tmp_path, 'missing=; missing_for_window any xcb; echo "[$missing]"', **stand_ins)
    assert xcb.stdout == "[ libxcb-cursor0]\n"
    wayland = in_setup(tmp_path, 'missing=; missing_for_window any wayland; echo "[$missing]"', **stand_ins)
    assert wayland.stdout == "[ libwayland-client0]\n"


def test_a_system_without_a_font_gets_one(tmp_path: Path) -> None:
    done = in_setup(tmp_path, 'missing=; missing_for_window none; echo "[$missing]"', ldconfig="echo x", find="true")
    assert done.stdout == "[ fonts-dejavu-core]\n"


def test_who_is_not_root_is_told_the_one_line(tmp_path: Path) -> None:
    done = in_setup(
        tmp_path, "missing=' libegl1 xvfb'; get_missing; echo on", id="echo 1000", apt_get="echo no >&2; exit 1"
    )
    assert done.returncode == 2
    assert done.stdout == ""
    lines = [line for line in done.stderr.splitlines() if "sudo apt-get install" in line]
    assert len(lines) == 1
    assert lines[0].endswith("libegl1 xvfb")


def test_root_installs_by_itself_and_refreshes_the_lists_if_need_be(tmp_path: Path) -> None:
    log = tmp_path / "log"
    apt = f'echo "$@" >>{log}; case "$1" in update) : >{tmp_path}/fresh ;; *) [ -e {tmp_path}/fresh ] ;; esac'
    done = in_setup(tmp_path, "missing=' libegl1'; get_missing; echo on", id="echo 0", apt_get=apt)
    assert done.stdout == "on\n"
    assert done.stderr == "policy-workbench: installing system packages: libegl1\n"
    calls = log.read_text().splitlines()
    assert calls[-2] == "update"
    assert calls[-1].startswith("install --yes --no-install-recommends")
    assert calls[-1].endswith("libegl1")


def test_root_sees_why_apt_failed(tmp_path: Path) -> None:
    done = in_setup(
        tmp_path, "missing=' x'; get_missing; echo on", id="echo 0", apt_get="echo no such package; exit 100"
    )
    assert done.returncode == 2
    assert "no such package" in done.stderr
    assert "on" not in done.stdout.split()


def test_an_old_python_is_refused_in_one_sentence(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    stub = f'case "$2" in *realpath*) echo {old} ;; *) echo 3.9 ;; esac'
    script = f"POLICY_WORKBENCH_PYTHON={old}; find_python"
    done = in_setup(tmp_path, script, python3=stub)
    assert done.returncode == 2
    sentence = "Policy Workbench needs Python 3.11 or newer (up to 3.14), and there is none here, only 3.9."
    assert done.stderr == f"policy-workbench: {sentence}\n"


def test_a_newer_python_beside_an_old_one_is_found(tmp_path: Path) -> None:
    stand_ins = {
        name: f'case "$2" in *realpath*) echo {tmp_path}/{name} ;; *) echo {version} ;; esac'
        for name, version in (("old", "3.9"), ("new", "3.13"))
    }
    done = in_setup(tmp_path, "POLICY_WORKBENCH_PYTHON='old new'; find_python; echo $python_version", **stand_ins)
    assert done.stdout == "3.13\n"


def test_the_table_names_every_system_library_that_qt_asks_for() -> None:
    """Read from Qt's own files with objdump: a new Qt that needs one more library must not surprise a user."""
    found = importlib.util.find_spec("PySide6")
    if found is None or found.origin is None or shutil.which("objdump") is None:
        pytest.skip("needs Qt and objdump")
    qt = Path(found.origin).parent
    plugins = qt / "Qt/plugins"
    ours = [
        *qt.glob("Qt*.abi3.so"),
        *(plugins / "platforms").glob("libq[xwo][cabf]*.so"),
        *(qt / "Qt/lib").glob("lib*.so*"),
    ]
    ours = [
        path for path in ours if re.search(r"(Core|Gui|Widgets|Svg|DBus|XcbQpa|WaylandClient|libq\w+)\.", path.name)
    ]
    shipped = {path.name for path in qt.rglob("*.so*")} | {path.name for path in qt.parent.glob("shiboken6/*.so*")}
    base = re.compile(r"(libc|libm|libdl|libpthread|librt|libstdc\+\+|libgcc_s|libz|ld-linux-[\w-]+)\.so")
    needed = {
        library
        for path in ours
        for library in re.findall(
            r"NEEDED\s+(\S+)", subprocess.run(["objdump", "-p", str(path)], capture_output=True, text=True).stdout
        )
    }
    assert "libxcb-cursor.so.0" in needed, "the platform plugins were looked at"
    unknown = {library for library in needed if library not in shipped and not base.match(library)}
    assert unknown - {row[1] for row in table()} == set()


def test_a_python_whose_path_has_a_space_is_one(tmp_path: Path) -> None:
    python = tmp_path / "my python"
    python.write_text(f'#!/bin/sh\ncase "$2" in *realpath*) echo "{python}" ;; *) echo 3.12 ;; esac\n')
    python.chmod(0o755)
    done = in_setup(tmp_path, f"POLICY_WORKBENCH_PYTHON='{python}'; find_python; echo \"$python\"")
    assert done.stdout == f"{python}\n"


@pytest.mark.parametrize(
    ("run", "points_to"), [("{root}/run-1", "../../../../run-1/lib/python3.12/site-packages"), ("{other}/run-1", None)]
)
def test_an_extra_piece_finds_the_run_piece_wherever_it_is(tmp_path: Path, run: str, points_to: str | None) -> None:
    root, other = tmp_path / "root", tmp_path / "other"
    run = run.format(root=root, other=other)
    site = root / "dev-1/lib/python3.12/site-packages"
    for folder in (site, Path(run) / "lib/python3.12/site-packages"):
        folder.mkdir(parents=True)
    script = f"make_environment() {{ :; }}; run_path='{run}'; make_extra '{root}/dev-1' lock"
    assert in_setup(tmp_path, script).stderr == ""
    line = (site / "policy-workbench-run.pth").read_text().strip()
    assert line == (points_to or f"{run}/lib/python3.12/site-packages")
    assert (site / line).resolve() == (Path(run) / "lib/python3.12/site-packages").resolve()
