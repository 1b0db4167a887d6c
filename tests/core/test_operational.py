"""The database holds operational rows to their institution, also where Django would not notice."""

import pytest
from django.db import IntegrityError, connection, transaction

from hocsuotdoi.activities.models import Activity
from tests.factories.activities import ActivityFactory, SessionFactory


def test_link_into_another_institution_refused_by_the_database(library_of_bac_kan, library_of_duc_xuan):
    activity = ActivityFactory(institution=library_of_bac_kan)
    with pytest.raises(IntegrityError, match="same_institution"), transaction.atomic():
        SessionFactory(activity=activity, institution=library_of_duc_xuan)


def test_link_within_the_institution_kept(library_of_bac_kan):
    session = SessionFactory(activity=ActivityFactory(institution=library_of_bac_kan))
    assert session.activity.sessions.get() == session


def test_same_id_at_two_institutions_is_two_rows(library_of_bac_kan, library_of_duc_xuan):
    # Two offline devices may only clash within one institution.
    first = ActivityFactory(institution=library_of_bac_kan)
    stored = [field.column for field in Activity._meta.local_fields if not field.generated]
    copied = ", ".join("%s" if column == "institution_id" else f'"{column}"' for column in stored)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO activities_activity ({', '.join(stored)}) "
            f"SELECT {copied} FROM activities_activity WHERE id = %s",
            [library_of_duc_xuan.pk, first.pk],
        )
        cursor.execute("SELECT count(*) FROM activities_activity WHERE id = %s", [first.pk])
        assert cursor.fetchone() == (2,)
