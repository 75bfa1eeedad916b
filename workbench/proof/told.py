"""What aws:PrincipalArn tells of other keys: the account of the caller, and the name of an IAM user.

The search decides every key by itself. Where a test on one of these keys meets a test on the ARN, it is put as one on
the ARN: the same requests pass it, and the two are decided together. Source: spec context-keys.md section 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from workbench.evaluation.callers import CallerKind
from workbench.policy.operators import Family
from workbench.policy.tokens import Variable
from workbench.proof.askers import IN_NAMES, Asker
from workbench.proof.formulas import All, Formula, Leaf, Some, all_of, some_of
from workbench.proof.keys import TEXTS, KeyTest
from workbench.proof.languages import ANYTHING, DIGIT, ONE_OR_VARIABLE, Characters, Machine, Step, is_private, literal

ARN, ACCOUNT, NAME = "aws:principalarn", "aws:principalaccount", "aws:username"
_SPELLED = "aws:PrincipalArn"


@dataclass(frozen=True)
class Told:
    """What the ARN of one caller tells. `keys`: lower-cased keys whose tests are to be tests on the ARN; `names`: the
    private characters of variables for the user's own name. `known` keeps what was made."""

    asker: Asker
    keys: frozenset[str]
    names: frozenset[str]
    known: dict[tuple[object, ...], KeyTest]

    def of(self, formula: Formula) -> Formula:
        """The tree in which all that the ARN tells is asked of the ARN."""
        if not self.keys and not self.names:
            return formula
        match formula:
            case Leaf(test, holds) if isinstance(test, KeyTest) and self._is_told(test):
                caller = self.asker.caller
                identity = (test.same, caller.kind, caller.partition)
                found = self.known.get(identity)
                if found is None:
                    found = self.known[identity] = self._on_arn(test)
                return Leaf(found, holds)
            case All(parts):
                return all_of(map(self.of, parts))
            case Some(parts):
                return some_of(map(self.of, parts))
            case _:
                return formula

    def _is_told(self, test: KeyTest) -> bool:
        if not _is_text(test):
            return False
        key = test.key.lower()
        return key in self.keys or (key == ARN and any(machine.variables & self.names for machine in test.machines))

    def _on_arn(self, test: KeyTest) -> KeyTest:
        machines = tuple(each for machine in test.machines for each in self._machines(test.key.lower(), machine))
        return replace(test, machines=machines, same=("told", *test.same), told_by=_SPELLED)

    def _machines(self, key: str, machine: Machine) -> tuple[Machine, ...]:
        caller = self.asker.caller
        service = "sts" if caller.kind is CallerKind.FEDERATED_USER else "iam"
        head = literal(f"arn:{caller.partition}:{service}::")
        if key == ACCOUNT:
            return (Machine((*head, *_limited(machine, DIGIT), *literal(":"), ANYTHING)),)
        if key == ARN:
            return (self._ending(machine),)
        start = (*head, *(Step(DIGIT),) * 12, *literal(":user/"))
        name = _limited(machine, IN_NAMES)
        with_path = (*start, ONE_OR_VARIABLE, ANYTHING, *literal("/"), *name)
        return Machine((*start, *name)), Machine(with_path)

    def _ending(self, machine: Machine) -> Machine:
        """`…/${aws:username}`: what stands behind the last slash of the ARN always is the name."""
        steps = machine.steps
        if [step.single for step in steps[-2:-1]] != ["/"] or steps[-1].single not in self.names:
            return machine
        name = Step(IN_NAMES, opens=True)
        return Machine((*steps[:-1], name, name._replace(repeated=True)))


def told_by(
    asker: Asker,
    tested: frozenset[str],
    variables: Mapping[str, Variable],
    in_any_case: frozenset[str],
    known: dict[tuple[object, ...], KeyTest],
) -> Told:
    """What the ARN of this caller tells. `tested`: the lower-cased keys that the policies look at; `variables`: those
    by their private characters, `in_any_case` the ones whose case does not count."""
    keys: set[str] = set()
    names: set[str] = set()
    if ARN in tested and asker.open_arn and ARN in asker.domains and asker.domains[ARN].values is None:
        if asker.domains[ACCOUNT].values is None and asker.caller.is_signed_in:
            keys.add(ACCOUNT)
        if asker.caller.kind is CallerKind.USER:
            keys.add(NAME)
            names = {c for c, variable in variables.items() if variable.key.lower() == NAME} - in_any_case
    return Told(asker, frozenset(keys & tested), frozenset(names), known)


def _is_text(test: KeyTest) -> bool:
    operator = test.matcher.test.operator
    assert operator is not None
    return operator.base.family in TEXTS and operator.base.family is not Family.EXISTENCE


def _limited(machine: Machine, allowed: Characters) -> tuple[Step, ...]:
    """The steps of a pattern, taking only characters that can be there."""
    return tuple(step._replace(characters=_both(step.characters, allowed)) for step in machine.steps)


def _both(one: Characters, other: Characters) -> Characters:
    match one.negated, other.negated:
        case False, _:
            return Characters(frozenset(c for c in one.listed if other.has(c) or is_private(c)))
        case True, False:
            return Characters(other.listed - one.listed)
        case _:
            return Characters(one.listed | other.listed, negated=True)
