"""Paths on the workbench's command lines: relative, `.`, with a trailing slash, a space, a symbolic link."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support import locations, packages
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
        encoding="utf-8",
        errors="surrogateescape",
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


# Every other option that takes a path: the thing is at `a b/package/thing`, and the same forms name it.

ECHO = """#!/usr/bin/env python3
import json, os, urllib.request

api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
with urllib.request.urlopen(f"{api}/next") as response:
    request_id, event = response.headers["Lambda-Runtime-Aws-Request-Id"], response.read()
urllib.request.urlopen(urllib.request.Request(f"{api}/{request_id}/response", event)).read()
"""

#: The ways to name the file `thing` in the package, with the folder that they are typed in.
FILE_FORMS: dict[str, tuple[str, Callable[[Path], str]]] = {
    "absolute": ("", lambda path: str(path)),
    "relative": ("", lambda path: f"a b/package/{path.name}"),
    "dot and slash": ("", lambda path: f"./a b//package/./{path.name}"),
    "from beside it": ("a b/package", lambda path: path.name),
    "dot, slash, name": ("a b/package", lambda path: f"./{path.name}"),
    "parent": ("a b/package/inner", lambda path: f"../{path.name}"),
    "through a link": ("", lambda path: f"link/{path.name}"),
    "a link to it": ("", lambda path: "file link"),
}


@pytest.fixture(params=FILE_FORMS)
def named(request: pytest.FixtureRequest, root: Path) -> Callable[[str], tuple[str, str]]:
    """Given a content, the folder to be in and the words that name a file with it."""
    folder, path = FILE_FORMS[request.param]

    def name(content: str, file_name: str = "thing") -> tuple[str, str]:
        file = root / "a b" / "package" / file_name
        file.write_text(content)
        file.chmod(0o755)
        (root / "file link").symlink_to(file)
        return folder, path(file)

    return name


Named = Callable[[str], tuple[str, str]]


def test_dev_serves_the_bootstrap_of_any_path(bench: Bench, root: Path, named: Named) -> None:
    folder, path = named(ECHO)

    assert serving(bench, root, folder, "--bootstrap", f"Echo={path}") == ["Echo"]


def test_run_starts_the_command_of_any_path_and_reads_the_event_of_any_path(root: Path, named: Named) -> None:
    folder, path = named(ECHO)
    (root / "event.json").write_text('{"question": "why?"}')
    event = os.path.relpath(root / "event.json", root / folder)
    command = path if "/" in path else f"./{path}"

    done = run(root, folder, "run", "--json", "--event-file", event, "--", command)

    assert json.loads(done.stdout)["response"] == {"question": "why?"}, done.stderr


def test_an_event_file_and_the_data_of_invoke_have_any_path(root: Path, named: Named) -> None:
    folder, path = named('{"question": "why?"}')

    data = run(root, folder, "invoke", "Echo", "--dry-run", "--data", f"@{path}")
    event = run(root, folder, "run", "--json", "--event-file", path, "--", "/bin/false")

    assert json.loads(data.stdout) == {"question": "why?"}, data.stderr
    assert json.loads(event.stdout)["error"] is not None, event.stderr


def test_a_database_has_any_path(root: Path, named: Named) -> None:
    folder, path = named("")

    done = run(root, folder, "sessions", "--database", path, "--json")

    # An empty file is what a process leaves that was killed before its first write.
    assert (done.returncode, done.stdout) == (1, "")
    shown = re.search(r"'(/[^']*)' \(it is empty\)", done.stderr)
    assert shown is not None and os.path.samefile(shown[1], root / "a b" / "package" / "thing")
    assert "SQL" not in done.stderr


def test_dev_and_sessions_mean_the_same_database(bench: Bench, root: Path) -> None:
    (root / "a b" / "package" / "boot").write_text(ECHO)
    (root / "a b" / "package" / "boot").chmod(0o755)
    program = bench.program(
        [locations.traced_lambda(), "dev", "--port", "0", "--json", "--database", "./t/../t/x.sqlite", "--bootstrap", "E=boot"],
        environment(root),
        root / "a b" / "package",
    )
    (root / "a b" / "package" / "t").mkdir(exist_ok=True)
    program.wait_for_log('"event":"serving"')

    for folder, path in [("", "a b/package/t/x.sqlite"), ("", "link/t/x.sqlite"), ("a b/package/t", "x.sqlite")]:
        done = run(root, folder, "sessions", "--database", path, "--json")
        assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


def test_deploy_takes_a_zip_of_any_path(root: Path, named: Named) -> None:
    folder, path = named("")
    (root / folder / path).write_bytes(packages.archive())
    (root / "bin" / "aws").write_text("#!/bin/sh\n")
    (root / "bin" / "aws").chmod(0o755)

    done = run(root, folder, "deploy", "Answer", "--role", "arn:r", "--dry-run", "--zip", path)

    assert done.returncode == 0, done.stderr
    words = shlex.split(done.stdout.replace(";", "\n"))
    zips = [word.removeprefix("fileb://") for word in words if word.startswith("fileb://")]
    assert zips and all(zip.startswith("/") and os.path.samefile(zip, root / folder / path) for zip in zips)


@pytest.mark.parametrize("form", FORMS)
def test_deploy_and_package_take_a_package_of_any_path(root: Path, form: str) -> None:
    folder, path = FORMS[form]
    package = root / "a b" / "package"
    words = ["--package-path", path(package)]

    deployed = run(root, folder, "deploy", "Answer", "--role", "arn:r", *words)

    assert deployed.returncode == 64
    missing = re.search(r"there is no '(.*)/\.build/lambda/Answer/Answer\.zip'", deployed.stderr)
    assert missing is not None and os.path.samefile(missing[1], package) and missing[1].startswith("/")


@pytest.mark.parametrize("form", FORMS)
def test_new_depends_on_a_checkout_of_any_path(root: Path, form: str) -> None:
    folder, path = FORMS[form]
    package = root / "a b" / "package"

    made = run(root, folder, "new", "fresh", "--local", path(package))

    assert made.returncode == 0, made.stderr
    manifest = (root / folder / "fresh" / "Package.swift").read_text()
    assert f'.package(path: "{package}")' in manifest and 'package: "package")' in manifest


#: What is typed, and the path in the error, below the current folder.
MISSING = {
    "dev --package-path": (["dev", "--package-path", "no/such"], "no/such"),
    "dev --bootstrap": (["dev", "--bootstrap", "E=no/such"], "no/such"),
    "run": (["run", "--", "./no/such"], "no/such"),
    "run --event-file": (["run", "--event-file", "no/such", "--", "/bin/true"], "no/such"),
    "run --event": (["run", "--event", "@no/such", "--", "/bin/true"], "no/such"),
    "invoke --data": (["invoke", "E", "--data", "@no/such"], "no/such"),
    "deploy --zip": (["deploy", "E", "--role", "arn:r", "--zip", "no/such", "--dry-run"], "no/such"),
    "deploy": (["deploy", "E", "--role", "arn:r", "--dry-run"], ".build/lambda/E/E.zip"),
    "package --package-path": (["package", "E", "--package-path", "no/such"], "no/such"),
    "new --local": (["new", "e", "--local", "no/such"], "no/such"),
}


@pytest.mark.parametrize("words", MISSING)
def test_what_is_not_there_is_an_error_at_once_with_its_full_path(root: Path, words: str) -> None:
    arguments, path = MISSING[words]

    done = run(root, "a b/package", *arguments)

    assert done.returncode == 64
    assert str(root / "a b" / "package" / path) in done.stderr
    assert "build.sh" not in done.stderr


@pytest.mark.parametrize("command", [["sessions"], ["show", "--last"]])
def test_a_database_that_is_not_there_is_named_with_its_full_path(root: Path, command: list[str]) -> None:
    done = run(root, "a b", *command, "--database", "no/such")

    assert done.returncode == 1 and str(root / "a b" / "no" / "such") in done.stderr


#: Bootstraps that cannot be started, and what is said of them.
UNUSABLE = {"folder": "is a folder", "plain": "is not executable", "broken link": "there is no"}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_a_bootstrap_that_cannot_be_started_is_an_error_at_once(root: Path, kind: str) -> None:
    (root / "folder").mkdir()
    (root / "plain").write_text("#!/bin/sh\n")
    (root / "broken link").symlink_to(root / "nowhere")

    for command in (["dev", "--bootstrap", f"E={kind}"], ["run", "--", f"./{kind}"]):
        done = run(root, "", *command)
        assert done.returncode == 64
        assert f"'{root / kind}'" in done.stderr and UNUSABLE[kind] in done.stderr


def test_a_path_may_begin_with_a_tilde_that_the_shell_left(root: Path) -> None:
    (root / "~").mkdir()
    (root / "~" / "Package.swift").write_text("")

    done = run(root, "", "deploy", "E", "--role", "arn:r", "--package-path", "~")

    assert f"{root}/~/.build/lambda/E/E.zip" in done.stderr


# Case 9: standard input


@pytest.mark.parametrize("value", ["@-", "-"])
def test_case_9_data_is_read_from_standard_input(root: Path, value: str) -> None:
    done = run(root, "", "invoke", "E", "--dry-run", "--data", value, text='{"question": "why?"}')

    assert json.loads(done.stdout) == {"question": "why?"}, done.stderr


@pytest.mark.parametrize("words", [["--event-file", "-"], ["--event", "@-"], ["--event", "-"]])
def test_case_9_an_event_is_read_from_standard_input(root: Path, words: list[str]) -> None:
    (root / "echo").write_text(ECHO)
    (root / "echo").chmod(0o755)

    done = run(root, "", "run", "--json", *words, "--", "./echo", text='{"question": "why?"}')

    assert json.loads(done.stdout)["response"] == {"question": "why?"}, done.stderr


def test_case_9_a_zip_is_read_from_standard_input(root: Path) -> None:
    """An `aws` that keeps the zip it is given shows what would be uploaded."""
    (root / "bin" / "aws").write_text(
        f"""#!/bin/sh
        for word; do case $word in fileb://*) cat "${{word#fileb://}}" >"{root}/uploaded" ;; esac; done
        echo '{{"FunctionArn": "arn"}}'
        """
    )
    (root / "bin" / "aws").chmod(0o755)

    archive = packages.archive()
    done = run(root, "", "deploy", "E", "--role", "arn:r", "--zip", "-", text=os.fsdecode(archive))

    assert (done.returncode, done.stdout) == (0, "arn\n"), done.stderr
    assert (root / "uploaded").read_bytes() == archive
    assert "empty" in run(root, "", "deploy", "E", "--role", "arn:r", "--zip", "-", text="").stderr


@pytest.mark.parametrize(
    "command", [["dev", "--bootstrap", "E=-"], ["collect", "--database", "-"], ["sessions", "--database", "-"]]
)
def test_case_9_what_standard_input_cannot_be_is_told(root: Path, command: list[str]) -> None:
    done = run(root, "", *command, text="")

    assert done.returncode == 64 and "standard input" in done.stderr


@pytest.mark.parametrize("words", [["invoke", "E", "--data", "@-"], ["invoke", "E", "--data", "@"]])
def test_case_9_no_input_is_told(root: Path, words: list[str]) -> None:
    done = run(root, "", *words, text="")

    assert done.returncode == 64 and "--data" in done.stderr
