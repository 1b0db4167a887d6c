"""Findings: found once, answered by people, opened and closed again; nothing of it is lost."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.indicators.enums import FindingStepKind as K
from hocsuotdoi.indicators.enums import QualityRule as R
from hocsuotdoi.indicators.models import FindingStep, QualityFinding
from hocsuotdoi.indicators.operations.quality import (
    CorrectionMissing,
    FindingChanged,
    FindingIsGone,
    FindingReasonMissing,
    NothingCorrected,
    answer_finding,
    check_figures,
    months_to_check,
)
from hocsuotdoi.indicators.queries.quality import digest_of, sentence_of, waiting_at
from hocsuotdoi.ledger.operations.posting import reverse
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.indicators import PopulationFactory
from tests.factories.places import InstitutionFactory
from tests.indicators.quality import NOW, OCTOBER, STEADY, VISITS, told, told_until

LATER = NOW + dt.timedelta(days=1)


@pytest.fixture
def library(viet_nam):
    return InstitutionFactory(code="thu-vien", unit=viet_nam.xa)


@pytest.fixture
def officer(db):
    return PersonFactory()


@pytest.fixture
def wrong(library):
    """The posting with a digit too many."""
    told_until(library, OCTOBER, STEADY)
    return told(library, OCTOBER, (VISITS, 1000))


@pytest.fixture
def finding(wrong):
    check_figures([OCTOBER], at=NOW)
    return QualityFinding.objects.get()


def steps(finding) -> list[str]:
    return list(finding.steps.values_list("kind", flat=True))


def answer(finding, kind, by, *, at=NOW, reason="Đã xem sổ", **more) -> FindingStep:
    finding.refresh_from_db()
    return answer_finding(
        finding, kind=kind, reason=reason, by=by, at=at, **{"seen": digest_of(finding.numbers), **more}
    )


def test_looking_twice_finds_once(finding):
    assert (finding.rule, finding.state, finding.period) == (R.SERIES_OUTLIER, "open", "2026-10")
    assert finding.numbers["value"] == 1097

    checked = check_figures([OCTOBER], at=LATER)

    assert (checked.found, checked.opened, checked.closed) == (1, 0, 0)
    assert steps(QualityFinding.objects.get()) == [K.FOUND]


def test_finding_closes_itself_when_its_cause_is_gone_and_comes_back_as_the_same(finding, wrong, library):
    reverse(wrong, reason="Nhập thừa một chữ số", by=None, at=LATER)
    assert check_figures([OCTOBER], at=LATER).closed == 1
    finding.refresh_from_db()
    assert (finding.state, steps(finding)) == ("gone", [K.FOUND, K.GONE])

    told(library, OCTOBER, (VISITS, 3000))
    check_figures([OCTOBER], at=LATER)

    again = QualityFinding.objects.get()
    assert (again.pk, again.state, steps(again)) == (finding.pk, "open", [K.FOUND, K.GONE, K.FOUND])
    assert again.numbers["value"] == 3097


def test_looking_at_another_month_closes_nothing(finding):
    assert check_figures([dt.date(2026, 9, 1)], at=LATER).closed == 0
    assert QualityFinding.objects.get().state == "open"


def test_right_stays_right_until_the_figure_changes(finding, library, officer):
    answer(finding, K.RIGHT, officer, reason="Ngày hội sách của tỉnh tổ chức ở đây")
    told(library, dt.date(2026, 3, 1), (VISITS, 1))  # what it is compared with changes, the figure does not
    check_figures([OCTOBER], at=LATER)
    finding.refresh_from_db()
    assert (finding.state, steps(finding)) == ("right", [K.FOUND, K.RIGHT])

    told(library, OCTOBER, (VISITS, 2))
    check_figures([OCTOBER], at=LATER)

    finding.refresh_from_db()
    assert (finding.state, steps(finding)) == ("open", [K.FOUND, K.RIGHT, K.CHANGED])
    said = finding.steps.get(kind=K.RIGHT)
    assert (said.by, said.reason, said.numbers["value"]) == (
        officer.pk,
        "Ngày hội sách của tỉnh tổ chức ở đây",
        1097,
    )


def test_right_holds_when_the_very_same_figure_comes_back(finding, library, officer):
    answer(finding, K.RIGHT, officer)
    more = told(library, OCTOBER, (VISITS, 5))
    reverse(more, reason="Nhầm", by=None, at=LATER)
    check_figures([OCTOBER], at=LATER)

    finding.refresh_from_db()
    assert finding.state == "right"


def test_corrected_names_the_reversal_and_closes_at_once(finding, wrong, officer):
    back = reverse(wrong, reason="Nhập thừa một chữ số", by=None, at=LATER)

    step = answer(finding, K.CORRECTED, officer, at=LATER, correction=back.pk)

    finding.refresh_from_db()
    assert (step.correction, finding.state) == (back.pk, "gone")
    assert steps(finding) == [K.FOUND, K.CORRECTED, K.GONE]


def test_corrected_to_another_strange_figure_is_opened_again(finding, wrong, library, officer):
    back = reverse(wrong, reason="Nhập thừa một chữ số", by=None, at=LATER)
    told(library, OCTOBER, (VISITS, 800))

    answer(finding, K.CORRECTED, officer, at=LATER, correction=back.pk)

    finding.refresh_from_db()
    assert (finding.state, finding.numbers["value"]) == ("open", 897)
    assert steps(finding) == [K.FOUND, K.CORRECTED, K.CHANGED]


def test_corrected_without_a_reversal_of_this_place_and_period_is_refused(finding, library, viet_nam, officer):
    elsewhere = InstitutionFactory(code="khac", unit=viet_nam.nam)
    theirs = reverse(told(elsewhere, OCTOBER, (VISITS, 9)), reason="Nhầm", by=None, at=NOW)
    earlier = reverse(told(library, dt.date(2026, 9, 1), (VISITS, 9)), reason="Nhầm", by=None, at=NOW)
    standing = told(library, OCTOBER, (VISITS, 1))

    for correction in (None, theirs.pk, earlier.pk, standing.pk, uuid.uuid4()):
        with pytest.raises(CorrectionMissing):
            answer(finding, K.CORRECTED, officer, correction=correction)

    assert steps(finding) == [K.FOUND]


def test_corrected_while_the_figure_is_what_it_was_is_refused_and_leaves_nothing(finding, library, officer):
    back = reverse(told(library, OCTOBER, (VISITS, 1)), reason="Nhầm", by=None, at=NOW)

    with pytest.raises(NothingCorrected):
        answer(finding, K.CORRECTED, officer, correction=back.pk)

    finding.refresh_from_db()
    assert (finding.state, steps(finding)) == ("open", [K.FOUND])


def test_answer_without_reason_is_refused_but_not_looking_into_it(finding, officer):
    with pytest.raises(FindingReasonMissing):
        answer(finding, K.RIGHT, officer, reason=" ")

    answer(finding, K.CHECKING, officer, reason="")

    finding.refresh_from_db()
    assert finding.state == "checking"
    assert list(QualityFinding.objects.waiting()) == [finding]


def test_answer_to_other_figures_than_those_shown_is_refused(finding, library, officer):
    seen = digest_of(finding.numbers)
    told(library, OCTOBER, (VISITS, 7))
    check_figures([OCTOBER], at=LATER)

    with pytest.raises(FindingChanged):
        answer(finding, K.RIGHT, officer, seen=seen)


def test_answer_to_what_is_gone_is_refused(finding, wrong, officer):
    reverse(wrong, reason="Nhầm", by=None, at=LATER)
    check_figures([OCTOBER], at=LATER)

    with pytest.raises(FindingIsGone):
        answer(finding, K.RIGHT, officer)


def test_finding_about_population_is_corrected_by_entering_it_anew(viet_nam, officer):
    PopulationFactory(unit=viet_nam.south, rural=100)
    part = PopulationFactory(unit=viet_nam.nam, rural=700)
    check_figures([OCTOBER], at=NOW, rules=[R.POPULATION_PARTS])
    finding = QualityFinding.objects.get()
    assert (finding.institution_id, finding.unit) == (None, viet_nam.south)
    with pytest.raises(NothingCorrected):
        answer(finding, K.CORRECTED, officer)
    part.rural = 100
    part.save()

    answer(finding, K.CORRECTED, officer)

    finding.refresh_from_db()
    assert finding.state == "gone"


def test_findings_and_their_steps_cannot_be_removed_or_rewritten(finding):
    for act in (
        lambda: QualityFinding.objects.all()._raw_delete("default"),
        lambda: QualityFinding.objects.update(rule=R.SERIES_SILENCE),
        lambda: QualityFinding.objects.update(period="2026-09"),
        FindingStep.objects.all().delete,
        lambda: FindingStep.objects.update(reason="khác"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_the_database_keeps_a_finding_once_and_an_answer_whole(finding, officer):
    same = {
        field.attname: getattr(finding, field.attname)
        for field in QualityFinding._meta.local_fields
        if field.attname != "id"
    }
    for act in (
        lambda: QualityFinding.objects.create(**same),
        lambda: QualityFinding.objects.create(**same | {"period": "x", "ends_on": finding.starts_on}),
        lambda: FindingStep.objects.create(finding=finding, kind=K.RIGHT, numbers={}, at=NOW, reason="vì"),
        lambda: FindingStep.objects.create(finding=finding, kind=K.RIGHT, numbers={}, at=NOW, by=officer.pk),
        lambda: FindingStep.objects.create(finding=finding, kind=K.GONE, numbers={}, at=NOW, by=officer.pk),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_what_is_looked_at_by_night_is_what_can_have_changed(finding, library):
    months = months_to_check(NOW)
    assert {dt.date(2026, month, 1) for month in (8, 9, 10, 11)} <= months
    assert dt.date(2021, 5, 1) not in months

    told(library, dt.date(2021, 5, 1), (VISITS, 1))

    # What was posted of that month has a key of this very moment.
    assert dt.date(2021, 5, 1) in months_to_check(timezone.now())


def test_findings_are_seen_by_those_above_and_by_the_house_alone(finding, viet_nam, library):
    PopulationFactory(unit=viet_nam.south, rural=100)
    PopulationFactory(unit=viet_nam.nam, rural=700)
    check_figures([OCTOBER], at=NOW, rules=[R.POPULATION_PARTS])

    def seen_by(role, **where):
        person = PersonFactory()
        RoleAssignmentFactory(person=person, role=role, **where)
        return {each.rule for each in QualityFinding.objects.visible_to(person)}

    other = InstitutionFactory(unit=viet_nam.phuong)
    assert seen_by(RoleName.INSTITUTION_STAFF, institution=library) == {R.SERIES_OUTLIER}
    assert seen_by(RoleName.INSTITUTION_STAFF, institution=other) == set()
    assert seen_by(RoleName.AGENCY_OFFICER, unit=viet_nam.north) == {R.SERIES_OUTLIER}
    assert seen_by(RoleName.AUDITOR, unit=viet_nam.country) == {R.SERIES_OUTLIER, R.POPULATION_PARTS}
    assert set(QualityFinding.objects.visible_to(PersonFactory())) == set()
    assert set(QualityFinding.objects.visible_to(None)) == set()


def test_waiting_points_are_counted_at_every_level_by_what_they_touch(finding, viet_nam, officer):
    at = waiting_at(viet_nam.north, 2026, NOW.date())
    assert (at.total, at.touching(["library_visit"], []), at.touching(["loan"], [])) == (1, 1, 0)
    assert at.touching(["library_visit"], ["museum_province"]) == 0
    assert waiting_at(viet_nam.south, 2026, NOW.date()).total == 0
    assert waiting_at(viet_nam.country, 2025, NOW.date()).total == 0

    answer(finding, K.RIGHT, officer)

    assert waiting_at(viet_nam.country, 2026, NOW.date()).total == 0


def test_finding_is_told_in_a_sentence_with_its_numbers(finding):
    assert sentence_of(finding).count("1.097") == 1
