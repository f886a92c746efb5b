"""The account of every span: its creation, according to the handlers, and its delivery."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from dataclasses import dataclass

from support import otlp
from support.http_wire import Request


@dataclass
class Delivery:
    """One request that the collector accepted."""

    #: True when the function was sent the response, at least the status line with 2xx, while it waited.
    is_sent: bool = False
    #: True when the function was killed at about that time: it may not have read the response.
    is_excused: bool = False

    @property
    def is_answered(self) -> bool:
        return self.is_sent and not self.is_excused


class Ledger:
    """The accepted requests by span id; recorded by the proxy in front of the collector."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._deliveries: dict[str, list[Delivery]] = defaultdict(list)
        #: Decoded later, because decoding takes longer than a collector may, and is done when no response is pending.
        self._unread: list[tuple[Request, Delivery]] = []
        self._since_mark: list[Delivery] = []
        #: The time of the first accepted request since the last recovery; None before it.
        self.first_delivery_since_recovery: float | None = None

    def deliver(self, request: Request) -> Delivery:
        """Records that the collector answered a request with 2xx."""
        delivery = Delivery()
        with self._lock:
            if self.first_delivery_since_recovery is None:
                self.first_delivery_since_recovery = time.monotonic()
            self._unread.append((request, delivery))
            self._since_mark.append(delivery)
        return delivery

    def _read(self) -> None:
        for request, delivery in self._unread:
            for span in otlp.decode(request):
                self._deliveries[span.span_id].append(delivery)
        self._unread.clear()

    def mark(self) -> None:
        """Marks the beginning of an invocation."""
        with self._lock:
            self._since_mark.clear()

    def mark_recovery(self) -> None:
        """Marks the time at which the collector works again."""
        with self._lock:
            self.first_delivery_since_recovery = None

    def excuse_deliveries_since_mark(self) -> None:
        """Excuses the deliveries since the mark: a killed process may not have read the responses.

        The proxy may set `is_sent` of a response only later.
        """
        with self._lock:
            for delivery in self._since_mark:
                delivery.is_excused = True

    @property
    def delivered(self) -> set[str]:
        with self._lock:
            self._read()
            return set(self._deliveries)

    @property
    def unanswered_count(self) -> int:
        """The number of delivered spans of which the function received no answer: it may have counted them as lost."""
        with self._lock:
            self._read()
            return sum(not any(one.is_answered for one in deliveries) for deliveries in self._deliveries.values())

    def forget(self) -> None:
        """Discards all deliveries, for a run that only counts."""
        with self._lock:
            self._deliveries.clear()
            self._unread.clear()
            self._since_mark.clear()

    @property
    def duplicates(self) -> tuple[int, int]:
        """The number of repeated spans after a request with a response (forbidden) and without one (allowed)."""
        forbidden = allowed = 0
        with self._lock:
            self._read()
            for deliveries in self._deliveries.values():
                # Requests are sequential, so each one but the last precedes another.
                for earlier in deliveries[:-1]:
                    if earlier.is_answered:
                        forbidden += 1
                    else:
                        allowed += 1
        return forbidden, allowed
