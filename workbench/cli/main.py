"""`policy-workbench`: reads the command and hands over. Without a command it is the window's program, not ours.

Exit status: 0 done and clean, 1 done and something was found or failed, 2 bad usage or unreadable input (one line on
stderr, never a traceback). Source: design.md section 4.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import workbench
from workbench.cli import checks, diff, review, simulate, validate
from workbench.cli import test as project_test
from workbench.cli.streams import UnusableInputError
from workbench.errors import WorkbenchError

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


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


class _Version(argparse.Action):
    """Prints program and catalog; opens the catalog only when asked."""

    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="print the version of the program and of the catalog")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from workbench.engine import Engine

        print(f"policy-workbench {workbench.__version__}")
        print(Engine().catalog_version)
        parser.exit(0)


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = _Parser(
        prog="policy-workbench",
        description="Review AWS IAM policies offline. Without a command the window opens: policy-workbench [PATH …]",
    )
    parser.add_argument("--version", action=_Version)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for module in (simulate, validate, checks, diff, project_test, review):
        module.add_to(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a lone surrogate in a policy must not end the program
            stream.reconfigure(errors="backslashreplace")
    try:
        arguments = build_parser().parse_args(argv)
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except (UnusableInputError, WorkbenchError) as error:
        print(f"policy-workbench: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that the last flush is quiet
        return 1
    except OSError as error:
        print(f"policy-workbench: {error.strerror or error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return status


if __name__ == "__main__":
    sys.exit(main())
