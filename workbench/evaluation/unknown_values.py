"""Which values of the unknown keys to try: a few that stand for all, as far as what is open can tell them apart.

Values come from the tests on a key and on what follows from it (`value_classes`), from the texts that a variable can
stand for where a pattern is compared with a known text, from principal entries, and, where unknown keys are compared
with each other, from each other. Whether they stand for all is said of each key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

from workbench.evaluation.callers import values_that_name
from workbench.evaluation.compiled import AuthRequest, CompiledStatement, resource_tokens
from workbench.evaluation.conditions import ConditionMatcher, freed, has_open, resolve
from workbench.evaluation.context import Context
from workbench.evaluation.derive import follows_from_presence, is_altered
from workbench.evaluation.glob import Glob
from workbench.evaluation.partial import Element, OpenStatement
from workbench.evaluation.request import ContextValue, Scenario
from workbench.evaluation.value_classes import Values, values_to_try
from workbench.policy.arns import parse_arn
from workbench.policy.tokens import Token, Variable

MOST_FITS = 30
_MOST_PLACES = 48
_MOST_MEETING = 12


TAGS = ("aws:tagkeys", "aws:requesttag/")
_ABOUT_THE_WAY = frozenset({"aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"})
"""Lower-cased keys whose presence says whether a request comes through a VPC endpoint."""


def courses(scenario: Scenario, unknown: Iterable[str]) -> dict[str, tuple[ContextValue | None, ...]]:
    """For each of the unknown keys values with which the call takes every course there is: which authorizations it
    needs, whether an endpoint is passed, whether the caller is a service-linked role. (None,): the key changes none."""
    found: dict[str, tuple[ContextValue | None, ...]] = {}
    policies, arn = scenario.policies, parse_arn(scenario.request.principal.arn)
    for key in unknown:
        lower = key.lower()
        found[key] = (None,)
        if lower.startswith(TAGS):
            found[key] = (None, ("x",) if lower == TAGS[0] else "x")
        elif lower in _ABOUT_THE_WAY and policies.vpc_endpoint is not None:
            found[key] = (None, "x")
        elif lower == "aws:principalarn" and arn is not None and arn.service == "sts":
            name = arn.resource.split("/")[1]
            base = f"arn:{arn.partition}:iam::{arn.account}:role/"
            found[key] = (None, f"{base}aws-service-role/any.amazonaws.com/{name}", f"{base}another-path/{name}")
    return found


_TURNING = {"aws:viaawsservice": ("true",), "aws:multifactorauthpresent": ("true", "false")}
"""Values on which it hangs what follows from a key, besides its presence."""


class Choices:
    """Gathers what is open, then says the values to try. Keys are lower-cased."""

    def __init__(self, followers: Mapping[str, tuple[str, ...]]) -> None:
        """`followers`: of each unknown key those that follow from it, as far as the request leaves them open."""
        self._sources: dict[str, list[str]] = {}
        for key, found in followers.items():
            for each in (key, *found):
                self._sources.setdefault(each, []).append(key)
        self._followers = followers
        self._tests: dict[str, dict[int, ConditionMatcher]] = {key: {} for key in self._sources}
        self._related: dict[str, dict[str, None]] = {key: {} for key in self._sources}
        self._always: dict[str, dict[ContextValue, None]] = {key: {} for key in followers}
        self._unsure: set[str] = set()
        self._meet: list[tuple[str, str, tuple[tuple[Token, ...], ...]]] = []
        self._context = Context(())
        self.named: dict[str, None] = {}
        """The unknown keys that what is open reads."""

    def sources(self, keys: Iterable[str]) -> set[str]:
        """The unknown keys that the keys are or follow from."""
        return {source for key in keys for source in self._sources.get(key, ())}

    def state(self, key: str, values: Iterable[ContextValue | None]) -> None:
        """Values of an unknown key by which the call takes another course."""
        self.named[key] = None
        self._always[key].update(dict.fromkeys(v for v in values if v is not None))

    def add(self, found: OpenStatement, request: AuthRequest) -> None:
        self._context = request.context
        for element in found.elements:
            self.named.update(dict.fromkeys(self.sources(reads(found.statement, element, request))))
            if element.test is not None:
                self._condition(element.test, request.context)
            elif element.name == "Resource":
                self._resource(found.statement, request)
            else:
                for key, text in values_that_name(found.statement.principal, request.caller):
                    self._name(key, text)

    def _name(self, key: str, text: str) -> None:
        if key in self._related:
            self._related[key][f"{text}:session" if text.startswith("AROA") else text] = None
            self._unsure.add(key)

    def _resource(self, statement: CompiledStatement, request: AuthRequest) -> None:
        element = statement.source.resources
        for item in element.items if element is not None else ():
            tokens = resource_tokens(item.text, statement.variables_active)
            self._variables(tokens, (request.resource,), request.context, ignoring_case=False)

    def _condition(self, test: ConditionMatcher, context: Context) -> None:
        if test.key_lower in self._tests:
            self._tests[test.key_lower][id(test)] = test
        if not any(key.lower() in self._tests for key in test.variables):
            return
        if context.is_open(test.key_lower):
            for key in test.variables:
                if context.is_open(key.lower()):
                    self._unsure |= {key.lower(), test.key_lower}
                    self._meet.append((key.lower(), test.key_lower, test.patterns))
            return
        given = context.get(test.key, test.key_lower)
        texts = (given,) if isinstance(given, str) else given or ()
        operator = test.test.operator
        assert operator is not None
        for tokens in test.patterns:
            self._variables(tokens, texts, context, operator.base.test == "equals-ignoring-case")

    def _variables(
        self, tokens: tuple[Token, ...], texts: tuple[str, ...], context: Context, ignoring_case: bool
    ) -> None:
        """Note the texts of the open variables with which `tokens` match one of `texts`."""
        for i, token in enumerate(tokens):
            if not isinstance(token, Variable) or not has_open((token,), context):
                continue
            lower = token.key.lower()
            before = resolve(freed(tokens[:i], context), context)
            after = resolve(freed(tokens[i + 1 :], context), context)
            others = has_open(tokens[:i], context) or has_open(tokens[i + 1 :], context)
            if before is None or after is None:
                continue  # another variable has no value, so that the pattern matches nothing whatever this one is
            if others or ignoring_case:
                self._unsure.add(lower)
            for text in texts:
                found, complete = fits(before, after, text, ignoring_case=ignoring_case)
                self._related[lower].update(dict.fromkeys(found))
                if not complete:
                    self._unsure.add(lower)

    def values(self, keys: Iterable[str]) -> list[Values]:
        """For each unknown key the values to try, and whether they stand for all."""
        names = list(keys)
        if self._meet:
            self._exchange(names)
        return [self._of(key) for key in names]

    def _of(self, key: str) -> Values:
        looked_at = [k for k in (key, *self._followers[key]) if self._tests[k] or self._related[k] or k in self._unsure]
        same = [k for k in looked_at if k == key or not follows_from_presence(k)]
        tests = [test for k in same for test in self._tests[k].values()]
        related = dict.fromkeys(text for k in looked_at for text in self._related[k])
        follows = [k for k in looked_at if k != key]
        if follows:
            wanted = [v.text for k in same if k != key for test in self._tests[k].values() for v in test.test.values]
            related |= dict.fromkeys((*_TURNING.get(key, ()), *wanted))
            if key == "aws:sourcearn":
                related |= dict.fromkeys(f"arn:aws:any::{text}:any" for text in wanted)
        found = values_to_try(key, tests, related, self._context)
        stated = [v for v in self._always[key] if v not in found.values]
        certain = not any(k in self._unsure for k in looked_at) and not any(map(is_altered, follows))
        if key == "aws:principalarn" and self._always[key] and tests:
            certain = False  # its path and the tests on it look at the same text
        return Values((*found.values, *stated), found.complete and certain)

    def _exchange(self, names: list[str]) -> None:
        """Where open keys are compared with each other, let each try what the other may be."""
        pools = {key: self._texts(key) for key in names}
        for variable, tested, patterns in self._meet * 2:  # twice: what one was given, it can hand on
            for a, b in product(self.sources([variable]), self.sources([tested])):
                made = dict(pools[b])
                for text in list(pools[a])[:_MOST_MEETING]:
                    context = self._context.with_items({variable: text})
                    for tokens in patterns:
                        resolved = resolve(tokens, context) or ()
                        made["".join(t for t in resolved if isinstance(t, str))] = None
                pools[a] |= dict(list(pools[b].items())[:_MOST_MEETING])
                pools[b] = {**made, **dict(list(pools[a].items())[:_MOST_MEETING]), "the-same-value": None}
                pools[a].setdefault("the-same-value")
        for key, pool in pools.items():
            self._related[key] |= pool

    def _texts(self, key: str) -> dict[str, None]:
        found: dict[str, None] = {}
        for value in self._of(key).values:
            found.update(dict.fromkeys((value,) if isinstance(value, str) else value or ()))
        return found


def reads(statement: CompiledStatement, element: Element, request: AuthRequest) -> set[str]:
    """The lower-cased keys that an element of a statement reads."""
    if element.test is not None:
        return {element.test.key_lower, *(key.lower() for key in element.test.variables)}
    if element.name == "Resource":
        listed = statement.source.resources
        items = [resource_tokens(i.text, statement.variables_active) for i in listed.items] if listed else []
        return {token.key.lower() for tokens in items for token in tokens if isinstance(token, Variable)}
    return {key for key, _ in values_that_name(statement.principal, request.caller)}


def fits(
    before: tuple[Token, ...], after: tuple[Token, ...], text: str, *, ignoring_case: bool = False
) -> tuple[list[str], bool]:
    """Parts of `text` that can stand between two patterns, and whether these are all. Linear in the text: where both
    patterns have wildcards, only some places near the ends are tried."""
    whole = text
    if ignoring_case:
        before, after = (tuple(t.lower() if isinstance(t, str) else t for t in part) for part in (before, after))
        whole = text.lower()
    head, tail = Glob(before), Glob(after)
    size = len(whole)
    starts, all_starts = _places(head, size)
    ends, all_ends = _places(tail, size)
    first = [i for i in starts if head.matches(whole[:i])]
    last = [size - i for i in ends if tail.matches(whole[size - i :])]
    spans = sorted((j - i, i) for i in first[:MOST_FITS] for j in last[:MOST_FITS] if j >= i)
    complete = all_starts and all_ends and len(first) <= MOST_FITS and len(last) <= MOST_FITS
    if len(spans) > 2 * MOST_FITS:
        spans, complete = [*spans[: MOST_FITS - 2], *spans[-2:]], False
    return list(dict.fromkeys(text[i : i + length] for length, i in spans)), complete


def _places(glob: Glob, size: int) -> tuple[list[int], bool]:
    """How many characters the glob may take of so many, and whether these are all that can be."""
    if glob.literal is not None:
        return ([len(glob.literal)] if len(glob.literal) <= size else []), True
    if size <= _MOST_PLACES:
        return list(range(size + 1)), True
    half = _MOST_PLACES // 2
    return [*range(half), *range(size - half, size + 1)], False
