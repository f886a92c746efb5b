"""Lambda's part: one sandbox, in which consecutive processes of the function handle invocations."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support import locations
from support.programs import FunctionProgram
from support.scripted_runtime_api import ScriptedRuntimeAPI, deadline_in
from support.waiting import PATIENCE_SECONDS

from .ledger import Ledger

_SPAN_LOG = "spans.log"


@dataclass(frozen=True)
class Settings:
    """The settings of the function."""

    environment: Mapping[str, str] = field(default_factory=dict)
    #: Lines of a shell script that prepares the process; the working directory is that of the process, below the
    #: sandbox's.
    preparation: tuple[str, ...] = ()
    timeout_seconds: float = 30


@dataclass(frozen=True)
class Event:
    """The command of an invocation."""

    steps: int
    text_bytes: int = 0
    sleep_milliseconds: int = 0
    ending: str = "answer"

    @property
    def json(self) -> dict[str, Any]:
        return {
            "steps": self.steps,
            "textBytes": self.text_bytes,
            "sleepMilliseconds": self.sleep_milliseconds,
            "ending": self.ending,
        }


@dataclass(frozen=True)
class Outcome:
    """The result of an invocation."""

    #: The time from the invocation's start to the response, minus the handler's own time.
    overhead_seconds: float | None = None
    #: True when the process ended instead of responding.
    has_ended: bool = False


class Sandbox:
    """Starts the function, invokes it, freezes and kills it.

    All of its files are in one directory.

    The function has a `/tmp` of its own there, as in a sandbox, which outlives its process.
    """

    def __init__(self, directory: Path, settings: Settings, ledger: Ledger) -> None:
        self._directory = directory
        self._settings = settings
        self._ledger = ledger
        self._programs: list[FunctionProgram] = []
        self._offer_count = 0
        (directory / "tmp").mkdir(parents=True)
        (directory / _SPAN_LOG).touch()
        #: Invocations without a response although the process was not killed.
        self.unanswered: list[str] = []
        #: The function's violations of the Runtime API's protocol, and failures of the suite.
        self.complaints: list[str] = []
        self.kill_count = 0
        self.start()

    # Process.

    def start(self) -> None:
        """Starts a process with a Runtime API of its own, because the previous one may still wait for a dead process.
        """
        self._api = ScriptedRuntimeAPI()
        self._offer_count = 0
        directory = self._directory / f"life-{len(self._programs) + 1}"
        directory.mkdir()
        environment = {
            "AWS_LAMBDA_RUNTIME_API": str(self._api.address),
            "AWS_LAMBDA_FUNCTION_NAME": "FaultFunction",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            # A flush that has the same problem as one before it is a line of this level.
            "AWS_LAMBDA_LOG_LEVEL": "DEBUG",
            "FAULT_SPAN_LOG": f"../{_SPAN_LOG}",
            **self._settings.environment,
        }
        self.program = FunctionProgram(self._command(directory), environment, directory)
        self._programs.append(self.program)

    def _command(self, directory: Path) -> list[str]:
        # A relative path, because a mount replaces the machine's /tmp, which may contain these files.
        bootstrap = os.path.relpath(locations.bootstrap("FaultFunction"), directory)
        namespace = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--user", "--map-root-user"]
        lines = ["mount --bind ../tmp /tmp", *self._settings.preparation, 'exec "$1"']
        return [*namespace, "sh", "-ec", "\n".join(lines), "sh", bootstrap]

    def end(self) -> None:
        """Ends the process, as at the end of a sandbox."""
        self.program.stop()
        self._retire()

    def kill(self) -> None:
        """Sends SIGKILL, and excludes the preceding responses from the account."""
        self.program.signal(signal.SIGKILL)
        self.note_death()

    def note_death(self) -> None:
        """Waits for the end of a process that is dead or about to be."""
        self.program.wait()
        self._ledger.forgive_answers_since_mark()
        self.kill_count += 1
        self._retire()

    def _retire(self) -> None:
        self._api.stop()
        self.complaints += self._api.failures + self._api.violations

    # Invocations.

    def wait_until_idle(self) -> None:
        """Waits until the process requests an invocation."""
        try:
            self._api.wait_for_polls(self._offer_count + 1)
        except AssertionError:
            state = "runs" if self.program.is_running else "has ended"
            raise AssertionError(f"the function {state} and asks for no invocation:\n{self.program.log}") from None

    def invoke(self, event: Event) -> Outcome:
        """Invokes the function, and waits for its response or its end."""
        self.wait_until_idle()
        request_id = self._offer(event)
        started = time.monotonic_ns()
        while True:
            try:
                post = self._api.outcome(request_id, within=1)
                break
            except AssertionError:
                if not self.program.is_running:
                    return Outcome(has_ended=True)
                if time.monotonic_ns() - started > (PATIENCE_SECONDS + event.sleep_milliseconds / 1_000) * 1e9:
                    self.unanswered.append(request_id)
                    self.complaints.append(f"no answer to {request_id} within {PATIENCE_SECONDS} s")
                    self.kill()
                    return Outcome(has_ended=True)
        if post.kind != "response":
            self.complaints.append(f"{post.kind}: {post.request.body[:300]!r}")
            return Outcome()
        taken = (post.received_at - started) / 1e9
        return Outcome(overhead_seconds=taken - post.json["handlerMilliseconds"] / 1_000)

    def invoke_and_die(self, event: Event) -> None:
        """Invokes the function with an event that ends the process."""
        self.wait_until_idle()
        self._offer(event)
        self.note_death()

    def invoke_and_kill(self, event: Event, after_seconds: float) -> None:
        """Kills the process at a time after the start of an invocation, whatever it is doing then."""
        self.wait_until_idle()
        self._offer(event)
        threading.Event().wait(after_seconds)
        self.kill()

    def _offer(self, event: Event) -> str:
        self._ledger.mark()
        self._offer_count += 1
        headers = {"Lambda-Runtime-Deadline-Ms": deadline_in(self._settings.timeout_seconds)}
        return self._api.offer(event.json, headers, request_id=str(uuid.uuid4()))

    # Results.

    def made(self) -> list[str]:
        """The ids of the spans that the handlers have begun, as they recorded them."""
        text = (self._directory / _SPAN_LOG).read_text()
        return [line.split(" ")[1] for line in text.splitlines()]

    def logged_drop_count(self) -> int:
        """The number of lost spans according to the function's log."""
        return sum(int(line.get("droppedSpans", 0)) for line in self._loss_lines())

    def incomplete_flush_count(self) -> int:
        """The number of incomplete flushes according to the function's log."""
        return len(self._loss_lines())

    def _loss_lines(self) -> list[dict[str, Any]]:
        # A crash writes lines that are not part of the function's log.
        lines = [line for program in self._programs for line in program.log.splitlines()]
        objects = [json.loads(line) for line in lines if line.startswith("{")]
        return [line for line in objects if "droppedSpans" in line or "deferredSpans" in line]

    def forget(self) -> None:
        """Discards all records, for a run that only counts."""
        self.wait_until_idle()
        self._api.forget()
        # The pending request for an invocation is discarded, too.
        self._offer_count = -1
        os.truncate(self._directory / _SPAN_LOG, 0)


def random_event(rng: random.Random, text_bytes: int = 0) -> Event:
    """Creates an event with mostly a few spans, sometimes many."""
    steps = rng.randint(0, 6) if rng.random() < 0.95 else rng.randint(20, 60)
    return Event(steps, text_bytes)
