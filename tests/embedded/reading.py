"""What the tests of embedded policies share: the policies of a text, and the file's text at a place in one."""

from __future__ import annotations

import json
from typing import Any

from workbench.document.span import Span
from workbench.embedded.door import policies_in
from workbench.embedded.model import Contents, EmbeddedPolicy


def contents(name: str, text: str) -> Contents:
    found = policies_in(name, text)
    assert found is not None
    return found


def one(name: str, text: str) -> EmbeddedPolicy:
    """The only policy of a file."""
    [policy] = contents(name, text).policies
    return policy


def said(policy: EmbeddedPolicy) -> Any:
    return json.loads(policy.text)


def outer(policy: EmbeddedPolicy, text: str, inner: str) -> str:
    """The file's text where `inner` stands in the policy's; it must stand there once."""
    assert policy.text.count(inner) == 1, policy.text
    start = policy.text.index(inner)
    span = policy.source.span(Span(start, start + len(inner)))
    return text[span.start : span.end]
