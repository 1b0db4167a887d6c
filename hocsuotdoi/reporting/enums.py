from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CycleKind(models.TextChoices):
    """Which report is asked for (Decision 1346 of the Ministry: every year, mid-term in 2025, final in 2030)."""

    YEARLY = "yearly", _("yearly report")
    MID_TERM = "mid_term", _("mid-term review")
    FINAL = "final", _("final review")
    OTHER = "other", _("another report")


class CycleState(models.TextChoices):
    PREPARING = "preparing", _("being set up")
    OPEN = "open", pgettext_lazy("of a reporting cycle", "open")
    CLOSED = "closed", pgettext_lazy("of a reporting cycle", "closed")


class CommandLine(models.TextChoices):
    """By whose chain a body reports. Each institution is counted on exactly one of them in a cycle."""

    TERRITORY = "territory", _("local authorities and culture")
    EDUCATION = "education", _("education and training")
    MILITARY = "military", _("the army")
    POLICE = "police", _("the police")
    OTHER = "other", _("another sector")


class ReportsTo(models.TextChoices):
    """Where the body stands that a report goes to."""

    SAME_UNIT = "same_unit", _("a body of the same unit")
    UNIT_ABOVE = "unit_above", _("a body of the unit above")
    COMMAND = "command", _("the superior in its own line of command")
    NAMED = "named", _("one named body")
    NOBODY = "nobody", _("nobody: it goes out of the system")


class Detail(models.TextChoices):
    FULL = "full", _("down to each institution")
    TOTALS = "totals", _("totals only")


class Section(models.TextChoices):
    """What a cycle asks for."""

    ACTIVITIES = "activities", _("what was held")
    TARGETS = "targets", _("targets")
    TASKS = "tasks", _("tasks")
    MONEY = "money", _("money")
    WORDS = "words", _("results, difficulties, causes, proposals")


class ReportState(models.TextChoices):
    EXPECTED = "expected", _("not begun")
    DRAFT = "draft", _("being written")
    SUBMITTED = "submitted", _("submitted")
    RETURNED = "returned", _("returned")
    APPROVED = "approved", _("approved")
    EXCUSED = "excused", _("not asked any more")


OWED = (ReportState.EXPECTED, ReportState.DRAFT, ReportState.RETURNED)
"""Reports in these states wait for the body that owes them."""

CHANGES = [
    (ReportState.EXPECTED, ReportState.DRAFT),
    (ReportState.EXPECTED, ReportState.EXCUSED),
    (ReportState.DRAFT, ReportState.SUBMITTED),
    (ReportState.DRAFT, ReportState.EXCUSED),
    (ReportState.SUBMITTED, ReportState.DRAFT),
    (ReportState.SUBMITTED, ReportState.RETURNED),
    (ReportState.SUBMITTED, ReportState.APPROVED),
    (ReportState.RETURNED, ReportState.SUBMITTED),
    (ReportState.RETURNED, ReportState.EXCUSED),
    (ReportState.APPROVED, ReportState.RETURNED),
    (ReportState.EXCUSED, ReportState.EXPECTED),
    (ReportState.EXCUSED, ReportState.DRAFT),
    (ReportState.EXCUSED, ReportState.RETURNED),
]
"""From what to what a report can go; the database lets nothing else happen."""


class ReportStepKind(models.TextChoices):
    OPENED = "opened", _("begun")
    SUBMITTED = "submitted", _("submitted")
    WITHDRAWN = "withdrawn", _("taken back before it was approved")
    RETURNED = "returned", _("returned")
    APPROVED = "approved", _("approved")
    REOPENED = "reopened", _("approval taken back")
    EXCUSED = "excused", _("not asked any more")
    RESUMED = "resumed", _("asked for again")
    MOVED = "moved", _("goes to another body")
    AMENDED = "amended", _("figures changed later")


class SnapshotKind(models.TextChoices):
    REPORT = "report", _("report")
    ADDENDUM = "addendum", _("addendum to a report")
    MINUTES = "minutes", _("minutes of an inspection")
    NOMINATION = "nomination", _("nomination for commendation")
    AWARD = "award", _("commendation that was awarded")
    LETTER = "letter", _("letter to a unit")


class ExceptionAnswerKind(models.TextChoices):
    CONFIRMED = "confirmed", _("it is so")
    EXPLAINED = "explained", _("it is so, with a reason")


class DocumentKind(models.TextChoices):
    """What is written as a document of Decree 30/2020/NĐ-CP, each by a template of its own."""

    UNIT_REPORT = "unit_report", _("report of a unit")
    CONSOLIDATED_REPORT = "consolidated_report", _("consolidated report")
    MID_TERM_REVIEW = "mid_term_review", _("mid-term review")
    FINAL_REVIEW = "final_review", _("final review")
    PRIME_MINISTER_REPORT = "prime_minister_report", _("report to the Prime Minister")
    REMINDER_LETTER = "reminder_letter", _("official letter reminding a unit")
    INSPECTION_MINUTES = "inspection_minutes", _("minutes of an inspection")
    NOMINATION = "nomination", _("nomination for commendation")
    COMMENDATION_DECISION = "commendation_decision", _("decision of commendation")
    CERTIFICATE = "certificate", _("certificate of commendation")
    ADDENDUM = "addendum", _("addendum to a report")
    ANNEX = "annex", _("annex with tables")


class DocumentFormat(models.TextChoices):
    DOCX = "docx", _("Word document")
    XLSX = "xlsx", _("Excel workbook")
    PDF = "pdf", _("PDF")
    SIGNED_PDF = "signed_pdf", _("PDF with a digital signature")


class DocumentState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("of a document", "to be written")
    MADE = "made", pgettext_lazy("of a document", "written")
    FAILED = "failed", pgettext_lazy("of a document", "could not be written")


class NomineeKind(models.TextChoices):
    INSTITUTION = "institution", _("institution")
    AGENCY = "agency", _("body")
    PERSON = "person", _("person")


class NominationState(models.TextChoices):
    DRAFT = "draft", _("being prepared")
    PROPOSED = "proposed", _("proposed")
    AWARDED = "awarded", _("awarded")
    DECLINED = "declined", _("not awarded")
