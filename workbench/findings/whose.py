"""A finding for whoever has the policy. In a project it is asked of each holder with all that applies to him; what
holds for some of them only names those. Source: spec findings.md section 3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from workbench.findings.granting import Grants
from workbench.findings.listing import listed
from workbench.findings.model import Finding

WHOEVER = "Whoever has this policy"
"""What the details of such a finding begin with, where it holds for all."""


def for_each_holder(grants: Sequence[Grants], make: Callable[[Grants], Iterable[Finding]]) -> Iterator[Finding]:
    """What `make` finds for each holder; the same finding at the same places is one, the gravest of them shown."""
    found: dict[tuple[str, frozenset[object]], list[tuple[Finding, str]]] = {}
    for one in grants:
        for finding in make(one):
            key = (finding.code, frozenset(finding.locations))
            found.setdefault(key, []).append((finding, one.holder))
    for those in found.values():
        first = min((finding for finding, _ in those), key=lambda f: f.type.rank)
        if len(those) < len(grants):
            names = listed([name for _, name in those])
            first = replace(first, details=first.details.replace(WHOEVER, names, 1))
        yield first
