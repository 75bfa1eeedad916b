"""From a call to every authorization AWS checks for it. Source: spec evaluation.md sections 3 and 9.1, sagemaker.md
sections 2 and 5, context-keys.md K12."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from workbench.catalog.model import Dependent
from workbench.errors import ScenarioError
from workbench.evaluation.facts import Facts
from workbench.evaluation.request import ContextValue, Request
from workbench.policy.arns import parse_arn

STUDIO_TAGS = ("sagemaker:domain-arn", "sagemaker:user-profile-arn")
"""The tags Studio puts on what it creates (names inferred: spec sagemaker.md section 2)."""

SOURCE_IDENTITY_NOTE = (
    "A source identity needs sts:SetSourceIdentity in the trust policy and, of a caller with credentials, in its own "
    "policies too."
)
SESSION_TAGS_NOTE = "Session tags need sts:TagSession in the trust policy and in identity policies (inferred)."
UNTAGGED_NOTE = (
    "The catalog does not say that {action} needs sagemaker:AddTags for its tags, so it was not asked (inferred)."
)
LINKED_ROLE_NOTE = (
    "iam:CreateServiceLinkedRole is asked as if there were no such role yet; where there is one, AWS does not ask "
    "(inferred)."
)
STUDIO_NOTE = "Studio tags what it creates; the names of its tags are inferred."
PASS_ROLE_NOTE = (
    "{action} needs iam:PassRole for the role that it hands over as well: state the role to have it checked{mark}."
)
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
_BEGINS_SESSION = frozenset({"sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity"})
"""Lower-cased actions whose tags and source identity are the session's (evaluation.md section 9.2)."""
_TAGGING_ACTION = "sagemaker:taggingaction"
_LINKED_ROLES = {"sagemaker": "AWSServiceRoleForAmazonSageMakerNotebooks"}
"""Service → the service-linked role that its calls make (the name inferred from that of its managed policy)."""
_NAMED = 6
_ROLE = re.compile(r"arn:[a-z-]+:iam::[0-9]{12}:role/([!-~]+/)?[A-Za-z0-9_+=,.@-]+")
_SERVICE = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_ACTION = re.compile(r"[A-Za-z0-9_-]+:[A-Za-z0-9_.-]+")


class Part(NamedTuple):
    """One authorization of a call: the request with the context that this check sees, and why the call needs it.
    `by_service`: the service asks for it, so that it does not come through the caller's VPC endpoint."""

    request: Request
    action: str
    resource: str
    why: str
    by_service: bool = False


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
    notes: list[str] = [*facts.doubts(request.action, request.resources)]
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
        parts.append(_tagging(request, own, action, tagging, notes))
    elif _may_tag(action) and _sends_tags(request.context):
        notes.append(UNTAGGED_NOTE.format(action=action))
    if action.lower() in _BEGINS_SESSION:
        parts += _of_session(request, tuple(parts), notes)
    if request.pass_role is not None:
        parts.append(_pass_role(request, action, notes))
    parts += _dependents(request, action, facts, notes)
    return Expansion(tuple(parts), tuple(notes))


def _of_session(request: Request, assuming: tuple[Part, ...], notes: list[str]) -> Iterator[Part]:
    """What the tags and the source identity of a new session need besides. A source identity is set by the call, or
    goes on from the caller's own session (IAM User Guide, Monitor and control actions taken with assumed roles)."""
    if _sends_tags(request.context):
        notes.append(SESSION_TAGS_NOTE)
        yield from (part._replace(action="sts:TagSession", why="the call passes session tags") for part in assuming)
    why = ""
    if _carries(request, "sts:sourceidentity"):
        why = "the call sets a source identity"
    elif ":assumed-role/" in request.principal.arn and _carries(request, "aws:sourceidentity"):
        why = "the source identity of the caller's session goes on into the new one"
    if why:
        notes.append(SOURCE_IDENTITY_NOTE)
        yield from (part._replace(action="sts:SetSourceIdentity", why=why) for part in assuming)


def _tagging(request: Request, own: Request, action: str, tagging: str, notes: list[str]) -> Part:
    """The check of the tagging action, which is told by whom it is asked for unless the request says otherwise."""
    context = dict(own.context)
    if not {_TAGGING_ACTION} & {key.lower() for key in (*context, *request.absent)}:
        context["sagemaker:TaggingAction"] = action.partition(":")[2]
        notes.append("sagemaker:TaggingAction is taken to be the name of the create operation (spelling inferred).")
    made = made_by(action, request.resources)
    if len(request.resources) > 1 and not _is_named_after(action, made):
        notes.append(f"The tags are taken to be those of {made}, the first resource named (inferred).")
    return Part(replace(request, context=context), tagging, made, "the call tags what it creates")


def _may_tag(action: str) -> bool:
    service, _, name = action.lower().partition(":")
    return service == "sagemaker" and name not in ("addtags", "deletetags")


def _sends_tags(context: Mapping[str, ContextValue]) -> bool:
    """Whether the call carries tags: stated one by one, or by their keys alone."""
    return any(k.lower().startswith(_REQUEST_TAG) or (k.lower() == "aws:tagkeys" and any(context[k])) for k in context)


def _with_tags(request: Request, facts: Facts, notes: list[str]) -> Request:
    tags: dict[str, str] = dict(request.tags)
    if request.studio and facts.creates(request.action) and request.action.lower().startswith("sagemaker:"):
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


def made_by(action: str, resources: tuple[str, ...]) -> str:
    """The resource that the call makes: the one whose type the action is named after, else the first."""
    return next((resource for resource in resources if _is_named_after(action, resource)), resources[0])


def _is_named_after(action: str, resource: str) -> bool:
    made = action.partition(":")[2].lower().removeprefix("create")
    arn = parse_arn(resource)
    return arn is not None and arn.resource.partition("/")[0].replace("-", "").lower() == made


def _resources(request: Request, facts: Facts, notes: list[str]) -> tuple[str, ...]:
    if facts.has_resource_types(request.action) is False and request.resources != ("*",):
        notes.append(f"{request.action} is not authorized on single resources, so it is judged against the resource *.")
        return ("*",)
    return request.resources


def check_role(arn: str, path: str) -> None:
    """Raises ScenarioError unless the text is the ARN of one role."""
    if not _ROLE.fullmatch(arn):
        raise ScenarioError(f"{arn!r} is not the ARN of a role.", path)


def check_service(name: str, path: str) -> None:
    """Raises ScenarioError unless the text is empty or has the form of a service principal."""
    if name and not _SERVICE.fullmatch(name):
        raise ScenarioError(f"{name!r} is no service principal; one is such as sagemaker.amazonaws.com.", path)


def _pass_role(request: Request, action: str, notes: list[str]) -> Part:
    assert request.pass_role is not None
    check_role(request.pass_role.arn, "request.passRole")
    check_service(request.pass_role.service, "request.passRole")
    stated = next((v for k, v in request.context.items() if k.lower() == _PASSED_TO), "")
    service = request.pass_role.service or (stated if isinstance(stated, str) else "".join(stated[:1]))
    if not service:
        service = f"{action.partition(':')[0].lower()}.amazonaws.com"
        notes.append(PASSED_SERVICE_NOTE.format(service=service))
    said = {k: v for k, v in request.context.items() if k.lower() == _ASSOCIATED}
    passing = _apart(request, {**said, "iam:PassedToService": service})
    return Part(passing, "iam:PassRole", request.pass_role.arn, f"the call hands the role to {service}", True)


def _apart(request: Request, context: Mapping[str, ContextValue]) -> Request:
    """The request of another check that the call brings about: what it says of the caller, and `context`."""
    kept = {k: v for k, v in request.context.items() if _is_about_caller(k)}
    return replace(request, context={**kept, **context}, resource_account="", pass_role=None)


def _dependents(request: Request, action: str, facts: Facts, notes: list[str]) -> Iterator[Part]:
    """What the catalog says that the call needs besides. What it always needs is asked; of what hangs on something, or
    on a role, key or network whose own policies have a say, is said that it was not (sagemaker.md section 5)."""
    by_network, by_key, by_more = [], [], []
    for need in facts.dependents(action):
        if need.when == "tags" or (need.action == "iam:PassRole" and request.pass_role is not None):
            continue
        if need.action == "iam:PassRole" and need.when == "always":
            mark = " (inferred)" if need.inferred else ""
            notes.append(PASS_ROLE_NOTE.format(action=action, mark=mark))
        elif need.when == "always":
            yield _dependent(request, need.action, action, facts, notes)
        elif need.when == "vpc":
            by_network.append(need)
        elif need.when == "key":
            by_key.append(need)
        else:
            by_more.append(need)
    if by_network and _states(request, "vpcsubnets", "vpcsecuritygroupids"):
        notes.append(
            f"{action} in a VPC needs {_listed(by_network)} as well: ask for them by themselves, none was here."
        )
    if by_key and (_states(request, "kmskey") or not facts.supports_key(action, "sagemaker:VolumeKmsKeyArn")):
        notes.append(
            f"{action} with a KMS key needs {_listed(by_key)} as well: ask for them by themselves, with the key's own "
            "policy, none was here."
        )
    if by_more:
        notes.append(
            f"{action} may need {_listed(by_more)} as well: that hangs on more than was stated, none was asked."
        )


def _dependent(request: Request, needed: str, action: str, facts: Facts, notes: list[str]) -> Part:
    service = action.partition(":")[0]
    context: dict[str, ContextValue] = {}
    resource = "*"
    if needed == "iam:CreateServiceLinkedRole":
        arn = parse_arn(request.principal.arn) or parse_arn(request.resources[0])
        context["iam:AWSServiceName"] = f"{service}.amazonaws.com"
        if arn is not None and service in _LINKED_ROLES:
            resource = (
                f"arn:{arn.partition}:iam::{arn.account}:role/aws-service-role/{service}.amazonaws.com/"
                f"{_LINKED_ROLES[service]}"
            )
        notes.append(LINKED_ROLE_NOTE)
    elif facts.has_resource_types(needed) is not False:
        notes.append(f"{needed} is asked of the resource *, as the call does not say of which one (inferred).")
    return Part(_apart(request, context), needed, resource, f"{action} depends on it", True)


def _carries(request: Request, name: str) -> bool:
    """Whether the key of this lower-cased name is in the request, which with an empty list it is not."""
    return any(key.lower() == name and value not in ((), []) for key, value in request.context.items())


def _states(request: Request, *names: str) -> bool:
    """Whether the request states a key, with a value, whose name holds one of `names`."""
    return any(value and name in key.lower() for key, value in request.context.items() for name in names)


def _listed(needs: list[Dependent]) -> str:
    words = [
        f"{n.action} ({', '.join(filter(None, (n.note, 'inferred' * n.inferred)))})".replace(" ()", "") for n in needs
    ]
    more = len(words) - _NAMED
    return ", ".join(words[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _is_about_caller(key: str) -> bool:
    """Whether a key says the same of the PassRole check as of the call (K12, "same principal keys"): the global keys
    that are not about the resource, the request's tags or its Region, and what a session brings from where it began.
    No other key of a service can be in the context of iam:PassRole."""
    lower = key.lower()
    if lower.startswith("aws:"):
        return not lower.startswith(("aws:requesttag/", "aws:resource", "aws:tagkeys", "aws:requestedregion"))
    prefix = lower.partition(":")[0]
    return lower in _OF_SESSION or prefix == "saml" or "." in prefix  # a host names an OIDC provider
