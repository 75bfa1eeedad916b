"""What README.md shows works as it is printed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support import REPOSITORY
from workbench.cli.main import main


def test_the_scenario_of_the_readme_can_be_pasted_as_it_is(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = (REPOSITORY / "README.md").read_text("utf-8")
    [scenario] = re.findall(r'^    (\{"id".*)$', text, re.MULTILINE)
    file = tmp_path / "s.jsonl"
    file.write_text(scenario + "\n")
    assert main(["simulate", "--scenarios", str(file)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["id"], answer["decision"], answer["pass"]) == ("1", "allowed", True)
