"""What the form asks the engine while a person types. A catalog that cannot be opened costs the completion, not the
form: the sentence is kept for the pane to show."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from workbench.engine import Engine, KeyInfo

COMPLETIONS = 50
EXAMPLE_ACCOUNT = "111122223333"
"""Stands in an ARN where no project says which account is meant; AWS's own documentation uses it so."""


class Lookups:
    """The engine's catalog questions, each answered or empty, never raising for a missing catalog."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.problem = ""
        self.context_keys = lru_cache(maxsize=64)(self._context_keys)
        self.arn_templates = lru_cache(maxsize=64)(self._arn_templates)

    def search_actions(self, typed: str) -> tuple[str, ...]:
        """Completions for what was typed: whole actions, or `service:` while no colon has been typed."""
        try:
            return self._engine.search_actions(typed, COMPLETIONS)
        except WorkbenchError as error:
            self.problem = str(error)
            return ()

    def knows_action(self, action: str) -> bool:
        """Whether the catalog has the action, in any case. True without a catalog: then nothing can be doubted."""
        try:
            return self._engine.knows_action(action)
        except WorkbenchError as error:
            self.problem = str(error)
            return True

    def _arn_templates(self, action: str, account: str) -> tuple[str, ...]:
        try:
            return self._engine.arn_templates(action, account=account or EXAMPLE_ACCOUNT)
        except WorkbenchError as error:
            self.problem = str(error)
            return ()

    def _context_keys(self, action: str) -> tuple[KeyInfo, ...]:
        try:
            return self._engine.context_keys(action)
        except WorkbenchError as error:
            self.problem = str(error)
            return ()

    def key_info(self, name: str) -> KeyInfo | None:
        """The catalog's word on a condition key; None for a key it does not have."""
        try:
            return self._engine.key_info(name)
        except WorkbenchError as error:
            self.problem = str(error)
            return None
