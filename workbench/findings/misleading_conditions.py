"""Conditions that do not do what they seem to: traps of absent keys, negations and set operators. Source: spec
findings.md section 3.3, conditions.md section 1, context-keys.md sections 2 to 4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.findings import fixes
from workbench.findings.condition_edits import add_test, move_test
from workbench.findings.condition_tests import is_negated, is_null, is_positive, key_of, requires, says
from workbench.findings.context import Check, CheckContext
from workbench.findings.escalation_paths import escalation_paths
from workbench.findings.exposure import FAMILIES, exposing_actions
from workbench.findings.model import Finding, Fix
from workbench.findings.names import names_action
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import ConditionTest, Effect, Statement
from workbench.policy.operators import Family, Qualifier

_MFA = "aws:multifactorauthpresent"
_LEFT_OUT = frozenset({"aws:sourcevpc", "aws:sourcevpce", "aws:sourceidentity", "aws:tagkeys"})
"""Lower-cased keys that a caller can leave out or choose; tags of the request beside them. Tags of the principal are
for whoever manages it to choose."""
_TAGS = ("aws:requesttag/",)
_ONLY_VIA_ENDPOINT = frozenset({"aws:sourcevpc", "aws:sourcevpce"})
_ORGANIZATION = frozenset({"aws:principalorgid", "aws:principalorgpaths"})
_SERVICE_KEYS = frozenset(
    {
        *("aws:viaawsservice", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast"),
        *("aws:principalisawsservice", "aws:principalservicename", "aws:principalservicenameslist"),
    }
)
_NETWORK_AND_KEYS = frozenset(
    {
        *("sagemaker:vpcsubnets", "sagemaker:vpcsecuritygroupids", "sagemaker:instancetypes"),
        *("lambda:subnetids", "lambda:securitygroupids"),
        *("glue:vpcids", "glue:subnetids", "glue:securitygroupids"),
    }
)
"""Lower-cased multivalued keys whose absence means a request outside the network, or without the limit, that the values
name (inferred)."""
_SESSION = re.compile(r"arn:[^:]*:sts::([^:]*):assumed-role/([^/]+)(?:/.*)?")
_ROOT = re.compile(r"arn:[^:*?]*:iam::[0-9]{12}:root")


def mfa(context: CheckContext) -> Iterator[Finding]:
    """Tests of MFA that a request without MFA passes (MFA_CONDITION_BYPASSED_WHEN_ABSENT)."""
    for statement, test in context.tests():
        operator = test.operator
        if operator is None or operator.qualifier or test.key.lower() != _MFA or len(test.values) != 1:
            continue
        value, deny = test.values[0].text.lower(), statement.effect is Effect.DENY
        boolean = operator.base.family is Family.BOOLEAN
        if deny and boolean and not operator.if_exists and value == "false":
            yield from _mfa(context, statement, test, "absent", "BoolIfExists", None)
        elif not deny and boolean and operator.if_exists and value == "true":
            yield from _mfa(context, statement, test, "absent", "Bool", None)
        elif not deny and is_null(test) and value == "false" and not says(statement, _MFA, "true", "Bool"):
            yield from _mfa(context, statement, test, "false", "Bool", "true")


def _mfa(
    context: CheckContext, statement: Statement, test: ConditionTest, state: str, operator: str, value: str | None
) -> Iterator[Finding]:
    deny = statement.effect is Effect.DENY
    key = "aws:MultiFactorAuthPresent"
    besides = {"Null": {key: "true"}} if state == "absent" else {"Bool": {key: "false"}}
    from workbench.findings.showing import ANOTHER_ALLOWS, shown  # few policies need the search

    scenario = shown(context, statement, besides, test if deny else None)
    if scenario is None:
        return
    who = (
        "Requests signed with long-term access keys carry no aws:MultiFactorAuthPresent"
        if state == "absent"
        else "Temporary credentials got without MFA carry aws:MultiFactorAuthPresent with the value false"
    )
    effect = "so this Deny does not stop them" if deny else "so this Allow lets them in without MFA"
    label = f"Write {operator} {key} {value or test.values[0].text}"
    fix = move_test(label, context.text, statement, test, operator, value=value)
    yield context.report(
        "MFA_CONDITION_BYPASSED_WHEN_ABSENT",
        f"{who}, {effect}. Use {operator} instead of {test.operator_node.value}.",
        test.key_place,
        scenario=scenario,
        assumption=(ANOTHER_ALLOWS,) if deny else (),
        fixes=() if fix is None else (fix,),
    )


def negated_only(context: CheckContext) -> Iterator[Finding]:
    """Allow statements that only tests restrict which whoever leaves the key out passes, on actions that matter
    (NEGATED_CONDITION_IS_NO_RESTRICTION)."""
    for statement in context.statements:
        tests = statement.conditions
        if statement.effect is not Effect.ALLOW or not tests or not all(map(_passes_without, tests)):
            continue
        if any(requires(statement, key_of(test)) for test in tests) or not _is_sensitive(statement):
            continue
        from workbench.findings.showing import shown

        scenario = shown(context, statement, {"Null": {test.key: "true" for test in tests}})
        if scenario is None:
            continue
        first = tests[0]
        fix = add_test(f"Add Null {first.key} false", context.text, statement, "Null", first.key, "false")
        yield context.report(
            "NEGATED_CONDITION_IS_NO_RESTRICTION",
            f"Whoever sends no {first.key} meets {first.operator_node.value}, and callers can leave it out, so this "
            "condition keeps nobody away. Require the key with Null false beside it.",
            *(test.key_place for test in tests),
            scenario=scenario,
            fixes=() if fix is None else (fix,),
        )


def _passes_without(test: ConditionTest) -> bool:
    """Whether a test that the caller can leave the key of holds if he does."""
    operator, key = test.operator, test.key.lower()
    if operator is None or is_null(test) or not (key in _LEFT_OUT or key.startswith(_TAGS)):
        return False
    return operator.if_exists or (operator.base.negated and operator.qualifier is not Qualifier.FOR_ANY)


def _is_sensitive(statement: Statement) -> bool:
    """Whether the statement names an action of a way to more power (3.4) or an exposing one (3.5)."""
    actions = statement.actions
    if actions is None:
        return False
    if actions.negated:
        return True
    return any(names_action(actions, name) for name in _sensitive_actions())


def _sensitive_actions() -> Iterator[str]:
    for path in escalation_paths():
        yield from (step.action for way in path.ways for step in way)
    for family in FAMILIES:
        yield from exposing_actions(family.code)


def missing_keys(context: CheckContext) -> Iterator[Finding]:
    """Deny statements that hit every request without the key of a negated test (DENY_HITS_MISSING_KEY)."""
    for statement, test in context.tests():
        operator = test.operator
        if statement.effect is not Effect.DENY or operator is None or not is_negated(test):
            continue
        if operator.if_exists or operator.qualifier is Qualifier.FOR_ANY or requires(statement, key_of(test)):
            continue
        who = _without(context, statement, test)
        if not who:
            continue
        mends = [_spare(context, statement, besides, key) for besides, key in _sparing(test)]
        yield context.report(
            "DENY_HITS_MISSING_KEY",
            f"{who} carry no {test.key}, and {test.operator_node.value} is true then, so this Deny hits them all. "
            f"{_remedy(test)}",
            test.key_place,
            fixes=tuple(fix for fix in mends if fix is not None),
        )


def _sparing(test: ConditionTest) -> list[tuple[str, str]]:
    """The tests that narrow such a Deny, the usual one first. Null would let in whoever has no organization, also
    somebody without credentials; of requests outside endpoints those of AWS services are hit by mistake."""
    key = test.key.lower()
    if key in _ORGANIZATION:
        return [("BoolIfExists", "aws:PrincipalIsAWSService")]
    if key in _ONLY_VIA_ENDPOINT:
        return [("BoolIfExists", "aws:ViaAWSService"), ("Null", test.key)]
    return [("Null", test.key)]


def _remedy(test: ConditionTest) -> str:
    key = test.key.lower()
    if key in _ORGANIZATION:
        return "Spare them with BoolIfExists aws:PrincipalIsAWSService false, unless that is meant."
    if key in _ONLY_VIA_ENDPOINT:
        return (
            "Spare what AWS services call for somebody with BoolIfExists aws:ViaAWSService false; or, if only other "
            "networks are meant, require the key with Null false."
        )
    return "Require the key with Null false beside it, unless that is meant."


def _spare(context: CheckContext, statement: Statement, operator: str, key: str) -> Fix | None:
    return add_test(f"Add {operator} {key} false", context.text, statement, operator, key, "false")


def _without(context: CheckContext, statement: Statement, test: ConditionTest) -> str:
    """Which ordinary requests for the statement carry no such key; empty where there is nothing to say."""
    key = test.key.lower()
    tested = {t.key.lower() for t in statement.conditions}
    if tested & _SERVICE_KEYS:
        return ""
    if key in _ONLY_VIA_ENDPOINT:
        meant = len(tested) > 1 or _lets_in(context, services=False)
        return "" if meant else "Requests that do not come through a VPC endpoint"
    if key in _ORGANIZATION and statement.principal is not None:
        hit = any(e.kind == "Service" or e.item.text == "*" for e in statement.principal.entries)
        hit = hit and context.kind is not PolicyKind.RCP and _lets_in(context, services=True)
        return "AWS services that call for themselves" if hit else ""
    if key.startswith("aws:requesttag/") and statement.actions is not None and not statement.actions.negated:
        actions = [context.catalog.action(item.text) for item in statement.actions.items]
        if actions and not any(a is None or context.catalog.supports(a, test.key) for a in actions):
            return "Requests for these actions"
    return ""


def _lets_in(context: CheckContext, *, services: bool) -> bool:
    """Whether the policy allows everybody something, as that of a private API does: then it is the Deny that keeps out
    who comes another way. With `services` whether it does so for AWS services: one that nothing lets in is not hit."""
    return any(
        statement.effect is Effect.ALLOW
        and statement.principal is not None
        and not statement.principal.negated
        and any(
            entry.item.text == "*" or (services and entry.kind == "Service") for entry in statement.principal.entries
        )
        for statement in context.statements
    )


def _is_of_an_api(statement: Statement) -> bool:
    """Whether it denies calls of an API alone: they do not carry aws:ViaAWSService, so that a test of it would undo the
    Deny (API Gateway Developer Guide, condition keys in API Gateway resource policies)."""
    actions = statement.actions
    return (
        actions is not None
        and not actions.negated
        and bool(actions.items)
        and all(item.text.lower().startswith("execute-api:") for item in actions.items)
    )


def source_ip(context: CheckContext) -> Iterator[Finding]:
    """Deny statements on addresses that hit what AWS services do for their callers
    (SOURCE_IP_WITHOUT_SERVICE_EXCEPTION)."""
    for statement, test in context.tests():
        operator = test.operator
        if statement.effect is not Effect.DENY or operator is None or test.key.lower() != "aws:sourceip":
            continue
        if operator.base.family is not Family.IP or not operator.base.negated:
            continue
        if any(t.key.lower() in _SERVICE_KEYS for t in statement.conditions) or _is_of_an_api(statement):
            continue
        fix = add_test(
            "Add Bool aws:ViaAWSService false", context.text, statement, "Bool", "aws:ViaAWSService", "false"
        )
        yield context.report(
            "SOURCE_IP_WITHOUT_SERVICE_EXCEPTION",
            "Where an AWS service calls another for somebody, aws:SourceIp is the service's own address, so this Deny "
            "hits such calls too. Add Bool aws:ViaAWSService false.",
            test.key_place,
            fixes=() if fix is None else (fix,),
        )


def lists_without_presence(context: CheckContext) -> Iterator[Finding]:
    """Allow statements whose list of networks, keys or sizes nobody needs to send (QUALIFIER_WITHOUT_PRESENCE)."""
    for statement, test in context.tests():
        operator, key = test.operator, test.key.lower()
        if statement.effect is not Effect.ALLOW or operator is None or key not in _NETWORK_AND_KEYS:
            continue
        if operator.qualifier is not Qualifier.FOR_ALL or not is_positive(test) or requires(statement, key):
            continue
        fix = add_test(f"Add Null {test.key} false", context.text, statement, "Null", test.key, "false")
        yield context.report(
            "QUALIFIER_WITHOUT_PRESENCE",
            f"ForAllValues is true where a request names no {test.key} at all, so this Allow takes such requests, too. "
            "Require the key with Null false beside it.",
            test.key_place,
            fixes=() if fix is None else (fix,),
        )


def principal_arns(context: CheckContext) -> Iterator[Finding]:
    """Values that aws:PrincipalArn never has, or that mean less than they seem to."""
    for _, test in context.tests():
        if key_of(test) != "aws:principalarn" or is_null(test) or test.operator is None:
            continue
        for value in test.values:
            session = _SESSION.fullmatch(value.text)
            if session is not None:
                role = f"arn:aws:iam::{session[1]}:role/{session[2]}"
                yield context.report(
                    "SESSION_ARN_AS_PRINCIPAL_ARN",
                    f"{test.key} of a role session is the ARN of the role, never {value.text}. Write {role}, "
                    "with the path of the role if it has one.",
                    value.place,
                    fixes=(fixes.replace_node(f"Write {role}", value.node, fixes.quoted(role)),),
                )
            elif _ROOT.fullmatch(value.text):
                yield context.report(
                    "ROOT_ARN_IN_PRINCIPAL_ARN",
                    f"Under {test.key} {value.text} means the root user alone, not everybody in the account. For "
                    "that use aws:PrincipalAccount.",
                    value.place,
                )


CHECKS = (
    Check("MFA that may be absent", ("MFA_CONDITION_BYPASSED_WHEN_ABSENT",), mfa, judged=True),
    Check("negations that restrict nobody", ("NEGATED_CONDITION_IS_NO_RESTRICTION",), negated_only, judged=True),
    Check("denials of requests without a key", ("DENY_HITS_MISSING_KEY",), missing_keys),
    Check("addresses of services", ("SOURCE_IP_WITHOUT_SERVICE_EXCEPTION",), source_ip, local=True),
    Check("lists without presence", ("QUALIFIER_WITHOUT_PRESENCE",), lists_without_presence, local=True),
    Check(
        "ARNs of principals", ("SESSION_ARN_AS_PRINCIPAL_ARN", "ROOT_ARN_IN_PRINCIPAL_ARN"), principal_arns, local=True
    ),
)
