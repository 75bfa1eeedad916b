"""A question whose texts have the values of the session in them, and its answer at the places of the texts as they are
written. Source: spec findings.md section 4.3."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace

from workbench.answers import Answer, Question, Validation
from workbench.project.model import ProjectError
from workbench.writing.session_values import Filling, Written, at_home, findings_home, span_home, ways_home


def with_values(question: Question, known_key: Callable[[str], bool]) -> tuple[Question, dict[str, Written], Filling]:
    """The question with its values in all its texts, those of the project too, and the texts they stand in."""
    filling = Filling(known_key, tuple(question.values.items()))
    texts, project = dict(question.texts), question.project
    for policy in project.policies if project else ():
        if project is not None and policy.key not in texts:
            with contextlib.suppress(ProjectError):  # whoever reads it to judge by it says so
                texts[policy.key] = project.read(policy.key)
    written = {key: home for key, text in texts.items() if (home := filling.written(text)) is not None}
    filled = {key: home.filled.text for key, home in written.items()}
    return replace(question, texts={**question.texts, **filled}), written, filling


def answer_with_values(
    question: Question, known_key: Callable[[str], bool], answer_of: Callable[[Question], Answer]
) -> Answer:
    """What `answer_of` says of the question with its values in the texts, in terms of the texts as they are written."""
    question, written, filling = with_values(question, known_key)
    answer = answer_of(question)
    names = {name: written[key] for name, key in answer.sources.items() if key in written}
    front = written.get(question.active)
    return replace(
        answer,
        validation=answer.validation if front is None else _at_home(answer.validation, front, filling),
        decision=at_home(answer.decision, names),
        traces=at_home(answer.traces, names),
        ways=ways_home(answer.ways, names),
        error_span=span_home(answer.error_span, written.get(answer.error_key)),
        written={name: home.document.text for name, home in names.items()},
    )


def _at_home(validation: Validation, home: Written, filling: Filling) -> Validation:
    before = validation.again

    def again(text: str) -> Validation:
        assert before is not None
        other = filling.written(text)
        return before(text) if other is None else _at_home(before(other.filled.text), other, filling)

    return replace(
        validation,
        document=home.document,
        findings=findings_home(validation.findings, home),
        again=None if before is None else again,
        filled=filling,
    )
