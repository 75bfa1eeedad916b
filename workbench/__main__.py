"""`python -m workbench`: a command of the command line, else the window. What is not needed is not imported."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from pathlib import Path

from workbench.collector import collector_paused
from workbench.starting import COMMANDS, NO_DISPLAY, display_is_missing, instead_of_window, tell, window_paths

NEEDED = ("PySide6", "shiboken6", "pygments")
_SELDOM = 1_000
"""How often Python looks for garbage in everything there is: a command keeps nearly all that it makes."""


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status. A first argument that is a command or an option of the command line goes there."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and (arguments[0] in COMMANDS or arguments[0].startswith("-")):
        return _command_line(arguments)
    return window(arguments)


def window(argv: Sequence[str] | None = None) -> int:
    """The exit status of the window, or of what is done where none can be opened."""
    paths = window_paths(sys.argv[1:] if argv is None else argv)
    reason = NO_DISPLAY
    if not display_is_missing():
        try:
            with collector_paused():  # nearly all that is loaded stays
                from workbench.gui.app import main as open_window
        except ImportError as error:
            if (error.name or "").partition(".")[0] not in NEEDED:
                raise
            if isinstance(error, ModuleNotFoundError):
                ours = Path(sys.prefix).name.startswith(("run-", "dev-"))  # a piece of packaging/run's set-up
                remedy = "delete that folder and start again" if ours else "install it with pip"
                tell(f"{error.name} is missing in {sys.prefix}: {remedy}")
                return 2
            reason = f"Qt cannot be loaded here ({error})"
        else:
            return open_window(paths)
    command = instead_of_window(paths, reason)
    return 2 if command is None else _command_line(command)


def _command_line(arguments: Sequence[str]) -> int:
    from workbench.cli.main import main as command_line

    gc.set_threshold(*gc.get_threshold()[:2], _SELDOM)
    return command_line(arguments)


if __name__ == "__main__":
    sys.exit(main())
