"""Service A: starts a HoneyHive session, and calls a function URL within it.

It is an ordinary Python service with HoneyHive's own client. `FUNCTION_URL` is the function's address: that of a deployed
function, whose requests are signed with the AWS credentials of the environment, or of `traced-lambda dev`.
"""

from __future__ import annotations

import json
import os
import sys

import boto3
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from honeyhive import HoneyHiveTracer
from honeyhive.tracer.processing.context import enrich_span_context, inject_context_into_carrier

FUNCTION_URL = os.environ["FUNCTION_URL"]


def main(question: str) -> None:
    tracer = HoneyHiveTracer.init(session_name="support-chat", source="service-a")
    with enrich_span_context("ask_function", tracer_instance=tracer, inputs={"question": question}):
        headers = {"Content-Type": "application/json"}
        # The trace, so that the function's spans are children of this one.
        inject_context_into_carrier(headers, tracer)
        # The session, which HoneyHive's client does not inject.
        headers["x-honeyhive-session-id"] = tracer.session_id
        reply = requests.post(FUNCTION_URL, **signed(json.dumps({"question": question}), headers), timeout=60)
        reply.raise_for_status()
    tracer.flush()
    print(json.dumps({"session_id": tracer.session_id, "answer": reply.json()["answer"]}))


def signed(body: str, headers: dict[str, str]) -> dict[str, object]:
    """The arguments of a request, signed if the URL is AWS's."""
    request = AWSRequest("POST", FUNCTION_URL, headers, body)
    if ".on.aws" in FUNCTION_URL:
        session = boto3.Session()
        SigV4Auth(session.get_credentials(), "lambda", session.region_name).add_auth(request)
    return {"data": body, "headers": dict(request.headers)}


if __name__ == "__main__":
    main(sys.argv[1])
