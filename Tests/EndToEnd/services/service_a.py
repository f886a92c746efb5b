"""Service A: starts the session, and calls the function within a span of its own.

It is traced with HoneyHive's own client, used as HoneyHive documents it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import requests
from honeyhive import HoneyHiveTracer
from honeyhive.tracer.processing.context import enrich_span_context, inject_context_into_carrier
from json_server import Route, serve

FUNCTION_URL = os.environ["FUNCTION_URL"]
TIMEOUT_SECONDS = 60
#: The cases of header names that a gateway may produce.
SPELLINGS: dict[str, Callable[[str], str]] = {"lower": str.lower, "title": str.title, "upper": str.upper}

tracer = HoneyHiveTracer.init(session_name="interoperability")


def call(event: dict[str, Any], fields: dict[str, Any], add_context: Callable[[dict[str, Any]], None]) -> Any:
    """Calls the function with an event to which the identity of the trace or the session has been added."""
    with enrich_span_context("ask_function", tracer_instance=tracer, **fields):
        add_context(event)
        reply = requests.post(FUNCTION_URL, json=event, timeout=TIMEOUT_SECONDS)
    tracer.flush()
    return {"session_id": tracer.session_id, "event": event, "reply": reply.json()}


def with_session_id(_: dict[str, str], body: dict[str, Any]) -> Any:
    """Variant 1: only the session's id."""
    return call(body["event"], body.get("fields", {}), lambda event: event.update(session_id=tracer.session_id))


def with_trace_context(_: dict[str, str], body: dict[str, Any]) -> Any:
    """Variant 2. The client's injected headers contain no session (version 1.7.0), so the event names it."""

    def add_context(event: dict[str, Any]) -> None:
        event["session_id"] = tracer.session_id
        event["headers"] = injected(SPELLINGS[body["spelling"]])

    return call(body["event"], {}, add_context)


def with_created_session(_: dict[str, str], body: dict[str, Any]) -> Any:
    """Variant 2 in a session that was created for this request: then the client injects its id, too."""
    session_id = tracer.create_session(session_name="created")
    answer = call(body["event"], {}, lambda event: event.update(headers=injected(str.lower)))
    return {**answer, "session_id": session_id}


def injected(spelled: Callable[[str], str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    inject_context_into_carrier(headers, tracer)
    return {spelled(name): value for name, value in headers.items()}


ROUTES: dict[str, Route] = {
    "/session-id": with_session_id,
    "/trace-context": with_trace_context,
    "/created-session": with_created_session,
}

if __name__ == "__main__":
    serve(ROUTES)
