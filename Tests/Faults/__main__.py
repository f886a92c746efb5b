"""The fault suite; `./build.sh faults --help` describes its options."""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import time
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from support import locations
from support.loopback import Address
from support.rotel import Rotel

from . import report
from .catalogue import FAULTS
from .fault import FULL, QUICK, Extent, Fault, try_fault
from .site import Account
from .soak import soak
from .walk import walk

_RESULTS = locations.ROOT / ".build" / "faults"
#: Faults that mostly wait are tried concurrently; the others would slow each other down.
_WAITING_AT_ONCE = 6
_BUSY_AT_ONCE = 2
_WORKER_COUNTS = [1, 4, 16]


def main() -> int:
    arguments = _arguments()
    shutil.rmtree(_RESULTS, ignore_errors=True)
    _RESULTS.mkdir(parents=True)
    print(f"Seed: {arguments.seed}", flush=True)
    collector = Rotel(_RESULTS / "rotel", logs_spans=False)
    try:
        if arguments.soak:
            workers = (arguments.workers or [1])[0]
            return soak(arguments.soak, arguments.seed, _RESULTS, collector.address, workers)
        if arguments.walk:
            return walk(arguments.walk, arguments.seed, _RESULTS, collector.address)
        return _try_all(arguments, collector.address)
    finally:
        collector.stop()


@dataclass(frozen=True)
class Row:
    """A fault that is tried with a number of workers."""

    index: int
    worker_count: int


def _try_all(arguments: argparse.Namespace, collector: Address) -> int:
    started = time.monotonic()
    chosen = _rows(arguments)
    accounts: dict[Row, Account] = {}
    with ProcessPoolExecutor(_WAITING_AT_ONCE) as waiting, ProcessPoolExecutor(_BUSY_AT_ONCE) as busy:
        futures: dict[Future[Account], Row] = {}
        for row in chosen:
            pool = waiting if FAULTS[row.index].waits else busy
            futures[pool.submit(_try, row, arguments.extent, arguments.seed, collector)] = row
        for future in as_completed(futures):
            account = accounts[futures[future]] = future.result()
            name = f"{account.fault}, {account.workers} workers"
            print(f"    {report.verdict(account):10} {name} ({account.seconds} s)", flush=True)
            # Written after each fault, so that an interrupted run leaves its results.
            _write([accounts[row] for row in chosen if row in accounts], arguments.seed)
    ordered = [accounts[row] for row in chosen]
    print(report.table(ordered))
    still_open = [account for account in ordered if account.objections]
    for account in still_open:
        print(f"\n{account.fault}, {account.workers} workers: the ledger does not close")
        print("\n".join(f"    {line}" for objection in account.objections for line in objection.splitlines()))
    seconds = round(time.monotonic() - started)
    print(f"\n{len(ordered)} rows, {len(still_open)} ledgers open, {seconds} s; seed {arguments.seed}")
    return 1 if still_open else 0


def _write(accounts: list[Account], seed: str) -> None:
    document = {"seed": seed, "faults": [account.json for account in accounts]}
    (_RESULTS / "ledger.json").write_text(json.dumps(document, indent=2) + "\n")


def _rows(arguments: argparse.Namespace) -> list[Row]:
    """Each fault with each number of workers; in a quick run with one of these numbers, which the seed chooses."""
    rng = random.Random(f"{arguments.seed}/workers")
    rows: list[Row] = []
    for index, fault in enumerate(FAULTS):
        quick_count = rng.choice(_WORKER_COUNTS)
        if arguments.only:
            if fault.name not in arguments.only:
                continue
        elif fault.is_slow and arguments.extent is QUICK:
            continue
        if arguments.workers:
            counts = arguments.workers
        elif fault.is_slow:
            counts = [1]
        else:
            counts = [quick_count] if arguments.extent is QUICK else _WORKER_COUNTS
        rows += [Row(index, count) for count in counts]
    return rows


def _try(row: Row, extent: Extent, seed: str, collector: Address) -> Account:
    fault = FAULTS[row.index]
    name = _directory_name(f"{fault.name} {row.worker_count}")
    return try_fault(fault, row.worker_count, extent, seed, _RESULTS / name, collector)


def _directory_name(text: str) -> str:
    return "".join(character if character.isalnum() else "-" for character in text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./build.sh faults")
    parser.add_argument("--quick", dest="extent", action="store_const", const=QUICK, default=FULL)
    parser.add_argument("--only", action="append", metavar="NAME", choices=[fault.name for fault in FAULTS])
    parser.add_argument("--seed", default=str(random.SystemRandom().randrange(1_000_000)))
    parser.add_argument("--workers", action="append", type=int, choices=range(1, 65), metavar="N")
    parser.add_argument("--walk", type=int, metavar="STEPS")
    parser.add_argument("--soak", nargs="?", type=int, const=100_000, metavar="INVOCATIONS")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
