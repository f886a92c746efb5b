"""Faults between the function and its collector."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from email.utils import formatdate

from support.authority import Authority

from .behaviours import ResetMidRequest
from .dns_server import DNSServer, Mood
from .fault import Round, Strike, bursts
from .sandbox import Event, Settings
from .site import Site


def http_date(seconds_from_now: float) -> str:
    """A date in the format of `Retry-After`."""
    return formatdate(time.time() + seconds_from_now, usegmt=True)


@contextmanager
def refused(site: Site) -> Iterator[None]:
    """No process listens."""
    site.proxy.stop_listening()
    site.proxy.interrupt_connections()
    try:
        yield
    finally:
        site.listen_again()


@contextmanager
def unanswered_syn(site: Site) -> Iterator[None]:
    """A listener whose backlog is full: Linux then drops every SYN."""
    site.proxy.stop_listening()
    site.proxy.interrupt_connections()
    with ExitStack() as stack:
        full = stack.enter_context(socket.create_server(site.proxy.address, backlog=0))
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        yield
    site.listen_again()


@contextmanager
def reset_mid_request(site: Site) -> Iterator[None]:
    site.proxy.strike(gate=ResetMidRequest(site.rng))
    try:
        yield
    finally:
        site.heal()


def overflow(site: Site) -> None:
    """An outage with more spans than the function may buffer."""
    site.recover()
    with refused(site):
        for _ in range(4):
            site.invoke_several(1, 5)
            # In all workers together, as much as the buffer of the process holds, and more.
            steps = max(1, 40 // site.worker_count)
            site.invoke_all_workers(steps=steps, text_bytes=site.rng.randint(50_000, 200_000))


def overflow_of_small_spans(site: Site) -> None:
    """An outage with more spans than the function may buffer, each of them small."""
    site.recover()
    with refused(site):
        for _ in range(6):
            site.invoke_all_workers(steps=max(1, 6_000 // site.worker_count), text_bytes=100)


def burst(strike: Strike) -> Round:
    """Many invocations at once meet a fault that ends soon."""

    def round(site: Site) -> None:
        site.recover()
        with strike(site):
            site.invoke_all_workers()
            site.invoke_all_workers()
        site.recover()

    return round


# TLS. The function trusts one authority; each flaw is a server that it must not trust.


def tls_collector(site: Site) -> Settings:
    host = site.proxy.address.host
    trusted = Authority(site.directory / "authority", host)
    site.servers["good"] = trusted.server
    trusted.certify("200101000000Z", "200102000000Z")
    site.servers["expired"] = trusted.server
    trusted.sign_itself()
    site.servers["self-signed"] = trusted.server
    trusted.certify_for("192.0.2.1")
    site.servers["wrong host"] = trusted.server
    site.servers["unknown authority"] = Authority(site.directory / "unknown-authority", host).server
    site.proxy.tls = site.servers["good"]
    return Settings(
        {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"https://{site.proxy.address}",
            "OTEL_EXPORTER_OTLP_CERTIFICATE": "../../authority/authority.crt",
        }
    )


def tls_flaw(flaw: str) -> Round:
    @contextmanager
    def strike(site: Site) -> Iterator[None]:
        site.proxy.tls = site.servers[flaw]
        site.proxy.interrupt_connections()
        try:
            yield
        finally:
            site.proxy.tls = site.servers["good"]

    return bursts(strike)


# The name service.


def named_collector(site: Site) -> Settings:
    site.name_server = DNSServer(site.proxy.address.host)
    (site.directory / "resolv.conf").write_text(f"nameserver {site.name_server.address.host}\noptions timeout:1\n")
    return Settings(
        {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://collector.test:{site.proxy.address.port}"},
        preparation=('mount --bind ../../resolv.conf "$(readlink -f /etc/resolv.conf)"',),
    )


def dns_failure(mood: str) -> Round:
    """libcurl caches a name for a minute, so the fault is applied to a process that has just started."""

    def round(site: Site) -> None:
        assert site.name_server is not None
        site.recover()
        site.sandbox.end()
        site.name_server.mood = Mood[mood]
        site.start()
        site.invoke_several(2, 12)
        site.name_server.mood = Mood.ANSWERS
        site.invoke_several(1, 6)

    return round
