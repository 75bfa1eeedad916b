"""What README.md shows works as it is printed."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path

import pytest

from tests.support import REPOSITORY
from workbench.cli.main import main
from workbench.project.loader import load_project
from workbench.project.suppression_files import parse_suppressions


def test_the_scenario_of_the_readme_can_be_pasted_as_it_is(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = (REPOSITORY / "README.md").read_text("utf-8")
    [scenario] = re.findall(r'^    (\{"id".*)$', text, re.MULTILINE)
    file = tmp_path / "s.jsonl"
    file.write_text(scenario + "\n")
    assert main(["simulate", "--scenarios", str(file)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["id"], answer["decision"], answer["pass"]) == ("1", "allowed", True)


def test_suppressions_and_rules_of_the_readme_can_be_pasted_as_they_are(tmp_path: Path) -> None:
    text = (REPOSITORY / "README.md").read_text("utf-8").partition("## Living with findings")[2].partition("\n## ")[0]
    suppressions, rules = (
        textwrap.dedent("\n".join(lines.splitlines()))
        for lines in re.findall(r"((?:^    .*\n|^\n(?=    ))+)", text, re.MULTILINE)
    )
    file = parse_suppressions(tmp_path, suppressions)
    assert [(entry.code, entry.sid) for entry in file.entries] == [("MISSING_VERSION", "Legacy")]
    assert file.problems == ()
    (tmp_path / "workbench.toml").write_text(rules)
    found = load_project(tmp_path).rules
    assert (len(found.forbidden), len(found.required), found.accounts) == (1, 1, frozenset({"111122223333"}))
