"""What can be written where the caret is: names that are legal in this kind of policy and place, and values that fit.

Sources: spec grammar.md sections 2 to 8 for names, the catalog for actions, ARNs and keys.
"""

from __future__ import annotations

import heapq
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise

from workbench.catalog.catalog import Catalog
from workbench.catalog.completion import COMMON
from workbench.catalog.model import ConditionKey
from workbench.catalog.tables import partitions
from workbench.document.nodes import ObjectNode
from workbench.document.paths import node_at
from workbench.document.span import Span
from workbench.policy.kinds import PolicyKind
from workbench.policy.operators import BASE_OPERATORS, Family, parse_operator
from workbench.policy.reader import DOCUMENT_ELEMENTS, STATEMENT_ELEMENTS
from workbench.policy.rules import may_have
from workbench.resources import resource_path
from workbench.writing.fuzzy import match
from workbench.writing.inserting import at_place, takes_statement
from workbench.writing.places import Here, place_at
from workbench.writing.proposals import Piece, Proposal, plain, proposal
from workbench.writing.snippets import snippets
from workbench.writing.wording import ELEMENTS, PRINCIPAL_KINDS

MOST = 200
"""Proposals of a place: more than anyone reads."""
MOST_SCORED = 60
"""Names that hold the letters typed, the shortest ways first, of which the best way is looked for."""
JUMP = 6
"""What it costs that the letters typed are not in a row."""
LIKED = 4
"""What it is worth that a service is a common one, or one of the statement."""
MOST_PATTERNS = 60
"""Action patterns of a statement that are asked for their ARNs and keys."""
MOST_ACTIONS = 2000
"""Actions of all of them; one service has at most half as many. What matches more is about no service in particular."""

_VALUES: dict[str, tuple[tuple[str, bool], ...]] = {
    "Version": (('"2012-10-17"', False),),
    "Id": (('"', False), ("", True), ('"', False)),
    "Statement": (("[", False), ("", True), ("]", False)),
    "Effect": (('"', False), ("Allow", True), ('"', False)),
    "Principal": (("{", False), ("", True), ("}", False)),
    "NotPrincipal": (("{", False), ("", True), ("}", False)),
    "Condition": (("{", False), ("", True), ("}", False)),
}
_STRING_VALUE = (('"', False), ("", True), ('"', False))
_OBJECT_VALUE = (("{", False), ("", True), ("}", False))
_EVERYONE = (('"*"', False),)
_PROVIDERS = (
    ("cognito-identity.amazonaws.com", "Amazon Cognito"),
    ("accounts.google.com", "Google"),
    ("www.amazon.com", "Login with Amazon"),
    ("graph.facebook.com", "Facebook"),
)
"""Identity providers that a policy names without an ARN (IAM User Guide, JSON policy elements: Principal)."""
_FAMILIES = {
    "String": (Family.STRING,),
    "ARN": (Family.ARN, Family.STRING),
    "Bool": (Family.BOOLEAN,),
    "Numeric": (Family.NUMERIC,),
    "Date": (Family.DATE,),
    "IPAddress": (Family.IP,),
}
MOST_LETTERS = 100
"""No action's name has so many."""
_REST_OF_VARIABLE = re.compile(r"[\w:/.@=+-]*\}")
_FORMAT_VARIABLE = re.compile(r"\$\{(\w+)\}")
_VARIABLES = (
    "aws:username", "aws:userid", "aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalOrgID",
    "aws:PrincipalTag/", "aws:ResourceTag/", "aws:RequestTag/", "aws:ResourceAccount", "aws:SourceAccount",
    "aws:SourceArn", "aws:SourceIp", "aws:SourceVpc", "aws:SourceVpce", "aws:CurrentTime", "aws:FederatedProvider",
    "saml:sub", "cognito-identity.amazonaws.com:sub", "sts:ExternalId", "sts:RoleSessionName",
)  # fmt: skip


def complete(text: str, offset: int, kind: PolicyKind, catalog: Catalog) -> tuple[Proposal, ...]:
    """What can be written at `offset` (code points) of a policy of `kind`, the likeliest first; () where nothing is to
    be proposed. Any text will do, however broken; never raises."""
    here = place_at(text, offset)
    if here is None:
        return ()
    inside = here.typed.rpartition("${")
    if here.quoted and inside[1] and "}" not in inside[2] and not here.is_key:
        return tuple(_variables(here, inside[2], text))[:MOST]
    found = tuple(_pieces(here, kind, catalog))
    ranked = found if _names_action(here) else _ranked(here.typed, found)
    written = [proposal(here, piece) for piece in ranked]
    blocks = list(_blocks(here, kind, text))
    written[:0] = _principal_objects(here, kind)
    return tuple([*blocks, *written] if not found else [*written, *blocks])[:MOST]


def _ranked(typed: str, pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces that hold the letters typed, the best first; in their own order where nothing is typed."""
    if not typed:
        return list(pieces)
    scored = [(found.score, piece) for piece in pieces if (found := match(typed, piece.label)) is not None]
    scored.sort(key=lambda pair: -pair[0])
    return [piece for _, piece in scored]


def _pieces(here: Here, kind: PolicyKind, catalog: Catalog) -> Iterator[Piece]:
    within = here.in_statement
    if within is None:
        if here.is_key and not here.names:
            yield from _elements(here, DOCUMENT_ELEMENTS, kind)
        elif here.names == ("Version",):
            yield plain("2012-10-17", "the current version")
        return
    element = within[0] if within else ""
    if not within:
        if here.is_key:
            yield from _elements(here, STATEMENT_ELEMENTS, kind)
    elif here.is_key and not element.endswith(("Principal", "Condition")):
        return  # a template's own object, as {"Ref": …}
    elif element == "Effect":
        if kind is not PolicyKind.RCP:
            yield plain("Allow")
        yield plain("Deny")
    elif element in ("Action", "NotAction"):
        yield from _actions(here, catalog, kind)
    elif element in ("Resource", "NotResource"):
        yield from _resources(here, catalog)
    elif element in ("Principal", "NotPrincipal"):
        yield from _principals(here, within)
    elif element == "Condition":
        yield from _conditions(here, within, catalog)


# -- names --------------------------------------------------------------------------------------------------------


def _elements(here: Here, names: Iterable[str], kind: PolicyKind) -> Iterator[Piece]:
    there = set(here.siblings())
    for name in names:
        other = name.removeprefix("Not") if name.startswith("Not") else f"Not{name}"
        if name in there or other in there or not may_have(kind, name):
            continue
        value = _EVERYONE if name == "Principal" and kind is PolicyKind.RCP else _VALUES.get(name, _STRING_VALUE)
        yield plain(name, _first_sentence(ELEMENTS[name]), value)


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].partition(";")[0].rstrip(".")


def _names_action(here: Here) -> bool:
    """Whether actions are proposed: they come ranked."""
    return (here.in_statement or ("",))[0] in ("Action", "NotAction")


# -- actions ------------------------------------------------------------------------------------------------------


def _actions(here: Here, catalog: Catalog, kind: PolicyKind) -> Iterator[Piece]:
    typed = here.typed
    there = here.strings("Action") or here.strings("NotAction")
    services = [text.partition(":")[0] for text in there if ":" in text]
    if kind is PolicyKind.TRUST and not typed:
        services = ["sts", *services]
    if "*" in typed or "?" in typed:
        count = len(catalog.expand_names(typed))
        yield plain(typed, f"{count:,} {'action' if count == 1 else 'actions'}")
    names = dict.fromkeys(catalog.search_actions(typed or (f"{services[0]}:" if services else ""), MOST, services))
    if typed and len(names) < MOST // 4 and not set("*?") & set(typed):
        names.update(dict.fromkeys(_by_letters(catalog, typed, services)))
    for name in names:
        if name in there:
            continue
        if name.endswith(":"):
            service = catalog.service(name[:-1])
            yield plain(name, service.name if service else "")
            continue
        action = catalog.action(name)
        yield plain(name, action.level if action else "")
    if typed.endswith(":"):
        for pattern in (f"{typed}*", f"{typed}Get*", f"{typed}List*", f"{typed}Describe*"):
            if count := len(catalog.expand_names(pattern)):
                yield plain(pattern, f"{count:,} actions")


def _by_letters(catalog: Catalog, typed: str, services: list[str]) -> list[str]:
    """Actions whose names hold the letters typed in their order, the first at the start of a word, best first:
    `cretrain` is CreateTrainingJob."""
    service, colon, letters = typed.rpartition(":")
    letters = "".join(c for c in letters.lower() if c.isascii() and c.isalnum())
    if not 2 <= len(letters) <= MOST_LETTERS:
        return []
    hits = [
        (length - (LIKED if name.partition(":")[0] in COMMON else 0), name)
        for length, name in _names_of(catalog).holding(f"{service.lower()}:" if colon else "", letters)
    ]
    scored: list[tuple[float, str]] = []
    for _, name in heapq.nsmallest(MOST_SCORED, hits):
        prefix, _, own = name.partition(":")
        if (fits := match(letters, own)) is not None:
            liked = LIKED * ((prefix in services) + (prefix in COMMON))
            jumps = sum(b - a > 1 for a, b in pairwise(fits.places))
            scored.append((JUMP * jumps - fits.score - liked, name))
    return [name for _, name in sorted(scored)]


class _Names:
    """The names of all actions, found by letters: those that hold some are looked for among those that held all but the
    last of them, for that is how one types."""

    def __init__(self, catalog: Catalog) -> None:
        self._all = "".join(f"{name}\n" for name in catalog.expand_names("*"))
        self._last = ("", "", self._all)  # service, letters and the names, a line each, that hold them

    def holding(self, service: str, letters: str) -> list[tuple[int, str]]:
        """Names that hold the letters in their order, with the length of the part that does; `service`: with its colon,
        of that one alone."""
        of_service, of_letters, among = self._last
        if service != of_service or not letters.startswith(of_letters):
            among = self._all
        begin = re.escape(service) or r"[^:\n]*:"
        first = letters[0].upper()
        # One way to read each name: every letter at its first chance, so that the work is linear.
        rest = "".join(f"[^{c}{c.upper()}\n]*[{c}{c.upper()}]" for c in letters[1:])
        hits = re.finditer(rf"^{begin}[^{first}\n]*({first}{rest})", among, re.MULTILINE)
        found = [(len(hit[1]), among[hit.start() : among.find("\n", hit.end())]) for hit in hits]
        self._last = service, letters, "".join(f"{name}\n" for _, name in found)
        return found


_names_of = cache(_Names)


# -- resources and principals -------------------------------------------------------------------------------------


def _resources(here: Here, catalog: Catalog) -> Iterator[Piece]:
    formats: dict[str, list[str]] = {}
    for name in _actions_of(here.strings("Action") or here.strings("NotAction"), catalog):
        for arn in catalog.arn_formats(name) or ():
            formats.setdefault(arn, []).append(name.partition(":")[2])
    for arn, names in sorted(formats.items(), key=lambda item: -len(item[1])):
        rest = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
        yield Piece(_FORMAT_VARIABLE.sub(lambda m: _sample(m[1]), arn), f"for {names[0]}{rest}", _stops(arn))
    yield plain("*", "every resource")


def _actions_of(patterns: Sequence[str], catalog: Catalog) -> list[str]:
    """The actions that a statement's patterns stand for, of each pattern all or none."""
    found: dict[str, None] = {}
    for text in patterns[:MOST_PATTERNS]:
        names = catalog.expand_names(text) if set("*?") & set(text) else (text,)
        if len(found) + len(names) <= MOST_ACTIONS:
            found.update(dict.fromkeys(names))
    return list(found)


def _sample(name: str) -> str:
    return {"Partition": "aws", "Region": "*", "Account": "111122223333"}.get(name, "*")


def _stops(arn: str) -> tuple[tuple[str, bool], ...]:
    """An ARN format cut at its variables, each a stop; the partition stays as it is."""
    parts: list[tuple[str, bool]] = []
    at = 0
    for found in _FORMAT_VARIABLE.finditer(arn):
        parts += [(arn[at : found.start()], False), (_sample(found[1]), True)]
        at = found.end()
    return tuple(part for part in (*parts, (arn[at:], False)) if part[0] or part[1])


def _principals(here: Here, within: tuple[str, ...]) -> Iterator[Piece]:
    if here.is_key:
        if len(within) > 1:
            return
        there = set(here.siblings())
        for name, said in PRINCIPAL_KINDS.items():
            if name not in there:
                yield plain(name, _first_sentence(said), _STRING_VALUE)
        return
    if len(within) == 1:  # not below a type: the one text that may stand for all of them
        yield plain("*", "everyone")
        return
    of = within[1]
    if of == "Service":
        for service in _key_values()["iam:passedtoservice"]:
            yield plain(service, "AWS service")
    elif of == "Federated":
        parts = (("arn:aws:iam::", False), ("111122223333", True), (":oidc-provider/", False), ("provider", True))
        yield Piece("arn:aws:iam::111122223333:oidc-provider/provider", "OpenID Connect", parts)
        yield Piece(
            "arn:aws:iam::111122223333:saml-provider/provider",
            "SAML",
            (("arn:aws:iam::", False), ("111122223333", True), (":saml-provider/", False), ("provider", True)),
        )
        for provider, said in _PROVIDERS:
            yield plain(provider, said)
    elif of == "AWS":
        for what, said in (("role/", "a role"), ("user/", "a user"), ("root", "a whole account")):
            named = (("name", True),) if what.endswith("/") else ()
            parts = (("arn:aws:iam::", False), ("111122223333", True), (f":{what}", False), *named)
            yield Piece("".join(text for text, _ in parts), said, parts)
        yield plain("*", "everyone")


def _principal_objects(here: Here, kind: PolicyKind) -> Iterator[Proposal]:
    """Where a principal's value begins: whom it can be besides everyone, as the object that says so."""
    if here.is_key or here.in_statement not in (("Principal",), ("NotPrincipal",)) or kind is PolicyKind.RCP:
        return
    if here.path[-1][0] != "value":  # in a list, which may only hold texts
        return
    arn, account = (("arn:aws:iam::", False), ("111122223333", True))
    for name, value in (
        ("AWS", (arn, account, (":root", False))),
        ("Service", (("sagemaker.amazonaws.com", True),)),
        ("Federated", (arn, account, (":oidc-provider/", False), ("provider", True))),
    ):
        label = f'{{"{name}": …}}'
        if match(here.typed, label) is not None:
            parts = ((f'{{"{name}": "', False), *value, ('"}', False))
            yield proposal(here, Piece(label, _first_sentence(PRINCIPAL_KINDS[name]), parts), bare=True)


# -- conditions ---------------------------------------------------------------------------------------------------


def _conditions(here: Here, within: tuple[str, ...], catalog: Catalog) -> Iterator[Piece]:
    if len(within) == 1 and here.is_key:
        yield from _operators(here, catalog)
    elif len(within) == 2 and here.is_key:
        yield from _keys(here, within[1], catalog)
    elif len(within) == 3 and not here.is_key:
        yield from _values(within[1], within[2], catalog)


def _operators(here: Here, catalog: Catalog) -> Iterator[Piece]:
    """Those that fit the keys already in the block first; with what they ask for beside them."""
    fitting: set[Family] = set()
    typed, several = here.typed.lower(), False
    node_keys = _keys_under(here)
    for name in node_keys:
        key = catalog.key(name)
        if key is not None:
            fitting.update(_FAMILIES.get(key.base_type, ()))
            several = several or key.multivalued
    there = set(here.siblings())
    names = sorted(BASE_OPERATORS, key=lambda name: bool(fitting) and BASE_OPERATORS[name].family not in fitting)
    for name in names:
        base = BASE_OPERATORS[name]
        forms = [name] if name == "Null" else [name, f"{name}IfExists"]
        if typed.startswith("for") or several:
            forms += [f"{qualifier}:{form}" for form in forms for qualifier in ("ForAnyValue", "ForAllValues")]
            forms = forms[2:] + forms[:2] if several else forms
        for form in forms:
            if form not in there:
                yield plain(form, base.family.value, _OBJECT_VALUE)


def _keys_under(here: Here) -> tuple[str, ...]:
    """The condition keys under the operator whose name is being typed."""
    around = node_at(here.document.root, here.path[:-1])
    members = around.members if isinstance(around, ObjectNode) else ()
    own = next((m.value for m in members if m.key.value == here.path[-1][1]), None)
    return tuple(m.key.value for m in own.members) if isinstance(own, ObjectNode) else ()


def _keys(here: Here, operator: str, catalog: Catalog) -> Iterator[Piece]:
    """The keys that the statement's actions carry first, those of the operator's type before others."""
    parsed = parse_operator(operator)
    family = parsed.base.family if parsed else None
    there = set(here.siblings())
    found: dict[str, ConditionKey] = {}
    services: dict[str, None] = {}
    actions = here.strings("Action")
    for text in actions[:MOST_PATTERNS]:
        services[text.partition(":")[0].lower()] = None
    for name in _actions_of(actions, catalog):
        for key_name in catalog.supported_keys(name):
            key = catalog.key(key_name)
            if key is not None:
                found.setdefault(key.name, key)
    supported = set(found)
    for key in catalog.global_keys():
        found.setdefault(key.name, key)
    for service in list(services)[:3]:
        for key in catalog.keys_of(service):
            found.setdefault(key.name, key)
    if ":" in here.typed and not services:
        for key in catalog.keys_of(here.typed.partition(":")[0]):
            found.setdefault(key.name, key)

    def rank(key: ConditionKey) -> tuple[bool, bool]:
        fits = family in (None, Family.EXISTENCE) or family in _FAMILIES.get(key.base_type, (family,))
        return not fits, key.name not in supported and not key.is_global

    for key in sorted(found.values(), key=rank):
        if key.name in there or key.deprecated_for or key.status != "current":
            continue
        detail = f"{key.base_type or 'type not known'}{', several values' if key.multivalued else ''}"
        name, _, placeholder = key.name.partition("${")
        value = (('"', False), ("true" if key.base_type == "Bool" else "", True), ('"', False))
        parts = ((name, False), (placeholder.rstrip("}"), True)) if placeholder else ((key.name, False),)
        yield Piece(key.name, detail, parts, value)


def _values(operator: str, key: str, catalog: Catalog) -> Iterator[Piece]:
    parsed = parse_operator(operator)
    known = catalog.key(key)
    if (known is not None and known.base_type == "Bool") or (
        parsed is not None and parsed.base.family in (Family.BOOLEAN, Family.EXISTENCE)
    ):
        yield plain("true")
        yield plain("false")
        return
    for value in _key_values().get(key.lower(), ()):
        yield plain(value)
    if key.lower() == "aws:requestedregion":
        for regions in partitions().values():
            yield from (plain(region, "Region") for region in regions)
    if known is not None and known.base_type == "IPAddress":
        yield Piece("203.0.113.0/24", "a range of addresses", (("203.0.113.0/24", True),))
    if known is not None and known.base_type == "Date":
        yield Piece("2027-01-01T00:00:00Z", "a time in UTC", (("2027-01-01T00:00:00Z", True),))


@cache
def _key_values() -> dict[str, tuple[str, ...]]:
    """Lower-cased key → its values."""
    raw = json.loads(resource_path("catalog/key-values.json").read_text(encoding="utf-8"))
    return {key.lower(): tuple(values) for key, values in raw.items() if not key.startswith("_")}


def _variables(here: Here, typed: str, text: str) -> Iterator[Proposal]:
    """Policy variables, in the string that the caret is in: only what stands from `${` to its end is replaced."""
    begin = here.token.start + 1 + len(here.typed) - len(typed)
    end = begin + len(typed)
    if (rest := _REST_OF_VARIABLE.match(text, end)) is not None:  # one that is there already is replaced whole
        end = rest.end()
    for name in _VARIABLES:
        if match(typed, name) is not None:
            stop = (Span(len(name), len(name)),) if name.endswith("/") else ()
            yield Proposal(f"${{{name}}}", "policy variable", Span(begin, end), f"{name}}}", stop)


# -- blocks -------------------------------------------------------------------------------------------------------


def _blocks(here: Here, kind: PolicyKind, text: str) -> Iterator[Proposal]:
    """Whole statements where a statement can stand, whole policies in an empty text."""
    if not takes_statement(here):
        return
    for snippet in snippets():
        if kind in snippet.kinds and match(here.typed, snippet.title) is not None:
            yield at_place(here, snippet, text)
