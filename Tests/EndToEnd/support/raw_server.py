"""A TCP server on raw sockets, with one thread per connection."""

from __future__ import annotations

import io
import select
import socket
import ssl
import struct
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from .http_wire import Observer, Request, read_request
from .loopback import Address, own_host

#: A thread that never reads again, because a test makes it hang, keeps its connection.
_RESET_PATIENCE_SECONDS = 1
#: Of `tcpi_last_data_recv` in Linux's `struct tcp_info`.
_LAST_DATA_RECEIVED_OFFSET = 52


class Connection:
    """One accepted connection."""

    def __init__(self, number: int, peer: socket.socket) -> None:
        #: Counted from 1 in the order of acceptance.
        self.number = number
        self._socket = peer
        self._stream: io.BufferedReader = peer.makefile("rb")
        self._is_to_be_reset = False
        #: Set when the connection is closed.
        self.is_closed = threading.Event()

    @property
    def socket(self) -> socket.socket:
        """The socket, for a server that speaks another protocol on it."""
        return self._socket

    def wait_for_data(self) -> bool:
        """Waits for unread data; false when the peer has closed the connection instead."""
        return bool(self._stream.peek(1))

    def read_some(self, most: int) -> bytes:
        """Reads available data, up to a limit."""
        return self._stream.read1(most)

    def read_request(self, observer: Observer | None = None) -> Request | None:
        return read_request(self._stream, observer)

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def has_peer_closed(self) -> bool:
        """True when the peer has closed its sending side and is not expected to read a response."""
        poll = select.poll()
        poll.register(self._socket, select.POLLRDHUP)
        return bool(poll.poll(0))

    def seconds_since_data(self) -> float:
        """The time since the peer's last data arrived, whether it was read at once or not."""
        info = self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LAST_DATA_RECEIVED_OFFSET + 4)
        (milliseconds,) = struct.unpack_from("I", info, _LAST_DATA_RECEIVED_OFFSET)
        return float(milliseconds) / 1_000

    def close(self, reset: bool = False) -> None:
        """Closes the connection with a FIN, or with a RST."""
        with suppress(OSError):
            if reset or self._is_to_be_reset:
                self._reset_on_close()
            else:
                self._socket.shutdown(socket.SHUT_RDWR)
        # Both objects hold the descriptor; the connection closes with the last one.
        self._stream.close()
        self._socket.close()
        self.is_closed.set()

    def interrupt(self, reset: bool) -> None:
        """Ends the connection from another thread: the serving thread wakes up and closes it."""
        with suppress(OSError):
            if reset:
                self._is_to_be_reset = True
                self._reset_on_close()
            # Of the two, only SHUT_RD sends nothing.
            self._socket.shutdown(socket.SHUT_RD if reset else socket.SHUT_RDWR)

    def _reset_on_close(self) -> None:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class RawServer:
    """Accepts connections until it is stopped; subclasses define how they are served."""

    def __init__(self, address: Address | None = None, tls: ssl.SSLContext | None = None) -> None:
        self._listener = socket.create_server(address or (own_host(), 0))
        self.address = Address(*self._listener.getsockname())
        #: Applies to new connections.
        self.tls = tls
        self._connections: list[Connection] = []
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        #: Set when the server stops, so that no thread waits any longer.
        self.stopping = threading.Event()
        #: Errors of the server itself; a test with any of these fails.
        self.failures: list[str] = []
        self._start(partial(self._accept, self._listener))

    @property
    def connection_count(self) -> int:
        """The number of connections so far."""
        with self._lock:
            return len(self._connections)

    def serve(self, connection: Connection) -> None:
        """Serves one connection until it ends; connection errors are not failures."""
        raise NotImplementedError

    def interrupt_connections(self, reset: bool = False) -> None:
        """Ends all open connections.

        Of a reset the peer learns only when the serving thread closes the connection, so this waits for that: until
        then, a request would still be read and answered.
        """
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            connection.interrupt(reset)
        until = time.monotonic() + _RESET_PATIENCE_SECONDS
        for connection in connections if reset else []:
            connection.is_closed.wait(max(0, until - time.monotonic()))

    def stop_listening(self) -> None:
        """Refuses new connections; open ones stay."""
        # Wakes the accepting thread, which close() does not.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def listen_again(self) -> None:
        self._listener = socket.create_server(self.address)
        self._start(partial(self._accept, self._listener))

    def stop(self) -> None:
        self.stopping.set()
        self.stop_listening()
        with self._lock:
            connections, threads = list(self._connections), list(self._threads)
        for connection in connections:
            connection.close()
        for thread in threads:
            thread.join(timeout=5)
            if thread.is_alive():
                self.failures.append(f"a thread of {type(self).__name__} does not end")

    def _accept(self, listener: socket.socket) -> None:
        while not self.stopping.is_set():
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._start(partial(self._serve, peer))

    def _serve(self, peer: socket.socket) -> None:
        if self.tls is not None:
            try:
                peer = self.tls.wrap_socket(peer, server_side=True)
            except OSError:
                # The client does not trust the certificate; its reaction is part of the test.
                peer.close()
                return
        with self._lock:
            connection = Connection(len(self._connections) + 1, peer)
            self._connections.append(connection)
        try:
            self.serve(connection)
        except OSError:
            # The peer has disconnected.
            pass
        except Exception:
            # A thread that was reading while stop() closed its socket is not a failure.
            if self.stopping.is_set():
                return
            self.failures.append(traceback.format_exc())
        finally:
            connection.close()

    def _start(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, daemon=True)
        with self._lock:
            self._threads.append(thread)
        thread.start()
