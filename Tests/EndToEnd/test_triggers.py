"""Every trigger of docs/triggers.md, made by `traced-lambda invoke`, on `traced-lambda dev` and on Lambda's emulator."""

from __future__ import annotations

import json
import re
import subprocess
import uuid
from collections.abc import Sequence
from typing import Any

from support import locations
from support.bench import Bench
from support.dialect import Dialect
from support.otlp import Span
from support.workbench import Workbench

#: `faas.trigger` by the trigger's name.
TRIGGERS = {
    "direct": "other", "url": "http", "http-api": "http", "api": "http", "alb": "http", "alb-multi-value": "http",
    "lattice": "http", "lattice-v1": "http", "websocket-connect": "http", "websocket": "http",
    "websocket-disconnect": "http", "authorizer": "http", "authorizer-token": "http", "authorizer-http": "http",
    "authorizer-appsync": "http", "authorizer-iot": "http", "sqs": "pubsub", "sns": "pubsub", "sns-sqs": "pubsub",
    "eventbridge": "pubsub", "schedule": "timer", "scheduler": "timer", "kinesis": "pubsub", "dynamodb": "datasource",
    "documentdb": "datasource", "kafka": "pubsub", "self-managed-kafka": "pubsub", "activemq": "pubsub",
    "rabbitmq": "pubsub", "firehose": "pubsub", "pipes-sqs": "pubsub", "pipes-kinesis": "pubsub",
    "pipes-dynamodb": "datasource", "pipes-kafka": "pubsub", "pipes-activemq": "pubsub", "pipes-rabbitmq": "pubsub",
    "destination": "other", "step-functions": "other", "step-functions-result": "other", "durable": "other",
    "s3": "datasource", "s3-batch": "datasource", "object-lambda": "http", "ses": "pubsub", "cloudfront": "http",
    "appsync": "http", "appsync-batch": "http", "appsync-template": "http", "appsync-events": "http",
    "bedrock-agent": "other", "bedrock-agent-function": "other", "lex": "other", "lex-v1": "other", "connect": "other",
    "cognito": "other", "alexa": "other", "codepipeline": "other", "config": "datasource", "cloudwatch-logs": "other",
}  # fmt: skip
#: The triggers whose events have no place for a caller's session.
WITHOUT_CONTEXT = {"authorizer-token", "s3", "ses", "cloudwatch-logs"}
#: Of these, HelloSession's event, which is an object, is not decoded; the trace is the same.
ARRAYS = {name for name in TRIGGERS if name.startswith("pipes-")} | {"appsync-batch"}


def session_of(trigger: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, trigger))


def caller_of(trigger: str) -> tuple[str, str]:
    """The trace and the span of the caller."""
    number = list(TRIGGERS).index(trigger) + 1
    return f"{number:032x}", f"{number:016x}"


def options(trigger: str) -> list[str]:
    chosen = ["--trigger", trigger, "--data", '{"input": "abc"}']
    if trigger in WITHOUT_CONTEXT:
        return chosen
    trace, span = caller_of(trigger)
    return [*chosen, "--session-id", session_of(trigger), "--traceparent", f"00-{trace}-{span}-01"]


def invoke(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [locations.traced_lambda(), "invoke", "HelloSession", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_help_lists_the_triggers() -> None:
    listed = re.search(r"with --trigger:\s+(.*?)\.\n", invoke("--help").stdout, re.DOTALL)

    assert listed is not None
    assert re.split(r",\s+", listed[1]) == list(TRIGGERS)


def stored_spans(workbench: Workbench, session: str) -> list[dict[str, Any]]:
    answer = workbench.request("GET", f"/api/sessions/{session}/otlp")
    resources = answer.json()["resourceSpans"] if answer.status_code == 200 else []
    return [span for resource in resources for scope in resource["scopeSpans"] for span in scope["spans"]]


def text_of(span: dict[str, Any], key: str) -> str | None:
    values = [attribute["value"] for attribute in span["attributes"] if attribute["key"] == key]
    return values[0].get("stringValue") if values else None


def test_dev_is_invoked_by_every_trigger(bench: Bench) -> None:
    workbench = bench.workbench("HelloSession")
    port = ["--port", str(workbench.address.port)]
    for trigger, kind in TRIGGERS.items():
        done = invoke(*options(trigger), *port)
        assert done.returncode == (1 if trigger in ARRAYS else 0), f"{trigger}: {done.stdout}{done.stderr}"
        session = session_of(trigger)
        if trigger in WITHOUT_CONTEXT:
            session = json.loads(done.stdout)["sessionID"]
        roots = [span for span in stored_spans(workbench, session) if text_of(span, "faas.trigger")]
        assert [text_of(root, "faas.trigger") for root in roots] == [kind], trigger
        if trigger not in WITHOUT_CONTEXT:
            assert [(root["traceId"], root["parentSpanId"]) for root in roots] == [caller_of(trigger)], trigger


def roots_of(spans: Sequence[Span]) -> list[Span]:
    return [span for span in spans if "faas.trigger" in span.attributes]


def test_lambdas_emulator_is_invoked_by_every_trigger(bench: Bench) -> None:
    tap, rotel = bench.collector(Dialect.PROTOBUF)
    assert rotel is not None
    emulator = bench.emulator(Dialect.PROTOBUF.environment(tap.address), "HelloSession")
    for trigger, kind in TRIGGERS.items():
        event = invoke(*options(trigger), "--dry-run")
        assert event.returncode == 0, f"{trigger}: {event.stderr}"
        known = len(roots_of(tap.delivered))
        emulator.invoke(json.loads(event.stdout))
        roots = roots_of(tap.delivered)[known:]
        assert [root.attributes["faas.trigger"] for root in roots] == [kind], trigger
        if trigger not in WITHOUT_CONTEXT:
            root = roots[0]
            assert (root.trace_id, root.parent_id) == caller_of(trigger), trigger
            assert root.attributes["honeyhive.session_id"] == session_of(trigger), trigger
    rotel.wait_for_spans({span.span_id for span in tap.delivered})
