"""Compiles the library of AWS managed policies out of moto's data file. Source: spec catalog.md section 8."""

from __future__ import annotations

import ast
import json
import zipfile
from pathlib import Path
from typing import Any

from workbench.catalog.compiler.sources import Pin, SourceError
from workbench.catalog.store import pack

_MEMBER = "moto/iam/aws_managed_policies.py"
_NAME = "aws_managed_policies_data"


def read_managed(wheel: Path) -> dict[str, Any]:
    """Name -> entry. The module is parsed, never imported. Raises SourceError if it is not as expected."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            tree = ast.parse(archive.read(_MEMBER))
        for node in tree.body:
            if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == _NAME for t in node.targets):
                found = json.loads(ast.literal_eval(node.value))
                if isinstance(found, dict):
                    return found
    except (KeyError, ValueError, TypeError, SyntaxError) as error:
        raise SourceError(f"{wheel.name} has no readable {_MEMBER}: {error!r}") from error
    raise SourceError(f"{wheel.name}: {_MEMBER} does not assign {_NAME}")


def compile_managed(pin: Pin, wheel: Path) -> bytes:
    """The bytes of the library: names, ARNs, versions and dates in the index, documents one by one."""
    policies = read_managed(wheel)
    names = sorted(policies)
    try:
        rows = [
            [name, policies[name]["Path"], policies[name]["DefaultVersionId"], policies[name]["UpdateDate"][:10]]
            for name in names
        ]
        documents = [(f"policy/{name}", policies[name]["Document"]) for name in names]
    except (KeyError, TypeError) as error:
        raise SourceError(f"{wheel.name}: a managed policy lacks a member: {error!r}") from error
    header = {
        "kind": "managed-policies",
        "date": max(row[3] for row in rows),
        "sources": [{"number": 5, "package": pin.package, "version": pin.version, "date": "", "sha256": pin.sha256}],
        "counts": {"policies": len(rows)},
    }
    return pack(header, [("index", rows), *documents])
