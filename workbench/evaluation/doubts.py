"""What is suspicious in a request though AWS may take it: said beside the answer, never refused, since AWS knows new
actions and resources every day. Decides nothing. Source: design.md section 5, spec catalog.md 6, sagemaker.md 3.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.catalog.catalog import Catalog
from workbench.catalog.model import Action, ResourceType
from workbench.evaluation.services import names_alias_for_key
from workbench.policy.arns import parse_arn

ALTERNATIVE_TYPES = frozenset(
    {
        "sagemaker:addassociation",
        "sagemaker:batchgetmetrics",
        "sagemaker:batchputmetrics",
        "sagemaker:deleteassociation",
        "sagemaker:disassociatetrialcomponent",
        "sagemaker:listaliases",
    }
)
"""Lower-cased actions of which each "required" type is one of several (inferred: sagemaker.md section 3)."""


def doubts(catalog: Catalog, action: str, resources: tuple[str, ...]) -> Iterator[str]:
    """Sentences about an action that no catalog has and about resources that are none of the action's."""
    found = catalog.action(action)
    if found is None:
        words = f"{action} is not in the {catalog.version_text.partition(' (')[0]}; it was judged as written."
        yield f"{words} {catalog.candidates(action).sentence}".rstrip()
    elif found.status != "current":
        yield f"{found.full_name} was last seen in the catalog of {found.last_seen or 'an older date'}."
    for resource in resources:
        yield from _about(catalog, found, resource)
    if found is not None:
        yield from _missing(catalog, found, resources)


def _about(catalog: Catalog, action: Action | None, resource: str) -> Iterator[str]:
    if resource == "*":
        return
    if parse_arn(resource) is None:
        yield f"{resource} is no ARN; the call is judged as if its resource were called so."
    elif "*" in resource or "?" in resource:
        yield f"{resource} is read as the name of one resource: in a request * and ? stand for themselves."
    elif action is not None and action.rows and not names_alias_for_key(action.full_name.lower(), resource):
        types = _types(catalog, action)
        if types and not any(catalog.fits(resource, type_) for type_ in types):
            yield f"{resource} fits no format that the catalog lists for a resource of {action.full_name}."


def _types(catalog: Catalog, action: Action, required: bool = False) -> list[ResourceType]:
    wanted = {row.type.lower() for row in action.rows if row.required or not required}
    return [t for t in catalog.resource_types(action.service, include_retired=True) if t.name.lower() in wanted]


def _missing(catalog: Catalog, action: Action, resources: tuple[str, ...]) -> Iterator[str]:
    """Types of resource that every call of the action is about and that this one names none of."""
    if action.full_name.lower() in ALTERNATIVE_TYPES or "*" in resources:
        return
    required = _types(catalog, action, required=True)
    named = [t for t in required if any(catalog.fits(resource, t) for resource in resources)]
    if named and len(named) < len(required):
        words = " and ".join(t.name for t in required if t not in named)
        yield f"{action.full_name} is authorized on {words} as well, and none is named: name it to have it checked."
