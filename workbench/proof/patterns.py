"""From the patterns of a policy to machines: Resource entries, values of string and ARN operators, ARN formats.

What a wildcard takes is said in evaluation (`arn_patterns`, `glob`); here it is only put as steps. A variable becomes a
private character of its own (see `Variables`), so that `home/${aws:username}/*` is covered by `home/*` and by itself
and by nothing that needs a certain name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from workbench.evaluation.arn_patterns import ANY_WITHIN, ONE_WITHIN, segment_steps, split_arn_tokens
from workbench.evaluation.compiled import resource_tokens
from workbench.policy.tokens import Token, Variable, Wildcard
from workbench.proof.budget import GaveUp
from workbench.proof.languages import (
    ANYTHING,
    DIGIT,
    FIRST_PRIVATE,
    LAST_PRIVATE,
    LOWER,
    NO_COLON,
    ONE,
    Characters,
    Machine,
    Step,
    literal,
)


class Variables:
    """The private characters of the variables of one question. Equal variables have the same one."""

    def __init__(self) -> None:
        self._characters: dict[tuple[Variable, bool], str] = {}
        self._spelled: dict[str, Variable] = {}

    def hide(self, tokens: Iterable[Token], any_case: bool = False) -> tuple[Token, ...]:
        """`tokens` with every variable replaced by its character. The key's case does not count. `any_case`: its value
        counts in any case, so that it has a character of its own."""
        return tuple(self._character(t, any_case) if isinstance(t, Variable) else t for t in tokens)

    def _character(self, variable: Variable, any_case: bool) -> str:
        known = Variable(variable.key.lower(), variable.default), any_case
        found = self._characters.get(known)
        if found is None:
            code = ord(FIRST_PRIVATE) + len(self._characters)
            if code > ord(LAST_PRIVATE):
                raise GaveUp("there are too many variables")
            found = self._characters[known] = chr(code)
            self._spelled[found] = variable
        return found

    @property
    def named(self) -> dict[str, Variable]:
        """Private character → the variable it stands for, as it was first spelled."""
        return dict(self._spelled)

    @property
    def in_any_case(self) -> frozenset[str]:
        """The private characters whose values count in any case."""
        return frozenset(character for (_, any_case), character in self._characters.items() if any_case)


NOTHING = Machine((Step(Characters(frozenset())),))
"""Takes no text at all."""
_IN_SEGMENT = Step(NO_COLON, repeated=True)
_BY_KIND = {
    "any": ANYTHING,
    "one": ONE,
    ANY_WITHIN: _IN_SEGMENT,
    ONE_WITHIN: Step(NO_COLON),
}


@lru_cache(maxsize=20_000)
def resource_machine(tokens: tuple[Token, ...]) -> Machine:
    """An entry of Resource, its variables hidden (grammar.md section 7)."""
    steps: list[Step] = []
    for kind, text in segment_steps(tokens):
        steps += literal(text) if kind == "literal" else (_BY_KIND[kind],)
    return Machine(_squeezed(steps))


def entry_machine(text: str) -> Machine:
    """A whole entry of Resource in which nothing is a variable."""
    return resource_machine(resource_tokens(text, variables_active=False))


@lru_cache(maxsize=20_000)
def text_machine(tokens: tuple[Token, ...]) -> Machine:
    """A value of StringLike or StringEquals, or an action pattern (conditions.md section 2)."""
    return Machine(_squeezed(_plain(tokens)))


@lru_cache(maxsize=20_000)
def arn_machine(tokens: tuple[Token, ...]) -> Machine:
    """A value of an ARN operator: each of the six parts by itself; a shorter one as text."""
    parts = split_arn_tokens(tokens)
    if len(parts) < 6:
        return text_machine(tokens)
    if not text_machine(parts[0]).matches("arn"):
        return NOTHING  # only an ARN is taken (conditions.md section 2)
    steps = [*literal("arn")]
    for at, part in enumerate(parts[1:], start=1):
        steps += literal(":")
        inside = _plain(part)
        steps += inside if at == 5 else [_within(step) for step in inside]
    return Machine(_squeezed(steps))


@lru_cache(maxsize=20_000)
def any_case_machine(text: str) -> Machine:
    """A text in every case (StringEqualsIgnoreCase)."""
    return Machine(
        Step(Characters(frozenset((c, c.lower(), c.upper())[: 1 if len(c.upper()) > 1 else 3]))) for c in text
    )


def _plain(tokens: Iterable[Token]) -> list[Step]:
    steps: list[Step] = []
    for token in tokens:
        if token is Wildcard.ANY:
            steps.append(ANYTHING)
        elif token is Wildcard.ONE:
            steps.append(ONE)
        else:
            assert isinstance(token, str)
            steps += literal(token)
    return steps


def _within(step: Step) -> Step:
    if not step.characters.negated:
        return step
    return Step(NO_COLON, step.repeated)


def _squeezed(steps: list[Step]) -> Iterable[Step]:
    """`**` is `*`."""
    return (s for i, s in enumerate(steps) if not (s.repeated and i and steps[i - 1] == s))


_ARN_HEAD = "arn:"
_PARTITION = (*literal("aws"), Step(Characters(LOWER.listed | {"-"}), repeated=True))
_SOME_VARIABLE = Step(Characters(frozenset(map(chr, range(ord(FIRST_PRIVATE), ord(LAST_PRIVATE) + 1)))))
_IN_PART = Step(NO_COLON, repeated=True, opens=True)


@lru_cache(maxsize=512)
def resources_within(partition: str) -> tuple[Machine, ...]:
    """The texts that are no ARN of another partition (empty: of one that AWS cannot have): ARNs of it, with a wildcard
    or a variable for it, and what is no ARN at all."""
    heads = literal(_ARN_HEAD)
    found = [Machine((*heads, *(literal(partition) if partition else _PARTITION), *literal(":"), ANYTHING))]
    for inside in (*literal("*"), _SOME_VARIABLE):
        found.append(Machine((*heads, _IN_PART, inside, _IN_PART, *literal(":"), ANYTHING)))
    parts = [*heads, _IN_PART]
    for _ in range(4):
        found.append(Machine(parts))
        parts += (*literal(":"), _IN_PART)
    for at, character in enumerate(_ARN_HEAD):
        before = literal(_ARN_HEAD[:at])
        found.append(Machine((*before, Step(Characters(frozenset(character), negated=True), opens=True), ANYTHING)))
        found.append(Machine(before))
    return tuple(found)


_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}|(\*)")
_PATH = (Step(NO_COLON, opens=True), Step(NO_COLON, repeated=True, opens=True))
_WORD = Characters(frozenset(":/"), negated=True)
_NAME = (Step(_WORD, opens=True), Step(_WORD, repeated=True, opens=True))
_NEVER_PATHS = frozenset({"BucketName", "Bucket", "TableName", "FunctionName", "QueueName", "TopicName"})
"""Placeholders of names that cannot have a slash."""
_BUCKETS = frozenset({"BucketName", "Bucket"})
_IN_BUCKET = Characters(LOWER.listed | DIGIT.listed | {"-", "."})
_EDGE = Step(Characters(LOWER.listed | DIGIT.listed), opens=True)
_BUCKET = (_EDGE, Step(_IN_BUCKET, opens=True), Step(_IN_BUCKET, repeated=True, opens=True), _EDGE)
"""S3's rule for the names of general purpose buckets (S3 User Guide, bucket naming rules), but for their length."""
_ACCOUNT = (Step(DIGIT),) * 12
_REGION = (
    Step(LOWER),
    Step(LOWER),
    Step(Characters(frozenset("-"))),
    Step(LOWER),
    Step(Characters(LOWER.listed | {"-"}), repeated=True),
    Step(DIGIT),
)


@lru_cache(maxsize=8192)
def format_machine(arn: str, partition: str, region: str, account: str, paths: bool = False) -> Machine:
    """An ARN format of the catalog with its first placeholders filled in; an empty `region` or `account` stands for any
    Region or account. Every other placeholder is a name of one character at least, without a colon, and of a bucket
    one that S3 takes; with `paths` names may hold slashes, where such names may, and a bucket may have any."""
    steps: list[Step] = []
    for at, part in enumerate(arn.split(":", 5)):
        steps += literal(":") if at else ()
        given = {1: partition, 3: region, 4: account}.get(at, "")
        if at < 5 and given and part.startswith("${"):
            steps += literal(given)
        elif at in (3, 4) and part.startswith("${"):
            steps += _REGION if at == 3 else _ACCOUNT
        else:
            steps += _format_part(part, paths)
    return Machine(steps)


def _format_part(part: str, paths: bool) -> Iterable[Step]:
    end = 0
    for found in _PLACEHOLDER.finditer(part):
        yield from literal(part[end : found.start()])
        name: tuple[Step, ...] = _PATH if paths and found[1] not in _NEVER_PATHS else _NAME
        if found[1] is None:  # a wildcard of the format
            name = name[1:]
        elif found[1] in _BUCKETS and not paths:
            name = _BUCKET
        yield from name
        end = found.end()
    yield from literal(part[end:])
