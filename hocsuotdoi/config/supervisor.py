"""`hocsuotdoi serve`: starts the web and the worker, watches them, and stops all of it together.

What it prints is written in Vietnamese here: the catalogue is not loaded in this process.
"""

import contextlib
import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence

STOP_WITHIN = 12.0
RESTARTS_A_WORKER_GETS = 5
_PR_SET_PDEATHSIG = 1


class CannotServe(Exception):
    """The program cannot be served; the message is one sentence."""


def open_socket(host: str, port: int) -> socket.socket:
    """A listening socket; refuses with a sentence when the address is taken or not ours."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        if port and isinstance(error, PermissionError | OSError) and error.errno in {98, 48}:
            raise CannotServe(f"Port {port} is taken by another program: set PORT to a free one.") from error
        raise CannotServe(f"Cannot listen on {host}:{port} ({error.strerror}): check HOST and PORT.") from error
    listener.set_inheritable(True)
    return listener


def _die_with_parent() -> None:
    # Linux only: a killed supervisor must not leave a web server behind. Elsewhere they are stopped by hand.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Children run in sessions of their own, so that Ctrl-C reaches only the supervisor, which stops them in order."""

    def __init__(self, environment: Mapping[str, str], keep_fds: Sequence[int] = ()):
        self.environment = dict(environment)
        self.keep_fds = tuple(keep_fds)
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self._arguments: dict[str, Sequence[str]] = {}
        self.stopping = False
        self._restarts = 0

    def start(self, name: str, arguments: Sequence[str], **extra: str) -> None:
        self._arguments[name] = arguments
        self.children[name] = subprocess.Popen(
            [sys.executable, *arguments],
            env={**self.environment, **extra},
            pass_fds=self.keep_fds,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )

    def wait(self, each_second: Callable[[], None]) -> int:
        """Until a stop signal (0) or until the web has ended by itself (1). A worker that ends is started again."""
        while not self.stopping:
            for name, child in list(self.children.items()):
                if child.poll() is None:
                    continue
                if name == "web" or self._restarts >= RESTARTS_A_WORKER_GETS:
                    print(f"Tiến trình {name} đã kết thúc (mã {child.returncode}); dừng tất cả.", file=sys.stderr)
                    return 1
                self._restarts += 1
                print(f"Tiến trình {name} đã kết thúc (mã {child.returncode}); khởi động lại.", file=sys.stderr)
                time.sleep(self._restarts)
                self.start(name, self._arguments[name])
            each_second()
            time.sleep(0.2)
        return 0

    def stop(self) -> None:
        """Asks all children to finish what they do, then makes them."""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_WITHIN
        for child in self.children.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.1, deadline - time.monotonic()))
            if child.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait()


def serve(
    host: str, port: int, environment: Mapping[str, str], *, with_worker: bool, keep_fds: Sequence[int] = ()
) -> int:
    """Serves until stopped; prints the address once the first page is served. The exit code."""
    listener = open_socket(host, port)
    port = listener.getsockname()[1]
    supervisor = Supervisor(environment, [listener.fileno(), *keep_fds])

    def ask_to_stop(_signal: int, _frame: object) -> None:
        supervisor.stopping = True

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ask_to_stop)

    ready = False

    def announce() -> None:
        nonlocal ready
        if not ready and _answers(host, port):
            ready = True
            shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else host
            print(f"Học Suốt Đời: http://{shown}:{port}/  (Ctrl-C: dừng)", flush=True)

    try:
        supervisor.start("web", ["-m", "hocsuotdoi.config.web"], LISTEN_FD=str(listener.fileno()), HASHED_STATIC="true")
        if with_worker:
            supervisor.start("worker", ["-m", "hocsuotdoi.config.cli", "worker"])
        return supervisor.wait(announce)
    finally:
        supervisor.stop()
        listener.close()


def _answers(host: str, port: int) -> bool:
    """Whether the web answers at all: the front page is also the one that warms it up."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    client = http.client.HTTPConnection(target, port, timeout=10)
    try:
        client.request("GET", "/", headers={"Host": f"localhost:{port}", "X-Forwarded-Proto": "https"})
        client.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()
    return True
