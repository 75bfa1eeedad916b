"""`policy-workbench`: reads the command and hands over. Without a command it is the window's program, not ours.

Exit status: 0 done and clean, 1 done and something was found or failed, 2 bad usage or unreadable input (one line on
stderr, never a traceback). Source: design.md section 4.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import workbench
from workbench.cli.streams import UnusableInputError
from workbench.errors import WorkbenchError
from workbench.starting import PROGRAM, OneLineParser, tell

_MODULES = ("simulate", "validate", "checks", "diff", "test", "review")
_OF_ITS_OWN = ("simulate", "validate", "diff", "test", "review")
"""Commands whose module is called like them: for these no other is loaded."""


class _Version(argparse.Action):
    """Prints program and catalog; opens the catalog only when asked."""

    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="print the version of the program and of the catalog")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from workbench.engine import Engine

        print(f"{PROGRAM} {workbench.__version__}")
        print(Engine().catalog_version)
        parser.exit(0)


def command_names() -> tuple[str, ...]:
    """Every command there is, in the order of the help."""
    groups = (action for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction))
    return tuple(name for group in groups for name in group.choices)


def build_parser(command: str = "") -> argparse.ArgumentParser:
    """The whole command line, or as much of it as the command needs."""
    parser = OneLineParser(
        prog=PROGRAM,
        description="Review AWS IAM policies offline. Without a command the window opens: policy-workbench [PATH …]",
    )
    parser.add_argument("--version", action=_Version)
    commands = parser.add_subparsers(dest="command", metavar="command")
    for name in (command,) if command in _OF_ITS_OWN else _MODULES:
        import_module(f"workbench.cli.{name}").add_to(commands)
    return parser


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = build_parser(next(iter(sys.argv[1:] if argv is None else argv), ""))
    arguments, unknown = parser.parse_known_args(argv)
    if unknown:  # told first: of a missing command it is the likely reason
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    if arguments.command is None:
        parser.error("name a command")
    return arguments


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit status."""
    if sys.stdout is None:  # as Python says that it was closed before the start
        tell("standard output is closed")
        return 2
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a lone surrogate in a policy must not end the program
            stream.reconfigure(errors="backslashreplace")
    try:
        arguments = _parse(argv)
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except (UnusableInputError, WorkbenchError) as error:
        tell(str(error))
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that the last flush is quiet
        return 1
    except OSError as error:
        tell(error.strerror or str(error))
        return 2
    except KeyboardInterrupt:
        return 130
    return status


if __name__ == "__main__":
    sys.exit(main())
