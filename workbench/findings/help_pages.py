"""A page of help for every issue code, and the table of all checks; the texts stand in `resources/help/*.toml`.

A text is a TOML table named after its code: `means` (what the finding says), `why` (why it matters), `example` (a
statement, a list of them or a document that has the finding), `instead` (how to write it), and where they are needed
`on` (kind of policy as in `codes.py`, `I` by default), `type` (resource type), `source` (of the rule, beside AWS's
reference of policy checks) and `sketch = true` where the example is words because a real one would fill pages.
Source: spec findings.md sections 1.1 and 1.2.
"""

from __future__ import annotations

import json
import tomllib
from functools import cache
from typing import Any, NamedTuple

from workbench.findings.codes import CODES, IssueCode
from workbench.findings.links import learn_more_link
from workbench.findings.model import Confidence, Origin
from workbench.resources import resource_path

_FILES = (
    *("errors", "warnings", "security-warnings", "suggestions"),  # findings.md section 2
    *("form-and-catalog", "statements", "conditions", "privilege-escalation"),  # sections 3.1 to 3.4
    *("exposure", "access", "confused-deputy"),  # sections 3.5 to 3.7
    "project",  # sections 4.1 (7) and 5
)
_RESTS_ON = {
    Confidence.DOCUMENTED: "AWS's documentation",
    Confidence.OBSERVED: "AWS's own answers for its managed policies",
    Confidence.INFERRED: "a decision of this project where AWS's documentation is silent",
}
_KIND_LETTERS = {"IDENTITY": "I", "RESOURCE": "R", "TRUST": "T", "SCP": "S", "RCP": "C"}


class HelpPage(NamedTuple):
    """What is said about one code. `example` and `instead` are JSON unless `sketch`; `on` and `type` say as what kind
    of policy (for what type of resource) the example is meant."""

    known: IssueCode
    means: str
    why: str
    example: str
    instead: str
    source: str
    on: str
    type: str | None
    sketch: bool


@cache
def _texts() -> dict[str, dict[str, Any]]:
    texts: dict[str, dict[str, Any]] = {}
    for name in _FILES:
        path = resource_path(f"help/{name}.toml")
        if path.exists():
            texts.update(tomllib.loads(path.read_text("utf-8")))
    return texts


def help_page(code: str) -> HelpPage | None:
    """The page of an issue code; None for a code that there is not, or that has no page."""
    known, text = CODES.get(code), _texts().get(code)
    if known is None or text is None:
        return None
    return HelpPage(
        known,
        text["means"],
        text["why"],
        text["example"].strip(),
        text["instead"].strip(),
        text.get("source", ""),
        text.get("on", "I"),
        text.get("type"),
        text.get("sketch", False),
    )


def help_text(page: HelpPage) -> str:
    """A page as Markdown."""
    known = page.known
    sources = [f"The rule rests on {_RESTS_ON[known.confidence]}."]
    if page.source:
        sources.append(page.source)
    if known.origin is Origin.AWS:
        sources.append(f"AWS describes the check at {learn_more_link(known.code, known.type, known.origin)}.")
    return "\n\n".join(
        (
            f"# {known.title}",
            f"`{known.code}` · {known.type.replace('_', ' ').lower()} · {_whose(known)}",
            page.means,
            page.why,
            "## Example",
            _shown(page.example, page.sketch),
            "## Write instead",
            _shown(page.instead, page.sketch),
            "## Source",
            " ".join(sources),
        )
    )


def _shown(text: str, sketch: bool) -> str:
    """JSON laid out as a policy; words as they are."""
    return text if sketch else f"```json\n{laid_out(text)}\n```"


def laid_out(text: str) -> str:
    """JSON over several lines; as it is where it is no JSON, which some examples are not on purpose."""
    try:
        return json.dumps(json.loads(text, object_pairs_hook=_Pairs), indent=2, ensure_ascii=False)
    except ValueError:
        return text


class _Pairs(dict[str, Any]):
    """An object that keeps two members of one name, which only an example of exactly that has."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        if len(self) < len(pairs):
            raise ValueError("a name stands twice")


def _whose(known: IssueCode) -> str:
    return "a check of IAM Access Analyzer" if known.origin is Origin.AWS else "a check of Policy Workbench"


def checks_table() -> str:
    """All checks as a Markdown table, in the order of the registry of codes; `resources/help/checks.md`."""
    lines = [
        "# All checks",
        "",
        "Made by `python -m workbench.findings.checks_table`; do not edit. Kinds: I identity policies, boundaries and "
        "session policies, R resource policies, T role trust policies, S SCPs, C RCPs.",
        "",
        "| issue code | type | kinds | whose | rests on | about |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for known in CODES.values():
        letters = "".join(letter for kind, letter in _KIND_LETTERS.items() if kind in {k.name for k in known.kinds})
        whose = "AWS" if known.origin is Origin.AWS else "own"
        lines.append(f"| `{known.code}` | {known.type} | {letters} | {whose} | {known.confidence} | {known.title} |")
    return "\n".join(lines) + "\n"
