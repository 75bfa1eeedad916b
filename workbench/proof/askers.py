"""Who can ask: a few callers that stand for all, as far as the policies can tell them apart, and what is then known of
the keys about the principal.

Source: spec grammar.md section 5 (which entries are about whom), context-keys.md sections 2, 3 and 6.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from workbench.evaluation.callers import Caller, CallerKind, read_caller
from workbench.evaluation.compiled import CompiledStatement
from workbench.evaluation.request import ContextValue, Principal
from workbench.proof.keys import Domain
from workbench.proof.languages import ANYTHING, DIGIT, LOWER, ONE_OR_VARIABLE, Characters, Machine, Step, literal
from workbench.proof.partitions import told_apart

HOME = "111122223333"
"""The account of a caller who may be anybody."""
STRANGER = "999988887777"
"""An account that no policy is taken to name, unless it does."""

_ACCOUNT = (Step(DIGIT),) * 12
_ACCOUNT_SHAPE = Machine(_ACCOUNT)
IN_NAMES = Characters(frozenset(":/*?"), negated=True)
"""What a name of IAM can hold, and more: no slash, no colon and no wildcard, which no name has (IAM quotas)."""
_IN_NAME = Step(IN_NAMES, opens=True)
_NAME = (_IN_NAME, _IN_NAME._replace(repeated=True))
_PATH = (ONE_OR_VARIABLE, ANYTHING, *literal("/"))
_ABSENT = Domain(present=False)
_BOOLEANS = ("true", "false")
_WORD = (Step(Characters(LOWER.listed | DIGIT.listed | {"-"}), repeated=True),)


@dataclass(frozen=True, slots=True)
class Asker:
    """A caller who stands for others. `domains`: lower-cased key about the principal → what it can be; `open_arn`:
    whether any caller of this kind (and account) is meant, so that aws:PrincipalArn is not fixed."""

    caller: Caller
    principal: Principal
    domains: Mapping[str, Domain]
    open_arn: bool = False
    any_partition: bool = False
    """Whether it stands for callers of all partitions, since nothing tells them apart."""
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


def identity_askers(
    tested: Iterable[str], statements: Iterable[CompiledStatement] = (), *, root: bool = False
) -> list[Asker]:
    """Callers who can have identity policies, and with `root` those whom only guardrails limit. `tested`: the
    lower-cased keys that the policies look at; where none is about the principal one caller stands for all."""
    if not PRINCIPAL_KEYS & set(tested):
        return [replace(any_role(HOME), any_partition=True)]
    return [
        asker
        for partition in told_apart(statements)
        for asker in anybody(HOME, partition)
        if root or asker.caller.kind is not CallerKind.ROOT
    ]


def anybody(sample: str, partition: str) -> list[Asker]:
    """A caller of each kind of any account of a partition, `sample` standing for the account."""
    return [make("", sample, partition) for make in EVERY_KIND]


def any_role(account: str, sample: str = HOME, partition: str = "aws") -> Asker:
    """A session of some role of the account; of any account if it is empty, `sample` then standing for it."""
    return _open(account, f"arn:{partition}:sts::{account or sample}:assumed-role/AnyRole/session", "role")


def any_user(account: str, sample: str = HOME, partition: str = "aws") -> Asker:
    """Some user of the account; of any account if it is empty, `sample` then standing for it."""
    return _open(account, f"arn:{partition}:iam::{account or sample}:user/AnyUser", "user")


def any_root(account: str, sample: str = HOME, partition: str = "aws") -> Asker:
    """The root user of the account; of any account if it is empty, `sample` then standing for it."""
    return _open(account, f"arn:{partition}:iam::{account or sample}:root", "root")


def any_federated(account: str, sample: str = HOME, partition: str = "aws") -> Asker:
    """Some federated user of the account; of any account if it is empty, `sample` then standing for it."""
    arn = f"arn:{partition}:sts::{account or sample}:federated-user/AnyUser"
    return _open(account, arn, "federated-user", service="sts")


EVERY_KIND: tuple[Callable[[str, str, str], Asker], ...] = (any_role, any_user, any_federated, any_root)


def any_linked_role(account: str, sample: str = HOME, partition: str = "aws") -> Asker:
    """A session of some service-linked role, whom no SCP or RCP limits (evaluation.md section 1)."""
    arn = f"arn:{partition}:sts::{account or sample}:assumed-role/AWSServiceRoleForService/session"
    asker = _open(account, arn, "role")
    owner = literal(account) if account else _ACCOUNT
    head = (*literal(f"arn:{partition}:iam::"), *owner, *literal(":role/aws-service-role/"))
    shape = Machine((*head, *_PATH, *literal("AWSServiceRoleFor"), *_NAME))
    return replace(asker, domains={**asker.domains, "aws:principalarn": Domain(absent=False, shapes=(shape,))})


def _open(account: str, arn: str, word: str, service: str = "iam") -> Asker:
    principal = Principal(arn=arn)
    caller = read_caller(principal, "")
    owner = literal(account) if account else _ACCOUNT
    head = (*literal(f"arn:{caller.partition}:{service}::"), *owner, *literal(f":{word}"))
    shapes = [Machine((*head, *ends)) for ends in _ENDS.get(word, _WITH_PATH)]
    domains = dict(SIGNED[caller.kind])
    domains["aws:principalarn"] = Domain(absent=False, shapes=tuple(shapes))
    of_account = Domain(absent=False, values=(account,)) if account else Domain(absent=False, shapes=(_ACCOUNT_SHAPE,))
    domains["aws:principalaccount"] = of_account
    return Asker(caller, principal, domains, open_arn=True)


_PLAIN = (*literal("/"), *_NAME)
_WITH_PATH = (_PLAIN, (*literal("/"), *_PATH, *_NAME))
_ENDS: Mapping[str, Sequence[tuple[Step, ...]]] = {"root": ((),), "federated-user": (_PLAIN,)}


def made_by(asker: Asker, creator: str) -> Asker:
    """A federated user, made by the user (or root) with this ARN: entries that name that one are about it, too."""
    return replace(asker, caller=replace(asker.caller, creator=creator))


def _service(name: str) -> Asker:
    names = (Machine(literal(name)), *_service_names(name.partition(".")[0]))
    domains = {
        **_unsigned(),
        "aws:principalisawsservice": Domain(absent=False, values=("true",)),
        "aws:principalservicename": Domain(absent=False, shapes=names),
        "aws:principalservicenameslist": Domain(multivalued=True, absent=False, shapes=names, among=(name,)),
        "aws:principaltype": Domain(absent=False, values=("Service",)),
    }
    return Asker(Caller(CallerKind.SERVICE, service=name), Principal(service=name), domains, open_arn=True)


def _service_names(label: str) -> tuple[Machine, ...]:
    """The names of one service: the one for everywhere, and those of Regions (context-keys.md section 2)."""
    start, region = literal(f"{label}."), (Step(LOWER), *_WORD, *literal("."))
    ends = (literal("amazonaws.com"), literal("amazonaws.com.cn"))
    return tuple(Machine((*start, *middle, *end)) for middle in ((), region) for end in ends)


def service_askers(named: Sequence[str], *, anyone: bool) -> list[Asker]:
    """The AWS services that policies name, by each name and by all that one service has; with `anyone` also one that
    they do not name."""
    found = [_service(name) for name in named]
    labels: dict[str, list[str]] = {}
    for name in named:
        labels.setdefault(name.partition(".")[0], []).append(name)
    for names in labels.values():
        if len(names) > 1:
            found.append(replace(_service(names[0]), context={"aws:PrincipalServiceNamesList": tuple(names)}))
    return [*found, _any_service(set(named))] if anyone else found


_SERVICES = ("cloudtrail", "events", "sns", "config", "cloudformation")


def _any_service(named: set[str]) -> Asker:
    """Some AWS service that no policy names."""
    own = (f"{short}.amazonaws.com" for short in _SERVICES)
    start, end = (Step(LOWER), *_WORD), literal(".amazonaws.com")
    name, regional = Machine((*start, *end)), Machine((*start, *literal("."), *_WORD, *end))
    asker = _service(next((text for text in own if text not in named), "service.amazonaws.com"))
    open_name = Domain(absent=False, shapes=(name, regional), excluded=tuple(Machine(literal(n)) for n in named))
    names = {
        "aws:principalservicename": open_name,
        "aws:principalservicenameslist": open_name._replace(multivalued=True),
    }
    return replace(asker, domains={**asker.domains, **names})


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


SIGNED: dict[CallerKind, dict[str, Domain]] = {
    CallerKind.USER: _signed("User", Domain(absent=False), Domain()),
    CallerKind.ROLE_SESSION: _signed("AssumedRole", _ABSENT, Domain(absent=False)),
    CallerKind.FEDERATED_USER: _signed("FederatedUser", _ABSENT, Domain(absent=False)),
    CallerKind.ROOT: _signed("Account", _ABSENT, Domain()),
}
