"""The local Lambda and the collector under load: many clients, idle and half-sent requests, kills, both loopback addresses."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub
from support.locations import ROOT, tool
from support.viewer import Viewer, span
from support.waiting import eventually
from support.workbench import Workbench

FUNCTION = ROOT / "Workbench" / "Tests" / "TestSupport" / "Fixtures" / "function.py"
#: The limit of callers' connections, ConnectionRegistry.callerLimitCount.
LIMIT = 1_024
FUNCTIONS = 25


def bootstrap(directory: Path, behaviour: str = "answer") -> Path:
    """A function that sends its spans before it answers."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "boot"
    path.write_text(f"#!/bin/sh\nexec {sys.executable} {FUNCTION} {behaviour}\n")
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


@pytest.mark.parametrize(
    ("functions", "clients", "rounds"),
    [pytest.param(20, 200, 1, id="short"), pytest.param(100, 400, 5, id="long", marks=pytest.mark.slow)],
)
def test_many_clients_and_functions_at_once_get_answers_and_all_spans_arrive(
    tmp_path: Path, functions: int, clients: int, rounds: int
) -> None:
    path = bootstrap(tmp_path, "load")
    served = {f"F{number}": path for number in range(functions)}
    workbench = Workbench(served, ["--max-concurrency", "2", "--timeout", "300"], {}, tmp_path / "dev", waits=True)
    try:
        port = workbench.address.port

        def call(number: int) -> list[str]:
            connection = http.client.HTTPConnection("localhost", port, timeout=300)
            answered = []
            while len(answered) < rounds:
                status, answer = invoked(connection, f"F{number % functions}")
                # Beyond two processes of a function callers are throttled, as on Lambda; nobody is cut off.
                assert status in (200, 429), (status, answer)
                if status == 200:
                    answered.append(json.loads(answer)["request_id"])
                else:
                    time.sleep(0.1)
            connection.close()
            return answered

        with ThreadPoolExecutor(clients) as pool:
            answered = [request for requests in pool.map(call, range(clients)) for request in requests]
        assert len(set(answered)) == clients * rounds
        assert stored_requests(workbench.directory) == set(answered)
        ended = [event for event in workbench.events if event["event"] == "invocation"]
        assert {event["requestId"] for event in ended} == set(answered)
        # The line about an invocation leads to its trace, however many there are at the same time.
        assert all(event["url"].endswith(event["traceId"] + "-" + event["spanId"]) for event in ended)
        assert workbench.log.count("export: 200") == workbench.log.count("export: ") == clients * rounds
    finally:
        workbench.stop()


def invoked(connection: http.client.HTTPConnection, name: str) -> tuple[int, bytes]:
    body = json.dumps({"session_id": str(uuid.uuid4())})
    connection.request("POST", f"/2015-03-31/functions/{name}/invocations", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    return answer.status, answer.read()


def stored_requests(directory: Path) -> set[str]:
    connection = sqlite3.connect(f"file:{directory}/.traced-lambda/traces.sqlite?mode=ro", uri=True)
    try:
        return {row[0] for row in connection.execute("SELECT request_id FROM span")}
    finally:
        connection.close()


class Senders:
    """Services that send spans over gRPC and HTTP until one is not taken, and remember which were."""

    def __init__(self, viewer: Viewer, count: int) -> None:
        ports = [line.rsplit(":", 1)[1].split()[0] for line in viewer.log.splitlines() if line.startswith("OTLP/")]
        self.taken: list[str] = []
        #: The times at which they were sent.
        self.sent_at: dict[str, float] = {}
        self.failures: list[str] = []
        self._stops = threading.Event()
        send = (self._over_grpc(ports[0]), self._over_http(ports[1]))
        self._threads = [threading.Thread(target=self._run, args=(send[number % 2],)) for number in range(count)]
        for thread in self._threads:
            thread.start()

    def _run(self, connect: Callable[[], Callable[[bytes], None]]) -> None:
        try:
            send = connect()
            while not self._stops.is_set():
                identifier = uuid.uuid4().hex
                message = ExportTraceServiceRequest()
                span = message.resource_spans.add().scope_spans.add().spans.add()
                span.trace_id, span.span_id, span.name = bytes.fromhex(identifier), bytes.fromhex(identifier[:16]), "s"
                self.sent_at[identifier] = time.monotonic()
                send(message.SerializeToString())
                self.taken.append(identifier)
        except (OSError, http.client.HTTPException, grpc.RpcError, AssertionError) as error:
            self.failures.append(repr(error))

    def _over_grpc(self, port: str) -> Callable[[], Callable[[bytes], None]]:
        def connect() -> Callable[[bytes], None]:
            options = [("grpc.use_local_subchannel_pool", 1)]
            stub = TraceServiceStub(grpc.insecure_channel(f"localhost:{port}", options=options))
            return lambda body: stub.Export(ExportTraceServiceRequest.FromString(body), timeout=60)

        return connect

    def _over_http(self, port: str) -> Callable[[], Callable[[bytes], None]]:
        def connect() -> Callable[[bytes], None]:
            connection = http.client.HTTPConnection("localhost", int(port), timeout=60)

            def send(body: bytes) -> None:
                connection.request("POST", "/v1/traces", body, {"Content-Type": "application/x-protobuf"})
                answer = connection.getresponse()
                assert (answer.read(), answer.status) == (b"", 200)

            return send

        return connect

    def stop(self) -> None:
        self._stops.set()
        for thread in self._threads:
            thread.join(120)


@pytest.mark.parametrize("count", [20, pytest.param(200, marks=pytest.mark.slow)])
def test_what_many_senders_were_told_is_kept_survives_a_kill(tmp_path: Path, count: int) -> None:
    viewer = Viewer(tmp_path / "viewer", "--otlp-grpc-port", "0", "--otlp-http-port", "0")
    senders = Senders(viewer, count)
    eventually(lambda: len(senders.taken) > 10 * count, lambda: f"{len(senders.taken)} {senders.failures}", within=120)
    assert senders.failures == []
    viewer.kill()
    senders.stop()
    # Each of them is told of it, and keeps its span.
    assert len(senders.failures) == count
    viewer = Viewer(tmp_path / "viewer")
    try:
        stored = {trace for (trace,) in viewer.stored("SELECT trace_id FROM span")}
        assert set(senders.taken) <= stored
    finally:
        viewer.stop()


def test_a_folder_that_is_deleted_under_load_is_made_again_and_keeps_what_is_taken_from_then_on(tmp_path: Path) -> None:
    viewer = Viewer(tmp_path / "viewer", "--otlp-grpc-port", "0", "--otlp-http-port", "0")
    senders = Senders(viewer, 20)
    try:
        for _ in range(3):
            before = len(senders.taken)
            eventually(lambda before=before: len(senders.taken) > before + 100, lambda: str(senders.failures), within=120)
            shutil.rmtree(viewer.database.parent, ignore_errors=True)
            deleted_at, deleted = time.monotonic(), len(senders.taken)
        eventually(lambda: len(senders.taken) > deleted + 100, lambda: str(senders.failures), within=120)
        senders.stop()
        assert senders.failures == []
        stored = {trace for (trace,) in viewer.stored("SELECT trace_id FROM span")}
        # Answers on their way while the folder was deleted are of before that, whenever a busy sender notes them.
        later = {identifier for identifier in senders.taken if senders.sent_at[identifier] > deleted_at}
        assert len(later) > 50
        assert later <= stored
        assert "was deleted while it was in use; a new one was made" in viewer.log
    finally:
        viewer.stop()


def test_beyond_the_limit_a_connection_of_grpc_is_told_to_try_again(tmp_path: Path) -> None:
    viewer = Viewer(tmp_path / "viewer", "--otlp-grpc-port", "0", "--otlp-http-port", "0")
    port = next(line.rsplit(":", 1)[1].split()[0] for line in viewer.log.splitlines() if line.startswith("OTLP/gRPC"))
    try:
        with ExitStack() as idle:
            for _ in range(LIMIT):
                idle.enter_context(socket.create_connection(("127.0.0.1", int(port)), timeout=60))
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel, pytest.raises(grpc.RpcError) as refusal:
                for _ in range(100):
                    # The server may admit it before the last idle one.
                    TraceServiceStub(channel).Export(ExportTraceServiceRequest(), timeout=60)
                    time.sleep(0.05)
                    channel.close()
                    channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        assert refusal.value.code() is grpc.StatusCode.UNAVAILABLE and "503" in refusal.value.details(), refusal.value
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            eventually(lambda: is_taken(channel), lambda: "an answer after the idle connections ended")
    finally:
        viewer.stop()


def is_taken(channel: grpc.Channel) -> bool:
    try:
        TraceServiceStub(channel).Export(ExportTraceServiceRequest(), timeout=60)
        return True
    except grpc.RpcError:
        return False


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
