"""Starts the installed `policy-workbench-gui`: the window."""

import sys

from workbench.__main__ import window

sys.exit(window())
