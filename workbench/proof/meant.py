"""Whom principal elements mean: the callers whom they name, and strangers of every kind, so that each request with a
principal element in its way is made by one of them. Source: spec grammar.md section 5, evaluation.md section 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache

from workbench.errors import ScenarioError
from workbench.evaluation.callers import Caller, CallerKind, read_caller
from workbench.evaluation.compiled import CompiledStatement
from workbench.evaluation.request import Principal
from workbench.patience import check
from workbench.policy.arns import parse_arn
from workbench.proof.askers import (
    EVERY_KIND,
    OF_SERVICES,
    PRINCIPAL_KEYS,
    SIGNED,
    STRANGER,
    Asker,
    anonymous,
    any_federated,
    any_role,
    any_user,
    anybody,
    made_by,
    provider_asker,
    service_askers,
)
from workbench.proof.keys import Domain
from workbench.proof.languages import ANYTHING, ONE_OR_VARIABLE, Machine, literal
from workbench.proof.partitions import told_apart

_UNIQUE_IDS = {"AIDA": CallerKind.USER, "AROA": CallerKind.ROLE_SESSION}
_ANY_OIDC = "accounts.google.com"


def resource_askers(statements: Iterable[CompiledStatement], tested: Iterable[str]) -> list[Asker]:
    """Callers of whom the principal elements speak, a stranger of each kind, and nobody in particular. `tested`: the
    lower-cased keys that the policies look at."""
    statements = list(statements)
    entries = _entries(statements)
    texts = [text for kind, text in entries if kind == "AWS"]
    partitions = told_apart(statements)
    ids = [text for text in texts if text[:4] in _UNIQUE_IDS]
    negated = any(s.principal is not None and s.principal.negated for s in statements)
    looked_at = bool(PRINCIPAL_KEYS & set(tested))
    # Of one account all kinds are alike, unless a key tells them apart, a unique id, or an exemption.
    in_detail = looked_at or negated or bool(ids)
    named: list[Asker] = []
    for text in texts:
        named += _named(text, partitions, in_detail=in_detail)
    for text in ids:
        named += _of_id(text, named, stranger(texts), partitions)
    if in_detail:
        named += _made_by_named(named, texts)
    services = [text for kind, text in entries if kind == "Service"]
    named += service_askers(services, anyone=looked_at or bool(OF_SERVICES & set(tested)))
    sample = stranger(texts)
    strangers: list[Asker] = []
    for partition in partitions:
        # A stranger's own ARN matters only where something looks at it.
        strangers += anybody(sample, partition) if looked_at else [any_role(sample, sample, partition)]
    providers = [text for kind, text in entries if kind == "Federated"]
    strangers += map(provider_asker, (*providers, *_other_providers(providers, sample)))
    return [*(_but_for(asker, texts) for asker in (*named, *strangers)), anonymous()]


def stranger(named: Sequence[str]) -> str:
    """An account that none of the principal entries names."""
    taken = " ".join(named)
    return next(found for n in range(10**12) if (found := f"{int(STRANGER) + n:012}"[-12:]) not in taken)


def _entries(statements: Iterable[CompiledStatement]) -> dict[tuple[str, str], None]:
    return {
        (entry.kind, entry.item.text): None
        for statement in statements
        if statement.principal is not None
        for entry in statement.principal.entries
    }


def _other_providers(named: Sequence[str], account: str) -> Iterator[str]:
    """A provider of each kind whom no policy names; only `*` is about its identities."""
    yield f"arn:aws:iam::{account}:saml-provider/AnyProvider"
    if _ANY_OIDC not in named:
        yield _ANY_OIDC
    else:
        yield f"arn:aws:iam::{account}:oidc-provider/any-provider.example.com"


def _but_for(asker: Asker, named: Sequence[str]) -> Asker:
    """The caller, and none of those that the policies name: they are callers of their own."""
    if not asker.open_arn or asker.caller.kind is CallerKind.SERVICE:
        return asker
    excluded: list[Machine] = []
    accounts: list[Machine] = []
    check()
    for text in named:
        arn = parse_arn(text)
        account = text if text.isdigit() else arn.account if arn is not None and arn.resource == "root" else ""
        if account and account != asker.caller.account:
            accounts.append(_just(account))
            for service in ("iam", "sts"):
                excluded.append(_beginning_with(f"arn:{asker.caller.partition}:{service}::{account}:"))
        elif arn is not None and not account:
            excluded.append(_just(text))
    domain, of_account = asker.domains["aws:principalarn"], asker.domains["aws:principalaccount"]
    domain = domain._replace(excluded=(*domain.excluded, *excluded))
    if of_account.values is None:
        of_account = of_account._replace(excluded=(*of_account.excluded, *accounts))
    domains = {**asker.domains, "aws:principalarn": domain, "aws:principalaccount": of_account}
    return replace(asker, domains=domains)


@lru_cache(maxsize=4096)
def _just(text: str) -> Machine:
    return Machine(literal(text))


@lru_cache(maxsize=4096)
def _beginning_with(text: str) -> Machine:
    return Machine((*literal(text), ANYTHING))


def _named(text: str, partitions: Sequence[str], *, in_detail: bool) -> list[Asker]:
    """The callers whom an entry of the kind AWS names, `*` and unique ids aside."""
    arn = parse_arn(text)
    if text.isdigit() or (arn is not None and arn.resource == "root"):
        own = partitions if arn is None else (arn.partition,)
        account = text if arn is None else arn.account
        makers = EVERY_KIND if in_detail else (any_role,)
        try:
            return [make(account, account, partition) for partition in own for make in makers]
        except ScenarioError:
            return []
    if arn is None:
        return []
    try:
        if ":role/" in text:
            name = arn.resource.rpartition("/")[2]
            return [_exact(f"arn:{arn.partition}:sts::{arn.account}:assumed-role/{name}/session", text)]
        return [_exact(text, "")]
    except ScenarioError:
        return []


def _exact(arn: str, role: str) -> Asker:
    """The caller with this very ARN; `role`: the ARN of its role, where it is a session and that is known."""
    principal = Principal(arn=arn)
    caller = read_caller(principal, "", role)
    domains = dict(SIGNED[caller.kind])
    domains["aws:principalarn"] = _arn_of(caller, role)
    domains["aws:principalaccount"] = Domain(absent=False, values=(caller.account,))
    if caller.kind is CallerKind.USER:
        domains["aws:username"] = Domain(absent=False, values=(caller.name,))
    return Asker(caller, principal, domains, context={"aws:PrincipalArn": role} if role else {})


def _arn_of(caller: Caller, role: str) -> Domain:
    """What aws:PrincipalArn is: a session's own ARN does not tell the path of its role."""
    if role or caller.kind is not CallerKind.ROLE_SESSION:
        return Domain(absent=False, values=(role or caller.arn,))
    start = literal(f"arn:{caller.partition}:iam::{caller.account}:role/")
    end = literal(caller.name)
    plain, with_path = Machine((*start, *end)), Machine((*start, ONE_OR_VARIABLE, ANYTHING, *literal("/"), *end))
    return Domain(absent=False, shapes=(plain, with_path))


def _of_id(text: str, named: Sequence[Asker], sample: str, partitions: Sequence[str]) -> list[Asker]:
    """Whoever has a unique id: a stranger, or one of those that are named otherwise."""
    kind = _UNIQUE_IDS[text[:4]]
    make = any_user if kind is CallerKind.USER else any_role
    userid = text if kind is CallerKind.USER else f"{text}:session"
    unknown = [make("", sample, partition) for partition in partitions]
    return [
        replace(
            asker,
            domains={**asker.domains, "aws:userid": Domain(absent=False, values=(userid,))},
            context={**asker.context, "aws:userid": userid},
        )
        for asker in (*unknown, *named)
        if asker.caller.kind is kind and "aws:userid" not in asker.context
    ]


def _made_by_named(named: Sequence[Asker], texts: Sequence[str]) -> Iterator[Asker]:
    """The federated users among the named that some named user, or the root of a named account, made."""
    makers = [text for text in texts if ":user/" in text or text.endswith(":root")]
    for text in makers:
        arn = parse_arn(text)
        if arn is None or arn.service != "iam":
            continue
        known = [a for a in named if a.caller.kind is CallerKind.FEDERATED_USER and not a.caller.creator]
        mine = [a for a in known if (a.caller.partition, a.caller.account) == (arn.partition, arn.account)]
        if not any(asker.open_arn for asker in mine):
            with suppress(ScenarioError):
                mine.append(any_federated(arn.account, arn.account, arn.partition))
        yield from (made_by(asker, text) for asker in mine)
