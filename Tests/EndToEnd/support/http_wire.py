"""HTTP/1.1 on raw sockets: what was sent, byte for byte, and answers that no HTTP library would make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import BinaryIO


class Framing(Enum):
    CONTENT_LENGTH = "Content-Length"
    CHUNKED = "chunked"


class Truncated(ConnectionError):
    """The peer closed within a message."""


@dataclass(frozen=True)
class Message:
    start_line: str
    fields: tuple[tuple[str, str], ...]
    body: bytes
    #: As it came, chunks and all.
    raw: bytes

    def header(self, name: str) -> str | None:
        """The only value of a header field; several are an error."""
        values = [value for field, value in self.fields if field.lower() == name.lower()]
        assert len(values) <= 1, f"{name} was sent {len(values)} times: {values}"
        return values[0] if values else None

    def needed_header(self, name: str) -> str:
        """A header field that must be there."""
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


def read_request(stream: BinaryIO) -> Request | None:
    """Reads one request; None when the peer closed before its first byte."""
    raw = bytearray()
    head = _read_head(stream, raw)
    if head is None:
        return None
    start_line, fields = head
    body = _read_body(stream, fields, raw, has_body=not start_line.startswith("GET "))
    return Request(start_line, fields, body, bytes(raw))


def read_response(stream: BinaryIO) -> Response | None:
    """Reads one answer to a request that was not HEAD; None when the peer closed before its first byte."""
    raw = bytearray()
    head = _read_head(stream, raw)
    if head is None:
        return None
    start_line, fields = head
    status = int(start_line.split(" ")[1])
    return Response(start_line, fields, _read_body(stream, fields, raw, has_body=status not in (204, 304)), bytes(raw))


def response_bytes(
    status: int,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    framing: Framing = Framing.CONTENT_LENGTH,
) -> bytes:
    """An answer as it goes over the wire; header values go out in UTF-8."""
    reason = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Other"
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    if framing is Framing.CHUNKED:
        lines.append("Transfer-Encoding: chunked")
        body = _chunked(body)
    else:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def _chunked(body: bytes, size: int = 32_749) -> bytes:
    """Chunks of a prime size, so that their borders fall at no round place."""
    chunks = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def _read_head(stream: BinaryIO, raw: bytearray) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    lines: list[str] = []
    while True:
        line = stream.readline()
        if not line and not raw:
            return None
        if not line.endswith(b"\n"):
            raise Truncated("the head ended early")
        raw += line
        text = line.decode("latin-1").rstrip("\r\n")
        if not text:
            break
        lines.append(text)
    fields = [line.partition(":") for line in lines[1:]]
    return lines[0], tuple((name, value.strip()) for name, _, value in fields)


def _read_body(stream: BinaryIO, fields: tuple[tuple[str, str], ...], raw: bytearray, has_body: bool) -> bytes:
    headers = {name.lower(): value for name, value in fields}
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return _read_chunks(stream, raw)
    if not has_body:
        return b""
    return _read_exactly(stream, int(headers.get("content-length", "0")), raw)


def _read_chunks(stream: BinaryIO, raw: bytearray) -> bytes:
    body = bytearray()
    while True:
        line = stream.readline()
        raw += line
        size = int(line.split(b";")[0], 16)
        if size == 0:
            break
        body += _read_exactly(stream, size, raw)
        _read_exactly(stream, 2, raw)
    while (line := stream.readline()) not in (b"\r\n", b""):
        raw += line
    raw += line
    return bytes(body)


def _read_exactly(stream: BinaryIO, count: int, raw: bytearray) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise Truncated(f"the body ended after {len(data)} of {count} bytes")
    raw += data
    return data
