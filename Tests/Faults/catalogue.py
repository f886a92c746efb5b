"""All faults of the suite."""

from __future__ import annotations

from collections.abc import Callable

from support.collector_tap import Answer, Behaviour, Drop, Forward, Raw, Silence

from . import network_faults, process_faults, session_faults, tmp_faults
from .behaviours import (
    Forgotten,
    PartialSuccess,
    Sometimes,
    ThenDrip,
    ThenFlood,
    ThenSend,
    ThenSilence,
    gzip_bomb,
)
from .fault import Fault, Round, bursts, misbehaves
from .fault_proxy import HEALTHY
from .network_faults import http_date
from .sandbox import Settings
from .site import Site

#: A head with status 200 that announces a body.
_ACCEPTED_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 100\r\n\r\n"
_CHUNKED_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nTransfer-Encoding: chunked\r\n\r\n"

#: Short enough that the suite stays fast, long enough that a normal response arrives on a loaded machine.
_SHORT_MS = 250
_LONG_MS = 1_000
#: The first span arrives this soon after a burst of failures, for any number of workers.
_RECOVERY_SECONDS = 2
#: Data that remains in the sandbox arrives with the first flushes, or never.
_SETTLING_AFTER_DEATH_SECONDS = 8


def _answers(name: str, status: int, **headers: str) -> Fault:
    """The collector responds with a status, and accepts nothing."""
    fields = {field.replace("_", "-"): value for field, value in headers.items()}
    return Fault(name, bursts(misbehaves(lambda _: Answer(status, b"not today", fields))), _LONG_MS)


def _after_acceptance(name: str, behaviour: Callable[[], Behaviour], answers: bool, waits: bool = False) -> Fault:
    """The collector accepts the spans, but its response is lost or damaged in transit."""
    return Fault(name, bursts(misbehaves(lambda _: behaviour(), answers)), _SHORT_MS, waits=waits)


def _death(
    name: str,
    round: Round,
    prepare: Callable[[Site], Settings] = lambda _: Settings(),
    budget_milliseconds: int = _LONG_MS,
    waits: bool = False,
    answers_first: bool = False,
) -> Fault:
    """The function's process ends; its spans should arrive after its next start."""
    return Fault(name, round, budget_milliseconds, prepare, waits, _SETTLING_AFTER_DEATH_SECONDS, answers_first)


def _tmp(name: str, round: Round, options: str = "") -> Fault:
    """A change of the function's `/tmp`."""
    return Fault(
        f"/tmp: {name}",
        round,
        _SHORT_MS,
        tmp_faults.own_file_system(options),
        settling_seconds=_SETTLING_AFTER_DEATH_SECONDS,
    )


def _session(name: str, behaviour: Behaviour, waits: bool = False) -> Fault:
    return Fault(
        f"session service: {name}",
        session_faults.session_service(behaviour),
        _LONG_MS,
        session_faults.honeyhive,
        waits=waits,
    )


FAULTS: list[Fault] = [
    Fault("none", lambda site: site.invoke_several(5, 20), _LONG_MS),
    # The network.
    Fault("refused", bursts(network_faults.refused), _SHORT_MS),
    Fault("black hole: no answer to SYN", bursts(network_faults.unanswered_syn), _SHORT_MS, waits=True),
    Fault("black hole: no answer", bursts(misbehaves(lambda _: Silence())), _SHORT_MS, waits=True),
    _after_acceptance("black hole: answer lost", ThenSilence, answers=False, waits=True),
    Fault("closed before the answer", bursts(misbehaves(lambda _: Drop())), _SHORT_MS),
    Fault("reset before the answer", bursts(misbehaves(lambda _: Drop(reset=True))), _SHORT_MS),
    Fault("reset mid-request", bursts(network_faults.reset_mid_request), _SHORT_MS),
    _after_acceptance("reset in the answer's head", lambda: ThenSend(_ACCEPTED_HEAD[:30], resets=True), answers=False),
    _after_acceptance("reset in the answer's body", lambda: ThenSend(_ACCEPTED_HEAD + bytes(50), resets=True), True),
    Fault("latency 20 ms", bursts(misbehaves(lambda _: Forward(0.02))), _LONG_MS, waits=True),
    Fault("latency 200 ms", bursts(misbehaves(lambda _: Forward(0.2))), _LONG_MS, waits=True),
    Fault("latency 2 s, within the budget", bursts(misbehaves(lambda _: Forward(2)), 1, 2), 4_000, waits=True),
    Fault("latency 2 s, beyond the budget", bursts(misbehaves(lambda _: Forward(2), False)), _SHORT_MS, waits=True),
    Fault("latency 10 s", bursts(misbehaves(lambda _: Forward(10), False)), _SHORT_MS, waits=True),
    Fault("none, after the response", lambda site: site.invoke_several(5, 20), _LONG_MS, answers_first=True),
    Fault(
        "black hole, after the response",
        bursts(misbehaves(lambda _: Silence())),
        _LONG_MS,
        waits=True,
        answers_first=True,
    ),
    # The name service.
    Fault(
        "DNS: server failure", network_faults.dns_failure("SERVER_FAILURE"), _SHORT_MS, network_faults.named_collector
    ),
    Fault("DNS: no such name", network_faults.dns_failure("NO_SUCH_NAME"), _SHORT_MS, network_faults.named_collector),
    Fault("DNS: silent", network_faults.dns_failure("SILENT"), _SHORT_MS, network_faults.named_collector, waits=True),
    # TLS.
    Fault("TLS: none", lambda site: site.invoke_several(5, 20), _LONG_MS, network_faults.tls_collector),
    Fault("TLS: wrong host", network_faults.tls_flaw("wrong host"), _LONG_MS, network_faults.tls_collector),
    Fault("TLS: expired", network_faults.tls_flaw("expired"), _LONG_MS, network_faults.tls_collector),
    Fault("TLS: self-signed", network_faults.tls_flaw("self-signed"), _LONG_MS, network_faults.tls_collector),
    Fault(
        "TLS: unknown authority", network_faults.tls_flaw("unknown authority"), _LONG_MS, network_faults.tls_collector
    ),
    # The collector's responses.
    *(_answers(str(status), status) for status in (400, 401, 413, 429, 500, 502, 503, 504)),
    _answers("429, Retry-After in seconds", 429, Retry_After="1"),
    Fault(
        "429, Retry-After as a date",
        bursts(misbehaves(lambda _: Answer(429, b"", {"Retry-After": http_date(1.5)}))),
        _LONG_MS,
    ),
    Fault(
        "503 now and then",
        bursts(misbehaves(lambda site: Sometimes(Answer(503), HEALTHY, site.rng))),
        _LONG_MS,
    ),
    Fault("partial success", bursts(misbehaves(lambda site: PartialSuccess(site.rng))), _LONG_MS),
    Fault("garbage", bursts(misbehaves(lambda _: Raw(b"\x16\x03\x01 this is no HTTP \r\n\r\n"))), _LONG_MS),
    _after_acceptance(
        "slowloris in the head",
        lambda: ThenDrip(b"", b"HTTP/1.1 200 OK\r\nX-Filler: more\r\n"),
        answers=False,
        waits=True,
    ),
    _after_acceptance("slowloris in the body", lambda: ThenDrip(_ACCEPTED_HEAD, b"\0"), answers=True, waits=True),
    _after_acceptance("endless body", lambda: ThenFlood(_CHUNKED_HEAD, b"400\r\n" + bytes(1_024) + b"\r\n"), True),
    _after_acceptance("endless head", lambda: ThenFlood(b"HTTP/1.1 200 OK\r\n", b"X-Filler: more\r\n" * 64), True),
    _after_acceptance("bad chunking", lambda: ThenSend(_CHUNKED_HEAD + b"zz\r\nnot a chunk\r\n"), True),
    _after_acceptance("gzip bomb", lambda: ThenSend(gzip_bomb()), True),
    # The collector and the buffer.
    Fault("collector restart", process_faults.collector_restart, _SHORT_MS, process_faults.own_collector, waits=True),
    Fault("outage beyond the buffer", network_faults.overflow, _LONG_MS),
    Fault("outage beyond the buffer, small spans", network_faults.overflow_of_small_spans, _LONG_MS),
    Fault(
        "outage beyond the buffer, HoneyHive",
        network_faults.overflow_of_small_spans,
        _LONG_MS,
        session_faults.honeyhive,
    ),
    # Freeze and thaw.
    Fault(
        "frozen; closed by the peer",
        process_faults.frozen(lambda proxy: proxy.interrupt_connections()),
        _LONG_MS,
        waits=True,
    ),
    Fault(
        "frozen; reset by the peer",
        process_faults.frozen(lambda proxy: proxy.interrupt_connections(True)),
        _LONG_MS,
        waits=True,
    ),
    Fault(
        "frozen; forgotten by a NAT",
        process_faults.frozen(lambda proxy: proxy.strike(gate=Forgotten(proxy))),
        _LONG_MS,
        waits=True,
    ),
    Fault(
        "frozen for a minute; forgotten by a NAT",
        process_faults.frozen(lambda proxy: proxy.strike(gate=Forgotten(proxy)), seconds=60),
        _LONG_MS,
        waits=True,
        is_slow=True,
    ),
    # The function's end.
    _death("SIGKILL at a random moment", process_faults.killed),
    _death("SIGKILL, after the response", process_faults.killed, answers_first=True),
    _death("SIGKILL in an outage", process_faults.killed_in_an_outage, budget_milliseconds=_SHORT_MS),
    _death("SIGTERM in an outage", process_faults.ended_in_an_outage, budget_milliseconds=_SHORT_MS),
    _death("SIGTERM after an outage", process_faults.ended_after_an_outage, process_faults.hears_of_shutdown),
    *(_death(name, process_faults.dies(ending)) for name, ending in process_faults.DEATHS.items()),
    _death("out of memory", process_faults.dies("exhaustMemory"), process_faults.little_memory),
    _death("SIGKILL again and again, 429", process_faults.killed_again_and_again),
    _death("timeout, waiting", process_faults.times_out("stall"), process_faults.short_timeout, waits=True),
    _death("timeout, busy", process_faults.times_out("spin"), process_faults.short_timeout, waits=True),
    # The circuit breaker.
    Fault(
        "burst of resets",
        network_faults.burst(misbehaves(lambda _: Drop(reset=True))),
        _SHORT_MS,
        recovery_limit_seconds=_RECOVERY_SECONDS,
    ),
    Fault(
        "burst of refused connections",
        network_faults.burst(network_faults.refused),
        _SHORT_MS,
        recovery_limit_seconds=_RECOVERY_SECONDS,
    ),
    # The function's /tmp.
    _tmp("emptied", tmp_faults.changed(tmp_faults.emptied)),
    _tmp("truncated", tmp_faults.changed(tmp_faults.truncated)),
    _tmp("filled", tmp_faults.changed(tmp_faults.filled, tmp_faults.freed)),
    _tmp("replaced", tmp_faults.changed(tmp_faults.replaced)),
    _tmp("opened to all", tmp_faults.changed(tmp_faults.opened_to_all)),
    _tmp("read-only", tmp_faults.between_processes(tmp_faults.read_only, tmp_faults.writable)),
    _tmp("noexec", tmp_faults.changed(tmp_faults.nothing), ",noexec,nosuid,nodev"),
    _tmp(
        "hostile times and sizes", tmp_faults.between_processes(tmp_faults.hostile_files, tmp_faults.removed)
    ),
    # HoneyHive's session service.
    _session("down", Drop(reset=True)),
    _session("503", Answer(503)),
    _session("429, Retry-After of an hour", Answer(429, b"", {"Retry-After": "3600"})),
    _session("slow", Silence(), waits=True),
]
