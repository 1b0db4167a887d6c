"""Pictures and names are forgotten when they have served; what was found stays."""

import datetime as dt

import pytest
from django.core.files.storage import default_storage

from hocsuotdoi.core.attachments import forget_files, place_of
from hocsuotdoi.inspection.enums import Severity
from hocsuotdoi.inspection.models import Visit, VisitFinding, VisitNotice, VisitPhoto
from hocsuotdoi.inspection.operations.closing import close_visit
from hocsuotdoi.inspection.operations.finding import add_finding, check_finding
from hocsuotdoi.inspection.operations.plan import cancel_visit
from hocsuotdoi.inspection.operations.retention import forget
from tests.inspection.conftest import answer_all
from tests.inspection.test_seeing import photo_of, picture

NOTHING = {"visits": 0, "pictures": 0, "visit notices": 0}


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def photo(visit, inspector, now):
    answer_all(visit, inspector, now)
    made = photo_of(visit, inspector, now, picture((60, 40)))
    visit.refresh_from_db()
    return made


def closed(visit, by, at):
    close_visit(visit, conclusion="Tốt", met="Bà Lan, phụ trách", version=visit.version, by=by, at=at)


def months(now, number, days=1) -> dt.datetime:
    return now + dt.timedelta(days=30.5 * number + days)


def test_two_years_after_closing_pictures_and_names_are_gone_and_the_rest_stays(
    visit, photo, inspector, now, django_capture_on_commit_callbacks
):
    add_finding(visit, severity=Severity.PRAISE, text="Sổ sách tốt", by=inspector, at=now)
    closed(visit, inspector, now)
    early = forget(at=months(now, 23), dry_run=False)
    assert (early["visits"], early["pictures"]) == (0, 0)
    later = months(now, 25)
    assert forget(at=later, dry_run=True)["pictures"] == 1
    assert default_storage.exists(place_of(photo.digest))
    with django_capture_on_commit_callbacks(execute=True):
        assert forget(at=later, dry_run=False)["visits"] == 1
    row = Visit.objects.get()
    assert (row.met, row.signed, row.forgotten_at, row.conclusion) == ("", [], later, "Tốt")
    assert not VisitPhoto.objects.exists()
    assert not default_storage.exists(place_of(photo.digest))
    assert (row.answers.count(), VisitFinding.objects.count()) == (row.checklist.items.count(), 1)
    assert forget(at=later, dry_run=False) == NOTHING


def test_no_name_lives_on_in_the_trail(visit):
    fields = {field.name for field in Visit.pgh_event_model._meta.fields}
    assert not {"met", "signed"} & fields


def test_what_is_not_mended_is_kept_as_evidence_and_not_for_ever(visit, photo, inspector, now):
    due = now.date() + dt.timedelta(days=30)
    finding = add_finding(
        visit, severity=Severity.SHORTCOMING, text="Tối", demand="Lắp đèn", due_on=due, by=inspector, at=now
    )
    # nobody runs it and no office stands there: as an institution of its own body
    Visit.objects.filter(pk=visit.pk).update(
        state="closed", closed_at=now, closed_by=inspector.pk, conclusion="Tối", met="Bà Lan"
    )
    assert forget(at=months(now, 30), dry_run=True)["pictures"] == 0
    finding.refresh_from_db()
    check_finding(finding, is_mended=True, words="Đã lắp", by=inspector, at=months(now, 30))
    assert forget(at=months(now, 40), dry_run=True)["pictures"] == 0
    assert forget(at=months(now, 56), dry_run=True)["pictures"] == 1


def test_never_mended_it_is_forgotten_after_five_years(visit, photo, inspector, now):
    due = now.date() + dt.timedelta(days=30)
    add_finding(visit, severity=Severity.VIOLATION, text="Tối", demand="Lắp đèn", due_on=due, by=inspector, at=now)
    Visit.objects.filter(pk=visit.pk).update(state="closed", closed_at=now, closed_by=inspector.pk, met="Bà Lan")
    assert forget(at=months(now, 59), dry_run=True)["pictures"] == 0
    assert forget(at=months(now, 61), dry_run=True)["pictures"] == 1


def test_broken_off_it_is_forgotten_too(visit, photo, inspector, now):
    cancel_visit(visit, reason="Bão", by=inspector, at=now)
    assert forget(at=months(now, 25), dry_run=True)["pictures"] == 1


def test_how_long_is_a_setting(visit, photo, inspector, now, settings):
    closed(visit, inspector, now)
    settings.INSPECTION_KEPT_MONTHS = 6
    assert forget(at=months(now, 7), dry_run=True)["pictures"] == 1


def test_what_people_were_told_goes_after_a_quarter(visit, now):
    assert VisitNotice.objects.exists()
    assert forget(at=now + dt.timedelta(days=89), dry_run=False)["visit notices"] == 0
    assert forget(at=now + dt.timedelta(days=91), dry_run=False)["visit notices"] >= 1


def test_bytes_that_are_named_elsewhere_stay(photo):
    assert forget_files([photo.digest]) == 0
    assert default_storage.exists(place_of(photo.digest))
