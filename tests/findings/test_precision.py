"""Our findings against AWS's own answers for its managed policies. Source: spec findings.md section 4.1."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.findings.helpers import KINDS, check, findings
from tests.support import shared
from workbench.document.nodes import Path as NodePath
from workbench.findings.api_shape import path_to_list
from workbench.findings.codes import CODES
from workbench.findings.model import Finding
from workbench.policy.kinds import PolicyKind

Seen: TypeAlias = tuple[str, frozenset[str]]

# Codes on which we are to agree with AWS at policy, path and code (findings.md 4.1, rule 3).
_AGREED = (
    *("EQUIVALENT_TO_NULL_FALSE", "PASS_ROLE_", "CREATE_SLR_", "STRING_LIKE_OPERATOR_", "TYPE_MISMATCH"),
    *("POLICY_SIZE_EXCEEDS_IDENTITY", "ALLOW_WITH_UNSUPPORTED_TAG_", "REDUNDANT_"),
)
# Known differences, each with its reason.
_EXPLAINED = {
    # `StringEqualsIfExists iam:PassedToService`: the key is always sent, so we call it a restriction (findings.md 2.2).
    ("AWSProtonCodeBuildProvisioningServiceRolePolicy", "PASS_ROLE_WITH_STAR_IN_RESOURCE"),
    ("AWSServiceRoleForAmazonEKSNodegroup", "PASS_ROLE_WITH_STAR_IN_RESOURCE"),
    # `sagemaker-mlflow:*`: AWS answered in March 2026; the catalog of October lists the tag key for its actions.
    ("SageMakerStudioProjectRoleMachineLearningPolicy", "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"),
}


def _lines(name: str) -> Iterator[dict[str, Any]]:
    path: Path = shared(f"data/{name}.jsonl.gz")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


@lru_cache(maxsize=1)
def _ours() -> dict[str, tuple[Finding, ...]]:
    """Findings of each managed policy. How long they take is measured in tests/benchmarks."""
    return {row["name"]: findings(json.dumps(row["document"])) for row in _lines("managed-policies")}


def _key(code: str, paths: list[list[dict[str, Any]]]) -> Seen:
    return code, frozenset(json.dumps(path) for path in paths)


def _seen(finding: Finding) -> Seen:
    paths: list[NodePath] = [location.path for location in finding.locations]
    return _key(finding.code, [path_to_list(path) for path in paths])


def _answered() -> Iterator[tuple[str, set[Seen], set[Seen], set[str]]]:
    """Name, what AWS said, what we say, and AWS's error codes, of each policy that AWS answered."""
    ours = _ours()
    for row in _lines("access-analyzer-findings"):
        if row["findings"] is None:
            continue
        theirs = {_key(f["issueCode"], [place["path"] for place in f["locations"]]) for f in row["findings"]}
        errors = {f["issueCode"] for f in row["findings"] if f["findingType"] == "ERROR"}
        yield row["name"], theirs, {_seen(f) for f in ours[row["name"]]}, errors


def test_every_error_of_aws_is_found_at_its_path() -> None:
    for name, theirs, ours, errors in _answered():
        wanted = {seen for seen in theirs if seen[0] in errors}
        assert wanted <= ours, (name, wanted - ours)


def test_no_policy_that_aws_accepts_has_an_error() -> None:
    ours = _ours()
    wrong = []
    for name, theirs, _, _ in _answered():
        wrong += [(name, f.code) for f in ours[name] if f.type == "ERROR" and _seen(f) not in theirs]
    assert wrong == []


def test_the_warnings_and_suggestions_agree_with_aws() -> None:
    both: Counter[str] = Counter()
    differ: Counter[str] = Counter()
    for name, theirs, ours, _ in _answered():
        for code, paths in theirs | ours:
            family = next((a for a in _AGREED if code.startswith(a)), None)
            if family is None or (name, code) in _EXPLAINED:
                continue
            agreed = (code, paths) in theirs and (code, paths) in ours
            (both if agreed else differ)[family] += 1
    assert set(both) == set(_AGREED)
    assert not differ, differ


def _statement(path: list[dict[str, Any]]) -> str:
    """The beginning of a path that names the statement; of a finding on the whole document nothing."""
    return json.dumps(path[:2] if len(path) > 1 and "index" in path[1] else path[:1])


def _by_statement() -> Iterator[tuple[str, bool, Counter[tuple[str, str]], Counter[tuple[str, str]]]]:
    """Name, whether AWS found nothing, and findings of AWS and ours (of origin AWS) by code and statement."""
    ours = _ours()
    for row in _lines("access-analyzer-findings"):
        if row["findings"] is not None:
            theirs = Counter((f["issueCode"], _statement(f["locations"][0]["path"])) for f in row["findings"])
            mine = Counter(
                (f.code, _statement(path_to_list(f.locations[0].path))) for f in ours[row["name"]] if f.origin == "AWS"
            )
            yield row["name"], not row["findings"], theirs, mine


def test_recall_and_precision_of_each_kind_of_finding() -> None:
    """Of AWS's findings at least 95 % at the same statement, and of ours as many; every kind that falls short is named
    with its reason in `_EXPLAINED`."""
    theirs: Counter[str] = Counter()
    mine: Counter[str] = Counter()
    both: Counter[str] = Counter()
    total = found = 0
    for name, _, his, ours in _by_statement():
        total += sum(his.values())
        found += sum((his & ours).values())
        for seen, kinds in ((his, theirs), (ours, mine), (his & ours, both)):
            for (code, _), count in seen.items():
                if (name, code) not in _EXPLAINED:
                    kinds[code] += count
    assert len(theirs) == 16
    assert total == 185
    assert found >= 0.95 * total
    short = {code: (both[code], theirs[code], mine[code]) for code in theirs | mine if both[code] < theirs[code]}
    loud = {code: (both[code], theirs[code], mine[code]) for code in theirs | mine if both[code] < mine[code]}
    assert not short, short
    assert not loud, loud


def test_the_bars_on_the_policies_where_aws_finds_nothing() -> None:
    """ERROR on less than 1 % (there is none), findings of origin AWS on at most 2 %, anything above a suggestion on at
    most 25 %."""
    ours = _ours()
    clean = [name for name, nothing, _, _ in _by_statement() if nothing]
    assert len(clean) == 1057
    errors = [(name, f.code) for name in clean for f in ours[name] if f.type == "ERROR"]
    of_aws = [name for name in clean if any(f.origin == "AWS" for f in ours[name])]
    loud = [name for name in clean if any(f.type != "SUGGESTION" for f in ours[name])]
    assert errors == []
    assert len(of_aws) <= 0.02 * len(clean), of_aws
    assert len(loud) <= 0.25 * len(clean), len(loud)


def test_no_security_warning_of_aws_on_a_policy_where_aws_has_none() -> None:
    """Our own security warnings are counted below."""
    extra: Counter[str] = Counter()
    ours = _ours()
    for name, theirs, _, _ in _answered():
        warned = [f for f in ours[name] if f.type == "SECURITY_WARNING" and f.origin == "AWS"]
        extra.update(f.code for f in warned if _seen(f) not in theirs)
    assert not extra, extra


def test_our_own_findings_do_not_grow() -> None:
    """The counts on AWS's policies, code by code: a change of the catalog or of a rule that makes more of them must be
    looked at (findings.md 4.1, rule 4)."""
    ours = _ours()
    count: Counter[str] = Counter()
    for found in ours.values():
        count.update(f.code for f in found if f.origin == "WORKBENCH")
    seen = json.loads(Path(__file__).with_name("own_counts.json").read_text("utf-8"))
    assert set(seen) <= {code for code, known in CODES.items() if known.origin == "WORKBENCH"}
    assert {code: n for code, n in count.items() if n > seen.get(code, 0) * 1.1} == {}


def test_every_managed_policy_was_looked_at() -> None:
    assert len(_ours()) == 1223


@pytest.mark.parametrize("kind", ["identity", "trust", "resource", "scp", "rcp"])
def test_real_policies_of_each_kind_pass_without_a_failed_check(kind: str) -> None:
    kinds = dict(zip(("identity", "resource", "trust", "scp", "rcp"), KINDS.values(), strict=True))
    rows = [row for row in _lines("real-policies") if row["kind"] == kind]
    assert rows
    for row in rows:
        text = row["raw"] if "raw" in row else json.dumps(row["document"])
        for asked in (kinds[kind], PolicyKind.IDENTITY, PolicyKind.RCP):
            found, failed = check(text, asked)
            assert failed == (), row["id"]
            assert all(0 <= f.span.start <= f.span.end <= len(text) for f in found), row["id"]
