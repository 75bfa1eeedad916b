"""What stands at a place of a policy and what it means: facts from the catalog and the rules, in sentences.

Nothing here is judged: that is what findings are for. Nothing raises for any text; what is not known is said.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from workbench.catalog.catalog import Catalog
from workbench.catalog.descriptions import Descriptions
from workbench.catalog.model import Action, ConditionKey, Dependent
from workbench.document.nodes import ArrayNode, Document, Path, StringNode
from workbench.document.paths import node_at, path_at
from workbench.document.span import Span
from workbench.policy.arns import parse_arn
from workbench.policy.operators import parse_operator
from workbench.policy.tokens import Variable, tokenize
from workbench.writing.wording import ELEMENTS, PRINCIPAL_KINDS, operator_sentences

LISTED = 12
"""Names that are spelled out of a longer list."""
MOST_FOR_SUPPORT = 400
"""Actions of a statement up to which "supported by" is counted."""

_WHEN = {
    "always": "",
    "tags": "if the call sends tags",
    "vpc": "if the call names a VPC",
    "key": "if a KMS key is used",
}
_ARN_PARTS = ("partition", "service", "Region", "account", "resource")
_PRESENCE = {"always": "in every request", "usual": "in most requests", "sometimes": "in some requests"}


class Hover(NamedTuple):
    """`title` is the thing itself; `facts` a sentence each; `listed` names, all of them or the first, with the count of
    the rest in `more`. `span`: the place that is spoken of."""

    span: Span
    title: str
    facts: tuple[str, ...]
    listed: tuple[str, ...] = ()
    more: int = 0


def hover_at(document: Document, offset: int, catalog: Catalog, descriptions: Descriptions | None) -> Hover | None:
    """What stands at `offset` (code points) of the document's text, read as a policy; None where there is nothing to
    say. Names and values are looked up in `catalog`, AWS's own sentence about them in `descriptions`. O(depth) in the
    text, and the time that the statement's wildcards take to expand."""
    path = path_at(document, offset)
    if not path:
        return None
    node = node_at(document.root, path)
    if node is None or not node.start <= offset <= node.end:
        return None
    span = Span(node.start, node.end)
    kind, name = path[-1]
    names = [str(what) for how, what in path if how in ("value", "key")]
    within = names[1:] if names[:1] == ["Statement"] else names
    facts = _Facts(catalog, descriptions, _actions(document, path))
    if kind == "key":
        return _of_name(facts, within, str(name), span)
    if isinstance(node, StringNode):
        return _of_text(facts, document, within, node, offset, span)
    if within[:1] == ["Condition"] and len(within) == 3:  # a number or true: what is tested
        return facts.test(within[1], within[2], span)
    return None


def _actions(document: Document, path: Path) -> tuple[str, ...]:
    """The action patterns of the statement that `path` is in; () where there are none, or a NotAction."""
    end = 2 if len(path) > 1 and path[1][0] == "index" else 1
    node = node_at(document.root, (*path[:end], ("value", "Action"))) if path[0] == ("value", "Statement") else None
    items = node.items if isinstance(node, ArrayNode) else (node,)
    return tuple(item.value for item in items if isinstance(item, StringNode))


def _of_name(facts: _Facts, within: list[str], name: str, span: Span) -> Hover | None:
    if not within or len(within) == 1:
        said = ELEMENTS.get(name)
        return Hover(span, name, (said,)) if said else None
    if within[0] in ("Principal", "NotPrincipal") and len(within) == 2:
        said = PRINCIPAL_KINDS.get(name)
        return Hover(span, name, (said,)) if said else None
    if within[0] != "Condition":
        return None
    if len(within) == 2:
        return facts.operator(name, span)
    return facts.key(name, span) if len(within) == 3 else None


def _of_text(
    facts: _Facts, document: Document, within: list[str], node: StringNode, offset: int, span: Span
) -> Hover | None:
    text = node.value
    element = within[0] if within else ""
    if element in ("Action", "NotAction"):
        return facts.action(text, span, negated=element == "NotAction")
    if element in ("Resource", "NotResource"):
        return facts.variable_at(document, node, offset) or facts.arn(text, span)
    if element in ("Principal", "NotPrincipal"):
        return facts.principal(text, span, within[1] if len(within) > 1 else "")
    if element == "Condition" and len(within) == 3:
        found = facts.variable_at(document, node, offset)
        return found or facts.arn(text, span) or facts.test(within[1], within[2], span)
    if element in ("Effect", "Version", "Sid", "Id"):
        return Hover(span, text, (ELEMENTS[element],))
    return None


class _Facts:
    """What catalog and rules say about the things of one statement."""

    def __init__(self, catalog: Catalog, descriptions: Descriptions | None, actions: tuple[str, ...]) -> None:
        self._catalog = catalog
        self._descriptions = descriptions
        self._actions = actions

    # -- actions --------------------------------------------------------------------------------------------------

    def action(self, text: str, span: Span, *, negated: bool) -> Hover:
        if "*" in text or "?" in text:
            return self._pattern(text, span, negated=negated)
        found = self._catalog.action(text)
        if found is None:
            best = self._catalog.candidates(text).best
            hint = f" Did you mean {best}?" if best else ""
            return Hover(span, text, (f"The catalog of {self._catalog.date} does not list it.{hint}",))
        facts = [self._descriptions.action(found.full_name)] if self._descriptions else []
        if negated:
            facts.append("Every action but those listed here is meant.")
        if found.status == "retired":
            facts.append(f"AWS lists it no more (last seen {found.last_seen or 'in an undated source'}).")
        facts += [f"Access level: {found.level}.", _resource_types(found)]
        keys = self._catalog.supported_keys(found)
        facts.append(_some("Condition keys of its own", tuple(k for k in keys if not k.lower().startswith("aws:"))))
        facts.append(_needs(found.dependents))
        return Hover(span, found.full_name, tuple(fact for fact in facts if fact))

    def _pattern(self, text: str, span: Span, *, negated: bool) -> Hover:
        names = self._catalog.expand_names(text)
        if not names:
            return Hover(span, text, (f"Matches no action that the catalog of {self._catalog.date} lists.",))
        services = Counter(name.partition(":")[0] for name in names)
        facts = [f"Matches {len(names):,} {'action' if len(names) == 1 else 'actions'}."]
        if negated:
            facts.append("Every action but those listed here is meant.")
        if len(services) > 1:
            facts.append(f"In {len(services):,} services.")
        else:
            levels = Counter(action.level for action in self._catalog.expand(text))
            facts.append(", ".join(f"{count:,} {level}" for level, count in levels.most_common()) + ".")
        return Hover(span, text, tuple(facts), names[:LISTED], max(len(names) - LISTED, 0))

    # -- conditions -----------------------------------------------------------------------------------------------

    def operator(self, name: str, span: Span) -> Hover:
        found = parse_operator(name)
        if found is None:
            return Hover(span, name, ("There is no condition operator of this name.",))
        return Hover(span, found.name, operator_sentences(found))

    def key(self, name: str, span: Span) -> Hover:
        found = self._catalog.key(name)
        if found is None:
            best = self._catalog.suggest_key(name)
            hint = f" Did you mean {best}?" if best else ""
            return Hover(span, name, (f"The catalog of {self._catalog.date} does not list this key.{hint}",))
        facts = [self._descriptions.key(found.name)] if self._descriptions else []
        several = "Several values: use ForAllValues or ForAnyValue." if found.multivalued else "One value."
        facts.append(f"{found.base_type or 'Type not known'}. {several}")
        if found.presence:
            when = f": {found.when}" if found.when not in ("", "always", "every request") else ""
            facts.append(f"Present {_PRESENCE[found.presence]}{when}.")
        if found.deprecated_for:
            facts.append(f"Deprecated: use {found.deprecated_for}.")
        if not found.is_global:
            facts.append(self._supported_by(found))
        if found.inferred:
            facts.append("In no published catalog (inferred).")
        return Hover(span, found.name, tuple(fact for fact in facts if fact))

    def _supported_by(self, key: ConditionKey) -> str:
        """How many of the statement's actions carry the key."""
        names = {name for text in self._actions for name in self._catalog.expand_names(text)}
        if not names or len(names) > MOST_FOR_SUPPORT:
            return ""
        carry = sum(self._catalog.supports(name, key.name) for name in names)
        if len(names) == 1:
            return f"{min(names)} {'supports' if carry else 'does not support'} it."
        return f"{carry:,} of the {len(names):,} actions of this statement support it."

    def test(self, operator: str, key: str, span: Span) -> Hover | None:
        """What is tested: for a value that says nothing by itself."""
        parsed = parse_operator(operator)
        if parsed is None:
            return None
        return Hover(span, f"{parsed.name} {key}", operator_sentences(parsed))

    def variable_at(self, document: Document, node: StringNode, offset: int) -> Hover | None:
        """The policy variable that the caret is in."""
        inside = document.text[node.start : node.end]
        begin = inside.rfind("${", 0, offset - node.start + 2)
        end = inside.find("}", begin)
        if begin < 0 or end < 0 or end + 1 < offset - node.start:
            return None
        tokens = tokenize(inside[begin : end + 1], wildcards=False, variables=True)
        span = Span(node.start + begin, node.start + end + 1)
        for variable in tokens.variables:
            return self._variable(variable, inside[begin : end + 1], span)
        return None

    def _variable(self, variable: Variable, text: str, span: Span) -> Hover:
        about = self.key(variable.key, span)
        without = (
            f"If the key is absent, {variable.default!r} stands here."
            if variable.default is not None
            else "If the key is absent nothing matches."
        )
        return Hover(span, text, ("Stands for the value the request has for this key.", without, *about.facts))

    # -- resources and principals ---------------------------------------------------------------------------------

    def arn(self, text: str, span: Span) -> Hover | None:
        if text == "*":
            return Hover(span, "*", ("Every resource of every service.",))
        if parse_arn(text) is None:
            return None
        parts = text.split(":", 5)[1:]
        facts = [
            f"{_capital(name)}: {part or 'none'}." if part != "*" else f"{_capital(name)}: any."
            for name, part in zip(_ARN_PARTS, parts, strict=True)
        ]
        service = parts[1]
        if not set("*?$") & set(service):
            types = self._catalog.types_fitting(text)
            named = tuple(dict.fromkeys(f"{t.service}:{t.name}" for t in types))
            facts.append(_some("Fits the resource types", named) or "Fits no resource type that the catalog lists.")
        return Hover(span, text, tuple(facts))

    def principal(self, text: str, span: Span, kind: str) -> Hover:
        if text == "*":
            return Hover(span, "*", ("Everyone: every account, and callers without credentials.",))
        if kind == "Service":
            return Hover(span, text, ("An AWS service, when it acts by itself.",))
        if text.isdigit() and len(text) == 12:
            return Hover(span, text, ("The whole account: whomever its own policies allow.",))
        found = self.arn(text, span)
        if found is not None and text.endswith(":root"):
            return found._replace(facts=("The whole account: whomever its own policies allow.", *found.facts[:4]))
        return found or Hover(span, text, (PRINCIPAL_KINDS.get(kind, "A principal."),))


def _resource_types(action: Action) -> str:
    if not action.rows:
        return "Names no resource: Resource must be *."
    rows = sorted(action.rows, key=lambda row: not row.required)
    return _some("Resource types", tuple(f"{row.type}{' (required)' if row.required else ''}" for row in rows))


def _needs(dependents: tuple[Dependent, ...]) -> str:
    parts = [f"{d.action} {_WHEN.get(d.when, '')}".rstrip() for d in dependents]
    return f"Also needs {', '.join(parts)}." if parts else ""


def _some(what: str, names: tuple[str, ...]) -> str:
    if not names:
        return ""
    rest = len(names) - LISTED
    return f"{what}: {', '.join(names[:LISTED])}{f' and {rest:,} more' if rest > 0 else ''}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
