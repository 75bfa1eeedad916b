"""Who asks, as the form shows it: names of the project's principals, or anything that is typed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from workbench.evaluation.request import Principal

if TYPE_CHECKING:
    from workbench.project.model import ProjectPrincipal

ANONYMOUS = "*"
DEFAULT_SESSION = "session"

_ROLE = re.compile(r"arn:([\w-]+):iam::(\d{12}):role/(?:.*/)?([^/]+)")
_SESSION = re.compile(r"arn:[\w-]+:sts::\d{12}:assumed-role/([^/]+)/(.+)")
_PRINCIPAL_ARN = re.compile(r"arn:[\w-]+:(iam|sts)::\w*:\S.*")
_FEDERATED = re.compile(r"arn:[\w-]+:iam::\w*:(saml-provider|oidc-provider)/\S.*")
_SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?")


class Choice(NamedTuple):
    """One line of the combo box: what is read, and what it stands for."""

    label: str
    arn: str


class UnreadablePrincipal(ValueError):
    """The text names no principal. Its message is one sentence for the form."""


def choices(principals: Iterable[ProjectPrincipal]) -> list[Choice]:
    """The project's principals. A role does not ask by itself: its line stands for a session of it."""
    return [_choice(p.name, p.arn) for p in principals]


def _choice(name: str, arn: str) -> Choice:
    if role := _ROLE.fullmatch(arn):
        partition, account, role_name = role.groups()
        return Choice(f"{name} (role)", f"arn:{partition}:sts::{account}:assumed-role/{role_name}/{DEFAULT_SESSION}")
    kind = "user" if ":user/" in arn else "root" if arn.endswith(":root") else ""
    return Choice(f"{name} ({kind})" if kind else name, arn)


def roles(principals: Iterable[ProjectPrincipal]) -> list[Choice]:
    """The project's roles by their own ARNs, for "passes a role"."""
    return [Choice(p.name, p.arn) for p in principals if _ROLE.fullmatch(p.arn)]


def label_for(principal: Principal, known: Iterable[Choice]) -> str:
    """What the form shows for a principal: its name if it is the project's, else what a person would type."""
    text = principal.arn or principal.service or principal.federated or ANONYMOUS
    known = list(known)
    for choice in known:
        if choice.arn == text:
            return choice.label
    if session := _SESSION.fullmatch(text):
        prefix = text.rsplit("/", 1)[0] + "/"
        if any(c.arn.startswith(prefix) for c in known):
            return f"{session[2]} (role {session[1]})"
    return text


def read_principal(text: str, known: Iterable[Choice]) -> Principal:
    """The principal for what stands in the field. Raises UnreadablePrincipal with a sentence for the form."""
    text = text.strip()
    text = next((c.arn for c in known if c.label == text), text)
    if not text:
        raise UnreadablePrincipal("Choose who asks: one of the project's principals, or type an ARN.")
    if text == ANONYMOUS:
        return Principal()
    if _SERVICE.fullmatch(text):
        return Principal(service=text)
    if _FEDERATED.fullmatch(text):
        return Principal(federated=text)
    if _PRINCIPAL_ARN.fullmatch(text):
        return Principal(arn=text)
    if text.startswith("arn:"):
        raise UnreadablePrincipal(
            "This ARN names no principal; one looks like arn:aws:iam::111122223333:role/Scientist."
        )
    raise UnreadablePrincipal(
        f"“{text}” is no principal: choose one from the list or type an ARN such as arn:aws:iam::111122223333:user/ann."
    )
