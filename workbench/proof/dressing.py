"""Names that a person takes for names, in place of the shortest texts that the search found.

Nothing is decided here: whoever asks replays the request with the better names, and keeps the first one if it is not
confirmed. The identifiers are the placeholders that AWS's documentation uses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial, reduce
from typing import TypeAlias

from workbench.evaluation.request import ContextValue, Request
from workbench.policy.arns import parse_arn
from workbench.proof.askers import HOME

_REGION = "us-east-1"
_NAME = "example"
_HEX = "0123456789abcdef0"
_IDENTIFIERS = {
    ("ec2", "instance"): f"i-{_HEX}",
    ("ec2", "volume"): f"vol-{_HEX}",
    ("ec2", "snapshot"): f"snap-{_HEX}",
    ("ec2", "image"): f"ami-{_HEX}",
    ("ec2", "vpc"): f"vpc-{_HEX}",
    ("ec2", "vpc-endpoint"): f"vpce-{_HEX}",
    ("ec2", "subnet"): f"subnet-{_HEX}",
    ("ec2", "security-group"): f"sg-{_HEX}",
    ("ec2", "network-interface"): f"eni-{_HEX}",
    ("ec2", "route-table"): f"rtb-{_HEX}",
    ("elasticfilesystem", "file-system"): f"fs-{_HEX}",
    ("elasticfilesystem", "access-point"): f"fsap-{_HEX}",
    ("kms", "key"): "1234abcd-12ab-34cd-56ef-1234567890ab",
}
"""By service and the word before the identifier."""
_MOMENTS = ("aws:currenttime", "aws:tokenissuetime")
_SHORTEST = re.compile(r"(?<![^/:])x(?![^/:])")
_OPEN_END = re.compile(r"[-_/!:.]$")
_FILLED = {
    re.compile(rf"(?<![^/:,])({kind}-)x+(?![^/:,])"): rf"\g<1>{identifier}"
    for kind, identifier in (("o", "a1b2c3d4e5"), ("r", "ab12"), ("ou", "ab12-11111111"), ("vpc", _HEX), ("vpce", _HEX))
}
"""Identifiers that the search filled up, with what to put in place."""
_ONLY_X = re.compile(r"x+$")
_FILLED_START, _FILLED_END = re.compile(r"^x+(?=[-.])"), re.compile(r"(?<=[-.])x+$")
_OF_SERVICES = ("iam:passedtoservice", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast")
_NO_SERVICE = re.compile(r"x*(\.amazonaws\.com(?:\.cn)?)$")
_SERVICE = "ec2"
_OF_CALLER = ("aws:principalarn", "aws:principalaccount", "aws:userid", "aws:username")
"""Keys that follow from who calls, whose name stays."""
_UNPLACED = ("s3", "iam", "sts", "cloudfront", "organizations", "route53")
"""Services whose ARNs may have neither Region nor account."""


Change: TypeAlias = Callable[[Request], Request]


def changes(request: Request) -> list[Change]:
    """What to make of the request so that its names read better, each change by itself and all of them together."""
    resources = tuple(_better(text, HOME) for text in request.resources)
    given = next(
        (v for k, v in request.context.items() if k.lower() == "aws:sourceaccount" and isinstance(v, str)), HOME
    )
    found: list[Change] = []
    if resources != request.resources:
        found.append(lambda known: replace(known, resources=resources))
    for key, value in request.context.items():
        better = value if key.lower() in _OF_CALLER else _value(key, _dated(key, value), given)
        if better != value:
            found.append(partial(_with, key, better))
    return found


def dressed(request: Request) -> Request:
    """The request with all of its names changed."""
    return reduce(lambda known, change: change(known), changes(request), request)


def _with(key: str, value: ContextValue, request: Request) -> Request:
    return replace(request, context={**request.context, key: value})


def _dated(key: str, value: ContextValue) -> ContextValue:
    """A moment as a person reads it, where the search found it in seconds."""
    if key.lower() not in _MOMENTS or not isinstance(value, str) or not value.isdigit():
        return value
    with suppress(OverflowError, OSError, ValueError):
        return datetime.fromtimestamp(int(value), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value


def _value(key: str, value: ContextValue, account: str) -> ContextValue:
    if not isinstance(value, str):
        return tuple(_of_key(key.lower(), v, account) for v in value)
    return _of_key(key.lower(), value, account)


def _of_key(key: str, text: str, account: str) -> str:
    if key in _OF_SERVICES and (found := _NO_SERVICE.match(text)):
        return f"{_SERVICE}{found[1]}"
    return _better(text, account)


def _better(text: str, account: str) -> str:
    if text in ("", "*", "/"):
        return text
    arn = parse_arn(text)
    if arn is None:
        return _named(text.replace("..", f".{_REGION}."))
    if not (arn.region or arn.account) and arn.service not in _UNPLACED:
        arn = arn._replace(region=_REGION, account=account)
    kind, slash, rest = arn.resource.partition("/")
    if arn.service == "s3" and arn.region == "":
        resource = f"{_bucket(kind)}{slash}{_named(rest) if rest else ''}"
    elif slash and rest in ("x", "") and (arn.service, kind) in _IDENTIFIERS:
        resource = f"{kind}/{_IDENTIFIERS[arn.service, kind]}"
    else:
        resource = _named(arn.resource)
    return ":".join(("arn", *arn._replace(resource=resource)))


def _bucket(text: str) -> str:
    if _ONLY_X.match(text):
        return "example-bucket"
    begun = f"{_NAME}{text}" if text[:1] in ("-", ".") else _FILLED_START.sub(f"{_NAME}-", text)
    return f"{begun}{_NAME}" if begun[-1:] in ("-", ".") else _FILLED_END.sub(f"-{_NAME}", begun)


def _named(text: str) -> str:
    for pattern, identifier in _FILLED.items():
        text = pattern.sub(identifier, text)
    better = _SHORTEST.sub(_NAME, text)
    return f"{better}{_NAME}" if _OPEN_END.search(better) else better
