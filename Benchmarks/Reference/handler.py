"""The reference of `./build.sh bench`: today's way to trace a Lambda function to HoneyHive, as HoneyHive documents it."""

from __future__ import annotations

import os
from typing import Any

from honeyhive import HoneyHiveTracer
from honeyhive.tracer.processing.context import enrich_span_context


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    tracer = HoneyHiveTracer.init(
        api_key=os.environ["HH_API_KEY"], project=os.environ["HH_PROJECT"], session_id=event.get("session_id")
    )
    text = event["input"]
    with enrich_span_context("process_event", inputs={"input": text}, tracer_instance=tracer):
        with enrich_span_context("process", inputs={"input": text}, tracer_instance=tracer):
            result = text
    tracer.flush()
    return {"result": result, "sessionID": tracer.session_id, "padding": event.get("padding")}
