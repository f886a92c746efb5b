"""What the function writes to its streams: in the log line by line, in order with the logger's, before the answer."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from support import locations
from support.bench import Bench
from support.dialect import Dialect
from support.events import probe, streaming_probe
from support.lambda_emulator import LambdaEmulator
from support.managed_instance_emulator import ManagedInstanceEmulator
from support.programs import FunctionProgram
from support.scripted_runtime_api import ScriptedRuntimeAPI, deadline_in
from support.waiting import PATIENCE_SECONDS

PRODUCTS = ["ProbeFunction", "StreamingProbe"]
#: How Swift and C code write a line.
WAYS = ["print", "printf", "puts", "putchar", "fprintf-stderr", "write-1", "write-2"]
#: How a process ends, and what its status is then.
ENDS = {
    "kill": -signal.SIGKILL,
    "abort": -signal.SIGABRT,
    "fatalError": -signal.SIGILL,
    "exit": 3,
    "_exit": 3,
    "terminate": -signal.SIGTERM,
}
#: Longer than a block of C's buffers and than what a pipe takes at once, and shorter than ours.
LONG = 60_000
MERGED = ["/bin/sh", "-c", 'exec "$@" 2>&1', "sh"]


def step(way: str, text: str = "", times: int = 1) -> dict[str, Any]:
    return {"way": way, "text": text, "times": times}


def event(product: str, *steps: dict[str, Any]) -> Any:
    """Has the product's handler write."""
    if product == "StreamingProbe":
        return streaming_probe({"output": list(steps)}, {"text": "answered"})
    return probe("write", output=list(steps))


class MergedEmulator(LambdaEmulator):
    """Both streams of the function go to one log, as on Lambda."""

    def command(self, bootstrap: Path, options: list[str], directory: Path) -> list[str | Path]:
        return [*MERGED, *super().command(bootstrap, options, directory)]


def merged(bench: Bench, product: str, environment: dict[str, str] | None = None) -> tuple[
    ScriptedRuntimeAPI, FunctionProgram
]:
    """A function without tracing on the scripted Runtime API, both streams in one log."""
    api = bench.runtime_api()
    settings = {"HH_TEST_MODE": "true", **(environment or {})}
    return api, bench.function(api, settings, product, command=lambda bootstrap: [*MERGED, bootstrap])


def texts(lines: Sequence[str]) -> list[str]:
    """What was written, in order; of the logger's lines the message."""
    return [found[0] for line in lines if (found := re.search(r"line-\d+", line))]


def numbered(ways: Sequence[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """A step for each way, each before and after one of the logger, and the texts in their order."""
    steps = []
    for way in ways:
        steps.append(step(way, f"line-{len(steps)}"))
        steps.append(step("log", f"line-{len(steps)}"))
    return steps, [one["text"] for one in steps]


@pytest.mark.parametrize("product", PRODUCTS)
def test_door_case_2_each_line_is_in_the_log_in_order_when_the_answer_has_come(bench: Bench, product: str) -> None:
    emulator = bench.emulator(Dialect.PROTOBUF.environment(bench.tap().address), product, kind=MergedEmulator)
    steps, expected = numbered(WAYS)

    for count in range(1, 4):
        reply = emulator.invoke(event(product, *steps))

        assert reply.status == 200
        assert texts(emulator.lines) == expected * count


@pytest.mark.parametrize("product", PRODUCTS)
def test_each_line_is_in_the_log_in_order_on_a_managed_instance(bench: Bench, product: str) -> None:
    emulator = bench.emulator(
        Dialect.PROTOBUF.environment(bench.tap().address), product, kind=ManagedInstanceEmulator
    )
    # This emulator copies each stream from a pipe of its own, so that only one stream has an order.
    steps, expected = numbered([way for way in WAYS if way not in ("fprintf-stderr", "write-2")])

    emulator.invoke(event(product, *steps))

    emulator.wait_for_log(expected[-1])
    assert texts(emulator.lines) == expected


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("format_name", ["Text", "JSON"])
def test_plain_lines_stay_as_they_are_in_both_log_formats(bench: Bench, product: str, format_name: str) -> None:
    api, function = merged(bench, product, {"AWS_LAMBDA_LOG_FORMAT": format_name})

    api.outcome(api.offer(event(product, *[step(way, f"written by {way}") for way in WAYS])))

    assert function.lines == [f"written by {way}" for way in WAYS]


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("way", ["print-part", "fputs-part", "fully-buffered", "buffered-stderr"])
def test_what_stays_in_a_buffer_is_in_the_log_when_the_answer_has_come(bench: Bench, product: str, way: str) -> None:
    api, function = merged(bench, product)

    api.outcome(api.offer(event(product, step(way, "line-0"))))

    assert function.log == "line-0\n"
    api.outcome(api.offer(event(product, step("log", "line-1"))))
    assert texts(function.lines) == ["line-0", "line-1"]


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("end", ENDS)
def test_lines_before_the_end_of_the_process_are_in_the_log(bench: Bench, product: str, end: str) -> None:
    api, function = merged(bench, product)
    steps, expected = numbered(WAYS)

    api.offer(event(product, *steps, step(end)))

    assert function.wait() == ENDS[end]
    assert texts(function.lines) == expected


@pytest.mark.parametrize("product", PRODUCTS)
def test_lines_of_a_killed_process_are_in_the_log(bench: Bench, product: str) -> None:
    api, function = merged(bench, product)
    steps, expected = numbered(WAYS)

    api.outcome(api.offer(event(product, *steps)))
    function.kill()

    assert texts(function.lines) == expected


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("end", [None, *ENDS])
def test_lines_of_init_are_in_the_log_before_the_first_invocation(bench: Bench, product: str, end: str | None) -> None:
    steps, expected = numbered(WAYS)
    steps += [step("print-part", "line-14")] if end is None else [step(end)]
    api, function = merged(bench, product, {"PROBE_INIT_OUTPUT": json.dumps(steps)})

    if end is None:
        api.wait_for_polls(1)
        assert texts(function.lines) == [*expected, "line-14"]
    else:
        assert function.wait() == ENDS[end]
        assert texts(function.lines) == expected


def test_lines_of_an_init_that_fails_are_in_the_log_before_its_report(bench: Bench) -> None:
    output = json.dumps([step("print", "line-0"), step("print-part", "line-1")])
    api, function = merged(bench, "ProbeFunction", {"PROBE_INIT_OUTPUT": output, "PROBE_INIT": "throw"})

    api.error_of_init()

    assert texts(function.lines)[:2] == ["line-0", "line-1"]
    assert function.wait() == 1


def test_a_line_without_its_end_is_in_the_log_when_the_deadline_ends_the_handler(bench: Bench) -> None:
    api, function = merged(bench, "StreamingProbe", {"TRACED_LAMBDA_DEADLINE_MARGIN_MS": "400"})

    api.offer(
        streaming_probe({"output": [step("print-part", "line-0")]}, {"pauseMilliseconds": 60_000}),
        {"Lambda-Runtime-Deadline-Ms": deadline_in(1)},
    )

    function.wait_for_log("line-0\n")


def test_a_failed_handlers_lines_come_before_its_error(bench: Bench) -> None:
    api, function = merged(bench, "StreamingProbe")

    api.error(api.offer(streaming_probe({"output": [step("print", "line-0")]}, {"failure": "line-1"})))

    assert texts(function.lines) == ["line-0", "line-1"]


@pytest.mark.parametrize("way", ["print", "printf", "puts", "putchar", "log"])
def test_a_long_line_is_one_write(bench: Bench, way: str) -> None:
    api = bench.runtime_api()
    # A socket of this kind keeps the borders of writes.
    reader, writer = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with reader, writer:
        reader.settimeout(PATIENCE_SECONDS)
        environment = {"AWS_LAMBDA_RUNTIME_API": str(api.address), "HH_TEST_MODE": "true"}
        with subprocess.Popen([locations.bootstrap("ProbeFunction")], env=environment, stdout=writer) as function:
            api.outcome(api.offer(event("ProbeFunction", step(way, "x", LONG), step("print", "short"))))
            function.kill()
        first = reader.recv(4 * LONG)
        assert first.count(b"x") >= LONG
        assert first.endswith(b"\n")
        assert reader.recv(4 * LONG) == b"short\n"


@pytest.mark.parametrize("product", PRODUCTS)
def test_long_lines_of_several_workers_stay_whole(bench: Bench, product: str) -> None:
    worker_count, line_count = 4, 20
    api = bench.runtime_api(worker_count)
    function = bench.function(
        api, {"HH_TEST_MODE": "true", "AWS_LAMBDA_MAX_CONCURRENCY": str(worker_count)}, product
    )
    api.wait_for_polls(worker_count)

    offered = [
        api.offer(event(product, *[step(way, letter, LONG) for way in ("print", "log", "puts")] * line_count))
        for letter in "abcd"
    ]
    for request_id in offered:
        api.outcome(request_id)

    lines = function.lines
    assert len(lines) == worker_count * line_count * 3
    assert all(re.search(r"(?<![a-d])(a+|b+|c+|d+)( |$)", line) for line in lines)
    assert {max(len(run[0]) for run in re.finditer(r"a+|b+|c+|d+", line)) for line in lines} == {LONG}


def test_the_probes_ways_are_those_of_the_test() -> None:
    source = (locations.ROOT / "Tests/EndToEnd/CProbeOutput/CProbeOutput.c").read_text()
    assert {way for way in [*WAYS, *ENDS] if f'"{way}"' not in source} == {"print", "fatalError"}
