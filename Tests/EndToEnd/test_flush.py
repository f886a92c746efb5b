"""`context.tracer.flush()` within a handler."""

from __future__ import annotations

from support.bench import Bench
from support.collector_tap import ACCEPT, Answer, Drop, Forward
from support.dialect import Dialect
from support.events import probe

COLLECTOR_SECONDS = 0.3


def test_a_flush_delivers_before_the_handler_goes_on(bench: Bench) -> None:
    tap = bench.tap(Forward(COLLECTOR_SECONDS), collector=bench.rotel())
    emulator = bench.emulator(Dialect.PROTOBUF.environment(tap.address), taps_runtime_api=True)

    reply = emulator.invoke(probe("flush"))

    assert reply.json == "exported 1 deferred 0 dropped 0"
    early, late = tap.exports
    assert early.answered_at < late.received_at
    before, around, root = tap.delivered
    assert (before.name, around.name, root.name) == ("before-flush", "flush", "ProbeFunction")
    assert before.parent_id == around.span_id
    # The enclosing span ended only after the collector's delay.
    assert around.end - before.end >= COLLECTOR_SECONDS * 1e9
    (post,) = emulator.posts("response")
    assert late.answered_at < post.received_at


def test_a_flush_tells_what_was_not_delivered_and_the_next_one_takes_it_along(bench: Bench) -> None:
    host = bench.scripted({"TRACED_LAMBDA_FLUSH_BUDGET_MS": "100"}, Drop(), Drop())

    deferred = host.api.response(host.api.offer(probe("flush")))
    host.tap.behave(Answer(400), ACCEPT)
    dropped = host.api.response(host.api.offer(probe("flush")))

    assert deferred == "exported 0 deferred 1 dropped 0"
    # The three spans of the first invocation, and the one that had ended in the second.
    assert dropped == "exported 0 deferred 0 dropped 4"
    assert [span.name for span in host.tap.delivered] == ["flush", "ProbeFunction"]


def test_a_flush_without_tracing_does_nothing(bench: Bench) -> None:
    api = bench.runtime_api()
    bench.function(api, {"HH_TEST_MODE": "true"})

    assert api.response(api.offer(probe("flush"))) == "exported 0 deferred 0 dropped 0"
