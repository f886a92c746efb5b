"""The workbench's database: no accepted data is lost, and the commands show it."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import chat_session
from support.chat_session import EARLIER, SESSION
from support.locations import traced_lambda
from support.viewer import Viewer, span


@pytest.fixture
def viewer(tmp_path: Path) -> Iterator[Viewer]:
    viewer = Viewer(tmp_path / "viewer")
    yield viewer
    viewer.stop()


def command(viewer: Viewer, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the workbench in the viewer's folder, which contains the database."""
    return subprocess.run(
        [traced_lambda(), *arguments],
        cwd=viewer.directory,
        env={"COLUMNS": "300"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_no_span_that_was_taken_is_lost_when_the_collector_is_killed(tmp_path: Path) -> None:
    taken: set[str] = set()
    for round in range(4):
        viewer = Viewer(tmp_path / "viewer")
        stop = threading.Event()

        def send(sender: int, viewer: Viewer = viewer, stop: threading.Event = stop, round: int = round) -> None:
            number = 0
            while not stop.is_set():
                number += 1
                name = f"{round}-{sender}-{number}"
                try:
                    viewer.send(span(name, number, trace=round * 10 + sender + 1, session=SESSION))
                except (urllib.error.URLError, ConnectionError, OSError):
                    return
                taken.add(name)

        senders = [threading.Thread(target=send, args=[sender]) for sender in range(3)]
        for sender in senders:
            sender.start()
        # Any moment is suitable after some data was accepted.
        enough = len(taken) + random.randint(20, 60)
        while len(taken) < enough:
            assert viewer.is_running, viewer.log
        viewer.signal(signal.SIGKILL)
        viewer.wait()
        stop.set()
        for sender in senders:
            sender.join()
    viewer = Viewer(tmp_path / "viewer")
    try:
        stored = {name for (name,) in viewer.stored("SELECT name FROM span")}
    finally:
        viewer.stop()
    assert taken - stored == set()
    assert len(taken) > 80


@pytest.mark.parametrize("contents", [b"not a database", b"SQLite format 3\x00" + b"\xff" * 8_000])
def test_a_damaged_database_is_named_and_left_as_it_is(tmp_path: Path, contents: bytes) -> None:
    file = tmp_path / "damaged.sqlite"
    file.write_bytes(contents)
    for arguments in (["collect", "--port", "0"], ["sessions"], ["show", "--last"]):
        result = subprocess.run(
            [traced_lambda(), *arguments, "--database", file], capture_output=True, text=True, timeout=60, check=False
        )
        assert result.returncode == 1
        assert str(file) in result.stderr
        assert "left as it is" in result.stderr
    assert file.read_bytes() == contents


def test_sessions_lists_them(viewer: Viewer) -> None:
    chat_session.send(viewer)
    lines = command(viewer, "sessions").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [SESSION, EARLIER]
    assert "Where is my order?" in lines[0]
    assert "1 failed" in lines[0]
    assert "\x1b" not in "".join(lines), "colours are for terminals"
    found = json.loads(command(viewer, "sessions", "--json", "--function", "indexer").stdout)
    assert [session["id"] for session in found] == [EARLIER]
    assert command(viewer, "sessions", "--errors", "--search", "nightly").stdout == "No session matches.\n"


def test_show_draws_the_tree_and_hands_the_session_on(viewer: Viewer, tmp_path: Path) -> None:
    chat_session.send(viewer)
    shown = command(viewer, "show", "--last")
    assert shown.returncode == 0
    assert f"Session {SESSION}" in shown.stdout
    assert "✗ search help pages" in shown.stdout
    assert command(viewer, "show", SESSION[:6]).stdout == shown.stdout
    report = json.loads(command(viewer, "show", SESSION, "--json").stdout)
    assert report["session"]["spanCount"] == 13
    assert len(report["spans"]) == 13

    # The commands can also read from a server instead of the file.
    port = viewer.url.rpartition(":")[2]
    for arguments in (["show", "--last"], ["show", SESSION[:6]], ["show", SESSION, "--json"], ["sessions", "--json"]):
        assert command(viewer, *arguments, "--port", port).stdout == command(viewer, *arguments).stdout

    request = json.loads(command(viewer, "show", SESSION, "--otlp").stdout)
    other = Viewer(tmp_path / "other", "--ephemeral")
    try:
        other.post("/v1/traces", request)
        with urllib.request.urlopen(f"{other.url}/api/sessions/{SESSION}/export", timeout=60) as answer:
            assert json.load(answer) == request
        assert not other.database.exists()
    finally:
        other.stop()


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["show", "none"], 1, "there is no session 'none'"),
        (["show"], 64, "--last"),
        (["show", "--last", "--json", "--otlp"], 64, "not both"),
        (["sessions", "--database", "nowhere.sqlite"], 1, "/nowhere.sqlite' (there is no such file)"),
        (["sessions", "--limit", "0"], 64, "--limit"),
        (["collect", "--port", "70000"], 64, "--port"),
        (["sessions", "--port", "0"], 64, "--port"),
        (["show", "--last", "--port", "1"], 69, "nothing listens on port 1"),
    ],
)
def test_what_is_wrong_is_said(viewer: Viewer, arguments: list[str], status: int, message: str) -> None:
    viewer.send(span("one", 1, session=SESSION))
    result = command(viewer, *arguments)
    assert result.returncode == status
    assert message in result.stderr


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost"}, 200),
        ({"Host": "answer.localhost:9"}, 200),
        ({"Host": "rebound.example.com"}, 403),
        ({"Origin": "https://example.com"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403),
    ],
)
def test_pages_of_other_sites_read_nothing(viewer: Viewer, headers: dict[str, str], status: int) -> None:
    for path in ("/", "/api/sessions", "/viewer/main.js"):
        request = urllib.request.Request(viewer.url + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                assert answer.status == status
                policy = answer.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy
                assert "require-trusted-types-for 'script'" in policy
        except urllib.error.HTTPError as error:
            assert error.code == status


def test_a_port_that_is_taken_is_said(viewer: Viewer) -> None:
    port = viewer.url.rpartition(":")[2]
    result = command(viewer, "collect", "--ephemeral", "--port", port)
    assert result.returncode == 1
    assert "is in use by process" in result.stderr
