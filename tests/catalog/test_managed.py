"""The library of AWS managed policies. Source: spec catalog.md section 8."""

from __future__ import annotations

import gzip
import json

from tests.support import shared
from workbench.catalog.managed import ManagedPolicies


def test_the_library_is_whole_and_dated(managed: ManagedPolicies) -> None:
    assert len(managed.names()) == 1_582
    assert managed.date == "2026-09-30"
    assert list(managed.names()) == sorted(managed.names())


def test_a_policy_by_name_and_by_arn(managed: ManagedPolicies) -> None:
    policy = managed.get("AmazonSageMakerFullAccess")
    assert policy is not None
    assert policy.arn == "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
    assert (policy.version, policy.updated) == ("v29", "2026-02-12")
    assert managed.get(policy.arn) == policy
    assert "Statement" in json.loads(policy.document)
    assert "AmazonSageMakerFullAccess" in managed


def test_an_unknown_name_is_never_an_empty_policy(managed: ManagedPolicies) -> None:
    assert managed.get("NoSuchPolicy") is None
    assert managed.get("amazonsagemakerfullaccess") is None  # ARNs keep case
    assert "NoSuchPolicy" not in managed


def test_every_document_loads(managed: ManagedPolicies) -> None:
    for name in managed.names():
        policy = managed.get(name)
        assert policy is not None
        assert policy.arn.endswith(f"/{name}")
        assert "Statement" in json.loads(policy.document)


def test_against_the_shared_policies(managed: ManagedPolicies) -> None:
    with gzip.open(shared("data/managed-policies.jsonl.gz"), "rt", encoding="utf-8") as lines:
        theirs = {policy["name"]: policy["document"] for policy in map(json.loads, lines)}
    common = [name for name in theirs if name in managed]
    equal = [name for name in common if (p := managed.get(name)) and json.loads(p.document) == theirs[name]]
    assert len(common) == 1_158
    assert len(equal) == 990
