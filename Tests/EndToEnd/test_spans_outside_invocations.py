"""Spans that libraries make in the handler's init, in detached tasks, and after the response."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.bench import Bench
from support.dialect import Dialect
from support.events import probe, streaming_probe
from support.waiting import eventually

SESSION = "11111111-2222-4333-8444-555555555555"
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
SPAN_ID = "b7ad6b7169203331"
TRACEPARENT = f"00-{TRACE_ID}-{SPAN_ID}-01"
INIT = {"PROBE_INIT_SPANS": "1"}
LOSS = "spans outside any invocation were not recorded"


@pytest.mark.parametrize(
    ("product", "event"), [("ProbeFunction", probe("echo")), ("StreamingProbe", streaming_probe({"text": "x"}))]
)
def test_spans_of_the_init_hang_under_the_first_invocation(bench: Bench, product: str, event: dict[str, Any]) -> None:
    host = bench.scripted(INIT, product=product)

    host.api.outcome(host.api.offer({**event, "session_id": SESSION, "traceparent": TRACEPARENT}))
    first = {span.name: span for span in host.tap.delivered}
    host.api.outcome(host.api.offer(event))

    root = first[product]
    assert root.parent_id == SPAN_ID
    for name in ("load-model", "read-file", "warm-up"):
        assert first[name].trace_id == TRACE_ID
        assert first[name].session_id == SESSION
    assert first["load-model"].parent_id == first["warm-up"].parent_id == root.span_id
    assert first["read-file"].parent_id == first["load-model"].span_id
    assert first["load-model"].attributes["size"] == 7
    assert first["load-model"].end <= root.start
    assert first["warm-up"].attributes["honeyhive_metadata.unfinished"] is True
    names = [span.name for span in host.tap.delivered]
    assert names.count("load-model") == names.count("warm-up") == 1
    assert LOSS not in host.function.log


def test_spans_of_an_init_that_fails_are_counted_in_the_log(bench: Bench) -> None:
    host = bench.scripted({**INIT, "PROBE_INIT": "throw"})

    host.api.error_of_init()

    assert host.function.wait() > 0
    assert f"3 {LOSS}: the process ended before its first invocation" in host.function.log


def test_spans_without_an_invocation_around_them_belong_to_the_only_one_that_runs(bench: Bench) -> None:
    host = bench.scripted()

    host.api.outcome(host.api.offer(probe("spans-outside-tasks", session_id=SESSION)))

    spans = {span.name: span for span in host.tap.delivered}
    for name in ("detached", "queued", "top-level"):
        assert spans[name].parent_id == spans["ProbeFunction"].span_id
        assert spans[name].trace_id == spans["ProbeFunction"].trace_id
        assert spans[name].session_id == SESSION
    assert LOSS not in host.function.log


def test_with_several_invocations_they_are_counted_in_the_log(bench: Bench) -> None:
    host = bench.scripted(worker_count=2)
    host.api.wait_for_polls(2)

    ids = [host.api.offer(probe("spans-later", count=500, text="wait")) for _ in range(2)]
    for request_id in ids:
        host.api.outcome(request_id)

    warnings = eventually(
        lambda: [line["message"] for line in host.function.json_lines if LOSS in line["message"]], "a line"
    )
    assert "more than one invocation was running" in warnings[0]
    assert "later" not in {span.name for span in host.tap.delivered}


def test_spans_of_a_detached_task_after_the_response_are_counted_in_the_log(bench: Bench) -> None:
    host = bench.scripted()

    host.api.outcome(host.api.offer(probe("spans-later", count=300)))
    # No further invocation is needed.
    host.function.wait_for_log(LOSS)
    host.api.outcome(host.api.offer(probe("echo")))

    (warning,) = [line["message"] for line in host.function.json_lines if LOSS in line["message"]]
    assert warning.startswith(f"3 {LOSS}: no invocation was running")
    assert "later" not in {span.name for span in host.tap.delivered}


def test_spans_of_a_child_task_after_the_response_are_delivered_with_the_next_invocation(bench: Bench) -> None:
    host = bench.scripted()

    host.api.outcome(host.api.offer(probe("spans-later-in-context", count=100, session_id=SESSION)))
    host.api.outcome(host.api.offer(probe("sleep", count=300)))

    spans = host.tap.delivered
    # The step in which the task was started.
    (step,) = [span for span in spans if span.name == "spans-later-in-context"]
    later = [span for span in spans if span.name == "later"]
    assert [span.parent_id for span in later] == [step.span_id] * 3
    assert {span.session_id for span in later} == {SESSION}
    assert LOSS not in host.function.log


def test_without_tracing_nothing_is_logged(bench: Bench) -> None:
    api = bench.runtime_api()
    function = bench.function(api, {"HH_TEST_MODE": "true", **INIT})

    api.outcome(api.offer(probe("spans-later", count=0)))
    api.outcome(api.offer(probe("sleep", count=300)))

    assert LOSS not in function.log


def test_a_library_that_consumes_a_message_continues_its_senders_trace(bench: Bench) -> None:
    host = bench.scripted()
    message = {"Traceparent": TRACEPARENT, "Baggage": f"session_id={SESSION},run_id=r-1"}

    host.api.outcome(host.api.offer(probe("consume", message=message)))

    spans = {span.name: span for span in host.tap.delivered}
    assert spans["consumer"].parent_id == SPAN_ID
    assert spans["step"].parent_id == spans["consumer"].span_id
    for name in ("consumer", "step"):
        assert spans[name].trace_id == TRACE_ID
        assert spans[name].session_id == SESSION
        assert spans[name].attributes["honeyhive_metadata.run_id"] == "r-1"
    assert spans["ProbeFunction"].session_id != SESSION


def test_an_evaluation_run_of_the_environment_is_on_spans_and_in_the_sessions_start(bench: Bench) -> None:
    ingestion = bench.ingestion()
    settings = {"HH_SESSION_START": "true", "RUN_ID": "r-1", "DATASET_ID": "d-1"}
    emulator = bench.emulator(Dialect.HONEYHIVE.environment(ingestion.address) | settings)

    emulator.invoke(probe("echo", session_id=SESSION, baggage="run_id=r-2"))

    start, *_ = ingestion.exchanges.snapshot()
    assert json.loads(start.request.body)["session"]["metadata"] == {"run_id": "r-2", "dataset_id": "d-1"}
