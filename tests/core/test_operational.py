"""The database holds operational rows to their institution, also where Django would not notice."""

import pytest
from django.db import IntegrityError, connection, transaction

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
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO activities_activity SELECT (jsonb_populate_record(a, jsonb_build_object("
            "'institution_id', %s::bigint))).* FROM activities_activity a WHERE id = %s",
            [library_of_duc_xuan.pk, first.pk],
        )
        cursor.execute("SELECT count(*) FROM activities_activity WHERE id = %s", [first.pk])
        assert cursor.fetchone() == (2,)
