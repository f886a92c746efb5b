"""Events for the functions, and values that must never appear in a log."""

from __future__ import annotations

import json
from typing import Any

#: Part of every event. Allowed in spans and responses, but in no log line.
PAYLOAD_MARK = "payload-1c5a0e7b92"
#: The key of every function. Allowed only in its request header.
API_KEY = "hh-key-5fd1c6a2e08b4f"


def probe(command: str, **fields: Any) -> dict[str, Any]:
    """An event for ProbeFunction, which executes the command."""
    return {"command": command, "note": PAYLOAD_MARK, **fields}


def streaming_probe(*steps: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """An event for StreamingProbe, which executes the steps."""
    return {"steps": steps, "note": PAYLOAD_MARK, **fields}


def hello(text: str = PAYLOAD_MARK, **fields: Any) -> dict[str, Any]:
    """An event for HelloSession."""
    return {"input": text, "note": PAYLOAD_MARK, **fields}


def encoded(event: Any) -> bytes:
    """Encodes an event: values as JSON in UTF-8, bytes unchanged."""
    return event if isinstance(event, bytes) else json.dumps(event, ensure_ascii=False).encode()
