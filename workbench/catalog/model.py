"""What the catalog answers with: values only, immutable, safe to share. Source: spec catalog.md section 2."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Level: TypeAlias = Literal["List", "Read", "Write", "Tagging", "Permissions management"]
Status: TypeAlias = Literal["current", "retired"]
When: TypeAlias = Literal["always", "tags", "vpc", "key", "unknown"]
Presence: TypeAlias = Literal["always", "usual", "sometimes", ""]


class Source(NamedTuple):
    """A package that the catalog was compiled from. `date` is empty where the package does not say it."""

    number: int
    package: str
    version: str
    date: str
    sha256: str


class Service(NamedTuple):
    """`last_seen`: the date of the newest source that has it; empty if that source is undated. So everywhere below."""

    prefix: str
    name: str
    category: str
    rcp_supported: bool
    status: Status
    last_seen: str


class ResourceType(NamedTuple):
    """`arn` is AWS's format, such as `arn:${Partition}:sagemaker:${Region}:${Account}:endpoint/${EndpointName}`."""

    service: str
    name: str
    arn: str
    keys: tuple[str, ...]
    status: Status
    last_seen: str


class ResourceRow(NamedTuple):
    """A resource type that an action works on, and the condition keys of that type under this action."""

    type: str
    required: bool
    keys: tuple[str, ...]


class Dependent(NamedTuple):
    """A further action that the caller must be allowed. `date`: as of when a published catalog lists it; `note`: what
    it hangs on that no request says (empty: nothing); `passed_to`: of iam:PassRole the service principal that gets the
    role, empty where it is not known."""

    action: str
    when: When
    date: str
    inferred: bool
    note: str = ""
    passed_to: str = ""


class Action(NamedTuple):
    """One action in its documented spelling.

    `dependents` are those that a published catalog lists (none: "the catalog lists none", never "none needed");
    `documented_dependents` are those that only the service's own pages name. `permission_only` is None if not known.
    """

    service: str
    name: str
    full_name: str
    level: Level
    rows: tuple[ResourceRow, ...]
    keys: tuple[str, ...]
    dependents: tuple[Dependent, ...]
    documented_dependents: tuple[Dependent, ...]
    permission_only: bool | None
    status: Status
    last_seen: str


class ConditionKey(NamedTuple):
    """A condition key; `name` may end in a placeholder such as `${TagKey}`.

    `type`: String, ARN, Bool, Numeric, Date, IPAddress, ArrayOfString, ArrayOfARN, ArrayOfBool, or empty if not known.
    `service`: the text before the first colon. `services`: the services that list it. `presence` and `when` are for
    global keys only. `inferred`: not in a published catalog, the project's own decision.
    """

    name: str
    type: str
    other_types: tuple[str, ...]
    service: str
    services: tuple[str, ...]
    status: Status
    last_seen: str
    deprecated_for: str | None
    presence: Presence
    when: str
    inferred: bool

    @property
    def multivalued(self) -> bool:
        return self.type.startswith("ArrayOf")

    @property
    def base_type(self) -> str:
        """The type of one value: `ArrayOfString` holds String."""
        return self.type.removeprefix("ArrayOf")

    @property
    def is_global(self) -> bool:
        return self.service == "aws"
