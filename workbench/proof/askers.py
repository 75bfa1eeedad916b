"""Who can ask: a few callers that stand for all, as far as the policies can tell them apart, and what is then known of
the keys about the principal.

Source: spec grammar.md section 5 (which entries are about whom), context-keys.md sections 2, 3 and 6.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from workbench.errors import ScenarioError
from workbench.evaluation.callers import Caller, CallerKind, read_caller
from workbench.evaluation.compiled import CompiledStatement
from workbench.evaluation.request import ContextValue, Principal
from workbench.policy.arns import parse_arn
from workbench.proof.keys import Domain
from workbench.proof.languages import ANYTHING, DIGIT, LOWER, ONE_OR_VARIABLE, Characters, Machine, Step, literal

HOME = "111122223333"
"""The account of a caller who may be anybody."""
STRANGER = "999988887777"
"""An account that no policy is taken to name, unless it does."""

_ACCOUNT = (Step(DIGIT),) * 12
_ACCOUNT_SHAPE = Machine(_ACCOUNT)
_NAME = (ONE_OR_VARIABLE, ANYTHING)
_ABSENT = Domain(present=False)
_BOOLEANS = ("true", "false")


@dataclass(frozen=True, slots=True)
class Asker:
    """A caller who stands for others. `domains`: lower-cased key about the principal → what it can be; `open_arn`:
    whether any caller of this kind (and account) is meant, so that aws:PrincipalArn is not fixed."""

    caller: Caller
    principal: Principal
    domains: Mapping[str, Domain]
    open_arn: bool = False
    context: Mapping[str, ContextValue] = field(default_factory=dict)


PRINCIPAL_KEYS = frozenset(
    {
        "aws:principalarn",
        "aws:principalaccount",
        "aws:principaltype",
        "aws:userid",
        "aws:username",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:tokenissuetime",
        "aws:multifactorauthpresent",
        "aws:multifactorauthage",
    }
)


OF_SERVICES = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"})
"""What only a service sends that calls by itself."""


PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc")
"""AWS's partitions, the main one first."""


def spoken_partitions(statements: Iterable[CompiledStatement]) -> tuple[str, ...]:
    """The main partition, and those whose ARNs the statements name as principals or compare keys with."""
    named: set[str] = set()
    for statement in statements:
        entries = statement.principal.entries if statement.principal is not None else ()
        texts = [entry.item.text for entry in entries]
        texts += (value.text for test in statement.source.conditions for value in test.values)
        named.update(text.split(":", 2)[1] for text in texts if text.startswith("arn:") and text.count(":") > 1)
    return tuple(p for i, p in enumerate(PARTITIONS) if not i or p in named)


def identity_askers(
    tested: Iterable[str], statements: Iterable[CompiledStatement] = (), *, root: bool = False
) -> list[Asker]:
    """Callers who can have identity policies, and with `root` those whom only guardrails limit. `tested`: the
    lower-cased keys that the policies look at; where none is about the principal one caller stands for all."""
    if not PRINCIPAL_KEYS & set(tested):
        return [any_role(HOME)]
    return [
        asker
        for partition in spoken_partitions(statements)
        for asker in anybody(HOME, partition)
        if root or asker.caller.kind is not CallerKind.ROOT
    ]


def anybody(sample: str, partition: str) -> list[Asker]:
    """A caller of each kind of any account of a partition, `sample` standing for the account."""
    found = [any_role("", sample, partition), any_user("", sample, partition)]
    return [*found, _federated(sample, partition), any_root("", sample, partition)]


def resource_askers(statements: Iterable[CompiledStatement], tested: Iterable[str]) -> list[Asker]:
    """Callers of whom the principal elements speak, a stranger of each kind, and nobody in particular."""
    statements = list(statements)
    partitions = spoken_partitions(statements)
    entries = {
        (entry.kind, entry.item.text): None
        for statement in statements
        if statement.principal is not None
        for entry in statement.principal.entries
    }
    named: list[Asker] = []
    looked_at = bool(PRINCIPAL_KEYS & set(tested))
    for kind, text in entries:
        named += _named(kind, text, partitions, looked_at=looked_at)
    # A stranger's own ARN matters only where something looks at it.
    strangers = [any_role(STRANGER)]
    if looked_at:
        strangers = [asker for partition in partitions for asker in anybody(STRANGER, partition)]
    if looked_at or OF_SERVICES & set(tested):
        strangers.append(_any_service({text for kind, text in entries if kind == "Service"}))
    texts = [text for kind, text in entries if kind == "AWS"]
    return [*(_but_for(asker, texts) for asker in (*named, *strangers)), anonymous()]


def _but_for(asker: Asker, named: Sequence[str]) -> Asker:
    """The caller, and none of those that the policies name: they are callers of their own."""
    if not asker.open_arn:
        return asker
    excluded: list[Machine] = []
    for text in named:
        arn = parse_arn(text)
        account = text if text.isdigit() else arn.account if arn is not None and arn.resource == "root" else ""
        if account and account != asker.caller.account:
            excluded.append(Machine((*literal(f"arn:{asker.caller.partition}:iam::{account}:"), ANYTHING)))
        elif arn is not None and not account:
            excluded.append(Machine(literal(text)))
    if asker.caller.kind is CallerKind.SERVICE:
        return asker
    domain = asker.domains["aws:principalarn"]._replace(excluded=tuple(excluded))
    return replace(asker, domains={**asker.domains, "aws:principalarn": domain})


def _named(kind: str, text: str, partitions: Sequence[str], *, looked_at: bool) -> list[Asker]:
    if text == "*":
        return []
    if kind == "Service":
        return [_service(text)]
    if kind == "Federated":
        return [provider_asker(text)]
    if kind != "AWS":
        return []
    arn = parse_arn(text)
    account = text if arn is None else arn.account
    if text.isdigit() or (arn is not None and arn.resource == "root"):
        own = partitions if arn is None else (arn.partition,)
        makers = (any_role, any_user, any_root) if looked_at else (any_role,)
        return [make(account, HOME, partition) for partition in own for make in makers]
    if arn is None:  # a unique id, which only a caller with this id is
        return [_of_id(text)] if text[:4] in ("AIDA", "AROA") else []
    asked = text.replace(":iam:", ":sts:", 1).replace(":role/", ":assumed-role/", 1) if ":role/" in text else text
    if ":assumed-role/" in asked and ":role/" in text:
        name = arn.resource.rpartition("/")[2]
        asked = f"arn:{arn.partition}:sts::{arn.account}:assumed-role/{name}/session"
    try:
        return [_exact(asked, text if ":role/" in text else "")]
    except ScenarioError:
        return []


def _exact(arn: str, role: str) -> Asker:
    """The caller with this very ARN; `role`: the ARN of its role, where it is a session and that is known."""
    principal = Principal(arn=arn)
    caller = read_caller(principal, "", role)
    stated = {"aws:PrincipalArn": role} if role else {}
    domains = dict(_SIGNED[caller.kind])
    principal_arn = role or arn
    if caller.kind is CallerKind.ROLE_SESSION and not role:
        principal_arn = f"arn:{caller.partition}:iam::{caller.account}:role/{caller.name}"
    domains["aws:principalarn"] = Domain(absent=False, values=(principal_arn,))
    domains["aws:principalaccount"] = Domain(absent=False, values=(caller.account,))
    if caller.kind is CallerKind.USER:
        domains["aws:username"] = Domain(absent=False, values=(caller.name,))
    return Asker(caller, principal, domains, context=stated)


def any_role(account: str, sample: str = HOME, partition: str = "aws") -> Asker:
    """A session of some role of the account; of any account if it is empty, `sample` then standing for it."""
    return _open(account, f"arn:{partition}:sts::{account or sample}:assumed-role/AnyRole/session", "role")


def any_user(account: str, sample: str = HOME, partition: str = "aws") -> Asker:
    """Some user of the account; of any account if it is empty, `sample` then standing for it."""
    return _open(account, f"arn:{partition}:iam::{account or sample}:user/AnyUser", "user")


def any_root(account: str, sample: str = HOME, partition: str = "aws") -> Asker:
    """The root user of the account; of any account if it is empty, `sample` then standing for it."""
    return _open(account, f"arn:{partition}:iam::{account or sample}:root", "")


def _open(account: str, arn: str, word: str) -> Asker:
    principal = Principal(arn=arn)
    caller = read_caller(principal, "")
    owner = literal(account) if account else _ACCOUNT
    name = (*literal(f":{word}/"), *_NAME) if word else literal(":root")
    shape = Machine((*literal(f"arn:{caller.partition}:iam::"), *owner, *name))
    domains = dict(_SIGNED[caller.kind])
    domains["aws:principalarn"] = Domain(absent=False, shapes=(shape,))
    of_account = Domain(absent=False, values=(account,)) if account else Domain(absent=False, shapes=(_ACCOUNT_SHAPE,))
    domains["aws:principalaccount"] = of_account
    return Asker(caller, principal, domains, open_arn=True)


def _federated(sample: str, partition: str) -> Asker:
    arn = f"arn:{partition}:sts::{sample}:federated-user/AnyUser"
    shape = Machine((*literal(f"arn:{partition}:sts::"), *_ACCOUNT, *literal(":federated-user/"), *_NAME))
    caller = read_caller(Principal(arn=arn), "")
    domains = dict(_SIGNED[CallerKind.FEDERATED_USER])
    domains["aws:principalarn"] = Domain(absent=False, shapes=(shape,))
    domains["aws:principalaccount"] = Domain(absent=False, shapes=(_ACCOUNT_SHAPE,))
    return Asker(caller, Principal(arn=arn), domains, open_arn=True)


def _of_id(text: str) -> Asker:
    asker = any_user("") if text.startswith("AIDA") else any_role("")
    userid = text if text.startswith("AIDA") else f"{text}:session"
    domains = {**asker.domains, "aws:userid": Domain(absent=False, values=(userid,))}
    return Asker(asker.caller, asker.principal, domains, open_arn=True, context={"aws:userid": userid})


def _service(name: str) -> Asker:
    domains = {
        **_unsigned(),
        "aws:principalisawsservice": Domain(absent=False, values=("true",)),
        "aws:principalservicename": Domain(absent=False, values=(name,)),
        "aws:principalservicenameslist": Domain(multivalued=True, absent=False, values=(name,)),
        "aws:principaltype": Domain(absent=False, values=("Service",)),
    }
    return Asker(Caller(CallerKind.SERVICE, service=name), Principal(service=name), domains)


_SERVICES = ("cloudtrail", "events", "sns", "config", "cloudformation")


def _any_service(named: set[str]) -> Asker:
    """Some AWS service that no policy names."""
    own = (f"{short}.amazonaws.com" for short in _SERVICES)
    name = (Step(LOWER), Step(Characters(LOWER.listed | {"-"}), repeated=True), *literal(".amazonaws.com"))
    asker = _service(next((text for text in own if text not in named), "service.amazonaws.com"))
    domains = {**asker.domains, "aws:principalservicename": Domain(absent=False, shapes=(Machine(name),))}
    return replace(asker, domains=domains, open_arn=True)


def provider_asker(provider: str) -> Asker:
    """An identity of a SAML or OIDC provider."""
    return Asker(Caller(CallerKind.FEDERATED, provider=provider), Principal(federated=provider), _unsigned())


def anonymous() -> Asker:
    """Somebody without credentials."""
    domains = {
        **_unsigned(),
        "aws:principalaccount": Domain(absent=False, values=("anonymous",)),
        "aws:principaltype": Domain(absent=False, values=("Anonymous",)),
        "aws:userid": Domain(absent=False, values=("anonymous",)),
    }
    return Asker(Caller(CallerKind.ANONYMOUS), Principal(), domains)


def _unsigned() -> dict[str, Domain]:
    """Who belongs to no account has no organization either (context-keys.md section 2)."""
    return dict.fromkeys((*PRINCIPAL_KEYS, "aws:principalorgid", "aws:principalorgpaths"), _ABSENT)


def _signed(kind: str, username: Domain, temporary: Domain) -> dict[str, Domain]:
    return {
        "aws:principaltype": Domain(absent=False, values=(kind,)),
        "aws:userid": Domain(absent=False),
        "aws:username": username,
        "aws:principalisawsservice": Domain(absent=False, values=("false",)),
        "aws:principalservicename": _ABSENT,
        "aws:principalservicenameslist": _ABSENT,
        "aws:tokenissuetime": temporary,
        "aws:multifactorauthpresent": Domain(absent=temporary.absent, values=_BOOLEANS),
        "aws:multifactorauthage": Domain(),
    }


_SIGNED: dict[CallerKind, dict[str, Domain]] = {
    CallerKind.USER: _signed("User", Domain(absent=False), Domain()),
    CallerKind.ROLE_SESSION: _signed("AssumedRole", _ABSENT, Domain(absent=False)),
    CallerKind.FEDERATED_USER: _signed("FederatedUser", _ABSENT, Domain(absent=False)),
    CallerKind.ROOT: _signed("Account", _ABSENT, Domain()),
}
