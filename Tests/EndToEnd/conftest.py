"""End-to-end tests: packaged functions under Lambda's own emulator, with a real collector behind a recording proxy.

`./build.sh test` packages the functions and runs all tests. Afterwards, a single test can be run:

    .build/tools/venv/bin/python -m pytest Tests/EndToEnd -k frozen

`TRACED_LAMBDA_PACKAGES` names another directory of packages than `.build/lambda`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Starts the programs of a test, and stops them."""
    bench = Bench(tmp_path)
    yield bench
    bench.close()
