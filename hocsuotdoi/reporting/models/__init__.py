from hocsuotdoi.reporting.models.changed import ChangedFigures
from hocsuotdoi.reporting.models.content import Content
from hocsuotdoi.reporting.models.cycle import Cycle, CycleReminder, CycleRule
from hocsuotdoi.reporting.models.document import Document, DocumentRun, DocumentTemplate
from hocsuotdoi.reporting.models.issued import IssuedDocument
from hocsuotdoi.reporting.models.nomination import Nomination
from hocsuotdoi.reporting.models.report import (
    CountedInstitution,
    ExceptionAnswer,
    Reminder,
    Report,
    ReportStep,
    TypedTotal,
    WorkSpell,
)
from hocsuotdoi.reporting.models.snapshot import Figure, Snapshot

__all__ = [
    "ChangedFigures",
    "Content",
    "CountedInstitution",
    "Cycle",
    "CycleReminder",
    "CycleRule",
    "Document",
    "DocumentRun",
    "DocumentTemplate",
    "ExceptionAnswer",
    "Figure",
    "IssuedDocument",
    "Nomination",
    "Reminder",
    "Report",
    "ReportStep",
    "Snapshot",
    "TypedTotal",
    "WorkSpell",
]
