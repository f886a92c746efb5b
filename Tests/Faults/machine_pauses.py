"""The time for which the machine did not run its programs, as far as this suite can see it."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

_PRESSURE = Path("/proc/pressure/io")
_STATISTICS = Path("/proc/stat")
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
#: The place of the stolen time in a processor's line of `/proc/stat`, after its name.
_STOLEN_FIELD = 8


class MachinePauses:
    """Measures the time for which this process was ready but did not run, the host ran another machine, or a program
    waited for the disk.

    A response that is late by this time may have been in time. The three can overlap; then too much is deducted, but no
    more than three times the pause.
    """

    _INTERVAL_SECONDS = 0.005

    def __init__(self) -> None:
        self._is_stopped = threading.Event()
        self._own_seconds = 0.0
        self._stolen_before = _stolen_seconds()
        self._disk_before = _disk_seconds()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def begin(self) -> None:
        """Begins a measurement."""
        self._own_seconds = 0
        self._stolen_before = _stolen_seconds()
        self._disk_before = _disk_seconds()

    @property
    def seconds(self) -> float:
        """All pauses since the beginning of the measurement."""
        stolen = max(
            (seconds - self._stolen_before.get(name, 0) for name, seconds in _stolen_seconds().items()), default=0
        )
        return self._own_seconds + stolen + _disk_seconds() - self._disk_before

    def _run(self) -> None:
        while not self._is_stopped.is_set():
            started = time.monotonic()
            time.sleep(self._INTERVAL_SECONDS)
            self._own_seconds += time.monotonic() - started - self._INTERVAL_SECONDS

    def stop(self) -> None:
        self._is_stopped.set()
        self._thread.join()


def _stolen_seconds() -> dict[str, float]:
    """The time for which the host did not run each processor that was ready, by the processor's name."""
    lines = [line.split() for line in _STATISTICS.read_text().splitlines() if line.startswith("cpu")]
    return {line[0]: int(line[_STOLEN_FIELD]) / _TICKS_PER_SECOND for line in lines if line[0] != "cpu"}


def _disk_seconds() -> float:
    """The time for which at least one program waited for the disk; 0 where the kernel does not measure it."""
    with suppress(OSError):
        some = _PRESSURE.read_text().splitlines()[0]
        return int(some.rpartition("total=")[2]) / 1e6
    return 0
