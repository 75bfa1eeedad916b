"""Starts the installed `policy-workbench`: the same as `python -m workbench`."""

import sys

from workbench.__main__ import main

sys.exit(main())
