"""A real backend with sessions of its own, and the traces that it shows, for every encoding that it accepts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.bench import Bench
from support.dialect import Dialect
from support.events import PAYLOAD_MARK, hello
from support.mlflow_server import MLflowServer

pytestmark = pytest.mark.slow

#: An encoding, and the session that its spans should be in.
FORMS = {
    "protobuf": (Dialect.PROTOBUF, "none", "7d9f4a52-0c1b-4e7e-9a36-5b1d2c3e4f51"),
    "json": (Dialect.JSON, "none", "7d9f4a52-0c1b-4e7e-9a36-5b1d2c3e4f52"),
    "protobuf, gzip": (Dialect.PROTOBUF, "gzip", "7d9f4a52-0c1b-4e7e-9a36-5b1d2c3e4f53"),
    "json, gzip": (Dialect.JSON, "gzip", "7d9f4a52-0c1b-4e7e-9a36-5b1d2c3e4f54"),
}


@pytest.fixture(scope="module")
def mlflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MLflowServer]:
    server = MLflowServer(tmp_path_factory.mktemp("mlflow"))
    yield server
    server.stop()


@pytest.mark.parametrize("form", FORMS)
def test_mlflow_shows_the_traces_of_a_session_under_it(bench: Bench, mlflow: MLflowServer, form: str) -> None:
    dialect, compression, session = FORMS[form]
    settings = {
        **dialect.environment(mlflow.address),
        "OTEL_EXPORTER_OTLP_HEADERS": mlflow.headers,
        "OTEL_EXPORTER_OTLP_COMPRESSION": compression,
        # The first request to a server that has just started can take longer than the default budget.
        "TRACED_LAMBDA_FLUSH_BUDGET_MS": "20000",
    }
    emulator = bench.emulator(settings, "HelloSession")

    assert emulator.invoke(hello(session_id=session)).status == 200
    assert emulator.invoke(hello("fail", session_id=session)).json["errorType"] == "ProcessingError"

    assert "WARN" not in emulator.log, emulator.log
    good, failed = sorted(mlflow.sessions()[session], key=lambda trace: trace["spans"][0]["start"])
    assert (good["state"], failed["state"]) == ("OK", "ERROR")
    for trace, status in ((good, {"OK", "UNSET"}), (failed, {"ERROR"})):
        spans = {span["name"]: span for span in trace["spans"]}
        assert len(trace["spans"]) == 3
        root, outer, inner = (spans[name] for name in ("HelloSession", "process_event", "process"))
        assert [span["parent"] for span in (root, outer, inner)] == [None, root["id"], outer["id"]]
        assert root["start"] <= outer["start"] <= inner["start"] <= inner["end"] <= outer["end"] <= root["end"]
        assert {span["status"] for span in trace["spans"]} <= status
        assert {span["attributes"]["session.id"] for span in trace["spans"]} == {session}
    inner = next(span for span in good["spans"] if span["name"] == "process")
    assert inner["attributes"]["honeyhive_inputs.input"] == PAYLOAD_MARK
    assert inner["attributes"]["honeyhive_metadata.length"] == len(PAYLOAD_MARK)
    assert [span["events"] for span in failed["spans"] if span["events"]] == [["exception"]]
