"""The fault suite; `./build.sh faults --help` describes its options."""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import time
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path

from support import locations
from support.loopback import Address
from support.rotel import Rotel

from . import report
from .catalogue import FAULTS
from .fault import FULL, QUICK, Extent, Fault, try_fault
from .site import Account
from .soak import soak

_RESULTS = locations.ROOT / ".build" / "faults"
#: Faults that mostly wait are tried concurrently; the others would slow each other down.
_WAITING_AT_ONCE = 6
_BUSY_AT_ONCE = 2


def main() -> int:
    arguments = _arguments()
    shutil.rmtree(_RESULTS, ignore_errors=True)
    _RESULTS.mkdir(parents=True)
    print(f"Seed: {arguments.seed}", flush=True)
    collector = Rotel(_RESULTS / "rotel", logs_spans=False)
    try:
        if arguments.soak:
            return soak(arguments.soak, arguments.seed, _RESULTS, collector.address)
        return _try_all(arguments, collector.address)
    finally:
        collector.stop()


def _try_all(arguments: argparse.Namespace, collector: Address) -> int:
    started = time.monotonic()
    chosen = [index for index, fault in enumerate(FAULTS) if _is_chosen(fault, arguments)]
    accounts: dict[int, Account] = {}
    with ProcessPoolExecutor(_WAITING_AT_ONCE) as waiting, ProcessPoolExecutor(_BUSY_AT_ONCE) as busy:
        futures: dict[Future[Account], int] = {}
        for index in chosen:
            pool = waiting if FAULTS[index].waits else busy
            futures[pool.submit(_try, index, arguments.extent, arguments.seed, collector)] = index
        for future in as_completed(futures):
            account = accounts[futures[future]] = future.result()
            print(f"    {report.verdict(account):10} {account.fault} ({account.seconds} s)", flush=True)
            # Written after each fault, so that an interrupted run leaves its results.
            _write([accounts[index] for index in chosen if index in accounts], arguments.seed)
    ordered = [accounts[index] for index in chosen]
    print(report.table(ordered))
    still_open = [account for account in ordered if account.objections]
    for account in still_open:
        print(f"\n{account.fault}: the ledger does not close")
        print("\n".join(f"    {line}" for objection in account.objections for line in objection.splitlines()))
    seconds = round(time.monotonic() - started)
    print(f"\n{len(ordered)} faults, {len(still_open)} ledgers open, {seconds} s; seed {arguments.seed}")
    return 1 if still_open else 0


def _write(accounts: list[Account], seed: str) -> None:
    document = {"seed": seed, "faults": [account.json for account in accounts]}
    (_RESULTS / "ledger.json").write_text(json.dumps(document, indent=2) + "\n")


def _is_chosen(fault: Fault, arguments: argparse.Namespace) -> bool:
    if arguments.only:
        return fault.name in arguments.only
    return not (fault.is_slow and arguments.extent is QUICK)


def _try(index: int, extent: Extent, seed: str, collector: Address) -> Account:
    fault = FAULTS[index]
    return try_fault(fault, extent, seed, _directory(fault.name), collector)


def _directory(name: str) -> Path:
    return _RESULTS / "".join(character if character.isalnum() else "-" for character in name)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./build.sh faults")
    parser.add_argument("--quick", dest="extent", action="store_const", const=QUICK, default=FULL)
    parser.add_argument("--only", action="append", metavar="NAME", choices=[fault.name for fault in FAULTS])
    parser.add_argument("--seed", default=str(random.SystemRandom().randrange(1_000_000)))
    parser.add_argument("--soak", nargs="?", type=int, const=100_000, metavar="INVOCATIONS")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
