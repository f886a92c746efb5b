"""Service B: is called by the function, and makes a span in the caller's session.

It is traced by HoneyHive's own client, used as HoneyHive's documentation shows.
"""

from __future__ import annotations

from typing import Any

from honeyhive import HoneyHiveTracer
from honeyhive.tracer.processing.context import enrich_span_context, with_distributed_trace_context
from json_server import Route, serve

SPAN_NAME = "serve_request"

#: For requests that bring their session with them, so it starts none.
tracer = HoneyHiveTracer.init(session_name="service B", skip_backend_session_creation=True)


def with_session_id(headers: dict[str, str], body: dict[str, Any]) -> Any:
    """The first way: a tracer for the session that the body names."""
    own = HoneyHiveTracer.init(session_name="service B", session_id=body["session_id"])
    with enrich_span_context(SPAN_NAME, tracer_instance=own):
        pass
    own.flush()
    return {"session_id": own.session_id, "headers": headers}


def with_trace_context(headers: dict[str, str], _: dict[str, Any]) -> Any:
    """The second way: the trace, and in it the session, that the headers name."""
    with with_distributed_trace_context(headers, tracer), enrich_span_context(SPAN_NAME, tracer_instance=tracer):
        pass
    tracer.flush()
    return {"session_id": None, "headers": headers}


ROUTES: dict[str, Route] = {"/session-id": with_session_id, "/trace-context": with_trace_context}

if __name__ == "__main__":
    serve(ROUTES)
