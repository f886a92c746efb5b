"""Lambda's Runtime Interface Emulator, AWS's own local host for functions.

https://github.com/aws/aws-lambda-runtime-interface-emulator. It runs the function's process, speaks the Runtime API with it
and serves the Invoke API. It takes one invocation at a time, and answers the caller when the function asks for the next one.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from . import locations
from .events import encoded
from .loopback import Address, is_listening, reserve
from .programs import FunctionProgram
from .recording_proxy import RecordingProxy
from .waiting import eventually

_INVOKE_PATH = "/2015-03-31/functions/function/invocations"
#: The emulator's own lines: Lambda's START, END and REPORT, and what its parts log.
_FOREIGN_LINE = re.compile(r"^(START|END|REPORT) RequestId: |^\d\d \w{3} \d{4} [0-9:,]+ \[[A-Z]+\] \(rapid\) ")


@dataclass(frozen=True)
class Reply:
    """What the caller of the function gets."""

    status: int
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class LambdaEmulator(FunctionProgram):
    """A function on the emulator."""

    def __init__(
        self,
        product: str,
        environment: Mapping[str, str],
        directory: Path,
        timeout_seconds: int,
        taps_runtime_api: bool,
    ) -> None:
        self.address = reserve()
        runtime_api = reserve()
        #: Between the function and the Runtime API, if asked for.
        self.runtime_api_tap = RecordingProxy(runtime_api) if taps_runtime_api else None
        function: list[str | Path] = [locations.bootstrap(product)]
        if self.runtime_api_tap is not None:
            # The emulator sets the address itself, so it is replaced on the way into the function.
            function = ["/usr/bin/env", f"AWS_LAMBDA_RUNTIME_API={self.runtime_api_tap.address}", *function]
        super().__init__(
            [
                locations.emulator(),
                "--runtime-interface-emulator-address",
                str(self.address),
                "--runtime-api-address",
                str(runtime_api),
                *function,
            ],
            {
                "AWS_LAMBDA_FUNCTION_NAME": product,
                "AWS_LAMBDA_FUNCTION_TIMEOUT": str(timeout_seconds),
                **environment,
            },
            directory,
        )
        self._session = requests.Session()
        self._session.trust_env = False
        eventually(
            lambda: is_listening(self.address) or not self.is_running,
            lambda: f"the emulator to listen on {self.address}:\n{self.log}",
        )

    @property
    def endpoint(self) -> Address:
        """Where the Invoke API is."""
        return self.address

    def invoke(self, event: Any, client_context: Any = None) -> Reply:
        """Invokes the function with a value, which goes as JSON, or with bytes, which go as they are."""
        headers = {}
        if client_context is not None:
            headers["X-Amz-Client-Context"] = base64.b64encode(encoded(client_context)).decode()
        url = f"{self.address.url}{_INVOKE_PATH}"
        answer = self._session.post(url, data=encoded(event), headers=headers, timeout=60)
        return Reply(answer.status_code, answer.content)

    def is_foreign(self, line: str) -> bool:
        return _FOREIGN_LINE.match(line) is not None

    def stop(self) -> None:
        self._session.close()
        super().stop()
        if self.runtime_api_tap is not None:
            self.runtime_api_tap.stop()
