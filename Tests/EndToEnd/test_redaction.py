"""No secret is in a request to the collector, in the log or in the crash journal, whichever way it comes in."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from support.bench import Bench
from support.collector_tap import Drop
from support.dialect import Dialect
from support.events import probe

MARKER = "m4rk3r-s3cr3t-0123456789"

TEXTS = [
    f"Bearer {MARKER}",
    json.dumps({"password": MARKER, "q": 1}),
    f"access_token={MARKER}&x=1",
    f"postgres://user:{MARKER}@example.com/db",
    f"login failed, password: {MARKER}",
    base64.b64encode(json.dumps({"api_key": MARKER}).encode()).decode(),
]

#: The directories of the crash journals, of all users.
JOURNALS = "traced-lambda-journal-*"


@pytest.mark.parametrize("dialect", list(Dialect))
def test_no_secret_is_sent_or_logged(bench: Bench, dialect: Dialect) -> None:
    tap, api = bench.tap(), bench.runtime_api()
    settings = {**dialect.environment(tap.address), "HH_CAPTURE_PAYLOAD": "true", "HH_SESSION_START": "true"}
    function = bench.function(api, settings)

    for text in TEXTS:
        fields = {name: {"k": text, "client_secret": MARKER} for name in ("inputs", "outputs", "metadata", "feedback")}
        for event in (
            probe("enrich-span", text=text, documents=[fields]),
            probe("enrich-session", documents=[fields]),
            probe("echo", text=text, session_id=text, baggage=f"api_key={MARKER}", headers={"Authorization": MARKER}),
            probe("consume", message={"k": text, "cookie": MARKER}),
        ):
            api.response(api.offer(event))
        post = api.error(api.offer(probe("fail", text=text)))
        assert MARKER not in post.request.needed_header("Lambda-Runtime-Function-XRay-Error-Cause")

    exchanges = tap.exchanges.snapshot()
    assert len(exchanges) >= len(TEXTS)
    for exchange in exchanges:
        assert MARKER.encode() not in exchange.request.body
    assert "[redacted]" in function.log
    assert MARKER not in function.log


def test_no_secret_is_in_the_journal(bench: Bench) -> None:
    tap, api = bench.tap(Drop()), bench.runtime_api()
    settings = {
        **Dialect.PROTOBUF.environment(tap.address),
        "HH_CAPTURE_PAYLOAD": "true",
        "TRACED_LAMBDA_FLUSH_BUDGET_MS": "100",
    }
    bench.function(api, settings)

    for text in TEXTS:
        fields = {"inputs": {"k": text, "client_secret": MARKER}}
        api.response(api.offer(probe("enrich-span", text=text, documents=[fields], baggage=f"api_key={MARKER}")))

    journals = [file.read_bytes() for file in Path("/tmp").glob(f"{JOURNALS}/*")]
    assert any(b"client_secret" in journal and b"[redacted]" in journal for journal in journals)
    assert not any(MARKER.encode() in journal for journal in journals)
