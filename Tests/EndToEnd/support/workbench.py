"""The workbench's local Lambda, `traced-lambda dev`: functions by name and a collector, on one port."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
import requests
from botocore.config import Config

from . import locations
from .loopback import Address
from .programs import Program
from .viewer import NO_OTLP_PORTS
from .waiting import PATIENCE_SECONDS, eventually

REGION = "us-east-1"
#: AWS's clients require credentials; their values do not matter.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_DEFAULT_REGION": REGION}


class Workbench(Program):
    """A local Lambda with packaged functions."""

    def __init__(
        self,
        functions: Mapping[str, Path],
        options: Sequence[str],
        environment: Mapping[str, str],
        directory: Path,
        waits: bool,
    ) -> None:
        served = [f"--bootstrap={name}={path}" for name, path in functions.items()]
        super().__init__(
            [locations.traced_lambda(), "dev", "--port", "0", *NO_OTLP_PORTS, "--json", *served, *options],
            environment,
            directory,
        )
        if waits:
            self.wait_for(event="serving")
        self.address = Address("127.0.0.1", self.wait_for(event="listening")["port"])

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events that the program has reported so far."""
        lines = self.output.read_text("utf-8").split("\n")
        return [json.loads(line) for line in lines[:-1]]

    def wait_for(self, within: float = PATIENCE_SECONDS, **members: Any) -> dict[str, Any]:
        """Waits for an event with these members."""

        def found() -> dict[str, Any] | None:
            assert self.is_running, f"the workbench ended:\n{self.log}"
            return next((event for event in self.events if members.items() <= event.items()), None)

        return eventually(found, lambda: f"an event with {members}:\n{self.log}", within)

    def client(self, **config: Any) -> Any:
        """boto3's Lambda client with no setting other than the endpoint."""
        return boto3.client(
            "lambda",
            endpoint_url=f"http://localhost:{self.address.port}",
            region_name=REGION,
            aws_access_key_id="none",
            aws_secret_access_key="none",
            config=Config(proxies={}, read_timeout=PATIENCE_SECONDS, **{"retries": {"total_max_attempts": 1}, **config}),
        )

    def request(self, method: str, path: str, **arguments: Any) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            return session.request(method, f"{self.address.url}{path}", timeout=PATIENCE_SECONDS, **arguments)
