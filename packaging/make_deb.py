"""Turn the folder that PyInstaller made into a Debian package; prints the package's path.

    python packaging/make_deb.py --program DIR --data DIR --libraries TABLE --work DIR --out DIR

Needs dpkg-deb, objdump and strip. TABLE is $qt_libraries of setup.sh: the packages that Qt's libraries come from.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

HERE = Path(__file__).resolve().parent
CLONE = HERE.parent
NAME = "policy-workbench"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}

CONTROL = """\
Package: {name}
Version: {version}
Architecture: {architecture}
Maintainer: The Policy Workbench authors <policy-workbench@localhost>
Installed-Size: {size}
Depends: {depends}
Section: devel
Priority: optional
Description: review AWS IAM policies offline
 Policy Workbench opens AWS IAM policies, says what is wrong with them, answers
 whether a request would be allowed and why, and keeps the answers as tests.
 Everything happens on this machine: no network and no AWS account is needed.
"""

# The licences of what the package brings that do not travel inside its own files; texts follow after this head.
HEAD = """\
Policy Workbench is licensed under the Apache License, Version 2.0. On Debian systems its text is in
/usr/share/common-licenses/Apache-2.0.

The package brings other works, unchanged:

* Qt 6 and Qt for Python (PySide6, shiboken6) {qt}: copyright The Qt Company Ltd. and other contributors, used under the
  GNU Lesser General Public License version 3: /usr/share/common-licenses/LGPL-3. They are separate shared libraries in
  /usr/lib/policy-workbench/lib/PySide6, which you may replace by your own builds of them. Qt contains third-party
  code under permissive licences; ICU, among it, under the Unicode License.
* Python {python}: the Python Software Foundation License, below.
* PyYAML {pyyaml} with libyaml: the MIT license, below.
* Pygments {pygments}: the BSD 2-clause license, below.
* RE2 {re2} (google-re2) with Abseil: copyright (c) The RE2 Authors; the BSD 3-clause license, below; Abseil under the
  Apache License, Version 2.0.
* Z3 {z3} (z3-solver): copyright (c) Microsoft Corporation; the MIT license, below.
* The starters are PyInstaller's bootloader: GPL version 2 or later with an exception that lets it start programs of any
  license; copyright the PyInstaller Development Team.
* libffi (MIT), bzip2 (BSD-style), liblzma (public domain), mpdecimal (BSD) and expat (MIT), as far as this Python uses
  them.
* The catalog of AWS services and the managed policies are compiled from published data, whose notices follow below.
"""


# Z3's wheel comes without it.
MIT = """\
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED *AS IS*, WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def copy_tree(program: Path, root: Path) -> None:
    """Lay the package's files out under `root` as they will stand on the target's /."""
    home = root / "usr/lib" / NAME
    shutil.copytree(program, home, symlinks=True)
    links = root / "usr/bin"
    links.mkdir(parents=True)
    for starter in (NAME, f"{NAME}-gui"):
        (links / starter).symlink_to(f"../lib/{NAME}/{starter}")
    for source, target in {
        HERE / f"{NAME}.desktop": f"usr/share/applications/{NAME}.desktop",
        CLONE / "resources/icons/app.svg": f"usr/share/icons/hicolor/scalable/apps/{NAME}.svg",
    }.items():
        (root / target).parent.mkdir(parents=True)
        shutil.copyfile(source, root / target)


def write_documents(root: Path, data: Path, version: str) -> None:
    """The copyright file, with every notice that must travel along, and a changelog."""
    folder = root / "usr/share/doc" / NAME
    folder.mkdir(parents=True)
    head = HEAD.format(
        qt=importlib.metadata.version("PySide6-Essentials"),
        python=platform.python_version(),
        pyyaml=importlib.metadata.version("PyYAML"),
        pygments=importlib.metadata.version("Pygments"),
        re2=importlib.metadata.version("google-re2"),
        z3=importlib.metadata.version("z3-solver"),
    )
    z3 = f"Copyright (c) Microsoft Corporation\nAll rights reserved.\n\n{MIT}"
    texts = {"Python": python_licence(), "Pygments": distribution_licence("Pygments"), "Z3": z3}
    texts |= {path.name: path.read_text("utf-8") for path in sorted((data / "notices").iterdir())}
    texts |= {name: distribution_licence(name) for name in ("PyYAML", "google-re2")}
    parts = [head] + [f"{'-' * 78}\n{name}\n{'-' * 78}\n\n{text.strip()}\n" for name, text in texts.items()]
    (folder / "copyright").write_text("\n".join(parts), "utf-8")
    entry = f"{NAME} ({version}) unstable; urgency=medium\n\n  * See the project's history.\n"
    (folder / "changelog.gz").write_bytes(gzip.compress(entry.encode(), mtime=0))


def python_licence() -> str:
    """The licence text that came with the Python that is being packed. Raises SystemExit if it came with none."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for path in (Path(sysconfig.get_path("stdlib")) / "LICENSE.txt", Path(f"/usr/share/doc/python{version}/copyright")):
        if path.is_file():
            return path.read_text("utf-8")
    raise SystemExit(f"make_deb: found no licence text of Python {version}")


def distribution_licence(name: str) -> str:
    """The licence text inside an installed package. Raises SystemExit if there is none."""
    for file in importlib.metadata.files(name) or ():
        if re.match(r"(?i)(licen[sc]e|copying)", file.name):
            return file.read_text("utf-8")
    raise SystemExit(f"make_deb: {name} came without a licence text")


def elf_files(root: Path) -> list[Path]:
    """Programs and shared libraries under `root`."""
    found = []
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    found.append(path)
    return found


def settle_modes(root: Path) -> None:
    """Modes that depend on nobody's umask: programs and folders 755, the rest 644; strips symbols of Python and Z3."""
    for path in elf_files(root):
        if path.name.startswith(("libpython", "libz3")) or ".cpython-" in path.name:
            subprocess.run(["strip", "--strip-unneeded", str(path)], check=True)
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            program = path.parent.name == NAME and path.name.startswith(NAME)
            path.chmod(0o755 if path.is_dir() or program else 0o644)


def c_library_needed(root: Path) -> str:
    """The newest version of the C library that any of our files asks for, such as "2.34"."""
    newest = (2, 0)
    for path in elf_files(root):
        symbols = subprocess.run(["objdump", "-T", str(path)], check=True, capture_output=True, text=True).stdout
        versions = re.findall(r"GLIBC_(\d+)\.(\d+)", symbols)
        newest = max([newest, *((int(major), int(minor)) for major, minor in versions)])
    return f"{newest[0]}.{newest[1]}"


def depends(root: Path, libraries: str) -> str:
    """The Depends line: the C and C++ libraries, and the packages of the `any` and `xcb` rows of setup.sh's table."""
    packages = {row[2] for row in map(str.split, libraries.splitlines()) if row and row[0] in ("any", "xcb")}
    # Newer Ubuntus gave glib a new name; the old one stays for Debian 12.
    alternatives = {"libglib2.0-0": "libglib2.0-0t64 | libglib2.0-0"}
    base = [f"libc6 (>= {c_library_needed(root)})", "libgcc-s1", "libstdc++6", "zlib1g"]
    return ", ".join(base + [alternatives.get(package, package) for package in sorted(packages)])


def pack(root: Path, out: Path, version: str, libraries: str) -> Path:
    """Write the control file and the package."""
    settle_modes(root)
    architecture = ARCHITECTURES.get(platform.machine())
    if architecture is None:
        raise SystemExit(f"make_deb: no Debian name is known for {platform.machine()}")
    size = sum(path.lstat().st_size for path in root.rglob("*") if not path.is_dir())
    fields = {"name": NAME, "version": version, "architecture": architecture, "size": -(-size // 1024)}
    control = root / "DEBIAN/control"
    needs = depends(root, libraries)
    control.parent.mkdir(mode=0o755)
    control.write_text(CONTROL.format(depends=needs, **fields), "utf-8")
    control.chmod(0o644)
    package = out / f"{NAME}_{version}_{architecture}.deb"
    unfinished = package.with_suffix(f".{os.getpid()}")
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "--threads-max=2", "--build", str(root), str(unfinished)]
    subprocess.run(command, check=True, stdout=sys.stderr)
    return unfinished.replace(package)


def main() -> None:
    parser = argparse.ArgumentParser(description="Turn PyInstaller's folder into a Debian package.")
    for option in ("--program", "--data", "--work", "--out"):
        parser.add_argument(option, type=Path, required=True, metavar="DIR")
    parser.add_argument("--libraries", required=True, metavar="TABLE")
    options = parser.parse_args()
    match = re.search(r'__version__ = "([^"]+)"', (CLONE / "workbench/__init__.py").read_text("utf-8"))
    if match is None:
        raise SystemExit("make_deb: workbench/__init__.py states no version")
    copy_tree(options.program, options.work)
    write_documents(options.work, options.data, match[1])
    print(pack(options.work, options.out, match[1], options.libraries))


if __name__ == "__main__":
    main()
