from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Starts what a test needs, and stops it."""
    bench = Bench(tmp_path)
    yield bench
    bench.close()
