"""The real program, started as a person starts it: `hocsuotdoi serve` on a free port, with a database of its own."""

import contextlib
import os
import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil


@dataclass
class LiveProgram:
    """`url` has no slash at the end; `database` is the name of the cloned database, `database_url` leads to it."""

    url: str
    database: str
    database_url: str
    process: subprocess.Popen[str] = field(repr=False)
    output: list[str] = field(repr=False)
    reader: threading.Thread = field(repr=False)

    def stop(self) -> int:
        """As Ctrl-C does; the exit code."""
        self.process.terminate()
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self._hear_the_last()

    def kill(self) -> None:
        """At once, with all its processes: an orderly end takes seconds and is what tests of `stop` are about."""
        everything = [psutil.Process(self.process.pid)]
        everything += everything[0].children(recursive=True)
        for process in everything:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait(20)
        self._hear_the_last()

    def _hear_the_last(self) -> None:
        self.reader.join(5)
        if self.process.stdout:
            self.process.stdout.close()


def start_program(database: str, database_url: str, data_dir: Path, *options: str, **settings: str) -> LiveProgram:
    """Starts the program and waits until it announces its address; its output is in the error when it does not."""
    environment = {**os.environ, "DATABASE_URL": database_url, "DATA_DIR": str(data_dir), "HOST": "127.0.0.1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "hocsuotdoi.config.cli", "serve", *options],
        env={**environment, "PORT": "0", "WEB_CONCURRENCY": "2", **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    output: list[str] = []
    assert process.stdout is not None
    reader = threading.Thread(target=output.extend, args=(process.stdout,), daemon=True)
    reader.start()
    deadline = time.monotonic() + 180  # a busy machine is no failure
    while time.monotonic() < deadline:
        for line in output:
            if address := re.search(r"http://localhost:(\d+)", line):
                url = f"http://localhost:{address[1]}"
                return LiveProgram(url, database, database_url, process, output, reader)
        if process.poll() is not None:
            break
        time.sleep(0.05)
    process.kill()
    process.wait()
    reader.join(5)
    process.stdout.close()
    raise AssertionError("The program did not start:\n" + "".join(output))
