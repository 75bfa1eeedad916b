"""Condition operators against the keys they test: family, qualifier, wildcards. Source: spec findings.md section 2."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from workbench.evaluation.values import read_base64, read_date, read_network, read_number
from workbench.findings import fixes
from workbench.findings.condition_edits import add_test, joined, move_test, remove_statements, remove_test
from workbench.findings.condition_tests import key_of
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Finding, Fix
from workbench.findings.sensitive_keys import IDENTIFIERS
from workbench.policy.model import ConditionTest, Effect, Statement
from workbench.policy.operators import BASE_OPERATORS, Family, Operator, Qualifier
from workbench.policy.tokens import Wildcard, tokenize

if TYPE_CHECKING:
    from workbench.catalog.model import ConditionKey

# Key type → families that fit it. Null always fits; a type that is not here takes every operator.
_FITTING: dict[str, frozenset[Family]] = {
    "Bool": frozenset({Family.BOOLEAN}),
    "Numeric": frozenset({Family.NUMERIC}),
    "Date": frozenset({Family.DATE}),
    "IPAddress": frozenset({Family.IP}),
    "Binary": frozenset({Family.BINARY}),
    "ARN": frozenset({Family.ARN, Family.STRING}),
    "String": frozenset({Family.STRING, Family.ARN}),
}
_TYPE_WORDS = {
    "Bool": "Boolean",
    "Numeric": "numeric",
    "Date": "date",
    "IPAddress": "IP address",
    "Binary": "binary",
    "ARN": "ARN",
    "String": "string",
}
_READABLE: dict[str, Callable[[str], bool]] = {
    "Bool": lambda text: text.lower() in ("true", "false"),
    "Numeric": lambda text: read_number(text) is not None,
    "Date": lambda text: read_date(text) is not None,
    "IPAddress": lambda text: read_network(text) is not None,
    "Binary": lambda text: read_base64(text) is not None,
    "ARN": lambda text: text.startswith("arn:"),
    "String": lambda text: True,
}
_TYPE_OPERATORS = {
    "Bool": "Bool",
    "IPAddress": "IpAddress",
    "Binary": "BinaryEquals",
    "Date": "DateEquals",
    "Numeric": "NumericEquals",
    "ARN": "ArnEquals",
    "String": "StringEquals",
}
_NEGATED = {
    "IpAddress": "NotIpAddress",
    "DateEquals": "DateNotEquals",
    "NumericEquals": "NumericNotEquals",
    "ArnEquals": "ArnNotEquals",
    "StringEquals": "StringNotEquals",
}
# Single-valued by the catalog, yet AWS takes ForAllValues on them without a word (observed).
_TAKEN_AS_MULTIVALUED = frozenset({"codestar-connections:provideraction"})


def key_type(key: ConditionKey) -> str:
    """The type of one value of a key: `ArrayOfString` is a list of `String`."""
    return key.type.removeprefix("ArrayOf")


def operator_family(context: CheckContext) -> Iterator[Finding]:
    """An operator of a family that cannot compare the key's values, or a Like on an ARN."""
    for statement, test in context.tests():
        operator, key = test.operator, context.catalog.key(test.key)
        if operator is None or key is None or operator.base.family is Family.EXISTENCE:
            continue
        wanted = key_type(key)
        fitting = _fitting(key)
        if fitting is None:
            continue
        if operator.base.family not in fitting:
            yield context.report(
                "TYPE_MISMATCH",
                f"{test.operator_node.value} compares {operator.base.family} values, but {key.name} is of type "
                f"{_TYPE_WORDS[wanted]}. Use "
                f"{_better(wanted, operator) or f'an operator for {_TYPE_WORDS[wanted]} values'}.",
                test.key_place,
                note=context.catalog_note,
                fixes=_retyped(context, statement, test, wanted, operator),
            )
        elif wanted == "ARN" and operator.base.name in ("StringLike", "StringNotLike"):
            arn = "ArnNotLike" if operator.base.negated else "ArnLike"
            yield context.report(
                "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS",
                f"{test.operator_node.value} lets a wildcard run over the parts of the ARN in {key.name}. Use {arn}.",
                test.key_place,
                note=context.catalog_note,
                fixes=_move(context, statement, test, operator, arn),
            )


def _fitting(key: ConditionKey) -> frozenset[Family] | None:
    """The families that fit a key; None if one of its types takes every operator or is not known."""
    families = [_FITTING.get(name.removeprefix("ArrayOf")) for name in (key.type, *key.other_types)]
    known = [f for f in families if f is not None]
    return frozenset().union(*known) if len(known) == len(families) else None


def _retyped(
    context: CheckContext, statement: Statement, test: ConditionTest, wanted: str, operator: Operator
) -> tuple[Fix, ...]:
    """The operator of the key's type, where the values are such that it can read them."""
    better = _better(wanted, operator)
    readable = _READABLE.get(wanted)
    if better is None or readable is None or not all(readable(v.text) for v in test.values):
        return ()
    if wanted == "Bool" and len(test.values) != 1:
        return ()
    mend = move_test(f"Replace {test.operator_node.value} by {better}", context.text, statement, test, better)
    return (mend,) if mend else ()


def _better(wanted: str, operator: Operator) -> str | None:
    base = _TYPE_OPERATORS.get(wanted)
    if base is None or operator.base.test.startswith(("<", ">")):
        return None
    negated = _NEGATED.get(base)
    if operator.base.negated:
        base = negated
    return operator._replace(base=BASE_OPERATORS[base]).name if base else None


def _move(
    context: CheckContext, statement: Statement, test: ConditionTest, operator: Operator, base: str
) -> tuple[Fix, ...]:
    """Put the test under another operator."""
    name = operator._replace(base=BASE_OPERATORS[base]).name
    label = f"Replace {test.operator_node.value} by {name}"
    mend = move_test(label, context.text, statement, test, name)
    return (mend,) if mend else ()


def qualifiers(context: CheckContext) -> Iterator[Finding]:
    """ForAllValues and ForAnyValue where they are missing, dangerous or senseless."""
    for statement, test in context.tests():
        operator = test.operator
        if operator is None:
            continue
        if operator.base.family is Family.EXISTENCE:
            if operator.qualifier:
                outcome = "always true" if operator.qualifier is Qualifier.FOR_ALL else "always false"
                yield context.report(
                    "NULL_WITH_QUALIFIER",
                    f"{test.operator_node.value} is {outcome}, since Null tests the key and not its values. Write "
                    "Null.",
                    test.operator_place,
                    fixes=_move(context, statement, test, operator._replace(qualifier=Qualifier.NONE), "Null"),
                )
            continue
        key = context.catalog.key(test.key)
        if key is None:
            continue
        if key.multivalued and not operator.qualifier:
            yield context.report(
                "MISSING_QUALIFIER",
                f"{test.key} may have several values in one request, so {test.operator_node.value} does not say which "
                "of them count. Put ForAnyValue: or ForAllValues: before the operator.",
                test.key_place,
                note=context.catalog_note,
                fixes=_qualify(context, statement, test, operator),
            )
        elif operator.qualifier is Qualifier.FOR_ALL and _dangerous(statement, test, key):
            yield context.report(
                "FORALLVALUES_WITH_SINGLE_VALUED_KEY",
                f"ForAllValues is true also when the request does not carry {test.key}, which never has more than one "
                "value. Remove the qualifier.",
                test.key_place,
                note=context.catalog_note,
                fixes=_move(context, statement, test, operator._replace(qualifier=Qualifier.NONE), operator.base.name),
            )


def _qualify(context: CheckContext, statement: Statement, test: ConditionTest, operator: Operator) -> tuple[Fix, ...]:
    """One of the values is enough; or all of them, and at least one must be there."""
    any_value = _move(context, statement, test, operator._replace(qualifier=Qualifier.FOR_ANY), operator.base.name)
    name = operator._replace(qualifier=Qualifier.FOR_ALL).name
    every = move_test("", context.text, statement, test, name)
    present = add_test("", context.text, statement, "Null", test.key, "false")
    if every is None or present is None:
        return any_value
    return (*any_value, joined(f"Write {name} and Null {test.key} false", every, present))


def _dangerous(statement: Statement, test: ConditionTest, key: ConditionKey) -> bool:
    if statement.effect is not Effect.ALLOW or key.multivalued or key_type(key) not in _FITTING:
        return False
    if test.key.lower() in _TAKEN_AS_MULTIVALUED:
        return False
    return not any(
        other.operator is not None
        and other.operator.base.family is Family.EXISTENCE
        and key_of(other) == key_of(test)
        and [v.text.lower() for v in other.values] == ["false"]
        for other in statement.conditions
    )


def wildcards(context: CheckContext) -> Iterator[Finding]:
    """A wildcard under an operator that takes it as a plain character."""
    for statement, test in context.tests():
        operator = test.operator
        if operator is None or operator.base.test not in ("equals", "equals-ignoring-case"):
            continue
        if operator.base.family is not Family.STRING:
            continue
        for value in test.values:
            if "*" not in value.text and "?" not in value.text:
                continue
            parts = tokenize(value.text, wildcards=True, variables=context.policy.variables_active).parts
            if not any(isinstance(part, Wildcard) for part in parts):
                continue
            like = "StringNotLike" if operator.base.negated else "StringLike"
            # An id takes no wildcard under any operator.
            mendable = operator.base.test == "equals" and test.key.lower() not in IDENTIFIERS
            yield context.report(
                "WILDCARD_WITHOUT_LIKE_OPERATOR",
                f"{test.operator_node.value} takes the wildcard in {fixes.quoted(value.text)} as a plain character. "
                f"Use {like} if it is meant as a wildcard.",
                value.place,
                fixes=_move(context, statement, test, operator, like) if mendable else (),
            )


def only_star(context: CheckContext) -> Iterator[Finding]:
    """A value list that holds `*` alone or among others: a test of presence, or no test at all."""
    for statement, test in context.tests():
        operator = test.operator
        star = next((v for v in test.values if v.text == "*"), None)
        if operator is None or star is None:
            continue
        if operator.base.name not in (
            "StringLike",
            "StringNotLike",
            "ArnLike",
            "ArnNotLike",
            "ArnEquals",
            "ArnNotEquals",
        ):
            continue
        code, sentence, null = _meaning(operator)
        yield context.report(
            code,
            f"The value * under {test.operator_node.value} {test.key} {sentence}",
            star.place,
            fixes=_instead(context, statement, test, code, null),
        )


def _meaning(operator: Operator) -> tuple[str, str, str]:
    """Issue code, the rest of the sentence, and the value of the Null test that says the same."""
    present = "only asks whether the request carries the key. Say so with Null and false."
    absent = "only asks whether the request lacks the key. Say so with Null and true."
    if operator.base.negated:
        if operator.qualifier is Qualifier.FOR_ANY:
            code = "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION"
            return (
                code,
                "is never true, so the statement never applies. Correct the value, or remove the statement.",
                "",
            )
        return "EQUIVALENT_TO_NULL_TRUE", absent, "true"
    if operator.if_exists or operator.qualifier is Qualifier.FOR_ALL:
        code = "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION"
        return code, "is always true, so it restricts nothing. Correct the value, or remove the key.", ""
    return "EQUIVALENT_TO_NULL_FALSE", present, "false"


def _instead(context: CheckContext, statement: Statement, test: ConditionTest, code: str, null: str) -> tuple[Fix, ...]:
    """`Null` where that says the same; else without the test, or without the statement."""
    if null:
        mend = move_test(f"Write Null {test.key} {null}", context.text, statement, test, "Null", value=null)
    elif code == "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION":
        mend = remove_test(f"Remove {test.key}", statement, test)
    else:
        mend = remove_statements("Remove the statement", context.policy, [statement])
    return (mend,) if mend else ()


CHECKS = (
    Check(
        "operator families",
        ("TYPE_MISMATCH", "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS"),
        operator_family,
        local=True,
    ),
    Check(
        "qualifiers",
        ("MISSING_QUALIFIER", "FORALLVALUES_WITH_SINGLE_VALUED_KEY", "NULL_WITH_QUALIFIER"),
        qualifiers,
        local=True,
    ),
    Check("wildcards under exact operators", ("WILDCARD_WITHOUT_LIKE_OPERATOR",), wildcards, local=True),
    Check(
        "the lone wildcard",
        (
            "EQUIVALENT_TO_NULL_FALSE",
            "EQUIVALENT_TO_NULL_TRUE",
            "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION",
            "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION",
        ),
        only_star,
        local=True,
    ),
)
