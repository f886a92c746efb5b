"""What users type by habit or by mistake: versions, misspelt words, products and functions that do not exist."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import locations, packages
from support.bench import Bench
from support.workbench import Workbench

VERSION = re.search(
    r'"(\d+\.\d+\.\d+)"', (locations.ROOT / "Sources" / "TracedLambda" / "TracedLambdaVersion.swift").read_text()
)[1]  # type: ignore[index]
#: A function that answers with its event, or fails when its event has no question.
FUNCTION = """#!/usr/bin/env python3
import json, os, urllib.request

api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
while True:
    with urllib.request.urlopen(f"{api}/next") as response:
        request_id, event = response.headers["Lambda-Runtime-Aws-Request-Id"], json.load(response)
    kind, body = ("response", event) if "question" in event else ("error", {"errorType": "E", "errorMessage": "no question"})
    urllib.request.urlopen(urllib.request.Request(f"{api}/{request_id}/{kind}", json.dumps(body).encode())).read()
"""


def run(folder: Path, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [locations.traced_lambda(), *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def workbench(bench: Bench) -> Workbench:
    return bench.workbench(scripts={"Answer": FUNCTION, "Other": FUNCTION})


# Case 6


def test_case_6_package_speaks_in_its_own_name(tmp_path: Path) -> None:
    for arguments in (["package", "Foo"], ["package", "Foo", "--package-path", "."], ["package", "../x"], ["package"]):
        done = run(tmp_path, *arguments)

        assert done.returncode == 64
        assert "build.sh" not in done.stdout + done.stderr
    assert f"there is no Package.swift in '{tmp_path}'" in run(tmp_path, "package", "Foo").stderr
    assert "traced-lambda new" in run(tmp_path, "package", "Foo").stderr


def test_case_6_the_script_behind_package_uses_the_name_that_was_typed(tmp_path: Path) -> None:
    script = locations.ROOT / "build.sh"
    environment = {"PATH": os.environ["PATH"], "TRACED_LAMBDA_COMMAND_NAME": "traced-lambda"}

    done = subprocess.run([script, "package"], env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 64 and done.stderr.startswith("traced-lambda: ")
    assert "Usage: traced-lambda package" in done.stderr and "build.sh" not in done.stderr


# Case 7


@pytest.mark.parametrize("command", [[], ["dev"], ["new"], ["invoke"], ["package"]])
def test_case_7_every_command_tells_its_version(tmp_path: Path, command: list[str]) -> None:
    done = run(tmp_path, *command, "--version")

    assert (done.returncode, done.stdout) == (0, f"{VERSION}\n"), done.stderr


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("dve", "dev"), ("Dev", "dev"), ("inovke", "invoke"), ("pakage", "package"), ("doc", "doctor"), ("session", "sessions")],
)
def test_case_7_a_misspelt_command_leads_to_the_right_one(tmp_path: Path, typed: str, meant: str) -> None:
    for arguments in ([typed], [typed, "--port", "1"], ["help", typed]):
        done = run(tmp_path, *arguments)
        assert done.returncode == 64
        assert f"unknown command '{typed}'. Did you mean '{meant}'?" in done.stderr


def test_case_7_a_command_that_is_like_no_other_lists_them_all(tmp_path: Path) -> None:
    done = run(tmp_path, "frobnicate")

    assert done.returncode == 64 and "new, dev, invoke, run" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [(["dev", "--bootstrap", "E=/bin/true", "--prot", "1"], "--port"), (["invoke", "A", "--dta", "{}"], "--data"), (["new", "a", "--locla", "."], "--local")],
)
def test_case_7_a_misspelt_option_leads_to_the_right_one(tmp_path: Path, arguments: list[str], meant: str) -> None:
    done = run(tmp_path, *arguments)

    assert done.returncode == 64 and f"Did you mean '{meant}'?" in done.stderr


# Case 8


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with one executable product, read by the real SwiftPM."""
    package = tmp_path / "plain"
    (package / "Sources" / "Plain").mkdir(parents=True)
    (package / "Sources" / "Plain" / "main.swift").write_text("")
    (package / "Package.swift").write_text(
        "// swift-tools-version: 6.2\nimport PackageDescription\n"
        'let package = Package(name: "plain", targets: [.executableTarget(name: "Plain")])\n'
    )
    return package


def test_case_8_a_product_that_the_package_has_not_ends_dev_at_once(package: Path) -> None:
    done = run(package, "dev", "Nope", "--port", "0", "--ephemeral")

    assert done.returncode == 64
    assert f"'Nope' is not an executable product of '{package}'; it has: Plain" in done.stderr
    assert "Serving" not in done.stdout


def test_case_8_a_package_without_an_executable_ends_dev_at_once(package: Path) -> None:
    manifest = package / "Package.swift"
    manifest.write_text(manifest.read_text().replace(".executableTarget", ".target"))
    main = package / "Sources" / "Plain" / "main.swift"
    main.rename(main.with_name("Plain.swift"))

    done = run(package, "dev", "--port", "0", "--ephemeral")

    assert done.returncode == 64 and "no executable product" in done.stderr


def test_case_8_dev_without_swift_ends_at_once(package: Path) -> None:
    done = run(package, "dev", "--port", "0", "--ephemeral", PATH="/nowhere")

    assert done.returncode == 69 and "'swift' cannot be started" in done.stderr and "swift.org/install" in done.stderr


def test_case_8_a_function_that_is_given_twice_is_told(tmp_path: Path) -> None:
    done = run(tmp_path, "dev", "--bootstrap", "E=/bin/true", "--bootstrap", "E=/bin/false")

    assert done.returncode == 64 and "'E' is given more than once" in done.stderr


def test_case_8_a_dry_run_fails_where_the_real_run_would(tmp_path: Path) -> None:
    missing = run(tmp_path, "deploy", "E", "--role", "arn:r", "--dry-run")
    assert missing.returncode == 64 and "first: traced-lambda package E" in missing.stderr

    (tmp_path / "e.zip").write_bytes(packages.archive())
    without_aws = run(tmp_path, "deploy", "E", "--role", "arn:r", "--zip", "e.zip", "--dry-run", PATH="/nowhere")
    assert without_aws.returncode == 69 and "'aws' cannot be started" in without_aws.stderr


@pytest.mark.parametrize("word", ["Nope", "boot"])
def test_case_8_a_command_of_run_that_is_not_on_path_is_told(tmp_path: Path, word: str) -> None:
    (tmp_path / "boot").write_text("")

    done = run(tmp_path, "run", "--", word)

    assert done.returncode == 64 and f"there is no '{word}' on PATH" in done.stderr
    assert ("./boot" in done.stderr) == (word == "boot")


# Functions, ports and servers that are not there


def test_an_unknown_function_is_answered_with_those_that_exist(workbench: Workbench) -> None:
    names = "the functions are: Answer, Other"
    typed = run(workbench.directory, "invoke", "Anwser", "--port", str(workbench.address.port))
    assert typed.returncode == 1 and f"Function not found: Anwser; {names}" in typed.stderr

    by_aws = workbench.request("POST", "/2015-03-31/functions/Nobody/invocations")
    assert by_aws.status_code == 404 and names in by_aws.json()["Message"]
    assert by_aws.headers["X-Amzn-ErrorType"] == "ResourceNotFoundException"
    by_url = workbench.request("GET", "/url/Nobody/")
    assert by_url.status_code == 404 and names in by_url.json()["Message"]
    by_queue = workbench.request("POST", "/queue/Nobody", data="x")
    assert by_queue.status_code == 404 and names in by_queue.json()["message"]


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.mark.parametrize("command", [["dev", "--ephemeral", "--bootstrap", "E=/bin/true"], ["collect", "--ephemeral"]])
def test_a_port_that_is_taken_is_named_with_the_program_that_has_it(
    tmp_path: Path, listener: socket.socket, command: list[str]
) -> None:
    port = listener.getsockname()[1]

    done = run(tmp_path, *command, "--port", str(port))

    assert done.returncode == 1
    assert f"port {port} is in use by process {os.getpid()} (" in done.stderr and "--port" in done.stderr


def test_invoke_without_a_server_says_how_to_start_one(tmp_path: Path) -> None:
    done = run(tmp_path, "invoke", "Answer", "--port", "1")

    assert done.returncode == 69
    assert "nothing listens on port 1" in done.stderr and "traced-lambda dev" in done.stderr


# Case 16


def test_case_16_the_commands_that_dev_shows_work_as_they_are(bench: Bench, tmp_path: Path) -> None:
    boot = tmp_path / "Answer" / "bootstrap"
    boot.parent.mkdir()
    boot.write_text(FUNCTION)
    boot.chmod(0o755)
    program = bench.program(
        [locations.traced_lambda(), "dev", "--ephemeral", "--port", "0", "--bootstrap", f"Answer={boot}"],
        {"PATH": os.environ["PATH"]},
        tmp_path,
    )
    program.wait_for_log("aws lambda invoke")
    lines = program.output.read_text().splitlines()
    commands = [line[15:] for line in lines if line.startswith(("Try ", "or  "))]
    assert len(commands) == 2

    # Nothing but what a fresh machine has: no region, no credentials, no configuration.
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "traced-lambda").symlink_to(locations.traced_lambda())
    path = os.pathsep.join([str(tools), str(Path(sys.executable).parent), os.environ["PATH"]])
    for command in commands:
        done = subprocess.run(
            ["sh", "-c", command], cwd=tmp_path, env={"PATH": path, "HOME": str(tmp_path)}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert '{"question": "why?"}' in done.stdout


def test_case_16_a_missing_payload_is_told(workbench: Workbench) -> None:
    port = str(workbench.address.port)

    done = run(workbench.directory, "invoke", "Answer", "--port", port)

    assert done.returncode == 1 and "no question" in done.stdout
    assert "its event had no data" in done.stderr and "--data" in done.stderr


# Case 17


def test_case_17_a_new_package_depends_on_a_version_and_not_on_a_branch(tmp_path: Path) -> None:
    made = run(tmp_path, "new", "far", "--url", "https://example.com/x/swift-traced-lambda.git")

    assert made.returncode == 0, made.stderr
    manifest = (tmp_path / "far" / "Package.swift").read_text()
    assert f'.package(url: "https://example.com/x/swift-traced-lambda.git", from: "{VERSION}")' in manifest
    assert "branch" not in manifest and f"version {VERSION}" in made.stdout


def test_case_17_a_new_package_depends_on_the_checkout_unless_told_otherwise(tmp_path: Path) -> None:
    made = run(tmp_path, "new", "near")

    assert made.returncode == 0, made.stderr
    assert f'.package(path: "{locations.ROOT}")' in (tmp_path / "near" / "Package.swift").read_text()
    assert f"the checkout '{locations.ROOT}'" in made.stdout and "--url" in made.stdout


def test_case_17_a_moved_program_says_what_it_needs(tmp_path: Path) -> None:
    moved = shutil.copy(locations.traced_lambda(), tmp_path / "traced-lambda")

    done = subprocess.run([moved, "new", "near"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 64 and "--local" in done.stderr and "--url" in done.stderr


@pytest.mark.parametrize("url", ["../here", "here", "https://example.com/a b", ""])
def test_case_17_what_is_no_repository_is_refused(tmp_path: Path, url: str) -> None:
    done = run(tmp_path, "new", "far", "--url", url)

    assert done.returncode == 64 and "--url" in done.stderr and "--local" in done.stderr
    assert not (tmp_path / "far").exists()


# Case 13: `run` repeats the reason


SILENT = FUNCTION.replace("while True:", "LINE\nwhile True:")


def silent(folder: Path, line: str, *options: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """A run of a function that writes a line and sends no span, for people and as the reasons in JSON."""
    boot = folder / "boot"
    boot.write_text(SILENT.replace("LINE", f"print({line!r}, flush=True)"))
    boot.chmod(0o755)
    words = ["run", *options, "--event", '{"question": "why?"}']
    report = json.loads(run(folder, *words, "--json", "--", "./boot").stdout)
    return run(folder, *words, "--", "./boot"), report["missingSpanReasons"]


@pytest.mark.parametrize(
    "line",
    [
        "WARN flush deferred 3 spans: HTTP 401 from api.example.com; check HH_API_KEY",
        "2026-01-01T00:00:00Z warning TracedLambda: not all spans were delivered dropReason=HTTP 401",
        '{"level":"ERROR","message":"HH_API_URL is not an http or https URL; tracing is off"}',
    ],
)
def test_case_13_run_repeats_why_no_span_arrived(tmp_path: Path, line: str) -> None:
    done, reasons = silent(tmp_path, line)

    assert done.returncode == 2
    assert "No span arrived." in done.stdout and f"The function's log: {line}" in done.stdout
    assert reasons == [f"The function's log: {line}"]


def test_case_13_run_says_that_the_log_names_no_reason(tmp_path: Path) -> None:
    done, reasons = silent(tmp_path, "INFO all is well with the spans")

    assert done.returncode == 2 and len(reasons) == 1
    assert "names no reason" in done.stdout and "HH_API_URL" in done.stdout


def test_case_13_run_names_the_option_that_sends_spans_elsewhere(tmp_path: Path) -> None:
    done, reasons = silent(tmp_path, "hello", "--env", "HH_API_URL=http://127.0.0.1:1")

    assert done.returncode == 2 and "--env HH_API_URL" in done.stdout and len(reasons) == 1
