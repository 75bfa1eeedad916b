"""Which finding is the same as one before, though the text around it has changed. Source: spec findings.md section 5.

A finding's identity is its code and its place in meaning: the elements on the way to it, the Sid of the statement where
it has one, and the strings that stand at its places. Line numbers and places in lists are no part of it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from workbench.document.nodes import Document, Path
from workbench.findings.model import Finding
from workbench.findings.suppressions import sid_at, string_at


class Identity(NamedTuple):
    """Two findings with the same identity are one. `values` are the strings at the places, sorted."""

    file: str
    policy: str
    code: str
    place: str
    values: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """A short name of it that says nothing about the policy."""
        import hashlib  # slow to load, and of use in one format only

        return hashlib.sha256(json.dumps(self).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def identity_of(finding: Finding, document: Document, file: str, policy: str = "") -> Identity:
    """The identity of a finding in `document`, the policy called `policy` in `file`."""
    path = finding.locations[0].path
    names = [str(what) for kind, what in path if kind in ("value", "key")]
    if names[:1] == ["Statement"]:
        names[0] = f"Statement({sid_at(document, path)})"
    values = {_value(document, location.path) for location in finding.locations}
    return Identity(file, policy, finding.code, ".".join(names), tuple(sorted(values - {""})))


def _value(document: Document, path: Path) -> str:
    return string_at(document, path) or ""


class Baseline:
    """The findings that were there before, each as often as it was."""

    def __init__(self, known: Iterable[Identity]) -> None:
        self._left = Counter(known)

    def takes(self, identity: Identity) -> bool:
        """Whether one more finding of this identity was there before. Ask once for each finding."""
        if self._left[identity] <= 0:
            return False
        self._left[identity] -= 1
        return True
