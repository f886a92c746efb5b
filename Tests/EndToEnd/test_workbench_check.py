"""`traced-lambda check` in CI: rules in a file and as options, exit status, JUnit's report."""

from __future__ import annotations

import json
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.locations import ROOT, traced_lambda
from support.viewer import Viewer, span
from support.waiting import eventually
from support.workbench import Workbench

SESSION = "0c3a1f0e-9a4b-4b7e-8f57-2f3f0f5a7c21"
FUNCTION = ROOT / "Workbench" / "Tests" / "TestSupport" / "Fixtures" / "function.py"


@pytest.fixture
def viewer(tmp_path: Path) -> Iterator[Viewer]:
    viewer = Viewer(tmp_path / "viewer")
    viewer.send(
        span("answer", 1, session=SESSION, duration=50),
        span("retrieve", 2, parent=1, session=SESSION, type="tool", inputs={"key": "sk-live-1"}),
        span("ask", 3, parent=1, session=SESSION, type="model",
             attributes={"gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 1_000}),
    )  # fmt: skip
    yield viewer
    viewer.stop()


def check(directory: Path, *arguments: Any, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [traced_lambda(), "check", *map(str, arguments)],
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
    )


def test_rules_that_hold_end_with_0_and_a_report(viewer: Viewer) -> None:
    (viewer.directory / "trace.yaml").write_text(
        """\
# What an answer must do
spans:
  - answer > retrieve
  - name: ask
    kind: model
    under: answer
errors: none
max-tokens: 1000
max-cost: 0.01
max-duration: 2s
absent: ["sk-test-", $SECRET]
"""
    )
    report = viewer.directory / "report.xml"
    done = check(
        viewer.directory, SESSION, "--file", "trace.yaml", "--junit", "report.xml", environment={"SECRET": "hush"}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "8 of 8 hold" in done.stdout
    suite = ElementTree.parse(report).getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("8", "0")


def test_a_rule_that_does_not_hold_ends_with_1_and_says_why(viewer: Viewer) -> None:
    done = check(
        viewer.directory, "--last", "--span", "ask > retrieve", "--max-tokens", "999", "--absent", "$SECRET",
        "--junit", "report.xml", environment={"SECRET": "sk-live-1"},
    )  # fmt: skip
    assert done.returncode == 1
    assert "✗ span 'ask > retrieve': it is elsewhere or differs: answer > retrieve (tool)" in done.stdout
    assert "✗ at most 999 tokens: there are 1000" in done.stdout
    assert "it is in span 'retrieve'" in done.stdout
    assert "sk-live" not in done.stdout + (viewer.directory / "report.xml").read_text()
    failures = ElementTree.parse(viewer.directory / "report.xml").findall(".//failure")
    assert len(failures) == 3


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--last"], 64, "there is no rule"),
        (["--last", "--no-errors", SESSION], 64, "Give a session"),
        (["none", "--no-errors"], 1, "there is no session"),
        (["--last", "--file", "none.yaml"], 64, "none.yaml"),
        (["--last", "--max-duration", "3"], 64, "--max-duration"),
        (["--last", "--absent", "$NOT_SET"], 64, "NOT_SET"),
        (["--last", "--no-errors", "--port", "1"], 69, "nothing listens"),
    ],
)
def test_what_cannot_be_checked_says_so(viewer: Viewer, arguments: list[str], status: int, message: str) -> None:
    done = check(viewer.directory, *arguments, environment={})
    assert done.returncode == status
    assert message in done.stderr


def test_a_wrong_file_is_named_with_its_line(viewer: Viewer) -> None:
    (viewer.directory / "trace.yaml").write_text("errors: none\nspans:\n\t- a\n")
    done = check(viewer.directory, "--last", "--file", "trace.yaml")
    assert done.returncode == 64
    assert "trace.yaml" in done.stderr
    assert "line 3" in done.stderr
