"""Condition values that name things of AWS: VPCs, endpoints, KMS keys, Regions. Source: spec findings.md
section 2.1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbench.catalog.arnformat import compile_format, fits
from workbench.evaluation.glob import compile_glob
from workbench.findings import fixes
from workbench.findings.condition_tests import is_null
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Finding
from workbench.findings.names import has_wildcard
from workbench.findings.regions import known_partitions, known_regions, looks_like_a_region, nearest_region
from workbench.policy.model import ConditionValue
from workbench.policy.operators import Family

if TYPE_CHECKING:
    from workbench.catalog.model import ConditionKey

_VPC = re.compile(r"vpc-(?:[0-9a-z]{8}|[0-9a-z]{17})")
_VPCE = re.compile(r"vpce-(?:[0-9a-z]{8}|[0-9a-z]{17})")
_KMS_KEY = "arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}"
# Names of the keys that hold the ARN of a KMS key (inferred).
_KMS_NAMES = ("kmskey", "kmskeyarn", "kmskeyid", "aws-kms-key-id")
_REGION_KEY = "aws:requestedregion"


def ids(context: CheckContext) -> Iterator[Finding]:
    """Ids of VPCs and endpoints that cannot be ones."""
    for _, test in context.tests():
        lower = test.key.lower()
        if lower not in ("aws:sourcevpc", "aws:sourcevpce") or test.operator is None or is_null(test):
            continue
        code, form, word = (
            ("INVALID_VPC_FORMAT", _VPC, "VPC id: vpc-")
            if lower == "aws:sourcevpc"
            else ("INVALID_VPCE_FORMAT", _VPCE, "VPC endpoint id: vpce-")
        )
        for value in test.values:
            if has_wildcard(value.text) or "${" in value.text or form.fullmatch(value.text):
                continue
            yield context.report(
                code,
                f"{fixes.quoted(value.text)} in {test.key} is no {word} and 8 or 17 letters or digits. Correct the id.",
                value.place,
            )


def kms_keys(context: CheckContext) -> Iterator[Finding]:
    """Values of keys that hold the ARN of a KMS key, and can never be one."""
    for _, test in context.tests():
        operator, key = test.operator, context.catalog.key(test.key)
        if operator is None or key is None or operator.base.family not in (Family.STRING, Family.ARN):
            continue
        if not _holds_a_kms_key(key):
            continue
        for value in test.values:
            if context.templated(value.node) or fits(value.text, compile_format(_KMS_KEY)):
                continue
            yield context.report(
                "INVALID_KMS_KEY_VALUE",
                f"{fixes.quoted(value.text)} never equals {key.name}, which holds the ARN of a KMS key. Write it as "
                "arn:aws:kms:REGION:ACCOUNT:key/KEY-ID; an id or an alias does not do.",
                value.place,
                note=context.catalog_note,
            )


def _holds_a_kms_key(key: ConditionKey) -> bool:
    return key.base_type == "ARN" and key.name.lower().endswith(_KMS_NAMES)


def regions(context: CheckContext) -> Iterator[Finding]:
    """Values of aws:RequestedRegion that are no Region."""
    for _, test in context.tests():
        operator = test.operator
        if test.key.lower() != _REGION_KEY or operator is None or operator.base.family is not Family.STRING:
            continue
        ignores_case = operator.base.test == "equals-ignoring-case"
        for value in test.values:
            text = value.text.lower() if ignores_case else value.text
            if "${" not in text and not context.templated(value.node):
                yield from _region(context, value, text)


def _region(context: CheckContext, value: ConditionValue, text: str) -> Iterator[Finding]:
    known = frozenset(region for partition in known_partitions() for region in known_regions(partition))
    if has_wildcard(text):
        if not any(compile_glob(text).matches(region) for region in known):
            yield context.report(
                "INVALID_REGION",
                f"No Region matches {fixes.quoted(value.text)}. Correct the pattern.",
                value.place,
                note=context.catalog_note,
            )
        return
    if text in known:
        return
    near = nearest_region(text, known)
    if near or not looks_like_a_region(text):
        hint = f"Did you mean {near}?" if near else "Write a Region such as us-east-1."
        yield context.report(
            "INVALID_REGION",
            f"The Region {fixes.quoted(value.text)} does not exist. {hint}",
            value.place,
            fixes=(fixes.replace_node(f"Write {near}", value.node, fixes.quoted(near)),) if near else (),
        )
    else:
        yield context.report(
            "REGION_NOT_IN_CATALOG",
            f"The Region {value.text} is not in the catalog of {context.catalog.date}. Check the spelling.",
            value.place,
            note=context.catalog_note,
        )


CHECKS = (
    Check("ids of VPCs", ("INVALID_VPC_FORMAT", "INVALID_VPCE_FORMAT"), ids, local=True),
    Check("KMS keys in conditions", ("INVALID_KMS_KEY_VALUE",), kms_keys, local=True),
    Check("Regions in conditions", ("INVALID_REGION", "REGION_NOT_IN_CATALOG"), regions, local=True),
)
