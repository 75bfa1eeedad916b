"""AWS services that act for anybody: a statement that lets one in, without a test for whom it acts. Source: spec
findings.md section 3.7.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.evaluation.request import Principal
from workbench.findings.asking import STRANGER, allowed_scenario, requests_under, trust_scenario
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Finding
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import ConditionTest, ConditionValue, Effect, Item, Statement
from workbench.policy.operators import Family

AS_OF = "2026-11-25"
SENDS_SOURCE = frozenset(
    f"{name}.amazonaws.com"
    for name in (
        *("appflow", "backup", "bedrock", "bedrock-agentcore", "cloudtrail", "codebuild", "comprehend", "config"),
        *("databrew", "datasync", "dms", "firehose", "glue", "imagebuilder", "iot", "kendra", "kinesisanalytics"),
        *("lex", "lexv2", "logs", "osis-pipelines", "personalize", "pipes", "rekognition", "resource-groups"),
        *("sagemaker", "scheduler", "ssm", "states", "textract", "transcribe", "transfer", "translate"),
        "vpc-flow-logs",
    )
)
"""Services of which AWS's guides say that aws:SourceArn or aws:SourceAccount limits for whom they assume a role, as of
AS_OF (the list inferred)."""
_ACCOUNT_PART = 4
_SOURCES = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner"})


def trusted_for_anybody(context: CheckContext) -> Iterator[Finding]:
    """Each service of the list that can assume the role whoever it acts for."""
    if context.kind is not PolicyKind.TRUST:
        return
    for _, item in _services(context):
        if item.text.lower() not in SENDS_SOURCE:
            continue
        name = item.text.partition(".")[0]
        source = f"arn:aws:{name}:us-east-1:{STRANGER}:example"
        stated = {"aws:SourceArn": source, "aws:SourceAccount": STRANGER}
        asked = trust_scenario(context, Principal(service=item.text.lower()), stated)
        scenario = allowed_scenario(context, asked)
        if scenario is not None:
            yield context.report(
                "CONFUSED_DEPUTY_IN_TRUST",
                f"{item.text} may assume the role whoever it acts for, also for another account. "
                "Test aws:SourceAccount or aws:SourceArn in a condition.",
                item.place,
                note=f"services that send their source as of {AS_OF}; the list is inferred",
                scenario=scenario,
            )


def source_too_wide(context: CheckContext) -> Iterator[Finding]:
    """Each test of aws:SourceArn that is the only test of a service's source and leaves the account open."""
    if context.kind is not PolicyKind.RESOURCE:
        return
    for statement, item in _services(context):
        tests = [t for t in statement.conditions if t.key.lower() in _SOURCES and _is_positive(t)]
        if not tests or any(t.key.lower() != "aws:sourcearn" for t in tests):
            continue
        for test in tests:
            for value in test.values:
                source = _of_stranger(value)
                if source is None:
                    continue
                stated = {"aws:SourceArn": source, "aws:SourceAccount": STRANGER}
                caller = Principal(service=item.text)
                scenario = allowed_scenario(context, *requests_under(context, statement, caller, stated))
                if scenario is not None:
                    what = "bucket" if _is_of_buckets(source.split(":")) else "account"
                    yield context.report(
                        "CONFUSED_DEPUTY_SOURCE_TOO_WIDE",
                        f"{value.text} leaves the {what} open, so that {item.text} may act here for resources of "
                        f"any account. Name the {what} in it, or test aws:SourceAccount as well.",
                        value.place,
                        item.place,
                        scenario=scenario,
                    )


def _services(context: CheckContext) -> Iterator[tuple[Statement, Item]]:
    """The services that Allow statements name, each with its statement."""
    for statement in context.statements if context.whole else ():
        principal = statement.principal
        if statement.effect is not Effect.ALLOW or principal is None or principal.negated:
            continue
        for kind, item in principal.entries:
            if kind == "Service" and not context.templated(item.node):
                yield statement, item


def _is_positive(test: ConditionTest) -> bool:
    operator = test.operator
    return operator is not None and not operator.base.negated and operator.base.family is not Family.EXISTENCE


def _of_stranger(value: ConditionValue) -> str | None:
    """An ARN in an account nobody named that the pattern may take; None if it keeps to one account or to buckets that
    it names, whose names are one's own everywhere. Whether the operator takes it, the evaluation says."""
    parts = value.text.split(":", _ACCOUNT_PART + 1)
    if "${" in value.text or (len(parts) <= _ACCOUNT_PART + 1 and not value.text.endswith("*")):
        return None
    account = parts[_ACCOUNT_PART] if len(parts) > _ACCOUNT_PART else "*"
    if _is_of_buckets(parts) and account in ("", "*"):
        if len(parts) > _ACCOUNT_PART + 1 and parts[-1][:1] not in ("*", "?"):
            return None
    elif not account or account.strip("*?"):
        return None
    owner = STRANGER if account else ""
    words = ("arn", "aws", "sns", "us-east-1", owner, "example")
    given = (p.replace("*", w).replace("?", "x") for p, w in zip(parts, words, strict=False))
    filled = [*given, *words[len(parts) :]]
    return ":".join([*filled[:_ACCOUNT_PART], owner, filled[-1]])


def _is_of_buckets(parts: list[str]) -> bool:
    return parts[2:3] == ["s3"]


CHECKS = (
    Check("services trusted for anybody", ("CONFUSED_DEPUTY_IN_TRUST",), trusted_for_anybody, judged=True),
    Check("sources of services", ("CONFUSED_DEPUTY_SOURCE_TOO_WIDE",), source_too_wide, judged=True),
)
