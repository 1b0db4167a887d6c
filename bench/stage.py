"""The running program with a database of its own, filled to a size."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from hocsuotdoi.config.database import EmbeddedServer

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Stage:
    server: EmbeddedServer
    port: int = 0

    @property
    def url(self) -> str:
        return self.server.url()

    def sql(self, query: str, *values: object) -> list[tuple]:
        with psycopg.connect(self.url, autocommit=True) as database:
            cursor = database.execute(query, values or None)
            return cursor.fetchall() if cursor.description else []

    def sql_script(self, script: str) -> None:
        """Several statements, in one connection."""
        with psycopg.connect(self.url, autocommit=True) as database:
            database.execute(script)

    def pgbench(self, script: str, *, clients: int, seconds: int) -> float:
        """Transactions a second of a script, as pgbench counts them."""
        path = self.server.data_dir / "script.sql"
        path.write_text(script, encoding="utf-8")
        done = subprocess.run(
            [self.server._binary("pgbench"), "-n", "-f", str(path), "-c", str(clients), "-j", "2", "-T", str(seconds),
             "-d", self.url],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        told = re.search(r"tps = ([0-9.]+)", done.stdout)
        if not told or "failed: 0 " not in done.stdout + "failed: 0 ":
            raise RuntimeError(done.stdout + done.stderr)
        return float(told[1])

    @contextlib.contextmanager
    def program(self, **settings: str) -> Iterator[None]:
        """Serves with two web processes, as `make run` does."""
        environment = {**os.environ, "DATABASE_URL": self.url, "DJANGO_SETTINGS_MODULE": "bench.settings"}
        environment |= {"PORT": "0", "WEB_CONCURRENCY": "2", "DATA_DIR": str(self.server.data_dir / "program")}
        environment |= settings
        process = subprocess.Popen(
            [sys.executable, "-m", "hocsuotdoi.config.cli", "serve"],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            if address := re.search(r"http://localhost:(\d+)", line):
                self.port = int(address[1])
                break
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)
            process.stdout.close()

    def chill(self) -> None:
        """Starts the server anew, with none of its files in memory as far as the machine does what it is asked."""
        from django.db import connections

        connections.close_all()
        self.server.detach()
        os.sync()
        for path in self.server.pgdata.rglob("*"):
            if path.is_file() and not path.is_symlink():
                with path.open("rb") as file:
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        self.server.attach()


@contextlib.contextmanager
def stage() -> Iterator[Stage]:
    """A durable server in a folder of its own, with the reference data; Django's connection leads there.

    BENCH_KEPT names a folder that is found again and stays; without it the folder is a new one and goes.
    """
    kept = os.environ.get("BENCH_KEPT")
    folder = Path(kept or tempfile.mkdtemp(prefix="hsd-bench-")).resolve()
    server = EmbeddedServer(folder).attach()
    os.environ |= {
        "DATABASE_URL": server.url(),
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "DATA_DIR": str(folder / "program"),
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    call_command("load_reference")
    try:
        yield Stage(server)
    finally:
        from django.db import connections

        connections.close_all()
        server.detach()
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)


def settle() -> None:
    """Lets what was written come to rest before something is measured."""
    time.sleep(2)
