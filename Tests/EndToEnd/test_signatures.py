"""Signatures of requests to AWS: compared with botocore's, byte by byte, and verified by moto."""

from __future__ import annotations

import json
import random
from datetime import datetime, timezone
from typing import Any

from support import locations
from support.bench import Bench
from support.dialect import Dialect
from support.events import probe
from support.http_wire import Request
from support.secret_store import READS, REGION
from support.signatures import COUNT, KEYS, SEED, TOKEN, authorization, document, random_case
from support.signatures import REGION as SIGNED_REGION

FIXTURE = locations.ROOT / "Tests" / "CurlTransportTests" / "Fixtures" / "signatures.json"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": KEYS[0],
    "AWS_SECRET_ACCESS_KEY": KEYS[1],
    "AWS_SESSION_TOKEN": TOKEN,
    "AWS_REGION": SIGNED_REGION,
}


def test_the_unit_tests_signatures_are_botocores() -> None:
    assert FIXTURE.read_text("utf-8") == document()


def signature_of_botocore(request: Request, host: str, service: str) -> str:
    """botocore's `Authorization` for a request as it has arrived."""
    given = request.needed_header("Authorization")
    signed = given.split("SignedHeaders=")[1].split(",")[0].split(";")
    own = {"host", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"}
    # The wire's values are read as Latin-1, and were sent in UTF-8.
    headers = [
        (name, value.encode("latin-1").decode("utf-8"))
        for name, value in request.fields
        if name.lower() in signed and name.lower() not in own
    ]
    time = datetime.strptime(request.needed_header("X-Amz-Date"), "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    token = request.header("X-Amz-Security-Token")
    return authorization(
        request.method, f"http://{host}{request.target}", headers, request.body, service, token, time
    )


def test_a_deployed_functions_requests_are_signed_as_botocore_signs_what_arrives(bench: Bench) -> None:
    server = bench.accepting_server()
    function = bench.emulator({**Dialect.PROTOBUF.environment(bench.tap().address), **CREDENTIALS}, "ProbeFunction")
    source = random.Random(SEED + 1)
    cases = [random_case(source) for _ in range(COUNT)]
    asked = [
        {
            "method": case["method"],
            "url": server.address.url + "/" + case["url"].partition("//")[2].partition("/")[2],
            "headers": case["headers"],
            "body": "" if case["method"] in {"GET", "HEAD"} else case["body"],
            "service": case["service"],
        }
        for case in cases
    ]

    statuses = json.loads(function.invoke(probe("send", requests=asked)).json)

    assert statuses == [200] * COUNT
    arrived = [exchange.request for exchange in server.exchanges.snapshot()]
    assert len(arrived) == COUNT
    for case, request in zip(cases, arrived, strict=True):
        expected = signature_of_botocore(request, str(server.address), case["service"])
        assert request.needed_header("Authorization") == expected, (case, request)


def test_moto_verifies_signed_requests(bench: Bench) -> None:
    store = bench.secret_store()
    secret = store.put_secret("text")
    environment = store.environment(READS)
    tap = bench.tap()
    body = json.dumps({"SecretId": secret})
    headers = [["X-Amz-Target", "secretsmanager.GetSecretValue"], ["Content-Type", "application/x-amz-json-1.1"]]
    asked: dict[str, Any] = {"method": "POST", "url": f"{store.address.url}/", "headers": headers, "body": body}

    for changed, status in [({}, 200), ({"AWS_SECRET_ACCESS_KEY": "another"}, 403)]:
        settings = {**Dialect.PROTOBUF.environment(tap.address), **environment, **changed}
        function = bench.emulator(settings, "ProbeFunction")
        reply = function.invoke(probe("send", requests=[{**asked, "service": "secretsmanager"}]))
        assert json.loads(reply.json) == [status], (REGION, function.log)
