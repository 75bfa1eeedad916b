"""How a question is answered: over classes of actions and callers, by search, with a witness that is replayed.

The search first looks among all requests that the caller could send at all: what it does not find there does not exist.
Where it finds one, it looks again among the requests that the catalog knows of, in the likeliest Region first, so that
the witness is one that a person can believe; if there is only an odd one, the verdict says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import islice, product
from typing import NamedTuple, TypeAlias, TypeVar

from workbench.catalog.catalog import Catalog
from workbench.evaluation.compiled import AuthRequest
from workbench.evaluation.context import Context
from workbench.evaluation.derive import RESOURCE_TAGS, tags_not_seen
from workbench.evaluation.judge import Judge
from workbench.evaluation.request import Request, Scenario
from workbench.policy.tokens import Variable
from workbench.proof.actions import ActionClass, Actions
from workbench.proof.agreements import disagreements, from_private_address
from workbench.proof.askers import HOME, STRANGER, Asker
from workbench.proof.budget import Budget, GaveUp
from workbench.proof.dressing import changes, dressed
from workbench.proof.formulas import FALSE, Body, Formula, all_of
from workbench.proof.grounding import grounded, groundings
from workbench.proof.keys import KeyTest
from workbench.proof.partitions import of_resources
from workbench.proof.search import Known, Model, Search, Space
from workbench.proof.situations import Presence, Situation, situations
from workbench.proof.solver import Solver
from workbench.proof.space import Anything, Liberty, Plausible, Possible
from workbench.proof.told import told_by
from workbench.proof.witness import requests_of

MOST_STEPS = 1_000_000
MOST_MODELS = 10
MOST_NAMES = 10
MOST_ODD_NAMES = 3
MOST_REGIONS = 3
MAIN_PARTITION = "aws"
REGIONS = {
    "aws": "us-east-1",
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-iso-e": "eu-isoe-west-1",
    "aws-iso-f": "us-isof-south-1",
    "aws-eusc": "eusc-de-east-1",
}
"""A Region of each partition."""
MOST_MENDED = 2
MOST_GROUNDED = 2
"""So many requests are looked for with texts in place of the variables, for each choice of texts."""
MOST_REPLAYED = 120
"""So many requests that the evaluation does not confirm are enough: believable ones are then looked for no longer."""
MOST_SPACES = 4
"""So many kinds of requests that AWS documents are asked of z3."""
ODD_ACTION = "The catalog of {date} does not list the action {action}; the policy would allow it if there is one."
ODD_REQUEST = "No request that the catalog of {date} knows of shows it; the witness is one that AWS may never see."
NOT_CONFIRMED = "the request that was found could not be confirmed by the evaluation"
CANNOT_EXIST = "only a request that cannot exist would show it, with keys or values that AWS never sends together"


Cancelled: TypeAlias = Callable[[], bool]
"""Asked now and then while a question is worked on; True ends it."""


def never() -> bool:
    """Whoever asks waits for the answer."""
    return False


_AnySpace = TypeVar("_AnySpace", Anything, Plausible)


@dataclass(frozen=True)
class Prover:
    """What every question needs: the catalog, the engine that replays, and whether whoever asked still waits."""

    catalog: Catalog
    judge: Judge
    actions: Actions
    cancelled: Cancelled = never

    def budget(self) -> Budget:
        return Budget(MOST_STEPS, self.cancelled)


@dataclass(frozen=True)
class Found:
    """A request that was found and confirmed, as the scenario that shows it."""

    scenario: Scenario
    assumptions: tuple[str, ...] = ()


class _Open(NamedTuple):
    """What the algebra leaves open: found no request that the evaluation confirms, nor that there is none. `can_exist`:
    whether it found one that AWS could see."""

    formula: Formula
    actions: ActionClass
    asker: Asker
    can_exist: bool


@dataclass
class Inquiry:
    """One question. `bodies`: all statements, in the order of their numbers; `goal(members, request)`: what must hold
    of a request for the answer to be "no", given the numbers of the statements that are about its action, and who asks
    (the resource is `*` for an action that is authorized on none, else empty);
    `confirm`: the scenario that shows it, if the engine agrees."""

    prover: Prover
    bodies: Sequence[Body]
    goal: Callable[[frozenset[int], AuthRequest], Formula]
    confirm: Callable[[Request, Asker], Scenario | None]
    variables: Mapping[str, Variable]
    askers: Sequence[Asker]
    in_any_case: frozenset[str] = frozenset()
    has_boundary: bool = False
    of_resource_policy: bool = False
    """Whether the question is about a resource-based policy, which has no say in every action."""
    of_resource_control: bool = False
    """The same of a resource control policy."""
    compares: bool = False
    """Whether it is about what is newly allowed: what needs no policy is never new."""
    unclear: str = ""
    """Why nothing was proven, if so."""
    only_together: bool = False
    """Whether requests do not count that fit no situation (`situations.py`), so that AWS never sends them."""
    some_left_out: bool = False
    """Whether there were such requests."""
    _budget: Budget = field(init=False)
    _tested: frozenset[str] = field(init=False)
    _lists: frozenset[str] = field(init=False)
    _told: dict[tuple[object, ...], KeyTest] = field(default_factory=dict)
    _solver: Solver = field(init=False)
    _open: list[_Open] = field(default_factory=list)
    _known: dict[tuple[object, ...], Known] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._budget = self.prover.budget()
        self._tested = tested_keys(self.bodies)
        used = {variable.key.lower() for variable in self.variables.values()}
        known = self.prover.catalog.key
        odd = (key for key in self._tested - used if not key.startswith("aws:"))
        self._lists = frozenset(key for key in odd if known(key) is None)
        self._solver = Solver(self.variables, self.in_any_case, self.prover.cancelled)

    def classes(self, within: frozenset[str]) -> list[ActionClass]:
        """The classes of these actions."""
        found = self.prover.actions.classes(within, [b.statement.actions for b in self.bodies])
        if self.of_resource_policy:
            kept = (actions.under_resource_policy() for actions in found)
        elif self.of_resource_control:
            kept = (actions.under_resource_control(self.prover.catalog.rcp_supported) for actions in found)
        else:
            return found
        return [c for c in kept if c is not None]

    def unlisted(self, wanted: Sequence[str] = ()) -> frozenset[str]:
        """Names of actions that the catalog does not list, one for each of what patterns can tell apart. `wanted`:
        patterns of which one must take a name, none for any."""
        elements = [b.statement.actions for b in self.bodies]
        try:
            return self.prover.actions.unlisted(elements, wanted, self._budget)
        except GaveUp as error:
            self.unclear = self.unclear or str(error)
            return frozenset()

    def search(
        self, classes: Sequence[ActionClass], also: Formula | None = None, *, any_will_do: bool = False
    ) -> Found | None:
        """The first confirmed request of some class and caller; None where there is none, or nothing is proven.
        `any_will_do`: it need not be one that a person believes."""
        odd: Found | None = None
        self._open = []
        try:
            for asker in self.askers:
                for wide in classes:
                    actions = wide.for_caller(asker.caller)
                    if actions is not None and self.compares:
                        actions = actions.decided_by_policies(asker.caller)
                    if actions is None:
                        continue
                    formula = self._formula(actions, asker, also)
                    if formula == FALSE:
                        continue
                    found = self._in_class(formula, actions, asker, any_will_do, no_odd=odd is not None)
                    if found is not None and (any_will_do or not found.assumptions):
                        return found
                    odd = odd or found
            for left in self._open if odd is None else ():
                if (found := self._by_solver(*left)) is not None:
                    return found
        except GaveUp as error:
            self.unclear = self.unclear or str(error)
        return odd

    def _formula(self, actions: ActionClass, asker: Asker, also: Formula | None) -> Formula:
        context = Context((*((k, v) for k, v in asker.context.items()),))
        resource = "*" if actions.alone else ""
        request = AuthRequest(
            asker.caller, actions.names[0].lower(), resource, context, self.has_boundary, actions.names[0]
        )
        goal = self.goal(actions.members, request)
        whole = goal if also is None else all_of((also, goal))
        return told_by(asker, self._tested, self.variables, self.in_any_case, self._told).of(whole)

    def _in_class(
        self, formula: Formula, actions: ActionClass, asker: Asker, any_will_do: bool, *, no_odd: bool
    ) -> Found | None:
        """A confirmed request of one class and caller. `no_odd`: only one that a person believes is wanted."""
        unseen = self._unseen(actions)
        wide = Anything(asker, self.prover.catalog, actions.alone, unseen, self._lists)
        anything = self._search(wide)
        first = next(anything.models(formula), None)
        if first is None:
            if anything.unclear:
                self._open.append(_Open(formula, actions, asker, can_exist=False))
            return None
        ways = situations(asker.caller.kind, self._tested)
        replayed = 0
        for space in () if any_will_do else self._spaces(actions, asker, ways):
            if replayed > MOST_REPLAYED or (no_odd and space.liberty):
                break
            for request in self._requests(formula, space, space.action, asker):
                replayed += 1
                if (scenario := self.confirm(request, asker)) is not None:
                    date = self.prover.catalog.date
                    odd = (ODD_REQUEST.format(date=date),) if space.liberty else ()
                    scenario = self._dressed(request, scenario, asker)
                    return Found(scenario, (*odd, *self._odd_action(space.action)))
        if no_odd:
            return None
        can_exist, replayed = replayed > 0, 0
        narrow = Possible(asker, self.prover.catalog, actions.alone, unseen, self._lists)
        if not self._may_hold(formula, narrow):
            return None
        spaces = [replace(narrow, situation={**way, **unseen}) for way in ways]
        if self.only_together and not (spaces := [space for space in spaces if self._may_hold(formula, space)]):
            self.some_left_out = True
            return None
        for name, odd_space in product(actions.some(MOST_NAMES), spaces):
            if replayed > MOST_REPLAYED:
                break
            for request in self._requests(formula, odd_space, name, asker):
                can_exist = True
                replayed += 1
                if (scenario := self.confirm(request, asker)) is not None:
                    date = self.prover.catalog.date
                    return Found(scenario, (ODD_REQUEST.format(date=date), *self._odd_action(name)))
        self._open.append(_Open(formula, actions, asker, can_exist))
        return None

    def _dressed(self, request: Request, scenario: Scenario, asker: Asker) -> Scenario:
        """The scenario with names that read better, as far as the evaluation confirms it with them."""
        found = changes(request)
        if found and (better := self.confirm(dressed(request), asker)) is not None:
            return better
        for change in found if len(found) > 1 else ():
            if (better := self.confirm(change(request), asker)) is not None:
                request, scenario = change(request), better
        return scenario

    def _may_hold(self, formula: Formula, space: Anything | Plausible) -> bool:
        """Whether the algebra does not prove that no request of the space is one."""
        search = self._search(space)
        return next(search.models(formula), None) is not None or bool(search.unclear)

    def _search(self, space: Anything | Plausible) -> Search:
        """A search in the space; what it finds out of single keys holds for the next one there, too."""
        return Search(space, self._budget, self.variables, known=self._known.setdefault(space.identity, {}))

    def _unseen(self, actions: ActionClass) -> Situation:
        """That the keys of tags are not there, for actions to which AWS shows none (as evaluation/judge.py has it)."""
        if not all(map(tags_not_seen, actions.names)):
            return {}
        return {key: Presence.ABSENT for key in self._tested if key.startswith(RESOURCE_TAGS)}

    def _by_solver(self, formula: Formula, actions: ActionClass, asker: Asker, can_exist: bool) -> Found | None:
        """The same where the algebra leaves it open, once it has found nothing for any other class and caller."""
        unseen = self._unseen(actions)
        anything = Anything(asker, self.prover.catalog, actions.alone, unseen, self._lists)
        try:
            if self._solver.find(formula, anything, asker) is None:
                return None
            ways = situations(asker.caller.kind, self._tested)
            for space in islice(self._spaces(actions, asker, ways), MOST_SPACES):
                near = self._candidate(formula, space, asker)
                scenario = near and self._confirmed(near, space.action, asker)
                if scenario:
                    return Found(scenario, self._odd_action(space.action))
            for way in ways[:MOST_SPACES]:
                model = self._candidate(formula, replace(anything, situation={**way, **unseen}), asker)
                for name in actions.some(MOST_NAMES) if model else ():
                    if model and (scenario := self._confirmed(model, name, asker)) is not None:
                        return Found(scenario, self._odd_request(name))
            open_still = NOT_CONFIRMED if can_exist else CANNOT_EXIST
            self.unclear = self.unclear or ("it was cancelled" if self.prover.cancelled() else open_still)
        except GaveUp as error:
            self.unclear = self.unclear or str(error)
        return None

    def _candidate(self, formula: Formula, space: Space, asker: Asker) -> Model | None:
        """A request that can be read, for a witness; None if there is none, or none is found."""
        try:
            return self._solver.find(formula, space, asker, readable=True)
        except GaveUp:
            return None

    def _confirmed(self, model: Model, action: str, asker: Asker) -> Scenario | None:
        if disagreements(model.resource, action, model.context) is not None:
            return None
        requests = requests_of(model, action, asker, self.variables, self.in_any_case)
        return next((s for r in requests if (s := self.confirm(r, asker)) is not None), None)

    def _odd_request(self, name: str) -> tuple[str, ...]:
        return (ODD_REQUEST.format(date=self.prover.catalog.date), *self._odd_action(name))

    def _odd_action(self, name: str) -> tuple[str, ...]:
        if self.prover.catalog.action(name) is not None:
            return ()
        return (ODD_ACTION.format(date=self.prover.catalog.date, action=name),)

    def _spaces(self, actions: ActionClass, asker: Asker, ways: Sequence[Situation]) -> Iterator[Plausible]:
        """For actions that differ in what they take, the requests that AWS documents, the likeliest first; then those
        on documented resources with a context that is less and less likely."""
        names = self._differing(actions)
        catalog = self.prover.catalog
        # A resource policy decides alone where the caller is of another account.
        owner = STRANGER if self.of_resource_policy and asker.caller.account == HOME else HOME
        own = asker.caller.partition
        free = asker.any_partition or not own
        partitions = partitions_of(self.bodies) if free else (own,)
        for way, name, partition in product(ways, names, partitions):
            for region, paths in product(regions_of(self.bodies, partition), (False, True)):
                yield Plausible(asker, catalog, name, region, owner, paths, partition, way)
            yield Plausible(asker, catalog, name, "", "", True, partition, way)
        for liberty, way, name, partition in product(
            (Liberty.VALUES, Liberty.KEYS), ways, names[:MOST_ODD_NAMES], partitions
        ):
            for region, account in ((REGIONS.get(partition, ""), owner), ("", "")):
                yield Plausible(asker, catalog, name, region, account, True, partition, way, liberty)

    def _differing(self, actions: ActionClass) -> list[str]:
        """Some of the actions, one for each list of ARN formats; those that the catalog has first."""
        found: dict[tuple[str, ...] | None, str] = {}
        for name in actions.names:
            found.setdefault(self.prover.catalog.arn_formats(name), name)
            if len(found) > MOST_NAMES:
                break
        unknown = found.pop(None, None)
        return [*found.values(), *((unknown,) if unknown else ())][:MOST_NAMES]

    def _requests(self, formula: Formula, space: _AnySpace, action: str, asker: Asker) -> Iterator[Request]:
        """The requests of a space for which a formula holds, and in which everything agrees."""
        for model in self._models(formula, space, action):
            yield from self._described(model, action, asker)
            for values in groundings(formula, model, self.variables, asker):
                narrower, fixed = self._with_values(space, values)
                without = grounded(formula, fixed, self.variables, self.in_any_case)
                given = {self._spelled[key]: text for key, text in fixed.items()}
                for found in islice(self._models(without, narrower, action), MOST_GROUNDED):
                    whole = replace(found, context={**given, **found.context})
                    if disagreements(whole.resource, action, whole.context) is None:
                        yield from self._described(whole, action, asker)

    def _described(self, model: Model, action: str, asker: Asker) -> Iterator[Request]:
        return requests_of(model, action, asker, self.variables, self.in_any_case)

    @cached_property
    def _spelled(self) -> Mapping[str, str]:
        """How the policies spell the keys of their variables."""
        return {variable.key.lower(): variable.key for variable in self.variables.values()}

    def _with_values(self, space: _AnySpace, values: Mapping[str, str]) -> tuple[_AnySpace, Mapping[str, str]]:
        """A space in which keys have these values, and those of them that they can have."""
        domains = {key: space.domain(key) for key in values}
        fixed = {k: t for k, t in values.items() if not domains[k].multivalued and domains[k].can_be(t)}
        return replace(space, situation={**space.situation, **fixed}), fixed

    def _models(self, formula: Formula, space: _AnySpace, action: str, mended: int = 0) -> Iterator[Model]:
        """Requests of a space, as the search finds them, in which everything agrees."""
        for model in islice(self._search(space).models(formula), MOST_MODELS):
            if not space.liberty and from_private_address(model.context):
                continue
            ways = disagreements(model.resource, action, model.context)
            if ways is None:
                yield model
            elif mended < MOST_MENDED:
                for rules in ways:
                    kept = {k: r for k, r in rules.items() if space.situation.get(k) is not Presence.ABSENT}
                    narrower = replace(space, situation={**space.situation, **kept})
                    yield from self._models(formula, narrower, action, mended + 1)


def partitions_of(bodies: Sequence[Body]) -> tuple[str, ...]:
    """The partitions of which the statements speak, AWS's main one first unless all resources are of others."""
    found = [b.statement.source.resources for b in bodies]
    return of_resources(i.text for resources in found if resources is not None for i in resources.items)


def regions_of(bodies: Sequence[Body], partition: str) -> tuple[str, ...]:
    """The Regions to try in a partition, the likeliest first: a usual one, those that conditions name, another usual
    one, and any."""
    named = {
        value.text: None
        for body in bodies
        for test in body.statement.conditions
        if test.key_lower == "aws:requestedregion"
        for value in test.test.values
        if not set("*?$") & set(value.text)
    }
    also = ("eu-west-1",) if partition == MAIN_PARTITION else ()
    return tuple(dict.fromkeys((REGIONS.get(partition, ""), *[*named][:MOST_REGIONS], *also, "")))


def tested_keys(bodies: Sequence[Body]) -> frozenset[str]:
    """The lower-cased keys that the statements look at, as conditions or as variables."""
    return _tested_keys(tuple(bodies))


@lru_cache(maxsize=16)
def _tested_keys(bodies: tuple[Body, ...]) -> frozenset[str]:
    found: set[str] = set()
    for body in bodies:
        statement = body.statement
        for test in statement.conditions:
            found.add(test.key_lower)
            found.update(v.lower() for v in test.variables)
        found.update(v.lower() for v in statement.resource_variables)
    return frozenset(found)
