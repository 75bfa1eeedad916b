"""Actions in classes: two actions that the same statements are about need not both be looked at.

The catalog says which actions there are; a name that only a policy has is taken as it stands. Actions that neither
knows are the rest class of `unlisted`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from workbench.catalog.catalog import Catalog
from workbench.evaluation.callers import Caller, CallerKind
from workbench.evaluation.compiled import ActionPatterns
from workbench.evaluation.services import (
    ALWAYS_ALLOWED,
    NEVER_UNDER_RCP,
    SIGNED_ACTIONS,
    UNSIGNED_ACTIONS,
    policy_needs_resource,
    provider_may,
    takes_resource_policies,
)
from workbench.policy.model import ListElement
from workbench.policy.names import is_everything
from workbench.policy.tokens import tokenize
from workbench.proof.budget import Budget
from workbench.proof.languages import DIGIT, LOWER, Characters, Machine, Step, find_text, literal
from workbench.proof.patterns import text_machine


@dataclass(frozen=True, slots=True)
class ActionClass:
    """Actions, spelled as documented and sorted, that exactly the statements of `members` are about. `alone`: they are
    authorized on no resource, so on `*`."""

    names: tuple[str, ...]
    members: frozenset[int]
    alone: bool = False

    def for_caller(self, caller: Caller) -> ActionClass | None:
        """Those of the actions that the caller could ask for at all; None if there is none (evaluation.md section 9.2,
        as evaluation/layers.py has it)."""
        start, end = self._of_sts()
        if caller.kind is CallerKind.FEDERATED:
            mine = tuple(name for name in self.names[start:end] if provider_may(name.lower(), caller.provider))
            return replace(self, names=mine) if mine else None
        never = UNSIGNED_ACTIONS
        if caller.kind is CallerKind.ROOT:
            never |= {"sts:assumerole"}
        elif caller.kind is CallerKind.ANONYMOUS:
            never |= SIGNED_ACTIONS
        return self._but_for(never)

    def decided_by_policies(self, caller: Caller) -> ActionClass | None:
        """Those of the actions that the caller is not always allowed (evaluation.md section 9.2); None if there is
        none."""
        if caller.kind in (CallerKind.ANONYMOUS, CallerKind.FEDERATED):
            return self
        return self._but_for(ALWAYS_ALLOWED)

    def under_resource_control(self, supported: Callable[[str], bool]) -> ActionClass | None:
        """Those of the actions in which a resource control policy can have a say; None if there is none. `supported`:
        whether such policies are about a service."""
        return self._only(
            lambda name: supported(name.partition(":")[0].lower()) and name.lower() not in NEVER_UNDER_RCP
        )

    def under_resource_policy(self) -> ActionClass | None:
        """Those of the actions in which a resource-based policy can have a say; None if there is none."""
        return self._only(
            lambda name: (
                takes_resource_policies(name.lower()) is not False
                and not (self.alone and policy_needs_resource(name.lower()))
            )
        )

    def _of_sts(self) -> tuple[int, int]:
        """Where the names of the service STS begin and end: classes are large, and these few."""
        return bisect_left(self.names, "sts:", key=str.lower), bisect_left(self.names, "sts;", key=str.lower)

    def _but_for(self, never: frozenset[str]) -> ActionClass | None:
        """Without these actions of STS (lower-cased); None if nothing is left."""
        start, end = self._of_sts()
        kept = tuple(name for name in self.names[start:end] if name.lower() not in never)
        if len(kept) == end - start:
            return self
        names = (*self.names[:start], *kept, *self.names[end:])
        return replace(self, names=names) if names else None

    def _only(self, kept: Callable[[str], bool]) -> ActionClass | None:
        names = tuple(filter(kept, self.names))
        return replace(self, names=names) if names else None

    def some(self, most: int) -> tuple[str, ...]:
        """At most so many of the names, from all over the class."""
        return self.names[:: max(1, len(self.names) // most)][:most]


def _machine(pattern: str) -> Machine:
    return text_machine(tokenize("*" if is_everything(pattern) else pattern, wildcards=True, variables=False).parts)


@lru_cache(maxsize=50_000)
def covers(wide: str, pattern: str) -> bool:
    """Whether every name that `pattern` takes, `wide` takes too."""
    stem = wide.rstrip("*")
    if not set("*?") & set(stem):
        return pattern.startswith(stem) if stem != wide else False
    return find_text((_machine(pattern),), (_machine(wide),), Budget(20_000)) is None


_LETTER = Characters(LOWER.listed | DIGIT.listed)
_ACTION_SHAPE = Machine((Step(_LETTER), Step(_LETTER, True), *literal(":"), Step(_LETTER), Step(_LETTER, True)))


MOST_TOLD_APART = 80
"""Of more patterns of one service unlisted actions are not told apart, but for literals."""


class Actions:
    """The actions of the catalog, and what patterns take of them; keeps what it found."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._taken: dict[str, frozenset[str]] = {}
        self._alone: dict[str, frozenset[str]] = {}
        self._unlisted: dict[frozenset[str], frozenset[str]] = {}

    def everything(self) -> frozenset[str]:
        return self._taken_by("*")

    def _taken_by(self, pattern: str) -> frozenset[str]:
        """The current actions of the catalog that a pattern takes; a literal that no source has stands for itself."""
        found = self._taken.get(pattern)
        if found is None:
            names = self._catalog.expand_names(pattern)
            if not names and not set("*?") & set(pattern):
                known = self._catalog.action(pattern)
                names = (known.full_name if known else pattern,)
            found = self._taken[pattern] = frozenset(names)
        return found

    def of(self, patterns: Iterable[str]) -> frozenset[str]:
        """The actions that some pattern takes."""
        found = [self._taken_by(p) for p in patterns]
        return found[0] if len(found) == 1 else frozenset().union(*found)

    def of_element(self, element: ListElement) -> frozenset[str]:
        """The actions that an Action or NotAction element is about."""
        listed = self.of(item.text for item in element.items)
        return self.everything() - listed if element.negated else listed

    def classes(self, within: frozenset[str], elements: Sequence[ListElement]) -> list[ActionClass]:
        """`within` cut into classes by which of `elements` are about an action; the largest name sets last."""
        parts: list[tuple[frozenset[str], frozenset[int]]] = [(within, frozenset())] if within else []
        for i, element in enumerate(elements):
            about = self.within(element, within)
            refined: list[tuple[frozenset[str], frozenset[int]]] = []
            for names, members in parts:
                inside = names & about
                if len(inside) == len(names):
                    refined.append((names, members | {i}))
                elif not inside:
                    refined.append((names, members))
                else:
                    refined += [(inside, members | {i}), (names - inside, members)]
            parts = refined
        found: list[ActionClass] = []
        without = self._without_resources(within)
        for names, members in parts:
            alone = names & without
            for some, is_alone in ((names - alone, False), (alone, True)):
                if some:
                    found.append(ActionClass(tuple(sorted(some, key=str.lower)), members, is_alone))
        return sorted(found, key=lambda c: (len(c.names), c.names[0].lower()))

    def _without_resources(self, names: frozenset[str]) -> frozenset[str]:
        """Those of the names that are authorized on no resource."""
        services = {name.partition(":")[0] for name in names}
        for service in services - self._alone.keys():
            listed = self._catalog.actions_of(service)
            self._alone[service] = frozenset(a.full_name for a in listed if not a.rows)
        found = [self._alone[service] for service in services]
        return names & found[0] if len(found) == 1 else names & frozenset().union(*found)

    def unlisted(self, elements: Iterable[ListElement], wanted: Sequence[str], budget: Budget) -> frozenset[str]:
        """Names that no catalog has yet: for each pattern one that it takes and the others do not, as far as they can;
        and the literals that only a policy has. `wanted`: patterns of which one must take a name. Raises GaveUp."""
        texts = dict.fromkeys(text.lower() for e in elements for text in (i.text for i in e.items))
        texts.update(dict.fromkeys(text.lower() for text in wanted))
        groups: dict[str, list[str]] = {}
        for text in texts:
            if ":" in text and not is_everything(text):
                groups.setdefault(text.partition(":")[0], []).append(text)
        found: set[str] = {"x:x"} if self._is_unlisted("x:x") else set()
        for service, patterns in groups.items():
            found |= self._unlisted_of(service, frozenset(patterns), budget)
        if wanted:
            asked = ActionPatterns((text, 1) for text in wanted)
            found = {name for name in found if asked.takes(name)}
        return frozenset(found)

    def _unlisted_of(self, service: str, patterns: frozenset[str], budget: Budget) -> frozenset[str]:
        """The names for the patterns of one service."""
        known = self._unlisted.get(patterns)
        if known is None:
            found: set[str] = set()
            few = (
                patterns
                if len(patterns) <= MOST_TOLD_APART
                else frozenset(p for p in patterns if not set("*?") & set(p))
            )
            for pattern in (*few, f"{service}:*"):
                if not set("*?") & set(pattern):
                    found |= {pattern} if self._is_unlisted(pattern) else set()
                    continue
                others = [_machine(other) for other in few if other != pattern and not covers(other, pattern)]
                required = (_machine(pattern), _ACTION_SHAPE)
                name = find_text(required, others, budget, wanted=self._is_unlisted)
                found |= {name} if name is not None else set()
            known = self._unlisted[patterns] = frozenset(found)
        return known

    def _is_unlisted(self, name: str) -> bool:
        return self._catalog.action(name) is None

    def within(self, element: ListElement, within: frozenset[str]) -> frozenset[str]:
        """The actions among `within` that an element is about. A name that only a policy has may be taken by patterns
        that the catalog does not know of."""
        listed = self.of(item.text for item in element.items)
        odd = within - self.everything()
        if odd:
            listed |= self._odd_taken(element, odd)
        return within - listed if element.negated else within & listed

    def _odd_taken(self, element: ListElement, odd: frozenset[str]) -> frozenset[str]:
        patterns = ActionPatterns((item.text, 1) for item in element.items)
        return frozenset(n for n in odd if patterns.takes(n.lower()))
