"""A server that functions call: by path, it answers, streams events, hangs, breaks off or misbehaves."""

from __future__ import annotations

import gzip
import json
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass

from .http_wire import Request
from .loopback import Address
from .programs import FunctionProgram
from .raw_server import Connection, RawServer
from .waiting import Recording, let_time_pass

#: 100 MB of zeros.
_BOMB = gzip.compress(bytes(100_000_000), 9)


@dataclass(frozen=True)
class Call:
    connection: int
    request: Request


class OutboundServer(RawServer):
    def __init__(self, address: Address | None = None, tls: ssl.SSLContext | None = None) -> None:
        #: The requests in the order of arrival.
        self.calls: Recording[Call] = Recording()
        #: The answers that were sent to no request, all received by the function's system.
        self.strays: Recording[bytes] = Recording()
        #: Lets the stray answers go.
        self.may_stray = threading.Event()
        #: The function whose process `/while-stopped` stops.
        self.function: FunctionProgram | None = None
        super().__init__(address, tls)

    def serve(self, connection: Connection) -> None:
        while (request := connection.read_request()) is not None:
            self.calls.add(Call(connection.number, request))
            path = request.target.split("?")[0]
            serve = self._paths().get(path, OutboundServer._echo)
            if not serve(self, connection, request):
                return

    @staticmethod
    def _paths() -> dict[str, Callable[[OutboundServer, Connection, Request], bool]]:
        return {
            "/hang": OutboundServer._hang,
            "/break": OutboundServer._break,
            "/events": OutboundServer._events,
            "/bomb": OutboundServer._bomb,
            "/to-file": OutboundServer._to_file,
            "/to-http": OutboundServer._to_http,
            "/missing": OutboundServer._missing,
            "/stray": OutboundServer._stray,
            "/while-stopped": OutboundServer._while_stopped,
        }

    def _echo(self, connection: Connection, request: Request) -> bool:
        headers = {name.lower(): value for name, value in request.fields}
        body = json.dumps(headers).encode() if request.target.startswith("/headers") else b"ok"
        connection.send(_answer(200, body))
        return True

    def _hang(self, connection: Connection, _: Request) -> bool:
        self.stopping.wait()
        return False

    def _break(self, connection: Connection, _: Request) -> bool:
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart")
        return False

    def _events(self, connection: Connection, _: Request) -> bool:
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        stream = "".join(f"id: {number}\r\ndata: {number} ä\r\ndata: €\r\n\r\n" for number in range(1_000)).encode()
        # Pieces of 7 bytes cut characters, line ends and fields.
        for start in range(0, len(stream), 7):
            piece = stream[start : start + 7]
            connection.send(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        connection.send(b"0\r\n\r\n")
        return True

    def _bomb(self, connection: Connection, _: Request) -> bool:
        connection.send(_answer(200, _BOMB, b"Content-Encoding: gzip\r\n"))
        return True

    def _to_file(self, connection: Connection, _: Request) -> bool:
        connection.send(_answer(302, b"", b"Location: file:///etc/passwd\r\n"))
        return True

    def _to_http(self, connection: Connection, _: Request) -> bool:
        connection.send(_answer(302, b"", f"Location: http://{self.address}/\r\n".encode()))
        return True

    def _stray(self, connection: Connection, _: Request) -> bool:
        connection.send(_answer(200, b"ok"))
        # Once the function has answered, it has read the response, and this comes behind it.
        self.may_stray.wait()
        stray = _answer(500, b"stale")
        connection.send(stray)
        self.strays.add(stray)
        return True

    def _while_stopped(self, connection: Connection, _: Request) -> bool:
        assert self.function is not None
        self.function.freeze()
        try:
            connection.send(_answer(200, b"ok"))
        finally:
            let_time_pass(1)
            self.function.thaw()
        return True

    def _missing(self, connection: Connection, _: Request) -> bool:
        connection.send(_answer(404, b"none"))
        return True


def _answer(status: int, body: bytes, fields: bytes = b"") -> bytes:
    return f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n".encode() + fields + b"\r\n" + body
