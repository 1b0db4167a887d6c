"""Evidence out of the book, rank among equals, and what is refused on the way to a proposal."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.queries.audit import trail
from hocsuotdoi.activities.models import Rating
from hocsuotdoi.indicators.models import Population
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.places.enums import AgencyKind, InstitutionClass
from hocsuotdoi.places.models import Agency, UnitReading
from hocsuotdoi.programme.models import Assignment
from hocsuotdoi.reporting.enums import DocumentKind, NominationState
from hocsuotdoi.reporting.models import Nomination, Snapshot
from hocsuotdoi.reporting.operations.nomination import (
    Decision,
    NominationChanged,
    NotPossibleNow,
    NotWhole,
    award,
    begin_nomination,
    decline,
    propose,
    ranks_of,
    take_back,
    word_nomination,
)
from hocsuotdoi.reporting.queries.documents import signer_of
from hocsuotdoi.reporting.queries.nominations import evidence_for, rank_of
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory, make_unit
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.documents import frozen_report
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory
from tests.factories.running import NOW

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 20)


@pytest.fixture
def library(bac_kan):
    library = InstitutionFactory(code="tv-a", name="Thư viện A", unit=bac_kan)
    make_posting(library, dt.date(2026, 5, 4), Line(MeasureCode.LIBRARY_VISIT, 120))
    make_posting(library, dt.date(2025, 9, 4), Line(MeasureCode.LIBRARY_VISIT, 999))
    return library


@pytest.fixture
def nomination(department_of_thai_nguyen, province_officer, library) -> Nomination:
    given = Nomination(agency=department_of_thai_nguyen, year=2026, nominee_kind="institution", institution=library,
                       form="Bằng khen")  # fmt: skip
    return begin_nomination(given, by=province_officer, at=NOW)


def test_evidence_is_what_the_book_says_of_the_year(nomination):
    (found,) = evidence_for(nomination)
    assert (found.key, found.words, found.numerator) == ("measure:library_visit:2026", "120", "120")


def test_nothing_of_the_armed_forces_is_told_place_by_place(nomination):
    nomination.institution.institution_class = InstitutionClass.LIBRARY_ARMED_FORCES
    assert evidence_for(nomination) == []


def test_figures_of_a_body_are_told_only_where_its_report_reaches(
    department_of_thai_nguyen, office_of_bac_kan, province_officer
):
    frozen_report(office_of_bac_kan, line="education")
    given = Nomination(agency=department_of_thai_nguyen, year=2026, nominee_kind="agency",
                       nominated_agency=office_of_bac_kan, form="Giấy khen")  # fmt: skip
    nomination = begin_nomination(given, by=province_officer, at=NOW)
    assert evidence_for(nomination) == []
    frozen_report(office_of_bac_kan)
    assert "Số buổi hoạt động" in [each.label for each in evidence_for(nomination)]


def test_rank_is_among_institutions_of_one_class_and_ties_share_a_place(library, bac_kan, duc_xuan, thai_nguyen):
    measure = MeasureCode.LIBRARY_VISIT
    assert rank_of(library, measure, 2026, thai_nguyen, DAY) is None  # alone
    for code, unit, visits in (("tv-b", bac_kan, 300), ("tv-c", duc_xuan, 120), ("tv-d", duc_xuan, 0)):
        other = InstitutionFactory(code=code, unit=unit)
        if visits:
            make_posting(other, dt.date(2026, 6, 1), Line(measure, visits))
    rank = rank_of(library, measure, 2026, thai_nguyen, DAY)
    assert (rank.place, rank.of) == (2, 4)
    assert [(each.quantity, each.is_nominee) for each in rank.peers] == [
        (300, False),
        (120, True),
        (120, False),
        (0, False),
    ]
    assert rank.sentence == "Về lượt người sử dụng thư viện, đứng thứ 2 trong 4 cơ sở cùng loại."
    assert rank_of(library, MeasureCode.LOAN, 2026, thai_nguyen, DAY) is None


def test_who_stands_in_a_unit_that_has_ended_is_among_the_equals(library, bac_kan, thai_nguyen):
    ended_on = dt.date(2025, 7, 1)
    ended = make_unit("01842", "Phường trước đó", parent=thai_nguyen, ends_on=ended_on)
    UnitReading.objects.filter(unit=ended).delete()
    UnitReading.objects.create(unit=ended, reads_as=ended, ends_on=ended_on)
    UnitReading.objects.create(unit=ended, reads_as=bac_kan, starts_on=ended_on)
    other = InstitutionFactory(code="tv-cu", unit=ended)
    make_posting(other, dt.date(2026, 6, 1), Line(MeasureCode.LIBRARY_VISIT, 300))
    for territory in (thai_nguyen, None):
        rank = rank_of(library, MeasureCode.LIBRARY_VISIT, 2026, territory, DAY)
        assert (rank.place, rank.of) == (2, 2)
    Population.objects.create(unit=bac_kan, year=2026, urban=5000, rural=0, source="Thử")
    rank = rank_of(library, MeasureCode.LIBRARY_VISIT, 2026, thai_nguyen, DAY)
    assert [each.residents for each in rank.peers] == [5000, 5000]


def test_many_are_divided_by_the_residents_of_where_they_stand(library, bac_kan, duc_xuan, thai_nguyen):
    for unit, people in ((bac_kan, 5000), (duc_xuan, 50_000)):
        Population.objects.create(unit=unit, year=2026, urban=people, rural=0, source="Thử")
    for number in range(7):
        other = InstitutionFactory(code=f"tv-{number}", unit=bac_kan if number < 1 else duc_xuan)
        make_posting(other, dt.date(2026, 6, 1), Line(MeasureCode.LIBRARY_VISIT, 1000))
    rank = rank_of(library, MeasureCode.LIBRARY_VISIT, 2026, thai_nguyen, DAY)
    assert rank.of == 2  # a quarter of eight: the two in the small ward
    assert "từ 5.000 đến 5.000 dân" in rank.sentence


def test_proposal_freezes_evidence_as_it_is_then(nomination, province_officer, library):
    word_nomination(nomination, version=1, form="Bằng khen", merits="Mở cửa tối.",
                    keys=["measure:library_visit:2026", "la"], by=province_officer, at=NOW)  # fmt: skip
    make_posting(library, dt.date(2026, 6, 1), Line(MeasureCode.LIBRARY_VISIT, 30))
    snapshot = propose(nomination, version=2, by=province_officer, at=NOW)
    assert snapshot.figures.get().numerator == 150
    assert snapshot.content["evidence"][0]["words"] == "150"
    assert snapshot.content["has_sample"] == library.is_sample
    assert ranks_of(nomination, DAY) == []


def test_place_among_equals_is_a_figure_of_the_proposal(nomination, province_officer, duc_xuan):
    other = InstitutionFactory(code="tv-khac", unit=duc_xuan)
    make_posting(other, dt.date(2026, 6, 1), Line(MeasureCode.LIBRARY_VISIT, 300))
    word_nomination(nomination, version=1, form="Bằng khen", merits="Mở cửa tối.", keys=["measure:library_visit:2026"],
                    by=province_officer, at=NOW)  # fmt: skip
    content = propose(nomination, version=2, by=province_officer, at=NOW).content
    (told,) = [each for each in content["figures"] if each["key"] == "rank:library_visit:2026"]
    assert (told["numerator"], told["denominator"], [told["words"]]) == ("2", "2", content["peer_sentences"])


def test_each_step_is_refused_out_of_turn(nomination, province_officer):
    who = {"by": province_officer, "at": NOW}
    with pytest.raises(NotWhole):
        propose(nomination, version=1, **who)
    with pytest.raises(NotPossibleNow):
        award(nomination, version=1, decision=Decision("12/QĐ-UBND", DAY), **who)
    with pytest.raises(NotPossibleNow):
        take_back(nomination, version=1, **who)
    word_nomination(nomination, version=1, form="Bằng khen", merits="Tốt.", keys=[], **who)
    with pytest.raises(NominationChanged):
        word_nomination(nomination, version=1, form="Khác", merits="", keys=[], **who)
    propose(nomination, version=2, **who)
    with pytest.raises(NotPossibleNow):
        word_nomination(nomination, version=3, form="Khác", merits="", keys=[], **who)
    for wrong in (
        Decision(" ", DAY),
        Decision("12/QĐ-UBND", None),
        Decision("12/QĐ-UBND", dt.date(2025, 12, 31)),
        Decision("12/QĐ-UBND", timezone.localdate(NOW) + dt.timedelta(days=1)),
    ):
        with pytest.raises(NotWhole):
            award(nomination, version=3, decision=wrong, **who)
    assert not Snapshot.objects.filter(kind="award").exists()
    assert decline(nomination, version=3, **who).state == NominationState.DECLINED
    with pytest.raises((IntegrityError, Exception)), transaction.atomic():
        Nomination.objects.filter(pk=nomination.pk).update(state=NominationState.DRAFT)


def test_award_is_told_by_its_decision_and_its_certificate_names_no_more_than_needed(
    department_of_thai_nguyen, province_officer
):
    given = Nomination(agency=department_of_thai_nguyen, year=2026, nominee_kind="person", person_name="Nông Thị Lan",
                       person_post="Công chức phường Bắc Kạn", form="Bằng khen của Chủ tịch tỉnh")  # fmt: skip
    who = {"by": province_officer, "at": NOW}
    nomination = begin_nomination(given, **who)
    assert evidence_for(nomination) == []  # nothing of a person's own learning
    word_nomination(nomination, version=1, form="Bằng khen của Chủ tịch tỉnh", merits="Tận tụy.", keys=[], **who)
    proposal = propose(nomination, version=2, **who)
    draft = proposal.content["decision"]
    assert draft["authority"] == "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH THÁI NGUYÊN"
    assert draft["header"]["symbol"] == "QĐ-UBND"
    snapshot = award(
        nomination, version=3, decision=Decision("123/QĐ-UBND", DAY, signer="Trần Văn B", form="Giấy khen"), **who
    )
    content = snapshot.content
    assert (content["award"], content["nominee"], content["nominee_more"]) == (
        "GIẤY KHEN",
        "Nông Thị Lan",
        "Công chức phường Bắc Kạn",
    )
    assert content["decision"] == "Quyết định số 123/QĐ-UBND ngày 20 tháng 11 năm 2026."
    assert content["authority"].startswith("GIÁM ĐỐC SỞ VĂN HÓA")  # the head's own form
    assert snapshot.number.startswith("QK-")
    # The chair's decision is not signed with the department's certificate; the head's own sheet is.
    assert signer_of(proposal, DocumentKind.NOMINATION) == department_of_thai_nguyen
    assert signer_of(proposal, DocumentKind.COMMENDATION_DECISION) is None
    assert signer_of(snapshot, DocumentKind.CERTIFICATE) == department_of_thai_nguyen
    nomination.refresh_from_db()
    assert (nomination.state, nomination.decision, nomination.signer) == ("awarded", "123/QĐ-UBND", "Trần Văn B")


def test_tasks_done_in_time_and_targets_on_track_show_the_merit_of_a_body(
    department_of_thai_nguyen, office_of_bac_kan, province_officer
):
    for ordinal, (state, done_on) in enumerate(
        [("done", dt.date(2026, 5, 1)), ("done", dt.date(2026, 9, 1)), ("to_do", None), ("dropped", None)]
    ):
        Assignment.objects.create(
            title=f"Việc {ordinal}",
            agency=office_of_bac_kan,
            due_on=dt.date(2026, 6, 30),
            state=state,
            done_on=done_on,
            handed_at=NOW,
        )
    frozen_report(office_of_bac_kan)
    given = Nomination(agency=department_of_thai_nguyen, year=2026, nominee_kind="agency",
                       nominated_agency=office_of_bac_kan, form="Giấy khen")  # fmt: skip
    nomination = begin_nomination(given, by=province_officer, at=NOW)
    found = {each.key: each for each in evidence_for(nomination)}
    assert found["tasks:in_time:2026"].words == "1/3 (33,3%)"
    on_track = found["targets:on_track:2026"]
    assert 0 <= int(on_track.numerator) <= int(on_track.denominator)
    Agency.objects.filter(pk=office_of_bac_kan.pk).update(kind="military")
    nomination = Nomination.objects.select_related("nominated_agency").get(pk=nomination.pk)
    assert "tasks:in_time:2026" not in {each.key for each in evidence_for(nomination)}


def test_ratings_are_told_once_five_people_have_said_what_they_thought(nomination, library):
    session = SessionFactory(activity=ActivityFactory(institution=library), starts_at=NOW - dt.timedelta(days=20))
    rate = lambda face: Rating.objects.create(  # noqa: E731
        institution=library, session=session, face=face, form_key=uuid.uuid4(), created_at=NOW
    )
    for face in (3, 3, 2, 3):
        rate(face)
    assert "ratings:happy:2026" not in {each.key for each in evidence_for(nomination)}
    rate(1)
    (told,) = [each for each in evidence_for(nomination) if each.key == "ratings:happy:2026"]
    assert told.words == "3/5 (60%)"


def test_no_body_puts_itself_forward(department_of_thai_nguyen, province_officer):
    given = Nomination(agency=department_of_thai_nguyen, year=2026, nominee_kind="agency",
                       nominated_agency=department_of_thai_nguyen, form="Cờ thi đua")  # fmt: skip
    with pytest.raises(NotWhole):
        begin_nomination(given, by=province_officer, at=NOW)


def test_what_the_armed_forces_put_forward_stays_on_their_line(thai_nguyen, province_officer, nomination):
    command = Agency.objects.create(code="bchqs-thu", name="Bộ CHQS", kind=AgencyKind.MILITARY, unit=thai_nguyen)
    soldier = RoleAssignmentFactory(person=PersonFactory(), role=RoleName.AGENCY_OFFICER, agency=command).person
    given = Nomination(agency=command, year=2026, nominee_kind="person", person_name="Hoàng Văn Quân", form="Bằng khen")
    theirs = begin_nomination(given, by=soldier, at=NOW)
    assert list(Nomination.objects.visible_to(province_officer)) == [nomination]
    assert list(Nomination.objects.visible_to(soldier)) == [theirs]
    planner = RoleAssignmentFactory(
        person=PersonFactory(), role=RoleName.PLANNER, unit=thai_nguyen
    ).person  # reads the trail of the province
    rows = trail(planner, day=timezone.localdate(), kinds=["reporting.nomination"], limit=50).entries
    assert {row.thing.pk for row in rows} == {nomination.pk}
