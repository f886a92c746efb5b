"""Prints each session's traces on a server as JSON, read with MLflow's own client.

Run with the Python of MLflow's environment: mlflow_sessions.py URL EXPERIMENT
"""

from __future__ import annotations

import json
import sys
from typing import Any

import mlflow


def describe(trace: Any) -> dict[str, Any]:
    return {
        "state": trace.info.state.value,
        "spans": [
            {
                "name": span.name,
                "id": span.span_id,
                "parent": span.parent_id,
                "status": span.status.status_code.value,
                "start": span.start_time_ns,
                "end": span.end_time_ns,
                "attributes": span.attributes,
                "events": [event.name for event in span.events],
            }
            for span in trace.data.spans
        ],
    }


url, experiment = sys.argv[1:]
mlflow.set_tracking_uri(url)
sessions = mlflow.search_sessions(locations=[experiment])
json.dump({session.id: [describe(trace) for trace in session] for session in sessions}, sys.stdout)
