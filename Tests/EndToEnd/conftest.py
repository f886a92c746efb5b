"""End-to-end tests: packaged functions under Lambda's own emulator, with a real collector behind a recording proxy.

`./build.sh test` packages the functions and runs all tests. Afterwards, a single test can be run:

    .build/tools/venv/bin/python -m pytest Tests/EndToEnd -k frozen

`TRACED_LAMBDA_PACKAGES` names another directory of packages than `.build/lambda`.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.bench import Bench
from support.browser import Browser
from support.viewer import Viewer

# A shell starts its background jobs with SIGINT ignored, and so would be every program of the tests, also those that are
# to be interrupted. A handler, unlike that, is not inherited.
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    # The same with nohup.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Starts the programs of a test, and stops them."""
    bench = Bench(tmp_path)
    yield bench
    bench.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture
def viewer(tmp_path: Path) -> Iterator[Viewer]:
    viewer = Viewer(tmp_path / "viewer")
    yield viewer
    viewer.stop()


@pytest.fixture
def browser(chromium: Browser, viewer: Viewer) -> Iterator[Browser]:
    """A browser; the test fails if a page has logged console messages while the viewer still runs."""
    chromium.reset()
    yield chromium
    assert chromium.complaints == []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints which blocks of the documents are run, and which are not, and why."""
    for report in terminalreporter.getreports("passed"):
        for name, lines in report.user_properties:
            if name == "documentation":
                terminalreporter.write_sep("-", "the code blocks of the documents")
                for line in lines:
                    terminalreporter.write_line(line)
