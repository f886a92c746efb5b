"""The workbench's executable is one file that can be moved: what it serves is in it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import requests

from support import locations
from support.bench import Bench
from support.waiting import eventually

ASSETS = locations.ROOT / "Workbench" / "Sources" / "CShims" / "Assets"


def test_a_moved_executable_serves_every_file_of_the_page_byte_for_byte(bench: Bench, tmp_path: Path) -> None:
    moved = shutil.copy(locations.traced_lambda(), tmp_path / "moved")
    program = bench.program([moved, "collect", "--ephemeral", "--port", "0"], {}, tmp_path / "elsewhere")
    match = eventually(lambda: re.search(r"http://localhost:\d+/", program.log), lambda: program.log)
    assert match is not None
    address = match[0]

    files = sorted(ASSETS.iterdir())
    assert len(files) > 10
    for file in files:
        answer = requests.get(f"{address}viewer/{file.name}", timeout=10)
        assert (answer.status_code, answer.content) == (200, file.read_bytes()), file.name
        assert answer.headers["Content-Type"] == CONTENT_TYPES[file.suffix]
    assert requests.get(address, timeout=10).content == (ASSETS / "index.html").read_bytes()


@pytest.mark.parametrize("name", ["none.js", "..%2Findex.html", "main.js%00"])
def test_a_file_that_the_page_has_not_is_not_found(bench: Bench, tmp_path: Path, name: str) -> None:
    program = bench.program([locations.traced_lambda(), "collect", "--ephemeral", "--port", "0"], {}, tmp_path)
    match = eventually(lambda: re.search(r"http://localhost:\d+/", program.log), lambda: program.log)
    assert match is not None

    assert requests.get(f"{match[0]}viewer/{name}", timeout=10).status_code == 404


CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
