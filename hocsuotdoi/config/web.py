"""The web server's own process: checks, static files, then gunicorn with threads."""

import gc
import os
import sys
import tempfile
from typing import Any

import django
from django.conf import settings
from django.core.checks import run_checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from gunicorn.app.base import BaseApplication

from hocsuotdoi.config.static_files import collect_static


class WebServer(BaseApplication):
    """Serves `application` on a socket that the parent opened (`listen_fd`), so that a taken port is said at once."""

    def __init__(self, application: Any, listen_fd: int):
        self.application = application
        self.options: dict[str, Any] = {
            "bind": f"fd://{listen_fd}",
            "worker_class": "gthread",
            "workers": settings.WEB_CONCURRENCY,
            "threads": settings.WEB_THREADS,
            "preload_app": True,
            "timeout": 60,
            "graceful_timeout": 8,
            "keepalive": 5,
            "loglevel": "warning",
            "control_socket_disable": True,
            # Heartbeats of the processes: in memory where there is such a folder, so that a slow disk kills nobody.
            "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir(),
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        return self.application


def prepare() -> str | None:
    """Checks the program and collects its static files; a sentence when the web must not start."""
    serious = [message for message in run_checks() if message.is_serious()]
    if serious:
        return "\n".join(map(str, serious))
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    connection.close()
    if missing:
        return f"The database lacks {len(missing)} migrations: run `hocsuotdoi migrate` and start again."
    try:
        collect_static()
    except OSError as error:
        return f"The static files cannot be collected in {settings.STATIC_ROOT} ({error}): make the folder writable."
    return None


def keep_what_is_loaded() -> None:
    """What is loaded by now stays: Python need not look through it for garbage, nor the processes copy it for that. A
    page makes some thousands of objects, nearly all of which go with it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def main() -> None:
    django.setup()
    problem = prepare()
    if problem:
        sys.exit(problem)
    from hocsuotdoi.config.wsgi import application  # slow import: reads the static files that `prepare` has made

    # A thread that holds a place's row in the database must not wait five milliseconds, Python's own measure, behind
    # each thread that draws a page: nobody else can take a place meanwhile.
    sys.setswitchinterval(0.0005)
    keep_what_is_loaded()
    WebServer(application, int(os.environ["LISTEN_FD"])).run()


if __name__ == "__main__":
    sys.argv = sys.argv[:1]  # gunicorn reads the command line
    main()
