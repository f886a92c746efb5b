"""Paths on the workbench's command lines: relative, `.`, with a trailing slash, a space, a symbolic link."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support import locations
from support.bench import Bench

#: Mock of SwiftPM: its package has one executable product, Plain, which is built immediately. It accepts the package's
#: folder only as an absolute path.
SWIFT = """#!/bin/sh
case "$*" in --version) echo "Swift version 6.3"; exit ;; esac
while [ "$1" != "--package-path" ]; do shift; done
[ -f "$2/Package.swift" ] || { echo "no package in $2" >&2; exit 1; }
case "$2" in /*) ;; *) echo "not absolute: $2" >&2; exit 1 ;; esac
case "$*" in
*describe*) echo '{"products": [{"name": "Plain", "type": {"executable": null}}], "targets": []}' ;;
*--show-bin-path*) echo "$2/out" ;;
*) mkdir -p "$2/out" && cp /bin/true "$2/out/Plain" ;;
esac
"""

#: The ways to name the folder `a b/package` from the current folder, or from the folder itself.
FORMS: dict[str, tuple[str, Callable[[Path], str]]] = {
    "absolute": ("", lambda path: str(path)),
    "relative": ("", lambda path: f"{path.parent.name}/{path.name}"),
    "slash at the end": ("", lambda path: f"{path.parent.name}/{path.name}/"),
    "dot and slash": ("", lambda path: f"./{path.parent.name}//{path.name}/."),
    "from beside it": ("a b", lambda path: path.name),
    "dot": ("a b/package", lambda path: "."),
    "dot, slash": ("a b/package", lambda path: "./"),
    "parent": ("a b/package/inner", lambda path: ".."),
    "link": ("", lambda path: "link"),
    "link, slash": ("", lambda path: "link/"),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with the mock of SwiftPM and a package in `a b/package`, to which `link` points."""
    swift = tmp_path / "bin" / "swift"
    swift.parent.mkdir()
    swift.write_text(SWIFT)
    swift.chmod(0o755)
    package = tmp_path / "a b" / "package"
    (package / "inner").mkdir(parents=True)
    (package / "Package.swift").write_text("// swift-tools-version: 6.2\n")
    (tmp_path / "link").symlink_to(package)
    return tmp_path


def environment(root: Path) -> dict[str, str]:
    return {"PATH": f"{root / 'bin'}:{os.environ['PATH']}", "HOME": str(root)}


def run(root: Path, folder: str, *arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [locations.traced_lambda(), *arguments],
        cwd=root / folder,
        env=environment(root),
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def serving(bench: Bench, root: Path, folder: str, *arguments: str) -> list[str]:
    """The functions that `dev` serves."""
    program = bench.program(
        [locations.traced_lambda(), "dev", "--port", "0", "--ephemeral", "--json", *arguments],
        environment(root),
        root / folder,
    )
    program.wait_for_log('"event":"serving"')
    events = [json.loads(line) for line in program.output.read_text().splitlines()]
    return next(event["functions"] for event in events if event["event"] == "serving")


@pytest.mark.parametrize("form", FORMS)
def test_dev_serves_the_package_of_any_path(bench: Bench, root: Path, form: str) -> None:
    folder, path = FORMS[form]

    assert serving(bench, root, folder, "--package-path", path(root / "a b" / "package")) == ["Plain"]


def test_dev_serves_the_package_of_the_current_folder(bench: Bench, root: Path) -> None:
    assert serving(bench, root, "a b/package") == ["Plain"]
