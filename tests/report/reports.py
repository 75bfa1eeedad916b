"""Reports that the tests of the writers share."""

from __future__ import annotations

from workbench.embedded.door import policies_in as policies_in
from workbench.engine import Engine
from workbench.findings.identity import identity_of
from workbench.findings.model import FailedCheck, Suppressed
from workbench.policy.kinds import PolicyKind
from workbench.report.model import FileReport, Told

ENGINE = Engine()
BAD = """\
{"Version": "2012-10-17", "Statement": [
  {"Effect": "allow", "Action": ["s3:GetObjct", "s3:*", "s3:List*"], "Resource": "*"},
  {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}
]}
"""


def report(text: str = BAD, path: str = "policies/a b.json", kind: PolicyKind = PolicyKind.IDENTITY) -> FileReport:
    validation = ENGINE.validate(text, kind)
    told = tuple(Told(f, identity_of(f, validation.document, path)) for f in validation.findings)
    return FileReport(path, validation.document, told, (FailedCheck("a check", "it, broke: at\n100 %"),))


def suppressed(told: Told) -> Told:
    from dataclasses import replace

    return replace(told, finding=replace(told.finding, suppressed=Suppressed("known since 2025", "ann", "2027-01-01")))
