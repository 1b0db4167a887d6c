import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from hocsuotdoi.core import jobs


def test_enqueue_of_a_known_job_writes_it_down(db):
    jobs.enqueue("core.note_alive")
    assert list(ProcrastinateJob.objects.values_list("task_name", flat=True)) == ["core.note_alive"]


def test_enqueue_of_an_unknown_job_is_refused(db):
    with pytest.raises(jobs.UnknownJob):
        jobs.enqueue("core.no_such_job")


def test_enqueue_in_a_transaction_that_rolls_back_leaves_nothing(db):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        jobs.enqueue("core.note_alive")
        _ = 1 / 0
    assert not ProcrastinateJob.objects.exists()


def test_two_jobs_of_one_name_are_refused():
    with pytest.raises(ValueError, match=r"core\.note_alive"):
        jobs.job("core.note_alive")(lambda: None)


def test_a_periodic_job_that_waits_already_is_not_asked_for_twice(db):
    waiting = ProcrastinateJob.objects.filter(task_name="core.forget_personal_data", status="todo")
    for _time in range(2):
        jobs.enqueue("core.forget_personal_data", in_seconds=60)
    assert waiting.count() == 1
