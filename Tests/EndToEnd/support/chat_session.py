"""A realistic session: a Python service calls a Swift function that calls a model and tools."""

from __future__ import annotations

import time
from typing import Any

from .viewer import BEGIN, MILLISECOND, Viewer, exception, shifted, span

SESSION = "3f2a9c1e-7b4d-4e8a-9c65-0d1f2a3b4c5d"
EARLIER = "8d0e4b7a-1c2f-4a5b-b6d7-e8f901234567"

CHAT = [
    {"role": "system", "content": "You answer questions about the customer’s orders. Use the tools. Be brief."},
    {"role": "user", "content": "Where is my order 4417? It should have been here on Friday."},
    {
        "role": "assistant",
        "content": "",
        "tool_calls": [
            {"function": {"name": "find_order", "arguments": '{"order_id": 4417, "include": ["parcel", "events"]}'}}
        ],
    },
    {
        "role": "tool",
        "content": '{"order_id": 4417, "status": "in transit", "parcel": "JD0002", "last_scan": "Leipzig, Sat 03:12"}',
    },
]
ANSWER = (
    "Your order is on its way: the parcel was last scanned in Leipzig on Saturday at 03:12. "
    "It missed Friday’s van, so it should reach you on Monday.\n\n"
    "Shall I send you a message when it is out for delivery?"
)

STACK = """SearchError.timedOut(after: 0.4 seconds)
  at DocumentIndex.query(_:limit:) (Sources/Answer/DocumentIndex.swift:88)
  at Answer.retrieve(_:) (Sources/Answer/Answer.swift:41)
  at Answer.handle(_:context:) (Sources/Answer/Answer.swift:23)"""


def caller_spans() -> list[dict[str, Any]]:
    return [
        span("POST /chat", 1, session=SESSION, kind=2, start=0, duration=2_310, inputs={"message": CHAT[1]["content"]},
             outputs={"status": 200}, metadata={"customer": "c-1182", "channel": "web"}),
        span("moderate", 2, parent=1, session=SESSION, start=6, duration=74, type="tool", outputs={"flagged": False}),
        span("invoke answer", 3, parent=1, session=SESSION, kind=3, start=88, duration=2_190,
             attributes={"faas.invoked_name": "answer", "faas.invoked_provider": "aws"}),
    ]  # fmt: skip


def function_spans() -> list[dict[str, Any]]:
    tokens = {"gen_ai.request.model": "gpt-4o", "gen_ai.operation.name": "chat"}
    return [
        span("answer", 10, parent=3, session=SESSION, kind=2, start=262, duration=1_960,
             attributes={"faas.coldstart": True, "faas.trigger": "other", "faas.invocation_id": "8476a536-e9f4-11e8"},
             inputs={"question": CHAT[1]["content"], "history": {"turns": 3, "languages": ["en", "de"]}},
             outputs={"answer": ANSWER}, metadata={"session_origin": "event"}, links=[(9, 90)]),
        span("retrieve", 11, parent=10, session=SESSION, start=270, duration=640, inputs={"query": "order 4417"}),
        span("embed question", 12, parent=11, session=SESSION, start=274, duration=118, type="model",
             metrics={"total_tokens": 14},
             attributes={"gen_ai.request.model": "text-embedding-3-small", "gen_ai.usage.input_tokens": 14}),
        span("search help pages", 13, parent=11, session=SESSION, start=396, duration=404, type="tool",
             error="SearchError.timedOut(after: 0.4 seconds)", inputs={"query": "order late", "limit": 5},
             events=[exception("SearchError", "SearchError.timedOut(after: 0.4 seconds)", STACK, at=800)]),
        span("search orders", 14, parent=11, session=SESSION, start=398, duration=236, type="tool",
             outputs={"documents": [{"id": "order-4417", "score": 0.93}, {"id": "order-4402", "score": 0.41}]}),
        span("choose tool", 15, parent=10, session=SESSION, start=918, duration=402, type="model",
             inputs={"chat_history": CHAT[:2]},
             outputs={"choices": [{"message": CHAT[2], "finish_reason": "tool_calls"}]},
             attributes=tokens | {"gen_ai.usage.input_tokens": 388, "gen_ai.usage.output_tokens": 21}),
        span("find_order", 16, parent=10, session=SESSION, start=1_326, duration=131, type="tool",
             inputs={"order_id": 4417, "include": ["parcel", "events"]},
             outputs={"status": "in transit", "parcel": "JD0002"}),
        span("compose answer", 17, parent=10, session=SESSION, start=1_463, duration=738, type="model",
             inputs={"chat_history": CHAT},
             outputs={"choices": [{"message": {"role": "assistant", "content": ANSWER}, "finish_reason": "stop"}]},
             metrics={"time_to_first_token_ms": 212.5, "total_tokens": 547},
             attributes=tokens | {"gen_ai.usage.input_tokens": 462, "gen_ai.usage.output_tokens": 85}),
        span("remember turn", 18, parent=10, session=SESSION, start=2_203, duration=15, type="tool",
             metadata={"unfinished": True}),
    ]  # fmt: skip


def send(viewer: Viewer) -> None:
    """Sends the session, another session that refers to it, and later feedback."""
    viewer.post(
        "/session/start", {"session": {"session_id": SESSION, "session_name": "Where is my order?", "source": "web"}}
    )
    # The function's response waits for the delivery of its spans, so they must arrive shortly after its end.
    late = time.time_ns() - (BEGIN + 2_222 * MILLISECOND)
    viewer.send(*shifted(function_spans(), late - 60 * MILLISECOND), service="answer")
    viewer.send(*shifted(caller_spans(), late - 60 * MILLISECOND), service="chat-api")
    follow_up = span("follow-up", 30, trace=3, session=SESSION, kind=5, start=2_250, duration=48)
    viewer.send(*shifted([follow_up], late - 60 * MILLISECOND), service="notifier")
    viewer.send(span("nightly index", 90, trace=9, session=EARLIER, start=-9_000, duration=812), service="indexer")
    viewer.post(
        "/events",
        {"event_id": SESSION, "feedback": {"rating": 5}, "user_properties": {"plan": "pro"}},
        method="PUT",
    )
