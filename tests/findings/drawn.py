"""Documents made of the examples of all checks."""

from __future__ import annotations

import json
from functools import lru_cache
from random import Random
from typing import Any

from tests.findings.helpers import statement
from workbench.document.parser import parse
from workbench.findings.codes import CODES
from workbench.findings.help_pages import help_page

_ODD: tuple[Any, ...] = (None, True, 3, "", "*", "${", [], {}, [[]], "\u200b")


@lru_cache(maxsize=1)
def examples() -> tuple[list[Any], list[Any]]:
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


def changed(node: Any, random: Random) -> Any:
    """The node with parts taken out, doubled and put where they do not belong."""
    if random.random() < 0.06:
        return random.choice(examples()[1])
    if isinstance(node, dict):
        kept = {key: changed(value, random) for key, value in node.items() if random.random() > 0.05}
        other = random.choice(examples()[1])
        if isinstance(other, dict) and random.random() < 0.3:
            kept |= dict(list(other.items())[:2])
        return kept
    if isinstance(node, list):
        return [changed(item, random) for item in node for _ in range(1 + (random.random() < 0.1))]
    return node


@lru_cache(maxsize=1)
def statements() -> list[dict[str, Any]]:
    """Every statement of an example."""
    found: list[dict[str, Any]] = []
    for document in examples()[0]:
        listed = document.get("Statement") if isinstance(document, dict) else None
        found += (s for s in (listed if isinstance(listed, list) else [listed]) if isinstance(s, dict))
    return found
