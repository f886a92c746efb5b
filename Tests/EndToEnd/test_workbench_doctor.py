"""`traced-lambda doctor` tries the key with one request and tells what the server answered (case 13)."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from support import locations
from support.bench import Bench

KEY = 'hh_secret_"\\key'
REFUSALS = {401: "was refused by", 403: "was refused by", 404: "has no /opentelemetry/v1/traces", 500: "neither accepted"}


class Server(http.server.ThreadingHTTPServer):
    """A collector that answers every request with one status, and keeps what it was sent."""

    def __init__(self, status: int, body: bytes = b"") -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.body = status, body
        self.requests: list[tuple[str, Mapping[str, str], bytes]] = []
        self.command_lines: list[bytes] = []
        self.release = threading.Event()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, dict(self.headers), body))
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                self.server.command_lines.append(path.read_bytes())
            except OSError:
                continue
        if self.server.status == 0:
            self.server.release.wait()
            return
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *arguments: Any) -> None:
        pass


Start = Callable[..., Server]


@pytest.fixture
def start() -> Iterator[Start]:
    servers: list[Server] = []

    def start(status: int, body: bytes = b"") -> Server:
        server = Server(status, body)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    yield start
    for server in servers:
        server.release.set()
        server.shutdown()
        server.server_close()


def doctor(folder: Path, **environment: str) -> tuple[dict[str, Any], subprocess.CompletedProcess[str]]:
    """What it finds of the key."""
    done = subprocess.run(
        [locations.traced_lambda(), "doctor", "--json", "--port", "0"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert KEY not in done.stdout + done.stderr
    findings = json.loads(done.stdout)["findings"]
    return next(finding for finding in findings if finding["subject"] == "Key"), done


@pytest.mark.parametrize("name", ["HH_API_KEY", "HH_INGESTION_API_KEY", "HONEYHIVE_API_KEY"])
def test_case_13_doctor_tries_the_key_with_a_request_that_changes_nothing(start: Start, tmp_path: Path, name: str) -> None:
    server = start(200)

    finding, _ = doctor(tmp_path, HH_API_URL=f"http://{server.host}/", **{name: f" {KEY} "})

    assert finding["good"] and finding["text"] == f"{name} was accepted by {server.host} (HTTP 200)"
    [(path, headers, body)] = server.requests
    assert (path, headers["Authorization"]) == ("/opentelemetry/v1/traces", f"Bearer {KEY}")
    assert json.loads(body) == {"resourceSpans": []}
    assert not [line for line in server.command_lines if b"hh_secret" in line and b"doctor" not in line]
    assert not [line for line in server.command_lines if b"hh_secret" in line]


def test_case_13_the_workbenchs_own_collector_accepts_a_key(bench: Bench, tmp_path: Path) -> None:
    workbench = bench.workbench(scripts={"E": "#!/bin/sh\n"})

    finding, _ = doctor(tmp_path, HH_API_URL=workbench.address.url, HH_API_KEY=KEY)

    assert finding["good"], finding


@pytest.mark.parametrize("status", REFUSALS)
def test_case_13_doctor_tells_what_the_server_answered(start: Start, tmp_path: Path, status: int) -> None:
    server = start(status, f"no {KEY}\n\x1b[31mnever".encode())

    finding, done = doctor(tmp_path, HH_API_URL=f"http://{server.host}", HH_API_KEY=KEY)

    assert not finding["good"] and f"HTTP {status}" in finding["text"] and REFUSALS[status] in finding["text"]
    assert server.host in finding["text"] and ("HH_API_KEY" in finding["text"] or "HH_API_URL" in finding["text"])
    assert "no [key]" in finding["text"] and "\x1b" not in finding["text"]
    # Only a key that is refused is wrong here and now.
    assert finding["needed"] == (status in (401, 403))
    if finding["needed"]:
        assert done.returncode == 1


def test_case_13_a_server_that_is_not_there_or_hangs_is_told(start: Start, tmp_path: Path) -> None:
    absent, _ = doctor(tmp_path, HH_API_URL="http://127.0.0.1:1", HH_API_KEY=KEY)
    assert "127.0.0.1:1 could not be reached" in absent["text"] and "check HH_API_URL" in absent["text"]

    hanging, _ = doctor(tmp_path, HONEYHIVE_SERVER_URL=f"http://{start(0).host}", HH_API_KEY=KEY)
    assert "could not be reached" in hanging["text"] and "HONEYHIVE_SERVER_URL" in hanging["text"]


@pytest.mark.parametrize(
    ("environment", "text"),
    [
        ({}, "not set"),
        ({"HH_API_KEY": "  "}, "not set"),
        ({"HH_API_KEY": "arn:aws:secretsmanager:us-east-1:1:secret:x"}, "names a secret"),
        ({"HH_API_KEY": "a\nb"}, "no HTTP header"),
        ({"HH_API_KEY": "k", "HH_API_URL": "ftp://x"}, "'ftp://x' is not an http"),
    ],
)
def test_case_13_what_cannot_be_tried_is_told(tmp_path: Path, environment: dict[str, str], text: str) -> None:
    finding, _ = doctor(tmp_path, **environment)

    assert not finding["good"] and text in finding["text"]
