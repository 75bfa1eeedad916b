"""Statements and tests that do nothing: nothing matches them, others deny or allow all they are about. Decided by the
proof; what is not decided is not said. Source: spec findings.md section 3.2.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

from workbench.evaluation.context import key_meant
from workbench.findings.condition_edits import remove_statements, remove_test
from workbench.findings.condition_tests import key_of
from workbench.findings.containment import Containment, Index, Meaning, principal_within
from workbench.findings.context import Check, CheckContext
from workbench.findings.listing import listed
from workbench.findings.model import Finding, Fix
from workbench.patience import check
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import ConditionTest, Effect, Policy, Statement
from workbench.proof.formulas import Leaf, all_of


def dead_statements(context: CheckContext) -> Iterator[Finding]:
    """Statements that never match, tests implied by others, and Allow statements in the shadow of others."""
    if context.policy.fatal is not None:
        return  # no request is judged by it, so nothing can be proved
    containment = Containment(context.catalog)
    own = [m for s in context.statements if (m := meaning_of(context, containment, s, context.policy)) is not None]
    alive: list[Meaning] = []
    for meaning in own:
        check()
        if _may_contradict(meaning) and containment.never_matches(meaning):
            yield _never_matches(context, meaning.statement)
        else:
            alive.append(meaning)
            yield from _implied_tests(context, containment, meaning)
    allows = [m for m in alive if m.statement.effect is Effect.ALLOW]
    denies = [m for m in alive if m.statement.effect is Effect.DENY]
    denied = yield from _denied(context, containment, allows, [*denies, *_beside(context, containment, Effect.DENY)])
    yield from _allowed(context, containment, [m for m in allows if id(m) not in denied])


def meaning_of(context: CheckContext, containment: Containment, statement: Statement, policy: Policy) -> Meaning | None:
    """The statement for the proof; None where it does not say all, or holds a placeholder."""
    check()
    if statement.effect is None or statement.actions is None or not statement.actions.items:
        return None
    if any(test.operator is None for test in statement.conditions):
        return None
    if policy is context.policy and context.placeholders.found:
        start, end = statement.node.start, statement.node.end
        if any(start <= found.span.start < end for found in context.placeholders.found):
            return None
    return containment.meaning(statement, policy)


def _beside(context: CheckContext, containment: Containment, effect: Effect) -> list[Meaning]:
    """The statements of the other policies that always apply."""
    if context.kind is not PolicyKind.IDENTITY:
        return []
    return [
        meaning
        for policy in context.companions or ()
        if policy.fatal is None
        for statement in policy.statements
        if statement.effect is effect and (meaning := meaning_of(context, containment, statement, policy)) is not None
    ]


# -- nothing matches --------------------------------------------------------------------------------------------------


def _may_contradict(meaning: Meaning) -> bool:
    """A cheap look: only two tests of one key can contradict each other, or a Not… that leaves nothing out."""
    statement = meaning.statement
    if len(meaning.keys) < len(statement.conditions):
        return True
    resources = statement.resources
    return resources is not None and resources.negated and any(not i.text.strip("*") for i in resources.items)


def _never_matches(context: CheckContext, statement: Statement) -> Finding:
    doubled = [_key_named(tests) for tests in _by_key(statement) if len(tests) > 1]
    why = f"Its tests of {listed(doubled)} contradict each other" if doubled else "Its NotResource leaves nothing"
    word = "denies" if statement.effect is Effect.DENY else "allows"
    return context.report(
        "STATEMENT_NEVER_MATCHES",
        f"No request can match this statement, so it {word} nothing. {why}; correct it, or remove the statement.",
        statement.place,
        fixes=_removal(context, statement),
    )


def _by_key(statement: Statement) -> list[list[ConditionTest]]:
    """The tests of each key."""
    found: dict[str, list[ConditionTest]] = {}
    for test in statement.conditions:
        found.setdefault(key_of(test), []).append(test)
    return list(found.values())


def _key_named(tests: Sequence[ConditionTest]) -> str:
    """The key of tests of one key; with the old name that some have for it, too."""
    names = list({test.key.lower(): test.key for test in tests}.values())
    if len(names) == 1:
        return names[0]
    meant = key_meant(names[0])
    others = [name for name in names if name.lower() != meant.lower()]
    return f"{meant} (also called {listed(others)})"


def _removal(context: CheckContext, statement: Statement) -> tuple[Fix, ...]:
    fix = remove_statements(f"Remove {_name(statement)}", context.policy, [statement])
    return () if fix is None else (fix,)


def _name(statement: Statement) -> str:
    return f"the statement {statement.name}" if statement.sid and statement.sid.value else statement.name


# -- tests that say nothing -------------------------------------------------------------------------------------------


def _implied_tests(context: CheckContext, containment: Containment, meaning: Meaning) -> Iterator[Finding]:
    """Each test that the other tests of its key imply; of two that imply each other the later."""
    statement = meaning.statement
    if len(meaning.keys) == len(statement.conditions):
        return
    tests = dict(zip(meaning.body.statement.conditions, statement.conditions, strict=True))
    leaves = _leaves(meaning)
    left = list(tests)
    for matcher in reversed(list(tests)):
        rest = [m for m in left if m is not matcher and m.key_lower == matcher.key_lower]
        if not rest or len(leaves) != len(tests):
            continue
        formula = all_of((*(leaves[id(m)] for m in rest), Leaf(leaves[id(matcher)].test, False)))
        if not containment.is_empty(formula):
            continue
        left.remove(matcher)
        test = tests[matcher]
        fix = remove_test(f"Remove {test.operator_node.value} {test.key}", statement, test)
        name = _key_named([test, *(tests[m] for m in rest)])
        yield context.report(
            "CONDITION_ALWAYS_TRUE",
            f"The other test of {name} says all that this one says. Remove it, or correct it if more was meant.",
            test.key_place,
            *(tests[m].key_place for m in rest),
            fixes=() if fix is None else (fix,),
        )


def _leaves(meaning: Meaning) -> dict[int, Leaf]:
    """The leaf of the formula for each compiled test, by its identity."""
    formula = meaning.body.formula
    parts = formula.parts if not isinstance(formula, Leaf) else (formula,)
    found: dict[int, Leaf] = {}
    for part in parts:
        matcher = getattr(part.test, "matcher", None) if isinstance(part, Leaf) else None
        if isinstance(part, Leaf) and matcher is not None:
            found[id(matcher)] = part
    return found


# -- in the shadow ----------------------------------------------------------------------------------------------------


def _denied(
    context: CheckContext, containment: Containment, allows: Sequence[Meaning], denies: Sequence[Meaning]
) -> Generator[Finding, None, set[int]]:
    """Allow statements of which Deny statements take all, entry by entry; gives the identities of their meanings."""
    found: set[int] = set()
    index = Index(denies, containment.work)
    for meaning in allows if denies else ():
        by = covering(containment, index, meaning)
        if by:
            found.add(id(meaning))
            yield _shadowed_by_deny(context, meaning.statement, by)
    return found


def covering(containment: Containment, index: Index, meaning: Meaning) -> list[Meaning]:
    """The Deny statements that together take all that an Allow is about; none where they do not."""
    by: dict[int, Meaning] = {}
    decided: dict[frozenset[int], bool] = {}
    for text in _entries(meaning):
        near = [
            other
            for other in index.that_may_cover(meaning, text)
            if principal_within(meaning.statement.principal, other.statement.principal, anybody=True)
            and containment.covers_action(other, meaning, text)
        ]
        key = frozenset(map(id, near))
        if key not in decided:
            decided[key] = containment.within(meaning, near)
        if not decided[key]:
            return []
        by.update((id(other), other) for other in near if other.keys <= meaning.keys)
    for other in by.values():
        takes_all = all(containment.covers_action(other, meaning, text) for text in _entries(meaning))
        if takes_all and containment.within(meaning, [other]):
            return [other]
    return list(by.values())


def _entries(meaning: Meaning) -> list[str]:
    """The entries of an Action; of a NotAction one for the whole."""
    return [""] if meaning.actions.negated else [item.text for item in meaning.actions.items]


def _shadowed_by_deny(context: CheckContext, statement: Statement, by: Sequence[Meaning]) -> Finding:
    here = [m.statement for m in by if context.statements_by_path.get(m.statement.path) is m.statement]
    elsewhere = len(here) < len(by)
    names = listed([_name(s) for s in here]) or "another policy that always applies"
    names += " and another policy that always applies" if elsewhere and here else ""
    return context.report(
        "STATEMENT_SHADOWED_BY_DENY",
        f"All that this statement allows is denied by {names}. Remove it, or narrow what is denied.",
        statement.place,
        *(s.place for s in here),
        fixes=_removal(context, statement),
    )


def _allowed(context: CheckContext, containment: Containment, allows: Sequence[Meaning]) -> Iterator[Finding]:
    """Allow statements of which one other allows all; of two that say the same in other words the later. Equal ones are
    REDUNDANT_STATEMENT."""
    if len(allows) < 2:
        return
    index = Index(allows, containment.work)
    gone: set[int] = set()
    for meaning in reversed(allows):
        check()
        entries = _entries(meaning)
        for other in index.that_may_cover(meaning, entries[0]):
            if other is meaning or id(other) in gone or not other.keys <= meaning.keys:
                continue
            if not all(containment.covers_action(other, meaning, text) for text in entries):
                continue
            if not principal_within(meaning.statement.principal, other.statement.principal, anybody=False):
                continue
            if not containment.within(meaning, [other]) or meaning.body.same == other.body.same:
                continue
            gone.add(id(meaning))
            yield _shadowed_by_allow(context, meaning.statement, other.statement)
            break


def _shadowed_by_allow(context: CheckContext, statement: Statement, other: Statement) -> Finding:
    return context.report(
        "STATEMENT_SHADOWED_BY_ALLOW",
        f"All that this statement allows, {_name(other)} allows as well. Remove it, or narrow the other.",
        statement.place,
        other.place,
        fixes=_removal(context, statement),
    )


CHECKS = (
    Check(
        "statements that do nothing",
        (
            "STATEMENT_NEVER_MATCHES",
            "CONDITION_ALWAYS_TRUE",
            "STATEMENT_SHADOWED_BY_DENY",
            "STATEMENT_SHADOWED_BY_ALLOW",
        ),
        dead_statements,
    ),
)
