"""Policies drawn from the examples of all checks, their parts taken out, doubled and put where they do not belong: no
check fails on one of any kind, and every fix leaves a text that can be read."""

from __future__ import annotations

import json
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.findings.drawn import changed, examples
from tests.findings.helpers import applied, check
from workbench.document.parser import parse
from workbench.policy.kinds import RESOURCE_TYPES, PolicyKind


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(PolicyKind), st.sampled_from([None, *RESOURCE_TYPES]))
def test_no_check_fails_and_every_fix_can_be_read(random: Random, kind: PolicyKind, resource_type: str | None) -> None:
    document = changed(random.choice(examples()[0]), random)
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
