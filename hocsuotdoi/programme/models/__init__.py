from hocsuotdoi.programme.models.assignment import (
    Assignment,
    AssignmentFile,
    AssignmentStep,
    AssignmentTally,
    CountedUntil,
    Digest,
    Escalation,
    EvidenceDecision,
)
from hocsuotdoi.programme.models.finding import FindingAnswer
from hocsuotdoi.programme.models.money import MoneyLine, MoneyPreview, MoneyStep
from hocsuotdoi.programme.models.plan import Clause, Plan, Target, Task, TaskAgency
from hocsuotdoi.programme.models.through_time import PlanStep, Rehoming, TaskRehoming

__all__ = [
    "Assignment",
    "AssignmentFile",
    "AssignmentStep",
    "AssignmentTally",
    "Clause",
    "CountedUntil",
    "Digest",
    "Escalation",
    "EvidenceDecision",
    "FindingAnswer",
    "MoneyLine",
    "MoneyPreview",
    "MoneyStep",
    "Plan",
    "PlanStep",
    "Rehoming",
    "Target",
    "Task",
    "TaskAgency",
    "TaskRehoming",
]
