"""Random requests with the signatures of botocore's signer, the reference for signed requests.

Run as a program, it prints the file `Tests/CurlTransportTests/Fixtures/signatures.json`.
"""

from __future__ import annotations

import json
import random
from datetime import datetime, timezone
from typing import Any
from unittest.mock import patch
from urllib.parse import quote, quote_from_bytes, unquote_to_bytes, urlsplit

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SEED = 20260102
COUNT = 200
TIME = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
KEYS = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
TOKEN = "FwoGZXIvYXdzEB//token/+=="
REGION = "eu-central-1"
SERVICES = ("lambda", "execute-api", "bedrock", "sqs", "s3")
HOSTS = ("api.example.com", "API.Example.com:8443", "api.example.com:443", "[::1]:8080")

#: Segments of paths, and names and values of queries, as users write them.
SEGMENTS = (
    "a", "b c", "b%20c", "..", ".", "", "", "%2F", "d+e", "é", "%C3%A9", "x~y", "f:g", "h@i", "j=k", "%25", "l,m", "n;o",
    "p!q", "$r", "s'(t)*", "A-Z_0.9", "日本", "[u]", "2015-03-31", "anthropic.claude-3%3A0",
)  # fmt: skip
WORDS = (
    "", "a", "b", "B", "a b", "a%20b", "a+b", "c%2Bd", "%3D", "%26", "%3d", "ü", "%C3%BC", "e.f~g", "0", "10", "9",
    "x%2Fy", "x/y", "k:v", "m@n", "o,p", "q*", "'r'", "100%", "a=b", "?",
)  # fmt: skip
VALUES = ("plain", " leading", "trailing ", "two  words", "a\tb \t c", "", "ä", "x,  y", 'quo"ted  text', "=;&")


def sent(url: str) -> str:
    """The URL as it goes over the wire: encoded where it must be, and the query in AWS's encoding."""
    parts = urlsplit(url)
    path = quote(parts.path or "/", safe="/%!$&'()*+,;=:@-._~[]?#")
    pairs = [pair.partition("=") for pair in parts.query.split("&") if pair]
    query = "&".join("".join((encoded(name), equals, encoded(value))) for name, equals, value in pairs)
    return f"{parts.scheme}://{parts.netloc.lower()}{path}" + (f"?{query}" if "?" in url else "")


def encoded(text: str) -> str:
    return quote_from_bytes(unquote_to_bytes(text.replace("+", " ")), safe="-_.~")


def authorization(
    method: str, url: str, headers: list[tuple[str, str]], body: bytes, service: str, token: str | None, time: datetime
) -> str:
    """botocore's `Authorization` for a request with these headers."""
    request = AWSRequest(method, url, data=body)
    for name, value in headers:
        request.headers.add_header(name, value)
    signer = (S3SigV4Auth if service == "s3" else SigV4Auth)(Credentials(*KEYS, token), service, REGION)
    with patch("botocore.auth.get_current_datetime", return_value=time):
        signer.add_auth(request)
    return str(request.headers["Authorization"])


def random_case(source: random.Random) -> dict[str, Any]:
    def word() -> str:
        return source.choice(WORDS)

    path = "".join("/" + source.choice(SEGMENTS) for _ in range(source.randint(0, 5)))
    pairs = [word() + ("=" + word() if source.random() < 0.8 else "") for _ in range(source.randint(0, 5))]
    if pairs and source.random() < 0.3:
        pairs.append(source.choice(pairs).partition("=")[0] + "=" + word())
    query = "?" + "&".join(pairs) if pairs or source.random() < 0.1 else ""
    service = source.choice(SERVICES)
    names = source.sample(("X-Odd", "x-amz-target", "Content-Type", "X-Amz-Meta-B", "Accept", "x-odd"), source.randint(0, 4))
    case: dict[str, Any] = {
        "method": source.choice(("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH")),
        "url": f"{source.choice(('http', 'https'))}://{source.choice(HOSTS)}{path}{query}",
        "headers": [[name, source.choice(VALUES)] for name in names],
        "body": source.choice(("", "", "{}", '{"ü": "日本"}', "x" * 200)),
        "service": service,
        "token": TOKEN if source.random() < 0.5 else None,
    }
    case["sent"] = sent(case["url"])
    case["authorization"] = authorization(
        case["method"],
        case["sent"],
        [(name, value) for name, value in case["headers"]],
        case["body"].encode(),
        service,
        case["token"],
        TIME,
    )
    return case


def document() -> str:
    source = random.Random(SEED)
    cases = (json.dumps(random_case(source), ensure_ascii=False) for _ in range(COUNT))
    return "[\n" + ",\n".join(cases) + "\n]\n"


if __name__ == "__main__":
    print(document(), end="")
