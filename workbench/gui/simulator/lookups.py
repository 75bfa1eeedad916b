"""What the form asks the engine while a person types. A catalog that cannot be opened costs the completion, not the
form: the sentence is kept for the pane to show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from workbench.engine import Engine, KeyInfo

COMPLETIONS = 50
_NAME = re.compile(r'"([a-z0-9-]+):[A-Za-z*?]')
EXAMPLE_ACCOUNT = "111122223333"
"""Stands in an ARN where no project says which account is meant; AWS's own documentation uses it so."""


@lru_cache(maxsize=2)
def named_services(text: str) -> tuple[str, ...]:
    """The prefixes of the actions and condition keys that a policy's text names, the most frequent first."""
    counts = Counter(match[1] for match in _NAME.finditer(text))
    return tuple(service for service, _ in counts.most_common() if service not in ("arn", "aws"))


class Lookups:
    """The engine's catalog questions, each answered or empty, never raising for a missing catalog."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.problem = ""
        self.context_keys = lru_cache(maxsize=64)(self._context_keys)
        self.arn_templates = lru_cache(maxsize=64)(self._arn_templates)

    def search_actions(self, typed: str, first: Sequence[str] = ()) -> tuple[str, ...]:
        """Completions for what was typed: whole actions, or `service:` while no colon has been typed; those of the
        services in `first` before others that fit alike."""
        try:
            return self._engine.search_actions(typed, COMPLETIONS, first)
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

    def suggest_action(self, action: str) -> str:
        """The action that an unknown one most likely stands for; empty if there is none."""
        try:
            return self._engine.suggest_action(action) or ""
        except WorkbenchError as error:
            self.problem = str(error)
            return ""

    def takes_resource(self, action: str, resource: str) -> bool:
        """Whether a request for the action may name the resource. True without a catalog."""
        try:
            return self._engine.takes_resource(action, resource)
        except WorkbenchError as error:
            self.problem = str(error)
            return True

    def carries_key(self, action: str, key: str) -> bool:
        """Whether a request for the action can carry the key, as far as the catalog knows."""
        try:
            return self._engine.carries_key(action, key)
        except WorkbenchError as error:
            self.problem = str(error)
            return True

    def passes_role(self, action: str) -> bool:
        """Whether the action is known to hand a role to a service. True without a catalog."""
        try:
            return self._engine.passes_role(action)
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
