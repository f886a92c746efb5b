"""A proxy in front of the collector that records exports, and can misbehave."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from . import otlp
from .http_wire import response_bytes
from .loopback import Address
from .otlp import Span
from .raw_server import Connection
from .recording_proxy import Exchange, RecordingProxy, Upstream
from .waiting import PATIENCE_SECONDS


class Behaviour(Protocol):
    """The handling of one export request."""

    def answer(self, tap: CollectorTap, connection: Connection, exchange: Exchange, upstream: Upstream) -> bool:
        """Answers the request, or does not; false closes the connection."""


@dataclass(frozen=True)
class Forward:
    """Forwards the request to the real collector, and its response after a delay."""

    delay_seconds: float = 0

    def answer(self, tap: CollectorTap, connection: Connection, exchange: Exchange, upstream: Upstream) -> bool:
        response = upstream.exchange(exchange.request)
        if response is None:
            return False
        tap.stopping.wait(self.delay_seconds)
        tap.send(connection, exchange, response.status, response.raw)
        return True


@dataclass(frozen=True)
class Answer:
    """Answers instead of the collector."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_seconds: float = 0
    closes: bool = False

    def answer(self, tap: CollectorTap, connection: Connection, exchange: Exchange, _: Upstream) -> bool:
        tap.stopping.wait(self.delay_seconds)
        tap.send(connection, exchange, self.status, response_bytes(self.status, self.headers, self.body))
        return not self.closes


@dataclass(frozen=True)
class Limit:
    """Answers 413 to a request over a size, in bytes, and accepts all others."""

    maximum_bytes: int

    def answer(self, tap: CollectorTap, connection: Connection, exchange: Exchange, upstream: Upstream) -> bool:
        accepted = len(exchange.request.body) <= self.maximum_bytes
        return (ACCEPT if accepted else Answer(413)).answer(tap, connection, exchange, upstream)


@dataclass(frozen=True)
class Raw:
    """Sends bytes that need not be HTTP, then closes the connection."""

    data: bytes

    def answer(self, tap: CollectorTap, connection: Connection, exchange: Exchange, _: Upstream) -> bool:
        tap.send(connection, exchange, None, self.data)
        return False


class Silence:
    """Reads the request and never answers."""

    def answer(self, tap: CollectorTap, *_: object) -> bool:
        tap.stopping.wait()
        return False


@dataclass(frozen=True)
class Drop:
    """Closes the connection instead of answering."""

    reset: bool = False

    def answer(self, _: CollectorTap, connection: Connection, *__: object) -> bool:
        connection.close(reset=self.reset)
        return False


#: HoneyHive's own response to an export. Rotel rejects HoneyHive's JSON dialect (enum names), so the tap answers here;
#: the official schema still decodes the request.
ACCEPT = Answer(200, b"{}", {"Content-Type": "application/json"})


class CollectorTap(RecordingProxy):
    """Proxy between a function and its collector, or a substitute for the collector."""

    def __init__(
        self,
        collector: Address | None = None,
        *behaviours: Behaviour,
        address: Address | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        default: Behaviour = ACCEPT if collector is None else Forward()
        self._behaviours: list[Behaviour] = list(behaviours) or [default]
        super().__init__(collector, address, tls)

    def behave(self, *behaviours: Behaviour) -> None:
        """Sets the behaviours from the next request on: each answers one request, and the last one all further ones."""
        self._behaviours = list(behaviours)

    def answer(self, connection: Connection, exchange: Exchange, upstream: Upstream) -> bool:
        if exchange.request.method == "HEAD":
            # The function opens its connection during a long handler; this request is not an export.
            self.send(connection, exchange, 405, b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
            return True
        behaviour = self._behaviours.pop(0) if len(self._behaviours) > 1 else self._behaviours[0]
        return behaviour.answer(self, connection, exchange, upstream)

    @property
    def exports(self) -> list[Exchange]:
        return [exchange for exchange in self.exchanges.snapshot() if _is_export(exchange)]

    @property
    def delivered(self) -> list[Span]:
        """The spans of all requests that were answered with 200, in order of arrival."""
        return _spans(self.exports)

    def wait_for_spans(self, count: int, within: float = PATIENCE_SECONDS) -> list[Span]:
        """Waits until at least this number of spans is delivered, and returns all."""
        return self.exchanges.wait(
            lambda exchanges: spans if len(spans := _spans(exchanges)) >= count else None,
            f"{count} delivered spans",
            within,
        )

    def wait_for_exports(self, count: int, within: float = PATIENCE_SECONDS) -> list[Exchange]:
        """Waits for at least this number of export requests, answered or not."""
        return self.exchanges.wait(
            lambda exchanges: exports
            if len(exports := [exchange for exchange in exchanges if _is_export(exchange)]) >= count
            else None,
            f"{count} export requests",
            within,
        )


def _is_export(exchange: Exchange) -> bool:
    return exchange.request.method != "HEAD"


def _spans(exchanges: list[Exchange]) -> list[Span]:
    return [span for exchange in exchanges if exchange.status == 200 for span in otlp.decode(exchange.request)]
