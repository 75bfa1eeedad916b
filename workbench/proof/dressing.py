"""Names that a person takes for names, in place of the shortest texts that the search found.

Nothing is decided here: whoever asks replays the request with the better names, and keeps the first one if it is not
confirmed. The identifiers are the placeholders that AWS's documentation uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

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
_UNPLACED = ("s3", "iam", "sts", "cloudfront", "organizations", "route53")
"""Services whose ARNs may have neither Region nor account."""


def dressed(request: Request) -> Iterator[Request]:
    """The request with better names, the most changed first; nothing if there is nothing to better."""
    resources = tuple(_better(text, HOME) for text in request.resources)
    given = next(
        (v for k, v in request.context.items() if k.lower() == "aws:sourceaccount" and isinstance(v, str)), HOME
    )
    context = {key: _value(_dated(key, value), given) for key, value in request.context.items()}
    if context != request.context:
        yield replace(request, resources=resources, context=context)
    if resources != request.resources:
        yield replace(request, resources=resources)


def _dated(key: str, value: ContextValue) -> ContextValue:
    """A moment as a person reads it, where the search found it in seconds."""
    if key.lower() not in _MOMENTS or not isinstance(value, str) or not value.isdigit():
        return value
    with suppress(OverflowError, OSError, ValueError):
        return datetime.fromtimestamp(int(value), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value


def _value(value: ContextValue, account: str) -> ContextValue:
    return _better(value, account) if isinstance(value, str) else tuple(_better(v, account) for v in value)


def _better(text: str, account: str) -> str:
    if text in ("", "*", "/"):
        return text
    arn = parse_arn(text)
    if arn is None:
        return _named(text.replace("..", f".{_REGION}."))
    if not (arn.region or arn.account) and arn.service not in _UNPLACED:
        arn = arn._replace(region=_REGION, account=account)
    kind, slash, rest = arn.resource.partition("/")
    if arn.service == "s3" and arn.region == "" and kind == "x":
        resource = f"example-bucket{slash}{_named(rest) if rest else ''}"
    elif slash and rest in ("x", "") and (arn.service, kind) in _IDENTIFIERS:
        resource = f"{kind}/{_IDENTIFIERS[arn.service, kind]}"
    else:
        resource = _named(arn.resource)
    return ":".join(("arn", *arn._replace(resource=resource)))


def _named(text: str) -> str:
    better = _SHORTEST.sub(_NAME, text)
    return f"{better}{_NAME}" if _OPEN_END.search(better) else better
