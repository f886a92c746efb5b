"""`dev --only-apis`, for processes that a debugger starts, and the lines of `dev` about invocations."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.locations import ROOT, traced_lambda
from support.programs import Program
from support.viewer import NO_OTLP_PORTS
from support.workbench import Workbench

FUNCTION = ROOT / "Workbench" / "Tests" / "TestSupport" / "Fixtures" / "function.py"
#: A process that takes an event and never answers.
STUCK = """
import http.client, os, time
connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
connection.request("GET", "/2018-06-01/runtime/invocation/next")
connection.getresponse().read()
print("event", flush=True)
time.sleep(600)
"""
SESSION = "11111111-2222-4333-8444-0000000000bb"


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    workbench = Workbench({}, ["--only-apis", "Answer", "--runtime-port", "0"], {}, tmp_path / "dev", waits=True)
    yield workbench
    workbench.stop()


def start(workbench: Workbench, arguments: list[str | Path], directory: Path) -> Program:
    """What a debugger does: starts the process with the variables that were printed."""
    variables = workbench.wait_for(event="attachable", function="Answer")["variables"]
    return Program([sys.executable, *arguments], variables, directory)


def test_a_process_that_the_user_starts_is_the_function(workbench: Workbench, tmp_path: Path) -> None:
    client = workbench.client()
    with ThreadPoolExecutor() as pool:
        # The event waits for the process.
        early = pool.submit(client.invoke, FunctionName="Answer", Payload=f'{{"session_id": "{SESSION}"}}')
        process = start(workbench, [FUNCTION, "load"], tmp_path / "function")
        try:
            answer = early.result(60)
            assert answer["StatusCode"] == 200 and "FunctionError" not in answer
            again = client.invoke(FunctionName="Answer", Payload=f'{{"session_id": "{SESSION}"}}')
            assert "FunctionError" not in again
        finally:
            process.stop()
    assert process.log.count("export: 200") == 2
    ended = [event for event in workbench.events if event["event"] == "invocation"]
    assert [(event["function"], event["sessionId"]) for event in ended] == [("Answer", SESSION)] * 2
    page = f"http://localhost:{workbench.address.port}/sessions/{SESSION}#"
    assert [event["url"] for event in ended] == [f"{page}{event['traceId']}-{event['spanId']}" for event in ended]


def test_a_process_may_be_started_again_at_any_time(workbench: Workbench, tmp_path: Path) -> None:
    client = workbench.client()
    with ThreadPoolExecutor() as pool:
        process = start(workbench, ["-c", STUCK], tmp_path / "first")
        lost = pool.submit(client.invoke, FunctionName="Answer", Payload="{}")
        process.wait_for_log("event")
        waiting = pool.submit(client.invoke, FunctionName="Answer", Payload="{}")
        assert not lost.done()
        process.kill()
        process = start(workbench, [FUNCTION, "load"], tmp_path / "second")
        try:
            # The event that the first process had is lost with it; the one that waited is answered.
            assert b"started again before it answered" in lost.result(60)["Payload"].read()
            assert b"request_id" in waiting.result(60)["Payload"].read()
        finally:
            process.stop()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "--only-apis takes one function's name"),
        (["A", "B"], "--only-apis takes one function's name"),
        (["A", "--env", "X=1"], "give the process its variables where it is started"),
        (["A", "--runtime-port", "70000"], "--runtime-port must be from 0"),
    ],
)
def test_a_wrong_command_line_is_explained(arguments: list[str], message: str) -> None:
    done = subprocess.run(
        [traced_lambda(), "dev", "--only-apis", *arguments], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 64 and message in done.stderr, done.stderr


def test_the_lines_for_people_have_the_variables_and_the_link(tmp_path: Path) -> None:
    command = [traced_lambda(), "dev", "--port", "0", *NO_OTLP_PORTS, "--only-apis", "Answer", "--runtime-port", "0"]
    dev = Program(command, {}, tmp_path / "dev")
    try:
        dev.wait_for_log("Serving Answer")
        lines = dev.log.splitlines()
        first = lines.index("Start Answer in the debugger, with these variables:") + 1
        variables = dict(line.split("=", 1) for line in lines[first : lines.index(next(l for l in lines if l.startswith("Serving")))])
        assert {"AWS_LAMBDA_RUNTIME_API", "HH_API_URL", "HH_API_KEY", "AWS_LAMBDA_FUNCTION_NAME"} <= variables.keys()
        assert "PATH" not in variables
        function = Program([sys.executable, FUNCTION, "load"], variables, tmp_path / "function")
        port = variables["AWS_ENDPOINT_URL_LAMBDA"].rsplit(":", 1)[1]
        invoke = [traced_lambda(), "invoke", "Answer", "--port", port, "--data", f'{{"session_id": "{SESSION}"}}']
        done = subprocess.run(invoke, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        function.stop()
        line = next(line for line in dev.log.splitlines() if line.startswith("✓ Answer  "))
        assert "  request " in line
        assert f"  session {SESSION}  http://localhost:{port}/sessions/{SESSION}#" in line
    finally:
        dev.stop()
