"""Stand-in for a language model's server with OpenAI's chat API.

https://platform.openai.com/docs/api-reference/chat. It plays the turns that a test provides, and rejects requests that
the API would reject.
"""

from __future__ import annotations

import json
import threading
import time
from typing import Any

from .http_wire import Request, response_bytes
from .raw_server import Connection
from .recording_proxy import Exchange, RecordingProxy, Upstream
from .waiting import Recording

API_KEY = "sk-model-7c3d90e1f2"
MODEL = "stand-in-1"
PATH = "/v1/chat/completions"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def says(*pieces: str, prompt_tokens: int, completion_tokens: int) -> list[dict[str, Any]]:
    """The chunks of a turn with text."""
    return [
        *(_chunk({"content": piece}) for piece in pieces),
        _chunk({}, "stop"),
        {"choices": [], "usage": {"prompt_tokens": prompt_tokens, "completion_tokens": completion_tokens}},
    ]


def calls(name: str, arguments: dict[str, Any]) -> list[dict[str, Any]]:
    """The chunks of a turn that calls a tool, with its arguments in two pieces."""
    text = json.dumps(arguments)
    parts = [
        {"index": 0, "id": "call_1", "type": "function", "function": {"name": name, "arguments": ""}},
        {"index": 0, "function": {"arguments": text[:7]}},
        {"index": 0, "function": {"arguments": text[7:]}},
    ]
    return [*(_chunk({"tool_calls": [part]}) for part in parts), _chunk({}, "tool_calls")]


def breaks_off(*pieces: str) -> list[dict[str, Any]]:
    """The chunks of a turn with text whose connection is closed before its end."""
    return [*(_chunk({"content": piece}) for piece in pieces), _BREAK]


_BREAK: dict[str, Any] = {}


def _document(turn: list[dict[str, Any]]) -> dict[str, Any]:
    """A turn as one response: its chunks put together, as the API does it without `stream`."""
    message: dict[str, Any] = {"role": "assistant", "content": None}
    whole: dict[str, Any] = {"id": "chatcmpl-1", "object": "chat.completion", "model": MODEL}
    reason = None
    for chunk in turn:
        if "usage" in chunk:
            whole["usage"] = chunk["usage"]
        for choice in chunk["choices"]:
            reason = choice["finish_reason"] or reason
            if "content" in choice["delta"]:
                message["content"] = (message["content"] or "") + choice["delta"]["content"]
            for part in choice["delta"].get("tool_calls", []):
                calls = message.setdefault("tool_calls", [])
                if part["index"] == len(calls):
                    calls.append({key: value for key, value in part.items() if key != "index"})
                else:
                    calls[part["index"]]["function"]["arguments"] += part["function"]["arguments"]
    return {**whole, "choices": [{"index": 0, "message": message, "finish_reason": reason}]}


def _chunk(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": MODEL, "choices": [choice]}


class ModelServer(RecordingProxy):
    def __init__(self, *turns: list[dict[str, Any]], status: int = 200, pause_seconds: float = 0) -> None:
        self._turns = list(turns)
        self._status = status
        self._pause_seconds = pause_seconds
        #: The time at which each chunk with text was sent, after its pause, by `time.monotonic_ns()`.
        self.texts_sent: Recording[tuple[str, int]] = Recording()
        #: Set when the client has disconnected before the turn's end.
        self.was_left = threading.Event()
        super().__init__(upstream=None)

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a function that uses this model."""
        return {"OPENAI_BASE_URL": f"{self.address.url}/v1", "OPENAI_API_KEY": API_KEY, "OPENAI_MODEL": MODEL}

    @property
    def asked(self) -> list[Request]:
        return [exchange.request for exchange in self.exchanges.snapshot()]

    def answer(self, connection: Connection, exchange: Exchange, _: Upstream) -> bool:
        _check(exchange.request)
        if self._status != 200:
            self.send(connection, exchange, self._status, response_bytes(self._status, {}, b'{"error": {}}'))
            return True
        turn = self._turns.pop(0)
        if not json.loads(exchange.request.body).get("stream"):
            body = json.dumps(_document(turn)).encode()
            self.send(connection, exchange, 200, response_bytes(200, {"Content-Type": "application/json"}, body))
            return True
        self.send(connection, exchange, 200, _HEAD)
        try:
            for document in turn:
                if document is _BREAK:
                    return False
                self._send_document(connection, document)
        except OSError:
            self.was_left.set()
            return False
        connection.send(_wire(b"data: [DONE]\n\n") + b"0\r\n\r\n")
        return True

    def _send_document(self, connection: Connection, document: dict[str, Any]) -> None:
        text = document["choices"][0]["delta"].get("content") if document["choices"] else None
        if text is not None:
            self.stopping.wait(self._pause_seconds)
            self.texts_sent.add((text, time.monotonic_ns()))
        connection.send(_wire(b"data: " + json.dumps(document).encode() + b"\n\n"))


def _wire(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def _check(request: Request) -> None:
    """Checks the API's requirements."""
    assert (request.method, request.target) == ("POST", PATH)
    assert request.needed_header("Authorization") == f"Bearer {API_KEY}"
    assert request.needed_header("Content-Type") == "application/json"
    body = json.loads(request.body)
    assert body["model"] == MODEL
    assert body.get("stream_options") == ({"include_usage": True} if body.get("stream") else None)
    for tool in body.get("tools", []):
        assert tool["type"] == "function"
        parameters = tool["function"]["parameters"]
        assert parameters["type"] == "object"
        assert set(parameters.get("required", [])) <= set(parameters["properties"])
    open_calls: set[str] = set()
    for message in body["messages"]:
        assert message["role"] in {"system", "user", "assistant", "tool"}
        assert isinstance(message["content"], str) or message.get("tool_calls")
        if message["role"] == "tool":
            open_calls.remove(message["tool_call_id"])
        else:
            assert not open_calls, f"calls without an answer: {open_calls}"
        for call in message.get("tool_calls", []):
            assert call["type"] == "function"
            assert isinstance(call["function"]["arguments"], str)
            open_calls.add(call["id"])
    assert not open_calls
