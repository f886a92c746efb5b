"""Mock of HoneyHive's ingestion: records requests, and responds as HoneyHive does.

The form of requests and responses was recorded from HoneyHive's own client, which accepts these responses.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

from . import otlp
from .events import API_KEY
from .http_wire import Request, response_bytes
from .otlp import Span
from .raw_server import Connection
from .recording_proxy import Exchange, RecordingProxy, Upstream
from .waiting import Recording

START_PATH = "/session/start"
EVENTS_PATH = "/events"


class HoneyHiveIngestion(RecordingProxy):
    def __init__(self) -> None:
        #: The sessions that were started by a request; spans may create further ones.
        self._started: Recording[str] = Recording()
        super().__init__(upstream=None)

    def answer(self, connection: Connection, exchange: Exchange, _: Upstream) -> bool:
        status, document = self._answer(exchange.request)
        data = response_bytes(status, {"Content-Type": "application/json"}, json.dumps(document).encode())
        self.send(connection, exchange, status, data)
        return True

    def requests(self, connection: Connection) -> Iterator[Exchange]:
        """The connection's requests, except those that only open it."""
        while (request := connection.read_request()) is not None:
            exchange = Exchange(connection.number, request)
            if request.method == "HEAD":
                self.send(connection, exchange, 405, response_bytes(405))
                continue
            self.exchanges.add(exchange)
            yield exchange

    def _answer(self, request: Request) -> tuple[int, dict[str, Any]]:
        if request.header("Authorization") != f"Bearer {API_KEY}":
            return 401, {"message": "the key is wrong", "errorCode": "UNAUTHORIZED"}
        routes = {
            ("POST", otlp.HONEYHIVE_PATH): self._take_spans,
            ("POST", START_PATH): self._start_session,
            ("PUT", EVENTS_PATH): self._take_addition,
        }
        route = routes.get((request.method, request.target))
        assert route is not None, f"not in HoneyHive's interface: {request.start_line}"
        return 200, route(request)

    def _take_spans(self, request: Request) -> dict[str, Any]:
        otlp.decode(request)
        return {}

    def _take_addition(self, request: Request) -> dict[str, Any]:
        assert json.loads(request.body)["event_id"], "an addition to nothing"
        return {"success": True}

    def _start_session(self, request: Request) -> dict[str, Any]:
        """Starts a session; an existing one is not changed."""
        session = json.loads(request.body)["session"]
        session_id = session.get("session_id") or str(uuid.uuid4())
        self._started.add(session_id)
        names = ("org_id", "workspace_id", "project_id")
        return {**session, "session_id": session_id, "event_id": session_id} | dict.fromkeys(names, "stand-in")

    def of(self, method: str, path: str) -> list[Exchange]:
        """The requests of a kind, in order of arrival."""
        wanted = (method, path)
        return [
            exchange
            for exchange in self.exchanges.snapshot()
            if (exchange.request.method, exchange.request.target) == wanted
        ]

    @property
    def exports(self) -> list[Exchange]:
        return self.of("POST", otlp.HONEYHIVE_PATH)

    @property
    def spans(self) -> list[Span]:
        return [span for exchange in self.exports for span in otlp.decode(exchange.request)]

    @property
    def sessions(self) -> set[str]:
        """All sessions that HoneyHive would have, including empty ones."""
        additions = (json.loads(exchange.request.body) for exchange in self.of("PUT", EVENTS_PATH))
        return {
            *self._started.snapshot(),
            *(span.session_id for span in self.spans),
            *(addition["event_id"] for addition in additions),
        }
