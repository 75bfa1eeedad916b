"""Policies compiled for deciding: statements with their matchers, indexed by action.

A `StatementSet` pools the policies of one layer. Finding the statements that can match an action costs a few look-ups
however many patterns are attached; only those are tested further. Everything is immutable once built.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from workbench.evaluation.arn_patterns import ResourcePattern
from workbench.evaluation.callers import Caller, Grant, grant_class, is_exempt
from workbench.evaluation.conditions import ConditionMatcher, resolve
from workbench.evaluation.context import Context
from workbench.evaluation.decision import StatementRef
from workbench.evaluation.glob import Glob, compile_glob
from workbench.policy.model import Effect, ListElement, Policy, Statement
from workbench.policy.tokens import Token, Variable, Wildcard, tokenize


class AuthRequest(NamedTuple):
    """One authorization to judge. `action` is lower-cased `service:name`, `spelled` the same as a person writes it;
    `resource` is an ARN or `*`."""

    caller: Caller
    action: str
    resource: str
    context: Context
    has_boundary: bool = False
    spelled: str = ""


class CompiledStatement:
    """One statement ready to be matched. `ref` says where it stands."""

    __slots__ = ("actions", "allow", "conditions", "principal", "ref", "resources", "source", "variables_active")
    actions: ListElement

    def __init__(self, statement: Statement, policy: Policy, ref: StatementRef) -> None:
        self.source = statement
        self.ref = ref
        self.allow = statement.effect is Effect.ALLOW
        assert statement.actions is not None  # a statement without Action is refused before
        self.actions = statement.actions
        self.principal = statement.principal
        active = self.variables_active = policy.variables_active
        self.resources = None if statement.resources is None else _Resources(statement.resources, active)
        self.conditions = tuple(
            ConditionMatcher(test, variables_active=active)
            for test in statement.conditions
            if test.operator is not None
        )

    def grant(self, request: AuthRequest) -> Grant:
        """How directly the statement's principal element is about the caller; DIRECT where it has none."""
        element = self.principal
        if element is None:
            return Grant.DIRECT
        if not element.negated:
            return grant_class(element, request.caller, request.context)
        if not self.allow and request.has_boundary:
            return Grant.DIRECT  # NotPrincipal with Deny hits everyone who has a boundary (grammar.md 5, trap 2)
        return Grant.NONE if is_exempt(element, request.caller, request.context) else Grant.DIRECT

    @property
    def names_canonical_user(self) -> bool:
        """Whether the principal element names a CanonicalUser, whom no caller here is."""
        return self.principal is not None and any(e.kind == "CanonicalUser" for e in self.principal.entries)

    def variables_for(self, resource: str, context: Context) -> Iterator[str]:
        """The keys used as variables in Resource entries that could match `resource`, whatever values they have."""
        return iter(()) if self.resources is None else self.resources.variables_for(resource, context)

    @property
    def resource_variables(self) -> tuple[str, ...]:
        """The keys that Resource entries use as policy variables."""
        return () if self.resources is None else self.resources.variables

    def covers_resource(self, request: AuthRequest) -> bool:
        return self.resources is None or self.resources.covers(request.resource, request.context)

    def conditions_hold(self, context: Context) -> bool:
        return all(test.holds(context) for test in self.conditions)


class _Resources:
    """A Resource or NotResource element. Entries with variables are compiled again for each context."""

    __slots__ = ("_dynamic", "_everything", "_literals", "_negated", "_patterns")

    def __init__(self, element: ListElement, variables_active: bool) -> None:
        self._negated = element.negated
        self._dynamic: list[tuple[Token, ...]] = []
        self._patterns: list[ResourcePattern] = []
        literals: set[str] = set()
        self._everything = False
        for item in element.items:
            tokens = resource_tokens(item.text, variables_active)
            if any(isinstance(token, Variable) for token in tokens):
                self._dynamic.append(tokens)
            elif all(isinstance(token, str) for token in tokens):
                literals.add("".join(token for token in tokens if isinstance(token, str)))
            else:
                pattern = ResourcePattern(tokens)
                self._everything = self._everything or pattern.everything
                self._patterns.append(pattern)
        self._literals = frozenset(literals)

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(token.key for tokens in self._dynamic for token in tokens if isinstance(token, Variable))

    def covers(self, resource: str, context: Context) -> bool:
        return self._listed(resource, context) is not self._negated

    def _listed(self, resource: str, context: Context) -> bool:
        if self._everything or resource in self._literals:
            return True
        if any(p.matches(resource) for p in self._patterns):
            return True
        for tokens in self._dynamic:
            resolved = resolve(tokens, context)
            if resolved is not None and ResourcePattern(resolved).matches(resource):
                return True
        return False

    def variables_for(self, resource: str, context: Context) -> Iterator[str]:
        for tokens in self._dynamic:
            free = tuple(
                Wildcard.ANY if isinstance(t, Variable) and context.variable(t.key) is None else t for t in tokens
            )
            resolved = resolve(free, context)
            if resolved is not None and ResourcePattern(resolved).matches(resource):
                yield from (token.key for token in tokens if isinstance(token, Variable))


_RESOURCE_PART_AFTER = 5  # colons


def resource_tokens(text: str, variables_active: bool) -> tuple[Token, ...]:
    """The tokens of a Resource entry. A variable counts only after the fifth colon; before it, it is literal text
    (conditions.md section 6)."""
    if not variables_active or "${" not in text:
        return tokenize(text, wildcards=True, variables=False).parts
    at, colons = 0, 0
    while at < len(text) and colons < _RESOURCE_PART_AFTER:
        if text.startswith("${", at) and (end := text.find("}", at)) > 0:
            at = end + 1
            continue
        colons += text[at] == ":"
        at += 1
    head = tokenize(text[:at], wildcards=True, variables=False).parts
    return (*head, *tokenize(text[at:], wildcards=True, variables=True).parts)


_BEFORE_WILDCARD = re.compile(r"[*?]")


class ActionPatterns:
    """Patterns of `service:name` with values; finds the values whose pattern matches an action."""

    __slots__ = ("_always", "_exact", "_globs")

    def __init__(self, patterns: Iterable[tuple[str, int]]) -> None:
        self._always: list[int] = []
        self._exact: dict[str, list[int]] = {}
        # service → length of the literal beginning → that beginning → (glob or None where only `*` follows, value)
        self._globs: dict[str, dict[int, dict[str, list[tuple[Glob | None, int]]]]] = {}
        for text, value in patterns:
            # Actions are ASCII: the Kelvin sign, whose lower case is `k`, must not stand for one.
            lower = text.lower() if text.isascii() else text
            if (lower and not lower.strip("*")) or lower == "*:*":
                self._always.append(value)
                continue
            if "*" not in lower and "?" not in lower:
                self._exact.setdefault(lower, []).append(value)
                continue
            service = lower.partition(":")[0]  # without wildcards: others are refused before (grammar.md section 6)
            beginning = _BEFORE_WILDCARD.split(lower, 1)[0]
            glob = compile_glob(lower) if lower[len(beginning) :].strip("*") else None
            lengths = self._globs.setdefault(service, {})
            lengths.setdefault(len(beginning), {}).setdefault(beginning, []).append((glob, value))

    def find(self, action: str) -> Iterator[int]:
        """The values of the matching patterns, in no order, with repeats. `action` is lower-cased."""
        yield from self._always
        yield from self._exact.get(action, ())
        for length, beginnings in self._globs.get(action.partition(":")[0], {}).items():
            for glob, value in beginnings.get(action[:length], ()):
                if glob is None or glob.matches(action):
                    yield value

    def takes(self, action: str) -> bool:
        """Whether some pattern matches the lower-cased action."""
        return next(self.find(action), None) is not None


def covers_action(pattern: str, action: str) -> bool:
    """Whether one entry of Action or NotAction matches the lower-cased action."""
    return ActionPatterns([(pattern, 0)]).takes(action)


class StatementSet:
    """The statements of all policies of one layer, pooled, found by action."""

    __slots__ = ("_excluding", "_listing", "_statements", "leaves_resource_out")

    def __init__(self, statements: Iterable[CompiledStatement]) -> None:
        self._statements = tuple(statements)
        listing: list[tuple[str, int]] = []
        excluding: list[tuple[int, ActionPatterns]] = []
        for i, statement in enumerate(self._statements):
            element = statement.actions
            if element.negated:
                excluding.append((i, ActionPatterns((item.text, i) for item in element.items)))
            else:
                listing += ((item.text, i) for item in element.items)
        self._listing = ActionPatterns(listing)
        self.leaves_resource_out = any(statement.resources is None for statement in self._statements)
        self._excluding = tuple(excluding)

    def __iter__(self) -> Iterator[CompiledStatement]:
        return iter(self._statements)

    def about(self, action: str) -> list[CompiledStatement]:
        """The statements whose Action or NotAction matches the lower-cased action, in order."""
        found = set(self._listing.find(action))
        found.update(i for i, patterns in self._excluding if not patterns.takes(action))
        return [self._statements[i] for i in sorted(found)]
