"""What a policy says reaches a terminal or a build as visible text: no escape sequence, no direction mark."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.cli.main import main
from workbench.document.unseen import UNSEEN

BAD = "\u202e\\u001b[2J\\u0007\\u009b31m\u200b"


def _policy(bad: str) -> str:
    return (
        '{"Version": "2012-10-17", "Statement": [{"Sid": "a", "Effect": "Allow", "Action": "s3:Get%s", "Resource": '
        '"arn:aws:s3:::%s/*", "Condition": {"StringEquals": {"aws:PrincipalTag/%s": "%s"}}}]}' % ((bad,) * 4)
    )


@pytest.mark.parametrize("style", ["text", "github", "sarif", "json"])
def test_findings_show_what_cannot_be_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str], style: str) -> None:
    path = tmp_path / "p\u202e\x1b[2J.json"
    path.write_text(_policy(BAD), encoding="utf-8")
    main(["validate", "--format", style, str(path)])
    out, err = capsys.readouterr()
    assert "CONTROL_OR_FOREIGN_CHARACTER" in out
    assert not set(UNSEEN.findall(out + err)) - {"\n"}
    if style == "sarif":
        for result in json.loads(out)["runs"][0]["results"]:
            assert not UNSEEN.findall(result["message"]["text"])


def test_a_comparison_shows_what_cannot_be_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = tmp_path / "a\x1b[2J.json", tmp_path / "b\u202e.json"
    before.write_text(_policy(""), encoding="utf-8")
    after.write_text(_policy(BAD), encoding="utf-8")
    main(["diff", str(before), str(after)])
    out, err = capsys.readouterr()
    assert "compared with" in out or err
    assert not set(UNSEEN.findall(out + err)) - {"\n"}
