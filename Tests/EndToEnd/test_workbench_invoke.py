"""The workbench's Invoke API, called with AWS's own clients."""

from __future__ import annotations

import base64
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from support import locations
from support.bench import Bench
from support.events import encoded, hello, probe, streaming_probe
from support.waiting import eventually
from support.workbench import CREDENTIALS, Workbench

SESSION = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def workbench(bench: Bench) -> Workbench:
    return bench.workbench("ProbeFunction", "HelloSession")


def invoke(workbench: Workbench, event: Any, **arguments: Any) -> Any:
    return workbench.client().invoke(FunctionName="ProbeFunction", Payload=encoded(event), **arguments)


def aws(workbench: Workbench, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The AWS CLI, run with the tests' Python."""
    command = [Path(sys.executable).with_name("aws"), "lambda", *arguments]
    endpoint = ["--endpoint-url", f"http://localhost:{workbench.address.port}"]
    return subprocess.run([*command, *endpoint], env=CREDENTIALS, capture_output=True, text=True, timeout=60, check=False)


# Synchronous invocations.


def test_boto3_gets_the_answer(workbench: Workbench) -> None:
    answer = workbench.client().invoke(FunctionName="HelloSession", Payload=encoded(hello("abc", session_id=SESSION)))

    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert "FunctionError" not in answer and "LogResult" not in answer
    assert json.load(answer["Payload"]) == {"result": "cba", "sessionID": SESSION}
    assert answer["ResponseMetadata"]["RequestId"] == workbench.wait_for(function="HelloSession")["requestId"]


@pytest.mark.parametrize(
    "name",
    [
        "ProbeFunction:live",
        "123456789012:function:ProbeFunction",
        "arn:aws:lambda:us-east-1:123456789012:function:ProbeFunction:$LATEST",
    ],
)
def test_a_function_is_found_by_all_of_its_names(workbench: Workbench, name: str) -> None:
    answer = workbench.client().invoke(FunctionName=name, Payload=encoded(probe("echo", text="here")))

    assert json.load(answer["Payload"]) == "here"


def test_the_aws_command_line_gets_the_answer_and_the_log(workbench: Workbench, tmp_path: Path) -> None:
    payload = tmp_path / "answer.json"
    event = json.dumps(probe("log", text="a line of the function's"))
    options = ["--log-type", "Tail"]

    done = aws(workbench, "invoke", "--function-name", "ProbeFunction", "--payload", event, *options, payload)

    assert done.returncode == 0, done.stderr
    assert json.loads(payload.read_text()) == "logged"
    lines = base64.b64decode(json.loads(done.stdout)["LogResult"]).decode().splitlines()
    assert lines[0].startswith("START RequestId: ")
    assert any("a line of the function's" in line for line in lines)
    assert "Memory Size: 128 MB" in lines[-1] and "Init Duration: " in lines[-1]


def test_what_a_caller_says_of_an_event_reaches_the_function(workbench: Workbench) -> None:
    context = base64.b64encode(json.dumps({"custom": {"name": "Zoë\n"}}).encode()).decode()

    answer = invoke(workbench, probe("context"), ClientContext=context)

    seen = json.load(answer["Payload"])
    assert seen["clientContext"] == {"custom": {"name": "Zoë\n"}}
    assert seen["requestID"] == answer["ResponseMetadata"]["RequestId"]
    assert seen["functionARN"].endswith(":function:ProbeFunction")
    assert 20_000 < seen["remainingMilliseconds"] <= 30_000


def test_no_payload_is_an_empty_object(workbench: Workbench) -> None:
    answer = workbench.client().invoke(FunctionName="HelloSession")

    assert json.load(answer["Payload"])["result"] == ""


@pytest.mark.parametrize(
    ("event", "error_type", "message"),
    [
        (probe("fail", text="on purpose"), "ProbeError", "on purpose"),
        (probe("exit", count=7), "Runtime.ExitError", "exit status 7"),
        (probe("large", count=6_291_560), "Function.ResponseSizeTooLarge", "6291556 bytes"),
    ],
)
def test_a_function_error_is_told_and_the_next_event_works(
    workbench: Workbench, event: Any, error_type: str, message: str
) -> None:
    answer = invoke(workbench, event)

    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    error = json.load(answer["Payload"])
    assert error["errorType"] == error_type
    assert message in error["errorMessage"]
    assert json.load(invoke(workbench, probe("echo", text="again"))["Payload"]) == "again"


def test_what_cannot_be_invoked_is_refused_in_awss_words(workbench: Workbench) -> None:
    client = workbench.client()

    def refused(**arguments: Any) -> tuple[int, str]:
        with pytest.raises(ClientError) as refusal:
            client.invoke(**{"FunctionName": "ProbeFunction", **arguments})
        answer = refusal.value.response
        return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]

    assert refused(FunctionName="Nobody") == (404, "ResourceNotFoundException")
    assert refused(Payload=b"{nonsense") == (400, "InvalidRequestContentException")
    assert refused(Payload=b"{}", ClientContext="e") == (400, "InvalidRequestContentException")
    assert refused(Payload=json.dumps("x" * 6_291_455)) == (413, "RequestTooLargeException")
    assert refused(Payload=json.dumps("x" * 1_048_575), InvocationType="Event") == (413, "RequestTooLargeException")


def test_the_command_line_is_told_of_a_missing_function(workbench: Workbench, tmp_path: Path) -> None:
    done = aws(workbench, "invoke", "--function-name", "Nobody", tmp_path / "answer.json")

    assert done.returncode != 0
    assert "ResourceNotFoundException" in done.stderr and "Function not found" in done.stderr


def test_a_dry_run_runs_nothing(workbench: Workbench) -> None:
    assert invoke(workbench, probe("exit"), InvocationType="DryRun")["StatusCode"] == 204

    assert not [event for event in workbench.events if event["event"] == "invocation"]


# Asynchronous invocations.


def test_an_event_for_later_is_taken_and_handled(workbench: Workbench) -> None:
    answer = invoke(workbench, probe("echo"), InvocationType="Event")

    assert (answer["StatusCode"], answer["Payload"].read()) == (202, b"")
    done = workbench.wait_for(event="invocation", function="ProbeFunction")
    assert (done["requestId"], done["error"]) == (answer["ResponseMetadata"]["RequestId"], None)


def test_an_event_for_later_that_fails_is_tried_three_times(workbench: Workbench) -> None:
    request_id = invoke(workbench, probe("fail"), InvocationType="Event")["ResponseMetadata"]["RequestId"]

    workbench.wait_for(event="gaveUp", requestId=request_id)
    tried = [event for event in workbench.events if event["event"] == "invocation"]
    assert [event["requestId"] for event in tried] == [request_id] * 3


# Processes.


def test_a_function_that_takes_too_long_is_killed(bench: Bench) -> None:
    workbench = bench.workbench("ProbeFunction", options=["--timeout", "1"])

    answer = invoke(workbench, probe("sleep", count=60_000))

    error = json.load(answer["Payload"])
    assert (answer["FunctionError"], error["errorType"]) == ("Unhandled", "Sandbox.Timedout")
    assert "Task timed out after 1.00 seconds" in error["errorMessage"]
    assert json.load(invoke(workbench, probe("context"))["Payload"])["isColdStart"]


def test_a_process_is_used_again_and_more_are_started_for_more_events(bench: Bench) -> None:
    workbench = bench.workbench("ProbeFunction", options=["--max-concurrency", "2"])
    colds = [json.load(invoke(workbench, probe("context"))["Payload"])["isColdStart"] for _ in range(3)]
    assert colds == [True, False, False]

    later = [invoke(workbench, probe("sleep", count=1_500), InvocationType="Event") for _ in range(2)]
    eventually(lambda: child_count(workbench) == 2, lambda: f"two processes, not {child_count(workbench)}")
    with pytest.raises(ClientError) as refusal:
        invoke(workbench, probe("echo"))

    assert refusal.value.response["Error"]["Code"] == "TooManyRequestsException"
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    for answer in later:
        workbench.wait_for(requestId=answer["ResponseMetadata"]["RequestId"], error=None)


def test_a_process_that_uses_too_much_memory_is_killed(bench: Bench) -> None:
    workbench = bench.workbench("ProbeFunction", options=["--memory", "128"])

    answer = invoke(workbench, probe("large", count=400_000_000))

    assert json.load(answer["Payload"])["errorType"] == "Runtime.ExitError"
    assert "signal: killed" in workbench.wait_for(event="invocation")["error"]["errorMessage"]
    assert "and has 128 MB" in workbench.log


def test_a_frozen_process_stands_still_between_events(bench: Bench) -> None:
    workbench = bench.workbench("ProbeFunction", options=["--freeze"])

    for _ in range(3):
        assert json.load(invoke(workbench, probe("echo", text="here"))["Payload"]) == "here"
        (child,) = children(workbench)
        eventually(lambda: state(child) == "T", "the process to stand still")


def test_the_end_of_the_workbench_ends_its_processes(workbench: Workbench) -> None:
    invoke(workbench, probe("echo"))
    (child,) = children(workbench)

    workbench.signal(signal.SIGINT)

    assert workbench.wait() == 0
    assert not Path(f"/proc/{child}").exists()


def children(workbench: Workbench) -> list[str]:
    """The functions' processes; a child belongs to the thread that started it."""
    tasks = Path(f"/proc/{workbench.process_id}/task")
    found = [child for task in tasks.glob("*/children") for child in task.read_text().split()]
    # The keeper kills them when the workbench itself is killed.
    return [child for child in found if "__kill-orphaned-processes" not in Path(f"/proc/{child}/cmdline").read_text()]


def child_count(workbench: Workbench) -> int:
    return len(children(workbench))


def state(process: str) -> str:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


# Streamed responses.


def stream(workbench: Workbench, name: str, event: Any, **arguments: Any) -> Any:
    return workbench.client().invoke_with_response_stream(FunctionName=name, Payload=encoded(event), **arguments)


def test_boto3_reads_a_stream_while_it_comes(bench: Bench) -> None:
    workbench = bench.workbench("StreamingProbe")
    event = streaming_probe({"text": "one"}, {"pauseMilliseconds": 1_500}, {"text": "two"})

    answer = stream(workbench, "StreamingProbe", event, LogType="Tail")

    parts = iter(answer["EventStream"])
    assert next(parts)["PayloadChunk"]["Payload"] == b"one"
    assert not [event for event in workbench.events if event["event"] == "invocation"]
    *chunks, last = list(parts)
    assert b"".join(chunk["PayloadChunk"]["Payload"] for chunk in chunks) == b"two"
    assert "ErrorCode" not in last["InvokeComplete"]
    assert b"START RequestId" in base64.b64decode(last["InvokeComplete"]["LogResult"])


def test_a_long_stream_arrives_whole(bench: Bench) -> None:
    workbench = bench.workbench("StreamingProbe")

    answer = stream(workbench, "StreamingProbe", streaming_probe({"byteCount": 1_000_000, "times": 20}))

    chunks = [part["PayloadChunk"]["Payload"] for part in answer["EventStream"] if "PayloadChunk" in part]
    assert sum(map(len, chunks)) == 20_000_000


def test_a_stream_that_breaks_off_says_why(bench: Bench) -> None:
    workbench = bench.workbench("StreamingProbe")

    answer = stream(workbench, "StreamingProbe", streaming_probe({"text": "one"}, {"failure": "half way"}))

    chunk, last = list(answer["EventStream"])
    assert chunk["PayloadChunk"]["Payload"] == b"one"
    assert last["InvokeComplete"]["ErrorCode"] == "StreamingProbeError"
    assert json.loads(last["InvokeComplete"]["ErrorDetails"])["errorMessage"] == "half way"


def test_an_answer_that_is_not_streamed_comes_as_one_piece(workbench: Workbench) -> None:
    answer = stream(workbench, "ProbeFunction", probe("echo", text="whole"))

    chunk, last = list(answer["EventStream"])
    assert (chunk["PayloadChunk"]["Payload"], set(last)) == (b'"whole"', {"InvokeComplete"})


# traced-lambda invoke.


def traced_lambda(workbench: Workbench, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [locations.traced_lambda(), "invoke", *arguments, "--port", str(workbench.address.port)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_failure_is_in_the_output_and_in_the_exit_status(workbench: Workbench) -> None:
    failed = traced_lambda(workbench, "HelloSession", "--data", '{"input": "fail"}')
    assert (failed.returncode, json.loads(failed.stdout)["errorType"]) == (1, "ProcessingError")

    missing = traced_lambda(workbench, "Nobody")
    assert missing.returncode == 1 and "Function not found: Nobody" in missing.stderr


def test_a_port_that_is_taken_is_told(workbench: Workbench, tmp_path: Path) -> None:
    command = [locations.traced_lambda(), "dev", "--bootstrap", "A=/bin/true", "--ephemeral", "--port", str(workbench.address.port)]

    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    owner = f"port {workbench.address.port} is in use by process {workbench.process_id} ("
    assert owner in done.stderr and "--port" in done.stderr
