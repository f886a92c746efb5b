"""The local Lambda and the collector under load: many clients, idle and half-sent requests, both loopback addresses."""

from __future__ import annotations

import http.client
import json
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from support.locations import ROOT, tool
from support.viewer import Viewer, span
from support.waiting import eventually
from support.workbench import Workbench

FUNCTION = ROOT / "Workbench" / "Tests" / "TestSupport" / "Fixtures" / "function.py"
#: The limit of callers' connections, ConnectionRegistry.callerLimitCount.
LIMIT = 1_024
FUNCTIONS = 25
CLIENTS = 200


def bootstrap(directory: Path) -> Path:
    """A function that sends its spans before it answers."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "boot"
    path.write_text(f"#!/bin/sh\nexec {sys.executable} {FUNCTION} answer\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    path = bootstrap(tmp_path)
    functions = {f"F{number}": path for number in range(FUNCTIONS)}
    workbench = Workbench(functions, ["--max-concurrency", "2"], {}, tmp_path / "dev", waits=True)
    yield workbench
    workbench.stop()


@pytest.fixture
def viewer(tmp_path: Path) -> Iterator[Viewer]:
    viewer = Viewer(tmp_path / "viewer")
    yield viewer
    viewer.stop()


def invoke(connection: http.client.HTTPConnection, name: str) -> int:
    body = json.dumps({"session_id": "0c3a1f0e-9a4b-4b7e-8f57-2f3f0f5a7c31"})
    connection.request("POST", f"/2015-03-31/functions/{name}/invocations", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def test_many_clients_and_functions_at_once_get_answers_and_all_spans_arrive(workbench: Workbench) -> None:
    port = workbench.address.port

    def call(number: int) -> int:
        connection = http.client.HTTPConnection("localhost", port, timeout=300)
        try:
            return invoke(connection, f"F{number % FUNCTIONS}")
        finally:
            connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        statuses = list(pool.map(call, range(CLIENTS)))
    # Beyond two processes of a function callers are throttled, as on Lambda; nobody is cut off.
    assert set(statuses) <= {200, 429}
    assert statuses.count(200) >= FUNCTIONS
    log = workbench.log
    assert "could not" not in log.lower()
    ended = [event for event in workbench.events if event["event"] == "invocation"]
    assert len(ended) == statuses.count(200)
    posts = log.count("traces: 200")
    assert posts == statuses.count(200) or "traces:" not in log


def test_idle_connections_cost_a_functions_delivery_nothing_and_callers_get_503(workbench: Workbench) -> None:
    port = workbench.address.port
    caller = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    assert invoke(caller, "F0") == 200
    with ExitStack() as idle:
        for _ in range(LIMIT - 1):
            idle.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))

        def is_refused() -> bool:
            # Stays open: one that the server admits before the last idle one takes that one's place.
            other = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            idle.callback(other.close)
            other.request("GET", "/")
            answer = other.getresponse()
            body = answer.read()
            return answer.status == 503 and answer.headers["Retry-After"] == "1" and b"too many" in body

        eventually(is_refused, lambda: "an answer with 503")
        # The function's spans have connections of their own.
        assert invoke(caller, "F1") == 200
        eventually(lambda: "F1 │ export: 200" in workbench.log, lambda: workbench.log)
    caller.close()

    def is_served() -> bool:
        other = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            other.request("GET", "/")
            return other.getresponse().status == 200
        finally:
            other.close()

    eventually(is_served, lambda: "an answer after the idle connections ended")


def test_a_client_that_waits_for_100_continue_gets_it_before_its_body(viewer: Viewer) -> None:
    port = int(viewer.url.rsplit(":", 1)[1])
    body = json.dumps({"resourceSpans": []}).encode()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(
            b"POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body)
        )
        assert connection.recv(1_000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert connection.recv(1_000).startswith(b"HTTP/1.1 200 OK\r\n")


def test_curl_sends_a_large_body_without_a_pause(viewer: Viewer, tmp_path: Path) -> None:
    big = tmp_path / "big.json"
    big.write_text(json.dumps({"resourceSpans": [], "unknown": "x" * 2_000_000}))
    done = subprocess.run(
        [tool("curl", "Debian's curl"), "-sv", "-H", "Content-Type: application/json", "-H", "Expect: 100-continue",
         "--expect100-timeout", "30", "--data-binary", f"@{big}", f"{viewer.url}/v1/traces"],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert "HTTP/1.1 100 Continue" in done.stderr
    assert "Done waiting for 100-continue" not in done.stderr


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_every_address_that_is_printed_or_accepted_answers(viewer: Viewer, host: str) -> None:
    if host == "::1" and not Path("/proc/net/if_inet6").exists():
        pytest.fail("this machine has no IPv6: run the test where ::1 exists")
    port = int(viewer.url.rsplit(":", 1)[1])
    connection = http.client.HTTPConnection(host, port, timeout=60)
    shown = f"[{host}]" if ":" in host else host
    connection.request("GET", "/", headers={"Host": f"{shown}:{port}"})
    assert connection.getresponse().status == 200
    connection.close()


def test_requests_that_end_too_early_leave_the_server_well(viewer: Viewer) -> None:
    port = int(viewer.url.rsplit(":", 1)[1])
    for beginning in [b"", b"POST /v1/tra", b"POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{"]:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            connection.sendall(beginning)
    viewer.send(span("after", 1, session="s"))
    assert viewer.stored("SELECT name FROM span") == [("after",)]
