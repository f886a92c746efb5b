"""A mock of Lambda's Runtime API for cases that the real emulator cannot produce.

It delivers invocations and answers posts as a test specifies, byte for byte, and detects protocol violations: more
`/next` requests and open invocations than workers, or a second response to an invocation.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .events import encoded
from .http_wire import Framing, Request, Truncated, response_bytes
from .loopback import Address
from .raw_server import Connection, RawServer
from .waiting import PATIENCE_SECONDS, Recording

_BASE = "/2018-06-01/runtime"
_EXTENSION_BASE = "/2020-01-01/extension"
#: Used as the request id of an init error.
_INIT = "init"
FUNCTION_ARN = "arn:aws:lambda:eu-central-1:123456789012:function:scripted"


def deadline_in(seconds: float) -> str:
    """A value for `Lambda-Runtime-Deadline-Ms`."""
    return str(round((time.time() + seconds) * 1_000))


@dataclass(frozen=True)
class PostAnswer:
    """The response to a post."""

    #: None closes the connection instead of responding.
    status: int | None = 202
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Responds to a streamed response before its end: after this number of chunks.
    after_chunks: int | None = None
    #: Closes the connection after the response, without having announced it.
    closes: bool = False
    #: Closes it with a RST.
    resets: bool = False


@dataclass(frozen=True)
class Post:
    """A post of the function."""

    kind: str
    request_id: str
    request: Request
    connection: int
    received_at: int
    #: The time from the sending of the event to the arrival of the post's last bytes, as the kernel measures it to a few
    #: milliseconds: without the time for which this process was too busy to read them.
    taken_seconds: float

    @property
    def json(self) -> Any:
        return json.loads(self.request.body.decode("utf-8"))

    def __repr__(self) -> str:
        return f"<{self.kind} of {self.request_id}, {len(self.request.body)} bytes>"


@dataclass(frozen=True)
class _Answer:
    """One response to `/next`."""

    data: bytes
    #: The invocation that it delivers.
    request_id: str | None = None
    closes: bool = False
    resets: bool = False


class ScriptedRuntimeAPI(RawServer):
    def __init__(self, address: Address | None = None, worker_count: int = 1) -> None:
        self._worker_count = worker_count
        self._lock = threading.Lock()
        self._script: deque[_Answer] = deque()
        self._script_changed = threading.Condition()
        self._post_answers: dict[str, PostAnswer] = {}
        self._open_invocations: set[str] = set()
        self._waiting_count = 0
        #: The time of each `/next`.
        self.polls: Recording[int] = Recording()
        self.posts: Recording[Post] = Recording()
        self._outcomes: dict[str, Post] = {}
        #: The time at which each invocation was sent.
        self._sent_at: dict[str, int] = {}
        #: The invocations whose streamed response was answered, or cut, before its end.
        self.early_answers: Recording[str] = Recording()
        #: The function's protocol violations.
        self.violations: list[str] = []
        super().__init__(address)

    # For tests: script.

    def offer(
        self,
        event: Any,
        headers: Mapping[str, str | None] | None = None,
        framing: Framing = Framing.CONTENT_LENGTH,
        answer: PostAnswer = PostAnswer(),
        request_id: str | None = None,
    ) -> str:
        """Delivers an invocation at the function's next `/next`.

        Args:
            event: A value, which is sent as JSON, or bytes.
            headers: Headers to set in, or with None to omit from, the response to `/next`.
            answer: The response to the function's post of the outcome.

        Returns:
            The request id.
        """
        request_id = request_id or str(uuid.uuid4())
        self._post_answers[request_id] = answer
        default = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": request_id,
            "Lambda-Runtime-Deadline-Ms": deadline_in(30),
            "Lambda-Runtime-Invoked-Function-Arn": FUNCTION_ARN,
            "Lambda-Runtime-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
        }
        merged = {name: value for name, value in {**default, **(headers or {})}.items() if value is not None}
        self._add(_Answer(response_bytes(200, merged, encoded(event), framing), request_id))
        return request_id

    def answer_next(self, status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> None:
        """Answers the next `/next` with something other than an invocation."""
        self._add(_Answer(response_bytes(status, headers, body)))

    def answer_next_raw(self, data: bytes) -> None:
        """Answers the next `/next` with bytes that need not be HTTP, then closes the connection."""
        self._add(_Answer(data, closes=True))

    def drop_next(self, reset: bool = False) -> None:
        """Closes the connection instead of answering the next `/next`."""
        self._add(_Answer(b"", closes=True, resets=reset))

    # For tests: results.

    def wait_for_polls(self, count: int, within: float = PATIENCE_SECONDS) -> None:
        self.polls.wait(lambda polls: len(polls) >= count, f"{count} requests for /next", within)

    def outcome(self, request_id: str, within: float = PATIENCE_SECONDS) -> Post:
        """Waits for the function's post for an invocation."""
        return self.posts.wait(lambda _: self._outcomes.get(request_id), f"an answer to {request_id}", within)

    def forget(self) -> None:
        """Discards the posts and polls so far, so that a long run does not exhaust memory."""
        self._outcomes.clear()
        self._sent_at.clear()
        self._post_answers.clear()
        self.posts.clear()
        self.polls.clear()

    def response(self, request_id: str, within: float = PATIENCE_SECONDS) -> Any:
        """Waits for a response, not an error, and parses its JSON."""
        post = self.outcome(request_id, within)
        assert post.kind == "response", f"{post.kind}: {post.request.body[:500]!r}"
        return post.json

    def error(self, request_id: str, within: float = PATIENCE_SECONDS) -> Post:
        """Waits for an error, not a response."""
        post = self.outcome(request_id, within)
        assert post.kind == "error", f"{post.kind}: {post.request.body[:500]!r}"
        return post

    def error_of_init(self) -> Post:
        """Waits for the report of an init error."""
        post = self.outcome(_INIT)
        assert post.kind == "init/error"
        return post

    # Server.

    def serve(self, connection: Connection) -> None:
        while (request := connection.read_request(partial(self._observe, connection))) is not None:
            received_at = time.monotonic_ns()
            if request.method == "GET" and request.target == f"{_BASE}/invocation/next":
                is_going_on = self._serve_next(connection, received_at)
            elif request.target.startswith(f"{_EXTENSION_BASE}/"):
                is_going_on = self._serve_extension(connection, request)
            else:
                is_going_on = self._serve_post(connection, request, received_at)
            if not is_going_on:
                return

    def _serve_next(self, connection: Connection, received_at: int) -> bool:
        with self._lock:
            self._waiting_count += 1
            if self._waiting_count + len(self._open_invocations) > self._worker_count:
                self.violations.append(
                    f"{self._waiting_count} requests for /next wait while these have no answer: {self._open_invocations}"
                )
        self.polls.add(received_at)
        with self._script_changed:
            self._script_changed.wait_for(lambda: self._script or self.stopping.is_set())
            answer = None if self.stopping.is_set() else self._script.popleft()
        with self._lock:
            self._waiting_count -= 1
            if answer is not None and answer.request_id is not None:
                self._open_invocations.add(answer.request_id)
        if answer is None:
            return False
        if answer.request_id is not None:
            self._sent_at[answer.request_id] = time.monotonic_ns()
        connection.send(answer.data)
        if answer.closes:
            connection.close(reset=answer.resets)
        return not answer.closes

    def _serve_extension(self, connection: Connection, request: Request) -> bool:
        """Serves an extension without events: it registers, and waits for an event."""
        if request.target == f"{_EXTENSION_BASE}/event/next":
            self.stopping.wait()
            return False
        assert request.target == f"{_EXTENSION_BASE}/register", f"an unknown request: {request.start_line}"
        headers = {"Content-Type": "application/json", "Lambda-Extension-Identifier": str(uuid.uuid4())}
        connection.send(response_bytes(200, headers, b"{}"))
        return True

    def _observe(self, connection: Connection, start_line: str, chunk_count: int) -> None:
        """Called while a streamed response arrives."""
        _, request_id = self._target(start_line.split(" ")[1])
        answer = self._post_answers.get(request_id, PostAnswer())
        if answer.after_chunks != chunk_count:
            return
        with self._lock:
            self._open_invocations.discard(request_id)
        self.early_answers.add(request_id)
        if answer.status is None:
            raise Truncated("the script says so")
        connection.send(response_bytes(answer.status, answer.headers, b"{}"))

    def _serve_post(self, connection: Connection, request: Request, received_at: int) -> bool:
        assert request.method == "POST", f"a request that the Runtime API does not know: {request.start_line}"
        kind, request_id = self._target(request.target)
        if request_id in self._outcomes:
            self.violations.append(f"{request_id} was answered twice")
        with self._lock:
            self._open_invocations.discard(request_id)
        answer = self._post_answers.get(request_id, PostAnswer())
        headers = {"Content-Type": "application/json", **answer.headers}
        sent_at = self._sent_at.get(request_id, received_at)
        taken_seconds = (time.monotonic_ns() - sent_at) / 1e9 - connection.seconds_since_data()
        post = Post(kind, request_id, request, connection.number, received_at, taken_seconds)
        self._outcomes[request_id] = post
        self.posts.add(post)
        if answer.status is not None and answer.after_chunks is None:
            connection.send(response_bytes(answer.status, headers, b'{"status":"OK"}\n'))
        is_over = (
            answer.status is None
            or answer.closes
            or answer.resets
            or answer.headers.get("Connection", "").lower() == "close"
        )
        if is_over:
            connection.close(reset=answer.resets)
        return not is_over

    @staticmethod
    def _target(target: str) -> tuple[str, str]:
        """Parses the kind and the request id of a post."""
        if target == f"{_BASE}/init/error":
            return "init/error", _INIT
        parts = target.removeprefix(f"{_BASE}/invocation/").split("/")
        assert len(parts) == 2 and parts[1] in ("response", "error"), f"the Runtime API does not know {target}"
        return parts[1], parts[0]

    def _add(self, answer: _Answer) -> None:
        with self._script_changed:
            self._script.append(answer)
            self._script_changed.notify_all()

    def stop(self) -> None:
        self.stopping.set()
        with self._script_changed:
            self._script_changed.notify_all()
        super().stop()
