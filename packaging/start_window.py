"""Starts the installed `policy-workbench-gui`: the window."""

import sys

from workbench.gui.app import main

sys.exit(main())
