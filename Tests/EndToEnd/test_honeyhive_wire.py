"""The function's requests to HoneyHive, compared with those of HoneyHive's own Python client."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest

from support.bench import Bench
from support.dialect import Dialect
from support.events import API_KEY, probe
from support.honeyhive_ingestion import EVENTS_PATH, START_PATH
from support.otlp import HONEYHIVE_PATH, Span, decode
from support.recording_proxy import Exchange

SESSION = "12345678-2222-4333-8444-00000000abcd"
#: Nesting, gaps in lists, types, dots in names, non-ASCII text, empty containers.
FIELDS: dict[str, dict[str, Any]] = {
    "inputs": {
        "query": "hello",
        "nested": {"a": 1, "b": [1, 2.5, True, None, "x", {"deep": "y"}]},
        "dots.in.key": 1,
        "uni": "żółć 🐝",
        "none": None,
        "empty_list": [],
        "empty_dict": {},
        "bool": False,
    },
    "outputs": {"answer": "hi", "choices": [{"message": {"role": "assistant", "content": "Hi"}}]},
    "metadata": {"request_id": "r-1", "n": 3, "f": 0.25, "big": 2**60, "neg": -5},
    "metrics": {"latency_ms": 12.5, "tokens": 42, "ok": True},
    "feedback": {"rating": 5, "comment": "great"},
    "config": {"model": "gpt-4", "temperature": 0.7},
    "user_properties": {"user_id": "u1", "plan": "pro"},
}
ERROR = "boom"
#: Headers of HTTP and of the client library.
TRANSPORT_HEADERS = {"host", "user-agent", "accept", "accept-encoding", "connection", "content-length"}


@dataclass(frozen=True)
class Sender:
    """One client's export request, and its span with the fields."""

    export: Exchange
    span: Span

    @property
    def headers(self) -> dict[str, str]:
        return {
            name: value
            for name, value in ((name.lower(), value) for name, value in self.export.request.fields)
            if name not in TRANSPORT_HEADERS
        }

    @cached_property
    def json_span(self) -> dict[str, Any]:
        (resource,) = json.loads(self.export.request.body)["resourceSpans"]
        (scope,) = resource["scopeSpans"]
        return next(span for span in scope["spans"] if span["name"] == self.span.name)


@pytest.fixture
def senders(bench: Bench) -> tuple[Sender, Sender]:
    """The function, and HoneyHive's client in service A, each with a span with the same fields."""
    ingestion = bench.ingestion()
    function = bench.emulator(Dialect.HONEYHIVE.environment(ingestion.address))
    service_a = bench.python_service("service_a", ingestion, {"HH_PROJECT": "a", "FUNCTION_URL": function.invoke_url})

    event = probe("enrich-span", text=ERROR, documents=[FIELDS])
    service_a.post("session-id", {"event": event, "fields": {**FIELDS, "error": ERROR}})

    def sender(name: str) -> Sender:
        return next(
            Sender(export, span)
            for export in ingestion.exports
            for span in decode(export.request)
            if span.name == name
        )

    return sender("enrich-span"), sender("ask_function")


def test_the_same_fields_become_the_same_attributes(senders: tuple[Sender, Sender]) -> None:
    ours, theirs = (
        {name: (type(value), value) for name, value in sender.span.attributes.items() if name.startswith("honeyhive_")}
        for sender in senders
    )

    # An attribute of ProbeFunction only.
    assert ours.pop("honeyhive_inputs.command") == (str, "enrich-span")
    assert ours == theirs
    # All fields are present, so the comparison is not one of empty dictionaries.
    assert len(theirs) > 25


def test_an_export_has_the_form_of_the_reference_clients(senders: tuple[Sender, Sender]) -> None:
    ours, theirs = senders

    own_values = {"x-source": "dev", "hh-client-language": "swift", "hh-client-package": "swift-traced-lambda"}
    version = {"hh-client-version": ours.headers["hh-client-version"]}
    assert ours.headers == theirs.headers | own_values | version
    # Enum names, times as text, empty lists: details that HoneyHive's ingestion may depend on.
    assert ours.json_span["kind"] == theirs.json_span["kind"] == "SPAN_KIND_INTERNAL"
    assert theirs.json_span.pop("parentSpanId") is None
    for name, value in theirs.json_span.items():
        assert type(ours.json_span[name]) is type(value), name
    # The only difference is the client's own version.
    assert set(theirs.span.attributes) - set(ours.span.attributes) == {"honeyhive.tracer_version"}


def test_enrich_session_is_one_request_after_the_spans(bench: Bench) -> None:
    ingestion = bench.ingestion()
    emulator = bench.emulator(Dialect.HONEYHIVE.environment(ingestion.address), taps_runtime_api=True)
    first = {"metadata": {"m": 0, "inputs": {"q": 1}}, "metrics": {"x": 1.5}, "outputs": {"replaced": True}}
    second = {
        "metadata": {"m": 1, "extra_kw": "z"},
        "feedback": {"f": 1},
        "outputs": {"a": 2},
        "config": {"c": 1},
        "user_properties": {"user_id": "u"},
    }

    emulator.invoke(probe("enrich-session", documents=[first, second], session_id=SESSION))

    spans, addition = ingestion.exchanges.snapshot()
    assert (spans.request.method, spans.request.target) == ("POST", HONEYHIVE_PATH)
    assert spans.answered_at < addition.received_at
    assert (addition.request.method, addition.request.target) == ("PUT", EVENTS_PATH)
    assert addition.request.header("Authorization") == f"Bearer {API_KEY}"
    assert addition.request.header("Content-Type") == "application/json"
    assert addition.status == 200
    # Exactly the recorded request of HoneyHive's client 1.7.0.
    assert json.loads(addition.request.body) == {
        "event_id": SESSION,
        "metadata": {"m": 1, "inputs": {"q": 1}, "extra_kw": "z"},
        "feedback": {"f": 1},
        "metrics": {"x": 1.5},
        "outputs": {"a": 2},
        "config": {"c": 1},
        "user_properties": {"user_id": "u"},
    }
    assert ingestion.sessions == {SESSION}
    (response,) = emulator.posts("response")
    assert addition.answered_at < response.received_at


def test_a_session_is_started_before_its_spans_if_that_is_asked_for(bench: Bench) -> None:
    ingestion = bench.ingestion()
    settings = {"HH_SESSION_START": "true", "HH_SESSION_NAME": "s01_session_id", "HH_SOURCE": "prod"}
    emulator = bench.emulator(Dialect.HONEYHIVE.environment(ingestion.address) | settings)

    emulator.invoke(probe("context", session_id=SESSION))

    start, spans = ingestion.exchanges.snapshot()
    assert (start.request.method, start.request.target) == ("POST", START_PATH)
    assert start.request.header("Authorization") == f"Bearer {API_KEY}"
    assert start.status == 200
    assert start.answered_at < spans.received_at
    assert spans.request.target == HONEYHIVE_PATH
    # The recorded request of HoneyHive's client 1.7.0 for a session with a given id.
    assert json.loads(start.request.body) == {
        "session": {
            "session_id": SESSION,
            "session_name": "s01_session_id",
            "source": "prod",
            "project": "end-to-end",
        }
    }
    assert ingestion.sessions == {SESSION}
