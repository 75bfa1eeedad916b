"""The catalog: which actions, resource types and condition keys there are, and what they are like.

Opening reads one file and decodes its index; a service is decoded the first time it is asked for. Every answer is
immutable. Safe to share between threads: two of them may decode the same service at once, and either result stands.
Source of the rules: spec catalog.md sections 2 to 7.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from workbench.catalog import arnformat, completion, glob, location, similar
from workbench.catalog.decode import ServiceBody, decode_service
from workbench.catalog.keys import KeyIndex
from workbench.catalog.model import Action, ConditionKey, Dependent, ResourceType, Service, Source, Status
from workbench.catalog.store import CatalogMissing, Store
from workbench.catalog.tables import tables
from workbench.policy.names import is_everything

_TAG_KEYS = ("aws:requesttag/", "aws:resourcetag/", "aws:tagkeys")


_OPEN_SERVICE = "${Vendor}"


class _Names(NamedTuple):
    """The names of one service, sorted by lower case; the two run in step."""

    lower: list[str]
    full: list[str]


class Catalog:
    """Look-up, expansion, completion and suggestions. Names are looked up ignoring case."""

    def __init__(self, store: Store) -> None:
        if store.header.get("kind") != "catalog":
            raise CatalogMissing(f"{store.path} is not a catalog: run packaging/run to rebuild it")
        self._store = store
        self.sources: tuple[Source, ...] = tuple(
            Source(row["number"], row["package"], row["version"], row["date"], row["sha256"])
            for row in store.header["sources"]
        )
        self._dates: Mapping[int, str] = {source.number: source.date for source in self.sources}
        self.date: str = store.header["date"]
        index = store.load("index")
        self._service_rows: Mapping[str, list[Any]] = {row[0]: row for row in index["services"]}
        self._names_text: Mapping[str, str] = index["names"]
        self._retired_text: Mapping[str, str] = index["retired"]
        self._key_rows: list[list[Any]] = index["keys"]
        self._arn_services: Mapping[str, list[str]] = index["arn_services"]
        unassociated = {prefix: tuple(services) for prefix, services in index["unassociated"].items()}
        self.unassociated: Mapping[str, tuple[str, ...]] = MappingProxyType(unassociated)
        self.category_names: Mapping[str, str] = MappingProxyType(index["categories"])
        self.counts: Mapping[str, Mapping[str, int]] = MappingProxyType(
            {number: MappingProxyType(counts) for number, counts in store.header["counts"].items()}
        )  # by source number: the sanity counts of spec catalog.md section 9
        self._services: dict[str, Service] = {}
        self._bodies: dict[str, ServiceBody] = {}
        self._names: dict[tuple[str, bool], _Names] = {}
        self._actions: dict[str, Action] = {}
        self._supported: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {}
        self._keys: KeyIndex | None = None
        self._completion: completion.Completion | None = None
        self._current_prefixes = sorted(name for name, names in self._names_text.items() if names)
        self._near: dict[str, similar.NearNames] = {}
        self._near_services: similar.NearNames | None = None
        self._words: dict[str, similar.Words] = {}
        self._formats: dict[str, tuple[arnformat.ArnFormat, ...]] = {}

    @classmethod
    def open(cls, path: Path | None = None) -> Self:
        """The catalog in `path`, by default the one that `location.find` finds. Raises CatalogMissing."""
        return cls(Store(location.find() if path is None else path))

    @property
    def version_text(self) -> str:
        """As the status bar, About, `--version` and every report show it."""
        newest = self.sources[0]
        return f"catalog {self.date} ({newest.package} {newest.version}; dependencies {self.dependents_date})"

    @property
    def dependents_date(self) -> str:
        """As of when dependent actions and permission-only actions are known."""
        return self._dates[self._store.header["dependents_source"]]

    # --- services -------------------------------------------------------------------------------------------------

    def service(self, prefix: str) -> Service | None:
        """Of a service prefix, current or retired; None if no source has it."""
        prefix = prefix.lower()
        found = self._services.get(prefix)
        if found is None and prefix in self._service_rows:
            _, name, category, rcp, number = self._service_rows[prefix]
            status: Status = "current" if number == 1 else "retired"
            found = Service(prefix, name, category, bool(rcp), status, self._dates[number])
            self._services[prefix] = found
        return found

    def services(self, include_retired: bool = False) -> tuple[Service, ...]:
        """Sorted by prefix."""
        found = (self.service(prefix) for prefix in sorted(self._service_rows))
        return tuple(service for service in found if service and (include_retired or service.status == "current"))

    def rcp_supported(self, service: str) -> bool:
        """Whether resource control policies may name the service."""
        found = self.service(service)
        return found is not None and found.rcp_supported

    # --- actions --------------------------------------------------------------------------------------------------

    def action(self, full_name: str) -> Action | None:
        """The action of a literal name such as `sagemaker:CreateModel`, current or retired; None if unknown."""
        lower = full_name.lower()
        found = self._actions.get(lower)
        if found is None:
            prefix, _, name = lower.partition(":")
            body = self._body(prefix)
            found = body.actions.get(name) if body else None
            if found is not None:
                self._actions[lower] = found
        return found

    def actions_of(self, service: str, include_retired: bool = False) -> tuple[Action, ...]:
        """All actions of a service, sorted by lower-cased name."""
        return self.expand(f"{service}:*", include_retired)

    def supported_keys(self, action: Action | str) -> tuple[str, ...]:
        """Condition keys that an action takes: its own, those of its resource rows, those of the resource types in
        these rows, in this order. Empty for an unknown action."""
        found = self.action(action) if isinstance(action, str) else action
        return self._support(found)[0] if found else ()

    def supports(self, action: Action | str, key: str) -> bool:
        """Whether an action takes a key, under its old or its new spelling. A global key other than the tag keys is
        taken by every action; an unknown key or action gives False."""
        found = self.action(action) if isinstance(action, str) else action
        known = self.key(key)
        if found is None or known is None:
            return False
        lower = known.name.lower()
        if known.is_global and not lower.startswith(_TAG_KEYS):
            return True
        return lower in self._support(found)[1]

    def supporting(self, pattern: str, key: str) -> tuple[Action, ...]:
        """The current actions that fit a pattern and take a key."""
        return tuple(action for action in self.expand(pattern) if self.supports(action, key))

    def _support(self, action: Action) -> tuple[tuple[str, ...], frozenset[str]]:
        name = action.full_name
        found = self._supported.get(name)
        if found is None:
            body = self._body(action.service)
            types = body.types if body else {}
            keys = dict.fromkeys(action.keys)
            for row in action.rows:
                keys.update(dict.fromkeys(row.keys))
            for row in action.rows:
                listed = types.get(row.type.lower())
                keys.update(dict.fromkeys(listed.keys if listed else ()))
            found = tuple(keys), self._canonical(keys)
            self._supported[name] = found
        return found

    def _canonical(self, names: Iterable[str]) -> frozenset[str]:
        """Lower-cased names under which a key counts as listed: an old spelling counts where the new one is listed,
        and the new one where the old one is."""
        out = set()
        aliases = tables().key_aliases
        for name in names:
            known = self.key(name)
            out.add((known.name if known else name).lower())
        out |= {new.lower() for old, new in aliases.items() if old in out}
        out |= {old for old, new in aliases.items() if new.lower() in out}
        return frozenset(out)

    def dependents(self, action: Action | str) -> tuple[Dependent, ...]:
        """All further actions that the caller of an action may need, published ones first."""
        found = self.action(action) if isinstance(action, str) else action
        return found.dependents + found.documented_dependents if found else ()

    def is_known_rejected(self, full_name: str) -> bool:
        """Whether AWS's validator was seen to reject a name (`svc:Name`, or a service) that a catalog may list."""
        own, lower = tables(), full_name.lower()
        return lower in own.rejected_actions or lower.partition(":")[0] in own.rejected_services

    @property
    def rejected_on(self) -> str:
        """The date of that observation."""
        return tables().rejected_on

    # --- wildcard expansion ---------------------------------------------------------------------------------------

    def expand_names(self, pattern: str, include_retired: bool = False) -> tuple[str, ...]:
        """Full names of the actions that an action pattern fits, in the order of `expand`. Decodes no service."""
        found: list[str] = []
        for prefix, glob_part in self._split(pattern, include_retired):
            names = self._names_of(prefix, include_retired)
            found += [names.full[at] for at in glob.select(glob_part, names.lower)]
        return tuple(found)

    def expand(self, pattern: str, include_retired: bool = False) -> tuple[Action, ...]:
        """The actions that an action pattern fits, sorted by service, then by lower-cased name."""
        found: list[Action] = []
        for prefix, glob_part in self._split(pattern, include_retired):
            names = self._names_of(prefix, include_retired)
            places = glob.select(glob_part, names.lower)
            body = self._body(prefix) if places else None
            if body is not None:
                found += [body.actions[names.lower[at]] for at in places]
        return tuple(found)

    def expand_not(self, patterns: Iterable[str]) -> tuple[str, ...]:
        """Full names of the current actions that no pattern fits: what a NotAction leaves in."""
        excluded = {name for pattern in patterns for name in self.expand_names(pattern)}
        return tuple(name for name in self.expand_names("*") if name not in excluded)

    def matches_any(self, pattern: str, include_retired: bool = True) -> bool:
        """Whether a pattern fits any action of any source; only current ones if `include_retired` is False."""
        return any(
            glob.select(glob_part, self._names_of(prefix, include_retired).lower)
            for prefix, glob_part in self._split(pattern, include_retired)
        )

    def _split(self, pattern: str, include_retired: bool) -> list[tuple[str, str]]:
        """(service, glob) pairs to look at. A wildcard in the prefix is no action pattern, but for `*` and `*:*`."""
        if is_everything(pattern):
            return [(prefix, "*") for prefix in self._service_rows if include_retired or self._names_text.get(prefix)]
        prefix, _, name = pattern.lower().partition(":")
        return [(prefix, name)] if prefix in self._service_rows else []

    # --- condition keys -------------------------------------------------------------------------------------------

    def key(self, name: str) -> ConditionKey | None:
        """The condition key that a name stands for, global ones and placeholders included; None if no source has it."""
        return self._key_index().find(name)

    def keys_of(self, service: str) -> tuple[ConditionKey, ...]:
        """The keys that a service lists, sorted by lower-cased name."""
        return self._key_index().of_service(service.lower())

    def global_keys(self) -> tuple[ConditionKey, ...]:
        """The table of global keys, in its order."""
        return self._key_index().global_keys

    @property
    def global_keys_date(self) -> str:
        return tables().global_keys_date

    def condition_keys_for(self, action: Action | str) -> tuple[ConditionKey, ...]:
        """For a table of context keys: the global keys that an ordinary request carries, then what the action takes."""
        keys = {key.name: key for key in self.global_keys() if key.presence in ("always", "usual")}
        for name in self.supported_keys(action):
            found = self.key(name)
            if found is not None:
                keys.setdefault(found.name, found)
        return tuple(keys.values())

    # --- resource types -------------------------------------------------------------------------------------------

    def resource_types(self, service: str, include_retired: bool = False) -> tuple[ResourceType, ...]:
        """The resource types of a service, sorted by name."""
        body = self._body(service.lower())
        types = body.types.values() if body else ()
        return tuple(found for found in types if include_retired or found.status == "current")

    def fits(self, arn_pattern: str, resource_type: ResourceType) -> bool:
        """Whether an ARN pattern as a policy writes it and the type's ARN format have a text in common."""
        return arnformat.texts_fit(arn_pattern, resource_type.arn)

    def takes(self, action: Action | str, resource: str) -> bool:
        """Whether a request for the action may name the resource. True for `*`, and where the catalog does not know
        better; an action without types takes `*` alone."""
        found = self.action(action) if isinstance(action, str) else action
        body = self._body(found.service) if found else None
        if found is None or body is None or found.status != "current" or resource == "*":
            return True
        types = [body.types.get(row.type.lower()) for row in found.rows]
        return any(type_ is None or self.fits(resource, type_) for type_ in types)

    def types_fitting(self, arn_pattern: str, service: str | None = None) -> tuple[ResourceType, ...]:
        """The current types that an ARN pattern fits, the closest (most literal text) first. `service`: a prefix; by
        default all services with formats of the ARN's service part, which must then be literal."""
        if service is not None:
            prefixes = [service.lower()]
        else:
            prefixes = list(self._arn_services.get([*arn_pattern.split(":", 3), "", ""][2], ()))
        found = [t for prefix in prefixes for t in self.resource_types(prefix) if self.fits(arn_pattern, t)]
        return tuple(sorted(found, key=lambda t: (-arnformat.compile_format(t.arn).literals, t.service, t.name)))

    def formats_of(self, arn_service: str) -> tuple[arnformat.ArnFormat, ...]:
        """The ARN formats, current and retired, of a literal service part; () for one that no format has. Formats that
        leave the service open (a recovery point keeps the ARN of what it was made from) are those of their own prefix.
        """
        found = self._formats.get(arn_service)
        if found is None:
            prefixes = dict.fromkeys((*self._arn_services.get(arn_service, ()), arn_service))
            types = (t for prefix in prefixes for t in self.resource_types(prefix, True))
            arns = dict.fromkeys(arn for t in types for arn in t.arn.split(", "))  # some list two formats in one
            found = self._formats[arn_service] = tuple(
                arnformat.compile_format(arn) for arn in arns if arn.split(":")[2] in (arn_service, _OPEN_SERVICE)
            )
        return found

    def is_arn_service(self, name: str) -> bool:
        """Whether some ARN format has this service part; not every one is the prefix of actions."""
        return name in self._arn_services

    def arn_templates(
        self, action: Action | str, partition: str = "aws", region: str = "us-east-1", account: str = "111122223333"
    ) -> tuple[str, ...]:
        """Sample ARN patterns of the resources that an action works on, in the order of `arn_formats`. `("*",)` for an
        action without types, () for an unknown action."""
        formats = self.arn_formats(action)
        if formats is None:
            return ()
        return tuple(dict.fromkeys(arnformat.fill(arn, partition, region, account) for arn in formats)) or ("*",)

    def arn_formats(self, action: Action | str) -> tuple[str, ...] | None:
        """The ARN formats of the resource types that an action works on: required types first, the type that the action
        is named after before others. () for an action without types, None for an unknown one."""
        found = self.action(action) if isinstance(action, str) else action
        body = self._body(found.service) if found else None
        if found is None or body is None:
            return None
        squeezed = found.name.lower()

        def rank(name: str, required: bool) -> tuple[bool, bool, int, str]:
            word = name.replace("-", "").replace("_", "").lower()
            named = word in squeezed
            return not required, not named, -len(word) if named else 0, name

        rows = sorted(found.rows, key=lambda row: rank(row.type, row.required))
        types = (body.types.get(row.type.lower()) for row in rows)
        return tuple(dict.fromkeys(type_.arn for type_ in types if type_ is not None))

    def arn_template(self, action: Action | str) -> str | None:
        """The sample of the action's main resource type; `*` for an action without types, None for an unknown one."""
        return next(iter(self.arn_templates(action)), None)

    # --- completion and suggestions -------------------------------------------------------------------------------

    def search_actions(self, typed: str, limit: int = 50, first: Sequence[str] = ()) -> tuple[str, ...]:
        """Completions of what a person typed: services (`sagemaker:`) and full action names, the likeliest first. Of
        two that fit alike, those of the services in `first` come first."""
        if self._completion is None:
            self._completion = completion.Completion(
                [prefix for prefix, names in self._names_text.items() if names], self.expand_names("*")
            )
        return self._completion.search(typed, limit, first)

    def suggest_action(self, full_name: str) -> str | None:
        """The current action that an unknown name is a near match of; also in a misspelt service."""
        alias = tables().action_aliases.get(full_name.lower())
        if alias is not None:
            return alias
        prefix, colon, name = full_name.partition(":")
        service = self.service(prefix)
        if service is None:
            suggested = self.suggest_service(prefix) if colon else None
            found = self.action(f"{suggested}:{name}") if suggested else None
            return found.full_name if found and found.status == "current" else None
        names = self._names_of(service.prefix, False)
        near = self._near.get(service.prefix)
        if near is None:
            near = self._near[service.prefix] = similar.NearNames(names.lower)
        best = near.nearest(name)
        return None if best is None else names.full[best]

    def related_actions(self, full_name: str) -> tuple[str, ...]:
        """A few current actions of the same service made of the same words as an unknown name: less than a near match,
        a hint for whoever looks for the right name."""
        prefix, _, name = full_name.partition(":")
        service = self.service(prefix)
        if service is None:
            return ()
        words = self._words.get(service.prefix)
        if words is None:
            words = self._words[service.prefix] = similar.Words(self._names_text.get(service.prefix, "").split())
        return tuple(f"{service.prefix}:{found}" for found in words.nearest(name))

    def candidates(self, full_name: str) -> similar.Candidates:
        """What an unknown action may stand for: the near match, else actions made of the same words; in an unknown
        service the service."""
        prefix = full_name.partition(":")[0]
        near = self.suggest_action(full_name)
        if near is None and self.service(prefix) is None:
            return similar.Candidates(self.suggest_service(prefix), self.related_services(prefix))
        return similar.Candidates(near, () if near else self.related_actions(full_name))

    def related_services(self, prefix: str) -> tuple[str, ...]:
        """A few current services whose prefix is part of an unknown one, or the other way round."""
        return similar.services_like(prefix, self._current_prefixes)

    def suggest_service(self, prefix: str) -> str | None:
        """The current service that an unknown prefix is a near match of."""
        if self._near_services is None:
            self._near_services = similar.NearNames(self._current_prefixes)
        best = self._near_services.nearest(prefix, prefix=True)
        return None if best is None else self._current_prefixes[best]

    def suggest_key(self, name: str) -> str | None:
        """The condition key that an unknown name is a near match of, in the same or a misspelt service."""
        return self._key_index().suggest(name)

    # --- decoding on first use ------------------------------------------------------------------------------------

    def _body(self, prefix: str) -> ServiceBody | None:
        found = self._bodies.get(prefix)
        if found is None:
            if prefix not in self._service_rows:
                return None
            current, retired = self._names_text.get(prefix, ""), self._retired_text.get(prefix, "")
            names = [*current.split(), *retired.split()]
            raw = self._store.load(f"service/{prefix}")
            found = decode_service(prefix, names, raw, self._dates, self.dependents_date)
            self._bodies[prefix] = found
        return found

    def _names_of(self, prefix: str, include_retired: bool) -> _Names:
        found = self._names.get((prefix, include_retired))
        if found is None:
            names = self._names_text.get(prefix, "").split()
            if include_retired and prefix in self._retired_text:
                names = sorted([*names, *self._retired_text[prefix].split()], key=str.lower)
            found = _Names(list(map(str.lower, names)), [f"{prefix}:{name}" for name in names])
            self._names[prefix, include_retired] = found
        return found

    def _key_index(self) -> KeyIndex:
        found = self._keys
        if found is None:
            found = self._keys = KeyIndex(self._key_rows, self._dates)
        return found
