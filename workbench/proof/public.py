"""Who counts as the public, and which conditions keep it out. Source: S3 User Guide, "The meaning of 'public'"; Access
Analyzer, CheckNoPublicAccess.

A condition narrows where it holds a key to fixed values: a fixed organization, account, VPC, endpoint or source, or a
range of addresses that is not nearly everything. A value with a wildcard is not fixed, but where it keeps the account
of an ARN, or an organization at the beginning of a path (for GitHub the owner of the repository, inferred). So the
public is whoever has none of the fixed values. The variable for the account or organization of the resource itself is
fixed, too: nobody else's account gets in, and whoever is of it is not the public. (S3 takes no variable for fixed, and
calls that public; inferred.)
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from workbench.document.parser import parse
from workbench.evaluation.compiled import CompiledStatement
from workbench.evaluation.conditions import ConditionMatcher
from workbench.evaluation.request import Scenario
from workbench.evaluation.values import read_network
from workbench.policy.arns import parse_arn
from workbench.policy.kinds import PolicyKind
from workbench.policy.operators import Family
from workbench.policy.reader import read
from workbench.proof.askers import Asker, anonymous, anybody, provider_asker
from workbench.proof.formulas import Formula, Leaf, all_of
from workbench.proof.keys import key_test
from workbench.proof.meant import stranger
from workbench.proof.partitions import told_apart
from workbench.proof.patterns import Variables

_NARROWING = frozenset(
    {
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalarn",
        "aws:principalaccount",
        "aws:userid",
        "aws:sourcearn",
        "aws:sourceaccount",
        "aws:sourceowner",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "kms:calleraccount",
        "elasticfilesystem:accessedviamounttarget",
    }
)
"""Lower-cased keys whose fixed values name somebody or something of one's own (kms:CallerAccount inferred; for file
systems the EFS User Guide, blocking public access)."""
_ACCOUNT_OF_RESOURCE = "aws:resourceaccount"
_OF_THE_RESOURCE = frozenset({"${aws:resourceaccount}", "${aws:resourceorgid}"})
_WITH_DEFAULT = re.compile(r"\$\{(aws:resource(?:account|orgid))\s*,\s*'[^'*?]*'\s*\}")
"""What stands for a resource of no account is fixed, too."""
_OF_THE_CALLER = frozenset({"${aws:principalaccount}", "${aws:principalorgid}"})
_ADDRESSES = frozenset({"aws:sourceip", "aws:vpcsourceip"})
_WIDEST = {4: 8, 6: 32}
"""Ranges with a shorter prefix are the public (S3 User Guide)."""
_ORGANIZATION_PATHS = ("orgpaths",)
_POSITIVE = {
    (Family.STRING, "equals"): "StringEquals",
    (Family.STRING, "equals-ignoring-case"): "StringEqualsIgnoreCase",
    (Family.STRING, "like"): "StringLike",
    (Family.ARN, "like"): "ArnLike",
}
"""The operators that take a variable, negated or not: what they ask by."""


_PUBLIC_PROVIDERS = (
    "cognito-identity.amazonaws.com",
    "accounts.google.com",
    "www.amazon.com",
    "graph.facebook.com",
    "token.actions.githubusercontent.com",
)
"""Web identity providers with which anybody can have an identity (spec findings.md section 3.6)."""
_SHARED_PROVIDERS = ("gitlab.com", "agent.buildkite.com", "app.terraform.io")
"""Providers whose one issuer all their customers share, so that a token's subject tells whose it is, and its audience
is what whoever asks for it wishes (IAM User Guide, identity-provider controls for shared OIDC providers; which of them
are open to anybody is inferred)."""
PUBLIC_PROVIDER = (
    "Anybody can have an identity of a public web identity provider; that a trust in one without a fixed subject or "
    "audience is public is this program's rule (inferred)."
)
OWN = (
    "That a test for the variable of the resource's own account or organization keeps the public out is this program's "
    "rule; S3 Block Public Access takes no variable for a fixed value (inferred)."
)
_GITHUB = "token.actions.githubusercontent.com"


def public_askers(statements: Iterable[CompiledStatement]) -> Sequence[Asker]:
    """Everybody: somebody without credentials, anybody of an account that no statement names, and identities of the
    public providers (those inferred)."""
    statements = list(statements)
    entries = dict.fromkeys(
        (entry.kind, entry.item.text)
        for statement in statements
        if statement.principal is not None
        for entry in statement.principal.entries
    )
    account = stranger([*(text for kind, text in entries if kind == "AWS"), *_owners(statements)])
    named = tuple(text for kind, text in entries if kind == "Federated" and is_public_provider(text))
    return _askers(account, tuple(told_apart(statements)), named)


@lru_cache(maxsize=16)
def _askers(account: str, partitions: tuple[str, ...], providers: tuple[str, ...]) -> tuple[Asker, ...]:
    strangers = (asker for partition in partitions for asker in anybody(account, partition))
    # `*` is about identities of every provider.
    others = [host for host in _PUBLIC_PROVIDERS if host not in map(_host, providers)]
    return (anonymous(), *strangers, *map(provider_asker, (*providers, *others)))


def _owners(statements: Iterable[CompiledStatement]) -> Iterator[str]:
    """What the statements say of whose the resource is: its ARNs, and what they test its account for."""
    for statement in statements:
        resources = statement.source.resources
        yield from (item.text for item in resources.items) if resources is not None else ()
        for test in statement.conditions:
            if test.key_lower == _ACCOUNT_OF_RESOURCE:
                yield from (value.text for value in test.test.values)


def is_outside(scenario: Scenario) -> bool:
    """Whether the resource of a scenario is of one account, in its ARN, as its owner and in aws:ResourceAccount, and
    whoever asks is of none or of another. Who asks as one of the resource's own is not the public."""
    request = scenario.request
    caller, arn = parse_arn(request.principal.arn), parse_arn(request.resources[0])
    stated = next((v for k, v in request.context.items() if k.lower() == _ACCOUNT_OF_RESOURCE), None)
    in_arn = arn.account if arn is not None and arn.account.isdigit() else None
    if any(of not in (None, request.resource_account) for of in (stated, in_arn)):
        return False
    return caller is None or caller.account != request.resource_account


def is_public_provider(provider: str) -> bool:
    """Whether anybody can have an identity of the web identity provider: its ARN or host name."""
    return _host(provider) in (*_PUBLIC_PROVIDERS, *_SHARED_PROVIDERS)


def _host(provider: str) -> str:
    return provider.rpartition(":oidc-provider/")[2]


def without_fixed_values(statements: Iterable[CompiledStatement], variables: Variables) -> Formula:
    """What is true of whoever has none of the values to which the statements hold a narrowing key. `variables`: those
    of the question."""
    texts: dict[str, dict[str, None]] = {}
    exact: dict[str, dict[str, None]] = {}
    networks: dict[str, dict[str, None]] = {}
    own: dict[tuple[str, str], dict[str, None]] = {}
    for statement in statements:
        for test in statement.conditions:
            operator = test.test.operator
            if operator is None or operator.base.family is Family.EXISTENCE:
                continue
            for value in test.test.values:
                of = _POSITIVE.get((operator.base.family, operator.base.test), "")
                if of and statement.variables_active and _is_own(value.text.lower(), test.key_lower):
                    own.setdefault((of, test.key), {})[value.text] = None
                elif test.key_lower in _ADDRESSES:
                    networks.setdefault(test.key, {})[value.text] = None
                elif _narrows(test.key_lower):
                    if _is_fixed(value.text, test.key_lower):
                        texts.setdefault(test.key, {})[value.text] = None
                    elif operator.base.test == "equals" and operator.base.family is Family.STRING:
                        exact.setdefault(test.key, {})[value.text] = None  # a wildcard is no wildcard there
    networks = {key: found for key, values in networks.items() if (found := dict.fromkeys(_narrow_ranges(values)))}
    block = {
        operator: {key: [*values] for key, values in found.items()}
        for operator, found in (("StringLike", texts), ("StringEquals", exact), ("IpAddress", networks))
    }
    block_of_own: dict[str, dict[str, list[str]]] = {}
    for (of, key), values in own.items():
        block_of_own.setdefault(of, {})[key] = [*values]
    tests = [key_test(matcher, False, variables) for matcher in _tests(block)]
    tests += (key_test(matcher, True, variables) for matcher in _tests(block_of_own, variables_active=True))
    return all_of(Leaf(test, False) for test in tests)


def keeps_to_own(statements: Iterable[CompiledStatement]) -> bool:
    """Whether a test names the resource's own account or organization by its variable."""
    return any(
        statement.variables_active and _is_own(value.text.lower(), test.key_lower)
        for statement in statements
        for test in statement.conditions
        for value in test.test.values
    )


def _is_own(text: str, key: str) -> bool:
    """Whether a test of the lower-cased key for the lower-cased value lets in nobody of another account (organization)
    than the resource's: the variable by itself, as the account of an ARN, or at the beginning of a path."""
    text = _WITH_DEFAULT.sub(r"${\1}", text)
    if key in ("aws:resourceaccount", "aws:resourceorgid"):
        return text in _OF_THE_CALLER
    if not _narrows(key):
        return False
    arn = parse_arn(text.replace("${aws:resourceaccount}", 12 * "0"))
    of_account = "${aws:resourceaccount}" in text and arn is not None and arn.account == 12 * "0"
    of_path = key.endswith(_ORGANIZATION_PATHS) and text.startswith("${aws:resourceorgid}/")
    return text in _OF_THE_RESOURCE or of_account or of_path


def _narrows(key: str) -> bool:
    """Whether a fixed value of the lower-cased key names somebody or something of one's own. An identity of a provider
    is told by its audience and subject; every repository of GitHub has the same audience."""
    host, _, claim = key.rpartition(":")
    if host in _PUBLIC_PROVIDERS:
        return claim == "sub" or (claim == "aud" and host != _GITHUB)
    if host in _SHARED_PROVIDERS:
        return claim != "aud"
    return key in _NARROWING


def _narrow_ranges(texts: Iterable[str]) -> list[str]:
    """The ranges that are not nearly everything, also not taken together."""
    found = {text: network for text in texts if (network := read_network(text)) is not None}
    kept: list[str] = []
    for version in (4, 6):
        mine = {text: network for text, network in found.items() if network.version == version}
        whole = sum(n.num_addresses for n in ipaddress.collapse_addresses(mine.values()))  # type: ignore[type-var,misc]
        if whole < 2 ** (32 if version == 4 else 128) // 2:
            kept += [text for text, network in mine.items() if network.prefixlen >= _WIDEST[version]]
    return kept


def _is_fixed(text: str, key: str) -> bool:
    if "${" in text:
        return False
    if not set("*?") & set(text):
        return True
    arn = parse_arn(text)
    if arn is not None and len(arn.account) == 12 and arn.account.isdigit():
        return True
    host, _, claim = key.rpartition(":")
    if host in _SHARED_PROVIDERS and claim == "sub":  # `project_path:group/…`, `organization:name:…`
        owner = text.partition("/")[0] if "/" in text else ":".join(text.split(":")[:2])
        return owner != text and not set("*?") & set(owner)
    of_path = key.endswith(_ORGANIZATION_PATHS) or key == f"{_GITHUB}:sub"
    start = text.partition("/")[0] if of_path else text.partition(":")[0]
    named = of_path or key == "aws:userid"
    return named and start != text and not set("*?") & set(start)


def _tests(block: dict[str, dict[str, list[str]]], *, variables_active: bool = False) -> list[ConditionMatcher]:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {o: k for o, k in block.items() if k}}
    policy = read(parse(json.dumps({"Version": "2012-10-17", "Statement": statement})), PolicyKind.IDENTITY)
    return [ConditionMatcher(test, variables_active=variables_active) for test in policy.statements[0].conditions]
