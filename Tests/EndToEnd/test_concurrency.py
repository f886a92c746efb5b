"""Concurrent invocations in one process: `AWS_LAMBDA_MAX_CONCURRENCY`, as on Lambda's managed instances."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from support import otlp
from support.bench import Bench
from support.collector_tap import CollectorTap, Forward
from support.dialect import Dialect
from support.events import probe, streaming_probe
from support.http_wire import Request
from support.lambda_emulator import LambdaEmulator, Reply
from support.managed_instance_emulator import ManagedInstanceEmulator
from support.otlp import Span
from support.recording_proxy import Exchange
from support.scripted_runtime_api import PostAnswer

WORKER_COUNT = 8
CONCURRENCY = {"AWS_LAMBDA_MAX_CONCURRENCY": str(WORKER_COUNT)}
#: Long enough that all invocations start before the first one ends.
PAUSE_MILLISECONDS = 700
#: Longer than the pool's connections can serve concurrently, so that workers wait for each other.
COLLECTOR_SECONDS = 0.05


@dataclass(frozen=True)
class Call:
    """One invocation and its result."""

    session_id: str
    trace_id: str
    reply: Reply


def start(bench: Bench, tap: CollectorTap, product: str) -> LambdaEmulator:
    return bench.emulator(
        {**Dialect.PROTOBUF.environment(tap.address), **CONCURRENCY},
        product,
        taps_runtime_api=True,
        kind=ManagedInstanceEmulator,
    )


def wait_until_all_ask(emulator: LambdaEmulator, count: int = WORKER_COUNT) -> None:
    """Waits for a number of pending requests for an invocation."""
    emulator.runtime_api_exchanges.wait(
        lambda exchanges: sum(1 for each in exchanges if is_poll(each.request) and each.status is None) >= count,
        f"{count} workers that ask for an invocation",
    )


def is_poll(request: Request) -> bool:
    return request.target.endswith("/invocation/next")


def invoke_at_once(emulator: LambdaEmulator, event: dict[str, Any]) -> list[Call]:
    """Invokes once per worker, each with its own session and X-Ray trace."""

    def invoke(number: int) -> Call:
        session_id = str(uuid.UUID(int=(0xA << 124) + (4 << 76) + (8 << 60) + number))
        trace_id = f"Root=1-5759e988-{number:024x};Parent=53995c3f42cd8ad8;Sampled=1"
        reply = emulator.invoke({**event, "session_id": session_id}, trace_id=trace_id)
        return Call(session_id, trace_id, reply)

    with ThreadPoolExecutor(WORKER_COUNT) as callers:
        return list(callers.map(invoke, range(1, WORKER_COUNT + 1)))


def spans_by_session(tap: CollectorTap) -> dict[str, list[Span]]:
    sessions: dict[str, list[Span]] = {}
    for span in tap.delivered:
        sessions.setdefault(span.session_id, []).append(span)
    return sessions


def posts_by_invocation(emulator: LambdaEmulator) -> dict[str, Exchange]:
    posts = [each for each in emulator.runtime_api_exchanges.snapshot() if each.request.method == "POST"]
    by_id = {each.request.target.split("/")[-2]: each for each in posts}
    assert len(by_id) == len(posts), "an invocation was answered twice"
    return by_id


def exports_of(tap: CollectorTap, spans: list[Span]) -> list[Exchange]:
    """The export requests that contain any of the spans."""
    ids = {span.span_id for span in spans}
    return [each for each in tap.exports if each.status == 200 and ids & {s.span_id for s in otlp.decode(each.request)}]


@pytest.mark.parametrize("product", ["ProbeFunction", "StreamingProbe"])
def test_concurrent_invocations_do_not_mix(bench: Bench, product: str) -> None:
    tap = bench.tap(Forward(COLLECTOR_SECONDS), collector=bench.rotel())
    emulator = start(bench, tap, product)
    steps = [{"span": "step", "times": 20}, {"pauseMilliseconds": PAUSE_MILLISECONDS}, {"span": "step", "times": 20}]
    is_streamed = product == "StreamingProbe"
    event = (
        streaming_probe({"text": "a"}, *steps, {"text": "b"})
        if is_streamed
        else probe("sleep-with-spans", count=PAUSE_MILLISECONDS)
    )

    wait_until_all_ask(emulator)
    calls = invoke_at_once(emulator, event)

    assert [call.reply.text for call in calls] == (["ab"] if is_streamed else ['"slept"']) * WORKER_COUNT
    sessions = spans_by_session(tap)
    assert sessions.keys() == {call.session_id for call in calls}
    posts = posts_by_invocation(emulator)
    roots = []
    for call in calls:
        spans = sessions[call.session_id]
        (root,) = [span for span in spans if span.name == product]
        roots.append(root)
        assert len([span for span in spans if span.name == "step"]) == 40
        assert len({span.trace_id for span in spans}) == 1
        known = {span.span_id for span in spans}
        assert all(span.parent_id in known for span in spans if span is not root), "a parent of another invocation"
        assert root.attributes["aws.xray.trace_header"] == call.trace_id
        post = posts[root.attributes["faas.invocation_id"]]
        ended_at = post.request.chunks[-1].received_at if is_streamed else post.received_at
        assert all(export.answered_at < ended_at for export in exports_of(tap, spans))
    assert len({root.trace_id for root in roots}) == WORKER_COUNT
    assert [root.attributes["faas.coldstart"] for root in roots].count(True) == 1
    # All invocations ran concurrently.
    assert max(root.start for root in roots) < min(root.end for root in roots)
    assert tap.connection_count <= WORKER_COUNT


@pytest.mark.parametrize("is_refused_at_next", [True, False], ids=["at /next", "at the post"])
def test_a_worker_that_lambda_ends_leaves_the_others_alone(bench: Bench, is_refused_at_next: bool) -> None:
    scripted = bench.scripted(worker_count=3)
    scripted.api.wait_for_polls(3)

    if is_refused_at_next:
        scripted.api.answer_next(500)
    else:
        refused = scripted.api.offer(probe("echo", text="refused"), answer=PostAnswer(status=500))
        scripted.api.outcome(refused)
    scripted.function.wait_for_log("HTTP 500")

    # Two concurrent invocations still work, repeatedly.
    for _ in range(3):
        ids = [scripted.api.offer(probe("sleep", count=100)) for _ in range(2)]
        assert [scripted.api.response(each) for each in ids] == ["slept", "slept"]
    assert scripted.function.is_running
    # The other workers have no more than two open requests: the third worker has ended.
    scripted.api.wait_for_polls(3 + 6 - (1 if is_refused_at_next else 0))


@pytest.mark.parametrize("worker_count", [1, 3])
def test_when_the_last_worker_has_ended_the_process_ends_with_an_error(bench: Bench, worker_count: int) -> None:
    scripted = bench.scripted(worker_count=worker_count)
    scripted.api.wait_for_polls(worker_count)

    for _ in range(worker_count):
        assert scripted.function.is_running
        scripted.api.answer_next(500)

    assert scripted.function.wait() == 1


def test_a_number_of_workers_that_is_none_is_said_and_one_serves(bench: Bench) -> None:
    scripted = bench.scripted({"AWS_LAMBDA_MAX_CONCURRENCY": "many"})

    assert scripted.api.response(scripted.api.offer(probe("echo", text="here"))) == "here"
    scripted.function.wait_for_log("AWS_LAMBDA_MAX_CONCURRENCY")
    scripted.api.wait_for_polls(2)
