"""The account of every span: who says that it was made, and where it went."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass

from support import otlp
from support.http_wire import Request


@dataclass
class Delivery:
    """One request that the collector took."""

    #: Whether the function was sent the answer, at least the line that says 2xx, while it waited for it.
    is_answered: bool = False


class Ledger:
    """What the collector took, by span id; written by the proxy in front of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._deliveries: dict[str, list[Delivery]] = defaultdict(list)
        #: Not decoded yet: that takes longer than a collector may, and is done when nobody waits for an answer.
        self._unread: list[tuple[Request, Delivery]] = []
        self._since_mark: list[Delivery] = []

    def deliver(self, request: Request) -> Delivery:
        """Notes that the collector answered 2xx to a request."""
        delivery = Delivery()
        with self._lock:
            self._unread.append((request, delivery))
            self._since_mark.append(delivery)
        return delivery

    def _read(self) -> None:
        for request, delivery in self._unread:
            for span in otlp.decode(request):
                self._deliveries[span.span_id].append(delivery)
        self._unread.clear()

    def mark(self) -> None:
        """A new invocation begins."""
        with self._lock:
            self._since_mark.clear()

    def forgive_answers_since_mark(self) -> None:
        """The process was killed: of the answers since the mark nobody can say whether it had read them."""
        with self._lock:
            for delivery in self._since_mark:
                delivery.is_answered = False

    @property
    def delivered(self) -> set[str]:
        with self._lock:
            self._read()
            return set(self._deliveries)

    def forget(self) -> None:
        """Lets go of what was delivered so far, for a run that only counts."""
        with self._lock:
            self._deliveries.clear()
            self._unread.clear()
            self._since_mark.clear()

    @property
    def duplicates(self) -> tuple[int, int]:
        """How often a span came again although, and because, the request before had no answer: (forbidden, allowed)."""
        forbidden = allowed = 0
        with self._lock:
            self._read()
            for deliveries in self._deliveries.values():
                # Requests are made one after another, so each but the last came before another.
                for earlier in deliveries[:-1]:
                    if earlier.is_answered:
                        forbidden += 1
                    else:
                        allowed += 1
        return forbidden, allowed
