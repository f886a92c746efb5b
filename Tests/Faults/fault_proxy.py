"""What stands between the function and rotel: it passes requests on, keeps the ledger, and misbehaves when told to."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from support.collector_tap import Behaviour, CollectorTap, Forward
from support.http_wire import Request, Response, response_bytes
from support.loopback import Address
from support.raw_server import Connection
from support.recording_proxy import Exchange, Upstream

from .ledger import Delivery, Ledger

HEALTHY = Forward()
_NOT_ALLOWED = Response(
    "HTTP/1.1 405 Method Not Allowed", (("Content-Length", "0"),), b"", response_bytes(405, {"Allow": "POST"})
)


@dataclass(repr=False)
class AwaitedExchange(Exchange):
    #: The function still waited when the answer began to go out.
    is_awaited: bool = False


class Gate(Protocol):
    """What happens to a connection on which a request is about to be read."""

    def admit(self, proxy: FaultProxy, connection: Connection) -> bool:
        """False ends the connection."""


class LedgerUpstream(Upstream):
    """The way to the collector; what it took goes into the ledger."""

    def __init__(self, address: Address | None, ledger: Ledger) -> None:
        super().__init__(address)
        self._ledger = ledger
        self._delivery: Delivery | None = None

    def exchange(self, request: Request) -> Response | None:
        self._delivery = None
        if request.method == "HEAD":
            # The function opens its connection, or asks whether anybody is there; rotel would say the same.
            return _NOT_ALLOWED
        response = super().exchange(request)
        if response is not None and 200 <= response.status < 300:
            self._delivery = self._ledger.deliver(request)
        return response

    def note_answer(self) -> None:
        """The function was sent the answer to the last request."""
        if self._delivery is not None:
            self._delivery.is_answered = True


class FaultProxy(CollectorTap):
    def __init__(self, collector: Address, ledger: Ledger, tls: ssl.SSLContext | None = None) -> None:
        self._ledger = ledger
        self._mood: tuple[Behaviour, bool] = (HEALTHY, True)
        self._gate: Gate | None = None
        super().__init__(collector, tls=tls)

    def strike(self, behaviour: Behaviour = HEALTHY, answers: bool = True, gate: Gate | None = None) -> None:
        """From now on every request is treated so.

        Args:
            answers: Whether the function is told, before its time is up, what the collector said.
            gate: Asked before a request is read.
        """
        self._gate = gate
        self._mood = (behaviour, answers)

    def heal(self) -> None:
        self.strike()

    def make_upstream(self) -> Upstream:
        return LedgerUpstream(self.upstream, self._ledger)

    def requests(self, connection: Connection) -> Iterator[Exchange]:
        # None is kept: a long run makes more than memory should hold.
        while connection.wait_for_data():
            if (gate := self._gate) is not None and not gate.admit(self, connection):
                return
            if (request := connection.read_request()) is None:
                return
            yield AwaitedExchange(connection.number, request)

    def answer(self, connection: Connection, exchange: Exchange, upstream: Upstream) -> bool:
        behaviour, answers = self._mood
        try:
            return behaviour.answer(self, connection, exchange, upstream)
        finally:
            # Also when the function hangs up in the middle of the answer.
            is_awaited = isinstance(exchange, AwaitedExchange) and exchange.is_awaited
            if answers and is_awaited and isinstance(upstream, LedgerUpstream):
                upstream.note_answer()

    def send(self, connection: Connection, exchange: Exchange, status: int | None, data: bytes) -> None:
        if isinstance(exchange, AwaitedExchange):
            exchange.is_awaited = not connection.has_peer_closed()
        if exchange.request.method == "HEAD" and status is not None:
            # Whatever the fault says, an answer to HEAD has no body.
            data = data[: data.index(b"\r\n\r\n") + 4]
        super().send(connection, exchange, status, data)
