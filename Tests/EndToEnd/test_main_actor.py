"""Code of the main actor runs, in the init and in handlers: the process's first thread serves it.

The init of both probes calls a main-actor function, too.
"""

from __future__ import annotations

import signal

from support.bench import Bench
from support.events import probe, streaming_probe


def test_a_handler_reaches_the_main_actor(bench: Bench) -> None:
    host = bench.scripted()

    for _ in range(3):
        assert host.api.response(host.api.offer(probe("main-actor"))) == "main"

    names = [span.name for span in host.tap.wait_for_spans(6)]
    assert names.count("main-actor") == 3


def test_several_workers_reach_the_main_actor(bench: Bench) -> None:
    host = bench.scripted(worker_count=4)

    requests = [host.api.offer(probe("main-actor")) for _ in range(20)]

    assert [host.api.response(request) for request in requests] == ["main"] * 20


def test_a_streaming_handler_reaches_the_main_actor(bench: Bench) -> None:
    host = bench.scripted(product="StreamingProbe")
    event = streaming_probe({"text": "a"}, {"writesFromMainActor": True}, {"text": "b"})

    assert host.api.outcome(host.api.offer(event)).request.body == b"amainb"


def test_a_shutdown_ends_the_process_as_before(bench: Bench) -> None:
    host = bench.scripted({"TRACED_LAMBDA_SIGTERM": "true"})
    assert host.api.response(host.api.offer(probe("main-actor"))) == "main"
    host.api.wait_for_polls(2)

    host.function.signal(signal.SIGTERM)

    assert host.function.wait() == 0
