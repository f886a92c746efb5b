"""Changes of `/tmp`, which belongs to the function's code and to every program that it starts."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path

from .fault import Round
from .network_faults import refused
from .process_faults import kill
from .sandbox import Settings
from .site import Site

#: A change of the directory.
Change = Callable[[Site], None]

_MIB = 1_024 * 1_024
#: Room for the journals at their limit, and little more.
_SIZE_MIB = 48
_SPARSE_FILE_COUNT = 300
_HOSTILE_PREFIX = "journal-0-hostile-"
_JOURNAL_LIMIT_BYTES = 32 * _MIB
#: Times at the limits of a signed number of 64 bits, which tmpfs stores as they are.
_HOSTILE_SECONDS = (-(2**63), -(2**62), -1, 0, 2**62, 2**63 - 1)


def own_file_system(options: str = "") -> Callable[[Site], Settings]:
    return lambda _: Settings(temporary_file_system=f"size={_SIZE_MIB}m{options}")


def changed(change: Change, undo: Change | None = None) -> Round:
    """The directory changes while invocations run, often in an outage, and the process may be killed later."""

    def round(site: Site) -> None:
        if site.rng.random() < 0.7:
            site.recover()
        site.invoke_several(1, 4)
        with refused(site) if site.rng.random() < 0.7 else nullcontext():
            site.invoke_several(1, 3)
            timer = threading.Timer(site.rng.uniform(0, 0.03), change, [site])
            timer.start()
            site.invoke_several(1, 3)
            timer.join()
            # What waits is written again by each worker's next invocation.
            site.invoke_all_workers()
            if undo is not None and site.rng.random() < 0.5:
                undo(site)
                site.invoke_all_workers()
            if site.rng.random() < 0.5:
                kill(site)
        if undo is not None:
            undo(site)

    return round


def between_processes(change: Change, undo: Change | None = None) -> Round:
    """The directory changes after the end of a process and before the start of the next one."""

    def round(site: Site) -> None:
        site.invoke_several(1, 4)
        with refused(site):
            site.invoke_several(1, 3)
            site.sandbox.wait_until_idle()
            site.sandbox.kill()
            change(site)
        site.start()
        site.invoke_several(1, 3)
        if undo is not None:
            undo(site)
            site.invoke_all_workers()
        if site.rng.random() < 0.5:
            kill(site)
        site.recover()

    return round


def journals(site: Site) -> list[Path]:
    """The journals of the process and of ended ones."""
    paths = site.sandbox.tmp.path.glob("traced-lambda-journal-*/*")
    return [path for path in paths if _HOSTILE_PREFIX not in path.name]


def emptied(site: Site) -> None:
    """As by `rm -rf /tmp/*`, while the function may create files."""
    for entry in list(site.sandbox.tmp.path.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


def truncated(site: Site) -> None:
    for journal in journals(site):
        with suppress(FileNotFoundError):
            os.truncate(journal, site.rng.randint(0, max(0, journal.stat().st_size - 1)))


def filled(site: Site) -> None:
    """Leaves no block free, also while the function writes."""
    with suppress(OSError), (site.sandbox.tmp.path / "filler").open("ab", buffering=0) as filler:
        while True:
            filler.write(bytes(_MIB))
    with suppress(OSError), (site.sandbox.tmp.path / "filler").open("ab", buffering=0) as filler:
        while True:
            filler.write(bytes(512))


def freed(site: Site) -> None:
    (site.sandbox.tmp.path / "filler").unlink(missing_ok=True)


def replaced(site: Site) -> None:
    """Other files, or another directory, take the place of the journals."""
    directories = [path for path in site.sandbox.tmp.path.glob("traced-lambda-journal-*") if path.is_dir()]
    with suppress(OSError):
        match site.rng.randint(0, 3):
            case 0:
                for journal in journals(site):
                    other = site.sandbox.tmp.path / "other"
                    other.write_bytes(b"another file")
                    other.replace(journal)
            case 1:
                for number, directory in enumerate(directories):
                    directory.rename(site.sandbox.tmp.path / f"moved-{site.rng.random()}-{number}")
            case 2:
                for directory in directories:
                    directory.rename(site.sandbox.tmp.path / f"moved-{site.rng.random()}")
                    directory.mkdir(0o700)
            case _:
                for journal in journals(site):
                    journal.rename(site.sandbox.tmp.path / f"moved-{site.rng.random()}")


def opened_to_all(site: Site) -> None:
    """As by `chmod -R 777 /tmp`."""
    for path in [*site.sandbox.tmp.path.glob("traced-lambda-journal-*"), *journals(site)]:
        with suppress(FileNotFoundError):
            path.chmod(0o777)


def read_only(site: Site) -> None:
    site.sandbox.tmp.remount("ro")


def writable(site: Site) -> None:
    site.sandbox.tmp.remount("rw")


def nothing(_: Site) -> None:
    pass


def hostile_files(site: Site) -> None:
    """Files like journals, of sizes and with times that none can have."""
    for directory in site.sandbox.tmp.path.glob("traced-lambda-journal-*"):
        for number in range(_SPARSE_FILE_COUNT):
            path = directory / f"{_HOSTILE_PREFIX}{number}"
            path.touch(0o600)
            os.truncate(path, site.rng.choice((0, 1, 31, 33, _JOURNAL_LIMIT_BYTES, 2**40)))
            seconds = site.rng.choice(_HOSTILE_SECONDS)
            with suppress(OverflowError, OSError):
                os.utime(path, ns=(seconds * 1_000_000_000, seconds * 1_000_000_000))


def removed(site: Site) -> None:
    for directory in site.sandbox.tmp.path.glob("traced-lambda-journal-*"):
        for path in directory.glob(f"{_HOSTILE_PREFIX}*"):
            path.unlink(missing_ok=True)
