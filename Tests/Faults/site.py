"""The site of one fault: the function in its sandbox, the proxy, and the account of both."""

from __future__ import annotations

import random
import ssl
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from support.loopback import Address
from support.rotel import Rotel

from .dns_server import DNSServer
from .fault_proxy import FaultProxy
from .ledger import Ledger
from .machine_pauses import MachinePauses
from .sandbox import Event, Outcome, Sandbox, Settings, random_event

#: The allowance beyond the flush budget for a loaded machine, the proxy and the collector.
LATENESS_SLACK_SECONDS = 0.25
#: The most memory that a process may take beyond that of its first idle moment.
MEMORY_LIMIT_KIB = 64 * 1_024
#: A response that is sent this long before the end of the flush budget, or a quarter of the budget, surely arrives.
_LEAST_ANSWER_SLACK_SECONDS = 0.1
#: The time in normal operation without arrivals after which spans whose loss was announced count as lost.
_GAP_SETTLING_SECONDS = 3
#: The maximum share of spans that killed invocations had begun, but not recorded, among the dropped ones: among the
#: delivered ones of the rows with most kills, it is below one in a hundred.
_UNRECORDED_SHARE = 0.02
_LEAST_UNRECORDED_DROPS = 3
#: The rounds until each worker has had an invocation; the handlers' time doubles from one to the next.
_OVERLAP_ATTEMPTS = 5
#: The handler's time in an invocation that each worker should have one of, for each worker.
_OVERLAP_MILLISECONDS = 8


@dataclass
class Account:
    """The account of one fault, balanced or not."""

    fault: str
    workers: int = 1
    invocations: int = 0
    kills: int = 0
    made: int = 0
    collected: int = 0
    dropped: int = 0
    #: Spans of which the log said, before the process was killed, that its end would lose them.
    announced: int = 0
    #: Delivered spans of which the function received no answer, so that it may have dropped them later.
    unanswered: int = 0
    #: Spans that were created, but are neither at the collector nor logged as dropped. Negative: logged as dropped, but
    #: delivered, or recorded by no handler.
    gap: int = 0
    #: Spans at the collector that no handler recorded: those that killed invocations had begun, but not recorded yet.
    undeclared: int = 0
    forbidden_duplicates: int = 0
    allowed_duplicates: int = 0
    late: int = 0
    #: Incomplete flushes according to the function's log, which show that the fault had an effect; of those that defer
    #: for the same reason, one of a process.
    incomplete_flushes: int = 0
    budget_milliseconds: int = 0
    worst_overhead_milliseconds: int = 0
    #: The longest time in one call of the function for which the machine did not run it or this suite; deducted from
    #: the overhead.
    longest_pause_milliseconds: int = 0
    #: The longest time from the end of a fault to the first span that arrives, in seconds; None without one.
    recovery_seconds: float | None = None
    #: The limit of that time; None if the length of the outage decides it.
    recovery_limit_seconds: float | None = None
    #: The most memory of a process beyond that of its first idle moment.
    grown_kib: int = 0
    seconds: float = 0
    complaints: list[str] = field(default_factory=list)

    @property
    def objections(self) -> list[str]:
        """The discrepancies of the account; empty when it is balanced."""
        late_recovery = self.recovery_limit_seconds is not None and (
            self.recovery_seconds is None or self.recovery_seconds > self.recovery_limit_seconds
        )
        # A handler records one span before it begins the next, so each killed invocation has at most one unrecorded
        # span. It is delivered or dropped like the others.
        unrecorded_limit = self.kills * self.workers
        excess_drops = -self.gap - self.unanswered
        excess_limit = min(unrecorded_limit, _LEAST_UNRECORDED_DROPS + int(self.dropped * _UNRECORDED_SHARE))
        found = [
            (
                self.gap > self.announced,
                f"{self.gap} spans are neither at the collector nor logged as dropped; the log announced {self.announced}",
            ),
            (
                excess_drops > excess_limit,
                f"{-self.gap} more spans are logged as dropped than the collector lacks",
            ),
            (self.undeclared > unrecorded_limit, f"{self.undeclared} spans that no handler made"),
            (self.forbidden_duplicates > 0, f"{self.forbidden_duplicates} spans came again after an answer"),
            (self.late > 0, f"{self.late} responses were late, the latest after {self.worst_overhead_milliseconds} ms"),
            (late_recovery, f"the first span after a fault arrived after {self.recovery_seconds} s"),
            (self.grown_kib > MEMORY_LIMIT_KIB, f"memory grew by {self.grown_kib} KiB"),
            (self.invocations == 0, "no invocation"),
        ]
        return [text for holds, text in found if holds] + self.complaints

    @property
    def json(self) -> dict[str, Any]:
        return {**asdict(self), "closes": not self.objections, "objections": self.objections}


class Site:
    def __init__(
        self,
        fault: str,
        directory: Path,
        collector: Address,
        budget_ms: int,
        rng: random.Random,
        worker_count: int = 1,
    ) -> None:
        self.directory = directory
        directory.mkdir(parents=True)
        self.rng = rng
        self.ledger = Ledger()
        self.proxy = FaultProxy(collector, self.ledger)
        self.proxy.patience_seconds = budget_ms / 1_000 - max(0.25 * budget_ms / 1_000, _LEAST_ANSWER_SLACK_SECONDS)
        self.worker_count = worker_count
        self.account = Account(fault, worker_count, budget_milliseconds=budget_ms)
        self._pauses = MachinePauses()
        self._healed_at: float | None = None
        self.settling_seconds = 75.0
        self.answers_first = False
        self._sandbox: Sandbox | None = None
        # Additional servers of some faults.
        self.servers: dict[str, ssl.SSLContext] = {}
        self.name_server: DNSServer | None = None
        self.rotel: Rotel | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._sandbox is not None:
            self._sandbox.close()
        self._pauses.stop()
        self.proxy.stop()
        for beside in (self.name_server, self.rotel):
            if beside is not None:
                beside.stop()

    def open_sandbox(self, settings: Settings) -> None:
        environment = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.proxy.address.url,
            "TRACED_LAMBDA_FLUSH_BUDGET_MS": str(self.account.budget_milliseconds),
            "TRACED_LAMBDA_FLUSH": "after-response" if self.answers_first else "before-response",
            **settings.environment,
        }
        settings = replace(settings, environment=environment)
        self._sandbox = Sandbox(self.directory / "sandbox", settings, self.ledger, self.worker_count)

    @property
    def sandbox(self) -> Sandbox:
        assert self._sandbox is not None, "the sandbox is not open yet"
        return self._sandbox

    def change_worker_count(self, worker_count: int) -> None:
        """Sets the number of workers of the next process."""
        self.sandbox.worker_count = worker_count

    def start(self) -> None:
        """Starts a process after the end of the last one."""
        self.worker_count = self.sandbox.worker_count
        self.sandbox.start()

    def invoke(self, *events: Event) -> list[Outcome]:
        """Sends invocations at once that should be answered in time, at most one for each worker."""
        chosen = events or (random_event(self.rng),)
        self.account.invocations += len(chosen)
        self._pauses.begin()
        delays = self.sandbox.run_delays()
        outcomes = self.sandbox.invoke(*chosen)
        paused_seconds = self._pauses.seconds + self.sandbox.longest_run_delay_since(delays)
        self.account.longest_pause_milliseconds = max(
            self.account.longest_pause_milliseconds, round(paused_seconds * 1_000)
        )
        for outcome in outcomes:
            if outcome.overhead_seconds is not None:
                self._judge(outcome.overhead_seconds - paused_seconds)
        self.account.grown_kib = max(self.account.grown_kib, self.sandbox.grown_kib)
        if any(outcome.has_ended for outcome in outcomes):
            self.account.complaints.append(f"the process ended:\n{self.sandbox.program.log[-1_000:]}")
            self.sandbox.note_death()
            self.start()
        return outcomes

    def invoke_several(self, least: int, most: int) -> None:
        """Sends a random number of invocations, as many at once as a random number of workers takes."""
        count = self.rng.randint(least, most)
        while count > 0:
            burst = self.random_events(count)
            self.invoke(*burst)
            count -= len(burst)

    def random_events(self, most: int) -> list[Event]:
        """Events for a random number of workers, at least one."""
        return [random_event(self.rng) for _ in range(self.rng.randint(1, max(1, min(most, self.worker_count))))]

    def invoke_all_workers(self, *, text_bytes: int = 0, steps: int = 1) -> None:
        """Sends an invocation to each worker.

        On a busy machine, a worker may take a second one before another takes its first; then all are sent again.
        """
        overlap = _OVERLAP_MILLISECONDS * self.worker_count if self.worker_count > 1 else 0
        for _ in range(_OVERLAP_ATTEMPTS):
            outcomes = self.invoke(*[Event(steps, text_bytes, sleep_milliseconds=overlap)] * self.worker_count)
            if len({outcome.connection for outcome in outcomes}) == self.worker_count:
                return
            overlap *= 2

    def _judge(self, overhead_seconds: float) -> None:
        worst = max(self.account.worst_overhead_milliseconds, round(overhead_seconds * 1_000))
        self.account.worst_overhead_milliseconds = worst
        budget_seconds = 0 if self.answers_first else self.account.budget_milliseconds / 1_000
        if overhead_seconds > budget_seconds + LATENESS_SLACK_SECONDS:
            self.account.late += 1

    def heal(self) -> None:
        """Lets the collector work again."""
        self.proxy.heal()
        self._note_recovery()

    def listen_again(self) -> None:
        """Lets the collector accept connections again."""
        self.proxy.listen_again()
        self._note_recovery()

    def _note_recovery(self) -> None:
        self._healed_at = time.monotonic()
        self.ledger.mark_recovery()

    def settle(self) -> None:
        """Recovers, stops everything and completes the account."""
        self.recover()
        self.sandbox.end()
        self.proxy.stop()
        self._draw_the_line()

    def recover(self) -> None:
        """Invokes in normal operation until all spans have arrived, or no more do."""
        open_before, progress_at = self._missing_count(), time.monotonic()
        while time.monotonic() - progress_at < self.settling_seconds:
            # Each worker has a buffer of its own, which its own invocation flushes.
            self.invoke_all_workers()
            self.sandbox.wait_until_idle()
            self._measure_recovery()
            still_open = self._missing_count()
            if still_open <= 0:
                break
            if still_open < open_before:
                open_before, progress_at = still_open, time.monotonic()
            if still_open <= self._announced_count() and time.monotonic() - progress_at > _GAP_SETTLING_SECONDS:
                break
            time.sleep(0.1)

    def _measure_recovery(self) -> None:
        arrived_at = self.ledger.first_delivery_since_recovery
        if self._healed_at is None or arrived_at is None:
            return
        seconds = round(arrived_at - self._healed_at, 1)
        self.account.recovery_seconds = max(self.account.recovery_seconds or 0, seconds)
        self._healed_at = None

    def _announced_count(self) -> int:
        """Spans whose loss was announced before a process was killed."""
        return self.sandbox.announced_gap_count() if self.sandbox.kill_count > 0 else 0

    def _missing_count(self) -> int:
        missing = set(self.sandbox.made()) - self.ledger.delivered
        return len(missing) - self.sandbox.logged_drop_count()

    def _draw_the_line(self) -> None:
        account, made, delivered = self.account, self.sandbox.made(), self.ledger.delivered
        if len(set(made)) != len(made):
            account.complaints.append("a span id was given twice")
        account.kills = self.sandbox.kill_count
        account.made = len(made)
        account.collected = len(delivered & set(made))
        account.unanswered = self.ledger.unanswered_count
        account.undeclared = len(delivered - set(made))
        account.dropped = self.sandbox.logged_drop_count()
        account.announced = self._announced_count()
        account.incomplete_flushes = self.sandbox.incomplete_flush_count()
        account.gap = account.made - account.collected - account.dropped
        account.forbidden_duplicates, account.allowed_duplicates = self.ledger.duplicates
        account.complaints += self.sandbox.complaints + self.proxy.failures
