"""The function, invoked with AWS's own clients."""

from __future__ import annotations

import base64
import json
from typing import Any

import boto3
import pytest
from botocore.config import Config

from support.bench import Bench
from support.dialect import Dialect
from support.events import hello, probe
from support.lambda_emulator import LambdaEmulator

SESSION = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


def lambda_client(emulator: LambdaEmulator) -> Any:
    return boto3.client(
        "lambda",
        endpoint_url=emulator.address.url,
        region_name="eu-central-1",
        aws_access_key_id="none",
        aws_secret_access_key="none",
        config=Config(retries={"max_attempts": 0}, proxies={}),
    )


@pytest.mark.parametrize("spelling", [SESSION, SESSION.upper(), f"{{{SESSION}}}", f"urn:uuid:{SESSION}"])
def test_boto3_invokes_the_function_with_a_session(bench: Bench, spelling: str) -> None:
    rotel = bench.rotel()
    tap = bench.tap(collector=rotel)
    emulator = bench.emulator(Dialect.PROTOBUF.environment(tap.address), "HelloSession")

    answer = lambda_client(emulator).invoke(
        FunctionName="function", Payload=json.dumps(hello("Hello", session_id=spelling))
    )

    assert answer["StatusCode"] == 200
    assert json.load(answer["Payload"]) == {"result": "olleH", "sessionID": SESSION}
    assert {span.session_id for span in tap.delivered} == {SESSION}
    rotel.wait_for_spans({span.span_id for span in tap.delivered})


def test_boto3_sends_a_client_context(bench: Bench) -> None:
    tap = bench.tap()
    emulator = bench.emulator(Dialect.PROTOBUF.environment(tap.address))
    client_context = base64.b64encode(json.dumps({"custom": {"name": "Zoë"}}).encode()).decode()

    answer = lambda_client(emulator).invoke(
        FunctionName="function", Payload=json.dumps(probe("context")), ClientContext=client_context
    )

    assert json.load(answer["Payload"])["clientContext"] == {"custom": {"name": "Zoë"}}


def test_boto3_sees_an_error_of_the_handler(bench: Bench) -> None:
    tap = bench.tap()
    emulator = bench.emulator(Dialect.PROTOBUF.environment(tap.address))

    answer = lambda_client(emulator).invoke(
        FunctionName="function", Payload=json.dumps(probe("fail", text="on purpose"))
    )

    # The emulator sends no X-Amz-Function-Error, so only the payload shows the error.
    error = json.load(answer["Payload"])
    assert (error["errorType"], error["errorMessage"]) == ("ProbeError", "on purpose")
