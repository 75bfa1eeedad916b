"""From a found request to a scenario that the evaluation engine replays.

What stands for a variable is replaced by a value, the caller gets the ARN that was found, and the scenario is asked of
the engine itself: nothing is shown that the engine does not confirm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace

from workbench.errors import ScenarioError
from workbench.evaluation.callers import CallerKind
from workbench.evaluation.decision import Outcome
from workbench.evaluation.judge import Judge
from workbench.evaluation.request import ContextValue, NamedPolicy, Principal, Request, Scenario
from workbench.policy.arns import parse_arn
from workbench.policy.tokens import Variable
from workbench.proof.agreements import with_tag_keys
from workbench.proof.askers import HOME, STRANGER, Asker
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


def requests_of(
    model: Model,
    action: str,
    asker: Asker,
    variables: Mapping[str, Variable],
    in_any_case: frozenset[str] = frozenset(),
) -> Iterator[Request]:
    """The requests that a model may describe, the likeliest first; its variables become texts that are likely."""
    filled = _request(model, action, asker, variables, in_any_case)
    if filled is None:
        return
    if filled.absent:  # what is not there is mostly not derived either, and need not be said
        yield replace(filled, absent=frozenset())
    yield filled


def _request(
    model: Model,
    action: str,
    asker: Asker,
    variables: Mapping[str, Variable],
    in_any_case: frozenset[str],
) -> Request | None:
    context = {**asker.context, **{k: v for k, v in model.context.items() if v is not None}}
    absent = {k.lower() for k, v in model.context.items() if v is None}
    known = {k.lower(): v for k, v in context.items()}
    arn = parse_arn(model.resource)
    if arn is not None and arn.account.isdigit():
        known.setdefault("aws:resourceaccount", arn.account)
    values: dict[str, str] = {}
    for character, variable in variables.items():
        if not _uses(character, model.resource, context):
            continue
        key = variable.key.lower()
        value = value_of(variable, known, absent, asker)
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
    return Request(
        principal, action, (resource,), context=context, absent=left_out, alone=True, federated_by=asker.caller.creator
    )


def _uses(character: str, resource: str, context: Mapping[str, ContextValue]) -> bool:
    texts = [resource, *(t for v in context.values() for t in ((v,) if isinstance(v, str) else v))]
    return any(character in text for text in texts)


def value_of(variable: Variable, known: Mapping[str, ContextValue], absent: Set[str], asker: Asker) -> str | None:
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
            named = known.get("aws:principalarn")
            own = named.rpartition("/")[2] if isinstance(named, str) else ""
            return own if own and not any(map(is_private, own)) else asker.caller.name
        case "aws:userid":
            unique = "AIDAIOSFODNN7EXAMPLE" if asker.caller.kind is CallerKind.USER else "AROAIOSFODNN7EXAMPLE:session"
            return asker.caller.account if asker.caller.kind is CallerKind.ROOT else unique
        case "aws:resourceaccount":
            return HOME if asker.caller.account != HOME else STRANGER
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
        return _service(asker, context)
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


def _service(asker: Asker, context: dict[str, ContextValue]) -> tuple[Principal, dict[str, ContextValue]]:
    """The service by the name that was found, with the name that the policies use among all its names."""
    given = {k.lower(): v for k, v in context.items()}
    name = given.get("aws:principalservicename")
    own = name if isinstance(name, str) else asker.caller.service
    listed = given.get("aws:principalservicenameslist", ())
    kept = {k: v for k, v in context.items() if not k.lower().startswith("aws:principalservicename")}
    names = tuple(dict.fromkeys((own, asker.caller.service, *((listed,) if isinstance(listed, str) else listed))))
    if len(names) > 1:
        kept["aws:PrincipalServiceNamesList"] = names
    return Principal(service=own), kept


def outcome(judge: Judge, scenario: Scenario) -> Outcome | None:
    """The engine's own decision; None where it cannot judge the scenario."""
    try:
        return judge.prepare(scenario).outcome()
    except ScenarioError:
        return None
