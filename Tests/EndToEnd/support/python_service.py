"""The services around the function: HTTP servers in Python, traced with HoneyHive's own client."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from .events import API_KEY
from .honeyhive_ingestion import HoneyHiveIngestion
from .loopback import is_listening, reserve
from .programs import Program
from .waiting import eventually

_SERVICES = Path(__file__).resolve().parents[1] / "services"
#: Longer than the services' timeouts for each other.
_TIMEOUT_SECONDS = 90


class PythonService(Program):
    """A program of the directory `services`, run with the tests' Python."""

    def __init__(
        self, name: str, ingestion: HoneyHiveIngestion, environment: Mapping[str, str], directory: Path
    ) -> None:
        self.address = reserve()
        settings = {"HH_API_KEY": API_KEY, "HH_API_URL": ingestion.address.url, "HH_SOURCE": name}
        super().__init__(
            [sys.executable, _SERVICES / f"{name}.py", self.address.host, str(self.address.port)],
            {**settings, **environment},
            directory,
        )

    def url(self, path: str) -> str:
        """Waits until the service accepts requests, and returns the URL of a path.

        HoneyHive's client takes more than a second to load; several services load at the same time.
        """
        eventually(
            lambda: is_listening(self.address) or not self.is_running,
            lambda: f"{self.directory.name} to listen on {self.address}:\n{self.log}",
        )
        assert self.is_running, f"{self.directory.name} ended:\n{self.log}"
        return f"{self.address.url}/{path}"

    def post(self, path: str, document: Any) -> Any:
        """Posts JSON, and returns the response's JSON."""
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(self.url(path), json=document, timeout=_TIMEOUT_SECONDS)
        assert answer.status_code == 200, f"HTTP {answer.status_code}: {answer.text}\n{self.log}"
        return answer.json()
