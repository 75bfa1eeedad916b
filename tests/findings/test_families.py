"""Rules that no worked case of the spec shows: what each family reports, and what it leaves alone."""

# ruff: noqa: E501 - one case, one line

from __future__ import annotations

import json
import tracemalloc

import pytest

from tests.findings.helpers import KINDS, applied, codes, findings, one, statement
from workbench.findings.model import FindingType
from workbench.policy.quotas import without_blanks

_GET = '"Effect":"Allow","Action":"s3:GetObject"'
_ANY = '"Resource":"*"'
_ROLE = "arn:aws:iam::111122223333:role"
_GROUP = "arn:aws:logs:us-east-1:111122223333:log-group:/app"
_TABLE = "arn:aws:dynamodb:us-east-1:111122223333:table/t"


def _allow(action: str, resource: str = "*", condition: str = "") -> str:
    tail = f',"Condition":{{{condition}}}' if condition else ""
    return f'{{"Effect":"Allow","Action":{_list(action)},"Resource":{_list(resource)}{tail}}}'


def _list(text: str) -> str:
    return "[" + ",".join(f'"{part}"' for part in text.split()) + "]"


def _if(condition: str) -> str:
    return _allow("s3:GetObject", condition=condition)


# What is tested, kind, statement, codes that must be there, codes that must not.
_CASES: tuple[tuple[str, str, str, str, str], ...] = (
    # AWS services between the caller and the resource
    ("address of an API's caller", "R", '{"Effect":"Deny","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*","Condition":{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}', "", "SOURCE_IP_WITHOUT_SERVICE_EXCEPTION"),
    ("address of anybody's caller", "R", '{"Effect":"Deny","Principal":"*","Action":["execute-api:Invoke","s3:*"],"Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}', "SOURCE_IP_WITHOUT_SERVICE_EXCEPTION", ""),
    ("one's own Alexa skill", "R", '{"Effect":"Allow","Principal":{"Service":"alexa-appkit.amazon.com"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:111122223333:function:f","Condition":{"StringEquals":{"lambda:EventSourceToken":"amzn1.ask.skill.x"}}}', "", "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"),
    ("any Alexa skill", "R", '{"Effect":"Allow","Principal":{"Service":"alexa-appkit.amazon.com"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:111122223333:function:f","Condition":{"StringLike":{"lambda:EventSourceToken":"amzn1.ask.skill.*"}}}', "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", ""),
    # empties
    ("NotAction []", "I", f'{{"Effect":"Allow","NotAction":[],{_ANY}}}', "EMPTY_ARRAY_ACTION", ""),
    ("Resource []", "I", f'{{{_GET},"Resource":[]}}', "EMPTY_ARRAY_RESOURCE", "MISSING_RESOURCE"),
    ("Principal {}", "R", f'{{{_GET},{_ANY},"Principal":{{}}}}', "EMPTY_OBJECT_PRINCIPAL", "MISSING_PRINCIPAL"),
    ("Principal []", "R", f'{{{_GET},{_ANY},"Principal":[]}}', "EMPTY_ARRAY_PRINCIPAL", "DATA_TYPE_MISMATCH"),
    ("AWS []", "R", f'{{{_GET},{_ANY},"Principal":{{"AWS":[],"Service":"s3.amazonaws.com"}}}}', "EMPTY_ARRAY_PRINCIPAL", ""),
    ("operator {}", "I", _if('"StringEquals":{}'), "EMPTY_OBJECT_CONDITION", ""),
    ("values []", "I", _if('"StringEquals":{"aws:SourceVpc":[]}'), "EMPTY_ARRAY_CONDITION", ""),
    ("negated []", "I", _if('"StringNotEquals":{"aws:SourceVpc":[]}'), "EMPTY_ARRAY_CONDITION", ""),
    ("IfExists []", "I", _if('"StringEqualsIfExists":{"aws:SourceVpc":[]}'), "EMPTY_ARRAY_CONDITION_IFEXISTS", ""),
    ("ForAll []", "I", _if('"ForAllValues:StringEquals":{"aws:TagKeys":[]}'), "EMPTY_ARRAY_CONDITION_FORALLVALUES", ""),
    ("ForAny []", "I", _if('"ForAnyValue:StringEquals":{"aws:TagKeys":[]}'), "EMPTY_ARRAY_CONDITION_FORANYVALUE", ""),
    # principals
    ("bare ARN", "R", f'{{{_GET},{_ANY},"Principal":"{_ROLE}/r"}}', "INVALID_PRINCIPAL_FORMAT", ""),
    ("user id", "R", f'{{{_GET},{_ANY},"Principal":{{"AWS":"AIDAEXAMPLEEXAMPLE123"}}}}', "INVALID_USER_REFERENCE", ""),
    ("group", "R", f'{{{_GET},{_ANY},"Principal":{{"AWS":"arn:aws:iam::111122223333:group/g"}}}}', "INVALID_PRINCIPAL_FORMAT", ""),
    ("service case", "R", f'{{{_GET},{_ANY},"Principal":{{"Service":"EC2.amazonaws.com"}}}}', "INVALID_PRINCIPAL_FORMAT", ""),
    ("regional service", "R", f'{{{_GET},{_ANY},"Principal":{{"Service":"logs.eu-west-1.amazonaws.com"}}}}', "", "INVALID_PRINCIPAL_FORMAT"),
    ("origin identity", "R", f'{{{_GET},{_ANY},"Principal":{{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}}}}', "", "INVALID_PRINCIPAL_FORMAT"),
    ("service *", "T", '{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"*"}}', "UNSUPPORTED_WILDCARD_IN_PRINCIPAL", ""),
    ("trust deny *", "T", '{"Effect":"Deny","Action":"sts:AssumeRole","Principal":"*"}', "", "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL"),
    # iam:PassRole and iam:CreateServiceLinkedRole
    ("NotResource", "I", f'{{"Effect":"Allow","Action":"iam:PassRole","NotResource":"{_ROLE}/x"}}', "PASS_ROLE_WITH_NOT_RESOURCE", ""),
    ("pattern, NotResource", "I", f'{{"Effect":"Allow","Action":"iam:*","NotResource":"{_ROLE}/x"}}', "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", ""),
    ("both negated", "I", f'{{"Effect":"Allow","NotAction":"s3:*","NotResource":"{_ROLE}/x"}}', "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE", ""),
    ("any role of an account", "I", _allow("iam:PassRole", f"{_ROLE}/*"), "PASS_ROLE_WITH_STAR_IN_RESOURCE", ""),
    ("any path", "I", _allow("iam:PassRole", f"{_ROLE}/service-role/X*"), "", "PASS_ROLE_WITH_STAR_IN_RESOURCE"),
    ("deny", "I", '{"Effect":"Deny","Action":"iam:PassRole","Resource":"*"}', "", "PASS_ROLE_WITH_STAR_IN_RESOURCE"),
    ("negated test", "I", _allow("iam:PassRole", condition='"StringNotEquals":{"iam:PassedToService":"ec2.amazonaws.com"}'), "PASS_ROLE_WITH_STAR_IN_RESOURCE", ""),
    ("PassedToService *", "I", _allow("iam:PassRole", condition='"StringLike":{"iam:PassedToService":"*"}'), "PASS_ROLE_WITH_STAR_IN_RESOURCE", ""),
    ("service name", "I", _allow("iam:CreateServiceLinkedRole", condition='"StringEquals":{"iam:AWSServiceName":"ecs.amazonaws.com"}'), "", "CREATE_SLR_WITH_STAR_IN_RESOURCE"),
    ("service name if exists", "I", _allow("iam:CreateServiceLinkedRole", condition='"StringEqualsIfExists":{"iam:AWSServiceName":"ecs.amazonaws.com"}'), "CREATE_SLR_WITH_STAR_IN_RESOURCE", ""),
    ("in an SCP", "S", _allow("iam:PassRole"), "", "PASS_ROLE_WITH_STAR_IN_RESOURCE"),
    # tag conditions
    ("deny", "I", '{"Effect":"Deny","Action":"sagemaker:ListModels","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/t":"a"}}}', "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", ""),
    ("NotAction", "I", '{"Effect":"Allow","NotAction":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/t":"a"}}}', "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", ""),
    ("if exists", "I", _allow("sagemaker:ListModels", condition='"StringEqualsIfExists":{"aws:ResourceTag/t":"a"}'), "", "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"),
    ("a create call", "I", _allow("sagemaker:CreateModel", condition='"StringEquals":{"aws:ResourceTag/t":"a"}'), "", "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"),
    # condition values
    ("number", "I", _if('"NumericEquals":{"s3:max-keys":"ten"}'), "TYPE_MISMATCH_NUMBER", "TYPE_MISMATCH"),
    ("date", "I", _if('"DateLessThan":{"aws:CurrentTime":"tomorrow"}'), "TYPE_MISMATCH_DATE", "INVALID_DATE_VALUE"),
    ("base64", "I", _if('"BinaryEquals":{"s3:x":"???"}'), "TYPE_MISMATCH_STRING", ""),
    ("null maybe", "I", _if('"Null":{"aws:SourceVpc":"maybe"}'), "TYPE_MISMATCH_BOOLEAN", ""),
    ("JSON true", "I", _if('"Bool":{"aws:SecureTransport":true}'), "", "TYPE_MISMATCH_BOOLEAN DATA_TYPE_MISMATCH"),
    ("usual date", "I", _if('"DateLessThan":{"aws:CurrentTime":"2026-01-31T00:00:00Z"}'), "", "INVALID_DATE_VALUE"),
    ("endpoint id", "I", _if('"StringEquals":{"aws:SourceVpce":"vpce-1"}'), "INVALID_VPCE_FORMAT", ""),
    ("id pattern", "I", _if('"StringLike":{"aws:SourceVpce":"vpce-1*"}'), "", "INVALID_VPCE_FORMAT"),
    ("same Boolean twice", "I", _if('"Bool":{"aws:SecureTransport":["true","true"]}'), "INVALID_CONDITION_MULTIPLE_BOOLEAN", ""),
    ("Booleans under a string operator", "I", _if('"StringEquals":{"aws:ViaAWSService":["true","false"]}'), "INVALID_CONDITION_MULTIPLE_BOOLEAN TYPE_MISMATCH", ""),
    ("greatest and least", "I", _if('"NumericGreaterThan":{"s3:max-keys":["5","9"]}'), "REDUNDANT_CONDITION_VALUE_NUM", ""),
    ("a number of 40 digits", "I", _if('"NumericLessThan":{"s3:max-keys":' + "9" * 40 + "}"), "NUMBER_OUT_OF_RANGE", ""),
    ("private ranges only", "I", _if('"NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","fd00::/8"]}'), "PRIVATE_NOT_IP_ADDRESS", "PRIVATE_NOT_IP_ADDRESS_SUBSET"),
    ("private among public", "I", _if('"NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","203.0.113.0/24"]}'), "PRIVATE_NOT_IP_ADDRESS_SUBSET", "PRIVATE_NOT_IP_ADDRESS"),
    ("a VPC beside it", "I", _if('"IpAddress":{"aws:VpcSourceIp":"10.0.0.0/8"},"StringEquals":{"aws:SourceVpce":"vpce-11223344"}'), "", "MISSING_PAIRED_CONDITION_KEYS PRIVATE_IP_ADDRESS"),
    # operators
    ("negated star", "I", _if('"ForAnyValue:StringNotLike":{"aws:TagKeys":"*"}'), "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION", ""),
    ("star among others", "I", _if('"StringLike":{"aws:PrincipalTag/x":["a","*"]}'), "EQUIVALENT_TO_NULL_FALSE", ""),
    ("ARN star", "I", _if('"ArnLike":{"aws:PrincipalArn":"*"}'), "EQUIVALENT_TO_NULL_FALSE", ""),
    ("epoch as a number", "I", _if('"NumericLessThan":{"aws:EpochTime":"1767225600"}'), "", "TYPE_MISMATCH"),
    ("literal star", "I", _if('"StringEquals":{"aws:PrincipalTag/x":"a${*}"}'), "", "WILDCARD_WITHOUT_LIKE_OPERATOR"),
    ("ForAllValues with Null false", "I", _if('"ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-abcde12345"},"Null":{"aws:PrincipalOrgID":"false"}'), "", "FORALLVALUES_WITH_SINGLE_VALUED_KEY"),
    ("ForAllValues in a Deny", "S", '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-abcde12345"}}}', "", "FORALLVALUES_WITH_SINGLE_VALUED_KEY"),
    ("Null on a multivalued key", "I", _if('"Null":{"aws:TagKeys":"false"}'), "", "MISSING_QUALIFIER"),
    # keys
    ("aws:ARN here", "I", _if('"ArnLike":{"aws:ARN":"arn:aws:iam::*:role/x"}'), "DEPRECATED_GLOBAL_CONDITION_KEY", "INVALID_GLOBAL_CONDITION_KEY"),
    ("aws:ARN there", "R", f'{{{_GET},{_ANY},"Principal":"*","Condition":{{"ArnLike":{{"aws:ARN":"arn:aws:iam::*:role/x"}}}}}}', "UNSUPPORTED_GLOBAL_CONDITION_KEY", "DEPRECATED_GLOBAL_CONDITION_KEY"),
    ("old spelling", "I", _if('"ArnEquals":{"sagemaker:VolumeKmsKey":"arn:aws:kms:us-east-1:111122223333:key/k"}'), "DEPRECATED_CONDITION_KEY", "INVALID_SERVICE_CONDITION_KEY"),
    ("claims", "T", '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"accounts.google.com"},"Condition":{"StringEquals":{"accounts.google.com:aud":"x"}}}', "", "INVALID_SERVICE_CONDITION_KEY INVALID_CONDITION_KEY_FORMAT INVALID_PRINCIPAL_FORMAT"),
    ("service tag key", "I", _if('"StringEquals":{"ec2:ResourceTag/":"x"}'), "MISSING_TAG_KEY_IN_CONDITION", ""),
    ("of a guide alone", "I", _if('"StringEquals":{"sagemaker:TargetContainerHostname":"a"},"Bool":{"aws:IsMcpServiceAction":"true"}'), "", "INVALID_SERVICE_CONDITION_KEY INVALID_GLOBAL_CONDITION_KEY"),
    ("no colon", "I", _if('"StringEquals":{"SourceVpc":"vpc-11223344"}'), "INVALID_CONDITION_KEY_FORMAT", "INVALID_GLOBAL_CONDITION_KEY"),
    # actions
    ("no prefix", "I", _allow("GetObject"), "INVALID_ACTION", ""),
    ("several stars", "I", _allow("**"), "INVALID_ACTION", ""),
    ("blank", "I", '{"Effect":"Allow","Action":"s3: GetObject","Resource":"*"}', "INVALID_ACTION", ""),
    ("*:*", "I", _allow("*:*"), "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE", "INVALID_SERVICE_IN_ACTION"),
    ("retired service", "I", _allow("evidently:ListProjects"), "RETIRED_SERVICE", "INVALID_SERVICE_IN_ACTION"),
    ("unknown service", "I", _allow("nosuchthing:Do"), "SERVICE_NOT_IN_CATALOG", "INVALID_SERVICE_IN_ACTION"),
    ("rejected by AWS", "I", _allow("cloud9:ValidateEnvironmentName"), "INVALID_ACTION", "RETIRED_ACTION"),
    ("RCP *", "C", '{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}', "RCP_BARE_STAR", "RCP_SYNTAX_ERROR_ACTION"),
    ("RCP prefix", "C", '{"Effect":"Deny","Principal":"*","Action":"s*:Get*","Resource":"*"}', "RCP_SYNTAX_ERROR_ACTION", "INVALID_SERVICE_IN_ACTION"),
    # ARNs
    ("pattern that could be one", "I", _allow("s3:GetObject", "a*"), "", "INVALID_ARN_PREFIX"),
    ("short form of an API", "R", '{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*"}', "PUBLIC_ACCESS", "INVALID_ARN_PREFIX"),
    ("short form of an API", "I", _allow("execute-api:Invoke", "execute-api:/*"), "INVALID_ARN_PREFIX", ""),
    ("short form of an API", "R", f'{{{_GET},"Principal":"*","Resource":"execute-api:/*"}}', "INVALID_ARN_PREFIX", ""),
    ("unknown service", "I", _allow("s3:GetObject", "arn:aws:nosuchthing:us-east-1:111122223333:x"), "SERVICE_NOT_IN_CATALOG", "INVALID_SERVICE"),
    ("misspelt service", "I", _allow("sagemaker:DescribeModel", "arn:aws:sagemakr:us-east-1:111122223333:model/m"), "INVALID_SERVICE", ""),
    ("new Region", "I", _allow("sagemaker:DescribeModel", "arn:aws:sagemaker:eu-west-9:111122223333:model/m"), "REGION_NOT_IN_CATALOG", "INVALID_ARN_REGION"),
    ("no Region", "I", _allow("sagemaker:DescribeModel", "arn:aws:sagemaker:ohio:111122223333:model/m"), "INVALID_ARN_REGION", ""),
    ("account of AWS", "I", _allow("iam:GetPolicy", "arn:aws:iam::aws:policy/x"), "", "INVALID_ARN_ACCOUNT"),
    ("two formats in one", "I", _allow("lex:DescribeBot", "arn:aws:lex:us-east-1:111122223333:bot/B1 arn:aws:lex:us-east-1:111122223333:bot:name"), "", "INVALID_ARN_RESOURCE"),
    ("an open service", "I", _allow("backup:DescribeRecoveryPoint", "arn:aws:backup:us-east-1:111122223333:recovery-point:x"), "", "INVALID_ARN_RESOURCE"),
    ("owned by AWS", "I", _allow("cloudformation:CreateChangeSet", "arn:aws:cloudformation:us-east-1:aws:transform/Serverless-2016-10-31"), "", "INVALID_ARN_RESOURCE INVALID_ARN_ACCOUNT"),
    ("an empty part", "I", _allow("codeartifact:ReadFromRepository", "arn:aws:codeartifact:us-east-1:111122223333:package/d/r/pypi//x"), "", "INVALID_ARN_RESOURCE"),
    ("published by AWS", "I", _allow("ssm:SendCommand ssm:GetParameter", "arn:aws:ssm:us-east-1::document/AWS-RunShellScript arn:aws:ssm:us-east-1::parameter/aws/service/x"), "", "MISSING_ARN_ACCOUNT"),
    ("variable as Region", "I", _allow("sqs:SendMessage", "arn:aws:sqs:${aws:RequestedRegion}:111122223333:q"), "VARIABLE_UNSUPPORTED_IN_ELEMENT", "INVALID_ARN_ACCOUNT INVALID_ARN_REGION MISSING_ARN_FIELD"),
    ("other partition", "I", _allow("s3:GetObject", "arn:aws-cn:s3:cn-north-1:111122223333:x"), "", "INVALID_PARTITION INVALID_ARN_REGION"),
    # variables
    ("default", "I", _allow("s3:GetObject", "arn:aws:s3:::${aws:PrincipalTag/t,_'all'}/*").replace(",_", ", "), "", "MISSING_QUOTE_IN_VARIABLE UNSUPPORTED_SPACE_IN_VARIABLE TEMPLATE_NOT_RESOLVED"),
    ("blank", "I", f'{{{_GET},"Resource":"arn:aws:s3:::b/${{aws: username}}"}}', "UNSUPPORTED_SPACE_IN_VARIABLE", ""),
    ("empty", "I", f'{{{_GET},"Resource":"arn:aws:s3:::b/${{}}"}}', "EMPTY_VARIABLE", "TEMPLATE_NOT_RESOLVED"),
    ("unknown key", "I", f'{{{_GET},"Resource":"arn:aws:s3:::b/${{aws:usernam}}"}}', "VARIABLE_KEY_NOT_IN_CATALOG", "TEMPLATE_NOT_RESOLVED"),
    ("claim", "I", f'{{{_GET},"Resource":"arn:aws:s3:::b/${{accounts.google.com:sub}}"}}', "", "VARIABLE_KEY_NOT_IN_CATALOG"),
    ("in a principal", "R", f'{{{_GET},{_ANY},"Principal":{{"AWS":"${{aws:PrincipalArn}}"}}}}', "VARIABLE_UNSUPPORTED_IN_ELEMENT", ""),
    ("in a key", "I", _if('"StringEquals":{"aws:ResourceTag/${aws:username}":"x"}'), "VARIABLE_UNSUPPORTED_IN_ELEMENT", "INVALID_GLOBAL_CONDITION_KEY"),
    ("in a Sid", "I", f'{{"Sid":"${{aws:username}}",{_GET},{_ANY}}}', "VARIABLE_UNSUPPORTED_IN_ELEMENT", "UNSUPPORTED_SID"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text", "must", "must_not"), [case[1:] for case in _CASES], ids=[f"{c[3] or c[4]}: {c[0]}" for c in _CASES]
)
def test_family(kind: str, text: str, must: str, must_not: str) -> None:
    got = codes(findings(statement(text), KINDS[kind]))
    assert set(must.split()) <= set(got)
    assert not set(must_not.split()) & set(got)


@pytest.mark.parametrize(
    ("length", "kind", "code"),
    [
        (6_200, "I", "POLICY_SIZE_EXCEEDS_MANAGED_POLICY_QUOTA"),
        (10_300, "I", "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"),
        (33_000, "R", "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA"),
        (2_100, "T", "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA"),
        (5_200, "S", "POLICY_SIZE_EXCEEDS_SCP_QUOTA"),
        (5_200, "C", "POLICY_SIZE_EXCEEDS_RCP_QUOTA"),
    ],
)
def test_sizes_count_characters_without_blanks_between(length: int, kind: str, code: str) -> None:
    start, end = '{"Version":"2012-10-17","Statement":[],"Id":"', '"}'
    text = start + "x" * (length - len(start) - len(end)) + end
    assert code in codes(findings(text, KINDS[kind]))
    blanks = start[:-1] + " " * 40_000 + start[-1] + end
    spaced = codes(findings(blanks, KINDS[kind]))
    assert code not in spaced or kind == "R"
    assert ("POLICY_SIZE_NEEDS_COMPACTING" in spaced) is (kind in "SC")


def test_a_bucket_policy_has_the_quota_of_its_type() -> None:
    text = statement(f'{{{_GET},"Principal":"*",{_ANY},"Sid":"{"x" * 21_000}"}}')
    code = "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA"
    assert code in codes(findings(text, KINDS["R"], "AWS::S3::Bucket"))
    assert code not in codes(findings(text, KINDS["R"]))


@pytest.mark.parametrize(
    "placeholder",
    [
        *("${Bucket}", "${aws_s3_bucket.b.id}", "${AWS::AccountId}", "{{ bucket }}", "<bucket-name>", "[BUCKET]"),
        *("%(bucket)s", "#{bucket}", "${ACCEL_LOOKUP::X:Y}"),
    ],
)
def test_a_placeholder_is_one_finding_and_silences_what_it_touches(placeholder: str) -> None:
    text = statement(f'{{"Effect":"Allow","Action":["s3:{placeholder}","s3:GetObjct"],"Resource":"x:{placeholder}"}}')
    found = findings(text)
    assert codes(found) == ["TEMPLATE_NOT_RESOLVED", "INVALID_ACTION"]
    assert placeholder in found[0].details
    assert [text[p.span.start : p.span.end] for p in found[0].locations] == [placeholder] * 2


@pytest.mark.parametrize(
    "resource",
    [
        '"arn:aws:sqs:us-east-1:ACCOUNT_ID:q"',
        '"arn:aws:sqs:REGION:111122223333:q"',
        '{"Fn::Sub":"arn:aws:sqs:${AWS::Region}:x:q"}',
        '[{"Ref":"Arn"},{"Fn::GetAtt":["Q","Arn"]}]',
        '"arn:aws:sqs:us-east-1:${my:account}:${Queue}"',
    ],
)
def test_placeholders_in_a_resource_are_no_errors(resource: str) -> None:
    found = findings(statement(f'{{"Effect":"Allow","Action":"sqs:SendMessage","Resource":{resource}}}'))
    assert codes(found) == ["TEMPLATE_NOT_RESOLVED"]


def test_a_template_object_for_a_whole_statement_is_no_error() -> None:
    assert codes(findings(statement('[{"Fn::If":["Prod",{"Ref":"A"},{"Ref":"B"}]}]'))) == ["TEMPLATE_NOT_RESOLVED"]


def test_a_retired_service_is_one_finding_for_its_list() -> None:
    found = findings(statement(_allow("evidently:ListProjects evidently:GetProject s3:GetObject", "*")))
    assert len(one(found, "RETIRED_SERVICE").locations) == 2


def test_the_look_alike_is_named_and_mended() -> None:
    finding = one(findings(statement(_allow("s3:GetОbject"))), "CONTROL_OR_FOREIGN_CHARACTER")
    assert "U+041E CYRILLIC CAPITAL LETTER O" in finding.details
    assert "looks like" in finding.note
    assert finding.fixes[0].edits[0].text == '"s3:GetObject"'


def test_a_long_string_is_counted_without_keeping_a_state_for_each_character() -> None:
    text = '{"a": "' + "x" * 2_000_000 + '\\" y"}'
    tracemalloc.start()
    try:
        assert without_blanks(text) == len(text) - 1
        assert tracemalloc.get_traced_memory()[1] < 2 * len(text)
    finally:
        tracemalloc.stop()


def test_a_name_without_near_match_is_told_with_the_nearest_by_its_words() -> None:
    found = findings(
        statement('{"Effect":"Allow","Action":["sagemaker:CreateTrainJob","dynamo:GetItem"],"Resource":"*"}')
    )
    action, service = one(found, "ACTION_NOT_IN_CATALOG"), one(found, "SERVICE_NOT_IN_CATALOG")
    assert "The nearest names are sagemaker:CreateTrainingJob" in action.details
    assert "The nearest name is dynamodb." in service.details
    assert (action.type, service.type) == (FindingType.SUGGESTION, FindingType.SUGGESTION)


def test_a_look_alike_service_is_said_to_be_one() -> None:
    finding = one(findings(statement(_allow("ѕ3:GetObject"))), "SERVICE_NOT_IN_CATALOG")
    assert "written with U+0455 CYRILLIC SMALL LETTER DZE" in finding.details
    assert "Check the spelling" not in finding.details


def test_sizes_have_thousands_separators_and_both_quotas() -> None:
    text = statement(_allow("s3:GetObject", " ".join(f"arn:aws:s3:::bucket-{n:05}/*" for n in range(500))))
    details = one(findings(text), "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA").details
    assert "a managed policy may have 6,144, and no kind of identity policy more than 10,240" in details


def test_a_policy_too_long_is_offered_without_what_others_cover() -> None:
    covered = "".join(f',"arn:aws:s3:::bucket/{n:05}/*"' for n in range(400))
    text = statement(f'{{{_GET},"Resource":["arn:aws:s3:::bucket/*"{covered}]}}')
    (fix,) = one(findings(text), "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA").fixes
    assert applied(text, fix) == statement(f'{{{_GET},"Resource":["arn:aws:s3:::bucket/*"]}}')
    distinct = statement(f'{{{_GET},"Resource":["arn:aws:s3:::b/*"{covered}]}}')
    assert one(findings(distinct), "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA").fixes == ()


@pytest.mark.parametrize(
    ("action", "resource", "better"),
    [
        ("s3:ListBucket", "arn:aws:s3:::b/*", "arn:aws:s3:::b"),
        ("s3:ListBucket", "arn:aws:s3:::b/", "arn:aws:s3:::b"),
        ("s3:ListBucket", "arn:aws:s3:::b/prefix/*", "arn:aws:s3:::b"),
        ("s3:GetObject", "arn:aws:s3:::b", "arn:aws:s3:::b/*"),
        ("logs:CreateLogStream", _GROUP, f"{_GROUP}:*"),
        ("dynamodb:DescribeImport", _TABLE, f"{_TABLE}/*"),
    ],
)
def test_an_action_beside_its_resource_is_led_to_it(action: str, resource: str, better: str) -> None:
    text = statement(json.dumps({"Effect": "Allow", "Action": action, "Resource": resource}))
    finding = one(findings(text), "ACTION_DOES_NOT_FIT_RESOURCE")
    assert f"such as {better}." in finding.details
    (fix,) = finding.fixes
    mended = applied(text, fix)
    assert better in mended
    assert not {"ACTION_DOES_NOT_FIT_RESOURCE", "RESOURCE_FITS_NO_ACTION"} & set(codes(findings(mended)))


def test_an_arn_that_another_action_works_on_stays() -> None:
    text = statement(_allow("s3:ListBucket s3:GetObject", "arn:aws:s3:::b"))
    (fix,) = one(findings(text), "ACTION_DOES_NOT_FIT_RESOURCE").fixes
    assert '["arn:aws:s3:::b","arn:aws:s3:::b/*"]' in applied(text, fix).replace(", ", ",")


@pytest.mark.parametrize(("version", "sid", "after"), [("2012", '"a"', "2012-10-17"), ('"2012-10-17"', "17", '"17"')])
def test_a_number_is_written_as_what_it_may_be(version: str, sid: str, after: str) -> None:
    text = f'{{"Version":{version},"Statement":{{"Sid":{sid},{_GET},"Resource":"arn:aws:s3:::b/*"}}}}'
    (fix,) = one(findings(text), "DATA_TYPE_MISMATCH").fixes
    mended = applied(text, fix)
    assert after in mended
    assert findings(mended) == ()


def test_a_deny_that_keeps_a_private_api_private_is_silent() -> None:
    def told(principal: str) -> bool:
        api = '"Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:us-east-1:111122223333:a1/*"'
        deny = f'{{"Effect":"Deny","Principal":"*",{api},"Condition":{{"StringNotEquals":{{"aws:SourceVpc":"vpc-11223344"}}}}}}'
        text = statement(f'[{{"Effect":"Allow","Principal":{principal},{api}}},{deny}]')
        return "DENY_HITS_MISSING_KEY" in codes(findings(text, KINDS["R"]))

    assert not told('"*"')
    assert told('{"AWS":"arn:aws:iam::111122223333:role/r"}')


@pytest.mark.parametrize(
    ("actions", "resource", "told"),
    [
        ("s3:GetObject s3:PutObject", "arn:aws:s3::111122223333:accesspoint/m.mrap/object/*", False),
        ("s3:ListBucket", "arn:aws:s3::111122223333:accesspoint/m.mrap", False),
        ("s3:GetObject", "arn:aws:s3::111122223333:accesspoint/m.mrap", True),
    ],
)
def test_objects_behind_a_multi_region_access_point(actions: str, resource: str, told: bool) -> None:
    assert ("ACTION_DOES_NOT_FIT_RESOURCE" in codes(findings(statement(_allow(actions, resource))))) is told


@pytest.mark.parametrize("resource", ["arn:aws:s3:::b*", "arn:aws:s3:::*", "arn:aws:s3:::${aws:username}", "*"])
def test_a_pattern_that_a_bucket_can_fit_is_silent(resource: str) -> None:
    text = statement(json.dumps({"Effect": "Allow", "Action": "s3:ListBucket", "Resource": resource}))
    assert "ACTION_DOES_NOT_FIT_RESOURCE" not in codes(findings(text))


@pytest.mark.parametrize("resource", ["arn:aws:iam:us-east-1:111122223333:role/x", "arn:aws:iam:::role/x"])
def test_an_arn_that_is_an_error_is_not_told_again_by_its_actions(resource: str) -> None:
    text = statement(json.dumps({"Effect": "Allow", "Action": "iam:GetRole", "Resource": resource}))
    (finding,) = findings(text)
    assert finding.type is FindingType.ERROR


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ('[{"Statement":[]}]', "Take away the brackets around it."),
        ('[{"Statement":[]},{"Statement":[]}]', "Keep each policy in a document of its own."),
        ('[{"Effect":"Allow"}]', 'Write {"Version": "2012-10-17", "Statement": … } around it.'),
        ("[1]", "Write a policy."),
        ("true", "Write a policy."),
    ],
)
def test_what_is_no_object_is_told_what_to_make_of_it(text: str, remedy: str) -> None:
    (finding,) = findings(text)
    assert remedy in finding.details


def test_a_key_is_named_as_it_is_written() -> None:
    text = statement(_allow("ec2:CreateVolume", condition='"ForAllValues:StringEquals":{"aws:RequestTag/env":["a"]}'))
    assert "aws:RequestTag/env," in one(findings(text), "FORALLVALUES_WITH_SINGLE_VALUED_KEY").details


def test_a_deny_beside_an_organization_is_mended_without_opening_the_resource() -> None:
    deny = '"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"'
    text = statement(
        f'[{{"Principal":"*",{_GET},"Resource":"arn:aws:s3:::b/*"}},'
        f'{{{deny},"Condition":{{"StringNotEquals":{{"aws:PrincipalOrgID":"o-abcde12345"}}}}}}]'
    )
    finding = one(findings(text, KINDS["R"]), "DENY_HITS_MISSING_KEY")
    for fix in finding.fixes:
        after = codes(findings(applied(text, fix), KINDS["R"]))
        assert "PUBLIC_ACCESS" not in after
        assert "DENY_HITS_MISSING_KEY" not in after
    assert finding.fixes


@pytest.mark.parametrize(
    ("principal", "told"),
    [
        ('{"Service":"cloudtrail.amazonaws.com"}', True),
        ('"*"', True),
        ('{"AWS":"arn:aws:iam::111122223333:role/r"}', False),
    ],
)
def test_a_deny_hits_services_by_their_missing_organization_only_where_something_lets_them_in(
    principal: str, told: bool
) -> None:
    deny = '"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"'
    text = statement(
        f'[{{"Principal":{principal},{_GET},"Resource":"arn:aws:s3:::b/*"}},'
        f'{{{deny},"Condition":{{"StringNotEquals":{{"aws:PrincipalOrgID":"o-abcde12345"}}}}}}]'
    )
    assert ("DENY_HITS_MISSING_KEY" in codes(findings(text, KINDS["R"]))) is told


@pytest.mark.parametrize(
    ("deny", "taken"),
    [
        ('{"Effect":"Deny","Action":"iam:*","Resource":"*"}', True),
        ('{"Effect":"Deny","NotAction":"s3:*","Resource":"*"}', True),
        (f'{{"Effect":"Deny","Action":"iam:*","Resource":"{_ROLE}/x"}}', False),
        ('{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*"}', False),
        (
            f'{{"Effect":"Deny","Action":"iam:*",{_ANY},"Condition":{{"Bool":{{"aws:MultiFactorAuthPresent":"false"}}}}}}',
            False,
        ),
    ],
)
def test_roles_that_a_deny_keeps_from_being_passed_are_not_said_to_be_open(deny: str, taken: bool) -> None:
    finding = one(findings(statement(f"[{_allow('*')},{deny}]")), "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE")
    assert ("; the Deny in statement 2 takes that away." in finding.details) is taken


@pytest.mark.parametrize(
    ("operator", "key", "value", "fits"),
    [
        ("NumericLessThan", "glacier:ArchiveAgeInDays", "365", True),
        ("StringEquals", "glacier:archiveageindays", "365", True),
        ("DateLessThan", "glacier:ArchiveAgeInDays", "2026-01-01T00:00:00Z", False),
        ("DateGreaterThan", "ec2:SnapshotTime", "2026-01-01T00:00:00Z", True),
        ("NumericLessThan", "ec2:SnapshotTime", "1", False),
    ],
)
def test_a_key_is_compared_as_its_guide_compares_it(operator: str, key: str, value: str, fits: bool) -> None:
    text = statement(
        f'{{"Effect":"Deny","Action":["glacier:DeleteArchive","ec2:DeleteSnapshot"],"Resource":"*",'
        f'"Condition":{{"{operator}":{{"{key}":"{value}"}}}}}}'
    )
    assert ("TYPE_MISMATCH" in codes(findings(text))) is not fits
