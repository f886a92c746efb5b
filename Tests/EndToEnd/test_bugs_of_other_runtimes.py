"""Regression tests for known bugs of other Lambda runtimes.

They use the suite's own mock of the Runtime API: the real emulator freezes no process, drops no connection and sends no
malformed header.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from support.bench import Bench, Scripted
from support.collector_tap import ACCEPT, Answer, CollectorTap, Drop
from support.events import PAYLOAD_MARK, encoded, probe
from support.http_wire import Framing
from support.loopback import reserve
from support.programs import FunctionProgram
from support.raw_server import Connection
from support.recording_proxy import Exchange, Upstream
from support.scripted_runtime_api import FUNCTION_ARN, Post, PostAnswer, deadline_in
from support.waiting import let_time_pass

#: The values of the header `Lambda-Runtime-Function-Error-Type` that Lambda records.
ERROR_TYPE = re.compile(r"(Runtime|Function)\.[A-Z][a-zA-Z]+")
#: Lambda's longest timeout.
LONGEST_TIMEOUT_MILLISECONDS = 900_000


def assert_goes_on(host: Scripted) -> None:
    """Checks that another invocation works."""
    request_id = host.api.offer(probe("echo", text="still here"))
    assert host.api.response(request_id) == "still here"


# Freezes and connections.


@pytest.mark.parametrize("is_answered_while_frozen", [True, False], ids=["answered while frozen", "answered after it"])
def test_frozen_in_next_longer_than_any_timeout(bench: Bench, is_answered_while_frozen: bool) -> None:
    host = bench.scripted()
    host.api.wait_for_polls(1)

    host.function.freeze()
    let_time_pass(3)
    if is_answered_while_frozen:
        request_id = host.api.offer(probe("echo", text="thawed"))
        host.function.thaw()
    else:
        host.function.thaw()
        let_time_pass(0.5)
        request_id = host.api.offer(probe("echo", text="thawed"))

    assert host.api.response(request_id) == "thawed"
    host.api.wait_for_polls(2)
    assert len(host.api.polls.snapshot()) == 2, "/next was given up and asked again"
    assert host.api.connection_count == 1


@pytest.mark.parametrize("resets", [False, True], ids=["FIN", "RST"])
def test_keep_alive_dropped_during_the_freeze_within_next(bench: Bench, resets: bool) -> None:
    host = bench.scripted()
    host.api.wait_for_polls(1)

    host.function.freeze()
    host.api.drop_next(reset=resets)
    request_id = host.api.offer(probe("echo", text="thawed"))
    host.function.thaw()

    assert host.api.response(request_id) == "thawed"
    assert host.api.connection_count == 2
    assert_goes_on(host)


@pytest.mark.parametrize("answer", [PostAnswer(closes=True), PostAnswer(resets=True)], ids=["FIN", "RST"])
def test_keep_alive_dropped_after_a_post(bench: Bench, answer: PostAnswer) -> None:
    host = bench.scripted()

    request_ids = [host.api.offer(probe("echo", text="one more"), answer=answer) for _ in range(3)]

    for request_id in request_ids:
        assert host.api.response(request_id) == "one more"
    assert_goes_on(host)
    assert host.api.connection_count == 4


@pytest.mark.parametrize(
    "behaviour",
    [Answer(200, closes=True), Drop(), Drop(reset=True)],
    ids=["closed after an answer", "closed without an answer", "reset without an answer"],
)
def test_keep_alive_to_the_collector_dropped_between_two_invocations(bench: Bench, behaviour: Answer | Drop) -> None:
    host = bench.scripted({}, ACCEPT, behaviour, ACCEPT)

    for _ in range(3):
        host.function.freeze()
        request_id = host.api.offer(probe("echo"))
        host.function.thaw()
        host.api.response(request_id)

    ids = [span.span_id for span in host.tap.delivered]
    assert len(ids) == len(set(ids)) == 6
    assert host.tap.connection_count == 2
    assert host.function.lines == []


@dataclass
class AnswerWhileStopped:
    """Stops the function's process, answers, and lets the process run again when the flush budget is over."""

    function: FunctionProgram | None = None

    def answer(self, tap: CollectorTap, connection: Connection, exchange: Exchange, upstream: Upstream) -> bool:
        assert self.function is not None
        self.function.freeze()
        try:
            return ACCEPT.answer(tap, connection, exchange, upstream)
        finally:
            let_time_pass(1)
            self.function.thaw()


def test_an_answer_to_a_process_without_a_processor_counts(bench: Bench) -> None:
    behaviour = AnswerWhileStopped()
    host = bench.scripted({"TRACED_LAMBDA_FLUSH_BUDGET_MS": "500"}, behaviour)
    behaviour.function = host.function

    assert_goes_on(host)
    assert_goes_on(host)

    ids = [span.span_id for span in host.tap.delivered]
    assert len(ids) == len(set(ids)) == 4
    assert host.function.lines == []


def test_connection_close_after_a_post(bench: Bench) -> None:
    host = bench.scripted()
    answer = PostAnswer(headers={"Connection": "close"})

    request_ids = [host.api.offer(probe("echo", text="one more"), answer=answer) for _ in range(3)]

    for request_id in request_ids:
        assert host.api.response(request_id) == "one more"
    assert_goes_on(host)


def test_http_proxy_set(bench: Bench) -> None:
    nobody = reserve().url
    host = bench.scripted(
        {name: nobody for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy")}
        # The collector may need a proxy; this one does not.
        | {"NO_PROXY": "127.0.0.0/8,*"}
    )

    assert_goes_on(host)
    assert len(host.tap.delivered) == 2


# Events and headers.


@pytest.mark.parametrize("framing", Framing, ids=lambda framing: framing.value)
@pytest.mark.parametrize("size", [61_441, 1_048_577, 6 * 1_048_576], ids=["over 60 KB", "over 1 MB", "6 MB"])
def test_large_events_in_both_framings(bench: Bench, size: int, framing: Framing) -> None:
    host = bench.scripted()
    room = size - len(encoded(probe("length", text="")))
    event = encoded(probe("length", text="é" * (room // 2) + "x" * (room % 2)))
    assert len(event) == size

    request_id = host.api.offer(event, framing=framing)

    assert host.api.response(request_id) == str(room)
    assert_goes_on(host)


@pytest.mark.parametrize("value", [None, ""], ids=["absent", "empty"])
def test_no_trace_header(bench: Bench, value: str | None) -> None:
    host = bench.scripted()

    request_id = host.api.offer(probe("context"), {"Lambda-Runtime-Trace-Id": value})

    assert host.api.response(request_id).get("xrayTraceID") is None
    assert len(host.tap.delivered) == 2
    assert_goes_on(host)


@pytest.mark.parametrize("value", [None, ""], ids=["absent", "empty"])
def test_empty_client_context_and_identity(bench: Bench, value: str | None) -> None:
    host = bench.scripted()
    names = ("Lambda-Runtime-Client-Context", "Lambda-Runtime-Cognito-Identity")

    request_id = host.api.offer(probe("context"), {name: value for name in names})

    report = host.api.response(request_id)
    assert [report.get(name) for name in ("clientContext", "identityID", "identityPoolID")] == [None] * 3
    assert host.function.lines == [], "nothing to complain about"


def test_non_ascii_client_context(bench: Bench) -> None:
    host = bench.scripted()
    client_context = {"custom": {"city": "Zürich", "bee": "🐝"}, "client": {"app_title": "日記"}}

    request_id = host.api.offer(
        probe("context"), {"Lambda-Runtime-Client-Context": json.dumps(client_context, ensure_ascii=False)}
    )

    assert host.api.response(request_id)["clientContext"] == client_context


def test_client_context_and_cognito_identity_really_reach_the_handler(bench: Bench) -> None:
    host = bench.scripted()
    client_context = {"custom": {"a": "b", "n": 1, "list": [True, None]}, "env": {"locale": "de"}}
    identity = {"cognitoIdentityId": "eu-central-1:id", "cognitoIdentityPoolId": "eu-central-1:pool"}

    request_id = host.api.offer(
        probe("context"),
        {
            "Lambda-Runtime-Client-Context": json.dumps(client_context),
            "Lambda-Runtime-Cognito-Identity": json.dumps(identity),
        },
    )
    after = host.api.offer(probe("context"))

    report = host.api.response(request_id)
    assert report["clientContext"] == client_context
    assert report["identityID"] == "eu-central-1:id"
    assert report["identityPoolID"] == "eu-central-1:pool"
    # No data of an invocation remains in the next one.
    assert not {"clientContext", "identityID", "identityPoolID"} & host.api.response(after).keys()


@pytest.mark.parametrize("change_case", [str.lower, str.upper, str.swapcase], ids=["lower", "upper", "mixed"])
def test_headers_in_any_case(bench: Bench, change_case: Callable[[str], str]) -> None:
    host = bench.scripted()
    values = {
        "Lambda-Runtime-Aws-Request-Id": "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
        "Lambda-Runtime-Deadline-Ms": deadline_in(30),
        "Lambda-Runtime-Invoked-Function-Arn": FUNCTION_ARN,
        "Lambda-Runtime-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793",
        "Lambda-Runtime-Client-Context": '{"custom":{"a":"b"}}',
        "Lambda-Runtime-Cognito-Identity": '{"cognitoIdentityId":"id","cognitoIdentityPoolId":"pool"}',
        "Lambda-Runtime-Aws-Tenant-Id": "tenant",
        "Lambda-Runtime-Invocation-Id": "invocation",
    }
    headers: dict[str, str | None] = {name: None for name in values}
    headers |= {change_case(name): value for name, value in values.items()}

    request_id = host.api.offer(probe("context"), headers, request_id=values["Lambda-Runtime-Aws-Request-Id"])

    report = host.api.response(request_id)
    assert report["requestID"] == values["Lambda-Runtime-Aws-Request-Id"]
    assert report["functionARN"] == FUNCTION_ARN
    assert report["deadlineUnixMilliseconds"] == int(values["Lambda-Runtime-Deadline-Ms"])
    assert report["xrayTraceID"] == values["Lambda-Runtime-Trace-Id"]
    assert report["clientContext"] == {"custom": {"a": "b"}}
    assert (report["identityID"], report["identityPoolID"]) == ("id", "pool")
    assert report["tenantID"] == "tenant"
    assert host.api.outcome(request_id).request.header("Lambda-Runtime-Invocation-Id") == "invocation"


@pytest.mark.parametrize(
    "value",
    [None, "", "soon", "-1", "0", "1", "1.5", "99999999999999999999999999", "18446744073709551615"],
    ids=["absent", "empty", "a word", "negative", "zero", "in 1970", "a fraction", "too large", "64 bits full"],
)
def test_bad_or_missing_deadline(bench: Bench, value: str | None) -> None:
    host = bench.scripted()

    request_id = host.api.offer(probe("context"), {"Lambda-Runtime-Deadline-Ms": value})

    assert 0 <= host.api.response(request_id)["remainingMilliseconds"] <= LONGEST_TIMEOUT_MILLISECONDS
    assert len(host.tap.delivered) == 2, "a deadline that cannot be is no reason to drop spans"
    assert_goes_on(host)


# Errors and responses.


def assert_valid_error(post: Post) -> Any:
    """Checks an error report as Lambda and X-Ray parse it."""
    report = post.json
    assert report.keys() == {"errorMessage", "errorType", "stackTrace"}
    assert isinstance(report["stackTrace"], list)
    assert post.request.header("Content-Type"), "always send a Content-Type"
    assert ERROR_TYPE.fullmatch(post.request.needed_header("Lambda-Runtime-Function-Error-Type"))
    cause = post.request.needed_header("Lambda-Runtime-Function-XRay-Error-Cause")
    assert cause.isascii()
    assert len(cause) <= 64 * 1_024
    # X-Ray's copy may be shorter.
    assert report["errorMessage"].startswith(json.loads(cause)["exceptions"][0]["message"].removesuffix("…"))
    report["errorMessage"].encode("utf-8")  # Fails on a lone surrogate.
    return report


@pytest.mark.parametrize(
    "text",
    [
        'say "no", \\ and / and \'',
        "one\ntwo\r\nthree\ttabbed",
        "".join(map(chr, range(0x20))) + "\x7f\x80\x9f",
        "🐝 👩‍👩‍👧 Zürich 日記 \u2028\u2029\ufeff\uffff",
        "",
        "\r\nLambda-Runtime-Function-Error-Type: Runtime.Injected",
    ],
    ids=["quotes", "newlines", "control characters", "emoji", "empty", "a header"],
)
def test_error_text_stays_valid_json(bench: Bench, text: str) -> None:
    host = bench.scripted()

    request_id = host.api.offer(probe("fail", text=text))

    report = assert_valid_error(host.api.error(request_id))
    assert report["errorMessage"] == text
    assert report["errorType"] == "ProbeError"
    assert len(host.function.json_lines) == 1, "an error is one line of the log, whatever it holds"
    assert host.tap.delivered[0].status == "ERROR"
    assert_goes_on(host)


def test_error_text_of_a_megabyte(bench: Bench) -> None:
    host = bench.scripted()

    request_id = host.api.offer(probe("fail", text="é🐝" * 180_000))

    assert assert_valid_error(host.api.error(request_id))["errorMessage"].startswith("é🐝é🐝")
    assert_goes_on(host)


@pytest.mark.parametrize("escapes", [r"\ud800", r"\udc00", r"\ud800\ud800", r"\udc00\ud83d", r"\ud83dx"])
@pytest.mark.parametrize("command", ["fail", "echo"])
def test_lone_surrogates_in_the_escapes_of_an_event(bench: Bench, command: str, escapes: str) -> None:
    host = bench.scripted()
    event = f'{{"command":"{command}","text":"before {escapes} after","session_id":"{escapes}"}}'

    request_id = host.api.offer(event.encode())

    # The event may be rejected or the surrogate replaced; in both cases the post and the export must be valid.
    post = host.api.outcome(request_id)
    if post.kind == "error":
        assert_valid_error(post)
    else:
        post.json.encode("utf-8")
    assert host.tap.delivered
    assert_goes_on(host)


def test_a_response_over_a_megabyte_sends_no_expect(bench: Bench) -> None:
    host = bench.scripted()

    request_id = host.api.offer(probe("large", count=1_500_000))

    assert host.api.response(request_id) == "x" * 1_500_000
    request = host.api.outcome(request_id).request
    assert request.header("Expect") is None
    assert request.header("Content-Length") == str(len(request.body))
    assert request.header("Transfer-Encoding") is None
    assert all(export.request.header("Expect") is None for export in host.tap.exports)


def test_413_then_no_error(bench: Bench) -> None:
    host = bench.scripted()

    request_id = host.api.offer(probe("large", count=6_400_000), answer=PostAnswer(413))

    host.api.outcome(request_id)
    assert_goes_on(host)
    assert [post.kind for post in host.api.posts.snapshot()] == ["response", "response"]
    assert len(host.function.lines) == 1, "an answer that nobody gets is worth a line"


def test_410_then_go_on(bench: Bench) -> None:
    host = bench.scripted()

    answered = host.api.offer(probe("echo"), answer=PostAnswer(410))
    failed = host.api.offer(probe("fail"), answer=PostAnswer(410))

    host.api.outcome(answered)
    host.api.outcome(failed)
    assert_goes_on(host)
    assert len(host.api.posts.snapshot()) == 3


def test_handler_throws_after_responding(bench: Bench) -> None:
    host = bench.scripted()

    request_id = host.api.offer(probe("linger", count=50))

    assert host.api.response(request_id) == "lingering"
    host.function.wait_for_log("lingered")
    assert_goes_on(host)
    assert [post.kind for post in host.api.posts.snapshot()] == ["response", "response"]


@pytest.mark.parametrize("command", ["stall", "block"])
def test_handler_never_responds(bench: Bench, command: str) -> None:
    host = bench.scripted()

    request_id = host.api.offer(probe(command, count=2), {"Lambda-Runtime-Deadline-Ms": deadline_in(1.5)})

    # Lambda kills the process at the deadline; the spans that had ended must have been sent. This mock does not kill,
    # so the process must end by itself.
    spans = host.tap.wait_for_spans(2, within=1.5)
    assert [span.name for span in spans[:2]] == ["step", "step"]
    assert host.function.wait(within=12) > 0
    assert [span.name for span in host.tap.delivered] == ["step", "step", command, "ProbeFunction"]
    assert all(post.request_id != request_id for post in host.api.posts.snapshot()), "too late to answer"
    assert any("deadline" in line["message"] for line in host.function.json_lines)


def test_init_error_is_reported(bench: Bench) -> None:
    host = bench.scripted({"PROBE_INIT": "throw"})

    post = host.api.error_of_init()

    report = assert_valid_error(post)
    assert report["errorMessage"] == "asked to fail in init"
    assert report["errorType"] == "ProbeError"
    assert host.function.wait() > 0
    assert host.api.polls.snapshot() == [], "a function that could not be made asked for work"
    assert PAYLOAD_MARK not in host.function.log


def test_a_crash_in_init_ends_the_process(bench: Bench) -> None:
    host = bench.scripted({"PROBE_INIT": "crash"})

    assert host.function.wait() != 0
    assert host.api.polls.snapshot() == []
