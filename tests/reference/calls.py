"""From a call to its authorizations, and the context that each sees (evaluation.md 3, 9.1, 9.2; sagemaker.md 2, 4, 5;
context-keys.md 2 to 7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from tests.reference.callers import Caller
from tests.reference.conditions import Context, instant

CREATED = {  # what these actions make: the beginning of its ARN's last part (sagemaker.md 3)
    "sagemaker:createmodel": "model/",
    "sagemaker:createtrainingjob": "training-job/",
    "sagemaker:createendpoint": "endpoint/",
    "sqs:createqueue": "",
}
WITHOUT_RESOURCES = ("ec2:describeinstances", "sagemaker:listmodels")  # grammar.md 7, step 7
OPERATIONS = ("CreateModel", "CreateTrainingJob", "CreateEndpoint")  # as they are spelled
WITH_ISOLATION = ("sagemaker:createmodel", "sagemaker:createtrainingjob")  # sagemaker.md 4
WITHOUT_TAGS = ("sagemaker:listmodels", "iam:passrole")  # sagemaker.md 2; evaluation.md 9.1
GLOBAL = ("iam", "organizations", "cloudfront", "route53")
ROLE_IS_ASSUMED = ("sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity")
REQUEST_TAG = "aws:requesttag/"
AWS_TAG, SAGEMAKER_TAG = "aws:ResourceTag/", "sagemaker:ResourceTag/"


class Part(NamedTuple):
    """One authorization. `is_own`: the call's own action, on a resource whose policy the scenario gives. `named`: every
    resource that the call names."""

    action: str  # lower-cased
    resource: str
    owner: str  # the account that the request says owns the resource, "" if it does not
    stated: dict[str, Any]
    is_own: bool = False
    by_service: bool = False  # the service asks, not the caller through an endpoint
    named: tuple[str, ...] = ()


def parts_of(request: dict[str, Any]) -> Iterator[Part]:
    """Every authorization of the call: its action on each resource, what tags need, the role it hands over."""
    action, stated = request["action"].lower(), dict(request.get("context", {}))
    given = request.get("resource") or "*"
    named = given if isinstance(given, list) else [given]
    tags = request.get("tags", {})
    if request.get("studio") and action in CREATED:
        tags = {**studio_tags(named[0]), **tags}
    stated = {**{f"aws:RequestTag/{key}": value for key, value in tags.items()}, **stated}
    owner = request.get("resourceAccount", "")
    passes = request.get("passRole")
    # K12 and context-keys.md 5: what is said of the role is in the context of iam:PassRole alone
    of_role = ("iam:passedtoservice", "iam:associatedresourcearn")
    own = {k: v for k, v in stated.items() if not passes or k.lower() not in of_role}
    resources = ["*"] if action in WITHOUT_RESOURCES else named
    for resource in resources:
        yield Part(action, resource, owner, own, is_own=True, named=tuple(named))
    if action.startswith("sagemaker:") and action in CREATED and sends_tags(stated):
        operation = next(name for name in OPERATIONS if name.lower() == action.split(":")[1])
        yield Part("sagemaker:addtags", made_by(action, named), owner, {**stated, "sagemaker:TaggingAction": operation})
    if action in ROLE_IS_ASSUMED and sends_tags(stated):  # tags stated in the context are the call's as well
        for resource in resources:
            yield Part("sts:tagsession", resource, owner, own, is_own=True)
    if action in ROLE_IS_ASSUMED and sets_identity(request.get("principal"), stated):
        for resource in resources:
            yield Part("sts:setsourceidentity", resource, owner, own, is_own=True)
    if passes:
        yield passing(action, passes, stated)
    if action == "sqs:createqueue":  # made up (drawn.py says the same): what a call always needs besides
        kept = {k: v for k, v in stated.items() if is_of_caller(k.lower())}
        context = {**kept, "iam:AWSServiceName": "sqs.amazonaws.com"}
        yield Part("iam:createservicelinkedrole", "*", "", context, by_service=True)


def made_by(action: str, named: Sequence[str]) -> str:
    """sagemaker.md 3: the resource of the type that the action is named after, else the first (inferred)."""
    return next((r for r in named if r.split(":", 5)[-1].startswith(CREATED[action])), named[0])


def sets_identity(principal: Any, stated: dict[str, Any]) -> bool:
    """IAM User Guide: set by the call, or going on from the session of the role that calls."""
    keys = {key.lower() for key, value in stated.items() if value != []}
    chained = isinstance(principal, str) and ":assumed-role/" in principal and "aws:sourceidentity" in keys
    return "sts:sourceidentity" in keys or chained


def sends_tags(stated: dict[str, Any]) -> bool:
    keys = {key.lower(): value for key, value in stated.items()}
    return any(key.startswith(REQUEST_TAG) for key in keys) or any(keys.get("aws:tagkeys", []))


def studio_tags(resource: str) -> dict[str, str]:
    """sagemaker.md 2: the names are inferred."""
    _, partition, _, region, account, _ = resource.split(":", 5)
    base = f"arn:{partition}:sagemaker:{region}:{account}:"
    return {
        "sagemaker:domain-arn": f"{base}domain/d-studio",
        "sagemaker:user-profile-arn": f"{base}user-profile/d-studio/user",
    }


def passing(action: str, passes: Any, stated: dict[str, Any]) -> Part:
    """evaluation.md 9.1, K12: "separate context: … same principal keys"."""
    role, service = (passes, "") if isinstance(passes, str) else (passes["arn"], passes.get("service", ""))
    said = {key.lower(): value for key, value in stated.items()}
    service = service or said.get("iam:passedtoservice") or f"{action.split(':')[0]}.amazonaws.com"
    kept = {k: v for k, v in stated.items() if is_of_caller(k.lower()) or k.lower() == "iam:associatedresourcearn"}
    return Part("iam:passrole", role, "", {**kept, "iam:PassedToService": service}, by_service=True)


def is_of_caller(key: str) -> bool:
    """context-keys.md 2 to 4: of the principal, its session, its way and the time; not of resource, tags and Region."""
    others = (REQUEST_TAG, "aws:resource", "aws:tagkeys", "aws:requestedregion")
    return key.startswith("aws:") and not key.startswith(others)


def context_of(part: Part, request: dict[str, Any], caller: Caller, owner: str, now: datetime) -> Context:
    """What follows from principal, resource and time, unless the request says otherwise."""
    stated = Context(part.stated)
    said = {name.lower() for name in (*part.stated, *request.get("absent", []))}
    derived: dict[str, Any] = {}
    for key, value in (*of_resource(part, stated, owner), *of_caller(caller, stated), *of_call(stated, now)):
        if key.lower() not in said and value is not None:
            said.add(key.lower())
            derived[key] = time_of(stated, now) if key == "aws:TokenIssueTime" else value
    values = {**derived, **part.stated}
    if part.action in WITHOUT_TAGS:
        tags = ("aws:resourcetag/", "sagemaker:resourcetag/", "iam:resourcetag/")
        values = {key: value for key, value in values.items() if not key.lower().startswith(tags)}
    return Context(values)


def of_resource(part: Part, stated: Context, owner: str) -> Iterator[tuple[str, Any]]:
    action = part.action
    tags = {k[len(REQUEST_TAG) :]: v for k, v in part.stated.items() if k.lower().startswith(REQUEST_TAG)}
    yield "aws:ResourceAccount", owner or None
    parts = [*part.resource.split(":", 5), "", "", "", ""]
    is_global = action.split(":")[0] in GLOBAL
    yield "aws:RequestedRegion", "us-east-1" if is_global else parts[3] or None
    if tags:
        yield "aws:TagKeys", list(tags)
    if action.startswith("sagemaker:"):  # K08: the tags of a resource under both names
        for one, other in ((AWS_TAG, SAGEMAKER_TAG), (SAGEMAKER_TAG, AWS_TAG)):
            for key, value in part.stated.items():
                if key.lower().startswith(one.lower()):
                    yield other + key[len(one) :], value
        yield "sagemaker:VolumeKmsKeyArn", stated.raw("sagemaker:VolumeKmsKey")  # sagemaker.md 4, deprecated names
        yield "sagemaker:VolumeKmsKey", stated.raw("sagemaker:VolumeKmsKeyArn")
    if action in CREATED and part.resource in ("*", made_by(action, part.named)):  # K07
        for key, value in tags.items():
            yield AWS_TAG + key, value
            if action.startswith("sagemaker:"):
                yield SAGEMAKER_TAG + key, value
    if action in WITH_ISOLATION:
        yield "sagemaker:NetworkIsolation", "false"


def of_caller(caller: Caller, stated: Context) -> Iterator[tuple[str, Any]]:
    kinds = {"user": "User", "role": "AssumedRole", "federated-user": "FederatedUser", "root": "Account"}
    kinds |= {"service": "Service", "anonymous": "Anonymous"}
    yield "aws:PrincipalType", kinds.get(caller.kind)
    if caller.kind == "anonymous":
        yield from (("aws:PrincipalAccount", "anonymous"), ("aws:userid", "anonymous"))
    if caller.kind == "service":
        yield "aws:PrincipalIsAWSService", "true"
        yield "aws:PrincipalServiceName", caller.name
        yield "aws:PrincipalServiceNamesList", [caller.name]
        source = stated.variable("aws:SourceArn") or ""
        if source.count(":") >= 5:
            yield "aws:SourceAccount", source.split(":")[4] or None
    if not caller.account:
        return
    yield "aws:PrincipalIsAWSService", "false"
    yield "aws:PrincipalAccount", caller.account
    yield "aws:PrincipalArn", caller.arn
    yield "aws:username", caller.name if caller.kind == "user" else None
    ids = {"root": caller.account, "federated-user": f"{caller.account}:{caller.name}"}
    yield "aws:userid", ids.get(caller.kind)
    # an age is sent only where MFA was used, and only temporary credentials say anything of MFA (conditions.md 4)
    mfa = "true" if stated.raw("aws:MultiFactorAuthAge") is not None else stated.variable("aws:MultiFactorAuthPresent")
    says_so = mfa is not None and (mfa.lower() == "true" or not is_forwarded(stated))
    temporary = caller.kind in ("role", "federated-user") or says_so
    yield "aws:TokenIssueTime", "now" if temporary else None
    if mfa == "true" or (says_so and caller.kind in ("user", "root")):
        yield "aws:MultiFactorAuthPresent", mfa
    elif temporary or stated.raw("aws:TokenIssueTime") is not None or is_forwarded(stated):
        yield "aws:MultiFactorAuthPresent", "false"  # K03: also where a service reuses a user's long-term credentials


def is_forwarded(stated: Context) -> bool:
    chain = ("aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast")
    return stated.variable("aws:ViaAWSService") == "true" or any(stated.raw(key) for key in chain)


def time_of(stated: Context, now: datetime) -> str:
    """The keys of time agree with each other."""
    seconds = instant(stated.variable("aws:CurrentTime") or stated.variable("aws:EpochTime") or "")
    if seconds is not None:
        now = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(seconds))
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")


def of_call(stated: Context, now: datetime) -> Iterator[tuple[str, Any]]:
    text = time_of(stated, now)
    yield "aws:CurrentTime", text
    yield "aws:EpochTime", str(int(datetime.fromisoformat(text).timestamp()))
    yield "aws:SecureTransport", "true"
    yield "aws:ViaAWSService", "true" if is_forwarded(stated) else "false"
    chain = stated.raw("aws:CalledVia")
    if chain:
        yield from (("aws:CalledViaFirst", chain[0]), ("aws:CalledViaLast", chain[-1]))
