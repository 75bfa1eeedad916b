"""Statement ids. Source: spec grammar.md section 4."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.findings import fixes
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Confidence, Finding
from workbench.findings.places import node_place
from workbench.policy.kinds import PolicyKind

_UNSUPPORTED = re.compile(r"[^A-Za-z0-9]")
_IAM = frozenset({PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.TRUST})


def sids(context: CheckContext) -> Iterator[Finding]:
    """Sids that are empty, hold other than letters and digits, or stand twice."""
    seen = {s.sid.value for s in context.statements if s.sid is not None}
    before: set[str] = set()
    for statement in context.statements:
        sid = statement.sid
        if sid is None:
            continue
        place = node_place(sid, (*statement.path, ("value", "Sid")))
        if not sid.value:
            yield context.report(
                "EMPTY_SID_VALUE",
                "The Sid is empty. Give the statement a name, or leave Sid out.",
                place,
                fixes=(fixes.remove_member("Remove the empty Sid", statement.node, "Sid"),),
            )
            continue
        odd = list(dict.fromkeys(_UNSUPPORTED.findall(sid.value)))
        if odd:
            plain = _UNSUPPORTED.sub("", sid.value)
            shown = " ".join(fixes.quoted(c) for c in odd[:5])
            yield context.report(
                "UNSUPPORTED_SID",
                f"The Sid {fixes.quoted(sid.value)} holds {shown}. A Sid may hold only the letters A to Z and a to z "
                "and the digits 0 to 9.",
                place,
                fixes=(fixes.replace_string(f"Write {fixes.quoted(plain)}", sid, plain),)
                if plain and plain not in seen
                else (),
                confidence=None if context.kind in _IAM else Confidence.INFERRED,
            )
        if sid.value in before:
            number = 2
            while f"{sid.value}{number}" in seen:
                number += 1
            other = f"{sid.value}{number}"
            seen.add(other)
            code = "UNIQUE_SIDS_REQUIRED" if context.kind in _IAM else "UNIQUE_SIDS_RECOMMENDED"
            yield context.report(
                code,
                f"The Sid {fixes.quoted(sid.value)} stands in an earlier statement too. Give each statement its own "
                "Sid.",
                place,
                fixes=(fixes.replace_string(f"Write {fixes.quoted(other)}", sid, other),) if not odd else (),
            )
        before.add(sid.value)


CHECKS = (
    Check("Sids", ("EMPTY_SID_VALUE", "UNSUPPORTED_SID", "UNIQUE_SIDS_REQUIRED", "UNIQUE_SIDS_RECOMMENDED"), sids),
)
