"""The three forms in which spans can be sent, and the settings that choose each."""

from __future__ import annotations

from enum import Enum

from .events import API_KEY
from .loopback import Address
from .otlp import HONEYHIVE_PATH


class Dialect(Enum):
    PROTOBUF = "protobuf"
    JSON = "json"
    #: JSON with enum names, to HoneyHive's own path.
    HONEYHIVE = "honeyhive"

    def environment(self, collector: Address) -> dict[str, str]:
        """The settings of a function that sends in this form."""
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
        """The header that carries the key, and its value."""
        return ("Authorization", f"Bearer {API_KEY}") if self is Dialect.HONEYHIVE else ("x-api-key", API_KEY)
