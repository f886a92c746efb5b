"""A DNS server for one name, which can fail."""

from __future__ import annotations

import socket
import struct
import threading
from enum import Enum

from support.loopback import Address, own_host

_TYPE_A = 1
_NO_TTL = 0


class Mood(Enum):
    #: The values are DNS response codes (RFC 1035, section 4.1.1).
    ANSWERS = 0
    SERVER_FAILURE = 2
    NO_SUCH_NAME = 3
    SILENT = -1


class DNSServer:
    """Answers every query with one address."""

    def __init__(self, host: str) -> None:
        self.mood = Mood.ANSWERS
        self._host = host
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        # resolv.conf cannot specify another port.
        self._socket.bind((own_host(), 53))
        self.address = Address(*self._socket.getsockname())
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                query, peer = self._socket.recvfrom(512)
            except OSError:
                return
            if self.mood is not Mood.SILENT and len(query) > 16:
                self._socket.sendto(self._answer(query), peer)

    def _answer(self, query: bytes) -> bytes:
        end_of_name = query.index(0, 12) + 1
        question = query[12 : end_of_name + 4]
        is_known = self.mood is Mood.ANSWERS and struct.unpack("!H", query[end_of_name : end_of_name + 2])[0] == _TYPE_A
        # A response, with recursion desired and available.
        head = query[:2] + struct.pack("!HHHHH", 0x8180 | self.mood.value, 1, int(is_known), 0, 0)
        # A pointer to the name at offset 12.
        record = struct.pack("!HHHIH", 0xC00C, _TYPE_A, 1, _NO_TTL, 4) + socket.inet_aton(self._host)
        return head + question + (record if is_known else b"")
