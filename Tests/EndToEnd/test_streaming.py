"""Streamed responses: their bytes, their timing, and disconnects of either side."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from support.bench import Bench, Scripted
from support.collector_tap import CollectorTap, Forward
from support.dialect import Dialect
from support.events import PAYLOAD_MARK, streaming_probe
from support.http_wire import Request
from support.lambda_emulator import LambdaEmulator
from support.managed_instance_emulator import ManagedInstanceEmulator
from support.otlp import Span
from support.recording_proxy import Exchange
from support.scripted_runtime_api import PostAnswer, deadline_in

PRODUCT = "StreamingProbe"
ERROR_TYPE = "Lambda-Runtime-Function-Error-Type"
ERROR_BODY = "Lambda-Runtime-Function-Error-Body"
PRELUDE_TYPE = "application/vnd.awslambda.http-integration-response"
SEPARATOR = bytes(8)
PAUSE_MILLISECONDS = 300
#: More than the stream and the connection buffer together.
MANY_BYTES = 8 * 1024 * 1024


def start(bench: Bench, tap: CollectorTap, timeout_seconds: int = 30) -> LambdaEmulator:
    return bench.emulator(
        Dialect.PROTOBUF.environment(tap.address),
        PRODUCT,
        timeout_seconds=timeout_seconds,
        taps_runtime_api=True,
        kind=ManagedInstanceEmulator,
    )


def host(bench: Bench) -> Scripted:
    return bench.scripted(product=PRODUCT)


def post(emulator: LambdaEmulator) -> Exchange:
    """The emulator's response to the only post; in this mode the caller gets its response earlier."""

    def answered(exchanges: list[Exchange]) -> Exchange | None:
        return next((each for each in exchanges if each.request.method == "POST" and each.status), None)

    return emulator.runtime_api_exchanges.wait(answered, "an answered post")


def root_of(tap: CollectorTap, count: int = 1) -> Span:
    """The last root span, after a number of them has been delivered."""

    def roots(exchanges: list[Exchange]) -> list[Span] | None:
        found = [span for span in tap.delivered if span.name == PRODUCT]
        return found if len(found) >= count else None

    return tap.exchanges.wait(roots, f"{count} root spans")[-1]


def trailer_error(request: Request) -> tuple[str, Any]:
    """The error type and body in the trailers."""
    trailers = dict(request.trailers)
    return trailers[ERROR_TYPE], json.loads(base64.b64decode(trailers[ERROR_BODY], validate=True))


def assert_goes_on(scripted: Scripted) -> None:
    """Checks that another invocation in the same process works."""
    outcome = scripted.api.outcome(scripted.api.offer(streaming_probe({"text": "still here"})))
    assert outcome.request.body == b"still here"
    assert root_of(scripted.tap).attributes.get("faas.coldstart") is not None
    assert scripted.function.is_running


# Bytes.


def test_an_answer_with_a_head_reaches_the_caller_as_lambda_wants_it(bench: Bench) -> None:
    emulator = start(bench, bench.tap())
    head = {"status": 201, "headers": {"X-A": "ü\t\"b\""}, "cookies": ["a=1; Secure", "b=2"]}

    reply = emulator.invoke(streaming_probe({"head": head}, {"text": "one "}, {"eventData": "two\nlines"}))

    request = post(emulator).request
    assert request.needed_header("Lambda-Runtime-Function-Response-Mode") == "streaming"
    assert request.needed_header("Transfer-Encoding") == "chunked"
    assert request.needed_header("Content-Type") == PRELUDE_TYPE
    assert {name.strip() for name in request.needed_header("Trailer").split(",")} == {ERROR_TYPE, ERROR_BODY}
    assert request.header("Content-Length") is None
    assert request.trailers == ()
    assert request.target.endswith("/response")
    assert reply.body == request.body
    prelude, separator, body = reply.body.partition(SEPARATOR)
    assert separator == SEPARATOR
    assert json.loads(prelude) == {"statusCode": 201, "headers": head["headers"], "cookies": head["cookies"]}
    assert body == b"one data: two\ndata: lines\n\n"
    assert reply.headers["Content-Type"] == PRELUDE_TYPE


def test_an_answer_without_a_head_is_its_bytes(bench: Bench) -> None:
    tap = bench.tap()
    emulator = start(bench, tap)

    reply = emulator.invoke(streaming_probe({"text": "just bytes"}))

    assert (reply.body, reply.headers["Content-Type"]) == (b"just bytes", "application/octet-stream")
    root = root_of(tap)
    assert root.attributes["http.response.body.size"] == 10
    assert "http.response.status_code" not in root.attributes


@pytest.mark.parametrize("steps", [[], [{"head": {"status": 204}}]], ids=["nothing", "a head"])
def test_a_handler_that_returns_without_a_byte_has_answered(bench: Bench, steps: list[dict[str, Any]]) -> None:
    emulator = start(bench, bench.tap())

    emulator.invoke(streaming_probe(*steps))

    exchange = post(emulator)
    assert exchange.status == 202
    assert exchange.request.target.endswith("/response")
    _, _, body = exchange.request.body.partition(SEPARATOR)
    assert body == b""
    assert (exchange.request.body == b"") == (steps == [])


def test_many_streams_on_one_process_each_arrive_whole(bench: Bench) -> None:
    tap = bench.tap()
    emulator = start(bench, tap)

    for number in range(5):
        count = 100_000 * number + 1
        reply = emulator.invoke(streaming_probe({"text": f"{number}"}, {"byteCount": count}, {"text": "end"}))
        assert reply.body == b"%d" % number + b"x" * count + b"end"

    assert root_of(tap, 5).attributes["faas.coldstart"] is False


# Timing.


@pytest.mark.parametrize("collector_delay_seconds", [0, 0.3])
def test_the_collector_has_answered_before_the_last_chunk_goes_out(bench: Bench, collector_delay_seconds: float) -> None:
    tap = bench.tap(Forward(collector_delay_seconds), collector=bench.rotel())
    emulator = start(bench, tap)

    for _ in range(2):
        emulator.invoke(streaming_probe({"text": "one", "pauseMilliseconds": 50}, {"span": "between"}, {"text": "two"}))

    posts = emulator.posts("response")
    assert len(posts) == len(tap.exports) == 2
    for exchange, export in zip(posts, tap.exports, strict=True):
        *pieces, last = exchange.request.chunks
        assert last.data == b""
        assert b"".join(piece.data for piece in pieces) == b"onetwo"
        assert export.status == 200
        assert export.answered_at < last.received_at, "the stream ended before the collector had answered"
        assert pieces[0].received_at < export.received_at, "the answer waited for the collector"
        assert (last.received_at - export.received_at) / 1e9 >= collector_delay_seconds
    assert [span.name for span in tap.delivered] == ["between", PRODUCT] * 2


def test_the_first_byte_is_on_the_wire_while_the_handler_still_works(bench: Bench) -> None:
    tap = bench.tap()
    emulator = start(bench, tap)
    steps = [{"text": f"{number}", "pauseMilliseconds": PAUSE_MILLISECONDS} for number in range(3)]

    emulator.invoke(streaming_probe(*steps))

    first, second, third, last = post(emulator).request.chunks
    assert [first.data, second.data, third.data, last.data] == [b"0", b"1", b"2", b""]
    for earlier, later in [(first, second), (second, third), (third, last)]:
        assert (later.received_at - earlier.received_at) / 1e6 >= PAUSE_MILLISECONDS * 0.8
    root = root_of(tap)
    duration = (root.end - root.start) / 1e6
    assert root.attributes["honeyhive_metrics.time_to_first_byte_ms"] < duration - 2 * PAUSE_MILLISECONDS
    assert duration >= 3 * PAUSE_MILLISECONDS


def test_a_handler_that_writes_faster_than_anyone_reads_is_slowed_down_and_loses_nothing(bench: Bench) -> None:
    scripted = host(bench)

    request_id = scripted.api.offer(streaming_probe({"byteCount": 64 * 1024, "times": MANY_BYTES // (64 * 1024)}))

    assert scripted.api.outcome(request_id).request.body == b"x" * MANY_BYTES
    assert root_of(scripted.tap).attributes["http.response.body.size"] == MANY_BYTES


# Errors of the handler.


def test_an_error_before_the_first_byte_is_a_function_error(bench: Bench) -> None:
    tap = bench.tap()
    emulator = start(bench, tap)

    reply = emulator.invoke(streaming_probe({"head": {"status": 200}}, {"failure": "on purpose"}))

    (exchange,) = emulator.posts("error")
    assert emulator.posts("response") == []
    assert reply.headers["Error-Type"] == "Function.StreamingProbeError"
    assert reply.json["errorMessage"] == "on purpose"
    assert json.loads(exchange.request.body)["errorType"] == "StreamingProbeError"
    assert root_of(tap).status == "ERROR"
    assert tap.exports[-1].answered_at < exchange.received_at


def test_an_error_after_the_first_byte_follows_as_trailers(bench: Bench) -> None:
    tap = bench.tap()
    emulator = start(bench, tap)

    emulator.invoke(streaming_probe({"text": "so far"}, {"failure": "späte\r\nX-Evil: 1"}))

    exchange = post(emulator)
    assert exchange.status == 202
    assert exchange.request.body == b"so far"
    assert {name for name, _ in exchange.request.trailers} == {ERROR_TYPE, ERROR_BODY}
    error_type, body = trailer_error(exchange.request)
    assert error_type == "Function.StreamingProbeError"
    assert (body["errorType"], body["errorMessage"]) == ("StreamingProbeError", "späte\r\nX-Evil: 1")
    root = root_of(tap)
    assert root.status == "ERROR"
    assert tap.exports[-1].answered_at < exchange.request.chunks[-1].received_at


def test_an_event_that_cannot_be_decoded_is_a_function_error(bench: Bench) -> None:
    emulator = start(bench, bench.tap())

    reply = emulator.invoke({"steps": 5, "note": PAYLOAD_MARK})

    assert reply.headers["Error-Type"] == "Function.EventDecodingError"
    assert emulator.posts("response") == []


# Disconnects.


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (PostAnswer(status=None, after_chunks=2), "the connection to Lambda is gone"),
        (PostAnswer(status=413, after_chunks=2), "Lambda ended it with HTTP 413"),
        (PostAnswer(status=410, after_chunks=1), "Lambda ended it with HTTP 410"),
    ],
    ids=["the connection ends", "too large", "too late"],
)
def test_a_stream_that_is_cut_fails_the_write_and_the_process_goes_on(
    bench: Bench, answer: PostAnswer, reason: str
) -> None:
    scripted = host(bench)
    steps = [{"text": "piece", "pauseMilliseconds": 20, "times": 1_000}, {"span": "never reached"}]

    cut = scripted.api.offer(streaming_probe(*steps), answer=answer)

    scripted.api.early_answers.wait(lambda ids: cut in ids, "the cut")
    root = root_of(scripted.tap)
    assert root.attributes["faas.invocation_id"] == cut
    assert root.status == "ERROR"
    (event,) = [event for event in root.events if event.name == "exception"]
    assert reason in event.attributes["exception.message"]
    assert "never reached" not in [span.name for span in scripted.tap.delivered]
    assert_goes_on(scripted)


def test_a_cut_lets_go_a_writer_that_waits_for_room(bench: Bench) -> None:
    scripted = host(bench)

    cut = scripted.api.offer(
        streaming_probe({"byteCount": 1024 * 1024, "times": 199}), answer=PostAnswer(status=None, after_chunks=2)
    )

    assert root_of(scripted.tap).attributes["faas.invocation_id"] == cut
    assert root_of(scripted.tap).status == "ERROR"
    assert_goes_on(scripted)


def test_a_stream_without_end_is_traced_before_its_deadline(bench: Bench) -> None:
    scripted = host(bench)
    seconds = 3

    request_id = scripted.api.offer(
        streaming_probe({"span": "begun", "text": "tick", "pauseMilliseconds": 100, "times": 100_000}),
        {"Lambda-Runtime-Deadline-Ms": deadline_in(seconds)},
    )

    scripted.api.wait_for_polls(1)
    began_at = scripted.api.polls.snapshot()[0]
    spans = scripted.tap.wait_for_spans(5)
    assert {span.name for span in spans} >= {"begun"}
    assert (scripted.tap.exports[0].answered_at - began_at) / 1e9 < seconds + 1
    assert scripted.api.posts.snapshot() == [], f"{request_id} was answered"


def test_more_than_lambda_lets_through_is_refused_to_the_handler(bench: Bench) -> None:
    scripted = host(bench)

    request_id = scripted.api.offer(streaming_probe({"text": "first"}, {"byteCount": 200 * 1024 * 1024}))

    outcome = scripted.api.outcome(request_id)
    assert outcome.request.body == b"first"
    assert trailer_error(outcome.request)[0] == "Function.ResponseStreamError"
    assert_goes_on(scripted)
