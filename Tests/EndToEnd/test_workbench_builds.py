"""The workbench builds a package, and rebuilds it when a source changes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from support.bench import Bench
from support.waiting import eventually
from support.workbench import Workbench

#: Far longer than SwiftPM takes for a package of one file, even on a loaded machine.
BUILD_PATIENCE_SECONDS = 240
MANIFEST = """// swift-tools-version: 6.2
import PackageDescription
let package = Package(name: "plain", targets: [.executableTarget(name: "Plain")])
"""
#: A minimal program with the Runtime API's protocol; a package with the framework would take minutes to build.
SOURCE = """import Glibc
setenv("VERSION", "one", 1)
var words: [UnsafeMutablePointer<CChar>?] = [strdup("python3"), strdup("FUNCTION"), nil]
execvp("python3", &words)
"""
FUNCTION = """
import json, os, urllib.request

api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
while True:
    with urllib.request.urlopen(f"{api}/next") as response:
        request_id = response.headers["Lambda-Runtime-Aws-Request-Id"]
    body = json.dumps(os.environ["VERSION"]).encode()
    urllib.request.urlopen(urllib.request.Request(f"{api}/{request_id}/response", body)).read()
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    package = tmp_path / "plain"
    source = package / "Sources" / "Plain" / "main.swift"
    source.parent.mkdir(parents=True)
    (package / "Package.swift").write_text(MANIFEST)
    (tmp_path / "function.py").write_text(FUNCTION)
    source.write_text(SOURCE.replace("FUNCTION", str(tmp_path / "function.py")))
    return package


def start(bench: Bench, package: Path, *options: str) -> Workbench:
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return bench.workbench(options=["--package-path", str(package), *options], environment=environment, waits=False)


def answer(workbench: Workbench) -> object:
    return workbench.request("POST", "/2015-03-31/functions/Plain/invocations").json()


def invocations(workbench: Workbench) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = workbench.request("GET", "/api/invocations").json()["invocations"]
    return listed


def test_a_change_is_built_and_served_and_what_cannot_be_built_changes_nothing(bench: Bench, package: Path) -> None:
    workbench = start(bench, package)
    workbench.wait_for(BUILD_PATIENCE_SECONDS, event="serving", functions=["Plain"])
    assert answer(workbench) == "one"

    source = package / "Sources" / "Plain" / "main.swift"
    good = source.read_text()
    source.write_text(good + "nonsense\n")
    workbench.wait_for(BUILD_PATIENCE_SECONDS, event="buildFailed")
    assert "error: cannot find 'nonsense' in scope" in workbench.log
    assert answer(workbench) == "one"

    source.write_text(good.replace('"one"', '"two"'))
    eventually(lambda: answer(workbench) == "two", lambda: f"the new build:\n{workbench.log}", BUILD_PATIENCE_SECONDS)
    # The page of an invocation compares the builds.
    eventually(lambda: {one["build"] for one in invocations(workbench)} == {1, 2}, "both builds to be recorded")

    workbench.stop()
    copies = package / ".build" / "traced-lambda"
    assert not list(copies.iterdir())
