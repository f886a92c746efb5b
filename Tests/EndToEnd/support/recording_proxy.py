"""An HTTP proxy that forwards messages unchanged, and records them with monotonic times."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from .http_wire import Request, Response, read_response
from .loopback import Address
from .raw_server import Connection, RawServer
from .waiting import Recording


@dataclass
class Exchange:
    """One request with its response. Times are `time.monotonic_ns()`."""

    connection: int
    request: Request
    #: The time at which the request was complete.
    received_at: int = field(default_factory=time.monotonic_ns)
    status: int | None = None
    #: The server's response, if it was forwarded.
    response: Response | None = None
    answer_time: int | None = None

    @property
    def answered_at(self) -> int:
        """The time at which the proxy began to send the response: nobody can have read it earlier."""
        assert self.answer_time is not None, f"never answered: {self}"
        return self.answer_time

    def __repr__(self) -> str:
        return f"<{self.request.start_line!r} on connection {self.connection}: {self.status}>"


class RecordingProxy(RawServer):
    """Forwards each request to a server, with one upstream connection per client connection."""

    def __init__(
        self, upstream: Address | None, address: Address | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self.upstream = upstream
        self.exchanges: Recording[Exchange] = Recording()
        super().__init__(address, tls)

    def serve(self, connection: Connection) -> None:
        with self.make_upstream() as upstream:
            for exchange in self.requests(connection):
                if not self.answer(connection, exchange, upstream):
                    return

    def make_upstream(self) -> Upstream:
        return Upstream(self.upstream)

    def requests(self, connection: Connection) -> Iterator[Exchange]:
        """The connection's requests, each recorded on arrival."""
        while (request := connection.read_request()) is not None:
            exchange = Exchange(connection.number, request)
            self.exchanges.add(exchange)
            yield exchange

    def answer(self, connection: Connection, exchange: Exchange, upstream: Upstream) -> bool:
        """Answers one request; false closes the connection."""
        response = upstream.exchange(exchange.request)
        if response is None:
            return False
        exchange.response = response
        self.send(connection, exchange, response.status, response.raw)
        return True

    def send(self, connection: Connection, exchange: Exchange, status: int | None, data: bytes) -> None:
        exchange.status = status
        exchange.answer_time = time.monotonic_ns()
        connection.send(data)
        self.exchanges.touch()


class Upstream:
    """The proxy's own connection to the server, opened at its first use."""

    def __init__(self, address: Address | None) -> None:
        self._address = address
        self._socket: socket.socket | None = None

    def __enter__(self) -> Upstream:
        return self

    def __exit__(self, *_: object) -> None:
        if self._socket is not None:
            self._stream.close()
            self._socket.close()

    def exchange(self, request: Request) -> Response | None:
        assert self._address is not None, "this relay was given no server to pass requests on to"
        if self._socket is None:
            self._socket = socket.create_connection(self._address)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._stream = self._socket.makefile("rb")
        self._socket.sendall(request.raw)
        return read_response(self._stream)
