"""What was confirmed is there, and what is there was confirmed, also when the web or the database is killed meanwhile.

Each person's form is sent again until it is answered, as people reload a page that does not come.
"""

import contextlib
import datetime as dt
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from hocsuotdoi.activities.models import Registration, Session
from hocsuotdoi.config.database import EmbeddedServer
from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.places.models import Institution
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.support.crowd import Person, all_at_once
from tests.support.databases import renamed
from tests.support.program import LiveProgram, start_program

pytestmark = pytest.mark.slow
CLIENTS, PLACES = 120, 50


def _during(act: Callable[[], None], people: list[Person], *, answered: int) -> list[tuple[int, str]]:
    """All join; once so many have an answer, `act` strikes."""

    def strike() -> None:
        deadline = time.monotonic() + 60
        while sum(1 for person in people if person.answers) < answered and time.monotonic() < deadline:
            time.sleep(0.005)
        act()

    striking = threading.Thread(target=strike)
    striking.start()
    told = all_at_once([lambda person=person: person.join(tries=60) for person in people])
    striking.join()
    return told


def _check(told: list[tuple[int, str]], confirmed: set[str], places_taken: int, people: list[Person]) -> None:
    assert {status for status, _code in told} <= {302, 422}
    assert {code for _status, code in told if code} == confirmed
    assert len(confirmed) == places_taken == PLACES
    # The blow was felt, or the test proved nothing.
    assert any(answer == 0 or answer >= 500 for person in people for answer in person.answers)


def test_killed_web_processes_lose_no_registration(live_program):
    activity = ActivityFactory(institution=Institution.objects.first())
    session = SessionFactory(activity=activity, capacity=PLACES, starts_at=timezone.now() + dt.timedelta(days=7))
    people = [Person(live_program.url, activity.pk, session.pk, name=f"Người {n}") for n in range(CLIENTS)]

    def kill_workers() -> None:
        for process in psutil.Process(live_program.process.pid).children(recursive=True):
            if process.children():
                continue
            process.kill()

    told = _during(kill_workers, people, answered=10)

    codes = set(Registration.objects.filter(session=session).values_list("code", flat=True))
    _check(told, codes, Session.objects.get(pk=session.pk).places_taken, people)


@pytest.fixture
def own_server() -> Iterator[EmbeddedServer]:
    """A durable server of this test alone; not in pytest's folder, which the server's user may not pass through."""
    folder = Path(tempfile.mkdtemp(prefix="hsd-"))
    server = EmbeddedServer(folder).attach()
    yield server
    server.detach()
    shutil.rmtree(folder, ignore_errors=True)


def _copy(source: str, server: EmbeddedServer) -> None:
    """A database of the tests' server as the database of `server`: running all migrations would take much longer."""
    dump = [server._binary("pg_dump"), "--no-owner", "--no-acl", "--dbname", source]
    with subprocess.Popen(dump, stdout=subprocess.PIPE) as dumping:
        restore = [server._binary("psql"), "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--output", os.devnull]
        subprocess.run([*restore, "--dbname", server.url()], stdin=dumping.stdout, check=True)
    assert dumping.returncode == 0


@pytest.fixture
def program_of_its_own(transactional_db, own_server, program_folder) -> Iterator[tuple[LiveProgram, Session]]:
    house = Institution.objects.create(
        code="thu", name="Thư viện", sort_key="t", institution_class=InstitutionClass.LIBRARY_COMMUNE
    )
    session = SessionFactory(
        activity=ActivityFactory(institution=house),
        capacity=PLACES,
        starts_at=timezone.now() + dt.timedelta(days=7),
    )
    _copy(renamed(os.environ["DATABASE_URL"], connection.settings_dict["NAME"]), own_server)
    running = start_program("own", own_server.url(), program_folder)
    yield running, session
    running.kill()


def test_killed_database_server_loses_no_registration(own_server, program_of_its_own):
    program, session = program_of_its_own
    people = [Person(program.url, session.activity_id, session.pk, name=f"Người {n}") for n in range(CLIENTS)]

    def kill_and_start_again() -> None:
        postmaster = psutil.Process(int((own_server.pgdata / "postmaster.pid").read_text().split("\n", 1)[0]))
        everything = [postmaster, *postmaster.children(recursive=True)]
        for process in everything:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(everything, timeout=10)
        own_server._start()

    told = _during(kill_and_start_again, people, answered=10)

    with psycopg.connect(own_server.url()) as database:
        codes = {row[0] for row in database.execute("SELECT code FROM activities_registration").fetchall()}
        (taken,) = database.execute("SELECT places_taken FROM activities_session").fetchone()
    _check(told, codes, taken, people)
