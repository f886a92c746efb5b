"""A collector that is down, slow or broken: the response is in time, and the log has the number of lost spans."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import pytest

from support.bench import Bench
from support.collector_tap import ACCEPT, Answer, Behaviour, Drop, Limit, Raw, Silence
from support.dialect import Dialect
from support.events import probe
from support.lambda_emulator import LambdaEmulator, Reply
from support.loopback import Address, reserve

BUDGET_SECONDS = 0.5
#: Allows for the process's start, the emulator and a loaded machine. Without a budget, a flush would take seconds more.
MARGIN_SECONDS = 0.8


def start(bench: Bench, collector: Address, **environment: str) -> LambdaEmulator:
    """Starts a function with a flush budget, and warms it up."""
    return bench.emulator(
        {
            **Dialect.PROTOBUF.environment(collector),
            "TRACED_LAMBDA_FLUSH_BUDGET_MS": str(round(BUDGET_SECONDS * 1_000)),
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            # A flush that defers spans for the same reason as one before it is a line of this level.
            "AWS_LAMBDA_LOG_LEVEL": "DEBUG",
            **environment,
        }
    )


def invoke_in_time(emulator: LambdaEmulator, event: Any) -> Reply:
    started = time.monotonic()
    reply = emulator.invoke(event)
    seconds = time.monotonic() - started
    assert seconds < BUDGET_SECONDS + MARGIN_SECONDS, f"the response took {seconds:.2f} s"
    return reply


def losses(emulator: LambdaEmulator) -> list[tuple[int, int]]:
    """The log's entries on incomplete flushes: deferred spans and lost spans."""
    return [
        (int(line.get("deferredSpans", 0)), int(line.get("droppedSpans", 0)))
        for line in emulator.json_lines
        if line["message"].startswith("flush ")
    ]


KEPT, GONE = (2, 0), (0, 2)

FAULTS: dict[str, tuple[Behaviour, tuple[int, int]]] = {
    "slow beyond the budget": (Silence(), KEPT),
    "closes without an answer": (Drop(), KEPT),
    "resets": (Drop(reset=True), KEPT),
    "closes within the head of a 200": (Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"), KEPT),
    "429 that asks to wait an hour": (Answer(429, headers={"Retry-After": "3600"}), KEPT),
    "502": (Answer(502), KEPT),
    "503": (Answer(503), KEPT),
    "504": (Answer(504), KEPT),
    "garbage": (Raw(b"\x16\x03\x01 this is no HTTP \r\n\r\n"), GONE),
    "a status that is none": (Raw(b"HTTP/1.1 banana\r\n\r\n"), GONE),
    "307": (Answer(307, headers={"Location": "http://127.0.0.1:9/"}), GONE),
    "400": (Answer(400, b"<html>not protobuf</html>"), GONE),
    "401": (Answer(401), GONE),
    "403": (Answer(403), GONE),
    "404": (Answer(404), GONE),
    "413": (Answer(413), GONE),
    "500": (Answer(500), GONE),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("command", ["echo", "fail"])
def test_the_response_goes_out_in_time_and_the_loss_is_logged_with_its_count(
    bench: Bench, fault: str, command: str
) -> None:
    behaviour, expected = FAULTS[fault]
    tap = bench.tap(behaviour)
    emulator = start(bench, tap.address)

    reply = invoke_in_time(emulator, probe(command, text="answered"))

    assert reply.status == 200
    assert (reply.json if command == "echo" else reply.json["errorMessage"]) == "answered"
    assert losses(emulator) == [expected]


@pytest.mark.parametrize(
    "fault", [name for name, (_, expected) in FAULTS.items() if expected == GONE and name != "413"]
)
def test_what_otlp_calls_permanent_is_sent_once(bench: Bench, fault: str) -> None:
    tap = bench.tap(FAULTS[fault][0])
    emulator = start(bench, tap.address)

    emulator.invoke(probe("echo"))
    tap.behave(ACCEPT)
    emulator.invoke(probe("echo"))

    assert len(tap.exports) == 2
    assert len(tap.delivered) == 2, "what the collector had refused came again"


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"partialSuccess":null}', b"\x0a\x00", b"\xff\xfe not protobuf", b"<html>"]
)
@pytest.mark.parametrize("status", [200, 202, 204])
def test_odd_answers_that_accept_are_accepted(bench: Bench, status: int, body: bytes) -> None:
    tap = bench.tap(Answer(status, b"" if status == 204 else body))
    emulator = start(bench, tap.address)

    emulator.invoke(probe("echo"))
    emulator.invoke(probe("echo"))

    assert losses(emulator) == []
    assert len(tap.exports) == 2


def test_a_partial_success_is_logged_with_its_count_and_not_sent_again(bench: Bench) -> None:
    # partial_success {rejected_spans: 1, error_message: "too long"}
    tap = bench.tap(
        Answer(200, b"\x0a\x0c\x08\x01\x12\x08too long", {"Content-Type": "application/x-protobuf"}), ACCEPT
    )
    emulator = start(bench, tap.address)

    emulator.invoke(probe("echo"))
    emulator.invoke(probe("echo"))

    assert losses(emulator) == [(0, 1)]
    assert "too long" in emulator.log
    assert len(tap.delivered) == 4


def test_a_request_that_is_too_large_is_halved_until_all_of_it_arrives(bench: Bench) -> None:
    tap = bench.tap(Limit(600_000))
    emulator = start(bench, tap.address, TRACED_LAMBDA_FLUSH_BUDGET_MS="3000")

    emulator.invoke(probe("spans", count=3, text="x" * 250_000))

    assert [span.name for span in tap.delivered] == ["step", "step", "step", "spans", "ProbeFunction"]
    assert len({span.span_id for span in tap.delivered}) == 5
    assert losses(emulator) == []
    assert any(export.status == 413 for export in tap.exports)


def test_of_a_request_that_is_too_large_only_the_span_that_is_refused_alone_is_lost(bench: Bench) -> None:
    tap = bench.tap(Limit(100_000))
    emulator = start(bench, tap.address)

    emulator.invoke(probe("spans", count=1, text="x" * 250_000))

    assert [span.name for span in tap.delivered] == ["spans", "ProbeFunction"]
    assert losses(emulator) == [(0, 1)]
    assert "HTTP 413" in emulator.log


def test_a_span_over_the_limit_of_a_request_is_cut_and_arrives(bench: Bench) -> None:
    tap = bench.tap(Limit(5_000_000))
    json_settings = {"OTEL_EXPORTER_OTLP_PROTOCOL": "http/json", "TRACED_LAMBDA_FLUSH_BUDGET_MS": "5000"}
    emulator = start(bench, tap.address, **json_settings)
    # In JSON, each of these bytes is an escape of six, in the event as in the span.
    inputs = {f"value {index}": "\u0001" * 32_000 for index in range(27)}

    emulator.invoke(probe("enrich-span", documents=[{"inputs": inputs}]))

    large, root = tap.delivered
    assert (large.name, root.name) == ("enrich-span", "ProbeFunction")
    assert large.attributes["honeyhive_metadata.truncated"] is True
    assert large.attributes["honeyhive_inputs.value 0"].endswith("\u0001…")
    assert losses(emulator) == []


def test_a_login_page_in_place_of_a_collector_is_named_once_with_the_setting(bench: Bench) -> None:
    page = Answer(200, b"<!DOCTYPE html><title>Sign in</title>", {"Content-Type": "text/html"})
    tap = bench.tap(page)
    emulator = start(bench, tap.address)

    for _ in range(3):
        emulator.invoke(probe("echo"))

    lines = [line for line in emulator.json_lines if "web page" in line["message"]]
    assert [line["level"] for line in lines] == ["WARN", "DEBUG", "DEBUG"]
    assert "OTEL_EXPORTER_OTLP" in lines[0]["message"]
    assert losses(emulator) == []


def test_a_warning_of_the_collector_is_logged_and_nothing_is_lost(bench: Bench) -> None:
    tap = bench.tap(
        Answer(200, b'{"partialSuccess":{"errorMessage":"use v2"}}', {"Content-Type": "application/json"})
    )
    emulator = start(bench, tap.address)

    emulator.invoke(probe("echo"))

    assert any(line["message"].endswith("use v2") for line in emulator.json_lines)
    assert losses(emulator) == []


def test_refused_then_up_the_deferred_spans_arrive_with_the_next_invocation_once(bench: Bench) -> None:
    address = reserve()
    emulator = start(bench, address)

    invoke_in_time(emulator, probe("first"))
    invoke_in_time(emulator, probe("second"))
    tap = bench.tap(address=address)
    invoke_in_time(emulator, probe("third"))
    invoke_in_time(emulator, probe("fourth"))

    assert losses(emulator) == [(2, 0), (4, 0)]
    names = [span.name for span in tap.delivered]
    assert sorted(name for name in names if name != "ProbeFunction") == ["first", "fourth", "second", "third"]
    assert names.count("ProbeFunction") == 4
    assert len({span.span_id for span in tap.delivered}) == 8


@pytest.mark.parametrize(
    "fault", [name for name, (_, expected) in FAULTS.items() if expected == KEPT and "429" not in name]
)
def test_what_can_be_retried_arrives_with_the_next_invocation_once(bench: Bench, fault: str) -> None:
    tap = bench.tap(FAULTS[fault][0])
    emulator = start(bench, tap.address)

    invoke_in_time(emulator, probe("first"))
    tap.behave(ACCEPT)
    invoke_in_time(emulator, probe("second"))
    invoke_in_time(emulator, probe("third"))

    names = [span.name for span in tap.delivered]
    assert sorted(name for name in names if name != "ProbeFunction") == ["first", "second", "third"]
    assert len({span.span_id for span in tap.delivered}) == len(names) == 6
    assert losses(emulator) == [KEPT]


def test_a_short_fault_is_retried_within_the_same_flush(bench: Bench) -> None:
    tap = bench.tap(Answer(503), Answer(429, headers={"Retry-After": "0"}), ACCEPT)
    emulator = start(bench, tap.address)

    invoke_in_time(emulator, probe("echo"))

    assert len(tap.delivered) == 2
    assert len(tap.exports) == 3
    bodies = {export.request.body for export in tap.exports}
    assert len(bodies) == 1, "a retry sends the same bytes, so that a collector can tell"
    assert losses(emulator) == []


def test_a_collector_that_asks_to_wait_gets_no_request_meanwhile(bench: Bench) -> None:
    tap = bench.tap(Answer(503, headers={"Retry-After": "3600"}), ACCEPT)
    emulator = start(bench, tap.address)

    invoke_in_time(emulator, probe("echo"))
    invoke_in_time(emulator, probe("echo"))

    assert len(tap.exports) == 1
    assert losses(emulator) == [(2, 0), (4, 0)]


@pytest.mark.parametrize("status", [429, 503])
def test_no_pause_follows_the_last_attempt(bench: Bench, status: int) -> None:
    host = bench.scripted({"TRACED_LAMBDA_FLUSH_BUDGET_MS": "5000"}, Answer(status))

    post = host.api.outcome(host.api.offer(probe("echo")))

    attempts = [export.answered_at for export in host.tap.exports]
    pauses = [after - before for before, after in pairwise(attempts)]
    assert 2 <= len(attempts) <= 10
    assert post.received_at - attempts[-1] < max(pauses) / 2, "the response waited for an attempt that never came"


def test_a_flush_never_outlasts_the_deadline(bench: Bench) -> None:
    tap = bench.tap(Silence())
    emulator = bench.emulator(
        {**Dialect.PROTOBUF.environment(tap.address), "TRACED_LAMBDA_FLUSH_BUDGET_MS": "60000"}, timeout_seconds=2
    )

    replies = [emulator.invoke(probe("echo", text="in time")) for _ in range(2)]

    assert [reply.text for reply in replies] == ['"in time"'] * 2


def test_a_budget_of_nothing_posts_at_once(bench: Bench) -> None:
    tap = bench.tap(Silence())
    emulator = start(bench, tap.address, TRACED_LAMBDA_FLUSH_BUDGET_MS="0")

    assert invoke_in_time(emulator, probe("echo", text="at once")).json == "at once"
    assert tap.exports == []
    assert losses(emulator) == [KEPT]
