"""Short ways to ask the judge in tests: policies as Python values, no catalog unless a test wants one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from workbench.evaluation.decision import Decision
from workbench.evaluation.facts import NoFacts
from workbench.evaluation.judge import Judge
from workbench.evaluation.request import NamedPolicy, PolicySet, Principal, Request, Scenario

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
USER = "arn:aws:iam::111111111111:user/u"


def statement(effect: str = "Allow", action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    """One statement; `condition` and `principal` may be given in lower case."""
    built = {"Effect": effect, "Action": action, "Resource": resource}
    for name, value in more.items():
        key = name[0].upper() + name[1:]
        if key in ("NotAction", "NotResource"):
            del built[key.removeprefix("Not")]
        built[key] = value
    return built


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return statement("Allow", action, resource, **more)


def deny(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return statement("Deny", action, resource, **more)


def policy(*statements: dict[str, Any], name: str = "P", version: str | None = "2012-10-17") -> NamedPolicy:
    document: dict[str, Any] = {"Version": version} if version else {}
    return NamedPolicy(name, json.dumps({**document, "Statement": list(statements)}))


def judge() -> Judge:
    """A judge without a catalog whose clock stands still."""
    return Judge(NoFacts(), lambda: NOON)


def ask(
    policies: PolicySet,
    action: str = "s3:GetObject",
    resource: str | Sequence[str] = "arn:aws:s3:::b/k",
    principal: Principal | str = USER,
    context: Mapping[str, Any] | None = None,
    **more: Any,
) -> Decision:
    """The decision. `more` goes to the Request, `management_account` to the Scenario."""
    management = more.pop("management_account", "")
    resources = (resource,) if isinstance(resource, str) else tuple(resource)
    who = Principal(arn=principal) if isinstance(principal, str) else principal
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in (context or {}).items()}
    request = Request(who, action, resources, context=values, **more)
    return judge().decide(Scenario(request, policies, management_account=management))


def identity(*statements: dict[str, Any], **more: Any) -> PolicySet:
    """A policy set of one identity policy."""
    return PolicySet(identity=(policy(*statements, **more),))
