"""Counts instructions.

`python -m support.instruction_report ceilings` records ceilings above the present counts. `… profile` prints the counts
of each function. `… bench FLOOR MICRO` prints lines for `./build.sh bench`: name, column and count, separated by tabs;
`… calls PROGRAM URL` those of HTTP calls, beside the program's, to the server at the URL.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from . import callgrind, ceilings
from .instruction_counts import InstructionCounts, unstripped

_KINDS = ("start", "invocation", "span")
_PRODUCT = "BenchmarkFunction"
_CALLS_PRODUCT = "CallFunction"
#: The modes of CallFunction and of Benchmarks/Calls: what is counted, the path, the number of calls or streams, and how
#: many of what is counted each of them has.
_CALLS = {
    "warm": ("HTTP call on a warm connection", "", 200, 1),
    "parallel": ("HTTP calls, 64 at once, each", "", 128, 1),
    "events": ("server-sent event", "/events", 1, 1_000),
}
_PROFILED_FUNCTIONS = 60
#: The components in Benchmarks/Micro, and the number of repetitions that are counted.
_PARTS = {"span": 400, "encode-json": 500, "encode-protobuf": 500, "flatten-40-values": 200, "inject": 500, "extract": 500}


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        match arguments:
            case ["ceilings"]:
                _write_ceilings(directory)
            case ["profile"]:
                _print_profiles(directory)
            case ["bench", floor, micro]:
                _report(Path(floor), Path(micro), directory)
            case ["calls", program, url]:
                _report_calls(Path(program), url, directory)
            case _:
                print(__doc__, file=sys.stderr)
                return 64
    return 0


def _write_ceilings(directory: Path) -> None:
    counts = InstructionCounts(unstripped(_PRODUCT), directory)
    new: dict[str, int] = {}
    for kind in _KINDS:
        profile = getattr(counts, kind)()
        new[kind] = ceilings.above(profile)
        print(f"{kind}: {profile.total:,} instructions; the ceiling is {new[kind]:,}")
    ceilings.save(new)


def _print_profiles(directory: Path) -> None:
    counts = InstructionCounts(unstripped(_PRODUCT), directory)
    for kind in _KINDS:
        profile = getattr(counts, kind)()
        print(f"{kind}: {profile.total:,} instructions")
        for title, functions in (("by itself", profile.functions), ("with what it calls", profile.inclusive)):
            print(f"\n  {title}")
            # Callgrind regards the jump from one part of an asynchronous function to the next as a call that never
            # returns, so inclusive counts contain some work several times.
            possible = [(name, count) for name, count in functions.most_common() if count <= profile.total]
            for name, count in possible[:_PROFILED_FUNCTIONS]:
                print(f"  {count:>11,}  {count / profile.total:6.1%}  {name}")
        print()


def _report(floor: Path, micro: Path, directory: Path) -> None:
    subjects = {
        "floor": InstructionCounts(floor, directory / "floor"),
        "ours": InstructionCounts(unstripped(_PRODUCT), directory / "ours"),
        "untraced": InstructionCounts(unstripped(_PRODUCT), directory / "untraced", {"OTEL_SDK_DISABLED": "true"}),
    }
    jobs: list[tuple[str, str, Callable[[], int]]] = []
    for name, kind in (("start to first /next", "start"), ("warm invocation", "invocation")):
        jobs += [(name, column, partial(_total, counts, kind)) for column, counts in subjects.items()]
    jobs.append(("one span more, delivered", "ours", partial(_total, subjects["ours"], "span")))
    jobs += [(part, "ours", partial(_part, micro, part, count, directory)) for part, count in _PARTS.items()]
    # The counts do not depend on the load, so one run per core is started.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for (name, column, _), count in zip(jobs, pool.map(lambda job: job[2](), jobs), strict=True):
            print(f"{name}\t{column}\t{count}", flush=True)


def _report_calls(program: Path, url: str, directory: Path) -> None:
    counts = InstructionCounts(unstripped(_CALLS_PRODUCT), directory / "ours", product=_CALLS_PRODUCT)
    for mode, (name, path, count, parts) in _CALLS.items():
        print(f"{name}\tours\t{round(counts.call(mode, url + path, count).total / parts)}")
        once, twice = (_program_total(program, mode, url + path, times * count, directory) for times in (1, 2))
        print(f"{name}\tfloor\t{round((twice - once) / (count * parts))}", flush=True)


def _program_total(program: Path, mode: str, url: str, count: int, directory: Path) -> int:
    counts = directory / f"{mode}-{count}.out"
    subprocess.run(callgrind.command(counts, [program, mode, url, str(count)]), check=True, capture_output=True)
    return callgrind.read(counts).total


def _total(counts: InstructionCounts, kind: str) -> int:
    return getattr(counts, kind)().total


def _part(micro: Path, part: str, count: int, directory: Path) -> int:
    once, twice = (_part_total(micro, part, times * count, directory) for times in (1, 2))
    return round((twice - once) / count)


def _part_total(micro: Path, part: str, count: int, directory: Path) -> int:
    counts = directory / f"{part}-{count}.out"
    subprocess.run(callgrind.command(counts, [micro, part, str(count)]), check=True, capture_output=True)
    return callgrind.read(counts).total


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
