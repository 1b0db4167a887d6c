"""Web and worker together do what is enqueued, and stop together."""

import os
import time

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from hocsuotdoi.core.jobs import enqueue
from tests.support.databases import renamed
from tests.support.program import start_program

pytestmark = pytest.mark.slow


def test_job_enqueued_is_done_by_the_worker_beside_the_web(transactional_db, program_folder):
    name = connection.settings_dict["NAME"]
    url = renamed(os.environ["DATABASE_URL"], name)
    running = start_program(name, url, program_folder, "--with-worker")
    try:
        enqueue("core.note_alive")
        deadline = time.monotonic() + 20
        while ProcrastinateJob.objects.filter(task_name="core.note_alive").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not ProcrastinateJob.objects.filter(task_name="core.note_alive").exists()
    finally:
        assert running.stop() == 0
