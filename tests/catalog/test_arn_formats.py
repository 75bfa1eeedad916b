"""Whether an ARN pattern fits an ARN format, against trying all texts. Source: spec catalog.md section 6."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.catalog import arnformat
from workbench.catalog.arnformat import Run, Token
from workbench.catalog.catalog import Catalog

TOKENS: st.SearchStrategy[list[Token]] = st.lists(st.sampled_from(["a", "b", Run.ANY, Run.ONE]), max_size=4)
TEXTS = ["".join(text) for size in range(9) for text in itertools.product("ab", repeat=size)]


def plain_fit(tokens: Sequence[Token], text: str) -> bool:
    if not tokens:
        return not text
    if tokens[0] is Run.ANY:
        return any(plain_fit(tokens[1:], text[at:]) for at in range(len(text) + 1))
    return bool(text) and (tokens[0] is Run.ONE or tokens[0] == text[0]) and plain_fit(tokens[1:], text[1:])


@given(a=TOKENS, b=TOKENS)
def test_overlap_agrees_with_trying_all_texts(a: list[Token], b: list[Token]) -> None:
    # A shortest common text has at most one character per token of the two.
    plain = any(plain_fit(a, text) and plain_fit(b, text) for text in TEXTS if len(text) <= len(a) + len(b))
    assert arnformat.overlap(a, b) == plain
    assert arnformat.overlap(b, a) == plain


@pytest.mark.parametrize(
    ("pattern", "fitting"),
    [
        ("arn:aws:sagemaker:us-east-1:111122223333:training-job/t1", ["training-job"]),
        ("arn:aws:sagemaker:*:*:training-*", ["training-session", "training-plan", "training-job"]),
        ("arn:aws:sagemaker:*:*:endpointconfig/*", []),
        ("arn:aws:sagemaker:us-east-1:111122223333:app/${sagemaker:DomainId}/${sagemaker:UserProfileName}/*", ["app"]),
        ("arn:aws:sagemaker:::training-job/t1", []),
        ("arn:aws:sagemaker:us-east-1:111122223333:training-job/", []),
        ("arn:aws:ec2:*:*:image/*", ["image"]),
        ("arn:aws:ec2:us-east-1:111122223333:image/ami-1", []),
        ("arn:aws:iam::*:root", ["root-user"]),  # a type of sts, for AssumeRoot
    ],
)
def test_fitting_types(catalog: Catalog, pattern: str, fitting: list[str]) -> None:
    assert sorted(t.name for t in catalog.types_fitting(pattern)) == sorted(fitting)


def test_a_star_fits_every_type(catalog: Catalog) -> None:
    assert len(catalog.types_fitting("*", "sagemaker")) == 74
    assert catalog.types_fitting("arn:aws:sagemaker:*", "s3") == ()


def test_literal_wildcards(catalog: Catalog) -> None:
    assert [t.name for t in catalog.types_fitting("arn:aws:sagemaker:us-east-1:111122223333:model/a${*}")] == ["model"]
    assert catalog.types_fitting("arn:aws:sagemaker:us-east-1:111122223333:mod${*}l/a") == ()


@pytest.mark.parametrize(
    ("action", "samples"),
    [
        ("sagemaker:CreateTrainingJob", "arn:aws:sagemaker:us-east-1:111122223333:training-job/*"),
        ("sagemaker:CreateEndpoint", "arn:aws:sagemaker:us-east-1:111122223333:endpoint/*"),
        ("s3:GetObject", "arn:aws:s3:::*/*"),
        ("iam:PassRole", "arn:aws:iam::111122223333:role/*"),
        ("s3:ListAllMyBuckets", "*"),
        ("nosuch:Action", None),
    ],
)
def test_sample_arns(catalog: Catalog, action: str, samples: str | None) -> None:
    assert catalog.arn_template(action) == samples


def test_sample_arns_of_another_place(catalog: Catalog) -> None:
    found = catalog.arn_templates("sagemaker:CreateEndpoint", "aws-cn", "cn-north-1", "444455556666")
    assert found == (
        "arn:aws-cn:sagemaker:cn-north-1:444455556666:endpoint/*",
        "arn:aws-cn:sagemaker:cn-north-1:444455556666:endpoint-config/*",
    )


def test_every_sample_fits_its_own_format(catalog: Catalog) -> None:
    for service in catalog.services():
        for resource_type in catalog.resource_types(service.prefix):
            sample = arnformat.fill(resource_type.arn, "aws", "us-east-1", "111122223333")
            assert catalog.fits(sample, resource_type), resource_type


def test_arn_services(catalog: Catalog) -> None:
    assert catalog.is_arn_service("sagemaker")
    assert catalog.is_arn_service("apigateway")
    assert not catalog.is_arn_service("sagemkaer")
