"""A malicious collector: it cannot delay the response, kill the function, or obtain more than its spans."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import repeat

import pytest

from support.bench import Bench
from support.collector_tap import ACCEPT, Answer, CollectorTap
from support.dialect import Dialect
from support.events import API_KEY, probe
from support.raw_server import Connection
from support.recording_proxy import Exchange, Upstream

BUDGET_SECONDS = 0.5
#: Allows for a loaded machine. A response that delayed the function would take seconds more.
MARGIN_SECONDS = 1.0
#: The memory that a function may use beyond an idle one, whatever a collector sends: less than each attack sends.
MAXIMUM_GROWTH_KIB = 16 * 1024


@dataclass(frozen=True)
class Drip:
    """Sends pieces with a pause before each, until the peer disconnects or the test ends."""

    pieces: Callable[[], Iterator[bytes]]
    pause_seconds: float = 0

    def answer(self, tap: CollectorTap, connection: Connection, exchange: Exchange, _: Upstream) -> bool:
        for piece in self.pieces():
            if tap.stopping.wait(self.pause_seconds):
                break
            connection.send(piece)
        return False


def after(head: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield head.encode()
    yield from pieces


MEGABYTE = b"x" * 1_000_000
BOMB = gzip.compress(bytes(200_000_000), compresslevel=9)

ATTACKS: dict[str, Drip | Answer] = {
    "a head that drips": Drip(lambda: after("HTTP/1.1 200 OK\r\nX-Drip: ", repeat(b"x")), 0.02),
    "a body that drips": Drip(lambda: after("HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n", repeat(b"x")), 0.02),
    "interim answers without end": Drip(lambda: repeat(b"HTTP/1.1 100 Continue\r\n\r\n"), 0.01),
    "a body without end": Drip(lambda: after("HTTP/1.1 200 OK\r\n\r\n", repeat(MEGABYTE))),
    "headers without end": Drip(lambda: after("HTTP/1.1 200 OK\r\n", repeat(b"X-More: " + b"x" * 1_000 + b"\r\n"))),
    "a header line without end": Drip(lambda: after("HTTP/1.1 200 OK\r\nX-Long: ", repeat(MEGABYTE))),
    "chunks without end": Drip(lambda: after("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", repeat(b"1\r\nx\r\n"))),
    "a chunk of an impossible size": Drip(
        lambda: iter([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\nx\r\n"])
    ),
    "a chunk of a negative size": Drip(
        lambda: iter([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nx\r\n0\r\n\r\n"])
    ),
    "a chunk of no size": Drip(lambda: iter([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n"])),
    "an impossible length": Drip(lambda: iter([b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nx"])),
    "a length of terabytes": Drip(lambda: iter([b"HTTP/1.1 200 OK\r\nContent-Length: 4000000000000\r\n\r\nx"])),
    "a gzip bomb": Answer(200, BOMB, {"Content-Encoding": "gzip", "Content-Type": "application/json"}),
    "JSON without end of depth": Answer(200, b"[" * 60_000, {"Content-Type": "application/json"}),
    "a count that overflows": Answer(
        200, b'{"partialSuccess":{"rejectedSpans":"99999999999999999999"}}', {"Content-Type": "application/json"}
    ),
    "a pause of a thousand years": Answer(503, headers={"Retry-After": "31536000000"}),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_response_goes_out_in_time_and_the_process_lives(bench: Bench, attack: str) -> None:
    tap, api = bench.tap(ATTACKS[attack]), bench.runtime_api()
    settings = Dialect.HONEYHIVE.environment(tap.address) | {"TRACED_LAMBDA_FLUSH_BUDGET_MS": "500"}
    function = bench.function(api, settings)

    for number in range(3):
        started = time.monotonic()
        assert api.response(api.offer(probe("echo", text=f"works {number}"))) == f"works {number}"
        assert time.monotonic() - started < BUDGET_SECONDS + MARGIN_SECONDS, function.log

    assert function.is_running
    assert peak_kib(function.process_id) < MAXIMUM_GROWTH_KIB + idle_peak_kib(bench), "the answer was kept"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(bench: Bench, status: int) -> None:
    thief, api = bench.tap(), bench.runtime_api()
    tap = bench.tap(Answer(status, headers={"Location": f"{thief.address.url}/steal"}))
    function = bench.function(api, Dialect.HONEYHIVE.environment(tap.address))

    api.response(api.offer(probe("echo")))

    assert len(tap.exports) == 1
    assert thief.connection_count == 0
    assert "droppedSpans=2" in function.log


HOSTILE_TEXTS = ["a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\r\n\r\nGET /evil HTTP/1.1\r\n\r\n", "a\0b", "a\u2028X-Evil: 1", "é"]


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_no_text_of_an_event_becomes_a_header(bench: Bench, text: str) -> None:
    tap, next_service, api = bench.tap(), bench.tap(ACCEPT), bench.runtime_api()
    function = bench.function(api, Dialect.HONEYHIVE.environment(tap.address))
    event = probe("call", text=f"{next_service.address.url}/next") | {
        "session_id": text,
        "honeyhive": {"session_id": text, "project": text, "source": text},
        "headers": {
            "traceparent": text,
            "tracestate": f"a={text}",
            "baggage": f"project={text},honeyhive.source={text},other={text}",
            "x-honeyhive-session-id": text,
        },
    }

    api.response(api.offer(event))

    requests = [exchange.request for exchange in [*tap.exports, *next_service.exports]]
    assert requests, function.log
    for request in requests:
        assert all("evil" not in name.lower() for name, _ in request.fields)
        assert request.method == "POST"
    assert [exchange.request.header("Authorization") for exchange in tap.exports] == [
        f"Bearer {API_KEY}" for _ in tap.exports
    ]


def peak_kib(process_id: int) -> int:
    """The peak memory of a process, in KiB."""
    with open(f"/proc/{process_id}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def idle_peak_kib(bench: Bench) -> int:
    """The peak memory of a function with a normal collector, in KiB."""
    tap, api = bench.tap(), bench.runtime_api()
    function = bench.function(api, Dialect.HONEYHIVE.environment(tap.address))
    for _ in range(3):
        api.response(api.offer(probe("echo")))
    return peak_kib(function.process_id)
