"""Service principals as condition values. Source: spec findings.md section 2, INVALID_SERVICE_PRINCIPAL_FORMAT."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.findings import fixes
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Confidence, Finding, Fix
from workbench.policy.model import ConditionValue
from workbench.policy.operators import Family

_SUFFIXES = (".amazonaws.com", ".amazonaws.com.cn", ".amazon.com")
_SUFFIX = r"\.(?:amazonaws\.com(?:\.cn)?|amazon\.com)"
_LABEL = r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?"
_ONE_LABEL = (re.compile(_LABEL + _SUFFIX), "athena.amazonaws.com")
_LABELS = (re.compile(rf"{_LABEL}(?:\.{_LABEL})*{_SUFFIX}"), "sagemaker.amazonaws.com")
_WITH_REGION = (re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.[a-z0-9-]+{_SUFFIX}"), "s3.us-east-1.amazonaws.com")
_FORMS = {
    "aws:calledvia": _ONE_LABEL,
    "aws:calledviafirst": _ONE_LABEL,
    "aws:calledvialast": _ONE_LABEL,
    "iam:passedtoservice": _LABELS,
    "iam:awsservicename": _LABELS,
    "aws:principalservicename": _LABELS,
    "aws:principalservicenameslist": _LABELS,
    "kms:viaservice": _WITH_REGION,
}
_INFERRED = frozenset({"aws:principalservicename", "aws:principalservicenameslist", "kms:viaservice"})
_LITERALS = re.compile(r"[a-z0-9._-]*")


def service_names(context: CheckContext) -> Iterator[Finding]:
    """Values of keys that hold service principals, and are none."""
    for _, test in context.tests():
        form = _FORMS.get(test.key.lower())
        operator = test.operator
        if form is None or operator is None or operator.base.family is not Family.STRING:
            continue
        for value in test.values:
            text = value.text
            if "${" in text or form[0].fullmatch(text):
                continue
            if ("*" in text or "?" in text) and (operator.base.test != "like" or _may_fit(text)):
                continue  # under exact operators the wildcard is the finding
            yield context.report(
                "INVALID_SERVICE_PRINCIPAL_FORMAT",
                f"The value {fixes.quoted(text)} of {test.key} is no service principal. Write it in lower case, like "
                f"{form[1]}.",
                value.place,
                confidence=Confidence.INFERRED if test.key.lower() in _INFERRED else Confidence.OBSERVED,
                fixes=_better(value, form[0]),
            )


def _may_fit(pattern: str) -> bool:
    """Whether some service principal fits the pattern: its literals may stand in one, and it may end in a suffix."""
    literals = re.split(r"[*?]", pattern)
    last = literals[-1]
    return all(_LITERALS.fullmatch(part) for part in literals) and any(
        last.endswith(suffix) or suffix.endswith(last) for suffix in _SUFFIXES
    )


def _better(value: ConditionValue, form: re.Pattern[str]) -> tuple[Fix, ...]:
    lower = value.text.lower()
    better = lower if form.fullmatch(lower) else f"{lower}{_SUFFIXES[0]}"
    if better == value.text or not form.fullmatch(better):
        return ()
    return (fixes.replace_node(f"Write {better}", value.node, fixes.quoted(better)),)


CHECKS = (Check("service principals in conditions", ("INVALID_SERVICE_PRINCIPAL_FORMAT",), service_names, local=True),)
