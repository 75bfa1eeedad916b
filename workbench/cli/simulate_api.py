"""`policy-workbench simulate --cli-input-json FILE`: AWS's policy simulator's request in, its response out."""

from __future__ import annotations

import json
from pathlib import Path

from workbench.cli.streams import UnusableInputError, read_bytes, standard_input
from workbench.engine import Engine
from workbench.errors import ScenarioError
from workbench.evaluation.aws_request import UnreadableRequestError, read_simulation
from workbench.evaluation.aws_shape import evaluation_result, simulation_response
from workbench.evaluation.trace_shape import trace_shape, ways_shape


def run_api(source: str, *, trace: bool = False) -> int:
    """Answer the request that `source` names: a path, `file://` and a path, or `-` for standard input; `trace`: with
    why each statement did or did not apply. Exit status 0, whatever the decisions. Raises UnusableInputError: one line
    with the place of what is wrong."""
    name, data = _read(source)
    engine = Engine()
    decoded = engine.decode(data)
    if decoded.problem is not None:
        place = engine.parse(decoded.text).position(decoded.problem.start).for_people()
        raise UnusableInputError(f"{name}:{place}: {decoded.problem.message}")
    try:
        simulation = read_simulation(decoded.text)
        results = []
        for pair in simulation.pairs:
            try:
                decision = engine.simulate(pair.scenario)
                result = evaluation_result(pair, decision)
                if trace:
                    traces = engine.traces(pair.scenario)
                    result["trace"] = trace_shape(pair.scenario.policies, decision.authorizations, traces)
                    result.update(ways_shape(decision, engine.ways(pair.scenario)))
                results.append(result)
            except ScenarioError as error:
                raise simulation.located(error) from None
    except UnreadableRequestError as error:
        raise UnusableInputError(" ".join(f"{name}:{error}".splitlines())) from None
    print(json.dumps(simulation_response(simulation, results), indent=4))
    return 0


def _read(source: str) -> tuple[str, bytes]:
    """The name to speak of the input by, and its bytes."""
    if source == "-":
        return "standard input", standard_input().read()
    path = source.removeprefix("file://")
    return path, read_bytes(Path(path).expanduser())
