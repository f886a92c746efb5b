"""What goes wrong because of a setting: a line names the cause, the setting and the remedy; each loss is a line."""

from __future__ import annotations

import re

import pytest

from support.bench import Bench
from support.collector_tap import Answer, Behaviour, Drop
from support.dialect import Dialect
from support.events import API_KEY, probe
from support.loopback import Address, reserve
from support.programs import FunctionProgram
from support.scripted_runtime_api import ScriptedRuntimeAPI

INVOCATIONS = 4
#: The key's form that only writing needs.
INGESTION_KEY = "hh_ingst_" + "a" * 24 + "_" + "b" * 64


def invoke(api: ScriptedRuntimeAPI, count: int = INVOCATIONS, session_id: str | None = None) -> None:
    for _ in range(count):
        fields = {} if session_id is None else {"session_id": session_id}
        assert api.response(api.offer(probe("echo", text="works", **fields))) == "works"


def end(api: ScriptedRuntimeAPI, function: FunctionProgram) -> None:
    """Ends the process as Lambda does when it wants a new one."""
    api.answer_next(500)
    assert function.wait() == 1


def honeyhive(collector: Address, variable: str, key: str) -> dict[str, str]:
    return {variable: key, "HH_API_URL": collector.url}


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    ("variable", "key"),
    [
        ("HH_API_KEY", API_KEY),
        ("HONEYHIVE_API_KEY", API_KEY),
        ("HH_INGESTION_API_KEY", INGESTION_KEY),
        ("OTEL_EXPORTER_OTLP_HEADERS", f"authorization={API_KEY}"),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", f"authorization={API_KEY}"),
    ],
)
def test_door_case_13_each_loss_by_a_refused_key_is_a_line_with_its_count_the_variable_and_the_host(
    bench: Bench, status: int, variable: str, key: str
) -> None:
    tap, api = bench.tap(Answer(status)), bench.runtime_api()
    settings = honeyhive(tap.address, variable, key)
    if variable.startswith("OTEL_"):
        settings = {variable: key, "OTEL_EXPORTER_OTLP_ENDPOINT": tap.address.url}
    function = bench.function(api, settings)

    invoke(api)

    assert len(function.lines) == INVOCATIONS, function.log
    said = f"WARN flush dropped 2 spans: HTTP {status} from {tap.address}; the key is refused; check {variable} "
    for line in function.lines:
        assert said in line
        assert not re.search(r"=(-|0)?( |$)", line), f"a field without a value: {line}"
        assert INGESTION_KEY not in line
    end(api, function)
    assert "more times" not in function.log


@pytest.mark.parametrize("command", ["crash", "exit"])
def test_a_process_that_ends_without_notice_has_logged_every_loss(bench: Bench, command: str) -> None:
    tap, api = bench.tap(Answer(400)), bench.runtime_api()
    function = bench.function(api, {**Dialect.PROTOBUF.environment(tap.address), "AWS_LAMBDA_LOG_FORMAT": "JSON"})

    invoke(api)
    api.offer(probe(command))
    function.wait()

    # A crash writes further lines, which are not JSON.
    counts = [int(count) for count in re.findall(r'"droppedSpans":\s*"?(\d+)', function.log)]
    assert counts == [2] * INVOCATIONS, function.log


@pytest.mark.parametrize("fault", ["refused", "dropped", "unresolved", "503"])
def test_a_collector_that_fails_again_and_again_is_no_line_for_each_invocation(bench: Bench, fault: str) -> None:
    api = bench.runtime_api()
    behaviours: dict[str, Behaviour] = {"dropped": Drop(), "503": Answer(503)}
    address = reserve() if fault in ("refused", "unresolved") else bench.tap(behaviours[fault]).address
    url = "http://nowhere.invalid" if fault == "unresolved" else address.url
    function = bench.function(
        api,
        {
            **Dialect.PROTOBUF.environment(address),
            "OTEL_EXPORTER_OTLP_ENDPOINT": url,
            "TRACED_LAMBDA_FLUSH_BUDGET_MS": "100",
            # A name without an address is the same in each run, and so would its journals be.
            "TRACED_LAMBDA_JOURNAL": "false",
        },
    )

    invoke(api, 12)

    # After three of them the collector is not asked any more, which is another cause.
    assert 1 <= len(function.lines) <= 3, function.log
    for line in function.lines:
        assert url.removeprefix("http://") in line
        assert re.search(r"(check|raise) .*(OTEL_EXPORTER_OTLP_ENDPOINT|TRACED_LAMBDA_FLUSH_BUDGET_MS)", line)


@pytest.mark.parametrize(
    ("variable", "setting"),
    [
        ("HH_APIKEY", "HH_API_KEY"),
        ("hh_api_key", "HH_API_KEY"),
        ("HONEYHIVE_APIKEY", "HH_API_KEY"),
        ("HONEYHIVE_PROJECT", "HH_PROJECT"),
        ("OTEL_EXPORTER_OTLP_ENDPONT", "OTEL_EXPORTER_OTLP_ENDPOINT"),
        ("TRACED_LAMBDA_FLUSH_BUDGET", "TRACED_LAMBDA_FLUSH_BUDGET_MS"),
    ],
)
def test_door_case_14_a_misspelt_variable_is_named_once_with_the_setting_that_was_meant(
    bench: Bench, variable: str, setting: str
) -> None:
    api = bench.runtime_api()
    function = bench.function(api, {variable: API_KEY, "HH_TEST_MODE": "true"})

    invoke(api)

    (line,) = function.lines
    assert f"WARN {variable} is not a setting and is ignored; did you mean {setting}?" in line


def test_variables_of_other_programs_are_not_named(bench: Bench) -> None:
    names = ["OTEL_LOG_LEVEL", "OTEL_METRICS_EXPORTER", "OTEL_PYTHON_CONTEXT", "HH_VERBOSE", "HOME", "TZ", "TERM"]
    api = bench.runtime_api()
    function = bench.function(api, {"HH_TEST_MODE": "true", **dict.fromkeys(names, "x")})

    invoke(api)

    assert function.lines == []


def test_without_a_key_one_line_names_the_variables(bench: Bench) -> None:
    api = bench.runtime_api()
    function = bench.function(api)

    invoke(api)

    (line,) = function.lines
    assert "HH_API_KEY is not set" in line
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in line
    assert "tracing is off" in line


@pytest.mark.parametrize("worker_count", [1, 4])
def test_door_case_15_a_session_id_that_is_not_a_uuid_is_said_once_for_a_process(
    bench: Bench, worker_count: int
) -> None:
    host = bench.scripted({"AWS_LAMBDA_LOG_FORMAT": "Text"}, worker_count=worker_count)

    invoke(host.api, 3 * worker_count, session_id="conversation-42")

    assert len(host.function.lines) == 1
    assert "conversation-42" not in host.function.log


def test_other_things_that_the_caller_sends_are_said_once_for_a_process(bench: Bench) -> None:
    host = bench.scripted({"AWS_LAMBDA_LOG_FORMAT": "Text"})

    for _ in range(INVOCATIONS):
        headers = {
            "Lambda-Runtime-Client-Context": "none",
            "Lambda-Runtime-Cognito-Identity": "none",
            "Lambda-Runtime-Deadline-Ms": "soon",
        }
        host.api.response(host.api.offer(probe("echo"), headers))

    assert len(host.function.lines) == 3
