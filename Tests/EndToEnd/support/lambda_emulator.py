"""Lambda's Runtime Interface Emulator, AWS's own local host for functions.

https://github.com/aws/aws-lambda-runtime-interface-emulator. It runs the function's process, serves its Runtime API,
and serves the Invoke API. It handles one invocation at a time, and responds to the caller when the function requests
the next one.
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
from .loopback import is_listening, reserve
from .programs import FunctionProgram
from .recording_proxy import Exchange, RecordingProxy
from .waiting import Recording, eventually

_INVOKE_PATH = "/2015-03-31/functions/function/invocations"
#: The emulator's own lines: Lambda's START, END and REPORT, and logs of its components.
_FOREIGN_LINE = re.compile(r"^(START|END|REPORT) RequestId: |^\d\d \w{3} \d{4} [0-9:,]+ \[[A-Z]+\] \(rapid\) ")


@dataclass(frozen=True)
class Reply:
    """The response to the function's caller."""

    status: int
    headers: Mapping[str, str]
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
        #: A recording proxy between the function and the Runtime API, if requested.
        self.runtime_api_tap: RecordingProxy | None = RecordingProxy(runtime_api) if taps_runtime_api else None
        options = ["--runtime-interface-emulator-address", str(self.address), "--runtime-api-address", str(runtime_api)]
        super().__init__(
            self.command(locations.bootstrap(product), options, directory),
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
        assert self.is_running, f"the emulator ended at once:\n{self.log}"

    def command(self, bootstrap: Path, options: list[str], directory: Path) -> list[str | Path]:
        """The command that runs the function on the emulator."""
        function: list[str | Path] = [bootstrap]
        if self.runtime_api_tap is not None:
            # The emulator sets the address itself, so it is replaced when the function starts.
            function = ["/usr/bin/env", f"AWS_LAMBDA_RUNTIME_API={self.runtime_api_tap.address}", bootstrap]
        return [locations.emulator(), *options, *function]

    @property
    def runtime_api_exchanges(self) -> Recording[Exchange]:
        """The requests of the function to the Runtime API, with their responses."""
        assert self.runtime_api_tap is not None, "start the emulator with taps_runtime_api"
        return self.runtime_api_tap.exchanges

    def posts(self, kind: str) -> list[Exchange]:
        """The function's posts of a kind: `response` or `error`."""
        exchanges = self.runtime_api_exchanges.snapshot()
        return [exchange for exchange in exchanges if exchange.request.target.endswith(f"/{kind}")]

    @property
    def invoke_url(self) -> str:
        """The URL to which events are posted."""
        return f"{self.address.url}{_INVOKE_PATH}"

    def invoke(self, event: Any, client_context: Any = None, trace_id: str | None = None) -> Reply:
        """Invokes the function with a value, which is sent as JSON, or with bytes."""
        headers = {} if trace_id is None else {"X-Amzn-Trace-Id": trace_id}
        if client_context is not None:
            headers["X-Amz-Client-Context"] = base64.b64encode(encoded(client_context)).decode()
        answer = self._session.post(self.invoke_url, data=encoded(event), headers=headers, timeout=60)
        return Reply(answer.status_code, answer.headers, answer.content)

    def is_foreign(self, line: str) -> bool:
        return _FOREIGN_LINE.match(line) is not None

    def stop(self) -> None:
        self._session.close()
        super().stop()
        if self.runtime_api_tap is not None:
            self.runtime_api_tap.stop()
