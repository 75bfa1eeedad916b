"""The words and shapes of a decision on the screen. Meaning never rests on color alone: every outcome has an icon's
shape and a word of its own (window.md section 3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from workbench.evaluation.decision import Authorization, Decision, LayerOutcome, Outcome, StatementRef
from workbench.evaluation.request import ContextValue, Request
from workbench.evaluation.sentences import layer_word
from workbench.gui.simulator.context_values import write_value
from workbench.gui.simulator.uncertain import Uncertain


class Look(NamedTuple):
    """`icon` and `token` are names in the theme, `word` and `qualifier` what is read, `meaning` what the
    qualifier means, `mark` the sign in plain text."""

    icon: str
    token: str
    word: str
    qualifier: str
    meaning: str
    mark: str


LOOKS = {
    Outcome.ALLOWED: Look("allowed", "allowed", "Allowed", "", "", "✓"),
    Outcome.EXPLICIT_DENY: Look("explicit-deny", "explicit-deny", "Denied", "explicit", "A statement denies it.", "✕"),
    Outcome.IMPLICIT_DENY: Look("implicit-deny", "implicit-deny", "Denied", "implicit", "Nothing allows it.", "✕"),
    Outcome.DEPENDS: Look("depends", "depends", "Depends", "", "", "?"),
}

SHOWN_STATEMENTS = 8
"""Statements explained for one layer; a policy of 300 statements would bury the rest."""


def without_decision(sentence: str) -> str:
    """The sentence without "Denied: " in front: the card says that word already, large."""
    for look in LOOKS.values():
        start = f"{look.word}: "
        if sentence.startswith(start) and len(sentence) > len(start):
            rest = sentence.removeprefix(start)
            # A capital only where the first word is a plain one: `sagemaker:AddTags` keeps its spelling.
            first = rest.split(maxsplit=1)[0]
            return rest[0].upper() + rest[1:] if first.isalpha() else rest
    return sentence


_QUOTED = re.compile(r"(?<!\w)'([^']+)'(?!\w)")


def with_our_quotes(sentence: str) -> str:
    """The engine's 'x' as the window writes it: “x”."""
    return _QUOTED.sub(r"“\1”", sentence)


def statement_name(ref: StatementRef) -> str:
    """`Train, studio-user 4:5`: its Sid or number, its policy, and where it begins."""
    return f"{ref.sid or f'Statement {ref.statement + 1}'}, {ref.policy} {ref.start.for_people()}"


def short_statement_name(ref: StatementRef) -> str:
    """Its Sid, else its number and policy."""
    return ref.sid or f"Statement {ref.statement + 1} of {ref.policy}"


def layer_title(layer: LayerOutcome) -> str:
    """`Identity policy`, `Service control policy, ou-research`."""
    word = layer_word(layer.layer)
    title = word[:1].upper() + word[1:]
    return f"{title}, {layer.note}" if layer.note else title


def layer_says(layer: LayerOutcome) -> str:
    """What a layer says, in a word or three."""
    return {
        Outcome.ALLOWED: "allows",
        Outcome.EXPLICIT_DENY: "denies",
        Outcome.IMPLICIT_DENY: "nothing allows it",
        Outcome.DEPENDS: "depends",
    }[layer.outcome]


def example_words(outcome: Outcome, value: ContextValue | None) -> str:
    """`vpc-1: allowed`, for a menu of what a key of unknown value may turn out to be."""
    shown = "absent" if value is None else write_value(value)
    return f"{shown}: {LOOKS[outcome].word.lower()}"


def copied(
    decision: Decision, request: Request | None, uncertain: Sequence[Uncertain] = (), remarks: Sequence[str] = ()
) -> str:
    """The whole answer as plain text, for a ticket or a mail."""
    look = LOOKS[decision.outcome]
    head = f"{look.word}{f' ({decision.outcome.value})' if look.qualifier else ''}"
    lines = [head, *remarks, decision.sentence, ""]
    if request is not None:
        who = request.principal
        lines += [
            f"Principal: {who.arn or who.service or who.federated or '*'}",
            f"Action: {request.action}",
            *(f"Resource: {resource}" for resource in request.resources),
            *(f"Context: {key} = {_value(value)}" for key, value in request.context.items()),
            "",
        ]
        lines[-1:-1] = [f"Context: {key} is unknown" for key in sorted(request.unknown)]
    for i, authorization in enumerate(decision.authorizations):
        lines += _copied_authorization(authorization, uncertain[i] if i < len(uncertain) else {})
    missing = decision.deciding.missing_keys
    if missing:
        lines.append(f"Missing context keys: {', '.join(missing)}")
    lines += [f"Note: {note}" for note in decision.notes]
    return "\n".join(lines).strip() + "\n"


def _value(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def _copied_authorization(authorization: Authorization, uncertain: Uncertain) -> list[str]:
    if uncertain:
        lines = [f"{LOOKS[Outcome.DEPENDS].mark} {authorization.action} on {authorization.resource}"]
        return lines + [f"    {statement_name(ref)}: {words}" for ref, words in uncertain.items()]
    mark = LOOKS[authorization.outcome].mark
    lines = [f"{mark} {authorization.action} on {authorization.resource}", f"    {authorization.sentence}"]
    for layer in authorization.layers:
        lines.append(f"    {layer_title(layer)}: {layer_says(layer)}")
        lines += [f"        {statement_name(ref)}" for ref in layer.statements]
    return lines
