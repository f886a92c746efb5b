"""What a handler does to its own process: descriptors, signals, copies of the process, ends. It leaves a trace, never a hang."""

from __future__ import annotations

import shlex
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import locations
from support.bench import Bench, Scripted
from support.collector_tap import ACCEPT, Drop
from support.dialect import Dialect
from support.events import probe
from support.waiting import eventually

STEPS = 3
#: The names of the spans of an invocation that goes on after its misconduct.
WHOLE = ["step"] * 2 * STEPS + ["misbehave", "ProbeFunction"]


@pytest.fixture
def journals(tmp_path: Path) -> Iterator[list[str]]:
    """The words before a command whose `/tmp` is a directory of this test's own, and outlives the process."""
    directory = tmp_path / "sandbox"
    directory.mkdir()
    # The executable may be below the machine's /tmp.
    script = f"exec 3<\"$1\"; mount --bind {directory} /tmp; exec /proc/self/fd/3"
    yield ["unshare", "--mount", "--map-root-user", "sh", "-ec", script, "sh"]


def misbehave(host: Scripted, way: str, steps: int = STEPS) -> str:
    return str(host.api.response(host.api.offer(probe("misbehave", text=way, count=steps))))


def echo(host: Scripted) -> None:
    assert host.api.response(host.api.offer(probe("echo", text="works"))) == "works"


@pytest.mark.parametrize("worker_count", [1, 4])
def test_a_child_process_inherits_no_descriptor(bench: Bench, worker_count: int) -> None:
    host = bench.scripted(worker_count=worker_count)
    for request in [host.api.offer(probe("echo", text="works")) for _ in range(2 * worker_count)]:
        assert host.api.response(request) == "works"

    # A pipe of the shell's own, and the directory that ls reads.
    text = host.api.response(host.api.offer(probe("shell", text="exec ls -l /proc/self/fd")))

    lines = [line.partition(" -> ")[2] for line in text.splitlines() if " -> " in line]
    assert not [line for line in lines[3:] if "/proc/" not in line], text
    assert not [line for line in lines if "socket:" in line or "journal" in line or "anon_inode" in line], text


@pytest.mark.parametrize("way", ["close", "replace"])
@pytest.mark.parametrize("worker_count", [1, 4])
def test_a_handler_that_closes_descriptors_is_answered_and_traced_and_the_process_ends(
    bench: Bench, way: str, worker_count: int
) -> None:
    host = bench.scripted(worker_count=worker_count)
    echo(host)
    # No worker waits for an answer.
    host.api.wait_for_polls(worker_count + 1)

    assert misbehave(host, way) == "survived"

    # Dispatch's own descriptors are gone, too, so that no task that sleeps would ever wake up.
    assert host.function.wait() == 1
    names = [span.name for span in host.tap.wait_for_spans(len(WHOLE) + 2)]
    assert sorted(names) == sorted([*WHOLE, "echo", "ProbeFunction"])
    assert host.function.log.count("close only what the function opens") == 1
    # libcurl may repeat a lost request for /next, and the server counts the lost one, too.
    host.api.violations[:] = [text for text in host.api.violations if "requests for /next wait" not in text]


def test_a_handler_that_changes_signals_is_traced_and_a_shutdown_still_works(bench: Bench) -> None:
    host = bench.scripted({"TRACED_LAMBDA_SIGTERM": "true"})

    assert misbehave(host, "signals") == "survived"
    # With the default of SIGPIPE, a write to a closed connection would end the process.
    host.tap.behave(Drop(reset=True))
    echo(host)
    host.tap.interrupt_connections(reset=True)
    host.tap.behave(ACCEPT)
    echo(host)
    host.api.wait_for_polls(4)
    host.function.signal(signal.SIGTERM)

    assert host.function.wait() == 0
    assert len([span for span in host.tap.delivered if span.name == "step"]) == 2 * STEPS


@pytest.mark.parametrize("way", ["fork", "fork-exit"])
def test_a_copy_of_the_process_neither_answers_nor_writes_spans(bench: Bench, way: str) -> None:
    host = bench.scripted()
    echo(host)

    assert misbehave(host, way) == "survived"
    echo(host)

    spans = host.tap.wait_for_spans(len(WHOLE) + 4)
    assert len(spans) == len({span.span_id for span in spans}) == len(WHOLE) + 4
    if way == "fork":
        host.function.wait_for_log("made with fork")


def test_the_spans_of_a_process_that_has_forked_survive_its_crash(bench: Bench, journals: list[str]) -> None:
    first = restartable(bench, journals)
    first.tap.behave(Drop())
    assert misbehave(first, "fork") == "survived"
    first.function.kill()

    first.tap.behave(ACCEPT)
    second = restartable(bench, journals, first)
    echo(second)

    names = [span.name for span in second.tap.wait_for_spans(len(WHOLE) + 2)]
    assert sorted(names) == sorted([*WHOLE, "echo", "ProbeFunction"])


def test_closed_descriptors_lose_no_span_in_a_crash(bench: Bench, journals: list[str]) -> None:
    first = restartable(bench, journals)
    first.tap.behave(Drop())
    assert misbehave(first, "close") == "survived"
    assert first.function.wait() == 1

    first.tap.behave(ACCEPT)
    second = restartable(bench, journals, first)
    echo(second)

    names = [span.name for span in second.tap.wait_for_spans(len(WHOLE) + 2)]
    assert sorted(names) == sorted([*WHOLE, "echo", "ProbeFunction"])


@pytest.mark.parametrize("way", ["exec", "exit"])
def test_a_handler_that_ends_or_replaces_its_process_leaves_a_trace(
    bench: Bench, journals: list[str], way: str
) -> None:
    first = restartable(bench, journals)
    event = probe("exit", count=0) if way == "exit" else probe("misbehave", text="exec", count=STEPS)
    first.api.offer(event)
    assert first.function.wait() == 0

    second = restartable(bench, journals, first)
    echo(second)

    root = "exit" if way == "exit" else "misbehave"
    spans = second.tap.wait_for_spans(4 if way == "exit" else 4 + STEPS)
    failed = [span for span in spans if span.name == root]
    assert [span.status for span in failed] == ["ERROR"]


def test_exits_at_any_moment_never_hang(bench: Bench) -> None:
    for _ in range(5):
        host = bench.scripted(worker_count=4)
        for _ in range(3):
            host.api.offer(probe("echo", text="works"))
        host.api.offer(probe("exit", count=0))
        assert host.function.wait(within=5) == 0


def test_without_descriptors_spans_wait_and_one_line_says_why(bench: Bench) -> None:
    host = bench.scripted({"AWS_LAMBDA_LOG_FORMAT": "Text"})

    # There is no connection to the collector yet, and none can be opened before the descriptors are gone.
    host.tap.stop_listening()

    assert misbehave(host, "exhaust") == "survived"
    echo(host)
    lines = [line for line in host.function.lines if "no free descriptor" in line]
    assert len(lines) == 1, host.function.log
    assert "close what the function opens" in lines[0]
    host.tap.listen_again()
    misbehave(host, "free", steps=0)

    def arrived() -> bool:
        # The circuit breaker may be open; an invocation probes the collector.
        echo(host)
        return [span.name for span in host.tap.delivered].count("step") == 2 * STEPS

    eventually(arrived, lambda: host.function.log)


def test_without_threads_the_workers_that_start_serve_and_one_line_says_so(bench: Bench) -> None:
    tap, api = bench.tap(), bench.runtime_api(worker_count=32)
    settings = {**Dialect.PROTOBUF.environment(tap.address), "AWS_LAMBDA_MAX_CONCURRENCY": "32"}
    # Large stacks, in KiB: a thread does not fit long before memory, whose end no program survives, is exhausted.
    limited = "ulimit -s 200000; ulimit -v 2000000; exec {}".format
    function = bench.function(
        api, settings, command=lambda bootstrap: ["sh", "-c", limited(shlex.quote(str(bootstrap)))]
    )

    for _ in range(5):
        assert api.response(api.offer(probe("echo", text="works"))) == "works"

    eventually(lambda: "of 32 workers could be started" in function.log, lambda: function.log)
    for text in ("of 32 workers could be started", "the deadline thread could not be started"):
        assert len([line for line in function.lines if text in line]) <= 1, function.log


def restartable(bench: Bench, entrance: list[str], first: Scripted | None = None) -> Scripted:
    """A process whose `/tmp` a later one shares, with the same collector."""
    tap = first.tap if first else bench.tap()
    api = bench.runtime_api()
    settings = {**Dialect.PROTOBUF.environment(tap.address), "AWS_LAMBDA_LOG_FORMAT": "JSON"}
    function = bench.function(
        api, settings, command=lambda bootstrap: [*entrance, locations.bootstrap("ProbeFunction")]
    )
    return Scripted(api, function, tap)
