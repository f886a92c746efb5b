"""HoneyHive's own `evaluate()`, unmodified, against the workbench: no account and no network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.browser import Browser
from support.viewer import Viewer

EVALUATE = """\
import json, sys
from honeyhive import HoneyHive, evaluate
from honeyhive.experiments import compare_runs, get_run_result

def answer(datapoint):
    return {"result": datapoint["inputs"]["question"].upper()}

def accuracy(outputs, inputs, ground_truth):
    return 1.0 if outputs["result"] == ground_truth["answer"] else 0.0

data = [
    {"inputs": {"question": "a"}, "ground_truth": {"answer": "A"}},
    {"inputs": {"question": "b"}, "ground_truth": {"answer": "x"}},
]
runs = []
for name in ["first", "second"]:
    result = evaluate(function=answer, dataset=data, evaluators=[accuracy], name=name, max_workers=1, verbose=False)
    runs.append(result)
    data[1]["ground_truth"]["answer"] = "B"
client = HoneyHive(api_key="local")
print("RESULT " + json.dumps({
    "ids": [run.run_id for run in runs],
    "status": [run.status for run in runs],
    "success": [run.success for run in runs],
    "accuracy": [run.metrics.get_metric("accuracy") and run.metrics.model_dump()["details"][0]["aggregate"] for run in runs],
    "datapoints": [len(run.datapoints) for run in runs],
    "comparison": compare_runs(client, runs[1].run_id, runs[0].run_id).model_dump(mode="json"),
}, default=str))
"""


@pytest.fixture
def viewer(tmp_path: Path) -> Iterator[Viewer]:
    viewer = Viewer(tmp_path / "viewer")
    yield viewer
    viewer.stop()


def call(viewer: Viewer, method: str, path: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(viewer.url + path, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def test_evaluate_runs_unmodified_and_two_runs_are_compared(viewer: Viewer, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", EVALUATE],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "HH_API_URL": viewer.url, "HH_API_KEY": "local"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    line = next((line for line in done.stdout.splitlines() if line.startswith("RESULT ")), None)
    assert line is not None, done.stdout + done.stderr
    result = json.loads(line.removeprefix("RESULT "))
    assert result["status"] == ["completed", "completed"]
    assert result["success"] == [True, True]
    assert result["datapoints"] == [2, 2]
    first, second = result["ids"]
    details = [call(viewer, "GET", f"/v1/runs/{run}/result")["metrics"]["details"] for run in result["ids"]]
    aggregates = [next(d["aggregate"] for d in detail if d["metric_name"] == "accuracy") for detail in details]
    assert aggregates == [0.5, 1.0]
    compared = call(viewer, "GET", f"/v1/runs/{second}/compare-with/{first}")
    [accuracy] = [metric for metric in compared["metrics"] if metric["metric_name"] == "accuracy"]
    assert (accuracy["old_aggregate"], accuracy["new_aggregate"], accuracy["difference"]) == (0.5, 1.0, 0.5)
    assert [run["run_id"] for run in call(viewer, "GET", "/v1/runs")["evaluations"]] == [second, first]


def test_events_are_exported_by_filter_and_page(viewer: Viewer) -> None:
    session = "0c3a1f0e-9a4b-4b7e-8f57-2f3f0f5a7c41"
    for number in range(5):
        viewer.post("/events", {"event": {
            "session_id": session, "event_name": f"e{number}", "event_type": "tool", "inputs": {"n": number},
        }})  # fmt: skip
    found = call(viewer, "POST", "/v1/events/export", {
        "filters": [
            {"field": "session_id", "operator": "is", "value": session, "type": "id"},
            {"field": "inputs.n", "operator": "greater than", "value": 1, "type": "number"},
        ],
        "limit": 2, "page": 2,
    })  # fmt: skip
    assert found["totalEvents"] == 3
    assert [event["event_name"] for event in found["events"]] == ["e4"]
    with pytest.raises(urllib.error.HTTPError) as refused:
        call(viewer, "POST", "/v1/events/export", {"filters": [3]})
    assert refused.value.code == 400


def test_datasets_and_datapoints_are_kept(viewer: Viewer) -> None:
    dataset = call(viewer, "POST", "/v1/datasets", {"name": "questions"})["result"]["insertedId"]
    point = call(viewer, "POST", "/v1/datapoints", {"inputs": {"q": 1}, "linked_datasets": [dataset]})
    rows = {"data": [{"q": 2, "a": 3}], "mapping": {"inputs": ["q"], "ground_truth": ["a"], "history": []}}
    added = call(viewer, "POST", f"/v1/datasets/{dataset}/datapoints", rows)["datapoint_ids"]
    [stored] = call(viewer, "GET", f"/v1/datasets?dataset_id={dataset}")["datasets"]
    assert stored["datapoints"] == point["result"]["insertedIds"] + added
    [read] = call(viewer, "GET", f"/v1/datapoints/{added[0]}")["datapoint"]
    assert (read["inputs"], read["ground_truth"], read["history"]) == ({"q": 2}, {"a": 3}, [])
    with pytest.raises(urllib.error.HTTPError) as missing:
        call(viewer, "GET", "/v1/datapoints/none")
    assert missing.value.code == 404


def test_two_runs_stand_side_by_side_in_the_page(viewer: Viewer) -> None:
    for run, session, value in [("r1", "s1", 0.5), ("r2", "s2", 0.75)]:
        viewer.post("/session/start", {"session": {
            "session_id": session, "session_name": "n", "metadata": {"run_id": run, "datapoint_id": "d1"},
        }})  # fmt: skip
        viewer.post("/events", {"event": {
            "session_id": session, "event_name": "answer", "event_type": "chain", "inputs": {}, "metrics": {"accuracy": value},
        }})  # fmt: skip
        call(viewer, "POST", "/v1/runs", {"run_id": run, "name": run, "status": "completed", "event_ids": [session]})
    browser = Browser()
    try:
        browser.open(f"{viewer.url}/runs?old=r1&new=r2")
        cells = browser.eventually(lambda: browser.texts(".metrics tbody td"), "the comparison")
        assert cells == ["answer", "0.5", "0.75", "+0.25 (+50 %)"]
        assert browser.texts(".datapoints tbody td") == ["passed: accuracy 0.5", "passed: accuracy 0.75"]
        browser.find(".datapoints a")[1].click()
        browser.eventually(lambda: browser.driver.current_url.endswith("/sessions/s2"), "the session")
        assert browser.complaints == []
    finally:
        browser.close()
