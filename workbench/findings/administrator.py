"""Policies that allow everything. Source: spec findings.md sections 1.3 and 3.4."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from workbench.evaluation.request import Scenario
from workbench.findings.context import Check, CheckContext
from workbench.findings.granting import Asked, Granted, Grants, grants_of, only_mfa, places_of
from workbench.findings.model import Finding
from workbench.findings.sample_arns import Sample, open_sample
from workbench.findings.whose import WHOEVER, for_each_holder

_USER = "arn:${Partition}:iam::${Account}:user/${UserNameWithPath}"

_ALL_NEEDED = (
    *("iam:CreateUser", "iam:AttachUserPolicy", "iam:PutRolePolicy", "iam:CreateAccessKey", "iam:CreatePolicyVersion"),
    "sts:AssumeRole",
)
_ONE_OF_EACH_LEVEL = (
    ("ec2:DescribeInstances", "s3:ListAllMyBuckets", "dynamodb:ListTables"),
    ("dynamodb:GetItem", "s3:GetObject", "sqs:ReceiveMessage"),
    ("ec2:RunInstances", "s3:PutObject", "lambda:CreateFunction"),
    ("ec2:CreateTags", "s3:PutObjectTagging", "lambda:TagResource"),
    ("s3:PutBucketPolicy", "lambda:AddPermission", "sns:AddPermission"),
)
_OF_NO_SERVICE = "anything:Any"
"""Only what is about every action takes it."""


def administrator_access(context: CheckContext) -> Iterator[Finding]:
    """One finding for a policy that allows any action on any resource."""
    everything = context.once(_all_everything)
    yield from for_each_holder(grants_of(context), lambda grants: _findings(context, everything[grants]))


def _findings(context: CheckContext, found: _Everything | None) -> Iterator[Finding]:
    if found is None or not places_of(found.grants):
        return
    yield context.report(
        "ADMINISTRATOR_ACCESS",
        f"{WHOEVER} may do anything with everything, and give itself or others any permission. "
        "Allow the actions and resources that the task needs.",
        *places_of(found.grants),
        scenario=found.scenario,
        assumption=tuple(dict.fromkeys(sentence for g in found.grants for sentence in g.assumption)),
    )


class _Everything(NamedTuple):
    grants: tuple[Granted, ...]
    scenario: Scenario


def lesser_grants(context: CheckContext) -> tuple[Grants, ...]:
    """What the policy grants each holder beside the statements that grant everything (folding, findings.md section
    1.3)."""
    return context.once(_lesser)


def _lesser(context: CheckContext) -> tuple[Grants, ...]:
    everything = context.once(_all_everything)
    return tuple(
        grants
        if found is None
        else grants.without(frozenset(g.statement.index for g in found.grants if g.place is not None))
        for grants, found in everything.items()
    )


def _all_everything(context: CheckContext) -> dict[Grants, _Everything | None]:
    return {grants: _everything(grants) for grants in grants_of(context)}


def _everything(grants: Grants) -> _Everything | None:
    if not (grants.may(_OF_NO_SERVICE) and all(map(grants.may, _ALL_NEEDED))):
        return None
    anywhere = Sample("*", True, {})
    found: list[Granted] = []
    for names in (*((name,) for name in _ALL_NEEDED), *_ONE_OF_EACH_LEVEL):
        granted = (grants.granted(Asked(name), anywhere) for name in names)
        one = next((g for g in granted if g is not None and _is_whole(g)), None)
        if one is None:
            return None
        found.append(one)
    user = open_sample("*", _USER, grants.home, grants.home.user)
    shown = grants.granted(Asked("iam:AttachUserPolicy"), user) if user is not None else None
    scenario = grants.scenario(shown) if shown is not None else None
    return _Everything(tuple(found), scenario) if scenario is not None else None


def _is_whole(granted: Granted) -> bool:
    """Whether it is granted on any resource, and no condition but MFA narrows it."""
    resources = granted.statement.resources
    return resources is not None and not resources.negated and only_mfa(granted)


CHECKS = (Check("access to everything", ("ADMINISTRATOR_ACCESS",), administrator_access, judged=True),)
