"""The instruction counts of a start, a warm invocation and a span, which do not depend on the machine's load.

`./build.sh ceilings` records them; test_instructions.py compares them with the record.
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
#: Counts are differences between runs of this many invocations and of twice as many, which excludes one-time work.
_INVOCATIONS = 50
_INVOCATIONS_WITH_SPANS = 20
_FEW_SPANS, _MANY_SPANS = 1, 101
#: Valgrind slows a program down by a factor of about fifty.
_PATIENCE_SECONDS = 120.0
#: The function's crash journals, in a directory without those of other functions, which would affect the count. Root in
#: a user namespace uses this directory.
_JOURNALS = Path("/tmp/traced-lambda-journal-0")


class InstructionCounts:
    """Counts the instructions of a program with symbols, from which a function's package was made."""

    def __init__(
        self,
        program: Path,
        directory: Path,
        environment: Mapping[str, str] | None = None,
        product: str = "BenchmarkFunction",
    ) -> None:
        self._program = program
        self._product = product
        self._directory = directory
        self._environment = dict(environment or {})
        self._numbers = itertools.count()

    def start(self) -> Profile:
        """Counts from the process's start to the first `/next`."""
        return self._profile(0, EVENT)

    def invocation(self) -> Profile:
        """Counts one warm invocation with two nested spans, delivered, up to the next `/next`."""
        once = self._profile(_INVOCATIONS, EVENT)
        twice = self._profile(2 * _INVOCATIONS, EVENT)
        return (twice - once).divided(_INVOCATIONS)

    def span(self) -> Profile:
        """Counts one additional span within an invocation, delivered."""
        few = self._profile(_INVOCATIONS_WITH_SPANS, {**EVENT, "spans": _FEW_SPANS})
        many = self._profile(_INVOCATIONS_WITH_SPANS, {**EVENT, "spans": _MANY_SPANS})
        return (many - few).divided(_INVOCATIONS_WITH_SPANS * (_MANY_SPANS - _FEW_SPANS))

    def call(self, mode: str, url: str, count: int) -> Profile:
        """Counts one call of CallFunction, or one of its streams of events, with its span."""
        event = {**EVENT, "mode": mode, "url": url}
        once = self._profile(1, {**event, "count": count})
        twice = self._profile(1, {**event, "count": 2 * count})
        return (twice - once).divided(count)

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
                    # With another hash seed, lookups take another number of steps.
                    "SWIFT_DETERMINISTIC_HASHING": "1",
                    # Under valgrind, thousands of spans take longer than the default.
                    "TRACED_LAMBDA_FLUSH_BUDGET_MS": "25000",
                    **self._environment,
                },
                product=self._product,
                command=lambda _: _with_own_journals(journals, callgrind.command(counts, [self._program])),
            )
            _invoke(api, invocations, event)
            function.signal(signal.SIGTERM)
            function.wait(_PATIENCE_SECONDS)
        finally:
            bench.close()
        return callgrind.read(counts)


def unstripped(product: str) -> Path:
    """The executable before `./build.sh package` strips it."""
    program = locations.ROOT / ".build" / "static" / "release" / product
    return program if program.is_file() else locations.missing(str(program), f"./build.sh package {product}")


def _invoke(api: ScriptedRuntimeAPI, count: int, event: Any) -> None:
    api.wait_for_polls(1, within=_PATIENCE_SECONDS)
    for done in range(count):
        api.outcome(api.offer(event), within=_PATIENCE_SECONDS)
        # Waits for the next poll, so that all of its work is counted here.
        api.wait_for_polls(done + 2, within=_PATIENCE_SECONDS)


def _with_own_journals(journals: Path, command: Sequence[str | Path]) -> list[str | Path]:
    unshare: list[str | Path] = [locations.tool("unshare", "apt-get install util-linux"), "--mount"]
    if os.geteuid() != 0:
        unshare += ["--user", "--map-root-user"]
    script = 'mkdir -p -m 700 "$2" && mount --bind "$1" "$2" && shift 2 && exec "$@"'
    return [*unshare, "sh", "-c", script, "sh", journals, _JOURNALS, *command]
