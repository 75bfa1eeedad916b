"""The `[rules]` of `workbench.toml`: what a project demands of its policies."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Protocol

from workbench.document.parser import parse
from workbench.findings.house_rules import ceiling
from workbench.findings.rules import ForbiddenAccess, HouseRules, RequiredCondition
from workbench.policy.kinds import PolicyKind
from workbench.policy.reader import read
from workbench.project.model import ProjectError

_KEYS = ("allowedAccounts", "forbidden", "requiredCondition")
_FORBIDDEN_KEYS = ("actions", "resources", "reason")
_REQUIRED_KEYS = ("actions", "condition", "reason")
_ACCOUNT = re.compile(r"\d{12}")
_ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*?-]+")


class Config(Protocol):
    """What reads the values of workbench.toml."""

    def wrong(self, key: str, expected: str) -> ProjectError: ...
    def no_others(self, table: Mapping[str, Any], name: str, known: tuple[str, ...]) -> None: ...
    def text(self, table: Mapping[str, Any], key: str) -> str: ...
    def table(self, config: Mapping[str, Any], key: str) -> dict[str, Any]: ...
    def tables(self, config: Mapping[str, Any], key: str) -> list[dict[str, Any]]: ...


def read_rules(reader: Config, config: Mapping[str, Any]) -> HouseRules:
    """The rules of a project, none where it states none. Raises ProjectError."""
    rules = reader.table(config, "rules")
    reader.no_others(rules, "rules", _KEYS)
    return HouseRules(
        forbidden=tuple(_forbidden(reader, table) for table in reader.tables(rules, "forbidden")),
        required=tuple(_required(reader, table) for table in reader.tables(rules, "requiredCondition")),
        accounts=_accounts(reader, rules) if "allowedAccounts" in rules else None,
    )


def _forbidden(reader: Config, table: Mapping[str, Any]) -> ForbiddenAccess:
    reader.no_others(table, "rules.forbidden", _FORBIDDEN_KEYS)
    actions = _actions(reader, table, "rules.forbidden.actions")
    resources = _strings(reader, table, "resources", "rules.forbidden.resources")
    return ForbiddenAccess(actions, resources, reader.text(table, "reason"))


def _required(reader: Config, table: Mapping[str, Any]) -> RequiredCondition:
    reader.no_others(table, "rules.requiredCondition", _REQUIRED_KEYS)
    actions = _actions(reader, table, "rules.requiredCondition.actions")
    condition = reader.table(table, "condition")
    if not condition:
        raise reader.wrong("rules.requiredCondition.condition", "a table of operators, keys and values")
    try:
        rule = RequiredCondition(actions, json.dumps(condition, ensure_ascii=False), reader.text(table, "reason"))
    except TypeError as error:  # a date, which TOML has and a policy has not
        raise reader.wrong("rules.requiredCondition.condition", "of strings, numbers and Booleans") from error
    fatal = read(parse(ceiling(rule, PolicyKind.IDENTITY)), PolicyKind.IDENTITY).fatal
    if fatal is not None:
        raise reader.wrong("rules.requiredCondition.condition", f"one that AWS takes: {fatal.details.rstrip('.')}")
    return rule


def _accounts(reader: Config, rules: Mapping[str, Any]) -> frozenset[str]:
    accounts = _strings(reader, rules, "allowedAccounts", "rules.allowedAccounts")
    if not accounts or not all(_ACCOUNT.fullmatch(account) for account in accounts):
        raise reader.wrong("rules.allowedAccounts", "a list of account ids of 12 digits, in quotes")
    return frozenset(accounts)


def _actions(reader: Config, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    actions = _strings(reader, table, "actions", key)
    if not actions or not all(_ACTION.fullmatch(action) for action in actions):
        raise reader.wrong(key, "a list of actions such as iam:CreateUser or s3:Put*")
    return actions


def _strings(reader: Config, table: Mapping[str, Any], key: str, name: str) -> tuple[str, ...]:
    values = table.get(key, [])
    if not isinstance(values, list) or not all(isinstance(value, str) and value for value in values):
        raise reader.wrong(name, "a list of strings")
    return tuple(values)
