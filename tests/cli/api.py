"""Requests of the shape of SimulateCustomPolicy, and answers held against the service model of botocore."""

from __future__ import annotations

import io
import json
import sys
from functools import cache
from types import SimpleNamespace
from typing import Any

import botocore.loaders
import botocore.model
import pytest
from botocore.validate import ParamValidator

from workbench.cli.main import main
from workbench.evaluation.aws_shape import OUR_KEYS

ANN = "arn:aws:iam::111122223333:user/ann"
OBJECT = "arn:aws:s3:::b/k"
ROLE = "arn:aws:iam::111122223333:role/r"


def policy(effect: str = "Allow", action: Any = "*", resource: Any = "*", **more: Any) -> str:
    statement = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(principal: Any = None) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal or {"AWS": ANN}}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, **given: Any) -> dict[str, Any]:
    """The response to a request read from standard input."""
    request = {"PolicyInputList": [policy()], "ActionNames": ["s3:GetObject"], "ResourceArns": [OBJECT], **given}
    data = io.BytesIO(json.dumps(request).encode())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=data))
    assert main(["simulate", "--cli-input-json", "-"]) == 0
    response: dict[str, Any] = json.loads(capsys.readouterr().out)
    fits_awss_model(response)
    return response


@cache
def response_shape() -> Any:
    model = botocore.model.ServiceModel(botocore.loaders.Loader().load_service_model("iam", "service-2"))
    return model.operation_model("SimulatePrincipalPolicy").output_shape


def fits_awss_model(response: dict[str, Any]) -> None:
    """Fails unless the response, without our own keys, has AWS's keys, types and enumerations all the way down."""
    shape = response_shape()
    stripped = without_ours(response)
    assert isinstance(stripped, dict)
    known(shape, stripped)
    report = ParamValidator().validate(stripped, shape)
    assert not report.has_errors(), report.generate_report()


def without_ours(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: without_ours(v) for k, v in value.items() if k not in OUR_KEYS}
    return [without_ours(v) for v in value] if isinstance(value, list) else value


def known(shape: Any, value: Any) -> None:
    if shape.type_name == "structure":
        assert set(value) <= set(shape.members), (shape.name, set(value) - set(shape.members))
        for name, inner in value.items():
            known(shape.members[name], inner)
    elif shape.type_name == "list":
        for item in value:
            known(shape.member, item)
    elif shape.type_name == "map":
        for inner in value.values():
            known(shape.value, inner)
    elif getattr(shape, "enum", None):
        assert value in shape.enum
