"""Condition keys: global ones, placeholders, aliases, multivalued ones. Source: spec catalog.md section 5."""

from __future__ import annotations

import re

import pytest

from tests.support import shared
from workbench.catalog.catalog import Catalog


def test_the_table_of_global_keys_is_that_of_the_spec(catalog: Catalog) -> None:
    text = shared("spec/context-keys.md").read_text("utf-8")
    sections = text[text.index("## 2.") : text.index("## 5.")]
    rows = [line.split("|")[1:4] for line in sections.splitlines() if line.startswith("| aws:")]
    listed = {}
    for names, kind, _ in rows:
        for name in re.findall(r"aws:[A-Za-z0-9]+(?:/<key>)?", names):
            listed[name.replace("<key>", "${TagKey}")] = kind.strip()
    ours = {key.name: key for key in catalog.global_keys()}
    assert set(ours) - set(listed) == {"aws:PrincipalOrgMasterAccountId"}
    assert set(listed) - set(ours) == set()
    spelled = {"IP": "IPAddress", "Date/Numeric": "Date"}
    assert {name: spelled.get(kind, kind) for name, kind in listed.items()} == {
        name: key.base_type for name, key in ours.items() if name in listed
    }
    many = re.findall(r"^\| ([^|]*) \| [^|]* \| MV", sections, re.MULTILINE)
    assert {name for row in many for name in re.findall(r"aws:\w+", row)} == {
        name for name, key in ours.items() if key.multivalued
    }


@pytest.mark.parametrize("name", ["aws:PrincipalArn", "AWS:principalarn", "aws:PrincipalTag/team", "aws:EpochTime"])
def test_global_keys_are_found(catalog: Catalog, name: str) -> None:
    key = catalog.key(name)
    assert key is not None
    assert key.is_global


@pytest.mark.parametrize("name", ["aws:NoSuchKey", "aws:ResourceTag", "aws:ResourceTag/", "", ":", "sagemaker", "x:y"])
def test_unknown_keys(catalog: Catalog, name: str) -> None:
    assert catalog.key(name) is None


def test_epoch_time_may_be_a_number(catalog: Catalog) -> None:
    key = catalog.key("aws:EpochTime")
    assert key is not None
    assert (key.type, key.other_types) == ("Date", ("Numeric",))


def test_prefix_form_is_the_same_key(catalog: Catalog) -> None:
    assert catalog.key("sagemaker:ResourceTag/") is catalog.key("sagemaker:ResourceTag/team")


def test_the_closest_placeholder_wins(catalog: Catalog) -> None:
    found = [
        catalog.key(name) for name in ("events:Metadata/x", "events:Metadata/x/Matcher", "s3:ExistingObjectTag/a/b")
    ]
    assert [key.name if key else None for key in found] == [
        "events:Metadata/${MetadataKey}",
        "events:Metadata/${MetadataKey}/Matcher",
        "s3:ExistingObjectTag/<key>",
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sts:ExternalId", "String"),
        ("sts:TransitiveTagKeys", "ArrayOfString"),
        ("iam:PassedToService", "String"),
        ("kms:GrantIsForAWSResource", "Bool"),
        ("identitystore:UserId", "String"),
        ("cognito-identity.amazonaws.com:amr", "ArrayOfString"),
        ("token.actions.githubusercontent.com:sub", "String"),
        ("idp.example.com/tenant/7:aud", "String"),
        ("ec2:sourceinstancearn", "ARN"),
    ],
)
def test_types(catalog: Catalog, name: str, kind: str) -> None:
    key = catalog.key(name)
    assert key is not None
    assert key.type == kind


def test_keys_for_a_table_begin_with_those_that_every_request_has(catalog: Catalog) -> None:
    keys = catalog.condition_keys_for("sagemaker:CreateTrainingJob")
    names = [key.name for key in keys]
    assert len(set(names)) == len(names)
    assert names[0] == "aws:PrincipalArn"
    first = next(at for at, key in enumerate(keys) if key.presence not in ("always", "usual"))
    assert all(key.presence not in ("always", "usual") for key in keys[first:])
    assert {"aws:RequestTag/${TagKey}", "sagemaker:InstanceTypes", "sagemaker:ResourceTag/${TagKey}"} <= set(names)
    assert [key.presence for key in catalog.condition_keys_for("nosuch:Action")].count("sometimes") == 0


def test_supported_keys_are_a_union(catalog: Catalog) -> None:
    action = catalog.action("sagemaker:CreateModelPackage")
    assert action is not None
    keys = catalog.supported_keys(action)
    assert set(action.keys) < set(keys)
    assert "sagemaker:CurrentModelLifeCycleStage" in keys  # of the resource type
    assert "sagemaker:CurrentModelLifeCycleStage" not in action.keys
    assert catalog.supported_keys("nosuch:Action") == ()


def test_support_of_global_keys(catalog: Catalog) -> None:
    assert catalog.supports("sagemaker:CreateTrainingJob", "aws:RequestTag/team")
    assert not catalog.supports("sagemaker:ListModels", "aws:RequestTag/team")
    assert catalog.supports("sagemaker:ListModels", "aws:SourceVpc")
    assert not catalog.supports("sagemaker:ListModels", "aws:NoSuchKey")
    assert not catalog.supports("nosuch:Action", "aws:SourceVpc")


def test_home_efs_key_is_an_alias_of_the_volume_key(catalog: Catalog) -> None:
    assert catalog.supports("sagemaker:CreateDomain", "sagemaker:HomeEfsFileSystemKmsKey")
    assert catalog.supports("sagemaker:CreateDomain", "sagemaker:VolumeKmsKeyArn")
