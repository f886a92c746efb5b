"""The runtime's work during a handler and after it: traces are complete, and no caller waits for it."""

from __future__ import annotations

import signal

import pytest
from support.bench import Bench
from support.collector_tap import ACCEPT, Answer, Drop, Silence
from support.dialect import Dialect
from support.events import probe
from support.scripted_runtime_api import deadline_in
from support.waiting import eventually

#: The consecutive flushes without an answer after which the circuit breaker opens.
FAILURE_THRESHOLD = 3


def test_a_long_handler_finds_its_connection_open_and_opening_it_shows_no_key(bench: Bench) -> None:
    tap, api = bench.tap(), bench.runtime_api()
    bench.function(api, Dialect.HONEYHIVE.environment(tap.address))

    api.response(api.offer(probe("sleep", count=300)))

    head, export = tap.exchanges.snapshot()
    assert (head.request.method, export.request.method) == ("HEAD", "POST")
    assert head.request.header("Authorization") is None
    assert export.request.header("Authorization") is not None
    assert head.connection == export.connection


def test_a_short_handler_makes_no_request_but_its_export(bench: Bench) -> None:
    host = bench.scripted()

    for _ in range(5):
        host.api.response(host.api.offer(probe("echo")))

    assert {exchange.request.method for exchange in host.tap.exchanges.snapshot()} <= {"POST"}


def test_after_the_response_is_after_the_response_and_before_the_next_invocation(bench: Bench) -> None:
    host = bench.scripted({"TRACED_LAMBDA_FLUSH": "after-response"}, Answer(200, delay_seconds=0.3))

    posts = [host.api.outcome(host.api.offer(probe(command))) for command in ("echo", "fail")]
    host.api.wait_for_polls(3)

    exports, polls = host.tap.exports, host.api.polls.snapshot()
    assert len(exports) == 2
    for post, export, next_poll in zip(posts, exports, polls[1:], strict=True):
        assert post.received_at < export.received_at
        assert export.answered_at < next_poll
    assert [span.name for span in host.tap.delivered] == ["echo", "ProbeFunction", "fail", "ProbeFunction"]


def test_a_handler_that_ends_after_its_spans_were_cut_short_answers_and_is_told_once(bench: Bench) -> None:
    host = bench.scripted({"TRACED_LAMBDA_DEADLINE_MARGIN_MS": "1000"})

    # Open spans are ended half the margin before the deadline: after 2.5 s.
    late = host.api.offer(probe("sleep", count=2_900), {"Lambda-Runtime-Deadline-Ms": deadline_in(3)})

    assert host.api.response(late) == "slept"
    step, root, finished = host.tap.wait_for_spans(3)
    assert (step.name, root.name, finished.name) == ("sleep", "ProbeFunction", "finished")
    for span in (step, root):
        assert (span.status, span.attributes["error.type"]) == ("ERROR", "timeout")
    assert finished.parent_id == root.span_id
    assert finished.status == "UNSET"


def test_a_silent_collector_is_left_alone_until_a_probe_finds_it_back(bench: Bench) -> None:
    host = bench.scripted({"TRACED_LAMBDA_FLUSH_BUDGET_MS": "100"}, Silence())

    for _ in range(FAILURE_THRESHOLD + 5):
        host.api.response(host.api.offer(probe("echo")))
    asked = len(host.tap.exports)
    host.tap.behave(ACCEPT)

    def all_delivered() -> bool:
        host.api.response(host.api.offer(probe("echo")))
        return len(host.tap.delivered) >= 2 * (FAILURE_THRESHOLD + 5)

    assert asked == FAILURE_THRESHOLD
    eventually(all_delivered, lambda: f"the collector to be asked again:\n{host.function.log}")
    ids = [span.span_id for span in host.tap.delivered]
    assert len(set(ids)) == len(ids)


def test_the_next_process_delivers_what_a_crashed_one_has_left(bench: Bench) -> None:
    tap, api = bench.tap(Drop()), bench.runtime_api()
    settings = {**Dialect.PROTOBUF.environment(tap.address), "TRACED_LAMBDA_FLUSH_BUDGET_MS": "100"}
    session = "11111111-2222-4333-8444-555555555555"
    first = bench.function(api, settings)
    api.response(api.offer(probe("echo", session_id=session)))
    crashed = api.offer(probe("crash", session_id=session))
    assert first.wait() != 0
    assert tap.delivered == []

    tap.behave(ACCEPT)
    restarted = bench.runtime_api()
    second = bench.function(restarted, settings)

    def all_recovered() -> bool:
        # Recovery takes a limited time before each invocation, so on a busy machine it may take several.
        restarted.response(restarted.offer(probe("context")))
        return len([span for span in tap.delivered if span.session_id == session]) >= 4

    eventually(all_recovered, lambda: f"the spans of the crashed process:\n{second.log}")
    recovered = [span for span in tap.delivered if span.session_id == session]
    spans = {span.attributes.get("faas.invocation_id", span.name): span for span in recovered}
    assert len(spans) == len(recovered) == 4
    assert spans["echo"].status == "UNSET"
    for span in (spans["crash"], spans[crashed]):
        assert span.status == "ERROR"
        assert span.session_id == session
    assert spans["crash"].parent_id == spans[crashed].span_id
    assert "an earlier process" in second.log


def test_what_is_undelivered_at_a_shutdown_goes_out_then(bench: Bench) -> None:
    host = bench.scripted({"TRACED_LAMBDA_SIGTERM": "true", "TRACED_LAMBDA_FLUSH_BUDGET_MS": "100"}, Drop())
    host.api.response(host.api.offer(probe("echo")))
    host.api.wait_for_polls(2)
    assert host.tap.delivered == []

    host.tap.behave(ACCEPT)
    host.function.signal(signal.SIGTERM)

    assert host.function.wait() == 0
    assert [span.name for span in host.tap.delivered] == ["echo", "ProbeFunction"]


def test_what_is_undelivered_when_the_process_ends_itself_goes_out_then(bench: Bench) -> None:
    host = bench.scripted({"TRACED_LAMBDA_FLUSH_BUDGET_MS": "500"}, Drop())
    host.api.response(host.api.offer(probe("echo")))
    host.api.wait_for_polls(2)
    assert host.tap.delivered == []

    host.tap.behave(ACCEPT)
    host.api.answer_next(500)

    assert host.function.wait() > 0
    assert [span.name for span in host.tap.delivered] == ["echo", "ProbeFunction"]


@pytest.mark.parametrize("way", ["SIGTERM", "/next"])
@pytest.mark.parametrize("journal", ["true", "false"])
def test_what_cannot_be_delivered_at_the_end_is_counted_unless_the_journal_keeps_it(
    bench: Bench, way: str, journal: str
) -> None:
    settings = {"TRACED_LAMBDA_SIGTERM": "true", "TRACED_LAMBDA_FLUSH_BUDGET_MS": "100"}
    host = bench.scripted({**settings, "TRACED_LAMBDA_JOURNAL": journal}, Drop())
    host.api.response(host.api.offer(probe("echo")))
    host.api.wait_for_polls(2)

    if way == "SIGTERM":
        host.function.signal(signal.SIGTERM)
    else:
        host.api.answer_next(500)
    host.function.wait()

    lost = sum(int(line.get("droppedSpans", 0)) for line in host.function.json_lines)
    assert lost == (2 if journal == "false" else 0)
    assert ("the process ends, and the journal has no copy" in host.function.log) == (journal == "false")


@pytest.mark.parametrize("worker_count", [4, 16])
def test_a_shutdown_delivers_the_spans_of_all_workers(bench: Bench, worker_count: int) -> None:
    settings = {"TRACED_LAMBDA_SIGTERM": "true", "TRACED_LAMBDA_FLUSH_BUDGET_MS": "100"}
    host = bench.scripted(settings, Drop(), worker_count=worker_count)
    # Each worker has one: they overlap.
    requests = [host.api.offer(probe("sleep", count=100)) for _ in range(worker_count)]
    for request in requests:
        host.api.response(request)
    host.api.wait_for_polls(2 * worker_count)
    assert host.tap.delivered == []

    host.tap.behave(Answer(200, b"{}", {"Content-Type": "application/json"}, delay_seconds=0.06))
    host.function.signal(signal.SIGTERM)

    assert host.function.wait() == 0
    names = [span.name for span in host.tap.delivered]
    assert sorted(names) == ["ProbeFunction"] * worker_count + ["sleep"] * worker_count


def test_a_shutdown_waits_for_the_answer_to_spans_on_their_way(bench: Bench) -> None:
    settings = {"TRACED_LAMBDA_SIGTERM": "true", "TRACED_LAMBDA_FLUSH": "after-response"}
    host = bench.scripted(settings, Answer(400, b"no", delay_seconds=0.2))
    host.api.response(host.api.offer(probe("echo")))
    host.tap.wait_for_exports(1)

    host.function.signal(signal.SIGTERM)

    assert host.function.wait() == 0
    assert sum(int(line.get("droppedSpans", 0)) for line in host.function.json_lines) == 2


def test_a_handler_long_after_its_deadline_ends_the_process_and_no_workers_spans_are_lost_in_silence(
    bench: Bench,
) -> None:
    settings = {"TRACED_LAMBDA_JOURNAL": "false", "TRACED_LAMBDA_FLUSH_BUDGET_MS": "100"}
    host = bench.scripted(settings, Drop(), worker_count=2)
    # Both overlap, so that each worker has spans that are not delivered.
    requests = [host.api.offer(probe("sleep", count=100)) for _ in range(2)]
    for request in requests:
        host.api.response(request)
    host.api.wait_for_polls(4)
    host.api.offer(probe("sleep", count=60_000), {"Lambda-Runtime-Deadline-Ms": deadline_in(1)})

    assert host.function.wait() == 1
    assert sum(int(line.get("droppedSpans", 0)) for line in host.function.json_lines) == 6
