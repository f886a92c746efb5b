"""A collector behind TLS: only trusted certificates, found at the paths of the package and the settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from OpenSSL import SSL

from support.authority import Authority
from support.bench import Bench
from support.dialect import Dialect
from support.events import probe
from support.loopback import Address, own_host
from support.raw_server import Connection, RawServer


@pytest.mark.parametrize(
    "place", ["OTEL_EXPORTER_OTLP_CERTIFICATE", "SSL_CERT_FILE", "SSL_CERT_DIR", "LAMBDA_TASK_ROOT"]
)
def test_spans_go_over_tls_to_a_collector_whose_authority_is_trusted(bench: Bench, tmp_path: Path, place: str) -> None:
    host = own_host()
    authority = Authority(tmp_path / "authority", host)
    tap, api = bench.tap(address=Address(host, 0), tls=authority.server), bench.runtime_api()
    value = {
        "SSL_CERT_DIR": lambda: authority.hashed(tmp_path / "hashed"),
        "LAMBDA_TASK_ROOT": lambda: authority.hashed(tmp_path / "task" / "certs").parent,
    }.get(place, lambda: authority.certificate)()
    url = f"https://{tap.address}"
    settings = Dialect.PROTOBUF.environment(tap.address) | {"OTEL_EXPORTER_OTLP_ENDPOINT": url, place: str(value)}
    function = bench.function(api, settings)

    for _ in range(3):
        api.response(api.offer(probe("echo")))

    assert len(tap.delivered) == 6, function.log
    assert tap.connection_count == 1


@pytest.mark.parametrize("flaw", ["an unknown authority", "another name", "expired", "self-signed", "not yet valid"])
def test_no_span_and_no_key_goes_to_a_server_that_is_not_trusted(bench: Bench, tmp_path: Path, flaw: str) -> None:
    host = own_host()
    authority = Authority(tmp_path / "authority", "127.0.0.1" if flaw == "another name" else host)
    if flaw == "expired":
        authority.certify("200101000000Z", "200102000000Z")
    elif flaw == "not yet valid":
        authority.certify("400101000000Z", "400102000000Z")
    elif flaw == "self-signed":
        authority.sign_itself()
    is_unknown = flaw in ("an unknown authority", "self-signed")
    trusted = Authority(tmp_path / "other", host) if is_unknown else authority
    tap, api = bench.tap(address=Address(host, 0), tls=authority.server), bench.runtime_api()
    settings = Dialect.HONEYHIVE.environment(tap.address) | {
        "HH_API_URL": f"https://{tap.address}",
        "SSL_CERT_FILE": str(trusted.certificate),
        "TRACED_LAMBDA_FLUSH_BUDGET_MS": "300",
    }
    function = bench.function(api, settings)

    assert api.response(api.offer(probe("echo", text="works"))) == "works"

    assert tap.exports == []
    assert "deferredSpans=2" in function.log
    assert "TLS" in function.log


def test_the_secrets_of_a_connection_are_written_to_no_file(bench: Bench, tmp_path: Path) -> None:
    host = own_host()
    authority = Authority(tmp_path / "authority", host)
    tap, api = bench.tap(address=Address(host, 0), tls=authority.server), bench.runtime_api()
    settings = Dialect.PROTOBUF.environment(tap.address) | {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"https://{tap.address}",
        "OTEL_EXPORTER_OTLP_CERTIFICATE": str(authority.certificate),
        "SSLKEYLOGFILE": str(tmp_path / "secrets"),
    }
    function = bench.function(api, settings)

    api.response(api.offer(probe("echo")))

    assert len(tap.delivered) == 2, function.log
    assert not (tmp_path / "secrets").exists()


class PostQuantumCollector(RawServer):
    """Accepts spans over an OpenSSL that is newer than the system's, and records the key exchange of each connection."""

    def __init__(self, address: Address, directory: Path) -> None:
        self.groups: list[str | None] = []
        self._context = SSL.Context(SSL.TLS_SERVER_METHOD)
        self._context.use_certificate_file(str(directory / "server.crt"))
        self._context.use_privatekey_file(str(directory / "server.key"))
        super().__init__(address)

    def serve(self, connection: Connection) -> None:
        tls = SSL.Connection(self._context, connection.socket)
        tls.set_accept_state()
        tls.do_handshake()
        self.groups.append(tls.get_group_name())
        received = b""
        while b"\r\n\r\n" not in received:
            received += tls.recv(65_536)
        tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")


def test_the_key_exchange_with_a_server_that_can_is_hybrid_and_post_quantum(bench: Bench, tmp_path: Path) -> None:
    host = own_host()
    authority, api = Authority(tmp_path / "authority", host), bench.runtime_api()
    server = PostQuantumCollector(Address(host, 0), authority.directory)
    settings = Dialect.HONEYHIVE.environment(server.address) | {
        "HH_API_URL": f"https://{server.address}",
        "SSL_CERT_FILE": str(authority.certificate),
    }
    function = bench.function(api, settings)

    assert api.response(api.offer(probe("echo", text="works"))) == "works"

    server.stop()
    assert server.groups[:1] == ["X25519MLKEM768"], function.log


class HangsUp(RawServer):
    """Closes each connection after the handshake, while the client is sending."""

    def serve(self, connection: Connection) -> None:
        connection.close(reset=True)


def test_a_server_that_hangs_up_amid_a_request_does_not_end_the_process(bench: Bench, tmp_path: Path) -> None:
    host = own_host()
    authority, api = Authority(tmp_path / "authority", host), bench.runtime_api()
    server = HangsUp(Address(host, 0), authority.server)
    settings = Dialect.HONEYHIVE.environment(server.address) | {
        "HH_API_URL": f"https://{server.address}",
        "SSL_CERT_FILE": str(authority.certificate),
        "TRACED_LAMBDA_FLUSH_BUDGET_MS": "500",
    }
    function = bench.function(api, settings)

    for _ in range(3):
        # Two megabytes: more than a socket's buffer.
        assert api.response(api.offer(probe("spans", count=20, text="x" * 100_000))) == "done"

    server.stop()
    assert server.connection_count >= 3
    assert function.is_running, function.log
