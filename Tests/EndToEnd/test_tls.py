"""A collector behind TLS: trusted certificates only, found where the package and the settings say."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.authority import Authority
from support.bench import Bench
from support.dialect import Dialect
from support.events import probe
from support.loopback import Address, own_host


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


@pytest.mark.parametrize("flaw", ["an unknown authority", "another name"])
def test_no_span_and_no_key_goes_to_a_server_that_is_not_trusted(bench: Bench, tmp_path: Path, flaw: str) -> None:
    host = own_host()
    authority = Authority(tmp_path / "authority", host if flaw == "an unknown authority" else "127.0.0.1")
    trusted = authority if flaw == "another name" else Authority(tmp_path / "other", host)
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
