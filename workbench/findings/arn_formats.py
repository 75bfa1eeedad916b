"""The ARNs in Resource and NotResource against the ARN formats of their service: an account or a Region where none may
stand, one that is missing, a resource of no known type. Source: spec findings.md section 2.1, catalog.md section 6.

All of it is decided on the resource part alone, so that one wrong part does not hide another. Patterns in Region or
account are silent where AWS is (observed).
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.catalog.arnformat import ArnFormat, Token, compile_pattern, overlap
from workbench.findings import fixes
from workbench.findings.arn_shape import (
    ACCOUNT,
    ACCOUNT_PART,
    ACCOUNTS_OF_AWS,
    PARTITION,
    REGION,
    SERVICE,
    ArnItem,
    arn_items,
)
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Finding, Fix
from workbench.findings.regions import known_regions
from workbench.policy.names import near_match

_RESOURCE = 5
# What AWS itself publishes belongs to no account of a customer, and its ARNs name none: documents and parameters of
# Systems Manager, views that services make for Resource Explorer. That AWS is silent on them is inferred.
_OF_AWS = {
    "ssm": ("document/", "automation-definition/", "parameter/aws/"),
    "resource-explorer-2": ("view/AWS",),
}
_ENDS_OF_A_TYPE = ("/", ":")


def arn_formats(context: CheckContext) -> Iterator[Finding]:
    """Every ARN whose parts do not go together."""
    for arn in arn_items(context):
        if not _may_be_wrong(arn):
            continue
        formats = () if arn.is_pattern(SERVICE) else context.catalog.formats_of(arn.parts[SERVICE])
        if not formats:
            continue  # a service without known formats, or one that is a finding of its own
        resource = compile_pattern(arn.item.text)[_RESOURCE]
        fitting = [f for f in formats if overlap(resource, f.parts[_RESOURCE])]
        if fitting:
            yield from _account(context, arn, fitting)
            yield from _region(context, arn, fitting)
        elif not any(map(arn.is_pattern, (PARTITION, REGION, ACCOUNT_PART))) and not _is_beyond_the_formats(
            arn, formats
        ):
            yield _no_type(context, arn, formats)


def _may_be_wrong(arn: ArnItem) -> bool:
    """Whether Region and account are such that something can be said: nothing beside patterns for both."""
    if arn.is_pattern(REGION):
        return ACCOUNT.fullmatch(arn.parts[ACCOUNT_PART]) is not None
    return bool(arn.parts[REGION]) or not arn.is_pattern(ACCOUNT_PART) or _says_an_account(arn)


def _is_beyond_the_formats(arn: ArnItem, formats: tuple[ArnFormat, ...]) -> bool:
    """Whether the ARN may exist though it fits no format: what AWS itself owns (the transforms of CloudFormation) is in
    no list, and a part between slashes may be empty (a package without a namespace)."""
    if arn.parts[ACCOUNT_PART] in ACCOUNTS_OF_AWS:
        return True
    filled = compile_pattern(arn.item.text.replace("//", "/-/"))[_RESOURCE]
    return any(overlap(filled, f.parts[_RESOURCE]) for f in formats)


def _account(context: CheckContext, arn: ArnItem, fitting: list[ArnFormat]) -> Iterator[Finding]:
    account = arn.parts[ACCOUNT_PART]
    if ACCOUNT.fullmatch(account) and not any(f.parts[ACCOUNT_PART] for f in fitting):
        yield context.report(
            "ARN_ACCOUNT_NOT_ALLOWED",
            f"The ARN {arn.item.text} names the account {account}, but ARNs of such resources name none. Leave the "
            "account empty.",
            arn.item.place,
            note=context.catalog_note,
            fixes=_with(arn, ACCOUNT_PART, ""),
        )
    elif arn.parts[_RESOURCE].startswith(_OF_AWS.get(arn.parts[SERVICE], ())):
        return
    elif not account and not arn.is_pattern(REGION) and all(f.parts[ACCOUNT_PART] for f in fitting):
        yield context.report(
            "MISSING_ARN_ACCOUNT",
            f"The ARN {arn.item.text} names no account, but such resources belong to one. Write the account, or * for "
            "any.",
            arn.item.place,
            note=context.catalog_note,
            fixes=_with(arn, ACCOUNT_PART, "*"),
        )


def _region(context: CheckContext, arn: ArnItem, fitting: list[ArnFormat]) -> Iterator[Finding]:
    region = arn.parts[REGION]
    if region and not arn.is_pattern(REGION) and not any(f.parts[REGION] for f in fitting):
        if region in known_regions(arn.parts[PARTITION]):  # else the Region itself is the finding
            yield context.report(
                "ARN_REGION_NOT_ALLOWED",
                f"The ARN {arn.item.text} names the Region {region}, but ARNs of such resources name none. Leave the "
                "Region empty.",
                arn.item.place,
                note=context.catalog_note,
                fixes=_with(arn, REGION, ""),
            )
    elif not region and _says_an_account(arn) and all(f.parts[REGION] for f in fitting):
        yield context.report(
            "MISSING_ARN_REGION",
            f"The ARN {arn.item.text} names no Region, but such resources are in one. Write the Region, or * for any.",
            arn.item.place,
            note=context.catalog_note,
            fixes=_with(arn, REGION, "*"),
        )


def _says_an_account(arn: ArnItem) -> bool:
    account = arn.parts[ACCOUNT_PART]
    return account == "*" or (bool(account) and not arn.is_pattern(ACCOUNT_PART))


def _no_type(context: CheckContext, arn: ArnItem, formats: tuple[ArnFormat, ...]) -> Finding:
    written = arn.parts[_RESOURCE]
    word, rest = _type_word(written)
    near = near_match(word, _type_words(formats)) if word else None
    better = arn.replaced(_RESOURCE, near + rest) if near and near != word else None
    hint = f"Did you mean {better}?" if better else "Check the type and the form of the resource."
    return context.report(
        "INVALID_ARN_RESOURCE",
        f"The service {arn.parts[SERVICE]} has no resource of the form {fixes.quoted(written)}. {hint}",
        arn.item.place,
        note=context.catalog_note,
        fixes=(fixes.replace_string(f"Write {better}", arn.item.node, better),) if better else (),
    )


def _type_word(resource: str) -> tuple[str, str]:
    """The word of the type at the beginning of a resource part, and what follows it."""
    end = min((at for at in map(resource.find, _ENDS_OF_A_TYPE) if at > 0), default=0)
    return resource[:end], resource[end:]


def _type_words(formats: tuple[ArnFormat, ...]) -> list[str]:
    words: dict[str, None] = {}
    for arn_format in formats:
        literal = _literal_beginning(arn_format.parts[_RESOURCE])
        word = _type_word(literal)[0]
        if word:
            words[word] = None
    return list(words)


def _literal_beginning(tokens: tuple[Token, ...]) -> str:
    end = next((at for at, token in enumerate(tokens) if not isinstance(token, str)), len(tokens))
    return "".join(token for token in tokens[:end] if isinstance(token, str))


def _with(arn: ArnItem, part: int, text: str) -> tuple[Fix, ...]:
    better = arn.replaced(part, text)
    return (fixes.replace_string(f"Write {better}", arn.item.node, better),)


CHECKS = (
    Check(
        "formats of ARNs",
        (
            "ARN_ACCOUNT_NOT_ALLOWED",
            "ARN_REGION_NOT_ALLOWED",
            "INVALID_ARN_RESOURCE",
            "MISSING_ARN_ACCOUNT",
            "MISSING_ARN_REGION",
        ),
        arn_formats,
    ),
)
