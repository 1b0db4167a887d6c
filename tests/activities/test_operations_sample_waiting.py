import datetime as dt

from hocsuotdoi.activities.models import Activity, Notice, Registration
from hocsuotdoi.activities.operations.sample_waiting import load_sample
from hocsuotdoi.activities.queries.checks import miscounted_sessions
from hocsuotdoi.activities.queries.joining import position_of, registrations_of
from hocsuotdoi.places.enums import InstitutionClass
from tests.factories.activities import local
from tests.factories.places import InstitutionFactory

NOW = local(2026, 11, 22)


def test_the_sample_session_is_full_with_people_in_line_and_one_offer(library_of_bac_kan):
    house = InstitutionFactory(
        code="mau-thu-vien-01843", institution_class=InstitutionClass.LIBRARY_COMMUNE, is_sample=True
    )

    for _time in range(2):
        load_sample(at=NOW, progress=lambda line: None)

    activity = Activity.objects.get()
    assert (activity.institution, activity.is_sample, activity.title[-6:]) == (house, True, " (mẫu)")
    session = activity.sessions.get()
    assert (session.is_full, session.starts_at) == (True, local(2026, 12, 20, 19))
    lists = registrations_of(session)
    assert [(one.name, one.offer_ends_at - NOW >= dt.timedelta(days=14)) for one in lists.offered] == [
        ("Đặng Văn Khánh", True)
    ]
    assert [(position_of(one), one.name) for one in lists.waiting] == [
        (1, "Gia đình anh Páo"),
        (2, "Ma Thị Yến"),
        (3, "Phạm Quốc Việt"),
    ]
    assert not miscounted_sessions().exists()
    assert list(Notice.objects.values_list("name", "kind")) == [("Đặng Văn Khánh", "offered")]


def test_without_a_sample_library_there_is_no_sample_session(library_of_bac_kan):
    load_sample(at=NOW, progress=lambda line: None)
    assert not Registration.objects.exists()
