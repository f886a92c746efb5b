"""HTTP/1.1 on raw sockets: requests byte for byte, and responses that no HTTP library would send."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from typing import BinaryIO


class Framing(Enum):
    CONTENT_LENGTH = "Content-Length"
    CHUNKED = "chunked"


class Truncated(ConnectionError):
    """The peer closed the connection within a message."""


@dataclass(frozen=True)
class Chunk:
    data: bytes
    #: The time at which the chunk was complete, by `time.monotonic_ns()`.
    received_at: int = field(default_factory=time.monotonic_ns, compare=False)


#: Called while a message is read, with its first line and the number of body chunks so far.
Observer = Callable[[str, int], None]


@dataclass(frozen=True)
class Message:
    start_line: str
    fields: tuple[tuple[str, str], ...]
    body: bytes
    #: The message's bytes, including the chunk framing.
    raw: bytes
    #: The chunks of a chunked body; the last one is empty.
    chunks: tuple[Chunk, ...] = ()
    trailers: tuple[tuple[str, str], ...] = ()

    def header(self, name: str) -> str | None:
        """The value of a header field, or None; several fields of the name are an error."""
        values = [value for field, value in self.fields if field.lower() == name.lower()]
        assert len(values) <= 1, f"{name} was sent {len(values)} times: {values}"
        return values[0] if values else None

    def needed_header(self, name: str) -> str:
        """The value of a required header field."""
        value = self.header(name)
        assert value is not None, f"{name} was not sent: {self.fields}"
        return value

    def __repr__(self) -> str:
        return f"<{self.start_line!r}, {len(self.body)} bytes>"


@dataclass(frozen=True, repr=False)
class Request(Message):
    @property
    def method(self) -> str:
        return self.start_line.split(" ")[0]

    @property
    def target(self) -> str:
        return self.start_line.split(" ")[1]


@dataclass(frozen=True, repr=False)
class Response(Message):
    @property
    def status(self) -> int:
        return int(self.start_line.split(" ")[1])


def read_request(stream: BinaryIO, observer: Observer | None = None) -> Request | None:
    """Reads one request; None when the peer closed before its first byte."""
    raw = bytearray()
    head = _read_head(stream, raw)
    if head is None:
        return None
    start_line, fields = head
    assert len(start_line.split(" ")) == 3, f"not a request: {bytes(raw[:1_000])!r}"
    body = _read_body(stream, head, raw, has_body=not start_line.startswith("GET "), observer=observer)
    return Request(start_line, fields, body.data, bytes(raw), body.chunks, body.trailers)


def read_response(stream: BinaryIO) -> Response | None:
    """Reads one response to a request other than HEAD; None when the peer closed before its first byte."""
    raw = bytearray()
    head = _read_head(stream, raw)
    if head is None:
        return None
    start_line, fields = head
    status = int(start_line.split(" ")[1])
    body = _read_body(stream, head, raw, has_body=status not in (204, 304))
    return Response(start_line, fields, body.data, bytes(raw), body.chunks, body.trailers)


def response_bytes(
    status: int,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    framing: Framing = Framing.CONTENT_LENGTH,
) -> bytes:
    """Encodes a response; header values are UTF-8."""
    reason = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Other"
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    if framing is Framing.CHUNKED:
        lines.append("Transfer-Encoding: chunked")
        body = _chunked(body)
    else:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def _chunked(body: bytes, size: int = 32_749) -> bytes:
    """Splits a body into chunks of a prime size, so that their borders are at odd offsets."""
    chunks = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


_Fields = tuple[tuple[str, str], ...]
_Head = tuple[str, _Fields]


@dataclass(frozen=True)
class _Body:
    data: bytes
    chunks: tuple[Chunk, ...] = ()
    trailers: _Fields = ()


def _read_head(stream: BinaryIO, raw: bytearray) -> _Head | None:
    line = _read_line(stream, raw, at_start=True)
    if line is None:
        return None
    return line, _read_fields(stream, raw)


def _read_fields(stream: BinaryIO, raw: bytearray) -> _Fields:
    """Reads header or trailer lines, and the empty line after them."""
    fields: list[tuple[str, str]] = []
    while line := _read_line(stream, raw):
        name, _, value = line.partition(":")
        fields.append((name, value.strip()))
    return tuple(fields)


def _read_line(stream: BinaryIO, raw: bytearray, at_start: bool = False) -> str | None:
    """Reads a line without its end; None when the peer closed before its first byte, if allowed."""
    line = stream.readline()
    if not line and at_start:
        return None
    if not line.endswith(b"\n"):
        raise Truncated("a line ended early")
    raw += line
    return line.decode("latin-1").rstrip("\r\n")


def _read_body(
    stream: BinaryIO, head: _Head, raw: bytearray, has_body: bool, observer: Observer | None = None
) -> _Body:
    headers = {name.lower(): value for name, value in head[1]}
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return _read_chunks(stream, raw, lambda count: observer(head[0], count) if observer else None)
    if not has_body:
        return _Body(b"")
    return _Body(_read_exactly(stream, int(headers.get("content-length", "0")), raw))


def _read_chunks(stream: BinaryIO, raw: bytearray, observe: Callable[[int], None]) -> _Body:
    chunks: list[Chunk] = []
    while True:
        line = _read_line(stream, raw)
        assert line is not None
        size = int(line.split(";")[0], 16)
        if size == 0:
            chunks.append(Chunk(b""))
            break
        chunks.append(Chunk(_read_exactly(stream, size, raw)))
        _read_exactly(stream, 2, raw)
        observe(len(chunks))
    trailers = _read_fields(stream, raw)
    return _Body(b"".join(chunk.data for chunk in chunks), tuple(chunks), trailers)


def _read_exactly(stream: BinaryIO, count: int, raw: bytearray) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise Truncated(f"the body ended after {len(data)} of {count} bytes")
    raw += data
    return data
