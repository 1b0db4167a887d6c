"""Checklists: the proposals, and a body's own."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connection, transaction

from hocsuotdoi.inspection.models import Checklist, ChecklistItem
from hocsuotdoi.inspection.operations import checklists as acts
from hocsuotdoi.inspection.queries.checklists import as_text, changes_of_list
from hocsuotdoi.places.enums import InstitutionClass


@pytest.fixture
def proposal(checklists):
    return Checklist.objects.get(code="thu-vien")


def own(base, owner, by, at, text="== Phần một\n? Có mở cửa không?", **given):
    return acts.publish_own(base, owner, **{"title": "Riêng", "source": "", **given}, text=text, by=by, at=at)


def test_every_class_has_a_proposal_and_every_question_its_source(checklists):
    classes = [each for row in Checklist.objects.all() for each in row.classes]
    assert sorted(classes) == sorted(InstitutionClass.values)
    assert not ChecklistItem.objects.filter(source="").exists()
    assert "đề xuất" in Checklist.objects.get(code="bao-tang").source


def test_criteria_beside_questions_exist(checklists):
    from hocsuotdoi.core.data_files import read_yaml
    from hocsuotdoi.indicators.operations.definitions import DATA

    known = {(row["indicator"], each["code"]) for row in read_yaml(DATA / "criteria.yaml") for each in row["criteria"]}
    named = set(ChecklistItem.objects.exclude(criterion_code="").values_list("indicator_code", "criterion_code"))
    assert named <= known


def test_loaded_again_nothing_changes(checklists, now):
    before = ChecklistItem.objects.count()
    acts.load_checklists(at=now, progress=print)
    assert ChecklistItem.objects.count() == before


def test_ones_own_keeps_what_it_took_over_word_for_word(proposal, office_of_bac_kan, inspector, now):
    text = as_text(list(proposal.items.all()))
    made = own(proposal, office_of_bac_kan, inspector, now, text=text + "\n# Số máy tính?\n... Ghi thêm")
    kept = ["heading", "question", "kind", "guide", "source", "indicator_code", "criterion_code"]
    number = proposal.items.count()
    assert list(made.items.values_list(*kept)[:number]) == list(proposal.items.values_list(*kept))
    assert [each.kind for each in made.items.all()[number:]] == ["number", "words"]
    again = own(made, office_of_bac_kan, inspector, now)
    made.refresh_from_db()
    assert (again.code, again.version, made.retired_at) == (made.code, 2, now)
    acts.retire_own(again, by=inspector, at=now)
    assert again.retired_at == now


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": "Có không?"}, "text"),
        ({"text": "== Phần"}, "text"),
        ({"text": "? x\n" * 81}, "text"),
        ({"title": ""}, "title"),
    ],
)
def test_what_cannot_be_read_is_refused(proposal, office_of_bac_kan, inspector, now, given, field):
    with pytest.raises(acts.BadChecklist) as refusal:
        own(proposal, office_of_bac_kan, inspector, now, **given)
    assert refusal.value.field == field


def test_the_proposal_is_not_retired(proposal, inspector, now):
    with pytest.raises(acts.BadChecklist):
        acts.retire_own(proposal, by=inspector, at=now)


def test_who_has_not_seen_the_newest_writes_nothing_over_it(proposal, office_of_bac_kan, inspector, now):
    first = own(proposal, office_of_bac_kan, inspector, now, over=0)
    with pytest.raises(acts.ListChanged):
        own(proposal, office_of_bac_kan, inspector, now, over=0)
    second = own(first, office_of_bac_kan, inspector, now, text="? Có mở cửa không?\n# Số ghế?", over=1)
    with pytest.raises(acts.ListChanged):
        own(first, office_of_bac_kan, inspector, now, over=1)
    told = changes_of_list(first, office_of_bac_kan, 1)
    assert (told.stands, told.new, told.gone) == (second, ["# Số ghế?"], [])
    with pytest.raises(acts.ListChanged):
        acts.retire_own(first, by=inspector, at=now)
    second.refresh_from_db()
    assert second.retired_at is None
    acts.retire_own(second, by=inspector, at=now)
    acts.retire_own(second, by=inspector, at=now)  # of two who go back to the proposal, both have what they want
    with pytest.raises(acts.ListChanged):
        own(second, office_of_bac_kan, inspector, now, over=2)
    assert changes_of_list(second, office_of_bac_kan, 2).stands is None


def test_a_question_taken_over_from_the_newest_keeps_what_stands_beside_it(proposal, office_of_bac_kan, inspector, now):
    guided = proposal.items.exclude(guide="").first()
    begun = own(proposal, office_of_bac_kan, inspector, now)
    own(proposal, office_of_bac_kan, inspector, now, text=f"? {guided.question}", over=1)
    made = own(begun, office_of_bac_kan, inspector, now, text=f"? Có mở cửa không?\n? {guided.question}", over=2)
    assert made.items.last().guide == guided.guide


@pytest.mark.slow
@pytest.mark.usefixtures("transactional_db")
@pytest.mark.parametrize("published_before", [0, 1])
def test_of_two_who_publish_at_once_the_second_is_told(proposal, office_of_bac_kan, inspector, now, published_before):
    for _each in range(published_before):
        own(proposal, office_of_bac_kan, inspector, now - dt.timedelta(days=1))
    gate, meanwhile = Barrier(2), Event()

    def publish(title):
        try:
            connection.ensure_connection()
            gate.wait(timeout=20)
            with transaction.atomic():
                own(proposal, office_of_bac_kan, inspector, now, title=title)
                meanwhile.wait(1)  # until the other has come as far as it can
        except acts.BadChecklist as refusal:
            return str(refusal)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(publish, ["Một", "Hai"]))
    assert told[0] == ""
    assert "vừa công bố" in told[1]
    in_use = Checklist.objects.get(owner=office_of_bac_kan, retired_at=None)
    assert in_use.version == published_before + 1
