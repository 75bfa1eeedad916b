"""ARN formats of the catalog, and whether an ARN pattern of a policy can fit one. Source: spec catalog.md section 6.

"Fits" means that the pattern and the format have a text in common, decided exactly by walking both at once.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias


class Run(enum.Enum):
    """A token that is no literal character."""

    ANY = "*"  # any text, also empty
    ONE = "?"  # one character


Token: TypeAlias = str | Run  # a str is one literal character

_HEADER_PARTS = 5  # partition, service, Region and account follow "arn"; the sixth part is the resource
_FORMAT_PART = re.compile(r"(?P<variable>\$\{[^}]*\})|(?P<any>\*)|(?P<literal>.)", re.DOTALL)
_PATTERN_PART = re.compile(
    r"(?P<variable>\$\{[^}]{2,}\})|\$\{(?P<escaped>[*?$])\}|(?P<any>\*)|(?P<one>\?)|(?P<literal>.)", re.DOTALL
)


class ArnFormat(NamedTuple):
    """A compiled format. `parts`: the tokens of its six parts; `literals`: how many literal characters its resource
    part has (the more, the closer a fit)."""

    parts: tuple[tuple[Token, ...], ...]
    literals: int


@functools.lru_cache(maxsize=4096)
def compile_format(arn: str) -> ArnFormat:
    """Compile a format such as `arn:${Partition}:s3:::${BucketName}/${ObjectName}`."""
    parts = tuple(_format_tokens(part) for part in _cut(arn))
    return ArnFormat(parts, sum(isinstance(token, str) for token in parts[-1]))


def fits(pattern: str, arn_format: ArnFormat) -> bool:
    """Whether an ARN pattern as written in a policy (wildcards, variables) and the format have a text in common.

    A placeholder of the format and a policy variable stand for any text, the placeholder for at least one character.
    The last part of a pattern that has fewer than six stands for all that follows: `*` fits everything.
    """
    parts = compile_pattern(pattern)
    theirs = arn_format.parts
    if len(parts) < len(theirs):
        theirs = (*theirs[: len(parts) - 1], _joined(theirs[len(parts) - 1 :]))
    return all(overlap(mine, other) for mine, other in zip(parts, theirs, strict=True))


@functools.lru_cache(maxsize=32768)
def texts_fit(pattern: str, arn: str) -> bool:
    """`fits` for a format as it is written; remembered, since the actions of a statement ask the same of its ARNs."""
    return fits(pattern, compile_format(arn))


@functools.lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> tuple[tuple[Token, ...], ...]:
    """The tokens of the parts of an ARN pattern, six unless it has too few colons.

    Each part is compared with its own: that a `*` may run past a colon (spec grammar.md section 7, step 2) would let
    `arn:aws:sagemaker:*:*:endpointconfig/*` fit any type whose name may hold a colon."""
    tokens: list[Token] = []
    for found in _PATTERN_PART.finditer(pattern):
        if found["variable"] or found["any"]:
            tokens.append(Run.ANY)
        elif found["one"]:
            tokens.append(Run.ONE)
        else:
            tokens.append(found["escaped"] or found["literal"])
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token == ":" and len(parts) <= _HEADER_PARTS:
            parts.append([])
        else:
            parts[-1].append(token)
    return tuple(tuple(part) for part in parts)


def overlap(a: Sequence[Token], b: Sequence[Token]) -> bool:
    """Whether some text fits both. O(len(a) * len(b)); the literal beginning and end are compared first."""
    low = 0
    while low < len(a) and low < len(b) and isinstance(a[low], str) and isinstance(b[low], str):
        if a[low] != b[low]:
            return False
        low += 1
    high = 0
    while (
        high < len(a) - low and high < len(b) - low and isinstance(a[-1 - high], str) and isinstance(b[-1 - high], str)
    ):
        if a[-1 - high] != b[-1 - high]:
            return False
        high += 1
    mine, theirs = a[low : len(a) - high], b[low : len(b) - high]
    if _is_any(mine, theirs) or _is_any(theirs, mine):
        return True
    return _walk(mine, theirs)


def _is_any(tokens: Sequence[Token], other: Sequence[Token]) -> bool:
    """Whether the tokens are one run, or one after one character where the other side has something for that: with
    what is most common in policies and formats there is nothing to walk."""
    if len(tokens) == 1:
        return tokens[0] is Run.ANY
    return len(tokens) == 2 and tokens[0] is Run.ONE and tokens[1] is Run.ANY and len(other) > 0


def _walk(a: Sequence[Token], b: Sequence[Token]) -> bool:
    """All pairs of places that one common beginning can lead to, row by row of `a`."""
    row = [False] * (len(b) + 1)
    row[0] = True
    for at in range(len(a) + 1):
        token = a[at] if at < len(a) else None
        after = [False] * (len(b) + 1)
        for j in range(len(b) + 1):
            if not row[j]:
                continue
            other = b[j] if j < len(b) else None
            if other is Run.ANY:
                row[j + 1] = True
            elif token is Run.ANY and other is not None:
                row[j + 1] = True  # the run takes what the other side asks for
            if token is None:
                continue
            if token is Run.ANY or other is Run.ANY:
                after[j] = True
            elif other is not None and (token is Run.ONE or other is Run.ONE or token == other):
                after[j + 1] = True
        if at == len(a):
            return row[len(b)]
        row = after
    raise AssertionError("the loop always returns")


def fill(arn: str, partition: str, region: str, account: str) -> str:
    """A sample pattern of a format: account and Region filled in, every other placeholder a `*`.

    >>> fill("arn:${Partition}:sagemaker:${Region}:${Account}:model/${ModelName}", "aws", "us-east-1", "111122223333")
    'arn:aws:sagemaker:us-east-1:111122223333:model/*'
    """
    parts = _cut(arn)
    for at, value in ((1, partition), (3, region), (4, account)):
        if parts[at].startswith("${"):
            parts[at] = value
    return ":".join(re.sub(r"\$\{[^}]*\}", "*", part) for part in parts)


def _cut(arn: str) -> list[str]:
    return arn.split(":", _HEADER_PARTS)


def _format_tokens(part: str) -> tuple[Token, ...]:
    tokens: list[Token] = []
    for found in _FORMAT_PART.finditer(part):
        if found["variable"]:
            tokens += (Run.ONE, Run.ANY)
        else:
            tokens.append(Run.ANY if found["any"] else found["literal"])
    return tuple(tokens)


def _joined(parts: Sequence[tuple[Token, ...]]) -> tuple[Token, ...]:
    joined: list[Token] = []
    for at, part in enumerate(parts):
        joined += [":"] * (at > 0)
        joined += part
    return tuple(joined)
