"""A little HTTP server on this machine that stands in for an outside service: what it was sent is in `.taken`."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FakeService(ThreadingHTTPServer):
    """`answer(path, headers, body)` gives status and body. `broken` makes it answer that status to everything;
    `at_most` is the number of messages after which it says that it is too much."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.taken: list[dict[str, Any]] = []
        self.broken = 0
        self.at_most: int | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, path: str, headers: Any, body: bytes) -> tuple[int, bytes]:
        raise NotImplementedError

    def is_too_much(self) -> bool:
        return self.at_most is not None and len(self.taken) >= self.at_most


class _Handler(BaseHTTPRequestHandler):
    server: FakeService

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.server.broken:
            status, said = self.server.broken, b"broken"
        else:
            status, said = self.server.answer(self.path, self.headers, body)
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", f"{self.server.url}/elsewhere")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *args: object) -> None:
        pass


def as_json(content: object) -> bytes:
    return json.dumps(content).encode()


@contextmanager
def running(service: FakeService) -> Iterator[FakeService]:
    thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield service
    finally:
        service.shutdown()
        thread.join()
        service.server_close()
