from hocsuotdoi.inspection.models.checklist import Checklist, ChecklistItem
from hocsuotdoi.inspection.models.visit import (
    FindingCheck,
    InspectionPlan,
    Visit,
    VisitAnswer,
    VisitFinding,
    VisitNotice,
    VisitPhoto,
)

__all__ = [
    "Checklist",
    "ChecklistItem",
    "FindingCheck",
    "InspectionPlan",
    "Visit",
    "VisitAnswer",
    "VisitFinding",
    "VisitNotice",
    "VisitPhoto",
]
