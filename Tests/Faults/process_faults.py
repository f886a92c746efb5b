"""Faults of the function's and the collector's processes."""

from __future__ import annotations

from collections.abc import Callable

from support.collector_tap import Answer
from support.rotel import Rotel
from support.waiting import let_time_pass

from .fault import Round, misbehaves
from .fault_proxy import FaultProxy
from .network_faults import refused
from .sandbox import Event, Settings, random_event
from .site import Site

_TIMEOUT_SECONDS = 0.6
_ADDRESS_SPACE_KIB = 300_000
#: For the stacks of a worker's threads, and its part of the C library's heap.
_WORKER_ADDRESS_SPACE_KIB = 150_000

DEATHS = {"trap": "trap", "segmentation fault": "segmentationFault", "abort": "abort"}


# The collector.


def own_collector(site: Site) -> Settings:
    site.rotel = Rotel(site.directory / "rotel", logs_spans=False)
    site.proxy.upstream = site.rotel.address
    return Settings()


def collector_restart(site: Site) -> None:
    site.recover()
    site.invoke_several(1, 10)
    assert site.rotel is not None
    site.rotel.stop()
    site.invoke_several(1, 10)
    site.rotel = Rotel(site.directory / "rotel", site.rotel.address, logs_spans=False)


# Freeze and thaw.


def frozen(meanwhile: Callable[[FaultProxy], None], seconds: float = 0) -> Round:
    """Between two invocations all threads of the function are stopped, and the peer loses its connections."""

    def round(site: Site) -> None:
        site.heal()
        site.invoke_several(1, 5)
        site.sandbox.wait_until_idle()
        site.sandbox.program.freeze()
        meanwhile(site.proxy)
        let_time_pass(seconds)
        site.sandbox.program.thaw()
        site.invoke_several(1, 5)

    return round


# The end of the function's process. Its spans are checked after the next start.


def killed(site: Site) -> None:
    site.invoke_several(1, 4)
    kill(site)


def killed_in_an_outage(site: Site) -> None:
    site.invoke_several(1, 4)
    with refused(site):
        site.invoke_several(1, 4)
        kill(site)


def ended_in_an_outage(site: Site) -> None:
    """Lambda's shutdown: SIGTERM between two invocations, which a function receives only if it requested that."""
    site.invoke_several(1, 4)
    with refused(site):
        site.invoke_several(1, 4)
        site.sandbox.wait_until_idle()
        site.sandbox.end()
    site.start()


def hears_of_shutdown(_: Site) -> Settings:
    return Settings({"TRACED_LAMBDA_SIGTERM": "true"})


def ended_after_an_outage(site: Site) -> None:
    """The collector is available again when Lambda reports the shutdown of the sandbox."""
    site.recover()
    with refused(site):
        site.invoke_several(1, 6)
        site.sandbox.wait_until_idle()
    site.sandbox.end()
    site.start()


def killed_again_and_again(site: Site) -> None:
    """Processes end while they read what the last one left, and while the collector takes nothing."""
    with misbehaves(lambda _: Answer(429))(site):
        for _ in range(site.rng.randint(1, 8)):
            kill(site)
    if site.rng.random() < 0.3:
        site.recover()


def die(site: Site, ending: str) -> None:
    """One worker's handler ends the process while others handle invocations."""
    others = site.random_events(site.worker_count - 1) if site.worker_count > 1 else []
    site.account.invocations += 1 + len(others)
    site.sandbox.invoke_and_die(Event(random_event(site.rng).steps, ending=ending), *others)
    site.start()


def kill(site: Site) -> None:
    events = [
        Event(event.steps, sleep_milliseconds=site.rng.randint(0, 10))
        for event in site.random_events(site.worker_count)
    ]
    site.account.invocations += len(events)
    site.sandbox.invoke_and_kill(*events, after_seconds=site.rng.uniform(0, 0.02))
    site.start()


def dies(ending: str) -> Round:
    def round(site: Site) -> None:
        site.invoke_several(1, 4)
        die(site, ending)

    return round


def little_memory(site: Site) -> Settings:
    kib = _ADDRESS_SPACE_KIB + (site.worker_count - 1) * _WORKER_ADDRESS_SPACE_KIB
    return Settings(preparation=(f"ulimit -v {kib}",))


def short_timeout(_: Site) -> Settings:
    return Settings(timeout_seconds=_TIMEOUT_SECONDS)


def times_out(ending: str) -> Round:
    """Lambda kills a process whose invocation is still running at its deadline."""

    def round(site: Site) -> None:
        site.invoke_several(1, 4)
        site.account.invocations += 1
        event = Event(random_event(site.rng).steps, ending=ending)
        site.sandbox.invoke_and_kill(event, after_seconds=_TIMEOUT_SECONDS)
        site.start()

    return round
