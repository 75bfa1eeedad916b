"""Context keys that follow from the principal, the resource and the time. Source: spec context-keys.md sections 2 to 7,
sagemaker.md sections 2 and 4.

What the asker states always wins; what is filled in is listed in the decision, so that a reader sees it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from workbench.evaluation.callers import Caller, CallerKind, role_arn
from workbench.evaluation.calls import made_by
from workbench.evaluation.context import Context, key_meant
from workbench.evaluation.facts import Facts
from workbench.evaluation.request import ContextValue, Request
from workbench.evaluation.values import read_date
from workbench.policy.arns import parse_arn

Derived = tuple[str, ContextValue]

GLOBAL_SERVICES = frozenset({"iam", "organizations", "cloudfront", "route53", "route53domains", "account"})
GLOBAL_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""Where the control plane of the global services stands, by partition (of other services than IAM inferred)."""
_WITHOUT_RESOURCE_ACCOUNT = frozenset({"ebs", "events"})
_ACTIONS_WITHOUT_RESOURCE_ACCOUNT = frozenset(
    {
        "ec2:accepttransitgatewaypeeringattachment",
        "ec2:acceptvpcendpointconnections",
        "ec2:acceptvpcpeeringconnection",
        "ec2:copyfpgaimage",
        "ec2:copyimage",
        "ec2:copysnapshot",
        "ec2:createtransitgatewaypeeringattachment",
        "ec2:createvolume",
        "ec2:createvpcendpoint",
        "ec2:createvpcpeeringconnection",
        "ec2:deletetransitgatewaypeeringattachment",
        "ec2:deletevpcpeeringconnection",
        "ec2:rejecttransitgatewaypeeringattachment",
        "ec2:rejectvpcendpointconnections",
        "ec2:rejectvpcpeeringconnection",
        "route53:associatevpcwithhostedzone",
        "route53:createvpcassociationauthorization",
        "route53:deletevpcassociationauthorization",
        "route53:disassociatevpcfromhostedzone",
        "route53:listhostedzonesbyvpc",
        "workspaces:describeworkspaceimages",
    }
)
"""Lower-cased; AWS's page on global keys names them as not carrying aws:ResourceAccount."""
_TAGS_NOT_SEEN = frozenset(
    {
        "sagemaker:deleteimageversion",
        "sagemaker:describeimageversion",
        "sagemaker:listalgorithms",
        "sagemaker:listcoderepositories",
        "sagemaker:listcompilationjobs",
        "sagemaker:listendpointconfigs",
        "sagemaker:listendpoints",
        "sagemaker:listflowdefinitions",
        "sagemaker:listhumantaskuis",
        "sagemaker:listhyperparametertuningjobs",
        "sagemaker:listlabelingjobs",
        "sagemaker:listlabelingjobsforworkteam",
        "sagemaker:listmodelpackages",
        "sagemaker:listmodels",
        "sagemaker:listnotebookinstancelifecycleconfigs",
        "sagemaker:listnotebookinstances",
        "sagemaker:listsubscribedworkteams",
        "sagemaker:listtags",
        "sagemaker:listprocessingjobs",
        "sagemaker:listtrainingjobs",
        "sagemaker:listtrainingjobsforhyperparametertuningjob",
        "sagemaker:listtransformjobs",
        "sagemaker:listworkteams",
        "sagemaker:search",
    }
)
_SAGEMAKER_ALIASES = (
    ("sagemaker:VolumeKmsKey", "sagemaker:VolumeKmsKeyArn"),
    ("sagemaker:OutputKmsKey", "sagemaker:OutputKmsKeyArn"),
    ("sagemaker:DomainSharingOutputKmsKey", "sagemaker:DomainSharingOutputKmsKeyArn"),
    ("sagemaker:FeatureGroupOnlineStoreKmsKey", "sagemaker:FeatureGroupOnlineStoreKmsKeyArn"),
    ("sagemaker:FeatureGroupOfflineStoreKmsKey", "sagemaker:FeatureGroupOfflineStoreKmsKeyArn"),
    ("sagemaker:HomeEfsFileSystemKmsKey", "sagemaker:VolumeKmsKeyArn"),
)
_REQUEST_TAG, _RESOURCE_TAG, _SAGEMAKER_TAG = "aws:requesttag/", "aws:resourcetag/", "sagemaker:resourcetag/"
RESOURCE_TAGS = (_RESOURCE_TAG, _SAGEMAKER_TAG, "iam:resourcetag/")
"""How the keys begin, lower-cased, that hold the tags of the resource where tags_not_seen applies."""


_MFA, _VIA, _ISSUED = "aws:multifactorauthpresent", "aws:viaawsservice", "aws:tokenissuetime"
_CHAIN_ENDS = ("aws:calledviafirst", "aws:calledvialast")
_FOLLOWERS = {
    "aws:multifactorauthage": (_MFA, _ISSUED),
    _ISSUED: (_MFA,),
    _MFA: (_ISSUED,),
    _VIA: (_MFA, _ISSUED),
    "aws:calledvia": (_VIA, _MFA, _ISSUED, *_CHAIN_ENDS),
    **dict.fromkeys(_CHAIN_ENDS, (_VIA, _MFA, _ISSUED)),
    "aws:currenttime": ("aws:epochtime", _ISSUED),
    "aws:epochtime": ("aws:currenttime", _ISSUED),
    "aws:sourcearn": ("aws:sourceaccount",),
    **{old.lower(): (new.lower(),) for old, new in _SAGEMAKER_ALIASES},
}
for _old, _new in _SAGEMAKER_ALIASES:
    _FOLLOWERS[_new.lower()] = (*_FOLLOWERS.get(_new.lower(), ()), _old.lower())
_ALTERED = frozenset({"aws:epochtime", "aws:currenttime", _ISSUED, "aws:sourceaccount", *_CHAIN_ENDS})


def followers(key: str) -> tuple[str, ...]:
    """The lower-cased keys that may be derived from the lower-cased `key`, as build_context does."""
    for beginning, others in (
        (_REQUEST_TAG, (_RESOURCE_TAG, _SAGEMAKER_TAG)),
        (_RESOURCE_TAG, (_SAGEMAKER_TAG,)),
        (_SAGEMAKER_TAG, (_RESOURCE_TAG,)),
    ):
        if key.startswith(beginning):
            found = tuple(other + key[len(beginning) :] for other in others)
            return ("aws:tagkeys", *found) if beginning == _REQUEST_TAG else found
    return _FOLLOWERS.get(key, ())


def follows_from_presence(follower: str) -> bool:
    """Whether a follower's value says nothing of the other key's but whether it is there, or true."""
    return follower in (_MFA, _VIA)


def is_altered(follower: str) -> bool:
    """Whether a follower's value is made of the other key's value: neither the same nor said by its presence alone."""
    return follower in _ALTERED


def tags_not_seen(action: str) -> str:
    """The reason why tags of the resource have no effect on conditions of the call; empty: they have."""
    if action.lower() in _TAGS_NOT_SEEN:
        return f"AWS does not test resource tags for {action} (older documentation)."
    if action.lower() == "iam:passrole":
        return "The tags of a role cannot limit iam:PassRole, so they were left out."
    return ""


def build_context(
    request: Request, caller: Caller, action: str, resource: str, account: str, facts: Facts, now: datetime
) -> tuple[Context, tuple[Derived, ...]]:
    """The whole context of one authorization, and what of it was derived. `account` is the resource's, `now` aware."""
    given = {key_meant(key).lower() for key in (*request.context, *request.absent)}
    stated = Context(request.context.items(), facts.is_multivalued)
    derived: list[Derived] = []
    now = _stated_time(stated) or now

    def add(items: Iterator[Derived]) -> None:
        for key, value in items:
            if key.lower() not in given:
                given.add(key.lower())
                derived.append((key, value))

    add(_about_principal(caller, stated, now))
    add(_about_call(caller, stated, action, resource, account, now))
    add(_about_tags(request, action, resource, facts))
    if action.lower().startswith("sagemaker:"):
        add(_about_sagemaker(request, action, facts))
    items = [*derived, *request.context.items()]
    if tags_not_seen(action):
        items = [(key, value) for key, value in items if not key.lower().startswith(RESOURCE_TAGS)]
    return Context(items, facts.is_multivalued), tuple(derived)


def _stated_time(stated: Context) -> datetime | None:
    """The time that the request states, so that every key of time agrees with it."""
    text = stated.variable("aws:CurrentTime") or stated.variable("aws:EpochTime") or ""
    seconds = read_date(text)
    try:
        return None if seconds is None else datetime.fromtimestamp(int(seconds), UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _about_principal(caller: Caller, stated: Context, now: datetime) -> Iterator[Derived]:
    kind = caller.kind
    if kind is CallerKind.ANONYMOUS:
        yield "aws:PrincipalAccount", "anonymous"
        yield "aws:PrincipalType", "Anonymous"
        yield "aws:userid", "anonymous"
        return
    if kind is CallerKind.FEDERATED:  # such calls are not signed, and the session is not there yet
        return
    yield "aws:PrincipalIsAWSService", "true" if kind is CallerKind.SERVICE else "false"
    if kind is CallerKind.SERVICE:
        yield "aws:PrincipalType", "Service"
        yield "aws:PrincipalServiceName", caller.service
        yield "aws:PrincipalServiceNamesList", (caller.service,)
        if (source := parse_arn(stated.variable("aws:SourceArn") or "")) and source.account:
            yield "aws:SourceAccount", source.account
        return
    yield "aws:PrincipalAccount", caller.account
    yield "aws:PrincipalArn", role_arn(caller) if kind is CallerKind.ROLE_SESSION else caller.arn
    match kind:
        case CallerKind.ROOT:
            yield "aws:PrincipalType", "Account"
            yield "aws:userid", caller.account
        case CallerKind.USER:
            yield "aws:PrincipalType", "User"
            yield "aws:username", caller.name
        case CallerKind.FEDERATED_USER:
            yield "aws:PrincipalType", "FederatedUser"
            yield "aws:userid", f"{caller.account}:{caller.name}"
        case _:
            yield "aws:PrincipalType", "AssumedRole"
    if kind in (CallerKind.ROLE_SESSION, CallerKind.FEDERATED_USER):
        yield "aws:TokenIssueTime", _instant(now)
        yield "aws:MultiFactorAuthPresent", "true" if "aws:MultiFactorAuthAge" in stated else "false"
        return
    mfa = "true" if "aws:MultiFactorAuthAge" in stated else stated.variable("aws:MultiFactorAuthPresent")
    if mfa is not None and (mfa.lower() == "true" or not _is_forwarded(stated)):
        yield "aws:TokenIssueTime", _instant(now)  # only temporary credentials say anything of MFA
        yield "aws:MultiFactorAuthPresent", mfa
    elif "aws:TokenIssueTime" in stated or _is_forwarded(stated):
        # temporary credentials of a user, or a service that reuses a user's (K03)
        yield "aws:MultiFactorAuthPresent", "false"


def _is_forwarded(stated: Context) -> bool:
    """Whether the request says that a service calls with the caller's credentials."""
    chain = ("aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast")
    return stated.variable("aws:ViaAWSService") == "true" or any(stated.get(key) for key in chain)


def _about_call(
    caller: Caller, stated: Context, action: str, resource: str, account: str, now: datetime
) -> Iterator[Derived]:
    yield "aws:CurrentTime", _instant(now)
    yield "aws:EpochTime", str(int(now.timestamp()))
    yield "aws:SecureTransport", "true"
    yield "aws:UserAgent", "simulator"
    chain = stated.get("aws:CalledVia")
    services = (chain,) if isinstance(chain, str) else chain or ()
    yield "aws:ViaAWSService", "true" if _is_forwarded(stated) else "false"
    if services:
        yield "aws:CalledViaFirst", services[0]
        yield "aws:CalledViaLast", services[-1]
    yield "aws:ViaAWSMCPService", "false"
    arn = parse_arn(resource)
    service = action.partition(":")[0].lower()
    if service in GLOBAL_SERVICES:
        partition = arn.partition if arn is not None else caller.partition or "aws"
        if region := GLOBAL_REGIONS.get(partition):
            yield "aws:RequestedRegion", region
    elif arn is not None and arn.region and not set("*?") & set(arn.region):
        yield "aws:RequestedRegion", arn.region
    without_account = service in _WITHOUT_RESOURCE_ACCOUNT or action.lower() in _ACTIONS_WITHOUT_RESOURCE_ACCOUNT
    if account and not without_account:
        yield "aws:ResourceAccount", account


def _about_tags(request: Request, action: str, resource: str, facts: Facts) -> Iterator[Derived]:
    """Tags of the resource under both spellings; those of the request where the call makes the resource, after those
    that are stated of it, which win (context-keys.md section 4)."""
    in_sagemaker = action.lower().startswith("sagemaker:")
    for key, value in request.context.items() if in_sagemaker else ():
        if key.lower().startswith(_RESOURCE_TAG):
            yield f"sagemaker:ResourceTag/{key[len(_RESOURCE_TAG) :]}", value
        elif key.lower().startswith(_SAGEMAKER_TAG):
            yield f"aws:ResourceTag/{key[len(_SAGEMAKER_TAG) :]}", value
    tags = [(key[len(_REQUEST_TAG) :], value) for key, value in request.context.items() if _is_request_tag(key)]
    if not tags:
        return
    yield "aws:TagKeys", tuple(dict.fromkeys(key for key, _ in tags))
    if facts.creates(action) and resource in ("*", made_by(action, request.resources)):
        for key, value in tags:
            yield f"aws:ResourceTag/{key}", value
            if in_sagemaker:
                yield f"sagemaker:ResourceTag/{key}", value


def _is_request_tag(key: str) -> bool:
    return key.lower().startswith(_REQUEST_TAG)


def _about_sagemaker(request: Request, action: str, facts: Facts) -> Iterator[Derived]:
    stated = {key.lower(): value for key, value in request.context.items()}
    for old, new in _SAGEMAKER_ALIASES:
        if (found := stated.get(old.lower())) is not None:
            yield new, found
        if (found := stated.get(new.lower())) is not None:
            yield old, found
    if facts.supports_key(action, "sagemaker:NetworkIsolation"):
        yield "sagemaker:NetworkIsolation", "false"


def _instant(now: datetime) -> str:
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
