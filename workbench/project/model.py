"""A project as it is saved, and the scenario that a request in it makes. Values only.

A policy's *key* is its path relative to the project's folder with forward slashes, such as `policies/train.json`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from workbench.document.decoding import decode
from workbench.errors import WorkbenchError
from workbench.evaluation.glob import compile_glob
from workbench.evaluation.request import Level, NamedPolicy, PolicySet, Principal, Request, Scenario
from workbench.findings.rules import NO_RULES, HouseRules
from workbench.policy.arns import parse_arn
from workbench.policy.kinds import PolicyKind


class ProjectError(WorkbenchError):
    """A project that cannot be opened: one sentence with the file."""


@dataclass(frozen=True, slots=True)
class ProjectPolicy:
    """One policy file and its kind."""

    key: str
    kind: PolicyKind

    @property
    def name(self) -> str:
        """How to speak of it: the file's name without ending."""
        return self.key.rpartition("/")[2].removesuffix(".json")


@dataclass(frozen=True, slots=True)
class ProjectPrincipal:
    """A user or role, by ARN, and the keys of the policies attached to it."""

    name: str
    arn: str
    identity: tuple[str, ...] = ()
    boundary: str = ""
    trust: str = ""

    @property
    def is_role(self) -> bool:
        return ":role/" in self.arn


@dataclass(frozen=True, slots=True)
class ProjectResource:
    """The resource policy of the resources whose ARN matches `arn`, a pattern."""

    arn: str
    policy: str


@dataclass(frozen=True, slots=True)
class SavedRequest:
    """A request worth keeping, and the decision it should get (empty: none said)."""

    id: str
    title: str
    request: Request
    expect: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """Everything a project says. `read` gives a policy's text as saved."""

    root: Path
    name: str
    account: str
    policies: tuple[ProjectPolicy, ...] = ()
    principals: tuple[ProjectPrincipal, ...] = ()
    resources: tuple[ProjectResource, ...] = ()
    requests: tuple[SavedRequest, ...] = ()
    service_control: tuple[tuple[str, tuple[str, ...]], ...] | None = None
    resource_control: tuple[tuple[str, tuple[str, ...]], ...] | None = None
    rules: HouseRules = NO_RULES

    def path(self, key: str) -> Path:
        """The file of a policy's key."""
        return self.root / key

    def policy(self, key: str) -> ProjectPolicy | None:
        return next((p for p in self.policies if p.key == key), None)

    def read(self, key: str) -> str:
        """The text of a policy file, as saved. Raises ProjectError if it cannot be read."""
        try:
            return decode(self.path(key).read_bytes()).text
        except OSError as error:
            raise ProjectError(f"{self.path(key)} cannot be read: {error.strerror}.") from error

    def principal_of(self, principal: Principal) -> ProjectPrincipal | None:
        """The project's principal that a request's principal is, or is a session of."""
        arn = parse_arn(principal.arn)
        if arn is None:
            return None
        name = arn.resource.split("/")[1] if arn.resource.startswith("assumed-role/") else ""
        for candidate in self.principals:
            other = parse_arn(candidate.arn)
            if candidate.arn == principal.arn:
                return candidate
            same_account = other is not None and other.account == arn.account
            if name and candidate.is_role and same_account and candidate.arn.rpartition("/")[2] == name:
                return candidate
        return None


def scenario_of(project: Project, request: Request, read: Callable[[str], str]) -> tuple[Scenario, dict[str, str]]:
    """The scenario that `request` makes in the project, and policy name → key. `read` gives the text of a key, so that
    unsaved edits can stand in for the saved text."""
    names = _names(project)

    def policy(key: str) -> NamedPolicy:
        return NamedPolicy(names[key], read(key))

    def levels(given: Iterable[tuple[str, tuple[str, ...]]] | None) -> tuple[Level, ...] | None:
        if given is None:
            return None
        return tuple(Level(target, tuple(policy(k) for k in keys)) for target, keys in given)

    principal = project.principal_of(request.principal)
    resource = _resource_policy(project, request)
    policies = PolicySet(
        identity=tuple(policy(key) for key in principal.identity) if principal else (),
        permissions_boundary=policy(principal.boundary) if principal and principal.boundary else None,
        resource=policy(resource) if resource else None,
        service_control=levels(project.service_control),
        resource_control=levels(project.resource_control),
    )
    return Scenario(request, policies), {name: key for key, name in names.items()}


def _names(project: Project) -> dict[str, str]:
    """Key → name; a name that two files share is the whole key instead."""
    short = [p.name for p in project.policies]
    return {p.key: p.name if short.count(p.name) == 1 else p.key for p in project.policies}


def _resource_policy(project: Project, request: Request) -> str:
    target = request.resources[0]
    for principal in project.principals:
        if principal.trust and principal.arn == target and request.action.lower().startswith("sts:"):
            return principal.trust
    return next((r.policy for r in project.resources if compile_glob(r.arn).matches(target)), "")
