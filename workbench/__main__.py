"""`python -m workbench`: a command of the command line, else the window. What is not needed is not imported."""

from __future__ import annotations

import sys
from collections.abc import Sequence

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


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status. A first argument that is a command or an option of the command line goes there."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and (arguments[0] in COMMANDS or arguments[0].startswith("-")):
        from workbench.cli.main import main as command_line

        return command_line(arguments)
    from workbench.gui.app import main as window

    return window(arguments)


if __name__ == "__main__":
    sys.exit(main())
