"""The workbench as a collector of OTLP: OpenTelemetry's own SDK over gRPC and HTTP, with spans, logs and metrics."""

from __future__ import annotations

import json
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub
from support.locations import traced_lambda
from support.viewer import Viewer, request, span
from support.waiting import eventually
from support.workbench import Workbench

FREE_PORTS = ("--otlp-grpc-port", "0", "--otlp-http-port", "0")
SESSION = "11111111-2222-4333-8444-0000000000aa"
#: A program with OpenTelemetry's SDK. It knows no address: that is in the environment.
PROGRAM = """
import logging, os, sys

if os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL") == "grpc":
    from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
else:
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

resource = Resource.create({"service.name": "shop"})
spans = TracerProvider(resource=resource)
spans.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
logs = LoggerProvider(resource=resource)
logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
metrics = MeterProvider(resource=resource, metric_readers=[PeriodicExportingMetricReader(OTLPMetricExporter())])
logger = logging.getLogger("checkout")
logger.setLevel(logging.INFO)
logger.addHandler(LoggingHandler(logger_provider=logs))

counter = metrics.get_meter("test").create_counter("orders")
with spans.get_tracer("test").start_as_current_span("outer") as outer:
    outer.set_attribute("session.id", sys.argv[1])
    with spans.get_tracer("test").start_as_current_span("inner"):
        logger.error("no tea \\u001b[31m left", extra={"item": "tea"})
        counter.add(1, {"item": "tea"})
        counter.add(1, {"item": "milk"})
    logger.info("done")
logger.warning("outside")
assert all([spans.force_flush(), logs.force_flush(), metrics.force_flush()])
for provider in (spans, logs, metrics):
    provider.shutdown()
"""


@pytest.fixture
def viewer(tmp_path: Path) -> Iterator[Viewer]:
    viewer = Viewer(tmp_path / "viewer", *FREE_PORTS)
    yield viewer
    viewer.stop()


def printed(log: str, protocol: str) -> dict[str, str]:
    """The variables of the line that is printed for a protocol."""
    line = next(line for line in log.splitlines() if f"OTEL_EXPORTER_OTLP_PROTOCOL={protocol}" in line)
    words = shlex.split(line[line.index("export ") :])[1:]
    return dict(word.split("=", 1) for word in words)


def port(viewer: Viewer, protocol: str) -> int:
    return int(printed(viewer.log, protocol)["OTEL_EXPORTER_OTLP_ENDPOINT"].rsplit(":", 1)[1])


def command(directory: Path, *arguments: str) -> str:
    done = subprocess.run([traced_lambda(), *arguments], cwd=directory, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_program(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, SESSION], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "Failed to export" not in done.stderr and "Transient error" not in done.stderr, done.stderr


@pytest.mark.parametrize("compression", ["none", "gzip"])
@pytest.mark.parametrize("protocol", ["grpc", "http/protobuf"])
def test_the_sdk_delivers_spans_logs_and_metrics_with_the_printed_variables(
    viewer: Viewer, protocol: str, compression: str
) -> None:
    # The exporter for gRPC takes no "none".
    compressed = {"OTEL_EXPORTER_OTLP_COMPRESSION": compression} if compression != "none" else {}
    run_program({**printed(viewer.log, protocol), **compressed})

    tree = command(viewer.directory, "show", SESSION)
    lines = [line.strip(" │└─├") for line in tree.splitlines()]
    inner = next(index for index, line in enumerate(lines) if line.startswith("inner "))
    assert r"log ERROR no tea \u{1b}[31m left" in lines[inner:], tree
    assert "log INFO done" in lines, tree
    assert "outside" not in tree
    shown = json.loads(command(viewer.directory, "show", SESSION, "--json"))
    spans = {span["name"]: span["spanId"] for span in shown["spans"]}
    logs = {log["message"]: log for log in shown["logs"]}
    assert logs["done"]["spanId"] == spans["outer"]
    [error] = [log for log in shown["logs"] if log["isError"]]
    assert (error["spanId"], error["attributes"]["item"], error["service"]) == (spans["inner"], "tea", "shop")
    listed = command(viewer.directory, "sessions")
    assert "Beside spans: 3 log records (1 of no span here); metrics, counted and not kept: data points of shop " in listed
    assert int(re.search(r"data points of shop (\d+)", listed)[1]) >= 2  # type: ignore[index]
    # The same from the running server, and for the page.
    server = viewer.url.rsplit(":", 1)[1]
    assert command(viewer.directory, "show", SESSION, "--port", server) == tree
    assert command(viewer.directory, "sessions", "--port", server) == listed
    assert viewer.stored("SELECT reason FROM refusal") == []


def test_dev_prints_variables_that_work(tmp_path: Path) -> None:
    script = tmp_path / "boot"
    script.write_text("#!/bin/sh\nsleep 60\n")
    script.chmod(0o755)
    workbench = Workbench({"F": script}, FREE_PORTS, {}, tmp_path / "dev", waits=True)
    try:
        listening = workbench.wait_for(event="listening")
        assert listening["problems"] == []
        for protocol, number in [("grpc", listening["otlpGrpcPort"]), ("http/protobuf", listening["otlpHttpPort"])]:
            endpoint = f"http://localhost:{number}"
            run_program({"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_EXPORTER_OTLP_PROTOCOL": protocol})
        answer = workbench.request("GET", f"/api/sessions/{SESSION}/otlp").json()
        assert len(answer["resourceSpans"]) > 0
    finally:
        workbench.stop()


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_every_address_takes_grpc(viewer: Viewer, host: str) -> None:
    with grpc.insecure_channel(f"{host}:{port(viewer, 'grpc')}") as channel:
        TraceServiceStub(channel).Export(message("one"), timeout=60)
    assert viewer.stored("SELECT name FROM span") == [("one",)]


def message(name: str, padding: int = 0) -> ExportTraceServiceRequest:
    from google.protobuf import json_format

    text = json.dumps(request([span(name, 1, session=SESSION, attributes={"padding": "x" * padding})], "svc"))
    parsed = json_format.Parse(text, ExportTraceServiceRequest(), ignore_unknown_fields=True)
    # The ids are hexadecimal in OTLP's JSON and base64 in Protobuf's.
    found = parsed.resource_spans[0].scope_spans[0].spans[0]
    found.trace_id, found.span_id, found.parent_span_id = (1).to_bytes(16, "big"), (1).to_bytes(8, "big"), b""
    return parsed


def refusal_of(call: object) -> grpc.RpcError:
    with pytest.raises(grpc.RpcError) as refusal:
        call()  # type: ignore[operator]
    return refusal.value


def test_what_is_refused_has_a_status_of_grpc_and_is_recorded(viewer: Viewer) -> None:
    with grpc.insecure_channel(f"localhost:{port(viewer, 'grpc')}") as channel:
        broken = message("broken")
        broken.resource_spans[0].scope_spans[0].spans[0].trace_id = b"short"
        error = refusal_of(lambda: TraceServiceStub(channel).Export(broken, timeout=60))
        assert error.code() is grpc.StatusCode.INVALID_ARGUMENT and "no id" in error.details()
        error = refusal_of(lambda: TraceServiceStub(channel).Export(message("big", 17_000_000), timeout=60))
        assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED, error
        unknown = channel.unary_unary("/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export")
        assert refusal_of(lambda: unknown(b"", timeout=60)).code() is grpc.StatusCode.UNIMPLEMENTED
        raw = channel.unary_unary(
            "/opentelemetry.proto.collector.trace.v1.TraceService/Export", request_serializer=lambda text: text
        )
        assert refusal_of(lambda: raw(b"\xff\xff", timeout=60)).code() is grpc.StatusCode.INVALID_ARGUMENT
        deflated = refusal_of(
            lambda: TraceServiceStub(channel).Export(
                message("deflated"), timeout=60, compression=grpc.Compression.Deflate
            )
        )
        assert deflated.code() is grpc.StatusCode.UNIMPLEMENTED and "deflate" in deflated.details()
        # The connection is still good.
        TraceServiceStub(channel).Export(message("good"), timeout=60)
    assert viewer.stored("SELECT name FROM span") == [("good",)]
    assert len(viewer.stored("SELECT reason FROM refusal")) == 5


def test_a_message_of_many_megabytes_is_kept(viewer: Viewer) -> None:
    with grpc.insecure_channel(f"localhost:{port(viewer, 'grpc')}") as channel:
        TraceServiceStub(channel).Export(message("large", 15_000_000), timeout=120)
    assert viewer.stored("SELECT length(text) > 15000000 FROM body") == [(1,)]


def test_an_unwritable_database_makes_the_sender_keep_its_spans(viewer: Viewer) -> None:
    folder = viewer.database.parent
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    folder.write_text("no folder")
    with grpc.insecure_channel(f"localhost:{port(viewer, 'grpc')}") as channel:
        error = refusal_of(lambda: TraceServiceStub(channel).Export(message("lost"), timeout=60))
        assert error.code() is grpc.StatusCode.UNAVAILABLE, error
        folder.unlink()
        TraceServiceStub(channel).Export(message("kept"), timeout=60)
    assert viewer.stored("SELECT name FROM span") == [("kept",)]


def test_ports_that_are_taken_are_named_and_the_rest_is_served(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as grpc_owner, socket.create_server(("127.0.0.1", 0)) as http_owner:
        ports = [owner.getsockname()[1] for owner in (grpc_owner, http_owner)]
        options = ["--otlp-grpc-port", str(ports[0]), "--otlp-http-port", str(ports[1])]
        viewer = Viewer(tmp_path / "collect", *options)
        workbench = Workbench({}, [*options, "--only-apis", "F", "--runtime-port", "0"], {}, tmp_path / "dev", waits=True)
        try:
            for name, option, taken in zip(("gRPC", "HTTP"), ("grpc", "http"), ports, strict=True):
                line = f"OTLP over {name} is not served: port {taken} is in use by process "
                remedy = f"choose another port with --otlp-{option}-port"
                eventually(lambda line=line: f"! {line}" in viewer.log, lambda: viewer.log)
                assert remedy in viewer.log
                problems = workbench.wait_for(event="listening")["problems"]
                assert any(problem.startswith(line) and remedy in problem for problem in problems), problems
            viewer.send(span("after", 1, session="s"))
            assert workbench.request("GET", "/").status_code == 200
        finally:
            viewer.stop()
            workbench.stop()


def test_no_port_but_its_own_is_served_if_that_is_wanted(tmp_path: Path) -> None:
    viewer = Viewer(tmp_path, "--otlp-grpc-port", "off", "--otlp-http-port", "off")
    assert "PROTOCOL" not in viewer.log and "!" not in viewer.log
    viewer.stop()
    done = subprocess.run(
        [traced_lambda(), "collect", "--otlp-grpc-port", "none"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 64 and "--otlp-grpc-port" in done.stderr


def test_logs_go_with_their_session_out_and_in_and_away(viewer: Viewer, tmp_path: Path) -> None:
    run_program(printed(viewer.log, "grpc"))
    exported = viewer.directory / "session.jsonl"
    exported.write_text(command(viewer.directory, "export", SESSION))
    for _ in range(2):
        command(viewer.directory, "import", str(exported), "--database", str(tmp_path / "copy.sqlite"))
    copy = command(viewer.directory, "show", SESSION, "--database", str(tmp_path / "copy.sqlite"))
    assert copy == command(viewer.directory, "show", SESSION)
    command(viewer.directory, "clear", SESSION)
    assert viewer.stored("SELECT count(*) FROM log") == [(1,)], "the record outside of traces is still there"
    command(viewer.directory, "clear", "--all")
    assert viewer.stored("SELECT count(*) FROM log") == [(0,)]
    assert viewer.stored("SELECT count(*) FROM metric") == [(0,)]


def test_a_connection_of_http_1_at_the_port_of_grpc_ends(viewer: Viewer) -> None:
    # Less than the time limit of idle connections: an error ends it, not the limit.
    with socket.create_connection(("127.0.0.1", port(viewer, "grpc")), timeout=30) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        while connection.recv(1_000):
            pass
    with grpc.insecure_channel(f"localhost:{port(viewer, 'grpc')}") as channel:
        TraceServiceStub(channel).Export(message("after"), timeout=60)


def test_logs_of_no_span_are_shown_at_the_end(viewer: Viewer) -> None:
    viewer.send(span("root", 1, session=SESSION))
    record = {"timeUnixNano": "1", "severityNumber": "SEVERITY_NUMBER_WARN", "body": {"kvlistValue": {"values": []}},
              "eventName": "checkout.failed", "traceId": f"{1:032x}", "spanId": f"{99:016x}"}  # fmt: skip
    viewer.post("/v1/logs", {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]})
    tree = command(viewer.directory, "show", SESSION)
    assert tree.splitlines()[-2:] == ["Logs of no span here", "  log WARN {}"]
