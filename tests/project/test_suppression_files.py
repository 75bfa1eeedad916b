"""Files of suppressions and baselines: read, checked, told where they are wrong, added to and else left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.findings.identity import Identity
from workbench.findings.suppressions import Suppression
from workbench.project.baseline_files import baseline_text, read_baseline
from workbench.project.model import ProjectError
from workbench.project.suppression_files import (
    add_suppression,
    beside,
    parse_suppressions,
    read_suppressions,
    stale,
    with_suppression,
    without_suppressions,
)

GOOD = """\
# what we live with
[[suppression]]
code = "INVALID_ACTION"
file = "policies/*.json"
sid = "Own"
reason = "the service is in preview"   # until launch
expires = 2027-01-01

  [[suppression]] # the second
code = "MISSING_VERSION"
file = "p.json"
reason = '''
[[suppression]]
more than one line'''
"""


def parsed(text: str) -> tuple[tuple[Suppression, ...], list[str]]:
    file = parse_suppressions(Path("s.toml"), text)
    return file.entries, [f"{text[p.span.start : p.span.end]}|{p.details}" for p in file.problems]


def test_entries_know_their_own_lines() -> None:
    entries, problems = parsed(GOOD)
    assert problems == []
    first, second = entries
    assert (first.code, first.sid, first.expires) == ("INVALID_ACTION", "Own", date(2027, 1, 1))
    assert GOOD[: first.place.start].count("\n") == 1
    assert GOOD[: second.place.start].count("\n") == 8
    assert GOOD[second.place.start :].startswith("[[suppression]]")
    assert second.index == 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('code = "*"', "names one issue code"),
        ('code = "NO_SUCH_CODE"', "no issue code NO_SUCH_CODE"),
        ('code = "JSON_SYNTAX_ERROR"', "JSON_SYNTAX_ERROR cannot be suppressed"),
        ('reason = "short"', "at least 10 characters"),
        ("reason = 3", "reason must be a string"),
        ('code = "INVALID_ACTION"', "say with expires until when"),
        ('expires = "soon"', "expires must be a date"),
        ('sid = "a"\npath = "Statement"', "a path or a Sid, not both"),
        ('file = ""', "needs a file"),
        ('reson = "x"', "did you mean 'reason'?"),
    ],
)
def test_an_entry_that_is_none_is_told_at_its_place_and_the_others_hold(line: str, says: str) -> None:
    rows = {"code": '"MISSING_VERSION"', "file": '"p.json"', "reason": '"a reason of some length"'}
    rows.pop(line.partition(" ")[0], None)
    text = f"{GOOD}[[suppression]]\n" + "".join(f"{k} = {v}\n" for k, v in rows.items()) + f"{line}\n"
    entries, problems = parsed(text)
    assert len(entries) == 2
    [problem] = problems
    assert problem.startswith("[[suppression]]|")
    assert says in problem


@pytest.mark.parametrize(
    "text", ["[[suppression]\n", "suppression = 3", "[other]\na = 1", "suppression = [1]", "a = \x00"]
)
def test_what_is_no_file_of_suppressions_is_one_finding(text: str) -> None:
    entries, problems = parsed(text)
    assert entries == ()
    assert len(problems) == 1


NEW = Suppression(
    "MISSING_VERSION", "p.json", 'says "so" \\ \n\t twice', value="", author="ann é 😀", created=date(2026, 1, 2)
)


@pytest.mark.parametrize("before", ["", "\n", GOOD, GOOD.rstrip("\n"), GOOD.replace("\n", "\r\n"), "# only a comment"])
def test_an_added_entry_leaves_the_text_as_it_is(before: str) -> None:
    after = with_suppression(before, NEW)
    assert after.startswith(before)
    old, _ = parsed(before)
    entries, problems = parsed(after)
    assert problems == []
    assert entries[:-1] == old
    assert (entries[-1].reason, entries[-1].value, entries[-1].author) == (NEW.reason, "", NEW.author)
    assert "\r\n" not in before or "\n" not in after.replace("\r\n", "")


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=10), st.text(st.characters(exclude_categories=["Cs"]))
)
def test_any_text_comes_back(reason: str, value: str) -> None:
    reason = f"because {reason}".strip()
    made = Suppression("MISSING_VERSION", "p.json", reason, value=value)
    [entry] = parsed(with_suppression("", made))[0]
    assert (entry.reason, entry.value) == (reason, value)


@pytest.mark.parametrize("before", ["suppression = []\n", "[[suppression]\n"])
def test_a_file_in_another_form_is_left_as_it_is(tmp_path: Path, before: str) -> None:
    path = tmp_path / "suppressions.toml"
    path.write_text(before)
    with pytest.raises(ProjectError, match="was left as it is"):
        add_suppression(path, NEW)
    assert path.read_text() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_made_and_added_to(tmp_path: Path) -> None:
    path = tmp_path / "suppressions.toml"
    assert read_suppressions(path) is None
    add_suppression(path, NEW)
    add_suppression(path, NEW)
    file = read_suppressions(path)
    assert file is not None
    assert len(file.entries) == 2
    assert [p.name for p in tmp_path.iterdir()] == ["suppressions.toml"]


def test_beside_a_policy() -> None:
    assert beside(Path("a/p.json")) == Path("a/p.suppressions.toml")
    assert beside(Path("a/t.yaml")) == Path("a/t.yaml.suppressions.toml")


def test_unused_entries_are_stale_and_used_ones_are_not() -> None:
    file = parse_suppressions(Path("s.toml"), GOOD)
    found = stale(file, {file.entries[0]}, ["policies/a.json", "p.json"], date(2026, 1, 1))
    assert [(f.code, f.locations[0].path) for f in found] == [
        ("SUPPRESSION_STALE", (("value", "suppression"), ("index", 1)))
    ]


# -- baselines -------------------------------------------------------------------------------------------------------


@given(
    st.lists(
        st.builds(Identity, st.text(), st.text(), st.text(), st.text(), st.lists(st.text(), max_size=2).map(tuple))
    ),
)
def test_a_baseline_comes_back(tmp_path_factory: pytest.TempPathFactory, known: list[Identity]) -> None:
    path = tmp_path_factory.mktemp("b") / "baseline.json"
    path.write_text(baseline_text(known), encoding="utf-8")
    baseline = read_baseline(path)
    assert all(baseline.takes(identity) for identity in known)
    assert not any(baseline.takes(identity) for identity in known)


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", '{"baseline": 2, "findings": []}', '{"baseline": 1, "findings": [3]}', "[" * 100_000),
        '{"baseline": 1, "findings": [{"file": "a", "issueCode": "A", "count": 0}]}',
        '{"baseline": 1, "findings": [{"file": "a", "issueCode": "A", "values": [1]}]}',
    ],
)
def test_what_is_no_baseline_is_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "b.json"
    path.write_text(text)
    with pytest.raises(ProjectError, match="is no baseline"):
        read_baseline(path)


TWO = """# first
[[suppression]]
code = "MISSING_VERSION"
file = "a.json"
reason = "the vendor says [[suppression]] so"

# second, with a word
[[suppression]] # here
file = "b.json"
code = "MISSING_VERSION"
reason = '''
[[suppression]]
over two lines'''

"""


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_an_entry_goes_and_all_else_stays(ends: str) -> None:
    text = TWO.replace("\n", ends)
    first, second = parse_suppressions(Path(), text).entries
    assert without_suppressions(text, [second]) == text[: text.index("[[suppression]] # here")] + ends
    left = "# first" + ends + ends + text[text.index("# second") :]
    assert without_suppressions(text, [first]) == left
    assert without_suppressions(text, [first, second]) == f"# first{ends}{ends}# second, with a word{ends}{ends}"


def test_an_entry_in_another_form_is_left() -> None:
    text = 'suppression = [{code = "MISSING_VERSION", file = "a.json", reason = "written in one line"}]\n'
    [entry] = parse_suppressions(Path(), text).entries
    with pytest.raises(ValueError, match="not written as"):
        without_suppressions(text, [entry])


@given(st.lists(st.sampled_from(["# a word", "", "[[suppression]]"]), max_size=3), st.integers(0, 2))
def test_what_was_added_goes_again(comments: list[str], which: int) -> None:
    text = ""
    for number, word in enumerate(("one", "two", "three")):
        text = with_suppression(text, replace(NEW, reason=f"reason {word}", sid=f"S{number}"))
        text += "".join(f"# {comment}\n" for comment in comments)
    entries = parse_suppressions(Path(), text).entries
    left = without_suppressions(text, [entries[which]])
    kept = [entry for entry in entries if entry is not entries[which]]
    assert [e.reason for e in parse_suppressions(Path(), left).entries] == [e.reason for e in kept]
    assert left.count("#") == text.count("#")
