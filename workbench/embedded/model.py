"""What is found in a file that is no policy itself. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from workbench.document.nodes import Problem
from workbench.document.span import Span
from workbench.embedded.source_map import SourceMap
from workbench.policy.kinds import PolicyKind


class Unread(NamedTuple):
    """A place where a policy should be and none can be read, and what stands there in a few characters."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class EmbeddedPolicy:
    """One policy in a file. `name` says where, such as `Resources.Role.Properties.PolicyDocument`; `text` is its JSON,
    `source` the way back; `written` says that the author wrote that JSON, so that edits of it are edits of the file.
    `kind` is None where the file does not say it."""

    name: str
    text: str
    source: SourceMap
    kind: PolicyKind | None
    resource_type: str | None = None
    written: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    """The policies of a file in its order, the places that cannot be read, and why the file as a whole cannot."""

    policies: tuple[EmbeddedPolicy, ...] = ()
    unread: tuple[Unread, ...] = ()
    problem: Problem | None = None
