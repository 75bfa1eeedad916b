"""Trust in web identity providers: which of their identities may assume the role. Source: spec findings.md sections 2.2
to 2.4; IAM User Guide, roles for OIDC federation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.evaluation.glob import compile_glob
from workbench.findings.condition_edits import move_test
from workbench.findings.condition_tests import is_negated, is_null
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Finding
from workbench.findings.names import has_wildcard
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import ConditionTest, Effect, Item, Statement
from workbench.policy.operators import Qualifier
from workbench.policy.principals import SAML

_ACTION = "sts:assumerolewithwebidentity"
_PROVIDER = re.compile(r"arn:[^:]*:iam::[^:]*:oidc-provider/(.+)", re.DOTALL)
_GITHUB = "token.actions.githubusercontent.com"
_AUDIENCE = ":aud"
# Providers whose tokens have one audience (the list is inferred); EKS has a host of its own for each Region.
_ONE_AUDIENCE = (_GITHUB, "cognito-identity.amazonaws.com", "accounts.google.com")
_EKS = re.compile(r"oidc\.eks\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?(?:/.*)?", re.DOTALL)


def provider_of(text: str) -> str | None:
    """The host (with its path) of an OIDC provider as a Federated principal names it, in lower case; None for a SAML
    provider and for what is none."""
    if SAML.fullmatch(text):
        return None
    arn = _PROVIDER.fullmatch(text)
    if arn is not None:
        return arn[1].lower()
    return text.lower() if "." in text and ":" not in text else None


def untested_providers(context: CheckContext) -> Iterator[Finding]:
    """Providers of which any identity, or any repository, may assume the role."""
    for statement, item, provider in _trusted(context):
        tested = {test.key.lower() for test in statement.conditions}
        if provider.partition("/")[0] == _GITHUB:
            if f"{provider}:sub" not in tested and f"{_GITHUB}:sub" not in tested:
                yield context.report(
                    "MISSING_GITHUB_REPO_CONDITION_KEY",
                    f"Any repository of GitHub may assume the role, since no condition tests {_GITHUB}:sub. Test it "
                    "for a value such as repo:OWNER/REPOSITORY:ref:refs/heads/BRANCH.",
                    item.place,
                )
        elif not any(key.startswith(f"{provider}:") for key in tested):
            yield context.report(
                "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL",
                f"Anyone with an identity of {provider} may assume the role, since no condition tests a claim of it. "
                f"Test {provider}:aud or {provider}:sub.",
                item.place,
            )


def _trusted(context: CheckContext) -> Iterator[tuple[Statement, Item, str]]:
    """Each OIDC provider that a statement allows to assume the role."""
    if context.kind is not PolicyKind.TRUST:
        return
    for statement in context.statements:
        principal, actions = statement.principal, statement.actions
        if statement.effect is not Effect.ALLOW or principal is None or principal.negated or actions is None:
            continue
        fits = any(compile_glob(i.text.lower()).matches(_ACTION) for i in actions.items)
        if fits is actions.negated:
            continue
        for kind, item in principal.entries:
            provider = provider_of(item.text) if kind == "Federated" and not context.templated(item.node) else None
            if provider is not None and not has_wildcard(provider):
                yield statement, item, provider


def open_repositories(context: CheckContext) -> Iterator[Finding]:
    """Patterns for GitHub's subject that leave more open than a branch of a repository."""
    if context.kind is not PolicyKind.TRUST:
        return
    for statement, test in context.tests():
        if statement.effect is not Effect.ALLOW or is_negated(test) or is_null(test):
            continue
        host, _, claim = test.key.lower().rpartition(":")
        if host.partition("/")[0] != _GITHUB or claim != "sub" or not _is_like(test):
            continue
        for value in test.values:
            if value.text == "*" or not has_wildcard(value.text) or context.templated(value.node):
                continue  # `*` alone asks for presence, which is a finding of its own
            yield context.report(
                "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED",
                f"The subject {value.text} leaves {_left_open(value.text)} open. Name the owner, the repository and "
                "the branch, such as repo:OWNER/REPOSITORY:ref:refs/heads/BRANCH.",
                value.place,
            )


def _is_like(test: ConditionTest) -> bool:
    return test.operator is not None and test.operator.base.test == "like"


def _left_open(subject: str) -> str:
    """Which part of `repo:OWNER/REPOSITORY:REST` the first wildcard stands in."""
    before = re.split(r"[*?]", subject, maxsplit=1)[0]
    if "/" not in before:
        return "the owner"
    return "the branch or the event" if ":" in before.partition("/")[2] else "the repository"


def audience_qualifiers(context: CheckContext) -> Iterator[Finding]:
    """ForAllValues and ForAnyValue on the audience of a token."""
    if context.kind is not PolicyKind.TRUST:
        return
    for statement, test in context.tests():
        operator = test.operator
        provider = test.key.lower().removesuffix(_AUDIENCE)
        if operator is None or not operator.qualifier or provider == test.key.lower() or "." not in provider:
            continue
        host = provider.partition("/")[0]
        if host not in _ONE_AUDIENCE and not _EKS.fullmatch(provider):
            yield context.report(
                "CONFIRM_AUDIENCE_CLAIM_TYPE",
                f"{operator.name} is for keys with several values. Confirm that the tokens of {provider} have several "
                f"audiences, or remove {operator.qualifier.value}.",
                test.key_place,
            )
        elif operator.qualifier is Qualifier.FOR_ANY:
            plain = operator._replace(qualifier=Qualifier.NONE).name
            mend = move_test(f"Replace {operator.name} by {plain}", context.text, statement, test, plain)
            yield context.report(
                "FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE",
                f"{test.key} has one value, so {operator.qualifier.value} says nothing more. Write {plain}.",
                test.key_place,
                fixes=(mend,) if mend else (),
            )


CHECKS = (
    Check(
        "web identity providers",
        ("MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL", "MISSING_GITHUB_REPO_CONDITION_KEY"),
        untested_providers,
        local=True,
    ),
    Check("subjects of GitHub", ("SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED",), open_repositories, local=True),
    Check(
        "audiences of web identities",
        ("FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE", "CONFIRM_AUDIENCE_CLAIM_TYPE"),
        audience_qualifiers,
        local=True,
    ),
)
