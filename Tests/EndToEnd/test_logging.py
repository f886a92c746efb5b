"""The log as CloudWatch receives it: each line has the ids of its invocation and its span."""

from __future__ import annotations

import re

import pytest

from support.bench import Bench, Scripted
from support.events import probe

SESSION = "0b8b3f0e-5f4b-4a51-9d3c-0e8f1a2b3c4d"
TIMESTAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def log(host: Scripted, text: str) -> tuple[str, str, str]:
    """Makes the handler log, and returns the request id, the trace id and the id of the enclosing span."""
    request_id = host.api.offer(probe("log", text=text, session_id=SESSION))
    assert host.api.response(request_id) == "logged"
    (span,) = [span for span in host.tap.delivered if span.name == "log"]
    return request_id, span.trace_id, span.span_id


def test_json_lines_carry_the_ids_of_their_invocation_and_span(bench: Bench) -> None:
    host = bench.scripted({"AWS_LAMBDA_LOG_FORMAT": "JSON"})

    request_id, trace_id, span_id = log(host, "from the handler")

    own, elsewhere = host.function.json_lines
    assert (own["message"], own["level"], own["answer"]) == ("from the handler", "INFO", "42")
    assert (elsewhere["message"], elsewhere["level"]) == ("from another logger", "WARN")
    for line in (own, elsewhere):
        assert re.fullmatch(TIMESTAMP, line["timestamp"])
        assert line["requestId"] == request_id
        assert line["traceId"] == trace_id
        assert line["spanId"] == span_id
        assert line["sessionId"] == SESSION


@pytest.mark.parametrize("format_name", ["Text", ""], ids=["text", "unset"])
def test_text_lines_carry_the_ids_of_their_invocation_and_span(bench: Bench, format_name: str) -> None:
    host = bench.scripted({"AWS_LAMBDA_LOG_FORMAT": format_name})

    request_id, trace_id, span_id = log(host, "from the handler")

    own, elsewhere = host.function.lines
    assert re.match(rf"{TIMESTAMP} INFO from the handler ", own)
    assert "answer=42" in own
    assert re.match(rf"{TIMESTAMP} WARN from another logger ", elsewhere)
    for line in (own, elsewhere):
        for name, value in (
            ("requestId", request_id),
            ("traceId", trace_id),
            ("spanId", span_id),
            ("sessionId", SESSION),
        ):
            assert f"{name}={value}" in line


@pytest.mark.parametrize("format_name", ["JSON", "Text"])
@pytest.mark.parametrize("text", ['a "quoted"\nsecond line\r\n\tthird', "\x1b[31mred\x00\x07", "🐝\u2028日記"])
def test_a_message_is_one_line_whatever_it_holds(bench: Bench, format_name: str, text: str) -> None:
    host = bench.scripted({"AWS_LAMBDA_LOG_FORMAT": format_name})

    log(host, text)

    assert len(host.function.lines) == 2
    assert not any(ord(character) < 0x20 and character not in "\t\n" for character in host.function.log)
    if format_name == "JSON":
        assert host.function.json_lines[0]["message"] == text


@pytest.mark.parametrize("format_name", ["JSON", "Text"])
def test_an_error_of_the_handler_is_one_line_with_its_ids(bench: Bench, format_name: str) -> None:
    host = bench.scripted({"AWS_LAMBDA_LOG_FORMAT": format_name})

    request_id = host.api.offer(probe("fail", text="it broke", session_id=SESSION))
    host.api.error(request_id)

    (line,) = host.function.lines
    trace_id = host.tap.delivered[0].trace_id
    assert all(part in line for part in ("ERROR", "ProbeError", "it broke", request_id, SESSION, trace_id))


@pytest.mark.parametrize(("level", "count"), [("DEBUG", 2), ("INFO", 2), ("WARN", 1), ("ERROR", 0)])
def test_the_level_that_lambda_sets_is_kept(bench: Bench, level: str, count: int) -> None:
    host = bench.scripted({"AWS_LAMBDA_LOG_LEVEL": level})

    log(host, "from the handler")

    assert len(host.function.lines) == count


def test_what_lingers_is_logged_with_the_ids_of_its_own_invocation(bench: Bench) -> None:
    host = bench.scripted()

    first = host.api.offer(probe("linger", count=300))
    host.api.response(first)
    second = host.api.offer(probe("sleep", count=600))
    host.api.response(second)

    (line,) = [line for line in host.function.json_lines if line["message"] == "lingered"]
    assert line["requestId"] == first
