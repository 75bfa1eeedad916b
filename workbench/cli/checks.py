"""`policy-workbench check-no-new-access`, `check-access-not-granted`, `check-no-public-access`: AWS's custom policy
checks under AWS CLI's option names; `check --documents`: many of them, one a line."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

from workbench.cli.streams import UnusableInputError, lines, open_lines, read_bytes, write_line
from workbench.document.nodes import ArrayNode, Node, NumberNode, ObjectNode, StringNode
from workbench.engine import Engine
from workbench.errors import ScenarioError

_OPTIONS = {
    "no-new-access": (
        "new-policy-document",
        "existing-policy-document",
        "policy-type",
        "new-policies",
        "existing-policies",
    ),
    "access-not-granted": ("policy-document", "access", "policy-type"),
    "no-public-access": ("policy-document", "resource-type"),
}
_HELP = {
    "no-new-access": "whether a new policy allows anything that the existing one does not",
    "access-not-granted": "whether a policy allows none of the listed actions and resources",
    "no-public-access": "whether a resource or trust policy lets nobody in but those it names",
}


def add_to(commands: Any) -> None:
    for check, options in _OPTIONS.items():
        parser = commands.add_parser(f"check-{check}", help=_HELP[check])
        for option in options:
            if option == "access":
                hint = "such as actions=s3:GetObject,resources=arn:aws:s3:::b/* or a JSON list"
                parser.add_argument("--access", nargs="+", metavar="A", help=hint)
            elif option.endswith("policies"):
                hint = "all policies of a side, as in a scenario, in place of the two documents"
                parser.add_argument(f"--{option}", metavar="FILE", help=hint)
            elif option.endswith("document"):
                parser.add_argument(f"--{option}", metavar="FILE", help="a path, file:// and a path, or JSON")
            else:
                parser.add_argument(f"--{option}", metavar="T", help="as AWS names it")
        parser.add_argument("--cli-input-json", metavar="FILE", help="the API's request: a path, - or JSON")
        parser.set_defaults(run=_run, check=check)
    stream = commands.add_parser("check", help="many checks, one JSON object a line")
    stream.add_argument("--documents", metavar="FILE", required=True, help="- is standard input")
    stream.set_defaults(run=_run_stream)


def _run(arguments: argparse.Namespace) -> int:
    """Exit status 1 if the check does not pass, 2 if it cannot be asked."""
    from workbench.proof.api_shape import WrongParameter, answer, read_check

    given = _from_json(arguments.cli_input_json) if arguments.cli_input_json else {}
    for option in _OPTIONS[arguments.check]:
        value = getattr(arguments, option.replace("-", "_"))
        if value is not None:
            given[_camel(option)] = _value(option, value)
    try:
        response = answer(read_check(arguments.check, given), Engine().proofs)
    except WrongParameter as error:
        raise UnusableInputError(f"check-{arguments.check}: {error.path}: {error.message}") from error
    except ScenarioError as error:
        raise UnusableInputError(f"check-{arguments.check}: {error.message}") from error
    print(json.dumps(response, indent=4))
    return 0 if response["result"] == "PASS" else 1


def _camel(option: str) -> str:
    head, *rest = option.split("-")
    return head + "".join(part.capitalize() for part in rest)


def _value(option: str, given: Any) -> Any:
    if option.endswith(("document", "policies")):
        return _document(given)
    if option == "access":
        return _access(given)
    return given


def _document(given: str) -> str:
    """The text of a policy: JSON itself, or what stands in the file."""
    if not given.strip():
        raise UnusableInputError("a policy is empty: give a path, file:// and a path, or JSON")
    if given.lstrip().startswith(("{", "[")):
        return given
    path = Path(given.removeprefix("file://")).expanduser()
    return Engine().decode(read_bytes(path)).text


_PAIR = re.compile(r"(actions|resources)=")


def _access(given: list[str]) -> list[Any]:
    """AWS CLI's shorthand (`actions=a,b,resources=c`), one item an argument, or a JSON list."""
    text = " ".join(given).strip()
    if text.startswith(("file://", "[", "{")):
        text = _text_of(text)
        try:
            found = json.loads(text)
        except ValueError as error:
            raise UnusableInputError(f"--access: this is not JSON ({error})") from error
        return found if isinstance(found, list) else [found]
    items: list[Any] = []
    for item in given:
        parts = _PAIR.split(item)
        if parts[0] or len(parts) < 3:
            raise UnusableInputError(f"--access: {item!r} is neither JSON nor actions=…,resources=…")
        pairs = zip(parts[1::2], parts[2::2], strict=True)
        items.append({key: [t.strip("\"' []") for t in texts.strip(", ").split(",")] for key, texts in pairs})
    return items


def _text_of(text: str) -> str:
    if not text.startswith("file://"):
        return text
    return Engine().decode(read_bytes(Path(text.removeprefix("file://")).expanduser())).text


def _from_json(source: str) -> dict[str, Any]:
    if source.lstrip().startswith("{"):
        path, text = "--cli-input-json", source
    else:
        path = source.removeprefix("file://")
        with open_lines(path) as stream:
            text = Engine().decode(stream.read()).text
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnusableInputError(f"{path}: this is not JSON ({error})") from error
    if not isinstance(found, dict):
        raise UnusableInputError(f"{path}: the request is a JSON object")
    return {key: _as_text(key, value) for key, value in found.items()}


_DOCUMENTS = ("olicyDocument", "Policies")


def _as_text(key: str, value: Any) -> Any:
    return json.dumps(value) if key.endswith(_DOCUMENTS) and isinstance(value, dict) else value


def _run_stream(arguments: argparse.Namespace) -> int:
    """Exit status 1 if a line could not be answered."""
    engine = Engine()
    clean = True
    with open_lines(arguments.documents) as stream:
        for text, wrong in lines(stream):
            line = _line(engine, text, wrong)
            clean = clean and "error" not in line
            write_line(line)
    return 0 if clean else 1


def _line(engine: Engine, text: str, wrong: str) -> dict[str, Any]:
    from workbench.proof.api_shape import CHECKS, WrongParameter, answer, read_check

    if wrong:
        return _error("", wrong)
    document = engine.parse(text)
    root = document.root
    members = {m.key.value: m.value for m in root.members} if isinstance(root, ObjectNode) else {}
    given_id = members.get("id")
    name = given_id.value if isinstance(given_id, StringNode) else ""
    if isinstance(given_id, NumberNode):
        name = given_id.text
    if document.problems:
        problem = document.problems[0]
        place = document.position(problem.start).for_people()
        return _error(name, f"This line is not JSON ({place}): {problem.message}")
    if not isinstance(root, ObjectNode):
        return _error(name, "This line is no JSON object.")
    check = members.get("check")
    asked = check.value.removeprefix("check-") if isinstance(check, StringNode) else ""
    if asked not in CHECKS:
        return _error(name, f"check must be one of {', '.join(CHECKS)}.", "check")
    try:
        given = {k: _plain(text, k, v) for k, v in members.items() if k not in ("id", "check")}
        return {"id": name, **answer(read_check(asked, given), engine.proofs)}
    except WrongParameter as error:
        return _error(name, error.message, error.path)
    except ScenarioError as error:
        return _error(name, error.message, error.path)


def _plain(text: str, key: str, node: Node) -> Any:
    """A parameter as plain values; a document that stands as an object becomes the text it is written in."""
    if key.endswith(_DOCUMENTS) and isinstance(node, ObjectNode | ArrayNode):
        return text[node.start : node.end]
    try:
        return json.loads(text[node.start : node.end])
    except RecursionError:
        return None  # nested deeper than any parameter: read_check says that it is none


def _error(name: str, message: str, path: str = "") -> dict[str, Any]:
    return {"id": name, "error": {"message": message, "path": path}}
