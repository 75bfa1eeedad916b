"""Breaches of JSON and of the policy grammar: what reading the policy found, as findings. Source: spec grammar.md."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.document.nodes import ObjectNode
from workbench.document.span import Span
from workbench.findings import fixes
from workbench.findings.context import Check, CheckContext, document_place
from workbench.findings.grammar_fixes import grammar_fixes
from workbench.findings.json_repairs import repairs
from workbench.findings.model import Confidence, Finding
from workbench.findings.places import member_value
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import CURRENT_VERSION, OLD_VERSION, Defect, Place
from workbench.policy.names import near_match
from workbench.policy.reader import DOCUMENT_ELEMENTS

_ORGANIZATION = frozenset({PolicyKind.SCP, PolicyKind.RCP})
_MOST_PROBLEMS = 100  # in the details of one text; more only repeat the first


def undecodable(context: CheckContext) -> Iterator[Finding]:
    """The bytes of the file are not text in UTF-8."""
    problem = context.decoding_problem
    if problem is not None:
        place = Place((), Span(problem.start, problem.end))
        yield context.report("JSON_SYNTAX_ERROR", problem.message, place)


def byte_order_mark(context: CheckContext) -> Iterator[Finding]:
    """The file begins with a mark that is no part of the policy, but is sent along by some programs."""
    if context.bom:
        yield context.report(
            "BYTE_ORDER_MARK",
            "The file begins with a byte order mark, which IAM refuses if it is sent along. Save the file as UTF-8 "
            "without it.",
            Place((), Span(0, min(1, len(context.text)))),
        )


def json_syntax(context: CheckContext) -> Iterator[Finding]:
    """The text is not one JSON object."""
    defects = [d for d in context.policy.defects if d.code == "JSON_SYNTAX_ERROR"]
    problems = {(p.start, p.end): p for p in context.document.problems}
    left_out = len(defects) - _MOST_PROBLEMS + context.document.problems_left_out
    for count, defect in enumerate(defects[:_MOST_PROBLEMS], 1):
        place = defect.places[0]
        at = context.document.position(place.span.start)
        details = f"{defect.details} (Line {at.line}, column {at.column + 1}, index {at.offset}.)"
        last = count == _MOST_PROBLEMS and left_out > 0
        problem = problems.get((place.span.start, place.span.end))
        yield context.report(
            "JSON_SYNTAX_ERROR",
            details,
            place,
            note=f"{left_out} more mistakes are not listed" if last else "",
            fixes=repairs(context.text, problem) if problem is not None else (),
        )


def elements(context: CheckContext) -> Iterator[Finding]:
    """Every other breach of the grammar that reading found."""
    for defect in context.policy.defects:
        if defect.code != "JSON_SYNTAX_ERROR":
            yield context.report(
                defect.code,
                defect.details,
                *defect.places,
                fixes=grammar_fixes(context, defect),
                confidence=Confidence.INFERRED if _is_inferred(context, defect) else None,
            )


def _is_inferred(context: CheckContext, defect: Defect) -> bool:
    """Whether this case of a documented rule is one that AWS does not name: a null, the version of an organization's
    policy."""
    if defect.code == "DATA_TYPE_MISMATCH":
        span = defect.places[0].span
        return context.text[span.start : span.end] == "null"
    return defect.code == "INVALID_VERSION" and OLD_VERSION in context.text and context.kind in _ORGANIZATION


def version(context: CheckContext) -> Iterator[Finding]:
    """The policy names no edition of the language."""
    root = context.document.root
    if not isinstance(root, ObjectNode) or not root.members or member_value(root, "Version") is not None:
        return
    if any(near_match(m.key.value.strip(), DOCUMENT_ELEMENTS) == "Version" for m in root.members):
        return  # misspelt, which is a finding of its own
    fix = fixes.add_member(f"Add Version {CURRENT_VERSION}", context.text, root, "Version", CURRENT_VERSION, first=True)
    yield context.report(
        "MISSING_VERSION",
        f"The policy has no Version, so policy variables do not work in it. Add Version {CURRENT_VERSION}.",
        document_place(context),
        fixes=(fix,),
        confidence=Confidence.INFERRED if context.kind in _ORGANIZATION else None,
    )


CHECKS = (
    Check("undecodable bytes", ("JSON_SYNTAX_ERROR",), undecodable),
    Check("byte order mark", ("BYTE_ORDER_MARK",), byte_order_mark),
    Check("JSON syntax", ("JSON_SYNTAX_ERROR",), json_syntax),
    Check(
        "policy grammar",
        (
            "DATA_TYPE_MISMATCH",
            "DUPLICATE_JSON_KEY",
            "DUPLICATE_KEYS_WITH_DIFFERENT_CASE",
            "INVALID_CONDITION_DATA_TYPE",
            "INVALID_CONDITION_KEY_FORMAT",
            "INVALID_CONDITION_OPERATOR",
            "INVALID_EFFECT",
            "INVALID_POLICY_ELEMENT",
            "INVALID_PRINCIPAL_KEY",
            "INVALID_VERSION",
            "MISSING_ACTION",
            "MISSING_EFFECT",
            "MISSING_PRINCIPAL",
            "MISSING_RESOURCE",
            "MISSING_STATEMENT",
            "NULL_WITH_IF_EXISTS",
            "OPERATOR_CASE",
            "UNSUPPORTED_ELEMENT_COMBINATION",
            "UNSUPPORTED_PRINCIPAL",
            "SCP_SYNTAX_ERROR_PRINCIPAL",
            "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL",
            "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE",
            "ALLOW_WITH_NOT_PRINCIPAL",
            "RCP_SYNTAX_ERROR_ALLOW",
            "RCP_SYNTAX_ERROR_NOTACTION",
            "RCP_SYNTAX_ERROR_PRINCIPAL",
            "ID_IN_IDENTITY_POLICY",
        ),
        elements,
    ),
    Check("policy version", ("MISSING_VERSION",), version),
)
