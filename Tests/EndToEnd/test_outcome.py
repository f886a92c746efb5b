"""The outcome of an invocation: the HTTP status on the root span, and spans that are kept because of it."""

from __future__ import annotations

from typing import Any

import pytest

from support.bench import Bench
from support.collector_tap import CollectorTap
from support.dialect import Dialect
from support.events import probe
from support.lambda_emulator import LambdaEmulator
from support.otlp import Span

HTTP: dict[str, Any] = {"version": "2.0", "rawPath": "/", "requestContext": {"http": {"method": "GET", "path": "/"}}}


def start(bench: Bench, **environment: str) -> tuple[LambdaEmulator, CollectorTap]:
    tap = bench.tap()
    return bench.emulator({**Dialect.HONEYHIVE.environment(tap.address), **environment}), tap


def roots(tap: CollectorTap) -> list[Span]:
    return [span for span in tap.delivered if span.attributes.get("honeyhive_event_type") == "chain"]


@pytest.mark.parametrize(
    ("command", "status", "is_error"), [("echo", 200, False), ("fail", 502, True)], ids=["answers", "throws"]
)
def test_the_root_span_has_the_status_that_the_caller_gets(
    bench: Bench, command: str, status: int, is_error: bool
) -> None:
    emulator, tap = start(bench)

    emulator.invoke({**HTTP, **probe(command, text="x")})

    (root,) = roots(tap)
    assert root.attributes["http.response.status_code"] == status
    assert (root.status == "ERROR") is is_error


def test_without_a_failure_nothing_is_sent_and_a_failure_is_kept_whole(bench: Bench) -> None:
    emulator, tap = start(bench, TRACED_LAMBDA_KEEP="errors,slow:20s")

    for _ in range(3):
        assert emulator.invoke(probe("echo", text="fine")).json == "fine"
    assert tap.exports == []
    emulator.invoke(probe("fail"))
    emulator.invoke(probe("echo"))

    assert [span.name for span in tap.delivered] == ["fail", "ProbeFunction"]
    assert "dropped" not in emulator.log


def test_a_slow_invocation_and_one_that_has_sent_spans_are_kept(bench: Bench) -> None:
    emulator, tap = start(bench, TRACED_LAMBDA_KEEP="slow:300ms")

    emulator.invoke(probe("sleep", count=5))
    emulator.invoke(probe("sleep", count=400))
    emulator.invoke(probe("flush"))

    assert [span.name for span in tap.delivered] == [
        "sleep", "ProbeFunction", "before-flush", "flush", "ProbeFunction"
    ]  # fmt: skip


def test_an_unusable_list_is_named_and_everything_is_kept(bench: Bench) -> None:
    emulator, tap = start(bench, TRACED_LAMBDA_KEEP="errors,slow")

    emulator.invoke(probe("echo"))

    assert len(tap.delivered) == 2
    assert "TRACED_LAMBDA_KEEP" in emulator.log
