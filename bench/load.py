"""A cheap crowd: plain sockets kept open, so that most of the two cores is left to the program."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from urllib.parse import urlencode

TOKEN = "t" * 32


@dataclass
class Result:
    """What a crowd heard. `seconds`: from the first request to the last answer."""

    seconds: float
    statuses: Counter[int]
    waits: list[float] = field(repr=False)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return sum(self.statuses.values()) / self.seconds

    @property
    def middle(self) -> float:
        """The median wait, in milliseconds."""
        return median(self.waits) * 1000


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n".encode()


def post(path: str, form: dict[str, str]) -> bytes:
    body = urlencode({**form, "csrfmiddlewaretoken": TOKEN})
    return (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\nCookie: csrftoken={TOKEN}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def post_json(path: str, body: str, token: str) -> bytes:
    content = body.encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def rush_once(port: int, requests: list[bytes]) -> Result:
    """One client, each request once, one after the other."""
    statuses: Counter[int] = Counter()
    waits = []
    begun = time.perf_counter()
    connection = socket.create_connection(("127.0.0.1", port))
    for request in requests:
        start = time.perf_counter()
        connection.sendall(request)
        status, open_still = _read(connection)
        statuses[status] += 1
        waits.append(time.perf_counter() - start)
        if not open_still:
            connection.close()
            connection = socket.create_connection(("127.0.0.1", port))
    connection.close()
    return Result(time.perf_counter() - begun, statuses, waits)


def rush(port: int, make: Callable[[int], bytes], *, clients: int = 16, seconds: float = 8.0) -> Result:
    """`clients` connections, each sending `make(n)` again and again for so long; n never repeats."""
    statuses: Counter[int] = Counter()
    waits: list[float] = []
    lock = threading.Lock()
    begun = time.perf_counter()

    def one(client: int) -> None:
        own, heard, n = Counter(), [], client
        connection = socket.create_connection(("127.0.0.1", port))
        while (start := time.perf_counter()) - begun < seconds:
            connection.sendall(make(n))
            status, open_still = _read(connection)
            own[status] += 1
            heard.append(time.perf_counter() - start)
            if not open_still:
                connection.close()
                connection = socket.create_connection(("127.0.0.1", port))
            n += clients
        connection.close()
        with lock:
            statuses.update(own)
            waits.extend(heard)

    threads = [threading.Thread(target=one, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Result(time.perf_counter() - begun, statuses, waits)


def _read(connection: socket.socket) -> tuple[int, bool]:
    """The status of one answer, read to its end, and whether the connection stays open."""
    got = b""
    while b"\r\n\r\n" not in got:
        piece = connection.recv(65536)
        if not piece:
            return 0, False
        got += piece
    head, _, body = got.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return int(head[9:12]), b"connection: close" not in head.lower()
