"""`policy-workbench simulate --scenarios FILE`: one scenario a line in, one decision a line out; and the door to
`--cli-input-json` (simulate_api.py)."""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any

from workbench.cli.simulate_api import run_api
from workbench.cli.streams import UnusableInputError, lines, open_lines, write_line
from workbench.engine import Engine
from workbench.errors import ScenarioError
from workbench.evaluation.prepared import Prepared
from workbench.evaluation.scenario_reader import UnreadableScenarioError, read_scenario
from workbench.evaluation.shape import decision_line, error_line
from workbench.evaluation.trace_shape import trace_shape, ways_shape


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "simulate",
        help="decide requests",
        description="Decide scenarios: one JSON object a line, one decision a line, in the same order. Or answer a "
        "request of AWS's simulate-custom-policy or simulate-principal-policy with that command's response.",
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--scenarios", metavar="FILE", help="scenarios, one a line; - is standard input")
    source.add_argument(
        "--cli-input-json", metavar="FILE", help="a request of AWS's policy simulator; file://… and - are taken too"
    )
    parser.add_argument(
        "--bench", metavar="N", type=_positive, default=0, help="decide all scenarios N times more and print the time"
    )
    parser.add_argument(
        "--trace",
        action="store_true",
        help="add why each statement did or did not apply, the keys filled in, and the ways to the other decision",
    )
    parser.set_defaults(run=run)


def _positive(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def run(arguments: argparse.Namespace) -> int:
    """Exit status 1 if a line could not be read or missed its `expect`, else 0."""
    if arguments.cli_input_json is not None:
        if arguments.bench:
            raise UnusableInputError("--bench goes with --scenarios")
        return run_api(arguments.cli_input_json, trace=arguments.trace)
    engine = Engine()
    clean = True
    prepared: list[Prepared] = []
    with open_lines(arguments.scenarios) as stream:
        for text, wrong in lines(stream):
            line, ready = _answer(engine, text, wrong, trace=arguments.trace)
            clean = clean and "error" not in line and line.get("pass", True)
            write_line(line)
            if ready is not None and arguments.bench:
                prepared.append(ready)
    if arguments.bench:
        _bench(prepared, arguments.bench)
    return 0 if clean else 1


def _answer(engine: Engine, text: str, wrong: str, *, trace: bool) -> tuple[dict[str, Any], Prepared | None]:
    if wrong or not text.strip():
        return error_line("", ScenarioError(wrong or "This line is empty; write one scenario a line.")), None
    try:
        scenario = read_scenario(text)
    except UnreadableScenarioError as error:
        return error_line(error.id, error.error), None
    try:
        ready = None if scenario.request.unknown else engine.prepare(scenario)
        decision = engine.explain(ready) if ready is not None else engine.simulate(scenario)
        line = decision_line(scenario, decision)
        if trace:
            line["trace"] = trace_shape(scenario.policies, decision.authorizations, engine.traces(scenario))
            if ready is not None:  # of a decision that depends on unknown keys there is no other one
                line.update(ways_shape(decision, engine.ways(scenario)))
        return line, ready
    except ScenarioError as error:
        return error_line(scenario.id, error), None


def _bench(prepared: list[Prepared], times: int) -> None:
    start = time.perf_counter()
    for _ in range(times):
        for ready in prepared:
            ready.outcome()
    seconds = time.perf_counter() - start
    print(f"bench: {len(prepared) * times} decisions in {seconds:.6f} s", file=sys.stderr)
