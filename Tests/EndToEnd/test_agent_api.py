"""AgentAPI on the emulator, with events of a function URL and a stand-in for the language model."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.bench import Bench
from support.dialect import Dialect
from support.events import PAYLOAD_MARK
from support.lambda_emulator import LambdaEmulator, Reply
from support.managed_instance_emulator import ManagedInstanceEmulator
from support.model_server import API_KEY, MODEL, ModelServer, breaks_off, calls, says
from support.scripted_runtime_api import PostAnswer
from support.waiting import PATIENCE_SECONDS

PRODUCT = "AgentAPI"
SESSION = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
TRACE = "0af7651916cd43dd8448eb211c80319c"
CALLER = "b7ad6b7169203331"
SEPARATOR = bytes(8)
PAUSE_SECONDS = 0.3
SUM = {"left": 6, "operation": "*", "right": 7}


def request(body: Any, **headers: str) -> dict[str, Any]:
    """The event of a function URL (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html)."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/",
        "rawQueryString": "",
        "headers": {"content-type": "application/json", **headers},
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "abcdefgh",
            "domainName": "abcdefgh.lambda-url.eu-central-1.on.aws",
            "http": {"method": "POST", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "t"},
            "requestId": "id",
            "routeKey": "$default",
            "stage": "$default",
            "time": "24/Nov/2026:12:00:00 +0000",
            "timeEpoch": 1795521600000,
        },
        "body": body if isinstance(body, str) else json.dumps(body),
        "isBase64Encoded": False,
    }


def start(bench: Bench, collector: Any, environment: dict[str, str]) -> LambdaEmulator:
    return bench.emulator(
        {**Dialect.PROTOBUF.environment(collector.address), **environment},
        PRODUCT,
        taps_runtime_api=True,
        kind=ManagedInstanceEmulator,
    )


def head_and_body(reply: Reply) -> tuple[dict[str, Any], str]:
    prelude, separator, body = reply.body.partition(SEPARATOR)
    assert separator == SEPARATOR
    return json.loads(prelude), body.decode()


def events(body: str) -> list[tuple[str, Any]]:
    """The server-sent events, each with its parsed data."""
    found = []
    for block in body.removesuffix("\n\n").split("\n\n"):
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def test_the_answer_is_streamed_while_the_model_speaks_and_traced_before_it_ends(bench: Bench) -> None:
    rotel = bench.rotel()
    tap = bench.tap(collector=rotel)
    model = bench.model_server(
        calls("calculator", SUM),
        says("It is ", "42.", prompt_tokens=30, completion_tokens=4),
        pause_seconds=PAUSE_SECONDS,
    )
    emulator = start(bench, tap, model.environment)
    question = {"question": f"6 x 7? {PAYLOAD_MARK}", "stream": True}

    reply = emulator.invoke(
        request(question, **{"x-honeyhive-session-id": SESSION, "traceparent": f"00-{TRACE}-{CALLER}-01"})
    )

    head, body = head_and_body(reply)
    assert (head["statusCode"], head["headers"]["Content-Type"]) == (200, "text/event-stream")
    assert events(body) == [
        ("tool", {"name": "calculator", "arguments": json.dumps(SUM), "result": "42.0"}),
        ("text", {"text": "It is "}),
        ("text", {"text": "42."}),
        ("done", {"answer": "It is 42.", "session_id": SESSION}),
    ]

    # The caller had received the first piece while the model still withheld the second one.
    (post,) = emulator.posts("response")
    *pieces, last = post.request.chunks
    first_piece = next(piece for piece in pieces if b"It is " in piece.data)
    (_, _), (second_text, second_sent_at) = model.texts_sent.snapshot()
    assert second_text == "42."
    assert first_piece.received_at < second_sent_at

    # The trace was delivered before the stream's end.
    assert last.data == b""
    assert tap.exports[-1].answered_at < last.received_at
    spans = tap.delivered
    chat = f"chat {MODEL}"
    assert [span.name for span in spans] == [
        "POST", chat, "execute_tool calculator", "POST", chat, "invoke_agent assistant", "AgentAPI"
    ]  # fmt: skip
    assert all((span.session_id, span.trace_id, span.status) == (SESSION, TRACE, "UNSET") for span in spans)
    first_post, first_turn, tool, second_post, second_turn, agent, root = spans
    assert (root.parent_id, agent.parent_id) == (CALLER, root.span_id)
    assert {span.parent_id for span in (first_turn, tool, second_turn)} == {agent.span_id}
    assert [span.parent_id for span in (first_post, second_post)] == [first_turn.span_id, second_turn.span_id]
    types = [span.attributes["honeyhive_event_type"] for span in (first_turn, tool, second_turn, agent, root)]
    assert types == ["model", "tool", "model", "chain", "chain"]
    assert first_turn.attributes["honeyhive_outputs.tool_calls.0.function.name"] == "calculator"
    assert tool.attributes["honeyhive_outputs.message"] == "42.0"
    assert second_turn.attributes["honeyhive_metadata.total_tokens"] == 34
    assert second_turn.attributes["honeyhive_metrics.ttft_ms"] >= PAUSE_SECONDS * 800
    rotel.wait_for_spans({span.span_id for span in spans})

    # The model's server received the trace context, with the span of the request as the parent, and no session.
    for asked, post in zip(model.asked, (first_post, second_post), strict=True):
        assert asked.needed_header("traceparent") == f"00-{TRACE}-{post.span_id}-01"
        assert asked.header("baggage") is None
        assert SESSION.encode() not in asked.body
    assert API_KEY not in emulator.log
    assert all(API_KEY not in str(span) for span in spans)


def test_without_streaming_the_answer_is_one_document(bench: Bench) -> None:
    tap = bench.tap()
    model = bench.model_server(says("It is ", "42.", prompt_tokens=30, completion_tokens=4))
    emulator = start(bench, tap, model.environment)

    reply = emulator.invoke(request({"question": "6 x 7?", "session_id": SESSION}))

    head, body = head_and_body(reply)
    assert (head["statusCode"], head["headers"]["Content-Type"]) == (200, "application/json")
    assert json.loads(body) == {"answer": "It is 42.", "session_id": SESSION}
    assert {span.session_id for span in tap.wait_for_spans(4)} == {SESSION}


def test_a_turn_that_breaks_off_is_told_and_recorded(bench: Bench) -> None:
    tap = bench.tap()
    model = bench.model_server(calls("calculator", SUM), breaks_off("It is "))
    emulator = start(bench, tap, model.environment)

    _, body = head_and_body(emulator.invoke(request({"question": "6 x 7?", "stream": True})))

    names = [name for name, _ in events(body)]
    assert names == ["tool", "text", "error"]
    assert "broke off" in events(body)[-1][1]["error"]
    spans = tap.wait_for_spans(7)
    turn = next(span for span in reversed(spans) if span.name == f"chat {MODEL}")
    assert (turn.status, turn.attributes["honeyhive_outputs.content"]) == ("ERROR", "It is ")


def test_a_caller_that_goes_away_ends_the_models_turn(bench: Bench) -> None:
    pieces = [f"piece {number} " for number in range(600)]
    model = bench.model_server(says(*pieces, prompt_tokens=1, completion_tokens=600), pause_seconds=0.05)
    scripted = bench.scripted(model.environment, product=PRODUCT)

    scripted.api.offer(
        request({"question": "why?", "stream": True}), answer=PostAnswer(status=None, after_chunks=3)
    )

    spans = scripted.tap.wait_for_spans(4)
    assert model.was_left.wait(PATIENCE_SECONDS)
    _, turn, agent, root = spans
    assert (turn.status, agent.status, root.status) == ("ERROR", "ERROR", "ERROR")
    assert turn.attributes["honeyhive_outputs.content"].startswith("piece 0 piece 1 ")
    assert len(model.texts_sent.snapshot()) < len(pieces)


@pytest.mark.parametrize(
    ("settings", "body", "status", "error"),
    [
        ({}, "not JSON", 400, 'the body must be JSON like {"question": "…", "stream": true}'),
        ({}, {"question": "why?", "stream": True}, 502, "HTTP 429"),
        ({"OPENAI_API_KEY": ""}, {"question": "why?"}, 500, "the function's environment has no OPENAI_API_KEY"),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:1"}, {"question": "why?"}, 502, "connection failed"),
        ({"OPENAI_BASE_URL": "nonsense://"}, {"question": "why?"}, 500, "OPENAI_BASE_URL is not an http or https URL"),
    ],
    ids=["body", "model", "key", "connection", "address"],
)
def test_what_goes_wrong_is_told_in_json(
    bench: Bench, settings: dict[str, str], body: Any, status: int, error: str
) -> None:
    tap = bench.tap()
    model: ModelServer = bench.model_server(status=429)
    emulator = start(bench, tap, {**model.environment, **settings})

    reply = emulator.invoke(request(body))

    head, text = head_and_body(reply)
    assert (head["statusCode"], head["headers"]["Content-Type"]) == (status, "application/json")
    assert error in json.loads(text)["error"]
    root = tap.wait_for_spans(1)[-1]
    assert (root.name, root.status) == ("AgentAPI", "UNSET" if status < 500 else "ERROR")
