"""Wildcard expansion and look-up, against the plain way to do it."""

from __future__ import annotations

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.catalog import glob
from workbench.catalog.catalog import Catalog
from workbench.catalog.store import CatalogMissing


@pytest.fixture(scope="module")
def names(catalog: Catalog) -> tuple[str, ...]:
    return catalog.expand_names("sagemaker:*")


PIECES = st.sampled_from(
    ["*", "?", "Create", "Describe", "e", "E", "s", "Job", "job", "Model", "Tag", "i", "A", "List"]
)
PATTERNS = st.lists(PIECES, max_size=6).map("".join)


@given(name=PATTERNS)
def test_expand_agrees_with_the_plain_way(catalog: Catalog, names: tuple[str, ...], name: str) -> None:
    pattern = f"sagemaker:{name}"
    plain = [full for full in names if fnmatch.fnmatchcase(full.lower(), pattern.lower())]
    assert list(catalog.expand_names(pattern)) == plain
    assert [action.full_name for action in catalog.expand(pattern)] == plain
    assert catalog.matches_any(pattern, include_retired=False) == bool(plain)


@given(name=st.text(alphabet="ab*?", max_size=8), texts=st.lists(st.text(alphabet="ab", max_size=6), max_size=12))
def test_select_agrees_with_the_plain_way(name: str, texts: list[str]) -> None:
    texts = sorted(set(texts))
    plain = [at for at, text in enumerate(texts) if fnmatch.fnmatchcase(text, name)]
    assert glob.select(name, texts) == plain
    assert [at for at, text in enumerate(texts) if glob.matches(name, text)] == plain


@given(pattern=st.text(max_size=12))
def test_any_text_is_a_pattern(catalog: Catalog, pattern: str) -> None:
    assert isinstance(catalog.expand_names(pattern), tuple)
    assert isinstance(catalog.search_actions(pattern, 5), tuple)
    assert catalog.key(pattern) is None or ":" in pattern


@given(data=st.data())
def test_look_up_ignores_case(catalog: Catalog, names: tuple[str, ...], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(names))
    swap = data.draw(st.lists(st.booleans(), min_size=len(name), max_size=len(name)))
    other = "".join(char.swapcase() if flag else char for char, flag in zip(name, swap, strict=True))
    assert catalog.action(other) is catalog.action(name)


@pytest.mark.parametrize("pattern", ["s*:Get*", "*:Get*", "", ":", "sagemaker", "nosuch:*", "sagemaker:", "?*:*"])
def test_what_is_no_action_pattern_expands_to_nothing(catalog: Catalog, pattern: str) -> None:
    assert catalog.expand(pattern) == ()
    assert not catalog.matches_any(pattern)


def test_every_service(catalog: Catalog) -> None:
    assert catalog.expand_names("*") == catalog.expand_names("*:*")
    assert len(catalog.expand_names("*")) == 22_321
    assert len(catalog.expand_names("*", include_retired=True)) > 22_321


def test_retired_actions_are_expanded_on_request_only(catalog: Catalog) -> None:
    assert catalog.expand("elastic-inference:*") == ()
    assert [a.full_name for a in catalog.expand("elastic-inference:Conn*", include_retired=True)] == [
        "elastic-inference:Connect"
    ]
    assert catalog.matches_any("elastic-inference:*")


def test_not_action_expands_to_the_complement(catalog: Catalog) -> None:
    rest = catalog.expand_not(["iam:*", "sagemaker:Create*"])
    assert not [name for name in rest if name.startswith(("iam:", "sagemaker:Create"))]
    assert len(rest) == 22_321 - len(catalog.expand_names("iam:*")) - len(catalog.expand_names("sagemaker:Create*"))


def test_a_hostile_pattern_is_answered() -> None:
    """With backtracking this would not end; how it grows is measured in tests/benchmarks/test_patterns.py."""
    assert not glob.matches("a*" * 200 + "b", "a" * 2000)


def test_a_file_that_is_no_catalog(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("broken") / "catalog.bin"
    with pytest.raises(CatalogMissing, match="packaging/"):
        Catalog.open(path)
    path.write_bytes(b"something else")
    with pytest.raises(CatalogMissing, match="packaging/"):
        Catalog.open(path)
