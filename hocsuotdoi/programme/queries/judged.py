"""What shows that a task of a printed document was done, as each was judged by its words (data_judged/)."""

from functools import cache
from pathlib import Path

from hocsuotdoi.core.data_files import read_yaml
from hocsuotdoi.programme.models import Task

DATA = Path(__file__).resolve().parent.parent / "data_judged" / "evidence.yaml"


def handed_in_for(task: Task) -> str:
    """What to hand in for a task that nothing in the books can show; empty for others, and where nobody has judged.
    The task comes with its plan and clause."""
    place = task.plan.code, task.clause.path, task.ordinal % 1000 + 1
    return _by_hand().get(place, "")


@cache
def _by_hand() -> dict[tuple[str, str, int], str]:
    data = read_yaml(DATA)
    return {
        (row["plan"], row["clause"], row["task"]): data["reasons"][row["why"]]
        for row in data["tasks"]
        if row["shown_by"] == "hand"
    }
