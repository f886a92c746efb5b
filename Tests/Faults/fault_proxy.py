"""The proxy between the function and rotel: forwards requests, records the ledger, and misbehaves on request."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from support.collector_tap import ACCEPT, Behaviour, CollectorTap, Forward
from support.http_wire import Request, Response, response_bytes
from support.loopback import Address
from support.otlp import HONEYHIVE_PATH
from support.raw_server import Connection
from support.recording_proxy import Exchange, Upstream

from .ledger import Delivery, Ledger

HEALTHY = Forward()
_SESSION_PATHS = ("/session/start", "/events")
_NOT_ALLOWED = Response(
    "HTTP/1.1 405 Method Not Allowed", (("Content-Length", "0"),), b"", response_bytes(405, {"Allow": "POST"})
)


#: HoneyHive's answer to an export; rotel does not know its JSON.
_ACCEPTED = Response("HTTP/1.1 200 OK", (), b"{}", response_bytes(200, {"Content-Type": "application/json"}, b"{}"))


@dataclass(repr=False)
class AwaitedExchange(Exchange):
    #: True when the function still waited at the beginning of the response.
    is_awaited: bool = False


class Gate(Protocol):
    """Admits a connection before a request is read from it."""

    def admit(self, proxy: FaultProxy, connection: Connection) -> bool:
        """False closes the connection."""


class LedgerUpstream(Upstream):
    """The connection to the collector; records accepted requests in the ledger."""

    def __init__(self, address: Address | None, ledger: Ledger) -> None:
        super().__init__(address)
        self._ledger = ledger
        self._delivery: Delivery | None = None

    def exchange(self, request: Request) -> Response | None:
        self._delivery = None
        if request.method == "HEAD":
            # The function opens its connection or probes the collector; rotel would send the same response.
            return _NOT_ALLOWED
        response = _ACCEPTED if request.target == HONEYHIVE_PATH else super().exchange(request)
        if response is not None and 200 <= response.status < 300:
            self._delivery = self._ledger.deliver(request)
        return response

    def note_answer(self) -> None:
        """Records that the function was sent the response to the last request."""
        if self._delivery is not None:
            self._delivery.is_sent = True


class FaultProxy(CollectorTap):
    def __init__(self, collector: Address, ledger: Ledger, tls: ssl.SSLContext | None = None) -> None:
        self._ledger = ledger
        self._mood: tuple[Behaviour, bool] = (HEALTHY, True)
        self._gate: Gate | None = None
        #: The time after a request until which its response surely arrives within the function's flush budget.
        self.patience_seconds = float("inf")
        #: The behaviour of HoneyHive's session service.
        self.session_service: Behaviour = ACCEPT
        super().__init__(collector, tls=tls)

    def strike(self, behaviour: Behaviour = HEALTHY, answers: bool = True, gate: Gate | None = None) -> None:
        """Sets the behaviour of all further requests.

        Args:
            answers: True when the function receives the collector's result within its time limit.
            gate: Called before a request is read.
        """
        self._gate = gate
        self._mood = (behaviour, answers)

    def heal(self) -> None:
        self.strike()

    def make_upstream(self) -> Upstream:
        return LedgerUpstream(self.upstream, self._ledger)

    def requests(self, connection: Connection) -> Iterator[Exchange]:
        # Requests are not stored, so that a long run does not exhaust memory.
        while connection.wait_for_data():
            if (gate := self._gate) is not None and not gate.admit(self, connection):
                return
            if (request := connection.read_request()) is None:
                return
            yield AwaitedExchange(connection.number, request)

    def answer(self, connection: Connection, exchange: Exchange, upstream: Upstream) -> bool:
        behaviour, answers = self._mood
        if exchange.request.method != "HEAD" and exchange.request.target in _SESSION_PATHS:
            return self.session_service.answer(self, connection, exchange, upstream)
        try:
            return behaviour.answer(self, connection, exchange, upstream)
        finally:
            # Also after the function has disconnected within the response.
            is_awaited = isinstance(exchange, AwaitedExchange) and exchange.is_awaited
            if answers and is_awaited and isinstance(upstream, LedgerUpstream):
                upstream.note_answer()

    def send(self, connection: Connection, exchange: Exchange, status: int | None, data: bytes) -> None:
        if isinstance(exchange, AwaitedExchange):
            is_in_time = connection.seconds_since_data() < self.patience_seconds
            exchange.is_awaited = is_in_time and not connection.has_peer_closed()
        if exchange.request.method == "HEAD" and status is not None:
            # In every behaviour, a response to HEAD has no body; its head may have no end.
            head, end, _ = data.partition(b"\r\n\r\n")
            data = head + end
        super().send(connection, exchange, status, data)
