"""The workbench's collector on the port of `dev`, with unmodified clients."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from support import locations
from support.bench import Bench
from support.workbench import CREDENTIALS, Workbench

SERVICE_A = locations.ROOT / "Examples" / "ServiceA" / "service_a.py"
OPENTELEMETRY = """
import sys
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

provider = TracerProvider(resource=Resource.create({"service.name": "plain"}))
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
with provider.get_tracer("test").start_as_current_span("outer") as span:
    span.set_attribute("honeyhive.session_id", sys.argv[1])
    with provider.get_tracer("test").start_as_current_span("inner") as inner:
        inner.set_attribute("honeyhive.session_id", sys.argv[1])
provider.shutdown()
"""


def python(*arguments: str | Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def spans(workbench: Workbench, session: str) -> list[dict[str, Any]]:
    """A session's spans, as the workbench returns them."""
    answer = workbench.request("GET", f"/api/sessions/{session}/otlp")
    resources = answer.json()["resourceSpans"] if answer.status_code == 200 else []
    return [span for resource in resources for scope in resource["scopeSpans"] for span in scope["spans"]]


def test_a_python_service_and_the_function_that_it_invokes_are_one_tree(bench: Bench) -> None:
    workbench = bench.workbench("HelloSession")
    settings = {"HH_API_URL": workbench.address.url, "HH_API_KEY": "local", "HH_PROJECT": "demo"}
    environment = {**CREDENTIALS, **settings, "AWS_ENDPOINT_URL_LAMBDA": workbench.address.url}

    told = json.loads(python(SERVICE_A, "abc", environment=environment).splitlines()[-1])

    assert told["answer"] == {"result": "cba", "sessionID": told["session_id"]}
    found = {span["name"]: span for span in spans(workbench, told["session_id"])}
    assert set(found) == {"ask_function", "HelloSession", "process_event", "process"}
    assert len({span["traceId"] for span in found.values()}) == 1
    assert found["HelloSession"]["parentSpanId"] == found["ask_function"]["spanId"]
    assert found["process"]["parentSpanId"] == found["process_event"]["spanId"]


def test_the_opentelemetry_sdk_delivers_to_it(bench: Bench) -> None:
    workbench = bench.workbench("HelloSession")
    session = "11111111-2222-4333-8444-00000000000a"

    python("-c", OPENTELEMETRY, session, environment={"OTEL_EXPORTER_OTLP_ENDPOINT": workbench.address.url})

    found = {span["name"]: span for span in spans(workbench, session)}
    assert found["inner"]["parentSpanId"] == found["outer"]["spanId"]


def test_what_is_stored_outlives_the_workbench(bench: Bench, tmp_path: Path) -> None:
    database = tmp_path / "traces.sqlite"
    workbench = bench.workbench("HelloSession", options=["--database", str(database)], is_ephemeral=False)
    session = "11111111-2222-4333-8444-00000000000b"
    event = {"session_id": session, "input": "abc"}
    assert workbench.request("POST", "/2015-03-31/functions/HelloSession/invocations", json=event).status_code == 200

    workbench.kill()

    command = [locations.traced_lambda(), "show", session, "--json", "--database", database]
    shown = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert {span["name"] for span in shown["spans"]} == {"HelloSession", "process_event", "process"}


def test_a_link_leads_to_the_viewer(bench: Bench) -> None:
    workbench = bench.workbench("HelloSession")

    page = workbench.request("GET", "/sessions/11111111-2222-4333-8444-00000000000c")

    assert (page.status_code, page.headers["content-type"].split(";")[0]) == (200, "text/html")
