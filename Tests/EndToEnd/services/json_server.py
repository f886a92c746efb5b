"""An HTTP server whose routes receive and return JSON."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

#: Called with the request's headers, their names as received, and its body.
Route = Callable[[dict[str, str], dict[str, Any]], Any]


def serve(routes: Mapping[str, Route]) -> None:
    """Serves POST on the host and port of the command line, one request at a time, until the process is stopped."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                status, answer = 200, routes[self.path](dict(self.headers.items()), body)
            except Exception:
                status, answer = 500, traceback.format_exc()
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    HTTPServer((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
