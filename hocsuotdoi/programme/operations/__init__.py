"""Acts of the programme: take in a plan, answer a finding, hand tasks down, say how far they are."""

from hocsuotdoi.programme.operations.assignment import hand_down_one
from hocsuotdoi.programme.operations.finding import FindingNotAnswered, answer_finding
from hocsuotdoi.programme.operations.plan import PlanIssued, PlanRefused, load_documents, load_plan, unit_named

__all__ = [
    "FindingNotAnswered",
    "PlanIssued",
    "PlanRefused",
    "answer_finding",
    "hand_down_one",
    "load_documents",
    "load_plan",
    "unit_named",
]
