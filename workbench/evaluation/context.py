"""The context of a request: keys and values, looked up the way AWS does. Source: spec conditions.md section 1."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from workbench.evaluation.request import ContextValue

MULTIVALUED_GLOBAL_KEYS = frozenset(
    {
        "aws:calledvia",
        "aws:principalorgpaths",
        "aws:principalservicenameslist",
        "aws:resourceorgpaths",
        "aws:sourceorgpaths",
        "aws:tagkeys",
        "aws:vpceorgpaths",
    }
)
"""Lower-cased. Source: spec context-keys.md sections 2 to 4, the rows marked MV."""


_RENAMED = {"aws:arn": "aws:PrincipalArn"}
"""Lower-cased old names of keys. Source: spec findings.md section 2.2, DEPRECATED_GLOBAL_CONDITION_KEY (inferred)."""


def key_meant(key: str) -> str:
    """The key by the name that it has now; itself where it has no other."""
    return _RENAMED.get(key.lower(), key)


class Context:
    """Keys that ignore case → values. Immutable once built. A key that is not there is absent."""

    __slots__ = ("_is_multivalued", "_open", "_twins", "_values")

    def __init__(
        self,
        items: Iterable[tuple[str, ContextValue]],
        is_multivalued: Callable[[str], bool | None] = lambda key: None,
    ) -> None:
        """Of two items with the same spelling the later counts. Keys that differ only by case are kept apart.
        An old name of a key is the key. `is_multivalued` says of a key of a service whether it holds a list; None: as
        it is given."""
        self._is_multivalued = is_multivalued
        self._open: frozenset[str] = frozenset()
        self._values: dict[str, ContextValue] = {}
        spelled: dict[str, dict[str, ContextValue]] = {}
        for written, value in items:
            key = key_meant(written)
            spelled.setdefault(key.lower(), {})[key] = self._normal(key, value)
        self._twins: dict[str, dict[str, ContextValue]] = {}
        for lower, named in spelled.items():
            # Inferred: with no exact spelling asked for, the first in sorted order counts.
            self._values[lower] = named[min(named)]
            if len(named) > 1:
                self._twins[lower] = named

    def get(self, key: str, lower: str | None = None) -> ContextValue | None:
        """The value of `key`, None if absent. `lower` is `key.lower()`, for callers that have it."""
        lower = key.lower() if lower is None else lower
        value = self._values.get(lower)
        if value is not None and self._twins and (named := self._twins.get(lower)):
            return named.get(key, value)
        return value

    def __contains__(self, key: str) -> bool:
        return key.lower() in self._values

    @property
    def twins(self) -> tuple[str, ...]:
        """One spelling of each key that is given in several."""
        return tuple(min(named) for named in self._twins.values())

    def variable(self, key: str) -> str | None:
        """What `${key}` stands for: the text of a single-valued key. A multivalued key may not be a variable and has
        no value (inferred)."""
        value = self.get(key)
        return value if isinstance(value, str) else None

    def with_items(self, items: Mapping[str, ContextValue]) -> Context:
        """This context and `items` over it."""
        merged = Context((), self._is_multivalued)
        merged._open = self._open.difference(k.lower() for k in items)
        merged._values = {**self._values, **{k.lower(): self._normal(k, v) for k, v in items.items()}}
        replaced = {k.lower() for k in items}
        merged._twins = {k: v for k, v in self._twins.items() if k not in replaced}
        return merged

    def opened(self, keys: Iterable[str]) -> Context:
        """This context, with lower-cased keys of which the value it has is only one of those they may have."""
        copy = Context((), self._is_multivalued)
        copy._values, copy._twins, copy._open = self._values, self._twins, frozenset(keys)
        return copy

    def is_open(self, lower: str) -> bool:
        """Whether the value of the lower-cased key is not known. `get` and the like answer as if it were."""
        return lower in self._open

    def holds_list(self, key: str) -> bool | None:
        """Whether the key is one that holds a list; None: not known, so it is as it is given."""
        lower = key.lower()
        return lower in MULTIVALUED_GLOBAL_KEYS if lower.startswith("aws:") else self._is_multivalued(key)

    def _normal(self, key: str, value: ContextValue) -> ContextValue:
        """A list for every key that is known to be multivalued; the value itself where a key known to be single-valued
        was given as a list of one, as AWS's simulator gives all of them (conditions.md section 1)."""
        if not isinstance(value, str) and len(value) != 1:
            return value
        many = self.holds_list(key)
        if many is None or many is not isinstance(value, str):
            return value
        return (value,) if isinstance(value, str) else value[0]
