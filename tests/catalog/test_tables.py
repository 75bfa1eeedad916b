"""Our own tables: they name what exists, and they are found by a program in a bundle too."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import botocore.loaders
import pytest

from workbench import resources
from workbench.catalog import location
from workbench.catalog.catalog import Catalog
from workbench.catalog.store import CatalogMissing, Store
from workbench.catalog.tables import partitions, tables


def test_aliases_lead_to_names_that_exist(catalog: Catalog) -> None:
    for new in tables().key_aliases.values():
        key = catalog.key(new)
        assert key is not None
        assert key.name == new
    for old, new in tables().action_aliases.items():
        action = catalog.action(new)
        assert action is not None
        assert action.full_name == new
        assert catalog.action(old) is None


def test_dependents_name_actions_that_exist(catalog: Catalog) -> None:
    listed = json.loads(resources.resource_path("catalog/dependents.json").read_text("utf-8"))["dependents"]
    for row in listed:
        for name in (row["action"], row["dependent"]):
            action = catalog.action(name)
            assert action is not None, name
            assert action.full_name == name
        assert row["when"] in ("always", "tags", "vpc", "key", "unknown")
    assert len({(row["action"], row["dependent"]) for row in listed}) == len(listed)


def test_a_call_that_always_hands_over_a_role_must_name_one() -> None:
    """The API's own model says that the parameters named in the notes, and all on the way to them, are required."""
    load = botocore.loaders.Loader().load_service_model
    listed = json.loads(resources.resource_path("catalog/dependents.json").read_text("utf-8"))["dependents"]
    said = [row for row in listed if row.get("note", "").startswith("the call must name a role: ")]
    assert len(said) > 80
    for row in said:
        service, name = row["action"].split(":")
        apis = (load(api, "service-2") for api in (service, *_MORE_APIS.get(service, ())) if api not in _NO_API)
        model = next(api for api in apis if name in api["operations"])
        shape = model["operations"][name]["input"]["shape"]
        for path in row["note"].partition(": ")[2].split(", "):
            assert _is_required(model["shapes"], shape, path.split(".")), row


_MORE_APIS = {
    "bedrock-agentcore": ("bedrock-agentcore-control",),
    "chime": ("chime-sdk-media-pipelines",),
    "lambda": ("lambda-microvms",),
    "s3": ("s3control",),
    "states": ("stepfunctions",),
    "timestream": ("timestream-query",),
}
"""Service prefix → the APIs of that service in botocore, where they have other names."""
_NO_API = frozenset({"states", "timestream"})


def _is_required(shapes: Any, shape: str, path: list[str]) -> bool:
    for name in path:
        if name not in shapes[shape].get("required", ()):
            return False
        shape = shapes[shape]["members"][name]["shape"]
    return True


def test_every_dependent_for_tags_says_so(catalog: Catalog) -> None:
    found = [
        d for a in catalog.actions_of("sagemaker") for d in catalog.dependents(a) if d.action == "sagemaker:AddTags"
    ]
    assert len(found) > 60
    assert {d.when for d in found} == {"tags"}


def test_when_a_notebook_in_a_vpc_needs_what(catalog: Catalog) -> None:
    when = {d.action: d.when for d in catalog.dependents("sagemaker:CreateNotebookInstance")}
    assert when["iam:PassRole"] == "always"
    assert when["ec2:CreateNetworkInterface"] == "vpc"
    assert when["kms:CreateGrant"] == "key"
    assert when["secretsmanager:GetSecretValue"] == "unknown"


def test_regions_agree_with_botocore() -> None:
    botocore = pytest.importorskip("botocore")
    path = Path(botocore.__file__).parent / "data" / "partitions.json"
    theirs = {
        partition["id"]: {region for region in partition["regions"] if not region.endswith("-global")}
        for partition in json.loads(path.read_text("utf-8"))["partitions"]
    }
    assert {name: set(regions) for name, regions in partitions().items()} == theirs


def test_resources_of_a_bundle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources.resource_path("catalog") == tmp_path / "resources" / "catalog"


class TestLocation:
    def test_the_environment_comes_first(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv(location.VARIABLE, str(tmp_path))
        with pytest.raises(CatalogMissing, match="packaging/run"):
            location.find()
        (tmp_path / "catalog.bin").touch()
        assert location.find() == tmp_path / "catalog.bin"

    def test_then_the_bundle(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.delenv(location.VARIABLE, raising=False)
        monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
        with pytest.raises(CatalogMissing):
            location.find()
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "managed-policies.bin").touch()
        assert location.find(location.MANAGED) == tmp_path / "data" / "managed-policies.bin"

    def test_then_the_newest_set_up(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.delenv(location.VARIABLE, raising=False)
        monkeypatch.setattr(location, "_root", lambda: tmp_path)
        with pytest.raises(CatalogMissing, match="packaging/run") as caught:
            location.find()
        assert "\n" not in str(caught.value)
        for name, age in (("b", 1), ("a", 9), ("c", 5)):
            path = tmp_path / ".setup" / name / "data" / "catalog.bin"
            path.parent.mkdir(parents=True)
            path.touch()
            os.utime(path, (age, age))
        assert location.find() == tmp_path / ".setup" / "a" / "data" / "catalog.bin"


def test_a_damaged_file_of_a_set_up_names_the_folder_to_delete(tmp_path: Path) -> None:
    file = tmp_path / ".setup/data-1-0123/data/catalog.bin"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"cut")
    with pytest.raises(CatalogMissing) as caught:
        Store(file)
    told = f"{file} is damaged or of another version: delete {file.parent.parent} and start packaging/run, "
    assert str(caught.value) == told + "which builds it anew"


def test_a_damaged_file_of_the_installed_program_wants_it_installed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path), raising=False)
    with pytest.raises(CatalogMissing, match="install Policy Workbench again"):
        Store(tmp_path / "data/catalog.bin")
