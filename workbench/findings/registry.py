"""The registry: all checks, run over one policy, their findings folded and put in order. Source: findings.md section "
"1.3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from workbench import patience
from workbench.findings import (
    action_resources,
    administrator,
    arn_formats,
    arn_shape,
    aws_values,
    characters,
    condition_keys,
    condition_values,
    confused_deputy,
    cross_account,
    dead_statements,
    dependents,
    empties,
    escalation,
    exposure,
    grammar,
    guardrails,
    house_rules,
    ip_addresses,
    key_support,
    misleading_conditions,
    names,
    oidc,
    operators,
    organization,
    own_limits,
    partial_paths,
    pass_role,
    principals,
    public_access,
    redundancy,
    resource_types,
    sagemaker_traps,
    sensitive_keys,
    service_names,
    service_principals,
    sids,
    sizes,
    tag_conditions,
    templates,
    trust,
    trust_actions,
    unsupported_keys,
    variables,
    weak_conditions,
    wide_trust,
)
from workbench.findings.as_if import Judging
from workbench.findings.branches import branches, is_in_branch, local_findings
from workbench.findings.codes import CODES
from workbench.findings.context import Check, CheckContext, UndecidedError
from workbench.findings.model import FailedCheck, Finding, FindingType
from workbench.findings.recall import Recall, Rerun
from workbench.policy.kinds import PolicyKind

REGISTRY: tuple[Check, ...] = (
    *grammar.CHECKS,
    *templates.CHECKS,
    *characters.CHECKS,
    *sids.CHECKS,
    *empties.CHECKS,
    *sizes.CHECKS,
    *names.CHECKS,
    *principals.CHECKS,
    *trust.CHECKS,
    *trust_actions.CHECKS,
    *oidc.CHECKS,
    *service_principals.CHECKS,
    *organization.CHECKS,
    *condition_keys.CHECKS,
    *operators.CHECKS,
    *condition_values.CHECKS,
    *aws_values.CHECKS,
    *sensitive_keys.CHECKS,
    *key_support.CHECKS,
    *weak_conditions.CHECKS,
    *ip_addresses.CHECKS,
    *service_names.CHECKS,
    *variables.CHECKS,
    *arn_shape.CHECKS,
    *arn_formats.CHECKS,
    *pass_role.CHECKS,
    *dependents.CHECKS,
    *tag_conditions.CHECKS,
    *redundancy.CHECKS,
    *resource_types.CHECKS,
    *action_resources.CHECKS,
    *unsupported_keys.CHECKS,
    *dead_statements.CHECKS,
    *guardrails.CHECKS,
    *misleading_conditions.CHECKS,
    *administrator.CHECKS,
    *escalation.CHECKS,
    *partial_paths.CHECKS,
    *exposure.CHECKS,
    *own_limits.CHECKS,
    *public_access.CHECKS,
    *wide_trust.CHECKS,
    *cross_account.CHECKS,
    *confused_deputy.CHECKS,
    *sagemaker_traps.CHECKS,
    *house_rules.CHECKS,
)
"""Every check there is. A new family is one module with `CHECKS` and one line here."""

# Not local, for they look at the rest of the document too; but without it they still speak of a statement.
_OF_STATEMENTS = (grammar.elements, pass_role.wide_roles, action_resources.mismatches)
# They speak of the text itself, so neither a repair nor a placeholder beside them takes them away.
_ABOUT_THE_TEXT = frozenset(
    {"JSON_SYNTAX_ERROR", "DUPLICATE_JSON_KEY", "CONTROL_OR_FOREIGN_CHARACTER", "TEMPLATE_NOT_RESOLVED"}
    | {"BYTE_ORDER_MARK", "HIDDEN_OR_DISGUISED_CHARACTER"}
)
# One cause, two findings at one place: the first is kept, the others follow from it.
_FOLDED_INTO: dict[str, frozenset[str]] = {
    "INVALID_VARIABLE_FOR_OPERATOR": frozenset(
        {"TYPE_MISMATCH_NUMBER", "TYPE_MISMATCH_DATE", "TYPE_MISMATCH_BOOLEAN", "TYPE_MISMATCH_STRING"}
        | {"TYPE_MISMATCH_IP_RANGE", "INVALID_DATE_VALUE", "VARIABLE_UNSUPPORTED_IN_VERSION"}
    ),
    "VARIABLE_UNSUPPORTED_IN_ELEMENT": frozenset(
        {"INVALID_ACTION", "ACTION_NOT_IN_CATALOG", "INVALID_SERVICE_IN_ACTION", "SERVICE_NOT_IN_CATALOG"}
        | {"INVALID_ARN_REGION", "INVALID_ARN_ACCOUNT", "INVALID_PARTITION", "INVALID_SERVICE", "UNSUPPORTED_SID"}
    ),
    "INVALID_CONDITION_KEY_FORMAT": frozenset({"INVALID_SERVICE_CONDITION_KEY", "INVALID_GLOBAL_CONDITION_KEY"}),
    "NULL_WITH_QUALIFIER": frozenset({"FORALLVALUES_WITH_SINGLE_VALUED_KEY"}),
    "UNSUPPORTED_ACTION_IN_POLICY": frozenset({"ACTION_DOES_NOT_FIT_RESOURCE"}),
    "TYPE_MISMATCH": frozenset({"STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS"}),
}


def run_checks(
    context: CheckContext, checks: Iterable[Check] = REGISTRY, recall: Recall | None = None
) -> tuple[tuple[Finding, ...], tuple[FailedCheck, ...]]:
    """All findings of one policy, in order, and the checks that failed. `recall`: what was said of its statements
    before. Raises nothing but GivenUp; what was said by then of new statements is recalled."""
    rerun = None if recall is None else Rerun(context, recall)
    mended = Judging(context)
    findings: list[Finding] = []
    failed: list[FailedCheck] = []
    try:
        for check in checks:
            if not _asked_for(check.codes, context.kind, context.rules.enabled):
                continue
            patience.check()
            try:
                # all or nothing: a check that fails half-way reports no finding
                if check.judged:
                    made = mended.run(check)
                else:
                    made = rerun.run(check) if rerun is not None and check.local else list(check.run(context))
                if check.local or check.run in _OF_STATEMENTS:
                    made += _in_branches(context, check)
            except UndecidedError as error:
                findings += error.found
                failed.append(FailedCheck(check.name, str(error)))
            except Exception as error:  # noqa: BLE001 - one broken check must not take the other findings away
                failed.append(FailedCheck(check.name, str(error) or type(error).__name__))
            else:
                findings += made
        found = tuple(_ordered(context, findings))
    except patience.GivenUp:
        if rerun is not None and rerun.all_new:
            rerun.finish()  # much was learned; of a few statements it is faster to learn it again
        raise
    finally:
        context.let_go()
        mended.let_go()
    if rerun is not None:
        rerun.finish()
    return found, tuple(failed)


def _in_branches(context: CheckContext, check: Check) -> Iterator[Finding]:
    """What a local check says of statements that a template chooses between."""
    for chosen in branches(context).values():
        for branch in chosen:
            for finding in local_findings(branch.context, check.run(branch.context)):
                if not _templated(branch.context, finding):
                    yield finding


@lru_cache(maxsize=4096)
def _asked_for(codes: tuple[str, ...], kind: PolicyKind, enabled: frozenset[str]) -> bool:
    """Whether some of the codes is one for policies of that kind, and on."""
    known = (CODES[code] for code in codes)
    return any(kind in code.kinds and (code.on or code.code in enabled) for code in known)


def _ordered(context: CheckContext, findings: list[Finding]) -> list[Finding]:
    kept: dict[tuple[str, frozenset[object]], Finding] = {}
    for finding in findings:
        patience.check()
        if not _asked_for((finding.code,), context.kind, context.rules.enabled):
            continue
        if _invented(context, finding):
            continue
        if finding.code not in _ABOUT_THE_TEXT and (
            _repaired(context, finding)
            or (not is_in_branch(finding.locations[0].path) and _templated(context, finding))
        ):
            continue
        kept.setdefault((finding.code, frozenset(finding.locations)), finding)
    folded = {
        (weaker, finding.locations[0].path)
        for finding in kept.values()
        for weaker in _FOLDED_INTO.get(finding.code, ())
    }
    return sorted(
        (f for f in kept.values() if (f.code, f.locations[0].path) not in folded),
        key=lambda f: (f.span.start, f.type.rank, f.code, f.locations[0].span.end),
    )


def _invented(context: CheckContext, finding: Finding) -> bool:
    """Whether the finding speaks of what is not in the text: a name the JSON repair made up, names that meet in one
    object because a bracket is missing, a string that the repair cut."""
    if context.whole or finding.code == "JSON_SYNTAX_ERROR":
        return False
    span = finding.span
    if span.start == span.end < len(context.text):
        return True
    if finding.code == "DUPLICATE_JSON_KEY" and context.document.brackets_doubtful:
        return _repaired(context, finding)
    about = ("DUPLICATE_JSON_KEY", "CONTROL_OR_FOREIGN_CHARACTER", "HIDDEN_OR_DISGUISED_CHARACTER")
    return finding.code in about and not context.sound(span)


def _repaired(context: CheckContext, finding: Finding) -> bool:
    """Whether the finding may be the work of the JSON repair: it speaks of the whole document, or of a statement (or,
    outside of statements, of a place) that the repair touched."""
    if context.whole:
        return False
    path, span = finding.locations[0].path, finding.span
    if not path:
        return True
    for length in (2, 1):
        statement = context.statements_by_path.get(path[:length])
        if statement is not None:
            return not context.untouched(statement)
    return context.document.brackets_doubtful or not context.sound(span)


def _templated(context: CheckContext, finding: Finding) -> bool:
    """Whether a placeholder may be the cause: the finding stands at a string with one, or at or in an object such as
    `{"Ref": …}`; or it is an error about a list that holds such an object."""
    if not context.placeholders.found:
        return False
    span = finding.span
    if span.start in context.placeholders.strings:
        return True
    for start, end in context.placeholders.objects:
        if start <= span.start and span.end <= end:
            return True
        holds = span.start <= start and end <= span.end
        if holds and finding.code == "DATA_TYPE_MISMATCH" and finding.type is FindingType.ERROR:
            return True
    return False
