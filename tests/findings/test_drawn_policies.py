"""Policies drawn from the examples of all checks, their parts taken out, doubled and put where they do not belong: no
check fails on one of any kind, and every fix leaves a text that can be read."""

from __future__ import annotations

import json
from functools import lru_cache
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.findings.helpers import applied, check, statement
from workbench.document.parser import parse
from workbench.findings.codes import CODES
from workbench.findings.help_pages import help_page
from workbench.policy.kinds import RESOURCE_TYPES, PolicyKind

_ODD: tuple[Any, ...] = (None, True, 3, "", "*", "${", [], {}, [[]], "\u200b")


@lru_cache(maxsize=1)
def _examples() -> tuple[list[Any], list[Any]]:
    """Whole documents, and all their parts."""
    documents = []
    for code in CODES:
        page = help_page(code)
        for text in (page.example, page.instead) if page is not None and not page.sketch else ():
            whole = text if '"Statement"' in text or '"Version"' in text else statement(text)
            if not parse(whole).problems:
                documents.append(json.loads(whole))
    parts: list[Any] = list(_ODD)
    stack: list[Any] = list(documents)
    while stack:
        node = stack.pop()
        parts.append(node)
        stack += node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return documents, parts


def _changed(node: Any, random: Random) -> Any:
    if random.random() < 0.06:
        return random.choice(_examples()[1])
    if isinstance(node, dict):
        kept = {key: _changed(value, random) for key, value in node.items() if random.random() > 0.05}
        other = random.choice(_examples()[1])
        if isinstance(other, dict) and random.random() < 0.3:
            kept |= dict(list(other.items())[:2])
        return kept
    if isinstance(node, list):
        return [_changed(item, random) for item in node for _ in range(1 + (random.random() < 0.1))]
    return node


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(PolicyKind), st.sampled_from([None, *RESOURCE_TYPES]))
def test_no_check_fails_and_every_fix_can_be_read(random: Random, kind: PolicyKind, resource_type: str | None) -> None:
    document = _changed(random.choice(_examples()[0]), random)
    text = json.dumps(document, indent=random.choice([None, 2]))
    found, failed = check(text, kind, resource_type)
    assert failed == ()
    for finding in found:
        assert all(0 <= place.span.start <= place.span.end <= len(text) for place in finding.locations)
        for fix in finding.fixes:
            mended = applied(text, fix)
            assert mended != text
            assert not parse(mended).problems, (finding.code, fix.label)
            assert check(mended, kind, resource_type)[1] == ()
