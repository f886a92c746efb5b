"""The workbench's queues with QueueWorker: batches, redelivery and dead letters."""

from __future__ import annotations

from typing import Any

import pytest

from support.bench import Bench
from support.waiting import eventually
from support.workbench import Workbench

SESSION = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
QUEUE = "/queue/QueueWorker"


@pytest.fixture
def workbench(bench: Bench) -> Workbench:
    return bench.workbench("QueueWorker")


def send(workbench: Workbench, order: Any, **headers: str) -> str:
    answer = workbench.request("POST", QUEUE, json=order, headers=headers)
    assert answer.status_code == 202
    return str(answer.json()["messageId"])


def state(workbench: Workbench) -> Any:
    return workbench.request("GET", QUEUE).json()


def test_a_message_is_handled_in_the_session_of_its_sender(workbench: Workbench) -> None:
    send(workbench, {"item": "tea", "count": 2}, **{"X-Message-Attribute-session_id": SESSION})

    workbench.wait_for(event="invocation", error=None)
    eventually(lambda: state(workbench) == {"waiting": 0, "underWay": 0, "deadLetters": []}, "an empty queue")
    assert workbench.request("GET", f"/api/sessions/{SESSION}").status_code == 200


def test_a_message_that_fails_comes_again_and_is_put_aside_at_last(workbench: Workbench) -> None:
    good = [send(workbench, {"item": "tea", "count": 1}) for _ in range(3)]
    bad = send(workbench, {"item": "tea", "count": 0})

    put_aside = workbench.wait_for(event="putAside")

    assert put_aside == {"event": "putAside", "function": "QueueWorker", "messageId": bad}
    letters = state(workbench)["deadLetters"]
    assert [letter["messageId"] for letter in letters] == [bad]
    assert bad not in good


def test_a_function_that_crashes_fails_all_of_its_batch(bench: Bench) -> None:
    workbench = bench.workbench(scripts={"Crash": "#!/bin/sh\nexit 3\n"})

    answer = workbench.request("POST", "/queue/Crash", data="one")

    assert workbench.wait_for(event="putAside")["messageId"] == answer.json()["messageId"]
    assert len([event for event in workbench.events if event["event"] == "invocation"]) == 3


def test_what_is_no_message_is_refused(workbench: Workbench) -> None:
    assert workbench.request("POST", QUEUE).status_code == 400
    assert workbench.request("POST", QUEUE, data=b"\xff").status_code == 400
    assert workbench.request("POST", QUEUE, data="x" * 1_048_577).status_code == 413
    assert workbench.request("POST", "/queue/Nobody", data="x").status_code == 404
