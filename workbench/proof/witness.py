"""From a found request to a scenario that the evaluation engine replays.

What stands for a variable is replaced by a value, the caller gets the ARN that was found, and the scenario is asked of
the engine itself: nothing is shown that the engine does not confirm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice, product

from workbench.errors import ScenarioError
from workbench.evaluation.callers import CallerKind
from workbench.evaluation.decision import Outcome
from workbench.evaluation.judge import Judge
from workbench.evaluation.request import ContextValue, NamedPolicy, Principal, Request, Scenario
from workbench.policy.arns import parse_arn
from workbench.policy.tokens import Variable
from workbench.proof.agreements import with_tag_keys
from workbench.proof.askers import Asker
from workbench.proof.languages import is_private
from workbench.proof.search import Model

FULL_ACCESS = NamedPolicy(
    "full access", '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
)
RESOURCE_FULL_ACCESS = NamedPolicy(
    "full access to the resource",
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}',
)
RCP_FULL_ACCESS = NamedPolicy(
    "RCPFullAWSAccess",
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}',
)
MOST_GUESSES = 100
MOST_FREE = 3
_CUT = re.compile(r"[:/]")


def requests_of(
    model: Model,
    action: str,
    asker: Asker,
    variables: Mapping[str, Variable],
    in_any_case: frozenset[str] = frozenset(),
) -> Iterator[Request]:
    """The requests that a model may describe, the likeliest first. What variables have to be where they must fit other
    texts is tried out: with each of the parts of those texts."""
    filled = _request(model, action, asker, variables, in_any_case, {})
    if filled is None:
        return
    if filled.absent:  # what is not there is mostly not derived either, and need not be said
        yield replace(filled, absent=frozenset())
    yield filled
    stated = {k.lower() for k in model.context}
    free = [v for v in variables.values() if v.key.lower() not in stated and v.key.lower() not in asker.domains]
    texts = [model.resource, *(t for v in model.context.values() if v is not None for t in _texts(v))]
    parts = dict.fromkeys(part for text in texts for part in (text, *_CUT.split(text)) if part)
    guesses = [p for p in parts if not any(map(is_private, p))]
    keys = list(dict.fromkeys(v.key for v in free))[:MOST_FREE]
    for values in islice(product((None, *guesses), repeat=len(keys)), 1, MOST_GUESSES):
        guessed = {k.lower(): (k, v) for k, v in zip(keys, values, strict=True) if v is not None}
        request = _request(model, action, asker, variables, in_any_case, guessed)
        if request is not None:
            yield request


def _request(
    model: Model,
    action: str,
    asker: Asker,
    variables: Mapping[str, Variable],
    in_any_case: frozenset[str],
    guessed: Mapping[str, tuple[str, str]],
) -> Request | None:
    context = {**asker.context, **{k: v for k, v in model.context.items() if v is not None}, **dict(guessed.values())}
    absent = {k.lower() for k, v in model.context.items() if v is None}
    known = {k.lower(): v for k, v in context.items()}
    values: dict[str, str] = {}
    for character, variable in variables.items():
        if not _uses(character, model.resource, context):
            continue
        key = variable.key.lower()
        value = _value_of(variable, known, absent, asker)
        if value is None:
            return None
        values[character] = value.swapcase() if character in in_any_case else value
        if key not in absent and (key not in asker.domains or key == "aws:userid"):
            context[variable.key] = known[key] = value
    resource = _filled(model.resource, values)
    context = {
        k: _filled(v, values) if isinstance(v, str) else tuple(_filled(i, values) for i in v)
        for k, v in context.items()
    }
    context = with_tag_keys(context, absent)
    principal, context = _principal(asker, context)
    left_out = frozenset(k for k, v in model.context.items() if v is None and k.lower() in absent)
    return Request(principal, action, (resource,), context=context, absent=left_out, alone=True)


def _texts(value: ContextValue) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _uses(character: str, resource: str, context: Mapping[str, ContextValue]) -> bool:
    texts = [resource, *(t for v in context.values() for t in ((v,) if isinstance(v, str) else v))]
    return any(character in text for text in texts)


def _value_of(variable: Variable, known: Mapping[str, ContextValue], absent: set[str], asker: Asker) -> str | None:
    """What a variable stands for; None if it has no value."""
    key = variable.key.lower()
    given = known.get(key)
    if isinstance(given, str) and not any(map(is_private, given)):
        return given
    if key in absent:
        return variable.default
    domain = asker.domains.get(key)
    if domain is not None and not domain.present:
        return variable.default
    if domain is not None and domain.values:
        return domain.values[0]
    arn = asker.principal.arn
    match key:
        case "aws:principalaccount":
            return asker.caller.account or None
        case "aws:principalarn":
            role = f"arn:{asker.caller.partition}:iam::{asker.caller.account}:role/{asker.caller.name}"
            return role if asker.caller.kind is CallerKind.ROLE_SESSION else arn
        case "aws:username":
            return asker.caller.name
        case "aws:userid":
            unique = "AIDAIOSFODNN7EXAMPLE" if asker.caller.kind is CallerKind.USER else "AROAIOSFODNN7EXAMPLE:session"
            return asker.caller.account if asker.caller.kind is CallerKind.ROOT else unique
        case "aws:principalorgid" | "aws:resourceorgid":
            return "o-a1b2c3d4e5"
        case _:
            return "any-value"


def _filled(text: str, values: Mapping[str, str]) -> str:
    return "".join(values.get(c, c) for c in text) if any(map(is_private, text)) else text


def _principal(asker: Asker, context: dict[str, ContextValue]) -> tuple[Principal, dict[str, ContextValue]]:
    """The caller that the context's keys about the principal describe; the keys that follow from it are left out."""
    if not asker.open_arn:
        return asker.principal, context
    if asker.caller.kind is CallerKind.SERVICE:
        names = (v for k, v in context.items() if k.lower() == "aws:principalservicename" and isinstance(v, str))
        return Principal(service=next(names, asker.caller.service)), context
    kept = {k: v for k, v in context.items() if k.lower() not in ("aws:principalarn", "aws:principalaccount")}
    given = {k.lower(): v for k, v in context.items() if isinstance(v, str)}
    arn = given.get("aws:principalarn")
    account = given.get("aws:principalaccount") or asker.caller.account
    name = given.get("aws:username", "")
    match asker.caller.kind:
        case CallerKind.ROLE_SESSION if arn:
            role = parse_arn(arn)
            assert role is not None
            session = (
                f"arn:{role.partition}:sts::{role.account}:assumed-role/{role.resource.rpartition('/')[2]}/session"
            )
            if role.resource.count("/") > 1:
                kept["aws:PrincipalArn"] = arn
            return Principal(arn=session), kept
        case CallerKind.USER:
            if arn:
                kept = {k: v for k, v in kept.items() if k.lower() != "aws:username" or not arn.endswith(f"/{v}")}
                return Principal(arn=arn), kept
            kept = {k: v for k, v in kept.items() if k.lower() != "aws:username"}
            return Principal(arn=f"arn:{asker.caller.partition}:iam::{account}:user/{name or 'AnyUser'}"), kept
        case _:
            if arn:
                return Principal(arn=arn), kept
            return Principal(arn=asker.principal.arn.replace(asker.caller.account, account)), kept


def outcome(judge: Judge, scenario: Scenario) -> Outcome | None:
    """The engine's own decision; None where it cannot judge the scenario."""
    try:
        return judge.prepare(scenario).outcome()
    except ScenarioError:
        return None
