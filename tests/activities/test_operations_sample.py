import datetime as dt

import pytest
from django.db.models import F, Sum

from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.models import Activity, Contributor, Enrolment, Registration, Schedule, Session
from hocsuotdoi.activities.operations.sample import load_sample
from hocsuotdoi.activities.queries.checks import miscounted_sessions
from hocsuotdoi.ledger.models import Entry
from hocsuotdoi.places.models import Institution
from tests.factories.activities import local
from tests.factories.places import InstitutionFactory, RoomFactory

NOW = local(2026, 11, 22, 19)


@pytest.fixture
def sample_library(db) -> Institution:
    library = InstitutionFactory(code="mau-thu-vien-01843", name="Thư viện phường Bắc Kạn (mẫu)", is_sample=True)
    for name, places in (("Phòng đọc", 40), ("Phòng đọc thiếu nhi", 30), ("Phòng đa năng", 80)):
        RoomFactory(institution=library, name=name, capacity=places)
    return library


@pytest.fixture
def loaded(sample_library, library_of_duc_xuan) -> Institution:
    load_sample(at=NOW, progress=lambda line: None)
    return sample_library


@pytest.mark.slow
def test_sample_is_marked_and_only_at_sample_institutions(loaded):
    assert set(Activity.objects.values_list("institution", "is_sample")) == {(loaded.pk, True)}
    assert not Activity.objects.exclude(title__endswith=" (mẫu)").exists()


@pytest.mark.slow
def test_sample_of_the_past_is_posted_as_it_is_shown(loaded):
    past = Session.objects.filter(status=SessionStatus.CLOSED)
    people = Entry.objects.filter(measure="programme_attendance")

    assert past.aggregate(n=Sum("attended"))["n"] == people.aggregate(n=Sum("quantity"))["n"]
    assert Entry.objects.filter(measure="programme_session").count() == past.count()
    assert not past.filter(attended__gt=F("capacity")).exists()


@pytest.mark.slow
def test_sample_grows_from_year_to_year(loaded):
    by_year = [
        Session.objects.filter(status=SessionStatus.CLOSED, starts_at__year=year).aggregate(n=Sum("attended"))["n"]
        for year in (2022, 2023, 2024, 2025)
    ]

    assert by_year == sorted(by_year)


@pytest.mark.slow
def test_sample_has_a_heritage_day_tomorrow_with_people_registered(loaded):
    tomorrow = Session.objects.get(starts_at=local(2026, 11, 23, 8))

    assert (tomorrow.status, tomorrow.activity.observance) == (SessionStatus.PLANNED, "heritage_day")
    assert 0 < tomorrow.places_taken <= tomorrow.capacity
    assert Registration.objects.filter(session=tomorrow).exists()
    assert not miscounted_sessions().exists()


@pytest.mark.slow
def test_sample_loaded_again_changes_nothing(loaded):
    before = [list(model.objects.order_by("pk").values()) for model in (Activity, Session, Registration, Entry)]

    load_sample(at=NOW, progress=lambda line: None)

    assert before == [list(model.objects.order_by("pk").values()) for model in (Activity, Session, Registration, Entry)]


@pytest.mark.slow
def test_sample_is_the_same_in_every_installation(sample_library):
    def load() -> list:
        load_sample(at=NOW, progress=lambda line: None)
        return list(Session.objects.order_by("pk").values_list("pk", "starts_at", "attended", "places_taken"))

    first = load()
    Registration.objects.all().delete()
    for model in (Session, Enrolment, Schedule, Contributor, Activity):
        if model is Session:
            for session in Session.objects.all():
                session.tallies.all().delete()
        model.objects.all().delete()

    assert load() == first


@pytest.mark.slow
def test_samples_of_an_earlier_version_get_no_year_in_which_they_did_not_stand(sample_library, library_of_duc_xuan):
    sample_library.placements.update(starts_on=dt.date(2023, 1, 1))

    load_sample(at=NOW, progress=lambda line: None)

    years = Session.objects.filter(activity__institution=sample_library).values_list("starts_at__year", flat=True)
    assert set(years) >= {2023, 2026} and 2022 not in years
