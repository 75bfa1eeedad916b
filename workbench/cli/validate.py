"""`policy-workbench validate`: findings of files, folders, or a stream of documents."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from workbench.cli.fixing import fix_files
from workbench.cli.streams import UnusableInputError, lines, open_lines, read_bytes, write_line
from workbench.document.nodes import ArrayNode, LiteralNode, Node, NumberNode, ObjectNode, StringNode
from workbench.document.problems import told_of
from workbench.engine import Engine, Validation
from workbench.findings.api_shape import validation_to_dict
from workbench.findings.model import FindingType
from workbench.policy.kinds import RESOURCE_TYPES, PolicyKind, PolicyType, kind_of
from workbench.policy.names import near_match
from workbench.project.folders import json_files
from workbench.project.model import Project, ProjectError, ProjectPolicy
from workbench.starting import shown

_LINE_KEYS = ("id", "policyType", "validatePolicyResourceType", "document", "text")


class _Asked(NamedTuple):
    """What the policies are said to be; None where nothing was said."""

    kind: PolicyKind | None
    resource_type: str | None


def add_to(commands: Any) -> None:
    parser = commands.add_parser("validate", help="find what is wrong with policies")
    parser.add_argument("paths", metavar="PATH", nargs="*", type=Path, help="policy files, folders or projects")
    parser.add_argument("--documents", metavar="FILE", help="documents, one JSON object a line; - is standard input")
    parser.add_argument("--policy-type", metavar="T", choices=[t.value for t in PolicyType], help="as AWS names it")
    parser.add_argument(
        "--validate-policy-resource-type", metavar="R", choices=RESOURCE_TYPES, help="such as AWS::S3::Bucket"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--fix", action="store_true", help="show, as a diff, all fixes that keep the access the same")
    parser.add_argument("--write", action="store_true", help="with --fix: make them")
    parser.add_argument(
        "--old-scp-language", action="store_true", help="judge SCPs by the language before September 2025"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit status 1 if anything was found or a check failed; for a stream, if a check failed or a line could not be
    read."""
    if bool(arguments.paths) == bool(arguments.documents):
        raise UnusableInputError("validate: name policy files, or --documents FILE")
    if arguments.write and not arguments.fix:
        raise UnusableInputError("validate: --write needs --fix")
    if arguments.fix and (arguments.documents or arguments.format != "text"):
        raise UnusableInputError("validate: --fix is for files and shows a diff")
    engine = Engine(old_scp_language=arguments.old_scp_language)
    if arguments.documents:
        return _stream(engine, arguments.documents)
    kind = None
    if arguments.policy_type:
        kind = kind_of(PolicyType(arguments.policy_type), arguments.validate_policy_resource_type)
    asked = _Asked(kind, arguments.validate_policy_resource_type)
    if arguments.fix:
        policies = (policy for path in arguments.paths for policy in _policies(engine, path, asked))
        return 1 if fix_files(engine, policies, write=arguments.write) else 0
    results, errors = _ask(engine, arguments.paths, asked)
    if results and arguments.format == "json":
        _print_json(results, single=len(results) == 1 and not errors)
    elif results:
        _print_text(results)
    if errors:
        more = f" (and {len(errors) - 1} more that cannot be read)" if len(errors) > 1 else ""
        raise UnusableInputError(f"{errors[0]}{more}")
    return 1 if any(v.findings or v.failed_checks for _, v in results) else 0


def _ask(
    engine: Engine, paths: list[Path], asked: _Asked
) -> tuple[list[tuple[Path, Validation]], list[UnusableInputError | ProjectError]]:
    """The findings of all that can be read, and why the rest cannot."""
    results: list[tuple[Path, Validation]] = []
    errors: list[UnusableInputError | ProjectError] = []
    for given in paths:
        try:
            policies = list(_policies(engine, given, asked))
        except (UnusableInputError, ProjectError) as error:
            errors.append(error)
            continue
        for path, validate in policies:
            try:
                results.append((path, validate()))
            except UnusableInputError as error:
                errors.append(error)
    return results, errors


def _policies(engine: Engine, path: Path, asked: _Asked) -> Iterator[tuple[Path, Callable[[], Validation]]]:
    """Each policy that `path` leads to, and how to validate it. A project in a folder is judged as a project."""
    if engine.is_project(path):
        project = engine.load_project(path)
        for policy in project.policies:
            yield path / policy.key, partial(validate_policy, engine, project, policy, asked.kind, asked.resource_type)
        return
    if not path.is_dir():
        yield path, partial(_validate_file, engine, path, asked)
        return
    try:
        found = list(json_files(path, engine.is_project))
    except OSError as error:
        raise UnusableInputError(f"{error.filename}: {error.strerror or error}") from error
    if not found:
        raise UnusableInputError(f"{path}: there is no .json file in this folder")
    for inner in found:
        yield from _policies(engine, inner, asked)


def _validate_file(engine: Engine, path: Path, asked: _Asked) -> Validation:
    decoded = engine.decode(read_bytes(path))
    return engine.validate(decoded.text, asked.kind, asked.resource_type, decoded)


def validate_policy(
    engine: Engine,
    project: Project,
    policy: ProjectPolicy,
    kind: PolicyKind | None = None,
    resource_type: str | None = None,
) -> Validation:
    """The findings of a policy of a project, beside the other policies of whoever has it; `kind` overrules what the
    project says of it."""
    decoded = engine.decode(read_bytes(project.path(policy.key)))
    companions = engine.companions(project, policy.key)
    return engine.validate(decoded.text, kind or policy.kind, resource_type, decoded, companions)


def _print_json(results: list[tuple[Path, Validation]], *, single: bool) -> None:
    shaped = [(path, _shape(v)) for path, v in results]
    if single:
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
            print(f"{shown(str(path))}:{place}: {finding.type} {finding.code}: {finding.details}")
        for failed in validation.failed_checks:
            print(f"{shown(str(path))}: the check {failed.check} failed: {failed.error}")
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
    members = {m.key.value: m.value for m in root.members} if isinstance(root, ObjectNode) else {}
    name = members.get("id")
    # A number stands for itself, as in `simulate`: whoever numbers the lines finds the answers by it.
    given_id = name.value if isinstance(name, StringNode) else name.text if isinstance(name, NumberNode) else ""
    if document.problems:
        return _unreadable(given_id, f"This line is not JSON: {told_of(document.problems[0], 'line')}")
    if not isinstance(root, ObjectNode):
        return _unreadable("", "This line is no JSON object.")
    if not isinstance(name, StringNode | NumberNode | None):
        return _unreadable("", "The id must be a string or a number.", "id")
    seen: set[str] = set()
    for key in (member.key.value for member in root.members):
        if key in seen:
            return _unreadable(given_id, f"{key!r} stands twice.", key)
        if key not in _LINE_KEYS:
            guess = near_match(key, _LINE_KEYS)
            hint = f"Did you mean {guess!r}?" if guess else f"Known are {', '.join(_LINE_KEYS)}."
            return _unreadable(given_id, f"There is no key {key!r} here. {hint}", key)
        seen.add(key)
    given = {key: node for key, node in members.items() if not (isinstance(node, LiteralNode) and node.value is None)}
    return _policy_line(engine, text, given, given_id)  # null is as good as left out


def _policy_line(engine: Engine, text: str, members: dict[str, Node], given_id: str) -> dict[str, Any]:
    """The answer to a line that is an object of keys we know."""
    if "document" in members and "text" in members:
        return _unreadable(given_id, "The line has both a document and a text; give one of them.", "text")
    policy = members.get("document") or members.get("text")
    if isinstance(policy, StringNode):
        policy_text = policy.value
    elif isinstance(policy, ObjectNode | ArrayNode):
        policy_text = text[policy.start : policy.end]
    else:
        return _unreadable(given_id, "The line has neither a document nor a text.", "document")
    resource_type, policy_type = members.get("validatePolicyResourceType"), members.get("policyType")
    wanted = resource_type.value if isinstance(resource_type, StringNode) else None
    if resource_type is not None and wanted not in RESOURCE_TYPES:
        message = f"validatePolicyResourceType must be one of {', '.join(RESOURCE_TYPES)}."
        return _unreadable(given_id, message, "validatePolicyResourceType")
    kind = None
    if policy_type is not None:
        if not isinstance(policy_type, StringNode) or policy_type.value not in tuple(PolicyType):
            return _unreadable(given_id, f"policyType must be one of {', '.join(PolicyType)}.", "policyType")
        kind = kind_of(PolicyType(policy_type.value), wanted)
    return {"id": given_id, **_shape(engine.validate(policy_text, kind, wanted))}


def _unreadable(document_id: str, message: str, path: str = "") -> dict[str, Any]:
    return {"id": document_id, "error": {"message": message, "path": path}}
