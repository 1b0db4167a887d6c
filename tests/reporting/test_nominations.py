"""Evidence out of the book, rank among equals, and what is refused on the way to a proposal."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from hocsuotdoi.indicators.models import Population
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.reporting.enums import NominationState
from hocsuotdoi.reporting.models import Nomination
from hocsuotdoi.reporting.operations.nomination import (
    NominationChanged,
    NotPossibleNow,
    NotWhole,
    begin_nomination,
    decide,
    propose,
    ranks_of,
    take_back,
    word_nomination,
)
from hocsuotdoi.reporting.queries.nominations import evidence_for, rank_of
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
    assert rank.sentence == "Về lượt người sử dụng thư viện, đứng thứ 2 trong 4 cơ sở cùng loại."
    assert rank_of(library, MeasureCode.LOAN, 2026, thai_nguyen, DAY) is None


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
    assert ranks_of(nomination, DAY) == []


def test_each_step_is_refused_out_of_turn(nomination, province_officer):
    who = {"by": province_officer, "at": NOW}
    with pytest.raises(NotWhole):
        propose(nomination, version=1, **who)
    with pytest.raises(NotPossibleNow):
        decide(nomination, version=1, is_awarded=True, decision="12", **who)
    with pytest.raises(NotPossibleNow):
        take_back(nomination, version=1, **who)
    word_nomination(nomination, version=1, form="Bằng khen", merits="Tốt.", keys=[], **who)
    with pytest.raises(NominationChanged):
        word_nomination(nomination, version=1, form="Khác", merits="", keys=[], **who)
    propose(nomination, version=2, **who)
    with pytest.raises(NotPossibleNow):
        word_nomination(nomination, version=3, form="Khác", merits="", keys=[], **who)
    with pytest.raises(NotWhole):
        decide(nomination, version=3, is_awarded=True, decision=" ", **who)
    assert decide(nomination, version=3, is_awarded=False, decision="", **who).state == NominationState.DECLINED
    with pytest.raises((IntegrityError, Exception)), transaction.atomic():
        Nomination.objects.filter(pk=nomination.pk).update(state=NominationState.DRAFT)


def test_no_body_puts_itself_forward(department_of_thai_nguyen, province_officer):
    given = Nomination(agency=department_of_thai_nguyen, year=2026, nominee_kind="agency",
                       nominated_agency=department_of_thai_nguyen, form="Cờ thi đua")  # fmt: skip
    with pytest.raises(NotWhole):
        begin_nomination(given, by=province_officer, at=NOW)
