"""Policies compiled for deciding: statements with their matchers, indexed by action.

A `StatementSet` pools the policies of one layer. Finding the statements that can match an action costs a few look-ups
however many patterns are attached; only those are tested further. Everything is immutable once built.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from workbench.evaluation.arn_patterns import ResourcePattern, covers
from workbench.evaluation.callers import Caller, Grant, grant_class, is_exempt
from workbench.evaluation.conditions import ConditionMatcher, freed, has_open, resolve
from workbench.evaluation.context import Context
from workbench.evaluation.decision import StatementRef
from workbench.evaluation.glob import compile_glob
from workbench.evaluation.pattern_index import Pattern, PatternIndex, pattern_of
from workbench.patience import check
from workbench.policy.model import Effect, ListElement, Policy, Statement
from workbench.policy.names import is_everything
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
    """One statement ready to be matched. `ref` says where it stands. Resources and conditions are compiled when first
    asked for: of large policies most never are."""

    actions: ListElement

    def __init__(self, statement: Statement, policy: Policy, ref: StatementRef) -> None:
        self.source = statement
        self.ref = ref
        self.allow = statement.effect is Effect.ALLOW
        assert statement.actions is not None  # a statement without Action is refused before
        self.actions = statement.actions
        self.principal = statement.principal
        self.listed = statement.resources
        """Resource or NotResource as written."""
        self.variables_active = policy.variables_active

    @cached_property
    def resources(self) -> _Resources | None:
        return None if self.listed is None else _Resources(self.listed, self.variables_active)

    @cached_property
    def conditions(self) -> tuple[ConditionMatcher, ...]:
        return tuple(
            ConditionMatcher(test, variables_active=self.variables_active)
            for test in self.source.conditions
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

    def resource_settled(self, request: AuthRequest) -> bool | None:
        """Whether it covers the resource whatever the open keys of the context are; None: not known."""
        return True if self.resources is None else self.resources.settled(request.resource, request.context)

    def conditions_hold(self, context: Context) -> bool:
        for test in self.conditions:  # noqa: SIM110 (asked more often than anything else, and a loop is faster)
            if not test.holds(context):
                return False
        return True


class _Resources:
    """A Resource or NotResource element. Entries with variables are matched anew for each context."""

    __slots__ = ("_dynamic", "_negated", "_static")

    def __init__(self, element: ListElement, variables_active: bool) -> None:
        self._negated = element.negated
        dynamic: list[tuple[Token, ...]] = []
        static: list[tuple[Pattern, int]] = []
        for item in element.items:
            tokens = resource_tokens(item.text, variables_active)
            if any(isinstance(token, Variable) for token in tokens):
                dynamic.append(tokens)
            else:
                static.append((pattern_of(tokens, ResourcePattern(tokens).matches), 1))
        self._static = PatternIndex(static)
        self._dynamic = tuple(dynamic)

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(token.key for tokens in self._dynamic for token in tokens if isinstance(token, Variable))

    def covers(self, resource: str, context: Context) -> bool:
        if self._static.find(resource):
            return not self._negated
        for tokens in self._dynamic:
            resolved = resolve(tokens, context)
            if resolved is not None and covers(resolved, resource):
                return not self._negated
        return self._negated

    def settled(self, resource: str, context: Context) -> bool | None:
        if self._static.find(resource):
            return not self._negated
        perhaps = False
        for tokens in self._dynamic:
            resolved = resolve(freed(tokens, context), context)
            if resolved is not None and covers(resolved, resource):
                if not has_open(tokens, context):
                    return not self._negated
                perhaps = True
        return None if perhaps else self._negated

    def variables_for(self, resource: str, context: Context) -> Iterator[str]:
        for tokens in self._dynamic:
            free = tuple(
                Wildcard.ANY if isinstance(t, Variable) and context.variable(t.key) is None else t for t in tokens
            )
            resolved = resolve(free, context)
            if resolved is not None and covers(resolved, resource):
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


_NOT_LITERAL = re.compile(r"[*?$]")


def _rough_pattern(text: str) -> Pattern:
    """What a resource must begin with for an entry to be able to match it: enough to leave the others out early."""
    found = _NOT_LITERAL.search(text)
    return Pattern(text[: found.start()], "", None) if found else Pattern(text, "", None, literal=True)


class ActionPatterns:
    """Patterns of `service:name`, each with bits (one at least); finds the bits of those that match an action."""

    __slots__ = ("_exact", "_of_all", "_of_service")

    def __init__(self, patterns: Iterable[tuple[str, int]]) -> None:
        self._of_all = 0
        self._exact: dict[str, int] = {}
        names: dict[str, dict[str, int]] = {}
        for text, bits in patterns:
            # Actions are ASCII: the Kelvin sign, whose lower case is `k`, must not stand for one.
            lower = text.lower() if text.isascii() else text
            if is_everything(lower):
                self._of_all |= bits
            elif "*" not in lower and "?" not in lower:
                self._exact[lower] = self._exact.get(lower, 0) | bits
            else:
                service, _, name = lower.partition(":")  # wildcards in the service are refused (grammar.md section 6)
                those = names.setdefault(service, {})
                those[name] = those.get(name, 0) | bits
        self._of_service = {
            service: PatternIndex((_name_pattern(name), bits) for name, bits in those.items())
            for service, those in names.items()
        }

    def find(self, action: str) -> int:
        """The bits of the matching patterns. `action` is lower-cased."""
        found = self._of_all | self._exact.get(action, 0)
        service, _, name = action.partition(":")
        named = self._of_service.get(service)
        return found if named is None else found | named.find(name)

    def takes(self, action: str) -> bool:
        """Whether some pattern matches the lower-cased action."""
        return bool(self.find(action))


def _name_pattern(name: str) -> Pattern:
    """The pattern of an action's name; most are a beginning and a `*`, for which nothing is compiled."""
    beginning = name[:-1]
    if name.endswith("*") and "*" not in beginning and "?" not in beginning:
        return Pattern(beginning, "", None)
    glob = compile_glob(name)
    return Pattern(glob.prefix, glob.suffix, glob.matches)


def covers_action(pattern: str, action: str) -> bool:
    """Whether one entry of Action or NotAction matches the lower-cased action."""
    return ActionPatterns([(pattern, 1)]).takes(action)


_FEW = 4
"""Of so many statements about an action each is asked for the resource itself."""


class StatementSet:
    """The statements of all policies of one layer, pooled, found by action and resource. In the indexes bit i is the
    i-th statement."""

    __slots__ = (
        *("_excluding", "_leaving_out", "_listing", "_on", "_statements"),
        *("leaves_resource_out", "names_canonical_user"),
    )

    def __init__(self, statements: Iterable[CompiledStatement]) -> None:
        self._statements = tuple(statements)
        listing: list[tuple[str, int]] = []
        leaving_out: list[tuple[str, int]] = []
        resources: list[tuple[Pattern, int]] = []
        self._excluding = 0
        for i, statement in enumerate(self._statements):
            check()
            bit, element, on = 1 << i, statement.actions, statement.listed
            (leaving_out if element.negated else listing).extend((item.text, bit) for item in element.items)
            self._excluding |= bit if element.negated else 0
            listed = () if on is None or on.negated else on.items
            resources += ((_rough_pattern(item.text), bit) for item in listed)
            if on is None or on.negated:
                resources.append((Pattern("", "", None), bit))
        self._listing = ActionPatterns(listing)
        self._leaving_out = ActionPatterns(leaving_out)
        self._on = PatternIndex(resources)
        self.leaves_resource_out = any(statement.listed is None for statement in self._statements)
        self.names_canonical_user = any(statement.names_canonical_user for statement in self._statements)

    def __iter__(self) -> Iterator[CompiledStatement]:
        return iter(self._statements)

    def about(self, action: str) -> list[CompiledStatement]:
        """The statements whose Action or NotAction matches the lower-cased action, in order."""
        return self._those(self._about(action))

    def candidates(self, action: str, resource: str) -> list[CompiledStatement]:
        """Of the statements about the action those that can cover the resource, and perhaps more, in order."""
        found = self._about(action)
        return self._those(found & self._on.find(resource) if found.bit_count() > _FEW else found)

    def _about(self, action: str) -> int:
        found = self._listing.find(action)
        return found | self._excluding & ~self._leaving_out.find(action) if self._excluding else found

    def _those(self, bits: int) -> list[CompiledStatement]:
        statements: list[CompiledStatement] = []
        while bits:
            first = bits & -bits
            statements.append(self._statements[first.bit_length() - 1])
            bits ^= first
        return statements
