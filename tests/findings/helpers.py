"""What the tests of the checks share: one catalog, one call from text to findings, edits applied."""

from __future__ import annotations

from functools import lru_cache

from workbench.catalog.catalog import Catalog
from workbench.document.parser import parse
from workbench.findings.context import CheckContext
from workbench.findings.model import FailedCheck, Finding, Fix
from workbench.findings.registry import run_checks
from workbench.policy.kinds import PolicyKind
from workbench.policy.reader import read

KINDS = {
    "I": PolicyKind.IDENTITY,
    "R": PolicyKind.RESOURCE,
    "T": PolicyKind.TRUST,
    "S": PolicyKind.SCP,
    "C": PolicyKind.RCP,
}


@lru_cache(maxsize=1)
def catalog() -> Catalog:
    return Catalog.open()


def context(text: str, kind: PolicyKind = PolicyKind.IDENTITY, resource_type: str | None = None) -> CheckContext:
    return CheckContext(read(parse(text), kind), catalog(), resource_type)


def check(
    text: str, kind: PolicyKind = PolicyKind.IDENTITY, resource_type: str | None = None
) -> tuple[tuple[Finding, ...], tuple[FailedCheck, ...]]:
    return run_checks(context(text, kind, resource_type))


def findings(
    text: str, kind: PolicyKind = PolicyKind.IDENTITY, resource_type: str | None = None
) -> tuple[Finding, ...]:
    """The findings of a text; no check may fail."""
    found, failed = check(text, kind, resource_type)
    assert failed == ()
    return found


def statement(text: str) -> str:
    """A document with one statement (or a list of them)."""
    return f'{{"Version":"2012-10-17","Statement":{text}}}'


def codes(found: tuple[Finding, ...]) -> list[str]:
    return [finding.code for finding in found]


def one(found: tuple[Finding, ...], code: str) -> Finding:
    """The only finding of a code."""
    matching = [finding for finding in found if finding.code == code]
    assert len(matching) == 1, codes(found)
    return matching[0]


def applied(text: str, fix: Fix) -> str:
    """The text after a fix; its edits must be in order and must not overlap."""
    at, parts = 0, []
    for edit in fix.edits:
        assert at <= edit.span.start <= edit.span.end <= len(text), fix
        parts += [text[at : edit.span.start], edit.text]
        at = edit.span.end
    return "".join([*parts, text[at:]])
