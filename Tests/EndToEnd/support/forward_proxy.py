"""A forward proxy as HTTPS_PROXY and http_proxy name it: tunnels by CONNECT, and requests in absolute form."""

from __future__ import annotations

import base64
import select
import socket
from urllib.parse import urlsplit

from .http_wire import Request
from .loopback import Address
from .raw_server import Connection, RawServer
from .recording_proxy import Upstream
from .waiting import Recording


class ForwardProxy(RawServer):
    def __init__(self, credentials: str | None = None) -> None:
        """Credentials are `USER:PASSWORD`, without which requests are refused."""
        self._authorization = None if credentials is None else "Basic " + base64.b64encode(credentials.encode()).decode()
        self.requests: Recording[Request] = Recording()
        super().__init__()

    def serve(self, connection: Connection) -> None:
        while (request := connection.read_request()) is not None:
            self.requests.add(request)
            if request.header("Proxy-Authorization") != self._authorization:
                connection.send(b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 6\r\n\r\nrefuse")
                return
            if request.method == "CONNECT":
                host, port = request.target.split(":")
                with socket.create_connection((host, int(port))) as server:
                    connection.send(b"HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n")
                    self._tunnel(connection.socket, server)
                return
            url = urlsplit(request.target)
            assert url.hostname is not None and url.port is not None
            with Upstream(Address(url.hostname, url.port)) as upstream:
                response = upstream.exchange(request)
            if response is None:
                return
            connection.send(response.raw)

    def _tunnel(self, client: socket.socket, server: socket.socket) -> None:
        while not self.stopping.is_set():
            for ready in select.select([client, server], [], [], 0.1)[0]:
                data = ready.recv(65_536)
                if not data:
                    return
                (server if ready is client else client).sendall(data)
