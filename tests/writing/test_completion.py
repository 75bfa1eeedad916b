"""What is proposed where, and that what is accepted is JSON."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.work import work
from workbench.catalog.catalog import Catalog
from workbench.document.parser import parse
from workbench.engine import Engine
from workbench.findings.model import FindingType
from workbench.policy.kinds import PolicyKind
from workbench.writing.completion import complete
from workbench.writing.places import REACH, place_at, statement_around
from workbench.writing.proposals import Proposal
from workbench.writing.snippets import Snippet, snippets

IN_STATEMENT = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", %s}]}'


@cache
def catalog() -> Catalog:
    return Catalog.open()


def proposed(text: str, kind: PolicyKind = PolicyKind.IDENTITY) -> tuple[Proposal, ...]:
    """`text` has a bar where the caret is."""
    return complete(text.replace("|", "", 1), text.index("|"), kind, catalog())


def labels(text: str, kind: PolicyKind = PolicyKind.IDENTITY) -> list[str]:
    return [p.label for p in proposed(text, kind)]


def accepted(text: str, label: str, kind: PolicyKind = PolicyKind.IDENTITY) -> str:
    [found] = [p for p in proposed(text, kind) if p.label == label][:1]
    bare = text.replace("|", "", 1)
    return bare[: found.span.start] + found.text + bare[found.span.end :]


def test_names_are_those_that_are_legal_here_and_not_there_yet() -> None:
    assert labels("{|}") == ["Version", "Statement"]  # an Id is a finding there
    assert labels("{|}", PolicyKind.RESOURCE) == ["Version", "Id", "Statement"]
    assert "NotPrincipal" not in labels(IN_STATEMENT % "|", PolicyKind.TRUST)
    assert labels(IN_STATEMENT % '"Action": "s3:*", |') == ["Sid", "Resource", "NotResource", "Condition"]
    assert "Principal" in labels(IN_STATEMENT % "|", PolicyKind.RESOURCE)
    trust = labels(IN_STATEMENT % "|", PolicyKind.TRUST)
    assert "Principal" in trust
    assert "Resource" not in trust
    control = labels(IN_STATEMENT % "|", PolicyKind.RCP)
    assert "NotAction" not in control
    assert "NotPrincipal" not in control
    assert labels('{"Statement": {"Effect": "|"}}', PolicyKind.RCP) == ["Deny"]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("cretrain", "sagemaker:CreateTrainingJob"),
        ("sagemaker:cretrain", "sagemaker:CreateTrainingJob"),
        ("gobj", "s3:GetObject"),
        ("s3:GetObj", "s3:GetObject"),
        ("iam:passr", "iam:PassRole"),
        ("sagem", "sagemaker:"),
    ],
)
def test_actions_are_found_by_a_few_letters(typed: str, first: str) -> None:
    assert labels(IN_STATEMENT % f'"Action": ["{typed}|"]')[0] == first


def test_a_wildcard_says_how_many_actions_it_matches() -> None:
    [found, *_] = proposed(IN_STATEMENT % '"Action": "s3:Get*|"')
    assert found.detail == f"{len(catalog().expand_names('s3:Get*'))} actions"


def test_actions_that_are_listed_already_are_not_proposed() -> None:
    assert "s3:GetObject" not in labels(IN_STATEMENT % '"Action": ["s3:GetObject", "s3:GetObj|"]')


def test_arns_come_from_the_formats_of_the_statements_actions() -> None:
    found = proposed(IN_STATEMENT % '"Action": "sagemaker:CreateTrainingJob", "Resource": |')
    assert found[0].label == "arn:aws:sagemaker:*:111122223333:training-job/*"
    assert [found[0].text[s.start : s.end] for s in found[0].stops] == ["aws", "*", "111122223333", "*"]
    assert labels(IN_STATEMENT % '"Action": "s3:ListAllMyBuckets", "Resource": "|"') == ["*"]


def test_operators_that_fit_the_keys_of_their_block_come_first() -> None:
    keys = '"Action": "s3:GetObject", "Condition": {"|": {"%s": "x"}}'
    assert labels(IN_STATEMENT % (keys % "aws:SourceIp"))[0] == "IpAddress"
    assert labels(IN_STATEMENT % (keys % "aws:SecureTransport"))[0] == "Bool"
    assert labels(IN_STATEMENT % (keys % "aws:TagKeys"))[0].startswith("ForAnyValue:String")


def test_keys_that_the_actions_support_and_the_operator_fits_come_first() -> None:
    found = labels(IN_STATEMENT % '"Action": "sagemaker:CreateTrainingJob", "Condition": {"Bool": {"|"}}')
    assert found[0].startswith("sagemaker:")
    assert catalog().key(found[0]) is not None
    assert "aws:SecureTransport" in found[:20]


def test_values_where_the_key_has_a_list_of_them() -> None:
    test = IN_STATEMENT % '"Condition": {"StringEquals": {"%s": |}}'
    assert labels(test % "sagemaker:RootAccess") == ["Enabled", "Disabled"]
    assert labels(test % "aws:SecureTransport") == ["true", "false"]
    assert "eu-central-1" in labels(test % "aws:RequestedRegion")


def test_variables_go_into_the_string_they_are_typed_in() -> None:
    text = IN_STATEMENT % '"Resource": "arn:aws:s3:::b/${aws:use|/x"'
    assert accepted(text, "${aws:username}") == (IN_STATEMENT % '"Resource": "arn:aws:s3:::b/${aws:username}/x"')


def test_principals() -> None:
    assert labels(IN_STATEMENT % '"Principal": {|}', PolicyKind.RESOURCE)[0] == "AWS"
    service = labels(IN_STATEMENT % '"Principal": {"Service": "sage|"}', PolicyKind.TRUST)
    assert service[0] == "sagemaker.amazonaws.com"


@pytest.mark.parametrize(
    ("text", "label", "wanted"),
    [
        ('{"Statement": [{"Eff|": "Allow"}]}', "Effect", '{"Statement": [{"Effect": "Allow"}]}'),
        ('{"Statement": [{| "Action": "x"}]}', "Effect", '{"Statement": [{"Effect": "Allow", "Action": "x"}]}'),
        ('{"Statement": [{"Sid": "a"|}]}', "Effect", '{"Statement": [{"Sid": "a", "Effect": "Allow"}]}'),
        ('{"Statement": [{"Effect": |}]}', "Allow", '{"Statement": [{"Effect": "Allow"}]}'),
        (
            '{"Statement": [{"Action": ["s3:GetObj|]}]}',
            "s3:GetObject",
            '{"Statement": [{"Action": ["s3:GetObject"]}]}',
        ),
        (
            '{"Statement": [{"Action": ["a:b", "s3:GetObj|\n]}]}',
            "s3:GetObject",
            '{"Statement": [{"Action": ["a:b", "s3:GetObject"\n]}]}',
        ),
    ],
)
def test_what_is_accepted_has_its_quotes_colons_and_commas(text: str, label: str, wanted: str) -> None:
    found = accepted(text, label)
    assert found.replace(',"', ', "') == wanted.replace(',"', ', "')
    assert not parse(found).problems


WELL_FORMED = (
    IN_STATEMENT % '"Action": ["sagemaker:Create*"], "Resource": "*", "Condition": {"Bool": {"aws:x": "true"}}',
    '{\n  "Version": "2012-10-17",\n  "Statement": [\n    {\n      "Effect": "Deny"\n    }\n  ]\n}',
    '{"Statement":{"Principal":{"AWS":["*"]},"Action":[],"Resource":["arn:aws:s3:::😀/${aws:username}"]}}',
    '{\r\n "Statement": [{"Condition": {"StringLike": {"aws:é": ["a", "b"]}},\r\n "Action": "s3:Get*"}, {}]\r\n}',
    '{"Statement": []}',
    "{}",
)


@pytest.mark.parametrize("text", WELL_FORMED)
@pytest.mark.parametrize("kind", PolicyKind)
def test_every_proposal_at_every_place_of_a_well_formed_text_gives_json(text: str, kind: PolicyKind) -> None:
    count = 0
    for offset in range(len(text) + 1):
        for found in complete(text, offset, kind, catalog())[::7]:
            made = text[: found.span.start] + found.text + text[found.span.end :]
            assert not parse(made).problems, (offset, found)
            count += 1
    assert count


@pytest.mark.parametrize("text", ['"Action"|: "s3:*"', '"Action":| ["s3:*"]', '"Action": "s3:*", "Condition": | {}'])
def test_where_nothing_more_fits_nothing_is_proposed(text: str) -> None:
    assert labels(IN_STATEMENT % text) == []


def test_the_value_that_follows_the_colon_is_replaced() -> None:
    assert accepted('{"Statement": [{"Effect": |"Allow"}]}', "Deny") == '{"Statement": [{"Effect": "Deny"}]}'
    assert accepted('{"Statement": [{"Effect":| Allw}]}', "Allow") == '{"Statement": [{"Effect": "Allow"}]}'
    lines = '{"Statement": [{"Effect": |\n"Action": "x"}]}'
    assert accepted(lines, "Deny") == '{"Statement": [{"Effect": "Deny",\n"Action": "x"}]}'


def test_a_string_that_lacks_its_end_does_not_swallow_the_rest_of_its_line() -> None:
    text = '{"Statement": [{"Action": "cretrain|, "Resource": "*"}]}'
    wanted = '{"Statement": [{"Action": "sagemaker:CreateTrainingJob", "Resource": "*"}]}'
    assert accepted(text, "sagemaker:CreateTrainingJob") == wanted


def test_statements_come_in_a_list_where_the_list_is_due() -> None:
    found = accepted('{\n  "Statement": |\n}', "Least privilege: read one prefix of a bucket")
    assert not parse(found).problems
    assert found.startswith('{\n  "Statement": [\n    {\n      "Sid": "ListPrefix"')
    assert found.endswith("\n    }\n  ]\n}")


def test_a_principal_without_a_type_is_everyone_alone() -> None:
    assert labels(IN_STATEMENT % '"Principal": |', PolicyKind.RCP) == ["*"]
    assert '"Principal": "*"' in accepted(IN_STATEMENT % "|", "Principal", PolicyKind.RCP)
    assert "accounts.google.com" in labels(IN_STATEMENT % '"Principal": {"Federated": |}', PolicyKind.TRUST)
    assert labels(IN_STATEMENT % '"Principal": {"CanonicalUser": "|"}', PolicyKind.RESOURCE) == []


def test_in_a_long_text_only_what_is_near_is_read() -> None:
    one = '{"Sid": "S%d", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "%d"}'
    text = '{"Statement": [\n' + ",\n".join(one % (n, n) for n in range(20_000)) + "\n]}"
    offset = text.index('"Resource": "9000"') + len('"Resource": "')
    here = place_at(text, offset)
    assert here is not None
    assert len(here.document.text) < 50_000
    assert here.in_statement == ("Resource",)
    assert complete(text, offset, PolicyKind.IDENTITY, catalog())


@given(st.text(alphabet='{}[]":,$*aA \n\\é😀0', max_size=60), st.integers(-2, 70), st.sampled_from(PolicyKind))
def test_no_text_and_no_place_breaks_it(text: str, offset: int, kind: PolicyKind) -> None:
    for found in complete(text, offset, kind, catalog()):
        assert 0 <= found.span.start <= found.span.end <= len(text)
        assert all(0 <= s.start <= s.end <= len(found.text) for s in found.stops)


@given(st.integers(0, 140), st.integers(0, 140), st.sampled_from(["", '"', "${", "}", "\\", "\n"]))
def test_no_damage_to_a_policy_breaks_it(cut: int, offset: int, put: str) -> None:
    text = IN_STATEMENT % '"Action": ["s3:Get*"], "Resource": "*", "Condition": {"StringLike": {"aws:x": "${aws:u}"}}'
    complete(text[:cut] + put + text[cut + 1 :], offset, PolicyKind.IDENTITY, catalog())


@pytest.mark.parametrize(
    ("snippet", "kind"),
    [pytest.param(s, k, id=f"{s.title} {k.value}") for s in snippets() for k in sorted(s.kinds)],
)
def test_a_snippet_is_a_policy_that_nobody_questions(snippet: Snippet, kind: PolicyKind) -> None:
    engine = Engine()
    found = engine.validate(snippet.plain, kind).findings
    assert [f for f in found if f.type in (FindingType.ERROR, FindingType.SECURITY_WARNING)] == []
    assert [f.code for f in found if f.type is FindingType.WARNING] == []


def test_snippets_are_offered_where_a_statement_can_stand() -> None:
    assert "Allow statement" in labels("|")
    found = accepted('{\n  "Statement": [\n    |\n  ]\n}', "Allow statement")
    assert not parse(found).problems
    assert '\n      "Effect": "Allow"' in found


@pytest.mark.parametrize("opening", ['{"a":\n', "[\n", '{"Sid": "a", "b": [\n'])
def test_ten_thousand_levels_take_no_longer_than_a_policy(opening: str) -> None:
    assert work(lambda text: place_at(text, len(text) - 1), 10_000 * opening + '"', "workbench") < 200_000


def test_the_statement_is_found_without_a_search_for_each_level_around() -> None:
    def around(text: str) -> object:
        return statement_around(text, len(text))

    text = '{"a":\n' * 10_000
    assert work(around, text, "workbench") < 4 * REACH


@pytest.mark.parametrize(
    ("text", "label", "made"),
    [
        ('{"Statement": {"Action"|', "s3:", '{"Statement": {"Action": "s3:"'),
        ('{"Statement"| }', "Deny statement", None),
        ('{"Statement"|', "Least privilege: read one prefix of a bucket", None),
        ('{"Statement": {"Effect" |}}', "Deny", '{"Statement": {"Effect" : "Deny"}}'),
        ('{"Statement": {"Action": ["s3:*"|]}}', "s3:PutObject", '{"Statement": {"Action": ["s3:*", "s3:PutObject"]}}'),
    ],
)  # fmt: skip
def test_a_missing_colon_is_written_with_the_value(text: str, label: str, made: str | None) -> None:
    found = accepted(text, label)
    assert made in (None, found)
    assert len(parse(found).problems) <= len(parse(text.replace("|", "")).problems)


def test_between_a_name_and_its_value_only_the_colon_is_missing() -> None:
    assert not labels('{"Statement"| [{"Effect": "Deny"}]}')
    assert not labels(IN_STATEMENT % '"Action"|["s3:Get*"]')


def test_a_name_that_has_lost_its_end_takes_nothing_of_what_follows() -> None:
    text = IN_STATEMENT % '"Action": "s3:*", "Condition": {"String|:{"s3:prefix":"a"}}'
    assert '{"StringLike":{"s3:prefix":"a"}}' in accepted(text, "StringLike")
    assert not parse(accepted(text, "StringLike")).problems
    assert not parse(accepted('{"State|: [{"Effect": "Deny"}]}', "Statement")).problems


@pytest.mark.parametrize("element", ["Effect", "Action", "NotAction", "Resource", "NotResource"])
def test_an_object_of_a_template_gets_no_values_for_names(element: str) -> None:
    assert not labels(IN_STATEMENT % f'"{element}": {{|"Ref": "Bucket"}}')
    assert not labels(IN_STATEMENT % f'"{element}": {{"|"}}')


def test_a_variable_that_is_there_already_is_replaced_whole() -> None:
    for inside in ("aws:user|", "aws:user|id", "|", "|aws:PrincipalTag/team"):
        text = IN_STATEMENT % f'"Resource": "arn:aws:s3:::b/${{{inside}}}/x"'
        assert '"arn:aws:s3:::b/${aws:username}/x"' in accepted(text, "${aws:username}")
    assert '"a${aws:username}-${aws:userid}"' in accepted(
        IN_STATEMENT % '"Resource": "a${aws:us|-${aws:userid}"', "${aws:username}"
    )


def test_the_services_that_policies_name_most_come_first() -> None:
    assert labels(IN_STATEMENT % '"Action": |')[:3] == ["s3:", "iam:", "sts:"]
    assert "a2c:" in labels(IN_STATEMENT % '"Action": |')


def test_a_principal_is_somebody_before_it_is_everyone() -> None:
    text = IN_STATEMENT % '"Principal": |'
    for kind in (PolicyKind.TRUST, PolicyKind.RESOURCE):
        assert labels(text, kind) == ['{"AWS": …}', '{"Service": …}', '{"Federated": …}', "*"]
        for label in labels(text, kind):
            assert not parse(accepted(text, label, kind)).problems
    assert '"Principal": {"AWS": "arn:aws:iam::111122223333:root"}' in accepted(text, '{"AWS": …}')
    assert '"Principal": {"Service": "sagemaker.amazonaws.com"}}' in accepted(
        IN_STATEMENT % '"Principal": "serv|"', '{"Service": …}'
    )
    assert labels(text, PolicyKind.RCP) == ["*"]
    assert not [label for label in labels(IN_STATEMENT % '"Principal": ["|"]') if label.startswith("{")]


def test_every_kind_of_resource_of_a_pattern_is_proposed_the_commonest_first() -> None:
    for pattern, first in (("ec2:*", "instance"), ("s3:*", ":::*"), ("sagemaker:*", "cluster"), ("iam:*", "user")):
        formats = {arn for name in catalog().expand_names(pattern) for arn in catalog().arn_formats(name) or ()}
        found = proposed(IN_STATEMENT % f'"Action": "{pattern}", "Resource": |')
        assert len(found) == len(formats) + 1
        assert first in found[0].label
        assert "and" in found[0].detail
        assert found[-1].label == "*"
    assert labels(IN_STATEMENT % '"Action": "*", "Resource": |') == ["*"]  # about no service in particular
    keys = labels(IN_STATEMENT % '"Action": "ec2:*", "Condition": {"StringEquals": {|}}')
    assert "ec2:InstanceType" in keys[: keys.index("aws:PrincipalArn")]
