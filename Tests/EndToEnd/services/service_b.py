"""Service B: is called by the function, and creates a span in the caller's session.

It is traced with HoneyHive's own client, used as HoneyHive documents it.
"""

from __future__ import annotations

from typing import Any

from honeyhive import HoneyHiveTracer
from honeyhive.tracer.processing.context import enrich_span_context, with_distributed_trace_context
from json_server import Route, serve

SPAN_NAME = "serve_request"

#: Requests bring their session, so the tracer starts none.
tracer = HoneyHiveTracer.init(session_name="service B", skip_backend_session_creation=True)


def with_session_id(headers: dict[str, str], body: dict[str, Any]) -> Any:
    """Variant 1: a tracer for the session in the body."""
    own = HoneyHiveTracer.init(session_name="service B", session_id=body["session_id"])
    with enrich_span_context(SPAN_NAME, tracer_instance=own):
        pass
    own.flush()
    return {"session_id": own.session_id, "headers": headers}


def with_trace_context(headers: dict[str, str], _: dict[str, Any]) -> Any:
    """Variant 2: the trace, and with it the session, in the headers."""
    with with_distributed_trace_context(headers, tracer), enrich_span_context(SPAN_NAME, tracer_instance=tracer):
        pass
    tracer.flush()
    return {"session_id": None, "headers": headers}


ROUTES: dict[str, Route] = {"/session-id": with_session_id, "/trace-context": with_trace_context}

if __name__ == "__main__":
    serve(ROUTES)
