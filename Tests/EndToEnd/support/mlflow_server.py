"""MLflow's tracking server, a real backend that shows traces by session (https://mlflow.org/docs/latest/genai/tracing/)."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import requests

from . import locations
from .loopback import reserve
from .programs import Program
from .waiting import eventually

_READER = Path(__file__).resolve().parents[1] / "services" / "mlflow_sessions.py"
#: It first creates its database; this takes ten seconds on an idle machine.
_START_SECONDS = 120.0
_READ_SECONDS = 120.0
#: The default experiment.
_EXPERIMENT = "0"
#: Disables usage reports and background jobs.
_SETTINGS = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}


class MLflowServer(Program):
    """The server, in a Python environment of its own, with an empty database."""

    def __init__(self, directory: Path) -> None:
        self.address = reserve()
        super().__init__(
            [
                locations.mlflow_python(),
                *("-m", "mlflow", "server"),
                *("--host", self.address.host, "--port", str(self.address.port), "--allowed-hosts", str(self.address)),
                *("--workers", "1"),
                *("--backend-store-uri", f"sqlite:///{directory}/mlflow.db"),
                *("--artifacts-destination", directory / "artifacts"),
            ],
            {"HOME": str(directory), "PATH": f"{locations.mlflow_python().parent}:/usr/bin:/bin", **_SETTINGS},
            directory,
        )
        eventually(
            lambda: self._is_healthy() or not self.is_running, lambda: f"MLflow to start:\n{self.log}", _START_SECONDS
        )
        assert self.is_running, f"MLflow ended at once:\n{self.log}"

    @property
    def headers(self) -> str:
        """The value for `OTEL_EXPORTER_OTLP_HEADERS`: MLflow assigns spans to experiments."""
        return f"x-mlflow-experiment-id={_EXPERIMENT}"

    def sessions(self) -> dict[str, list[Any]]:
        """The traces of each session, read with MLflow's own client."""
        answer = subprocess.run(
            [locations.mlflow_python(), _READER, self.address.url, _EXPERIMENT],
            env={"HOME": str(self.directory), "PATH": "/usr/bin:/bin", **_SETTINGS},
            capture_output=True,
            text=True,
            timeout=_READ_SECONDS,
        )
        assert answer.returncode == 0, f"MLflow's client failed:\n{answer.stderr}\n{self.log}"
        return json.loads(answer.stdout)

    def _is_healthy(self) -> bool:
        with requests.Session() as session:
            session.trust_env = False
            try:
                return session.get(f"{self.address.url}/health", timeout=5).status_code == 200
            except requests.RequestException:
                return False
