"""The definition of a fault, and its execution."""

from __future__ import annotations

import random
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.collector_tap import Behaviour
from support.loopback import Address

from .sandbox import Settings
from .site import Account, Site

#: Applies a fault while its context is active.
Strike = Callable[[Site], AbstractContextManager[None]]
#: One round of normal and faulty invocations; called repeatedly.
Round = Callable[[Site], None]


@dataclass(frozen=True)
class Fault:
    name: str
    round: Round
    budget_milliseconds: int
    #: Prepares the site, and returns the function's settings.
    prepare: Callable[[Site], Settings] = lambda _: Settings()
    #: Mostly waits, so that other faults may be tried concurrently.
    waits: bool = False
    #: The time in normal operation without arrivals after which missing spans count as lost. After an outage the
    #: function probes the collector at intervals of at most a minute.
    settling_seconds: float = 75
    #: The function responds first, and delivers then.
    answers_first: bool = False
    #: Too slow for the quick run, and tried with one worker only.
    is_slow: bool = False
    #: The limit of the time from the end of the fault to the first span that arrives; None if the fault's length
    #: decides it.
    recovery_limit_seconds: float | None = None


@dataclass(frozen=True)
class Extent:
    """The extent of a fault's execution: it ends at the first of the two limits."""

    invocations: int
    seconds: float


QUICK = Extent(invocations=200, seconds=4)
FULL = Extent(invocations=3_000, seconds=25)


def try_fault(
    fault: Fault, worker_count: int, extent: Extent, seed: str, directory: Path, collector: Address
) -> Account:
    """Executes one fault, and closes its account."""
    started = time.monotonic()
    # A string gives the same seed in every process, unlike its hash.
    rng = random.Random(f"{seed}/{fault.name}/{worker_count}")
    with Site(fault.name, directory, collector, fault.budget_milliseconds, rng, worker_count) as site:
        site.account.recovery_limit_seconds = fault.recovery_limit_seconds
        site.settling_seconds = fault.settling_seconds
        site.answers_first = fault.answers_first
        try:
            site.open_sandbox(fault.prepare(site))
            site.invoke()
            site.invoke_all_workers()
            end = time.monotonic() + extent.seconds
            while site.account.invocations < extent.invocations and time.monotonic() < end:
                fault.round(site)
            site.settle()
        except Exception:
            site.account.complaints.append(traceback.format_exc())
        site.account.seconds = round(time.monotonic() - started, 1)
        return site.account


def bursts(strike: Strike, least: int = 2, most: int = 30) -> Round:
    """Some normal invocations, then some during the fault."""

    def round(site: Site) -> None:
        # Sometimes the next fault begins before the recovery from the last one.
        if site.rng.random() < 0.7:
            site.recover()
        site.invoke_several(1, 6)
        with strike(site):
            site.invoke_several(least, most)

    return round


def misbehaves(behaviour: Callable[[Site], Behaviour], answers: bool = True) -> Strike:
    """Applies a behaviour of the collector to every request."""

    @contextmanager
    def strike(site: Site) -> Iterator[None]:
        site.proxy.strike(behaviour(site), answers)
        try:
            yield
        finally:
            site.heal()

    return strike
