"""Concrete ARNs of a resource type that a Resource entry of a policy takes in.

An ARN with a name that nobody chose shows that the entry leaves the resource open; one made of the entry's own text
only shows that there is some. Whether a statement covers them is for the evaluation to say. Source: spec grammar.md
section 7, findings.md section 3.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from workbench.catalog.arnformat import compile_format, fits
from workbench.evaluation.glob import compile_glob

ACCOUNT = "111122223333"
CALLER = "AnyUser"
OTHER = "Example"
"""A name that nobody chose."""
_FIELDS = 6
_PARTITIONS = ("aws", "aws-cn", "aws-us-gov")
_REGIONS = ("us-east-1", "eu-west-1", "us-west-2", "ap-southeast-1", "cn-north-1", "us-gov-west-1")
_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_OPEN = re.compile(r"\$\{(?P<escaped>[*?$])\}|\$\{(?P<key>[^},]+)(?:,[^}]*)?\}|(?P<any>\*+)|(?P<one>\?)")
_WILD = re.compile(r"[*?$]")


class Sample(NamedTuple):
    """`open`: the name in it is arbitrary; `variables`: the values that policy variables must have for it."""

    arn: str
    open: bool
    variables: Mapping[str, str]


class Home(NamedTuple):
    """Where the caller is at home, and how he is called."""

    partition: str = "aws"
    account: str = ACCOUNT

    @property
    def caller(self) -> str:
        """The ARN of the caller, an IAM user."""
        return f"arn:{self.partition}:iam::{self.account}:user/{CALLER}"


def open_sample(pattern: str, arn_format: str, home: Home, user: str) -> Sample | None:
    """An ARN of the format with names nobody chose, if the entry may take it in. `user`: the name of a user where one
    is asked for."""
    beginning = _beginning(pattern, arn_format, home)
    if beginning is None:
        return None
    arn = beginning + _filled_format(arn_format.split(":", _FIELDS - 1)[-1], user)
    return Sample(arn, True, {}) if _may_match(pattern, arn) else None


def named_samples(pattern: str, arn_format: str, home: Home) -> Iterator[Sample]:
    """ARNs of the format made of the entry's own text."""
    beginning = _beginning(pattern, arn_format, home)
    mine = pattern.split(":", _FIELDS - 1)
    if beginning is None or len(mine) < _FIELDS:
        return
    variables: dict[str, str] = {}
    filled = _filled_pattern(mine[-1], variables)
    head = arn_format.split(":", _FIELDS - 1)[-1].partition("${")[0] if mine[-1].startswith("*") else ""
    compiled = compile_format(arn_format)
    for text in dict.fromkeys((beginning + filled, beginning + head + filled)):
        if fits(text, compiled):
            yield Sample(text, False, variables)
            return


@lru_cache(maxsize=2048)
def _beginning(pattern: str, arn_format: str, home: Home) -> str | None:
    """The first five fields with their colons; None if entry and format have nothing in common there."""
    theirs = arn_format.split(":", _FIELDS - 1)
    mine = pattern.split(":", _FIELDS - 1)
    if len(theirs) < _FIELDS or (len(mine) < _FIELDS and not mine[-1].endswith("*")):
        return None
    mine = ["*"] * _FIELDS if pattern == "*" else [*mine, *["*"] * (_FIELDS - len(mine))]
    header = ["arn"]
    choices = ((home.partition, *_PARTITIONS), (theirs[2],), _REGIONS, (home.account,))
    for at, texts in enumerate(choices, 1):
        found = _field(mine[at], theirs[at], texts)
        if found is None:
            return None
        header.append(found)
    return ":".join(header) + ":"


@lru_cache(maxsize=2048)
def _filled_format(resource: str, user: str) -> str:
    """The resource part of a format with a name nobody chose for every placeholder."""
    return _PLACEHOLDER.sub(lambda m: user if m[1].startswith("UserName") else OTHER, resource).replace("*", OTHER)


def _field(mine: str, theirs: str, choices: Sequence[str]) -> str | None:
    """What stands in one of the fields before the resource; None if entry and format have nothing in common."""
    fixed = None if theirs.startswith("${") else theirs
    if not _WILD.search(mine):
        return mine if fixed is None or fixed == mine else None
    if "${" in mine:
        return None
    glob = compile_glob(mine)
    return next((text for text in ((fixed,) if fixed is not None else choices) if glob.matches(text)), None)


def _may_match(pattern: str, arn: str) -> bool:
    return "${" in pattern or pattern == "*" or compile_glob(pattern).matches(arn)


def _filled_pattern(text: str, variables: dict[str, str]) -> str:
    def one(found: re.Match[str]) -> str:
        if found["escaped"]:
            return found["escaped"]
        if key := found["key"]:
            if key.lower() == "aws:username":
                return CALLER
            variables[key] = OTHER
            return OTHER
        return "x" if found["one"] else OTHER

    return _OPEN.sub(one, text)
