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
from .sandbox import Event, Outcome, Sandbox, Settings, random_event

#: The allowance beyond the flush budget for a loaded machine, the proxy and the collector.
LATENESS_SLACK_SECONDS = 0.25


@dataclass
class Account:
    """The account of one fault, balanced or not."""

    fault: str
    invocations: int = 0
    kills: int = 0
    made: int = 0
    collected: int = 0
    dropped: int = 0
    #: Spans that were created, but are neither at the collector nor logged as dropped. Negative: logged as dropped, but
    #: delivered.
    gap: int = 0
    #: Spans at the collector that no handler recorded: at most the root span of an invocation that was killed before
    #: that.
    undeclared: int = 0
    forbidden_duplicates: int = 0
    allowed_duplicates: int = 0
    late: int = 0
    #: Incomplete flushes according to the function's log, which show that the fault had an effect.
    incomplete_flushes: int = 0
    budget_milliseconds: int = 0
    worst_overhead_milliseconds: int = 0
    seconds: float = 0
    complaints: list[str] = field(default_factory=list)

    @property
    def objections(self) -> list[str]:
        """The discrepancies of the account; empty when it is balanced."""
        found = [
            (self.gap > 0, f"{self.gap} spans are neither at the collector nor logged as dropped"),
            (self.gap < 0, f"{-self.gap} spans are logged as dropped that the collector has"),
            (self.undeclared > self.kills, f"{self.undeclared} spans that no handler made"),
            (self.forbidden_duplicates > 0, f"{self.forbidden_duplicates} spans came again after an answer"),
            (self.late > 0, f"{self.late} responses were late, the latest after {self.worst_overhead_milliseconds} ms"),
            (self.invocations == 0, "no invocation"),
        ]
        return [text for holds, text in found if holds] + self.complaints

    @property
    def json(self) -> dict[str, Any]:
        return {**asdict(self), "closes": not self.objections, "objections": self.objections}


class Site:
    def __init__(self, fault: str, directory: Path, collector: Address, budget_ms: int, rng: random.Random) -> None:
        self.directory = directory
        directory.mkdir(parents=True)
        self.rng = rng
        self.ledger = Ledger()
        self.proxy = FaultProxy(collector, self.ledger)
        self.account = Account(fault, budget_milliseconds=budget_ms)
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
            self._sandbox.end()
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
        self._sandbox = Sandbox(self.directory / "sandbox", settings, self.ledger)

    @property
    def sandbox(self) -> Sandbox:
        assert self._sandbox is not None, "the sandbox is not open yet"
        return self._sandbox

    def invoke(self, event: Event | None = None) -> Outcome:
        """Sends one invocation that should be answered in time."""
        self.account.invocations += 1
        outcome = self.sandbox.invoke(event or random_event(self.rng))
        if outcome.has_ended:
            self.account.complaints.append(f"the process ended:\n{self.sandbox.program.log[-1_000:]}")
            self.sandbox.note_death()
            self.sandbox.start()
        elif outcome.overhead_seconds is not None:
            self._judge(outcome.overhead_seconds)
        return outcome

    def invoke_several(self, least: int, most: int) -> None:
        for _ in range(self.rng.randint(least, most)):
            self.invoke()

    def _judge(self, overhead_seconds: float) -> None:
        worst = max(self.account.worst_overhead_milliseconds, round(overhead_seconds * 1_000))
        self.account.worst_overhead_milliseconds = worst
        budget_seconds = 0 if self.answers_first else self.account.budget_milliseconds / 1_000
        if overhead_seconds > budget_seconds + LATENESS_SLACK_SECONDS:
            self.account.late += 1

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
            self.invoke(Event(steps=1))
            self.sandbox.wait_until_idle()
            still_open = self._missing_count()
            if still_open <= 0:
                break
            if still_open < open_before:
                open_before, progress_at = still_open, time.monotonic()
            time.sleep(0.1)

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
        account.undeclared = len(delivered - set(made))
        account.dropped = self.sandbox.logged_drop_count()
        account.incomplete_flushes = self.sandbox.incomplete_flush_count()
        account.gap = account.made - account.collected - account.dropped
        account.forbidden_duplicates, account.allowed_duplicates = self.ledger.duplicates
        account.complaints += self.sandbox.complaints + self.proxy.failures
