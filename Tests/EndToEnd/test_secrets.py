"""A key in Secrets Manager or Parameter Store: read at the start, and again when the collector rejects it."""

from __future__ import annotations

import json
import time

import pytest

from support.bench import Bench
from support.collector_tap import ACCEPT, Answer, Behaviour, CollectorTap
from support.dialect import Dialect
from support.events import API_KEY, probe
from support.loopback import reserve
from support.programs import FunctionProgram
from support.raw_server import Connection
from support.recording_proxy import Exchange, Upstream
from support.scripted_runtime_api import ScriptedRuntimeAPI

#: SecretRequests.minimumIntervalSeconds, with an allowance for a loaded machine.
REREAD_PATIENCE_SECONDS = 25


class Wants:
    """A collector that accepts only one key."""

    def __init__(self, key: str) -> None:
        self.key = key

    def answer(self, tap: CollectorTap, connection: Connection, exchange: Exchange, upstream: Upstream) -> bool:
        is_right = exchange.request.header("Authorization") == f"Bearer {self.key}"
        answer: Behaviour = ACCEPT if is_right else Answer(401)
        return answer.answer(tap, connection, exchange, upstream)


def start(bench: Bench, tap: CollectorTap, **environment: str) -> tuple[FunctionProgram, ScriptedRuntimeAPI]:
    api = bench.runtime_api()
    return bench.function(api, Dialect.HONEYHIVE.environment(tap.address) | environment), api


@pytest.mark.parametrize("kept", ["a secret", "a secret's JSON key", "a parameter"])
@pytest.mark.parametrize("variable", ["HH_API_KEY", "HONEYHIVE_API_KEY"])
def test_the_key_is_read_where_it_is_kept(bench: Bench, kept: str, variable: str) -> None:
    store, tap = bench.secret_store(), bench.tap(Wants(API_KEY))
    reference = {
        "a secret": lambda: store.put_secret(API_KEY),
        "a secret's JSON key": lambda: f"{store.put_secret(json.dumps({'other': 1, 'hh': API_KEY}))}:hh:AWSCURRENT:",
        "a parameter": lambda: f"ssm:{store.put_parameter(API_KEY)}",
    }[kept]()
    settings = {"HH_API_KEY": "", **store.environment(), variable: reference}
    calls = store.call_count
    function, api = start(bench, tap, **settings)

    for _ in range(3):
        api.response(api.offer(probe("echo")))

    assert len(tap.delivered) == 6, function.log
    assert all(exchange.request.header("Authorization") == f"Bearer {API_KEY}" for exchange in tap.exports)
    assert all(API_KEY.encode() not in exchange.request.body for exchange in tap.exports)
    assert store.call_count - calls == 1, store.log


def test_no_span_is_lost_when_the_key_is_rotated(bench: Bench) -> None:
    store, collector = bench.secret_store(), Wants("the-first-key-0c1d")
    tap = bench.tap(collector)
    secret = store.put_secret(collector.key)
    function, api = start(bench, tap, HH_API_KEY=secret, **store.environment())
    api.response(api.offer(probe("echo")))
    assert len(tap.delivered) == 2, function.log

    store.check_callers(False)
    store.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=API_KEY)
    store.check_callers(True)
    collector.key = API_KEY
    count, end = 1, time.monotonic() + REREAD_PATIENCE_SECONDS
    while len(tap.delivered) == 2 and time.monotonic() < end:
        api.response(api.offer(probe("echo")))
        count += 1
        time.sleep(0.25)

    spans = tap.delivered
    assert len(spans) == 2 * count, function.log
    assert len({span.span_id for span in spans}) == len(spans)
    assert "the-first-key" not in function.log


@pytest.mark.parametrize(
    ("kept", "error"),
    [
        # Moto rejects a caller in XML, without the JSON of AWS's own services.
        ("without permission", "HTTP 403"),
        ("nowhere, a secret", "ResourceNotFoundException"),
        ("nowhere, a parameter", "ParameterNotFound"),
        ("with the wrong credentials", "HTTP 403"),
        ("in a JSON document whose key is not named", "JSON document"),
        ("out of reach", "connection failed"),
    ],
)
def test_a_key_that_cannot_be_read_is_one_clear_line_and_the_function_works(
    bench: Bench, kept: str, error: str
) -> None:
    store, tap = bench.secret_store(), bench.tap()
    arn = store.put_secret(json.dumps({"hh": API_KEY}) if "JSON" in kept else API_KEY)
    settings = {"HH_API_KEY": arn, **store.environment(() if kept == "without permission" else ("*",))}
    settings |= {
        "nowhere, a secret": {"HH_API_KEY": f"{arn[:-6]}AbCdEf"},
        "nowhere, a parameter": {"HH_API_KEY": "ssm:/not/there"},
        "with the wrong credentials": {"AWS_SECRET_ACCESS_KEY": "another"},
        "out of reach": {"AWS_ENDPOINT_URL": reserve().url},
    }.get(kept, {})
    function, api = start(bench, tap, TRACED_LAMBDA_FLUSH_BUDGET_MS="500", **settings)

    for number in range(2):
        assert api.response(api.offer(probe("echo", text=f"works {number}"))) == f"works {number}"

    # The key is read during the invocations.
    function.wait_for_log("Spans wait")
    assert tap.exports == []
    lines = [line for line in function.lines if "Spans wait" in line]
    assert len(lines) == 1, function.log
    assert "HH_API_KEY" in lines[0] and error in lines[0], lines[0]
    for secret in (settings["AWS_SECRET_ACCESS_KEY"], settings["AWS_SESSION_TOKEN"]):
        assert secret not in function.log


def test_spans_wait_until_the_key_can_be_read(bench: Bench) -> None:
    store, tap = bench.secret_store(), bench.tap(Wants(API_KEY))
    function, api = start(bench, tap, HH_API_KEY=store.put_secret(API_KEY), **store.environment(actions=()))
    api.response(api.offer(probe("echo")))
    assert tap.exports == []

    store.check_callers(False)
    store.allow("secretsmanager:GetSecretValue")
    store.check_callers(True)
    count, end = 1, time.monotonic() + REREAD_PATIENCE_SECONDS
    while not tap.delivered and time.monotonic() < end:
        api.response(api.offer(probe("echo")))
        count += 1
        time.sleep(0.25)

    assert len(tap.delivered) == 2 * count, function.log


def test_a_plain_key_asks_nobody(bench: Bench) -> None:
    store, tap = bench.secret_store(), bench.tap(Wants(API_KEY))
    settings, calls = store.environment(), store.call_count
    _, api = start(bench, tap, **settings)

    api.response(api.offer(probe("echo")))

    assert len(tap.delivered) == 2
    assert store.call_count == calls
