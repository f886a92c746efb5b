"""Nothing that was acknowledged is lost: deleted files, removal by command, export and import."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from support.browser import Browser
from support.locations import traced_lambda
from support.viewer import Viewer, span
from support.waiting import eventually

SESSION = "0c3a1f0e-9a4b-4b7e-8f57-2f3f0f5a7c12"
OTHER = "0c3a1f0e-9a4b-4b7e-8f57-2f3f0f5a7c13"


def command(directory: Path, *arguments: Any, status: int = 0, text: str | None = None) -> str:
    done = subprocess.run(
        [traced_lambda(), *map(str, arguments)], cwd=directory, capture_output=True, text=True, timeout=120, input=text
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def sessions(directory: Path) -> list[str]:
    return sorted(session["id"] for session in json.loads(command(directory, "sessions", "--json")))


def shown(directory: Path, session: str) -> dict[str, Any]:
    """All that the first collector shows, except when the session came here."""
    report = json.loads(command(directory, "show", session, "--json"))
    del report["session"]["received"]
    return report


class TestDeletedFile:
    def test_spans_after_the_folder_was_deleted_are_kept_and_a_line_says_so(self, viewer: Viewer) -> None:
        viewer.send(span("before", 1, session=SESSION))
        shutil.rmtree(viewer.database.parent)
        for number in range(2, 6):
            viewer.send(span(f"after {number}", number, session=SESSION))
        assert [name for (name,) in viewer.stored("SELECT name FROM span ORDER BY name")] == [
            "after 2", "after 3", "after 4", "after 5",
        ]  # fmt: skip
        eventually(lambda: viewer.log.count("was deleted while it was in use") == 1, lambda: viewer.log)

    def test_what_was_answered_survives_repeated_deletion(self, viewer: Viewer) -> None:
        """Each answered span is in the file at that moment, whenever the folder is deleted."""
        for number in range(1, 31):
            if number % 3 == 0:
                shutil.rmtree(viewer.database.parent)
            viewer.send(span(f"span {number}", number, session=SESSION))
            names = [name for (name,) in viewer.stored("SELECT name FROM span")]
            assert f"span {number}" in names

    def test_a_replaced_file_is_used(self, viewer: Viewer, tmp_path: Path) -> None:
        viewer.send(span("one", 1, session=SESSION))
        copy = tmp_path / "copy.sqlite"
        command(viewer.directory, "export", "--all", "--output", tmp_path / "all.jsonl")
        command(tmp_path, "import", tmp_path / "all.jsonl", "--database", copy)
        viewer.send(span("two", 2, session=OTHER))
        for file in viewer.database.parent.iterdir():
            file.unlink()
        shutil.move(copy, viewer.database)
        viewer.send(span("three", 3, session=SESSION))
        assert sorted(name for (name,) in viewer.stored("SELECT name FROM span")) == ["one", "three"]
        eventually(lambda: "was replaced while it was in use" in viewer.log, lambda: viewer.log)

    def test_a_folder_that_cannot_be_made_again_makes_the_sender_keep_its_spans(self, viewer: Viewer) -> None:
        viewer.send(span("one", 1, session=SESSION))
        shutil.rmtree(viewer.database.parent)
        viewer.database.parent.write_text("a file in the folder's place")
        with pytest.raises(urllib.error.HTTPError) as refused:
            viewer.send(span("two", 2, session=SESSION))
        assert refused.value.code == 503
        viewer.database.parent.unlink()
        viewer.send(span("two", 2, session=SESSION))
        assert viewer.stored("SELECT name FROM span") == [("two",)]

    def test_the_page_shows_the_real_state(self, chromium: Browser, viewer: Viewer) -> None:
        chromium.reset()
        viewer.send(span("one", 1, session=SESSION))
        chromium.open(viewer.url)
        chromium.eventually(lambda: chromium.texts("#live") == ["Live"], "a connection")
        shutil.rmtree(viewer.database.parent)
        viewer.send(span("two", 2, session=OTHER))
        chromium.eventually(lambda: chromium.texts(".col-session code") == [OTHER], "the session that is there")
        assert chromium.texts("#live") == ["Live"]

    def test_a_killed_collector_has_lost_nothing(self, viewer: Viewer) -> None:
        for number in range(1, 21):
            viewer.send(span(f"span {number}", number, session=SESSION))
        viewer.kill()
        assert len(json.loads(command(viewer.directory, "show", SESSION, "--json"))["spans"]) == 20


class TestRemoval:
    def test_a_session_all_and_old_ones_can_be_removed(self, viewer: Viewer) -> None:
        viewer.send(span("one", 1, session=SESSION), span("two", 2, session=OTHER, trace=2))
        viewer.send(span("old", 3, session="old", trace=3) | {
            "startTimeUnixNano": "1000000000", "endTimeUnixNano": "2000000000",
        })  # fmt: skip
        assert "1 session removed" in command(viewer.directory, "clear", "--older-than", "7d")
        assert sessions(viewer.directory) == [SESSION, OTHER]
        assert "1 session removed" in command(viewer.directory, "clear", SESSION)
        assert sessions(viewer.directory) == [OTHER]
        assert "no session" in command(viewer.directory, "clear", "none", status=1)
        port = viewer.url.rsplit(":", 1)[1]
        assert "1 session removed" in command(viewer.directory, "clear", "--all", "--port", port)
        assert sessions(viewer.directory) == []
        for table in ["span", "body", "event", "session"]:
            assert viewer.stored(f"SELECT count(*) FROM {table}") == [(0,)]

    @pytest.mark.parametrize("arguments", [[], ["--all", "x"], ["--older-than", "7"], ["--older-than", "-1d"]])
    def test_a_wrong_command_line_removes_nothing(self, viewer: Viewer, arguments: list[str]) -> None:
        viewer.send(span("one", 1, session=SESSION))
        command(viewer.directory, "clear", *arguments, status=64)
        assert sessions(viewer.directory) == [SESSION]

    def test_nothing_to_remove_is_no_error(self, tmp_path: Path) -> None:
        assert "0 sessions removed" in command(tmp_path, "clear", "--all")
        assert not (tmp_path / ".traced-lambda").exists()

    def test_the_page_removes_a_session_after_it_has_asked(self, chromium: Browser, viewer: Viewer) -> None:
        chromium.reset()
        viewer.send(span("one", 1, session=SESSION), span("two", 2, session=OTHER, trace=2))
        chromium.open(f"{viewer.url}/sessions/{SESSION}")
        chromium.one(".delete").click()
        chromium.one("dialog[open] .cancel").click()
        chromium.eventually(lambda: chromium.find("dialog[open]") == [], "no question")
        assert sessions(viewer.directory) == [SESSION, OTHER]
        chromium.one(".delete").click()
        chromium.one("dialog[open] .danger").click()
        chromium.eventually(lambda: chromium.texts(".col-session code") == [OTHER], "the list without it")
        assert sessions(viewer.directory) == [OTHER]
        assert chromium.complaints == []


class TestRoundTrip:
    def fill(self, viewer: Viewer) -> None:
        viewer.post("/session/start", {"session": {
            "session_id": SESSION, "session_name": "A name", "source": "test", "metadata": {"a": {"b": 1}},
            "user_properties": {"user_id": "u1"},
        }})  # fmt: skip
        viewer.send(
            span("root", 1, session=SESSION, error="no", inputs={"q": "ü\u202e\x1b"}, links=[(9, 9)],
                 attributes={"gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 12}),
            span("child", 2, parent=1, session=None, type=None),
            span("open", 3, parent=1, session=SESSION) | {"endTimeUnixNano": "0"},
        )  # fmt: skip
        viewer.post("/events", {"event": {
            "event_id": OTHER, "session_id": SESSION, "event_name": "over REST", "event_type": "tool",
            "inputs": {"x": 1}, "outputs": {"y": [1, 2]}, "duration": 5,
        }})  # fmt: skip
        viewer.post("/events", {"event_id": SESSION, "feedback": {"rating": 5, "comments": "good"}}, "PUT")
        viewer.post("/events", {"event_id": OTHER, "metadata": {"late": True}}, "PUT")

    @pytest.mark.parametrize("way", ["file", "pipe to a port", "another collector's input"])
    def test_the_copy_shows_what_the_first_one_shows(self, viewer: Viewer, tmp_path: Path, way: str) -> None:
        self.fill(viewer)
        first = shown(viewer.directory, SESSION)
        assert first["session"]["fields"]["feedback"] == {"rating": 5, "comments": "good"}
        copy = Viewer(tmp_path / "copy")
        try:
            if way == "file":
                command(viewer.directory, "export", SESSION, "--output", tmp_path / "one.jsonl")
                command(copy.directory, "import", tmp_path / "one.jsonl")
            elif way == "pipe to a port":
                port = viewer.url.rsplit(":", 1)[1]
                lines = command(tmp_path, "export", SESSION, "--port", port)
                command(tmp_path, "import", "-", "--port", copy.url.rsplit(":", 1)[1], text=lines)
            else:
                for line in command(viewer.directory, "show", SESSION, "--otlp").splitlines():
                    copy.post("/v1/traces", json.loads(line))
            assert shown(copy.directory, SESSION) == first
            # The event over REST is one in the copy, too: it can be completed there.
            copy.post("/events", {"event_id": OTHER, "metadata": {"again": 1}}, "PUT")
            spans = shown(copy.directory, SESSION)["spans"]
            over_rest = next(span for span in spans if span["name"] == "over REST")
            assert over_rest["metadata"] == {"late": True, "again": 1}
        finally:
            copy.stop()

    def test_a_session_without_spans_keeps_its_fields(self, viewer: Viewer, tmp_path: Path) -> None:
        viewer.post("/session/start", {"session": {"session_id": SESSION, "session_name": "empty"}})
        lines = command(viewer.directory, "export", "--all")
        command(tmp_path, "import", "-", "--database", tmp_path / "x.sqlite", text=lines)
        found = json.loads(command(tmp_path, "sessions", "--json", "--database", tmp_path / "x.sqlite"))
        assert [(session["id"], session["name"]) for session in found] == [(SESSION, "empty")]

    def test_a_large_session_goes_in_parts_that_a_collector_takes(self, viewer: Viewer, tmp_path: Path) -> None:
        for number in range(1, 25):
            viewer.send(span(f"s{number}", number, session=SESSION, inputs={"text": "x" * 1_000_000}))
        lines = command(viewer.directory, "show", SESSION, "--otlp").splitlines()
        assert len(lines) > 1
        assert max(map(len, lines)) < 6_000_000
        copy = Viewer(tmp_path / "copy")
        try:
            for line in lines:
                copy.post("/v1/traces", json.loads(line))
            assert shown(copy.directory, SESSION) == shown(viewer.directory, SESSION)
        finally:
            copy.stop()

    def test_a_line_that_is_no_request_is_named(self, tmp_path: Path) -> None:
        text = '{"resourceSpans":[]}\n{"resourceSpans":3}\n'
        assert "line 2 was not kept" in command(tmp_path, "import", "-", status=1, text=text)

    def test_the_page_offers_the_export_as_a_file(self, viewer: Viewer) -> None:
        self.fill(viewer)
        with urllib.request.urlopen(f"{viewer.url}/api/sessions/{SESSION}/export") as answer:
            assert answer.headers["Content-Disposition"] == f'attachment; filename="{SESSION}.jsonl"'
            assert answer.read().decode() == command(viewer.directory, "export", SESSION)
