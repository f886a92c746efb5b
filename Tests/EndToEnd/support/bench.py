"""The test bench: starts the programs of a test, then stops them and checks their logs and protocol violations."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from . import locations
from .accepting_server import AcceptingServer
from .collector_tap import Behaviour, CollectorTap
from .dialect import Dialect
from .events import API_KEY, PAYLOAD_MARK
from .forward_proxy import ForwardProxy
from .honeyhive_ingestion import HoneyHiveIngestion
from .lambda_emulator import LambdaEmulator
from .loopback import Address
from .model_server import ModelServer
from .outbound_server import OutboundServer
from .programs import FunctionProgram, Program
from .python_service import PythonService
from .raw_server import RawServer
from .rotel import Rotel
from .scripted_runtime_api import ScriptedRuntimeAPI
from .secret_store import SecretStore
from .workbench import Workbench

Function = TypeVar("Function", bound=FunctionProgram)
Server = TypeVar("Server", bound=RawServer)


@dataclass(frozen=True)
class Scripted:
    """A function on the scripted Runtime API, and the destination of its spans."""

    api: ScriptedRuntimeAPI
    function: FunctionProgram
    tap: CollectorTap


class Bench:
    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._stack = ExitStack()
        self._functions: list[FunctionProgram] = []
        self._servers: list[RawServer] = []
        self._count = 0

    def tap(
        self,
        *behaviours: Behaviour,
        collector: Rotel | None = None,
        address: Address | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> CollectorTap:
        """Starts a collector tap, in front of a real collector or instead of one."""
        upstream = None if collector is None else collector.address
        return self._server(CollectorTap(upstream, *behaviours, address=address, tls=tls))

    def rotel(self) -> Rotel:
        rotel = Rotel(self._new_directory("rotel"))
        self._stack.callback(rotel.stop)
        return rotel

    def secret_store(self) -> SecretStore:
        store = SecretStore(self._new_directory("moto"))
        self._stack.callback(store.stop)
        return store

    def ingestion(self) -> HoneyHiveIngestion:
        return self._server(HoneyHiveIngestion())

    def model_server(
        self, *turns: list[dict[str, Any]], status: int = 200, pause_seconds: float = 0
    ) -> ModelServer:
        """Starts a language model that plays the turns, with a pause before each piece of text."""
        return self._server(ModelServer(*turns, status=status, pause_seconds=pause_seconds))

    def outbound_server(
        self, address: Address | None = None, tls: ssl.SSLContext | None = None
    ) -> OutboundServer:
        """Starts a server that functions call."""
        return self._server(OutboundServer(address, tls))

    def forward_proxy(self, credentials: str | None = None) -> ForwardProxy:
        """Starts a proxy for functions, which demands the credentials."""
        return self._server(ForwardProxy(credentials))

    def accepting_server(self) -> AcceptingServer:
        return self._server(AcceptingServer())

    def python_service(
        self, name: str, ingestion: HoneyHiveIngestion, environment: Mapping[str, str] | None = None
    ) -> PythonService:
        service = PythonService(name, ingestion, environment or {}, self._new_directory(name))
        self._stack.callback(service.stop)
        return service

    def runtime_api(self, worker_count: int = 1) -> ScriptedRuntimeAPI:
        return self._server(ScriptedRuntimeAPI(worker_count=worker_count))

    def function(
        self,
        runtime_api: ScriptedRuntimeAPI | str,
        environment: Mapping[str, str] | None = None,
        product: str = "ProbeFunction",
        command: Callable[[Path], Sequence[str | Path]] = lambda bootstrap: [bootstrap],
    ) -> FunctionProgram:
        """Starts a function's process on the scripted Runtime API.

        Args:
            command: Maps the function's executable to the command that runs it.
        """
        address = runtime_api if isinstance(runtime_api, str) else str(runtime_api.address)
        function = FunctionProgram(
            command(locations.bootstrap(product)),
            {"AWS_LAMBDA_RUNTIME_API": address, "AWS_LAMBDA_FUNCTION_NAME": product, **(environment or {})},
            self._new_directory(product),
        )
        return self._function(function)

    def scripted(
        self,
        environment: Mapping[str, str] | None = None,
        *behaviours: Behaviour,
        product: str = "ProbeFunction",
        worker_count: int = 1,
    ) -> Scripted:
        """Starts a function on the scripted Runtime API, with a tap instead of a collector."""
        tap, api = self.tap(*behaviours), self.runtime_api(worker_count)
        settings = {**Dialect.PROTOBUF.environment(tap.address), "AWS_LAMBDA_LOG_FORMAT": "JSON", **(environment or {})}
        if worker_count > 1:
            settings["AWS_LAMBDA_MAX_CONCURRENCY"] = str(worker_count)
        return Scripted(api, self.function(api, settings, product), tap)

    def emulator(
        self,
        environment: Mapping[str, str] | None = None,
        product: str = "ProbeFunction",
        timeout_seconds: int = 30,
        taps_runtime_api: bool = False,
        kind: type[LambdaEmulator] = LambdaEmulator,
    ) -> LambdaEmulator:
        """Starts a function on Lambda's Runtime Interface Emulator."""
        directory = self._new_directory(product)
        emulator = kind(product, environment or {}, directory, timeout_seconds, taps_runtime_api)
        if emulator.runtime_api_tap is not None:
            self._servers.append(emulator.runtime_api_tap)
        return self._function(emulator)

    def collector(self, dialect: Dialect, *behaviours: Behaviour) -> tuple[CollectorTap, Rotel | None]:
        """Starts a collector for a dialect: rotel behind a tap; for HoneyHive's, which rotel rejects, only a tap."""
        if dialect is Dialect.HONEYHIVE:
            return self.tap(*behaviours), None
        rotel = self.rotel()
        return self.tap(*behaviours, collector=rotel), rotel

    def workbench(
        self,
        *products: str,
        scripts: Mapping[str, str] | None = None,
        options: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        waits: bool = True,
        is_ephemeral: bool = True,
    ) -> Workbench:
        """Starts the workbench's local Lambda with packaged functions.

        Args:
            waits: True to wait until the functions can be invoked.
            is_ephemeral: True to keep traces in memory; otherwise the options name a database.
            scripts: Further functions by name, as the text of a program.
        """
        directory = self._new_directory("workbench")
        functions = {product: locations.bootstrap(product) for product in products}
        for name, text in (scripts or {}).items():
            functions[name] = directory / name / "bootstrap"
            functions[name].parent.mkdir(parents=True)
            functions[name].write_text(text)
            functions[name].chmod(0o755)
        storage = ["--ephemeral"] if is_ephemeral else []
        workbench = Workbench(functions, [*storage, *options], environment or {}, directory, waits)
        self._stack.callback(workbench.stop)
        return workbench

    def program(self, command: Sequence[str | Path], environment: Mapping[str, str], directory: Path) -> Program:
        """Starts any other program, in an existing directory."""
        program = Program(command, environment, directory)
        self._stack.callback(program.stop)
        return program

    def close(self) -> None:
        """Stops everything.

        Raises:
            AssertionError: A server of the suite failed, a function violated the Runtime API's protocol, or a log
                contains a secret or a payload.
        """
        self._stack.close()
        for server in self._servers:
            assert not server.failures, "\n".join(server.failures)
            if isinstance(server, ScriptedRuntimeAPI):
                assert not server.violations, server.violations
        for function in self._functions:
            for secret in (API_KEY, PAYLOAD_MARK):
                assert secret not in function.log, f"the log holds {secret}:\n{function.log}"

    # Programs stop in reverse order of their start: functions before the servers that they use.

    def _function(self, function: Function) -> Function:
        self._functions.append(function)
        self._stack.callback(function.stop)
        return function

    def _server(self, server: Server) -> Server:
        self._servers.append(server)
        self._stack.callback(server.stop)
        return server

    def _new_directory(self, name: str) -> Path:
        self._count += 1
        return self._directory / f"{self._count}-{name}"
