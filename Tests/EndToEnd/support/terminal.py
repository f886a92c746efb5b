"""Runs the blocks of a document as a reader types them: in a new home and folder, one after another."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from . import locations
from .locations import ROOT
from .markdown import Block, Mark
from .waiting import PATIENCE_SECONDS, eventually

#: Far more than the longest block needs (a first build of a function, static), on a machine that has much else to do.
BLOCK_SECONDS = 540
#: The same for a server, which may build a function for debugging before it serves.
START_SECONDS = 540
#: Where the README says that the repository is.
REPOSITORY = "https://github.com/traced-lambda/swift-traced-lambda.git"
#: Of the machine that the tests run on: where its certificates are, which a build may need to fetch packages.
_PASSED_ON = ("LANG", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "HTTPS_PROXY", "https_proxy", "NO_PROXY")
#: Stands in for the network: this checkout is what a clone gives, by a link, so that nothing is built a second time.
_GIT = """#!/usr/bin/env bash
if [[ $# == 2 && $1 == clone && $2 == {organization}/* ]]; then
    [[ $2 == {repository} ]] || {{ echo "git: there is no repository $2" >&2; exit 128; }}
    exec ln -s {root} "$(basename "$2" .git)"
fi
exec {git} "$@"
"""
_SCRIPT = """
trap 'code=$?; pwd >"$TERMINAL/folder"; env -0 >"$TERMINAL/environment"; exit $code' EXIT
set -e
source "$TERMINAL/block"
"""


#: What a reader has, or has been told to set.
GIVEN = {"HH_API_KEY": "hh-not-a-key", "AGENT_URL": "http://localhost:9000/url/AgentAPI/"}


class Terminal:
    """One or more shells of one user: each block begins where, and with the variables that, the one before it ended."""

    def __init__(self, directory: Path, folder_name: str, *, has_checkout: bool, shares_caches: bool = True) -> None:
        self._state = directory / "state"
        self.home = directory / "home"
        self.folder = directory / folder_name
        for path in (self._state / "bin", self.home / ".cache", self.home / ".local" / "bin", self.folder):
            path.mkdir(parents=True)
        self._servers: list[tuple[subprocess.Popen[bytes], Path]] = []
        self._copies: dict[int, subprocess.Popen[bytes]] = {}
        if shares_caches:
            self._share_caches()
        path = [str(self._state / "bin"), str(Path(sys.executable).parent), _system_path()]
        if has_checkout:
            (self.folder / "swift-traced-lambda").symlink_to(ROOT)
            (self.home / ".local" / "bin" / "traced-lambda").symlink_to(locations.traced_lambda())
            path.insert(0, str(self.home / ".local" / "bin"))
        self._write_git()
        self.environment = {
            "PATH": os.pathsep.join(path),
            "HOME": str(self.home),
            "TERM": "dumb",
            # `build.sh install` links this build, in place of one for release, which takes minutes.
            "TRACED_LAMBDA": str(locations.traced_lambda()),
            **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            **GIVEN,
        }

    def _share_caches(self) -> None:
        """What SwiftPM has fetched stays fetched; nothing else of the real home is there."""
        cache = Path.home() / ".cache" / "org.swift.swiftpm"
        if cache.is_dir():
            (self.home / ".cache" / "org.swift.swiftpm").symlink_to(cache)

    def _write_git(self) -> None:
        git = self._state / "bin" / "git"
        words = {
            "repository": REPOSITORY,
            "organization": REPOSITORY.rsplit("/", 1)[0],
            "root": shlex.quote(str(ROOT)),
            "git": shlex.quote(shutil.which("git") or "/usr/bin/git"),
        }
        git.write_text(_GIT.format(**words))
        git.chmod(0o755)

    def publish(self, version: str) -> None:
        """Makes a repository of this commit, with the version's tag, stand in for the published one.

        What the framework depends on is taken from what SwiftPM has fetched, so that no network is needed.
        """
        published = self._state / "published.git"
        self._git("clone", "--quiet", "--bare", str(ROOT), str(published))
        self._git(f"--git-dir={published}", "tag", "--force", version)
        places = {REPOSITORY: published}
        for repository in (ROOT / ".build" / "repositories").glob("*"):
            places[self._git(f"--git-dir={repository}", "config", "remote.origin.url").strip()] = repository
        for url, place in places.items():
            self._git("config", "--global", f"url.{place}.insteadOf", url)

    def _git(self, *arguments: str) -> str:
        environment = {"HOME": str(self.home), "PATH": os.defpath}
        return subprocess.run(
            ["git", *arguments], env=environment, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    def write_or_compare(self, block: Block) -> None:
        """Writes the file that a document shows; one that a command has made must be what is shown."""
        path = self.folder / (block.file or "")
        if path.is_file():
            assert path.read_text("utf-8").strip() == block.text.strip(), f"{block.place} is not what is in {block.file}"
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, "utf-8")

    def type(self, text: str) -> str:
        """Runs commands that no document has.

        Returns:
            What they printed.
        """
        return self.run(Block(ROOT / "README.md", 0, "sh", text, None, Mark()), {})

    def run(self, block: Block, stand_ins: Mapping[str, str]) -> str:
        """Runs a block to its end.

        Returns:
            What it printed.
        """
        process, output = self._start(block, stand_ins)
        try:
            code = process.wait(BLOCK_SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{block.place} still runs after {BLOCK_SECONDS} s:\n{_text(output)}") from None
        finally:
            self._end(process)
        printed = _text(output)
        assert code == 0, f"{block.place} ended with {code}:\n{block.text}\n{printed}\n{self.server_output}"
        self._take_over(stand_ins)
        return printed

    def serve(self, block: Block, stand_ins: Mapping[str, str]) -> None:
        """Starts a block, and waits until it prints what its comment says."""
        process, output = self._start(block, stand_ins)
        self._servers.append((process, output))
        until = block.mark.until or ""
        eventually(
            lambda: until in _text(output) or process.poll() is not None,
            lambda: f"{block.place} to print {until!r}:\n{_text(output)}",
            START_SECONDS,
        )
        assert process.poll() is None, f"{block.place} ended with {process.returncode}:\n{_text(output)}"

    def _start(self, block: Block, stand_ins: Mapping[str, str]) -> tuple[subprocess.Popen[bytes], Path]:
        suffix = {"sh": "", "python": "python3 "}[block.language]
        (self._state / "block").write_text(
            block.text if not suffix else f"python3 - <<'END-OF-BLOCK'\n{block.text}\nEND-OF-BLOCK\n"
        )
        output = self._state / f"output-{block.line}"
        # A pipe, as at a terminal: a program that opens /dev/stdout anew would empty a file.
        with output.open("wb") as file:
            copy = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=file, start_new_session=True)
        process = subprocess.Popen(
            ["bash", "-c", _SCRIPT],
            cwd=self.folder,
            env={**self.environment, **stand_ins, "TERMINAL": str(self._state)},
            stdin=subprocess.DEVNULL,
            stdout=copy.stdin,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert copy.stdin is not None
        copy.stdin.close()
        self._copies[process.pid] = copy
        return process, output

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Ends a block, what it has started, and what copies its output."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE_SECONDS)
        self._copies.pop(process.pid).wait(PATIENCE_SECONDS)

    def _take_over(self, stand_ins: Mapping[str, str]) -> None:
        """The folder and the variables that the block has left; not those of a stand-in, which are for its block."""
        self.folder = Path((self._state / "folder").read_text().removesuffix("\n"))
        variables = (self._state / "environment").read_text("utf-8").split("\0")
        left = dict(variable.split("=", 1) for variable in variables if "=" in variable)
        own = {"TERMINAL", "_", "SHLVL", "PWD", "OLDPWD", *stand_ins}
        kept = {name: value for name, value in self.environment.items() if name in stand_ins}
        self.environment = {name: value for name, value in left.items() if name not in own} | kept

    @property
    def server_output(self) -> str:
        return "".join(_text(output) for _, output in self._servers)

    def close(self) -> None:
        for process, _ in self._servers:
            # As Ctrl-C does, so that what a server has started ends, too.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE_SECONDS)
            self._end(process)


def _system_path() -> str:
    """Where Swift and the system's programs are, and nothing that a new machine would not have."""
    swift = shutil.which("swift")
    if swift is None:
        locations.missing("swift", "an installation of Swift (https://www.swift.org/install)")
    return os.pathsep.join([str(Path(swift).parent), "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"])


def _text(output: Path) -> str:
    return output.read_text("utf-8", "replace")

