"""Events for the functions, and what must never show in a log."""

from __future__ import annotations

import json
from typing import Any

#: Stands in every event. It may show in spans and answers, and in no log line.
PAYLOAD_MARK = "payload-1c5a0e7b92"
#: The key of every function. It may show in the header that carries it, and nowhere else.
API_KEY = "hh-key-5fd1c6a2e08b4f"


def probe(command: str, **fields: Any) -> dict[str, Any]:
    """An event for ProbeFunction, which does what the command says."""
    return {"command": command, "note": PAYLOAD_MARK, **fields}


def streaming_probe(*steps: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """An event for StreamingProbe, which takes the steps."""
    return {"steps": steps, "note": PAYLOAD_MARK, **fields}


def hello(text: str = PAYLOAD_MARK, **fields: Any) -> dict[str, Any]:
    """An event for HelloSession."""
    return {"input": text, "note": PAYLOAD_MARK, **fields}


def encoded(event: Any) -> bytes:
    """An event as it goes over the wire: values as JSON in UTF-8, bytes as they are."""
    return event if isinstance(event, bytes) else json.dumps(event, ensure_ascii=False).encode()
