"""Papers on a phone: read by the commune's officer, sent by the province's; every page fits and has no barrier."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.papers.models import Paper
from hocsuotdoi.papers.operations.paper import Wording, enter_paper, send_paper
from hocsuotdoi.places.enums import AgencyKind
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.places import AgencyFactory
from tests.support.browser import PHONE, sign_in

pytestmark = pytest.mark.slow
TEXT = "Điều 1. Mỗi xã tổ chức một ngày hội.\nĐiều 2. Báo cáo trước 25/11."


@pytest.fixture
def sender(live_program):
    return AgencyFactory(kind=AgencyKind.CULTURE)


@pytest.fixture
def office(sender):
    return AgencyFactory(kind=AgencyKind.CULTURE_SOCIETY, unit=sender.unit)


@pytest.fixture
def officer(office):
    person = PersonFactory()
    RoleAssignmentFactory(person=person, role=RoleName.AGENCY_OFFICER, agency=office)
    return person


@pytest.fixture
def chief(sender):
    person = PersonFactory()
    RoleAssignmentFactory(person=person, role=RoleName.AGENCY_OFFICER, agency=sender)
    return person


def _paper(sender, by, *, send=True, **fields) -> Paper:
    given = {
        "kind": "guideline",
        "issuer": sender.name,
        "text": TEXT,
        "is_public": True,
        "to_kinds": ["culture_society"],
    }
    now = timezone.now()
    paper = enter_paper(sender, wording=Wording(**(given | fields)), by=by, at=now)
    if send:
        send_paper(paper, version=1, by=by, at=now, day=timezone.localdate(now))
    return paper


def test_officer_reads_on_a_phone_and_says_so(live_program, sender, office, officer, chief, visitor):
    paper = _paper(sender, chief, title="Hướng dẫn tổ chức ngày hội đọc sách ở thôn, bản, tổ dân phố")
    context = visitor(viewport=PHONE)
    sign_in(context, officer)
    page = context.new_page()
    page.goto("/workspace/")
    page.get_by_role("link", name=paper.title).first.click()
    page.get_by_role("button", name="Tôi đã đọc").click()
    expect(page.get_by_text("Đã ghi nhận: bạn đã đọc")).to_be_visible()
    page.goto("/workspace/papers/")
    expect(page.get_by_text("Đã đọc hết")).to_be_visible()


def test_every_page_of_papers_fits_a_phone_and_has_no_barrier(
    live_program, sender, office, officer, chief, visitor, accessibility
):
    old = _paper(sender, chief, title="Hướng dẫn cũ")
    new = _paper(
        sender, chief, title="Hướng dẫn mới", text=TEXT + "\nĐiều 3.", replaces=old, change_note="Thêm Điều 3."
    )
    draft = _paper(sender, chief, send=False, title="Bản thảo")
    pages = [
        reverse("portal:papers-paper-list"),
        reverse("portal:papers-paper-detail", args=[new.pk]),
        reverse("portal:papers-paper-changes", args=[new.pk]),
        reverse("workspace:papers-paper-list") + "?tab=sent",
        reverse("workspace:papers-paper-create"),
        reverse("workspace:papers-paper-manage", args=[draft.pk]),
        reverse("workspace:papers-paper-send", args=[draft.pk]),
        reverse("workspace:papers-paper-discard", args=[draft.pk]),
        reverse("workspace:papers-paper-manage", args=[new.pk]),
        reverse("workspace:papers-receipt-list", args=[new.pk]),
        reverse("workspace:papers-paper-withdraw", args=[new.pk]),
    ]
    context = visitor(viewport=PHONE)
    sign_in(context, chief)
    page = context.new_page()
    for address in pages:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
        assert accessibility(page) == [], address
