"""What can go wrong outside the policy itself. A bad policy is never an exception: it is a finding or an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.document.span import Span


class WorkbenchError(Exception):
    """Base of every error that a user may see. Its text is one sentence and names what to do it to."""


class ScenarioError(WorkbenchError):
    """A scenario that cannot be judged: `message` is one plain sentence, `path` the place in the scenario, such as
    `policies.identity[0].document.Statement[1].Effect` (empty: the whole). `policy` and `at`: the name of the policy it
    is about and the place in its text, where it is about one."""

    def __init__(self, message: str, path: str = "", policy: str = "", at: Span | None = None) -> None:
        super().__init__(message, path)
        self.message, self.path, self.policy, self.at = message, path, policy, at

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message
