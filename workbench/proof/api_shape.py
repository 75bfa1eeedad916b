"""AWS's custom policy checks: their requests read, their responses written, our `witness` beside them.

Source: IAM Access Analyzer API Reference, CheckNoNewAccess, CheckAccessNotGranted, CheckNoPublicAccess.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from workbench.document.parser import parse
from workbench.errors import ScenarioError
from workbench.evaluation.request import PolicySet
from workbench.evaluation.scenario_reader import read_policies
from workbench.evaluation.scenario_writer import scenario_shape
from workbench.policy.guess import guess_kind
from workbench.policy.kinds import TRUST_POLICY_RESOURCE_TYPE, PolicyKind, PolicyType
from workbench.proof.questions import Access
from workbench.proof.verdicts import Result, Verdict

if TYPE_CHECKING:
    from workbench.proof.door import Proofs

Json = dict[str, Any]

NO_NEW_ACCESS, ACCESS_NOT_GRANTED, NO_PUBLIC_ACCESS = "no-new-access", "access-not-granted", "no-public-access"
CHECKS = (NO_NEW_ACCESS, ACCESS_NOT_GRANTED, NO_PUBLIC_ACCESS)

POLICY_TYPES = (PolicyType.IDENTITY_POLICY, PolicyType.RESOURCE_POLICY)
RESOURCE_TYPES = (
    "AWS::DynamoDB::Table",
    "AWS::DynamoDB::Stream",
    "AWS::EFS::FileSystem",
    "AWS::OpenSearchService::Domain",
    "AWS::Kinesis::Stream",
    "AWS::Kinesis::StreamConsumer",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::S3::Bucket",
    "AWS::S3::AccessPoint",
    "AWS::S3Express::DirectoryBucket",
    "AWS::S3::Glacier",
    "AWS::S3Outposts::Bucket",
    "AWS::S3Outposts::AccessPoint",
    "AWS::SecretsManager::Secret",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    TRUST_POLICY_RESOURCE_TYPE,
    "AWS::S3Tables::TableBucket",
    "AWS::ApiGateway::RestApi",
    "AWS::CodeArtifact::Domain",
    "AWS::Backup::BackupVault",
    "AWS::CloudTrail::Dashboard",
    "AWS::CloudTrail::EventDataStore",
    "AWS::S3Tables::Table",
    "AWS::S3Express::AccessPoint",
)
"""AWS's resource types of CheckNoPublicAccess; a test holds them against its service model."""

_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    NO_NEW_ACCESS: ("newPolicyDocument", "existingPolicyDocument", "policyType"),
    ACCESS_NOT_GRANTED: ("policyDocument", "access", "policyType"),
    NO_PUBLIC_ACCESS: ("policyDocument", "resourceType"),
}
_OF_SETS = ("newPolicies", "existingPolicies")
"""Ours, in place of the documents of NO_NEW_ACCESS: whole sets of policies, each as in a scenario."""
_MESSAGES: Mapping[tuple[str, Result], str] = {
    (NO_NEW_ACCESS, Result.PASS): "The modified permissions do not grant new access compared to your existing policy.",
    (NO_NEW_ACCESS, Result.FAIL): "The modified permissions grant new access compared to your existing policy.",
    (ACCESS_NOT_GRANTED, Result.PASS): (
        "The policy document does not grant access to perform the listed actions or resources."
    ),
    (ACCESS_NOT_GRANTED, Result.FAIL): (
        "The policy document grants access to perform one or more of the listed actions or resources."
    ),
    (NO_PUBLIC_ACCESS, Result.PASS): "The resource policy does not grant public access for the given resource type.",
    (NO_PUBLIC_ACCESS, Result.FAIL): "The resource policy grants public access for the given resource type.",
}


class WrongParameter(ValueError):
    """A parameter that the API would refuse: which (`path`), and one sentence."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path, self.message = path, message


class Check(NamedTuple):
    """One question as AWS's API asks it."""

    name: str
    parameters: Json


def read_check(name: str, parameters: Mapping[str, Any], also: Sequence[str] = ()) -> Check:
    """The check with its parameters, all known, present and of their types; documents as JSON text or as `Document`
    objects. `also`: further names to pass over. Raises WrongParameter."""
    known = _PARAMETERS[name]
    if name == NO_NEW_ACCESS and any(key in parameters for key in _OF_SETS):
        known = _OF_SETS
    for key in parameters:
        if key not in known and key not in also:
            raise WrongParameter(key, f"There is no parameter {key}; known are {', '.join(known)}.")
    for key in known:
        if key not in parameters:
            raise WrongParameter(key, f"The parameter {key} is missing.")
    found = {key: parameters[key] for key in known}
    for key in ("newPolicyDocument", "existingPolicyDocument", "policyDocument"):
        if key in found and not isinstance(found[key], str):
            raise WrongParameter(key, "A policy document is a JSON text.")
    for key in _OF_SETS:
        if key in found:
            found[key] = _policies(key, found[key])
    _one_of(found, "policyType", POLICY_TYPES)
    _one_of(found, "resourceType", RESOURCE_TYPES)
    if "access" in found:
        found["access"] = _access(found["access"])
    return Check(name, found)


def _one_of(found: Json, key: str, allowed: Sequence[str]) -> None:
    if key in found and found[key] not in allowed:
        raise WrongParameter(key, f"{key} must be one of {', '.join(allowed)}.")


def _policies(key: str, given: object) -> PolicySet:
    if not isinstance(given, str):
        raise WrongParameter(key, "A set of policies is the policies object of a scenario.")
    try:
        return read_policies(given)
    except ScenarioError as error:
        path = error.path.removeprefix("policies").removeprefix(".")
        raise WrongParameter(f"{key}.{path}" if path else key, error.message) from error


def _access(given: object) -> list[Access]:
    if not isinstance(given, list) or not given:
        raise WrongParameter("access", "access is a list of objects with actions or resources.")
    found: list[Access] = []
    for i, item in enumerate(given):
        at = f"access[{i}]"
        if not isinstance(item, dict) or not item or not item.keys() <= {"actions", "resources"}:
            raise WrongParameter(at, "An access has actions, resources or both, and nothing else.")
        for key, texts in item.items():
            if not isinstance(texts, list) or not texts or not all(isinstance(t, str) and t for t in texts):
                raise WrongParameter(f"{at}.{key}", f"{key} is a list of texts that are not empty.")
        for action in item.get("actions", ()):
            prefix, colon, name = action.partition(":")
            if action != "*" and not (prefix and colon and name and not set("*?") & set(prefix)):
                raise WrongParameter(f"{at}.actions", f"{action!r} is no action: write a service, a colon and a name.")
        found.append(Access(tuple(item.get("actions", ())), tuple(item.get("resources", ()))))
    return found


def answer(check: Check, proofs: Proofs) -> Json:
    """The response: `result`, `message`, `reasons` as in the API, then `witness` (a whole scenario) and `assumptions`
    where there are some. Raises ScenarioError for a document that AWS would refuse."""
    given = check.parameters
    match check.name:
        case "no-new-access" if "newPolicies" in given:
            verdict = proofs.no_new_access_of_sets(given["existingPolicies"], given["newPolicies"])
        case "no-new-access":
            kind = _kind(given["policyType"], given["newPolicyDocument"])
            verdict = proofs.no_new_access(given["existingPolicyDocument"], given["newPolicyDocument"], kind)
        case "access-not-granted":
            kind = _kind(given["policyType"], given["policyDocument"])
            verdict = proofs.access_not_granted(given["policyDocument"], given["access"], kind)
        case _:
            trust = given["resourceType"] == TRUST_POLICY_RESOURCE_TYPE
            verdict = proofs.no_public_access(
                given["policyDocument"], PolicyKind.TRUST if trust else PolicyKind.RESOURCE
            )
    return verdict_shape(check.name, verdict, of_sets="newPolicies" in given)


def _kind(policy_type: str, text: str) -> PolicyKind:
    """The kind of a document of AWS's policy type; a trust policy is told by what it says."""
    if policy_type == PolicyType.IDENTITY_POLICY:
        return PolicyKind.IDENTITY
    return PolicyKind.TRUST if guess_kind(parse(text)) is PolicyKind.TRUST else PolicyKind.RESOURCE


def verdict_shape(check: str, verdict: Verdict, *, of_sets: bool = False) -> Json:
    """The response of a check for a verdict. `of_sets`: a reason names the `policy` its statement is of."""
    message = _MESSAGES.get((check, verdict.result)) or f"Neither is proven: {verdict.why}."
    shape: Json = {"result": verdict.result.value, "message": message}
    shape["reasons"] = [
        {
            "description": reason.description,
            "statementIndex": reason.index,
            **({"statementId": reason.sid} if reason.sid else {}),
            **({"policy": reason.policy} if of_sets else {}),
        }
        for reason in verdict.reasons
    ]
    if verdict.witness is not None:
        shape["witness"] = scenario_shape(verdict.witness)
    assumptions = [*verdict.assumptions, *_left_open(verdict)]
    if assumptions:
        shape["assumptions"] = assumptions
    return shape


def _left_open(verdict: Verdict) -> list[str]:
    """The keys without whose values the witness would not be allowed, in a sentence."""
    if verdict.witness is None or not verdict.witness.request.context:
        return []
    context = verdict.witness.request.context
    held = [f"{k} is {v if isinstance(v, str) else ' and '.join(v)}" for k, v in sorted(context.items())]
    return [f"The witness is allowed only if {', '.join(held)}."]
