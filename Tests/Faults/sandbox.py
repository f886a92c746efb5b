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
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support import locations
from support.programs import FunctionProgram
from support.scripted_runtime_api import ScriptedRuntimeAPI, deadline_in
from support.waiting import PATIENCE_SECONDS

from .ledger import Ledger
from .temporary_directory import TemporaryDirectory

_SPAN_LOG = "spans.log"


@dataclass(frozen=True)
class Settings:
    """The settings of the function."""

    environment: Mapping[str, str] = field(default_factory=dict)
    #: Lines of a shell script that prepares the process; the working directory is that of the process, below the
    #: sandbox's.
    preparation: tuple[str, ...] = ()
    timeout_seconds: float = 30
    #: The mount options of a file system of its own at `/tmp`, as in `size=64m`; None for a directory of the machine's.
    temporary_file_system: str | None = None


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
    #: The connection of the response, which is the worker's own; None without a response.
    connection: int | None = None


class Sandbox:
    """Starts the function, invokes it, freezes and kills it.

    All of its files are in one directory.

    The function has a `/tmp` of its own there, as in a sandbox, which outlives its process.
    """

    def __init__(self, directory: Path, settings: Settings, ledger: Ledger, worker_count: int = 1) -> None:
        self._directory = directory
        self._settings = settings
        self._ledger = ledger
        self._life_count = 0
        #: The log lines about losses of the processes that have ended.
        self._ended_losses: list[dict[str, Any]] = []
        self._offer_count = 0
        #: The invocations at once that were offered last.
        self._offered: set[str] = set()
        #: The spans of killed invocations of processes whose log had said that the journal stores none.
        self._unjournaled_count = 0
        #: The number of workers; applies to the next process.
        self.worker_count = worker_count
        self._running_worker_count = worker_count
        directory.mkdir(parents=True)
        (directory / _SPAN_LOG).touch()
        self.tmp = TemporaryDirectory(directory / "tmp", settings.temporary_file_system)
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
        self._running_worker_count = self.worker_count
        self._api = ScriptedRuntimeAPI(worker_count=self.worker_count)
        self._offer_count = 0
        self._life_count += 1
        directory = self._directory / f"life-{self._life_count}"
        directory.mkdir()
        environment = {
            "AWS_LAMBDA_RUNTIME_API": str(self._api.address),
            "AWS_LAMBDA_FUNCTION_NAME": "FaultFunction",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "FAULT_SPAN_LOG": f"../{_SPAN_LOG}",
            **self._settings.environment,
        }
        if self.worker_count > 1:
            environment["AWS_LAMBDA_MAX_CONCURRENCY"] = str(self.worker_count)
        self.program = FunctionProgram(self._command(directory), environment, directory)
        self._idle_resident_kib: int | None = None

    def _command(self, directory: Path) -> list[str]:
        # A relative path, because a mount replaces the machine's /tmp, which may contain these files.
        bootstrap = os.path.relpath(locations.bootstrap("FaultFunction"), directory)
        lines = [*self.tmp.preparation, *self._settings.preparation, 'exec "$1"']
        return [*self.tmp.namespace(directory), "sh", "-ec", "\n".join(lines), "sh", bootstrap]

    def end(self) -> None:
        """Ends the process, as at the end of a sandbox."""
        self.program.stop()
        self._retire()

    def close(self) -> None:
        """Ends the process, and removes its `/tmp`."""
        self.end()
        self.tmp.stop()

    def kill(self) -> None:
        """Sends SIGKILL, and excludes the preceding responses from the account."""
        self.program.signal(signal.SIGKILL)
        self.note_death()

    def note_death(self) -> None:
        """Waits for the end of a process that is dead or about to be."""
        self.program.wait()
        if self._api.stopping.is_set():
            return
        self._ledger.excuse_deliveries_since_mark()
        self.kill_count += 1
        if any("unjournaledSpans" in line for line in self._loss_lines_of(self.program.log)):
            lines = (self._directory / _SPAN_LOG).read_text().splitlines()
            self._unjournaled_count += len([line for line in lines if line.split(" ")[0] in self._offered])
        self._retire()

    def _retire(self) -> None:
        if self._api.stopping.is_set():
            return
        self._api.stop()
        self.complaints += self._api.failures + self._api.violations
        self._ended_losses += self._loss_lines_of(self.program.log)

    # Invocations.

    def wait_until_idle(self) -> None:
        """Waits until each worker requests an invocation."""
        try:
            self._api.wait_for_polls(self._offer_count + self._running_worker_count)
        except AssertionError:
            state = "runs" if self.program.is_running else "has ended"
            raise AssertionError(f"the function {state} and asks for no invocation:\n{self.program.log}") from None
        if self._idle_resident_kib is None:
            self._idle_resident_kib = self._memory_kib("VmRSS")

    def invoke(self, *events: Event) -> list[Outcome]:
        """Invokes the function at once with all events, at most one for each worker, and waits for its responses or its
        end.
        """
        self.wait_until_idle()
        started = time.monotonic_ns()
        return [self._outcome(request_id, event, started) for request_id, event in self._offer(*events)]

    def _outcome(self, request_id: str, event: Event, started: int) -> Outcome:
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
        overhead_seconds = post.taken_seconds - post.json["handlerMilliseconds"] / 1_000
        return Outcome(overhead_seconds, connection=post.connection)

    def invoke_and_die(self, event: Event, *others: Event) -> None:
        """Invokes the function with an event that ends the process, while other workers handle other events."""
        self.wait_until_idle()
        self._offer(*others, event)
        self.note_death()

    def invoke_and_kill(self, *events: Event, after_seconds: float) -> None:
        """Kills the process at a time after the start of invocations, whatever it is doing then."""
        self.wait_until_idle()
        self._offer(*events)
        threading.Event().wait(after_seconds)
        self.kill()

    def _offer(self, *events: Event) -> list[tuple[str, Event]]:
        self._ledger.mark()
        self._offer_count += len(events)
        headers = {"Lambda-Runtime-Deadline-Ms": deadline_in(self._settings.timeout_seconds)}
        offered = [(self._api.offer(event.json, headers, request_id=str(uuid.uuid4())), event) for event in events]
        self._offered = {request_id for request_id, _ in offered}
        return offered

    def run_delays(self) -> dict[str, int]:
        """The nanoseconds for which each thread of the process has been ready, but had no processor."""
        delays: dict[str, int] = {}
        with suppress(OSError):
            for thread in Path(f"/proc/{self.program.process_id}/task").iterdir():
                with suppress(OSError):
                    delays[thread.name] = int((thread / "schedstat").read_text().split()[1])
        return delays

    def longest_run_delay_since(self, earlier: dict[str, int]) -> float:
        """The most seconds for which two threads of the process have had to wait for a processor since then: a worker that
        answers, and a thread with a connection of its flush, which it waits for.
        """
        delays = sorted(delay - earlier.get(thread, 0) for thread, delay in self.run_delays().items())
        return sum(delays[-2:]) / 1e9

    @property
    def grown_kib(self) -> int:
        """The most memory that the process has had, beyond that of its first idle moment."""
        if self._idle_resident_kib is None or not self.program.is_running:
            return 0
        return max(0, self._memory_kib("VmHWM") - self._idle_resident_kib)

    def _memory_kib(self, name: str) -> int:
        try:
            text = Path(f"/proc/{self.program.process_id}/status").read_text()
        except OSError:
            return 0
        values = dict(line.split(":", 1) for line in text.splitlines())
        # A process that has just ended has no memory.
        return int(values[name].split()[0]) if name in values else 0

    # Results.

    def made(self) -> list[str]:
        """The ids of the spans that the handlers have begun, as they recorded them."""
        text = (self._directory / _SPAN_LOG).read_text()
        return [line.split(" ")[1] for line in text.splitlines()]

    def logged_drop_count(self) -> int:
        """The number of lost spans according to the function's log."""
        return sum(int(line.get("droppedSpans", 0)) for line in self._loss_lines())

    def deferred_span_count(self) -> int:
        """The number of spans that flushes have left for later ones, according to the function's log.

        Complete only at log level DEBUG: at others, flushes that defer for the same reason are one line of a process.
        """
        return sum(int(line.get("deferredSpans", 0)) for line in self._loss_lines())

    def incomplete_flush_count(self) -> int:
        """The number of incomplete flushes according to the function's log.

        Every flush that loses spans counts. Of those that defer for the same reason, the first one of a process counts.
        """
        return len([line for line in self._loss_lines() if "droppedSpans" in line or "deferredSpans" in line])

    def announced_gap_count(self) -> int:
        """The number of spans without a copy in the journal, according to the log: the end of the process loses them.

        The log of a process says it before the handler runs, so the spans of a killed invocation count, too.
        """
        return sum(int(line.get("unjournaledSpans", 0)) for line in self._loss_lines()) + self._unjournaled_count

    def _loss_lines(self) -> list[dict[str, Any]]:
        return self._ended_losses + ([] if self._api.stopping.is_set() else self._loss_lines_of(self.program.log))

    @staticmethod
    def _loss_lines_of(log: str) -> list[dict[str, Any]]:
        names = ("droppedSpans", "deferredSpans", "unjournaledSpans")
        # A crash writes lines that are not part of the function's log, and can cut the last one of it.
        lines = [line for line in log.splitlines() if line.startswith("{") and any(name in line for name in names)]
        objects = []
        for line in lines:
            with suppress(json.JSONDecodeError):
                objects.append(json.loads(line))
        return objects

    def forget(self) -> None:
        """Discards all records, for a run that only counts."""
        self.wait_until_idle()
        self._api.forget()
        # The pending requests for invocations are discarded, too.
        self._offer_count = -self._running_worker_count
        self._ended_losses.clear()
        self._unjournaled_count = 0
        os.truncate(self._directory / _SPAN_LOG, 0)


def random_event(rng: random.Random, text_bytes: int = 0) -> Event:
    """Creates an event with mostly a few spans, sometimes many."""
    steps = rng.randint(0, 6) if rng.random() < 0.95 else rng.randint(20, 60)
    return Event(steps, text_bytes)
