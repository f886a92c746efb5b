"""A long normal run, in which memory, descriptors and threads must not grow."""

from __future__ import annotations

import json
import os
import random
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from support.loopback import Address

from .sandbox import Settings, random_event
from .site import Site

#: The invocations of each worker after which all buffers and pools have their final size.
WARM_UP_INVOCATIONS = 1_000
#: The allowed growth of resident memory after the warm-up, which is the variance of the allocator. A leak of 21 bytes
#: per invocation would exceed it within the 100,000.
RESIDENT_TOLERANCE_KIB = 2_048
_SAMPLES = 40
_BUDGET_MS = 1_000


@dataclass(frozen=True)
class Sample:
    invocations: int
    resident_kib: int
    descriptors: int
    threads: int


def soak(invocations: int, seed: str, results: Path, collector: Address, worker_count: int) -> int:
    """Returns 0 when there was no growth, 1 otherwise."""
    rng = random.Random(f"{seed}/soak")
    samples: list[Sample] = []
    collected = made = 0
    started = time.monotonic()
    with Site("soak", results / "soak", collector, _BUDGET_MS, rng, worker_count) as site:
        site.open_sandbox(Settings())
        warm_up = WARM_UP_INVOCATIONS * worker_count
        step = max(1, (invocations - warm_up) // _SAMPLES)
        next_sample, number = warm_up, 0
        while number < invocations:
            site.invoke(*(random_event(rng) for _ in range(worker_count)))
            number += worker_count
            if number >= next_sample:
                next_sample += step
                site.sandbox.wait_until_idle()
                samples.append(_sample(site, number))
                print("    {invocations:7} invocations: {resident_kib} KiB resident, {descriptors} descriptors, "
                      "{threads} threads".format(**asdict(samples[-1])), flush=True)  # fmt: skip
                made += len(site.sandbox.made())
                collected += len(site.ledger.delivered)
                site.sandbox.forget()
                site.ledger.forget()
        site.settle()
        made += site.account.made
        collected += site.account.collected
        objections = [*site.account.objections, *_objections(samples)]
        if made != collected:
            objections.append(f"{made} spans made, {collected} collected")
    seconds = time.monotonic() - started
    summary = {"seed": seed, "made": made, "collected": collected, "samples": [asdict(sample) for sample in samples]}
    (results / "soak.json").write_text(json.dumps({**summary, "objections": objections}, indent=2) + "\n")
    print(f"{invocations} invocations, {made} spans made, {collected} collected, {seconds:.0f} s")
    print("\n".join(objections) or "flat: resident memory, descriptors and threads")
    return 1 if objections else 0


def _sample(site: Site, number: int) -> Sample:
    process = Path("/proc") / str(site.sandbox.program.process_id)
    status = dict(line.split(":\t", 1) for line in (process / "status").read_text().splitlines())
    return Sample(
        number,
        resident_kib=int(status["VmRSS"].split()[0]),
        descriptors=len(list((process / "fd").iterdir())),
        threads=int(status["Threads"]),
    )


def _objections(samples: list[Sample]) -> list[str]:
    if not samples:
        return [f"nothing was measured: more than {WARM_UP_INVOCATIONS} invocations of each worker are needed"]
    first = samples[0]
    grown = max(sample.resident_kib for sample in samples) - first.resident_kib
    found = []
    if grown > RESIDENT_TOLERANCE_KIB:
        found.append(f"resident memory grew by {grown} KiB; {RESIDENT_TOLERANCE_KIB} are tolerated")
    descriptors = {sample.descriptors for sample in samples}
    if len(descriptors) > 1:
        found.append(f"descriptors did not stay the same: {sorted(descriptors)}")
    # The threads of Swift's pool, one for each processor, start when they are needed first.
    threads = max(sample.threads for sample in samples) - first.threads
    if threads > (os.cpu_count() or 1):
        found.append(f"{threads} threads more than after the warm-up")
    return found
