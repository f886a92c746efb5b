"""Calls of a function's own HTTP client over TLS and through proxies, with the deployed libcurl."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from support.authority import Authority
from support.bench import Bench, Scripted
from support.dialect import Dialect
from support.events import probe
from support.forward_proxy import ForwardProxy
from support.loopback import Address, own_host, reserve
from support.otlp import Span
from support.outbound_server import OutboundServer

#: The user name and the password of the proxy.
PROXY_SECRETS = ("prox-user-0001", "prox-s3cr3t-0001")


def call(host: Scripted, url: str) -> Any:
    """The outcome of the call of one invocation."""
    (outcome,) = host.api.response(host.api.offer(probe("http", http={"url": url, "followsRedirects": True})))
    return outcome


def client_spans(host: Scripted) -> list[Span]:
    return [span for span in host.tap.delivered if span.kind == "CLIENT"]


class Service:
    """A server behind TLS, and the settings by which a function trusts it."""

    def __init__(self, bench: Bench, directory: Path) -> None:
        host = own_host()
        self.authority = Authority(directory, host)
        self.server: OutboundServer = bench.outbound_server(Address(host, 0), self.authority.server)
        self.url = f"https://{self.server.address}"
        self.settings: Mapping[str, str] = {"SSL_CERT_FILE": str(self.authority.certificate)}


@pytest.fixture
def service(bench: Bench, tmp_path: Path) -> Service:
    return Service(bench, tmp_path / "authority")


def test_calls_over_tls_to_a_server_of_an_own_authority_share_a_connection(bench: Bench, service: Service) -> None:
    host = bench.scripted(service.settings)
    for _ in range(3):
        assert call(host, service.url + "/a?b=c") == "200 ok"
    assert [each.connection for each in service.server.calls.snapshot()] == [1, 1, 1]
    span, *_ = client_spans(host)
    assert span.attributes["url.full"] == service.url + "/a?b=c"
    assert span.attributes["server.port"] == service.server.address.port


@pytest.mark.parametrize("flaw", ["unknown authority", "another name", "expired"])
def test_no_request_goes_to_a_server_that_is_not_trusted(
    bench: Bench, service: Service, tmp_path: Path, flaw: str
) -> None:
    settings = dict(service.settings)
    if flaw == "unknown authority":
        settings["SSL_CERT_FILE"] = str(Authority(tmp_path / "other", service.server.address.host).certificate)
    elif flaw == "another name":
        service.authority.certify_for("127.0.0.1")
    else:
        service.authority.certify("200101000000Z", "200102000000Z")
    service.server.tls = service.authority.server
    host = bench.scripted(settings)

    assert call(host, service.url + "/") == "tls"

    assert service.server.calls.snapshot() == []
    (span,) = client_spans(host)
    assert (span.status, span.attributes["error.type"]) == ("ERROR", "tls")


def test_a_redirect_from_https_to_http_is_refused(bench: Bench, service: Service) -> None:
    host = bench.scripted(service.settings)
    assert call(host, service.url + "/to-http") == "redirect"


def test_a_call_over_tls_goes_through_the_proxy_in_a_tunnel(bench: Bench, service: Service) -> None:
    proxy = bench.forward_proxy(":".join(PROXY_SECRETS))
    host = bench.scripted({**service.settings, "HTTPS_PROXY": proxy_url(proxy)})

    for path, outcome in (("/", "200 ok"), ("/missing", "404 none"), ("/break", "disconnected")):
        assert call(host, service.url + path) == outcome

    (tunnel, *_) = proxy.requests.snapshot()
    assert tunnel.start_line == f"CONNECT {service.server.address} HTTP/1.1"
    for each in service.server.calls.snapshot():
        assert each.request.header("Proxy-Authorization") is None
        assert each.request.header("X-Proxy") is None
    statuses = [span.attributes.get("http.response.status_code") for span in client_spans(host)]
    assert statuses == [200, 404, 200]
    assert_no_secret(host)


def test_a_call_without_tls_goes_through_the_proxy_in_absolute_form(bench: Bench) -> None:
    server, proxy = bench.outbound_server(), bench.forward_proxy(":".join(PROXY_SECRETS))
    tap, api = bench.tap(), bench.runtime_api()
    settings = {
        **Dialect.PROTOBUF.environment(tap.address), "http_proxy": proxy_url(proxy), "NO_PROXY": tap.address.host
    }  # fmt: skip
    host = Scripted(api, bench.function(api, settings), tap)

    assert call(host, server.address.url + "/a") == "200 ok"

    (request,) = proxy.requests.snapshot()
    assert request.start_line == f"GET {server.address.url}/a HTTP/1.1"
    assert_no_secret(host)


def test_a_host_of_no_proxy_is_reached_without_it(bench: Bench, service: Service) -> None:
    dead = f"http://{':'.join(PROXY_SECRETS)}@{reserve()}"
    hosts = f"other.example,{service.server.address.host}"
    host = bench.scripted({**service.settings, "HTTPS_PROXY": dead, "NO_PROXY": hosts})
    assert call(host, service.url + "/") == "200 ok"


@pytest.mark.parametrize("flaw", ["unreachable", "refusing"])
def test_a_proxy_that_fails_is_an_error_without_its_credentials(bench: Bench, service: Service, flaw: str) -> None:
    if flaw == "unreachable":
        url = f"http://{':'.join(PROXY_SECRETS)}@{reserve()}"
    else:
        url = proxy_url(bench.forward_proxy("other:credentials"))
    host = bench.scripted({**service.settings, "HTTPS_PROXY": url})

    outcome = call(host, service.url + "/")

    assert outcome in ("connect", "disconnected")
    assert service.server.calls.snapshot() == []
    for span in client_spans(host):
        # The proxy's status is not the server's.
        assert span.attributes.get("http.response.status_code") is None
        assert span.attributes["error.type"] == outcome
    assert_no_secret(host)


def proxy_url(proxy: ForwardProxy) -> str:
    return f"http://{':'.join(PROXY_SECRETS)}@{proxy.address}"


def assert_no_secret(host: Scripted) -> None:
    for secret in PROXY_SECRETS:
        for span in host.tap.delivered:
            assert secret not in repr(span)
        assert secret not in host.function.log
