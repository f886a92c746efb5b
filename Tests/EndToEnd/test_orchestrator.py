"""Functions that invoke functions: Orchestrator, Responder and HelloSession, with a stand-in for the language model."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from support import locations
from support.bench import Bench
from support.dialect import Dialect
from support.model_server import MODEL, ModelServer, says
from support.waiting import eventually
from support.workbench import Workbench
from test_agent_api import request

SESSION = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
TRACE = "0af7651916cd43dd8448eb211c80319c"
CALLER = "b7ad6b7169203331"
SERVICE = locations.ROOT / "Examples" / "ServiceA" / "call_function_url.py"


def spans(workbench: Workbench, session: str, count: int) -> dict[str, dict[str, Any]]:
    """A session's spans by name, once there are that many."""

    def found() -> dict[str, dict[str, Any]] | None:
        answer = workbench.request("GET", f"/api/sessions/{session}/otlp")
        resources = answer.json()["resourceSpans"] if answer.status_code == 200 else []
        every = [span for resource in resources for scope in resource["scopeSpans"] for span in scope["spans"]]
        return {span["name"]: span for span in every} if len(every) == count else None

    return eventually(found, lambda: f"{count} spans:\n{workbench.log}")


def passed(model: ModelServer) -> list[str]:
    """The options that give the functions the model's variables, which are the caller's."""
    return [f"--pass-env={name}" for name in model.environment]


def test_python_three_functions_and_the_models_server_are_one_tree(bench: Bench) -> None:
    model = bench.model_server(says("It is ", "42.", prompt_tokens=30, completion_tokens=4))
    workbench = bench.workbench("Orchestrator", "Responder", "HelloSession", environment=model.environment, options=passed(model))
    environment = {
        "HH_API_URL": workbench.address.url,
        "HH_API_KEY": "local",
        "HH_PROJECT": "demo",
        "FUNCTION_URL": f"{workbench.address.url}/url/Orchestrator/",
    }

    done = subprocess.run(
        [sys.executable, SERVICE, "6 x 7?"], env=environment, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["answer"] == "It is 42."
    # The model call has a span of its request.
    found = spans(workbench, told["session_id"], 10)
    parents = {
        "Orchestrator": "ask_function",
        "invoke Responder": "Orchestrator",
        "Responder": "invoke Responder",
        f"chat {MODEL}": "Responder",
        "invoke HelloSession": "Orchestrator",
        "HelloSession": "invoke HelloSession",
        "process": "process_event",
    }
    for child, parent in parents.items():
        assert found[child]["parentSpanId"] == found[parent]["spanId"], child
    assert len({span["traceId"] for span in found.values()}) == 1
    (asked,) = model.asked
    version, trace, parent, _ = asked.needed_header("traceparent").split("-")
    assert (version, trace) == ("00", found["Responder"]["traceId"])
    assert parent not in {span["spanId"] for name, span in found.items() if name != "POST"}
    assert asked.header("baggage") is None


def test_the_functions_have_stand_in_credentials_and_never_the_callers(bench: Bench) -> None:
    secret = {"AWS_ACCESS_KEY_ID": "AKIACALLER", "AWS_SECRET_ACCESS_KEY": "callers-own", "AWS_PROFILE": "production"}
    script = "#!/bin/sh\nenv >&2\n"
    workbench = bench.workbench(scripts={"Tell": script}, environment=secret)

    workbench.request("POST", "/2015-03-31/functions/Tell/invocations", json={})

    told = workbench.log + workbench.output.read_text("utf-8")
    assert "AWS_ACCESS_KEY_ID=local" in told
    assert f"AWS_ENDPOINT_URL_LAMBDA=http://127.0.0.1:{workbench.address.port}" in told
    assert "AKIACALLER" not in told and "callers-own" not in told and "AWS_PROFILE" not in told


def test_it_runs_on_the_emulator(bench: Bench) -> None:
    model = bench.model_server(says("It is 42.", prompt_tokens=30, completion_tokens=4))
    others = bench.workbench("Responder", "HelloSession", environment=model.environment, options=passed(model))
    tap = bench.tap()
    emulator = bench.emulator(
        {
            **Dialect.PROTOBUF.environment(tap.address),
            "AWS_ENDPOINT_URL_LAMBDA": others.address.url,
            "AWS_ACCESS_KEY_ID": "AKID",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "eu-central-1",
        },
        "Orchestrator",
    )

    reply = emulator.invoke(
        request({"question": "6 x 7?"}, **{"x-honeyhive-session-id": SESSION, "traceparent": f"00-{TRACE}-{CALLER}-01"})
    )

    assert json.loads(json.loads(reply.body)["body"]) == {"answer": "It is 42."}
    own = tap.wait_for_spans(3)
    assert [span.name for span in own] == ["invoke Responder", "invoke HelloSession", "Orchestrator"]
    assert all((span.session_id, span.trace_id) == (SESSION, TRACE) for span in own)
    assert own[0].attributes["faas.invoked_name"] == "Responder"
    assert own[0].attributes["faas.invoked_region"] == "eu-central-1"
    found = spans(others, SESSION, 6)
    assert found["Responder"]["parentSpanId"] == own[0].span_id
    assert found["HelloSession"]["parentSpanId"] == own[1].span_id


def test_an_error_of_the_invoked_function_is_its_own(bench: Bench) -> None:
    model = bench.model_server(status=400)
    workbench = bench.workbench("Orchestrator", "Responder", environment=model.environment, options=passed(model))

    reply = workbench.request("POST", "/2015-03-31/functions/Orchestrator/invocations", json=request({"question": "?"}))

    assert reply.headers["X-Amz-Function-Error"] == "Unhandled"
    assert reply.json()["errorType"] == "InvokeError"
    assert reply.json()["errorMessage"].startswith("Responder: ModelError: the model's server rejected the request: HTTP 400")
