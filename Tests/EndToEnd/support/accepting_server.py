"""A server that answers every request with 200, and records it."""

from __future__ import annotations

from .http_wire import response_bytes
from .raw_server import Connection
from .recording_proxy import Exchange, RecordingProxy, Upstream


class AcceptingServer(RecordingProxy):
    def __init__(self) -> None:
        super().__init__(upstream=None)

    def answer(self, connection: Connection, exchange: Exchange, _: Upstream) -> bool:
        self.send(connection, exchange, 200, response_bytes(200, {}, b""))
        return True
