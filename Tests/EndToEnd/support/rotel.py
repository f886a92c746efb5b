"""Rotel, a real OpenTelemetry collector with strict validation (https://github.com/streamfold/rotel)."""

from __future__ import annotations

import re
from pathlib import Path

from . import locations
from .loopback import Address, is_listening, reserve
from .programs import Program
from .waiting import eventually

_SPAN_ID = re.compile(r"^ {4}ID +: ([0-9a-f]{16})$", re.MULTILINE)


class Rotel(Program):
    """Receives spans, logs them and discards them.

    Args:
        address: The address to listen on; by default a free one.
        logs_spans: True to write the spans to the log.
    """

    def __init__(self, directory: Path, address: Address | None = None, logs_spans: bool = True) -> None:
        self.address = address or reserve()
        logging = ["--debug-log", "traces", "--debug-log-verbosity", "detailed"] if logs_spans else []
        super().__init__(
            [
                locations.rotel(),
                "start",
                "--otlp-http-endpoint",
                str(self.address),
                "--otlp-grpc-endpoint",
                str(reserve()),
                "--exporter",
                "blackhole",
                *logging,
                "--disable-batching",
            ],
            {},
            directory,
        )
        eventually(
            lambda: is_listening(self.address) or not self.is_running,
            lambda: f"rotel to listen on {self.address}:\n{self.log}",
        )
        assert self.is_running, f"rotel ended at once:\n{self.log}"

    def wait_for_spans(self, ids: set[str]) -> None:
        """Waits until exactly these spans are in the log, each once."""
        eventually(lambda: len(self._span_ids()) >= len(ids), lambda: f"{len(ids)} spans, got {len(self._span_ids())}")
        logged = self._span_ids()
        assert sorted(logged) == sorted(ids), "rotel holds other spans than were sent"

    def _span_ids(self) -> list[str]:
        return _SPAN_ID.findall(self.output.read_text("utf-8", "replace"))
