"""Spans of all AI libraries in the viewer: each dialect's messages, tool calls, documents, tokens and sessions."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from support.browser import Browser
from support.locations import traced_lambda
from support.viewer import Viewer, span

SESSION = "0c3a1f0e-9a4b-4b7e-8f57-2f3f0f5a7c11"
CALL = '{"city":"Oslo"}'

#: A question, the call of a tool, 12 and 5 tokens: the attribute sets of the dialects' own libraries.
DIALECTS: dict[str, dict[str, Any]] = {
    "HoneyHive": {
        "honeyhive_event_type": "model", "honeyhive_config.model": "gpt-4o",
        "honeyhive_inputs.chat_history.0.role": "user", "honeyhive_inputs.chat_history.0.content": "Weather?",
        "honeyhive_outputs.role": "assistant", "honeyhive_outputs.tool_calls.0.id": "c1",
        "honeyhive_outputs.tool_calls.0.type": "function",
        "honeyhive_outputs.tool_calls.0.function.name": "weather",
        "honeyhive_outputs.tool_calls.0.function.arguments": CALL,
        "honeyhive_metadata.prompt_tokens": 12, "honeyhive_metadata.completion_tokens": 5,
    },
    "OpenTelemetry GenAI": {
        "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o",
        "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Weather?"}]}]',
        "gen_ai.output.messages": '[{"role":"assistant","finish_reason":"tool_call","parts":[{"type":"tool_call",'
        '"id":"c1","name":"weather","arguments":{"city":"Oslo"}}]}]',
        "gen_ai.usage.input_tokens": 12, "gen_ai.usage.output_tokens": 5,
    },
    "OpenInference": {
        "openinference.span.kind": "LLM", "llm.model_name": "gpt-4o", "llm.system": "openai",
        "llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": "Weather?",
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.tool_calls.0.tool_call.id": "c1",
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "weather",
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": CALL,
        "llm.token_count.prompt": 12, "llm.token_count.completion": 5, "llm.token_count.total": 17,
        "input.value": '{"messages": []}', "input.mime_type": "application/json",
    },
    "Traceloop": {
        "llm.request.type": "chat", "gen_ai.system": "OpenAI", "gen_ai.request.model": "gpt-4o",
        "gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "Weather?",
        "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.finish_reason": "tool_calls",
        "gen_ai.completion.0.tool_calls.0.id": "c1", "gen_ai.completion.0.tool_calls.0.name": "weather",
        "gen_ai.completion.0.tool_calls.0.arguments": CALL,
        "gen_ai.usage.prompt_tokens": 12, "gen_ai.usage.completion_tokens": 5, "llm.usage.total_tokens": 17,
    },
    "Vercel AI SDK": {
        "operation.name": "ai.generateText.doGenerate", "ai.operationId": "ai.generateText.doGenerate",
        "ai.model.id": "gpt-4o", "ai.model.provider": "openai.chat",
        "ai.prompt.messages": '[{"role":"user","content":[{"type":"text","text":"Weather?"}]}]',
        "ai.response.finishReason": "tool-calls",
        "ai.response.toolCalls": json.dumps(
            [{"toolCallType": "function", "toolCallId": "c1", "toolName": "weather", "args": CALL}]
        ),
        "ai.usage.promptTokens": 12, "ai.usage.completionTokens": 5,
        "gen_ai.usage.input_tokens": 12, "gen_ai.usage.output_tokens": 5,
    },
    "Langfuse": {
        "langfuse.observation.type": "generation", "langfuse.observation.model.name": "gpt-4o",
        "langfuse.observation.input": '[{"role":"user","content":"Weather?"}]',
        "langfuse.observation.output": '{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",'
        '"function":{"name":"weather","arguments":"{\\"city\\":\\"Oslo\\"}"}}]}',
        "langfuse.observation.usage_details": '{"input":12,"output":5}',
    },
    "Anthropic's blocks": {
        "openinference.span.kind": "LLM", "llm.model_name": "gpt-4o",
        "input.value": '{"messages":[{"role":"user","content":[{"type":"text","text":"Weather?"}]}]}',
        "output.value": '{"type":"message","role":"assistant","content":[{"type":"tool_use","id":"c1",'
        '"name":"weather","input":{"city":"Oslo"}}]}',
        "llm.token_count.prompt": 12, "llm.token_count.completion": 5,
    },
}  # fmt: skip


def show(viewer: Viewer, session: str) -> dict[str, Any]:
    done = subprocess.run(
        [traced_lambda(), "show", session, "--json"],
        cwd=viewer.directory,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout)


def emit(viewer: Viewer, attributes: Mapping[str, Any], name: str = "call", resource: str = "service") -> None:
    """Sends a span with the official OpenTelemetry SDK, over HTTP in Protobuf."""
    provider = TracerProvider(resource=Resource.create({"service.name": resource}), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(endpoint=f"{viewer.url}/v1/traces")))
    with provider.get_tracer("test").start_as_current_span(name, attributes=attributes):
        pass
    provider.shutdown()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_dialect_is_a_conversation_with_a_tool_call_and_tokens(
    browser: Browser, viewer: Viewer, dialect: str
) -> None:
    emit(viewer, {"session.id": SESSION} | DIALECTS[dialect])
    [stored] = show(viewer, SESSION)["spans"]
    assert stored["eventType"] == "model"
    assert stored["model"] == "gpt-4o"
    assert (stored["tokens"]["input"], stored["tokens"]["output"], stored["tokens"]["total"]) == (12, 5, 17)
    assert [(message["direction"], message["role"]) for message in stored["messages"]] == [
        ("in", "user"), ("out", "assistant"),
    ]  # fmt: skip
    assert stored["messages"][1]["parts"] == [
        {"type": "tool_call", "id": "c1", "name": "weather", "arguments": {"city": "Oslo"}}
    ]
    # Raw attributes stay as they were sent.
    assert {**stored["attributes"], **DIALECTS[dialect]} == stored["attributes"]
    browser.open(f"{viewer.url}/sessions/{SESSION}#{stored['spanId']}")
    browser.eventually(lambda: browser.texts(".message h4") == ["User", "Assistant"], "the conversation")
    assert browser.texts(".message-text") == ["Weather?"]
    assert browser.texts(".call code") == ["weather"]
    assert '"city": "Oslo"' in browser.texts(".call pre")[0]
    tiles = dict(zip(browser.texts(".tiles dt"), browser.texts(".tiles dd"), strict=True))
    assert (tiles["model"], tiles["tokens in"], tiles["tokens out"]) == ("gpt-4o", "12", "5")
    assert tiles["cost, estimated"].startswith("$0.00")
    assert browser.find(".line .type-model"), "the waterfall has the model's colour"


def test_tokens_of_nested_reports_count_once(viewer: Viewer) -> None:
    usage = {"gen_ai.usage.input_tokens": 12, "gen_ai.usage.output_tokens": 5}
    viewer.send(
        # Vercel's outer span and an agent repeat the usage of the call below them.
        span("agent", 1, session=SESSION, type=None, attributes={"gen_ai.operation.name": "invoke_agent"} | usage),
        span("outer", 2, parent=1, session=SESSION, type=None,
             attributes={"ai.operationId": "ai.generateText", "ai.usage.promptTokens": 12}),
        # Two libraries report the same call.
        span("LLM", 3, parent=2, session=SESSION, type=None,
             attributes={"openinference.span.kind": "LLM", "llm.token_count.prompt": 12}),
        span("chat", 4, parent=3, session=SESSION, type=None, attributes={"gen_ai.operation.name": "chat"} | usage),
    )  # fmt: skip
    assert show(viewer, SESSION)["session"]["tokenCount"] == 17


def test_documents_and_embeddings_are_shown(browser: Browser, viewer: Viewer) -> None:
    viewer.send(
        span("search", 1, session=SESSION, type=None, attributes={
            "openinference.span.kind": "RETRIEVER", "input.value": "Oslo",
            "retrieval.documents.0.document.id": "d1", "retrieval.documents.0.document.content": "Capital of Norway",
            "retrieval.documents.0.document.score": 0.875,
            "retrieval.documents.0.document.metadata": '{"page": 3}',
        }),
        span("embed", 2, session=SESSION, type=None, attributes={
            "openinference.span.kind": "EMBEDDING", "embedding.embeddings.0.embedding.text": "Oslo",
        }),
    )  # fmt: skip
    browser.open(f"{viewer.url}/sessions/{SESSION}#{1:016x}")
    found = browser.eventually(lambda: browser.find(".document"), "the document")[0].text
    assert "d1" in found
    assert "0.875" in found
    assert "Capital of Norway" in found
    assert "page" in found
    browser.open(f"{viewer.url}/sessions/{SESSION}#{2:016x}")
    browser.eventually(lambda: browser.texts(".document .message-text") == ["Oslo"], "the embedded text")


def test_a_conversation_id_is_a_session_and_a_trace_without_one_is_one(viewer: Viewer) -> None:
    emit(viewer, {"gen_ai.operation.name": "chat", "gen_ai.conversation.id": "conv_5"})
    emit(viewer, {"gen_ai.operation.name": "chat", "gen_ai.conversation.id": "conv_5"})
    assert len(show(viewer, "conv_5")["spans"]) == 2
    viewer.send(span("a", 1, trace=5, session=None, type=None), span("b", 2, trace=5, session=None, type=None))
    viewer.send(span("c", 3, trace=6, session=None, type=None))
    assert len(show(viewer, f"trace-{5:032x}")["spans"]) == 2
    assert len(show(viewer, f"trace-{6:032x}")["spans"]) == 1


def test_a_trace_in_two_sessions_says_so_with_a_link_and_the_remedy(browser: Browser, viewer: Viewer) -> None:
    viewer.send(span("ask", 1, session="chat-7"), service="front")
    viewer.send(span("answer", 2, parent=1, session=SESSION), service="function")
    done = subprocess.run(
        [traced_lambda(), "show", "chat-7"], cwd=viewer.directory, capture_output=True, text=True, timeout=60
    )
    assert f"is also in session {SESSION}" in done.stdout
    assert "x-session-id: chat-7" in done.stdout
    browser.open(f"{viewer.url}/sessions/chat-7")
    notice = browser.one(".elsewhere")
    assert "is also in session" in notice.text
    assert "function" in notice.text
    assert "baggage: session_id=chat-7" in notice.text
    notice.find_element("tag name", "a").click()
    browser.eventually(lambda: browser.texts(".line .name") == ["answer"], "the other session")
    assert browser.driver.current_url.endswith(f"/sessions/{SESSION}")
    assert "chat-7" not in browser.one(".elsewhere").find_element("tag name", "code").text


def test_a_price_table_can_be_replaced(tmp_path: Path) -> None:
    built_in = subprocess.run([traced_lambda(), "prices"], capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(built_in.stdout)["gpt-4o"]["input"] > 0
    (tmp_path / "prices.json").write_text('{"our-model": {"input": 1000, "output": 2000, "cached": 500}}')
    viewer = Viewer(tmp_path / "viewer", "--prices", str(tmp_path / "prices.json"))
    try:
        tokens = {"gen_ai.usage.input_tokens": 1_000, "gen_ai.usage.output_tokens": 100}
        emit(viewer, {"session.id": SESSION, "gen_ai.request.model": "our-model-2026"} | tokens)
        emit(viewer, {"session.id": SESSION, "gen_ai.request.model": "gpt-4o"} | tokens)
        emit(viewer, {"session.id": SESSION, "gen_ai.request.model": "gpt-4o", "llm.cost.total": 0.25} | tokens)
        report = show(viewer, SESSION)
    finally:
        viewer.stop()
    assert [span["cost"] for span in report["spans"]] == [
        {"dollars": 1.2, "isEstimate": True}, None, {"dollars": 0.25, "isEstimate": False},
    ]  # fmt: skip
    assert report["session"]["cost"] == pytest.approx(1.45)
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"m": {"input": 1}}')
    done = subprocess.run(
        [traced_lambda(), "collect", "--port", "0", "--prices", wrong], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 64
    assert "'m' lacks" in done.stderr


def test_lines_are_whole_where_a_program_reads_them(viewer: Viewer) -> None:
    services = [f"service-number-{number}-with-a-long-name" for number in range(12)]
    for number, service in enumerate(services):
        viewer.send(span("s" * 200, number + 1, session=SESSION), service=service)
    done = subprocess.run(
        [traced_lambda(), "sessions"], cwd=viewer.directory, capture_output=True, text=True, timeout=60, check=True
    )
    assert all(service in done.stdout for service in services)
    assert "s" * 200 in done.stdout
    assert "…" not in done.stdout
