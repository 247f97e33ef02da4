"""A tax service over HTTP that answers, stays silent or fails as a test says."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class TaxServer:
    """What it was asked, and what it says: a status and a body.

    ``silent`` holds every answer back until it is set, ``drips`` are the seconds before each byte of one.
    """

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[dict[str, Any]] = []
        self.status = 200
        self.body: object = {"rates": {}}
        self.silent: threading.Event | None = None
        self.drips = 0.0

    def says(self, **percents: object) -> None:
        """Answer these percents by tax code."""
        self.body = {"rates": {code: {"percent": percent} for code, percent in percents.items()}}


@contextmanager
def tax_server() -> Iterator[TaxServer]:
    """A service on a free port of this machine."""
    told = TaxServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            if told.silent is not None:
                told.silent.wait(30)
            body = told.body if isinstance(told.body, bytes) else json.dumps(told.body).encode()
            try:
                self._say(body)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the caller has given up, as some tests want it to

        def _say(self, body: bytes) -> None:
            if told.drips:
                head = f"HTTP/1.0 {told.status} OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                for byte in head + body:
                    time.sleep(told.drips)
                    self.wfile.write(bytes([byte]))
                return
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing on the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}/rates"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
