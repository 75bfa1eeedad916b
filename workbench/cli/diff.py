"""`policy-workbench diff OLD NEW`: what a change of a policy newly allows and no longer allows, in words."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.streams import UnusableInputError, read_bytes
from workbench.engine import Engine
from workbench.errors import ScenarioError
from workbench.evaluation.scenario_reader import read_policies
from workbench.evaluation.scenario_writer import request_shape, scenario_shape
from workbench.policy.kinds import PolicyType, kind_of
from workbench.starting import shown

if TYPE_CHECKING:
    from workbench.evaluation.request import PolicySet, Request
    from workbench.proof.verdicts import Verdict


def add_to(commands: Any) -> None:
    parser = commands.add_parser("diff", help="what one policy allows and another does not")
    parser.add_argument("old", metavar="OLD", type=Path, nargs="?")
    parser.add_argument("new", metavar="NEW", type=Path, nargs="?")
    hint = "all policies of a side, as in a scenario, in place of OLD and NEW"
    parser.add_argument("--existing-policies", metavar="FILE", type=Path, help=hint)
    parser.add_argument("--new-policies", metavar="FILE", type=Path, help=hint)
    parser.add_argument("--policy-type", metavar="T", choices=[t.value for t in PolicyType], help="as AWS names it")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    """Exit status 0 if both allow the same, else 1."""
    of_sets = (arguments.existing_policies, arguments.new_policies)
    documents = (arguments.old, arguments.new)
    given = of_sets if any(of_sets) else documents
    if not all(given) or (any(of_sets) and (any(documents) or arguments.policy_type)):
        raise UnusableInputError("diff: give OLD and NEW, or --existing-policies and --new-policies")
    engine = Engine()
    old, new = (engine.decode(read_bytes(Path(str(path).removeprefix("file://")))).text for path in given)
    try:
        if any(of_sets):
            found = engine.proofs.compare_sets(_policies(given[0], old), _policies(given[1], new))
        else:
            policy_type = arguments.policy_type
            kind = kind_of(PolicyType(policy_type)) if policy_type else engine.guess_kind(engine.parse(new))
            found = engine.proofs.compare(old, new, kind)
    except ScenarioError as error:
        raise UnusableInputError(f"diff: {error.message}") from error
    if arguments.format == "json":
        shape = {"relation": found.relation.value, "gained": _shape(found.gained), "lost": _shape(found.lost)}
        print(json.dumps(shape, indent=2))
    else:
        print(f"{shown(str(given[1]))} compared with {shown(str(given[0]))}: {_RELATIONS[found.relation.value]}")
        _print("Newly allowed", found.gained)
        _print("No longer allowed", found.lost)
    return 0 if found.relation.value == "equivalent" else 1


def _policies(path: Path, text: str) -> PolicySet:
    try:
        return read_policies(text)
    except ScenarioError as error:
        at = f" {error.path}:" if error.path else ""
        raise UnusableInputError(f"{path}:{at} {error.message}") from error


_RELATIONS = {
    "equivalent": "the same access.",
    "narrower": "less access.",
    "wider": "more access.",
    "incomparable": "more access in one respect, less in another.",
    "not decided": "not decided.",
}


def _shape(verdict: Verdict) -> dict[str, Any]:
    shape: dict[str, Any] = {"result": verdict.result.value}
    shape["statements"] = [
        {
            "index": r.index,
            "sid": r.sid,
            "text": r.text,
            **({"witness": scenario_shape(r.scenario)} if r.scenario is not None else {}),
            **({"assumptions": list(r.assumptions)} if r.assumptions else {}),
        }
        for r in verdict.reasons
    ]
    if verdict.assumptions:
        shape["assumptions"] = list(verdict.assumptions)
    if verdict.why:
        shape["why"] = verdict.why
    return shape


def _print(title: str, verdict: Verdict) -> None:
    if verdict.result.value == "PASS":
        print(f"{title}: nothing.")
        return
    if verdict.witness is None:
        print(f"{title}: not decided, since {shown(verdict.why)}.")
        return
    print(f"{title}:")
    for reason in verdict.reasons:
        print(f"  {shown(reason.sid or f'statement {reason.index + 1}')}: {shown(reason.text)}")
        if reason.scenario is not None:
            print(f"    such as {shown(_request(reason.scenario.request))}")
        for sentence in reason.assumptions:
            print(f"    ({shown(sentence)})")
    for sentence in verdict.assumed_of_all:
        print(f"  ({shown(sentence)})")


def _request(request: Request) -> str:
    """A request in one line."""
    shape = request_shape(request)
    context = [
        f"{key} = {value if isinstance(value, str) else json.dumps(value)}" for key, value in request.context.items()
    ]
    absent = [f"no {key}" for key in sorted(request.absent)]
    with_context = f" with {', '.join([*context, *absent])}" if context or absent else ""
    principal = shape["principal"] if isinstance(shape["principal"], str) else json.dumps(shape["principal"])
    return f"{request.action} on {', '.join(request.resources)} by {principal}{with_context}"
