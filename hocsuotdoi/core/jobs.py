"""Background and periodic work: `@job("area.verb_noun")` in an area's `tasks.py`, `enqueue("area.verb_noun", id=…)`
from anywhere, also from a lower area. The queue is a table of the same database."""

import functools
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar

from django.db import close_old_connections, transaction
from procrastinate import App, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued

P = ParamSpec("P")
R = TypeVar("R")

# Name of each registered job → its cron line (in UTC), empty when it runs only on demand.
JOBS: dict[str, str] = {}
_sending: App | None = None


class UnknownJob(LookupError):
    """No job of that name is registered: a mistake in the code, not of a person."""


def job(name: str, *, cron: str = "", attempts: int = 5) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Registers a function as a job.

    `cron`: when it runs by itself, in UTC (Viet Nam is seven hours ahead). A periodic job takes no arguments.
    `attempts`: how often it is tried again when it raises, with growing pauses; what comes round within the hour after
    half a minute each time, for its next turn does not come while it waits to be tried again.
    """

    def register(function: Callable[P, R]) -> Callable[P, R]:
        if name in JOBS:
            raise ValueError(f"Two jobs are called {name!r}.")
        JOBS[name] = cron

        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            close_old_connections()
            try:
                # A periodic call brings the moment it was planned for, which our jobs do not want.
                kwargs.pop("timestamp", None)
                return function(*args, **kwargs)
            finally:
                close_old_connections()

        if cron.startswith("*"):
            retry = RetryStrategy(max_attempts=attempts, wait=30)
        else:
            retry = RetryStrategy(max_attempts=attempts, exponential_wait=4)
        task = app.task(name=name, retry=retry, queueing_lock=name if cron else None)(run)
        if cron:
            app.periodic(cron=cron)(task)  # type: ignore[arg-type]  # `run` takes the moment off the arguments
        return function

    return register


def enqueue(name: str, *, in_seconds: int = 0, **ids: Any) -> None:
    """Has a job done soon. The row is written by the current transaction: the job is seen by the worker when that
    commits, and never if it rolls back. Arguments are ids and other plain values that JSON can hold.

    A periodic job that is waiting for its turn already is not asked for twice.
    """
    if name not in JOBS:
        raise UnknownJob(name)
    waiting = _sending_app().configure_task(name, schedule_in={"seconds": in_seconds} if in_seconds else None)
    if not JOBS[name]:
        waiting.defer(**ids)
        return
    with suppress(AlreadyEnqueued), transaction.atomic():  # what the queue refuses would spoil the transaction
        waiting.defer(**ids)


def run_worker() -> None:
    """Does jobs until a stop signal; a job that is running gets ten seconds to finish."""
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()):
        app.run_worker(
            name="hocsuotdoi", shutdown_graceful_timeout=10, delete_jobs="successful", fetch_job_polling_interval=5
        )


def on_app_ready(ready: App) -> None:
    """Called by procrastinate when all `tasks.py` are read."""
    global _sending
    _sending = None


def _sending_app() -> App:
    # Always through Django's connection, also inside the worker, whose own connector commits apart.
    global _sending
    if _sending is None:
        _sending = app.with_connector(DjangoConnector())
    return _sending
