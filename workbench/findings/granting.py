"""What whoever has one identity policy is granted, as the evaluation decides it: concrete requests, never patterns.

A request is looked for on resources that the Allow statements name, with context values that meet their conditions and
keep out of every Deny; it counts only if the layers decide that it is allowed. What its conditions ask of the world is
said as an assumption. Source: spec findings.md section 3 ("security families honor everything the engine knows").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from workbench.document.span import Position
from workbench.evaluation.callers import read_caller
from workbench.evaluation.calls import expand
from workbench.evaluation.candidates import values_that_make, values_to_meet
from workbench.evaluation.compiled import AuthRequest, CompiledStatement, StatementSet
from workbench.evaluation.conditions import ConditionMatcher
from workbench.evaluation.decision import Outcome, StatementRef
from workbench.evaluation.derive import build_context
from workbench.evaluation.glob import compile_glob
from workbench.evaluation.judge import compile_policy, utc_now
from workbench.evaluation.layers import IDENTITY, Layers, Target, decide
from workbench.evaluation.refusals import refusal
from workbench.evaluation.request import ContextValue, NamedPolicy, PassedRole, PolicySet, Principal, Request, Scenario
from workbench.evaluation.services import TRUST_ACTIONS
from workbench.findings.context import CheckContext
from workbench.findings.places import value_place
from workbench.findings.sample_arns import CALLER, Home, Sample, named_samples, open_sample
from workbench.policy.arns import parse_arn
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Effect, Place, Policy, Statement
from workbench.policy.names import is_everything
from workbench.policy.operators import Family
from workbench.proof.questions import opened_policy

Stated = dict[str, ContextValue | None]
ByService = Mapping[str, Sequence[str]]
"""Actions, spelled as documented, by the prefix of their service."""

_CHOSEN = frozenset(
    {
        *("aws:requestedregion", "aws:currenttime", "aws:epochtime", "aws:tokenissuetime", "aws:tagkeys"),
        *("aws:useragent", "aws:referer", "aws:securetransport"),
    }
)
"""Lower-cased global keys whose value the caller chooses."""
_REQUEST_TAG = "aws:requesttag/"
_RESOURCE_TAG = "resourcetag/"
_OF_SERVICES = frozenset(
    {
        *("aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:viaawsservice", "kms:viaservice"),
        *("aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"),
        *("aws:principalisawsservice", "aws:principalservicename", "aws:principalservicenameslist"),
        *("iam:permissionsboundary", "iam:awsservicename", "kms:grantisforawsresource"),
    }
)
"""Lower-cased keys that a caller's own call does not carry with a value of his choice, or by which it gains nothing: a
test that asks for them closes the way."""
_MFA = frozenset({"aws:multifactorauthpresent", "aws:multifactorauthage"})
_MOST_SAMPLES, _MOST_ROUNDS, _MOST_VALUES = 24, 3, 3
_NOWHERE = Position(1, 0, 0)
_APART = 1_000_000
"""Statements of other policies have negative numbers, those of two policies so far apart."""
POLICY_NAME = "this policy"


class Granted(NamedTuple):
    """One allowed request: the statement and the place in it that grant the action (None: in another policy of whoever
    has this one), what the request states beyond its action and resource, and what must be true for it."""

    action: str
    arn: str
    open: bool
    statement: Statement
    place: Place | None
    stated: Mapping[str, ContextValue | None]
    assumption: tuple[str, ...]
    tagged: bool
    """Whether the resource must have a tag."""


class Asked(NamedTuple):
    """An action on resources of some formats (none: on `*`). `choices`: values of keys by which the call is worth
    something, tried in order; `user`: the name of the user it is about; `strict`: whether a test on anything that the
    caller does not choose closes."""

    action: str
    formats: tuple[str, ...] = ()
    choices: tuple[tuple[tuple[str, str], ...], ...] = ((),)
    user: str = CALLER
    strict: bool = False


class Grants:
    """What one identity policy grants, with the others of whoever has it where they are known. Made once for a policy
    by `CheckContext.once`."""

    def __init__(self, context: CheckContext, without: frozenset[int] = frozenset()) -> None:
        """`without`: statements that are not asked for a grant."""
        self.context = context
        self.policy: Policy = context.policy
        self._without = without
        self._facts = context.judge.facts
        self._found: dict[tuple[object, ...], Granted | None] = {}
        self._about: dict[str, bool] = {}
        usable = context.kind is PolicyKind.IDENTITY and self._readable(context)
        self._others = tuple(p for p in context.companions or () if refusal(p) is None) if usable else ()
        policies = (self.policy, *self._others) if usable else ()
        compiled = [
            _compile(s, p, s.index if p is self.policy else -1 - s.index - _APART * i)
            for i, p in enumerate(policies)
            for s in p.statements
            if s.actions is not None
        ]
        self._statements = {statement.ref.statement: statement for statement in compiled}
        self._set = StatementSet(compiled)
        self.home = _home(self._statements.values())
        self._caller = read_caller(Principal(arn=self.home.caller), "")
        self._services = frozenset(_services(s for s in compiled if s.allow))

    def _readable(self, context: CheckContext) -> bool:
        """Whether AWS would take the policy, and no placeholder in a Deny leaves open what is denied."""
        if not context.whole or refusal(self.policy) is not None:
            return False
        starts = context.placeholders.strings
        return not any(
            s.effect is Effect.DENY and any(s.node.start <= start < s.node.end for start in starts)
            for s in self.policy.statements
        )

    # -- which actions at all ---------------------------------------------------------------------------------------

    def possible(self, actions: ByService) -> list[str]:
        """Those of the actions that some Allow is about: the cheap question before all others."""
        if "*" in self._services:
            return [name for names in actions.values() for name in names if self.may(name)]
        return [name for service in self._services for name in actions.get(service, ()) if self.may(name)]

    def may(self, action: str) -> bool:
        """Whether some Allow is about the action."""
        known = self._about.get(action)
        if known is None:
            known = self._about[action] = any(s.allow for s in self._set.about(action.lower()))
        return known

    def _granting(self, lower: str) -> list[CompiledStatement]:
        return [s for s in self._set.about(lower) if s.allow and s.ref.statement not in self._without]

    # -- concrete requests ------------------------------------------------------------------------------------------

    def together(self, asked: Sequence[Asked]) -> tuple[Granted, ...]:
        """The grants of all these actions on one and the same resource of each format, open ones first; empty if
        there is none."""
        first = asked[0]
        found: list[Granted] = []
        for arn_format in first.formats or ("",):
            one = self._on_one(asked, arn_format)
            if not one:
                return ()
            found += one
        return tuple(found)

    def _on_one(self, asked: Sequence[Asked], arn_format: str) -> tuple[Granted, ...]:
        seen: set[str] = set()
        for sample in islice(self._samples(asked, arn_format), _MOST_SAMPLES):
            if sample.arn in seen:
                continue
            seen.add(sample.arn)
            found: list[Granted] = []
            for each in asked:
                granted = self.granted(each, sample)
                if granted is None:
                    break
                found.append(granted)
            else:
                return tuple(found)
        return ()

    def _samples(self, asked: Sequence[Asked], arn_format: str) -> Iterator[Sample]:
        """Resources to ask about: open ones first, then those that the policy names."""
        if not arn_format:
            yield Sample("*", True, {})
            return
        entries = list(dict.fromkeys(entry for each in asked for entry in self._entries(each.action.lower())))
        for entry in entries:
            opened = open_sample(entry, arn_format, self.home, asked[0].user)
            if opened is not None:
                yield opened
        for entry in () if asked[0].strict else entries:
            yield from named_samples(entry, arn_format, self.home)

    def _entries(self, lower: str) -> Iterator[str]:
        """What the statements that grant the action say of resources."""
        for statement in self._granting(lower):
            element = statement.listed
            if element is not None and element.negated:
                yield "*"
            elif element is not None:
                yield from (item.text for item in element.items if not self.context.templated(item.node))

    def granted(self, asked: Asked, sample: Sample) -> Granted | None:
        """The grant of one action on one resource, None if the policy does not allow it."""
        key = (asked.action, sample.arn, asked.choices, asked.strict)
        if key not in self._found:
            self._found[key] = self._look(asked, sample)
        return self._found[key]

    def _look(self, asked: Asked, sample: Sample) -> Granted | None:
        for choice in asked.choices:
            for statement in self._granting(asked.action.lower()):
                place = self._place(statement.source, asked.action.lower()) if statement.ref.statement >= 0 else None
                if place is None and statement.ref.statement >= 0:
                    continue
                if _limited_to_own(statement) or (asked.strict and _is_narrowed(statement)):
                    continue
                stated = self._allowed(statement, asked, sample, dict(choice))
                if stated is not None:
                    fixed = {key.lower() for key, _ in choice}
                    said = {k: v for k, v in stated.items() if k.lower() not in fixed}
                    sentences = tuple(dict.fromkeys(_sentence(k, v) for k, v in said.items() if not _is_chosen(k)))
                    tagged = any(_RESOURCE_TAG in key.lower() for key in said)
                    arn, is_open, source = sample.arn, sample.open, statement.source
                    return Granted(asked.action, arn, is_open, source, place, stated, sentences, tagged)
        return None

    def _place(self, statement: Statement, lower: str) -> Place | None:
        """The item that grants the action, the whole element of a NotAction; None where only a placeholder does."""
        element, templated = statement.actions, self.context.templated
        assert element is not None
        if element.negated:
            return None if any(templated(i.node) for i in element.items) else value_place(statement, element)
        for item in element.items:
            text = item.text.lower()
            if (text == lower or is_everything(text) or compile_glob(text).matches(lower)) and not templated(item.node):
                return item.place
        return None

    def _allowed(
        self, statement: CompiledStatement, asked: Asked, sample: Sample, fixed: Mapping[str, str]
    ) -> Stated | None:
        """What the request must state so that this statement and all others together allow it."""
        stated: Stated = {**sample.variables, **fixed}
        closed = {key.lower() for key in fixed}
        request = self._request(asked.action, sample.arn, stated)
        if not statement.covers_resource(request):
            return None
        for _ in range(_MOST_ROUNDS):
            tests = statement.conditions
            failing = [test for test in tests if not test.holds(request.context)]
            if failing:
                values = values_to_meet(tests, failing, request.context, self._facts)
                if not values or not self._take(stated, values, closed, asked):
                    return None
                request = self._request(asked.action, sample.arn, stated)
                if not statement.conditions_hold(request.context):
                    return None
            verdict = decide(self._layers(asked.action, sample.arn), request, self._target(sample.arn))
            if verdict.outcome is Outcome.ALLOWED:
                return stated
            if verdict.outcome is not Outcome.EXPLICIT_DENY or verdict.stage != IDENTITY:
                return None
            denying = self._statements[verdict.decided_by[0].statement]
            escaped = self._escape(statement, denying, asked, sample, stated, closed)
            if escaped is None:
                return None
            stated = escaped
            request = self._request(asked.action, sample.arn, stated)
        return None

    def _escape(
        self,
        statement: CompiledStatement,
        denying: CompiledStatement,
        asked: Asked,
        sample: Sample,
        stated: Stated,
        closed: set[str],
    ) -> Stated | None:
        """The request changed so that the Deny does not apply and the Allow still does."""
        context = self._request(asked.action, sample.arn, stated).context
        for test in denying.conditions:
            for value in islice(values_that_make(test, context, False, self._facts), _MOST_VALUES):
                changed = dict(stated)
                if not self._take(changed, ((test.key, value),), closed, asked):
                    break
                request = self._request(asked.action, sample.arn, changed)
                if not test.holds(request.context) and statement.conditions_hold(request.context):
                    return changed
        return None

    def _take(
        self,
        stated: Stated,
        values: Iterable[tuple[str, ContextValue | None]],
        closed: set[str],
        asked: Asked,
    ) -> bool:
        """State these values as well; False where one is not the caller's to state."""
        for key, value in values:
            lower = key.lower()
            if lower in closed or (lower in _OF_SERVICES and value is not None):
                return False
            if asked.strict and lower not in _CHOSEN and not lower.startswith(_REQUEST_TAG):
                return False
            for known in [k for k in stated if k.lower() == lower]:
                del stated[known]
            stated[key] = value
        return True

    def _request(self, action: str, arn: str, stated: Mapping[str, ContextValue | None]) -> AuthRequest:
        asked = _request(self.home, action, arn, stated)
        context, _ = build_context(asked, self._caller, action, arn, self.home.account, self._facts, utc_now())
        return AuthRequest(self._caller, action.lower(), arn, context, False, action)

    def _target(self, arn: str) -> Target:
        found = parse_arn(arn)
        account = found.account if found is not None and found.account.isdigit() else self.home.account
        return Target(account, found.partition if found is not None else "", rcp_applies=False, scp_applies=True)

    def _layers(self, action: str, arn: str) -> Layers:
        opened = opened_policy(action.lower(), arn, self.home.account)
        kind = PolicyKind.TRUST if action.lower() in TRUST_ACTIONS else PolicyKind.RESOURCE
        return Layers(self._set, resource=None if opened is None else _opened_set(opened, kind))

    # -- to show it -------------------------------------------------------------------------------------------------

    def scenario(self, shown: Granted, passed: Granted | None = None) -> Scenario | None:
        """The scenario that shows a grant, or the call with the role that it passes; None if the engine does not
        allow it."""
        for one, role in ((shown, passed), (shown, None), (passed, None)):
            if one is None:
                continue
            stated = {**(role.stated if role else {}), **one.stated}
            request = _request(self.home, one.action, one.arn, stated)
            if role is not None:
                service = role.stated.get("iam:PassedToService")
                request = replace(request, pass_role=PassedRole(role.arn, service if isinstance(service, str) else ""))
                request = replace(
                    request, context={k: v for k, v in request.context.items() if k != "iam:PassedToService"}
                )
            else:
                request = replace(request, alone=True)
            opened = opened_policy(one.action.lower(), one.arn, self.home.account)
            if self._allows(request):
                own = NamedPolicy(POLICY_NAME, self.context.text)
                named = [NamedPolicy(f"another policy {i}", p.document.text) for i, p in enumerate(self._others, 1)]
                return Scenario(request, PolicySet((own, *named), resource=opened))
        return None

    def _allows(self, request: Request) -> bool:
        """Whether all that the call needs is allowed."""
        for part in expand(request, self._facts).parts:
            account, arn = self._target(part.resource).account, part.resource
            context, _ = build_context(part.request, self._caller, part.action, arn, account, self._facts, utc_now())
            asked = AuthRequest(self._caller, part.action.lower(), arn, context, False, part.action)
            layers = Layers(self._set) if part.why else self._layers(part.action, arn)
            if decide(layers, asked, self._target(arn)).outcome is not Outcome.ALLOWED:
                return False
        return True


def _compile(statement: Statement, policy: Policy, number: int) -> CompiledStatement:
    ref = StatementRef(IDENTITY, POLICY_NAME, number, "", statement.effect or "", _NOWHERE, _NOWHERE)
    return CompiledStatement(statement, policy, ref)


def places_of(granted: Iterable[Granted]) -> tuple[Place, ...]:
    """Where in this policy these are granted, each place once."""
    return tuple(dict.fromkeys(g.place for g in granted if g.place is not None))


def by_service(actions: Iterable[str]) -> dict[str, list[str]]:
    """The actions by the prefix of their service, in order."""
    found: dict[str, list[str]] = {}
    for action in actions:
        found.setdefault(action.partition(":")[0].lower(), []).append(action)
    return found


def grants_of(context: CheckContext) -> Grants:
    """The grants of the policy, made once."""
    return context.once(Grants)


def _request(home: Home, action: str, arn: str, stated: Mapping[str, ContextValue | None]) -> Request:
    return Request(
        Principal(arn=home.caller),
        action,
        (arn,),
        home.account,
        context={k: v for k, v in stated.items() if v is not None},
        absent=frozenset(k for k, v in stated.items() if v is None),
    )


def _is_chosen(key: str) -> bool:
    """Whether the caller chooses the value of the key: of global keys a few, of a service's own all but tags that the
    resource has."""
    lower = key.lower()
    if lower.startswith("aws:"):
        return lower in _CHOSEN or lower.startswith(_REQUEST_TAG)
    return _RESOURCE_TAG not in lower


def only_mfa(granted: Granted) -> bool:
    """Whether nothing but signing in with MFA is assumed."""
    return all(_is_chosen(key) or key.lower() in _MFA for key in granted.stated)


def _sentence(key: str, value: ContextValue | None) -> str:
    """What must be true for the request to carry this value."""
    lower = key.lower()
    if lower in _MFA:
        return "The caller has signed in with MFA."
    if value is None:
        return f"The request carries no {key}."
    text = value if isinstance(value, str) else ", ".join(value)
    if _RESOURCE_TAG in lower:
        return f"There is a resource with {key} {text}."
    return f"The request carries {key} {text}, or another value that the policy takes."


def _limited_to_own(statement: CompiledStatement) -> bool:
    """Whether a tag of the resource must be what a policy variable says of the caller."""
    return any(
        _RESOURCE_TAG in test.key_lower and test.variables and not _negated(test) for test in statement.conditions
    )


def _is_narrowed(statement: CompiledStatement) -> bool:
    """Whether a positive test is about anything that the caller does not choose."""
    return any(
        not (_negated(t) or t.key_lower in _CHOSEN or t.key_lower.startswith(_REQUEST_TAG))
        for t in statement.conditions
    )


def _negated(test: ConditionMatcher) -> bool:
    operator = test.test.operator
    return operator is None or operator.base.negated or operator.base.family is Family.EXISTENCE


def _services(statements: Iterable[CompiledStatement]) -> Iterator[str]:
    for statement in statements:
        if statement.actions.negated:
            yield "*"
        for item in statement.actions.items:
            prefix = item.text.partition(":")[0].lower()
            yield "*" if not prefix.strip("*") else prefix


def _home(statements: Iterable[CompiledStatement]) -> Home:
    """The first account that an Allow names in its resources, and its partition."""
    for statement in statements:
        for item in statement.listed.items if statement.allow and statement.listed is not None else ():
            arn = parse_arn(item.text)
            if arn is not None and len(arn.account) == 12 and arn.account.isdigit():
                return Home(arn.partition if arn.partition.startswith("aws") else "aws", arn.account)
    return Home()


@lru_cache(maxsize=64)
def _opened_set(policy: NamedPolicy, kind: PolicyKind) -> StatementSet:
    return StatementSet(compile_policy(policy, kind))
