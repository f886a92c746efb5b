"""The emulator's mode for managed instances, with AWS's own handling of the function's posts."""

from __future__ import annotations

import pytest

from support.bench import Bench
from support.dialect import Dialect
from support.events import probe
from support.lambda_emulator import LambdaEmulator
from support.managed_instance_emulator import ManagedInstanceEmulator
from support.recording_proxy import Exchange

INVOCATION_ID = "Lambda-Runtime-Invocation-Id"


def start(bench: Bench, timeout_seconds: int = 30) -> LambdaEmulator:
    return bench.emulator(
        Dialect.PROTOBUF.environment(bench.tap().address),
        timeout_seconds=timeout_seconds,
        taps_runtime_api=True,
        kind=ManagedInstanceEmulator,
    )


def answered_posts(emulator: LambdaEmulator, count: int) -> list[Exchange]:
    """Waits for the emulator's responses to a number of posts; in this mode the caller gets its response earlier."""

    def answered(exchanges: list[Exchange]) -> list[Exchange] | None:
        posts = [exchange for exchange in exchanges if exchange.request.method == "POST" and exchange.status]
        return posts if len(posts) >= count else None

    return emulator.runtime_api_exchanges.wait(answered, f"{count} answered posts")


def test_the_type_of_an_error_is_one_that_lambda_keeps(bench: Bench) -> None:
    emulator = start(bench)

    failed = emulator.invoke(probe("fail", text="on purpose"))
    malformed = emulator.invoke({"command": 5})

    assert failed.headers["Error-Type"] == "Function.ProbeError"
    assert (failed.json["errorType"], failed.json["errorMessage"]) == ("ProbeError", "on purpose")
    assert malformed.headers["Error-Type"] == "Function.EventDecodingError"


def test_the_trace_id_of_xray_reaches_the_handler_and_is_nobodys_parent(bench: Bench) -> None:
    tap = bench.tap()
    emulator = bench.emulator(Dialect.PROTOBUF.environment(tap.address), kind=ManagedInstanceEmulator)
    trace_id = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"

    reply = emulator.invoke(probe("context"), trace_id=trace_id)

    assert reply.json["xrayTraceID"] == trace_id
    (root,) = [span for span in tap.delivered if span.name == "ProbeFunction"]
    assert root.parent_id == ""
    assert root.trace_id != "5759e988bd862e3fe1be46a994272793"


@pytest.mark.parametrize("command", ["echo", "fail"])
def test_the_emulators_own_invocation_id_is_echoed(bench: Bench, command: str) -> None:
    emulator = start(bench)

    emulator.invoke(probe(command))

    (post,) = answered_posts(emulator, 1)
    offered = emulator.runtime_api_exchanges.snapshot()[0].response
    assert offered is not None
    assert post.request.needed_header(INVOCATION_ID) == offered.needed_header(INVOCATION_ID) != ""
    assert post.status == 202


def test_an_answer_that_comes_too_late_is_refused_and_the_process_goes_on(bench: Bench) -> None:
    emulator = start(bench, timeout_seconds=1)

    late = emulator.invoke(probe("sleep", count=1_500))
    after = emulator.invoke(probe("context"))

    assert "Task timed out" in late.text
    assert after.json["isColdStart"] is False
    assert [post.status for post in answered_posts(emulator, 2)] == [410, 202]
