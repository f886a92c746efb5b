"""What a start, a warm invocation and a span cost in instructions, whatever the machine and however busy it is.

`./build.sh ceilings` writes them down; test_instructions.py compares.
"""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import callgrind, locations
from .bench import Bench
from .callgrind import Profile
from .dialect import Dialect
from .scripted_runtime_api import ScriptedRuntimeAPI

EVENT = {"session_id": "3f0e8c7e-0c6b-4a55-9d0e-5d5f7d3d2a10", "input": "Where does my session go?"}
#: Differences are taken between runs of this many invocations and of twice as many, so that what is done once is left out.
_INVOCATIONS = 50
_INVOCATIONS_WITH_SPANS = 20
_FEW_SPANS, _MANY_SPANS = 1, 101
#: Valgrind runs a program some fifty times slower.
_PATIENCE_SECONDS = 120.0
#: A function's crash journals: those of other functions on this machine would count, too. Who is root in a namespace of
#: its own has this one.
_JOURNALS = Path("/tmp/traced-lambda-journal-0")


class InstructionCounts:
    """Counts one program, which a function's package was made of: it has its symbols still."""

    def __init__(self, program: Path, directory: Path, environment: Mapping[str, str] | None = None) -> None:
        self._program = program
        self._directory = directory
        self._environment = dict(environment or {})
        self._numbers = itertools.count()

    def start(self) -> Profile:
        """From the process's start to the first `/next`, which it waits in."""
        return self._profile(0, EVENT)

    def invocation(self) -> Profile:
        """One warm invocation with two nested spans, delivered, up to the next `/next`."""
        once = self._profile(_INVOCATIONS, EVENT)
        twice = self._profile(2 * _INVOCATIONS, EVENT)
        return (twice - once).divided(_INVOCATIONS)

    def span(self) -> Profile:
        """One span more within an invocation, delivered."""
        few = self._profile(_INVOCATIONS_WITH_SPANS, {**EVENT, "spans": _FEW_SPANS})
        many = self._profile(_INVOCATIONS_WITH_SPANS, {**EVENT, "spans": _MANY_SPANS})
        return (many - few).divided(_INVOCATIONS_WITH_SPANS * (_MANY_SPANS - _FEW_SPANS))

    def _profile(self, invocations: int, event: Any) -> Profile:
        directory = self._directory / str(next(self._numbers))
        journals = directory / "journals"
        journals.mkdir(parents=True)
        journals.chmod(0o700)
        counts = directory / "callgrind.out"
        bench = Bench(directory)
        try:
            tap, api = bench.tap(), bench.runtime_api()
            function = bench.function(
                api,
                {
                    **Dialect.HONEYHIVE.environment(tap.address),
                    "LAMBDA_TASK_ROOT": "/var/task",
                    # A hash of another seed finds its keys in another number of steps.
                    "SWIFT_DETERMINISTIC_HASHING": "1",
                    **self._environment,
                },
                product="BenchmarkFunction",
                command=lambda _: _with_own_journals(journals, callgrind.command(counts, [self._program])),
            )
            _invoke(api, invocations, event)
            function.signal(signal.SIGTERM)
            function.wait(_PATIENCE_SECONDS)
        finally:
            bench.close()
        return callgrind.read(counts)


def unstripped(product: str) -> Path:
    """The program that `./build.sh package` strips and packs."""
    program = locations.ROOT / ".build" / "static" / "release" / product
    return program if program.is_file() else locations.missing(str(program), f"./build.sh package {product}")


def _invoke(api: ScriptedRuntimeAPI, count: int, event: Any) -> None:
    api.wait_for_polls(1, within=_PATIENCE_SECONDS)
    for done in range(count):
        api.outcome(api.offer(event), within=_PATIENCE_SECONDS)
        # It waits again, so that none of its work is left to whatever comes next.
        api.wait_for_polls(done + 2, within=_PATIENCE_SECONDS)


def _with_own_journals(journals: Path, command: Sequence[str | Path]) -> list[str | Path]:
    unshare: list[str | Path] = [locations.tool("unshare", "apt-get install util-linux"), "--mount"]
    if os.geteuid() != 0:
        unshare += ["--user", "--map-root-user"]
    script = 'mkdir -p -m 700 "$2" && mount --bind "$1" "$2" && shift 2 && exec "$@"'
    return [*unshare, "sh", "-c", script, "sh", journals, _JOURNALS, *command]
