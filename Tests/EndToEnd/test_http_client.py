"""Calls of a function's own HTTP client, with the deployed libcurl: connections, streams, time limits, spans."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.bench import Bench, Scripted
from support.dialect import Dialect
from support.events import probe
from support.otlp import Span
from support.scripted_runtime_api import deadline_in

SESSION = "11111111-2222-4333-8444-555555555555"


def calls_of(host: Scripted, **step: Any) -> Any:
    """The outcomes of the calls of one invocation."""
    return host.api.response(host.api.offer(probe("http", session_id=SESSION, http=step)))


def client_spans(spans: list[Span]) -> list[Span]:
    return [span for span in spans if span.kind == "CLIENT"]


def test_a_connection_is_used_by_all_invocations(bench: Bench) -> None:
    server, host = bench.outbound_server(), bench.scripted()
    for _ in range(5):
        assert calls_of(host, url=server.address.url + "/") == ["200 ok"]
    assert [call.connection for call in server.calls.snapshot()] == [1] * 5


def test_a_connection_that_was_lost_between_invocations_is_replaced(bench: Bench) -> None:
    server, host = bench.outbound_server(), bench.scripted()
    assert calls_of(host, url=server.address.url + "/") == ["200 ok"]
    server.interrupt_connections(reset=True)
    assert calls_of(host, url=server.address.url + "/") == ["200 ok"]
    assert [call.connection for call in server.calls.snapshot()] == [1, 2]


def test_an_answer_that_a_server_sends_unasked_is_not_that_of_the_next_call(bench: Bench) -> None:
    server, host = bench.outbound_server(), bench.scripted()
    assert calls_of(host, url=server.address.url + "/stray") == ["200 ok"]
    server.may_stray.set()
    server.strays.wait(bool, "the stray answer to be sent")
    assert calls_of(host, url=server.address.url + "/") == ["200 ok"]
    assert [call.connection for call in server.calls.snapshot()] == [1, 2]


def test_64_calls_at_once_keep_their_connections(bench: Bench) -> None:
    server, host = bench.outbound_server(), bench.scripted()
    for _ in range(3):
        assert calls_of(host, url=server.address.url + "/", count=64) == ["64 × 200 ok"]
    assert len(server.calls.snapshot()) == 3 * 64
    assert server.connection_count <= 64
    assert len(client_spans(host.tap.delivered)) == 3 * 64


def test_an_event_stream_arrives_whole_however_it_is_cut(bench: Bench) -> None:
    server, host = bench.outbound_server(), bench.scripted()
    (outcome,) = calls_of(host, url=server.address.url + "/events", reads="events")
    assert outcome == "200 1000 999 ä\n€"


def test_a_server_that_hangs_ends_with_the_invocation_and_the_trace_is_delivered(bench: Bench) -> None:
    server, host = bench.outbound_server(), bench.scripted({"TRACED_LAMBDA_DEADLINE_MARGIN_MS": "500"})
    event = probe("http", http={"url": server.address.url + "/hang"})
    late = host.api.offer(event, {"Lambda-Runtime-Deadline-Ms": deadline_in(2)})
    assert host.api.response(late) == ["timeout"]
    (call,) = client_spans(host.tap.wait_for_spans(3))
    assert (call.status, call.attributes["error.type"]) == ("ERROR", "timeout")
    assert call.end - call.start < 2_000_000_000


def test_an_answer_to_a_process_without_a_processor_counts(bench: Bench) -> None:
    server, host = bench.outbound_server(), bench.scripted()
    server.function = host.function
    url = server.address.url + "/while-stopped"
    for _ in range(2):
        assert calls_of(host, url=url, timeout=0.5) == ["200 ok"]
    assert server.connection_count == 1


@pytest.mark.parametrize(
    ("path", "outcome"),
    [("/break", "disconnected"), ("/bomb", "too_large"), ("/to-file", "redirect"), ("/missing", "404 none")],
)
def test_a_server_that_misbehaves_is_an_error_and_the_next_call_works(bench: Bench, path: str, outcome: str) -> None:
    server, host = bench.outbound_server(), bench.scripted()
    assert calls_of(host, url=server.address.url + path, followsRedirects=True) == [outcome]
    assert calls_of(host, url=server.address.url + "/") == ["200 ok"]
    first, _ = client_spans(host.tap.delivered)
    assert first.status == "ERROR"


def test_no_secret_of_a_url_is_in_a_span_or_a_log(bench: Bench) -> None:
    server, host = bench.outbound_server(), bench.scripted()
    authority = server.address.url.removeprefix("http://")
    secret = "s3cr3t-value-0001"
    url = f"http://ann:{secret}@{authority}/break?api_key={secret}&sig={secret}"
    assert calls_of(host, url=url) == ["disconnected"]
    (received,) = server.calls.snapshot()
    assert secret in received.request.target
    for span in host.tap.delivered:
        assert secret not in repr(span)
    assert secret not in host.function.log


def test_the_session_leaves_for_trusted_servers_only(bench: Bench) -> None:
    server = bench.outbound_server()
    host_name = server.address.url.removeprefix("http://").split(":")[0]
    for trusted, has_session in ((None, False), ("*.internal.example.com", False), (f"other.example,{host_name}", True)):
        host = bench.scripted({} if trusted is None else {"TRACED_LAMBDA_PROPAGATE_TO": trusted})
        (outcome,) = calls_of(host, url=server.address.url + "/headers")
        headers = json.loads(outcome.removeprefix("200 "))
        (call,) = client_spans(host.tap.delivered)
        assert headers["traceparent"].split("-")[1:3] == [call.trace_id, call.span_id]
        assert ("baggage" in headers) is has_session
        assert not has_session or f"session_id={SESSION}" in headers["baggage"]


def test_a_call_is_one_span_of_the_conventions_under_the_emulator(bench: Bench) -> None:
    server = bench.outbound_server()
    tap, rotel = bench.collector(Dialect.PROTOBUF)
    emulator = bench.emulator(Dialect.PROTOBUF.environment(tap.address))
    for _ in range(2):
        reply = emulator.invoke(probe("http", http={"url": server.address.url + "/a?b=c"}))
        assert reply.json == ["200 ok"]
    spans = tap.wait_for_spans(6)
    calls = client_spans(spans)
    step = next(span for span in spans if span.name == "http")
    assert [call.connection for call in server.calls.snapshot()] == [1, 1]
    assert calls[0].parent_id == step.span_id
    assert calls[0].name == "GET"
    attributes = calls[0].attributes
    assert attributes["url.full"] == server.address.url + "/a?b=c"
    assert attributes["http.response.status_code"] == 200
    assert attributes["http.response.body.size"] == 2
    assert attributes["server.port"] == server.address.port
    assert 0 < attributes["http.response.time_to_first_byte"] < 10
