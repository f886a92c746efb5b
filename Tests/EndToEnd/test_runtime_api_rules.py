"""The Runtime API's requirements for runtimes, and servers that are not a Runtime API."""

from __future__ import annotations

import pytest

from support.bench import Bench
from support.dialect import Dialect
from support.events import probe
from support.loopback import reserve
from support.scripted_runtime_api import PostAnswer, deadline_in

#: Lambda's init limit is 10 s; a runtime that cannot work must end well before.
SECONDS_TO_GIVE_UP = 8
#: More requests are a busy loop.
MAXIMUM_ATTEMPT_COUNT = 10


@pytest.mark.parametrize("command", ["echo", "fail"])
def test_after_400_it_logs_and_goes_on(bench: Bench, command: str) -> None:
    host = bench.scripted()

    request_id = host.api.offer(probe(command), answer=PostAnswer(400))
    host.api.outcome(request_id)
    after = host.api.offer(probe("echo", text="on"))

    assert host.api.response(after) == "on"
    assert any("400" in line["message"] for line in host.function.json_lines)


@pytest.mark.parametrize("command", ["echo", "fail"])
def test_after_403_it_never_posts_again_and_ends_when_next_says_so(bench: Bench, command: str) -> None:
    host = bench.scripted()

    request_id = host.api.offer(probe(command), answer=PostAnswer(403))
    host.api.answer_next(403)

    assert host.function.wait(SECONDS_TO_GIVE_UP) > 0
    assert [post.request_id for post in host.api.posts.snapshot()] == [request_id]
    assert len(host.api.polls.snapshot()) == 2


@pytest.mark.parametrize("command", ["echo", "fail"])
def test_after_500_it_ends_promptly(bench: Bench, command: str) -> None:
    host = bench.scripted()

    host.api.offer(probe(command), answer=PostAnswer(500))

    assert host.function.wait(SECONDS_TO_GIVE_UP) > 0
    assert len(host.api.polls.snapshot()) == 1
    assert any("500" in line["message"] for line in host.function.json_lines)


@pytest.mark.parametrize("status", [400, 403, 404, 410, 500, 503])
def test_when_next_is_refused_it_ends_promptly(bench: Bench, status: int) -> None:
    host = bench.scripted()

    host.api.answer_next(status)

    assert host.function.wait(SECONDS_TO_GIVE_UP) > 0
    assert len(host.api.polls.snapshot()) == 1
    assert any(str(status) in line["message"] for line in host.function.json_lines)


@pytest.mark.parametrize("command", ["echo", "fail"])
def test_an_invocation_id_is_echoed_and_never_invented(bench: Bench, command: str) -> None:
    host = bench.scripted()

    named = host.api.offer(probe(command), {"Lambda-Runtime-Invocation-Id": "a1b2/c3=="})
    unnamed = host.api.offer(probe(command))
    empty = host.api.offer(probe(command), {"Lambda-Runtime-Invocation-Id": ""})

    header = "Lambda-Runtime-Invocation-Id"
    assert host.api.outcome(named).request.header(header) == "a1b2/c3=="
    assert host.api.outcome(unnamed).request.header(header) is None
    assert host.api.outcome(empty).request.header(header) is None


def test_the_tenant_id_reaches_the_handler(bench: Bench) -> None:
    host = bench.scripted()

    with_tenant = host.api.offer(probe("context"), {"Lambda-Runtime-Aws-Tenant-Id": "tenant-7"})
    without = host.api.offer(probe("context"))

    assert host.api.response(with_tenant)["tenantID"] == "tenant-7"
    assert host.api.response(without).get("tenantID") is None


def test_each_request_names_the_runtime(bench: Bench) -> None:
    host = bench.scripted()

    post = host.api.outcome(host.api.offer(probe("echo")))

    # Lambda records the first token as the runtime's release.
    assert post.request.needed_header("User-Agent").split("/")[0] == "swift-traced-lambda"
    assert post.request.header("Content-Type") == "application/json"


def test_the_runtime_api_is_served_over_one_connection(bench: Bench) -> None:
    host = bench.scripted()

    for _ in range(20):
        host.api.response(host.api.offer(probe("echo")))

    assert host.api.connection_count == 1


@pytest.mark.parametrize("text", ["null", "[1]", "{", "{'a': 1}", "nonsense"])
def test_client_context_and_identity_that_cannot_be_read(bench: Bench, text: str) -> None:
    host = bench.scripted()
    names = ("Lambda-Runtime-Client-Context", "Lambda-Runtime-Cognito-Identity")

    request_id = host.api.offer(probe("context"), {name: text for name in names})

    assert host.api.response(request_id).get("clientContext") is None
    assert host.api.response(host.api.offer(probe("echo", text="on"))) == "on"


def test_a_deadline_a_month_away(bench: Bench) -> None:
    # The emulator's mode for managed instances sends such headers.
    host = bench.scripted()

    request_id = host.api.offer(probe("context"), {"Lambda-Runtime-Deadline-Ms": deadline_in(30 * 86_400)})

    assert host.api.response(request_id)["remainingMilliseconds"] > 0
    assert len(host.tap.delivered) == 2


# Servers that are not a Runtime API.


def test_an_unreachable_runtime_api_is_a_clear_error(bench: Bench) -> None:
    function = bench.function(str(reserve()))

    assert function.wait(SECONDS_TO_GIVE_UP) > 0
    assert "AWS_LAMBDA_RUNTIME_API" in function.log
    # One of the lines is the warning about tracing.
    assert len(function.lines) <= MAXIMUM_ATTEMPT_COUNT + 1


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 banana\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: banana\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: ../../init/error\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: id\r\nContent-Length: 200\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\n" + b"X-Filler: yes\r\n" * 40_000 + b"\r\n",
        b"",
    ],
    ids=[
        "TLS",
        "SSH",
        "a status that is none",
        "no request id",
        "a length that is none",
        "a request id that is a path",
        "a truncated event",
        "endless headers",
        "nothing",
    ],
)
def test_garbage_from_the_runtime_api_ends_the_process_after_a_few_attempts(bench: Bench, garbage: bytes) -> None:
    host = bench.scripted()

    for _ in range(MAXIMUM_ATTEMPT_COUNT):
        host.api.answer_next_raw(garbage)

    assert host.function.wait(SECONDS_TO_GIVE_UP) > 0
    assert 1 <= len(host.api.polls.snapshot()) < MAXIMUM_ATTEMPT_COUNT
    assert host.api.posts.snapshot() == [], "an invocation was made of garbage"
    assert any("/next" in line["message"] for line in host.function.json_lines)


def test_a_next_that_fails_for_a_moment_is_asked_again(bench: Bench) -> None:
    host = bench.scripted()

    host.api.drop_next()
    host.api.drop_next(reset=True)
    request_id = host.api.offer(probe("echo", text="found"))

    assert host.api.response(request_id) == "found"


def test_an_init_error_under_the_emulator_shows_to_the_caller(bench: Bench) -> None:
    tap = bench.tap()
    emulator = bench.emulator({**Dialect.PROTOBUF.environment(tap.address), "PROBE_INIT": "throw"})

    reply = emulator.invoke(probe("echo"))

    assert reply.json["errorMessage"] == "asked to fail in init"
    assert reply.json["errorType"] == "ProbeError"
