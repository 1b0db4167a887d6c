from hocsuotdoi.inspection.models.checklist import Checklist, ChecklistItem
from hocsuotdoi.inspection.models.visit import InspectionPlan, Visit, VisitAnswer, VisitFinding, VisitPhoto

__all__ = [
    "Checklist",
    "ChecklistItem",
    "InspectionPlan",
    "Visit",
    "VisitAnswer",
    "VisitFinding",
    "VisitPhoto",
]
