"""What a function and other users of the machine must not see: the caller's keys, secrets in arguments, escapes."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support import packages
from support.bench import Bench
from support.locations import traced_lambda
from support.secret_store import REGION, SecretStore
from support.workbench import Workbench

#: Answers with its environment.
FUNCTION = """\
#!{python}
import http.client, json, os, time
host = os.environ["AWS_LAMBDA_RUNTIME_API"]
base = "/2018-06-01/runtime/invocation/"
while True:
    connection = http.client.HTTPConnection(host)
    connection.request("GET", base + "next")
    event = connection.getresponse()
    event.read()
    request = event.headers["Lambda-Runtime-Aws-Request-Id"]
    connection.request("POST", base + request + "/response", json.dumps({answer}))
    connection.getresponse().read()
    connection.close()
"""
SECRET = "sk-live-abcdef"

#: Stands for AWS's command line: notes its arguments and the files that they name.
AWS = """\
#!{python}
import json, os, sys
files = [open(word[7:]).read() for word in sys.argv if word.startswith("file://")]
modes = [oct(os.stat(word[7:]).st_mode & 0o777) for word in sys.argv if word.startswith("file://")]
with open({log!r}, "a") as log:
    log.write(json.dumps({{"arguments": sys.argv[1:], "files": files, "modes": modes}}) + "\\n")
if "get-function" in sys.argv:
    sys.exit("ResourceNotFoundException")
print(json.dumps({{"FunctionArn": "arn:aws:lambda:x:1:function:F:1", "Role": {{"Arn": "arn:aws:iam::1:role/F"}}}}))
"""


def executable(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def deploy(directory: Path, *arguments: Any, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [traced_lambda(), "deploy", "F", *map(str, arguments)],
        cwd=directory,
        env={"HOME": str(directory), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


# What a function sees


def test_none_of_the_callers_variables_reaches_a_function_unless_it_is_named(tmp_path: Path) -> None:
    boot = executable(tmp_path / "boot", FUNCTION.format(python=sys.executable, answer="dict(os.environ)"))
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / ".env").write_text("# one\nexport FROM_FILE='a b' # two\n")
    keys = ["OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "GITHUB_TOKEN", "MY_OWN", "HOME"]
    workbench = Workbench(
        {"F": boot},
        ["--pass-env", "NAMED", "--env", "OTHER", "--env", "GIVEN=1", "--env-file", ".env"],
        {name: SECRET for name in keys} | {"NAMED": "yes", "OTHER": "too"},
        tmp_path / "dev",
        waits=True,
    )
    try:
        answer = workbench.request("POST", "/2015-03-31/functions/F/invocations", json={}).json()
    finally:
        workbench.stop()
    assert SECRET not in answer.values()
    assert (answer["NAMED"], answer["OTHER"], answer["GIVEN"], answer["FROM_FILE"]) == ("yes", "too", "1", "a b")
    assert answer["AWS_ACCESS_KEY_ID"]
    assert answer["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
    assert answer["PATH"]


@pytest.mark.parametrize("option", [["--pass-env", "NOT_SET"], ["--env", "NOT_SET"], ["--env-file", "none"]])
def test_a_variable_or_file_that_is_not_there_is_named(tmp_path: Path, option: list[str]) -> None:
    boot = executable(tmp_path / "boot", "#!/bin/sh\n")
    done = subprocess.run(
        [traced_lambda(), "dev", "--port", "0", "--bootstrap", f"F={boot}", *option],
        cwd=tmp_path, env={}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 64
    assert " ".join(option[1:]) in done.stderr


def test_escapes_in_a_functions_answer_are_shown_in_a_terminal(tmp_path: Path) -> None:
    boot = executable(tmp_path / "boot", FUNCTION.format(python=sys.executable, answer='"XX"').replace('json.dumps("XX")', r"'\x1b]0;owned\x07'"))
    workbench = Workbench({"F": boot}, [], {}, tmp_path / "dev", waits=True)
    try:
        controller, terminal = pty.openpty()
        subprocess.run(
            [traced_lambda(), "invoke", "F", "--port", str(workbench.address.port)],
            stdin=subprocess.DEVNULL, stdout=terminal, stderr=subprocess.DEVNULL, timeout=60,
        )  # fmt: skip
        shown = os.read(controller, 10_000)
    finally:
        workbench.stop()
    assert b"\x1b]0;" not in shown
    assert b"owned" in shown


# Deployment


def test_a_secret_is_in_no_argument_and_no_output(tmp_path: Path) -> None:
    log = tmp_path / "aws.log"
    executable(tmp_path / "bin" / "aws", AWS.format(python=sys.executable, log=str(log)))
    (tmp_path / "f.zip").write_bytes(packages.archive())
    (tmp_path / "secrets.env").write_text(f"FILE_KEY={SECRET}-file\n")
    words = ["--role", "arn:aws:iam::1:role/x", "--zip", "f.zip", "--env", "HH_API_KEY", "--env-file", "secrets.env", "--env", "PLAIN=1"]
    environment = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "HH_API_KEY": SECRET}
    done = deploy(tmp_path, *words, environment=environment)
    assert done.returncode == 0, done.stderr
    dry = deploy(tmp_path, *words, "--dry-run", environment=environment)
    assert dry.returncode == 0, dry.stderr
    calls = [json.loads(line) for line in log.read_text().splitlines()]
    assert SECRET not in done.stdout + done.stderr + dry.stdout + dry.stderr
    assert all(SECRET not in word for call in calls for word in call["arguments"])
    [file] = [file for call in calls for file in call["files"]]
    assert json.loads(file)["Variables"] == {"HH_API_KEY": SECRET, "FILE_KEY": f"{SECRET}-file", "PLAIN": "1"}
    assert [mode for call in calls for mode in call["modes"]] == ["0o600"]
    # The script of the dry run does the same, with the values of the shell that runs it.
    log.unlink()
    values = environment | {"FILE_KEY": 'with "quotes" \\ and %s'}
    subprocess.run(["bash", "-euc", dry.stdout], cwd=tmp_path, env=values, check=True, capture_output=True, timeout=60)
    calls = [json.loads(line) for line in log.read_text().splitlines()]
    [file] = [file for call in calls for file in call["files"]]
    assert json.loads(file)["Variables"] == {"HH_API_KEY": SECRET, "FILE_KEY": 'with "quotes" \\ and %s', "PLAIN": "1"}


@pytest.mark.parametrize(
    ("name", "mode", "message"),
    [("Bootstrap", 0o755, "no 'bootstrap'"), ("bin/bootstrap", 0o755, "no 'bootstrap'"), ("bootstrap", 0o644, "not executable")],
)
def test_a_zip_that_lambda_could_not_start_is_not_uploaded(tmp_path: Path, name: str, mode: int, message: str) -> None:
    (tmp_path / "f.zip").write_bytes(packages.archive(name, mode))
    done = deploy(tmp_path, "--role", "arn:x", "--zip", "f.zip", environment={"PATH": os.environ["PATH"]})
    assert done.returncode == 64
    assert message in done.stderr


@pytest.mark.parametrize("content", [b"", b"PK", b"#!/bin/sh\n" * 100, b"PK\x05\x06" + b"\xff" * 18])
def test_a_file_that_is_no_zip_is_not_uploaded(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "f.zip").write_bytes(content)
    done = deploy(tmp_path, "--role", "arn:x", "--zip", "f.zip", environment={"PATH": os.environ["PATH"]})
    assert done.returncode == 64
    assert "cannot be deployed" in done.stderr


def test_role_url_and_event_source_are_made_once(bench: Bench, tmp_path: Path) -> None:
    store: SecretStore = bench.secret_store()
    (tmp_path / "f.zip").write_bytes(packages.archive())
    queue = store.client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
    arn = store.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "AWS_ENDPOINT_URL": store.address.url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "administrator",
        "AWS_SECRET_ACCESS_KEY": "administrator",
    }
    for _ in range(2):
        done = deploy(
            tmp_path, "--create-role", "--url", "--event-source", arn, "--zip", "f.zip", environment=environment
        )
        assert done.returncode == 0, done.stderr
        assert "URL: https://" in done.stderr
    client = store.client("lambda")
    assert client.get_function_url_config(FunctionName="F")["AuthType"] == "NONE"
    assert client.get_function(FunctionName="F")["Configuration"]["Role"].endswith(":role/F")
    assert {mapping["EventSourceArn"] for mapping in client.list_event_source_mappings()["EventSourceMappings"]} == {arn}
