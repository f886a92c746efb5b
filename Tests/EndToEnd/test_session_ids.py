"""Which session an event leads to: from a trace, from a text, and from values that cannot name one.

The snippets of `docs/triggers.md` compute the session id of a text as the function does.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.bench import Bench, Scripted
from support.events import probe
from support.locations import ROOT
from support.markdown import Document

TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE}-b7ad6b7169203331-01"
#: The trace id written as a UUID.
SESSION = "0af76519-16cd-43dd-8448-eb211c80319c"
#: What `inject_context_into_carrier` of honeyhive 1.7.0 sends.
CALLER = {"traceparent": TRACEPARENT, "baggage": "honeyhive_tracer_id=1"}


def session(host: Scripted, event: dict[str, Any], **headers: str) -> tuple[str, str]:
    """The id and the origin of the session that an event leads to."""
    reply = host.api.response(host.api.offer({**probe("context"), **event}, headers))
    return reply["sessionID"], reply["sessionOrigin"]


def warnings(host: Scripted, text: str) -> list[str]:
    return [line["message"] for line in host.function.json_lines if line["level"] == "WARN" and text in line["message"]]


# A trace without a session


def test_two_functions_of_one_trace_are_in_its_session_and_each_says_once_how_to_choose_one(bench: Bench) -> None:
    for _ in range(2):
        host = bench.scripted()
        for event in ({"headers": CALLER}, {"Traceparent": TRACEPARENT}, {"headers": CALLER}):
            assert session(host, event) == (SESSION, "trace")
        (warning,) = warnings(host, "no session id")
        for field in ("session_id", "baggage", "x-honeyhive-session-id"):
            assert field in warning
        assert {span.session_id for span in host.tap.delivered} == {SESSION}
        assert {span.trace_id for span in host.tap.delivered} == {TRACE}


def test_the_trace_of_the_client_context_leads_to_its_session(bench: Bench) -> None:
    host = bench.scripted()
    for name in ("custom", "Custom", "w3c"):
        context = {"Lambda-Runtime-Client-Context": json.dumps({name: CALLER})}
        assert session(host, {}, **context) == (SESSION, "trace")


def test_a_session_in_the_client_context_goes_before_the_trace(bench: Bench) -> None:
    host = bench.scripted()
    for context in ({"session_id": SESSION}, {"custom": {"session_id": SESSION, "traceparent": TRACEPARENT}}):
        header = {"Lambda-Runtime-Client-Context": json.dumps(context)}
        assert session(host, {}, **header) == (SESSION, "clientContext")


def test_the_header_that_lambda_adds_is_no_callers_trace(bench: Bench) -> None:
    host = bench.scripted()
    first, second = session(host, {}), session(host, {})
    assert first[1] == second[1] == "generated" and first[0] != second[0]


# Values


def test_a_number_is_its_text_and_another_type_is_named_once(bench: Bench) -> None:
    host = bench.scripted()
    ids = {session(host, event)[0] for event in ({"session_id": 12345}, {"session_id": "12345"}, {"x-session-id": 12345})}
    assert ids == {documented("python", ["12345"])[0]}
    for value in (True, [], {"a": 1}, True):
        assert session(host, {"session_id": value})[1] == "generated"
    assert session(host, {"session_id": None})[1] == "generated"
    assert len(warnings(host, "session_id in the payload is ignored")) == 1


def test_a_byte_order_mark_is_skipped(bench: Bench) -> None:
    host = bench.scripted()
    event = "\ufeff" + json.dumps({**probe("context"), "session_id": SESSION})
    assert host.api.response(host.api.offer(event.encode()))["sessionID"] == SESSION


# The snippets of the documentation

BLOCKS = {
    block.language: block
    for block in Document(ROOT / "docs" / "triggers.md").blocks
    if block.language in ("python", "typescript")
}
TEXTS = [
    "conversation-42", "12345", " padded\t\n", "ü🐝", "a b", "0", "-", "{}", "urn:uuid:", "0af76519-16cd-43dd-8448-eb211c80319",
    "0AF76519-16CD-43DD-8448-EB211C80319C", "{0af76519-16cd-43dd-8448-eb211c80319c}", TRACE, f"urn:uuid:{SESSION}",
    f"URN:UUID:{SESSION}", f"{SESSION}0", "0af7651916cd43dd8448eb211c80319g", "e\u0301", "\u00a0x",
]


def documented(language: str, texts: list[str]) -> list[str]:
    """The ids that a snippet computes."""
    source = BLOCKS[language].text
    if language == "python":
        calls = f"import json\nfor text in json.loads({json.dumps(json.dumps(texts))}): print(session_id(text))"
        command: list[str | Path] = [sys.executable, "-"]
    else:
        # Node.js up to version 22 does not know types.
        source = re.sub(r": string( \| undefined)?", "", source)
        calls = f"for (const text of {json.dumps(texts)}) console.log(sessionId(text));"
        command = ["node", "--input-type=module", "-"]
    done = subprocess.run(command, input=f"{source}\n{calls}\n", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    first, *ids = done.stdout.splitlines()
    assert first == "eb3f44a6-73c4-50bb-9173-d34d7c5dc9b2"
    return ids


@pytest.mark.parametrize("language", ["python", "typescript"])
def test_a_snippet_computes_the_session_of_a_text_as_the_function_does(bench: Bench, language: str) -> None:
    if language == "typescript" and shutil.which("node") is None:
        pytest.skip("Node.js is not installed")
    host = bench.scripted()
    own = [session(host, {"session_id": text})[0] for text in TEXTS]
    assert documented(language, TEXTS) == own
