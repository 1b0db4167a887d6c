"""The demonstration's money as a newcomer finds it."""

import pytest

from hocsuotdoi.accounts.operations.sample import load_sample as load_people
from hocsuotdoi.core.data_files import read_yaml
from hocsuotdoi.programme.models import MoneyLine
from hocsuotdoi.programme.operations.sample_money import DATA, load_sample

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("reference")]


def test_every_line_whose_task_is_named_stands_with_it(now):
    load_people(at=now, day=now.date(), progress=str)
    load_sample(at=now, day=now.date(), progress=str)
    named = {
        f"{row['purpose']} (mẫu)": (row["task"]["plan"], row["task"]["clause"])
        for office in read_yaml(DATA)
        for row in office["lines"]
        if "task" in row
    }
    lines = MoneyLine.objects.filter(task__isnull=False)
    assert {each[0]: each[1:] for each in lines.values_list("purpose", "plan__code", "task__clause__path")} == named
    assert len(named) == 6
    assert MoneyLine.objects.filter(task=None).count() == 1, "some name none"
    before = MoneyLine.objects.count()
    load_sample(at=now, day=now.date(), progress=str)
    assert MoneyLine.objects.count() == before
