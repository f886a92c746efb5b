"""Case 10: however a command of the workbench ends, every process that it started ends with it."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import locations, packages
from support.waiting import eventually

#: The time in which nothing may be left: 500 ms after SIGTERM come SIGKILLs.
END_SECONDS = 20
STATUS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGKILL: -9}

#: Takes the compiler some ten seconds.
SLOW_SOURCE = "\n".join(
    f"func f{n}(_ x: Int) -> [String: [Int]] {{ [\"a\": [x, {n}, x &* {n}], \"b\": (0..<{n}).map {{ $0 &+ x }}] }}"
    for n in range(1500)
)
#: Starts what ignores signals: in its own session without its parent, in its own process group, and in the background; with
#: SESSION also in its own session with its parent.
STUBBORN = """#!{sys.executable}
import os, signal, subprocess, sys, time

def ignore():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)

sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
ignore()
subprocess.run(["sh", "-c", "setsid sleep 601 >/dev/null 2>&1 </dev/null &"])
subprocess.Popen(sleep, process_group=0)
subprocess.Popen(["sh", "-c", "trap '' INT TERM HUP; sleep 600 & sleep 600"])
SESSION
print("started", flush=True)
time.sleep(600)
"""
OWN_SESSION = "subprocess.Popen(sleep, start_new_session=True)"


class Marked:
    """A command whose descendants are found by a variable of their environment."""

    #: The variable; a function gets it only with --pass-env.
    NAME = "TEST_MARK"

    def __init__(self, command: list[str | Path], folder: Path, environment: dict[str, str], terminal: bool = False) -> None:
        value = str(uuid.uuid4())
        self.mark = f"{self.NAME}={value}"
        variables = {"PATH": os.environ["PATH"], "HOME": str(folder), **environment, self.NAME: value}
        self.log_file = folder / "log"
        self.master, slave = pty.openpty() if terminal else (-1, -1)
        with self.log_file.open("wb") as log:
            self.process = subprocess.Popen(
                [str(word) for word in command],
                cwd=folder,
                env=variables,
                stdin=slave if terminal else subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=self._take_terminal if terminal else None,
            )
        if terminal:
            os.close(slave)

    @staticmethod
    def _take_terminal() -> None:
        import fcntl
        import termios

        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    @property
    def log(self) -> str:
        return self.log_file.read_text("utf-8", "replace")

    def alive(self) -> list[str]:
        """The command lines of what runs of it, itself included."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if self.mark.encode() not in (folder / "environ").read_bytes().split(b"\0"):
                    continue
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
        return found

    def wait_for(self, program: str) -> None:
        eventually(
            lambda: any(program in line for line in self.alive()) or self.process.poll() is not None,
            lambda: f"{program}: {self.alive()}\n{self.log}",
            120,
        )
        assert self.process.poll() is None, self.log

    def assert_all_ends(self, status: int | None) -> None:
        assert self.process.wait(END_SECONDS) == status or status is None, self.log
        eventually(lambda: not self.alive(), lambda: f"left: {self.alive()}", END_SECONDS)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if self.mark.encode() in (folder / "environ").read_bytes().split(b"\0"):
                    os.kill(int(folder.name), signal.SIGKILL)
            except OSError:
                continue


@pytest.fixture
def started() -> Iterator[list[Marked]]:
    commands: list[Marked] = []
    yield commands
    for command in commands:
        command.stop()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    package = tmp_path / "slow"
    (package / "Sources" / "Slow").mkdir(parents=True)
    (package / "Sources" / "Slow" / "main.swift").write_text(SLOW_SOURCE)
    (package / "Package.swift").write_text(
        "// swift-tools-version: 6.2\nimport PackageDescription\n"
        'let package = Package(name: "slow", targets: [.executableTarget(name: "Slow")])\n'
    )
    return package


DEV: list[str | Path] = ["dev", "--ephemeral", "--port", "0"]


@pytest.mark.parametrize(
    ("number", "moment"),
    [
        (signal.SIGINT, "swift-package"),
        (signal.SIGINT, "swift-frontend"),
        (signal.SIGTERM, "swift-frontend"),
        (signal.SIGHUP, "swift-build"),
        (signal.SIGKILL, "swift-frontend"),
    ],
)
def test_case_10_no_compiler_is_left_of_a_build(
    started: list[Marked], package: Path, number: signal.Signals, moment: str
) -> None:
    dev = Marked([locations.traced_lambda(), *DEV], package, {})
    started.append(dev)
    dev.wait_for(moment)

    dev.process.send_signal(number)

    dev.assert_all_ends(0 if number != signal.SIGKILL else -9)
    assert "failed" not in dev.log and "error" not in dev.log.lower(), dev.log


@pytest.mark.slow
@pytest.mark.parametrize("milliseconds", range(0, 6_000, 250))
def test_case_10_no_compiler_is_left_at_any_moment(started: list[Marked], package: Path, milliseconds: int) -> None:
    dev = Marked([locations.traced_lambda(), *DEV], package, {})
    started.append(dev)
    time.sleep(milliseconds / 1_000)

    dev.process.send_signal(signal.SIGINT)

    dev.assert_all_ends(None)
    assert "failed" not in dev.log and "error" not in dev.log.lower(), dev.log


@pytest.mark.parametrize("number", STATUS)
def test_case_10_what_ignores_every_signal_ends_with_dev(
    started: list[Marked], package: Path, tmp_path: Path, number: signal.Signals
) -> None:
    swift = program(tmp_path / "bin" / "swift", OWN_SESSION)
    dev = Marked([locations.traced_lambda(), *DEV], package, {"PATH": f"{swift.parent}:{os.environ['PATH']}"})
    started.append(dev)
    dev.wait_for("sleep 600")

    dev.process.send_signal(number)

    dev.assert_all_ends(0 if number != signal.SIGKILL else -9)


@pytest.mark.parametrize("number", STATUS)
def test_case_10_what_ignores_every_signal_ends_with_run(
    started: list[Marked], tmp_path: Path, number: signal.Signals
) -> None:
    function = program(tmp_path / "bootstrap", "")
    run = Marked([locations.traced_lambda(), "run", "--pass-env", Marked.NAME, "--", function], tmp_path, {})
    started.append(run)
    run.wait_for("sleep 600")

    run.process.send_signal(number)

    run.assert_all_ends(STATUS[number])


@pytest.mark.parametrize("number", STATUS)
def test_case_10_what_ignores_every_signal_ends_with_package(
    started: list[Marked], package: Path, tmp_path: Path, number: signal.Signals
) -> None:
    bash = program(tmp_path / "bin" / "bash", OWN_SESSION)
    command: list[str | Path] = [locations.traced_lambda(), "package", "Slow"]
    packaging = Marked(command, package, {"PATH": f"{bash.parent}:{os.environ['PATH']}"})
    started.append(packaging)
    packaging.wait_for("sleep 600")

    packaging.process.send_signal(number)

    packaging.assert_all_ends(STATUS[number])


@pytest.mark.parametrize("number", STATUS)
def test_case_10_what_ignores_every_signal_ends_with_deploy(
    started: list[Marked], tmp_path: Path, number: signal.Signals
) -> None:
    aws = program(tmp_path / "bin" / "aws", "")
    (tmp_path / "e.zip").write_bytes(packages.archive())
    command: list[str | Path] = [locations.traced_lambda(), "deploy", "E", "--role", "arn:r", "--zip", "e.zip"]
    deployment = Marked(command, tmp_path, {"PATH": f"{aws.parent}:{os.environ['PATH']}"})
    started.append(deployment)
    deployment.wait_for("sleep 600")

    deployment.process.send_signal(number)

    deployment.assert_all_ends(None)


@pytest.mark.parametrize("command", ["dev", "package"])
@pytest.mark.parametrize("end", ["control-c", "closed"])
def test_case_10_nothing_is_left_when_the_terminal_says_so(
    started: list[Marked], package: Path, tmp_path: Path, command: str, end: str
) -> None:
    tool = program(tmp_path / "bin" / ("swift" if command == "dev" else "bash"), "")
    words: list[str | Path] = [locations.traced_lambda(), *(DEV if command == "dev" else ["package", "Slow"])]
    typed = Marked(words, package, {"PATH": f"{tool.parent}:{os.environ['PATH']}"}, terminal=True)
    started.append(typed)
    typed.wait_for("sleep 600")

    if end == "control-c":
        os.write(typed.master, b"\x03")
    os.close(typed.master) if end == "closed" else None

    typed.assert_all_ends(None)


def program(path: Path, session: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(STUBBORN.replace("{sys.executable}", sys.executable).replace("SESSION", session))
    path.chmod(0o755)
    return path
