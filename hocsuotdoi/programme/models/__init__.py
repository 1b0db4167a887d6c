from hocsuotdoi.programme.models.finding import FindingAnswer
from hocsuotdoi.programme.models.plan import Clause, Plan, Target, Task, TaskAgency

__all__ = ["Clause", "FindingAnswer", "Plan", "Target", "Task", "TaskAgency"]
