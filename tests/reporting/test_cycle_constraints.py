"""What the database itself refuses of cycles, reports, snapshots and documents; each rule broken once."""

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction

from hocsuotdoi.reporting.models import (
    CountedInstitution,
    Cycle,
    CycleReminder,
    CycleRule,
    Document,
    DocumentRun,
    DocumentTemplate,
    ExceptionAnswer,
    Figure,
    Nomination,
    Reminder,
    Report,
    ReportStep,
    Snapshot,
    TypedTotal,
    WorkSpell,
)
from tests.factories.places import AgencyFactory, InstitutionFactory
from tests.factories.running import NOW, SOMEBODY, SOMEBODY_ELSE, make_cycle, make_report, make_snapshot, submit

DAY, HOUR = dt.date(2026, 11, 25), dt.timedelta(hours=1)


def _report(**fields) -> Report:
    return make_report(make_cycle(), AgencyFactory(), **fields)


def _changed(row, **fields) -> None:
    type(row).objects.filter(pk=row.pk).update(**fields)


def _submitted() -> Report:
    report = _report()
    submit(report)
    return report


def _approve(by=SOMEBODY_ELSE, **fields) -> None:
    report = _submitted()
    row = {"state": "approved", "approved": report.submitted, "approved_at": NOW, "approved_by": by}
    _changed(report, **{**row, **fields})


def _rule(cycle=None, **fields) -> CycleRule:
    given = {"ordinal": 1, "line": "territory", "reporter_kind": "culture_society", "reporter_tier": "commune"}
    given |= {"to": "unit_above", "to_kind": "culture", "due_on": DAY}
    return CycleRule.objects.create(cycle=cycle or make_cycle(), **{**given, **fields})


def _reminder_rule(cycle=None, **fields) -> CycleReminder:
    return CycleReminder.objects.create(cycle=cycle or make_cycle(), **{"days": -7, **fields})


def _step(**fields) -> ReportStep:
    return ReportStep.objects.create(report=_report(), **{"kind": "opened", "at": NOW, **fields})


def _counted_twice() -> None:
    cycle, library = make_cycle(), InstitutionFactory()
    for report in [make_report(cycle, AgencyFactory()), make_report(cycle, AgencyFactory())]:
        CountedInstitution.objects.create(cycle=cycle, institution=library, report=report)


def _total(report=None, **fields) -> TypedTotal:
    given = {"key": "k", "numerator": 1, "source": "Báo cáo của đơn vị", "typed_by": SOMEBODY, "typed_at": NOW}
    return TypedTotal.objects.create(report=report or _report(), **{**given, **fields})


def _answer(**fields) -> ExceptionAnswer:
    given = {"key": "k", "numbers": [1], "kind": "confirmed", "by": SOMEBODY, "at": NOW}
    return ExceptionAnswer.objects.create(report=_report(), **{**given, **fields})


def _reminded_twice() -> None:
    report = _report()
    for _each in range(2):
        Reminder.objects.create(report=report, days=1, due_on=DAY, at=NOW)


def _spell(report=None, **fields) -> WorkSpell:
    given = {"whose": "a", "began_at": NOW, "last_at": NOW + HOUR}
    return WorkSpell.objects.create(report=report or _report(), **{**given, **fields})


def _figure(snapshot=None, **fields) -> Figure:
    given = {"key": "k", "value_state": "value", "numerator": 1}
    return Figure.objects.create(snapshot=snapshot or make_snapshot(_report()), **{**given, **fields})


def _nomination(**fields) -> Nomination:
    given = {"year": 2026, "nominee_kind": "person", "person_name": "Lý Thị Mai", "form": "Bằng khen"}
    given |= {"merits": "Mở tủ sách", "changed_by": SOMEBODY, "changed_at": NOW}
    return Nomination.objects.create(agency=AgencyFactory(), **{**given, **fields})


def _template(**fields) -> DocumentTemplate:
    given = {"kind": "unit_report", "file_name": "mau.docx", "media_type": "x", "size": 1, "digest": "b" * 64}
    given |= {"uploaded_by": SOMEBODY, "uploaded_at": NOW}
    given["agency"] = fields.pop("agency", None) or AgencyFactory()
    return DocumentTemplate.objects.create(**{**given, **fields})


def _document(snapshot=None, **fields) -> Document:
    given = {"kind": "unit_report", "format": "docx", "asked_at": NOW}
    return Document.objects.create(snapshot=snapshot or make_snapshot(_report()), **{**given, **fields})


MADE = {"state": "made", "made_at": NOW + HOUR, "size": 1, "digest": "c" * 64, "file_name": "bc.docx"}

BROKEN: dict[str, Callable] = {
    "cycle_counts_within_its_period": lambda: make_cycle(counted_until=dt.date(2027, 1, 1)),
    "cycle_due_after_it_opens": lambda: make_cycle(due_on=dt.date(2026, 1, 1)),
    "cycle_opened_and_closed_at_a_moment": lambda: make_cycle(opened_at=None),
    "cycle_ordered_to_open_by_somebody": lambda: make_cycle(opening_ordered_at=NOW),
    "cycle_asks_for_something": lambda: make_cycle(sections=[]),
    "Invalid transition|cycle_goes_on": lambda: _changed(make_cycle(), state="preparing", opened_at=None),
    "cycle_rule_ordinal_once": lambda: [
        _rule(cycle, line=line) for cycle in [make_cycle()] for line in ("territory", "education")
    ],
    "cycle_rule_once": lambda: [_rule(cycle, ordinal=n) for cycle in [make_cycle()] for n in (1, 2)],
    "cycle_rule_says_to_whom": lambda: _rule(to="named"),
    "cycle_rule_armed_forces_in_totals": lambda: _rule(line="military"),
    "cycle_reminder_day_once": lambda: [_reminder_rule(cycle) for cycle in [make_cycle()] for _each in range(2)],
    "cycle_reminder_within_a_season": lambda: _reminder_rule(days=120),
    "cycle_letter_only_when_late": lambda: _reminder_rule(letter=True),
    "report_once_a_year": lambda: [
        Report.objects.create(unit=unit, year=2026, changed_at=NOW)
        for unit in [AgencyFactory().unit]
        for _each in range(2)
    ],
    "report_once_in_a_cycle": lambda: [
        make_report(cycle, agency) for cycle, agency in [(make_cycle(), AgencyFactory())] for _each in range(2)
    ],
    "report_of_a_sensible_year": lambda: _report(year=1999),
    "report_in_a_cycle_is_owed_by_a_body": lambda: _report(due_on=None),
    "report_not_into_itself": lambda: [_changed(row, goes_to=row) for row in [_report()]],
    "report_armed_forces_in_totals": lambda: _report(line="police"),
    "report_submitted_is_frozen": lambda: _changed(_report(state="draft"), state="submitted"),
    "report_approved_as_submitted": lambda: _approve(approved_at=None),
    "report_approved_by_another": lambda: _approve(by=SOMEBODY),
    "Invalid transition|report_goes_on": lambda: _changed(_submitted(), state="expected"),
    "reporting_report|report_of_the_same": lambda: _changed(_report(), year=2025),
    "reporting_report|report_kept": lambda: Report.objects.filter(pk=_report().pk).delete(),
    "report_step_has_a_reason": lambda: _step(kind="excused"),
    "report_step_names_the_snapshot": lambda: _step(kind="submitted"),
    "report_step_instead_of_who_owes_it": lambda: _step(kind="excused", reason="Vì vậy", instead=AgencyFactory()),
    "report_step_gaps_only_when_approved": lambda: _step(gaps=["Phường Đức Xuân"]),
    "reporting_reportstep|append_only": lambda: _changed(_step(), reason="khác"),
    "institution_counted_once": _counted_twice,
    "typed_total_once": lambda: [_total(report) for report in [_report()] for _each in range(2)],
    "typed_total_not_negative": lambda: _total(numerator=-1),
    "typed_total_names_its_source": lambda: _total(source=""),
    "exception_explained_says_why": lambda: _answer(kind="explained"),
    "reporting_exceptionanswer|append_only": lambda: _changed(_answer(), reason="khác"),
    "reminder_once": _reminded_twice,
    "spell_ends_after_it_begins": lambda: _spell(last_at=NOW - HOUR),
    "spell_once": lambda: [_spell(report) for report in [_report()] for _each in range(2)],
    "snapshot_of_one_thing": lambda: make_snapshot(None, kind="minutes"),
    "snapshot_addendum_names_what_it_amends": lambda: make_snapshot(_report(), kind="addendum"),
    "figure_key_once": lambda: [_figure(row) for row in [make_snapshot(_report())] for _each in range(2)],
    "figure_without_a_value_has_none": lambda: _figure(value_state="not_reported"),
    "figure_reporting_within_expected": lambda: _figure(reporting=3, expected=2),
    "reporting_figure|append_only": lambda: _changed(_figure(), numerator=2),
    "nomination_of_one": lambda: _nomination(person_name=""),
    "nomination_awarded_by_a_decision": lambda: _nomination(state="awarded"),
    "Invalid transition|nomination_goes_on": lambda: _changed(_nomination(), state="declined"),
    "reporting_documenttemplate_file_has_a_name": lambda: _template(file_name=""),
    "reporting_documenttemplate_digest_is_sha256": lambda: _template(digest="x"),
    "template_in_use_once": lambda: [_template(agency=agency) for agency in [AgencyFactory()] for _each in range(2)],
    "reporting_documenttemplate|template_kept_as_uploaded": lambda: _changed(_template(), digest="d" * 64),
    "reporting_documenttemplate|template_kept": lambda: DocumentTemplate.objects.filter(pk=_template().pk).delete(),
    "run_writes_something": lambda: DocumentRun.objects.create(
        cycle=make_cycle(), agency=AgencyFactory(), formats=[], asked_by=SOMEBODY, asked_at=NOW
    ),
    "document_once": lambda: [_document(row) for row in [make_snapshot(_report())] for _each in range(2)],
    "document_made_has_a_file": lambda: _document(state="made"),
    "document_failed_says_why": lambda: _document(state="failed"),
    "document_signed_by_somebody": lambda: _document(format="signed_pdf", **MADE),
    "document_made_after_asked": lambda: _document(**{**MADE, "made_at": NOW - HOUR}),
    "reporting_document|document_kept": lambda: Document.objects.filter(pk=_document().pk).delete(),
    "reporting_document|document_of_the_same": lambda: _changed(_document(), code="x"),
    "Invalid transition|document_goes_on": lambda: _changed(
        _document(**MADE), state="waiting", made_at=None, digest="", size=None
    ),
}
# A guard of pgtrigger names the table, or the transition, not itself.


@pytest.mark.parametrize("rule", BROKEN)
def test_the_database_refuses_what_breaks(db, rule):
    with pytest.raises(DatabaseError, match=rule.partition("|")[0]), transaction.atomic():
        BROKEN[rule]()


def test_every_constraint_of_reporting_is_broken_once():
    models = [Cycle, CycleRule, CycleReminder, Report, ReportStep, CountedInstitution, TypedTotal, ExceptionAnswer]
    models += [Reminder, WorkSpell, Snapshot, Figure, Nomination, DocumentTemplate, DocumentRun, Document]
    declared = {constraint.name for model in models for constraint in model._meta.constraints}
    assert declared - set(BROKEN) == set()


def test_a_report_goes_its_way_up(db):
    _approve()
    assert Report.objects.get().state == "approved"


def test_minutes_name_their_visit(db):
    assert make_snapshot(None, kind="minutes", visit_id=uuid.uuid4(), institution=InstitutionFactory()).pk
