"""The end-to-end tests: packaged functions under Lambda's own emulator, a real collector behind a recording relay.

`./build.sh test` packages the functions and runs all. One test, once that has been done:

    .build/tools/venv/bin/python -m pytest Tests/EndToEnd -k frozen

`TRACED_LAMBDA_PACKAGES` names another directory than `.build/lambda` for the packages.
"""

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
