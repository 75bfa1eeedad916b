"""The worked cases of spec catalog.md section 10, by their numbers.

CT17 (update from a file) comes with that command.
"""

from __future__ import annotations

from workbench.catalog.catalog import Catalog


def test_ct01_names_ignore_case(catalog: Catalog) -> None:
    action = catalog.action("SAGEMAKER:createtrainingjob")
    assert action is not None
    assert action.full_name == "sagemaker:CreateTrainingJob"
    assert action.status == "current"


def test_ct02_resource_rows(catalog: Catalog) -> None:
    action = catalog.action("sagemaker:CreateTrainingJob")
    assert action is not None
    rows = {row.type: row.required for row in action.rows}
    assert rows == {"training-job": True, "reserved-capacity": False, "training-plan": False}


def test_ct03_dependents(catalog: Catalog) -> None:
    action = catalog.action("sagemaker:CreateTrainingJob")
    assert action is not None
    assert [(d.action, d.when, d.date) for d in action.dependents] == [
        ("iam:PassRole", "always", "2026-07-08"),
        ("sagemaker:AddTags", "tags", "2026-07-08"),
    ]


def test_ct04_known_to_the_older_source_which_lists_none(catalog: Catalog) -> None:
    action = catalog.action("sagemaker:CreateAIBenchmarkJob")
    assert action is not None
    assert action.dependents == ()
    assert action.permission_only is False
    # It takes tags, and the service's pages say what every create call with tags needs.
    assert [(d.action, d.when) for d in action.documented_dependents] == [("sagemaker:AddTags", "tags")]


def test_ct05_newer_than_the_older_source(catalog: Catalog) -> None:
    action = catalog.action("sagemaker:CreateTrainingSession")
    assert action is not None
    assert action.dependents == ()
    assert action.permission_only is None  # not known, which is not "no"


def test_ct06_retired(catalog: Catalog) -> None:
    action = catalog.action("elastic-inference:Connect")
    assert action is not None
    assert (action.status, action.last_seen) == ("retired", "2024-10-24")
    service = catalog.service("elastic-inference")
    assert service is not None
    assert service.status == "retired"


def test_ct07_in_no_source(catalog: Catalog) -> None:
    assert catalog.action("securityagent:ListTasks") is None
    assert catalog.service("securityagent") is not None
    assert catalog.date == "2026-10-27"


def test_ct08_placeholder_takes_colons(catalog: Catalog) -> None:
    key = catalog.key("aws:ResourceTag/aws:backup:source-resource")
    assert key is not None
    assert (key.name, key.type, key.multivalued) == ("aws:ResourceTag/${TagKey}", "String", False)


def test_ct09_encryption_context(catalog: Catalog) -> None:
    key = catalog.key("kms:EncryptionContext:aws:s3:arn")
    assert key is not None
    assert (key.name, key.type) == ("kms:EncryptionContext:${EncryptionContextKey}", "String")


def test_ct10_old_spelling_is_supported_and_deprecated(catalog: Catalog) -> None:
    key = catalog.key("sagemaker:VolumeKmsKey")
    assert key is not None
    assert key.deprecated_for == "sagemaker:VolumeKmsKeyArn"
    assert catalog.supports("sagemaker:CreateTrainingJob", "sagemaker:VolumeKmsKey")
    assert catalog.supports("sagemaker:CreateTrainingJob", "sagemaker:VolumeKmsKeyArn")
    assert not catalog.supports("sagemaker:DescribeTrainingJob", "sagemaker:VolumeKmsKey")


def test_ct11_array_type_is_multivalued(catalog: Catalog) -> None:
    key = catalog.key("sagemaker:InstanceTypes")
    assert key is not None
    assert (key.type, key.multivalued, key.base_type) == ("ArrayOfString", True, "String")


def test_ct12_key_under_a_pattern(catalog: Catalog) -> None:
    found = catalog.supporting("sagemaker:*", "SAGEMAKER:workteamtype")
    assert [action.name for action in found] == ["CreateFlowDefinition", "CreateLabelingJob"]


def test_ct13_versioned_model_package(catalog: Catalog) -> None:
    found = catalog.types_fitting("arn:aws:sagemaker:us-east-1:111122223333:model-package/g/3")
    assert [t.name for t in found] == ["model-package"]


def test_ct14_types_of_an_object_pattern(catalog: Catalog) -> None:
    assert [t.name for t in catalog.types_fitting("arn:aws:s3:::b/*", "s3")] == ["object", "bucket"]


def test_ct15_pattern_in_the_middle(catalog: Catalog) -> None:
    found = [action.name for action in catalog.expand("sagemaker:create*job")]
    assert len(found) == 14
    assert found[0] == "CreateAIBenchmarkJob"
    assert found[-1] == "CreateTransformJob"
    assert "CreateAutoMLJob" in found
    assert "CreateAutoMLJobV2" not in found


def test_ct16_rcp_support(catalog: Catalog) -> None:
    assert not catalog.rcp_supported("lambda")
    assert catalog.rcp_supported("s3")
    assert len([service for service in catalog.services() if service.rcp_supported]) == 62
