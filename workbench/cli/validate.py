"""`policy-workbench validate`: findings of files, folders, or a stream of documents."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from workbench.cli.streams import UnusableInputError, lines, open_lines, read_bytes, write_line
from workbench.document.nodes import ArrayNode, Node, ObjectNode, StringNode
from workbench.engine import Engine, Validation
from workbench.findings.api_shape import validation_to_dict
from workbench.findings.model import FindingType
from workbench.policy.kinds import PolicyKind, PolicyType, kind_of


class _File(NamedTuple):
    path: Path
    kind: PolicyKind | None


def add_to(commands: Any) -> None:
    parser = commands.add_parser("validate", help="find what is wrong with policies")
    parser.add_argument("paths", metavar="PATH", nargs="*", type=Path, help="policy files, folders or projects")
    parser.add_argument("--documents", metavar="FILE", help="documents, one JSON object a line; - is standard input")
    parser.add_argument("--policy-type", metavar="T", choices=[t.value for t in PolicyType], help="as AWS names it")
    parser.add_argument("--validate-policy-resource-type", metavar="R", help="such as AWS::S3::Bucket")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit status 1 if anything was found or a check failed; for a stream, if a check failed or a line could not be
    read."""
    if bool(arguments.paths) == bool(arguments.documents):
        raise UnusableInputError("validate: name policy files, or --documents FILE")
    engine = Engine()
    if arguments.documents:
        return _stream(engine, arguments.documents)
    kind = None
    if arguments.policy_type:
        kind = kind_of(PolicyType(arguments.policy_type), arguments.validate_policy_resource_type)
    results = []
    for file in _files(engine, arguments.paths, kind):
        decoded = engine.decode(read_bytes(file.path))
        results.append(
            (
                file.path,
                engine.validate(decoded.text, file.kind, arguments.validate_policy_resource_type, decoded),
            )
        )
    if arguments.format == "json":
        _print_json(results)
    else:
        _print_text(results)
    return 1 if any(v.findings or v.failed_checks for _, v in results) else 0


def _files(engine: Engine, paths: list[Path], kind: PolicyKind | None) -> Iterator[_File]:
    for path in paths:
        if engine.is_project(path):
            project = engine.load_project(path)
            yield from (_File(project.path(p.key), kind or p.kind) for p in project.policies)
        elif path.is_dir():
            found = [p for p in sorted(path.rglob("*.json")) if p.is_file()]
            if not found:
                raise UnusableInputError(f"{path}: there is no .json file in this folder")
            yield from (_File(p, kind) for p in found)
        else:
            yield _File(path, kind)


def _print_json(results: list[tuple[Path, Validation]]) -> None:
    shaped = [(path, _shape(v)) for path, v in results]
    if len(shaped) == 1:
        print(json.dumps(shaped[0][1], indent=2))
    else:
        print(json.dumps({"files": [{"path": str(path), **shape} for path, shape in shaped]}, indent=2))


def _shape(validation: Validation) -> dict[str, Any]:
    return validation_to_dict(validation.findings, validation.failed_checks, validation.document)


def _print_text(results: list[tuple[Path, Validation]]) -> None:
    counts = dict.fromkeys(FindingType, 0)
    for path, validation in results:
        for finding in validation.findings:
            counts[finding.type] += 1
            place = validation.document.position(finding.span.start).for_people()
            print(f"{path}:{place}: {finding.type} {finding.code}: {finding.details}")
        for failed in validation.failed_checks:
            print(f"{path}: the check {failed.check} failed: {failed.error}")
    print(summary(counts, len(results), sum(len(v.failed_checks) for _, v in results)))


def summary(counts: dict[FindingType, int], files: int, failed: int) -> str:
    """`2 errors, 1 suggestion in 3 files.`; `failed`: how many checks did not run to their end."""
    words = {
        FindingType.ERROR: "error",
        FindingType.SECURITY_WARNING: "security warning",
        FindingType.WARNING: "warning",
        FindingType.SUGGESTION: "suggestion",
    }
    found = [f"{n:,} {words[kind]}{'s' if n != 1 else ''}" for kind, n in counts.items() if n]
    where = f"{files:,} file{'s' if files != 1 else ''}"
    told = ", ".join(found) or "No findings"
    if failed:
        told += f", but {failed:,} check{'s' if failed != 1 else ''} failed"
    return f"{told} in {where}."


def _stream(engine: Engine, name: str) -> int:
    clean = True
    with open_lines(name) as stream:
        for text, wrong in lines(stream):
            line = _document_line(engine, text, wrong)
            clean = clean and "error" not in line and not line.get("failedChecks")
            write_line(line)
    return 0 if clean else 1


def _document_line(engine: Engine, text: str, wrong: str) -> dict[str, Any]:
    if wrong:
        return _unreadable("", wrong)
    document = engine.parse(text)
    root = document.root
    members: dict[str, Node] = {}
    if isinstance(root, ObjectNode):
        members = {m.key.value: m.value for m in root.members}
    name = members.get("id")
    given_id = name.value if isinstance(name, StringNode) else ""
    if document.problems or not isinstance(root, ObjectNode):
        reason = document.problems[0].message if document.problems else "This line is no JSON object."
        return _unreadable(given_id, f"This line is not JSON: {reason}" if document.problems else reason)
    policy = members.get("document") or members.get("text")
    if isinstance(policy, StringNode):
        policy_text = policy.value
    elif isinstance(policy, ObjectNode | ArrayNode):
        policy_text = text[policy.start : policy.end]
    else:
        return _unreadable(given_id, "The line has neither a document nor a text.", "document")
    kind = None
    resource_type = members.get("validatePolicyResourceType")
    wanted = resource_type.value if isinstance(resource_type, StringNode) else None
    policy_type = members.get("policyType")
    if policy_type is not None:
        if not isinstance(policy_type, StringNode) or policy_type.value not in tuple(PolicyType):
            return _unreadable(given_id, f"policyType must be one of {', '.join(PolicyType)}.", "policyType")
        kind = kind_of(PolicyType(policy_type.value), wanted)
    return {"id": given_id, **_shape(engine.validate(policy_text, kind, wanted))}


def _unreadable(document_id: str, message: str, path: str = "") -> dict[str, Any]:
    return {"id": document_id, "error": {"message": message, "path": path}}
