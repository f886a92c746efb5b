"""Behaviours of a broken collector, or of a broken network in front of it. The simple ones are those of the tests."""

from __future__ import annotations

import gzip
import random
from dataclasses import dataclass
from itertools import cycle

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from support.collector_tap import Behaviour, CollectorTap
from support.http_wire import Request, response_bytes
from support.raw_server import Connection
from support.recording_proxy import Exchange, Upstream

from .fault_proxy import FaultProxy

_DRIP_SECONDS = 0.02


@dataclass(frozen=True)
class ThenSend:
    """Forwards the request to the collector, sends other bytes instead of its response, then closes the connection."""

    data: bytes
    resets: bool = False

    def answer(self, tap: CollectorTap, connection: Connection, exchange: Exchange, upstream: Upstream) -> bool:
        if upstream.exchange(exchange.request) is None:
            return False
        tap.send(connection, exchange, None, self.data)
        connection.close(reset=self.resets)
        return False


class ThenSilence:
    """Forwards the request to the collector, and never responds."""

    def answer(self, tap: CollectorTap, connection: Connection, exchange: Exchange, upstream: Upstream) -> bool:
        upstream.exchange(exchange.request)
        tap.stopping.wait()
        return False


@dataclass(frozen=True)
class ThenDrip:
    """Forwards the request to the collector, sends some bytes at once, and then others one by one, repeatedly."""

    at_once: bytes
    dripping: bytes

    def answer(self, tap: CollectorTap, connection: Connection, exchange: Exchange, upstream: Upstream) -> bool:
        if upstream.exchange(exchange.request) is None:
            return False
        tap.send(connection, exchange, None, self.at_once)
        for byte in cycle(self.dripping):
            if tap.stopping.wait(_DRIP_SECONDS):
                break
            connection.send(bytes([byte]))
        return False


@dataclass(frozen=True)
class ThenFlood:
    """Forwards the request to the collector, and sends an endless response as fast as possible."""

    head: bytes
    piece: bytes

    def answer(self, tap: CollectorTap, connection: Connection, exchange: Exchange, upstream: Upstream) -> bool:
        if upstream.exchange(exchange.request) is None:
            return False
        tap.send(connection, exchange, 200, self.head)
        while not tap.stopping.is_set():
            connection.send(self.piece)
        return False


@dataclass(frozen=True)
class PartialSuccess:
    """Forwards only some of the spans, and reports the number of the others as rejected."""

    rng: random.Random

    def answer(self, tap: CollectorTap, connection: Connection, exchange: Exchange, upstream: Upstream) -> bool:
        message = ExportTraceServiceRequest.FromString(exchange.request.body)
        refused = 0
        for resource in message.resource_spans:
            for scope in resource.scope_spans:
                kept = [span for span in scope.spans if self.rng.random() < 0.5]
                refused += len(scope.spans) - len(kept)
                del scope.spans[:]
                scope.spans.extend(kept)
        is_worth_it = any(scope.spans for resource in message.resource_spans for scope in resource.scope_spans)
        if is_worth_it and upstream.exchange(_with_body(exchange.request, message.SerializeToString())) is None:
            return False
        answer = ExportTraceServiceResponse()
        answer.partial_success.rejected_spans = refused
        answer.partial_success.error_message = "the suite keeps every other span"
        headers = {"Content-Type": "application/x-protobuf"}
        tap.send(connection, exchange, 200, response_bytes(200, headers, answer.SerializeToString()))
        return True


@dataclass(frozen=True)
class Sometimes:
    """Applies another behaviour to some of the requests, and forwards the rest."""

    behaviour: Behaviour
    otherwise: Behaviour
    rng: random.Random
    probability: float = 0.5

    def answer(self, tap: CollectorTap, connection: Connection, exchange: Exchange, upstream: Upstream) -> bool:
        chosen = self.behaviour if self.rng.random() < self.probability else self.otherwise
        return chosen.answer(tap, connection, exchange, upstream)


@dataclass(frozen=True)
class ResetMidRequest:
    """Reads some bytes of a request, and resets the connection."""

    rng: random.Random

    def admit(self, proxy: FaultProxy, connection: Connection) -> bool:
        connection.read_some(self.rng.randint(1, 400))
        connection.close(reset=True)
        return False


class Forgotten:
    """Reads from the existing connections and never responds there, like a NAT that has dropped them."""

    def __init__(self, proxy: FaultProxy) -> None:
        self._newest = proxy.connection_count

    def admit(self, proxy: FaultProxy, connection: Connection) -> bool:
        if connection.number > self._newest:
            return True
        while connection.wait_for_data():
            connection.read_some(65_536)
        return False


def gzip_bomb() -> bytes:
    """A response of some hundred kilobytes that decompresses to 100 megabytes."""
    headers = {"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"}
    return response_bytes(200, headers, gzip.compress(bytes(100 * 1024 * 1024), 9))


def _with_body(request: Request, body: bytes) -> Request:
    framing = {"content-length", "transfer-encoding"}
    fields = [(name, value) for name, value in request.fields if name.lower() not in framing]
    fields.append(("Content-Length", str(len(body))))
    head = "\r\n".join([request.start_line, *(f"{name}: {value}" for name, value in fields), "", ""])
    return Request(request.start_line, tuple(fields), body, head.encode("latin-1") + body)
