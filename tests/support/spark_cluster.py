"""A standalone Spark cluster on this machine only: a master and workers, each a process of its own."""

import contextlib
import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

WAIT = 300
DEPLOY = "org.apache.spark.deploy"


@dataclass
class Cluster:
    """`address` is the master's."""

    address: str
    workers: list["_Process"]


@contextlib.contextmanager
def started_cluster(folder: Path, *, workers: int) -> Iterator[Cluster]:
    """A cluster all of whose workers have announced themselves."""
    processes: list[_Process] = []
    try:
        master = _Process(
            folder, "master", "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", "0"
        )
        processes.append(master)
        address = master.said(r"Starting Spark master at (spark://127\.0\.0\.1:\d+)")
        for number in range(workers):
            name = f"worker-{number}"
            processes.append(
                _Process(
                    folder, name, f"{DEPLOY}.worker.Worker", "--host", "127.0.0.1",
                    "--cores", "1", "--memory", "700m", "--work-dir", str(folder / name), address,
                )
            )  # fmt: skip
        for worker in processes[1:]:
            worker.said("Successfully registered with master")
        yield Cluster(address, processes[1:])
    finally:
        for process in reversed(processes):
            process.stop()


class _Process:
    def __init__(self, folder: Path, name: str, main: str, *arguments: str) -> None:
        import pyspark

        home = Path(pyspark.__file__).parent
        environment = {
            **os.environ,
            "SPARK_HOME": str(home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_LOCAL_DIRS": str(folder),
        }
        self.name = name
        self.output: list[str] = []
        self._process = subprocess.Popen(
            [str(home / "bin" / "spark-class"), main, "--webui-port", "0", *arguments],
            env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        self._reader = threading.Thread(target=self.output.extend, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    def said(self, pattern: str) -> str:
        """Waits until the process has said so; the first group, or all of it."""
        deadline = time.monotonic() + WAIT
        while time.monotonic() < deadline and self._process.poll() is None:
            for line in self.output:
                if found := re.search(pattern, line):
                    return found[found.re.groups]
            time.sleep(0.05)
        raise RuntimeError(f"{self.name} did not start:\n{''.join(self.output)}")

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(5)
        assert self._process.stdout is not None
        self._process.stdout.close()
