"""Documents and answers for the tests of the room."""

from __future__ import annotations

import json
import os
from functools import cache
from typing import Any

from workbench.engine import Engine
from workbench.policy.kinds import PolicyKind
from workbench.proof.door import Proofs


def cases(often: int, seldom: int) -> int:
    """How many questions are drawn: one for so many cases of a long run, fewer where nobody asked for one."""
    found = int(os.environ.get("POLICY_WORKBENCH_CASES", "2000"))
    return max(1, found // (often if found > 2_000 else seldom))


@cache
def engine() -> Engine:
    return Engine()


def proofs() -> Proofs:
    return engine().proofs


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any = "*", **conditions: Any) -> dict[str, Any]:
    """An Allow statement; `conditions`: operator (with `__` for a colon) → {key: values}."""
    found: dict[str, Any] = {"Effect": "Allow", "Action": action, "Resource": resource}
    if conditions:
        found["Condition"] = {name.replace("__", ":"): block for name, block in conditions.items()}
    return found


def deny(action: Any, resource: Any = "*", **conditions: Any) -> dict[str, Any]:
    return {**allow(action, resource, **conditions), "Effect": "Deny"}


def granted_to(principal: Any, action: str = "s3:GetObject", **conditions: Any) -> dict[str, Any]:
    """A statement of a bucket policy."""
    return {**allow(action, "arn:aws:s3:::b/*", **conditions), "Principal": principal}


def new_access(old: str, new: str, kind: PolicyKind = PolicyKind.IDENTITY) -> Any:
    return proofs().no_new_access(old, new, kind)
