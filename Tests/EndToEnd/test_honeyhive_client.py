"""The function between two services that are traced with HoneyHive's own Python client: one session and one trace.

Service A, a real HTTP server, calls the function, which calls service B. Only HoneyHive's server is a mock.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import unquote

import pytest

from support.bench import Bench
from support.dialect import Dialect
from support.events import probe
from support.honeyhive_ingestion import HoneyHiveIngestion
from support.lambda_emulator import LambdaEmulator
from support.otlp import Span
from support.python_service import PythonService

#: The spans of one call, from the outermost to the innermost: those of service A, the function and service B.
SPAN_NAMES = ["ask_function", "ProbeFunction", "call", "call_service_b", "serve_request"]


@dataclass(frozen=True)
class Services:
    ingestion: HoneyHiveIngestion
    function: LambdaEmulator
    b: PythonService

    def spans(self, *names: str) -> list[Span]:
        """All spans that HoneyHive has received; there must be exactly one of each name."""
        spans = {span.name: span for span in self.ingestion.spans}
        assert sorted(span.name for span in self.ingestion.spans) == sorted(names)
        assert {exchange.status for exchange in self.ingestion.exchanges.snapshot()} == {200}
        return [spans[name] for name in names]


@pytest.fixture
def services(bench: Bench) -> Services:
    ingestion = bench.ingestion()
    function = bench.emulator(Dialect.HONEYHIVE.environment(ingestion.address))
    return Services(ingestion, function, bench.python_service("service_b", ingestion))


@pytest.fixture
def service_a(bench: Bench, services: Services) -> PythonService:
    settings = {"HH_PROJECT": "caller", "FUNCTION_URL": services.function.invoke_url}
    return bench.python_service("service_a", services.ingestion, settings)


# The two variants.


def test_a_session_id_brings_the_events_of_all_services_into_one_session(
    services: Services, service_a: PythonService
) -> None:
    answer = service_a.post("session-id", {"event": probe("call", text=services.b.url("session-id"))})

    session_id = answer["session_id"]
    assert json.loads(answer["reply"])["session_id"] == session_id
    spans = services.spans(*SPAN_NAMES)
    assert {span.session_id for span in spans} == {session_id}
    assert {span.attributes["traceloop.association.properties.session_id"] for span in spans} == {session_id}
    assert services.ingestion.sessions == {session_id}
    # Only the session connects the services: siblings, each with its own trace.
    asked, root, called, calling, served = spans
    assert [asked.parent_id, root.parent_id, served.parent_id] == ["", "", ""]
    assert len({asked.trace_id, root.trace_id, served.trace_id}) == 3
    assert (called.parent_id, calling.parent_id) == (root.span_id, called.span_id)
    assert {called.trace_id, calling.trace_id} == {root.trace_id}


@pytest.mark.parametrize("spelling", ["lower", "title", "upper"])
def test_trace_context_makes_one_tree_of_the_events_of_all_services(
    services: Services, service_a: PythonService, spelling: str
) -> None:
    event = probe("call", text=services.b.url("trace-context"))

    answer = service_a.post("trace-context", {"event": event, "spelling": spelling})

    # The reference client's injected headers contain no session, so the event names it (`/trace-context` of service A).
    injected = {name.lower(): value for name, value in answer["event"]["headers"].items()}
    assert "session_id" not in injected["baggage"]
    assert_one_tree(services, answer["session_id"])
    headers = json.loads(answer["reply"])["headers"]
    # The reference client finds `traceparent` only in lower case, so it must be sent in lower case.
    assert {"traceparent", "baggage"} < set(headers)
    expected = [f"session_id={answer['session_id']}", "project=end-to-end", "source=dev", injected["baggage"]]
    assert sorted(headers["baggage"].split(",")) == sorted(expected)


def test_the_session_that_the_client_injects_needs_no_session_id_in_the_event(
    services: Services, service_a: PythonService
) -> None:
    answer = service_a.post("created-session", {"event": probe("call", text=services.b.url("trace-context"))})

    assert "session_id" not in answer["event"]
    asked, root, *_ = spans = services.spans(*SPAN_NAMES)
    assert {span.session_id for span in spans} == {answer["session_id"]}
    assert {span.trace_id for span in spans} == {asked.trace_id}
    assert root.parent_id == asked.span_id


def assert_one_tree(services: Services, session_id: str) -> None:
    """Checks that all spans are in one session, the only one, and that each is the parent of the next."""
    spans = services.spans(*SPAN_NAMES)
    assert {span.session_id for span in spans} == {session_id}
    assert services.ingestion.sessions == {session_id}
    assert {span.trace_id for span in spans} == {spans[0].trace_id}
    assert [span.parent_id for span in spans] == ["", *(span.span_id for span in spans[:-1])]
    # Service B has no project of its own, and uses the function's.
    *_, calling, served = spans
    assert served.attributes["honeyhive.project"] == calling.attributes["honeyhive.project"] == "end-to-end"
    assert served.attributes["honeyhive.source"] == calling.attributes["honeyhive.source"] == "dev"


# An earlier version of the client.


@dataclass(frozen=True)
class OldCaller:
    #: The recorded headers of version 0.2.57.
    headers: dict[str, str]
    # The session id in these headers.
    session_id: str
    trace_id: str
    span_id: str


OLD_CALLERS = {
    "session given": OldCaller(
        {
            "traceparent": "00-324cf1517b8798e81a699a5e1043181d-7d3a4b90c37d3559-01",
            "baggage": "session_id=12345678-2222-4333-8444-00000000abcd,project=demo+project,source=prod,"
            "disable_http_tracing=false",
        },
        session_id="12345678-2222-4333-8444-00000000abcd",
        trace_id="324cf1517b8798e81a699a5e1043181d",
        span_id="7d3a4b90c37d3559",
    ),
    "session created": OldCaller(
        {
            "traceparent": "00-ddfb5d1dda67df67e2ac1f78b5902dac-daed875ea4357740-01",
            "baggage": "session_id=11111111-2222-4333-8444-000000000001,project=demo+project,source=prod,"
            "disable_http_tracing=false",
        },
        session_id="11111111-2222-4333-8444-000000000001",
        trace_id="ddfb5d1dda67df67e2ac1f78b5902dac",
        span_id="daed875ea4357740",
    ),
}


@pytest.mark.parametrize("caller", OLD_CALLERS.values(), ids=OLD_CALLERS)
def test_the_headers_of_version_0_2_57_lead_into_their_session_and_trace(services: Services, caller: OldCaller) -> None:
    event = probe("call", text=services.b.url("trace-context"), headers=caller.headers)

    reply = services.function.invoke(event)

    *own, served = spans = services.spans(*SPAN_NAMES[1:])
    assert services.ingestion.sessions == {caller.session_id}
    assert {span.trace_id for span in spans} == {caller.trace_id}
    assert [span.parent_id for span in spans] == [caller.span_id, *(span.span_id for span in own)]
    for span in own:
        for prefix in ("honeyhive.", "traceloop.association.properties."):
            assert span.attributes[f"{prefix}session_id"] == caller.session_id
            assert span.attributes[f"{prefix}project"] == "demo project"
            assert span.attributes[f"{prefix}source"] == "prod"
        assert span.attributes["baggage.disable_http_tracing"] == "false"
    baggage = json.loads(reply.json)["headers"]["baggage"].split(",")
    assert sorted(baggage) == sorted(
        [f"session_id={caller.session_id}", "project=demo%20project", "source=prod", "disable_http_tracing=false"]
    )
    # The reference client (1.7.0) does not percent-decode a project that it receives.
    assert unquote(served.attributes["honeyhive.project"]) == "demo project"
    assert served.attributes["honeyhive.source"] == "prod"
