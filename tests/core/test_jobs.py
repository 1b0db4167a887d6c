import pytest
from django.db import transaction
from procrastinate.contrib.django import app
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


def test_a_job_of_every_minute_that_fails_does_not_wait_longer_than_its_next_turn():
    """While it waits to be tried again its next turn is not taken."""
    retry = app.tasks["activities.lapse_offers"].retry_strategy
    assert (retry.wait, retry.linear_wait, retry.exponential_wait, retry.max_attempts) == (30, 0, 0, 5)
    assert app.tasks["core.forget_personal_data"].retry_strategy.exponential_wait == 4
