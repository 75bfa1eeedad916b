"""What a project says around one of its policies, for the checks. Each file is read once while it stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

from workbench.evaluation.request import Level, NamedPolicy, PolicySet
from workbench.findings.surroundings import Member, Surroundings
from workbench.project.model import Project, ProjectError, ProjectPrincipal, policy_names


def surroundings(project: Project, key: str, edited: Callable[[str], str | None] = lambda _: None) -> Surroundings:
    """What the project says around the policy `key`. `edited`: the text of a policy that is not as saved. Whoever has a
    policy that cannot be read is left out. Raises ProjectError where that is somebody who has this one."""
    names = policy_names(project)

    def policy(key: str) -> NamedPolicy:
        text = edited(key)
        return NamedPolicy(names[key], _saved(project, key) if text is None else text)

    def levels(given: Iterable[tuple[str, tuple[str, ...]]] | None) -> tuple[Level, ...] | None:
        if given is None:
            return None
        return tuple(Level(target, tuple(policy(k) for k in keys)) for target, keys in given)

    def member(principal: ProjectPrincipal) -> Member | None:
        try:
            return Member(
                principal.name,
                principal.arn,
                PolicySet(
                    identity=tuple(policy(key) for key in principal.identity),
                    permissions_boundary=policy(principal.boundary) if principal.boundary else None,
                    service_control=service_control,
                    resource_control=resource_control,
                ),
                policy(principal.trust) if principal.trust else None,
            )
        except ProjectError:
            if key in principal.identity:
                raise
            return None

    service_control, resource_control = levels(project.service_control), levels(project.resource_control)
    return Surroundings(
        names[key],
        project.account,
        tuple(found for principal in project.principals if (found := member(principal)) is not None),
        tuple((resource.arn, policy(resource.policy)) for resource in project.resources),
        project.accounts,
        resource_control,
    )


def _saved(project: Project, key: str) -> str:
    try:
        found = project.path(key).stat()
    except OSError as error:
        raise ProjectError(f"{project.path(key)} cannot be read: {error.strerror}.") from error
    return _as_of(project.root, key, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=1024)
def _as_of(root: Path, key: str, _changed: int, _size: int) -> str:
    return Project(root, "", "").read(key)
