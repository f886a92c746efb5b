"""QueueWorker on the emulator: an SQS batch, with each message in the session of its sender."""

from __future__ import annotations

import json
from typing import Any

from support.bench import Bench
from support.dialect import Dialect
from support.events import PAYLOAD_MARK

SESSIONS = ["3f2504e0-4f89-41d3-9a0c-0305e82c3301", "7d9f4a52-0c1b-4e7e-9a36-5b1d2c3e4f50"]
TRACES = ["0af7651916cd43dd8448eb211c80319c", "4bf92f3577b34da6a3ce929d0e0e4736"]
SENDER = "b7ad6b7169203331"


def message(identifier: str, body: Any, **attributes: str) -> dict[str, Any]:
    """A message in Lambda's form (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html)."""
    return {
        "messageId": identifier,
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": json.dumps(body),
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1545082649183"},
        "messageAttributes": {
            name: {"stringValue": value, "stringListValues": [], "binaryListValues": [], "dataType": "String"}
            for name, value in attributes.items()
        },
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-2:123456789012:orders",
        "awsRegion": "us-east-2",
    }


def test_each_message_is_in_its_senders_session_and_the_failed_one_is_reported(bench: Bench) -> None:
    rotel = bench.rotel()
    tap = bench.tap(collector=rotel)
    emulator = bench.emulator(Dialect.PROTOBUF.environment(tap.address), "QueueWorker")
    parents = [f"00-{trace}-{SENDER}-01" for trace in TRACES]
    batch = [
        message("good", {"item": "tea", "count": 2}, session_id=SESSIONS[0], traceparent=parents[0]),
        message("bad", {"item": PAYLOAD_MARK, "count": 0}, session_id=SESSIONS[1], traceparent=parents[1]),
        message("own", {"item": "milk", "count": 1}),
        message("broken", PAYLOAD_MARK),
    ]

    answer = emulator.invoke({"Records": batch})

    assert answer.json == {"batchItemFailures": [{"itemIdentifier": "bad"}, {"itemIdentifier": "broken"}]}
    records = {
        str(span.attributes["messaging.message.id"]): span
        for span in tap.delivered
        if "messaging.message.id" in span.attributes
    }
    assert set(records) == {"good", "bad", "own", "broken"}
    (root,) = [span for span in tap.delivered if not span.parent_id]
    assert (root.status, root.kind) == ("UNSET", "CONSUMER")
    for name, session, trace in zip(("good", "bad"), SESSIONS, TRACES, strict=True):
        assert (records[name].session_id, records[name].trace_id, records[name].parent_id) == (session, trace, SENDER)
        (step,) = [span for span in tap.delivered if span.parent_id == records[name].span_id]
        assert (step.name, step.session_id, step.trace_id) == ("ship", session, trace)
    assert root.session_id not in SESSIONS
    for name in ("own", "broken"):
        assert (records[name].session_id, records[name].parent_id) == (root.session_id, root.span_id)
    assert {name: span.status for name, span in records.items()} == {
        "good": "UNSET",
        "bad": "ERROR",
        "own": "UNSET",
        "broken": "ERROR",
    }
    assert all(span.kind == "CONSUMER" and span.name == "process orders record" for span in records.values())
    assert "record bad failed: OrderError" in emulator.log
    rotel.wait_for_spans({span.span_id for span in tap.delivered})
