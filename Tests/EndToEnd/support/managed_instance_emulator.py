"""The emulator's mode for Lambda Managed Instances.

It forwards X-Ray's trace id and an invocation id, sends the error type to the caller in a header, and answers 410 to
late posts. It requires the function in /var/task, so it runs in a mount namespace with a /var of its own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import locations
from .lambda_emulator import LambdaEmulator, Reply
from .waiting import eventually

#: $1 is the directory that becomes /var; the rest is the emulator's command.
_SCRIPT = 'mount --bind "$1" /var && shift && exec /var/task/emulator "$@"'


class ManagedInstanceEmulator(LambdaEmulator):
    def __init__(
        self,
        product: str,
        environment: Mapping[str, str],
        directory: Path,
        timeout_seconds: int,
        taps_runtime_api: bool,
    ) -> None:
        # The variable selects the mode; without a value from the test, one invocation at a time.
        newer = {"AWS_LAMBDA_MAX_CONCURRENCY": "1", **environment, "PATH": os.environ["PATH"]}
        super().__init__(product, newer, directory, timeout_seconds, taps_runtime_api)

    def command(self, bootstrap: Path, options: list[str], directory: Path) -> list[str | Path]:
        task = directory / "var" / "task"
        task.mkdir(parents=True)
        shutil.copy(locations.emulator(), task / "emulator")
        shutil.copy(bootstrap, task / "function")
        setting = "" if self.runtime_api_tap is None else f"AWS_LAMBDA_RUNTIME_API={self.runtime_api_tap.address} "
        (task / "bootstrap").write_text(f"#!/bin/sh\n{setting}exec /var/task/function\n")
        (task / "bootstrap").chmod(0o755)
        unshare: list[str | Path] = [locations.tool("unshare", "apt-get install util-linux"), "--mount"]
        if os.geteuid() != 0:
            unshare += ["--user", "--map-root-user"]
        return [*unshare, "/bin/sh", "-c", _SCRIPT, "sh", task.parent, *options, "/var/task/bootstrap"]

    def invoke(self, event: Any, client_context: Any = None, trace_id: str | None = None) -> Reply:
        """Invokes like the base class; then waits until the function has requested another invocation.

        In this mode the caller gets its response before the function requests the next invocation, and a call in
        between is rejected.
        """
        invoke = super().invoke
        return eventually(
            lambda: None if _is_unavailable(reply := invoke(event, client_context, trace_id)) else reply,
            lambda: f"the function to ask for an invocation:\n{self.log}",
        )

    def is_foreign(self, line: str) -> bool:
        return line.startswith("time=") or super().is_foreign(line)


def _is_unavailable(reply: Reply) -> bool:
    return reply.headers.get("Error-Type") == "Runtime.Unavailable"
