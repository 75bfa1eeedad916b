"""What every way to start shares: one-line usage errors, names that fit on a line, what follows where no window opens.

Free of Qt, and of everything that a start of the window does not need.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

PROGRAM = "policy-workbench"
COMMANDS = (
    "simulate",
    "validate",
    "check",
    "check-no-new-access",
    "check-access-not-granted",
    "check-no-public-access",
    "diff",
    "test",
    "review",
)
"""The command line's own list; a test keeps it so. Reading it there would import what the window does not need."""
INSTEAD = "POLICY_WORKBENCH_INSTEAD"
"""packaging/run sets it to `terminal`: what no window can show is then told in the terminal. Installed programs end."""
NO_DISPLAY = "there is no display here to open a window on"


def shown(text: str) -> str:
    """A name or a sentence as it can stand on one line: what cannot be printed is written as an escape, and a byte of a
    file's name that is no text as that byte."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    byte = ord(char) - 0xDC00  # how Python keeps a byte that is no text
    return f"\\x{byte:02x}" if 0x80 <= byte <= 0xFF else char.encode("unicode_escape").decode("ascii")


def tell(sentence: str) -> None:
    """One line on stderr, if there is one."""
    if sys.stderr is not None:
        print(f"{PROGRAM}: {shown(sentence)}", file=sys.stderr)


class OneLineParser(argparse.ArgumentParser):
    """Bad usage is one line and status 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {shown(message)} (see {self.prog} --help)\n")


def window_paths(arguments: Sequence[str]) -> list[Path]:
    """The policies and the project that the window is to open. Ends the program with one line for a bad one."""
    parser = OneLineParser(prog=PROGRAM, description="Review AWS IAM policies, offline.")
    parser.add_argument("path", nargs="*", type=Path, help="policies to open, or a project folder")
    paths: list[Path] = parser.parse_args(arguments).path
    for path in paths:
        if not path.exists():
            tell(f"{path}: there is no such file, folder or command{_guess(str(path))}")
            raise SystemExit(2)
    return paths


def _guess(name: str) -> str:
    from workbench.policy.names import near_match

    guess = near_match(name, COMMANDS)
    return f"; did you mean {guess}?" if guess else ""


def display_is_missing() -> bool:
    """Whether nothing names a display, so that Qt need not even be asked."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform.startswith("linux") and not any(os.environ.get(name) for name in names)


def instead_of_window(paths: Sequence[Path], reason: str) -> list[str] | None:
    """Tells in one line that no window opens and why. Gives the command line to run instead, None to end with status
    2."""
    if os.environ.get(INSTEAD) != "terminal":
        tell(f"{reason}; {PROGRAM} --help lists what works without")
        return None
    if not paths:
        tell(f"{reason}; this is the review of the example project instead.")
        return ["review"]
    tell(f"{reason}; checking in the terminal instead.")
    if len(paths) == 1 and (paths[0] / "workbench.toml").is_file():
        return ["review", str(paths[0])]
    return ["validate", *map(str, paths)]
