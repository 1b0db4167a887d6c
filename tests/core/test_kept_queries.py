"""Questions written down once: the answer is the queryset's, and the database's at that moment."""

import datetime as dt
import uuid

import psycopg
import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import F, Value

from hocsuotdoi.activities.models import Activity
from hocsuotdoi.core.kept_queries import KeptQuery
from tests.factories.activities import ActivityFactory


def written(key):
    """With a link, an annotation, and text that looks like a place for a parameter."""
    return (
        Activity.objects.select_related("institution")
        .defer("search_text")
        .annotate(house=F("institution__name"), odd=Value("100% 'đúng' %s"))
        .exclude(title__contains="50% off")
        .order_by("title")
        .filter(pk=key)
    )


@pytest.fixture
def kept():
    return KeptQuery(written)


@pytest.fixture
def activity(library_of_bac_kan):
    return ActivityFactory(institution=library_of_bac_kan, title="Đọc sách 100%")


def test_kept_question_finds_what_the_queryset_finds_in_one_query(activity, kept, django_assert_num_queries):
    kept.of(activity.pk)
    with django_assert_num_queries(1):
        (found,) = kept.of(activity.pk)
        assert found == activity
        assert (found.house, found.odd) == ("Thư viện phường Bắc Kạn", "100% 'đúng' %s")
        assert found.institution.name == "Thư viện phường Bắc Kạn"
    (asked,) = written(activity.pk)
    assert {**vars(found), "_state": None} == {**vars(asked), "_state": None}


def test_kept_question_finds_nothing_for_an_unknown_key(activity, kept):
    assert kept.of(uuid.uuid4()) == []
    assert kept.of_each([]) == []


def test_kept_question_finds_several_in_the_order_of_the_queryset(activity, kept):
    others = [ActivityFactory(institution=activity.institution, title=title) for title in ("B", "A")]
    keys = [each.pk for each in (activity, *others)]
    assert [each.title for each in kept.of_each(keys)] == ["A", "B", "Đọc sách 100%"]


def test_kept_question_answers_with_what_is_stored_now(activity, kept):
    assert kept.of(activity.pk)[0].title == "Đọc sách 100%"
    Activity.objects.filter(pk=activity.pk).update(
        title="Vẽ tranh", joining_opens_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    )
    (found,) = kept.of(activity.pk)
    assert (found.title, found.joining_opens_at.year) == ("Vẽ tranh", 2026)


def test_kept_question_is_prepared_by_the_server(activity, kept):
    kept.of(activity.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%đúng%%'")
        assert cursor.fetchone() == (1,)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_kept_question_outlives_a_connection_that_the_server_has_ended(library_of_bac_kan, kept):
    activity = ActivityFactory(institution=library_of_bac_kan)
    kept.of(activity.pk)
    _end_the_connection()
    assert [each.pk for each in kept.of(activity.pk)] == [activity.pk]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_kept_question_within_a_transaction_says_that_the_connection_is_gone(library_of_bac_kan, kept):
    activity = ActivityFactory(institution=library_of_bac_kan)
    with pytest.raises(OperationalError), transaction.atomic():
        kept.of(activity.pk)
        _end_the_connection()
        kept.of(activity.pk)


def _end_the_connection() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with psycopg.connect(connection.connection.info.dsn, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
