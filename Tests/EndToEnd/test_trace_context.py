"""What a function hands on to the next service: W3C Trace Context and W3C Baggage, as they came.

All published cases of W3C Trace Context are in `TriggerContextTests/W3CTraceContextTests.swift`.
"""

from __future__ import annotations

from typing import Any

import pytest

from support.bench import Bench
from support.collector_tap import ACCEPT
from support.dialect import Dialect
from support.events import probe

TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE}-b7ad6b7169203331"
SESSION = "11111111-2222-4333-8444-555555555555"


def handed_on(bench: Bench, event: dict[str, Any]) -> dict[str, str | None]:
    """The headers that a function sends to the next service."""
    tap, next_service, api = bench.tap(), bench.tap(ACCEPT), bench.runtime_api()
    bench.function(api, Dialect.HONEYHIVE.environment(tap.address))
    api.response(api.offer(probe("call", text=f"{next_service.address.url}/next") | event))
    (exchange,) = next_service.exports
    names = ("traceparent", "tracestate", "baggage")
    return {name: exchange.request.header(name) for name in names}


@pytest.mark.parametrize(
    "baggage",
    [
        "key1=v1;p1;p2,key3=v3; p=q",
        "mail=user+test@example.com",
        "a=%2c%41;x=%zz,b=c=d,run_id=r+1",
        ",".join(f"k{index}=v" for index in range(60)),
    ],
)
def test_baggage_goes_on_unchanged_behind_the_session(bench: Bench, baggage: str) -> None:
    sent = handed_on(bench, {"session_id": SESSION, "baggage": baggage})["baggage"]
    assert sent is not None and sent.startswith(f"session_id={SESSION},") and sent.endswith(f",{baggage}")


@pytest.mark.parametrize("flags", ["00", "01", "02", "03", "ff"])
def test_the_trace_goes_on_with_its_flags_and_its_state(bench: Bench, flags: str) -> None:
    headers = {"TraceParent": f"{TRACEPARENT}-{flags}", "TraceState": ["rojo=1,congo=t61rcWkgMzE", "", "x@y= a"]}
    sent = handed_on(bench, {"headers": headers})
    version, trace_id, parent_id, sent_flags = (sent["traceparent"] or "").split("-")
    assert (version, trace_id, sent_flags) == ("00", TRACE, flags)
    assert parent_id != "b7ad6b7169203331"
    assert sent["tracestate"] == "rojo=1,congo=t61rcWkgMzE,x@y= a"


@pytest.mark.parametrize(
    "headers",
    [
        {"traceparent": [f"{TRACEPARENT}-01", f"{TRACEPARENT}-01"], "tracestate": "a=1"},
        {"traceparent": f"ff-{TRACE}-b7ad6b7169203331-01", "tracestate": "a=1"},
        {"tracestate": "a=1"},
    ],
)
def test_an_invalid_parent_starts_a_trace_without_a_state(bench: Bench, headers: dict[str, Any]) -> None:
    sent = handed_on(bench, {"headers": headers})
    assert TRACE not in (sent["traceparent"] or "") and sent["traceparent"]
    assert sent["tracestate"] is None


@pytest.mark.parametrize("state", ["a=1,a=2", "A=1", "a=1,b", ",".join(f"k{index}=v" for index in range(33)), "a=b=c"])
def test_an_invalid_state_is_left_out_as_a_whole(bench: Bench, state: str) -> None:
    sent = handed_on(bench, {"headers": {"traceparent": f"{TRACEPARENT}-01", "tracestate": state}})
    assert TRACE in (sent["traceparent"] or "")
    assert sent["tracestate"] is None
