"""Who is told what of visits: once, the newest, and nothing when it came to nothing."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse

from hocsuotdoi.core.one_by_one import SomeFailed
from hocsuotdoi.inspection.models import InspectionPlan, VisitNotice
from hocsuotdoi.inspection.operations import telling
from hocsuotdoi.inspection.operations.plan import Planned, cancel_visit, change_visit, plan_visits
from hocsuotdoi.inspection.operations.seeing import begin_visit
from hocsuotdoi.inspection.queries import told
from hocsuotdoi.programme.models import Digest
from hocsuotdoi.programme.operations import digest
from tests.factories.places import InstitutionFactory
from tests.inspection.conftest import opened
from tests.support.breaking import breaks


@pytest.fixture
def ahead(today) -> dt.date:
    return min(today + dt.timedelta(days=10), dt.date(today.year, 12, 30))


@pytest.fixture
def far(plan, library_of_bac_kan, inspector, colleague, ahead, now):
    planned = [Planned(opened(library_of_bac_kan), ahead)]
    return plan_visits(plan, planned, team=[inspector.pk, colleague.pk], by=inspector, at=now)[0]


def change(visit, by, at, **given):
    said = {"planned_on": visit.planned_on, "team": visit.team, "version": visit.version}
    change_visit(visit, **{**said, **given}, by=by, at=at)


def titles(day) -> dict:
    return {person: [line.title for line in lines] for person, lines in told.visit_lines(day).items()}


def test_the_team_and_the_institution_are_told_of_a_planned_visit_and_whoever_planned_it_is_not(
    manager_of_bac_kan, librarian_of_bac_kan, far, colleague, today
):
    said = titles(today)
    assert set(said) == {colleague.pk, manager_of_bac_kan.pk}
    assert "Thư viện phường Bắc Kạn" in said[colleague.pk][0]


def test_an_unannounced_visit_is_told_to_the_team_only(
    plan, library_of_bac_kan, inspector, colleague, manager_of_bac_kan, ahead, today, now
):
    InspectionPlan.objects.update(is_announced=False)
    plan.refresh_from_db()
    planned = [Planned(opened(library_of_bac_kan), ahead)]
    (visit,) = plan_visits(plan, planned, team=[inspector.pk, colleague.pk], by=inspector, at=now)
    assert set(titles(today)) == {colleague.pk}
    visit.plan = plan
    cancel_visit(visit, reason="Bão", by=inspector, at=now)
    assert titles(today) == {}  # planned and cancelled before anybody was told


def test_the_letter_of_the_day_has_it_once_and_then_is_quiet(manager_of_bac_kan, far, colleague, inspector, today, now):
    digest.write_digests(day=today, at=now)
    written = {each.person_id: each for each in Digest.objects.all()}
    assert set(written) == {colleague.pk, manager_of_bac_kan.pk}
    assert written[colleague.pk].sources == ["inspection"]
    assert written[colleague.pk].lines[0]["url"] == f"/workspace/inspection/visits/{far.pk}/"
    tomorrow = now + dt.timedelta(days=1)
    assert digest.write_digests(day=today + dt.timedelta(days=1), at=tomorrow) == 0
    assert VisitNotice.objects.filter(told_at=None).count() == 0

    change(far, inspector, tomorrow, planned_on=far.planned_on + dt.timedelta(days=1))
    digest.write_digests(day=today + dt.timedelta(days=2), at=now + dt.timedelta(days=2))
    moved = Digest.objects.filter(person=colleague).latest("on")
    assert "chuyển từ" in moved.lines[0]["title"]


def test_what_came_to_nothing_before_anybody_was_told_is_not_told(far, inspector, colleague, today, now):
    cancel_visit(far, reason="Bão", by=inspector, at=now)
    assert titles(today) == {}


def test_moved_and_moved_back_is_no_news(far, inspector, colleague, today, now):
    telling.note_told([colleague.pk], at=now)
    was = far.planned_on
    change(far, inspector, now, planned_on=was + dt.timedelta(days=1))
    assert "chuyển từ" in titles(today)[colleague.pk][0]
    change(far, inspector, now, planned_on=was)
    assert colleague.pk not in titles(today)


def test_who_leaves_and_who_comes_is_told(far, inspector, colleague, outsider, today, now):
    telling.note_told([colleague.pk], at=now)
    change(far, inspector, now, team=[inspector.pk, outsider.pk])
    said = titles(today)
    assert "không còn trong đoàn" in said[colleague.pk][0]
    assert "Kiểm tra" in said[outsider.pk][0]


def test_cancelled_is_told_with_the_reason(manager_of_bac_kan, far, inspector, colleague, today, now):
    telling.note_told([colleague.pk, manager_of_bac_kan.pk], at=now)
    cancel_visit(far, reason="Bão số 9", by=inspector, at=now)
    lines = told.visit_lines(today)
    assert set(lines) == {colleague.pk, manager_of_bac_kan.pk}
    assert "Bão số 9" in lines[colleague.pk][0].detail


def test_many_new_visits_of_a_plan_are_one_line(plan, bac_kan, inspector, colleague, ahead, today, now):
    houses = [opened(InstitutionFactory(institution_class="library_commune", unit=bac_kan)) for _each in range(5)]
    team = [inspector.pk, colleague.pk]
    plan_visits(plan, [Planned(each, ahead) for each in houses], team=team, by=inspector, at=now)
    (line,) = told.visit_lines(today)[colleague.pk]
    assert line.title == "Kiểm tra thư viện: 5 cuộc kiểm tra mới của bạn"


def test_lines_are_a_constant_number_of_queries(
    plan, bac_kan, inspector, colleague, ahead, today, now, django_assert_num_queries
):
    for number in (1, 3):
        houses = [
            opened(InstitutionFactory(institution_class="library_commune", unit=bac_kan)) for _each in range(number)
        ]
        plan_visits(plan, [Planned(each, ahead) for each in houses], team=[colleague.pk], by=inspector, at=now)
        with django_assert_num_queries(2):
            told.visit_lines(today)


def test_what_has_begun_is_no_news(visit, inspector, colleague, today, now):
    assert colleague.pk in titles(today)
    begin_visit(visit, by=inspector, at=now)
    assert titles(today) == {}


def test_a_near_visit_is_told_at_once_and_not_again_in_the_morning(manager_of_bac_kan, visit, colleague, now, today):
    assert telling.tell_of_near_visits(at=now) == 2
    assert {each.to[0] for each in mail.outbox} == {colleague.email, manager_of_bac_kan.email}
    assert "Thư viện phường Bắc Kạn" in mail.outbox[0].body
    assert telling.tell_of_near_visits(at=now) == 0
    assert digest.write_digests(day=today, at=now) == 0


def test_whom_the_program_cannot_tell_keeps_nobody_else_waiting(manager_of_bac_kan, visit, colleague, now):
    first, second = sorted([manager_of_bac_kan, colleague], key=lambda each: each.pk)
    breaks(VisitNotice, on="UPDATE", when=f"NEW.person = '{first.pk}'")
    with pytest.raises(SomeFailed, match=str(first.pk)):
        telling.tell_of_near_visits(at=now)
    assert mail.outbox[-1].to == [second.email]
    assert [each.person for each in VisitNotice.objects.filter(told_at=None)] == [first.pk]


def test_a_far_visit_waits_for_the_letter(far, now):
    assert telling.tell_of_near_visits(at=now) == 0
    assert VisitNotice.objects.filter(told_at=None).exists()


def test_without_a_mail_server_nothing_is_lost(visit, now, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    assert telling.tell_of_near_visits(at=now) == 0
    assert (VisitNotice.objects.filter(told_at=None).count(), mail.outbox) == (1, [])


def test_the_pages_named_in_letters_are_there(far):
    assert reverse("workspace:inspection-visit-list") == told.VISITS_URL
    assert reverse("workspace:inspection-visit-detail", args=[far.pk]) == told.VISIT_URL.format(pk=far.pk)
