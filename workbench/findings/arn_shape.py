"""The parts of the ARNs in Resource and NotResource. Source: spec grammar.md section 7, findings.md section 2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from workbench.findings import fixes
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Confidence, Finding, Fix
from workbench.findings.names import has_wildcard
from workbench.findings.regions import known_partitions, known_regions, looks_like_a_region, nearest_region
from workbench.patience import check
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Item
from workbench.policy.names import near_match

_PARTS = 6
_COLON = re.compile(r"\$\{[^}]{2,}\}|:")
ACCOUNT = re.compile(r"[0-9]{12}")
ACCOUNTS_OF_AWS = frozenset({"aws"})
PARTITION, SERVICE, REGION, ACCOUNT_PART = 1, 2, 3, 4


class ArnItem(NamedTuple):
    """An entry of Resource or NotResource cut into its six parts."""

    item: Item
    parts: tuple[str, ...]

    def is_pattern(self, part: int) -> bool:
        """Whether a part holds a wildcard or a variable."""
        text = self.parts[part]
        return has_wildcard(text) or "${" in text

    def replaced(self, part: int, text: str) -> str:
        return ":".join((*self.parts[:part], text, *self.parts[part + 1 :]))


def arn_items(context: CheckContext) -> Iterator[ArnItem]:
    """Every entry of Resource and NotResource that is an ARN of six parts and holds no placeholder."""
    for item in resource_items(context):
        check()
        parts = arn_parts_of(item.text)
        if len(parts) == _PARTS and parts[0] == "arn":
            yield ArnItem(item, parts)


def arn_parts_of(text: str) -> tuple[str, ...]:
    """The parts of an ARN, six at most; the colon inside of a policy variable parts nothing."""
    if "${" not in text:
        return tuple(text.split(":", _PARTS - 1))
    ends = [found.start() for found in _COLON.finditer(text) if found[0] == ":"][: _PARTS - 1]
    starts = [0, *(end + 1 for end in ends)]
    return tuple(text[start:end] for start, end in zip(starts, [*ends, len(text)], strict=True))


def resource_items(context: CheckContext) -> Iterator[Item]:
    """Every entry of Resource and NotResource but `*` and those with a placeholder."""
    for statement in context.statements:
        if statement.resources is not None:
            for item in statement.resources.items:
                if item.text != "*" and not context.templated(item.node):
                    yield item


def arn_parts(context: CheckContext) -> Iterator[Finding]:
    """Entries that are no ARN, or an ARN with too few parts."""
    short = _of_their_api(context)
    for item in resource_items(context):
        text = item.text
        if not text.startswith("arn:"):
            if not _could_begin_an_arn(text) and item.node.start not in short:
                yield _no_prefix(context, item)
        elif len(arn_parts_of(text)) < _PARTS:
            yield context.report(
                "MISSING_ARN_FIELD",
                f"The ARN {text} has fewer than six parts. Write it as arn:partition:service:region:account:resource.",
                item.place,
            )


def _could_begin_an_arn(text: str) -> bool:
    literal = re.split(r"[*?]|\$\{", text, maxsplit=1)[0]
    return literal != text and "arn:".startswith(literal)


def _of_their_api(context: CheckContext) -> set[int]:
    """Where the short forms begin that API Gateway completes when it saves the resource policy of an API. Source: API
    Gateway Developer Guide, "API Gateway resource policy examples"."""
    if context.kind is not PolicyKind.RESOURCE:
        return set()
    return {
        item.node.start
        for statement in context.statements
        if statement.actions is not None and statement.resources is not None
        if all(action.text.lower().startswith("execute-api:") for action in statement.actions.items)
        for item in statement.resources.items
        if item.text.startswith("execute-api:/")
    }


def _no_prefix(context: CheckContext, item: Item) -> Finding:
    text = item.text
    mend: tuple[Fix, ...] = ()
    if text.count(":") == _PARTS - 1:
        better = "arn:" + text.partition(":")[2]
    elif text.count(":") == _PARTS - 2:
        better = f"arn:{text}"
    else:
        better = ""
    if better and better != text:
        mend = (fixes.replace_string(f"Write {fixes.quoted(better)}", item.node, better),)
    return context.report(
        "INVALID_ARN_PREFIX",
        f"The resource {fixes.quoted(text)} is no ARN. Write *, or an ARN that begins with arn: and has six parts.",
        item.place,
        fixes=mend,
    )


def arn_names(context: CheckContext) -> Iterator[Finding]:
    """Partition, service, Region and account of each ARN, one by one."""
    for arn in arn_items(context):
        if not arn.is_pattern(PARTITION):
            yield from _partition(context, arn)
        if arn.is_pattern(SERVICE):
            if has_wildcard(arn.parts[SERVICE]):
                yield context.report(
                    "WILDCARD_IN_SERVICE_NAME",
                    f"The wildcard in the service part of {arn.item.text} reaches every service with such a name. Name "
                    "the service.",
                    arn.item.place,
                )
        else:
            yield from _service(context, arn)
        if arn.parts[REGION] and not arn.is_pattern(REGION):
            yield from _region(context, arn)
        yield from _account(context, arn)


def _account(context: CheckContext, arn: ArnItem) -> Iterator[Finding]:
    account = arn.parts[ACCOUNT_PART]
    if not account or arn.is_pattern(ACCOUNT_PART) or ACCOUNT.fullmatch(account):
        return
    if account not in ACCOUNTS_OF_AWS and not _is_account_of_a_format(context, arn):
        yield context.report(
            "INVALID_ARN_ACCOUNT",
            f"The account {fixes.quoted(account)} in {arn.item.text} is no account id. Write 12 digits, or *.",
            arn.item.place,
        )


def _is_account_of_a_format(context: CheckContext, arn: ArnItem) -> bool:
    formats = (t.arn.split(":", _PARTS - 1) for t in context.catalog.resource_types(arn.parts[SERVICE]))
    return any(len(f) == _PARTS and f[ACCOUNT_PART] == arn.parts[ACCOUNT_PART] for f in formats)


def _replacement(arn: ArnItem, part: int, text: str | None) -> tuple[Fix, ...]:
    if not text:
        return ()
    return (fixes.replace_string(f"Write {text}", arn.item.node, arn.replaced(part, text)),)


def _partition(context: CheckContext, arn: ArnItem) -> Iterator[Finding]:
    written = arn.parts[PARTITION]
    known = known_partitions()
    if written in known:
        return
    near = near_match(written, known)
    hint = f"Did you mean {near}?" if near else f"Use one of {', '.join(known)}."
    yield context.report(
        "INVALID_PARTITION",
        f"There is no partition {fixes.quoted(written)} as in {arn.item.text}. {hint}",
        arn.item.place,
        fixes=_replacement(arn, PARTITION, near),
    )


def _service(context: CheckContext, arn: ArnItem) -> Iterator[Finding]:
    written, catalog = arn.parts[SERVICE], context.catalog
    if catalog.is_known_rejected(written):
        yield context.report(
            "INVALID_SERVICE",
            f"The service {written} in {arn.item.text} does not exist. Remove the resource.",
            arn.item.place,
            confidence=Confidence.OBSERVED,
        )
        return
    if written != written.lower():
        if _is_service(context, written.lower()):
            yield context.report(
                "INVALID_ARN_SERVICE_CASE",
                f"The service {written} in {arn.item.text} must be in lower case. Write {written.lower()}.",
                arn.item.place,
                fixes=_replacement(arn, SERVICE, written.lower()),
            )
            return
    elif _is_service(context, written):
        return
    near = catalog.suggest_service(written) if written else None
    if near:
        yield context.report(
            "INVALID_SERVICE",
            f"The service {written} in {arn.item.text} does not exist. Did you mean {near}?",
            arn.item.place,
            note=context.catalog_note,
            fixes=_replacement(arn, SERVICE, near),
        )
    else:
        yield context.report(
            "SERVICE_NOT_IN_CATALOG",
            f"The service {fixes.quoted(written)} in {arn.item.text} is not in the catalog of {catalog.date}. Check "
            "the spelling, or update the catalog.",
            arn.item.place,
            note=context.catalog_note,
        )


def _is_service(context: CheckContext, name: str) -> bool:
    return context.catalog.service(name) is not None or context.catalog.is_arn_service(name)


def _region(context: CheckContext, arn: ArnItem) -> Iterator[Finding]:
    written = arn.parts[REGION]
    regions = known_regions(arn.parts[PARTITION])
    if written in regions:
        return
    near = nearest_region(written, regions)
    if near or not looks_like_a_region(written):
        hint = f"Did you mean {near}?" if near else "Write a Region such as us-east-1, or *."
        yield context.report(
            "INVALID_ARN_REGION",
            f"The Region {fixes.quoted(written)} in {arn.item.text} does not exist. {hint}",
            arn.item.place,
            fixes=_replacement(arn, REGION, near),
        )
    else:
        yield context.report(
            "REGION_NOT_IN_CATALOG",
            f"The Region {written} in {arn.item.text} is not in the catalog of {context.catalog.date}. Check the "
            "spelling.",
            arn.item.place,
            note=context.catalog_note,
        )


CHECKS = (
    Check("shape of ARNs", ("INVALID_ARN_PREFIX", "MISSING_ARN_FIELD"), arn_parts, local=True),
    Check(
        "parts of ARNs",
        (
            "INVALID_PARTITION",
            "INVALID_SERVICE",
            "INVALID_ARN_SERVICE_CASE",
            "SERVICE_NOT_IN_CATALOG",
            "WILDCARD_IN_SERVICE_NAME",
            "INVALID_ARN_REGION",
            "REGION_NOT_IN_CATALOG",
            "INVALID_ARN_ACCOUNT",
        ),
        arn_names,
        local=True,
    ),
)
