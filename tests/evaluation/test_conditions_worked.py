"""The worked rows of spec conditions.md section 7, by their numbers: each is a policy and a request, asked for real."""

from __future__ import annotations

from typing import Any

import pytest

from tests.evaluation.asking import NOON, allow, ask, identity, policy
from workbench.errors import ScenarioError
from workbench.evaluation.judge import compile_policy
from workbench.policy.kinds import PolicyKind

ABSENT = None
"""The key is not in the request."""

ROWS = [
    ("C01", "StringEquals", "johndoe", "johndoe", True),
    ("C02", "StringEquals", "johndoe", "JohnDoe", False),
    ("C03", "StringEqualsIgnoreCase", "johndoe", "JohnDoe", True),
    ("C04", "StringEquals", ["a", "b"], "b", True),
    ("C05", "StringEquals", "a", None, False),
    ("C06", "StringNotEquals", "a", None, True),
    ("C07", "StringNotEquals", ["a", "b"], "b", False),
    ("C08", "StringNotEquals", ["a", "b"], "c", True),
    ("C09", "StringEqualsIfExists", "a", None, True),
    ("C10", "StringEqualsIfExists", "a", "b", False),
    ("C11", "StringNotEqualsIfExists", "a", None, True),
    ("C12", "StringNotEqualsIfExists", "a", "a", False),
    ("C13", "StringNotEqualsIgnoreCase", "Prod", "PROD", False),
    ("C14", "StringEquals", "adm*", "admin", False),
    ("C15", "StringEquals", "adm*", "adm*", True),
    ("C16", "StringLike", "adm*", "admin", True),
    ("C17", "StringLike", "adm*", "ADMIN", False),
    ("C18", "StringLike", "a?c", "abc", True),
    ("C19", "StringLike", "a?c", "ac", False),
    ("C20", "StringLike", "*", "", True),
    ("C21", "StringLike", "*", None, False),
    ("C22", "StringLike", ["", "home/"], "", True),
    ("C23", "StringNotLike", ["t2.*", "t3.*"], "t3.micro", False),
    ("C24", "StringNotLike", ["t2.*", "t3.*"], "m5.large", True),
    ("C25", "StringLikeIfExists", ["t1.*", "t2.*", "m3.*"], None, True),
    ("C26", "StringLikeIfExists", ["t1.*", "t2.*", "m3.*"], "c5.large", False),
    (
        "C27",
        "StringLike",
        "arn:aws:someservice:*:111122223333:finance/*",
        "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt",
        True,
    ),
    ("C29", "ArnEquals", "arn:aws:sns:*:1111:t*", "arn:aws:sns:us-east-1:1111:topic", True),
    ("C30", "ArnNotEquals", "arn:aws:iam::4444:user/x", None, True),
    ("C31", "ArnNotLike", "arn:aws:iam::4444:role/*", "arn:aws:iam::4444:role/a", False),
    ("C32", "ArnLike", "arn:aws:iam::*:role/*", "arn:aws:iam::1:role/p/q", True),
    ("C33", "ArnEquals", "arn:aws:iam::1:role/A", "arn:aws:iam::1:role/a", False),
    ("C34", "ArnLike", "*key/k-1", "arn:aws:kms:us-west-2:1:key/k-1", True),
    ("C35", "ArnLike", "arn:aws:s3:::b/*", "not-an-arn", False),
    ("C36", "NumericLessThanEquals", "10", "10", True),
    ("C37", "NumericLessThanEquals", 10, "11", False),
    ("C38", "NumericLessThan", ["2700", "3600"], "3000", True),
    ("C39", "NumericLessThan", ["2700", "3600"], "3600", False),
    ("C40", "NumericGreaterThan", ["5", "9"], "7", True),
    ("C41", "NumericEquals", "1.50", "1.5", True),
    ("C42", "NumericEquals", "abc", "1", False),
    ("C43", "NumericNotEquals", ["1", "2"], "2", False),
    ("C44", "NumericNotEquals", "1", None, True),
    ("C45", "NumericNotEquals", "1", "abc", False),
    ("C46", "NumericLessThanEquals", "3600", None, False),
    ("C47", "DateGreaterThan", "2020-01-01T00:00:01Z", "2020-06-01T00:00:00Z", True),
    ("C48", "DateGreaterThan", "2020-01-01T00:00:01Z", None, False),
    ("C49", "DateLessThan", "2026-01-01", "2025-12-31T23:59:59Z", True),
    ("C50", "DateLessThan", "2026-01-01", "2026-01-01T00:00:00Z", False),
    ("C51", "DateEquals", "1577836800", "2020-01-01T00:00:00Z", True),
    ("C52", "DateEquals", "2020-01-01T02:00:00+02:00", "2020-01-01T00:00:00Z", True),
    ("C53", "DateNotEquals", ["2020-01-01", "2020-01-02"], "2020-01-02T00:00:00Z", False),
    ("C54", "DateLessThan", "yesterday", "2020-01-01T00:00:00Z", False),
    ("C55", "Bool", "false", "false", True),
    ("C56", "Bool", True, "true", True),
    ("C57", "Bool", "true", None, False),
    ("C58", "BoolIfExists", "false", None, True),
    ("C59", "Bool", "True", "true", True),
    ("C60", "Bool", "yes", "true", False),
    ("C63", "IpAddress", "203.0.113.0/24", "203.0.113.7", True),
    ("C64", "IpAddress", ["203.0.113.0/24", "2001:DB8:1234:5678::/64"], "2001:db8:1234:5678::9", True),
    ("C65", "IpAddress", "203.0.113.0", "203.0.113.1", False),
    ("C66", "IpAddress", "203.0.113.0/24", None, False),
    ("C67", "NotIpAddress", "203.0.113.0/24", None, True),
    ("C68", "NotIpAddress", ["192.0.2.0/24", "203.0.113.0/24"], "203.0.113.9", False),
    ("C69", "IpAddress", "203.0.113.9/24", "203.0.113.200", True),
    ("C70", "IpAddress", "0.0.0.0/0", "2001:db8::1", False),
    ("C71", "Null", "true", None, True),
    ("C72", "Null", "true", "x", False),
    ("C73", "Null", "false", "x", True),
    ("C74", "Null", "false", None, False),
    ("C75", "Null", "false", "", True),
    ("C76", "Null", "true", [], True),
    ("C77", "ForAllValues:StringEquals", ["ID", "Message", "Tags"], ["Message", "Tags"], True),
    ("C78", "ForAllValues:StringEquals", ["PostDateTime", "Message", "Tags"], ["PostDateTime", "UserName"], False),
    ("C79", "ForAllValues:StringEquals", "a", None, True),
    ("C80", "ForAllValues:StringEquals", "a", [""], True),
    ("C81", "ForAnyValue:StringEquals", ["ID", "PostDateTime"], ["UserName", "Message", "PostDateTime"], True),
    ("C82", "ForAnyValue:StringEquals", ["ID", "PostDateTime"], ["UserName"], False),
    ("C83", "ForAnyValue:StringEquals", "a", None, False),
    ("C84", "ForAllValues:StringLike", "ml.c5.*", ["ml.c5.large", "ml.c5.xlarge"], True),
    ("C85", "ForAllValues:StringLike", "ml.c5.*", ["ml.c5.large", "ml.p3.2xlarge"], False),
    ("C86", "ForAllValues:StringNotEquals", "x", ["a", "b"], True),
    ("C87", "ForAllValues:StringNotEquals", "x", ["a", "x"], False),
    ("C88", "ForAnyValue:StringNotEquals", "x", ["a", "x"], True),
    ("C89", "ForAnyValue:StringNotEquals", "x", ["x"], False),
    ("C90", "ForAnyValue:StringNotEquals", "x", None, False),
    ("C91", "ForAllValues:StringEquals", [], ["a"], False),
    ("C92", "ForAllValues:StringEquals", [], None, True),
    ("C93", "ForAnyValue:StringEquals", [], ["a"], False),
    ("C94", "StringEqualsIfExists", [], "a", False),
    ("C95", "ForAllValues:Null", "true", ["a"], True),
    ("C96", "ForAnyValue:Null", "true", None, False),
    ("C97", "ForAnyValue:StringEqualsIfExists", "a", None, True),
    ("C98", "StringEquals", "a", ["b", "a"], True),
    ("C106", "StringLike", "a${*}b", "a*b", True),
    ("C107", "StringLike", "a${*}b", "axb", False),
    ("C108", "StringEquals", "cost${$}5", "cost$5", True),
    ("C119", "Bool", "false", "yes", True),
    ("C120", "NumericEquals", "10", "1e1", True),
    ("C121", "NumericNotEquals", "abc", "1", False),
    ("C122", "NumericNotEquals", "1", " 2", False),
    ("C123", "StringEqualsIgnoreCase", "STRASSE", "straße", False),
    ("C124", "IpAddress", "203.0.113.0/24", "::ffff:203.0.113.7", True),
    ("C125", "IpAddress", "0.0.0.0/0", "198.51.100.1", True),
    ("C126", "Null", "false", [""], False),
]
"""(number, operator, policy value or values, context value or values, result); the key is `k`."""


@pytest.mark.parametrize(("number", "operator", "values", "given", "result"), ROWS, ids=[row[0] for row in ROWS])
def test_row(number: str, operator: str, values: Any, given: Any, result: bool) -> None:
    context = {} if given is ABSENT else {"test:k": given}
    assert holds({operator: {"test:k": values}}, context) is result


TEAM, USERNAME = "aws:PrincipalTag/team", "aws:username"
PATTERN = "arn:aws:someservice:*:111122223333:finance/*"
OTHER = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"
SET_AND_PRESENT = {"ForAllValues:StringEquals": {"test:t": ["x"]}, "Null": {"test:t": "false"}}
BOTH_TAGS = {"aws:ResourceTag/x": "${aws:PrincipalTag/x}"}
HOME = {"StringLike": {"test:k": "home/${aws:username}/*"}}

SPECIAL = [
    ("C28", {"ArnLike": {"test:k": PATTERN}}, {"test:k": OTHER}, False),
    ("C61", {"BinaryEquals": {"test:k": "QmluYXJ5VmFsdWVJbkJhc2U2NA=="}}, {"test:k": "BinaryValueInBase64"}, True),
    ("C62", {"BinaryEquals": {"test:k": "QQ=="}}, {"test:k": "B"}, False),
    ("C99", HOME, {"test:k": "home/ann/x", USERNAME: "ann"}, True),
    ("C101", {"StringEquals": {"test:k": "${aws:PrincipalTag/Team}"}}, {"test:k": "red", TEAM: "red"}, True),
    ("C102", {"StringEquals": {"test:k": "${aws:PrincipalTag/Team}"}}, {"test:k": "red"}, False),
    ("C103", {"StringNotEquals": {"test:k": "${aws:PrincipalTag/Team}"}}, {"test:k": "red"}, True),
    (
        "C104",
        {"StringEquals": {"test:k": "${aws:PrincipalTag/team, 'company-wide'}"}},
        {"test:k": "company-wide"},
        True,
    ),
    (
        "C105",
        {"StringEquals": {"test:k": "${aws:PrincipalTag/team, 'company-wide'}"}},
        {"test:k": "yellow", TEAM: "yellow"},
        True,
    ),
    ("C109", {"StringLike": {"test:k": "${aws:PrincipalTag/p}"}}, {"test:k": "xyz", "aws:PrincipalTag/p": "*"}, False),
    ("C111", {"StringEquals": {"AWS:SOURCEVPC": "vpc-1"}}, {"aws:SourceVpc": "vpc-1"}, True),
    ("C112", {"StringEquals": {"aws:ResourceTag/Env": "dev"}}, {"aws:ResourceTag/env": "dev"}, True),
    ("C113", {"StringEquals": {"test:a": "1"}, "Bool": {"test:b": "true"}}, {"test:a": "1"}, False),
    ("C114", {"StringEquals": {"test:a": ["1", "2"], "test:b": "3"}}, {"test:a": "2", "test:b": "3"}, True),
    ("C115", SET_AND_PRESENT, {}, False),
    ("C116", {"StringEquals": BOTH_TAGS}, {}, False),
    ("C117", {"StringEqualsIfExists": BOTH_TAGS}, {"aws:PrincipalTag/x": "red"}, True),
    ("C118", {"StringEquals": {"test:k": "${aws:TagKeys}"}}, {"test:k": "a", "aws:TagKeys": ["a"]}, False),
    ("C127", SET_AND_PRESENT, {"test:t": [""]}, False),
]


@pytest.mark.parametrize(("number", "condition", "context", "result"), SPECIAL, ids=[row[0] for row in SPECIAL])
def test_special_row(number: str, condition: dict[str, Any], context: dict[str, Any], result: bool) -> None:
    assert holds(condition, context) is result


def test_c100_variables_are_text_in_the_old_language() -> None:
    assert not holds(HOME, {"test:k": "home/ann/x", USERNAME: "ann"}, version="2008-10-17")
    assert holds(HOME, {"test:k": "home/${aws:username}/x"}, version="2008-10-17")


def test_c110_an_entry_without_value_leaves_the_others_working() -> None:
    condition = {"StringLike": {"test:k": ["x-${aws:username}", "pub-*"]}}
    session = "arn:aws:sts::111111111111:assumed-role/r/s"  # a session has no aws:username
    assert holds(condition, {"test:k": "pub-1"}, principal=session)
    assert not holds(condition, {"test:k": "x-"}, principal=session)


def test_every_row_of_the_table_is_here() -> None:
    numbers = {row[0] for row in ROWS} | {row[0] for row in SPECIAL} | {"C100", "C110"}
    assert numbers == {f"C{n:02}" for n in range(1, 128)}


def holds(condition: dict[str, Any], context: dict[str, Any], **more: Any) -> bool:
    """Whether a statement with the condition applies to a request with the context."""
    version = more.pop("version", "2012-10-17")
    decision = ask(identity(allow(condition=condition), version=version), context=context, **more)
    return decision.outcome == "allowed"


def test_a_colon_in_a_tag_ends_no_part_of_an_arn_pattern() -> None:
    pattern = "arn:aws:sns:us-east-1:111122223333:${aws:PrincipalTag/t}"
    crossing = "arn:aws:sns:${aws:PrincipalTag/r}:topic"
    tags = {"aws:PrincipalTag/t": "a:b", "aws:PrincipalTag/r": "us-east-1:111122223333"}

    def outcome(value: str, source: str) -> str:
        policies = identity(allow(Condition={"ArnLike": {"aws:SourceArn": value}}))
        return ask(policies, context={**tags, "aws:SourceArn": source}).outcome

    assert outcome(pattern, "arn:aws:sns:us-east-1:111122223333:a:b") == "allowed"
    assert outcome(pattern, "arn:aws:sns:us-east-1:111122223333:a") == "implicitDeny"
    assert outcome(pattern.replace("1111", "${aws:PrincipalTag/none}", 1), "arn:aws:sns:us-east-1:1:a:b") != "allowed"
    # Five parts as written: matched as text (inferred), whatever the tag holds.
    assert outcome(crossing, "arn:aws:sns:us-east-1:111122223333:topic") == "allowed"


def test_a_foreign_letter_is_no_capital_of_an_action() -> None:
    for pattern in ("\u212ams:Decrypt", "kms:Des\u212a*"):
        with pytest.raises(ScenarioError, match="no service or action has") as caught:
            ask(identity(allow(pattern)), action="kms:Decrypt")
        assert caught.value.path == "policies.identity[0].document.Statement[0].Action"
    assert ask(identity(allow("kms:D\u00e9*")), action="kms:Decrypt").outcome == "implicitDeny"


@pytest.mark.parametrize(
    ("condition", "given", "holds"),
    [
        ({"StringNotEquals": {"x:k": "a"}}, ("a", "b"), False),
        ({"StringNotEquals": {"x:k": "a"}}, ("b", "c"), True),
        ({"StringEquals": {"x:k": "a"}}, ("b", "c"), False),
        ({"NumericNotEquals": {"x:k": "1"}}, ("2", "x"), False),
        ({"BinaryEquals": {"x:k": "QQ=="}}, "\ud800", False),
        ({"BinaryEquals": {"x:k": "QQ=="}}, "A", True),
        ({"BinaryEquals": {"x:k": "QQ=="}}, "QQ==", False),  # these bytes are not the A that they are base64 of
        # Variables are replaced in strings and ARNs only (section 6).
        ({"Bool": {"x:k": "${aws:SecureTransport}"}}, "true", False),
        ({"Bool": {"x:k": "${aws:SecureTransport}"}}, "false", True),
        ({"NumericEquals": {"x:k": "${aws:EpochTime}"}}, str(int(NOON.timestamp())), False),
        ({"DateEquals": {"x:k": "${aws:CurrentTime}"}}, "2026-11-23T12:00:00Z", False),
        ({"StringEquals": {"x:k": "${aws:CurrentTime}"}}, "2026-11-23T12:00:00Z", True),
        ({"BinaryEquals": {"x:k": "${aws:SecureTransport}"}}, "true", False),
        # Values that cannot be read match nothing (section 2).
        ({"DateLessThan": {"x:k": "2030"}}, "junk", False),
        ({"DateNotEquals": {"x:k": "2030"}}, "junk", True),
        ({"NumericLessThan": {"x:k": "5"}}, "junk", False),
        ({"NumericEquals": {"x:k": ["1", "2.0"]}}, "2", True),
        ({"NumericEquals": {"x:k": ["1", "2.0"]}}, "3", False),
        ({"NumericLessThanEquals": {"x:k": ["5", "9", "7"]}}, "9", True),
        ({"NumericGreaterThan": {"x:k": ["9", "5"]}}, "5", False),
        ({"NumericNotEquals": {"x:k": ["1", "junk"]}}, "2", False),
        ({"DateEquals": {"x:k": ["2030", "2031"]}}, "2031-01-01T00:00:00Z", True),
        # Sent, but only empty: judged as if present, whatever IfExists says of an absent key (section 1).
        ({"ForAnyValue:StringEqualsIfExists": {"x:k": "a"}}, ("",), False),
        ({"ForAnyValue:StringNotEqualsIfExists": {"x:k": "a"}}, ("",), False),
        ({"ForAnyValue:StringEqualsIfExists": {"x:k": "a"}}, (), True),
        ({"ForAllValues:StringEqualsIfExists": {"x:k": "a"}}, ("",), True),
        ({"ForAnyValue:StringEquals": {"x:k": "a"}}, ("", "a"), True),
        ({"ForAllValues:StringEquals": {"x:k": "a"}}, ("", "a"), True),
        ({"ForAllValues:StringEquals": {"x:k": "a"}}, "", True),
        # Values with and without variables in one list.
        ({"StringEquals": {"x:k": ["${aws:SecureTransport}", "b"]}}, "b", True),
        ({"StringEquals": {"x:k": ["${aws:SecureTransport}", "b"]}}, "true", True),
        ({"StringNotEquals": {"x:k": ["${aws:SecureTransport}", "b"]}}, "b", False),
        ({"StringNotEquals": {"x:k": ["${aws:SecureTransport}", "b"]}}, "true", False),
        ({"StringNotEquals": {"x:k": ["${aws:SecureTransport}", "b"]}}, "c", True),
        ({"StringNotEqualsIgnoreCase": {"x:k": ["${x:none}", "B"]}}, "b", False),
        ({"StringNotEqualsIgnoreCase": {"x:k": ["${x:none}", "B"]}}, "c", True),
        ({"StringEquals": {"x:k": "${aws:SecureTransport}"}}, "True", False),
        ({"StringLike": {"x:k": "t*${aws:SecureTransport}"}}, "T-true", False),
        ({"StringEqualsIgnoreCase": {"x:k": "T-${aws:SecureTransport}"}}, "t-TRUE", True),
        # An empty list (section 5).
        ({"StringNotEquals": {"x:k": []}}, "a", True),
        ({"StringNotEqualsIfExists": {"x:k": []}}, "a", False),
        ({"ForAllValues:StringNotEquals": {"x:k": []}}, ("a",), False),
        ({"ForAnyValue:StringNotEquals": {"x:k": []}}, ("a",), False),
        ({"ForAllValues:StringNotEquals": {"x:k": []}}, (), True),
        ({"StringEquals": {"x:k": []}}, "a", False),
        # Where a variable stands, the form of the operator stays what it is.
        ({"StringLike": {"x:k": "arn:aws:*:1:2:${aws:SecureTransport}"}}, "arn:aws:s:t:1:2:true", True),
        ({"ArnLike": {"x:k": "arn:aws:*:1:2:${aws:SecureTransport}"}}, "arn:aws:s:t:1:2:true", False),
        ({"ArnLike": {"x:k": "arn:aws:${aws:CurrentTime}:1:2:q"}}, "arn:aws:2026-11-23T12:00:00Z:1:2:q", False),
        ({"ArnLike": {"x:k": "arn:aws:s3:::${x:none}"}}, "arn:aws:s3::", False),
        ({"ArnNotLike": {"x:k": "arn:aws:s3:::${x:none}"}}, "arn:aws:s3::", True),
        ({"ArnLike": {"x:k": ["arn:aws:s3:::${x:none}", "arn:aws:s3:::b"]}}, "arn:aws:s3:::b", True),
        ({"IpAddress": {"x:k": ["::/0", "10.0.0.0/8"]}}, "10.1.2.3", True),
        ({"IpAddress": {"x:k": "::/0"}}, "10.1.2.3", False),
        ({"NotIpAddress": {"x:k": "::/0"}}, "10.1.2.3", True),
    ],
)
def test_lists_without_set_operator_and_values_of_other_forms(
    condition: dict[str, Any], given: Any, holds: bool
) -> None:
    decision = ask(identity(allow(condition=condition)), context={"x:k": given})
    assert decision.outcome == ("allowed" if holds else "implicitDeny")


@pytest.mark.parametrize(("tag", "given", "allowed"), [("", "", True), ("", "x", False), (None, "x", True)])
def test_an_empty_tag_is_a_value_and_its_default_is_not_used(tag: str | None, given: str, allowed: bool) -> None:
    condition = {"StringEquals": {"x:k": "${aws:PrincipalTag/team, 'x'}"}}
    context = {"x:k": given} if tag is None else {"x:k": given, "aws:PrincipalTag/team": tag}
    assert holds(condition, context) is allowed


def test_a_value_passes_the_test_of_its_pair_turned_where_the_operator_is_negated() -> None:
    conditions = {"StringLike": {"x:k": "a*"}, "StringNotLike": {"x:k": "a*"}}
    [statement] = compile_policy(policy(allow(condition=conditions)), PolicyKind.IDENTITY)
    like, unlike = statement.conditions
    assert (like.accepts("ab"), like.accepts("b")) == (True, False)
    assert (unlike.accepts("ab"), unlike.accepts("b")) == (False, True)
