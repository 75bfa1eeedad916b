"""What the evaluation must know of services that no policy says. The catalog answers it, or a test itself."""

from __future__ import annotations

from typing import Protocol

from workbench.catalog.model import Dependent


class Facts(Protocol):
    """Facts about actions (`service:Name`, case ignored) and services (prefixes, lower case)."""

    def has_resource_types(self, action: str) -> bool | None:
        """Whether the action is authorized on resources; False: on `*` only; None: not known."""

    def creates(self, action: str) -> bool:
        """Whether the action makes a new resource that it can tag."""

    def adds_tags_with(self, action: str) -> str | None:
        """The action that a call with tags needs as well (`sagemaker:AddTags`), if there is one."""

    def supports_key(self, action: str, key: str) -> bool:
        """Whether the catalog lists the condition key for the action."""

    def dependents(self, action: str) -> tuple[Dependent, ...]:
        """The further actions that a call may need its caller to be allowed."""

    def doubts(self, action: str, resources: tuple[str, ...]) -> tuple[str, ...]:
        """What is suspicious about the action and the resources that the call names, in sentences."""

    def is_multivalued(self, key: str) -> bool | None:
        """Whether the service's context key (none of `aws:`) holds a list; None: not known."""

    def key_type(self, key: str) -> str:
        """AWS's word for the type of a condition key (`String`, `ArrayOfARN` …); empty: not known."""

    def rcp_supported(self, service: str) -> bool:
        """Whether resource control policies apply to the service."""

    def spelled(self, action: str) -> str:
        """The documented spelling of the action, or as given if it is not known."""


class NoFacts:
    """Facts where there is no catalog: nothing is known."""

    def has_resource_types(self, action: str) -> bool | None:
        return None

    def creates(self, action: str) -> bool:
        return action.partition(":")[2].lower().startswith("create")

    def adds_tags_with(self, action: str) -> str | None:
        return None

    def supports_key(self, action: str, key: str) -> bool:
        return False

    def dependents(self, action: str) -> tuple[Dependent, ...]:
        return ()

    def doubts(self, action: str, resources: tuple[str, ...]) -> tuple[str, ...]:
        return ()

    def is_multivalued(self, key: str) -> bool | None:
        return None

    def key_type(self, key: str) -> str:
        return ""

    def rcp_supported(self, service: str) -> bool:
        return service in ("s3", "sts", "kms", "sqs", "secretsmanager")

    def spelled(self, action: str) -> str:
        return action
