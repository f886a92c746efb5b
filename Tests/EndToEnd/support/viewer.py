"""The workbench's collector and viewer, and spans for it."""

from __future__ import annotations

import json
import re
import sqlite3
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .locations import traced_lambda
from .programs import Program
from .waiting import eventually

MILLISECOND = 1_000_000
#: Spans begin some seconds in the past, so that none ends in the future.
BEGIN = time.time_ns() - 20_000 * MILLISECOND


#: The standard ports of OTLP are the same for all tests, which run at the same time.
NO_OTLP_PORTS = ("--otlp-grpc-port", "off", "--otlp-http-port", "off")


class Viewer(Program):
    """`traced-lambda collect`, on a free port and with a database in its directory."""

    def __init__(self, directory: Path, *options: str) -> None:
        super().__init__([traced_lambda(), "collect", "--port", "0", *NO_OTLP_PORTS, *options], {}, directory)
        found = eventually(
            lambda: re.search(r"Viewer: (http://localhost:\d+)/", self.log) or not self.is_running, lambda: self.log
        )
        assert isinstance(found, re.Match), f"it did not start:\n{self.log}"
        self.url = found[1]

    @property
    def database(self) -> Path:
        return self.directory / ".traced-lambda" / "traces.sqlite"

    def send(self, *spans: Mapping[str, Any], service: str = "answer") -> None:
        """Sends spans as a service would; returns when they are stored."""
        self.post("/v1/traces", request(spans, service))

    def post(self, path: str, body: Any, method: str = "POST") -> Any:
        data = json.dumps(body).encode()
        call = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(call, timeout=60) as answer:
            return json.load(answer)

    def stored(self, sql: str) -> list[tuple[Any, ...]]:
        """Reads the database from outside the program."""
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()


def request(spans: Sequence[Mapping[str, Any]], service: str) -> dict[str, Any]:
    resource = {"attributes": attributes({"service.name": service})}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": {"name": "test"}, "spans": [*spans]}]}]}


def span(
    name: str,
    number: int,
    *,
    session: str | None,
    parent: int | None = None,
    trace: int = 1,
    start: float = 0,
    duration: float = 10,
    kind: int = 1,
    type: str | None = "chain",
    error: str | None = None,
    events: Sequence[Mapping[str, Any]] = (),
    links: Sequence[tuple[int, int]] = (),
    **more: Any,
) -> dict[str, Any]:
    """A span in OTLP/JSON; times are in milliseconds after BEGIN, `more` has HoneyHive's fields and attributes."""
    begin = BEGIN + round(start * MILLISECOND)
    found = {"honeyhive.session_id": session, "honeyhive_event_type": type}
    for name_of_field, value in more.items():
        if name_of_field == "attributes":
            found |= value
        else:
            found |= {f"honeyhive_{name_of_field}.{key}": item for key, item in flat(value)}
    return {
        "traceId": f"{trace:032x}",
        "spanId": f"{number:016x}",
        "parentSpanId": "" if parent is None else f"{parent:016x}",
        "name": name,
        "kind": kind,
        "startTimeUnixNano": str(begin),
        "endTimeUnixNano": str(begin + round(duration * MILLISECOND)),
        "attributes": attributes(found),
        "events": [*events],
        "links": [{"traceId": f"{trace:032x}", "spanId": f"{number:016x}"} for trace, number in links],
        "status": {} if error is None else {"code": 2, "message": error},
    }


def shifted(spans: Sequence[dict[str, Any]], nanoseconds: int) -> list[dict[str, Any]]:
    """The spans, shifted in time."""
    moved = []
    for span in spans:
        times = {key: str(int(span[key]) + nanoseconds) for key in ("startTimeUnixNano", "endTimeUnixNano")}
        events = [event | {"timeUnixNano": str(int(event["timeUnixNano"]) + nanoseconds)} for event in span["events"]]
        moved.append(span | times | {"events": events})
    return moved


def exception(kind: str, message: str, stack: str, at: float = 0) -> dict[str, Any]:
    """The span event of an exception."""
    found = {"exception.type": kind, "exception.message": message, "exception.stacktrace": stack}
    return {
        "timeUnixNano": str(BEGIN + round(at * MILLISECOND)),
        "name": "exception",
        "attributes": attributes(found),
    }


def flat(value: Any, prefix: str = "") -> list[tuple[str, Any]]:
    """Flattens a document as HoneyHive's clients do."""
    if isinstance(value, Mapping):
        pairs = [(str(key), item) for key, item in value.items()]
    elif isinstance(value, (list, tuple)):
        pairs = [(str(index), item) for index, item in enumerate(value)]
    else:
        return [(prefix, value)]
    return [leaf for key, item in pairs for leaf in flat(item, f"{prefix}.{key}" if prefix else key)]


def attributes(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in found.items() if value is not None]


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    return {"stringValue": value}
