"""Invalid settings: one clear log line each, and the function works if it can."""

from __future__ import annotations

import pytest

from support.bench import Bench
from support.dialect import Dialect
from support.events import API_KEY, probe


def assert_one_line_naming(bench: Bench, variable: str, environment: dict[str, str], collector: bool = False) -> None:
    """Starts a function, invokes it twice, and expects exactly one log line, which names the variable.

    Args:
        collector: True when spans should be delivered in spite of the setting.
    """
    tap, api = bench.tap(), bench.runtime_api()
    if collector:
        environment = {**Dialect.PROTOBUF.environment(tap.address), **environment}
    function = bench.function(api, {"AWS_LAMBDA_LOG_FORMAT": "JSON", **environment})

    for _ in range(2):
        assert api.response(api.offer(probe("echo", text="works"))) == "works"

    assert len(function.lines) == 1, function.lines
    (line,) = function.json_lines
    assert variable in line["message"]
    assert line["level"] == "WARN"
    assert len(tap.delivered) == (4 if collector else 0)


def test_without_a_key_and_an_endpoint_there_is_one_warning(bench: Bench) -> None:
    assert_one_line_naming(bench, "HH_API_KEY", {})


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_a_blank_setting_counts_as_unset(bench: Bench, blank: str) -> None:
    assert_one_line_naming(bench, "HH_API_KEY", {"HH_API_KEY": blank, "OTEL_EXPORTER_OTLP_ENDPOINT": blank})


@pytest.mark.parametrize(
    "url",
    ["api.honeyhive.ai", "ftp://127.0.0.1/", "http://", "http://a b/", "http://127.0.0.1:99999", "http://x\r\nX-Y: z"],
)
@pytest.mark.parametrize(
    "variable", ["HH_API_URL", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]
)
def test_a_malformed_url_is_named(bench: Bench, variable: str, url: str) -> None:
    key = {"HH_API_KEY": API_KEY} if variable == "HH_API_URL" else {}
    assert_one_line_naming(bench, variable, {variable: url, **key})


def test_a_url_with_a_password_is_refused_and_not_shown(bench: Bench) -> None:
    url = f"https://user:{API_KEY}@api.honeyhive.ai"
    assert_one_line_naming(bench, "HH_API_URL", {"HH_API_URL": url, "HH_API_KEY": API_KEY})


@pytest.mark.parametrize(
    "key",
    [f"{API_KEY}\r\nX-Injected: yes", f"{API_KEY}\nX-Injected: yes", f"{API_KEY}\r", f"two {API_KEY}", f"{API_KEY}ä"],
    ids=["CR LF", "LF", "CR at its end", "a space", "not ASCII"],
)
def test_a_key_that_no_header_may_hold_is_named_and_not_shown(bench: Bench, key: str) -> None:
    if key.endswith("\r"):
        # Values are trimmed, so this key is valid.
        tap, api = bench.tap(), bench.runtime_api()
        bench.function(api, {"HH_API_KEY": key, "HH_API_URL": tap.address.url})
        api.response(api.offer(probe("echo")))
        assert tap.exports[0].request.header("Authorization") == f"Bearer {API_KEY}"
        return
    assert_one_line_naming(bench, "HH_API_KEY", {"HH_API_KEY": key})


def test_a_malformed_ingestion_key_is_named_and_not_shown(bench: Bench) -> None:
    assert_one_line_naming(bench, "HH_INGESTION_API_KEY", {"HH_INGESTION_API_KEY": f"hh_ingst_{API_KEY}"})


@pytest.mark.parametrize("variable", ["TRACED_LAMBDA_FLUSH_BUDGET_MS", "TRACED_LAMBDA_DEADLINE_MARGIN_MS"])
@pytest.mark.parametrize("value", ["soon", "-1", "1.5", "1e3", "0x10", "99999999999999999999", "2 s"])
def test_a_bad_number_is_named_and_the_default_used(bench: Bench, variable: str, value: str) -> None:
    assert_one_line_naming(bench, variable, {variable: value}, collector=True)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "-1"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "carrier pigeon"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-api-key=a%0D%0AX-Injected%3A%20yes"),
        ("OTEL_TRACES_EXPORTER", "zipkin"),
        ("OTEL_TRACES_SAMPLER", "sometimes"),
        ("OTEL_RESOURCE_ATTRIBUTES", "team=a,justkey"),
        ("OTEL_SDK_DISABLED", "yes"),
        ("OTEL_TRACES_SAMPLER_ARG", "50%"),
        ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "/var/task/key.pem"),
        ("HH_VERIFY_SSL", "false"),
        ("HH_SESSION_START", "perhaps"),
        ("AWS_LAMBDA_LOG_LEVEL", "loud"),
        ("SSLKEYLOGFILE", "/tmp/secrets-of-tls"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_the_default_used(bench: Bench, variable: str, value: str) -> None:
    assert_one_line_naming(bench, variable, {variable: value}, collector=True)


@pytest.mark.parametrize(
    "setting",
    [
        {"HH_TEST_MODE": "true"},
        {"HH_DISABLE_TRACING": "1"},
        {"HH_OTLP_ENABLED": "false"},
        {"OTEL_SDK_DISABLED": "TRUE"},
    ],
    ids=lambda setting: next(iter(setting)),
)
def test_switched_off_on_purpose_there_is_no_request_and_no_warning(bench: Bench, setting: dict[str, str]) -> None:
    host = bench.scripted(setting)

    assert host.api.response(host.api.offer(probe("echo", text="works"))) == "works"

    assert host.tap.exports == []
    assert host.function.lines == []


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "http://127.0.0.1:9001",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:0",
        "127.0.0.1:99999",
        "127.0.0.1:port",
        "127.0.0.1:9001/path",
        "127.0.0.1:9001 x",
        "user:password@127.0.0.1:9001",
        ":9001",
        "127.0.0.1:9001\r\nHost: x",
        "[::1:9001",
    ],
)
def test_a_malformed_address_of_the_runtime_api_is_named_and_ends_the_process(bench: Bench, value: str) -> None:
    function = bench.function(value, {"HH_TEST_MODE": "true"})

    assert function.wait(within=5) > 0
    (line,) = function.lines
    assert "AWS_LAMBDA_RUNTIME_API" in line
