"""What a fault is, and how it is tried."""

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

#: Something that is wrong for a while.
Strike = Callable[[Site], AbstractContextManager[None]]
#: Invocations in good health and in bad; called again and again.
Round = Callable[[Site], None]


@dataclass(frozen=True)
class Fault:
    name: str
    round: Round
    budget_milliseconds: int
    #: Prepares the place and says how the function is to be run.
    prepare: Callable[[Site], Settings] = lambda _: Settings()
    #: Mostly waits, so that others may be tried at the same time.
    waits: bool = False
    #: How long, in good health, nothing more may arrive before what is missing counts as lost. The function asks a
    #: collector that was silent again after a minute at the most.
    settling_seconds: float = 75
    #: The function answers first, and then delivers.
    answers_first: bool = False
    #: Takes too long for the short form.
    is_slow: bool = False


@dataclass(frozen=True)
class Extent:
    """When a fault has been tried enough: at the first of the two."""

    invocations: int
    seconds: float


QUICK = Extent(invocations=200, seconds=4)
FULL = Extent(invocations=3_000, seconds=75)


def try_fault(fault: Fault, extent: Extent, seed: str, directory: Path, collector: Address) -> Account:
    """Tries one fault, and closes its account."""
    started = time.monotonic()
    # A string seeds the same in every process, unlike its hash.
    rng = random.Random(f"{seed}/{fault.name}")
    with Site(fault.name, directory, collector, fault.budget_milliseconds, rng) as site:
        site.settling_seconds = fault.settling_seconds
        site.answers_first = fault.answers_first
        try:
            site.open_sandbox(fault.prepare(site))
            site.invoke()
            end = time.monotonic() + extent.seconds
            while site.account.invocations < extent.invocations and time.monotonic() < end:
                fault.round(site)
            site.settle()
        except Exception:
            site.account.complaints.append(traceback.format_exc())
        site.account.seconds = round(time.monotonic() - started, 1)
        return site.account


def bursts(strike: Strike, least: int = 2, most: int = 30) -> Round:
    """Some invocations in good health, then some while the fault lasts."""

    def round(site: Site) -> None:
        # Now and then the next fault comes before the last one is got over.
        if site.rng.random() < 0.7:
            site.recover()
        site.invoke_several(1, 6)
        with strike(site):
            site.invoke_several(least, most)

    return round


def misbehaves(behaviour: Callable[[Site], Behaviour], answers: bool = True) -> Strike:
    """The collector's end treats every request so."""

    @contextmanager
    def strike(site: Site) -> Iterator[None]:
        site.proxy.strike(behaviour(site), answers)
        try:
            yield
        finally:
            site.proxy.heal()

    return strike
