"""The three encodings of spans, and the settings that select each."""

from __future__ import annotations

from enum import Enum

from .events import API_KEY
from .loopback import Address
from .otlp import HONEYHIVE_PATH


class Dialect(Enum):
    PROTOBUF = "protobuf"
    JSON = "json"
    #: JSON with enum names, sent to HoneyHive's own path.
    HONEYHIVE = "honeyhive"

    def environment(self, collector: Address) -> dict[str, str]:
        """The settings of a function that uses this encoding."""
        match self:
            case Dialect.HONEYHIVE:
                return {"HH_API_KEY": API_KEY, "HH_API_URL": collector.url, "HH_PROJECT": "end-to-end"}
            case _:
                return {
                    "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
                    "OTEL_EXPORTER_OTLP_PROTOCOL": f"http/{self.value}",
                    "OTEL_EXPORTER_OTLP_HEADERS": f"x-api-key={API_KEY}",
                }

    @property
    def path(self) -> str:
        return HONEYHIVE_PATH if self is Dialect.HONEYHIVE else "/v1/traces"

    @property
    def content_type(self) -> str:
        return "application/x-protobuf" if self is Dialect.PROTOBUF else "application/json"

    @property
    def key_header(self) -> tuple[str, str]:
        """The name and value of the header with the key."""
        return ("Authorization", f"Bearer {API_KEY}") if self is Dialect.HONEYHIVE else ("x-api-key", API_KEY)
