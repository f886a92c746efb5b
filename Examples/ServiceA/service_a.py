"""Service A: starts a HoneyHive session, and invokes a function within it.

It is an ordinary Python service with HoneyHive's and AWS's own clients. Its environment determines their servers:
`HH_API_URL` and `AWS_ENDPOINT_URL_LAMBDA` select `traced-lambda dev`; without them, HoneyHive and AWS are used.
"""

from __future__ import annotations

import json
import sys

import boto3
from honeyhive import HoneyHiveTracer
from honeyhive.tracer.processing.context import enrich_span_context, inject_context_into_carrier

FUNCTION_NAME = "HelloSession"


def main(question: str) -> None:
    tracer = HoneyHiveTracer.init(session_name="support-chat", source="service-a")
    with enrich_span_context("ask_function", tracer_instance=tracer, inputs={"question": question}):
        # The headers make the function's spans children of this span; the id puts them in this session.
        headers: dict[str, str] = {}
        inject_context_into_carrier(headers, tracer)
        event = {"input": question, "session_id": tracer.session_id, "headers": headers}
        answer = boto3.client("lambda").invoke(FunctionName=FUNCTION_NAME, Payload=json.dumps(event))
        result = json.load(answer["Payload"])
    tracer.flush()
    print(json.dumps({"session_id": tracer.session_id, "answer": result}))


if __name__ == "__main__":
    main(sys.argv[1])
