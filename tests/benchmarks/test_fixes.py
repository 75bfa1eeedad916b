"""What a fix of one statement of a huge document costs to prove: it is about what it changes, not about the rest.
Budget: 0.5 s for 1,000 statements, 2 s for 10,000; `--benchmark-enable`."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from workbench.answers import Validation
from workbench.engine import Engine
from workbench.findings.model import Effect, Fix
from workbench.policy.kinds import PolicyKind

_STATEMENT = '{"Effect": "Allow", "Action": ["s3:GetObjct"], "Resource": "arn:aws:s3:::%s%d/*"}'
_turns = count()


def _asked(engine: Engine, statements: int) -> tuple[tuple[Validation, Fix], dict[str, Any]]:
    """A document that nobody has asked about, and the fix of a statement in its middle."""
    name = f"bucket-{next(_turns)}-"
    listed = ",\n".join(_STATEMENT % (name, i) for i in range(statements))
    validation = engine.validate(f'{{"Version": "2012-10-17", "Statement": [{listed}]}}', PolicyKind.IDENTITY)
    return (validation, validation.findings[statements // 2].fixes[0]), {}


@pytest.mark.parametrize("statements", [10, 1_000, 10_000])
def test_the_fix_of_one_statement(benchmark: Any, statements: int) -> None:
    engine = Engine()
    engine.fix_verdict(*_asked(engine, 1)[0])  # the catalog is loaded
    verdict = benchmark.pedantic(engine.fix_verdict, setup=lambda: _asked(engine, statements), rounds=3)
    assert verdict.effect is Effect.WIDER
    assert verdict.witness is not None
