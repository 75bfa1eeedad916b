"""From a call to every authorization AWS checks for it. Source: spec evaluation.md sections 3 and 9.1, sagemaker.md
sections 2 and 5, context-keys.md K12."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from workbench.errors import ScenarioError
from workbench.evaluation.facts import Facts
from workbench.evaluation.request import ContextValue, Request
from workbench.policy.arns import parse_arn

STUDIO_TAGS = ("sagemaker:domain-arn", "sagemaker:user-profile-arn")
"""The tags Studio puts on what it creates (names inferred: spec sagemaker.md section 2)."""

SESSION_TAGS_NOTE = "Session tags need sts:TagSession in the trust policy and in identity policies (inferred)."
ASKED_WITH_TAGS = "That is asked where the request has tags; this one only states keys of them."
STUDIO_NOTE = "Studio tags what it creates; the names of its tags are inferred."
PASSED_SERVICE_NOTE = "iam:PassedToService is taken to be {service}, from the action's prefix (inferred)."

_REQUEST_TAG = "aws:requesttag/"
_PASSED_TO, _ASSOCIATED = "iam:passedtoservice", "iam:associatedresourcearn"
_OF_PASS_ROLE = frozenset({_PASSED_TO, _ASSOCIATED})
"""Lower-cased keys that are present on iam:PassRole only (context-keys.md section 5)."""
_OF_SESSION = frozenset(
    {
        "ec2:roledelivery",
        "ec2:sourceinstancearn",
        "identitystore:identitystorearn",
        "identitystore:userid",
        "lambda:sourcefunctionarn",
        "ssm:sourceinstancearn",
    }
)
"""Lower-cased keys of services that every request of such a session carries (the list inferred in part)."""
_PASSES_SESSION_TAGS = frozenset({"sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity"})
"""Lower-cased actions whose tags are the session's (evaluation.md section 9.2)."""
_ACTION = re.compile(r"[A-Za-z0-9_-]+:[A-Za-z0-9_.-]+")


class Part(NamedTuple):
    """One authorization of a call: the request with the context that this check sees, and why the call needs it."""

    request: Request
    action: str
    resource: str
    why: str


class Expansion(NamedTuple):
    parts: tuple[Part, ...]
    notes: tuple[str, ...]


def read_action(text: str) -> str:
    """An action to ask about: exactly one `service:Name`. Raises ScenarioError."""
    if not _ACTION.fullmatch(text):
        raise ScenarioError(
            f"{text!r} is not one action: write a service prefix, a colon and a name, such as s3:GetObject.",
            "request.action",
        )
    return text


def expand(request: Request, facts: Facts) -> Expansion:
    """Every authorization of the call, its own action first; of a request asked `alone` only that. Raises ScenarioError
    if the call makes no sense."""
    read_action(request.action)
    notes: list[str] = []
    passes_tags = bool(request.tags)
    request = _with_tags(request, facts, notes)
    action = facts.spelled(request.action)
    own = request
    if request.pass_role is not None:  # the call itself does not carry what is said of the role
        own = replace(request, context={k: v for k, v in request.context.items() if k.lower() not in _OF_PASS_ROLE})
    parts = [Part(own, action, resource, "") for resource in _resources(request, facts, notes)]
    if request.alone:
        return Expansion(tuple(parts), tuple(notes))
    tagging = facts.adds_tags_with(action)
    if tagging is not None and _sends_tags(request.context):
        context = {**own.context, "sagemaker:TaggingAction": action.partition(":")[2]}
        why = "the call tags what it creates"
        parts.append(Part(replace(request, context=context), tagging, _created(action, request.resources), why))
        notes.append("sagemaker:TaggingAction is taken to be the name of the create operation (spelling inferred).")
    if action.lower() in _PASSES_SESSION_TAGS and _sends_tags(request.context):
        if passes_tags:
            why = "the call passes session tags"
            parts += (part._replace(action="sts:TagSession", why=why) for part in tuple(parts))
        notes.append(SESSION_TAGS_NOTE if passes_tags else f"{SESSION_TAGS_NOTE} {ASKED_WITH_TAGS}")
    if request.pass_role is not None:
        parts.append(_pass_role(request, action, notes))
    return Expansion(tuple(parts), tuple(notes))


def _sends_tags(context: Mapping[str, ContextValue]) -> bool:
    """Whether the call carries tags: stated one by one, or by their keys alone."""
    return any(k.lower().startswith(_REQUEST_TAG) or (k.lower() == "aws:tagkeys" and any(context[k])) for k in context)


def _with_tags(request: Request, facts: Facts, notes: list[str]) -> Request:
    tags: dict[str, str] = dict(request.tags)
    if request.studio and facts.creates(request.action):
        arn = parse_arn(request.resources[0])
        base = f"arn:{arn.partition}:sagemaker:{arn.region}:{arn.account}" if arn else "arn:aws:sagemaker:us-east-1:"
        values = (f"{base}:domain/d-studio", f"{base}:user-profile/d-studio/user")
        tags = {**dict(zip(STUDIO_TAGS, values, strict=True)), **tags}
        notes.append(STUDIO_NOTE)
    if not tags:
        return request
    if not facts.creates(request.action) and facts.supports_key(request.action, "aws:RequestTag/x") is False:
        notes.append(f"The catalog does not list tags as something {request.action} can carry.")
    stated: dict[str, ContextValue] = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    context: Mapping[str, ContextValue] = {**stated, **request.context}
    return replace(request, context=context, tags={}, studio=False)


def _created(action: str, resources: tuple[str, ...]) -> str:
    """The resource that the call makes: the one whose type the action is named after, else the first."""
    made = action.partition(":")[2].lower().removeprefix("create")
    for resource in resources:
        arn = parse_arn(resource)
        if arn is not None and arn.resource.partition("/")[0].replace("-", "").lower() == made:
            return resource
    return resources[0]


def _resources(request: Request, facts: Facts, notes: list[str]) -> tuple[str, ...]:
    if facts.has_resource_types(request.action) is False and request.resources != ("*",):
        notes.append(f"{request.action} is not authorized on single resources, so it is judged against the resource *.")
        return ("*",)
    return request.resources


def _pass_role(request: Request, action: str, notes: list[str]) -> Part:
    assert request.pass_role is not None
    arn = parse_arn(request.pass_role.arn)
    if arn is None or arn.service != "iam" or not arn.resource.startswith("role/"):
        raise ScenarioError(f"{request.pass_role.arn!r} is not the ARN of a role.", "request.passRole")
    stated = next((v for k, v in request.context.items() if k.lower() == _PASSED_TO), "")
    service = request.pass_role.service or (stated if isinstance(stated, str) else "".join(stated[:1]))
    if not service:
        service = f"{action.partition(':')[0].lower()}.amazonaws.com"
        notes.append(PASSED_SERVICE_NOTE.format(service=service))
    kept = {k: v for k, v in request.context.items() if _is_about_caller(k) or k.lower() == _ASSOCIATED}
    passing = replace(
        request,
        context={**kept, "iam:PassedToService": service},
        resource_account="",
        pass_role=None,
    )
    return Part(passing, "iam:PassRole", request.pass_role.arn, f"the call hands the role to {service}")


def _is_about_caller(key: str) -> bool:
    """Whether a key says the same of the PassRole check as of the call (K12, "same principal keys"): the global keys
    that are not about the resource, the request's tags or its Region, and what a session brings from where it began.
    No other key of a service can be in the context of iam:PassRole."""
    lower = key.lower()
    if lower.startswith("aws:"):
        return not lower.startswith(("aws:requesttag/", "aws:resource", "aws:tagkeys", "aws:requestedregion"))
    prefix = lower.partition(":")[0]
    return lower in _OF_SESSION or prefix == "saml" or "." in prefix  # a host names an OIDC provider
