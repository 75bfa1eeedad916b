"""Requests of which some keys are not known: the engine's one answer against the second evaluator's answers to every
value of a small but telling set (tests/reference). A quarter of `POLICY_WORKBENCH_CASES` are drawn."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.evaluation.drawn import BASES, CASES, NOW, VALUES, FewFacts, Taste, scenarios
from tests.reference.conditions import MULTIVALUED
from tests.reference.evaluator import decide as reference_decides
from workbench.evaluation.decision import Decision
from workbench.evaluation.judge import UNDECIDED_NOTE, Judge
from workbench.evaluation.scenario_reader import read_scenario

MOST_TRIED = 60
UNKNOWN = [key for key in VALUES if key not in ("aws:PrincipalOrgPaths", "sagemaker:NetworkIsolation")]
FOLLOW = {  # keys whose tests say which values of another key to try, since they follow from it
    "aws:MultiFactorAuthAge": ["aws:MultiFactorAuthPresent", "aws:TokenIssueTime"],
    "aws:MultiFactorAuthPresent": ["aws:TokenIssueTime"],
    "aws:TokenIssueTime": ["aws:MultiFactorAuthPresent"],
    "aws:ViaAWSService": ["aws:MultiFactorAuthPresent"],
    "aws:CalledViaFirst": ["aws:ViaAWSService", "aws:MultiFactorAuthPresent"],
    "aws:EpochTime": ["aws:CurrentTime", "aws:TokenIssueTime"],
    "sagemaker:VolumeKmsKeyArn": ["sagemaker:VolumeKmsKey"],
    "aws:RequestTag/team": ["aws:TagKeys", "aws:ResourceTag/team", "sagemaker:ResourceTag/team"],
    "aws:ResourceTag/team": ["sagemaker:ResourceTag/team"],
    "sagemaker:ResourceTag/team": ["aws:ResourceTag/team"],
    "sagemaker:VolumeKmsKey": ["sagemaker:VolumeKmsKeyArn"],
    "aws:CurrentTime": ["aws:EpochTime", "aws:TokenIssueTime"],
    "aws:CalledVia": ["aws:CalledViaFirst", "aws:CalledViaLast", "aws:ViaAWSService"],
    "aws:SourceArn": ["aws:SourceAccount"],
}
Value = str | list[str] | None


def answer(scenario: dict[str, Any]) -> Decision:
    return Judge(FewFacts(), lambda: NOW).decide(read_scenario(json.dumps(scenario)))


def told(scenario: dict[str, Any], values: dict[str, Value]) -> str:
    """The second evaluator's answer where each unknown key has its value; None: absent."""
    request = {key: value for key, value in scenario["request"].items() if key != "unknown"}
    known = {key: value for key, value in values.items() if value is not None}
    absent = [key for key, value in values.items() if value is None]
    request |= {"context": {**request.get("context", {}), **known}, "absent": absent}
    return reference_decides({**scenario, "request": request}, NOW)


def conditions_in(scenario: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(operator, key in lower case, value) of every condition of every policy."""

    def blocks(value: Any) -> Iterator[dict[str, Any]]:
        if isinstance(value, dict):
            yield from [value["Condition"]] if "Condition" in value else []
            value = list(value.values())
        for inner in value if isinstance(value, list) else []:
            yield from blocks(inner)

    for block in blocks(scenario["policies"]):
        for name, keys in block.items():
            for key, wanted in keys.items():
                for text in [*wanted, ""] if isinstance(wanted, list) else [wanted]:
                    yield name, key.lower(), str(text)


def near(text: str) -> list[str]:
    """A policy's value as a request may send it, and its neighbors."""
    filled = [text.replace("*", "").replace("?", "x"), text.replace("*", "xx").replace("?", "y")]
    found = [text, *filled, text.swapcase()]
    if text.lstrip("-").isdigit():
        found += [str(int(text) - 1), str(int(text) + 1)]
    if "/" in text and text[0].isdigit():
        found.append(text.split("/")[0].replace(".0", ".9"))
    return found


def telling(scenario: dict[str, Any], key: str) -> list[Value]:
    """Absent, every value that the policies name, values beside them, foreign ones, and for lists some together."""
    about = {key.lower(), *(k.lower() for k in FOLLOW.get(key, ()))}
    found = [t for name, k, text in conditions_in(scenario) if k in about for t in near(text)]
    stated = [t for v in scenario["request"]["context"].values() if isinstance(v, str) for t in (v,)]
    singles = list(dict.fromkeys([*found, *stated, *(v for v in VALUES[key] if isinstance(v, str)), "zz", "", "300"]))
    sets = [name for name, k, _ in conditions_in(scenario) if k == key.lower() and name.startswith("For")]
    if key.lower() not in MULTIVALUED and not (sets and key == "x:custom"):  # nobody knows what that one holds
        return [None, *singles]
    return [
        None,
        *([one] for one in singles),
        *([one, other] for one, other in pairwise(singles)),
    ]


def tried(choices: Sequence[list[Value]], random: Random) -> list[tuple[Value, ...]]:
    everything = list(product(*(random.sample(c, min(len(c), MOST_TRIED)) for c in choices)))
    return random.sample(everything, min(len(everything), MOST_TRIED))


@st.composite
def unknown_scenarios(draw: st.DrawFn) -> dict[str, Any]:
    keys = draw(st.lists(st.sampled_from(UNKNOWN), min_size=1, max_size=3, unique=True))
    families = [draw(st.sampled_from(sorted(BASES))), *draw(st.sampled_from([[], [], ["Null"], ["Bool"]]))]
    favored = (*keys, *(k for key in keys for k in FOLLOW.get(key, ())))
    scenario = draw(scenarios(Taste(favored, tuple(families))))
    request = scenario["request"]
    request["context"] = {k: v for k, v in request["context"].items() if k not in keys}
    if request.get("tags") and "aws:RequestTag/team" in keys:  # stated and unknown at once
        request["tags"].pop("team", None)
    request["unknown"] = keys
    if draw(st.booleans()):  # fewer layers that deny whatever the keys are
        for layer in ("permissionsBoundary", "session", "serviceControl"):
            scenario["policies"].pop(layer, None)
    return scenario


def holds(scenario: dict[str, Any], random: Random) -> str:
    """What is wrong with the engine's answer, empty: nothing."""
    keys = scenario["request"]["unknown"]
    decision = answer(scenario)
    if decision.outcome != "depends":
        for values in tried([telling(scenario, key) for key in keys], random):
            given = dict(zip(keys, values, strict=True))
            if (one := told(scenario, given)) != decision.outcome:
                return f"certainly {decision.outcome}, but {one} with {given}"
        return ""
    for example in decision.examples:
        given = dict.fromkeys(keys) | {k: list(v) if isinstance(v, tuple) else v for k, v in example.values}
        if (one := told(scenario, given)) != example.outcome:
            return f"shown as {example.outcome}, but {one} with {given}"
    if any(note.startswith(UNDECIDED_NOTE.split("{")[0]) for note in decision.notes):
        return ""
    outcomes = {example.outcome for example in decision.examples}
    return "" if len(outcomes) > 1 else f"depends, but {outcomes} with every example"


@settings(max_examples=CASES // 4, deadline=None, suppress_health_check=list(HealthCheck))
@given(unknown_scenarios(), st.integers(0, 2**20))
def test_an_answer_about_unknown_keys_is_that_of_their_values(scenario: dict[str, Any], seed: int) -> None:
    assert holds(scenario, Random(seed)) == ""
