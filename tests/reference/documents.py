"""Documents that AWS refuses (grammar.md 1, 2, 3, 5, 6, 7, 8)."""

from __future__ import annotations

import re
from typing import Any

from tests.reference.conditions import parse_operator
from tests.reference.patterns import as_list, as_text


class RefusedDocument(Exception):
    """AWS would not take the document for this kind of policy."""


IAM_KINDS = ("identity", "permissionsBoundary", "session", "trust")
WITH_PRINCIPAL = ("resource", "trust", "vpcEndpoint", "resourceControl")
STATEMENT_ELEMENTS = {
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
}  # fmt: skip
PRINCIPAL_TYPES = {"AWS", "Federated", "Service", "CanonicalUser"}


def check(document: Any, kind: str) -> None:
    """Raise RefusedDocument if a policy of the kind may not be written so."""
    _require(isinstance(document, dict), "grammar 1: one object")
    _require(set(document) <= {"Version", "Id", "Statement"}, "G5: unknown element")
    _require("Statement" in document, "G7")
    _require(document.get("Version", "2008-10-17") in ("2012-10-17", "2008-10-17"), "grammar 3")
    if kind in ("serviceControl", "resourceControl"):
        _require(document.get("Version") == "2012-10-17", "grammar 2: Version is required there")
    statements = as_list(document["Statement"])
    for statement in statements:
        _statement(statement, kind)
    sids = [s["Sid"] for s in statements if s.get("Sid")]
    if kind in IAM_KINDS:
        _require(len(sids) == len(set(sids)), "grammar 4: a Sid is unique")
        _require(all(re.fullmatch("[A-Za-z0-9]*", sid) for sid in sids), "grammar 4: charset")


def _require(good: bool, why: str) -> None:
    if not good:
        raise RefusedDocument(why)


def _statement(statement: Any, kind: str) -> None:
    _require(isinstance(statement, dict), "grammar 1")
    _require(set(statement) <= STATEMENT_ELEMENTS, "G5: unknown element")
    _require(all(value is not None for value in statement.values()), "G11")
    _require(statement.get("Effect") in ("Allow", "Deny"), "G7")
    for one, other in (("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal")):
        _require(not (one in statement and other in statement), "G6")
    _require("Action" in statement or "NotAction" in statement, "G7")
    has_resource = "Resource" in statement or "NotResource" in statement
    if kind == "trust":
        _require(not has_resource, "grammar 2: no Resource in a trust policy")
    elif kind != "resource":  # a resource policy without it is about its own resource
        _require(has_resource, "G7")
    _principals(statement, kind)
    for name in ("Action", "NotAction"):
        for pattern in as_list(statement.get(name, [])):
            _action(pattern)
    if kind == "resourceControl":
        _require(statement["Effect"] == "Deny" and "NotAction" not in statement, "grammar 2, note 2")
    _condition(statement.get("Condition", {}))


def _principals(statement: dict[str, Any], kind: str) -> None:
    """grammar.md 2 and 5."""
    named = "Principal" in statement or "NotPrincipal" in statement
    _require(named == (kind in WITH_PRINCIPAL), "grammar 2: Principal")
    if "NotPrincipal" in statement:
        _require(kind in ("resource", "vpcEndpoint") and statement["Effect"] == "Deny", "grammar 2, note 3")
    if not named:
        return
    value = statement.get("Principal", statement.get("NotPrincipal"))
    if kind == "resourceControl":
        _require(value == "*", "grammar 2: an RCP is about everyone")
    if value in ("*", []):
        return
    _require(isinstance(value, dict) and set(value) <= PRINCIPAL_TYPES, "grammar 5")
    for ptype, entries in value.items():
        for entry in as_list(entries):
            _require(isinstance(entry, str), "grammar 5")
            _require("*" not in entry or (entry == "*" and ptype == "AWS"), "grammar 5: no partial wildcards")
            if ptype == "AWS":
                _require(":group/" not in entry, "grammar 5: groups")


def _action(pattern: Any) -> None:
    """grammar.md 6."""
    _require(isinstance(pattern, str), "grammar 1")
    if pattern not in ("*", "*:*"):
        _require(pattern.count(":") == 1, "grammar 6: one colon")
        _require(not set("*?") & set(pattern.split(":")[0]), "grammar 6: no wildcard in the prefix")


def _condition(condition: Any) -> None:
    """grammar.md 8, G3, conditions.md 2."""
    _require(isinstance(condition, dict), "grammar 1")
    for name, keys in condition.items():
        parsed = parse_operator(name)
        _require(parsed is not None, "conditions 1: unknown operator")
        _require(isinstance(keys, dict), "grammar 1")
        _require(len({key.lower() for key in keys}) == len(keys), "G3")
        for values in keys.values():
            for value in as_list(values):
                _require(isinstance(value, str | int | float | bool), "grammar 1: scalar")
                if parsed and parsed[1] == "Null":
                    _require(as_text(value).lower() in ("true", "false"), "conditions 2: Null takes true or false")
