"""Who asks, and which principal entries of a policy are about them. Source: spec grammar.md section 5,
evaluation.md sections 5 and 8, context-keys.md section 6."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, replace

from workbench.errors import ScenarioError
from workbench.evaluation.context import Context
from workbench.evaluation.request import Principal
from workbench.policy.arns import parse_arn
from workbench.policy.model import PrincipalElement, PrincipalEntry
from workbench.policy.names import with_article


class CallerKind(enum.StrEnum):
    """The kinds of caller; the value is how to speak of one."""

    USER = "IAM user"
    ROLE_SESSION = "role session"
    FEDERATED_USER = "federated user"
    ROOT = "root user"
    SERVICE = "AWS service"
    FEDERATED = "federated identity"
    ANONYMOUS = "anonymous caller"


class Grant(enum.IntEnum):
    """How directly a principal entry names the caller; the most direct counts (evaluation.md section 5)."""

    NONE = 0
    DELEGATION = 1
    VIA = 2
    DIRECT = 3


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller in the engine's terms. `name` is the user's, role's or federated user's name without path; `session` the
    session's name, empty where only the role was given; `role` the ARN of a session's role where the request states it;
    `creator` the ARN of the user whose identity policies a federated user carries (empty: none known)."""

    kind: CallerKind
    arn: str = ""
    partition: str = ""
    account: str = ""
    name: str = ""
    session: str = ""
    role: str = ""
    creator: str = ""
    service: str = ""
    provider: str = ""
    service_linked: bool = False

    @property
    def is_signed_in(self) -> bool:
        """Whether it belongs to an account, so that there is a principal's side to judge."""
        return bool(self.account)


_ID_LENGTH = 12
_LINKED_PATH, _LINKED_NAME = "aws-service-role/", "AWSServiceRole"


def read_caller(principal: Principal, federated_by: str, principal_arn: str = "") -> Caller:
    """The caller that a request's principal names. `principal_arn`: aws:PrincipalArn as the request states it, which
    gives a session's role with its path. Raises ScenarioError if it is no principal that can call."""
    caller = _read_caller(principal, principal_arn)
    if not federated_by:
        return caller
    if caller.kind is not CallerKind.FEDERATED_USER:
        raise ScenarioError(
            f"federatedBy names who made a federated user, and the caller is {with_article(caller.kind)}.",
            "request.federatedBy",
        )
    if not _is_creator(federated_by, caller):
        raise ScenarioError(
            f"{federated_by!r} made no federated user of account {caller.account}: name a user of it, or its root.",
            "request.federatedBy",
        )
    return replace(caller, creator=federated_by)


def _is_creator(text: str, caller: Caller) -> bool:
    """Whether the ARN is of a user, or the root, that can have made the federated user: of its own account."""
    arn = parse_arn(text)
    if arn is None or set("*?") & set(text):
        return False
    if (arn.partition, arn.service, arn.region, arn.account) != (caller.partition, "iam", "", caller.account):
        return False
    kind, _, path = arn.resource.partition("/")
    return arn.resource == "root" or (kind == "user" and bool(path.rpartition("/")[2]))


def _read_caller(principal: Principal, principal_arn: str) -> Caller:
    if principal.service:
        return Caller(CallerKind.SERVICE, service=principal.service)
    if principal.federated:
        return Caller(CallerKind.FEDERATED, provider=principal.federated)
    if not principal.arn or principal.arn == "*":
        return Caller(CallerKind.ANONYMOUS)
    arn = parse_arn(principal.arn)
    if arn is None or not _is_account(arn.account) or arn.region or set("*?") & set(principal.arn):
        raise ScenarioError(
            f"{principal.arn!r} is no caller: give the ARN of a user, role, role session, federated user or root.",
            "request.principal",
        )
    kind, _, rest = arn.resource.partition("/")
    name = rest.rpartition("/")[2]
    if arn.service == "iam" and arn.resource == "root":
        return Caller(CallerKind.ROOT, principal.arn, arn.partition, arn.account)
    if arn.service == "iam" and kind == "user" and name:
        return Caller(CallerKind.USER, principal.arn, arn.partition, arn.account, name)
    if arn.service == "iam" and kind == "role" and name:
        linked = is_linked_role(principal.arn)
        return Caller(CallerKind.ROLE_SESSION, principal.arn, arn.partition, arn.account, name, service_linked=linked)
    if arn.service == "sts" and kind == "assumed-role":
        role, _, session = rest.partition("/")
        if role and session and "/" not in session:
            caller = Caller(CallerKind.ROLE_SESSION, principal.arn, arn.partition, arn.account, role, session)
            if _is_role_of(caller, principal_arn):
                return replace(caller, role=principal_arn, service_linked=is_linked_role(principal_arn))
            return replace(caller, service_linked=role.startswith(_LINKED_NAME))
    if arn.service == "sts" and kind == "federated-user" and rest:
        return Caller(CallerKind.FEDERATED_USER, principal.arn, arn.partition, arn.account, rest)
    raise ScenarioError(
        f"{principal.arn!r} is no caller: give the ARN of a user, role, role session, federated user or root.",
        "request.principal",
    )


def is_linked_role(arn: str) -> bool:
    """Whether a role's path and name are those of a service-linked role (evaluation.md section 1)."""
    path = arn.partition(":role/")[2]
    return path.startswith(_LINKED_PATH) and path.rpartition("/")[2].startswith(_LINKED_NAME)


def _is_role_of(caller: Caller, arn: str) -> bool:
    """Whether the ARN can be that of a session's role: of its account and name."""
    return arn.startswith(f"arn:{caller.partition}:iam::{caller.account}:role/") and arn.endswith(f"/{caller.name}")


def other_role(caller: Caller, context: Context) -> str:
    """The ARN of another role, which no session of this caller can carry, where the request states it as
    aws:PrincipalArn; else empty. It tells nothing of the session's own role (inferred)."""
    stated = context.variable("aws:PrincipalArn") or ""
    return stated if caller.session and ":role/" in stated and not _is_role_of(caller, stated) else ""


def _is_account(text: str) -> bool:
    return len(text) == _ID_LENGTH and text.isascii() and text.isdigit()


def role_arn(caller: Caller) -> str:
    """The ARN of a role session's role: as the request states it, since a session's own ARN does not hold the role's
    path, else without path."""
    if not caller.session:
        return caller.arn
    return caller.role or f"arn:{caller.partition}:iam::{caller.account}:role/{caller.name}"


def grant_class(element: PrincipalElement, caller: Caller, context: Context) -> Grant:
    """How a Principal element names the caller: the most direct of its entries. For a NotPrincipal element use
    `is_exempt`."""
    return max((_entry_grant(entry, caller, context) for entry in element.entries), default=Grant.NONE)


def _entry_grant(entry: PrincipalEntry, caller: Caller, context: Context) -> Grant:
    text = entry.item.text
    if entry.kind == "AWS":
        return Grant.DIRECT if text == "*" else _aws_grant(text, caller, context)
    if entry.kind == "Service":
        return Grant.DIRECT if text in _service_names(caller, context) else Grant.NONE
    if entry.kind == "Federated":
        return Grant.DIRECT if caller.provider and text == caller.provider else Grant.NONE
    return Grant.NONE


def _service_names(caller: Caller, context: Context) -> tuple[str, ...]:
    if not caller.service:
        return ()
    names = context.get("aws:PrincipalServiceNamesList")
    return (caller.service, *(names if isinstance(names, tuple) else ()))


def _aws_grant(text: str, caller: Caller, context: Context) -> Grant:
    if not caller.is_signed_in:
        return Grant.NONE
    if is_account_entry(text, caller.partition, caller.account):
        return Grant.DIRECT if caller.kind is CallerKind.ROOT else Grant.DELEGATION
    if caller.kind is CallerKind.ROLE_SESSION:
        if _names_session(text, caller):
            return Grant.DIRECT
        return Grant.VIA if _names_role(text, caller, context) else Grant.NONE
    if text == caller.arn:
        return Grant.DIRECT
    if caller.kind is CallerKind.FEDERATED_USER:
        return Grant.VIA if caller.creator and text == caller.creator else Grant.NONE
    return Grant.DIRECT if _is_unique_id(text, "AIDA") and text == context.variable("aws:userid") else Grant.NONE


def is_account_entry(text: str, partition: str, account: str) -> bool:
    """Whether a principal entry names the account: its id or its root ARN, which mean the same (grammar.md 5)."""
    return text == account or text == f"arn:{partition}:iam::{account}:root"


def _names_session(text: str, caller: Caller) -> bool:
    return bool(caller.session) and text == (
        f"arn:{caller.partition}:sts::{caller.account}:assumed-role/{caller.name}/{caller.session}"
    )


def _names_role(text: str, caller: Caller, context: Context) -> bool:
    """By name where the caller is a session, since a role's name is unique in its account and a session does not know
    its role's path; else, and where the request states aws:PrincipalArn, by the whole ARN."""
    if _is_unique_id(text, "AROA"):
        return (context.variable("aws:userid") or "").partition(":")[0] == text
    arn = parse_arn(text) if caller.account in text else None  # most entries are of others, and looking is cheap
    if arn is None or (arn.partition, arn.service, arn.account) != (caller.partition, "iam", caller.account):
        return False
    if not caller.session:
        return text == caller.arn
    if caller.role:
        return text == caller.role
    return arn.resource.startswith("role/") and arn.resource.rpartition("/")[2] == caller.name


def values_that_name(element: PrincipalElement | None, caller: Caller) -> Iterator[tuple[str, str]]:
    """(lower-cased key, value): context values on which it hangs whether the element's entries name the caller."""
    for kind, item in element.entries if element is not None else ():
        text = item.text
        if kind == "Service" and caller.service:
            yield "aws:principalservicenameslist", text
        elif _is_unique_id(text, "AROA") or _is_unique_id(text, "AIDA"):
            yield "aws:userid", text
        elif caller.session and ":role/" in text and text.rpartition("/")[2] == caller.name:
            yield "aws:principalarn", text
            yield "aws:principalarn", f"arn:{caller.partition}:iam::{caller.account}:role/another-path/{caller.name}"


def _is_unique_id(text: str, prefix: str) -> bool:
    return text.startswith(prefix)


def is_exempt(element: PrincipalElement, caller: Caller, context: Context) -> bool:
    """Whether a NotPrincipal element leaves the caller out: only if *every* identifier of the caller is listed, or `*`
    (strictness inferred in part: grammar.md section 5, trap 1)."""
    if any(e.item.text == "*" for e in element.entries):
        return True
    listed = [e for e in element.entries if e.kind == "AWS"]

    def has(*grants: Grant) -> bool:
        return any(_aws_grant(e.item.text, caller, context) in grants for e in listed)

    match caller.kind:
        case CallerKind.SERVICE | CallerKind.FEDERATED:
            return grant_class(element, caller, context) is Grant.DIRECT
        case CallerKind.ROOT:
            return has(Grant.DIRECT)
        case CallerKind.USER:
            return has(Grant.DIRECT) and has(Grant.DELEGATION)
        case CallerKind.ROLE_SESSION | CallerKind.FEDERATED_USER:
            if caller.creator.endswith(":root"):  # its creating user is the account's root, which the account entry is
                return has(Grant.DIRECT) and has(Grant.DELEGATION)
            itself = has(Grant.DIRECT) or (caller.kind is CallerKind.ROLE_SESSION and not caller.session)
            return itself and has(Grant.VIA) and has(Grant.DELEGATION)
        case _:
            return False  # anonymous: only `*` is about it
