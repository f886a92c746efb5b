"""The reference of `./build.sh bench`: HoneyHive's documented way to trace a Lambda function."""

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
    if "spans" in event:
        _step(event["spans"], text, tracer)
    else:
        _process(text, tracer)
    tracer.flush()
    return {"result": text, "sessionID": tracer.session_id, "padding": event.get("padding")}


def _process(text: str, tracer: HoneyHiveTracer) -> None:
    with (
        enrich_span_context("process_event", inputs={"input": text}, outputs={"result": text}, tracer_instance=tracer),
        enrich_span_context("process", inputs={"input": text}, outputs={"result": text}, tracer_instance=tracer),
    ):
        pass


def _step(count: int, text: str, tracer: HoneyHiveTracer) -> None:
    for index in range(count):
        with enrich_span_context("step", inputs={"input": text}, outputs={"index": index}, tracer_instance=tracer):
            pass
