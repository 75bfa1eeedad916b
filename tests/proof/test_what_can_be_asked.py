"""Nobody whom the evaluation lets in may be left out by a proof: callers of every kind, account and partition, with all
names they have. `POLICY_WORKBENCH_CASES=50000` makes it a long run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.proof.documents import allow, cases, deny, document, engine, granted_to, new_access, proofs
from workbench.errors import ScenarioError
from workbench.evaluation.callers import read_caller
from workbench.evaluation.decision import Outcome
from workbench.evaluation.request import ContextValue, Level, NamedPolicy, PolicySet, Principal, Request
from workbench.policy.kinds import PolicyKind
from workbench.proof.askers import Asker
from workbench.proof.questions import Access, scenario_of
from workbench.proof.verdicts import Result, Verdict

CASES = cases(10, 40)
HOME, OTHER, STRANGER = "111122223333", "444455556666", "999988887777"
GET = "s3:GetObject"
IN_HOME = f"arn:aws:iam::{HOME}"
ROOT = f"{IN_HOME}:root"
RESOURCE, TRUST = PolicyKind.RESOURCE, PolicyKind.TRUST
CANONICAL = {"CanonicalUser": "a" * 64}


def of_arn(pattern: str, operator: str = "ArnLike") -> dict[str, Any]:
    return {operator: {"aws:PrincipalArn": pattern}}


def of_type(kind: str) -> dict[str, Any]:
    return {"StringEquals": {"aws:PrincipalType": kind}}


def denied(principal: Any, **conditions: Any) -> dict[str, Any]:
    return {**granted_to(principal, **conditions), "Effect": "Deny"}


def all_but(principal: Any) -> dict[str, Any]:
    found = {**denied(principal), "NotPrincipal": principal}
    del found["Principal"]
    return found


def assumed(principal: Any, action: str = "sts:AssumeRole") -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": action}


def granted(kind: PolicyKind, *statements: dict[str, Any]) -> Verdict:
    return proofs().access_not_granted(document(*statements), [Access()], kind)


def held(verdict: Verdict, old: str = "") -> None:
    """A FAIL with a request that the engine allows, and did not before."""
    assert verdict.result is Result.FAIL, verdict
    assert verdict.witness is not None
    assert engine().simulate(verdict.witness).outcome is Outcome.ALLOWED


# --- partitions -------------------------------------------------------------------------------------------------------

PATTERNS = [
    "arn:aws-cn:iam::*:role/x",
    "arn:aws-us-gov:iam::*:user/x",
    "arn:aws-*:iam::*:role/x",
    "arn:*-cn:iam::*:role/x",
    "arn:aws-us-???:iam::*:role/x",
    "arn:*:iam::*:role/x",
    "arn:aws*:iam::1*:user/x",
]


@pytest.mark.parametrize("operator", ["ArnLike", "ArnEquals", "StringLike"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_callers_of_every_partition_can_ask(pattern: str, operator: str) -> None:
    conditions = of_arn(pattern, operator)
    held(granted(PolicyKind.IDENTITY, allow(GET, **conditions)))
    held(new_access(document(allow("ec2:*")), document(allow(GET, **conditions))))
    held(proofs().no_public_access(document({**granted_to("*", **conditions), "Resource": "*"}), RESOURCE))


NOT_OF_MAIN = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:*:*:*:*"}}
OF_MAIN, OF_ANY = of_arn("arn:aws:*:*:*:*"), of_arn("arn:aws*:*:*:*:*")


def test_what_is_not_of_the_main_partition_is_of_another() -> None:
    held(granted(PolicyKind.IDENTITY, allow(GET, **NOT_OF_MAIN)))
    held(new_access(document(allow(GET, **OF_MAIN)), document(allow(GET, **OF_ANY))))
    held(proofs().no_public_access(document({**granted_to("*", **NOT_OF_MAIN), "Resource": "*"}), RESOURCE))
    both = [{**granted_to("*", **conditions), "Resource": "*"} for conditions in (OF_MAIN, OF_ANY)]
    held(new_access(document(both[0]), document(both[1]), RESOURCE))


def test_the_partition_of_a_resource_says_whose_callers_count() -> None:
    objects = "arn:aws-cn:s3:::b/*"
    held(granted(PolicyKind.IDENTITY, allow(GET, objects, **of_arn("arn:*:iam::*:user/x"))))
    held(granted(PolicyKind.IDENTITY, allow(GET, "arn:aws-??:s3:::b/*", **of_arn("arn:*:iam::*:user/x"))))
    nobody = granted(PolicyKind.IDENTITY, allow(GET, objects, **of_arn("arn:aws:iam::*:user/x")))
    assert nobody.result is Result.PASS


# --- whom a principal element means -----------------------------------------------------------------------------------

IN_PATH = of_arn(f"{IN_HOME}:role/path/R")
REGIONAL = {"Service": "logs.us-east-1.amazonaws.com"}
LET_IN: list[tuple[str, PolicyKind, list[dict[str, Any]]]] = [
    ("root, exempt alone", RESOURCE, [granted_to({"AWS": HOME}), all_but({"AWS": ROOT})]),
    ("federated user of a named account", RESOURCE, [granted_to({"AWS": HOME}, **of_type("FederatedUser"))]),
    ("made by a named user", RESOURCE, [granted_to({"AWS": f"{IN_HOME}:user/ann"}, **of_type("FederatedUser"))]),
    (
        "a service by another of its names",
        RESOURCE,
        [granted_to(REGIONAL, StringEquals={"aws:PrincipalServiceName": "logs.amazonaws.com"})],
    ),
    (
        "among all names of a service",
        RESOURCE,
        [granted_to(REGIONAL, ForAnyValue__StringEquals={"aws:PrincipalServiceNamesList": "logs.amazonaws.com"})],
    ),
    (
        "a service that nothing else names",
        RESOURCE,
        [granted_to("*", ForAnyValue__StringEquals={"aws:PrincipalServiceNamesList": "logs.amazonaws.com"})],
    ),
    (
        "a session whose role has a path",
        RESOURCE,
        [granted_to({"AWS": f"arn:aws:sts::{HOME}:assumed-role/R/s"}, **IN_PATH)],
    ),
    ("web identity", TRUST, [assumed("*", "sts:AssumeRoleWithWebIdentity")]),
    ("SAML", TRUST, [assumed("*", "sts:AssumeRoleWithSAML")]),
    ("several values", PolicyKind.IDENTITY, [allow(GET, StringEquals={"x:k": "a"}, StringLike={"x:k": "b*"})]),
]


@pytest.mark.parametrize(("kind", "statements"), [c[1:] for c in LET_IN], ids=[c[0] for c in LET_IN])
def test_who_is_let_in(kind: PolicyKind, statements: list[dict[str, Any]]) -> None:
    held(granted(kind, *statements))


LOGS = {"Service": "logs.amazonaws.com"}
ROLES, USERS = of_type("AssumedRole"), of_type("User")
NEWLY: list[tuple[str, list[dict[str, Any]], list[dict[str, Any]]]] = [
    ("a service with a name denied before", [granted_to(LOGS), denied(REGIONAL)], [granted_to(LOGS)]),
    ("strangers beside a named one", [granted_to({"AWS": STRANGER}, **ROLES)], [granted_to("*", **ROLES)]),
    (
        "an id in a named account",
        [granted_to({"AWS": "AIDAX"}), denied({"AWS": OTHER})],
        [granted_to({"AWS": "AIDAX"})],
    ),
    (
        "an id with a named ARN",
        [granted_to({"AWS": "AIDAX"}), denied({"AWS": f"{IN_HOME}:user/ann"})],
        [granted_to({"AWS": "AIDAX"})],
    ),
]


@pytest.mark.parametrize(("old", "new"), [c[1:] for c in NEWLY], ids=[c[0] for c in NEWLY])
def test_who_is_newly_let_in(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> None:
    held(new_access(document(*old), document(*new), RESOURCE))


def test_of_canonical_users_nothing_is_claimed() -> None:
    dropped = new_access(document(granted_to("*"), denied(CANONICAL)), document(granted_to("*")), RESOURCE)
    exempt = granted(RESOURCE, granted_to("*"), all_but(CANONICAL))
    for verdict in (dropped, exempt):
        assert (verdict.result, "CanonicalUser" in verdict.why) == (Result.UNKNOWN, True)
    kept_out = new_access(document(granted_to("*")), document(granted_to("*"), denied(CANONICAL)), RESOURCE)
    assert kept_out.result is Result.PASS


def test_the_public_are_strangers_of_every_kind_and_no_named_ones() -> None:
    named = proofs().no_public_access(document(granted_to({"AWS": STRANGER}, **ROLES)), RESOURCE)
    assert named.result is Result.PASS
    held(proofs().no_public_access(document(granted_to("*", **of_type("FederatedUser"))), RESOURCE))
    held(proofs().no_public_access(document(assumed("*", "sts:AssumeRoleWithWebIdentity")), TRUST))


# --- whole sets -------------------------------------------------------------------------------------------------------


def policy(*statements: dict[str, Any]) -> NamedPolicy:
    return NamedPolicy("P", document(*statements))


FULL = policy(allow("*"))
LINKED = granted_to("*", **of_arn("arn:aws:iam::*:role/aws-service-role/*"))
NO_S3 = (Level("account", (policy(allow("*"), deny("s3:*")),)),)
TAGGING = policy(assumed({"AWS": f"{IN_HOME}:role/R"}, "sts:TagSession"))
SETS: list[tuple[str, PolicySet, PolicySet]] = [
    ("an action of KMS on no key", PolicySet(), PolicySet((policy(allow("kms:ListKeys")),))),
    ("an alias", PolicySet(), PolicySet((policy(allow("kms:CreateAlias", "arn:aws:kms:*:*:alias/x")),))),
    ("federated users get a session policy", PolicySet((FULL,)), PolicySet((FULL,), session=(FULL,))),
    (
        "whom no SCP limits",
        PolicySet(service_control=NO_S3),
        PolicySet(service_control=NO_S3, resource=policy(LINKED)),
    ),
    ("session tags need both", PolicySet(resource=TAGGING), PolicySet((FULL,), resource=TAGGING)),
]


@pytest.mark.parametrize(("old", "new"), [c[1:] for c in SETS], ids=[c[0] for c in SETS])
def test_what_a_set_newly_allows(old: PolicySet, new: PolicySet) -> None:
    held(proofs().no_new_access_of_sets(old, new))


# --- what is taken for granted ----------------------------------------------------------------------------------------


def test_what_aws_never_sends_is_said() -> None:
    odd = granted(PolicyKind.IDENTITY, allow(GET, StringEquals={"aws:ViaAWSService": "amplify.amazonaws.com"}))
    assert odd.result is Result.PASS
    assert odd.assumptions == ("AWS is taken to send nothing but true and false under aws:ViaAWSService.",)
    no_mfa = {"StringNotLike": {"aws:PrincipalArn": "*:user/*"}, "Null": {"aws:MultiFactorAuthPresent": "true"}}
    session = granted(PolicyKind.IDENTITY, allow(GET, **no_mfa))
    assert session.result is Result.PASS
    (said,) = session.assumptions
    assert "aws:MultiFactorAuthPresent always" in said
    service = granted(RESOURCE, granted_to(LOGS, Null={"aws:PrincipalArn": "false"}))
    assert service.result is Result.PASS
    assert [sentence for sentence in service.assumptions if "(inferred)" in sentence]


# --- drawn ------------------------------------------------------------------------------------------------------------


class Who(NamedTuple):
    """A caller as AWS could have one, with what it carries; nothing of it comes from the proofs."""

    principal: Principal
    context: Mapping[str, ContextValue] = MappingProxyType({})
    federated_by: str = ""


def _users_and_roles(partition: str, account: str) -> list[Who]:
    iam, sts = f"arn:{partition}:iam::{account}", f"arn:{partition}:sts::{account}"
    arns = [f"{iam}:{rest}" for rest in ("user/ann", "user/team/bob", "root")]
    arns += [f"{sts}:{rest}" for rest in ("assumed-role/R/s", "federated-user/f")]
    found = [Who(Principal(arn=arn)) for arn in arns]
    found.append(Who(Principal(arn=arns[3]), {"aws:PrincipalArn": f"{iam}:role/path/R"}))
    found += [Who(Principal(arn=arns[4]), federated_by=by) for by in (arns[0], arns[2])]
    found.append(Who(Principal(arn=arns[0]), {"aws:userid": "AIDAX"}))
    return found


def _services() -> list[Who]:
    names = ("logs.us-east-1.amazonaws.com", "logs.amazonaws.com")
    found = [Who(Principal(service=name)) for name in (*names, "sns.amazonaws.com")]
    return [*found, *(Who(Principal(service=name), {"aws:PrincipalServiceNamesList": names}) for name in names)]


PARTITIONS = ["aws", "aws-cn", "aws-us-gov", "aws-iso"]
WHO = [who for p in PARTITIONS for account in (HOME, OTHER, STRANGER) for who in _users_and_roles(p, account)]
WHO += [*_services(), Who(Principal())] * 4
SAML = f"{IN_HOME}:saml-provider/corp"
WHO_FEDERATED = [Who(Principal(federated=name)) for name in (SAML, "accounts.google.com", "example.com")]
ENTRIES: list[Any] = [
    "*",
    *({"AWS": entry} for entry in (HOME, OTHER, STRANGER, ROOT, f"arn:aws-cn:iam::{OTHER}:root", "AIDAX")),
    *({"AWS": f"{IN_HOME}:{rest}"} for rest in ("user/ann", "user/team/bob", "role/path/R", "role/R")),
    {"AWS": f"arn:aws:sts::{HOME}:assumed-role/R/s"},
    {"AWS": f"arn:aws:sts::{HOME}:federated-user/f"},
    *({"Service": name} for name in ("logs.amazonaws.com", "logs.us-east-1.amazonaws.com", "sns.amazonaws.com")),
]
ABOUT: list[tuple[str, str, list[str]]] = [
    (
        "Arn",
        "aws:PrincipalArn",
        [*PATTERNS, f"{IN_HOME}:*", "arn:aws:iam::*:role/*", "arn:*:*::*:federated-user/*", ROOT],
    ),
    ("String", "aws:PrincipalArn", ["*:role/path/R", "arn:aws-*", "*user*", f"*{OTHER}*"]),
    ("String", "aws:PrincipalAccount", [HOME, OTHER, "1*", "*3"]),
    ("String", "aws:PrincipalType", ["User", "AssumedRole", "FederatedUser", "Account", "Service", "Anonymous"]),
    ("String", "aws:username", ["ann", "a*", "bob"]),
    ("String", "aws:userid", ["AIDAX", "*:*"]),
    ("String", "aws:PrincipalServiceName", ["logs.*", "logs.amazonaws.com"]),
    ("String", "aws:PrincipalServiceNamesList", ["logs.amazonaws.com", "sns*"]),
    ("String", "x:k", ["a", "b*"]),
    ("Bool", "aws:PrincipalIsAWSService", ["true", "false"]),
]


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    block: dict[str, Any] = {}
    for family, key, values in draw(st.lists(st.sampled_from(ABOUT), max_size=2)):
        if draw(st.integers(0, 7)) == 0:
            block.setdefault("Null", {})[key] = draw(st.sampled_from(["true", "false"]))
            continue
        name = draw(
            st.sampled_from({"Bool": ["Bool"]}.get(family, [f"{family}Like", f"{family}NotLike", f"{family}Equals"]))
        )
        name = draw(st.sampled_from(["", "", "ForAllValues:", "ForAnyValue:"] if key.endswith("List") else [""])) + name
        block.setdefault(name + draw(st.sampled_from(["", "", "IfExists"])), {})[key] = draw(st.sampled_from(values))
    return block


@st.composite
def statements(draw: st.DrawFn, kind: PolicyKind) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"])), "Action": GET}
    if kind is TRUST:
        made["Action"] = draw(st.sampled_from(["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:*"]))
    else:
        made["Resource"] = draw(st.sampled_from(["*", "arn:aws*:s3:::b/*", "arn:aws-cn:s3:::b/*", "arn:aws:s3:::b/*"]))
    if kind is not PolicyKind.IDENTITY:
        negated = made["Effect"] == "Deny" and draw(st.integers(0, 2)) == 0
        entries = [*ENTRIES, {"Federated": SAML}] if kind is TRUST else ENTRIES
        made["NotPrincipal" if negated else "Principal"] = draw(st.sampled_from(entries[negated:]))
    if block := draw(conditions()):
        made["Condition"] = block
    return made


@st.composite
def changes(draw: st.DrawFn) -> tuple[PolicyKind, str, str]:
    """A kind of policy, and two documents of it that are mostly alike."""
    kind = draw(st.sampled_from([RESOURCE, RESOURCE, PolicyKind.IDENTITY, TRUST]))
    one = draw(st.lists(statements(kind), min_size=1, max_size=3))
    other = [*one[draw(st.integers(0, 1)) :], *draw(st.lists(statements(kind), max_size=1))]
    pair = [document(*one), document(*(other or one))]
    return (kind, *(pair if draw(st.booleans()) else pair[::-1]))


def outcome(kind: PolicyKind, text: str, request: Request) -> Outcome | None:
    stated = str(request.context.get("aws:PrincipalArn", ""))
    caller = read_caller(request.principal, request.federated_by, stated)
    scenario = scenario_of(NamedPolicy("P", text), kind, request, Asker(caller, request.principal, {}))
    try:
        return engine().prepare(scenario).outcome()
    except ScenarioError:
        return None


def _unique_id(arn: str) -> dict[str, str]:
    """aws:userid as every request of a user or role session carries it (context-keys.md section 2); of all others it
    follows from who they are."""
    if ":user/" in arn:
        return {"aws:userid": "AIDAEXAMPLE"}
    if ":assumed-role/" in arn:
        return {"aws:userid": f"AROAEXAMPLE:{arn.rpartition('/')[2]}"}
    return {}


def asked(kind: PolicyKind) -> list[Request]:
    """Everything that every caller can ask."""
    found = []
    # No identity policy is about a root user or whom it made, a service or nobody.
    roots = (":root",)
    with_policies = [
        w for w in WHO if w.principal.arn and not w.principal.arn.endswith(roots) and not w.federated_by.endswith(roots)
    ]
    known = {TRUST: [*WHO, *WHO_FEDERATED], PolicyKind.IDENTITY: with_policies}
    for who in known.get(kind, WHO):
        partition = who.principal.arn.split(":")[1] if who.principal.arn else "aws"
        call = (GET, f"arn:{partition}:s3:::b/x")
        if kind is TRUST:
            action = "sts:AssumeRole" if not who.principal.federated else "sts:AssumeRoleWithWebIdentity"
            call = ("sts:AssumeRoleWithSAML" if who.principal.federated == SAML else action, f"{IN_HOME}:role/target")
        for also in ({}, {"x:k": ("a", "b")}):
            context = {**_unique_id(who.principal.arn), **who.context, **also}
            made = Request(
                who.principal, call[0], (call[1],), context=context, alone=True, federated_by=who.federated_by
            )
            found.append(made)
    return found


ASKED = {kind: asked(kind) for kind in (RESOURCE, PolicyKind.IDENTITY, TRUST)}


def _would_be_two_roles(request: Request, text: str) -> bool:
    """Whether a session that does not state its role's ARN fits two roles that the policy names, such as role/R and
    role/path/R. Its own ARN tells no path, so the evaluation takes it for both; in AWS it is of one, for the name of a
    role is unique in an account whatever its path (IAM User Guide, IAM names)."""
    name = re.fullmatch(r"arn:aws:sts::\d+:assumed-role/([^/]+)/.+", request.principal.arn)
    if name is None or "aws:PrincipalArn" in request.context:
        return False
    return len(set(re.findall(rf":role/(?:[^\"]+/)?{re.escape(name[1])}\"", text))) > 1


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@example(
    (
        RESOURCE,
        *(
            '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
            ' "Principal": {"AWS": "arn:aws:iam::111122223333:role/path/R"}}' + more + "]}"
            for more in (
                ', {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*",'
                ' "Principal": {"AWS": "arn:aws:iam::111122223333:role/R"}}',
                "",
            )
        ),
    )
)
@given(changes())
def test_nobody_is_left_out(drawn: tuple[PolicyKind, str, str]) -> None:
    kind, old, new = drawn
    try:
        change = new_access(old, new, kind)
        whole = proofs().access_not_granted(new, [Access()], kind)
    except ScenarioError:
        return
    if Result.PASS not in (change.result, whole.result):
        return
    for request in ASKED[kind]:
        if _would_be_two_roles(request, old + new) or outcome(kind, new, request) is not Outcome.ALLOWED:
            continue
        assert whole.result is not Result.PASS, request
        if change.result is Result.PASS:
            assert outcome(kind, old, request) in (Outcome.ALLOWED, None), request
