"""Waiting for conditions, instead of sleeping for a fixed time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

#: Far longer than any operation takes, so that a loaded machine fails no test.
PATIENCE_SECONDS = 20.0
_POLL_SECONDS = 0.005


def eventually(
    condition: Callable[[], Result | None], what: Callable[[], str] | str, within: float = PATIENCE_SECONDS
) -> Result:
    """Polls until the condition returns something true, and returns that."""
    deadline = time.monotonic() + within
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {what if isinstance(what, str) else what()}")
        time.sleep(_POLL_SECONDS)


def let_time_pass(seconds: float) -> None:
    """Sleeps, for tests that are about elapsed time and not about a condition."""
    time.sleep(seconds)


class Recording(Generic[Item]):
    """A list that one thread appends to while another waits for it."""

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._changed = threading.Condition()

    def add(self, item: Item) -> None:
        with self._changed:
            self._items.append(item)
            self._changed.notify_all()

    def clear(self) -> None:
        with self._changed:
            self._items.clear()

    def touch(self) -> None:
        """Reports a change of an item."""
        with self._changed:
            self._changed.notify_all()

    def snapshot(self) -> list[Item]:
        with self._changed:
            return list(self._items)

    def wait(
        self, condition: Callable[[list[Item]], Result | None], what: str, within: float = PATIENCE_SECONDS
    ) -> Result:
        """Waits until the condition on all items returns something true, and returns that."""
        with self._changed:
            result = self._changed.wait_for(lambda: condition(self._items), timeout=within)
            if not result:
                raise AssertionError(f"not within {within} s: {what}; recorded: {self._items}")
            return result
