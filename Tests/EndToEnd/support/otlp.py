"""Decodes export requests with OpenTelemetry's own schema.

The package `opentelemetry-proto` is generated from https://github.com/open-telemetry/opentelemetry-proto. JSON is
parsed by protobuf's own JSON parser, after the two deviations that OTLP prescribes (ids in hexadecimal, enums as
numbers).
"""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SpanMessage
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from .http_wire import Request

#: HoneyHive's path; its JSON has enum names instead of numbers.
HONEYHIVE_PATH = "/opentelemetry/v1/traces"
_ID_BYTES = {"traceId": 16, "spanId": 8, "parentSpanId": 8}
_HEXADECIMAL = set("0123456789abcdef")


@dataclass(frozen=True)
class Event:
    name: str
    attributes: dict[str, Any]


@dataclass(frozen=True)
class Span:
    trace_id: str
    span_id: str
    #: Empty for a root span.
    parent_id: str
    trace_state: str
    name: str
    #: As in SPAN_KIND_SERVER, without the prefix.
    kind: str
    start: int
    end: int
    attributes: dict[str, Any]
    events: list[Event]
    #: As in STATUS_CODE_ERROR, without the prefix.
    status: str
    status_message: str
    resource: dict[str, Any]
    scope: str

    @property
    def session_id(self) -> str:
        return str(self.attributes["honeyhive.session_id"])


@lru_cache(maxsize=4096)
def decode(request: Request) -> tuple[Span, ...]:
    """Decodes an export request; anything that the schema does not allow is an AssertionError."""
    body = gzip.decompress(request.body) if request.header("Content-Encoding") == "gzip" else request.body
    content_type = request.header("Content-Type")
    if content_type == "application/x-protobuf":
        message = _from_protobuf(body)
    else:
        assert content_type == "application/json", f"Content-Type: {content_type}"
        message = _from_json(body, has_enum_names=request.target == HONEYHIVE_PATH)
    spans = tuple(_spans(message))
    assert spans, "an export request without a span"
    return spans


def _from_protobuf(body: bytes) -> ExportTraceServiceRequest:
    message = ExportTraceServiceRequest.FromString(body)
    size = message.ByteSize()
    message.DiscardUnknownFields()
    assert message.ByteSize() == size, "the request has fields that are not in the schema"
    return message


def _from_json(body: bytes, has_enum_names: bool) -> ExportTraceServiceRequest:
    document = json.loads(body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant)
    for resource in document["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                _check_numbers(span, has_enum_names)
                _ids_to_base64(span)
    return json_format.ParseDict(document, ExportTraceServiceRequest())


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), f"a name stands twice in one object: {names}"
    return dict(pairs)


def _refuse_constant(name: str) -> NoReturn:
    raise AssertionError(f"{name} is not JSON")


def _check_numbers(span: dict[str, Any], has_enum_names: bool) -> None:
    enum_type = str if has_enum_names else int
    assert isinstance(span["kind"], enum_type), f"kind: {span['kind']!r}"
    code = span.get("status", {}).get("code")
    assert code is None or isinstance(code, enum_type), f"status.code: {code!r}"
    for name in ("startTimeUnixNano", "endTimeUnixNano"):
        assert isinstance(span[name], str), f"{name} is not a string: {span[name]!r}"


def _ids_to_base64(span: dict[str, Any]) -> None:
    for holder in [span, *span.get("links", [])]:
        for name, size in _ID_BYTES.items():
            text = holder.get(name)
            if text:
                assert len(text) == 2 * size and set(text) <= _HEXADECIMAL, f"{name}: {text}"
                holder[name] = base64.b64encode(bytes.fromhex(text)).decode()


def _spans(message: ExportTraceServiceRequest) -> list[Span]:
    return [
        _span(span, resource=_attributes(resource_spans.resource.attributes), scope=scope_spans.scope.name)
        for resource_spans in message.resource_spans
        for scope_spans in resource_spans.scope_spans
        for span in scope_spans.spans
    ]


def _span(span: SpanMessage, resource: dict[str, Any], scope: str) -> Span:
    assert len(span.trace_id) == 16 and any(span.trace_id), f"trace id: {span.trace_id.hex()}"
    assert len(span.span_id) == 8 and any(span.span_id), f"span id: {span.span_id.hex()}"
    assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano, "times"
    return Span(
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        trace_state=span.trace_state,
        name=span.name,
        kind=SpanMessage.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        start=span.start_time_unix_nano,
        end=span.end_time_unix_nano,
        attributes=_attributes(span.attributes),
        events=[Event(event.name, _attributes(event.attributes)) for event in span.events],
        status=Status.StatusCode.Name(span.status.code).removeprefix("STATUS_CODE_"),
        status_message=span.status.message,
        resource=resource,
        scope=scope,
    )


def _attributes(pairs: list[KeyValue]) -> dict[str, Any]:
    names = [pair.key for pair in pairs]
    assert len(names) == len(set(names)), f"an attribute stands twice: {names}"
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> Any:
    match value.WhichOneof("value"):
        case "array_value":
            return [_value(item) for item in value.array_value.values]
        case "kvlist_value":
            return _attributes(value.kvlist_value.values)
        case None:
            raise AssertionError("an attribute without a value")
        case name:
            return getattr(value, name)
