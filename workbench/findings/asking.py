"""Concrete requests under a resource or trust policy, replayed by the engine. Source: spec findings.md sections 3.6 and
3.7."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from workbench.errors import ScenarioError
from workbench.evaluation.decision import Outcome
from workbench.evaluation.request import ContextValue, NamedPolicy, PolicySet, Principal, Request, Scenario
from workbench.findings.context import CheckContext
from workbench.findings.sample_arns import ACCOUNT, OTHER, Home, named_samples, open_sample
from workbench.policy.model import Statement

STRANGER = "999988887777"
"""An account that nobody named."""
_FULL_ACCESS = NamedPolicy(
    "FullAccess", '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
)
_MOST_ACTIONS, _MOST_REQUESTS = 3, 6


def trust_scenario(
    context: CheckContext, caller: Principal, stated: Mapping[str, ContextValue], partition: str = "aws"
) -> Scenario:
    """The caller assumes the role whose trust policy this is; its own account lets it."""
    role = f"arn:{partition}:iam::{ACCOUNT}:role/{OTHER}"
    return _scenario(context, caller, "sts:AssumeRole", role, stated)


def requests_under(
    context: CheckContext, statement: Statement, caller: Principal, stated: Mapping[str, ContextValue]
) -> Iterator[Scenario]:
    """A few requests of the caller on which a statement of a resource policy has a say."""
    yield from islice(
        (_scenario(context, caller, action, arn, stated) for action, arn in _calls(context, statement)), _MOST_REQUESTS
    )


def _calls(context: CheckContext, statement: Statement) -> Iterator[tuple[str, str]]:
    elements, catalog = statement.actions, context.catalog
    if elements is None or elements.negated:
        return
    resources = statement.resources
    entries = ["*"] if resources is None or resources.negated else [i.text for i in resources.items]
    for item in elements.items:
        for name in catalog.expand_names(item.text)[:_MOST_ACTIONS] if item.text != "*" else ():
            for arn_format in (catalog.arn_formats(name) or ())[:1]:
                for entry in entries:
                    opened = open_sample(entry, arn_format, Home(), OTHER)
                    if opened is not None:
                        yield name, opened.arn
                    yield from ((name, s.arn) for s in named_samples(entry, arn_format, Home()) if not s.variables)


def _scenario(
    context: CheckContext, caller: Principal, action: str, arn: str, stated: Mapping[str, ContextValue]
) -> Scenario:
    fields = arn.split(":")
    account = fields[4] if len(fields) > 4 and fields[4].isdigit() else ACCOUNT
    request = Request(caller, action, (arn,), account, context=stated)
    identity = (_FULL_ACCESS,) if caller.arn else ()
    return Scenario(request, PolicySet(identity, resource=NamedPolicy("this policy", context.text)))


def allowed_scenario(context: CheckContext, *scenarios: Scenario) -> Scenario | None:
    """The first of the scenarios that the engine allows; None also for a policy that AWS would refuse."""
    for scenario in scenarios:
        try:
            if context.judge.prepare(scenario).outcome() is Outcome.ALLOWED:
                return scenario
        except ScenarioError:
            return None
    return None
