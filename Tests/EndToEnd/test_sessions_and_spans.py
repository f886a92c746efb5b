"""Functions on Lambda's own emulator, with their spans at a real collector, in each of the three encodings."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from support.bench import Bench
from support.collector_tap import CollectorTap
from support.dialect import Dialect
from support.events import PAYLOAD_MARK, hello, probe
from support.lambda_emulator import LambdaEmulator
from support.otlp import Span
from support.rotel import Rotel

SESSION = "7d9f4a52-0c1b-4e7e-9a36-5b1d2c3e4f50"
#: The function's timeout: the shortest one of the emulator that leaves time for a margin.
TIMEOUT_SECONDS = 2


@dataclass(frozen=True)
class Host:
    """A function on the emulator, and the destination of its spans."""

    dialect: Dialect
    emulator: LambdaEmulator
    tap: CollectorTap
    rotel: Rotel | None

    def settled_spans(self, count: int) -> list[Span]:
        """All spans, after a number of them has arrived: no more, each once, and accepted by the real collector."""
        spans = self.tap.wait_for_spans(count)
        ids = {span.span_id for span in spans}
        assert len(spans) == len(ids) == count
        if self.rotel is not None:
            self.rotel.wait_for_spans(ids)
        for export in self.tap.exports:
            assert export.status == 200
            assert export.request.target == self.dialect.path
            assert export.request.header("Content-Type") == self.dialect.content_type
            name, value = self.dialect.key_header
            assert export.request.header(name) == value
        return spans


@pytest.fixture(params=Dialect, ids=lambda dialect: dialect.value)
def start(request: pytest.FixtureRequest, bench: Bench) -> Callable[..., Host]:
    """Starts a function that sends in one of the encodings."""

    def start(product: str = "ProbeFunction", **options: Any) -> Host:
        tap, rotel = bench.collector(request.param)
        emulator = bench.emulator(request.param.environment(tap.address), product, **options)
        return Host(request.param, emulator, tap, rotel)

    return start


def test_a_success_shows_in_the_session_that_was_sent(start: Callable[..., Host]) -> None:
    host = start("HelloSession")

    reply = host.emulator.invoke(hello(session_id=SESSION))

    result = PAYLOAD_MARK[::-1]
    assert reply.status == 200
    assert reply.json == {"result": result, "sessionID": SESSION}
    spans = {span.name: span for span in host.settled_spans(3)}
    root, outer, inner = (spans[name] for name in ("HelloSession", "process_event", "process"))
    assert (root.parent_id, outer.parent_id, inner.parent_id) == ("", root.span_id, outer.span_id)
    assert len({span.trace_id for span in spans.values()}) == 1
    assert (root.kind, outer.kind, inner.kind) == ("SERVER", "INTERNAL", "INTERNAL")
    assert [span.attributes["honeyhive_event_type"] for span in (root, outer, inner)] == ["chain", "chain", "tool"]
    assert root.start <= outer.start <= inner.start <= inner.end <= outer.end <= root.end
    for span in spans.values():
        assert span.session_id == SESSION
        assert span.attributes["traceloop.association.properties.session_id"] == SESSION
        assert span.attributes["session.id"] == SESSION
        assert span.attributes["honeyhive.session_auto_create"] is True
        assert span.attributes["honeyhive.session_name"] == "HelloSession"
        assert span.attributes["honeyhive.source"] == "dev"
        assert span.status != "ERROR"
        assert span.resource["service.name"] == span.resource["faas.name"] == "HelloSession"
        assert span.resource["cloud.provider"] == "aws"
        assert span.resource["telemetry.sdk.language"] == "swift"
    for span in (outer, inner):
        assert span.attributes["honeyhive_inputs.input"] == PAYLOAD_MARK
        assert span.attributes["honeyhive_outputs.result"] == result
    assert inner.attributes["honeyhive_metadata.length"] == len(PAYLOAD_MARK)
    assert root.attributes["faas.coldstart"] is True
    assert root.attributes["faas.invocation_id"]
    if host.dialect is Dialect.HONEYHIVE:
        assert {span.attributes["honeyhive.project"] for span in spans.values()} == {"end-to-end"}
        assert host.tap.exports[0].request.header("hh-client-language") == "swift"


def test_an_error_of_the_handler_is_answered_and_delivered_and_the_process_goes_on(start: Callable[..., Host]) -> None:
    host = start("HelloSession")

    failed = host.emulator.invoke(hello("fail", session_id=SESSION))
    after = host.emulator.invoke(hello(session_id=SESSION))

    assert failed.json["errorType"] == "ProcessingError"
    assert failed.json["errorMessage"] == "refused"
    assert failed.json["stackTrace"] == []
    assert after.json["sessionID"] == SESSION
    spans = host.settled_spans(6)
    broken, fine = spans[:3], spans[3:]
    assert {span.status for span in broken} == {"ERROR"}
    assert "ERROR" not in {span.status for span in fine}
    assert {span.session_id for span in spans} == {SESSION}
    # The reference client records one exception as two or three events (its defect 8).
    recorded = [event for span in broken for event in span.events if event.name == "exception"]
    assert [event.attributes["exception.type"] for event in recorded] == ["ProcessingError"]
    assert [event.attributes["exception.message"] for event in recorded] == ["refused"]
    roots = [span for span in spans if not span.parent_id]
    assert [root.attributes["faas.coldstart"] for root in roots] == [True, False], "the process was started anew"


@pytest.mark.parametrize(
    ("product", "event", "place"),
    [
        pytest.param("HelloSession", {"input": [PAYLOAD_MARK], "session_id": SESSION}, "input", id="wrong type"),
        pytest.param("ProbeFunction", {"note": PAYLOAD_MARK, "session_id": SESSION}, "command", id="missing key"),
        pytest.param("HelloSession", [PAYLOAD_MARK], "", id="not an object"),
        pytest.param("HelloSession", f'{{"input": "{PAYLOAD_MARK}", '.encode(), "", id="not JSON"),
        pytest.param("HelloSession", b"", "", id="empty"),
    ],
)
def test_a_malformed_event_is_a_clear_error_that_names_the_place(
    start: Callable[..., Host], product: str, event: Any, place: str
) -> None:
    host = start(product)

    reply = host.emulator.invoke(event)

    assert reply.json["errorType"] == "EventDecodingError"
    assert place in reply.json["errorMessage"]
    assert PAYLOAD_MARK not in reply.text, "an error that quotes the event ends in logs"
    (root,) = host.settled_spans(1)
    assert root.status == "ERROR"
    assert root.parent_id == ""
    if place:
        assert root.session_id == SESSION


@pytest.mark.parametrize("size", [1_000_000, 5_900_000])
def test_large_events_and_answers_arrive_whole(start: Callable[..., Host], size: int) -> None:
    host = start()

    counted = host.emulator.invoke(probe("length", text="é" * (size // 2)))
    made = host.emulator.invoke(probe("large", count=size))
    # Random text, in which any loss or repetition is visible.
    text = "".join(random.Random(size).choices('abcdefghij0123456789 \\"\n', k=size // 2))
    echoed = host.emulator.invoke(probe("echo", text=text))

    assert counted.json == str(size)
    assert made.json == "x" * size
    assert echoed.json == text
    assert len(host.settled_spans(6)) == 6


def test_an_answer_that_is_too_large_for_lambda_is_told_to_the_caller_and_the_function_goes_on(
    start: Callable[..., Host],
) -> None:
    host = start()

    refused = host.emulator.invoke(probe("large", count=6_300_000))
    after = host.emulator.invoke(probe("context"))

    assert refused.json["errorType"] == "Function.ResponseSizeTooLarge"
    assert after.json["isColdStart"] is False
    (failed,) = [span for span in host.settled_spans(4) if span.status == "ERROR"]
    assert failed.attributes["error.type"] == "Function.ResponseSizeTooLarge"
    assert failed.parent_id == ""


def test_compressed_requests_are_read_by_the_collector(bench: Bench) -> None:
    rotel = bench.rotel()
    tap = bench.tap(collector=rotel)
    emulator = bench.emulator({**Dialect.JSON.environment(tap.address), "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"})

    emulator.invoke(probe("spans", count=100))

    (export,) = tap.exports
    assert export.request.header("Content-Encoding") == "gzip"
    assert export.status == 200
    assert len(tap.delivered) == 102
    rotel.wait_for_spans({span.span_id for span in tap.delivered})


def test_spans_beyond_what_one_request_may_hold_are_split(start: Callable[..., Host]) -> None:
    host = start()

    host.emulator.invoke(probe("spans", count=120, text="x" * 60_000))

    spans = host.tap.wait_for_spans(122)
    assert len({span.span_id for span in spans}) == len(spans) == 122
    # At least two: a buffer that fills during the handler is sent early.
    assert len(host.tap.exports) >= 2
    assert max(len(export.request.body) for export in host.tap.exports) < 5_000_000
    # HoneyHive's own limit.
    assert all(len(export.request.body) <= 5_000_000 for export in host.tap.exports)


@pytest.mark.parametrize("command", ["crash", "exit"])
def test_after_a_crash_the_next_invocation_works(start: Callable[..., Host], command: str) -> None:
    host = start()

    crashed = host.emulator.invoke(probe(command))
    after = host.emulator.invoke(probe("context", session_id=SESSION))

    assert crashed.status == 502
    assert crashed.json["errorType"] == "Runtime.ExitError"
    assert after.json["isColdStart"] is True
    spans = [span for span in host.tap.wait_for_spans(2) if span.session_id == SESSION]
    assert sorted(span.name for span in spans) == ["ProbeFunction", "context"]


def test_before_a_timeout_all_spans_are_delivered_the_open_ones_as_errors(start: Callable[..., Host]) -> None:
    host = start(timeout_seconds=TIMEOUT_SECONDS)

    timed_out = host.emulator.invoke(probe("stall", count=3, session_id=SESSION))
    delivered = host.tap.delivered
    after = host.emulator.invoke(probe("context"))

    assert "Task timed out after 2" in timed_out.text
    names = [span.name for span in delivered]
    assert names == ["step"] * 3 + ["stall", "ProbeFunction"], "not delivered when Lambda killed the process"
    for span in delivered[3:]:
        assert span.status == "ERROR" and span.attributes["error.type"] == "timeout"
    assert {span.session_id for span in delivered} == {SESSION}
    assert after.json["isColdStart"] is True
    host.settled_spans(7)


def test_the_client_context_reaches_the_handler_and_its_trace_context_is_the_parent(start: Callable[..., Host]) -> None:
    host = start()
    trace_id, parent_id = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    client_context = {
        "client": {"installation_id": "i-1", "app_title": "Tagebücher"},
        "custom": {"tenant": "é 🐝", "n": 1.5},
        "env": {"locale": "de"},
        "w3c": {
            "traceparent": f"00-{trace_id}-{parent_id}-01",
            "tracestate": "vendor=1",
            "baggage": f"session_id={SESSION}",
        },
    }

    reply = host.emulator.invoke(probe("context"), client_context)

    assert reply.json["clientContext"] == {name: client_context[name] for name in ("client", "custom", "env")}
    assert reply.json["traceID"] == trace_id
    assert reply.json["sessionID"] == SESSION
    spans = {span.name: span for span in host.settled_spans(2)}
    assert spans["ProbeFunction"].parent_id == parent_id
    assert {span.trace_id for span in spans.values()} == {trace_id}
    assert {span.trace_state for span in spans.values()} == {"vendor=1"}
    assert {span.session_id for span in spans.values()} == {SESSION}


def test_a_thousand_invocations_use_one_connection_and_deliver_each_span_once(start: Callable[..., Host]) -> None:
    host = start("HelloSession")
    invocation_count = 1_000

    for number in range(invocation_count):
        assert host.emulator.invoke(hello(f"input {number}", session_id=SESSION)).status == 200

    spans = host.settled_spans(3 * invocation_count)
    assert host.tap.connection_count == 1
    roots = [span for span in spans if not span.parent_id]
    assert len({root.attributes["faas.invocation_id"] for root in roots}) == invocation_count
    assert sum(root.attributes["faas.coldstart"] for root in roots) == 1
    inputs = {span.attributes["honeyhive_inputs.input"] for span in spans if span.parent_id}
    assert inputs == {f"input {number}" for number in range(invocation_count)}
