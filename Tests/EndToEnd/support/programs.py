"""Programs that a test starts, with their own environment, output in files, and a clean stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from .waiting import PATIENCE_SECONDS, eventually


class Program:
    """A running program. It inherits no environment variables; it gets only the given ones."""

    def __init__(self, command: Sequence[str | Path], environment: Mapping[str, str], directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.output = directory / "stdout.log"
        self.errors = directory / "stderr.log"
        with self.output.open("wb") as output, self.errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [str(word) for word in command],
                env={"PATH": os.defpath, **environment},
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )

    @property
    def process_id(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def wait(self, within: float = PATIENCE_SECONDS) -> int:
        """Waits for the end and returns the exit code; negative is the number of a signal."""
        try:
            return self._process.wait(within)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {within} s:\n{self.log}") from None

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        """Kills the program, as the kernel does when memory runs out."""
        self.signal(signal.SIGKILL)
        self.wait()

    def stop(self) -> None:
        """Stops the program and its remaining processes."""
        if self.is_running:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(2)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(PATIENCE_SECONDS)

    @property
    def log(self) -> str:
        """The entire output, standard output first."""
        return self.output.read_text("utf-8", "replace") + self.errors.read_text("utf-8", "replace")

    def wait_for_log(self, text: str) -> None:
        eventually(lambda: text in self.log, lambda: f"{text!r} in the log:\n{self.log}")


class FunctionProgram(Program):
    """A program whose log contains a function's lines, and possibly others."""

    @property
    def lines(self) -> list[str]:
        """The function's own lines."""
        return [line for line in self.log.split("\n") if line and not self.is_foreign(line)]

    def is_foreign(self, line: str) -> bool:
        """True for a line that another program wrote."""
        return False

    @property
    def json_lines(self) -> list[dict[str, Any]]:
        """The function's lines with `AWS_LAMBDA_LOG_FORMAT=JSON`, parsed."""
        return [json.loads(line) for line in self.lines]

    def freeze(self) -> None:
        """Stops all threads of the process, as Lambda does between invocations."""
        self.signal(signal.SIGSTOP)
        eventually(lambda: self._state() == "T", "the function to be stopped")

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    def _state(self) -> str:
        # The name, in parentheses, may contain spaces.
        return Path(f"/proc/{self.process_id}/stat").read_text().rpartition(")")[2].split()[0]
