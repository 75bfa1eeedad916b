"""Prints the table of all checks: `python -m workbench.findings.checks_table > resources/help/checks.md`."""

from __future__ import annotations

import sys

from workbench.findings.help_pages import checks_table

if __name__ == "__main__":
    sys.stdout.write(checks_table())
