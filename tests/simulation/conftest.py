"""A simulated country in a database of its own: sixty institutions over three years, the reform of 2025 in the last."""

import datetime as dt
import os
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

import pytest
from django.db import connections

from hocsuotdoi.simulation.formats.truth import Truth
from hocsuotdoi.simulation.operations import Plan, Summary, simulate
from tests.support import databases
from tests.support.growing import growth_from

AT = dt.datetime(2026, 11, 23, 9, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
PLAN = Plan(institutions=60, first_year=2023, until=dt.date(2025, 12, 31), seed=7, entries=9000)

Run = Callable[..., Summary]


@pytest.fixture(scope="session")
def _clone(django_db_setup: None, django_db_blocker: pytest.Item) -> Iterator[Callable[[str], str]]:
    """Gives fresh databases with the reference data, by name."""
    server, names = databases.Databases(os.environ["DATABASE_URL"]), []

    def clone(label: str) -> str:
        name = f"hsd_run_{os.getpid()}_simulated_{label}"
        server.clone(databases.REFERENCE, name)
        names.append(name)
        return name

    yield clone
    with django_db_blocker.unblock():
        for name in names:
            server.drop(name)


@pytest.fixture(scope="session")
def _simulated(_clone: Callable[[str], str], django_db_blocker: pytest.Item) -> tuple[str, Summary, Truth]:
    with django_db_blocker.unblock():
        name = _clone("country")
        databases.use_database(name)
        growth_from(PLAN.first_year)
        summary = simulate(PLAN, at=AT, writers=2)
        connections.close_all()
        return name, summary, summary.truth()


@pytest.fixture
def country(_simulated: tuple[str, Summary, Truth], django_db_blocker: pytest.Item) -> Iterator[Summary]:
    """The country of `PLAN`, to be looked at and not to be changed."""
    with django_db_blocker.unblock():
        databases.use_database(_simulated[0])
        yield _simulated[1]
        connections.close_all()


@pytest.fixture
def truth(country: Summary, _simulated: tuple[str, Summary, Truth]) -> Truth:
    """What is true of it; the connection leads to it."""
    return _simulated[2]


@pytest.fixture
def scratch(_clone: Callable[[str], str], django_db_blocker: pytest.Item) -> Iterator[Callable[[str], None]]:
    """`scratch("b")` leads Django's connection to a fresh database with the reference data; what is done is kept."""

    def use(label: str) -> None:
        databases.use_database(_clone(label))

    with django_db_blocker.unblock():
        yield use
        connections.close_all()
