"""What the database itself refuses of inspections; each rule broken once."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction

from hocsuotdoi.inspection.models import (
    Checklist,
    ChecklistItem,
    FindingCheck,
    InspectionPlan,
    Visit,
    VisitAnswer,
    VisitFinding,
    VisitNotice,
    VisitPhoto,
)
from tests.factories.places import AgencyFactory, InstitutionFactory
from tests.factories.running import NOW, SOMEBODY

DAY = dt.date(2026, 10, 1)


def _checklist(**fields) -> Checklist:
    return Checklist.objects.create(
        **{"code": "thu-vien", "title": "Thư viện", "classes": ["library_commune"], **fields}
    )


def _item(checklist=None, **fields) -> ChecklistItem:
    given = {"ordinal": 1, "question": "Có mở cửa đúng giờ không?"}
    return ChecklistItem.objects.create(checklist=checklist or _checklist(), **{**given, **fields})


def _plan(**fields) -> InspectionPlan:
    given = {"year": 2026, "title": "Kiểm tra năm 2026", "made_by": SOMEBODY, "made_at": NOW}
    given["agency"] = fields.pop("agency", None) or AgencyFactory()
    return InspectionPlan.objects.create(**{**given, **fields})


def _visit(**fields) -> Visit:
    given = {"planned_on": DAY, "team": [SOMEBODY], "state": "under_way", "began_at": NOW}
    for name, make in (("plan", _plan), ("institution", InstitutionFactory), ("checklist", _checklist)):
        given[name] = fields.pop(name, None) or make()
    return Visit.objects.create(**{**given, **fields})


def _in_visit(model, given, visit=None, **fields):
    visit = visit or _visit()
    return model.objects.create(visit=visit, institution_id=visit.institution_id, **{**given, **fields})


def _answer(visit=None, **fields):
    visit = visit or _visit()
    given = {"seen": "yes", "seen_at": NOW, "seen_by": SOMEBODY}
    given["item"] = fields.pop("item", None) or _item(visit.checklist)
    return _in_visit(VisitAnswer, given, visit, **fields)


def _photo(visit=None, **fields):
    return _in_visit(
        VisitPhoto, {"digest": "a" * 64, "size": 1, "taken_at": NOW, "taken_by": SOMEBODY}, visit, **fields
    )


def _finding(visit=None, **fields):
    return _in_visit(VisitFinding, {"severity": "advice", "text": "Nên mở thêm buổi tối"}, visit, **fields)


def _notice(visit=None, **fields):
    visit = visit or _visit()
    given = {"institution_id": visit.institution_id, "person": SOMEBODY, "kind": "planned", "at": NOW}
    return VisitNotice.objects.create(visit=visit, **{**given, **fields})


def _check(finding=None, **fields):
    finding = finding or _finding()
    given = {"is_mended": True, "words": "Đã mở", "checked_at": NOW, "checked_by": SOMEBODY}
    given["institution_id"] = finding.institution_id
    return FindingCheck.objects.create(finding=finding, **{**given, **fields})


def _check_elsewhere() -> None:
    _check(_finding(), institution_id=InstitutionFactory().pk)


def _changed(row, **fields) -> None:
    type(row).objects.filter(pk=row.pk).update(**fields)


def _finished() -> Visit:
    visit = _visit()
    _changed(visit, state="closed", closed_at=NOW, closed_by=SOMEBODY)
    return visit


def _twice_the_same_visit() -> None:
    row = {"plan": _plan(), "institution": InstitutionFactory(), "checklist": _checklist()}
    _visit(**row)
    _visit(**row)


def _twice_the_same_answer() -> None:
    visit = _visit()
    item = _item(visit.checklist)
    _answer(visit, item=item)
    _answer(visit, item=item)


def _elsewhere() -> None:
    visit = _visit()
    VisitFinding.objects.create(visit=visit, institution=InstitutionFactory(), severity="advice", text="thử")


BROKEN: dict[str, Callable] = {
    "checklist_version_once": lambda: [_checklist() for _each in range(2)],
    "checklist_for_some_class": lambda: _checklist(classes=[]),
    "checklist_retired_after_published": lambda: _checklist(retired_at=NOW),
    "checklist_item_once": lambda: [_item(row) for row in [_checklist()] for _each in range(2)],
    "checklist_item_asks_something": lambda: _item(question=""),
    "has been published": lambda: _changed(_item(_checklist(published_at=NOW)), question="Khác?"),
    "inspection_plan_once": lambda: [_plan(agency=agency) for agency in [AgencyFactory()] for _each in range(2)],
    "inspection_plan_of_a_sensible_year": lambda: _plan(year=1999),
    "visit_planned_once": _twice_the_same_visit,
    "visit_by_somebody": lambda: _visit(team=[]),
    "visit_closed_at_a_moment": lambda: _changed(_visit(), state="closed"),
    "visit_cancelled_for_a_reason": lambda: _changed(_visit(), state="cancelled"),
    "Invalid transition": lambda: _changed(_visit(), state="planned"),
    "inspection_visit": lambda: Visit.objects.filter(pk=_visit().pk).delete(),
    "visit_item_answered_once": _twice_the_same_answer,
    "visit_answer_says_something": lambda: _answer(seen=""),
    "visit_answer_not_applicable_says_why": lambda: _answer(seen="not_applicable"),
    "visit_photo_once": lambda: [_photo(visit) for visit in [_visit()] for _each in range(2)],
    "visit_photo_digest_is_sha256": lambda: _photo(digest="x"),
    "visit_finding_says_something": lambda: _finding(text=""),
    "visit_finding_noted_by_somebody": lambda: _finding(noted_at=NOW),
    "visit_notice_one_to_tell": lambda: [_notice(visit) for visit in [_visit()] for _each in range(2)],
    "visit_notice_moved_from_a_day": lambda: _notice(kind="moved"),
    "visit_notice_told_after_it_was_written": lambda: _notice(told_at=NOW - dt.timedelta(days=1)),
    "inspection_visitnotice_visit_id_same_institution": lambda: _notice(institution_id=InstitutionFactory().pk),
    "visit_finding_asks_for_mending": lambda: _finding(severity="violation"),
    "is finished": lambda: _finding(_finished()),
    "inspection_visitfinding_visit_id_same_institution": _elsewhere,
    "checklist_item_names_a_whole_criterion": lambda: _item(criterion_code="sessions_held"),
    "finding_check_says_what_was_seen": lambda: _check(words=""),
    "Cannot update or delete rows from inspection_findingcheck": lambda: _changed(_check(), is_mended=False),
    "inspection_findingcheck_finding_id_same_institution": _check_elsewhere,
}


@pytest.mark.parametrize("rule", BROKEN)
def test_the_database_refuses_what_breaks(db, rule):
    with pytest.raises(DatabaseError, match=rule), transaction.atomic():
        BROKEN[rule]()


def test_every_constraint_of_inspection_is_broken_once():
    models = [Checklist, ChecklistItem, FindingCheck, InspectionPlan, Visit, VisitAnswer, VisitFinding, VisitPhoto]
    models.append(VisitNotice)
    declared = {constraint.name for model in models for constraint in model._meta.constraints}
    assert declared - set(BROKEN) == set()


def test_a_planned_visit_can_be_struck(db):
    assert _visit(state="planned", began_at=None).delete()[0] == 1
