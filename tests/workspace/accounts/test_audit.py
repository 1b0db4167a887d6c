import html
import re

import pytest
from django.utils.translation import override

from hocsuotdoi.accounts.queries.audit import tracked_by, tracked_kinds
from hocsuotdoi.places.models import Institution
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.workspace.accounts.trail import kind_choices, names_who_did_it, spoken
from tests.factories.places import InstitutionFactory
from tests.factories.programme import TargetFactory

PAGE = "/workspace/audit/"


def _text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode()))


def test_change_made_on_a_page_is_read_as_a_sentence(client, officer_of_bac_kan, administrator):
    client.force_login(administrator)
    client.post(f"/workspace/roles/{officer_of_bac_kan.roles.get().pk}/end/")
    text = _text(client.get(PAGE, {"kind": "accounts.roleassignment"}))
    assert "Ngô Đức Anh" in text
    assert "Triệu Văn Minh" in text


def test_change_is_shown_from_what_to_what(client, auditor, library_of_bac_kan):
    Institution.objects.update(phone="0209 111")
    Institution.objects.update(phone="0209 222")
    client.force_login(auditor)
    page = client.get(PAGE)
    assert "<del>0209 111</del>" in page.content.decode()
    assert "<ins>0209 222</ins>" in page.content.decode()


def test_ids_of_people_are_not_shown():
    shown = {field.name for field in Report._meta.concrete_fields if not names_who_did_it(field)}
    assert {"submitted_by", "approved_by"} & shown == set()
    assert {"state", "submitted", "submitted_at"} <= shown


def test_trail_of_one_thing_is_shown_alone(client, auditor, library_of_bac_kan, library_of_duc_xuan):
    client.force_login(auditor)
    text = _text(client.get(PAGE, {"thing": f"places.institution:{library_of_bac_kan.pk}"}))
    assert library_of_bac_kan.name in text
    assert library_of_duc_xuan.name not in text


@pytest.mark.parametrize("thing", ["accounts.person:1", "nothing", "places.institution:abc", "places.institution:"])
def test_trail_of_no_thing_is_no_page(client, auditor, thing):
    client.force_login(auditor)
    assert client.get(PAGE, {"thing": thing}).status_code == 404


@pytest.mark.parametrize("who", ["reader", "librarian_of_bac_kan"])
def test_trail_is_forbidden_to_who_may_not_read_it(client, request, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(PAGE).status_code == 403


def test_trail_of_another_territory_is_empty(client, officer_of_bac_kan, library_of_duc_xuan):
    client.force_login(officer_of_bac_kan)
    assert library_of_duc_xuan.name not in _text(client.get(PAGE, {"kind": "places.institution"}))


@pytest.mark.parametrize(
    "wanted",
    [
        {"email": "khong-co@thu.example"},
        {"first": "2030-01-01"},
        {"last": "2020-01-01"},
        {"first": "2030-01-01", "last": "2020-01-01"},
        {"kind": "no.such"},
        {"before": "yesterday"},
        {"before": "2026-13-45T99:00:00+07:00"},
        {"before": "2026-11-01T10:00:00"},
        {"first": "0001-01-01"},
        {"last": "9999-12-31"},
    ],
)
def test_filter_that_leaves_nothing_or_is_wrong_shows_a_page(client, auditor, library_of_bac_kan, wanted):
    client.force_login(auditor)
    assert client.get(PAGE, wanted).status_code == 200


@pytest.mark.parametrize("changes", [1, 3])
def test_one_change_and_three_take_the_same_queries(
    client, auditor, library_of_bac_kan, changes, django_assert_num_queries
):
    client.force_login(auditor)
    for number in range(changes):
        Institution.objects.update(phone=str(number))
    with django_assert_num_queries(7):
        client.get(PAGE, {"kind": "places.institution"})


def test_what_one_act_entered_by_the_dozen_is_one_line_that_opens_page_by_page(
    client, auditor, bac_kan, django_assert_num_queries
):
    """Opening a country's cycle enters thousands of reports at once: they leave room for what else happened."""
    known = Institution.objects.count()
    InstitutionFactory.create_batch(60, unit=bac_kan)
    client.force_login(auditor)
    with django_assert_num_queries(6):
        page = client.get(PAGE, {"kind": "places.institution"})
    text = _text(page)
    assert f"đã nhập {known + 60} mục cùng lúc: cơ sở" in text
    assert "Thư viện xã Thử" not in text
    (opens,) = re.findall(r'href="([^"]+moment=[^"]+)"', page.content.decode())
    first = client.get(html.unescape(opens))
    assert len(re.findall("Thư viện xã Thử", _text(first))) == 50
    (more,) = re.findall(r'href="([^"]+below=\d+[^"]*)"', first.content.decode())
    assert len(re.findall("Thư viện xã Thử", _text(client.get(f"{PAGE}{html.unescape(more)}")))) == 10


def test_what_one_act_changed_is_told_as_far_as_it_may_be_read(client, officer_of_bac_kan, auditor, duc_xuan, bac_kan):
    InstitutionFactory.create_batch(7, unit=duc_xuan)
    client.force_login(auditor)
    page = client.get(PAGE, {"kind": "places.institution"}).content.decode()
    opens = html.unescape(re.findall(r'href="([^"]+moment=[^"]+)"', page)[0])
    client.force_login(officer_of_bac_kan)
    assert "Thư viện xã Thử" not in _text(client.get(opens))
    assert "cùng lúc" not in _text(client.get(PAGE, {"kind": "places.institution"}))


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "no.such", "act": "insert", "moment": "2026-11-01T10:00:00+07:00"},
        {"kind": "places.institution", "act": "truncate", "moment": "2026-11-01T10:00:00+07:00"},
        {"kind": "places.institution", "act": "insert", "moment": "2026-11-01"},
    ],
)
def test_act_that_cannot_be_is_no_page(client, auditor, asked):
    client.force_login(auditor)
    assert client.get(PAGE, asked).status_code == 404


def test_whatever_a_change_names_has_a_name_that_people_know():
    tracked = [tracked_by(event) for event in tracked_kinds().values()]
    named = {link.related_model for model in tracked for link in model._meta.concrete_fields if link.is_relation}
    assert {"Clause", "Task", "Plan"} <= {model.__name__ for model in named}
    assert [model for model in named if " object (" in spoken(model(), model._meta.pk)] == []


def test_change_of_a_target_names_its_clause(client, auditor, bac_kan):
    target = TargetFactory(clause__path="I.2.a", clause__plan__unit=bac_kan)
    client.force_login(auditor)
    page = client.get("/workspace/audit/", {"thing": f"programme.target:{target.pk}"}).content.decode()
    assert "I.2.a" in page
    assert " object (" not in page


def test_what_is_kept_in_one_piece_and_what_was_chosen_are_read_in_words():
    gaps, state = Report._meta.get_field("gaps"), Report._meta.get_field("state")
    named = [{"what": "institutions", "count": 2, "names": ["Thư viện Nà Pài", "Nhà văn hóa tổ 4"]}]

    assert spoken(named, gaps) == "2; Thư viện Nà Pài, Nhà văn hóa tổ 4"
    assert spoken({"words": "Ba cơ sở"}, gaps) == "Ba cơ sở"
    assert spoken("submitted", state) == state.choices[2][1]


def test_every_kind_of_thing_whose_changes_are_kept_has_a_vietnamese_name():
    with override("vi"):
        vietnamese = dict(kind_choices())
    with override("en"):
        english = dict(kind_choices())
    assert [label for label, name in english.items() if vietnamese[label] == name] == []
