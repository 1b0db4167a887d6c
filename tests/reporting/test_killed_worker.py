"""A run of documents whose worker is killed in the middle: what waits is written later, and nothing twice."""

import os
import subprocess
import sys
import time

import psutil
import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from hocsuotdoi.core.attachments import place_of
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import DocumentState
from hocsuotdoi.reporting.models import DocumentRun
from hocsuotdoi.reporting.operations.documents import QUIET, begin_run, write_run
from hocsuotdoi.reporting.queries.documents import progress_of
from tests.factories.documents import frozen_report
from tests.factories.running import make_cycle, make_report
from tests.support.databases import renamed

pytestmark = pytest.mark.slow
COUNT = 40
WORK = """
import django
django.setup()
from django.utils import timezone
from hocsuotdoi.reporting.models import DocumentRun
from hocsuotdoi.reporting.operations.documents import write_run
while write_run(DocumentRun.objects.get(), at=timezone.now()):
    pass
"""


@pytest.fixture
def run(transactional_db, province_officer, department_of_thai_nguyen, thai_nguyen, settings) -> DocumentRun:
    cycle = make_cycle(owner=department_of_thai_nguyen)
    own = make_report(cycle, department_of_thai_nguyen)
    for number in range(COUNT):
        office = Agency.objects.create(
            code=f"xa-{number}", name=f"Phòng xã {number}", unit=thai_nguyen, kind="culture_society"
        )
        frozen_report(office, cycle=cycle, goes_to=own, above=[department_of_thai_nguyen.pk])
    return begin_run(cycle, department_of_thai_nguyen, formats=["docx"], by=province_officer, at=timezone.now())


def worker(settings) -> subprocess.Popen:
    environment = {
        **os.environ,
        "DATABASE_URL": renamed(os.environ["DATABASE_URL"], connection.settings_dict["NAME"]),
        "DATA_DIR": str(settings.DATA_DIR),
        "DJANGO_SETTINGS_MODULE": "hocsuotdoi.config.settings",
    }
    return subprocess.Popen([sys.executable, "-c", WORK], env=environment)


def test_killed_worker_leaves_nothing_half_made_and_the_next_one_writes_the_rest(run, settings):
    settings.MEDIA_ROOT = settings.DATA_DIR / "media"  # where the other process keeps its files
    process = worker(settings)
    deadline = time.monotonic() + 120
    while not 3 <= progress_of(run).made < COUNT and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.02)
    assert process.poll() is None
    psutil.Process(process.pid).kill()
    process.wait(20)
    before = dict(run.documents.filter(state=DocumentState.MADE).values_list("pk", "digest"))
    assert 3 <= len(before) < COUNT
    assert progress_of(run).waiting == COUNT - len(before)
    while write_run(run, at=timezone.now() + QUIET * 2):
        pass
    made = dict(run.documents.filter(state=DocumentState.MADE).values_list("pk", "digest"))
    assert (len(made), progress_of(run).failed) == (COUNT, 0)
    assert {pk: made[pk] for pk in before} == before  # what was made was left alone
    assert len(set(made.values())) == COUNT
    assert all(default_storage.exists(place_of(digest)) for digest in made.values())
    assert run.documents.filter(attempts=1).count() >= COUNT - 25  # at most one handful was begun twice
