"""A small Lambda function that implements the Runtime API and sends its spans itself (only Python's standard library).

Its first argument selects the behaviour; see the end of the file.
"""

import base64
import gzip
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.parse

RUNTIME = os.environ["AWS_LAMBDA_RUNTIME_API"]
COLLECTOR = urllib.parse.urlsplit(os.environ["HH_API_URL"]).netloc
BASE = "/2018-06-01/runtime"
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"


def call(host, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(host)
    connection.request(method, path, body=body, headers=headers or {})
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response, content


def next_event():
    response, body = call(RUNTIME, "GET", BASE + "/invocation/next")
    if response.status != 200:
        sys.exit(f"/next answered {response.status}: {body.decode()}")
    return response.headers, json.loads(body)


def post(headers, what, body, **more):
    path = f"{BASE}/invocation/{headers['Lambda-Runtime-Aws-Request-Id']}/{what}"
    echo = {"Lambda-Runtime-Invocation-Id": headers["Lambda-Runtime-Invocation-Id"]}
    response, content = call(RUNTIME, "POST", path, body, {"Content-Type": "application/json", **echo, **more})
    print(f"{what}: {response.status} {content.decode()}", flush=True)


def span(name, span_id, session, parent=None, start=0, end=5_000_000, **fields):
    begin = time.time_ns()
    attributes = [{"key": "honeyhive_event_type", "value": {"stringValue": "chain" if parent is None else "tool"}}]
    if session is not None:
        attributes.append({"key": "honeyhive.session_id", "value": {"stringValue": session}})
    attributes += [{"key": key.replace("__", "."), "value": {"stringValue": value}} for key, value in fields.items()]
    return {
        "traceId": TRACE_ID,
        "spanId": span_id,
        "parentSpanId": parent,
        "name": name,
        "kind": "SPAN_KIND_INTERNAL",
        "startTimeUnixNano": str(begin + start),
        "endTimeUnixNano": str(begin + end),
        "attributes": attributes,
        "events": [],
        "status": {"code": "STATUS_CODE_UNSET"},
    }


def export(spans, compressed=False):
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"scope": {"name": "fixture"}, "spans": spans}]}]}).encode()
    headers = {"Content-Type": "application/json", "Authorization": "Bearer " + os.environ["HH_API_KEY"]}
    if compressed:
        body = gzip.compress(body)
        headers["Content-Encoding"] = "gzip"
    response, content = call(COLLECTOR, "POST", "/opentelemetry/v1/traces", body, headers)
    print(f"export: {response.status} {content.decode()}", flush=True)


def answer(session, other=None, late=False, compressed=False, upstream=None):
    headers, event = next_event()
    session = session or event.get("session_id")
    more = {"honeyhive_metadata__upstream_session_id": upstream} if upstream else {}
    root = span("answer", "b7ad6b7169203331", session, end=9_000_000, honeyhive_inputs__query="why?", **more)
    child = span("retrieve", "b7ad6b7169203332", other or session, parent="b7ad6b7169203331", start=1_000_000)
    export([root], compressed)
    if not late:
        export([child], compressed)
    post(headers, "response", json.dumps({"answer": 42, "event": event}))
    if late:
        export([child], compressed)
    next_event()


def load():
    """Answers each event after its span has been accepted."""
    while True:
        headers, event = next_event()
        request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        root = span("load", request_id.replace("-", "")[:16], event.get("session_id"), faas__invocation_id=request_id)
        export([root | {"traceId": request_id.replace("-", "")}])
        post(headers, "response", json.dumps({"request_id": request_id}))


def fail():
    headers, event = next_event()
    export([span("answer", "b7ad6b7169203331", event.get("session_id"), honeyhive_error="no such document")])
    error = {"errorMessage": "no such document", "errorType": "Function.NotFound", "stackTrace": ["a", "b"]}
    post(headers, "error", json.dumps(error), **{"Lambda-Runtime-Function-Error-Type": "Function.NotFound"})
    next_event()


def fail_init():
    error = {"errorMessage": "no configuration", "errorType": "Runtime.NoConfiguration"}
    response, content = call(RUNTIME, "POST", BASE + "/init/error", json.dumps(error))
    print(f"init/error: {response.status} {content.decode()}", flush=True)
    sys.exit(1)


def silent():
    headers, event = next_event()
    post(headers, "response", "{}")
    next_event()


def oversized():
    headers, event = next_event()
    export([span("answer", "b7ad6b7169203331", event.get("session_id"))])
    post(headers, "response", b"x" * 6_291_557)
    post(headers, "error", "{}")
    next_event()


def hang():
    next_event()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # The reader gets end of file when both this process and its child have ended.
    lifeline = os.open(os.environ["LIFELINE"], os.O_WRONLY)
    child = subprocess.Popen(["sleep", "600"], pass_fds=[lifeline])
    print(f"child {child.pid}", flush=True)
    signal.pause()


def crash(status):
    next_event()
    print("about to crash", flush=True)
    os._exit(status)


def environment():
    headers, event = next_event()
    export([span("answer", "b7ad6b7169203331", event.get("session_id"))])
    post(headers, "response", json.dumps({"environment": dict(os.environ), "headers": dict(headers)}))
    next_event()


def runtime_statuses():
    """Posts invalid requests to the Runtime API, and responds with the received statuses."""
    statuses = {}

    def attempt(name, method, path, body=b"{}", headers=None):
        response, content = call(RUNTIME, method, path, body if method == "POST" else None, headers)
        statuses[name] = [response.status, json.loads(content)]

    attempt("response before any event", "POST", BASE + "/invocation/none/response")
    headers, event = next_event()
    request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    path = f"{BASE}/invocation/{request_id}"
    attempt("next before the response", "GET", BASE + "/invocation/next")
    attempt("init error after init", "POST", BASE + "/init/error")
    attempt("unknown request id", "POST", BASE + "/invocation/other/response")
    attempt("unknown mode", "POST", path + "/response", headers={"Lambda-Runtime-Function-Response-Mode": "loud"})
    attempt("other invocation id", "POST", path + "/error", headers={"Lambda-Runtime-Invocation-Id": "other"})
    export([span("answer", "b7ad6b7169203331", event.get("session_id"))])
    post(headers, "response", json.dumps(statuses))
    attempt("response twice", "POST", path + "/response")
    print(json.dumps(statuses["response twice"]), flush=True)
    next_event()


def collector_statuses():
    """Sends invalid requests to the collector, and responds with the received statuses."""
    statuses = {}

    def attempt(name, method, path, body, **headers):
        headers = {key.replace("_", "-"): value for key, value in headers.items()}
        response, content = call(COLLECTOR, method, path, body, headers)
        statuses[name] = [response.status, response.headers["Content-Type"], content.decode("latin-1")]

    headers, event = next_event()
    session = event["session_id"]
    json_type, protobuf_type = "application/json; charset=utf-8", "application/x-protobuf"
    attempt("empty JSON", "POST", "/v1/traces", "{}", Content_Type=json_type)
    attempt("empty Protobuf", "POST", "/v1/traces", "", Content_Type=protobuf_type)
    attempt("garbage JSON", "POST", "/v1/traces", "{", Content_Type=json_type)
    attempt("garbage Protobuf", "POST", "/v1/traces", "\xff\xff", Content_Type=protobuf_type)
    attempt("garbage gzip", "POST", "/v1/traces", "{}", Content_Type=json_type, Content_Encoding="gzip")
    attempt("other encoding", "POST", "/v1/traces", "{}", Content_Type=json_type, Content_Encoding="br")
    attempt("other type", "POST", "/v1/traces", "{}", Content_Type="text/plain")
    attempt("too large", "POST", "/v1/traces", b" " * (16 * 1024 * 1024 + 1), Content_Type=json_type)
    attempt("unknown path", "POST", "/v1/profiles", "{}", Content_Type=json_type)
    start = json.dumps({"session": {"session_id": session, "session_name": "fixture", "metadata": {"a": 1}}})
    attempt("session start", "POST", "/session/start", start, Content_Type=json_type)
    enrichment = json.dumps({"event_id": session, "metadata": {"b": 2}, "outputs": {"c": 3}})
    attempt("enrichment", "PUT", "/events", enrichment, Content_Type=json_type)
    attempt("enrichment of nothing", "PUT", "/events", "{}", Content_Type=json_type)
    sent = json.dumps({"event": {"event_type": "tool", "session_id": session, "inputs": {"a": 1}}})
    attempt("event", "POST", "/events", sent, Content_Type=json_type)
    export([span("answer", "b7ad6b7169203331", session)])
    post(headers, "response", json.dumps(statuses))
    next_event()


def streaming(error=False):
    """Responds in chunks, and reports an error in trailers."""
    headers, event = next_event()
    export([span("answer", "b7ad6b7169203331", event.get("session_id"))])
    connection = http.client.HTTPConnection(RUNTIME)
    connection.putrequest("POST", f"{BASE}/invocation/{headers['Lambda-Runtime-Aws-Request-Id']}/response")
    connection.putheader("Lambda-Runtime-Function-Response-Mode", "streaming")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.putheader("Trailer", "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body")
    connection.endheaders()
    for chunk in [b'{"answer":', b"42}"]:
        connection.send(b"%x\r\n%s\r\n" % (len(chunk), chunk))
    connection.send(b"0\r\n")
    if error:
        report = base64.b64encode(json.dumps({"errorMessage": "half way", "errorType": "Function.Broken"}).encode())
        connection.send(b"Lambda-Runtime-Function-Error-Type: Function.Broken\r\n")
        connection.send(b"Lambda-Runtime-Function-Error-Body: " + report + b"\r\n")
    connection.send(b"\r\n")
    print(f"response: {connection.getresponse().status}", flush=True)
    next_event()


def internal_extension():
    headers, event = next_event()
    register = {"Lambda-Extension-Name": "fixture"}
    response, content = call(RUNTIME, "POST", "/2020-01-01/extension/register", '{"events":[]}', register)
    identifier = response.headers["Lambda-Extension-Identifier"]
    waiting = {"Lambda-Extension-Identifier": identifier}
    threading.Thread(
        target=lambda: call(RUNTIME, "GET", "/2020-01-01/extension/event/next", None, waiting), daemon=True
    ).start()
    unknown, _ = call(RUNTIME, "GET", "/2020-01-01/extension/event/next", None, {"Lambda-Extension-Identifier": "x"})
    # SIGTERM is sent at the end; a span that is sent then is late, but still recorded.
    signal.signal(signal.SIGTERM, lambda *_: (export([span("goodbye", "b7ad6b7169203339", None)]), os._exit(0)))
    export([span("answer", "b7ad6b7169203331", event.get("session_id"))])
    post(headers, "response", json.dumps({"register": response.status, "unknown": unknown.status}))
    next_event()


BEHAVIOURS = {
    "answer": lambda: answer(None),
    "gzip": lambda: answer(None, compressed=True),
    "late": lambda: answer(None, late=True),
    "other-session": lambda: answer(None, other="99999999-2222-4333-8444-000000000009"),
    "derived-session": lambda: answer("22222222-2222-5333-8444-000000000001", upstream="conversation-42"),
    "load": load,
    "fail": fail,
    "fail-init": fail_init,
    "silent": silent,
    "oversized": oversized,
    "hang": hang,
    "never-asks": signal.pause,
    "crash": lambda: crash(3),
    "exit": lambda: crash(0),
    "segfault": lambda: (next_event(), os.kill(os.getpid(), signal.SIGSEGV)),
    "environment": environment,
    "runtime-statuses": runtime_statuses,
    "collector-statuses": collector_statuses,
    "streaming": streaming,
    "streaming-error": lambda: streaming(error=True),
    "internal-extension": internal_extension,
}

BEHAVIOURS[sys.argv[1]]()
