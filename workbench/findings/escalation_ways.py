"""The ways of the table that a policy opens: each step granted, on one and the same target. Source: spec findings.md
section 3.4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from workbench.catalog.catalog import Catalog
from workbench.findings.context import CheckContext
from workbench.findings.escalation_paths import PASS_ROLE, EscalationPath, Step, alternatives, choices
from workbench.findings.granting import Asked, Granted, Grants, by_service, places_of
from workbench.findings.sample_arns import OTHER
from workbench.findings.targets import Target, Targets

_PASSED_TO = "iam:PassedToService"


class Way(NamedTuple):
    """A path that is open: one of its alternatives, and what grants each step. `targets`: who of the project it leads
    to, where that is known."""

    path: EscalationPath
    steps: tuple[Step, ...]
    grants: tuple[Granted, ...]
    targets: tuple[Target, ...] = ()

    @property
    def open(self) -> bool:
        """Whether the policy leaves the target open, or leads to somebody who may do everything."""
        if any(target.everything for target in self.targets):
            return True
        return self.path.target == "new" or all(g.open and not g.tagged for g in self._targets())

    @property
    def counts(self) -> bool:
        """Whether the target is open, one of the roles that a pattern of the policy names, or whatever has a tag."""
        return self.open or (self.passes_role and self._some_role) or all(g.open for g in self.grants)

    @property
    def _some_role(self) -> bool:
        """Whether the policy leaves a choice of roles to hand over."""
        passed = (g for g in self.grants if g.action == PASS_ROLE)
        return not any(g.arn in (i.text for i in g.statement.resources.items) for g in passed if g.statement.resources)

    @property
    def passes_role(self) -> bool:
        return any(step.service for step in self.steps)

    def _targets(self) -> Iterable[Granted]:
        passed = [g for g in self.grants if g.action == PASS_ROLE]
        return passed or self.grants

    @property
    def words(self) -> str:
        whom = f" (to {'; '.join(target.words for target in self.targets)})" if self.targets else ""
        return f"{self.path.id} by {joined([step.words for step in self.steps])}{whom}"

    @property
    def assumption(self) -> Iterator[str]:
        """What must be true of the world for the path."""
        for step in self.steps:
            if step.service and not self.targets:
                yield f"There is a role that {step.service} may assume and that has permissions the caller lacks."
        if self.path.assumes and (self.passes_role or not self.targets):
            yield self.path.assumes
        for granted in self.grants:
            yield from granted.assumption


def open_ways(context: CheckContext, grants: Grants) -> list[Way]:
    """The best open way of each path that is open, in order of the paths."""
    found: dict[str, Way] = {}
    known = context.around is not None and grants.standing.member is not None
    targets = Targets(context, context.around, grants) if known and context.around is not None else None
    for key in grants.possible(_keys()):
        for alternative in alternatives()[key]:
            best = found.get(alternative.path.id)
            if (best is not None and best.open) or not all(map(grants.may, alternative.actions)):
                continue
            opened = granted_together(context.catalog, grants, alternative.path, alternative.steps)
            if opened is not None and targets is not None:
                opened = _looked_up(context, targets, opened)
            if opened is None or not places_of(opened.grants):
                continue
            if opened.counts and (best is None or opened.open):
                found[alternative.path.id] = opened
    return [found[name] for name in sorted(found)]


def _looked_up(context: CheckContext, targets: Targets, way: Way) -> Way | None:
    """The way with the users or roles of the project that it leads to; None where the policy names roles of which the
    project's bring nothing."""
    if way.passes_role:
        return _with_role(targets, way)
    if way.path.target != "other" or not way.open:
        return way
    step = way.steps[0]
    formats = _formats(context.catalog, step)
    if not any(kind in formats[0] for kind in (":user/", ":role/")) if formats else True:
        return way
    found = (target for m in targets.changeable(step, formats[0]) if (target := targets.stronger(m)) is not None)
    target = next(found, None)
    return way if target is None else way._replace(targets=(target,))


def _with_role(targets: Targets, way: Way) -> Way | None:
    """The way with a role of the project for each service: the first that may do everything, else the first that may do
    more than the caller."""
    chosen: list[Target] = []
    given = list(way.grants)
    any_known = False
    for step in way.steps:
        if not step.service:
            continue
        those = list(targets.roles_to_pass(step))
        any_known = any_known or bool(those)
        stronger = [(target, granted) for m, granted in those if (target := targets.stronger(m)) is not None]
        if not stronger:
            continue
        target, granted = min(stronger, key=lambda pair: not pair[0].everything)
        chosen.append(target)
        passed = next(i for i, g in enumerate(given) if g.stated.get(_PASSED_TO) == step.service)
        # what the pattern leaves open stays said of the grant: any role, or one of those that it names
        given[passed] = granted._replace(open=given[passed].open)
    if chosen:
        return way._replace(grants=tuple(given), targets=tuple(dict.fromkeys(chosen)))
    return None if any_known and not way.open else way


@cache
def _keys() -> dict[str, list[str]]:
    return by_service(alternatives())


def granted_together(catalog: Catalog, grants: Grants, path: EscalationPath, steps: tuple[Step, ...]) -> Way | None:
    """Each step granted, steps on one kind of resource on one and the same resource."""
    groups: dict[tuple[object, ...], list[Asked]] = {}
    for step in steps:
        formats = _formats(catalog, step)
        user = OTHER if path.target == "other" else grants.home.user
        asked = Asked(step.action, formats, choices(step), user)
        groups.setdefault((step.service, formats), []).append(asked)
    found: list[Granted] = []
    for group in groups.values():
        granted = grants.together(group)
        if not granted:
            return None
        found += granted
    return Way(path, steps, tuple(found))


def _formats(catalog: Catalog, step: Step) -> tuple[str, ...]:
    """The ARN formats that the step is asked on."""
    if not step.types:
        return (catalog.arn_formats(step.action) or ())[:1]
    known = {t.name: t.arn for t in catalog.resource_types(step.action.partition(":")[0])}
    return tuple(known[name] for name in step.types if name in known)


def joined(words: Sequence[str]) -> str:
    """`a, b and c`."""
    return ", ".join(words[:-1]) + f" and {words[-1]}" if len(words) > 1 else words[0]
