"""The `/tmp` of a sandbox, which outlives the function's processes, and the changes that other programs make to it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_READY = b"ready\n"


def _new_namespace() -> list[str]:
    return ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--user", "--map-root-user"]


class TemporaryDirectory:
    """A directory of the machine's, or with mount options a file system of its own.

    A file system of its own is in a mount namespace that a waiting process keeps; the function's processes enter it.
    """

    def __init__(self, path: Path, options: str | None) -> None:
        self._path = path
        self._holder: subprocess.Popen[bytes] | None = None
        if options is None:
            path.mkdir()
            return
        script = f"mount -t tmpfs -o mode=1777,{options} tmpfs /tmp; echo ready; exec sleep infinity"
        self._holder = subprocess.Popen(
            [*_new_namespace(), "sh", "-ec", script], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
        )
        assert self._holder.stdout is not None
        assert self._holder.stdout.readline() == _READY, "no file system could be mounted"

    @property
    def path(self) -> Path:
        """The directory, as this process sees it."""
        return self._path if self._holder is None else Path(f"/proc/{self._holder.pid}/root/tmp")

    def namespace(self, working_directory: Path) -> list[str]:
        """The words before a command that runs in a mount namespace of its own."""
        return [*self._entrance(working_directory), *_new_namespace()] if self._holder else _new_namespace()

    @property
    def preparation(self) -> list[str]:
        """The first lines of a script that runs there, in a directory beside this one's."""
        return [] if self._holder else ["mount --bind ../tmp /tmp"]

    def remount(self, options: str) -> None:
        """Mounts the file system again with other options, as in `ro`."""
        command = ["mount", "-o", f"remount,{options}", "/tmp"]
        subprocess.run([*self._entrance(Path("/")), *command], check=True, capture_output=True)

    def _entrance(self, working_directory: Path) -> list[str]:
        assert self._holder is not None, "the machine's file system is not mounted again"
        users = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
        return ["nsenter", f"--target={self._holder.pid}", "--mount", *users, f"--wd={working_directory}"]

    def stop(self) -> None:
        if self._holder is not None:
            self._holder.kill()
            self._holder.wait()
            assert self._holder.stdout is not None
            self._holder.stdout.close()
