"""Condition values against operator and key: Booleans, numbers, dates, ids of AWS. Source: spec findings.md section "
"2."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from workbench.document.nodes import ArrayNode
from workbench.evaluation.values import read_base64, read_date, read_number
from workbench.findings import fixes
from workbench.findings.condition_edits import move_test
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Confidence, Finding, Fix
from workbench.findings.operators import key_type
from workbench.findings.places import condition_value_node, node_place
from workbench.policy.model import ConditionValue
from workbench.policy.operators import Family

_USUAL_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:Z|[+-][0-9]{2}:?[0-9]{2}))?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_10000 = 253_402_300_800
_MOST_DIGITS = 30  # twice what a 64-bit number or a double holds

_Reader = Callable[[str], bool]
_TYPED: dict[Family, tuple[str, _Reader, str]] = {
    Family.BOOLEAN: ("TYPE_MISMATCH_BOOLEAN", lambda t: t.lower() in ("true", "false"), "Write true or false."),
    Family.EXISTENCE: ("TYPE_MISMATCH_BOOLEAN", lambda t: t.lower() in ("true", "false"), "Write true or false."),
    Family.NUMERIC: ("TYPE_MISMATCH_NUMBER", lambda t: read_number(t) is not None, "Write a number."),
    Family.DATE: (
        "TYPE_MISMATCH_DATE",
        lambda t: read_date(t) is not None,
        "Write a date such as 2026-01-31 or 2026-01-31T12:00:00Z.",
    ),
    Family.BINARY: ("TYPE_MISMATCH_STRING", lambda t: read_base64(t) is not None, "Write the bytes in base64."),
}
_WORDS = {
    Family.BOOLEAN: "no Boolean",
    Family.EXISTENCE: "no Boolean",
    Family.NUMERIC: "no number",
    Family.DATE: "no date",
    Family.BINARY: "not base64",
}


def value_types(context: CheckContext) -> Iterator[Finding]:
    """Values that the operator cannot read."""
    for _, test in context.tests():
        operator = test.operator
        typed = _TYPED.get(operator.base.family) if operator is not None else None
        if operator is None or typed is None:
            continue
        code, readable, remedy = typed
        for value in test.values:
            if "${" in value.text and context.policy.variables_active:
                continue
            if not readable(value.text):
                family = _WORDS[operator.base.family]
                details = f"The value {fixes.quoted(value.text)} of {test.key} is {family}. {remedy}"
                yield context.report(code, details, value.place)
            elif operator.base.family is Family.DATE and not _USUAL_DATE.fullmatch(value.text):
                yield context.report(
                    "INVALID_DATE_VALUE",
                    f"AWS recommends another form than {fixes.quoted(value.text)} for the date in {test.key}. Write it "
                    "like 2026-01-31 or 2026-01-31T12:00:00Z.",
                    value.place,
                    confidence=None if value.text.lstrip("-").isdecimal() else Confidence.INFERRED,
                    fixes=_usual_date(value),
                )


def _usual_date(value: ConditionValue) -> tuple[Fix, ...]:
    """The same moment in the recommended form."""
    seconds = read_date(value.text)
    if seconds is None or seconds % 1 or not 0 <= seconds < _YEAR_10000:
        return ()
    written = (_EPOCH + timedelta(seconds=int(seconds))).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (fixes.replace_node(f"Write {written}", value.node, fixes.quoted(written)),)


def number_ranges(context: CheckContext) -> Iterator[Finding]:
    """Numbers that no request carries, and that other programs read as something else."""
    for _, test in context.tests():
        if test.operator is None or test.operator.base.family is not Family.NUMERIC:
            continue
        for value in test.values:
            number = read_number(value.text)
            if number is None or (number.adjusted() < _MOST_DIGITS and len(number.as_tuple().digits) <= _MOST_DIGITS):
                continue
            shown = value.text if len(value.text) <= 20 else f"{value.text[:17]}…"
            yield context.report(
                "NUMBER_OUT_OF_RANGE",
                f"The number {shown} of {test.key} has more digits than any value in a request. Write the number that "
                "is meant.",
                value.place,
            )


def several_booleans(context: CheckContext) -> Iterator[Finding]:
    """More than one value where only true or false can stand."""
    for statement, test in context.tests():
        operator = test.operator
        if operator is None or len(test.values) < 2 or operator.base.family is Family.EXISTENCE:
            continue
        key = context.catalog.key(test.key)
        if operator.base.family is not Family.BOOLEAN and (key is None or key_type(key) != "Bool"):
            continue
        node = condition_value_node(statement, test)
        if node is None:
            continue
        values = {v.text.lower() for v in test.values}
        single = sorted(values)[0] if len(values) == 1 else None
        null = move_test(f"Write Null {test.key} false", context.text, statement, test, "Null", value="false")
        mend = fixes.replace_node(f"Keep {single}", node, f'"{single}"') if single else null
        yield context.report(
            "INVALID_CONDITION_MULTIPLE_BOOLEAN",
            f"{test.key} under {test.operator_node.value} has {len(test.values)} values, but a Boolean test takes one. "
            "Keep one, or use Null if the key need only be there.",
            node_place(node, test.path),
            fixes=(mend,) if mend else (),
        )


def redundant_numbers(context: CheckContext) -> Iterator[Finding]:
    """Several bounds in one direction: only one of them decides."""
    for statement, test in context.tests():
        operator = test.operator
        if operator is None or len(test.values) < 2 or operator.base.name in ("NumericEquals", "NumericNotEquals"):
            continue
        if operator.base.family is not Family.NUMERIC:
            continue
        numbers = [(read_number(v.text), v) for v in test.values]
        read = [(n, v) for n, v in numbers if n is not None]
        node = condition_value_node(statement, test)
        if len(read) < len(numbers) or not isinstance(node, ArrayNode) or len(node.items) > len(numbers):
            continue
        pick = max if operator.base.test.startswith("<") else min
        word = "greatest" if pick is max else "least"
        kept: ConditionValue = pick(read, key=lambda pair: pair[0])[1]
        yield context.report(
            "REDUNDANT_CONDITION_VALUE_NUM",
            f"Of the {len(test.values)} values of {test.key} under {test.operator_node.value} only the {word}, "
            f"{kept.text}, decides. Remove the others.",
            node_place(node, test.path),
            fixes=(
                fixes.remove_items(f"Keep {kept.text}", node, [i for i, v in enumerate(test.values) if v is not kept]),
            ),
        )


CHECKS = (
    Check(
        "types of condition values",
        (
            "TYPE_MISMATCH_BOOLEAN",
            "TYPE_MISMATCH_NUMBER",
            "TYPE_MISMATCH_DATE",
            "TYPE_MISMATCH_STRING",
            "INVALID_DATE_VALUE",
        ),
        value_types,
    ),
    Check("ranges of numbers", ("NUMBER_OUT_OF_RANGE",), number_ranges),
    Check("several Booleans", ("INVALID_CONDITION_MULTIPLE_BOOLEAN",), several_booleans),
    Check("redundant numbers", ("REDUNDANT_CONDITION_VALUE_NUM",), redundant_numbers),
)
