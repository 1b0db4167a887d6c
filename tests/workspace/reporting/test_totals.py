"""Totals typed into a report by people who do not know of each other: nothing of anybody's is lost unseen."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.indicators.enums import IndicatorKind
from hocsuotdoi.programme.enums import PlanStatus
from hocsuotdoi.reporting.models import Report, TypedTotal
from hocsuotdoi.reporting.operations.holding import ReportChangedMeanwhile
from hocsuotdoi.reporting.operations.submission import submit_report
from hocsuotdoi.reporting.operations.totals import Total, type_totals
from hocsuotdoi.reporting.queries.typed import seen_of
from tests.factories.indicators import IndicatorFactory
from tests.factories.places import AgencyFactory
from tests.factories.programme import ClauseFactory, PlanFactory, TargetFactory
from tests.factories.running import make_cycle, make_report
from tests.workspace.reporting.conftest import begun, fresh, holder, signed_in
from tests.workspace.reporting.test_report_page import at

SESSIONS, ATTENDANCE, VISITS = (
    f"measure:{name}:2026" for name in ("programme_session", "programme_attendance", "library_visit")
)


@pytest.fixture
def unbegun(thai_nguyen) -> Report:
    agency = AgencyFactory(kind="military", unit=thai_nguyen)
    cycle = make_cycle(sections=["activities", "targets", "words"])
    return make_report(cycle, agency, line="military", detail="totals")


@pytest.fixture
def lan(unbegun):
    return holder(RoleName.AGENCY_OFFICER, agency=unbegun.agency)


@pytest.fixture
def command(unbegun, lan) -> Report:
    return begun(unbegun, lan)


@pytest.fixture
def minh(command):
    return holder(RoleName.AGENCY_OFFICER, agency=command.agency)


def sent_by(page) -> dict[str, object]:
    """What a browser sends of the form as the page holds it."""
    data: dict[str, object] = {"version": page.context["report"].version}
    for form in page.context["totals"]:
        data |= {field.html_name: field.value() or "" for field in form}
    return data


def opened(report: Report, person) -> dict[str, object]:
    return sent_by(signed_in(person).get(at(report)))


def save(report: Report, person, data: dict[str, object], **typed: tuple[str, str]):
    """`typed`: how many and where from, by what is counted."""
    keys = {"sessions": SESSIONS, "attendance": ATTENDANCE, "visits": VISITS}
    for name, (number, source) in typed.items():
        data = {**data, f"{keys[name]}-numerator": number, f"{keys[name]}-source": source}
    return signed_in(person).post(at(report, "total"), data, follow=True)


def kept() -> dict[str, tuple[int, str]]:
    return {each.key: (int(each.numerator or 0), each.source) for each in TypedTotal.objects.all()}


def form_of(page, key: str):
    return next(form for form in page.context["totals"] if form.row.key == key)


def test_two_people_in_different_rows_stand_both_and_it_is_said(command, lan, minh):
    page_of_minh = opened(command, minh)
    save(command, lan, opened(command, lan), sessions=("1.436", "Sổ của Lan"))
    page = save(command, minh, page_of_minh, visits=("9", "Sổ của Minh"))
    assert page.status_code == 200
    assert kept() == {SESSIONS: (1436, "Sổ của Lan"), VISITS: (9, "Sổ của Minh")}
    (said,) = page.context["messages"]
    assert str(lan) in str(said)


def test_two_people_in_one_row_are_both_shown_with_who_and_when_and_what_one_chooses_is_saved(command, lan, minh):
    page_of_minh = opened(command, minh)
    save(command, lan, opened(command, lan), sessions=("1.436", "Sổ của Lan"), attendance=("70", "Sổ của Lan"))
    page = save(command, minh, page_of_minh, sessions=("9", "Sổ của Minh"), visits=("5", "Sổ của Minh"))
    assert page.status_code == 409
    assert kept() == {SESSIONS: (1436, "Sổ của Lan"), ATTENDANCE: (70, "Sổ của Lan")}
    both, theirs_alone, mine_alone = (form_of(page, key) for key in (SESSIONS, ATTENDANCE, VISITS))
    assert (both["numerator"].value(), both["source"].value()) == ("9", "Sổ của Minh")
    assert (both.theirs.words, both.theirs.by) == ("1.436, Sổ của Lan", str(lan)) and both.theirs.at
    assert (theirs_alone.theirs, theirs_alone["numerator"].value()) == (None, "70")
    assert (mine_alone.theirs, mine_alone["numerator"].value()) == (None, "5")
    text = page.content.decode()
    assert "1.436, Sổ của Lan" in text and str(lan) in text
    again = save(command, minh, sent_by(page), sessions=("1.445", "Sổ của hai người"))
    assert again.status_code == 200
    assert kept() == {
        SESSIONS: (1445, "Sổ của hai người"),
        ATTENDANCE: (70, "Sổ của Lan"),
        VISITS: (5, "Sổ của Minh"),
    }


def test_a_third_who_saves_while_one_compares_is_shown_as_well(command, lan, minh):
    page_of_minh = opened(command, minh)
    save(command, lan, opened(command, lan), sessions=("1", "Sổ"))
    page = save(command, minh, page_of_minh, sessions=("2", "Sổ"))
    save(command, lan, opened(command, lan), sessions=("3", "Sổ"))
    page = save(command, minh, sent_by(page))
    assert page.status_code == 409
    assert form_of(page, SESSIONS).theirs.words == "3, Sổ"
    assert save(command, minh, sent_by(page)).status_code == 200
    assert kept()[SESSIONS] == (2, "Sổ")


def test_what_was_not_touched_is_not_taken_out_and_what_is_emptied_is(command, lan, minh):
    save(command, lan, opened(command, lan), sessions=("4", "Sổ"), attendance=("70", "Sổ"))
    save(command, lan, opened(command, lan), attendance=("", ""))
    assert kept() == {SESSIONS: (4, "Sổ")}
    page_of_minh = opened(command, minh)
    save(command, lan, opened(command, lan), sessions=("", ""))
    page = save(command, minh, page_of_minh, sessions=("5", "Sổ"))
    assert page.status_code == 409
    assert form_of(page, SESSIONS).theirs.words == "", "it was taken out meanwhile, and that is shown"
    assert "Để trống." in page.content.decode()
    page_of_minh = sent_by(page)
    assert save(command, minh, page_of_minh).status_code == 200
    assert kept() == {SESSIONS: (5, "Sổ")}


def test_the_same_from_two_people_and_one_s_own_words_are_no_conflict(command, lan, minh):
    page_of_minh = opened(command, minh)
    save(command, lan, opened(command, lan), sessions=("4", "Sổ  tay"))
    assert save(command, minh, page_of_minh, sessions=("4", "Sổ tay ")).status_code == 200
    page_of_lan = opened(command, lan)
    words = {"version": page_of_lan["version"], "results": "Tốt.", "difficulties": "", "causes": "", "proposals": ""}
    signed_in(lan).post(at(command, "word"), words)
    assert save(command, lan, page_of_lan, sessions=("5", "Sổ tay")).status_code == 200
    assert kept()[SESSIONS] == (5, "Sổ tay")


def test_a_page_that_does_not_say_what_it_showed_writes_over_nothing(command, lan, minh):
    page_of_minh = {key: value for key, value in opened(command, minh).items() if not key.endswith("-seen")}
    save(command, lan, opened(command, lan), sessions=("4", "Sổ"))
    assert save(command, minh, page_of_minh).status_code == 409
    assert kept() == {SESSIONS: (4, "Sổ")}


def test_rows_that_move_while_somebody_types_keep_their_numbers(command, lan):
    """A plan comes into force: its figure stands before those that were shown."""
    first, last = (IndicatorFactory(code=code, kind=IndicatorKind.COUNT, ordinal=o) for code, o in (("a", 1), ("b", 2)))
    plan = PlanFactory(unit=command.unit)
    asked = {"cohort__code": "library_armed_forces", "cohort__classes": ["library_armed_forces"], "year": 2026}
    TargetFactory(clause=ClauseFactory(plan=plan, path="I.1"), indicator=last, **asked)
    key = f"indicator:{last.code}:library_armed_forces:2026"
    data = opened(command, lan)
    assert f"{key}-numerator" in data
    TargetFactory(clause=ClauseFactory(plan=plan, path="I.2"), indicator=first, **asked)
    assert save(command, lan, {**data, f"{key}-numerator": "8", f"{key}-source": "Sổ"}).status_code == 200
    assert kept() == {key: (8, "Sổ")}
    data = opened(command, lan)
    type(plan).objects.filter(pk=plan.pk).update(status=PlanStatus.RETIRED)
    page = save(command, lan, {**data, f"{key}-numerator": "77", f"{key}-source": "Sổ mới"}, sessions=("4", "Sổ"))
    assert page.status_code == 422
    assert "77, Sổ mới" in page.content.decode(), "what was typed for a figure that is not asked for any more"
    assert save(command, lan, sent_by(page)).status_code == 200
    assert kept() == {key: (8, "Sổ"), SESSIONS: (4, "Sổ")}


def test_totals_for_a_report_that_was_submitted_meanwhile_are_shown_and_not_lost(command, lan, minh):
    save(command, lan, opened(command, lan), sessions=("4", "Sổ"))
    page_of_minh = opened(command, minh)
    report = fresh(command)
    submit_report(report, version=report.version, by=lan, at=timezone.now())
    page = save(command, minh, page_of_minh, visits=("1.200", "Sổ của Minh"))
    assert page.status_code == 409
    assert "1.200, Sổ của Minh" in page.content.decode()
    assert kept() == {SESSIONS: (4, "Sổ")}


def test_each_row_has_names_and_ids_of_its_own(command, lan):
    text = signed_in(lan).get(at(command)).content.decode()
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert f'name="{SESSIONS}-numerator"' in text and f'for="id_{SESSIONS}-numerator"' in text


def test_a_conflict_takes_the_same_queries_for_one_and_for_three_rows(command, lan, minh):
    counts = []
    for typed in ({"sessions": ("1", "Sổ")}, dict.fromkeys(("sessions", "attendance", "visits"), ("2", "Sổ"))):
        TypedTotal.objects.all().delete()
        client, data = signed_in(minh), opened(command, minh)
        save(command, lan, opened(command, lan), **typed)
        data |= {f"{key}-numerator": "7" for key in (SESSIONS, ATTENDANCE, VISITS)[: len(typed)]}
        data |= {f"{key}-source": "Sổ" for key in (SESSIONS, ATTENDANCE, VISITS)[: len(typed)]}
        client.get(at(command))
        with CaptureQueriesContext(connection) as captured:
            page = client.post(at(command, "total"), data)
        assert page.status_code == 409
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_seen_tells_rows_apart_and_zero_from_nothing():
    rows = [
        None,
        Total(SESSIONS, Decimal(0), None, "Sổ"),
        Total(SESSIONS, Decimal(1), None, "Sổ"),
        Total(SESSIONS, Decimal(1), Decimal(2), "Sổ"),
        Total(SESSIONS, None, Decimal(1), "Sổ"),
        Total(SESSIONS, Decimal(1), None, "Sổ khác"),
    ]
    assert len({seen_of(row) for row in rows}) == len(rows)
    assert seen_of(Total(SESSIONS, None, None, "Sổ")) == seen_of(None)
    assert seen_of(Total(SESSIONS, Decimal("100.00"), None, " Sổ  tay")) == seen_of(
        Total(SESSIONS, Decimal(100), None, "Sổ tay")
    )


def test_type_totals_refused_names_what_both_wrote_and_changes_nothing(command, lan):
    seen, at_ = seen_of(None), timezone.now()
    type_totals(command, version=1, rows=[Total(SESSIONS, Decimal(4), None, "Sổ")], by=lan, at=at_)
    rows = [Total(SESSIONS, Decimal(5), None, "Sổ", seen), Total(VISITS, Decimal(6), None, "Sổ", seen)]
    with pytest.raises(ReportChangedMeanwhile) as refusal:
        type_totals(command, version=1, rows=rows, by=lan, at=at_)
    assert refusal.value.fields == (SESSIONS,)
    assert kept() == {SESSIONS: (4, "Sổ")}
    assert type_totals(command, version=1, rows=rows[1:], by=lan, at=at_).version == 3


def test_where_a_number_is_from_without_the_number_is_refused_and_not_lost(command, lan):
    page = save(command, lan, opened(command, lan), sessions=("", "Sổ trực"), attendance=("12", ""))
    assert page.status_code == 422
    assert "Sổ trực" in page.content.decode()
    assert "Xin nhập cả con số" in page.content.decode()
    assert not TypedTotal.objects.exists()


def test_totals_asked_for_as_json_say_what_stands_now(command, lan, minh):
    """A device that has kept them knows then what it is written over next."""
    mine = opened(command, lan) | {f"{SESSIONS}-numerator": "1.436", f"{SESSIONS}-source": "Sổ thư viện"}
    save(command, minh, opened(command, minh), visits=("250", "Sổ bạn đọc"))
    client, json = signed_in(lan), {"Accept": "application/json"}
    told = client.post(at(command, "total"), mine, headers=json).json()
    fields = told["fields"]
    assert (fields[f"{SESSIONS}-numerator"], fields[f"{VISITS}-numerator"]) == ("1436", "250")
    assert str(minh) in told["said"]
    next_time = mine | {f"{SESSIONS}-numerator": "1.500", f"{SESSIONS}-seen": fields[f"{SESSIONS}-seen"]}
    assert client.post(at(command, "total"), next_time, headers=json).status_code == 200
    stale = mine | {f"{SESSIONS}-numerator": "9"}
    assert client.post(at(command, "total"), stale, headers=json).status_code == 409
    wrong = next_time | {f"{SESSIONS}-numerator": "nhiều"}
    assert client.post(at(command, "total"), wrong, headers=json).status_code == 422
    gone = next_time | {
        "measure:loan:2026-numerator": "5",
        "measure:loan:2026-source": "Sổ",
        "measure:loan:2026-seen": "",
    }
    assert client.post(at(command, "total"), gone, headers=json).status_code == 422
    assert command.typed_totals.get(key=SESSIONS).numerator == 1500
