"""The resource part of an ARN against the formats of its service. Source: spec findings.md section 3.1, grammar.md
section 7, catalog.md section 6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbench.catalog.arnformat import compile_pattern, overlap
from workbench.findings.context import Check, CheckContext
from workbench.findings.listing import listed
from workbench.findings.model import Finding
from workbench.findings.places import substring_place
from workbench.policy.model import Item

if TYPE_CHECKING:
    from workbench.catalog.catalog import Catalog

_PATTERN = re.compile(r"[*?]")
_WORD = re.compile(r"[^/:]*")
_PARTS = 6


def unknown_types(context: CheckContext) -> Iterator[Finding]:
    """Each ARN with a pattern in its Region or account whose resource part fits no format of its service: AWS's
    validator then is silent, and the ARN matches nothing all the same (findings.md 3.1, ARN_FITS_NO_RESOURCE_TYPE)."""
    for item, parts in _arns(context):
        if not _PATTERN.search(parts[3] + parts[4]) or has_a_type(context.catalog, parts[2], parts[5]):
            continue
        words = _likest(parts[5], _words(context, parts[2]))
        hint = f" Its resources are written {listed([f'{w}/…' for w in words])}." if words else ""
        yield context.report(
            "ARN_FITS_NO_RESOURCE_TYPE",
            f"No resource of {parts[2]} has an ARN like {item.text}.{hint}",
            item.place,
            note=context.catalog_note,
        )


def wildcards_in_types(context: CheckContext) -> Iterator[Finding]:
    """Each wildcard inside the word for the type of a resource, where the service has several types (findings.md 3.1,
    WILDCARD_IN_RESOURCE_TYPE)."""
    for item, parts in _arns(context):
        word = _WORD.match(parts[5])
        assert word is not None
        if word[0].strip("*") == "" or not _PATTERN.search(word[0]):
            continue
        words = _words(context, parts[2])
        if len(words) < 2 or not has_a_type(context.catalog, parts[2], parts[5]):
            continue
        meant = _likest(word[0], words)[0]
        start = len(item.text) - len(parts[5])
        yield context.report(
            "WILDCARD_IN_RESOURCE_TYPE",
            f"The wildcard in {word[0]} stands in the type of the resource, where AWS allows none. Write the type out, "
            f"such as {meant}.",
            substring_place(context.text, item.node, item.path, start, start + len(word[0])),
            note=context.catalog_note,
        )


def _arns(context: CheckContext) -> Iterator[tuple[Item, list[str]]]:
    """Every ARN in a Resource or NotResource with a known literal service, cut into its parts."""
    for statement in context.statements:
        for item in statement.resources.items if statement.resources is not None else ():
            parts = item.text.split(":", _PARTS - 1)
            if len(parts) < _PARTS or parts[0] != "arn" or context.templated(item.node):
                continue
            if context.catalog.is_arn_service(parts[2]) and not parts[5].startswith("${"):
                yield item, parts


def has_a_type(catalog: Catalog, service: str, resource: str) -> bool:
    """Whether the resource part of an ARN fits a format of its service, whatever partition, Region and account are;
    true for a service of whose ARNs nothing is known."""
    formats = catalog.formats_of(service)
    mine = compile_pattern(f"arn:::::{resource}")[-1]
    return not formats or any(overlap(mine, known.parts[-1]) for known in formats)


def _likest(resource: str, words: list[str]) -> list[str]:
    """The words, those first that begin most like the resource part."""
    return sorted(words, key=lambda word: -_begin_alike(word.lower(), resource.lower()))


def _begin_alike(a: str, b: str) -> int:
    """How many characters the texts have in common at their beginning."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _words(context: CheckContext, service: str) -> list[str]:
    """The words that the resource parts of a service begin with; none if one of them begins with a name."""
    formats = [
        found.arn.split(":", _PARTS - 1)[-1] for found in context.catalog.types_fitting(f"arn:*:{service}:*:*:*")
    ]
    words = [word[0] for f in formats if (word := _WORD.match(f)) is not None]
    return [] if any("$" in word or _PATTERN.search(word) for word in words) else list(dict.fromkeys(words))


CHECKS = (
    Check("types of resources", ("ARN_FITS_NO_RESOURCE_TYPE",), unknown_types),
    Check("wildcards in types of resources", ("WILDCARD_IN_RESOURCE_TYPE",), wildcards_in_types),
)
